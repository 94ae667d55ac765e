package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"registre/domain"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// verifyBeside verifies the archive in a folder beside a server, and the stream and the fence there by it; or asks the process
// that holds the folder to.
func (v *verifying) verifyBeside(ctx context.Context) (verifyAnswer, error) {
	if err := v.a.besideNamed(); err != nil {
		return verifyAnswer{}, err
	}
	if _, err := os.Stat(filepath.Join(v.a.data, "format")); err != nil {
		return v.copyAlone(ctx) // a backup, or what was fetched from elsewhere
	}
	return holdOrAsk(ctx, v.a, func() (func(context.Context) (verifyAnswer, error), error) {
		release, err := jetstream.HoldBeside(v.a.data, false)
		return func(ctx context.Context) (verifyAnswer, error) {
			return readHeld(ctx, v.a, func(ctx context.Context) (verifyAnswer, error) {
				answer, err := v.copyBeside(ctx)
				return answer, errors.Join(err, release())
			})
		}, err
	}, v.remotely)
}

// copyBeside verifies an archive that nobody writes to, and the stream by it, which may have more.
func (v *verifying) copyBeside(ctx context.Context) (verifyAnswer, error) {
	found, err := v.archive(ctx)
	if err != nil {
		return verifyAnswer{}, err
	}
	if v.archiveOnly {
		return answerOf(found, v.full, streamSkipped), nil
	}
	stream, err := v.a.deskOptions(false).connect(ctx, nil)
	if err != nil && damagedStream(err) {
		found.Findings = append(found.Findings, archive.Finding{Copy: archive.InStream, Cause: err})
		return answerOf(found, v.full, streamCompared), nil
	}
	if err != nil {
		return verifyAnswer{}, err
	}
	behind, err := compareBeside(ctx, found, stream)
	answer := answerOf(found, v.full, streamCompared)
	answer.Behind = behind
	return answer, errors.Join(err, stream.Close())
}

// compareBeside holds a stream and its fence to an archive, and says how many events it has beyond it.
func compareBeside(ctx context.Context, found *archive.Verification, stream *jetstream.Store) (behind uint64, err error) {
	fence, err := stream.Fence(ctx, found.Key.Name())
	if err != nil {
		return 0, err
	}
	if err := found.HoldToFence(ctx, fence); err != nil {
		return 0, err
	}
	if err := found.Compare(ctx, stream, true); err != nil {
		return 0, err
	}
	ends, err := stream.Heads(ctx)
	if err != nil {
		return 0, err
	}
	kept := map[domain.GroupID]uint64{}
	for _, end := range found.Ends() {
		kept[end.Group] = end.Number
	}
	for _, end := range ends {
		behind += end.Number - min(end.Number, kept[end.Group])
	}
	return behind, nil
}
