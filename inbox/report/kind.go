package report

import (
	"maps"
	"strings"

	"headsup/inbox/report/lexicon"
)

// kinds are those that words tell of, with what each word of the list is
// worth. Of two kinds that weigh the same the first is taken.
var kinds = []struct {
	kind   Kind
	weight int
	list   string
}{
	{Copyright, 4, "kind copyright"},
	{Phishing, 5, "kind phishing"},
	{Malware, 4, "kind malware"},
	{Botnet, 4, "kind botnet"},
	{DDoS, 5, "kind ddos"},
	{BruteForce, 5, "kind bruteforce"},
	{OpenRelay, 9, "kind open-relay"},
	{OpenProxy, 9, "kind open-proxy"},
	{ExposedService, 6, "kind exposed-service"},
	{ExposedService, 4, "kind exposed-service weak"},
	{Spam, 4, "kind spam"},
	{Scan, 4, "kind scan"},
	{Scan, 1, "kind scan weak"},
	{Account, 5, "kind account"},
}

// kindOf says which kind of abuse a text in small letters speaks of.
func kindOf(low string, otherwise Kind) Kind { return weighed(otherwise, weight{low, 1}) }

// speaksOfAbuse reports whether a text in small letters speaks of any kind.
func speaksOfAbuse(low string) bool { return kindOf(low, "") != "" }

type weight struct {
	low   string
	times int
}

// weighed is kindOf for several texts that count differently.
func weighed(otherwise Kind, texts ...weight) Kind { return weighedWith(nil, otherwise, texts...) }

// against joins the words for what helps: a program against viruses is none.
var against = strings.NewReplacer("anti-", "anti", "anti ", "anti")

// weighedWith is weighed where evidence has points, too.
func weighedWith(evidence map[Kind]int, otherwise Kind, texts ...weight) Kind {
	points := maps.Clone(evidence)
	if points == nil {
		points = map[Kind]int{}
	}
	for _, t := range texts {
		found := lexicon.In(against.Replace(t.low))
		for _, k := range kinds {
			points[k.kind] += k.weight * t.times * found.Count(k.list, 4)
		}
	}
	best, most := otherwise, 0
	for _, k := range kinds {
		if n := points[k.kind]; n > most {
			best, most = k.kind, n
		}
	}
	return best
}

// reportWords counts the words of those who report, whatever they report, but
// no more than most.
func reportWords(low string, most int) int { return lexicon.In(low).Count("report", most) }
