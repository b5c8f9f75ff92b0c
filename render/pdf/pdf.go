// Package pdf puts letters on paper.
//
// It knows page geometry, letterhead, address window, fold marks and page
// numbers, and leaves the setting of text to package typeset. It never writes
// a page with a glyph missing.
package pdf

import (
	"time"

	"headsup/render/prose"
)

// A Letter is what is printed, in the order in which it stands on the page.
type Letter struct {
	ID       string // PDF document id and reference
	Title    string // subject: PDF title, and the bold line above the body
	Author   string // the agency
	Date     time.Time
	Form     string // geometry, a key of Forms
	Lang     string // of the frame: the first part's language
	RTL      bool
	Head     Letterhead
	Return   []string   // the small return line above the address, piece by piece
	To       [][]string // the address in blocks of lines; those of a block may share a row
	ToLang   string     // of the address, where its letters differ by language, or empty
	Instead  []string   // stands in the window where there is no address: not for the post, and may be cut
	Info     []Field    // reference, date, …: label and value
	Parts    []prose.Doc
	Named    []prose.Block             // enclosures, below the signature of the first part
	Enclosed []prose.Block             // what stands behind that on a page of its own
	PageOf   func(page, of int) string // "Page 2 of 3" in the letter's language
	Verify   string                    // URL of the verification page, or empty
	Caption  string                    // of its QR code: what the page is for
	Continue string                    // short line on the following pages: agency and reference
	Alike    Stock                     // what it has in common with other letters
}

// A Letterhead is the sender at the top of the first page.
type Letterhead struct {
	Name  string
	Lines []string // address, phone, site, key
	Logo  []byte   // PNG or SVG, or empty
}

// A Field is a labelled value of the information block.
type Field struct{ Label, Value string }
