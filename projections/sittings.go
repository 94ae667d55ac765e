package projections

import (
	"slices"
	"strconv"

	"registre/domain"
)

// SittingsAnswer lists the sittings of a group, or of one body.
type SittingsAnswer struct {
	At       domain.Day     `json:"at"`
	Body     domain.BodyID  `json:"body,omitempty"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Sittings []SittingRow   `json:"sittings"` // by their days, and of one day as they were convened
}

// SittingRow is one sitting in short.
type SittingRow struct {
	Body      domain.BodyID    `json:"body"`
	Day       domain.Day       `json:"day"`
	Deadline  domain.Day       `json:"deadline,omitzero"` // of a written consultation
	Decisions []uint64         `json:"decisions,omitempty"`
	Event     uint64           `json:"event"` // that convened it
	Hour      string           `json:"hour,omitempty"`
	Items     int              `json:"items"` // on its agenda
	Mode      string           `json:"mode"`
	Place     string           `json:"place,omitempty"`
	SecondOf  domain.SittingID `json:"second_of,omitempty"` // held on second notice after that one
	Sitting   domain.SittingID `json:"sitting"`
	Status    string           `json:"status"`
	Why       []uint64         `json:"why,omitempty"`
}

// SittingAnswer is one sitting, whole.
type SittingAnswer struct {
	Adjourned string           `json:"adjourned,omitempty"` // why: "no-quorum" or "other"
	Agenda    []ItemEntry      `json:"agenda"`
	Answers   []ReplyEntry     `json:"answers,omitempty"` // to the notice
	At        domain.Day       `json:"at"`
	Body      domain.BodyID    `json:"body"`
	Day       domain.Day       `json:"day"`
	Deadline  domain.Day       `json:"deadline,omitzero"`
	Doubtful  []Doubt          `json:"doubtful,omitempty"`
	Ended     uint64           `json:"ended,omitzero"` // the event that closed, adjourned or cancelled it
	Event     uint64           `json:"event"`          // that convened it
	Group     domain.GroupID   `json:"group"`
	Hour      string           `json:"hour,omitempty"`
	Known     uint64           `json:"known"`
	Minutes   *MinutesEntry    `json:"minutes,omitempty"` // approved
	Mode      string           `json:"mode"`
	Notices   []NoticeOfEntry  `json:"notices,omitempty"`
	Observers []ObserverEntry  `json:"observers,omitempty"`
	Opened    uint64           `json:"opened,omitzero"` // the event that opened it
	Place     string           `json:"place,omitempty"`
	Proxies   []ProxyEntry     `json:"proxies,omitempty"` // all that were given, in their order
	Reason    string           `json:"reason,omitempty"`  // it was adjourned or cancelled
	SecondOf  domain.SittingID `json:"second_of,omitempty"`
	Sitting   domain.SittingID `json:"sitting"`
	Status    string           `json:"status"`
	There     []AttendeeEntry  `json:"there"` // members and observers, as they came
	votingDay domain.Day       // on which what is still to be dealt with would be put to vote
	Why       []uint64         `json:"why,omitempty"`
}

// An ItemEntry is an item of an agenda, and what has become of it.
type ItemEntry struct {
	Changes  int               `json:"changes,omitzero"` // how many it makes once it is adopted
	Decision uint64            `json:"decision,omitzero"`
	Defined  uint64            `json:"defined"` // the event that says what it is
	Item     domain.ItemID     `json:"item"`
	Kind     domain.ItemKind   `json:"kind,omitempty"`
	Next     *NextEntry        `json:"next,omitempty"` // of an item still to be dealt with in an open sitting
	Option   domain.OptionID   `json:"option,omitempty"`
	Options  []OptionEntry     `json:"options,omitempty"`
	Outcome  string            `json:"outcome,omitempty"` // of its last vote
	PartOf   domain.ItemID     `json:"part_of,omitempty"`
	Reason   string            `json:"reason,omitempty"` // it is withdrawn or postponed
	Recused  []domain.MemberID `json:"recused,omitempty"`
	SHA256   string            `json:"sha256,omitempty"` // of its text
	Status   string            `json:"status"`
	Tie      bool              `json:"tie,omitzero"`
	Title    string            `json:"title"`
	To       domain.SittingID  `json:"to,omitempty"` // it is postponed to
	Votes    []VoteEntry       `json:"votes,omitempty"`
}

// A NextEntry says what would be if an item were put to vote now.
type NextEntry struct {
	About  string         `json:"about,omitempty"`  // of what the rule is
	Broken string         `json:"broken,omitempty"` // the rule that stands in the way
	Quorum []MeasureEntry `json:"quorum,omitempty"`
	Rule   string         `json:"rule,omitempty"` // its code
}

// An AttendeeEntry is somebody who is there.
type AttendeeEntry struct {
	Attendee domain.MemberID `json:"attendee"`
	Observer bool            `json:"observer,omitzero"`
}

// An ObserverEntry is somebody convened who has no vote.
type ObserverEntry struct {
	Name     string          `json:"name"`
	Observer domain.MemberID `json:"observer"`
}

// A ReplyEntry is an answer to the notice.
type ReplyEntry struct {
	Answer string          `json:"answer"`
	Event  uint64          `json:"event"`
	Member domain.MemberID `json:"member"`
}

// A NoticeOfEntry says when members were sent the notice, or had it. No member named means all.
type NoticeOfEntry struct {
	Event    uint64            `json:"event"`
	Members  []domain.MemberID `json:"members,omitempty"`
	Received domain.Instant    `json:"received,omitzero"`
	Sent     domain.Instant    `json:"sent,omitzero"`
}

// A MinutesEntry says that the minutes are approved.
type MinutesEntry struct {
	Event  uint64 `json:"event"`
	SHA256 string `json:"sha256,omitempty"`
}

// How a proxy ended.
const (
	ProxyArrived = "arrived" // its grantor came
	ProxyRevoked = "revoked"
)

// A ProxyEntry is one member's for another.
type ProxyEntry struct {
	Ended   uint64          `json:"ended,omitzero"` // the event that ended it
	Event   uint64          `json:"event"`
	Grantor domain.MemberID `json:"grantor"`
	Holder  domain.MemberID `json:"holder"`
	How     string          `json:"how,omitempty"`   // it ended
	Items   []domain.ItemID `json:"items,omitempty"` // none means all
	Void    bool            `json:"void,omitzero"`   // while the sitting is open: its holder is not there
}

// Sittings answers: which sittings are there? Of all bodies, or of one.
func Sittings(g *domain.Group, q Question, body domain.BodyID, why bool) SittingsAnswer {
	q = q.resolved(g)
	a := SittingsAnswer{At: q.At, Body: body, Doubtful: doubts(g, q.Pair(), domain.TouchSittings, ""), Group: q.Group, Known: q.Known, Sittings: []SittingRow{}}
	for _, s := range g.SittingsInShort(q.Pair()) {
		if body != "" && s.Convened.Body != body {
			continue
		}
		c := s.Convened
		row := SittingRow{
			Body: c.Body, Day: c.Day, Deadline: c.Deadline, Event: s.Event, Hour: c.Hour, Items: len(s.Agenda), Mode: c.Mode, Place: c.Place,
			SecondOf: c.SecondOf, Sitting: c.Sitting, Status: s.Status,
		}
		for _, i := range s.Agenda {
			for _, b := range i.Ballots {
				if b.Decision > 0 {
					row.Decisions = append(row.Decisions, b.Decision)
				}
			}
		}
		slices.Sort(row.Decisions)
		if why {
			row.Why = because(g, q.Known, s.Event, s.Opened, s.Ended)
		}
		a.Sittings = append(a.Sittings, row)
	}
	return a
}

// SittingNamed is the sitting that a name means at q: its own, or the number of the event that convened it, 12 or #12; ok is false
// where there is none.
func SittingNamed(g *domain.Group, q Question, name string) (domain.SittingID, bool) {
	q = q.resolved(g)
	if _, ok := g.Sitting(domain.SittingID(name), q.Pair()); ok {
		return domain.SittingID(name), true
	}
	if name != "" && name[0] == '#' {
		name = name[1:]
	}
	n, err := strconv.ParseUint(name, 10, 53)
	if err != nil || n == 0 || n > q.Known {
		return "", false
	}
	said, _ := g.Said(n, q.Known)
	c, ok := said.Act.(*domain.SittingConvened)
	if !ok {
		return "", false
	}
	_, ok = g.Sitting(c.Sitting, q.Pair())
	return c.Sitting, ok
}

// SittingOf answers: how does a sitting stand? ok is false where none of that name is convened at q.
func SittingOf(g *domain.Group, q Question, id domain.SittingID, why bool) (a SittingAnswer, ok bool) {
	q = q.resolved(g)
	s, ok := g.Sitting(id, q.Pair())
	if !ok {
		return a, false
	}
	c := s.Convened
	a = SittingAnswer{
		Adjourned: s.Why, Agenda: []ItemEntry{}, At: q.At, Body: c.Body, Day: c.Day, Deadline: c.Deadline, Ended: s.Ended, Event: s.Event, Group: q.Group,
		Hour: c.Hour, Known: q.Known, Mode: c.Mode, Opened: s.Opened, Place: c.Place, Reason: s.Reason, SecondOf: c.SecondOf, Sitting: c.Sitting,
		Status: s.Status, There: []AttendeeEntry{}, Doubtful: doubts(g, q.Pair(), domain.TouchSittings, ""),
	}
	a.fillRoom(s)
	a.votingDay = c.Day
	if c.Deadline > 0 {
		a.votingDay = min(max(q.At, c.Day), c.Deadline)
	}
	for _, i := range s.Agenda {
		e := itemEntry(g, q.Known, i)
		if i.Status == domain.Pending && s.Status == domain.Open {
			e.Next = a.next(g, s, i)
		}
		a.Agenda = append(a.Agenda, e)
	}
	if why {
		a.Why = because(g, q.Known, eventsOfSitting(g, q.Known, s)...)
	}
	return a, true
}

// fillRoom tells who was convened, who answered, who is there, and who votes for whom.
func (a *SittingAnswer) fillRoom(s *domain.Sitting) {
	for _, o := range s.Convened.Observers {
		a.Observers = append(a.Observers, ObserverEntry{Name: o.Name, Observer: o.Member})
	}
	for _, n := range s.Notices {
		a.Notices = append(a.Notices, NoticeOfEntry{Event: n.Event, Members: n.Members, Received: n.Received, Sent: n.Sent})
	}
	for _, r := range s.Answers {
		a.Answers = append(a.Answers, ReplyEntry(r))
	}
	for _, m := range s.There {
		a.There = append(a.There, AttendeeEntry{Attendee: m, Observer: s.Observes(m)})
	}
	for _, p := range s.Proxies {
		a.Proxies = append(a.Proxies, proxyEntry(s, &p))
	}
	if s.Approved > 0 {
		a.Minutes = &MinutesEntry{Event: s.Approved, SHA256: hashText(s.Minutes)}
	}
}

func proxyEntry(s *domain.Sitting, p *domain.Proxy) ProxyEntry {
	e := ProxyEntry{Ended: p.Ended, Event: p.Event, Grantor: p.Grantor, Holder: p.Holder, Items: p.Items}
	switch {
	case p.Ended > 0 && p.Arrived:
		e.How = ProxyArrived
	case p.Ended > 0:
		e.How = ProxyRevoked
	default:
		e.Void = s.Status == domain.Open && !s.IsThere(p.Holder)
	}
	return e
}

// hashText is a hash as it is written; "" where there is none.
func hashText(h domain.Hash) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

func itemEntry(g *domain.Group, known uint64, i *domain.Item) ItemEntry {
	e := ItemEntry{
		Changes: len(i.Changes), Defined: i.Defined, Item: i.Item, Kind: i.Kind, PartOf: i.PartOf, Reason: i.Reason, Recused: i.Recused,
		SHA256: hashText(i.SHA256), Status: i.Status, Title: i.Title, To: i.To,
	}
	for _, o := range i.Options {
		e.Options = append(e.Options, OptionEntry{Option: o.Option, Title: o.Title})
	}
	for _, b := range i.Ballots {
		e.Votes = append(e.Votes, voteEntry(g, known, i, b))
		if b.Outcome != nil {
			e.Decision, e.Outcome, e.Option, e.Tie = b.Decision, b.Outcome.Outcome, b.Outcome.Option, b.Outcome.Tie
		}
	}
	return e
}

// next says what would be if an item were put to vote now.
func (a *SittingAnswer) next(g *domain.Group, s *domain.Sitting, i *domain.Item) *NextEntry {
	opened, refusal := g.WouldOpen(s, i.Item, domain.Pair{At: a.votingDay, Known: a.Known})
	e := &NextEntry{}
	if refusal != nil {
		e.About, e.Broken, e.Rule = refusal.Subject, refusal.Rule.Name, refusal.Rule.Code
	}
	if opened != nil && !opened.Written {
		if t, err := domain.TallyOf(opened.Poll(), nil); err == nil {
			e.Quorum = measures(t.Quorum)
		}
	}
	return e
}

// eventsOfSitting are the events that a sitting follows from.
func eventsOfSitting(g *domain.Group, known uint64, s *domain.Sitting) []uint64 {
	events := []uint64{s.Event, s.Opened, s.Ended, s.Approved}
	for _, n := range s.Notices {
		events = append(events, n.Event)
	}
	for _, r := range s.Answers {
		events = append(events, r.Event)
	}
	for _, p := range s.Proxies {
		events = append(events, p.Event, p.Ended)
	}
	for _, i := range s.Agenda {
		events = append(events, i.Defined, i.Event)
		for _, b := range i.Ballots {
			events = append(events, behindVote(g, known, s.Convened.Sitting, b)...)
		}
	}
	return events
}
