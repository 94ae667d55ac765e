package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"registre/domain"
	"registre/eventstore"
)

// What a repair does.
const (
	MendedFiles      = "files"      // of a log were written anew
	MendedCheckpoint = "checkpoint" // of a log was signed again, at the state that the log of heads has
	MendedTail       = "tail"       // of which a record was put right
	RechainedTail    = "rechained"  // records that were lost were made anew from the stream, as they had been signed
	MendedNewest     = "newest"     // the newest checkpoint was noted anew
	MendedKey        = "key"        // key.pub was written anew
	MendedWitnessed  = "witnessed"  // was taken away, and can be had again from the witnesses
	NotMended        = "not-mended"
)

// A Step is one thing that a repair has done, or could not do: then Cause says why.
type Step struct {
	What   string
	Group  domain.GroupID // "" for the log of heads
	Number uint64         // of the event, where it is but one
	Files  []string       // below the archive's folder
	Cause  error
}

// A repairer mends what a verification found.
type repairer struct {
	*Verification
	key    *Key
	stream eventstore.Store // nil where it cannot be read
	say    func(Step)
}

// Repair mends the files of an archive that a full verification has found damaged: from the other copy, from what is left of
// them, or from both. Nothing is replaced before what replaces it was found to be what was signed for; signing again at a
// state that was signed before gives the same bytes. What cannot be mended is left as it is, and said. Afterwards verify again:
// what was mended may be what other things can be mended from.
//
// The archive must not be open. Its error says that the repair could not go on.
func (v *Verification) Repair(ctx context.Context, key *Key, stream eventstore.Store, say func(Step)) error {
	if FormatPublicKey(key.PublicKey) != FormatPublicKey(v.Key) {
		return ErrOtherKey
	}
	r := &repairer{Verification: v, key: key, stream: stream, say: say}
	if err := errors.Join(r.mendKey(), r.mendWitnessed()); err != nil {
		return err
	}
	if again, err := r.unflipCheckpoints(); again || err != nil {
		return err // what they say is known after another verification
	}
	if err := r.mendGroups(ctx, func(g *kept) bool { return g.signed != nil }); err != nil {
		return err
	}
	again := !r.heads.whole || r.heads.signed == nil
	if err := r.mendHeads(ctx); err != nil {
		return err
	}
	if again { // what they say of the groups' ends is known after another verification
		return r.mendTail(ctx)
	}
	if err := r.mendGroups(ctx, func(g *kept) bool { return g.signed == nil }); err != nil {
		return err
	}
	return r.mendTail(ctx)
}

// mendGroups mends the logs of some groups.
func (r *repairer) mendGroups(ctx context.Context, some func(*kept) bool) error {
	for _, g := range r.inOrder() {
		if g.whole || g.at.Size == 0 || !some(g) {
			continue
		}
		if err := r.mendLog(ctx, g, r.fromStream, r.streamOf); err != nil {
			return err
		}
	}
	return nil
}

// inOrder gives the groups in the order of their names.
func (v *Verification) inOrder() []*kept {
	var all []*kept
	for _, g := range v.groups {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *kept) int { return strings.Compare(a.dir, b.dir) })
	return all
}

func (r *repairer) mendKey() error {
	for _, f := range r.Findings {
		if f.File == publicKey {
			if err := placeFile(filepath.Join(r.dir, publicKey), []byte(FormatPublicKey(r.Key)+"\n")); err != nil {
				return err
			}
			r.say(Step{What: MendedKey, Files: []string{publicKey}})
		}
	}
	return nil
}

// placeFile puts a file in its place, durably, whole or not at all.
func placeFile(name string, content []byte) error {
	return placeAs(name, name+tempSuffix, content, fileMode)
}

func placeAs(name, temp string, content []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), folderMode); err != nil {
		return err
	}
	err := os.WriteFile(temp, content, mode)
	if err == nil {
		err = syncPath(temp)
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		_ = os.Remove(temp)
		return err
	}
	return syncPath(filepath.Dir(name))
}

// A source gives the leaves of a log, as far as it has them; whether they are right is for Mend to say.
type source func(ctx context.Context, k *kept) (iter.Seq2[[]byte, error], error)

// mendLog writes the files of a log anew: from the first source that gives all that was signed for, its own entries or the other
// copy, or else leaf by leaf from both. Its checkpoint follows, where that has suffered.
func (r *repairer) mendLog(ctx context.Context, k *kept, from source, other func(context.Context, *kept) (elsewhere, error)) error {
	for _, from := range []source{from, r.fromEntries} {
		x, differ, err := r.mendFrom(ctx, k, from)
		if err != nil {
			continue
		}
		if err := x.Land(); err != nil {
			return err
		}
		for i := range differ {
			differ[i] = path.Join(k.dir, differ[i])
		}
		return r.mended(k, differ)
	}
	var files []string
	var lost []uint64
	there, err := other(ctx, k)
	if err == nil {
		files, lost, err = r.patch(ctx, k, there)
	}
	if err != nil {
		r.say(Step{What: NotMended, Group: k.group, Files: []string{k.dir}, Cause: err})
		return ctx.Err()
	}
	for _, index := range lost {
		file := path.Join(k.dir, tileOf(entries, index>>tileHeight, k.at.Size).path())
		r.say(Step{What: NotMended, Group: k.group, Number: index + 1, Files: []string{file}, Cause: errLeafLost})
	}
	return r.mended(k, files)
}

// mended says which files of a log were written anew, and signs its checkpoint again where none stands.
func (r *repairer) mended(k *kept, files []string) error {
	if len(files) > 0 {
		r.say(Step{What: MendedFiles, Group: k.group, Files: files})
	}
	return r.mendCheckpoint(k)
}

func (r *repairer) mendFrom(ctx context.Context, k *kept, from source) (x *Extension, differ []string, err error) {
	bodies, err := from(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	var failed error
	x, differ, err = k.chain.log.Mend(k.at, func(yield func([]byte) bool) {
		n := uint64(0)
		for body, err := range bodies {
			if failed = err; err != nil || n == k.at.Size || !yield(body) {
				return
			}
			n++
		}
	})
	return x, differ, errors.Join(failed, err)
}

// mendCheckpoint signs the checkpoint of a log again, where none stands that opens.
func (r *repairer) mendCheckpoint(k *kept) error {
	if k.signed != nil {
		return nil
	}
	signer, err := r.key.Signer(k.at.Origin)
	if err != nil {
		return err
	}
	signed, err := k.at.Sign(signer)
	if err != nil {
		return err
	}
	if err := placeFile(k.chain.log.at(checkpointPath), signed); err != nil {
		return err
	}
	r.say(Step{What: MendedCheckpoint, Group: k.group, Files: []string{path.Join(k.dir, checkpointPath)}})
	return nil
}

var errNoStream = errors.New("the stream cannot be read")

// fromStream takes the events from the other copy.
func (r *repairer) fromStream(ctx context.Context, k *kept) (iter.Seq2[[]byte, error], error) {
	if r.stream == nil {
		return nil, errNoStream
	}
	return func(yield func([]byte, error) bool) {
		for record, err := range r.stream.Read(ctx, k.group, 0) {
			if !yield(record.Body, err) {
				return
			}
		}
	}, nil
}

// fromEntries takes what the log itself has: its tiles may have suffered and its entries not.
func (r *repairer) fromEntries(_ context.Context, k *kept) (iter.Seq2[[]byte, error], error) {
	return k.chain.log.At(k.at.Size).Entries(0, k.at.Size), nil
}

// streamOf takes what the other copy has of a group.
func (r *repairer) streamOf(ctx context.Context, k *kept) (elsewhere, error) {
	all := elsewhere{numbered: map[uint64][]byte{}, hashed: map[Hash][]byte{}}
	if r.stream == nil {
		return all, nil
	}
	for record, err := range r.stream.Read(ctx, k.group, 0) {
		if err != nil {
			return all, ctx.Err()
		}
		all.numbered[record.Number-1] = record.Body
		all.hashed[LeafHash(record.Body)] = record.Body
	}
	return all, nil
}

// Begin makes the folders and the public key of an archive that has gone, so that opening it takes every event from the stream
// again. The logs of the groups will be what they were; the log of heads is a new one, that continues no older checkpoint.
func Begin(dir string, key *Key) error {
	s := &Store{dir: dir, key: key, disk: thisDisk}
	return s.create(filepath.Join(dir, publicKey))
}

// Bodies gives the events of a group that the archive has, in its tiles and in its tail. They are those that were verified.
func (v *Verification) Bodies(group domain.GroupID) iter.Seq2[[]byte, error] {
	g := v.groups[group]
	if g == nil || g.lost {
		return func(yield func([]byte, error) bool) { yield(nil, fmt.Errorf("%w: %s", eventstore.ErrDamaged, group)) }
	}
	return g.chain.from(0)
}

// Ends gives how many events of each group the archive has, in the order of their names.
func (v *Verification) Ends() (ends []eventstore.Head) {
	for _, g := range v.inOrder() {
		if g.chain.tree.size > 0 {
			ends = append(ends, eventstore.Head{Group: g.group, Number: g.chain.tree.size})
		}
	}
	return ends
}
