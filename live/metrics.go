package live

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// descriptions are those of the metrics. Their labels have the values that the
// table has, and no others.
type descriptions struct {
	connections, bytes, transitions, duration, sessions, places, queue, refused, blocked, build, instance *prometheus.Desc
}

// describe names the metrics: each begins with prefix and an underscore.
func describe(prefix string) descriptions {
	of := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prefix+"_"+name, help, labels, nil)
	}
	return descriptions{
		connections: of("connections_total", "Connections that have ended, by result.", "result"),
		bytes:       of("payload_bytes_total", "Payload bytes that have arrived, those of failed connections and of those in service included."),
		transitions: of("transitions_total", "Transitions that connections have taken.", "from", "event", "to"),
		duration:    of("connection_duration_seconds", "How long connections were in service, whatever their result."),
		sessions:    of("sessions", "Connections in service, by state.", "state"),
		places:      of("places", "How many connections can be in service at a time."),
		queue:       of("queue_connections", "Connections that wait in the system's queue; absent where that is not known."),
		refused:     of("http_refused_total", "What the page has turned away for lack of room: waiting connections, new ones, requests and streams.", "kind"),
		blocked:     of("output_blocked_seconds", "For how long standard output has been blocked, so that nobody is served; 0 if that is less than a second."),
		build:       of("build_info", "The version of the server; always 1.", "version"),
		instance:    of("instance_info", "What the server calls itself among others; always 1. Absent if it has no name.", "name"),
	}
}

// collector makes metrics of a moment, so that they are never apart from what
// the page says.
type collector struct {
	*reporter
	described descriptions
}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	d := &c.described
	for _, desc := range []*prometheus.Desc{
		d.connections, d.bytes, d.transitions, d.duration, d.sessions, d.places, d.queue, d.refused, d.blocked, d.build, d.instance,
	} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	d, m := &c.described, c.moment()
	counter := func(desc *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, value, labels...)
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	counter(d.connections, float64(m.ok), "ok")
	counter(d.connections, float64(m.failed), "error")
	counter(d.bytes, float64(m.bytes))
	for i, tr := range c.Observer.table.Transitions {
		counter(d.transitions, float64(m.counts[i]), string(tr.From), string(tr.Event), string(tr.To))
	}
	for state, n := range c.sessions(&m.view) {
		gauge(d.sessions, float64(n), string(state))
	}
	gauge(d.places, float64(c.Places))
	if m.queue != nil {
		gauge(d.queue, float64(*m.queue))
	}
	for i, n := range c.refused.all() {
		counter(d.refused, float64(n), refusalNames[i])
	}
	gauge(d.blocked, c.blocked().Seconds())
	gauge(d.build, 1, c.Version)
	if c.Instance != "" {
		gauge(d.instance, 1, c.Instance)
	}
	ch <- prometheus.MustNewConstHistogram(d.duration, m.ended(), m.durations.sum.Seconds(), m.durations.cumulative())
}

// registry returns one of our own: the metrics above, and what the process uses
// of the system, which is looked up when it is asked for.
func (p *reporter) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collector{p, describe(p.Metrics)}, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

func (p *reporter) metrics() http.Handler {
	return promhttp.HandlerFor(p.registry(), promhttp.HandlerOpts{DisableCompression: true})
}
