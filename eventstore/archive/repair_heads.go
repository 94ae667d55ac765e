package archive

import (
	"context"
	"fmt"
	"iter"
	"math"
	"os"
	"path"
	"slices"
	"sort"

	"registre/eventstore"
)

// The leaves of the log of heads are states that groups have had. They can be made again from the groups' events, of whichever copy.

// mendHeads mends the log of heads. Its leaves can be made again from the groups' events.
func (r *repairer) mendHeads(ctx context.Context) error {
	k := r.heads
	if k.whole && k.signed != nil || !k.there {
		return nil
	}
	if k.signed == nil {
		at, err := r.headsEnd(ctx)
		if err != nil {
			r.say(Step{What: NotMended, Files: []string{path.Join(headsDir, checkpointPath)}, Cause: err})
			return nil
		}
		k.at = at
	}
	return r.mendLog(ctx, k, r.fromEntries, r.statesOf)
}

// headsEnd finds out where the log of heads ended whose checkpoint is lost. Its files tell the size. It is that of the newest checkpoint
// that was noted; or its entries name, last, just the states of the groups that are published and signed; or else the tail goes on from
// it, to what was signed there.
func (r *repairer) headsEnd(ctx context.Context) (Checkpoint, error) {
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
	if r.confirmed.Size > 0 && r.confirmed.Size == size {
		return r.confirmed, nil
	}
	at, err := r.endByEntries(size)
	if err == nil {
		return at, nil
	}
	if at, byTail := r.endByTail(ctx, size); byTail == nil {
		return at, nil
	}
	return Checkpoint{}, err
}

// endByEntries holds the entries to the groups' checkpoints.
func (r *repairer) endByEntries(size uint64) (Checkpoint, error) {
	var tree Tree
	last := map[string]Checkpoint{}
	for text, err := range r.heads.chain.log.At(size).Entries(0, size) {
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

// endByTail puts the leaves together so that they, and the heads of the record that goes on from them, have the root that was signed with
// that record. So they are what was signed before it.
func (r *repairer) endByTail(ctx context.Context, size uint64) (Checkpoint, error) {
	heads, signed, err := r.goesOnFrom(ctx, size)
	if err != nil {
		return Checkpoint{}, err
	}
	k := *r.heads
	k.at = Checkpoint{Origin: r.Key.name, Size: size}
	other, err := r.statesOf(ctx, &k)
	if err != nil {
		return Checkpoint{}, err
	}
	p, err := r.put(ctx, &k, other, func(tree Tree) bool {
		for _, h := range heads {
			tree.Append(h)
		}
		return tree.Root() == signed.Root
	})
	if err != nil {
		return Checkpoint{}, err
	}
	tree := p.tree()
	k.at.Root = tree.Root()
	return k.at, nil
}

// goesOnFrom gives the heads of the record of the tail that goes on from a size of the log of heads, and to what it leads.
func (r *repairer) goesOnFrom(ctx context.Context, size uint64) (heads []Hash, to Checkpoint, err error) {
	numbers, err := r.segments()
	if err != nil {
		return nil, Checkpoint{}, err
	}
	c := &rechainer{repairer: r}
	for _, number := range numbers {
		text, err := readMost(segmentPath(r.dir, number), maxSegment)
		if err != nil {
			return nil, Checkpoint{}, err
		}
		frames, _ := c.frames(text)
		for _, frame := range frames {
			payload, _, _ := eventstore.CutFrame(frame)
			record, _ := parseRecord(payload) // that it is one was seen
			at, err := UnverifiedCheckpoint(record.signed)
			if err != nil {
				return nil, Checkpoint{}, err
			}
			if ends := endsOf(record); size+uint64(len(ends)) == at.Size {
				return r.headsAt(ctx, ends), at, nil
			}
		}
	}
	return nil, Checkpoint{}, errNoHead
}

// endsOf gives to where a record leads the groups that it touches, in their order.
func endsOf(r record) (ends []eventstore.Head) {
	for _, a := range r.appends {
		number := a.After + uint64(len(a.Bodies))
		if i := slices.IndexFunc(ends, func(e eventstore.Head) bool { return e.Group == a.Group }); i >= 0 {
			ends[i].Number = number
		} else {
			ends = append(ends, eventstore.Head{Group: a.Group, Number: number})
		}
	}
	return ends
}

// headsAt gives the hashes of the heads of groups at these ends.
func (r *repairer) headsAt(ctx context.Context, ends []eventstore.Head) (heads []Hash) {
	for _, end := range ends {
		var head Hash
		for c := range r.states(ctx, r.groupOf(end.Group), func(size uint64) bool { return size == end.Number }) {
			head = LeafHash(c.Text())
			break
		}
		heads = append(heads, head)
	}
	return heads
}

func there(log *Log, t tile) bool {
	_, err := os.Stat(log.at(t.path()))
	return err == nil
}

// tiled gives the hashes of a group's leaves from its tiles and the tail, as far as they have them.
func (r *repairer) tiled(g *kept) iter.Seq[Hash] {
	size, hashes := g.chain.tree.size, g.chain.hashes()
	if g.lost { // its files may have been mended since
		size, hashes = g.at.Size, g.chain.log.At(g.at.Size)
	}
	return func(yield func(Hash) bool) {
		for n := range size {
			if h, err := hashes.Hash(0, n); err != nil || !yield(h) {
				return
			}
		}
	}
}

// streamed gives them from the stream.
func (r *repairer) streamed(ctx context.Context, g *kept) iter.Seq[Hash] {
	return func(yield func(Hash) bool) {
		if r.stream == nil {
			return
		}
		next := uint64(1)
		for record, err := range r.stream.Read(ctx, g.group, 0) {
			if err != nil || record.Number != next || !yield(LeafHash(record.Body)) {
				return
			}
			next++
		}
	}
}

// states gives what a group has been at each size that is wanted: by its tiles, and where it has suffered also by the stream. Nothing
// proves them yet.
func (r *repairer) states(ctx context.Context, g *kept, wanted func(size uint64) bool) iter.Seq[Checkpoint] {
	copies := []iter.Seq[Hash]{r.tiled(g)}
	if g.lost || !g.whole || g.signed == nil {
		copies = append(copies, r.streamed(ctx, g))
	}
	return func(yield func(Checkpoint) bool) {
		for _, leaves := range copies {
			var tree Tree
			for h := range leaves {
				tree.Append(h)
				if wanted(tree.size) && !yield(Checkpoint{Origin: g.chain.log.origin, Size: tree.size, Root: tree.Root()}) {
					return
				}
			}
		}
	}
}

// statesOf makes the leaves of the log of heads from the groups' events: those that its tiles or its entries bear out. Others can be
// had for the places where neither does.
func (r *repairer) statesOf(ctx context.Context, k *kept) (elsewhere, error) {
	borneOut := headsIn(k)
	all := elsewhere{hashed: map[Hash][]byte{}, offer: func(p *patchwork) { r.offerStates(ctx, p) }}
	for _, g := range r.inOrder() {
		for c := range r.states(ctx, g, func(uint64) bool { return true }) {
			text := c.Text()
			if h := LeafHash(text); borneOut[h] {
				all.hashed[h] = text
			}
		}
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
	}
	return all, nil
}

// headsIn gives the hashes of leaves that the files of the log of heads have, in a tile or as that of an entry.
func headsIn(k *kept) map[Hash]bool {
	all := map[Hash]bool{}
	for bundle := uint64(0); bundle<<tileHeight < k.at.Size; bundle++ {
		tiled, _ := k.chain.log.At(k.at.Size).hashes(0, bundle)
		for _, h := range tiled {
			all[h] = true
		}
		t := tileOf(entries, bundle, k.at.Size)
		file, _, _ := k.chain.log.readTile(nil, t)
		fits := func(i int, body []byte) bool { return i < len(tiled) && LeafHash(body) == tiled[i] }
		for _, body := range splitEntries(file, t.width, fits, func(int) []byte { return nil }) {
			all[LeafHash(body)] = true
		}
	}
	return all
}

// maxOffered bounds how many states are offered to one leaf.
const maxOffered = 256

// offerStates lets leaves in doubt be what a group can have been there: its states between the one before and the one behind, which
// are known, and not beyond what was published. Where there is but one, it comes first.
func (r *repairer) offerStates(ctx context.Context, p *patchwork) {
	if len(p.unsure) == 0 {
		return
	}
	known := p.knownHeads()
	offered := make([][]Hash, len(p.unsure))
	for _, g := range r.inOrder() {
		gaps := p.gaps(g, known[g.chain.log.origin])
		fitting := func(size uint64) bool {
			return slices.ContainsFunc(gaps, func(between gap) bool { return between.has(size) })
		}
		for c := range r.states(ctx, g, fitting) {
			text := c.Text()
			h := LeafHash(text)
			for i := range offered {
				if gaps[i].has(c.Size) && len(offered[i]) < maxOffered && !slices.Contains(offered[i], h) {
					p.other.hashed[h] = text
					offered[i] = append(offered[i], h)
				}
			}
		}
	}
	for i := range p.unsure {
		d := &p.unsure[i]
		if len(offered[i]) == 1 {
			d.could = append(offered[i], d.could...)
		} else {
			d.could = append(d.could, offered[i]...)
		}
		if len(d.could) > 0 {
			p.hashes[d.index] = d.could[0]
		}
	}
}

// knownHeads gives the states of which there is no doubt, by their origins and in their order.
func (p *patchwork) knownHeads() map[string][]headOf {
	all := map[string][]headOf{}
	unsure := p.unsure
	for index := range p.k.at.Size {
		if len(unsure) > 0 && unsure[0].index == index {
			unsure = unsure[1:]
			continue
		}
		if c, err := ParseCheckpointText(p.body(index)); err == nil {
			all[c.Origin] = append(all[c.Origin], headOf{size: c.Size, index: index})
		}
	}
	return all
}

// A gap is between two sizes, without these.
type gap struct{ from, to uint64 }

func (g gap) has(size uint64) bool { return g.from < size && size < g.to }

// gaps gives, for each leaf in doubt, between which sizes a group was there.
func (p *patchwork) gaps(g *kept, known []headOf) (all []gap) {
	for _, d := range p.unsure {
		between := gap{0, math.MaxUint64}
		if g.signed != nil {
			between.to = g.at.Size + 1
		}
		n := sort.Search(len(known), func(i int) bool { return known[i].index > d.index })
		if n > 0 {
			between.from = known[n-1].size
		}
		if n < len(known) {
			between.to = known[n].size
		}
		all = append(all, between)
	}
	return all
}
