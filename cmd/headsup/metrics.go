package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"headsup/letter"
)

// metrics counts what happens while letters are sent, for Prometheus. It is
// served to this machine alone: what it says is not for everybody.
type metrics struct {
	registry *prometheus.Registry
	attempts *prometheus.CounterVec
	seconds  prometheus.Histogram
	flying   prometheus.Gauge
	listener net.Listener
	server   *http.Server
}

// newMetrics listens on a loopback address such as "127.0.0.1:9090".
func (h *house) newMetrics(ctx context.Context, addr string) (*metrics, error) {
	listener, err := listenHere(ctx, "metrics", addr)
	if err != nil {
		return nil, err
	}
	campaign := prometheus.Labels{"campaign": h.campaign.ID}
	m := &metrics{
		listener: listener,
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "headsup_attempts_total",
			Help: "Attempts to send a letter, by what became of them.", ConstLabels: campaign}, []string{"state"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "headsup_attempt_seconds",
			Help: "Time from the claim of a letter to its outcome.", ConstLabels: campaign, Buckets: prometheus.ExponentialBuckets(0.01, 4, 8)}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{Name: "headsup_letters_on_the_wire",
			Help: "Letters that this process is sending.", ConstLabels: campaign}),
	}
	m.registry.MustRegister(m.attempts, m.seconds, m.flying, &letterStates{h: h,
		desc: prometheus.NewDesc("headsup_letters", "Letters in the ledger, by state.", []string{"state"}, campaign)})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute}
	go m.server.Serve(m.listener)
	return m, nil
}

func (m *metrics) Close() error { return m.server.Close() }

func (m *metrics) claimed(letter.Envelope) { m.flying.Inc() }
func (m *metrics) marked(letter.Envelope)  {}

func (m *metrics) settled(_ letter.Envelope, o letter.Outcome, took time.Duration) {
	m.flying.Dec()
	m.seconds.Observe(took.Seconds())
	m.attempts.WithLabelValues(string(o.State)).Inc()
}

// letterStates asks the ledger whenever it is asked.
type letterStates struct {
	h    *house
	desc *prometheus.Desc
}

func (c *letterStates) Describe(out chan<- *prometheus.Desc) { out <- c.desc }

func (c *letterStates) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	sum, err := c.h.ledger.Sum(ctx, c.h.campaign.ID)
	if err != nil {
		out <- prometheus.NewInvalidMetric(c.desc, err)
		return
	}
	for _, s := range letter.States {
		out <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, float64(sum.States[s]), string(s))
	}
}

// journal opens the file that events are appended to: "-" is stderr, and
// nothing is nowhere.
func (p *program) journal(name string) (j journal, closes func() error, err error) {
	switch name {
	case "":
		return journal{slog.New(slog.DiscardHandler)}, func() error { return nil }, nil
	case "-":
		return journal{slog.New(slog.NewJSONHandler(p.stderr, nil))}, func() error { return nil }, nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return j, nil, err
	}
	return journal{slog.New(slog.NewJSONHandler(f, nil))}, func() error { return errors.Join(f.Sync(), f.Close()) }, nil
}
