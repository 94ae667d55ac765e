package notify

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"registre/domain"
)

// A Mark is a place in the notices of all registers, in the order in which their events were recorded: everything is told of the events
// up to the one that it names; without a group, of those recorded before its instant. It says the same of whatever registers, and for
// ever: instants, once answered, are closed.
type Mark struct {
	At     domain.Instant
	Group  domain.GroupID
	Number uint64
}

// Compare orders marks.
func (m Mark) Compare(x Mark) int {
	return cmp.Or(cmp.Compare(m.At, x.At), cmp.Compare(m.Group, x.Group), cmp.Compare(m.Number, x.Number))
}

// String is a mark in one spelling, which ParseMark reads: 2026-11-24T09:30:00.123456Z/ent-grand-est/1058.
func (m Mark) String() string {
	if m.Group == "" {
		return m.At.String()
	}
	return m.At.String() + "/" + string(m.Group) + "/" + strconv.FormatUint(m.Number, 10)
}

var errNoMark = errors.New("it names no place")

// ParseMark reads a mark: for every s that it accepts, ParseMark(s).String() == s.
func ParseMark(s string) (m Mark, err error) {
	instant, event, named := strings.Cut(s, "/")
	if m.At, err = domain.ParseInstant(instant); err != nil || !named {
		return m, err
	}
	group, number, _ := strings.Cut(event, "/")
	m.Group = domain.GroupID(group)
	if m.Number, err = strconv.ParseUint(number, 10, 53); err != nil || !domain.ValidID(group) || m.String() != s || m.Number == 0 {
		return Mark{}, errNoMark
	}
	return m, nil
}
