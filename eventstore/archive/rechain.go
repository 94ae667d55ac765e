package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"

	"registre/domain"
	"registre/eventstore"
)

// A record of the tail that is lost takes along how its events were put into heads. They are still in the stream, in the order in which
// they were chained: a record holds the events that follow on those of the record before it, and has a head for each group in the
// order in which the groups first appear. So what is unknown is only where one record ended and the next began, and that is
// proved: by the checkpoint of the next record that is whole, or by the newest one that was noted. The same heads make the same
// checkpoints, and signing these again makes the same bytes.

// maxPartitions bounds in how many ways lost events are tried to be put into records.
const maxPartitions = 20000

var errNotRechained = errors.New("what the tail has lost cannot be chained again from the stream as it was signed")

// A lostEvent is one of the stream that the published logs do not have.
type lostEvent struct {
	eventstore.Record
	leaf Hash
}

// A linkage is how far logs have been chained.
type linkage struct {
	groups map[domain.GroupID]Tree
	heads  Tree
}

func (l linkage) clone() linkage { return linkage{maps.Clone(l.groups), l.heads} }

// A rechainer chains again what the tail has lost.
type rechainer struct {
	*repairer
	linkage
	events []lostEvent // of the stream, in its order, that are not chained yet
	tried  int
}

// rechain goes through the records of the tail, makes those anew that are lost, and writes the segments that differ.
func (r *repairer) rechain(ctx context.Context) error {
	c := &rechainer{repairer: r}
	if err := c.begin(ctx); err != nil {
		return err
	}
	numbers, err := r.segments()
	if err != nil {
		return err
	}
	last := uint64(0)
	for _, number := range numbers {
		if err := c.segment(segmentPath(r.dir, number)); err != nil {
			return err
		}
		last = number
	}
	lost, err := c.end()
	if err != nil || len(lost) == 0 {
		return err
	}
	return c.write(segmentPath(r.dir, last+1), nil, lost)
}

// begin takes up the logs as the log of heads was published, and the events of the stream beyond that.
func (c *rechainer) begin(ctx context.Context) error {
	if c.stream == nil || c.unfit() != nil {
		return errors.Join(errNotRechained, c.unfit())
	}
	c.linkage = linkage{map[domain.GroupID]Tree{}, c.repairer.Verification.heads.chain.published}
	for group, g := range c.repairer.Verification.groups {
		size := uint64(0)
		for _, h := range g.heads {
			if h.index < c.linkage.heads.size {
				size = h.size
			}
		}
		tree, err := treeOf(g.chain.log.At(g.chain.published.size), 0, size)
		if err != nil {
			return errors.Join(errNotRechained, err)
		}
		c.linkage.groups[group] = tree
	}
	for record, err := range c.stream.ReadAll(ctx) {
		if err != nil {
			return errors.Join(errNotRechained, err)
		}
		if record.Number > c.linkage.groups[record.Group].size {
			c.events = append(c.events, lostEvent{record, LeafHash(record.Body)})
		}
	}
	return nil
}

// unfit says why the published log of heads cannot be built on.
func (c *rechainer) unfit() error {
	if k := c.repairer.Verification.heads; k.signed != nil && k.chain.published.size != k.at.Size || k.signed == nil && k.there {
		return errNoHead
	}
	return nil
}

// segment takes up the records of one segment, and writes it anew where some were lost before those that it has.
func (c *rechainer) segment(file string) error {
	text, err := readMost(file, maxSegment)
	if err != nil {
		return err
	}
	var whole [][]byte
	changed := false
	frames, end := c.frames(text)
	for _, frame := range frames {
		payload, _, _ := eventstore.CutFrame(frame)
		r, err := parseRecord(payload)
		if err != nil {
			return err
		}
		lost, err := c.before(r)
		if err != nil {
			return err
		}
		whole, changed = append(append(whole, lost...), frame), changed || len(lost) > 0
	}
	confirmed, err := readConfirmed(text)
	if err != nil || end < confirmed { // otherwise all that was lost stood before one that is whole
		lost, err := c.end()
		if err != nil {
			return err
		}
		whole = append(whole, lost...)
	}
	if !changed && err == nil && wholeUpTo(text) >= confirmed {
		return nil
	}
	return c.write(file, text, whole)
}

// frames gives the records of a segment that are whole, wherever they begin, and the byte at which the last of them ends.
func (c *rechainer) frames(text []byte) (frames [][]byte, end int64) {
	for at := int(min(tailStart, int64(len(text)))); at < len(text) && !blank(text[at:]); {
		payload, rest, ok := eventstore.CutFrame(text[at:])
		if ok && !c.isRecord(payload) {
			ok = false
		}
		if !ok {
			at++
			for at < len(text) && !likely(text[at:]) {
				at++
			}
			continue
		}
		next := len(text) - len(rest)
		frames = append(frames, text[at:next])
		at, end = next, int64(next)
	}
	return frames, end
}

// likely says at little cost whether a record can begin here.
func likely(b []byte) bool {
	if len(b) <= eventstore.FrameHeader || b[eventstore.FrameHeader] != tagAppend {
		return false
	}
	size := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	return size > 0 && size <= uint64(len(b)-eventstore.FrameHeader) && b[eventstore.FrameHeader+size-1] == '\n'
}

// isRecord says whether a frame holds a record that was signed.
func (c *rechainer) isRecord(payload []byte) bool {
	r, err := parseRecord(payload)
	if err == nil {
		_, _, err = OpenCheckpoint(r.signed, c.Key.name, c.ring)
	}
	return err == nil
}

// before makes the records anew that were lost before one that is whole, and takes that up.
func (c *rechainer) before(r record) (lost [][]byte, err error) {
	at, err := UnverifiedCheckpoint(r.signed)
	if err != nil || at.Size <= c.linkage.heads.size {
		return nil, err // it is published
	}
	events := recordEvents(r)
	if next, ok := c.apply(c.linkage, events); ok && next.heads.size == at.Size && next.heads.Root() == at.Root {
		c.advance(next)
		return nil, nil
	}
	missing := c.until(events[0])
	return c.restore(missing, func(l linkage) (linkage, bool) {
		next, ok := c.apply(l, events)
		return next, ok && next.heads.size == at.Size && next.heads.Root() == at.Root
	})
}

func recordEvents(r record) (events []lostEvent) {
	for _, a := range r.appends {
		for i, body := range a.Bodies {
			events = append(events, lostEvent{eventstore.Record{Group: a.Group, Number: a.After + uint64(i) + 1, Body: body}, LeafHash(body)})
		}
	}
	return events
}

// until gives the events of the stream that come before one.
func (c *rechainer) until(first lostEvent) []lostEvent {
	for i, e := range c.events {
		if e.Group == first.Group && e.Number >= first.Number {
			return c.events[:i]
		}
	}
	return c.events
}

// advance takes note of how far the logs are chained.
func (c *rechainer) advance(to linkage) {
	c.linkage = to
	rest := c.events[:0:0]
	for _, e := range c.events {
		if e.Number > to.groups[e.Group].size {
			rest = append(rest, e)
		}
	}
	c.events = rest
}

// end makes the records anew that were lost at the end of the tail: as far as the newest checkpoint goes that was noted. Where that
// is lost too, all that the stream has is taken for one record, as opening would.
func (c *rechainer) end() (lost [][]byte, err error) {
	to := c.confirmed
	if to.Size == 0 {
		return c.restore(c.events, func(l linkage) (linkage, bool) { return l, true }) // nothing tells more
	}
	if to.Size <= c.linkage.heads.size {
		return nil, nil
	}
	for n := len(c.events); n > 0; n-- {
		lost, err = c.restore(c.events[:n], func(l linkage) (linkage, bool) { return l, l.heads.size == to.Size && l.heads.Root() == to.Root })
		if err == nil || c.tried > maxPartitions {
			return lost, err
		}
	}
	return nil, errNotRechained
}

// restore finds how events were put into records: after them, then must lead on.
func (c *rechainer) restore(events []lostEvent, then func(linkage) (linkage, bool)) ([][]byte, error) {
	var frames [][]byte
	var reached linkage
	var try func(from linkage, events []lostEvent) bool
	try = func(from linkage, events []lostEvent) bool {
		if c.tried++; c.tried > maxPartitions {
			return false
		}
		if len(events) == 0 {
			var ok bool
			reached, ok = then(from)
			return ok
		}
		for n := len(events); n > 0; n-- {
			next, ok := c.apply(from, events[:n])
			if !ok || !try(next, events[n:]) {
				continue
			}
			frames = append(frames, c.frame(next, events[:n]))
			return true
		}
		return false
	}
	if len(events) == 0 || !try(c.linkage, events) {
		return nil, errNotRechained
	}
	slices.Reverse(frames)
	c.advance(reached)
	return frames, nil
}

// apply chains events as one record does. It is not ok where one does not follow on its group's end.
func (c *rechainer) apply(from linkage, events []lostEvent) (linkage, bool) {
	to := from.clone()
	var order []domain.GroupID
	seen := map[domain.GroupID]bool{}
	for _, e := range events {
		tree := to.groups[e.Group]
		if e.Number != tree.size+1 {
			return to, false
		}
		tree.Append(e.leaf)
		to.groups[e.Group] = tree
		if !seen[e.Group] {
			seen[e.Group], order = true, append(order, e.Group)
		}
	}
	for _, group := range order {
		tree := to.groups[group]
		text := Checkpoint{Origin: GroupOrigin(c.Key.name, string(group)), Size: tree.size, Root: tree.Root()}.Text()
		to.heads.Append(LeafHash(text))
	}
	return to, true
}

// frame is the record that leads to a state.
func (c *rechainer) frame(to linkage, events []lostEvent) []byte {
	frame := make([]byte, eventstore.FrameHeader)
	for _, e := range events {
		frame, _ = eventstore.Append{Group: e.Group, After: e.Number - 1, Bodies: [][]byte{e.Body}}.AppendTo(append(frame, tagAppend))
	}
	signer, err := c.key.Signer(c.Key.name)
	if err != nil {
		panic(err) // it has signed before
	}
	signed, err := Checkpoint{Origin: c.Key.name, Size: to.heads.size, Root: to.heads.Root()}.Sign(signer)
	if err != nil {
		panic(err)
	}
	frame = append(append(frame, tagCheckpoint), signed...)
	eventstore.SealFrame(frame)
	return frame
}

// write puts a segment in its place, all of it confirmed.
func (c *rechainer) write(file string, was []byte, frames [][]byte) error {
	text := fmt.Appendf(nil, tailHeader+confirmForm, tailStart)
	for _, frame := range frames {
		text = append(text, frame...)
	}
	copy(text, fmt.Sprintf(tailHeader+confirmForm, len(text)))
	if string(text) == string(was) {
		return nil
	}
	if err := placeFile(file, text); err != nil {
		return err
	}
	c.say(Step{What: RechainedTail, Files: []string{path.Join(tailDir, filepath.Base(file))}})
	return nil
}
