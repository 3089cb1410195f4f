package live

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// The metrics. Their labels have the values that the table has, and no others.
var (
	metricConnections = prometheus.NewDesc("accio_connections_total",
		"Connections that have ended, by result.", []string{"result"}, nil)
	metricBytes = prometheus.NewDesc("accio_payload_bytes_total",
		"Payload bytes that have arrived, those of failed connections and of the one in service included.", nil, nil)
	metricTransitions = prometheus.NewDesc("accio_transitions_total",
		"Transitions that connections have taken.", []string{"from", "event", "to"}, nil)
	metricDuration = prometheus.NewDesc("accio_connection_duration_seconds",
		"How long connections were in service, whatever their result.", nil, nil)
	metricSessions = prometheus.NewDesc("accio_sessions",
		"Connections in service, by state.", []string{"state"}, nil)
	metricQueue = prometheus.NewDesc("accio_queue_connections",
		"Connections that wait in the system's queue; absent where that is not known.", nil, nil)
	metricRefused = prometheus.NewDesc("accio_http_refused_total",
		"What the page has turned away for lack of room: waiting connections, new ones, requests and streams.", []string{"kind"}, nil)
	metricBlocked = prometheus.NewDesc("accio_output_blocked_seconds",
		"For how long standard output has been blocked, so that nobody is served; 0 if that is less than a second.", nil, nil)
	metricBuild = prometheus.NewDesc("accio_build_info",
		"The version of the server; always 1.", []string{"version"}, nil)
)

// collector makes metrics of a moment, so that they are never apart from what
// the page says.
type collector struct{ *reporter }

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		metricConnections, metricBytes, metricTransitions, metricDuration, metricSessions, metricQueue, metricRefused, metricBlocked, metricBuild,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	m := c.moment()
	counter := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, labels...)
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counter(metricConnections, float64(m.ok), "ok")
	counter(metricConnections, float64(m.failed), "error")
	counter(metricBytes, float64(m.bytes))
	for i, tr := range c.Observer.table.Transitions {
		counter(metricTransitions, float64(m.counts[i]), string(tr.From), string(tr.Event), string(tr.To))
	}
	for state, n := range c.sessions(&m.view) {
		gauge(metricSessions, float64(n), string(state))
	}
	if m.queue != nil {
		gauge(metricQueue, float64(*m.queue))
	}
	for i, n := range c.refused.all() {
		counter(metricRefused, float64(n), refusalNames[i])
	}
	gauge(metricBlocked, c.blocked().Seconds())
	gauge(metricBuild, 1, c.Version)
	ch <- prometheus.MustNewConstHistogram(metricDuration, m.ended(), m.durations.sum.Seconds(), m.durations.cumulative())
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
