package archive

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"slices"

	"registre/eventstore"
)

// Where neither copy alone has a log whole, each leaf is put together from what there is of it: its entry, its hash in the tile, and
// what the other copy has. A hash that a body bears out is believed; where none is, each is tried. What comes out must have the root
// that was signed, before anything is replaced.

// How many combinations are tried of leaves in doubt, and how many of these are at once not what comes first for them.
const (
	maxTrials = 1 << 12
	maxOthers = 6
)

var (
	errNoRoot   = fmt.Errorf("%w: what is left of both copies does not lead to the root that was signed", ErrNotProven)
	errLeafLost = errors.New("it is whole in neither copy")
)

// An elsewhere knows leaves from another place than the log's own files; nil where it does not.
type elsewhere struct {
	numbered map[uint64][]byte // by index
	hashed   map[Hash][]byte
	offer    func(*patchwork) // says what leaves in doubt could be; then what is in hashed is known, wherever it stands
}

// A patchwork is a log that is put together.
type patchwork struct {
	k       *kept
	other   elsewhere
	entries [][]byte // as the files have them; nil where there is none
	hashes  []Hash   // of the leaves
	unsure  []doubtfulLeaf
}

// A doubtfulLeaf is one of which nothing agrees.
type doubtfulLeaf struct {
	index uint64
	could []Hash
}

// patch mends a log leaf by leaf. It gives the files that it has written anew, and the leaves that are whole in neither copy: in
// their place stays what was there.
func (r *repairer) patch(ctx context.Context, k *kept, other elsewhere) (files []string, lost []uint64, err error) {
	p, err := r.put(ctx, k, other, func(tree Tree) bool { return tree.Root() == k.at.Root })
	if err != nil {
		return nil, nil, err
	}
	return p.land()
}

// put puts the leaves of a log together so that their tree is right.
func (r *repairer) put(ctx context.Context, k *kept, other elsewhere, right func(Tree) bool) (*patchwork, error) {
	p := &patchwork{k: k, other: other, entries: make([][]byte, k.at.Size), hashes: make([]Hash, k.at.Size)}
	for bundle := uint64(0); bundle<<tileHeight < k.at.Size; bundle++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.gather(bundle)
	}
	if p.other.offer != nil {
		p.other.offer(p)
	}
	if !p.settle(right) {
		return nil, errNoRoot
	}
	return p, nil
}

// tree is that over the leaves.
func (p *patchwork) tree() (tree Tree) {
	for _, h := range p.hashes {
		tree.Append(h)
	}
	return tree
}

// gather takes what the files and the other place have of a bundle.
func (p *patchwork) gather(bundle uint64) {
	log, size := p.k.chain.log, p.k.at.Size
	tiled, _ := log.At(size).hashes(0, bundle)
	file, _, _ := log.readTile(nil, tileOf(entries, bundle, size))
	first := bundle << tileHeight
	found := splitEntries(file, tileOf(entries, bundle, size).width, func(i int, body []byte) bool {
		return i < len(tiled) && LeafHash(body) == tiled[i] || slices.Equal(body, p.other.numbered[first+uint64(i)])
	}, func(i int) []byte { return p.other.numbered[first+uint64(i)] })
	for i, body := range found {
		p.entries[first+uint64(i)] = body
		var bodies []Hash
		for _, b := range [][]byte{p.other.numbered[first+uint64(i)], body} {
			if b != nil {
				bodies = append(bodies, LeafHash(b))
			}
		}
		if i < len(tiled) {
			p.choose(first+uint64(i), &tiled[i], bodies)
		} else {
			p.choose(first+uint64(i), nil, bodies)
		}
	}
}

// choose takes the hash that the tile has where a body bears it out, and otherwise notes what the leaf could be: what both bodies
// say first.
func (p *patchwork) choose(index uint64, tiled *Hash, bodies []Hash) {
	if tiled != nil && (p.other.hashed[*tiled] != nil || slices.Contains(bodies, *tiled)) {
		p.hashes[index] = *tiled
		return
	}
	for _, h := range bodies {
		if p.other.offer != nil && p.other.hashed[h] != nil { // it is known, and the tile has suffered
			p.hashes[index] = h
			return
		}
	}
	could := bodies
	if tiled != nil && len(bodies) == 2 && bodies[0] == bodies[1] {
		could = append(could, *tiled)
	} else if tiled != nil {
		could = append([]Hash{*tiled}, bodies...)
	}
	if could = slices.Compact(could); len(could) > 0 {
		p.hashes[index] = could[0]
	}
	p.unsure = append(p.unsure, doubtfulLeaf{index, could})
}

// settle finds the hashes that lead to the root: of each full bundle first to that of the bundle, where the tile above still has it,
// then of the rest to that of the log.
func (p *patchwork) settle(right func(Tree) bool) bool {
	view := p.k.chain.log.At(p.k.at.Size)
	for bundle := range p.k.at.Size >> tileHeight {
		mine := func(d doubtfulLeaf) bool { return d.index>>tileHeight == bundle }
		root, err := view.Hash(tileHeight, bundle)
		leads := func() bool { return fold(p.hashes[bundle<<tileHeight:][:tileWidth]) == root }
		if err == nil && p.search(selected(p.unsure, mine), leads) {
			p.unsure = slices.DeleteFunc(p.unsure, mine)
		}
	}
	return p.search(p.unsure, func() bool { return right(p.tree()) })
}

func selected(all []doubtfulLeaf, some func(doubtfulLeaf) bool) (these []doubtfulLeaf) {
	for _, d := range all {
		if some(d) {
			these = append(these, d)
		}
	}
	return these
}

// search tries what comes first for each leaf in doubt, or else as few others as possible.
func (p *patchwork) search(doubts []doubtfulLeaf, leads func() bool) bool {
	trials := 0
	for others := range min(len(doubts), maxOthers) + 1 {
		if p.deviate(doubts, others, &trials, leads) {
			return true
		}
	}
	return false
}

// deviate tries, for so many of the leaves in doubt, what does not come first.
func (p *patchwork) deviate(doubts []doubtfulLeaf, others int, trials *int, leads func() bool) bool {
	if others == 0 {
		*trials++
		return *trials <= maxTrials && leads()
	}
	for i, d := range doubts {
		for n := 1; n < len(d.could) && *trials <= maxTrials; n++ {
			p.hashes[d.index] = d.could[n]
			if p.deviate(doubts[i+1:], others-1, trials, leads) {
				return true
			}
			p.hashes[d.index] = d.could[0]
		}
	}
	return false
}

// land writes the files that differ.
func (p *patchwork) land() (files []string, lost []uint64, err error) {
	rows := tileRows(p.hashes)
	for _, t := range tilesBetween(0, p.k.at.Size) {
		var content []byte
		if t.level == entries {
			content, lost = p.bundle(t, lost)
		} else {
			content = appendTile(nil, rows[t.level][t.index<<tileHeight:][:t.width])
		}
		name := p.k.chain.log.at(t.path())
		if there, err := readFile(nil, name); err == nil && slices.Equal(there, content) {
			continue
		}
		if err := placeFile(name, content); err != nil {
			return files, lost, err
		}
		files = append(files, path.Join(p.k.dir, t.path()))
	}
	return files, lost, nil
}

// bundle puts a bundle together.
func (p *patchwork) bundle(t tile, lost []uint64) ([]byte, []uint64) {
	var content []byte
	for index := t.first(); index < t.first()+uint64(t.width); index++ {
		body := p.body(index)
		if body == nil {
			lost = append(lost, index)
			if body = p.entries[index]; len(body) == 0 || len(body) > eventstore.MaxBody {
				body = fmt.Appendf(nil, "leaf %d is lost", index)
			}
		}
		content = appendEntry(content, body)
	}
	return content, lost
}

// body is the leaf that has its hash; nil where it is lost.
func (p *patchwork) body(index uint64) []byte {
	for _, b := range [][]byte{p.entries[index], p.other.numbered[index], p.other.hashed[p.hashes[index]]} {
		if b != nil && LeafHash(b) == p.hashes[index] {
			return b
		}
	}
	return nil
}

// tileRows gives the hashes that tiles hold, by their levels.
func tileRows(leaves []Hash) (rows [tileLevels][]Hash) {
	rows[0] = leaves
	for level := 1; level < tileLevels; level++ {
		for below := rows[level-1]; len(below) >= tileWidth; below = below[tileWidth:] {
			rows[level] = append(rows[level], fold(below[:tileWidth]))
		}
	}
	return rows
}

// splitEntries takes a bundle apart that may be damaged: where an entry does not fit, the length before it is tried with each bit
// flipped, and then what the other copy has is taken for as long as it was. An entry that is not to be had is nil.
func splitEntries(file []byte, width int, fits func(i int, body []byte) bool, other func(i int) []byte) [][]byte {
	all := make([][]byte, width)
	for i, at := 0, 0; i < width && at+lengthBytes <= len(file); i++ {
		rest, n := file[at+lengthBytes:], int(binary.BigEndian.Uint16(file[at:]))
		lengths := []int{n}
		for bit := range 16 {
			lengths = append(lengths, n^1<<bit)
		}
		take := slices.IndexFunc(lengths, func(n int) bool { return n > 0 && n <= len(rest) && fits(i, rest[:n]) })
		switch o := other(i); {
		case take >= 0:
			n = lengths[take]
		case o != nil:
			n = len(o)
		}
		if n < 1 || n > len(rest) {
			return all
		}
		all[i] = rest[:n:n]
		at += lengthBytes + n
	}
	return all
}
