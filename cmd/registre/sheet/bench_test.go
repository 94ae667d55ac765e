package sheet

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkRead reads 50,000 rows of eight cells.
func BenchmarkRead(b *testing.B) {
	columns := []Column{
		{"order", "Bon de commande", Text},
		{"uai", "UAI", Text},
		{"school", "Établissement", Text},
		{"cycle", "Cycle", Text},
		{"headcount", "Effectif", Integer},
		{"day", "Date", Day},
		{"price", "Prix", Decimal},
		{"kind", "Nature", Text},
	}
	for _, format := range []Format{CSV, XLSX, ODS} {
		b.Run(string(format), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "x")
			out, err := os.Create(path)
			require.NoError(b, err)
			w, err := NewWriter(out, format, "effectifs", columns)
			require.NoError(b, err)
			for i := range 50000 {
				row := []string{
					fmt.Sprintf("2022-%d", i/2000), fmt.Sprintf("%07dA", i), fmt.Sprintf("Collège numéro %d", i%900), "college",
					fmt.Sprint(i % 700), "2022-09-01", "3.25", "forecast",
				}
				require.NoError(b, w.Write(row))
			}
			require.NoError(b, w.Close())
			require.NoError(b, out.Close())
			b.ReportAllocs()
			for b.Loop() {
				f, err := Open(path)
				require.NoError(b, err)
				s, err := f.Sheet("")
				require.NoError(b, err)
				rows := 0
				for _, err := range f.Rows(s) {
					require.NoError(b, err)
					rows++
				}
				require.Equal(b, 50001, rows)
				b.ReportMetric(float64(f.Size()), "file-bytes")
				require.NoError(b, f.Close())
			}
		})
	}
}
