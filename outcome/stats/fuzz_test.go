package stats_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"headsup/outcome/stats"
)

// A draw reads values of a test from the fuzzer's bytes: small ones mostly,
// and such as break sums.
type draw []byte

func (d *draw) byte() (b byte) {
	if len(*d) > 0 {
		b, *d = (*d)[0], (*d)[1:]
	}
	return b
}

func (d *draw) int() int {
	switch b := d.byte(); {
	case b < 200:
		return int(b)
	case b < 210:
		return -int(b)
	case b < 220:
		return math.MaxInt
	case b < 225:
		return math.MinInt
	default:
		var eight [8]byte
		*d = (*d)[copy(eight[:], *d):]
		return int(binary.LittleEndian.Uint64(eight[:]))
	}
}

func (d *draw) float() float64 {
	switch b := d.byte(); {
	case b < 100:
		return float64(b) / 100
	case b < 200:
		return float64(b-100) * 7
	default:
		var eight [8]byte
		*d = (*d)[copy(eight[:], *d):]
		return math.Float64frombits(binary.LittleEndian.Uint64(eight[:]))
	}
}

func (d *draw) share() stats.Share {
	a, b := d.int(), d.int()
	return stats.Share{Hit: min(a, b), Of: max(a, b)}
}

// sound fails for NaN anywhere in a result, for ends of an interval in the
// wrong order, and for infinity but where time does not end.
func sound(t *testing.T, what string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) && what != "Mass.By" {
			t.Errorf("%s is %v", what, f)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			sound(t, fmt.Sprintf("%s[%d]", what, i), v.Index(i))
		}
	case reflect.Struct:
		if i, ok := v.Interface().(stats.Interval); ok && i.Low > i.High {
			t.Errorf("%s is %v", what, i)
		}
		if e, ok := v.Interface().(stats.Estimate); ok && !e.Has(e.Value) {
			t.Errorf("%s is %v", what, e)
		}
		for i := range v.NumField() {
			sound(t, v.Type().Name()+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

// FuzzStats gives every method what no campaign has: each answers with
// numbers, or with an error.
func FuzzStats(f *testing.F) {
	f.Add([]byte{2, 5, 3, 9, 1, 1, 0, 4, 7, 7, 120, 130, 95})
	f.Add([]byte{210, 210, 220, 220, 255, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 255, 1, 2, 3, 4, 5, 6, 7, 8, 210, 211})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := draw(data)
		level := .95
		if d.byte() > 250 {
			level = d.float()
		}
		try := func(what string, v any, err error) {
			if err == nil {
				sound(t, what, reflect.ValueOf(v))
			}
		}
		e, err := stats.Wilson(d.share(), level)
		try("Wilson", e, err)
		e, err = stats.Newcombe(d.share(), d.share(), level)
		try("Newcombe", e, err)
		var pairs []stats.Pair
		var orgs []stats.Org
		var lives []stats.Life
		var spans []stats.Span
		var counts []int
		var parts []float64
		for len(d) > 4 && len(orgs) < 50 {
			which := d.byte()
			arm, stratum := int(which)%2, int(which)/4%3
			if which > 250 {
				arm = d.int()
			}
			s := d.share()
			pairs = append(pairs, stats.Pair{One: s, Other: d.share()})
			orgs = append(orgs, stats.Org{Arm: arm, Stratum: stratum, Share: s})
			from, to := d.float(), d.float()
			lives = append(lives, stats.Life{Time: from, Event: which&2 == 0, Arm: arm, Stratum: stratum})
			spans = append(spans, stats.Span{After: min(from, to), By: max(from, to), Count: s.Hit})
			counts, parts = append(counts, s.Hit), append(parts, to)
		}
		test, err := stats.MantelHaenszel(pairs)
		try("MantelHaenszel", test, err)
		e, err = stats.CommonOdds(pairs, level)
		try("CommonOdds", e, err)
		icc, err := stats.ICC(orgs)
		try("ICC", icc, err)
		adjusted, err := stats.DonnerKlar(orgs, level)
		try("DonnerKlar", adjusted, err)
		adjusted, err = stats.RaoScott(orgs, level)
		try("RaoScott", adjusted, err)
		how := stats.How{Level: level, Permutations: 19, Seed: uint64(len(orgs)), Weighting: stats.Weighting(len(orgs) % 2)}
		compared, err := stats.Compare(orgs, how)
		try("Compare", compared, err)
		e, err = stats.ShareOf(orgs, how.Weighting, level)
		try("ShareOf", e, err)
		base, other, n, m := d.float(), d.float(), d.float(), d.float()
		power, err := stats.Power(base, other, n, m, level)
		try("Power", power, err)
		needed, err := stats.Needed(base, other, d.float(), level)
		try("Needed", needed, err)
		clusters := stats.Clusters{Sizes: counts, ICC: d.float(), Weighting: how.Weighting}
		needed, err = clusters.Needed(base, other, .8, level)
		try("Clusters.Needed", needed, err)
		power, err = clusters.Power(base, other, d.int(), d.int(), level)
		try("Clusters.Power", power, err)
		curve, err := stats.KaplanMeier(lives, level)
		try("KaplanMeier", curve, err)
		rank, err := stats.LogRank(lives)
		try("LogRank", rank, err)
		var watched [][]stats.Span
		for pair := range slices.Chunk(spans, 2) {
			watched = append(watched, pair)
		}
		left, err := stats.CurveOf(watched, how)
		try("CurveOf", left, err)
		between, err := stats.Turnbull(spans)
		try("Turnbull", between, err)
		test, err = stats.SampleRatio(counts, parts)
		try("SampleRatio", test, err)
		holm, err := stats.Holm(parts)
		try("Holm", holm, err)
	})
}
