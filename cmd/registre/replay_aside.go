package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"sync"

	"registre/replay"
	"registre/replay/evidence"
)

// A replayAside is what a replay finds in all of its groups. It lies aside, sorted by groups and then as findings are, so that however
// much there is of it, some of it is held at a time. Several goroutines may lay aside at once; what lies there is read when all of it does.
type replayAside struct {
	one    sync.Mutex
	sorter *evidence.Sorter
}

// newReplayAside lays aside in a folder; "" is the system's own for such files. Whoever has it calls remove at the end.
func newReplayAside(dir string) *replayAside { return &replayAside{sorter: evidence.NewSorter(dir)} }

func (a *replayAside) remove() { a.sorter.Remove() }

// A groupAside is what is found in one group.
type groupAside struct {
	foundSpelling
	all    *replayAside
	prefix []byte // of its keys
	room   []byte
	since  bool                  // what was found at an earlier end lies there too
	before calledBy              // whom that tells of
	kinds  map[string]*kindFound // by code
}

// of is the place of a group, by its number among those that are replayed.
func (a *replayAside) of(group int) *groupAside {
	return &groupAside{all: a, prefix: binary.BigEndian.AppendUint32(nil, uint32(group)), kinds: map[string]*kindFound{}}
}

// A kindFound is how much there is of a kind of finding in a group.
type kindFound struct {
	code, name, severity string
	n, answered          int
	illustrative         bool // some of them
}

func (k *kindFound) count(f *replayedFinding) {
	k.code, k.name, k.severity = f.Code, f.Name, f.Severity
	k.n++
	k.illustrative = k.illustrative || f.Illustrative
	if !f.Open() && f.Severity != replay.Info {
		k.answered++
	}
}

// Whether a finding lies there as it was found at an earlier end, or as it is found now.
const (
	foundBefore byte = iota
	foundNow
)

// lay lays a finding aside, all but its sentences. What was found before is laid there before what is found now.
func (g *groupAside) lay(when byte, f *replayedFinding) error {
	key, text := g.spell(g.prefix, &finding{Args: f.Args, Code: f.Code, Events: f.Events, Illustrative: f.Illustrative, Name: f.Name, Rule: f.Rule, Severity: f.Severity, Subject: f.Subject})
	b := putText(append(g.room[:0], when), text)
	b = binary.AppendUvarint(b, uint64(len(f.Facts)))
	for i := range f.Facts {
		e := &f.Facts[i]
		b = putText(putText(putText(binary.AppendUvarint(b, e.Number), e.Effective), e.Recorded), e.Type)
	}
	b = binary.AppendUvarint(b, uint64(len(f.Documents)))
	for i := range f.Documents {
		d := &f.Documents[i]
		b = putText(putText(putText(binary.AppendUvarint(b, d.Event), d.Kind), d.Reference), d.SHA256)
	}
	b = putText(b, yes(f.Answered))
	if len(f.Answers) > 0 {
		answers, err := json.Marshal(f.Answers)
		if err != nil {
			return err
		}
		b = append(b, answers...)
	}
	g.room = b
	g.all.one.Lock()
	defer g.all.one.Unlock()
	return asideFault(g.all.sorter.Add(key, b))
}

// asideFault is what it means that nothing can be laid aside, or read from there.
func asideFault(err error) error {
	if err == nil {
		return nil
	}
	return failure("aside-unwritable", "", err)
}

// A laidFinding is a finding as it lies aside.
type laidFinding struct {
	key, same, rest string // same: what two findings under a key say that are the same
	isNew           bool   // it was not found at the earlier end
	gone            bool   // it was found there, and is not any more
}

func laid(row *evidence.Row, prefix int) (when byte, f laidFinding) {
	text := row.Text()
	same, rest := cutText(text[1:])
	return text[0], laidFinding{key: string(row.Key()[prefix:]), same: string(same), rest: string(rest)}
}

// each gives what lies there of a kind, or of all where code is "", in the order of findings.
func (g *groupAside) each(code string) iter.Seq2[laidFinding, error] {
	prefix := slices.Clone(g.prefix)
	if code != "" {
		prefix = append(append(prefix, code...), 0)
	}
	return func(yield func(laidFinding, error) bool) {
		var before sameBefore
		for row, err := range g.all.sorter.Under(prefix) {
			if err != nil {
				yield(laidFinding{}, asideFault(err))
				return
			}
			if !bytes.Equal(row.Key()[len(g.prefix):], before.key) && !before.next(row.Key()[len(g.prefix):], yield) {
				return
			}
			when, f := laid(&row, len(g.prefix))
			if when == foundBefore {
				before.add(f)
				continue
			}
			f.isNew = g.since && !before.has(&f)
			if !yield(f, nil) {
				return
			}
		}
		before.next(nil, yield)
	}
}

// A sameBefore is what was found before under a key.
type sameBefore struct {
	key []byte
	all []laidFinding
}

func (b *sameBefore) add(f laidFinding) {
	f.gone = true
	if !slices.ContainsFunc(b.all, func(g laidFinding) bool { return g.same == f.same }) {
		b.all = append(b.all, f)
	}
}

// has reports whether a finding was found before: then it is not gone.
func (b *sameBefore) has(f *laidFinding) bool {
	i := slices.IndexFunc(b.all, func(g laidFinding) bool { return g.same == f.same })
	if i >= 0 {
		b.all[i].gone = false
	}
	return i >= 0
}

// next goes on to another key, and gives what is gone under the one before.
func (b *sameBefore) next(key []byte, yield func(laidFinding, error) bool) bool {
	for i := range b.all {
		if b.all[i].gone && !yield(b.all[i], nil) {
			return false
		}
	}
	b.key, b.all = append(b.key[:0], key...), b.all[:0]
	return true
}

// first is the number of the first event that a finding names; 0 for none.
func (f *laidFinding) first() uint64 {
	if _, events, _ := strings.Cut(f.key, "\x00"); events[0] == 1 {
		return binary.BigEndian.Uint64([]byte(events[1:9]))
	}
	return 0
}

// finding is all that was laid aside of it.
func (f *laidFinding) finding() (told *replayedFinding, err error) {
	one := &finding{Args: map[string]string{}, Events: []uint64{}}
	foundUnder(one, f.key, f.same)
	told = &replayedFinding{Documents: []foundDocument{}, Facts: []foundEvent{}, Illustrative: one.Illustrative, New: f.isNew}
	told.Finding = replay.Finding{Args: one.Args, Code: one.Code, Events: one.Events, Name: one.Name, Rule: one.Rule, Severity: one.Severity, Subject: one.Subject}
	rest := f.rest
	for range cutNumber(&rest) {
		told.Facts = append(told.Facts, foundEvent{Number: cutNumber(&rest), Effective: cutOff(&rest), Recorded: cutOff(&rest), Type: cutOff(&rest)})
	}
	for range cutNumber(&rest) {
		told.Documents = append(told.Documents, foundDocument{Event: cutNumber(&rest), Kind: cutOff(&rest), Reference: cutOff(&rest), SHA256: cutOff(&rest)})
	}
	if told.Answered = cutOff(&rest) != ""; rest != "" {
		err = json.Unmarshal([]byte(rest), &told.Answers)
	}
	return told, err
}

func cutOff(text *string) (first string) {
	first, *text = cutText(*text)
	return first
}

func cutNumber(text *string) uint64 {
	n, length := binary.Uvarint([]byte((*text)[:min(len(*text), binary.MaxVarintLen64)]))
	*text = (*text)[length:]
	return n
}
