// Package browse shows a [modelcheck.System] in a browser: a state, the steps that
// lead on from it, the way that led to it, and the runs that a report has found.
// It explores nothing, so that a system of any size can be walked through by hand;
// to explore one is the business of package modelcheck. Anybody may import it, and
// it knows no system.
package browse
