package main

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"registre/replay"
	"registre/replay/evidence"
)

// A foundAside is what an audit finds, as much of it as an evidence file has. It lies aside, sorted as findings are: by code, events
// and subject, and by what they say, since those that are the same are one.
type foundAside struct {
	foundSpelling
	sorter  *evidence.Sorter
	names   calledBy
	told    bool      // all is there
	serious int       // warnings and errors
	first   foundSome // of these, as many as the page has room for
	rest    int       // what is only worth knowing
}

func newFoundAside(dir string) *foundAside { return &foundAside{sorter: evidence.NewSorter(dir)} }

// call takes the names that are told of what is found.
func (a *foundAside) call(names *calledBy) {
	if a.names.Members == nil {
		a.names = calledBy{Bodies: map[string]string{}, Members: map[string]string{}}
	}
	maps.Copy(a.names.Bodies, names.Bodies)
	maps.Copy(a.names.Members, names.Members)
}

// sayer says findings by these names.
func (a *foundAside) sayer(in *app) *app { return &app{cast: a.names.cast(), lang: in.lang} }

// addTold adds a finding.
func (a *foundAside) addTold(t *findingTold) error {
	return a.add(&finding{Args: t.Args, Code: t.Code, Events: t.Events, Illustrative: t.Illustrative, Name: t.Name, Rule: t.Rule, Severity: t.Severity, Subject: t.Subject})
}

func (a *foundAside) add(f *finding) error {
	return a.sorter.Add(a.spell(nil, f))
}

// A foundSome is findings as they lie aside.
type foundSome struct {
	text strings.Builder
	ends []int // of the key and of the text of each
}

func (s *foundSome) add(key, text []byte) {
	s.text.Write(key)
	s.ends = append(s.ends, s.text.Len())
	s.text.Write(text)
	s.ends = append(s.ends, s.text.Len())
}

// all are the findings, each until the next.
func (s *foundSome) all() iter.Seq[*finding] {
	return func(yield func(*finding) bool) {
		f, text, from := &finding{Args: map[string]string{}}, s.text.String(), 0
		for ends := range slices.Chunk(s.ends, 2) {
			foundUnder(f, text[from:ends[0]], text[ends[0]:ends[1]])
			if !yield(f) {
				return
			}
			from = ends[1]
		}
	}
}

// some are the findings in their order, each once, partRows at a time. The first of the serious ones are kept, and all are counted.
func (a *foundAside) some() iter.Seq2[*foundSome, error] {
	return func(yield func(*foundSome, error) bool) {
		var key, text []byte // of the one before
		next := new(foundSome)
		for row, err := range a.sorter.All() {
			if err != nil {
				yield(next, err)
				return
			}
			if bytes.Equal(row.Key(), key) && bytes.Equal(row.Text(), text) {
				continue
			}
			key, text = append(key[:0], row.Key()...), append(text[:0], row.Text()...)
			a.count(key, text)
			if next.add(key, text); len(next.ends) < 2*partRows {
				continue
			}
			if !yield(next, nil) {
				return
			}
			last := next.text.Len()
			next = &foundSome{ends: make([]int, 0, 2*partRows)}
			next.text.Grow(last + last/8)
		}
		if len(next.ends) > 0 {
			yield(next, nil)
		}
	}
}

// count counts a finding.
func (a *foundAside) count(key, text []byte) {
	if severity, _ := cutText(text); string(severity) == replay.Info {
		a.rest++
		return
	}
	if a.serious++; a.serious <= pageRows {
		a.first.add(key, text)
	}
}

// findings are what an audit finds.
func (f *takenEvidence) findings(ctx context.Context, _ desk) (*extract, error) {
	return &extract{
		columns: []string{"code", "severity", "name", "subject", "says", "events", "rule", "illustrative"},
		french:  []string{"code", "gravité", "nom", "objet", "constat", "événements", "règle", "illustratif"},
		at:      f.at, known: f.known, later: f.foundRows,
	}, f.askedFor(ctx)
}

// foundRows are those of the table, some at a time, and counts them.
func (f *takenEvidence) foundRows(yield func(laterRows, error) bool) {
	says := f.found.sayer(f.a)
	for some, err := range f.found.some() {
		if !yield(func() ([][]string, error) { return says.sayFound(some), nil }, err) {
			return
		}
	}
}

// sayFound are the rows of some findings.
func (a *app) sayFound(some *foundSome) (rows [][]string) {
	for one := range some.all() {
		rows = append(rows, []string{one.Code, one.Severity, one.Name, one.Subject, a.findingSays(one), numbers(one.Events), one.Rule, yes(one.Illustrative)})
	}
	return rows
}

// askedFor asks for what an audit finds, where that was not found while the events were read.
func (f *takenEvidence) askedFor(ctx context.Context) error {
	if f.found.told {
		return nil
	}
	answer, err := answerTo[findingsAnswer](ctx, f.desk, f.a.question("findings", f.group, nil))
	f.found.call(&answer.Named)
	for i := range answer.Findings {
		if err == nil {
			err = f.found.add(&answer.Findings[i])
		}
	}
	return err
}
