package hyphen

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// parted writes a word with its hyphens.
func parted(p *Patterns, word string) string {
	var b strings.Builder
	letters, last := []rune(word), 0
	for _, i := range p.Points(letters) {
		b.WriteString(string(letters[last:i]) + "-")
		last = i
	}
	return b.String() + string(letters[last:])
}

// liang are the patterns that part "hyphenation" in Liang's thesis (page 37).
const liang = "UTF-8\nhy3ph\nhe2n\nhena4\nhen5at\n1na\nn2at\n1tio\n2io\no2n\n"

func TestWordsArePartedByTheirPatterns(t *testing.T) {
	for _, c := range []struct {
		sentence, file, word, want string
	}{
		{"the example of the method", liang, "hyphenation", "hy-phen-ation"},
		{"capitals are letters too", liang, "HYPHENATION", "HY-PHEN-ATION"},
		{"no pattern, no hyphen", liang, "strength", "strength"},
		{"no word", liang, "", ""},
		{"comments are none, in both spellings", "UTF-8\n% a1b\n# a1b\na1c\n", "abac", "abac"},
		{"letters before and behind, at least", "UTF-8\nLEFTHYPHENMIN 3\nRIGHTHYPHENMIN 4\na1b\n", "ababababab", "aba-ba-babab"},
		{"a least that is no number keeps what there was", "UTF-8\nLEFTHYPHENMIN x\na1b\n", "abab", "abab"},
		{"two at either end without a word of it", "UTF-8\na1b\nb1a\n", "ababab", "ab-a-b-ab"},
		{"the beginning and the end of a word", "UTF-8\n.xy1\n1zz.\n", "xyzzxyzz", "xy-zzxy-zz"},
		{"another character set", "ISO8859-2\r\n\xbe1\xb9\r\n", "aažšaa", "aaž-šaa"},
		{"the name of a set as Microsoft has it", "microsoft-cp1251\n\xe01\xe1\n", "ааабаа", "ааа-баа"},
		{"of what ends at a place, the longest alone", "UTF-8\nb1c\nabc\n", "aabcaa", "aabcaa"},
		{"also where it only begins", "UTF-8\nb1c\nabcd\n", "aabcaa", "aabcaa"},
		{"a place that would be spelt otherwise", "UTF-8\nm1m/mm=m,1,2\n", "gramme", "gramme"},
		{"and the others of its pattern", "UTF-8\na1ssz1a/sz=,4,1\n", "aasszaaa", "aa-sszaaa"},
		{"a change of all of it", "UTF-8\no1mm1e/x=\n", "gommegomme", "gommegomme"},
		{"compounds first", "UTF-8\nhaus1tür\nNEXTLEVEL\n.tü1r\nh1a\n", "xhausxhaustür", "xh-ausxh-aus-tür"},
		{"parts of them have a beginning", "UTF-8\nCOMPOUNDLEFTHYPHENMIN 1\nCOMPOUNDRIGHTHYPHENMIN 1\nhaus1tür\nNEXTLEVEL\n.tü1ren\n", "haustüren", "haus-tü-ren"},
		{"and letters at least", "UTF-8\nCOMPOUNDLEFTHYPHENMIN 3\nhaus1tür\nNEXTLEVEL\n.tü1ren\n", "haustüren", "haus-türen"},
	} {
		p, err := Read(strings.NewReader(c.file))
		if err != nil {
			t.Fatalf("%s: %v", c.sentence, err)
		}
		if got := parted(p, c.word); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
	}
}

// An exception holds in its language alone, whatever the patterns say.
func TestSomeWordsArePartedOtherwise(t *testing.T) {
	p, err := Read(strings.NewReader("UTF-8\n1a\n1e\n1i\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ lang, word, want string }{
		{"nl", "Beveiligingsupdates", "Be-vei-li-gings-up-dates"},
		{"nl", "veiligingsupdate", "ve-il-ig-ingsupd-ate"},
		{"de", "Beveiligingsupdates", "Bev-e-il-ig-ingsupd-at-es"},
	} {
		p.Except(c.lang)
		if got := parted(p, c.word); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
	var lines []string
	for line := range strings.Lines(exceptions) {
		lang, word, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		p.Except(lang)
		if plain := strings.ReplaceAll(word, "-", ""); word == "" || parted(p, plain) != word || strings.ToLower(word) != word {
			t.Errorf("%q is no word in small letters with its hyphens", line)
		}
		lines = append(lines, line)
	}
	if !slices.IsSorted(lines) || len(slices.Compact(lines)) != len(lines) {
		t.Error("exceptions.txt is not sorted, or has a word twice")
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	for _, c := range []struct{ sentence, file, want string }{
		{"nothing", "", `unknown character set: ""`},
		{"another file", "<html>\n", `unknown character set: "<html>"`},
		{"a line without an end", "UTF-8\n" + strings.Repeat("a", longestRow+1), "too long"},
		{"more than a language has", "UTF-8\n" + strings.Repeat("%"+strings.Repeat("a", 4000)+"\n", mostBytes/4000), "more than 16777216 bytes"},
	} {
		if _, err := Read(strings.NewReader(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.sentence, err, c.want)
		}
	}
}

func TestFilesAreNamedAsPackagesNameThem(t *testing.T) {
	for lang, want := range map[string]string{
		"de": "hyph_de_DE.dic", "en": "hyph_en_US.dic", "cs": "hyph_cs_CZ.dic", "nb": "hyph_nb_NO.dic", "pt-BR": "hyph_pt_BR.dic",
		"pt-PT": "hyph_pt_PT.dic", "sr-Latn": "hyph_sr-Latn_RS.dic", "sr-Cyrl": "hyph_sr_RS.dic", "uk": "hyph_uk_UA.dic", "de-AT": "hyph_de_AT.dic",
	} {
		if got := Names(lang)[0]; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got, want := Names("fr"), []string{"hyph_fr_FR.dic", "hyph_fr.dic"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The packages of Debian, in each character set that they use.
func TestPatternsOfDebian(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") == "" {
		t.Skip("needs hyphen-de and others: HEADSUP_REAL=1")
	}
	for lang, want := range map[string]string{
		"de": "Ver-ar-bei-tung Si-cher-heits-up-dates", "fr": "vé-ri-fier confir-ma-tion", "hu": "ve-rés", "nl": "net-werk-be-heer-der",
		"ru": "време-ни", "el": "δια-κο-μι-στή", "lt": "sis-temos", "sr-Cyrl": "до-пи-са", "uk": "пере-лік", "cs": "při-po-menutí", "et": "nime-ki-ri",
	} {
		var p *Patterns
		for _, name := range Names(lang) {
			if file, err := os.Open(filepath.Join(SystemDir, name)); err == nil && p == nil {
				if p, err = Read(file); err != nil {
					t.Fatal(err)
				}
				file.Close()
			}
		}
		if p == nil {
			t.Errorf("%s: none of %q is in %s", lang, Names(lang), SystemDir)
			continue
		}
		for word := range strings.FieldsSeq(want) {
			if got := parted(p, strings.ReplaceAll(word, "-", "")); got != word {
				t.Errorf("%s: %q, want %q", lang, got, word)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(liang, "hyphenation")
	f.Add("ISO8859-1\nLEFTHYPHENMIN 0\nCOMPOUNDLEFTHYPHENMIN -1\nNEXTLEVEL\n\xe41\xdf/x=y,9,-3\n.1.\nNEXTLEVEL\n1\x001", "ä.ß\x00")
	f.Fuzz(func(t *testing.T, file, word string) {
		p, err := Read(strings.NewReader(file))
		if err != nil {
			return
		}
		letters, last := []rune(word), 0
		for _, i := range p.Points(letters) {
			if i <= last || i >= len(letters) {
				t.Fatalf("hyphens in %q at %v", word, p.Points(letters))
			}
			last = i
		}
	})
}
