package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"registre/domain"
)

// today is what the same question answers today, or at the pair that the flags give.
type today struct {
	At          string          `json:"at"`
	Differences json.RawMessage `json:"differences,omitempty"` // of the group, as diff tells them
	Events      []uint64        `json:"events"`                // recorded in between
	Known       uint64          `json:"known"`
	Refused     string          `json:"refused,omitzero"` // why it cannot be asked at that pair
	Same        bool            `json:"same"`

	diff  diffAnswer
	story []storyItem
	texts map[string]*actData
}

// today asks the file's question at the pair of today, and what lies between the two.
func (r *reproducing) today(ctx context.Context) error {
	pair, err := r.a.pairOf(ctx, r.d, r.imprint.Group)
	if err != nil {
		return err
	}
	t := &today{At: pair.At.String(), Known: pair.Known, Events: []uint64{}}
	r.told.Today = t
	if err := r.same(ctx, t); err != nil {
		return err
	}
	q := Question{
		Kind: "diff", Group: r.imprint.Group, At: t.At, Known: "#" + decimal(t.Known), More: asking("from", r.imprint.At, "from_known", "#"+decimal(r.imprint.Known)),
	}
	raw, err := r.d.Ask(ctx, q)
	if err != nil {
		return err
	}
	var fields struct{ Differences json.RawMessage }
	if err := errors.Join(json.Unmarshal(raw, &t.diff), json.Unmarshal(raw, &fields)); err != nil {
		return err
	}
	t.Differences = fields.Differences
	return r.between(ctx, t)
}

// same finds out whether the question answers the same at the two pairs, apart from when.
func (r *reproducing) same(ctx context.Context, t *today) error {
	then, err := r.said(ctx, r.imprint.At, r.imprint.Known)
	if err != nil {
		return err
	}
	now, err := r.said(ctx, t.At, t.Known)
	if f := new(Fault); errors.As(err, &f) && f.Exit == exitMisused {
		t.Refused = f.Code
		return nil
	}
	t.Same = bytes.Equal(then, now)
	return err
}

// said is what the question answers at a pair, without when.
func (r *reproducing) said(ctx context.Context, at string, known uint64) ([]byte, error) {
	if r.answer != nil {
		q := r.asked
		q.At, q.Known = at, "#"+decimal(known)
		raw, err := r.d.Ask(ctx, q)
		return timeless(raw), err
	}
	p, err := r.again(ctx, at, "#"+decimal(known))
	if err != nil {
		return nil, err
	}
	return p.says(), nil
}

// between lists what was recorded after what the file knew, up to the other pair.
func (r *reproducing) between(ctx context.Context, t *today) error {
	if t.Known <= r.imprint.Known {
		return nil
	}
	story, err := answerTo[timelineAnswer](ctx, r.d, Question{Kind: "timeline", Group: r.imprint.Group, At: domain.LastDay.String(), Known: "#" + decimal(t.Known)})
	if err != nil {
		return err
	}
	t.texts = draftsIn(story.Events)
	for _, e := range story.Events {
		if e.Number > r.imprint.Known {
			t.story = append(t.story, e)
		}
	}
	slices.SortFunc(t.story, func(a, b storyItem) int { return cmp.Compare(a.Number, b.Number) })
	for _, e := range t.story {
		t.Events = append(t.Events, e.Number)
	}
	return nil
}

// mostEvents is how many events are told; the others are counted.
const mostEvents = 12

func (r *reproducing) showToday(t *today) {
	a := r.a
	a.printf("\n%s\n", format(a.tr("Au %[1]s, connu au #%[2]s :", "On %[1]s, as known at #%[2]s:"), t.At, decimal(t.Known)))
	switch {
	case t.Refused != "":
		a.printf("  %s\n", format(a.tr("la même question n'y a pas de réponse (%[1]s).", "the same question has no answer there (%[1]s)."), t.Refused, ""))
	case t.Same:
		a.printf("  %s\n", a.tr("la même question répond la même chose.", "the same question answers the same."))
	default:
		a.printf("  %s\n", a.tr("la même question répond autre chose.", "the same question answers something else."))
	}
	if len(t.diff.Differences) > 0 {
		a.printf("\n%s\n", a.tr("Ce qui a changé dans le groupement :", "What has changed in the group:"))
		rows := table{heads: []string{a.tr("quoi", "what"), a.tr("dans le fichier", "then"), a.tr("à présent", "now"), a.tr("événements", "events")}}
		for i := range t.diff.Differences {
			x := &t.diff.Differences[i]
			rows.add(a.differs(x), a.value(x, x.From), a.value(x, x.To), numbers(x.Events))
		}
		rows.print(a.out)
	}
	if len(t.story) == 0 {
		return
	}
	a.printf("\n%s\n", format(a.tr("Enregistré entre-temps : %[1]s événement%[2]s.", "Recorded in between: %[1]s event%[2]s."), decimal(uint64(len(t.story))), plural(len(t.story))))
	for i := range t.story[:min(len(t.story), mostEvents)] {
		e := &t.story[i]
		says := "#" + decimal(e.Number) + "  " + e.Effective + "  " + a.say(e.Type, &e.Data, t.texts)
		if marks := a.marks(e); len(marks) > 0 {
			says += " [" + strings.Join(marks, " ; ") + "]"
		}
		a.prose("  "+says, 4)
	}
	if rest := len(t.story) - mostEvents; rest > 0 {
		a.printf("  %s\n", format(a.tr("… et %[1]s autres : « registre timeline » les montre.", "… and %[1]s more: `registre timeline` shows them."), decimal(uint64(rest)), ""))
	}
}
