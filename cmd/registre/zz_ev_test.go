package main

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestZZEvidence(t *testing.T) {
	dir := os.Getenv("ZZ_DIR")
	if dir == "" {
		t.Skip()
	}
	b := &bench{app: &app{data: dir, lang: "en", errs: os.Stderr, out: os.Stdout, now: time.Now}, seed: 1}
	r, err := b.evidenceChild(t.Context(), evidenceWhole)
	require.NoError(t, err)
	t.Log(r)
}
