package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
	"registre/eventstore/jetstream"
)

// openKey reads the key: what is written anew is signed. One of which a bit was flipped is put right by its public half.
func (r *repairing) openKey() error {
	path := r.a.house(false).keyFile()
	var err error
	r.key, err = archive.ReadKey(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failure("key-missing", path, nil)
	case errors.Is(err, archive.ErrMalformed):
		err = r.mendKey(path, err)
	}
	if err != nil {
		return err
	}
	next, err := archive.ReadNextKey(path)
	if err != nil {
		return err
	}
	if key, err := archive.InForce(r.path(archiveDir), r.key, next); err == nil {
		r.key = key
	}
	return nil // what is wrong with the rotations, or with this key, is found
}

// finishRotation lets an opening finish a rotation of the key that was begun. Where damage keeps it from that, the opening after
// the repair does.
func (r *repairing) finishRotation(ctx context.Context) {
	h := r.a.house(false)
	if _, err := os.Stat(archive.NextKey(h.keyFile())); err != nil || r.dryRun {
		return
	}
	if s, err := h.open(ctx); err == nil {
		_ = s.Close() // what it could not do is found
	}
}

// takeFolder takes the folder for the whole of the repair: it is opened several times, and nobody else takes it up in between.
func (r *repairing) takeFolder(ctx context.Context) (leave func() error, err error) {
	folder := takingOver{deskOptions: r.a.deskOptions(false), told: r.a.sayWaiting}
	leave = func() error {
		err := r.a.work.end()
		r.a.work = nil
		folder.done()
		return err
	}
	if err := folder.take(ctx, r.mendFormat); err != nil {
		return leave, err
	}
	if !folder.claim() { // its format could not be read before
		return leave, fmt.Errorf("%s: %w", r.a.data, jetstream.ErrLocked)
	}
	r.a.work = beginWork(r.a.verb, r.a.data, time.Now(), true)
	return leave, nil
}

// mendFormat writes the folder's format anew of which a bit was flipped: nothing else can be looked at before.
func (r *repairing) mendFormat() error {
	release, err := jetstream.Hold(r.a.data)
	switch {
	case errors.Is(err, jetstream.ErrFormat) && !r.dryRun,
		errors.Is(err, jetstream.ErrForeign) && !r.dryRun && isOurs(r.a.data):
		if mendErr := jetstream.MendFormat(r.a.data, isOurs(r.a.data)); mendErr != nil {
			return err
		}
		r.journal = slog.New(slog.NewJSONHandler(&journal{path: r.path(journalFile)}, nil))
		r.step(repairStep{What: formatMended, Files: []string{"format"}})
		return nil
	case err != nil:
		return err
	}
	return release()
}

// isOurs says whether a folder is one of registers by its archive and its stream, whatever its format says.
func isOurs(data string) bool {
	public, err := atmost.File(filepath.Join(data, archiveDir, "key.pub"), maxPublicKey)
	if err != nil {
		return false
	}
	_, err = archive.ParsePublicKey(strings.TrimSuffix(string(public), "\n"))
	_, gone := os.Stat(filepath.Join(data, streamDir))
	return err == nil && gone == nil
}

// mendKey puts the key right, where it is but one bit that is wrong.
func (r *repairing) mendKey(path string, cause error) error {
	text, err := atmost.File(path, maxPublicKey)
	public, publicErr := atmost.File(filepath.Join(r.path(archiveDir), "key.pub"), maxPublicKey)
	if err := errors.Join(err, publicErr); err != nil {
		return err
	}
	key, err := archive.ParsePublicKey(strings.TrimSuffix(string(public), "\n"))
	if err != nil {
		return cause
	}
	if text = archive.UnflipKey(text, key); text == nil {
		return cause
	}
	if r.key, err = archive.ParseKey(strings.TrimSuffix(string(text), "\n")); err != nil {
		return err
	}
	r.mendedKey = path
	if r.dryRun {
		return nil
	}
	return archive.ReplaceKey(path, text)
}

// checkKey finds a key in the folder that cannot be read any more, or is another than the one that signs it.
func (v *verifying) checkKey(found *archive.Verification) {
	key, err := archive.ReadKey(filepath.Join(v.a.data, keyFile))
	switch {
	case errors.Is(err, archive.ErrMalformed):
	case err == nil && archive.FormatPublicKey(key.PublicKey) != archive.FormatPublicKey(found.Key):
		err = archive.ErrOtherKey
	default:
		return
	}
	found.Findings = append(found.Findings, archive.Finding{Copy: archive.InArchive, File: keyFile, Cause: err})
}
