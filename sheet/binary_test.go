package sheet

import (
	"errors"
	"strings"
	"testing"
)

func TestFilesOfOtherProgramsAreNamed(t *testing.T) {
	for in, want := range map[string]string{
		"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml <a/>":                               Workbook,
		"PK\x03\x04\x14\x00\x06\x00docProps/app.xml PK\x03\x04\x14\x00 xl/workbook.xml":    Workbook,
		"PK\x03\x04\x14\x00\x06\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheet": OpenSheet,
		"PK\x03\x04\x14\x00\x06\x002026-03-01-scan_redis.csv":                              ZIP,
		"PK\x05\x06\x00\x00":                       ZIP,
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00": OldWorkbook,
		"7z\xbc\xaf\x27\x1c\x00":                   Archive,
		"Rar!\x1a\x07\x01\x00":                     Archive,
		"\x1f\x8b\x08\x00":                         Packed,
		"\x28\xb5\x2f\xfd\x04":                     Packed,
		"\xfd7zXZ\x00\x00":                         Packed,
		"BZh91AY&SY":                               Packed,
		"%PDF-1.7\n":                               PDF,
		"\xd4\xc3\xb2\xa1\x02\x00":                 Capture,
		"\xa1\xb2\xc3\xd4\x00\x02":                 Capture,
		"\n\r\r\n\x1c\x00\x00\x00\x4d\x3c\x2b\x1a": Capture,
		"SQLite format 3\x00\x10":                  Database,
		"PK,port\n192.0.2.1,25\n":                  "",
		"BZhost,port\n":                            "",
		"\n\r\r\nip,port\n":                        "",
		"ip,note\n192.0.2.1,%PDF-1.7\n":            "",
		"":                                         "",
	} {
		t.Run(want+strings.TrimSpace(in[:min(4, len(in))]), func(t *testing.T) {
			_, err := NewTable(NewText(strings.NewReader(in)), func(string) bool { return false }).Head()
			var is *NotTextError
			if errors.As(err, &is); want == "" && is != nil || want != "" && (is == nil || is.Is != want) {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}
