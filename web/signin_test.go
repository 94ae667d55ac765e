package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSessionEndsOnADayInParis: the page of a session gives the day too, since one that is signed in in the evening ends on the next; and
// both as in Paris, in winter and in summer.
func TestSessionEndsOnADayInParis(t *testing.T) {
	for _, c := range []struct {
		ends   time.Time
		fr, en string
	}{
		{time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), "01/01/2027 à 00:30", "00:30 on 2027-01-01"},
		{time.Date(2026, 6, 30, 21, 59, 0, 0, time.UTC), "30/06/2026 à 23:59", "23:59 on 2026-06-30"},
		{time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC), "01/07/2026 à 00:00", "00:00 on 2026-07-01"},
	} {
		require.Equal(t, c.fr, endOf(c.ends, "fr"))
		require.Equal(t, c.en, endOf(c.ends, "en"))
	}
}
