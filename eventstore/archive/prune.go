package archive

import (
	"errors"
	"io/fs"
)

// Prune removes what tiles were before they became full, of all tiles that became so between the sizes from and to. The
// checkpoint of size to must stand: until then readers of the old one come for the partial files; afterwards they find the
// full ones, as C2SP tlog-tiles has it. It counts for nothing if it is lost or left out; Prune(0, size) makes up for it.
func (l *Log) Prune(from, to uint64) error {
	for level := entries; level < tileLevels; level++ {
		span := tile{level: level}.span()
		for index := from >> span; index < to>>span; index++ {
			if err := l.removeIn(l.at(tile{level: level, index: index}.partials())); err != nil {
				return err
			}
		}
	}
	return nil
}

// PruneNarrow removes the files that only a reader of the checkpoint of size from looks for, although no full ones stand
// in for them yet, when the one of size to stands. A reader who has just fetched the old checkpoint must fetch the new one.
//
// C2SP tlog-tiles wants partial files kept until the tile is full. That is up to 255 copies of the beginnings of every last
// bundle, which is more than the bodies themselves where small registers are published at every commit.
func (l *Log) PruneNarrow(from, to uint64) error {
	for _, t := range tilesAt(from) {
		if now := tileOf(t.level, t.index, to); now.width <= t.width {
			continue
		}
		if err := l.remove(l.at(t.path())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
