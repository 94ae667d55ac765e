package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// openStream opens the stream. Where a server is not to be let at its files, or finds no stream in them, they are read as they
// are. Either way other processes are kept out.
func (r *repairing) openStream(ctx context.Context) error {
	release, err := jetstream.Hold(r.a.data)
	if err != nil {
		return err
	}
	survey, err := jetstream.Inspect(r.a.data, true)
	if err != nil || len(survey.Flaws) > 0 {
		return errors.Join(err, r.openFiles(release))
	}
	if err := release(); err != nil {
		return err
	}
	r.stream, err = jetstream.Open(ctx, r.a.data, jetstream.Options{Logger: r.journal})
	if err == nil || !damagedStream(err) {
		return err
	}
	r.journal.Warn("repair: the stream cannot be opened", "cause", err)
	r.stream, r.refused = nil, err
	if release, err = jetstream.Hold(r.a.data); err != nil {
		return err
	}
	return r.openFiles(release)
}

func (r *repairing) openFiles(release func() error) (err error) {
	r.release = release
	r.files, err = jetstream.OpenFiles(r.a.data)
	return err
}

func (r *repairing) closeStream() (err error) {
	if r.stream != nil {
		err = r.stream.Close()
	}
	if r.release != nil {
		err = errors.Join(err, r.release())
	}
	r.stream, r.files, r.release, r.refused = nil, nil, nil, nil
	return err
}

// other is the stream as the archive knows it.
func (r *repairing) other() eventstore.Store {
	switch {
	case r.stream != nil:
		return r.stream
	case r.files != nil:
		return r.files
	}
	return nil
}

// compare holds the stream to the archive.
func (r *repairing) compare(ctx context.Context, found *archive.Verification) error {
	if r.files != nil {
		addFlaws(found, r.files.Survey())
	}
	if r.refused != nil {
		found.Findings = append(found.Findings, archive.Finding{Copy: archive.InStream, Cause: r.refused})
	}
	return found.Compare(ctx, r.other(), false)
}

// mustRebuild says whether the stream has anything else than the beginnings of what the archive has.
func (r *repairing) mustRebuild(ctx context.Context, found *archive.Verification) (bool, error) {
	if r.stream == nil {
		return true, nil
	}
	heads, err := r.stream.Heads(ctx)
	if err != nil {
		return false, err
	}
	ends := map[domain.GroupID]uint64{}
	for _, h := range heads {
		ends[h.Group] = h.Number
	}
	return slices.ContainsFunc(found.Findings, func(f archive.Finding) bool {
		return f.Copy == archive.InStream && (f.Kind() != "only-archive" || f.Number <= ends[f.Group])
	}), nil
}

// match opens both copies as every opening does, which brings them to the same ends, and closes them.
func (r *repairing) match(ctx context.Context) error {
	if r.stream == nil {
		if err := r.openStream(ctx); err != nil || r.stream == nil {
			return errors.Join(err, r.refused)
		}
	}
	key, err := r.a.house(false).key()
	if err != nil {
		return err
	}
	store, err := r.a.house(false).openArchive(ctx, key, r.stream, r.journal)
	if err != nil {
		return err
	}
	r.stream = nil
	return store.Close()
}

// rebuild makes a new stream from the archive, beside the old one, and puts it in its place. It has another name once it is
// whole, so that a repair that was cut short is known for what it is.
func (r *repairing) rebuild(ctx context.Context, found *archive.Verification) error {
	if err := os.RemoveAll(r.path(rebuildDir)); err != nil {
		return err
	}
	if err := fillStream(ctx, r.path(rebuildDir), found); err != nil {
		return err
	}
	if err := r.closeStream(); err != nil {
		return err
	}
	if err := os.Rename(r.path(rebuildDir), r.path(rebuiltDir)); err != nil {
		return err
	}
	return r.swap()
}

// fillStream writes the events of an archive into a new stream.
func fillStream(ctx context.Context, dir string, found *archive.Verification) error {
	s, err := jetstream.Open(ctx, dir, jetstream.Options{Create: true})
	if err != nil {
		return err
	}
	for _, end := range found.Ends() {
		if err := fillGroup(ctx, s, end.Group, found); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return errors.Join(s.Sync(ctx), s.Close())
}

// atOnce bounds the events that are written to a new stream at once.
const atOnce = 256

func fillGroup(ctx context.Context, s *jetstream.Store, group domain.GroupID, found *archive.Verification) error {
	a := eventstore.Append{Group: group}
	for body, err := range found.Bodies(group) {
		if err != nil {
			return err
		}
		if a.Bodies = append(a.Bodies, body); len(a.Bodies) < atOnce {
			continue
		}
		if err := s.Write(ctx, []eventstore.Append{a})[0]; err != nil {
			return err
		}
		a = eventstore.Append{Group: group, After: a.After + atOnce}
	}
	if len(a.Bodies) == 0 {
		return nil
	}
	return s.Write(ctx, []eventstore.Append{a})[0]
}

// swap puts the new stream in the place of the old one, which is kept aside. Cut off in its midst it is finished by the next repair.
func (r *repairing) swap() (err error) {
	release, err := jetstream.Hold(r.a.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	aside := damagedDir + strings.NewReplacer(":", "", "-", "").Replace(domain.InstantOf(r.a.now()).String())
	if _, err := os.Stat(filepath.Join(r.path(rebuiltDir), streamDir)); err == nil {
		if err := os.Rename(r.path(streamDir), r.path(aside)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, name := range []string{"intent", "confirmed", streamDir} {
		if err := os.Rename(filepath.Join(r.path(rebuiltDir), name), r.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := syncFolder(r.a.data); err != nil {
		return err
	}
	if err := os.RemoveAll(r.path(rebuiltDir)); err != nil {
		return err
	}
	r.step(repairStep{What: streamRebuilt, Files: []string{streamDir, aside}})
	return nil
}

// finishSwap goes on where a repair was cut short.
func (r *repairing) finishSwap() error {
	if _, err := os.Stat(r.path(rebuiltDir)); err != nil || r.dryRun {
		return nil
	}
	return r.swap()
}
