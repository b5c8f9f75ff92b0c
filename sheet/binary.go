package sheet

import (
	"bytes"
)

// A NotTextError means that an input is a file of another program, of which no
// table can be read.
type NotTextError struct {
	Is string // one of those below
}

func (e *NotTextError) Error() string { return e.Is + ", and no text" }

// What a file can be instead of text.
const (
	Workbook    = "an Excel workbook"
	OldWorkbook = "a workbook or document of Excel or Word before 2007"
	OpenSheet   = "an OpenDocument spreadsheet"
	ZIP         = "a ZIP archive"
	Archive     = "an archive (7z, RAR)"
	Packed      = "a compressed file"
	PDF         = "a PDF"
	Capture     = "a capture of packets"
	Database    = "an SQLite database"
)

// magics are how files begin, and what else stands in their first bytes, by the
// documents of their formats: APPNOTE 4.3.7 (ZIP; its first entry is how Office
// and OpenDocument are told), MS-CFB 2.2, RFC 1952, RFC 8878, the headers of xz,
// bzip2, 7z and RAR, libpcap's and pcapng's, SQLite's 1.3.
var magics = []struct{ begin, inside, is string }{
	{"PK\x03\x04", "[Content_Types].xml", Workbook},
	{"PK\x03\x04", "xl/", Workbook},
	{"PK\x03\x04", "mimetypeapplication/vnd.oasis.opendocument", OpenSheet},
	{"PK\x03\x04", "", ZIP},
	{"PK\x05\x06", "", ZIP},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", OldWorkbook},
	{"7z\xbc\xaf\x27\x1c", "", Archive},
	{"Rar!\x1a\x07", "", Archive},
	{"\x1f\x8b\x08", "", Packed},
	{"\x28\xb5\x2f\xfd", "", Packed},
	{"\xfd7zXZ\x00", "", Packed},
	{"BZh", "1AY&SY", Packed},
	{"%PDF-", "", PDF},
	{"\xd4\xc3\xb2\xa1", "", Capture},
	{"\xa1\xb2\xc3\xd4", "", Capture},
	{"\x0a\x0d\x0d\x0a", "\x4d\x3c\x2b\x1a", Capture},
	{"SQLite format 3\x00", "", Database},
}

// notText says what a file is that begins like that, or returns nil for text.
func notText(head []byte) error {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.begin)) && bytes.Contains(head, []byte(m.inside)) {
			return &NotTextError{m.is}
		}
	}
	return nil
}

// failed is an input of which nothing can be read.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
