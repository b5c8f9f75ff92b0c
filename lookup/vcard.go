package lookup

import (
	"slices"
	"strings"

	"github.com/openrdap/rdap"
)

// A card is what is read of a jCard (RFC 7095). openrdap's own reader drops
// the whole card for one bad property and knows of one mailbox only, so this
// one reads the raw JSON, property by property.
type card struct {
	name, kind, lang string
	mails            []cardMail
	address          place
}

type cardMail struct {
	value     string
	property  string
	abuse     bool // type=abuse
	preferred bool // pref=1
}

func (m cardMail) attribute() string {
	switch {
	case m.abuse:
		return m.property + " type=abuse"
	case m.preferred:
		return m.property + " pref=1"
	}
	return m.property
}

func (c *card) place() place {
	p := c.address
	p.name = c.name
	return p
}

func cardOf(e *rdap.Entity) *card {
	c := &card{}
	raw, _ := e.DecodeData.Value("vcardArray").([]any)
	if len(raw) < 2 {
		return c
	}
	properties, _ := raw[1].([]any)
	for _, p := range properties {
		prop, _ := p.([]any)
		if len(prop) < 2 {
			continue
		}
		name, _ := prop[0].(string)
		params, _ := prop[1].(map[string]any)
		c.property(strings.ToLower(name), params, values(prop))
	}
	slices.SortStableFunc(c.mails, func(a, b cardMail) int { return a.order() - b.order() })
	return c
}

func (m cardMail) order() int {
	switch {
	case m.abuse:
		return 0
	case m.preferred:
		return 1
	case forAbuse(m.value):
		return 2
	}
	return 3
}

func (c *card) property(name string, params map[string]any, value any) {
	text := first(texts(value))
	switch name {
	case "fn", "org":
		if c.name == "" || name == "fn" && text != "" {
			c.name = clean(text, 200)
		}
	case "kind":
		c.kind = strings.ToLower(text)
	case "lang":
		c.lang = text
	case "email", "contact-uri": // RFC 8605: a mailto: or the address of a form
		for _, v := range texts(value) {
			if name == "email" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "mailto:") {
				c.mails = append(c.mails, cardMail{v, name, has(params["type"], "abuse"), has(params["pref"], "1")})
			}
		}
	case "adr":
		if len(c.address.lines) == 0 {
			c.address = postal(params, value)
		}
	}
}

// values returns what a property holds behind its name, its parameters and its
// type (RFC 7095 section 3.3): one value or several. Some servers leave out the type.
func values(property []any) any {
	switch n := len(property); n {
	case 0, 1, 2:
		return nil
	case 3, 4:
		return property[n-1]
	}
	return property[3:]
}

func has(param any, want string) bool {
	return slices.ContainsFunc(texts(param), func(s string) bool { return strings.EqualFold(s, want) })
}

// postal reads an adr property: the label, which is the registry's own lines
// (with a literal \n in some), or the seven components (RFC 6350 section 6.3.1).
func postal(params map[string]any, value any) place {
	if label := strings.Join(texts(params["label"]), "\n"); label != "" {
		label = strings.NewReplacer(`\r`, "", `\n`, "\n", "\r", "").Replace(label)
		return placeOf("", strings.Split(label, "\n"))
	}
	parts, _ := value.([]any)
	part := func(i int) []string {
		if i >= len(parts) {
			return nil
		}
		return texts(parts[i])
	}
	var lines []string
	for i := range 3 {
		for _, l := range part(i) {
			lines = append(lines, strings.Split(l, "\n")...)
		}
	}
	lines = append(lines, strings.Join(append(append(part(5), part(3)...), part(4)...), " "))
	if country := append(part(6), texts(params["cc"])...); len(country) > 0 {
		lines = append(lines, country[0])
	}
	return placeOf("", lines)
}

// texts reads a JSON value that should be a string, or an array of them of any depth.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			return []string{v}
		}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, texts(x)...)
		}
		return out
	}
	return nil
}
