package live

import "testing"

func TestDuration(t *testing.T) {
	for seconds, want := range map[float64]string{
		-1: "0 µs", 0: "0 µs", 0.000099: "99 µs", 0.0000999: "0.10 ms", 0.00123: "1.23 ms", 0.009999: "10.0 ms", 0.0123: "12.3 ms",
		0.09999: "0.10 s", 1.234: "1.23 s", 99.999: "1 min 40 s", 3599.4: "59 min 59 s", 3599.6: "1 h 0 min", 3661: "1 h 1 min",
	} {
		if got := duration(seconds); got != want {
			t.Errorf("%v s is %q, not %q", seconds, got, want)
		}
	}
}
