package live

import (
	"fmt"
	"math"
)

// duration is for people, as the function of the same name in page/dom.js: it
// changes the unit where rounding would lead to the next one.
func duration(seconds float64) string {
	s := max(seconds, 0)
	ms := s * 1e3
	switch {
	case ms < 0.0995:
		return fmt.Sprintf("%.0f µs", s*1e6)
	case ms < 9.995:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 99.95:
		return fmt.Sprintf("%.1f ms", ms)
	case s < 99.995:
		return fmt.Sprintf("%.2f s", s)
	}
	whole := int64(math.Round(s))
	if minutes := whole / 60; minutes >= 60 {
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%d min %d s", whole/60, whole%60)
}
