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

	aside *groupAside // where its findings lie, and what is gone; nil where it holds them itself
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

// judge lays aside what was found.
func (t *trial) judge(g *replayedGroup, r *replay.Retrial) error {
	pair := domain.Pair{At: t.at, Known: g.Known}
	named := namingIn(r.Book.Group, pair)
	g.Named = named.calledBy
	tell := t.teller(r.Book)
	for some := range r.Each(pair) {
		for i := range some {
			told := tell(some[i])
			named.finding(&told.Finding)
			g.count(&told)
			if err := g.aside.lay(foundNow, &told); err != nil {
				return err
			}
		}
	}
	return nil
}

// count counts a finding.
func (g *replayedGroup) count(f *replayedFinding) {
	if g.aside.kinds[f.Code] == nil {
		g.aside.kinds[f.Code] = &kindFound{}
	}
	g.aside.kinds[f.Code].count(f)
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
}

// teller gives what gives a finding its documents and events.
func (t *trial) teller(b *replay.Book) func(replay.Finding) replayedFinding {
	known := b.Head()
	a := &asked{Question: projections.Question{Group: b.ID(), At: t.at, Known: known}, state: b.Group, head: known, margin: bookMargin{b}, book: b}
	into := map[uint64]bool{}
	return func(f replay.Finding) replayedFinding {
		told := replayedFinding{Finding: f, Documents: []foundDocument{}, Facts: eventsOfFinding(b, f.Events), Illustrative: a.restsOnInvented(f.Events, into)}
		for _, n := range f.Events {
			if n == 0 || n > known {
				continue
			}
			for _, d := range b.Envelope(n).Evidence {
				document := foundDocument{Event: n, Kind: d.Kind, Reference: d.Reference}
				if !d.SHA256.IsZero() {
					document.SHA256 = d.SHA256.String()
				}
				told.Documents = append(told.Documents, document)
			}
		}
		return told
	}
}

// What the catalogue says of a kind of finding, by its name: what it means, and what would settle it.
var kindsEnglish, settlesEnglish = func() (means, settles map[string]string) {
	means, settles = map[string]string{}, map[string]string{}
	for _, k := range replay.FindingKinds() {
		means[k.Name], settles[k.Name] = k.Says, k.Settles
	}
	return means, settles
}()

// since lays aside what was found at the checkpoint that was kept elsewhere, where the archive goes on from it, and tells the events since.
func (t *trial) since(g *replayedGroup, r *replay.Retrial) error {
	if t.sizes == nil {
		return nil
	}
	g.aside.since = true
	g.Since = &sinceKept{Known: min(t.sizes[domain.GroupID(g.Group)], g.Known), Events: []newEvent{}}
	named := namingIn(r.Book.Group, domain.Pair{At: t.at, Known: g.Known})
	tell := t.teller(r.Book)
	for some := range r.EachBefore(domain.Pair{At: t.at, Known: g.Since.Known}) {
		for i := range some {
			named.finding(&some[i])
			told := tell(some[i])
			if err := g.aside.lay(foundBefore, &told); err != nil {
				return err
			}
		}
	}
	g.aside.before = named.calledBy
	return t.news(g, r.Book)
}

// callGone takes the names that what is gone tells of.
func (g *replayedGroup) callGone() error {
	if g.Since == nil {
		return nil
	}
	named := &naming{calledBy: g.Named, today: g.aside.before}
	for laid, err := range g.aside.each("") {
		if err == nil && !laid.gone {
			continue
		}
		var f *replayedFinding
		if err == nil {
			f, err = laid.finding()
		}
		if err != nil {
			return err
		}
		named.finding(&f.Finding)
	}
	return nil
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
