package main

import (
	"context"
	"errors"

	"registre/eventstore/jetstream"
)

// A backup is restored to a server as a repair gives back to a stream that has gone all that the archive beside it has: so whoever was
// cut short in its midst goes on with a repair.

// serverVacant says that there is no server to restore to, or that it has no registers.
func (a *app) serverVacant(ctx context.Context) error {
	if a.nats == "" {
		return nil
	}
	stream, err := deskOptions{NATS: a.nats, Creds: a.creds}.connect(ctx, nil)
	if err == nil {
		return errors.Join(misuse("restore-server", jetstream.Shown(a.nats), ""), stream.Close())
	}
	if faultOf(err).Name == "no-stream" {
		return nil
	}
	return err
}

// fillServer gives the server all that the archive in the restored folder has.
func (a *app) fillServer(ctx context.Context) error {
	r := newRepairing(a)
	r.quiet = true
	found, err := r.mendBothBeside(ctx)
	if err != nil {
		return err
	}
	if found == nil || len(found.Findings) > 0 {
		return r.sayVerdict(found)
	}
	return nil
}
