package finding

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// reportTable is a Shadowserver report with these columns beside those that
// all have, and one row for each of rows.
func reportTable(columns string, rows ...string) string {
	in := `"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","naics","hostname_source","sector"` + columns + "\n"
	for i, r := range rows {
		in += fmt.Sprintf("\"2026-03-01 09:00:00\",\"medium\",\"192.0.2.%d\",\"tcp\",\"1234\",\"\",\"x\",\"64500\",\"US\",\"\",\"\",\"0\",\"\",\"\"%s\n", i+1, r)
	}
	return in
}

// Each report is read; what its own columns deny is no finding, and what they
// say is one.
func TestReports(t *testing.T) {
	for _, tt := range []struct {
		report, columns string
		yes, no, unsure []string // rows
	}{
		{"scan_activemq", `,"command","vendor","version"`, []string{`,"WIREFORMAT_INFO","x","1"`}, nil, nil},
		{"scan_adb", `,"name","model","device","features"`, []string{`,"x","y","z",""`, `,"","","","cmd"`}, nil, []string{`,"","","",""`}},
		{"scan_afp", `,"machine_type","uams"`, []string{`,"x","DHX2"`}, nil, nil},
		{"scan_amqp", `,"product","mechanisms"`, []string{`,"RabbitMQ","ANONYMOUS PLAIN"`, `,"x","PLAIN,ANONYMOUS"`}, []string{`,"RabbitMQ","PLAIN AMQPLAIN"`}, []string{`,"RabbitMQ",""`}},
		{"scan_ard", `,"machine_name"`, []string{`,"x"`}, nil, nil},
		{"scan_badsecrets", ``, nil, nil, []string{``}},
		{"scan_bgp", `,"message_type","major_error_code"`, []string{`,"OPEN",""`}, []string{`,"NOTIFICATION","Cease"`}, nil},
		{"scan_chargen", `,"response_size"`, []string{`,"74"`}, nil, nil},
		{"scan_cisco_smart_install", ``, []string{``}, nil, nil},
		{"scan_coap", `,"response"`, []string{`,"</x>;ct=40"`}, []string{`,"4.01 Unauthorized"`}, nil},
		{"scan_couchdb", `,"couchdb_message","visible_databases","error","error_reason"`, []string{`,"Welcome","_users;shop","",""`},
			[]string{`,"Welcome","","",""`, `,"Welcome","none visible","",""`, `,"Welcome","x","unauthorized","You are not a server admin."`}, nil},
		{"scan_cwmp", `,"http","http_code"`, []string{`,"HTTP/1.1","200"`, `,"",""`}, []string{`,"HTTP/1.1","401"`}, []string{`,"HTTP/1.1","404"`}},
		{"scan_db2", `,"servername"`, []string{`,"x"`}, nil, nil},
		{"scan_ddos_middlebox", ``, nil, nil, []string{``}},
		{"scan_dns", `,"dns_version"`, []string{`,"9"`}, nil, nil},
		{"scan_docker", `,"http_code"`, []string{`,"200"`, `,""`}, []string{`,"403"`, `,"401"`}, []string{`,"400"`}},
		{"scan_dvr_dhcpdiscover", `,"device_id"`, []string{`,"x"`}, nil, nil},
		{"scan_elasticsearch", `,"ok","http_code","tagline"`, []string{`,"true","200","x"`, `,"","","You Know, for Search"`}, []string{`,"","403",""`, `,"false","","x"`, `,"","401",""`}, []string{`,"","503",""`}},
		{"scan_epmd", `,"nodes"`, []string{`,"x"`}, nil, nil},
		{"scan_exchange", ``, nil, nil, []string{``}},
		{"scan_ftp", `,"banner"`, nil, nil, []string{`,"220 x"`}},
		{"scan_hadoop", `,"livenodes"`, []string{`,"x"`}, nil, nil},
		{"scan_http", `,"http_code"`, nil, nil, []string{`,"200"`}},
		{"scan_http_proxy", `,"http_code"`, []string{`,"200"`, `,""`}, []string{`,"407"`, `,"403"`, `,"401"`}, []string{`,"502"`}},
		{"scan_http_vulnerable", ``, nil, nil, []string{``}},
		{"scan_ics", ``, []string{``}, nil, nil},
		{"scan_imap", ``, nil, nil, []string{``}},
		{"scan_ipmi", `,"none_auth","anon_login"`, []string{`,"no","no"`}, nil, nil},
		{"scan_ipp", ``, []string{``}, nil, nil},
		{"scan_isakmp", ``, nil, nil, []string{``}},
		{"scan_kubernetes", `,"http_code"`, []string{`,"200"`}, []string{`,"403"`, `,"401"`}, []string{`,"500"`}},
		{"scan_ldap_tcp", ``, []string{``}, nil, nil},
		{"scan_ldap_udp", ``, []string{``}, nil, nil},
		{"scan_log4shell_vulnerable", ``, nil, nil, []string{``}},
		{"scan_loop_dos", ``, nil, nil, []string{``}},
		{"scan_mdns", ``, []string{``}, nil, nil},
		{"scan_memcached", ``, []string{``}, nil, nil},
		{"scan_mikrotik_service", ``, []string{``}, nil, nil},
		{"scan_mongodb", `,"ok","visible_databases"`, []string{`,"1","admin;shop"`, `,"","local"`}, []string{`,"1","none visible"`, `,"1",""`, `,"0","x"`, `,"0.0","x"`}, nil},
		{"scan_mqtt", `,"anonymous_access","raw_response","hex_code","code"`, []string{`,"Y","20020000","00","Connection Accepted"`, `,"true","","",""`, `,"","","00",""`, `,"","","","Connection Accepted"`},
			[]string{`,"N","20020003","03","Connection Refused, Server unavailable"`, `,"","","05",""`, `,"Y","","","Connection Refused, not authorized"`, `,"false","","00","Connection Accepted"`}, []string{`,"","","",""`}},
		{"scan_mqtt_anon", `,"raw_response","hex_code","code"`, []string{`,"20020000","00","Connection Accepted"`}, []string{`,"20020005","05","Connection Refused, not authorized"`, `,"","05",""`}, nil},
		{"scan_mqtt_anon", `,"anonymous_access"`, []string{`,"Y"`, `,""`}, []string{`,"N"`, `,"false"`}, nil},
		{"scan_msmq", ``, []string{``}, nil, nil},
		{"scan_msrpc", ``, []string{``}, nil, nil},
		{"scan_mssql", ``, []string{``}, nil, nil},
		{"scan_mysql", `,"error_code","error_id","error_message","server_version"`, []string{`,"","","","8.0"`, `,"1","1","1","5.7"`}, []string{`,"1129","","Host is blocked because of many connection errors",""`, `,"1130","","",""`, `,"","","Host '192.0.2.9' is not allowed to connect",""`}, []string{`,"1040","08004","Too many connections",""`, `,"1053","","",""`}},
		{"scan_nat_pmp", ``, []string{``}, nil, nil},
		{"scan_netbios", ``, []string{``}, nil, nil},
		{"scan_netis_router", ``, nil, nil, []string{``}},
		{"scan_ntp", ``, []string{``}, nil, nil},
		{"scan_ntpmonitor", ``, []string{``}, nil, nil},
		{"scan_pop3", ``, nil, nil, []string{``}},
		{"scan_portmapper", ``, []string{``}, nil, nil},
		{"scan_post_exploitation_framework", ``, nil, nil, []string{``}},
		{"scan_postgres", `,"startup_error_code","startup_error_message"`, []string{`,"28000","no PostgreSQL user name specified in startup packet"`, `,"",""`, `,"3D000","no such database"`},
			[]string{`,"28000","no pg_hba.conf entry for host"`, `,"28P01","password authentication failed"`, `,"28000",""`, `,"08004","connection rejects connection"`}, []string{`,"53300","sorry, too many clients already"`, `,"57P03","the database system is starting up"`}},
		{"scan_qotd", ``, []string{``}, nil, nil},
		{"scan_quic", ``, nil, nil, []string{``}},
		{"scan_radmin", ``, []string{``}, nil, nil},
		{"scan_rdp", ``, []string{``}, nil, nil},
		{"scan_rdpeudp", ``, []string{``}, nil, nil},
		{"scan_redis", `,"version"`, []string{`,"7"`}, nil, nil},
		{"scan_rsync", `,"module","has_password"`, []string{`,"backup","No"`, `,"backup",""`}, []string{`,"backup","Yes"`, `,"home;backup","true"`, `,"x","Y"`}, []string{`,"","N"`}},
		{"scan_rsync", `,"module","motd","password"`, []string{`,"backup","","N"`, `,"backup","Welcome",""`}, []string{`,"backup","","Y"`, `,"x","<html>","Y"`},
			[]string{`,"x","<HTML><H1>400 Bad Request</H1>","N"`, `,"HTTP/1.0 400 Bad Request","","N"`}},
		{"scan_sip", `,"sip_code"`, []string{`,"200"`, `,"489"`}, []string{`,"401"`, `,"403"`, `,"407"`}, nil},
		{"scan_slp", `,"error_code","error_code_text"`, []string{`,"0",""`, `,"5","Unsupported SLP SPI"`}, []string{`,"7","Authentication failed"`, `,"6","AUTHENTICATION_ABSENT"`, `,"7",""`}, nil},
		{"scan_smb", ``, []string{``}, nil, nil},
		{"scan_smtp", ``, nil, nil, []string{``}},
		{"scan_smtp_vulnerable", ``, nil, nil, []string{``}},
		{"scan_snmp", `,"version","community"`, []string{`,"2","public"`, `,"2",""`}, nil, []string{`,"3",""`}},
		{"scan_socks", ``, []string{``}, nil, nil},
		{"scan_ssdp", ``, []string{``}, nil, nil},
		{"scan_ssh", ``, nil, nil, []string{``}},
		{"scan_ssl", ``, nil, nil, []string{``}},
		{"scan_ssl_freak", ``, nil, nil, []string{``}},
		{"scan_ssl_poodle", ``, nil, nil, []string{``}},
		{"scan_stun", ``, nil, nil, []string{``}},
		{"scan_synfulknock", ``, nil, nil, []string{``}},
		{"scan_telnet", `,"banner"`, []string{`,"router login:"`, `,""`}, nil, []string{`,"HTTP/1.1 400 Bad Request||<html>"`, `,"<!DOCTYPE html>"`}},
		{"scan_tftp", `,"errorcode","error","errormessage"`, []string{`,"1","File not found","File not found"`, `,"","",""`}, []string{`,"2","Access violation","Access violation"`, `,"0","Not defined","Get not supported"`}, nil},
		{"scan_ubiquiti", ``, []string{``}, nil, nil},
		{"scan_vnc", `,"banner"`, []string{`,"RFB 003.008"`}, nil, nil},
		{"scan_ws_discovery", `,"error"`, []string{`,"Validation constraint violation"`}, nil, nil},
		{"scan_xdmcp", `,"opcode","status"`, []string{`,"Willing","0 users"`}, []string{`,"Unwilling","!Display not authorized to connect"`}, nil},
		{"scan_redis", `,"version","error","http_code"`, []string{`,"7","",""`, `,"7","0.5","200"`}, []string{`,"","NOAUTH Authentication required.",""`, `,"","","401"`}, nil},
		{"scan_hadoop", `,"auth_required","www_authenticate"`, []string{`,"No",""`}, []string{`,"Yes",""`, `,"","Negotiate"`}, nil},
		{"scan_of_tomorrow", ``, nil, nil, []string{``}},
		{"scan_of_tomorrow", `,"anonymous_access","has_password"`, nil, []string{`,"N",""`, `,"","true"`}, []string{`,"Y","N"`}},
		{"scan_tomorrow_vulnerable", ``, nil, nil, []string{``}},
		{"population_bgp", ``, nil, nil, []string{``}},
		{"population6_http_proxy", `,"http_code"`, nil, []string{`,"407"`}, []string{`,"200"`, `,""`}},
	} {
		t.Run(tt.report, func(t *testing.T) {
			rows := slices.Concat(tt.yes, tt.no, tt.unsure)
			i := 0
			for f, err := range Read(strings.NewReader(reportTable(tt.columns, rows...)), "2026-03-01-"+tt.report+"-x-asn.csv", Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				want := Observed
				switch {
				case i >= len(tt.yes)+len(tt.no):
					want = Weak
				case i >= len(tt.yes):
					want = Contradicted
				}
				if f.Strength != want || f.Reason == "" || strings.Contains(f.Reason, "%!") {
					t.Errorf("%s: %s (%s), want %s", rows[i], f.Strength, f.Reason, want)
				}
				i++
			}
			if i != len(rows) {
				t.Errorf("%d rows, want %d", i, len(rows))
			}
		})
	}
}

// Every report of the table has a rule, and each is told by its tag as well.
func TestReportTable(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range reports {
		if r.rule == nil || seen[r.name] || r.proto != "" && r.proto != "udp" {
			t.Errorf("%+v", r)
		}
		seen[r.name] = true
		for _, s := range r.says {
			if s.value == nil || s.rule == nil || s.column == "" {
				t.Errorf("%s: %+v", r.name, s)
			}
		}
	}
	for former, now := range formerReports {
		if reportByName(subjectOf(now)) == nil {
			t.Errorf("%s is %s, which is none", former, now)
		}
	}
}

// Reports of years ago have no column protocol, and rows that end early.
func TestOldReports(t *testing.T) {
	const head = "timestamp,ip,port,hostname,tag,asn,geo,region,city,anonymous_access,code,cert_length,subject\n"
	for _, tt := range []struct{ name, file, row, want string }{
		{"TCP where the report is of TCP", "scan_mqtt.csv", `2020-03-14 05:45:48,192.0.2.1,1883,,mqtt,64500,AA,,,Y,"Connection Accepted",,`, "192.0.2.1 1883/tcp exposed-service mqtt observed"},
		{"UDP where the report is of UDP", "scan_ipmi.csv", `2020-03-14 05:45:48,192.0.2.1,623,,ipmi,64500,AA,,,,,,`, "192.0.2.1 623/udp exposed-service ipmi observed"},
		{"a row that ends early", "scan_mqtt.csv", `2020-03-14 05:45:51,192.0.2.1,1883,,mqtt,64500,AA,R,C,N,"Connection Refused, Server unavailable"`, "192.0.2.1 1883/tcp exposed-service mqtt contradicted"},
		{"several tags", "stdin", `2020-03-14 05:45:51,192.0.2.1,1883,,"mqtt,mqtt-anon",64500,AA,R,C,Y`, "192.0.2.1 1883/tcp exposed-service mqtt observed"},
		{"a tag with hyphens", "stdin", `2020-03-14 05:45:51,192.0.2.1,3702,,iot;ws-discovery,64500,AA,R,C`, "192.0.2.1 3702/udp exposed-service ws_discovery observed"},
		{"a tag of its own", "stdin", `2020-03-14 05:45:51,192.0.2.1,37810,,dvrdhcpdiscover,64500,AA,R,C`, "192.0.2.1 37810/udp exposed-service dvr_dhcpdiscover observed"},
		{"a tag of a test", "stdin", `2020-03-14 05:45:51,192.0.2.1,500,,isakmp-vulnerable,64500,AA,R,C`, "192.0.2.1 500/udp exposed-service isakmp weak"},
		{"a tag that is a report with its test", "stdin", `2020-03-14 05:45:51,192.0.2.1,25,,smtp-vulnerable,64500,AA,R,C`, "192.0.2.1 25/tcp exposed-service smtp weak shadowserver/software"},
		{"a tag of another port", "stdin", `2020-03-14 05:45:51,192.0.2.1,2323,,telnet-alt,64500,AA,R,C`, "192.0.2.1 2323/tcp exposed-service telnet observed"},
		{"a tag of a router", "stdin", `2020-03-14 05:45:51,192.0.2.1,53413,,netis_vulnerability,64500,AA,R,C`, "192.0.2.1 53413/udp exposed-service netis_router weak"},
		{"a former name", "2015-01-01-dns_openresolver-x.csv", `2020-03-14 05:45:51,192.0.2.1,53,,x,64500,AA,R,C`, "192.0.2.1 53/udp exposed-service dns observed"},
		{"a name of before scan_", "2015-01-01-chargen-x.csv", `2020-03-14 05:45:51,192.0.2.1,19,,x,64500,AA,R,C`, "192.0.2.1 19/udp exposed-service chargen observed"},
		{"nothing tells", "stdin", `2020-03-14 05:45:51,192.0.2.1,1883,,iot,64500,AA,R,C`, `stdin:2: not in the expected format: neither the name of the file nor the tag "iot" is of a Shadowserver scan report`},
		{"a port that is none", "scan_mqtt.csv", `2020-03-14 05:45:51,192.0.2.1,x,,iot,64500,AA,R,C`, `scan_mqtt.csv:2: not in the expected format: port "x"`},
		{"an address that is none", "scan_mqtt.csv", `2020-03-14 05:45:51,x,25,,iot,64500,AA,R,C`, `scan_mqtt.csv:2: not in the expected format: address "x"`},
		{"a time that is none", "scan_mqtt.csv", `soon,192.0.2.1,25,,iot,64500,AA,R,C`, `scan_mqtt.csv:2: not in the expected format: time "soon"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(head+tt.row+"\n", tt.file, Options{}), "|"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	udp := "timestamp,ip,port,protocol,asn,geo\n2026-03-01 09:00:00,192.0.2.1,1,sctp,64500,AA\n"
	if got := judged(udp, "scan_ntp.csv", Options{}); !strings.Contains(got[0], `proto "sctp"`) {
		t.Errorf("%q", got)
	}
}

func TestReportsOfNoScan(t *testing.T) {
	const event = "timestamp,protocol,src_ip,src_port,src_asn,src_geo,dst_ip,tag\n2026-03-01 09:00:00,tcp,192.0.2.1,1,64500,AA,198.51.100.1,x\n"
	const dns = "timestamp,md5hash,request,type,response\n2026-03-01 09:00:00,0,example.org,A,192.0.2.1\n"
	const referer = "timestamp,protocol,http_referer_ip,http_referer_port,http_referer_asn,http_referer_geo,dst_ip,tag\n2026-03-01 09:00:00,tcp,192.0.2.1,80,64500,AA,198.51.100.1,redis\n"
	const link = "timestamp,url,host,ip,asn,geo\n2026-03-01 09:00:00,http://example.org/,example.org,192.0.2.1,64500,AA\n"
	const device = "timestamp,ip,protocol,port,tag,asn,geo\n2026-03-01 09:00:00,192.0.2.1,tcp,80,redis,64500,AA\n"
	for _, tt := range []struct {
		name, file, in string
		o              Options
		report         string
	}{
		{"a sinkhole", "2026-03-01-event4_sinkhole-x.csv", event, Options{}, "event4_sinkhole"},
		{"a sinkhole by its columns", "stdin", event, Options{}, "of events"},
		{"devices", "2026-03-01-device_id-x.csv", device, Options{}, "device_id"},
		{"compromised", "compromised_website.csv", device, Options{}, "compromised_website"},
		{"a special report", "2026-03-01-special-x.csv", device, Options{}, "special"},
		{"block lists", "blocklist-x.csv", device, Options{}, "blocklist"},
		{"no address in it", "2026-03-01-sandbox_dns-x.csv", dns, Options{}, "sandbox_dns"},
		{"no address and no date", "sandbox_dns.csv", dns, Options{}, "sandbox_dns"},
		{"referrers", "2026-03-01-event4_sinkhole_http_referer-x.csv", referer, Options{}, "event4_sinkhole_http_referer"},
		{"referrers by their columns", "stdin", referer, Options{}, "of events"},
		{"links", "phish_url.csv", link, Options{}, "phish_url"},
		{"IPv6", "event6_sinkhole.csv", event, Options{}, "event6_sinkhole"},
		{"IPv6 at the end", "device_id6.csv", device, Options{}, "device_id6"},
		{"a type of tomorrow", "2026-03-01-newest-x.csv", device, Options{}, "newest"},
		{"the options name it", "scan_redis.csv", device, Options{Report: "event4_sinkhole"}, "event4_sinkhole"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			for _, err := range Read(strings.NewReader(tt.in), tt.file, tt.o) {
				var none *NoScanError
				if n++; !errors.As(err, &none) || none.Report != tt.report || errors.As(err, new(*RowError)) {
					t.Errorf("%v", err)
				}
			}
			if n != 1 {
				t.Errorf("%d errors", n)
			}
		})
	}
	for _, tt := range []struct{ name, in, want string }{
		{"no time", "ip,port,asn,geo,tag\n", `no column "timestamp"`},
		{"no address", "timestamp,port,asn,geo\n", `no column "ip"`},
		{"no port", "timestamp,ip,asn,geo\n", `no column "port"`},
	} {
		if got := judged(tt.in, "scan_redis.csv", Options{Format: Shadowserver}); len(got) != 1 || !strings.Contains(got[0], tt.want) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// A list of anybody's is no report, whatever it is called.
func TestListsThatAreCalledLikeReports(t *testing.T) {
	const in = "timestamp,ip,port,proto,kind\n2026-03-01 09:00:00,192.0.2.1,25,tcp,open-relay\n"
	for _, name := range []string{"2026-03-01-open-relays.csv", "2026-03-01-smtp.csv", "2026-03-01-special-x.csv", "special.csv", "blocklist.csv",
		"device_list.csv", "spam_relays.csv", "compromised_hosts.csv", "targeted.csv"} {
		if got := judged(in, name, Options{}); len(got) != 1 || !strings.HasPrefix(got[0], "192.0.2.1 25/tcp open-relay ") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestReportOfTheOptions(t *testing.T) {
	in := "timestamp,ip,protocol,port,asn,geo,anonymous_access\n2026-03-01 09:00:00,192.0.2.1,tcp,1883,64500,AA,N\n"
	if got := judged(in, "renamed.csv", Options{Report: "mqtt"}); got[0] != "192.0.2.1 1883/tcp exposed-service mqtt contradicted shadowserver/says-no "+march {
		t.Errorf("%q", got)
	}
	if got := judged("timestamp,ip,port\n2026-03-01 09:00:00,192.0.2.1,80\n", "x.csv", Options{Report: "scan_redis"}); got[0] != "192.0.2.1 80/tcp exposed-service redis observed shadowserver/lists "+march {
		t.Errorf("%q", got)
	}
	if got := judged(in, "x.csv", Options{Report: "mqtt", Port: 1}); !strings.Contains(got[0], " 1883/tcp ") {
		t.Errorf("%q", got)
	}
	for in, want := range map[string]string{"mqtt": "scan_mqtt", "scan_mqtt": "scan_mqtt", "SCAN6_MQTT": "scan_mqtt", "scan-mqtt-anon": "scan_mqtt_anon",
		"population_http_proxy": "population_http_proxy", "population6_bgp": "population_bgp", "dns_openresolver": "scan_dns"} {
		if got, err := CheckReport(in); got != want || err != nil {
			t.Errorf("CheckReport(%q) = %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{"scan_mqqt": "scan_mqtt", "elasticsaerch": "scan_elasticsearch", "nonsense_at_all": ""} {
		var e *ReportError
		if _, err := CheckReport(in); !errors.As(err, &e) || e.Near != want || e.Name != in {
			t.Errorf("CheckReport(%q): %v, %+v", in, err, e)
		}
	}
	var none *NoScanError
	if _, err := CheckReport("event4_sinkhole"); !errors.As(err, &none) {
		t.Errorf("%v", err)
	}
}
