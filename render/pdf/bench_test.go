package pdf_test

import (
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	"headsup/render/pdf"
	"headsup/render/prose"
)

// japanese is a letter of one page in Japanese.
func japanese() pdf.Letter {
	l := sample()
	l.Lang, l.Form, l.Title = "ja", "jp-nagagata-3", "公開状態のサービスについて"
	l.Parts = []prose.Doc{{Lang: "ja", Blocks: []prose.Block{
		text("ネットワークご担当者様"),
		text("公開されている登録情報によると、貴組織が連絡先とされています。下記のシステムは、インターネット上の誰でも利用できる状態になっていると見られます。"),
		hosts(5, "アドレス", "ポート", "内容", "確認日時"),
		{Kind: prose.Heading, Level: 2, Spans: []prose.Span{{Text: "お願いしたいこと"}}},
		text("上記のシステムをご確認のうえ、公開する必要のないものは閉じていただきますようお願いいたします。"),
		{Kind: prose.List, Ordered: true, Items: [][]prose.Block{{text("最新のバージョンを使用していますか。")}, {text("アクセスを必要な利用者に限定していますか。")}}},
		text("何とぞよろしくお願いいたします。"),
	}}}
	return l
}

// BenchmarkLetter measures processor time, not that on the clock.
func BenchmarkLetter(b *testing.B) {
	many := sample()
	many.Parts[0].Blocks[4] = hosts(100, "Address", "Port", "Finding", "Seen")
	for _, c := range []struct {
		name string
		l    pdf.Letter
	}{{"latin", sample()}, {"japanese", japanese()}, {"100-hosts", many}} {
		b.Run(c.name, func(b *testing.B) {
			wr := pdf.New(fonts)
			n, start := 0, cpu(b)
			for b.Loop() {
				n++
				if err := wr.Write(io.Discard, numbered(c.l, n)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/float64(n), "cpu-ms/letter")
		})
	}
}

// BenchmarkBatch prints a thousand letters as one file.
func BenchmarkBatch(b *testing.B) {
	wr := pdf.New(fonts)
	var letters [][]byte
	for n := range 1000 {
		data, err := wr.Print(numbered(sample(), n))
		if err != nil {
			b.Fatal(err)
		}
		letters = append(letters, data)
	}
	start := cpu(b)
	for b.Loop() {
		batch := pdf.NewBatch(io.Discard, sample())
		for _, l := range letters {
			if err := batch.Add(l); err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpu(b)-start).Microseconds())/1000/1000/float64(b.N), "cpu-ms/letter")
}

// numbered returns a letter that differs from the one before as letters of a campaign do.
func numbered(l pdf.Letter, n int) pdf.Letter {
	l.ID = fmt.Sprintf("C7-%09d", n)
	l.Verify = "https://agency.example/verify/" + l.ID
	l.To = [][]string{{l.ID}, {"Musterstraße 1"}, {"12345 Musterstadt"}}
	l.Parts = differing(l.Parts[0], n)
	l.Info = []pdf.Field{{Label: "Our reference", Value: l.ID}}
	return l
}

// differing returns the part with other addresses in its tables.
func differing(d prose.Doc, n int) []prose.Doc {
	d.Blocks = slices.Clone(d.Blocks)
	for i, b := range d.Blocks {
		for j, r := range b.Rows {
			if j == 0 {
				d.Blocks[i].Rows = make([][]string, len(b.Rows))
			}
			d.Blocks[i].Rows[j] = append([]string{fmt.Sprintf("2001:db8:%x::%x", n, j)}, r[1:]...)
		}
	}
	return []prose.Doc{d}
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Skip(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
