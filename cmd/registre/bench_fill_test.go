package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFill writes a folder for measurements by hand, where REGISTRE_FILL names one.
func TestFill(t *testing.T) {
	dir := os.Getenv("REGISTRE_FILL")
	events := 200_000
	if dir == "" {
		dir, events = t.TempDir()+"/f", 2000
	}
	require.NoError(t, fill(t.Context(), dir, 1, events))
}
