package eventstore

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWritingOnlyLooks: an event is written down by several at once, who are all only looking at it. The race detector sees where one
// writes into it.
func TestWritingOnlyLooks(t *testing.T) {
	for name, act := range examples() {
		e := example(name, act)
		var texts [2][]byte
		var both sync.WaitGroup
		for i := range texts {
			both.Go(func() { texts[i], _ = e.Append(nil) })
		}
		both.Wait()
		require.NotEmpty(t, texts[0], name)
		require.Equal(t, texts[0], texts[1], name)
	}
}
