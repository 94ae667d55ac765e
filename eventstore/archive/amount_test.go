package archive

import "testing"

// OneIn gives the stride of a test that tries very many places, one after the other: each of them, and with -short one in n. The race
// detector is given -short: it takes ten times as long, and sees nothing in what one goroutine does alone.
func OneIn(n int) int {
	if testing.Short() {
		return n
	}
	return 1
}
