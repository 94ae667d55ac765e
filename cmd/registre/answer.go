package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"registre/eventstore/jetstream"
)

// about is what every answer says of itself, as far as it is printed.
type about struct {
	At           string
	Group        string
	Known        uint64
	Doubtful     []doubt
	Illustrative []remark
	Sources      []source
	Meta         meta
}

// source is one event that an answer follows from.
type source struct {
	CorrectedBy uint64 `json:"corrected_by"`
	Documents   []struct{ Kind, Reference, SHA256 string }
	Effective   string
	InMinutes   bool `json:"in_minutes"`
	Number      uint64
	Recorded    string
	Type        string
	Void        bool
}

// when says the pair: on which day, as known at which number, of how many.
func (a *app) when(of about) string {
	s := a.on(of.At) + a.tr(", connu au #", ", as known at #") + strconv.FormatUint(of.Known, 10)
	if of.Meta.Head > of.Known {
		s += fmt.Sprintf(a.tr(" (le registre va jusqu'au #%d)", " (the register goes on to #%d)"), of.Meta.Head)
	}
	return s
}

// close ends an answer: what is doubtful and what is invented in it, what it rests on, and how to ask it again for ever.
func (a *app) close(of about, verb ...string) {
	a.showDoubts(of.Doubtful)
	a.showIllustrative(of.Illustrative)
	a.showSources(of.Sources)
	if of.Meta.Provisional {
		a.printf("\n%s\n", a.tr("Provisoire : l'instant demandé n'est pas encore passé.", "Provisional: the instant asked for is not past yet."))
	}
	a.again(of, verb...)
}

// again says the command that gives this very answer for ever.
func (a *app) again(of about, verb ...string) {
	if of.At != "" {
		verb = append(verb, "--at", of.At)
	}
	a.printf("\n%s %s\n", a.tr("Redemander :", "Ask again:"), a.commandLine(append(verb, "--known", "#"+strconv.FormatUint(of.Known, 10))...))
}

// commandLine writes a command of this program as it would be typed, on the data that this one works on.
func (a *app) commandLine(words ...string) string {
	line := append([]string{"registre"}, words...)
	if a.nats != "" && a.nats != os.Getenv("REGISTRE_NATS") { // that is read again
		line = append(line, "--nats", jetstream.Shown(a.nats))
	}
	if a.data != defaultData && (a.nats == "" || a.dataNamed) {
		line = append(line, "--data", a.data)
	}
	for i, w := range line {
		line[i] = quoted(w)
	}
	return strings.Join(line, " ")
}

// quoted is a word as a shell takes it.
func quoted(w string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,+@%", r)
	}
	if w != "" && strings.IndexFunc(w, func(r rune) bool { return !plain(r) }) < 0 {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// showIllustrative says what is invented.
func (a *app) showIllustrative(remarks []remark) {
	for i, says := range a.illustrative(remarks) {
		if i == 0 {
			a.printf("\n")
		}
		a.prose(says, 2)
	}
}

// illustrative says what is invented. Events of which the same is invented share a line.
func (a *app) illustrative(remarks []remark) (lines []string) {
	var order []string
	events := map[string][]uint64{}
	for _, r := range remarks {
		if events[r.What] == nil {
			order = append(order, r.What)
		}
		events[r.What] = append(events[r.What], r.Event)
	}
	for _, what := range order {
		lines = append(lines, fmt.Sprintf("%s %s%s%s", a.tr("Illustratif", "Illustrative"), ranges(events[what]), a.tr(" : ", ": "), what))
	}
	return lines
}

// showSources lists the events and documents that an answer follows from.
func (a *app) showSources(sources []source) {
	if len(sources) == 0 {
		return
	}
	t := table{heads: []string{a.tr("événement", "event"), a.tr("acte", "act"), a.tr("effet", "effective"), a.tr("enregistré", "recorded"), a.tr("pièces", "documents")}}
	for i := range sources {
		s := &sources[i]
		t.add("#"+strconv.FormatUint(s.Number, 10), s.Type, s.Effective, s.Recorded[:min(len(s.Recorded), 16)]+"Z", a.documentsOf(s))
	}
	a.printf("\n")
	t.print(a.out)
}

// documentsOf names the documents of an event, or says that it has none.
func (a *app) documentsOf(s *source) string {
	var documents []string
	for _, d := range s.Documents {
		word := strings.TrimSpace(d.Kind + " " + d.Reference)
		if d.SHA256 != "" {
			word += " (" + d.SHA256[:8] + "…)"
		}
		documents = append(documents, word)
	}
	switch {
	case len(documents) > 0 || followsByItself(s.Type):
		return strings.Join(documents, " ; ")
	case s.InMinutes:
		return a.tr("procès-verbal", "the minutes")
	}
	return a.tr("affirmé sans pièce", "asserted without document")
}
