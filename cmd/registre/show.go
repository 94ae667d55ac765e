package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// eventAnswer is one event whole: as it is kept, what it says as known, and the corrections that name it.
type eventAnswer struct {
	CorrectedBy uint64          `json:"corrected_by,omitzero"` // the correction that decides what it says
	Corrections []correctionRow `json:"corrections"`           // all that name it, as known
	Event       jsontext.Value  `json:"event"`                 // exactly as kept
	Group       domain.GroupID  `json:"group"`
	Known       uint64          `json:"known"`
	Number      uint64          `json:"number"`
	Says        said            `json:"says"`           // as known; of a void event, what it said
	Void        bool            `json:"void,omitempty"` // a correction said that it never was
}

type correctionRow struct {
	Kind     string `json:"kind"`
	Number   uint64 `json:"number"`
	Reason   string `json:"reason"`
	Recorded string `json:"recorded"`
	Void     bool   `json:"void,omitempty"` // it voids the event
}

// eventAsked answers "event".
func eventAsked(a *asked) (answer eventAnswer, err error) {
	n, err := strconv.ParseUint(a.more["number"], 10, 53)
	if err != nil || n == 0 || n > min(a.Known, a.head) {
		return answer, misuse("event-unknown", string(a.Group), "#"+a.more["number"])
	}
	e, err := a.envelope(n)
	if err != nil {
		return answer, err
	}
	answer = eventAnswer{Group: a.Group, Known: a.Known, Number: n, Corrections: []correctionRow{}}
	if answer.Event, err = e.Append(nil); err != nil {
		return answer, err
	}
	now, stands := a.state.Said(n, a.Known)
	if !stands {
		now = e.Event()
	}
	answer.Void, answer.CorrectedBy = !stands, a.state.CorrectedBy(n, a.Known)
	answer.Says, err = saidOf(&e, now)
	answer.Corrections = append(answer.Corrections, a.corrections(n)...)
	return answer, err
}

// saidOf is what an event says, in its newest form.
func saidOf(e *eventstore.Envelope, now domain.Event) (said, error) {
	c := domain.Command{ID: e.Command, Group: e.Group, Actor: e.Actor}
	newest := eventstore.NewEnvelope(&c, now, e.Number, e.ID, e.Recorded)
	body, err := newest.Append(nil)
	if err != nil {
		return said{}, err
	}
	var says said
	return says, json.Unmarshal(body, &says)
}

// corrections are all that name event n, as known.
func (a *asked) corrections(n uint64) (rows []correctionRow) {
	for _, number := range a.state.CorrectionsNaming(n, a.Known) {
		c := a.state.Original(number).Act.(*domain.EventCorrected)
		rows = append(rows, correctionRow{
			Kind: c.Kind, Number: number, Reason: c.Reason, Recorded: a.Recorded(number).String(), Void: c.Replacement == nil,
		})
	}
	return rows
}

// event asks for one event.
func (a *app) event(ctx context.Context, q Question) (answer eventAnswer, err error) {
	d, err := a.open(ctx, false)
	if err != nil {
		return answer, err
	}
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(raw, &answer)
}

func (a *app) showVerb() *cobra.Command {
	return &cobra.Command{
		Use: "show GROUP N", Short: "One event, whole: as it was recorded, and as corrections made it since", Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := readNumber("N", args[1])
			if err != nil {
				return err
			}
			q := a.question("event", args[0], map[string]string{"number": strconv.FormatUint(n, 10)})
			return ask(cmd.Context(), a, q, a.showEvent)
		},
	}
}

func (a *app) showEvent(answer eventAnswer) error {
	e, err := eventstore.Decode(answer.Event)
	if err != nil {
		return err
	}
	a.printf("%s #%d  %s %d  %s\n\n", e.Group, e.Number, e.Type, e.Version, plain(subjectOf(e.Act)))
	a.field(a.tr("date d'effet", "effective"), e.Effective.String())
	a.field(a.tr("enregistré le", "recorded"), e.Recorded.String())
	a.field(a.tr("par", "by"), a.nameOf(e.Actor))
	a.field(a.tr("pour", "on behalf of"), string(e.OnBehalfOf))
	a.field(a.tr("inventé", "illustrative"), e.Illustrative)
	a.showEvidence(e.Evidence)
	var parts struct{ Data jsontext.Value }
	if err := json.Unmarshal(answer.Event, &parts); err != nil {
		return err
	}
	a.printf("\n")
	if err := a.tree(parts.Data, ""); err != nil {
		return err
	}
	a.showCorrections(answer)
	a.printf("\n%s %s\n%s %s\n", a.tr("événement", "event  "), e.ID, a.tr("commande ", "command"), e.Command)
	return nil
}

// field prints a name and a value, if there is one.
func (a *app) field(name, value string) {
	if value != "" {
		a.printf("%-14s %s\n", name, plain(value))
	}
}

// nameOf is a pseudonym, with the name behind it where there still is one.
func (a *app) nameOf(actor string) string {
	p, err := a.people()
	if err != nil {
		return actor
	}
	all, _ := p.list() // without it the pseudonym says enough
	for _, q := range all {
		if q.ID == actor {
			return actor + " (" + q.Name + ")"
		}
	}
	return actor
}

func (a *app) showEvidence(all []domain.Evidence) {
	if len(all) == 0 {
		a.field(a.tr("pièces", "evidence"), a.tr("aucune : affirmé sans document", "none: asserted without document"))
	}
	for _, e := range all {
		text := e.Kind + ": " + e.Reference
		if !e.SHA256.IsZero() {
			text += "  sha256 " + e.SHA256.String()
		}
		a.field(a.tr("pièce", "evidence"), text)
	}
}

func (a *app) showCorrections(answer eventAnswer) {
	if len(answer.Corrections) == 0 {
		return
	}
	a.printf("\n")
	for _, c := range answer.Corrections {
		how := a.tr("rectifié", "corrected")
		if c.Void {
			how = a.tr("annulé", "voided")
		}
		a.printf("%s #%d (%s, %s): %s\n", how, c.Number, c.Kind, c.Recorded, plain(c.Reason))
	}
	switch {
	case answer.Void:
		a.printf("%s\n", a.tr("Il ne compte plus.", "It no longer counts."))
	case answer.CorrectedBy != 0:
		a.printf("%s %s\n", a.tr("Il dit maintenant, à la date d'effet", "It now says, effective"), answer.Says.Effective)
		_ = a.tree(answer.Says.Data, "  ") // it was decoded already
	}
}

// tree prints a JSON value as people read it: a field a line, what stands within set in.
func (a *app) tree(v jsontext.Value, in string) error {
	switch v.Kind() {
	case '{':
		var fields map[string]jsontext.Value
		if err := json.Unmarshal(v, &fields); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if err := a.leaf(in+name+":", fields[name], in); err != nil {
				return err
			}
		}
	case '[':
		var list []jsontext.Value
		if err := json.Unmarshal(v, &list); err != nil {
			return err
		}
		for _, one := range list {
			if err := a.leaf(in+"-", one, in); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) leaf(label string, v jsontext.Value, in string) error {
	switch kind := v.Kind(); {
	case kind == '{' && flat(v):
		a.printf("%s %s\n", label, plain(inline(v)))
		return nil
	case kind == '{' || kind == '[':
		a.printf("%s\n", label)
		return a.tree(v, in+"  ")
	}
	var value any
	if err := json.Unmarshal(v, &value); err != nil {
		return err
	}
	a.printf("%s %s\n", label, plain(fmt.Sprint(value)))
	return nil
}

// flat reports whether an object holds nothing but texts and numbers.
func flat(v jsontext.Value) bool {
	var fields map[string]jsontext.Value
	if json.Unmarshal(v, &fields) != nil {
		return false
	}
	for _, value := range fields {
		if k := value.Kind(); k == '{' || k == '[' {
			return false
		}
	}
	return true
}

func inline(v jsontext.Value) string {
	var fields map[string]any
	_ = json.Unmarshal(v, &fields) // flat has seen that it can
	parts := []string{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, fmt.Sprintf("%s %v", name, fields[name]))
	}
	return strings.Join(parts, ", ")
}

func (a *app) followVerb() *cobra.Command {
	var from uint64
	cmd := &cobra.Command{
		Use: "follow [GROUP] [--from N]", Short: "Events as they come, until Ctrl-C: one line each",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return misuse("arguments", "", cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			group := ""
			if len(args) == 1 {
				group = args[0]
			}
			return a.follow(cmd.Context(), group, from)
		},
	}
	cmd.Flags().Uint64Var(&from, "from", 0, "begin with this event of the group (default: its first)")
	return cmd
}

func (a *app) follow(ctx context.Context, group string, from uint64) error {
	if group == "" && from > 1 {
		return misuse("follow-from", "", "")
	}
	d, err := a.open(ctx, false)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	if group != "" {
		if err := a.knownGroup(ctx, d, group); err != nil {
			return err
		}
	}
	for r, err := range d.Records(ctx, domain.GroupID(group), max(from, 1)-1, true) {
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		}
		if err := a.sayRecord(r); err != nil {
			return err
		}
	}
	return nil
}

// knownGroup refuses a group that nobody founded.
func (a *app) knownGroup(ctx context.Context, d desk, group string) error {
	all, err := a.groups(ctx, d)
	if err != nil {
		return err
	}
	for _, g := range all.Groups {
		if g.Group == group {
			return nil
		}
	}
	return misuse("unknown-group", group, "")
}

func (a *app) sayRecord(r eventstore.Record) error {
	if a.asJSON {
		_, err := fmt.Fprintf(a.out, "%s\n", r.Body)
		return err
	}
	e, err := eventstore.Open(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s  %s #%d  %s  %s %s\n", e.Recorded, e.Group, e.Number, e.Effective, e.Type, plain(subjectOf(e.Act)))
	return err
}

func (a *app) groups(ctx context.Context, d desk) (answer groupsAnswer, err error) {
	raw, err := d.Ask(ctx, Question{Kind: "groups"})
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(raw, &answer)
}

func (a *app) groupsVerb() *cobra.Command {
	return &cobra.Command{
		Use: "groups", Short: "The groups there are", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), a, Question{Kind: "groups"}, func(answer groupsAnswer) error {
				t := table{heads: []string{a.tr("groupement", "group"), a.tr("événements", "events"), a.tr("nom", "name")}, right: map[int]bool{1: true}}
				for _, g := range answer.Groups {
					t.add(g.Group, strconv.FormatUint(g.Head, 10), g.Name)
				}
				t.print(a.out)
				return nil
			})
		},
	}
}
