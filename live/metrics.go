package live

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// collector makes metrics of a moment, so that they are never apart from what
// the page says. Their labels have the values that the table has, and no others.
type collector struct{ *reporter }

// Describe implements prometheus.Collector: what Collect says is all there is to say.
func (c collector) Describe(ch chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	m := c.moment()
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(c.Metrics+"_"+name, help, labels, nil)
	}
	counter := func(value float64, desc *prometheus.Desc, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, value, labels...)
	}
	gauge := func(value float64, desc *prometheus.Desc, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	connections := describe("connections_total", "Connections that have ended, by result.", "result")
	counter(float64(m.ok), connections, "ok")
	counter(float64(m.failed), connections, "error")
	counter(float64(m.bytes), describe("payload_bytes_total", "Payload bytes that have arrived, those of failed connections and of those in service included."))
	transitions := describe("transitions_total", "Transitions that connections have taken.", "from", "event", "to")
	for i, tr := range c.Observer.table.Transitions {
		counter(float64(m.counts[i]), transitions, string(tr.From), string(tr.Event), string(tr.To))
	}
	sessions := describe("sessions", "Connections in service, by state.", "state")
	for state, n := range c.sessions(&m.view) {
		gauge(float64(n), sessions, string(state))
	}
	gauge(float64(c.Places), describe("places", "How many connections can be in service at a time."))
	if m.queue != nil {
		gauge(float64(*m.queue), describe("queue_connections", "Connections that wait in the system's queue; absent where that is not known."))
	}
	refused := describe("http_refused_total", "What the page has turned away for lack of room: waiting connections, new ones, requests and streams.", "kind")
	for i, n := range c.refused.all() {
		counter(float64(n), refused, refusalNames[i])
	}
	gauge(c.blocked().Seconds(), describe("output_blocked_seconds", "For how long standard output has been blocked, so that nobody is served; 0 if that is less than a second."))
	gauge(1, describe("build_info", "The version of the server; always 1.", "version"), c.Version)
	if c.Instance != "" {
		gauge(1, describe("instance_info", "What the server calls itself among others; always 1. Absent if it has no name.", "name"), c.Instance)
	}
	duration := describe("connection_duration_seconds", "How long connections were in service, whatever their result.")
	ch <- prometheus.MustNewConstHistogram(duration, m.ended(), m.durations.sum.Seconds(), m.durations.cumulative())
}

// registry returns one of our own: the metrics above, and what the process uses
// of the system, which is looked up when it is asked for.
func (p *reporter) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collector{p}, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

func (p *reporter) metrics() http.Handler {
	return promhttp.HandlerFor(p.registry(), promhttp.HandlerOpts{DisableCompression: true})
}
