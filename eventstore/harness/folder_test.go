package harness

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

const origin = "registre.example/harness"

// A house is a folder that is open, with both copies, as the program opens it.
type house struct {
	stream *jetstream.Store
	store  *archive.Store
}

// open makes or opens the register folder in dir, or goes on with its making where that was cut short.
func open(ctx context.Context, dir, way string, cutAfter int64) (*house, error) {
	return openLeaving(ctx, dir, way, cutAfter, 1<<20)
}

// openLeaving is open, which leaves so many bytes of the disk free.
func openLeaving(ctx context.Context, dir, way string, cutAfter int64, minFree uint64) (*house, error) {
	data := filepath.Join(dir, "registers")
	stream, err := jetstream.Open(ctx, data, jetstream.Options{Create: true, MinFree: minFree})
	if err != nil {
		return nil, err
	}
	h := &house{stream: stream}
	key, err := key(data)
	if err == nil {
		options := archive.Options{CutAfter: cutAfter}
		var other eventstore.Store = stream
		switch way {
		case unstream:
			other = unsyncing{stream}
		case late:
			other = tardy{stream}
		}
		h.store, err = archive.Open(ctx, filepath.Join(data, "archive"), key, other, options)
	}
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	return h, nil
}

// key reads the folder's key, or makes it where there is no archive yet.
func key(data string) (*archive.Key, error) {
	path := filepath.Join(data, "key")
	key, err := archive.ReadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if _, err := os.Stat(filepath.Join(data, "archive")); err == nil {
		return nil, errors.New("there is an archive and no key")
	}
	if key, err = archive.GenerateKey(origin); err != nil {
		return nil, err
	}
	return key, archive.WriteKey(path, key)
}
