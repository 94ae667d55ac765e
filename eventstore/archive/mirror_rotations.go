package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// maxRotations bounds the rotations that a source can have: a hostile one could go on for ever.
const maxRotations = 1024

// takeRotations takes up how the key was changed: the rotations that the copy has, and those that the source has beyond. Each
// is held to the key before it, and all must lead from the key that is trusted, or to it.
func (u *updating) takeRotations() error {
	have, err := Rotations(u.dir)
	if err != nil {
		return err
	}
	u.rotations, u.known = have, len(have)
	for {
		more, err := u.nextRotation()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	newest := u.key
	if n := len(u.rotations); n > 0 {
		newest = u.rotations[n-1].To
	}
	u.keys = NewKeychain(u.rotations, newest)
	u.Mirror.keys, u.ring = u.keys, u.keys.ring()
	if !u.keys.Leads(u.key) {
		return u.wrongRotation(len(u.rotations), nil, fmt.Errorf("%w: %s", ErrOtherKey, FormatPublicKey(newest)))
	}
	return nil
}

// nextRotation takes one more from the source; false where there is none.
func (u *updating) nextRotation() (bool, error) {
	n := len(u.rotations)
	if n == maxRotations {
		return false, u.wrongRotation(n+1, nil, fmt.Errorf("%w rotations: more than %d", ErrMalformed, maxRotations))
	}
	text, err := u.from.Get(u.ctx, RotationPath(n+1), MaxRotation)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, ErrMalformed):
		return false, u.wrongRotation(n+1, nil, err)
	case err != nil:
		return false, err
	}
	r, err := ParseRotation(text)
	if err == nil {
		err = r.Check()
	}
	if err == nil && n > 0 && !r.From.same(u.rotations[n-1].To) {
		err = fmt.Errorf("%w: it replaces %s", ErrOtherKey, FormatPublicKey(r.From))
	}
	if err != nil {
		return false, u.wrongRotation(n+1, text, err)
	}
	u.rotations = append(u.rotations, r)
	return true, nil
}

func (u *updating) wrongRotation(number int, received []byte, cause error) *Alarm {
	return &Alarm{Finding: Finding{Copy: InSource, File: RotationPath(max(number, 1)), Cause: cause}, Received: received}
}

// ours says whether a file is the public key of the house, or was.
func (u *updating) ours(public []byte) bool {
	key, err := ParsePublicKey(strings.TrimSuffix(string(public), "\n"))
	return err == nil && FormatPublicKey(key)+"\n" == string(public) && u.keys.Leads(key)
}

// signedBefore says whether a checkpoint of the log of heads is signed with a key that was replaced since.
func (u *updating) signedBefore(signed []byte) bool {
	_, _, ended, err := u.keys.Signer(signed)
	return err == nil && ended != nil
}

// continuesRotations holds the log of heads to the last checkpoint of each key that was replaced since.
func (u *updating) continuesRotations() error {
	for i, r := range u.rotations[u.known:] {
		err := u.heads.continues(r.Last)
		if errors.Is(err, ErrRewritten) {
			alarm := u.wrongRotation(u.known+i+1, r.Format(), err)
			alarm.Held, alarm.Signed = r.Receipt.Signed, u.heads.signed
			return alarm
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// placeRotations places those that have come, before anything that the new key has signed.
func (u *updating) placeRotations() error {
	for i, r := range u.rotations[u.known:] {
		if err := u.disk.mkdir(filepath.Join(u.dir, rotationsDir)); err != nil {
			return err
		}
		if err := u.place(RotationPath(u.known+i+1), r.Format()); err != nil {
			return err
		}
	}
	if len(u.rotations) == u.known {
		return nil
	}
	return u.disk.fsync(u.dir)
}
