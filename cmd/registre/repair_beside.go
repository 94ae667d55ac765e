package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// What a repair does beside a server.
const (
	streamBegun    = "stream-begun"    // the stream had gone, and was made anew, empty
	fenceTaken     = "fence-taken"     // the fence was moved back to where the archive ends
	streamRestored = "stream-restored" // what the stream lacked of a group was given back to it
)

// runBeside mends the archive in a folder beside a server as any other, from the stream there; then it gives back to the stream
// what that lacks and was signed for, where it has nothing else in its place. The stream itself is never made anew: others write to it.
func (r *repairing) runBeside(ctx context.Context) error {
	if err := r.a.besideNamed(); err != nil {
		return err
	}
	found, err := r.mendBothBeside(ctx)
	if err != nil {
		return err
	}
	return r.sayVerdict(found)
}

// mendBothBeside gives what is found afterwards; nil where there is no archive.
func (r *repairing) mendBothBeside(ctx context.Context) (found *archive.Verification, err error) {
	folder := takingOver{deskOptions: r.a.deskOptions(false), told: r.a.sayWaiting}
	defer folder.done()
	var release func() error
	if err := folder.take(ctx, func() (err error) { release, err = jetstream.HoldBeside(r.a.data, false); return err }); err != nil {
		return nil, err
	}
	r.a.work = beginWork(r.a.verb, r.a.data, time.Now(), true)
	defer func() {
		err = errors.Join(err, r.closeStream(), r.a.work.end(), release())
		r.a.work = nil
	}()
	if err := r.openKey(); err != nil {
		return nil, err
	}
	r.journal = slog.New(slog.NewJSONHandler(&journal{path: r.path(journalFile)}, nil))
	if err := r.reachStream(ctx); err != nil {
		return nil, err
	}
	found, err = r.mendArchive(ctx)
	if err == nil && found != nil && !r.dryRun && !slices.ContainsFunc(found.Findings, hinders) {
		found, err = r.mendBeside(ctx, found)
	}
	if err == nil && found != nil {
		_, err = compareBeside(ctx, found, r.stream)
	}
	return found, err
}

// reachStream reaches the server, and makes the stream anew where it has gone: then it lacks everything.
func (r *repairing) reachStream(ctx context.Context) (err error) {
	r.stream, err = r.a.deskOptions(false).connect(ctx, r.journal)
	if r.dryRun || !errors.Is(err, eventstore.ErrDamaged) {
		return err
	}
	if r.stream, err = r.a.deskOptions(true).connect(ctx, r.journal); err == nil {
		r.step(repairStep{What: streamBegun})
	}
	return err
}

// mendBeside brings the archive to the fence, and the stream to the archive. It gives what is found afterwards.
func (r *repairing) mendBeside(ctx context.Context, found *archive.Verification) (*archive.Verification, error) {
	fence, err := r.stream.Fence(ctx, r.key.Name())
	if err != nil {
		return nil, err
	}
	left, err := found.TakeFence(ctx, r.key, fence)
	switch {
	case errors.Is(err, archive.ErrFenced):
		r.step(repairStep{What: archive.NotMended, Files: []string{archiveDir}, Cause: err.Error()})
		return found, nil
	case err != nil:
		return nil, err
	case left != nil:
		r.step(repairStep{What: fenceTaken, Cause: string(left.Text())})
	}
	if err := r.restoreStream(ctx); err != nil {
		return nil, err
	}
	if found, err = r.verify(ctx); err != nil {
		return nil, err
	}
	r.stream, err = r.a.deskOptions(false).connect(ctx, r.journal)
	return found, err
}

// restoreStream opens both copies, gives back to the stream what it lacks, and closes them.
func (r *repairing) restoreStream(ctx context.Context) error {
	o := r.a.deskOptions(false)
	store, err := o.openArchive(ctx, r.stream, r.journal)
	if err != nil {
		return err
	}
	r.stream = nil // it is the store's
	err = r.restoreGroups(ctx, store)
	return errors.Join(err, store.Close())
}

func (r *repairing) restoreGroups(ctx context.Context, store *archive.Store) error {
	if err := store.TakeUp(ctx); err != nil && !errors.Is(err, archive.ErrStreamLacks) {
		return err
	}
	lag, err := store.Lag(ctx)
	if err != nil {
		return err
	}
	for _, refused := range lag.Refused {
		step := repairStep{What: streamRestored, Group: string(refused.Group)}
		err := store.Restore(ctx, domain.GroupID(step.Group))
		if errors.Is(err, archive.ErrStreamLacks) {
			step.What, step.Cause = archive.NotMended, err.Error()
		} else if err != nil {
			return err
		}
		r.step(step)
	}
	if err := store.TakeUp(ctx); err != nil && !errors.Is(err, archive.ErrStreamLacks) {
		return err
	}
	return nil
}
