package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"iter"
	"maps"
	"slices"

	"registre/replay/evidence"
)

// A foundAside is what an audit finds, as much of it as an evidence file has. It lies aside, sorted as findings are: by code, events
// and subject, and by what they say, since those that are the same are one.
type foundAside struct {
	sorter    *evidence.Sorter
	key, text []byte
	names     calledBy
	told      bool // all is there
	serious   int  // warnings and errors
	rest      int  // what is only worth knowing
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
	a.text = foundText(a.text[:0], f)
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
func foundText(dst []byte, f *finding) []byte {
	put := func(s string) { dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...) }
	for _, s := range []string{yes(f.Illustrative), f.Severity, f.Name, f.Rule} {
		put(s)
	}
	for _, k := range slices.Sorted(maps.Keys(f.Args)) {
		put(k)
		put(f.Args[k])
	}
	return dst
}

// foundUnder is what stands under a key.
func foundUnder(key, text []byte) *finding {
	f := &finding{Args: map[string]string{}}
	code, rest, _ := bytes.Cut(key, []byte{0})
	for f.Code = string(code); rest[0] == 1; rest = rest[9:] {
		f.Events = append(f.Events, binary.BigEndian.Uint64(rest[1:]))
	}
	f.Subject = string(rest[1:])
	next := func() string {
		length, n := binary.Uvarint(text)
		s := string(text[n : n+int(length)])
		text = text[n+int(length):]
		return s
	}
	f.Illustrative, f.Severity, f.Name, f.Rule = next() != "", next(), next(), next()
	for len(text) > 0 {
		k := next()
		f.Args[k] = next()
	}
	return f
}

// all are the findings in their order, each once.
func (a *foundAside) all() iter.Seq2[*finding, error] {
	return func(yield func(*finding, error) bool) {
		var key, text []byte // of the one before
		for row, err := range a.sorter.All() {
			if err != nil {
				yield(nil, err)
				return
			}
			if bytes.Equal(row.Key(), key) && bytes.Equal(row.Text(), text) {
				continue
			}
			key, text = append(key[:0], row.Key()...), append(text[:0], row.Text()...)
			if !yield(foundUnder(key, text), nil) {
				return
			}
		}
	}
}

// findings are what an audit finds.
func (f *takenEvidence) findings(ctx context.Context, _ desk) (*extract, error) {
	return &extract{
		columns: []string{"code", "severity", "name", "subject", "says", "events", "rule", "illustrative"},
		french:  []string{"code", "gravité", "nom", "objet", "constat", "événements", "règle", "illustratif"},
		at:      f.at, known: f.known, more: f.foundRows,
	}, f.askedFor(ctx)
}

// foundRows are those of the table, and counts them.
func (f *takenEvidence) foundRows(yield func([]string, error) bool) {
	says := f.found.sayer(f.a)
	for one, err := range f.found.all() {
		if err != nil {
			yield(nil, err)
			return
		}
		if one.serious() {
			f.found.serious++
		} else {
			f.found.rest++
		}
		if !yield([]string{one.Code, one.Severity, one.Name, one.Subject, says.findingSays(one), numbers(one.Events), one.Rule, yes(one.Illustrative)}, nil) {
			return
		}
	}
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
