package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZZFill(t *testing.T) {
	dir := os.Getenv("ZZ_DIR")
	if dir == "" {
		t.Skip()
	}
	n, _ := strconv.Atoi(os.Getenv("ZZ_N"))
	b := &bench{app: &app{}, dir: dir, seed: 1, lines: nationLines, events: 200000}
	ctx := t.Context()
	switch os.Getenv("ZZ_WHAT") {
	case "evidence":
		_, err := b.longGroup(ctx, dir, n)
		require.NoError(t, err)
	case "explain":
		require.NoError(t, fillOrdering(ctx, dir, b.seed, 1, b.longest()))
		require.NoError(t, fillOne(ctx, dir, b.seed, 10000))
		require.NoError(t, fillSitting(ctx, dir))
	case "audit":
		require.NoError(t, fillStraight(ctx, filepath.Join(dir, "many"), b.seed, n/perGroup, perGroup))
		require.NoError(t, fillOne(ctx, filepath.Join(dir, "one"), b.seed, n/4))
	}
}
