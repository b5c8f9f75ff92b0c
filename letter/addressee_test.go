package letter

import (
	"strings"
	"testing"

	"headsup/lookup"
)

func TestFormsOfAddress(t *testing.T) {
	for _, c := range []struct {
		name, org, person, country, lang, in, want string
	}{
		{"a Japanese organisation", "株式会社例", "", "JP", "ja", "東京都", "株式会社例 御中"},
		{"also in a letter in English", "株式会社例", "", "JP", "en", "東京都", "株式会社例 御中"},
		{"a person in it, and not the organisation", "株式会社例", "山田太郎", "JP", "ja", "東京都", "株式会社例|山田太郎 様"},
		{"a department in it", "株式会社例", "ネットワーク管理部", "JP", "ja", "東京都", "株式会社例|ネットワーク管理部 御中"},
		{"a department in Latin letters", "株式会社例", "Abuse Desk", "JP", "ja", "東京都", "株式会社例|Abuse Desk 御中"},
		{"above an address in Japanese", "Rei Net", "", "JP", "en", "東京都千代田区", "Rei Net 御中"},
		{"a person alone", "", "山田太郎", "JP", "ja", "東京都", "山田太郎 様"},
		{"an organisation that is given as a name", "", "例株式会社", "JP", "ja", "東京都", "例株式会社 御中"},
		{"Latin letters in a Japanese letter", "Mihon K.K.", "", "JP", "ja", "Kita-ku", "Mihon K.K. 御中"},
		{"Latin letters in another have none", "Mihon K.K.", "", "JP", "en", "Kita-ku", "Mihon K.K."},
		{"one that is there stays alone", "株式会社例 御中", "", "JP", "ja", "東京都", "株式会社例 御中"},
		{"of a person, too", "", "山田太郎様", "JP", "ja", "東京都", "山田太郎様"},

		{"a Korean organisation", "예시통신 주식회사", "", "KR", "ko", "서울특별시", "예시통신 주식회사 귀중"},
		{"a Korean person", "예시통신", "홍길동", "KR", "ko", "서울특별시", "예시통신|홍길동 귀하"},
		{"one with a long name", "예시통신", "남궁길동", "KR", "ko", "서울특별시", "예시통신|남궁길동 귀하"},
		{"a Korean department", "예시통신", "보안팀", "KR", "ko", "서울특별시", "예시통신|보안팀 귀중"},
		{"a long Korean name is no person's", "", "예시인터넷서비스", "KR", "ko", "서울특별시", "예시인터넷서비스 귀중"},
		{"a Latin name in a Korean letter", "Yesi Telecom", "", "KR", "ko", "Jongno-gu", "Yesi Telecom 귀중"},
		{"a Latin person", "", "Hong Gildong", "KR", "ko", "Jongno-gu", "Hong Gildong 귀하"},

		{"a Chinese organisation", "示例网络有限公司", "", "CN", "zh-Hans", "北京市", "示例网络有限公司 收"},
		{"a Chinese person", "示例公司", "张三", "CN", "en", "北京市", "示例公司|张三 收"},
		{"in Taiwan", "範例公司", "", "TW", "zh-Hant", "臺北市", "範例公司 收"},
		{"in Hong Kong", "範例公司", "", "HK", "en", "九龍", "範例公司 收"},
		{"in a Chinese letter to Macao", "Exemplo", "", "MO", "zh-Hant", "Rua Exemplo 1", "Exemplo 收"},
		{"one that is there", "示例公司收", "", "CN", "zh-Hans", "北京市", "示例公司收"},

		{"elsewhere there is none", "Beispiel GmbH", "", "DE", "de", "Musterstraße 1", "Beispiel GmbH"},
		{"not even in a Japanese letter", "Example LLC", "", "US", "ja", "1 Main Street", "Example LLC"},
		{"the same name twice is once", "Example LLC", "EXAMPLE LLC", "US", "en", "1 Main Street", "Example LLC"},
		{"nobody", "", "", "JP", "ja", "東京都", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Postal(lookup.Contact{Org: c.org, Name: c.person, Country: c.country, Address: []string{c.in}}, c.lang)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(a.Who, "|"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
