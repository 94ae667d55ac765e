package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// ofSitting makes a verb that brings something said of a sitting, its second argument, which is named by its id or by the number of
// the event that convened it. What follows is given to act.
func (a *app) ofSitting(use, short string, least int, act func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error), listers ...lister) (*cobra.Command, *bringing) {
	cmd, b := a.brings(use, short, 2+least, func(b *bringing, args []string) (domain.Act, error) {
		id, err := b.sitting(args[0], args[1])
		if err != nil {
			return nil, err
		}
		b.explain = func(err error) error { return b.explained(err, args[0], id) }
		return act(b, id, args[2:])
	})
	if strings.Contains(use, "…") {
		cmd.Args = atLeast(2 + least)
	}
	cmd.ValidArgsFunction = a.completes(append([]lister{a.sittingsThere}, listers...)...)
	return cmd, b
}

// sitting is the id of the sitting that is named. Only where it is a number, is it looked up.
func (b *bringing) sitting(group, name string) (domain.SittingID, error) {
	if strings.Trim(name, "#0123456789") != "" {
		return domain.SittingID(name), nil
	}
	s, err := b.now(group, name)
	if err != nil {
		return "", err
	}
	return domain.SittingID(s.Sitting), nil
}

// now is a sitting as it stands, whatever the day; where the command was recorded before, as it stood then, so that what is said
// by "all others" is the same again.
func (b *bringing) now(group, name string) (s *sittingAnswer, err error) {
	d, err := b.a.open(b.ctx, false)
	if err != nil {
		return nil, err
	}
	first, err := b.first(d, group)
	if err != nil {
		return nil, err
	}
	known := ""
	if first > 1 {
		known = fmt.Sprint("#", first-1)
	}
	return sittingNow(b.ctx, d, group, name, known)
}

// until passes on the events up to a number.
func until(events iter.Seq2[eventstore.Envelope, error], last uint64) iter.Seq2[eventstore.Envelope, error] {
	return func(yield func(eventstore.Envelope, error) bool) {
		for e, err := range events {
			if err == nil && e.Number > last || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// sittingNow asks a desk for a sitting as it stands at the end of time, as known.
func sittingNow(ctx context.Context, d desk, group, name, known string) (*sittingAnswer, error) {
	raw, err := d.Ask(ctx, Question{Kind: "sitting", Group: group, At: domain.LastDay.String(), Known: known, More: asking("sitting", name)})
	if err != nil {
		return nil, err
	}
	s := new(sittingAnswer)
	return s, json.Unmarshal(raw, s)
}

// explained says in a refusal which group and sitting are meant, and where there is no such sitting, which are like it.
func (b *bringing) explained(err error, group string, id domain.SittingID) error {
	f := faultOf(err)
	if _, of := ruleRemedies[f.Code]; !of || f.Detail != "" {
		return err
	}
	f.Detail = group + " " + string(id)
	if f.Code == domain.UnknownSitting.Code {
		if d, err := b.a.open(b.ctx, false); err == nil {
			all, _ := answerTo[sittingsAnswer](b.ctx, d, Question{Kind: "sittings", Group: group, At: domain.LastDay.String()})
			var there []string
			for _, s := range all.Sittings {
				there = append(there, s.Sitting)
			}
			f.Detail += "\x00" + strings.Join(alike(f.Subject, there), ", ")
		}
	}
	return f
}

// sittingVerbs bring what is said of a sitting as a whole, and of who is there.
func (a *app) sittingVerbs() []*cobra.Command {
	return append([]*cobra.Command{a.conveneVerb(), a.noticeVerb(), a.answerVerb(), a.openSittingVerb()}, append(a.roomVerbs(), a.endVerbs()...)...)
}

// convening is the flags of "sitting convene".
type convening struct {
	agenda                                    agendaFlags
	id, hour, place, mode, deadline, secondOf string
	observers                                 []string
}

func (a *app) conveneVerb() *cobra.Command {
	var f convening
	cmd, _ := a.brings("convene GROUP BODY DAY --item ITEM=TITLE … [--hour 14:30] [--place PLACE] [--second-of SITTING]", "A body is convened for a day, with its agenda", 3,
		func(b *bringing, args []string) (domain.Act, error) { return f.act(b, args) })
	cmd.Long = `A body is convened for a day, with its agenda. The sitting is called BODY-DAY, as cogouv-2023-03-20, unless --sitting says otherwise.
--effective is the day on which it is convened, not that of the sitting.

A written consultation has --mode written, DAY as its first day and --deadline as its last. On second notice, after a sitting that
was adjourned for want of a quorum, the items of that one which were not dealt with are taken over where none is named, and so are its
observers.`
	f.agenda.flags(cmd, "item")
	flags := cmd.Flags()
	flags.StringVar(&f.id, "sitting", "", "the id of the sitting (default: BODY-DAY)")
	typedVar(flags, &f.hour, "hour", "its hour in Paris, as 14:30 or 14h30", typedHour)
	flags.StringVar(&f.place, "place", "", "where it is")
	flags.StringVar(&f.mode, "mode", domain.InPerson, "how it is held: in-person, remote or written (a consultation)")
	dayVar(flags, &f.deadline, "deadline", "of a written consultation: the last day for answers")
	flags.StringVar(&f.secondOf, "second-of", "", "the sitting, adjourned for want of a quorum, of which this is the second notice")
	flags.StringArrayVar(&f.observers, "observer", nil, "who is convened without a vote, as \"aa-nancy-metz=Académie de Nancy-Metz\"; may be repeated")
	cmd.ValidArgsFunction = a.completes(a.bodiesThere, nothingThere)
	a.completeFlag(cmd, "second-of", a.sittingsThere)
	return cmd
}

func nothingThere(*cobra.Command, string, ...string) []string { return nil }

func (f *convening) act(b *bringing, args []string) (domain.Act, error) {
	act := &domain.SittingConvened{Body: domain.BodyID(args[1]), Hour: f.hour, Mode: f.mode, Place: nfc(f.place), Sitting: domain.SittingID(f.id)}
	day, err := typedDay("DAY", args[2])
	err = firstOf(err, read("day-unreadable", "DAY", day, &act.Day, domain.ParseDay), maybe("day-unreadable", "--deadline", f.deadline, &act.Deadline, domain.ParseDay))
	if err != nil {
		return nil, err
	}
	if act.Sitting == "" {
		act.Sitting = domain.SittingID(args[1] + "-" + act.Day.String())
	}
	for _, s := range f.observers {
		id, name, ok := strings.Cut(s, "=")
		if !ok || id == "" || name == "" {
			return nil, inFlag("observer-form", "--observer", s)
		}
		act.Observers = append(act.Observers, domain.Named{Member: domain.MemberID(id), Name: nfc(name)})
	}
	if act.Agenda, err = f.agenda.items("--item"); err != nil {
		return nil, err
	}
	if f.secondOf != "" {
		if act.SecondOf, err = b.sitting(args[0], f.secondOf); err != nil {
			return nil, err
		}
		b.explain = func(err error) error { return b.explained(err, args[0], act.SecondOf) }
		first, err := b.drafted(args[0], draft{make: draftSecond, sitting: act.SecondOf})
		if err != nil {
			return nil, err
		}
		f.takeOver(first, act)
	}
	return act, nil
}

// takeOver takes over of the first sitting, on second notice, the items that were not dealt with and the observers, where none are named.
func (f *convening) takeOver(first domain.Act, act *domain.SittingConvened) {
	s, ok := first.(*domain.SittingConvened)
	if !ok {
		return
	}
	if len(act.Agenda) == 0 {
		act.Agenda = s.Agenda
	}
	if len(f.observers) == 0 {
		act.Observers = s.Observers
	}
}

// agendaFlags say what items are: of an agenda, or the parts of one.
type agendaFlags struct{ titles, kinds, options, changes, texts []string }

func (f *agendaFlags) flags(cmd *cobra.Command, what string) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.titles, what, nil, "an item and its title, as \"1=Budget 2024\"; may be repeated")
	flags.StringArrayVar(&f.kinds, "kind", nil, "ITEM=KIND: the kind of an item, whose rule holds for it; may be repeated")
	flags.StringArrayVar(&f.options, "option", nil, "ITEM:OPTION=TITLE: one of several options to choose from; may be repeated")
	flags.StringArrayVar(&f.changes, "changes", nil, "ITEM=FILE: a JSON file with the changes that an item makes once it is adopted (docs/catalogue.md); may be repeated")
	flags.StringArrayVar(&f.texts, "text", nil, "ITEM=FILE: the text put to vote, of which the SHA-256 is kept; may be repeated")
}

// items are the items that the flags say.
func (f *agendaFlags) items(flag string) (items []domain.AgendaItem, err error) {
	place := map[string]int{}
	for _, s := range f.titles {
		id, title, ok := strings.Cut(s, "=")
		if !ok || id == "" || title == "" {
			return nil, inFlag("item-form", flag, s)
		}
		place[id] = len(items)
		items = append(items, domain.AgendaItem{Item: domain.ItemID(id), Title: nfc(title)})
	}
	for _, d := range []struct {
		flag, sep, fault string
		values           []string
		set              func(i *domain.AgendaItem, rest string) error
	}{
		{"--kind", "=", "item-form", f.kinds, setKind},
		{"--option", ":", "option-form", f.options, addOption},
		{"--changes", "=", "item-form", f.changes, setChanges},
		{"--text", "=", "item-form", f.texts, setText},
	} {
		for _, s := range d.values {
			id, rest, _ := strings.Cut(s, d.sep)
			i, there := place[id]
			if !there || rest == "" {
				return nil, inFlag(d.fault, d.flag, s)
			}
			if err := d.set(&items[i], rest); err != nil {
				return nil, err
			}
		}
	}
	return items, nil
}

func setKind(i *domain.AgendaItem, kind string) error {
	i.Kind = domain.ItemKind(kind)
	return nil
}

func setChanges(i *domain.AgendaItem, path string) (err error) {
	i.Changes, err = readChanges(path)
	return err
}

func setText(i *domain.AgendaItem, path string) (err error) {
	i.SHA256, err = hashFile(path)
	return err
}

// addOption reads OPTION=TITLE.
func addOption(i *domain.AgendaItem, s string) error {
	id, title, ok := strings.Cut(s, "=")
	if !ok || id == "" || title == "" {
		return inFlag("option-form", "--option", s)
	}
	i.Options = append(i.Options, domain.AgendaOption{Option: domain.OptionID(id), Title: nfc(title)})
	return nil
}

func (a *app) noticeVerb() *cobra.Command {
	var sent, received string
	cmd, _ := a.ofSitting("notice GROUP SITTING [MEMBER…] --sent INSTANT | --received INSTANT", "The notice of a sitting was sent to members (default: to all), or those named had it", 0,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			switch {
			case sent != "" && received != "":
				return nil, misuse("flags-exclusive", "--sent, --received", "")
			case received != "" && len(rest) == 0: // nobody is taken to have had what he may not have had
				return nil, misuse("receivers-missing", "--received", "")
			case received != "":
				act := &domain.NoticeReceived{Members: membersOf(rest), Sitting: id}
				return act, read("instant-form", "--received", received, &act.Received, parseInstant)
			case sent != "":
				act := &domain.NoticeSent{Members: membersOf(rest), Sitting: id}
				return act, read("instant-form", "--sent", sent, &act.Sent, parseInstant)
			}
			return nil, misuse("flag-missing", "--sent", "")
		}, a.membersThere)
	typedVar(cmd.Flags(), &sent, "sent", "when it was sent: 2023-03-01T09:30:00+01:00, \"01/03/2023 9h30\" by the clock in Paris, or the day, which means its end there", typedInstant)
	typedVar(cmd.Flags(), &received, "received", "when they had it", typedInstant)
	return cmd
}

// parseInstant reads an instant, or a day, which means its end in Paris.
func parseInstant(s string) (domain.Instant, error) { return instant(s) }

func membersOf(names []string) (all []domain.MemberID) {
	for _, s := range names {
		all = append(all, domain.MemberID(s))
	}
	return all
}

func (a *app) answerVerb() *cobra.Command {
	cmd, _ := a.ofSitting("answer GROUP SITTING MEMBER will-attend|will-be-represented|excused", "A member answers the notice", 2,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.NoticeAnswered{Answer: rest[1], Member: domain.MemberID(rest[0]), Sitting: id}, nil
		}, a.membersThere, func(*cobra.Command, string, ...string) []string {
			return []string{domain.WillAttend, domain.WillBeRepresented, domain.Excused}
		})
	return cmd
}

func (a *app) openSittingVerb() *cobra.Command {
	var all bool
	cmd, _ := a.ofSitting("open GROUP SITTING MEMBER… | --all", "A sitting is opened: who is there", 0,
		func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			act := &domain.SittingOpened{Present: membersOf(rest), Sitting: id}
			if !all {
				return act, nil
			}
			if len(rest) > 0 {
				return nil, misuse("flags-exclusive", "MEMBER, --all", "")
			}
			as, err := b.drafted(b.named, draft{make: draftPresent, sitting: id})
			if opened, ok := as.(*domain.SittingOpened); ok {
				act.Present = opened.Present
			}
			return act, err
		}, a.membersThere)
	cmd.Flags().BoolVar(&all, "all", false, "all who vote in the body, and all observers, are there")
	return cmd
}

// convenedTo are those who vote in the body of a sitting on its day, under the rule of its first item, and its observers.
func convenedTo(g *domain.Group, id domain.SittingID) (all []domain.MemberID) {
	s, ok := g.Sitting(id, domain.Now(domain.LastDay))
	if !ok {
		return nil
	}
	on, kind := domain.Now(s.Convened.Day), domain.ItemKind("")
	if len(s.Agenda) > 0 {
		kind = s.Agenda[0].Kind
	}
	if rule, _ := g.VotingRule(s.Convened.Body, kind, on); rule != nil {
		for _, row := range g.RollOf(s.Convened.Body, rule, on) {
			all = append(all, row.Member)
		}
	}
	for _, o := range s.Convened.Observers {
		all = append(all, o.Member)
	}
	return all
}
