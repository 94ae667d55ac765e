package main

import (
	"fmt"
	"slices"
	"strings"

	"registre/domain"
)

// whatIfAnswer is the answer to "what-if", as far as it is printed.
type whatIfAnswer struct {
	about
	As, Offers                         []whatIfLike
	Body, Day, Item, Proclaimed, Title string
	Changed, Secret, Unturnable        bool
	Decision                           uint64
	Fallen, New                        []string
	Gone                               []struct {
		Member  string
		Unknown bool
	}
	Members []struct {
		Member     string
		Was, Would *whatIfSeat
	}
	Turns      []whatIfTurn
	Was, Would *whatIfTally
}

type whatIfLike struct{ Like, Member string }

type whatIfSeat struct {
	Parts                  []struct{ Vote, Weight string }
	Presence, Vote, Weight string
}

type whatIfTally struct {
	Abstain, Against, For, Present, Total whatIfVoices
	Blocking, Majority, Quorum            []whatIfMeasure
	Casting, Option, Outcome              string
	NotVoted                              whatIfVoices `json:"not_voted"`
	Options                               []struct {
		Members        int
		Option, Voices string
	}
	Rule map[string]string
	Tie  bool
}

type whatIfVoices struct {
	Members int
	Voices  string
}

type whatIfMeasure struct {
	Base, Part string
	Reached    bool
	Threshold  domain.Threshold
}

type whatIfTurn struct {
	Exact, Least, More, Tie     bool
	Members                     int
	Option, Outcome, To, Weight string
	Ways                        [][]struct {
		Choose        int
		Of            []string
		Voted, Weight string
	}
}

// whatIfCoalitions is the answer to "what-if-coalitions".
type whatIfCoalitions struct {
	about
	Body  string
	Given *struct {
		For    []string
		Lacks  []whatIfMeasure
		Passes bool
		Tally  whatIfTally
		Turns  []whatIfTurn
	}
	Power powerDay
	Rule  map[string]string
}

func (a *app) showWhatIf(w *whatIfAnswer, f *whatIfFlags) error {
	a.printf("%s #%d, %s, %s, %s%s%s\n", a.tr("Décision", "Decision"), w.Decision, w.Body, w.Day, w.Item, a.tr(" : ", ": "), plain(w.Title))
	a.printf("%s\n\n", a.when(w.about))
	a.prose(a.sayWhatIf(w, f), 0)
	a.printf("\n")
	a.whatIfTable(w).print(a.out)
	if t := a.whatIfChanges(w); len(t.rows) > 0 {
		a.printf("\n")
		t.print(a.out)
	}
	if w.Would != nil {
		a.printf("\n")
		a.sayComings(w)
		a.sayWhatIfOutcome(w)
	}
	if f.turn {
		a.printf("\n")
		a.showTurns(w.Turns, w.Unturnable, a.tr("renverser la décision", "turn the decision"))
	}
	a.close(w.about, f.again(w.Group, decimal(w.Decision))...)
	return nil
}

// whatIfTable puts both tallies beside each other.
func (a *app) whatIfTable(w *whatIfAnswer) *table {
	t := &table{heads: []string{"", a.tr("telle quelle", "as it was")}}
	tallies := []*whatIfTally{w.Was}
	if w.Would != nil {
		t.heads, tallies = append(t.heads, a.tr("par hypothèse", "supposed")), append(tallies, w.Would)
	}
	row := func(name string, cell func(*whatIfTally) string) {
		cells, some := []string{name}, false
		for _, tally := range tallies {
			text := cell(tally)
			some = some || text != ""
			cells = append(cells, text)
		}
		if some {
			t.add(cells...)
		}
	}
	row(a.tr("résultat", "outcome"), a.whatIfOutcome)
	if len(w.Was.Options) == 0 {
		row(a.tr("pour", "for"), func(t *whatIfTally) string { return a.whatIfVoices(t.For) })
		row(a.tr("contre", "against"), func(t *whatIfTally) string { return a.whatIfVoices(t.Against) })
	}
	for i, o := range w.Was.Options {
		row(o.Option, func(t *whatIfTally) string {
			return a.whatIfVoices(whatIfVoices{t.Options[i].Members, t.Options[i].Voices})
		})
	}
	row(a.tr("abstention", "abstention"), func(t *whatIfTally) string { return a.whatIfVoices(t.Abstain) })
	row(a.tr("n'a pas voté", "not voted"), func(t *whatIfTally) string { return a.whatIfVoices(t.NotVoted) })
	row(a.tr("présents, représentés", "present, represented"), func(t *whatIfTally) string { return a.whatIfVoices(t.Present) })
	row(a.tr("en tout", "in all"), func(t *whatIfTally) string { return a.whatIfVoices(t.Total) })
	for _, kind := range []struct {
		name string
		of   func(*whatIfTally) []whatIfMeasure
	}{
		{"quorum", func(t *whatIfTally) []whatIfMeasure { return t.Quorum }},
		{a.tr("majorité", "majority"), func(t *whatIfTally) []whatIfMeasure { return t.Majority }},
		{a.tr("blocage", "blocking"), func(t *whatIfTally) []whatIfMeasure { return t.Blocking }},
	} {
		for i := range domain.MaxThresholds {
			row(kind.name, func(t *whatIfTally) string { return a.whatIfMeasure(kind.of(t), i) })
		}
	}
	row(a.tr("voix prépondérante", "casting vote"), func(t *whatIfTally) string { return t.Casting })
	return t
}

func (a *app) whatIfVoices(v whatIfVoices) string {
	if v.Voices == "" {
		return ""
	}
	return a.voicesSaid(v.Voices) + ", " + a.membersSaid(v.Members)
}

func (a *app) voicesSaid(weight string) string {
	if weight == "1" {
		return a.tr("1 voix", "1 voice")
	}
	return a.number(weight) + a.tr(" voix", " voices")
}

func (a *app) membersSaid(n int) string {
	if a.lang == "fr" || n != 0 {
		return fmt.Sprintf(a.tr("%d membre%s", "%d member%s"), n, plural(n))
	}
	return "0 members"
}

// whatIfMeasure is one threshold: what it asks for, and what there is.
func (a *app) whatIfMeasure(list []whatIfMeasure, i int) string {
	if i >= len(list) {
		return ""
	}
	m := &list[i]
	reached := a.tr("non", "no")
	if m.Reached {
		reached = a.tr("oui", "yes")
	}
	return fmt.Sprintf("%s%s%s / %s, %s", a.sayThreshold(m.Threshold), a.tr(" : ", ": "), a.number(m.Part), a.number(m.Base), reached)
}

// whatIfChanges has a row for each member that sits, weighs or votes otherwise.
func (a *app) whatIfChanges(w *whatIfAnswer) *table {
	t := &table{heads: []string{a.tr("membre", "member"), a.tr("telle quelle", "as it was"), a.tr("par hypothèse", "supposed")}}
	for _, m := range w.Members {
		was, would := a.whatIfSeat(m.Was), a.whatIfSeat(m.Would)
		if w.Would != nil && was != would {
			t.add(m.Member, was, would)
		}
	}
	return t
}

func (a *app) whatIfSeat(s *whatIfSeat) string {
	if s == nil {
		return "–"
	}
	words := []string{a.number(s.Weight), a.whatIfWord(s.Presence)}
	if s.Vote != "" {
		words = append(words, a.whatIfWord(s.Vote))
	}
	for _, p := range s.Parts {
		words = append(words, a.number(p.Weight)+" "+a.whatIfWord(p.Vote))
	}
	return strings.Join(words, ", ")
}

// showTurns tells the smallest changes.
func (a *app) showTurns(turns []whatIfTurn, none bool, what string) {
	if none {
		a.prose(a.tr("Aucun changement de votes ne la renverserait.", "No change of votes would turn it."), 0)
	}
	for i := range turns {
		t := &turns[i]
		a.prose(a.sayTurn(t, what), 0)
		for _, way := range t.Ways {
			var parts []string
			for _, p := range way {
				names := strings.Join(p.Of, ", ")
				switch {
				case len(p.Of) == 0:
					names = fmt.Sprintf(a.tr("%d de ceux qui portent %s", "%d of those who hold %s"), p.Choose, a.number(p.Weight))
				case p.Choose < len(p.Of):
					names = fmt.Sprintf(a.tr("%d parmi (%s)", "%d of (%s)"), p.Choose, names)
				}
				if p.Voted != "" {
					names += " [" + a.whatIfWord(p.Voted) + "]"
				}
				parts = append(parts, names)
			}
			a.prose("  "+strings.Join(parts, " + "), 4)
		}
		if t.More {
			a.prose("  …", 4)
		}
	}
}

func (a *app) showWhatIfCoalitions(c *whatIfCoalitions, f *whatIfFlags) error {
	a.printf("%s, %s\n", c.Body, a.when(c.about))
	a.prose(a.sayPowerRule(&c.Power, f.supposes()), 0)
	if len(c.Power.Members) == 0 {
		a.printf("\n%s\n", a.tr("Personne n'y porte de voix.", "Nobody holds a weight there."))
		a.close(c.about, f.again(c.Group)...)
		return nil
	}
	if g := c.Given; g != nil {
		a.printf("\n")
		verdict := a.tr("ne passe pas", "does not pass")
		if g.Passes {
			verdict = a.tr("passe", "passes")
		}
		a.prose(fmt.Sprintf(a.tr("%s pour, tous les autres contre (%s) : le texte %s.", "%s for, all others against (%s): the text %s."), a.list(slices.Clone(g.For)), a.whatIfVoices(g.Tally.For), verdict), 0)
		for i := range g.Lacks {
			a.prose("  "+a.tr("il manque : ", "lacking: ")+a.whatIfMeasure(g.Lacks, i), 4)
		}
		what := a.tr("le faire passer", "pass it")
		if g.Passes {
			what = a.tr("le faire échouer", "defeat it")
		}
		a.showTurns(g.Turns, len(g.Turns) == 0, what)
	}
	a.printf("\n")
	a.showPowerDay(&c.Power, false)
	a.close(c.about, f.again(c.Group)...)
	return nil
}
