package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/cmd/registre/sheet"
)

// TestTableHasRoomForItsRows: more rows than a table of XLSX and ODS has are refused as they come, whoever makes them; no file is left.
func TestTableHasRoomForItsRows(t *testing.T) {
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	of := func(n int) *extract {
		return &extract{columns: []string{"n"}, french: []string{"n"}, later: func(yield func(laterRows, error) bool) {
			for ; n > 0; n -= partRows {
				rows := make([][]string, min(n, partRows))
				for i := range rows {
					rows[i] = []string{"a"}
				}
				if !yield(func() ([][]string, error) { return rows, nil }, nil) {
					return
				}
			}
		}}
	}
	put := func(file string, format sheet.Format, n int) error {
		return replaceFile(file, false, func(w io.Writer) error { return a.write(context.Background(), w, of(n), "", format) })
	}
	dir := t.TempDir()
	for _, format := range []sheet.Format{sheet.XLSX, sheet.ODS} {
		var fault *Fault
		err := put(filepath.Join(dir, "f"), format, sheet.MaxRows)
		require.True(t, errors.As(err, &fault), "%s: %v", format, err)
		require.Equal(t, "export-rows", fault.Name)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
	require.NoError(t, put(filepath.Join(dir, "ods"), sheet.ODS, sheet.MaxRows-1))
	require.NoError(t, put(filepath.Join(dir, "csv"), sheet.CSV, sheet.MaxRows))
}
