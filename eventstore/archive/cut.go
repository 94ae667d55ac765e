package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"registre/domain"
	"registre/eventstore"
)

// The logs are cut behind the commits: what has gathered in the tail is written into tiles, brought to the disk, and then
// published, the groups first and the log of heads last; so that no published checkpoint names what a reader does not find.
// Until then a new segment takes the commits, and after it the old one goes. A cut that breaks off anywhere has changed
// nothing that counts: the next opening finds the segment and does it again.

// cutPause is how long commits may lie in the tail alone, unless cutting takes more than a tenth of that.
const cutPause = 2 * time.Second

// aCut is what one log contributes to a cut.
type aCut struct {
	chain  *chain
	group  domain.GroupID // "" for the log of heads
	from   Tree
	bodies [][]byte
	signed []byte // the checkpoint to publish
	grown  *Extension
}

// cutBehind cuts when there is much to cut, or something for a while, until the store is closed.
func (s *Store) cutBehind() {
	timer := time.NewTimer(cutPause)
	defer timer.Stop()
	for last := time.Now(); ; last = time.Now() {
		select {
		case <-s.closing:
			return
		case <-s.due:
		case <-timer.C:
		}
		begun := time.Now()
		if err := s.Cut(context.Background()); err != nil {
			s.log.Error("the archive cannot be cut into tiles; what is in its tail stays there", "cause", err)
		}
		took := time.Since(begun)
		s.space(took, begun.Sub(last))
		timer.Reset(max(cutPause, 10*took))
	}
}

// mostAfter is how many times as many bytes as at first may gather before they are cut.
const mostAfter = 4

// space has more bytes gather before they are cut, up to a bound, where cutting took more than a tenth of the time since the cut
// before; and fewer again, where it took little. What a cut takes goes with the logs that have grown more than with their bytes.
func (s *Store) space(took, since time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch after := s.options.CutAfter; {
	case took > since/10:
		s.cutAfter = min(2*s.cutAfter, mostAfter*after)
	case took < since/40:
		s.cutAfter = max(s.cutAfter/2, after)
	}
}

// Cut publishes all that is durable as static files.
func (s *Store) Cut(ctx context.Context) error {
	s.cutting.Lock()
	defer s.cutting.Unlock()
	return s.cut(ctx, s.plan)
}

// cut is Cut of what plan gives. The caller holds s.cutting.
func (s *Store) cut(ctx context.Context, plan func() ([]*segment, []*aCut, error)) error {
	old, cuts, err := plan()
	if err != nil || len(cuts) == 0 {
		return err
	}
	if err := s.land(ctx, cuts); err != nil {
		return err
	}
	heads := len(cuts) - 1 // which comes last
	if err := s.publish(cuts[:heads]); err != nil {
		return err
	}
	if err := s.publish(cuts[heads:]); err != nil {
		return err
	}
	s.mu.Lock()
	s.old = nil
	s.mu.Unlock()
	return errors.Join(prune(cuts), dropAll(old))
}

// publish replaces the checkpoints of logs, and drops from memory what they cover.
func (s *Store) publish(cuts []*aCut) error {
	if len(cuts) == 0 {
		return nil
	}
	all := make([]publication, len(cuts))
	for i, c := range cuts {
		all[i] = publication{log: c.chain.log, was: c.chain.standing(), signed: c.signed, ours: true}
		c.chain.tried = c.signed
	}
	if err := publish(all); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cuts {
		c.chain.forget(c.grown.Tree(), c.signed)
	}
	return nil
}

// prune removes what no reader of the new checkpoints needs.
func prune(cuts []*aCut) error {
	var errs []error
	for _, c := range cuts {
		to := c.grown.Tree().size
		errs = append(errs, c.chain.log.Prune(c.from.size, to), c.chain.log.PruneNarrow(c.from.size, to))
	}
	return errors.Join(errs...)
}

// plan begins a new segment, and gives the old ones and what of each log is in them. Where nothing has come since a cut that
// broke off, the segment that was begun for that one is still new.
func (s *Store) plan() (old []*segment, cuts []*aCut, err error) {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	return s.planHeld()
}

// planHeld is plan for who holds s.syncing.
func (s *Store) planHeld() (old []*segment, cuts []*aCut, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil || s.at == s.heads.published.size {
		return nil, nil, s.broken
	}
	if !s.segment.empty() {
		next, err := newSegment(s.disk, s.dir, s.segment.number+1)
		if err != nil {
			return nil, nil, fmt.Errorf("beginning a segment of the tail: %w", err)
		}
		s.old, s.segment, s.pending = append(s.old, s.segment), next, 0
	}
	old = slices.Clone(s.old)
	for group, c := range s.groups {
		if n := c.kept.size - min(c.kept.size, c.published.size); n > 0 {
			cuts = append(cuts, &aCut{chain: c, group: group, from: c.published, bodies: c.bodies[:n]})
		}
	}
	heads := &aCut{chain: s.heads, from: s.heads.published, bodies: s.heads.bodies[:s.at-s.heads.published.size], signed: s.signed}
	return old, append(cuts, heads), errors.Join(closeAll(old)...)
}

// land writes the tiles, brings them to the disk, and signs the groups' checkpoints.
func (s *Store) land(ctx context.Context, cuts []*aCut) error {
	extensions := make([]*Extension, len(cuts))
	for i, c := range cuts {
		var err error
		if c.grown, err = s.extend(ctx, c); err != nil {
			return err
		}
		extensions[i] = c.grown
		if c.signed == nil {
			at := Checkpoint{Origin: c.chain.log.origin, Size: c.grown.tree.size, Root: c.grown.tree.Root()}
			if c.signed, err = at.Sign(c.chain.signer); err != nil {
				return err
			}
		}
	}
	return Land(extensions...)
}

// extend writes the tiles of a log. Where its files are damaged they are mended first, from the other copy.
func (s *Store) extend(ctx context.Context, c *aCut) (*Extension, error) {
	x, err := c.chain.log.Extend(c.from, slices.Values(c.bodies))
	if err == nil || c.group == "" || !errors.Is(err, eventstore.ErrDamaged) {
		return x, err
	}
	if mending := s.mend(ctx, c.group, c.chain); mending != nil {
		s.log.Error("an event is whole in neither copy: what came after it is published with it as it is", "group", c.group, "cause", errors.Join(err, mending))
		return c.chain.log.carry(c.from, slices.Values(c.bodies))
	}
	return c.chain.log.Extend(c.from, slices.Values(c.bodies))
}

// closeAll closes segments that get no more records.
func closeAll(old []*segment) (errs []error) {
	for _, segment := range old {
		errs = append(errs, segment.close())
	}
	return errs
}

// dropAll removes segments of which all is published.
func dropAll(old []*segment) error {
	var errs []error
	for _, segment := range old {
		errs = append(errs, segment.drop())
	}
	return errors.Join(errs...)
}
