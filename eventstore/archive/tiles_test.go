package archive

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/eventstore"
)

func TestTilePath(t *testing.T) {
	for want, tile := range map[string]tile{
		"tile/0/000":                             {0, 0, 256},
		"tile/0/000.p/1":                         {0, 0, 1},
		"tile/0/273.p/112":                       {0, 273, 112},
		"tile/1/x001/x234/067":                   {1, 1234067, 256},
		"tile/1/x001/x234/067.p/255":             {1, 1234067, 255},
		"tile/3/999":                             {3, 999, 256},
		"tile/3/x001/000":                        {3, 1000, 256},
		"tile/entries/x001/x234/067":             {entries, 1234067, 256},
		"tile/entries/x001/000.p/9":              {entries, 1000, 9},
		"tile/6/x035/x184/x372/x088/831":         {6, 35184372088831, 256},
		"tile/entries/x035/x184/x372/x088/831.p": {},
	} {
		if tile.width > 0 {
			require.Equal(t, want, tile.path())
		} else {
			tile.level, tile.index = entries, 35184372088831
			require.Equal(t, want, tile.partials())
		}
	}
}

// TestTilesOfTheSpecification are the sizes that C2SP tlog-tiles explains.
func TestTilesOfTheSpecification(t *testing.T) {
	for size, want := range map[uint64]string{
		0:     "",
		1:     "tile/entries/000.p/1 tile/0/000.p/1",
		255:   "tile/entries/000.p/255 tile/0/000.p/255",
		256:   "tile/1/000.p/1",
		257:   "tile/entries/001.p/1 tile/0/001.p/1 tile/1/000.p/1",
		70000: "tile/entries/273.p/112 tile/0/273.p/112 tile/1/001.p/17 tile/2/000.p/1",
	} {
		var paths []string
		for _, t := range tilesAt(size) {
			paths = append(paths, t.path())
		}
		require.Equal(t, want, strings.Join(paths, " "), size)
	}
	require.Equal(t, 256, tileOf(0, 272, 70000).width)
	require.Equal(t, 0, tileOf(0, 274, 70000).width)
	require.Equal(t, 256, tileOf(1, 0, 70000).width)
}

func TestBundleGolden(t *testing.T) {
	golden(t, "bundle.hex", hexOf(appendEntry(appendEntry(nil, []byte("é")), make([]byte, 258))[:20]))
}

func TestBundle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 300), 1, 256).Draw(t, "bodies")
		var file []byte
		for _, body := range bodies {
			file = appendEntry(file, body)
		}
		got, err := parseBundle(nil, file, len(bodies))
		require.NoError(t, err)
		require.Equal(t, bodies, got)
	})
	long := make([]byte, eventstore.MaxBody)
	got, err := parseBundle(nil, appendEntry(nil, long), 1)
	require.NoError(t, err)
	require.Equal(t, [][]byte{long}, got)
}

func TestParseBundleSaysWhere(t *testing.T) {
	two := appendEntry(appendEntry(nil, []byte("abc")), []byte("de"))
	tooLong := binary.BigEndian.AppendUint16(nil, eventstore.MaxBody+1)
	for name, tc := range map[string]struct {
		file          []byte
		width         int
		entry, offset int
	}{
		"empty":            {nil, 1, 0, 0},
		"half a length":    {two[:1], 1, 0, 0},
		"length alone":     {two[:2], 1, 0, 0},
		"cut in an entry":  {two[:4], 1, 0, 0},
		"cut before":       {two[:5], 2, 1, 5},
		"cut in the last":  {two[:8], 2, 1, 5},
		"one behind":       {append(two[:9:9], 0), 2, 2, 9},
		"another behind":   {two, 1, 1, 5},
		"no entry":         {[]byte{0, 0}, 1, 0, 0},
		"no second entry":  {append(two[:5:5], 0, 0), 2, 1, 5},
		"more than a body": {append(tooLong, make([]byte, eventstore.MaxBody+1)...), 1, 0, 0},
	} {
		_, err := parseBundle(nil, tc.file, tc.width)
		require.ErrorIs(t, err, ErrMalformed, name)
		var at *bundleError
		require.True(t, errors.As(err, &at), name)
		require.Equal(t, []int{tc.entry, tc.offset}, []int{at.entry, at.offset}, name)
	}
}

func TestParseTile(t *testing.T) {
	hashes := levelsOf(5)[0]
	got, err := parseTile(appendTile(nil, hashes), 5)
	require.NoError(t, err)
	require.Equal(t, hashes, got)
	for _, n := range []int{0, 1, 159, 161, 128, 192} {
		_, err := parseTile(make([]byte, n), 5)
		require.ErrorIs(t, err, ErrMalformed, n)
	}
}

func TestFold(t *testing.T) {
	for n := 1; n <= tileWidth; n *= 2 {
		tree := grown(uint64(n))
		require.Equal(t, tree.Root(), fold(levelsOf(uint64(n))[0]))
	}
}

// FuzzParseBundle takes nothing that it would write otherwise.
func FuzzParseBundle(f *testing.F) {
	f.Add(appendEntry(appendEntry(nil, []byte("abc")), []byte("de")), 2)
	f.Add(appendEntry(nil, []byte("abc")), 1)
	f.Fuzz(func(t *testing.T, file []byte, width int) {
		bodies, err := parseBundle(nil, file, min(width, tileWidth))
		if err != nil {
			require.ErrorIs(t, err, ErrMalformed)
			return
		}
		var again []byte
		for _, body := range bodies {
			again = appendEntry(again, body)
		}
		require.Equal(t, string(file), string(again))
	})
}

func FuzzParseTile(f *testing.F) {
	f.Add(appendTile(nil, levelsOf(5)[0]), 5)
	f.Fuzz(func(t *testing.T, file []byte, width int) {
		if hashes, err := parseTile(file, width&0xff); err == nil {
			require.Equal(t, string(file), string(appendTile(nil, hashes)))
		}
	})
}
