package main

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
	"registre/replay"
)

// rehearse tries every command on the group that the import has folded for itself, and takes note of what the register would
// refuse and of what it would warn of. Nothing is asked of the group afterwards that ought to be as the register stands.
func (i *importing) rehearse(ctx context.Context) error {
	bar := newProgress(i.a, int64(len(i.steps)))
	defer bar.end()
	for n := range i.steps {
		s := &i.steps[n]
		if s.failed {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		bar.at(n, int64(n))
		err := i.try(s)
		if err == nil {
			continue
		}
		f := *faultOf(err)
		if f.Exit != exitRefused && f.Exit != exitMisused {
			return err
		}
		i.refused(s, &f)
	}
	return nil
}

// try decides a command as the ledger will: one whose id the register has is there already.
func (i *importing) try(s *step) error {
	c := s.command
	c.Actor = rehearsing
	warnings := domain.Warnings(i.state, c)
	reasons(c.Act, warnings)
	if err := identify(&s.command); err != nil {
		return err
	}
	c.ID = s.command.ID
	if i.commands[c.ID] {
		s.repeated = true
		return nil
	}
	if err := c.Check(); err != nil {
		return err
	}
	events, err := domain.Enact(i.state, c)
	if err != nil {
		return err
	}
	s.warnings = warnings
	for _, e := range events {
		i.body, err = fits(i.body[:0], &c, e)
		if err != nil {
			return wireFault(err)
		}
	}
	return nil
}

// reasons leaves an order form without a reason that it does not need: they are given for the whole table, and a reason in the
// register says that a rule was set aside.
func reasons(act domain.Act, warnings []domain.Warning) {
	needs := func(kind string) bool {
		return slices.ContainsFunc(warnings, func(w domain.Warning) bool { return w.Kind == kind })
	}
	for kind, reason := range reasonsOf(act) {
		if !needs(kind) {
			*reason = ""
		}
	}
}

func reasonsOf(act domain.Act) map[string]*string {
	switch a := act.(type) {
	case *domain.OrderIssued:
		return map[string]*string{domain.WarnOverlap: &a.OverlapReason, domain.WarnPast: &a.CeilingReason}
	case *domain.OrderAmended:
		return map[string]*string{domain.WarnOverlap: &a.OverlapReason, domain.WarnPast: &a.CeilingReason}
	}
	return nil
}

// rehearsing stands for an actor whom a rehearsal need not know.
const rehearsing = "dry-run"

// fits writes the body of an event, to see whether it is short enough for the register.
func fits(room []byte, c *domain.Command, e domain.Event) ([]byte, error) {
	envelope := eventstore.NewEnvelope(c, e, 1<<40, c.ID, domain.FirstInstant)
	return envelope.Append(room)
}

// record records the commands, of which none was refused in the rehearsal: schools many at a time, since none stands on
// another; order forms one after the other, since of two on one day the later one counts.
func (i *importing) record(ctx context.Context) error {
	if i.dryRun {
		return nil
	}
	bar := newProgress(i.a, int64(len(i.steps)))
	defer bar.end()
	schools := 0
	for schools < len(i.steps) && i.steps[schools].form < 0 {
		schools++
	}
	if err := i.recordSchools(ctx, i.steps[:schools], bar); err != nil {
		return err
	}
	for n := schools; n < len(i.steps); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		bar.at(n, int64(n))
		if err := i.recordStep(ctx, &i.steps[n]); err != nil {
			return err
		}
	}
	return nil
}

// schoolsAtOnce is how many schools are recorded together: they share what it takes to make them durable.
const schoolsAtOnce = 64

func (i *importing) recordSchools(ctx context.Context, steps []step, bar *progress) error {
	if len(steps) == 0 {
		return nil
	}
	if _, err := i.bench.actor(ctx); err != nil { // which then is known to all of them
		return err
	}
	failed := make(chan error, 1)
	free := make(chan struct{}, schoolsAtOnce)
	var err error
	for n := range steps {
		free <- struct{}{}
		bar.at(n, int64(n))
		if err = ctx.Err(); err == nil {
			select {
			case err = <-failed:
			default:
			}
		}
		if err != nil {
			<-free
			break
		}
		go func() {
			defer func() { <-free }()
			if err := i.send(ctx, &steps[n]); err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		}()
	}
	for range schoolsAtOnce { // until all are done
		free <- struct{}{}
	}
	select {
	case other := <-failed:
		err = errors.Join(err, other)
	default:
	}
	for n := range steps {
		i.settle(&steps[n])
	}
	return err
}

// recordStep records one command, and takes note of a refusal.
func (i *importing) recordStep(ctx context.Context, s *step) error {
	err := i.send(ctx, s)
	i.settle(s)
	return err
}

// send records one command, unless the rehearsal has refused it.
func (i *importing) send(ctx context.Context, s *step) (err error) {
	if s.failed {
		return nil
	}
	s.outcome, err = i.bench.record(ctx, &s.command)
	var refusal *domain.Refusal
	if errors.As(err, &refusal) {
		s.refusal = faultOf(err)
		return nil
	}
	return err
}

// settle takes note of a refusal: somebody has recorded something since the rehearsal.
func (i *importing) settle(s *step) {
	if s.refusal != nil {
		f := *s.refusal
		i.refused(s, &f)
	}
}

// identify gives a command the id that the same one always has, whoever imports it.
func identify(c *domain.Command) (err error) {
	c.ID, err = (&recording{seen: map[[32]byte]uint64{}}).idOf(c)
	return err
}

// commandsOf are the ids of the commands in a register.
func commandsOf(book *replay.Book) map[uuid.UUID]bool {
	all := make(map[uuid.UUID]bool, book.Head())
	for e := range book.Envelopes(book.Head()) {
		all[e.Command] = true
	}
	return all
}
