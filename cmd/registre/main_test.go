package main

import (
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARunIsLetGo: what a run has held, a register with its server above all, nobody holds afterwards.
func TestARunIsLetGo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "d")
	given := strings.NewReader("")
	in := weak.Make(given)
	line := []string{"found", "g", "--name", "Essai", "--title", "Convention", "--data", data}
	require.Zero(t, run(t.Context(), line, given, io.Discard, io.Discard))
	opened := func() weak.Pointer[steady] {
		a := newApp(strings.NewReader(""), io.Discard, io.Discard)
		defer a.letGo()
		require.Zero(t, a.run(t.Context(), []string{"timeline", "g", "--data", data}))
		return weak.Make(a.desk.(*steady))
	}()
	runtime.GC()
	assert.Nil(t, in.Value())
	assert.Nil(t, opened.Value())
}
