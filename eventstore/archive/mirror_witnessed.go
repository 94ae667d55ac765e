package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Witnessed gets the checkpoint of the log of heads that the source has with its cosignatures; nil where it has none. Whose they are
// is for who has a policy; that the house has signed it, and that the copy goes on from it, is checked here. ahead says that the copy
// does not reach it yet, so that the latter could not be. Its error is an *Alarm, or what the source and the file system say. There
// must have been an Update before.
func (m *Mirror) Witnessed(ctx context.Context) (signed []byte, at Checkpoint, ahead bool, err error) {
	signed, err = m.from.Get(ctx, witnessedPath, MaxSigned)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, at, false, nil
	}
	if err != nil && !errors.Is(err, ErrMalformed) {
		return nil, at, false, err
	}
	held, was, failed := m.log(headsDir, m.key.Name()).Checkpoint()
	if failed != nil {
		return nil, at, false, fmt.Errorf("the copy in %s: %w", m.dir, failed)
	}
	if err == nil {
		at, _, _, err = m.keys.Signer(signed)
	}
	if err == nil && at.Size > held.Size {
		return signed, at, true, nil
	}
	if err == nil {
		err = m.continuesWitnessed(at, held)
	}
	if err != nil {
		return nil, at, false, &Alarm{Finding: Finding{Copy: InSource, File: witnessedPath, Cause: err}, Held: was, Signed: signed}
	}
	return signed, at, false, nil
}

// continuesWitnessed says, as ErrRewritten, that the copy does not go on from a checkpoint.
func (m *Mirror) continuesWitnessed(at, held Checkpoint) error {
	proof, err := ProveConsistency(m.log(headsDir, m.key.Name()).At(held.Size), at.Size, held.Size)
	if err == nil {
		err = CheckConsistency(proof, at, held)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRewritten, err)
	}
	return nil
}
