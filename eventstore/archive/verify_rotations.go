package archive

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"registre/domain"
	"registre/eventstore"
)

// ErrUnfinished says that the key of an archive was being replaced: opening it finishes that, or drops the new key.
var ErrUnfinished = errors.New("the key was being replaced, and that is not finished")

var errUnlinked = errors.New("the rotation does not follow the one before")

// takeRotations reads the files of the rotations, by their numbers.
func (v *Verification) takeRotations() {
	v.rotations = map[int]Rotation{}
	entries, err := os.ReadDir(filepath.Join(v.dir, rotationsDir))
	if err != nil {
		return // there are none; what the house register says of that is seen later
	}
	for _, entry := range entries {
		if number, ok := rotationNumber(entry.Name()); ok {
			v.takeRotation(number)
		}
	}
	for number := range v.last {
		if _, err := os.Stat(filepath.Join(v.dir, filepath.FromSlash(RotationPath(number+1)))); err != nil {
			v.foundRotation(number+1, errMissing)
		}
	}
}

func (v *Verification) takeRotation(number int) {
	v.last = max(v.last, number)
	r, err := readRotation(v.dir, number)
	if err == nil {
		err = r.Check()
	}
	if err != nil {
		v.foundRotation(number, err)
		return
	}
	v.rotations[number] = r
}

func (v *Verification) foundRotation(number int, cause error) {
	v.found(Finding{Copy: InArchive, File: RotationPath(number), Cause: cause})
}

// lastRotations are the newest rotations, as many as can be read one after the other.
func (v *Verification) lastRotations() (all []Rotation) {
	for number := v.last; number > 0; number-- {
		r, ok := v.rotations[number]
		if !ok {
			break
		}
		all = append([]Rotation{r}, all...)
	}
	return all
}

// settleKey says whose archive it is in whose folder the public key standing is found, where one is given: it, or one from which
// the rotations lead to it. Where the last rotation leads on from it, that is not finished, and both keys may have signed.
func (v *Verification) settleKey(standing PublicKey) error {
	given, all := v.Key, v.lastRotations()
	if n := len(all); n > 0 && all[n-1].From.same(standing) {
		v.found(Finding{Copy: InArchive, File: publicKey, Cause: ErrUnfinished})
		v.ring = keyring{standing}
		standing = all[n-1].To
	}
	if !NewKeychain(all, standing).Leads(given) {
		return errOtherKeyPub
	}
	v.Key = standing
	return nil
}

// checkRotations holds the rotations to each other, to the house register, and to the log of heads.
func (v *Verification) checkRotations() {
	for number, r := range v.rotations {
		if before, ok := v.rotations[number-1]; ok && (!before.To.same(r.From) || before.Last.Size > r.Last.Size) {
			v.foundRotation(number, errUnlinked)
		}
		if err := v.holdRotation(r); err != nil {
			v.foundRotation(number, err)
		}
	}
	if r, ok := v.rotations[v.last]; ok && !r.To.same(v.Key) {
		v.foundRotation(v.last+1, errMissing)
	}
	v.matchRotations()
}

// holdRotation says whether the house register has a rotation's event, and the log of heads goes on from its checkpoint.
func (v *Verification) holdRotation(r Rotation) error {
	g := v.groups[domain.House]
	if g == nil {
		return errNotInTree
	}
	if !g.lost {
		if h, err := g.chain.hashes().Hash(0, r.Receipt.Index); err != nil || h != LeafHash(r.Event) {
			return errNotInTree
		}
	}
	if v.heads.lost {
		return nil // which was found
	}
	if err := v.goesOnFrom(r.Last); err != nil {
		return fmt.Errorf("%w: %w", ErrRewritten, err)
	}
	return nil
}

// matchRotations says which rotations of the house register have no file. One that was never carried out, since the same key was
// replaced once more, has none.
func (v *Verification) matchRotations() {
	acts := v.rotationEvents()
	number := 0
	for i, act := range acts {
		if i+1 < len(acts) && acts[i+1].OldKey == act.OldKey {
			continue
		}
		number++
		if number <= v.last {
			continue
		}
		if i+1 == len(acts) && string(act.OldKey) == FormatPublicKey(v.Key) {
			v.foundRotation(number, ErrUnfinished)
		} else {
			v.foundRotation(number, errMissing)
		}
	}
}

// rotationEvents are what the house register says of the key, as far as it can be read.
func (v *Verification) rotationEvents() (acts []*domain.KeyRotated) {
	g := v.groups[domain.House]
	if g == nil || g.lost {
		return nil
	}
	number := uint64(0)
	for body, err := range g.chain.from(0) {
		if err != nil {
			break
		}
		number++
		e, err := eventstore.Open(eventstore.Record{Group: domain.House, Number: number, Body: body})
		if act, ok := e.Act.(*domain.KeyRotated); err == nil && ok {
			acts = append(acts, act)
		}
	}
	return acts
}

// Keys are the keys of the house, as far as the rotations prove them.
func (v *Verification) Keys() Keychain { return NewKeychain(v.lastRotations(), v.Key) }

// isRotationPath says whether a file is called as that of a rotation is, or as one that has not landed.
func isRotationPath(name string) bool {
	_, ok := rotationNumber(path.Base(name))
	return ok && path.Dir(name) == rotationsDir
}

// MendRotations puts the files of rotations that were found damaged or missing in their place again, from rotations/ in another
// folder: those that hold, and that this archive goes on from. Nobody can make one anew, since the key that has signed it is gone.
func (v *Verification) MendRotations(from string, say func(Step)) error {
	for _, f := range v.Findings {
		number, ok := rotationNumber(path.Base(f.File))
		if !ok || path.Dir(f.File) != rotationsDir || errors.Is(f.Cause, ErrUnfinished) {
			continue
		}
		r, err := readRotation(from, number)
		if err == nil {
			err = errors.Join(r.Check(), v.holdRotation(r))
		}
		if err != nil {
			say(Step{What: NotMended, Files: []string{f.File}, Cause: err})
			continue
		}
		if err := placeFile(filepath.Join(v.dir, filepath.FromSlash(f.File)), r.Format()); err != nil {
			return err
		}
		say(Step{What: MendedFiles, Files: []string{f.File}})
	}
	return nil
}
