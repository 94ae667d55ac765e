package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// Beside a server that somebody else runs, each process that records keeps an archive in a folder of its own: key, archive and
// journal, and no stream.

// An openFolder is such a folder, held by this process.
type openFolder struct {
	store   *archive.Store
	release func() error // of the folder
}

// openBeside opens the folder and the registers on the server. The folder is made only where the server was reached.
func (o deskOptions) openBeside(ctx context.Context) (*openFolder, error) {
	release, err := jetstream.HoldBeside(o.Data, false)
	if missing(err) && o.Begin {
		if release, err = o.beginBeside(ctx); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	if o.held != nil {
		release = leavingFirst(o.held(), release)
	}
	store, err := o.openShared(ctx)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return &openFolder{store: store, release: release}, nil
}

func leavingFirst(leaving func(), release func() error) func() error {
	return func() error { leaving(); return release() }
}

// missing says that there is no folder, or none that is whole.
func missing(err error) bool {
	return errors.Is(err, jetstream.ErrNoFolder) || errors.Is(err, jetstream.ErrHalfMade)
}

func (o deskOptions) beginBeside(ctx context.Context) (release func() error, err error) {
	stream, err := o.connect(ctx, nil)
	if err != nil {
		return nil, err
	}
	release, err = jetstream.HoldBeside(o.Data, true)
	return release, errors.Join(err, stream.Close())
}

// connect reaches the server.
func (o deskOptions) connect(ctx context.Context, logger *slog.Logger) (*jetstream.Store, error) {
	stream, err := jetstream.Connect(ctx, jetstream.Remote{URL: o.NATS, Creds: o.Creds, Create: o.Create, Logger: logger})
	if errors.Is(err, jetstream.ErrNoStream) && !o.hasRecorded() {
		return nil, misuse("no-stream", jetstream.Shown(o.NATS), "")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", jetstream.Shown(o.NATS), err)
	}
	return stream, nil
}

// hasRecorded says that the folder has an archive: the stream was there once, and that it has gone is to be said.
func (o deskOptions) hasRecorded() bool {
	_, err := os.Stat(filepath.Join(o.Data, archiveDir, "key.pub"))
	return o.Kept && err == nil
}

// openShared opens the archive of a folder that this process holds.
func (o deskOptions) openShared(ctx context.Context) (*archive.Store, error) {
	logger := o.journal()
	if o.hasRecorded() {
		o.Create = false
	}
	stream, err := o.connect(ctx, logger)
	if err != nil {
		return nil, err
	}
	store, err := o.openArchive(ctx, stream, logger)
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	return store, nil
}

func (o deskOptions) openArchive(ctx context.Context, stream *jetstream.Store, logger *slog.Logger) (*archive.Store, error) {
	key, err := o.key()
	if err != nil {
		return nil, err
	}
	fence, err := stream.Fence(ctx, key.Name())
	if err != nil {
		return nil, err
	}
	return archive.Open(ctx, filepath.Join(o.Data, archiveDir), key, stream, archive.Options{Logger: logger, Shared: true, Fence: fence})
}

// besideNamed says that a folder must be named where registers on a server are recorded in, or their archive is asked for.
func (a *app) besideNamed() error {
	if a.nats != "" && !a.dataNamed {
		return misuse("nats-data", jetstream.Shown(a.nats), "")
	}
	return nil
}

// lagAnswer is by how much the archive is behind a stream that others write to as well.
type lagAnswer struct {
	Events   uint64         `json:"events"`
	Groups   int            `json:"groups"`
	Refused  []refusedGroup `json:"refused,omitempty"`
	Replicas int            `json:"replicas,omitempty"` // of the stream, where it is on a server that somebody else runs
	Shared   bool           `json:"shared"`
}

// refusedGroup is a group that is not written to, since the stream lacks what was signed for.
type refusedGroup struct {
	Group  string `json:"group"`
	Number uint64 `json:"number"` // the first event that the stream lacks
}

// lag answers "lag".
func (l *local) lag(ctx context.Context, _ Question) (json.RawMessage, error) {
	answer := lagAnswer{Shared: l.release != nil}
	if l.archive == nil || !answer.Shared {
		return encode(answer)
	}
	lag, err := l.archive.Lag(ctx)
	if err != nil {
		return nil, err
	}
	answer.Events, answer.Groups = lag.Events, lag.Groups
	for _, r := range lag.Refused {
		answer.Refused = append(answer.Refused, refusedGroup{Group: string(r.Group), Number: r.Number})
	}
	if stream, ok := l.archive.Store.(*jetstream.Store); ok {
		answer.Replicas = stream.Replicas()
	}
	return encode(answer)
}
