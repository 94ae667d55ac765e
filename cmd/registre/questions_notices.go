package main

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/notify"
	"registre/projections"
	"registre/web/operation"
)

const (
	noticesPage = 100    // notices in an answer that names no limit
	mostNotices = 1000   // in any
	mostLooked  = 10_000 // events that one answer goes through
)

// noticesTold are the notices of a register up to what may be known, whatever the day. All those of one event stand in one answer.
type noticesTold struct {
	At      domain.Day               `json:"at"`
	Group   domain.GroupID           `json:"group"`
	Known   uint64                   `json:"known"`
	Next    uint64                   `json:"next,omitzero"` // there may be more: behind this number, or with newest before it
	Notices []projections.CloudEvent `json:"notices"`
}

// noticesKind is the question for the notices of a group.
func noticesKind() kind {
	k := asks("notices", "What subscribers are told: the notices of the events up to known, as CloudEvents", noticesAsked,
		operation.Parameter{Name: "after", Form: operation.Count, Says: "those of the events behind this number"},
		aNumber("before", "with newest: those of the events before this number"),
		anID("body", "that concern one body"), aFlag("findings", "also what an audit of each past day found; it reads the register whole"),
		several("kind", "of a kind, as decision-proclaimed"), aNumber("limit", "so many at most, of "+strconv.Itoa(mostNotices)+"; next tells where there are more"),
		anID("member", "that are above all one member's affair"), aFlag("newest", "the newest first"))
	k.wholeWith = "findings"
	return k
}

// A noticeFilter says which notices somebody wants; the zero value wants all but findings.
type noticeFilter struct {
	body     domain.BodyID
	findings bool
	kinds    []string
	member   domain.MemberID
}

// noticeFilterOf reads what a question is told.
func noticeFilterOf(more map[string]string) (f noticeFilter, err error) {
	f = noticeFilter{body: domain.BodyID(more["body"]), findings: more["findings"] != "", member: domain.MemberID(more["member"])}
	if more["kind"] != "" {
		f.kinds = strings.Split(more["kind"], "\n")
	}
	for _, kind := range f.kinds {
		if !slices.Contains(projections.NoticeKinds(), kind) {
			return f, misuse("notice-kind", kind, strings.Join(projections.NoticeKinds(), ", "))
		}
	}
	return f, nil
}

func (f *noticeFilter) wants(n *projections.Notice) bool {
	return (f.body == "" || slices.Contains(n.Bodies, f.body)) && (f.member == "" || slices.Contains(n.Members, f.member)) &&
		(f.kinds == nil || slices.Contains(f.kinds, n.Kind))
}

// noticesAsked answers "notices".
func noticesAsked(a *asked) (told noticesTold, err error) {
	told = noticesTold{At: a.At, Group: a.Group, Known: a.Known, Notices: []projections.CloudEvent{}}
	want, err := noticeFilterOf(a.more)
	if err == nil {
		_, err = a.body()
	}
	if err == nil {
		_, err = a.member()
	}
	if err != nil {
		return told, err
	}
	limit := mostNotices
	if asked, err := strconv.Atoi(a.more["limit"]); err == nil {
		limit = min(asked, limit)
	} else {
		limit = noticesPage
	}
	looked, last := 0, uint64(0)
	for n := range a.numbered() {
		found := a.noticesOf(n, &want)
		if looked == mostLooked || len(told.Notices) > 0 && len(told.Notices)+len(found) > limit {
			told.Next = last
			break
		}
		told.Notices = append(told.Notices, found...)
		looked, last = looked+1, n
	}
	return told, nil
}

// numbered are the numbers of the events that are asked for, in their order.
func (a *asked) numbered() iter.Seq[uint64] {
	after, _ := strconv.ParseUint(a.more["after"], 10, 53) // the question's form has seen to both
	before, _ := strconv.ParseUint(a.more["before"], 10, 53)
	first, last := after+1, min(a.Known, a.head)
	if a.more["newest"] != "" && before > 0 {
		last = min(last, before-1)
	}
	return func(yield func(uint64) bool) {
		for i := range last + 1 - min(first, last+1) {
			n := first + i
			if a.more["newest"] != "" {
				n = last - i
			}
			if !yield(n) {
				return
			}
		}
	}
}

// noticesOf are those of one event that are wanted.
func (a *asked) noticesOf(n uint64, want *noticeFilter) (found []projections.CloudEvent) {
	said := a.state.Original(n)
	e := eventstore.Envelope{Act: said.Act, Effective: said.Effective, Group: a.Group, Illustrative: a.Illustrative(n), Number: n, Recorded: a.Recorded(n)}
	var inventions func(uint64) string
	if a.IsIllustrative(n) {
		inventions = a.Illustrative
	}
	all := projections.Notices(a.state, &e, inventions)
	// A day is past where an event of a later one is known: so the pair decides, not the clock.
	if want.findings && n < min(a.Known, a.head) && a.Recorded(n).Day() < a.Recorded(n+1).Day() {
		all = append(all, notify.Raised(a.book, n)...)
	}
	for i := range all {
		if want.wants(&all[i]) {
			found = append(found, all[i].CloudEvent(a.origin))
		}
	}
	return found
}
