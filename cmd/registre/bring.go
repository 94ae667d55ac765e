package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"registre/domain"
	"registre/eventstore"
)

// bringing is a verb that brings one command: the flags that all such verbs have.
type bringing struct {
	a            *app
	ctx          context.Context // of the verb's run
	named        string          // the group
	actor        string
	basis        string
	dryRun       bool
	effective    string
	evidence     []string
	id           string
	illustrative string
	onBehalfOf   string
	house        bool // it is recorded in the house register, and no group is named

	ahead   func()                                                        // tells, before what was recorded, what is told once; nil for nothing
	explain func(error) error                                             // says more of a refusal; nil where there is no more to say
	after   func(ctx context.Context, on *workbench, done *outcome) error // says more of what was recorded; nil for nothing
}

// brings makes a verb that brings one command: act makes it of the arguments.
func (a *app) brings(use, short string, args int, act func(b *bringing, args []string) (domain.Act, error)) (*cobra.Command, *bringing) {
	b := &bringing{a: a}
	cmd := &cobra.Command{Use: use, Short: short, Args: exactly(args)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		b.ctx, b.named = cmd.Context(), args[0]
		made, err := act(b, args)
		if err != nil {
			return err
		}
		if b.house {
			b.named = string(domain.House)
		}
		return spelledAsTyped(cmd, b.bring(cmd.Context(), b.named, made))
	}
	flags := cmd.Flags()
	typedVar(flags, &b.effective, "effective", "the day from which it counts: 2021-06-01 or 01/06/2021, or 2021-06 or 2021 where no more is known (default: today in Paris)", typedDate)
	flags.StringArrayVar(&b.evidence, "evidence", nil, "a document it rests on, KIND:REFERENCE[:FILE]; of a file the SHA-256 alone is kept, and registre document add keeps the file; may be repeated")
	flags.StringVar(&b.illustrative, "illustrative", "", "what of it is invented, for a demonstration")
	flags.StringVar(&b.actor, "actor", "", "the pseudonym of whoever records it (default: yours)")
	flags.StringVar(&b.onBehalfOf, "on-behalf-of", "", "the member for whom it is recorded")
	flags.StringVar(&b.id, "id", "", "the UUID of the command, which counts once however often it is given (default: a new one)")
	flags.BoolVar(&b.dryRun, "dry-run", false, "say what would be recorded, and record nothing")
	return cmd, b
}

// withBasis adds --basis to a verb whose act is a change of the rules.
func (b *bringing) withBasis(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&b.basis, "basis", "", "the legal basis of the change (needed outside the convention and its avenants)")
	return cmd
}

// bring records an act, and says what became of it.
func (b *bringing) bring(ctx context.Context, group string, act domain.Act) error {
	c, err := b.command(group, act)
	if err != nil {
		return err
	}
	_, founds := act.(*domain.GroupFounded)
	bench, err := b.a.workbench(ctx, b.dryRun, founds)
	if err != nil {
		return err
	}
	defer bench.close()
	o, err := bench.record(ctx, &c)
	if err != nil {
		if b.explain != nil {
			err = b.explain(err)
		}
		return err
	}
	if b.ahead != nil && !o.DryRun && !b.a.asJSON {
		b.ahead()
	}
	if err := b.a.sayOutcome(o, &c); err != nil || b.after == nil || b.a.asJSON || o.Repeated {
		return err
	}
	return b.after(ctx, bench, o)
}

// command is what the flags and the arguments say, without an actor where none was named.
func (b *bringing) command(group string, act domain.Act) (domain.Command, error) {
	c := domain.Command{
		Group: domain.GroupID(group), Act: act, Actor: b.actor, OnBehalfOf: domain.MemberID(b.onBehalfOf), Illustrative: nfc(b.illustrative),
	}
	var err error
	if c.Effective, err = b.day(); err != nil {
		return c, err
	}
	if c.Evidence, err = readEvidence(b.evidence); err != nil {
		return c, err
	}
	c.ID, err = b.commandID()
	return c, err
}

// day is the effective day: today in Paris where none is given.
func (b *bringing) day() (domain.Date, error) {
	if b.effective == "" {
		return domain.OnDay(domain.InstantOf(b.a.now()).Day()), nil
	}
	return readDate("--effective", b.effective)
}

func (b *bringing) commandID() (uuid.UUID, error) {
	if b.id == "" {
		return uuid.NewV7()
	}
	id, err := uuid.Parse(b.id)
	if err != nil || id.String() != b.id || id == uuid.Nil {
		return id, inFlag("uuid-form", "--id", b.id)
	}
	return id, nil
}

// nfc is a text in the form in which the register keeps texts. Some systems type letters and accents apart.
func nfc(s string) string { return norm.NFC.String(s) }

// inFlag is a misuse at a flag or an argument.
func inFlag(name, field, detail string) error {
	f := misuse(name, "", detail)
	f.Field = field
	return f
}

func readDate(field, s string) (domain.Date, error) {
	d, err := domain.ParseDate(s)
	if err != nil {
		return d, inFlag("date-unreadable", field, s)
	}
	return d, nil
}

func readWeight(field, s string) (domain.Weight, error) {
	w, err := domain.ParseWeight(s)
	if err != nil {
		return w, inFlag("weight-form", field, err.Error())
	}
	return w, nil
}

// readPair reads NAME=WEIGHT, the weight by read.
func readPair(field, s string, read func(field, s string) (domain.Weight, error)) (string, domain.Weight, error) {
	name, text, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return "", domain.Weight{}, inFlag("pair-form", field, s)
	}
	w, err := read(field, text)
	return name, w, err
}

func readMemberWeights(field string, list []string, read func(field, s string) (domain.Weight, error)) (weights []domain.MemberWeight, err error) {
	for _, s := range list {
		name, w, err := readPair(field, s, read)
		if err != nil {
			return nil, err
		}
		weights = append(weights, domain.MemberWeight{Member: domain.MemberID(name), Weight: w})
	}
	return weights, nil
}

// readNumber reads the number of an event: 12 or #12.
func readNumber(field, s string) (uint64, error) {
	digits := strings.TrimPrefix(s, "#")
	n, err := strconv.ParseUint(digits, 10, 53)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != digits {
		return 0, inFlag("number-form", field, s)
	}
	return n, nil
}

// readEvidence reads KIND:REFERENCE[:FILE]. A reference that holds a colon needs one more at its end, or a file.
func readEvidence(list []string) (all []domain.Evidence, err error) {
	for _, s := range list {
		kind, rest, ok := strings.Cut(s, ":")
		if !ok || kind == "" || rest == "" {
			return nil, inFlag("evidence-form", "--evidence", s)
		}
		e := domain.Evidence{Kind: nfc(kind), Reference: nfc(rest)}
		if i := strings.LastIndexByte(rest, ':'); i >= 0 {
			e.Reference = nfc(rest[:i])
			if rest[i+1:] != "" {
				if e.SHA256, err = hashFile(rest[i+1:]); err != nil {
					return nil, err
				}
			}
		}
		all = append(all, e)
	}
	return all, nil
}

// sayOutcome says what became of a command, and how it can be taken back.
func (a *app) sayOutcome(o *outcome, c *domain.Command) error {
	if a.asJSON {
		return a.json(o)
	}
	a.sayEvents(o)
	if o.DryRun || o.Repeated {
		return nil
	}
	switch c.Act.(type) {
	case *domain.GroupFounded, *domain.DocumentErased: // no correction brings bytes back
	default:
		a.printf("%s %s --reason …\n", a.tr("Pour l'annuler :", "To take it back:"),
			a.commandLine("correct", string(o.Group), strconv.FormatUint(o.First, 10), "--void", "--kind", "clerical"))
	}
	return nil
}

// sayEvents prints a line for each event of an outcome.
func (a *app) sayEvents(o *outcome) {
	done := a.tr("enregistré", "recorded")
	switch {
	case o.DryRun && o.Repeated, o.Repeated:
		done = a.tr("déjà enregistré", "recorded already")
	case o.DryRun:
		done = a.tr("serait enregistré", "would be recorded")
	}
	for i, e := range o.Events {
		follows := ""
		if i > 0 {
			follows = a.tr(", de lui-même", ", by itself")
		}
		a.printf("%s #%d %s%s%s%s\n", o.Group, e.Number, done, follows, a.tr(" : ", ": "), plain(strings.TrimSpace(e.Type+" "+e.Subject)))
	}
	a.sayWarnings(o.Warnings)
}

// an event that an outcome made.
type madeEvent struct {
	Number  uint64 `json:"number"`
	Subject string `json:"subject,omitempty"`
	Type    string `json:"type"`
}

func madeOf(e *eventstore.Envelope) madeEvent {
	return madeEvent{Number: e.Number, Type: e.Type, Subject: subjectOf(e.Act)}
}

// subjectOf says in a word of what or of whom an act speaks.
func subjectOf(act domain.Act) string {
	switch act := act.(type) {
	case *domain.GroupFounded:
		return act.Name
	case *domain.MemberJoined:
		return string(act.Member)
	case *domain.MemberWithdrew:
		return string(act.Member)
	case *domain.MembersSucceeded:
		return succession(act)
	case *domain.RoleGiven:
		return act.Role + " " + string(act.Member)
	case *domain.RoleEnded:
		return act.Role
	case *domain.BodyCreated:
		return string(act.Body)
	case *domain.BodyRenamed:
		return string(act.Body)
	case *domain.BodyReplaced:
		return string(act.Body) + " → " + string(act.By)
	case *domain.BodyDissolved:
		return string(act.Body)
	case *domain.WeightsSet:
		return string(act.Body)
	case *domain.ObligationSet:
		return act.Article
	}
	return subjectOfText(act)
}

func subjectOfText(act domain.Act) string {
	switch act := act.(type) {
	case *domain.AvenantDrafted:
		return string(act.Avenant)
	case *domain.MemberDeliberated:
		return string(act.Text) + " " + string(act.Member)
	case *domain.MemberSigned:
		return string(act.Text) + " " + string(act.Member)
	case *domain.DeliberationFell:
		return "#" + strconv.FormatUint(act.Deliberation, 10)
	case *domain.AvenantAbandoned:
		return string(act.Avenant)
	case *domain.AvenantEnteredIntoForce:
		return string(act.Avenant)
	case *domain.KeyRotated:
		return string(act.NewKey)
	case *domain.RightGranted:
		return string(act.Principal)
	case *domain.SubscriptionMade:
		return string(act.Subscription)
	case *domain.SubscriptionEnded:
		return string(act.Subscription)
	case *domain.DeliveryResumed:
		return string(act.Subscription)
	case *domain.NoticeSkipped:
		return act.Notice
	case *domain.RightEnded:
		return "#" + strconv.FormatUint(act.Right, 10)
	case *domain.EventCorrected:
		return "#" + strconv.FormatUint(act.Target, 10)
	}
	return subjectOfOrdering(act)
}

func succession(act *domain.MembersSucceeded) string {
	var from, to []string
	for _, m := range act.Predecessors {
		from = append(from, string(m))
	}
	for _, n := range act.Successors {
		to = append(to, string(n.Member))
	}
	return strings.Join(from, ", ") + " → " + strings.Join(to, ", ")
}
