package projections

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"registre/domain"
)

// MinutesAnswer is what the minutes of one sitting are made of.
type MinutesAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Minutes  *Minutes       `json:"minutes,omitempty"` // none where no such sitting is convened at the pair
}

// Minutes tell of one sitting. An hour is that at which something was recorded, in Paris, where it was recorded on its own day;
// "" otherwise: then nobody knows it.
type Minutes struct {
	Agenda     []MinutesItem       `json:"agenda"`
	Answers    []MinutesReply      `json:"answers,omitempty"`
	Approved   *MinutesApproval    `json:"approved,omitempty"` // none: a draft
	Attendance []MinutesAttendance `json:"attendance"`         // who votes, by their ids, then who observes
	Body       domain.BodyID       `json:"body"`
	BodyName   string              `json:"body_name"`
	Course     []MinutesPassage    `json:"course"` // what went on, in its order
	Day        domain.Day          `json:"day"`
	Deadline   domain.Day          `json:"deadline,omitzero"` // of a written consultation
	Ended      uint64              `json:"ended,omitzero"`    // the event that closed, adjourned or cancelled it
	Event      uint64              `json:"event"`             // that convened it
	Events     []uint64            `json:"events"`            // all that is said of the sitting and its decisions
	GroupName  string              `json:"group_name"`
	Hour       string              `json:"hour,omitempty"` // for which it was convened
	Mode       string              `json:"mode"`
	Names      []MinutesName       `json:"names"`  // of whoever stands in it, by their ids
	Notice     int                 `json:"notice"` // 1, or 2 and on where it is the second notice of another sitting
	Notices    []MinutesNotice     `json:"notices,omitempty"`
	Opened     uint64              `json:"opened,omitzero"`
	Period     *MinutesPeriod      `json:"period,omitempty"` // that the rule asks between notice and sitting
	Place      string              `json:"place,omitempty"`
	Proxies    []MinutesProxy      `json:"proxies,omitempty"`
	Reason     string              `json:"reason,omitempty"` // it is adjourned or cancelled
	SecondOf   domain.SittingID    `json:"second_of,omitempty"`
	Sitting    domain.SittingID    `json:"sitting"`
	Status     string              `json:"status"`
	Why        string              `json:"why,omitempty"` // it is adjourned
}

// MinutesApproval is the approval of the minutes, and the hash of the text approved where one is given.
type MinutesApproval struct {
	Day    domain.Date `json:"day"`
	Event  uint64      `json:"event"`
	SHA256 string      `json:"sha256,omitempty"`
}

// MinutesName is the name of a member, or of an observer.
type MinutesName struct {
	Member domain.MemberID `json:"member"`
	Name   string          `json:"name"`
}

// MinutesItem is an item as it stands at the pair.
type MinutesItem struct {
	Decision uint64           `json:"decision,omitzero"` // its last one
	Defined  uint64           `json:"defined"`           // the event that says what it is
	Item     domain.ItemID    `json:"item"`
	Kind     domain.ItemKind  `json:"kind,omitempty"`
	Option   domain.OptionID  `json:"option,omitempty"` // elected
	Options  []MinutesOption  `json:"options,omitempty"`
	Outcome  string           `json:"outcome,omitempty"` // of that decision
	PartOf   domain.ItemID    `json:"part_of,omitempty"`
	Reason   string           `json:"reason,omitempty"`
	SHA256   string           `json:"sha256,omitempty"`
	Status   string           `json:"status"`
	Tie      bool             `json:"tie,omitzero"`
	Title    string           `json:"title"`
	To       domain.SittingID `json:"to,omitempty"`   // it is postponed to
	Voted    int              `json:"voted,omitzero"` // how often it was put to vote
}

// MinutesOption is one of several to choose from.
type MinutesOption struct {
	Option domain.OptionID `json:"option"`
	Title  string          `json:"title"`
}

// MinutesReply is a member's answer to the notice.
type MinutesReply struct {
	Answer string          `json:"answer"`
	Event  uint64          `json:"event"`
	Member domain.MemberID `json:"member"`
}

// MinutesNotice says when the notice was sent, or received.
type MinutesNotice struct {
	Day      domain.Day        `json:"day"`
	Event    uint64            `json:"event"`
	Hour     string            `json:"hour,omitempty"`    // none: only the day was given
	Members  []domain.MemberID `json:"members,omitempty"` // none: all
	Received bool              `json:"received,omitzero"`
}

// MinutesPeriod is the notice period in clear days: between the first notice sent and the sitting, and what the rule asks.
type MinutesPeriod struct {
	Asked int    `json:"asked"`
	Days  *int   `json:"days,omitempty"` // none where no notice is recorded
	Rule  uint64 `json:"rule"`           // the event that set it
}

// How somebody stands at the opening of a sitting, beside domain.Present, domain.Represented and domain.Absent.
const excused = domain.Excused

// MinutesAttendance is how one member, or observer, stands at the opening.
type MinutesAttendance struct {
	Holder       domain.MemberID `json:"holder,omitempty"` // by whom it is represented
	Member       domain.MemberID `json:"member"`
	Observer     bool            `json:"observer,omitzero"`
	Presence     string          `json:"presence"` // present, represented, excused or absent
	Undetermined bool            `json:"undetermined,omitzero"`
	Weight       *domain.Weight  `json:"weight,omitempty"` // of its vote; none of an observer
}

// MinutesProxy is a proxy, from its giving to its end.
type MinutesProxy struct {
	Arrived bool            `json:"arrived,omitzero"` // it ended as the grantor arrived
	Ended   uint64          `json:"ended,omitzero"`
	Event   uint64          `json:"event"`
	Grantor domain.MemberID `json:"grantor"`
	Holder  domain.MemberID `json:"holder"`
	Items   []domain.ItemID `json:"items,omitempty"` // none: all
}

// MinutesOf answers: what do the minutes of a sitting say? It is named by its id, or by the number of the event that convened it.
// recorded is the instant of each event.
func MinutesOf(g *domain.Group, q Question, name string, recorded func(uint64) domain.Instant) MinutesAnswer {
	q = q.resolved(g)
	a := MinutesAnswer{At: q.At, Group: q.Group, Known: q.Known, Doubtful: doubts(g, q.Pair(), domain.TouchSittings, "")}
	s := minuted(g, name, q.Pair())
	if s == nil {
		return a
	}
	w := &minuteWriter{g: g, q: q, recorded: recorded, s: s, m: &Minutes{
		Body: s.Convened.Body, Day: s.Convened.Day, Deadline: s.Convened.Deadline, Ended: s.Ended, Event: s.Event, Hour: s.Convened.Hour,
		Mode: s.Convened.Mode, Notice: noticeNumber(g, s, q.Pair()), Opened: s.Opened, Place: s.Convened.Place, Reason: s.Reason,
		SecondOf: s.Convened.SecondOf, Sitting: s.Convened.Sitting, Status: s.Status, Why: s.Why,
	}}
	w.heading()
	w.agenda()
	w.course()
	w.attendance()
	w.names()
	slices.Sort(w.m.Events)
	w.m.Events = slices.Compact(w.m.Events)
	a.Minutes = w.m
	return a
}

// minuted is the sitting of that name; nil where there is none.
func minuted(g *domain.Group, name string, q domain.Pair) *domain.Sitting {
	if s, ok := g.Sitting(domain.SittingID(name), q); ok {
		return s
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(name, "#"), 10, 53)
	if err != nil {
		return nil
	}
	for _, s := range g.Sittings(q) {
		if s.Event == n {
			return s
		}
	}
	return nil
}

// noticeNumber counts the sittings that were lost before this one.
func noticeNumber(g *domain.Group, s *domain.Sitting, q domain.Pair) int {
	n, seen := 1, map[domain.SittingID]bool{}
	for s.Convened.SecondOf != "" && !seen[s.Convened.SecondOf] {
		seen[s.Convened.SecondOf] = true
		n++
		before, ok := g.Sitting(s.Convened.SecondOf, q)
		if !ok {
			break
		}
		s = before
	}
	return n
}

// A minuteWriter writes the minutes of one sitting.
type minuteWriter struct {
	g        *domain.Group
	q        Question
	recorded func(uint64) domain.Instant
	s        *domain.Sitting
	m        *Minutes
	named    []domain.MemberID // whoever stands in the minutes
}

// on is the pair of the sitting's own day: who was a member then, and with which weight.
func (w *minuteWriter) on() domain.Pair { return domain.Pair{At: w.s.Convened.Day, Known: w.q.Known} }

func (w *minuteWriter) heading() {
	w.m.GroupName, w.m.BodyName = groupName(w.g, w.q.Known), w.g.BodyName(w.m.Body, w.q.Known)
	for _, b := range w.g.Bodies(w.on()) {
		if b.Body == w.m.Body {
			w.m.BodyName = b.Name
		}
	}
	if w.s.Approved > 0 {
		said, _ := w.g.Said(w.s.Approved, w.q.Known)
		w.m.Approved = &MinutesApproval{Day: said.Effective, Event: w.s.Approved, SHA256: w.s.Minutes.String()}
	}
	var first *domain.Day
	for _, n := range w.s.Notices {
		e := MinutesNotice{Event: n.Event, Members: n.Members, Day: n.Sent.Day(), Hour: hourGiven(n.Sent)}
		if n.Sent == 0 {
			e.Day, e.Hour, e.Received = n.Received.Day(), hourGiven(n.Received), true
		} else if first == nil || e.Day < *first {
			first = &e.Day
		}
		w.m.Notices = append(w.m.Notices, e)
		w.named = append(w.named, n.Members...)
	}
	w.period(first)
	for _, r := range w.s.Answers {
		w.m.Answers = append(w.m.Answers, MinutesReply(r))
		w.named = append(w.named, r.Member)
	}
	for _, p := range w.s.Proxies {
		w.m.Proxies = append(w.m.Proxies, MinutesProxy{Arrived: p.Arrived, Ended: p.Ended, Event: p.Event, Grantor: p.Grantor, Holder: p.Holder, Items: p.Items})
		w.named = append(w.named, p.Grantor, p.Holder)
	}
}

// period tells the notice period, where the body has a rule.
func (w *minuteWriter) period(first *domain.Day) {
	rule, set := w.g.VotingRule(w.m.Body, "", w.on())
	if rule == nil {
		return
	}
	w.m.Period = &MinutesPeriod{Asked: rule.Notice.Days, Rule: set}
	if w.m.SecondOf != "" {
		w.m.Period.Asked = rule.Notice.SecondDays
	}
	if first != nil {
		clear := max(int(w.s.Convened.Day-*first)-1, 0)
		w.m.Period.Days = &clear
	}
}

func (w *minuteWriter) agenda() {
	w.m.Agenda = []MinutesItem{}
	for _, i := range w.s.Agenda {
		e := MinutesItem{
			Defined: i.Defined, Item: i.Item, Kind: i.Kind, PartOf: i.PartOf, Reason: i.Reason, SHA256: i.SHA256.String(), Status: i.Status,
			Title: i.Title, To: i.To, Voted: len(i.Ballots),
		}
		for _, o := range i.Options {
			e.Options = append(e.Options, MinutesOption{Option: o.Option, Title: o.Title})
		}
		for _, b := range i.Ballots {
			if b.Outcome != nil {
				e.Decision, e.Outcome, e.Option, e.Tie = b.Decision, b.Outcome.Outcome, b.Outcome.Option, b.Outcome.Tie
			}
		}
		w.m.Agenda = append(w.m.Agenda, e)
	}
}

// attendance tells who was there at the opening: all who vote, with the weights of the rolls where there are any, since these are
// what was recorded; and whoever else was there.
func (w *minuteWriter) attendance() {
	w.m.Attendance = []MinutesAttendance{}
	if w.s.IsWritten() {
		return
	}
	seen := map[domain.MemberID]bool{}
	voter := func(m domain.MemberID, weight *domain.Weight, undetermined bool) {
		if !seen[m] {
			seen[m] = true
			e := MinutesAttendance{Member: m, Undetermined: undetermined, Weight: weight}
			e.Presence, e.Holder = w.presence(m)
			w.m.Attendance = append(w.m.Attendance, e)
		}
	}
	for _, i := range w.s.Agenda {
		for _, b := range i.Ballots {
			for _, seat := range b.Poll().Roll {
				voter(seat.Member, &seat.Weight, false)
			}
		}
	}
	for _, row := range w.g.Electorate(w.m.Body, "", w.on()) {
		voter(row.Member, &row.Weight, row.Undetermined)
	}
	for _, m := range w.present() {
		if !w.s.Observes(m) {
			voter(m, nil, false) // it is there, and votes on nothing
		}
	}
	slices.SortFunc(w.m.Attendance, func(a, b MinutesAttendance) int { return strings.Compare(string(a.Member), string(b.Member)) })
	for _, o := range w.s.Convened.Observers {
		e := MinutesAttendance{Member: o.Member, Observer: true}
		e.Presence, _ = w.presence(o.Member)
		w.m.Attendance = append(w.m.Attendance, e)
	}
	for _, a := range w.m.Attendance {
		w.named = append(w.named, a.Member)
	}
}

// presence is how somebody stands at the opening.
func (w *minuteWriter) presence(m domain.MemberID) (string, domain.MemberID) {
	there := w.present()
	if slices.Contains(there, m) {
		return domain.Present, ""
	}
	for _, p := range w.s.Proxies {
		given := w.opened(p.Event) && (p.Ended == 0 || !w.opened(p.Ended))
		if p.Grantor == m && given && slices.Contains(there, p.Holder) {
			return domain.Represented, p.Holder
		}
	}
	if slices.ContainsFunc(w.s.Answers, func(r domain.Reply) bool { return r.Member == m && r.Answer == excused }) {
		return excused, ""
	}
	return domain.Absent, ""
}

// opened reports whether an event stands before the opening of the sitting, or is it.
func (w *minuteWriter) opened(n uint64) bool {
	for number := range w.g.Proceedings(w.m.Sitting, w.q.Pair()) {
		if number == n {
			return true
		}
		if number == w.s.Opened {
			return false
		}
	}
	return false
}

// present are those who were there at the opening.
func (w *minuteWriter) present() []domain.MemberID {
	said, _ := w.g.Said(w.s.Opened, w.q.Known)
	if o, ok := said.Act.(*domain.SittingOpened); ok {
		return o.Present
	}
	return nil
}

// names gives whoever stands in the minutes a name: that which it had on the day; of one who, as is now known, was no member then, the
// last that is known.
func (w *minuteWriter) names() {
	w.m.Names = []MinutesName{}
	all := map[domain.MemberID]string{}
	for _, m := range w.g.Members(w.on()) {
		all[m.Member] = m.Name
	}
	for _, o := range w.s.Convened.Observers {
		all[o.Member] = o.Name
	}
	slices.Sort(w.named)
	for _, m := range slices.Compact(w.named) {
		w.m.Names = append(w.m.Names, MinutesName{Member: m, Name: cmp.Or(all[m], w.g.MemberName(m, w.q.Known), string(m))})
	}
}

// hourGiven is the hour of an instant; "" where nothing but the day was given, which is kept as its end.
func hourGiven(i domain.Instant) string {
	if i == domain.EndOfDay(i.Day()) {
		return ""
	}
	return i.Hour()
}
