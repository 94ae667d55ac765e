package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"registre/domain"
	"registre/eventstore"
)

// takeTail takes up the tail as an opening would, and changes nothing: every frame, every signature, and every root.
func (v *Verification) takeTail() error {
	if v.options.quiet != nil {
		defer v.options.quiet()()
	}
	v.Newest, v.Signed = v.heads.at, v.heads.signed
	defer v.takeNewest()
	numbers, err := segmentsIn(v.dir)
	if damage := new(DamageError); errors.As(err, &damage) {
		v.found(Finding{Copy: InArchive, File: damage.Path, Cause: damage.Cause})
		numbers, err = v.segments()
	}
	if err != nil || len(numbers) == 0 && v.heads.signed != nil {
		v.found(Finding{Copy: InArchive, File: tailDir, Cause: errors.Join(errMissing, err)})
		return nil
	}
	for i, number := range numbers {
		name := path.Join(tailDir, filepath.Base(segmentPath(v.dir, number)))
		if i > 0 && number != numbers[i-1]+1 {
			v.found(Finding{Copy: InArchive, File: name, Cause: errGap})
		}
		v.takeSegment(name, i == len(numbers)-1)
	}
	return nil
}

// segments are those among other things.
func (v *Verification) segments() (numbers []uint64, err error) {
	entries, err := os.ReadDir(filepath.Join(v.dir, tailDir))
	for _, entry := range entries {
		number := uint64(0)
		if _, err := fmt.Sscanf(entry.Name(), "%d", &number); err == nil && filepath.Base(segmentPath(v.dir, number)) == entry.Name() {
			numbers = append(numbers, number)
		}
	}
	return numbers, err
}

// takeSegment takes up one file of the tail. What is not whole at the end of the last one, beyond what was confirmed, is what a
// crash leaves.
func (v *Verification) takeSegment(name string, last bool) {
	records, end, whole, err := readSegment(filepath.Join(v.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		err = errMissing
	}
	if err != nil {
		v.found(Finding{Copy: InArchive, File: name, Cause: err})
	}
	for i, r := range records {
		if err := v.takeRecord(name, r); err != nil {
			first := r.appends[0]
			v.found(Finding{Copy: InArchive, File: name, Group: first.Group, Number: first.After + 1, Cause: fmt.Errorf("record %d: %w", i+1, err)})
		}
	}
	if whole || err != nil {
		return
	}
	torn := Finding{Copy: InArchive, File: name, Cause: fmt.Errorf("%w (byte %d)", errTorn, end)}
	if last {
		v.Unconfirmed = append(v.Unconfirmed, torn)
		return
	}
	v.found(torn)
}

// takeRecord takes up a record: its events join their groups, the groups' new states join the heads, and their root must be
// the one that was signed.
func (v *Verification) takeRecord(name string, r record) error {
	at, _, err := OpenCheckpoint(r.signed, v.Key.name, v.ring)
	if err != nil {
		return err
	}
	var touched []*kept
	sizes := map[*kept]uint64{}
	for _, a := range r.appends {
		g, err := v.takeAppend(name, a)
		if err != nil {
			return err
		}
		if sizes[g] == 0 {
			touched = append(touched, g)
		}
		sizes[g] = a.After + uint64(len(a.Bodies))
	}
	if at.Size < uint64(len(touched)) {
		return errNotNext
	}
	return v.takeHeads(name, at, r.signed, touched, sizes)
}

// takeAppend adds what of an append is not published, and compares what is.
func (v *Verification) takeAppend(name string, a eventstore.Append) (*kept, error) {
	g := v.groupOf(a.Group)
	if g.lost {
		return g, nil
	}
	if a.After > g.chain.tree.size {
		v.found(Finding{Copy: InArchive, File: name, Group: a.Group, Number: g.chain.tree.size + 1, Cause: errMissing})
		g.lost = true
		return g, nil
	}
	published := g.chain.log.At(g.chain.published.size)
	for i, body := range a.Bodies {
		index := a.After + uint64(i)
		if index == g.chain.tree.size {
			g.chain.append(body)
			continue
		}
		h, err := (&grownHashes{view: published, rows: g.chain.rows}).Hash(0, index)
		if err == nil && h != LeafHash(body) {
			v.found(Finding{Copy: InArchive, File: name, Group: a.Group, Number: index + 1, Cause: errOtherBody})
		}
	}
	return g, nil
}

func (v *Verification) groupOf(group domain.GroupID) *kept {
	g := v.groups[group]
	if g == nil {
		dir := path.Join(groupsDir, string(group))
		log := OpenLog(filepath.Join(v.dir, filepath.FromSlash(dir)), GroupOrigin(v.Key.name, string(group)), v.ring)
		g = &kept{group: group, dir: dir, there: true, whole: true, chain: &chain{log: log}}
		v.groups[group] = g
	}
	return g
}

// takeHeads adds the states that a record leads to, and holds them to its checkpoint. Where a group cannot be told, neither
// can the heads from there on; the signature was checked all the same.
func (v *Verification) takeHeads(name string, at Checkpoint, signed []byte, touched []*kept, sizes map[*kept]uint64) error {
	heads := v.heads.chain
	index := at.Size - uint64(len(touched))
	if at.Size > v.Newest.Size || v.Signed == nil {
		v.Newest, v.Signed = at, signed
	}
	if index > heads.tree.size && !v.heads.lost {
		v.heads.lost = true
		return errMissing
	}
	for _, g := range touched {
		if g.lost || v.heads.lost {
			v.heads.lost = true
			continue
		}
		tree, err := treeOf(g.chain.hashes(), 0, sizes[g])
		if err != nil {
			return err
		}
		h := headOf{size: sizes[g], index: index, root: tree.Root()}
		if index == heads.tree.size {
			heads.append(Checkpoint{Origin: g.chain.log.origin, Size: h.size, Root: h.root}.Text())
			v.addHead(g.group, h, name)
		}
		index++
	}
	return v.leadsTo(at)
}

func (v *Verification) leadsTo(at Checkpoint) error {
	if v.heads.lost {
		return nil
	}
	tree, err := treeOf(v.heads.chain.hashes(), 0, at.Size)
	if err != nil {
		return err
	}
	if tree.Root() != at.Root {
		v.heads.lost = true
		return errNotNext
	}
	return nil
}
