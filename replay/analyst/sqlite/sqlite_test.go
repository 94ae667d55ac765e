package sqlite

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// reader answers queries with the SQLite that Python brings along, which shares no line with this package.
const reader = `
import json, sqlite3, sys
db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
db.text_factory = lambda b: b.decode("utf-8")
print(json.dumps([db.execute(q).fetchall() for q in sys.argv[2:]]))
`

func query(t *testing.T, file string, queries ...string) (answers [][][]any) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here: nothing else reads the database")
	}
	out, err := exec.CommandContext(t.Context(), python, append([]string{"-c", reader, file}, queries...)...).Output()
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(out)))
	d.UseNumber()
	require.NoError(t, d.Decode(&answers))
	return answers
}

// created makes a database of what is put into it.
func created(t testing.TB, fill func(*File)) string {
	file := filepath.Join(t.TempDir(), "x.db")
	out, err := os.Create(file)
	require.NoError(t, err)
	f := Create(out)
	fill(f)
	require.NoError(t, f.Close())
	require.NoError(t, out.Close())
	return file
}

func random(r *rand.Rand) Value {
	switch r.IntN(8) {
	case 0:
		return Value{}
	case 1:
		return Int(int64(r.Uint64() >> r.IntN(64)))
	case 2:
		return Int(-int64(r.Uint64()>>r.IntN(64)) >> 1)
	case 3:
		return Real(float64(r.IntN(1000)) / 8)
	case 4:
		return Text(strings.Repeat("é\x00\"';--", r.IntN(2000)))
	}
	return Text(strings.Repeat("x", r.IntN(40)))
}

func seen(v Value) any {
	switch v.kind {
	case integer:
		return json.Number(fmt.Sprint(v.n))
	case real:
		s := fmt.Sprint(math.Float64frombits(uint64(v.n)))
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return json.Number(s)
	case text:
		return v.text
	}
	return nil
}

// Whatever the rows are, and whatever the tables and columns are called, SQLite finds them, and nothing wrong.
func TestRowsAreRead(t *testing.T) {
	const name = `a "table"; DROP`
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		rows := [2][][]any{{}, {}}
		file := created(t, func(f *File) {
			tables := [...]*Table{f.Table(name, []Column{{"x'", ""}, {`y"`, ""}, {"z", ""}}), f.Table("b", []Column{{"n", Integer}, {"", ""}, {"t", ""}})}
			for range r.IntN(200) * int(seed) {
				i := r.IntN(2)
				row := []Value{random(r), random(r), random(r)}
				if i == 1 {
					row[0] = Int(tables[1].Rows())
				}
				tables[i].Row(row...)
				rows[i] = append(rows[i], []any{seen(row[0]), seen(row[1]), seen(row[2])})
			}
			f.View("v", "SELECT count(*) FROM b -- "+strings.Repeat("long ", int(seed)*200))
		})
		got := query(t, file, `PRAGMA integrity_check`, `SELECT * FROM `+Quoted(name), `SELECT * FROM b`, `SELECT * FROM v`, `PRAGMA freelist_count`)
		require.Equal(t, [][]any{{"ok"}}, got[0], "seed %d", seed)
		require.Equal(t, rows[0], got[1])
		require.Equal(t, rows[1], got[2])
		require.Equal(t, [][]any{{json.Number(fmt.Sprint(len(rows[1])))}}, got[3])
		require.Equal(t, [][]any{{json.Number("0")}}, got[4])
	}
}

// Trees of one to six levels, with every number of children that a level can be left with; and full pages.
func TestTreesOfAllHeights(t *testing.T) {
	long := strings.Repeat("y", 2000) // two rows a leaf
	check := func(fan, rows int) {
		file := created(t, func(f *File) {
			f.fan = fan
			table := f.Table("t", []Column{{"n", Integer}, {"x", String}})
			for i := range rows {
				table.Row(Int(int64(i)), Text(long))
			}
		})
		got := query(t, file, `PRAGMA integrity_check`, `SELECT count(*), coalesce(sum(n), 0), coalesce(sum(rowid), 0), coalesce(sum(length(x)), 0) FROM t`, fmt.Sprintf(`SELECT n FROM t WHERE rowid = %d`, rows))
		require.Equal(t, [][]any{{"ok"}}, got[0], "%d rows", rows)
		n := int64(rows)
		require.Equal(t, fmt.Sprint([]any{n, n * (n - 1) / 2, n * (n + 1) / 2, n * 2000}), fmt.Sprint(got[1][0]))
		if rows > 0 {
			require.Equal(t, fmt.Sprint(rows-1), fmt.Sprint(got[2][0][0]))
		}
		require.NoError(t, os.Remove(file))
	}
	for rows := range 27 {
		check(3, rows)
	}
	check(3, 2*3*3*3*3*3+1)
	for rows := 2*maxChildren - 1; rows < 2*maxChildren+5; rows++ {
		check(maxChildren, rows)
	}
}

// Schemas of every length stand in page 1, or below it.
func TestSchemasOfAllLengths(t *testing.T) {
	for _, length := range []int{0, 3800, 3850, 3900, 3950, 4000, 4050, 4100, 9000, 70_000} {
		for tables := range 2 {
			file := created(t, func(f *File) {
				for i := range tables {
					f.Table(fmt.Sprint("t", i), []Column{{"a", Integer}}).Row(Int(7))
				}
				f.View("v", "SELECT '"+strings.Repeat("z", length)+"' AS z")
			})
			got := query(t, file, `PRAGMA integrity_check`, `SELECT length(z) FROM v`)
			require.Equal(t, "[[ok]]", fmt.Sprint(got[0]), "%d %d", length, tables)
			require.Equal(t, fmt.Sprint(length), fmt.Sprint(got[1][0][0]))
		}
	}
}

// What cannot be written is said, and no row is added to what failed.
func TestWritingFails(t *testing.T) {
	out := &short{left: 10 * pageSize}
	f := Create(out)
	table := f.Table("t", []Column{{"x", ""}})
	for range 1000 {
		table.Row(Text(strings.Repeat("x", 3000)))
	}
	require.ErrorIs(t, f.Err(), io.ErrShortWrite)
	require.ErrorIs(t, f.Close(), io.ErrShortWrite)
}

// short is a disk that is soon full.
type short struct{ left int }

func (s *short) Write(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func (s *short) Seek(int64, int) (int64, error) { return 0, nil }
