package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// limitMemory bounds the memory of this process while a test runs: a server that fills a gap of numbers would take all there is.
func limitMemory(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	pages, err := strconv.ParseUint(strings.Fields(string(text))[0], 10, 64)
	require.NoError(t, err)
	var was unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_AS, &was))
	now := unix.Rlimit{Cur: pages*uint64(os.Getpagesize()) + 4<<30, Max: was.Max}
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_AS, &now))
	t.Cleanup(func() { require.NoError(t, unix.Setrlimit(unix.RLIMIT_AS, &was)) })
}
