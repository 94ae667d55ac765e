package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"registre/eventstore"
	"registre/eventstore/jetstream"
)

// defaultDemo is the demonstration's own folder.
const defaultDemo = "./registre-demo"

// demoDone is what the demonstration answers to programs.
type demoDone struct {
	Built bool   `json:"built"` // now, not before
	Data  string `json:"data"`
	Group string `json:"group"`
	Head  uint64 `json:"head"`
}

func (a *app) demoVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Write the history of the Grand Est group into a folder of its own, and show what can be asked of it",
		Args:  exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.nats != "" {
				return misuse("demo-nats", "", "")
			}
			if !cmd.Flags().Changed("data") {
				a.data = defaultDemo
			}
			built, err := a.buildDemo(cmd.Context())
			if err != nil {
				return err
			}
			return a.showDemo(cmd.Context(), built)
		},
	}
}

// buildDemo makes sure that the folder holds the demonstration, and reports whether it had to be built.
func (a *app) buildDemo(ctx context.Context) (built bool, err error) {
	all, err := story()
	if err != nil {
		return false, err
	}
	if there, err := a.demoThere(ctx, all); there || err != nil {
		return false, err
	}
	if err = buildAside(a.data, func(part string) error { return buildIn(ctx, part, all) }); err == nil {
		return true, nil
	}
	if there, _ := a.demoThere(ctx, all); there { // somebody else was first
		return false, nil
	}
	return false, err
}

// demoOrigin is the name under which the demonstration is signed.
const demoOrigin = "registre.example/demo"

func buildIn(ctx context.Context, dir string, all []toldCommand) error {
	store, err := house{Data: dir, Origin: demoOrigin, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	return tell(ctx, store, all)
}

// demoThere reports whether the folder holds the demonstration. One that holds something else is refused.
func (a *app) demoThere(ctx context.Context, all []toldCommand) (bool, error) {
	free, err := vacant(a.data)
	switch {
	case err != nil:
		return false, misuse("demo-occupied", a.data, err.Error())
	case free:
		return false, nil
	}
	d, err := a.open(ctx, false)
	if errors.Is(err, jetstream.ErrForeign) || errors.Is(err, jetstream.ErrNoFolder) || errors.Is(err, jetstream.ErrHalfMade) {
		return false, misuse("demo-occupied", a.data, a.data)
	}
	if err != nil {
		return false, err
	}
	for r, err := range d.Records(ctx, demoGroup, 0, false) {
		if err != nil {
			return false, err
		}
		e, err := eventstore.Open(r)
		if err == nil && e.Command == all[0].command.ID {
			return true, nil
		}
		break
	}
	return false, misuse("demo-occupied", a.data, a.data)
}

// showDemo shows what can be asked: the weights of three days side by side, a total that does not fit, one question at two
// knowledges.
func (a *app) showDemo(ctx context.Context, built bool) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	members, err := answerTo[membersAnswer](ctx, d, Question{Kind: "members", Group: demoGroup})
	if err != nil {
		return err
	}
	if a.asJSON {
		return json.NewEncoder(a.out).Encode(demoDone{Built: built, Data: a.data, Group: demoGroup, Head: members.Known})
	}
	a.printf("%s\n%s\n", fmt.Sprintf(a.tr("Le groupement de commandes ENT du Grand Est, en %d événements, dans %s.", "The ENT purchasing group of the Grand Est, in %d events, in %s."), members.Known, a.data),
		a.tr("Ce qui y est inventé est marqué « illustratif ».", "What is invented in it is marked illustrative."))
	for _, show := range []func(context.Context, desk) error{a.demoWeights, a.demoTotal, a.demoKnown} {
		if err := show(ctx, d); err != nil {
			return err
		}
	}
	a.demoNext()
	return nil
}

func (a *app) heading(fr, en string) { a.printf("\n── %s\n\n", a.tr(fr, en)) }

// demoWeights lays three answers side by side.
func (a *app) demoWeights(ctx context.Context, d desk) error {
	a.heading("Qui portait combien de voix ?", "Who held how many voices?")
	asked := []struct{ body, at, fr, en string }{
		{"ag", "2018-01-01", "AG 2018", "AG 2018"},
		{"ag", "2021-06-01", "AG 2021 (fusion)", "AG 2021 (merger)"},
		{"cogouv", "2023-06-01", "COGOUV 2023 (avenant)", "COGOUV 2023 (avenant)"},
	}
	t := table{heads: []string{a.tr("membre", "member")}, right: map[int]bool{1: true, 2: true, 3: true}}
	held := map[string][]string{}
	var order []string
	var illustrative []remark
	totals := []string{"total"}
	for i, q := range asked {
		w, err := answerTo[weightsAnswer](ctx, d, Question{Kind: "weights", Group: demoGroup, At: q.at, More: asking("body", q.body)})
		if err != nil {
			return err
		}
		for _, m := range w.Members {
			if held[m.Member] == nil {
				held[m.Member] = []string{m.Member, "–", "–", "–"}
				order = append(order, m.Member)
			}
			held[m.Member][i+1] = a.weight(m)
		}
		t.heads, totals = append(t.heads, a.tr(q.fr, q.en)), append(totals, a.number(w.Total))
		illustrative = append(illustrative, w.Illustrative...)
	}
	for _, m := range order {
		t.add(held[m]...)
	}
	t.add(totals...)
	t.print(a.out)
	a.showIllustrative(once(illustrative))
	return nil
}

// once leaves out what was said before.
func once(remarks []remark) (found []remark) {
	seen := map[remark]bool{}
	for _, r := range remarks {
		if !seen[r] {
			found = append(found, r)
		}
		seen[r] = true
	}
	return found
}

// demoTotal shows the finding on the stated total.
func (a *app) demoTotal(ctx context.Context, d desk) error {
	a.heading("Un document annonce 16 voix ; il y en a 15.", "A document states 16 voices; there are 15.")
	f, err := answerTo[findingsAnswer](ctx, d, Question{Kind: "findings", Group: demoGroup})
	for i := range f.Findings {
		if f.Findings[i].Code == "F0101" {
			a.cast = f.Named.cast()
			a.prose(a.findingLine(&f.Findings[i]), 9)
			a.cast = nil
		}
	}
	a.printf("\n%s\n", a.tr("Rien n'est corrigé en silence : le total annoncé reste une citation, la somme se calcule.", "Nothing is mended silently: the stated total stays a quotation, the sum is computed."))
	return err
}

// demoKnown asks one question at two knowledges: before and after a correction.
func (a *app) demoKnown(ctx context.Context, d desk) error {
	a.heading("La même question, avant et après une rectification", "The same question, before and after a correction")
	story, err := answerTo[timelineAnswer](ctx, d, Question{Kind: "timeline", Group: demoGroup})
	if err != nil {
		return err
	}
	t := table{heads: []string{a.tr("COGOUV, le 2023-06-01", "COGOUV, on 2023-06-01"), "moselle", "total"}, right: map[int]bool{1: true, 2: true}}
	for i := range story.Events {
		e := &story.Events[i]
		if e.Type != "event-corrected" {
			continue
		}
		for _, known := range []uint64{e.Number - 1, e.Number} {
			w, err := answerTo[weightsAnswer](ctx, d, Question{Kind: "weights", Group: demoGroup, At: "2023-06-01", Known: "#" + decimal(known), More: asking("body", "cogouv")})
			if err != nil {
				return err
			}
			row := []string{a.tr("connu au #", "as known at #") + decimal(known), "", a.number(w.Total)}
			for _, m := range w.Members {
				if m.Member == "moselle" {
					row[1] = a.weight(m)
				}
			}
			t.add(row...)
		}
		t.print(a.out)
		a.printf("\n")
		a.prose(fmt.Sprintf("#%d%s%s [%s]", e.Number, a.tr(" : ", ": "), a.say(e.Type, &e.Data, nil), a.tr("illustratif", "illustrative")), 2)
		a.printf("%s\n", a.tr("Les deux réponses restent : chacune se redemande pour toujours.", "Both answers stay: each can be asked again for ever."))
		break
	}
	return nil
}

// demoNext says what to try.
func (a *app) demoNext() {
	a.heading("Et maintenant", "What next")
	for _, line := range [][]string{
		{"weights", demoGroup, "--body", "cogouv", "--at", "2023-06-01", "--why"},
		{"members", demoGroup, "--at", "2018-01-01"},
		{"avenants", demoGroup, "--at", "2022-11-30"},
		{"timeline", demoGroup},
		{"diff", demoGroup, "--from", "2020-12-31", "--to", "2021-01-01"},
		{"findings", demoGroup},
		{"export", "weights", demoGroup, "voix.csv"},
	} {
		a.printf("  %s\n", a.commandLine(line...))
	}
}
