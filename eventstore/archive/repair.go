package archive

import (
	"context"
	"errors"
	"fmt"
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
	MendedKey        = "key"        // key.pub was written anew
	MendedWitnessed  = "witnessed"  // was taken away, and can be had again from the witnesses
	NotMended        = "not-mended"
)

// A Step is one thing that a repair has done, or could not do: then Cause says why.
type Step struct {
	What  string
	Group domain.GroupID // "" for the log of heads
	Files []string       // below the archive's folder
	Cause error
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
	for _, g := range v.inOrder() {
		if g.whole || g.at.Size == 0 {
			continue
		}
		if err := r.mendLog(ctx, g, []source{r.fromStream, r.fromEntries, r.fromBoth}); err != nil {
			return err
		}
	}
	if err := r.mendHeads(ctx); err != nil {
		return err
	}
	return r.mendTail(ctx)
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

// placeFile puts a file in its place, durably.
func placeFile(name string, content []byte) error {
	temp := name + tempSuffix
	if err := os.MkdirAll(filepath.Dir(name), folderMode); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(temp, content, fileMode), syncPath(temp), os.Rename(temp, name), syncPath(filepath.Dir(name)))
}

// A source gives the leaves of a log, as far as it has them; whether they are right is for Mend to say.
type source func(ctx context.Context, k *kept) (iter.Seq2[[]byte, error], error)

// mendLog writes the files of a log anew from the first source that gives what was signed for, and its checkpoint where that
// has suffered.
func (r *repairer) mendLog(ctx context.Context, k *kept, sources []source) error {
	var causes []error
	for _, from := range sources {
		x, differ, err := r.mendFrom(ctx, k, from)
		if err != nil {
			causes = append(causes, err)
			continue
		}
		if err := x.Land(); err != nil {
			return err
		}
		if len(differ) > 0 {
			for i := range differ {
				differ[i] = path.Join(k.dir, differ[i])
			}
			r.say(Step{What: MendedFiles, Group: k.group, Files: differ})
		}
		return r.mendCheckpoint(k)
	}
	r.say(Step{What: NotMended, Group: k.group, Files: []string{k.dir}, Cause: errors.Join(causes...)})
	return ctx.Err()
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

// fromBoth takes each event from whichever copy has what the tiles say.
func (r *repairer) fromBoth(ctx context.Context, k *kept) (iter.Seq2[[]byte, error], error) {
	there := map[Hash][]byte{}
	if r.stream != nil {
		for record, err := range r.stream.Read(ctx, k.group, 0) {
			if err != nil {
				break
			}
			there[LeafHash(record.Body)] = record.Body
		}
	}
	return leavesOf(k, func(h Hash) []byte { return there[h] }), nil
}

// leavesOf gives the leaves that the tiles of a log name: its entries where they fit, and others where they do not.
func leavesOf(k *kept, other func(Hash) []byte) iter.Seq2[[]byte, error] {
	view := k.chain.log.At(k.at.Size)
	return func(yield func([]byte, error) bool) {
		for bundle := uint64(0); bundle<<tileHeight < k.at.Size; bundle++ {
			hashes, err := view.hashes(0, bundle)
			if err != nil {
				yield(nil, err)
				return
			}
			bodies, _, _ := view.bundle(nil, nil, bundle)
			for i, h := range hashes {
				var body []byte
				if i < len(bodies) && LeafHash(bodies[i]) == h {
					body = bodies[i]
				} else if body = other(h); body == nil {
					err = fmt.Errorf("%w: leaf %d is in neither copy", ErrNotProven, bundle<<tileHeight+uint64(i))
				}
				if !yield(body, err) || err != nil {
					return
				}
			}
		}
	}
}

// mendHeads mends the log of heads. Its leaves can be made again from the groups' events.
func (r *repairer) mendHeads(ctx context.Context) error {
	k := r.heads
	if k.whole && k.signed != nil || !k.there {
		return nil
	}
	if k.signed == nil {
		at, err := r.headsEnd()
		if err != nil {
			r.say(Step{What: NotMended, Files: []string{path.Join(headsDir, checkpointPath)}, Cause: err})
			return nil
		}
		k.at = at
	}
	return r.mendLog(ctx, k, []source{r.fromEntries, r.fromStates})
}

// headsEnd finds out where the log of heads ended whose checkpoint is lost: its entries name, last, just the states of the groups
// that are published and signed.
func (r *repairer) headsEnd() (Checkpoint, error) {
	log := r.heads.chain.log
	size := uint64(0)
	for there(log, tile{level: entries, index: size >> tileHeight, width: tileWidth}) {
		size += tileWidth
	}
	for width := tileWidth - 1; width > 0; width-- {
		if there(log, tile{level: entries, index: size >> tileHeight, width: width}) {
			size += uint64(width)
			break
		}
	}
	var tree Tree
	last := map[string]Checkpoint{}
	for text, err := range log.At(size).Entries(0, size) {
		if err != nil {
			return Checkpoint{}, err
		}
		c, err := ParseCheckpointText(text)
		if err != nil {
			return Checkpoint{}, err
		}
		last[c.Origin] = c
		tree.Append(LeafHash(text))
	}
	signed := 0
	for _, g := range r.groups {
		if g.signed != nil {
			signed++
			if last[g.at.Origin] != g.at {
				return Checkpoint{}, fmt.Errorf("%w: %s", errNoHead, g.dir)
			}
		}
	}
	if signed != len(last) || size == 0 {
		return Checkpoint{}, errMissing
	}
	return Checkpoint{Origin: r.Key.name, Size: size, Root: tree.Root()}, nil
}

func there(log *Log, t tile) bool {
	_, err := os.Stat(log.at(t.path()))
	return err == nil
}

// fromStates makes the leaves that are lost from the groups' events: each is the text of a state that a group has had, and its
// hash is in the tiles.
func (r *repairer) fromStates(ctx context.Context, k *kept) (iter.Seq2[[]byte, error], error) {
	lost := map[Hash][]byte{}
	missing := 0
	for _, err := range leavesOf(k, func(h Hash) []byte { lost[h] = nil; missing++; return []byte{0} }) {
		if err != nil {
			return nil, err
		}
	}
	for _, g := range r.inOrder() {
		var tree Tree
		hashes := g.chain.hashes()
		for n := range g.chain.tree.size {
			h, err := hashes.Hash(0, n)
			if err != nil {
				break
			}
			tree.Append(h)
			text := Checkpoint{Origin: g.chain.log.origin, Size: tree.size, Root: tree.Root()}.Text()
			if _, wanted := lost[LeafHash(text)]; wanted {
				lost[LeafHash(text)] = text
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return leavesOf(k, func(h Hash) []byte { return lost[h] }), nil
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
