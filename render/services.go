package render

import (
	"slices"

	"headsup/finding"
	"headsup/render/prose"
	"headsup/templates"
)

// advised lists the services that templates may have a paragraph for, in the
// order in which a letter speaks of them.
var advised = []string{"dns", "ntp", "snmp", "ssdp", "memcached", "redis", "mongodb", "elasticsearch",
	"rdp", "vnc", "telnet", "smb", "printer", "camera", "ics"}

// advice names the paragraph for a service that has another name than its own.
var advice = map[string]string{
	"ntpmonitor": "ntp", "ntpversion": "ntp", "domain": "dns", "upnp": "ssdp", "msrdpeudp": "rdp", "netbios": "smb", "elastic": "elasticsearch",
	"ipp": "printer", "jetdirect": "printer", "lpd": "printer", "rtsp": "camera", "hikvision": "camera", "dvr_dhcpdiscover": "camera",
	"modbus": "ics", "s7": "ics", "bacnet": "ics", "enip": "ics", "fox": "ics", "dnp3": "ics", "iec104": "ics",
}

// servicesOf lists which paragraphs findings ask for.
func servicesOf(fs []finding.Finding) []string {
	wanted := map[string]bool{}
	for _, f := range fs {
		name, ok := advice[f.Service]
		if !ok {
			name = f.Service
		}
		wanted[name] = true
	}
	return slices.DeleteFunc(slices.Clone(advised), func(name string) bool { return !wanted[name] })
}

// services writes the paragraphs for services, as far as the language has them.
func (r *Renderer) services(names []string, lang string, page Page, b *prose.Book) ([]prose.Block, error) {
	f := r.set.File(templates.Services, lang)
	if f == nil {
		return nil, nil
	}
	var all []prose.Block
	for _, name := range names {
		if f.Template().Lookup(name) == nil {
			continue
		}
		blocks, err := run(f, name, page, b)
		if err != nil {
			return nil, err
		}
		all = append(all, blocks...)
	}
	return all, nil
}
