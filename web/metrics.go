package web

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"headsup/campaign"
	"headsup/letter"
)

// Metrics counts what happens while letters are sent, for Prometheus. It is to
// be served to this machine alone: what it says is not for everybody.
type Metrics struct {
	registry *prometheus.Registry
	attempts *prometheus.CounterVec
	seconds  prometheus.Histogram
	flying   prometheus.Gauge
	server   *http.Server
}

// ServeMetrics answers GET /metrics on a listener until Close.
func ServeMetrics(listener net.Listener, c *campaign.Campaign) *Metrics {
	label := prometheus.Labels{"campaign": c.ID()}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "headsup_attempts_total",
			Help: "Attempts to send a letter, by what became of them.", ConstLabels: label}, []string{"state"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "headsup_attempt_seconds",
			Help: "Time from the claim of a letter to its outcome.", ConstLabels: label, Buckets: prometheus.ExponentialBuckets(0.01, 4, 8)}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{Name: "headsup_letters_on_the_wire",
			Help: "Letters that this process is sending.", ConstLabels: label}),
	}
	m.registry.MustRegister(m.attempts, m.seconds, m.flying, &letterStates{
		c:    c,
		desc: prometheus.NewDesc("headsup_letters", "Letters in the ledger, by state.", []string{"state"}, label),
		lost: prometheus.NewDesc("headsup_lost_letters", "Letters in the ledger that did not arrive, by why.", []string{"class"}, label),
	})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	m.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute}
	go m.server.Serve(listener)
	return m
}

// Close ends all answers.
func (m *Metrics) Close() error { return m.server.Close() }

// Tell counts a try of a letter.
func (m *Metrics) Tell(e campaign.Event) {
	a, ok := e.(campaign.Attempt)
	switch {
	case ok && a.Step == campaign.StepClaimed:
		m.flying.Inc()
	case ok && a.Step == campaign.StepRecorded:
		m.flying.Dec()
		m.seconds.Observe(a.Took.Seconds())
		m.attempts.WithLabelValues(string(a.Outcome.State)).Inc()
	}
}

// letterStates asks the ledger whenever it is asked.
type letterStates struct {
	c          *campaign.Campaign
	desc, lost *prometheus.Desc
}

func (l *letterStates) Describe(out chan<- *prometheus.Desc) {
	out <- l.desc
	out <- l.lost
}

func (l *letterStates) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	sum, err := l.c.Sum(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(l.desc, err)
		return
	}
	for _, s := range letter.States {
		out <- prometheus.MustNewConstMetric(l.desc, prometheus.GaugeValue, float64(sum.States[s]), string(s))
	}
	for _, c := range letter.Classes {
		out <- prometheus.MustNewConstMetric(l.lost, prometheus.GaugeValue, float64(sum.Classes[c]), string(c))
	}
}
