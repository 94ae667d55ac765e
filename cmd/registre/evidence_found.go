package main

import (
	"bytes"
	"context"
	"encoding/binary"
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
	sorter    *evidence.Sorter
	key, text []byte
	args      []string // names of arguments, sorted
	names     calledBy
	told      bool      // all is there
	serious   int       // warnings and errors
	first     foundSome // of these, as many as the page has room for
	rest      int       // what is only worth knowing
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
	a.key = foundKey(a.key[:0], f)
	a.text = a.foundText(a.text[:0], f)
	return a.sorter.Add(a.key, a.text)
}

// foundKey is what compares as findings do: codes are equally long, and an event comes behind the end of all events.
func foundKey(dst []byte, f *finding) []byte {
	dst = append(append(dst, f.Code...), 0)
	for _, n := range f.Events {
		dst = binary.BigEndian.AppendUint64(append(dst, 1), n)
	}
	return append(append(dst, 0), f.Subject...)
}

// foundText is the rest of a finding: the same for those that say the same.
func (a *foundAside) foundText(dst []byte, f *finding) []byte {
	put := func(s string) { dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...) }
	put(f.Severity)
	put(yes(f.Illustrative))
	put(f.Name)
	put(f.Rule)
	a.args = slices.AppendSeq(a.args[:0], maps.Keys(f.Args))
	slices.Sort(a.args)
	for _, k := range a.args {
		put(k)
		put(f.Args[k])
	}
	return dst
}

// cutText takes the first of the texts that follow each other.
func cutText[T string | []byte](text T) (first, rest T) {
	length, n := uint64(text[0]), 1
	if length >= 0x80 {
		length, n = binary.Uvarint([]byte(text[:min(len(text), binary.MaxVarintLen64)]))
	}
	return text[n : n+int(length)], text[n+int(length):]
}

// foundUnder makes f what stands under a key.
func foundUnder(f *finding, key, text string) {
	clear(f.Args)
	*f = finding{Args: f.Args, Events: f.Events[:0]}
	var rest string
	for f.Code, rest, _ = strings.Cut(key, "\x00"); rest[0] == 1; rest = rest[9:] {
		f.Events = append(f.Events, binary.BigEndian.Uint64([]byte(rest[1:9])))
	}
	f.Subject = rest[1:]
	var illustrative string
	f.Severity, text = cutText(text)
	illustrative, text = cutText(text)
	f.Illustrative = illustrative != ""
	f.Name, text = cutText(text)
	f.Rule, text = cutText(text)
	for text != "" {
		var k string
		k, text = cutText(text)
		f.Args[k], text = cutText(text)
	}
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
