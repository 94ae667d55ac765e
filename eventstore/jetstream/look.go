package jetstream

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// lookOver looks over the stream's files before a server is let at them. Where the server has closed them it will take its index
// for granted, and lengths and sequence numbers are enough to be safe from it; otherwise it reads every block and cuts off what
// follows on a damaged record, so that every checksum has to be looked at first.
//
// What a crash has left behind what was confirmed is cut off here, and the index goes with it, which would remember it: the
// server keeps a number for what its index knows of and the blocks do not have.
func (f *folder) lookOver(ctx context.Context) error {
	s, err := Inspect(f.dir, false)
	if err != nil || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	if len(s.Flaws) > 0 {
		return &FlawedError{Flaws: s.Flaws}
	}
	if s.clean {
		return nil
	}
	stream := newSyncer(f.dir, bySyncFiles).stream
	if err := os.Remove(filepath.Join(stream, messageDir, indexFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(err)
	}
	if len(s.Torn) == 0 {
		return nil
	}
	return cutOff(stream, s.Torn[0])
}

// cutOff removes a flaw from the blocks, and all that lies behind it.
func cutOff(stream string, torn Flaw) error {
	blocks, err := listBlocks(filepath.Join(stream, messageDir))
	if err != nil {
		return err
	}
	for _, block := range blocks {
		switch path := blockPath(stream, block); {
		case block > torn.block:
			err = os.Remove(path)
		case block == torn.block && torn.At > 0:
			err = os.Truncate(path, torn.At)
		case block == torn.block:
			err = os.Remove(path)
		}
		if err != nil {
			return unwritable(err)
		}
	}
	return nil
}
