package archive

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"registre/eventstore"
)

// The layout of C2SP tlog-tiles: a tile is 256 hashes wide and spans eight levels of the tree.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	tileLevels = 7 // enough for MaxSize leaves
)

// entries is the level of the bundles, which are named like the tiles above them.
const entries = -1

// A tile is one file of the layout: the hashes, or the entries, from index*256 on, as many as its width says.
type tile struct {
	level int // of hashes from 0, each the root of 256^level leaves; or entries
	index uint64
	width int // 1 to 256; below 256 the tile is partial
}

// tilesAt are the files that end a tree of that size, in which it differs from every larger one, as far as they are partial.
func tilesAt(size uint64) (all []tile) {
	for level := entries; level < tileLevels; level++ {
		if t := tileOf(level, size>>tile{level: level}.span(), size); t.width > 0 {
			all = append(all, t)
		}
	}
	return all
}

// tileOf is a tile as it is in a tree of that size; its width is 0 where the tree does not reach it.
func tileOf(level int, index, size uint64) tile {
	t := tile{level: level, index: index}
	if hashes := size >> t.below(); hashes > index<<tileHeight {
		t.width = int(min(hashes-index<<tileHeight, tileWidth))
	}
	return t
}

// below is the level in the tree of what the tile holds, and span the level at which one node stands for the whole tile.
func (t tile) below() int { return max(t.level, 0) * tileHeight }
func (t tile) span() int  { return t.below() + tileHeight }

// first is the first leaf below the tile.
func (t tile) first() uint64 { return t.index << t.span() }

// whole is the tile once it is full.
func (t tile) whole() tile { t.width = tileWidth; return t }

// path names the file, as in tile/0/x001/x234/067 or, partial, tile/entries/000.p/12.
func (t tile) path() string {
	if t.width < tileWidth {
		return t.partials() + "/" + strconv.Itoa(t.width)
	}
	level := "entries"
	if t.level != entries {
		level = strconv.Itoa(t.level)
	}
	name := fmt.Sprintf("%03d", t.index%1000)
	for rest := t.index / 1000; rest > 0; rest /= 1000 {
		name = fmt.Sprintf("x%03d/%s", rest%1000, name)
	}
	return "tile/" + level + "/" + name
}

// partials is the folder of what the tile was before it was full.
func (t tile) partials() string { return t.whole().path() + ".p" }

// appendTile writes hashes as they stand in a tile's file: one after the other.
//
//	parseTile(appendTile(nil, hashes), len(hashes)) == hashes
func appendTile(dst []byte, hashes []Hash) []byte {
	for i := range hashes {
		dst = append(dst, hashes[i][:]...)
	}
	return dst
}

// parseTile reads a tile of that width; its error is ErrMalformed.
func parseTile(file []byte, width int) ([]Hash, error) { return parseTileInto(nil, file, width) }

// parseTileInto is parseTile into dst, if there is room.
func parseTileInto(dst []Hash, file []byte, width int) ([]Hash, error) {
	if len(file) != width*tlog.HashSize {
		return nil, fmt.Errorf("%w: %d bytes, and %d hashes have %d", ErrMalformed, len(file), width, width*tlog.HashSize)
	}
	hashes := slices.Grow(dst[:0], width)[:width]
	for i := range hashes {
		hashes[i] = Hash(file[i*tlog.HashSize:])
	}
	return hashes, nil
}

// lengthBytes are the bytes before each entry of a bundle.
const lengthBytes = 2

// appendEntry writes an entry as it stands in a bundle: its length in 16 bits, the more significant first, and its bytes.
// The body must have 1 to eventstore.MaxBody bytes.
//
//	parseBundle(bundle) == bodies, where bundle has the entry of each
func appendEntry(dst, body []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(body)))
	return append(dst, body...)
}

// A bundleError says where a bundle is not one. It matches ErrMalformed.
type bundleError struct {
	entry  int // counted from 0
	offset int // of its length
	what   string
}

func (e *bundleError) Error() string {
	return fmt.Sprintf("%v bundle: entry %d, at byte %d: %s", ErrMalformed, e.entry, e.offset, e.what)
}
func (e *bundleError) Unwrap() error { return ErrMalformed }

// parseBundle appends the entries of a bundle of that width to dst, which share its bytes. Its error is a *bundleError.
func parseBundle(dst [][]byte, file []byte, width int) ([][]byte, error) {
	at := 0
	for i := range width {
		if len(file)-at < lengthBytes {
			return nil, &bundleError{i, at, "the file ends before it"}
		}
		n := int(binary.BigEndian.Uint16(file[at:]))
		end := at + lengthBytes + n
		switch {
		case n < 1 || n > eventstore.MaxBody:
			return nil, &bundleError{i, at, fmt.Sprintf("%d bytes, not 1 to %d", n, eventstore.MaxBody)}
		case end > len(file):
			return nil, &bundleError{i, at, fmt.Sprintf("%d bytes, and the file ends after %d", n, len(file)-at-lengthBytes)}
		}
		dst = append(dst, file[at+lengthBytes:end:end])
		at = end
	}
	if at != len(file) {
		return nil, &bundleError{width, at, fmt.Sprintf("%d bytes behind the last", len(file)-at)}
	}
	return dst, nil
}

// fold is the root of the perfect subtree over hashes, whose number is a power of two.
func fold(hashes []Hash) Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	var row [tileWidth]Hash
	n := copy(row[:], hashes)
	for ; n > 1; n /= 2 {
		for i := range n / 2 {
			row[i] = NodeHash(row[2*i], row[2*i+1])
		}
	}
	return row[0]
}

// tilesBetween gives the tiles that a log of one size needs beyond those that it has at a smaller one.
func tilesBetween(from, to uint64) (all []tile) {
	for level := entries; level < tileLevels; level++ {
		t := tile{level: level}
		for index := from >> t.span(); index<<t.span() < to; index++ {
			if now := tileOf(level, index, to); now.width > 0 {
				all = append(all, now)
			}
		}
	}
	return all
}
