package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
	"registre/eventstore/snapshots"
)

// What lies in a data folder beside the stream's own files.
const (
	archiveDir  = "archive"
	keyFile     = "key"
	journalFile = "journal.jsonl" // what was found at openings, and mended; and acts of administration
	cacheDir    = "cache"         // what can be made again, and may be deleted at any time
	snapshotDir = "snapshots"     // in it
)

// house says where the two copies of a folder's registers are, and who signs for them.
type house struct {
	Data   string
	Key    string // the file of the key; "" for the folder's own
	Origin string // the name of the log, where a key is to be made; "" for one by chance
	Policy string // the file of the policy of witnesses; "" for that in the folder, if it is there
	Create bool
	Begin  bool // make the folder beside a server where there is none; it is made with the registers otherwise

	held func() (leaving func()) // is called once this process holds the folder, and what it gives before it gives it back; nil for nothing
}

// open opens both copies, and makes them where there are none and Create says so.
func (h house) open(ctx context.Context) (*archive.Store, error) {
	logger := h.journal()
	stream, err := jetstream.Open(ctx, h.Data, jetstream.Options{Create: h.Create, Logger: logger, Held: h.held})
	if err != nil {
		return nil, err
	}
	key, err := h.key()
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	s, err := h.openArchive(ctx, key, stream, logger)
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	return s, nil
}

// snapshots are those of the folder's registers.
func (h house) snapshots(of *archive.Store) *snapshots.Folder {
	dir := filepath.Join(h.Data, cacheDir, snapshotDir)
	return snapshots.Open(dir, of, snapshots.Options{Logger: h.journal(), Free: freeSpace})
}

// journal is where openings note what they find and mend.
func (h house) journal() *slog.Logger {
	return slog.New(slog.NewJSONHandler(&journal{path: filepath.Join(h.Data, journalFile)}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// key reads the key, or makes it where there is no archive yet.
func (h house) key() (*archive.Key, error) {
	path := h.keyFile()
	key, err := archive.ReadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if _, err := os.Stat(filepath.Join(h.Data, archiveDir)); err == nil {
		return nil, failure("key-missing", path, nil)
	}
	origin := h.Origin
	if origin == "" {
		var chance [4]byte
		_, _ = rand.Read(chance[:]) // it never fails
		origin = "registre/" + hex.EncodeToString(chance[:])
	}
	if !archive.ValidOrigin(origin) {
		return nil, misuse("origin-form", origin, origin)
	}
	if key, err = archive.GenerateKey(origin); err != nil {
		return nil, err
	}
	return key, archive.WriteKey(path, key)
}

// A journal is a file to which lines are added; it is made with the first one.
type journal struct {
	path string

	mu     sync.Mutex
	failed error // the last line could not be written
}

func (j *journal) Write(line []byte) (n int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer func() { j.failed = err }()
	file, err := os.OpenFile(j.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	n, err = file.Write(line)
	return n, errors.Join(err, file.Close())
}
