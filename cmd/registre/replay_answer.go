package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"registre/domain"
	"registre/projections"
	"registre/replay"
)

// replayAnswer is what the replay of one or more registers comes to. All but Meta is the same for the same pair of times, save for
// what lies in the future of whoever asks.
type replayAnswer struct {
	At     string          `json:"at"`
	Groups []replayedGroup `json:"groups"`
	Meta   replayMeta      `json:"meta"`
}

type replayMeta struct {
	Checkpoint   string       `json:"checkpoint,omitzero"` // the newest, signed, that all of it was held to
	Replayed     string       `json:"replayed"`            // when
	Verification verifyAnswer `json:"verification"`
}

// A replayedGroup is one register, decided again up to Known.
type replayedGroup struct {
	Checked  replay.Checked    `json:"checked"`
	Count    severities        `json:"count"`
	Damage   *foundThing       `json:"damage,omitempty"` // why it was decided again no further
	Findings []replayedFinding `json:"findings"`
	Group    string            `json:"group"`
	Known    uint64            `json:"known"`
	Name     string            `json:"name"`
	Named    calledBy          `json:"named"`          // whom the sentences tell of
	Root     string            `json:"root,omitempty"` // of the register's tree at known, where that is its end
	Since    *sinceKept        `json:"since,omitempty"`
}

type severities struct {
	Answered int `json:"answered"` // errors and warnings that are no longer open
	Errors   int `json:"errors"`
	Infos    int `json:"infos"`
	Warnings int `json:"warnings"`
}

// A replayedFinding is a finding with all that a reader needs of it.
type replayedFinding struct {
	replay.Finding
	Documents    []foundDocument `json:"documents"`
	Facts        []foundEvent    `json:"facts"` // the events that it names
	Illustrative bool            `json:"illustrative,omitzero"`
	New          bool            `json:"new,omitzero"` // since the checkpoint that was kept
	Says         inBoth          `json:"says"`
	Settles      inBoth          `json:"settles"`
}

// A foundDocument is one that an event of a finding names.
type foundDocument struct {
	Event     uint64 `json:"event"`
	Kind      string `json:"kind"`
	Reference string `json:"reference"`
	SHA256    string `json:"sha256,omitempty"`
}

// inBoth is a sentence in both languages.
type inBoth struct {
	FR string `json:"fr"`
	EN string `json:"en"`
}

func (s inBoth) in(lang string) string {
	if lang == "fr" {
		return s.FR
	}
	return s.EN
}

// both makes a sentence in both languages, which tells names.
func both(names *cast, say func(*app) string) inBoth {
	return inBoth{FR: say(&app{cast: names, lang: "fr"}), EN: say(&app{cast: names, lang: "en"})}
}

// sinceKept is what has come since the checkpoint that was kept elsewhere.
type sinceKept struct {
	Events []newEvent        `json:"events"`
	Gone   []replayedFinding `json:"gone"`  // what was found then, and is not any more
	Known  uint64            `json:"known"` // the last number at that checkpoint; what was recorded up to it is proven unchanged
}

type newEvent struct {
	Effective string `json:"effective"`
	Number    uint64 `json:"number"`
	Recorded  string `json:"recorded"`
	Says      inBoth `json:"says"`
	Type      string `json:"type"`
}

// judge adds what was found.
func (t *trial) judge(g *replayedGroup, r *replay.Retrial) {
	named := namingIn(r.Book.Group, domain.Pair{At: t.at, Known: g.Known})
	g.Named = named.calledBy
	for _, f := range r.All(domain.Pair{At: t.at, Known: g.Known}) {
		if f.Severity != replay.Info && !f.Open() {
			g.Count.Answered++
		}
		switch f.Severity {
		case replay.Error:
			g.Count.Errors++
		case replay.Warning:
			g.Count.Warnings++
		default:
			g.Count.Infos++
		}
		g.Findings = append(g.Findings, t.told(r.Book, named, f))
	}
}

// told gives a finding its documents and sentences.
func (t *trial) told(b *replay.Book, named *naming, f replay.Finding) replayedFinding {
	known := b.Head()
	a := &asked{Question: projections.Question{Group: b.ID(), At: t.at, Known: known}, state: b.Group, head: b.Head(), margin: bookMargin{b}, book: b}
	told := replayedFinding{Finding: f, Documents: []foundDocument{}, Facts: eventsOfFinding(b, f.Events), Illustrative: a.behind(f.Events).Illustrative != nil}
	for _, n := range f.Events {
		if n == 0 || n > known {
			continue
		}
		for _, d := range b.Envelopes[n-1].Evidence {
			document := foundDocument{Event: n, Kind: d.Kind, Reference: d.Reference}
			if !d.SHA256.IsZero() {
				document.SHA256 = d.SHA256.String()
			}
			told.Documents = append(told.Documents, document)
		}
	}
	named.finding(&f)
	told.Says = both(named.cast(), func(in *app) string {
		return in.findingSays(&finding{Args: f.Args, Code: f.Code, Name: f.Name, Events: f.Events, Subject: f.Subject})
	})
	told.Settles = inBoth{FR: settlesFrench[f.Name], EN: settlesEnglish[f.Name]}
	return told
}

// settlesEnglish is what the catalogue says would settle a finding, by its name.
var settlesEnglish = func() map[string]string {
	says := map[string]string{}
	for _, k := range replay.FindingKinds() {
		says[k.Name] = k.Settles
	}
	return says
}()

// since adds what is new since the checkpoint that was kept elsewhere, where the archive goes on from it.
func (t *trial) since(g *replayedGroup, r *replay.Retrial) error {
	if t.sizes == nil {
		return nil
	}
	kept := min(t.sizes[domain.GroupID(g.Group)], g.Known)
	g.Since = &sinceKept{Known: kept, Events: []newEvent{}, Gone: []replayedFinding{}}
	before := map[string]replay.Finding{}
	for _, f := range r.Before(domain.Pair{At: t.at, Known: kept}) {
		before[f.Identity()] = f
	}
	for i := range g.Findings {
		f := &g.Findings[i]
		_, known := before[f.Identity()]
		f.New = !known
		delete(before, f.Identity())
	}
	named := namingIn(r.Book.Group, domain.Pair{At: t.at, Known: g.Known})
	named.calledBy = g.Named
	for _, f := range before {
		g.Since.Gone = append(g.Since.Gone, t.told(r.Book, named, f))
	}
	slices.SortFunc(g.Since.Gone, func(a, b replayedFinding) int { return a.Compare(&b.Finding) })
	return t.news(g, r.Book)
}

// news tells the events since.
func (t *trial) news(g *replayedGroup, b *replay.Book) error {
	items, err := replay.Story(b, domain.Pair{At: domain.LastDay, Known: g.Known})
	if err != nil {
		return err
	}
	raw, err := json.Marshal(items)
	if err != nil {
		return err
	}
	var told []storyItem
	if err := json.Unmarshal(raw, &told); err != nil {
		return fmt.Errorf("telling the events of %s: %w", g.Group, err)
	}
	names := castOf(told)
	for i := range told {
		e := &told[i]
		if e.Number > g.Since.Known {
			e.Data.choice = names.choice(e.Number, e.Data.Sitting, e.Data.Item)
			says := both(names, func(in *app) string { return in.say(e.Type, &e.Data, names.drafts) })
			g.Since.Events = append(g.Since.Events, newEvent{Effective: e.Effective, Number: e.Number, Recorded: e.Recorded, Says: says, Type: e.Type})
		}
		names.rename(e)
	}
	slices.SortFunc(g.Since.Events, func(a, b newEvent) int { return int(int64(a.Number) - int64(b.Number)) })
	return nil
}
