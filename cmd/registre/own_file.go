package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"registre/eventstore/atmost"
)

// maxOwnFile bounds a file of the owner's.
const maxOwnFile = 64 << 20

// An ownFile keeps a list that stands beside the register and never in it, so that what it holds can be erased. Its owner alone can read
// it. It is changed under a lock, whole or not at all, and what a change that was cut off has left goes with the next one.
type ownFile[T any] struct {
	dir, name string // of contacts: contacts.json, contacts.json~ and contacts.lock
}

// ownText is what the file holds. The checksum is of the list alone, in its compact form: an address with one letter changed is an address.
type ownText[T any] struct {
	List   []T    `json:"list"`
	SHA256 string `json:"sha256"`
}

func (f ownFile[T]) path(suffix string) string { return filepath.Join(f.dir, f.name+suffix) }

func sumOf[T any](list []T) (string, error) {
	text, err := json.Marshal(list)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// list reads the list; none where there is no file yet.
func (f ownFile[T]) list() ([]T, error) {
	path := f.path(".json")
	text, err := atmost.File(path, maxOwnFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var file ownText[T]
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		err = dec.Decode(&file)
	}
	if err != nil {
		return nil, failure("own-broken", path, err)
	}
	if sum, err := sumOf(file.List); err != nil || sum != file.SHA256 {
		fault := failure("own-altered", path, err)
		fault.Exit = exitDamage
		return nil, fault
	}
	return file.List, nil
}

// change lets a function change the list, and writes what it gives back.
func (f ownFile[T]) change(ctx context.Context, edit func([]T) ([]T, error)) error {
	lock := flock.New(f.path(".lock"), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); !ok {
		if errors.Is(err, context.DeadlineExceeded) {
			return failure("own-locked", f.path(".lock"), err)
		}
		return unwritable(err)
	}
	defer lock.Close()
	if err := os.Remove(f.path(".json~")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(err)
	}
	all, err := f.list()
	if err != nil {
		return err
	}
	if all, err = edit(all); err != nil {
		return err
	}
	return f.write(all)
}

func (f ownFile[T]) write(all []T) error {
	sum, err := sumOf(all)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(ownText[T]{all, sum}, "", "  ")
	if err != nil {
		return err
	}
	return keepFile(f.dir, f.name+".json", f.name+".json~", append(text, '\n'))
}
