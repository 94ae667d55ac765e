package projections

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"registre/domain"
	"registre/eventstore"
)

// The kinds of notices. A name is for ever.
const (
	DecisionWasProclaimed = "decision-proclaimed"
	DecisionWasAsserted   = "decision-asserted" // as somebody reports it
	DecisionWasAnnulled   = "decision-annulled"
	AnnulmentWasLifted    = "annulment-lifted"
	AvenantWasDrafted     = "avenant-drafted"
	AvenantWasApproved    = "avenant-approved" // by all who must
	AvenantInForce        = "avenant-in-force" // with the event that completes its conditions; its day may be another
	AvenantWasAbandoned   = "avenant-abandoned"
	MembersJoined         = "member-joined"
	MembersLeft           = "member-left"
	MembersMerged         = "members-succeeded"
	SittingWasConvened    = "sitting-convened"
	SittingWasCancelled   = "sitting-cancelled"
	SittingWasAdjourned   = "sitting-adjourned"
	OrderWasIssued        = "order-issued"
	OrderWasAmended       = "order-amended"
	OrderWasCancelled     = "order-cancelled"
	FigureCorrected       = "figure-corrected" // a correction changes a figure that was asked for, or could have been
	FindingRaised         = "finding-raised"
)

// noticeKinds are all of them, in the order in which those of one event come.
var noticeKinds = []string{
	DecisionWasProclaimed, DecisionWasAsserted, DecisionWasAnnulled, AnnulmentWasLifted, AvenantWasDrafted, AvenantWasApproved, AvenantInForce, AvenantWasAbandoned,
	MembersJoined, MembersLeft, MembersMerged, SittingWasConvened, SittingWasCancelled, SittingWasAdjourned, OrderWasIssued, OrderWasAmended, OrderWasCancelled,
	FigureCorrected, FindingRaised,
}

// NoticeKinds are the kinds of notices, in the order in which those of one event come.
func NoticeKinds() []string { return slices.Clone(noticeKinds) }

// A Notice tells a subscriber of one thing that an event of a register says, or brings about. It follows from the events up to
// that one alone, so whoever replays the register gets the same.
type Notice struct {
	Bodies       []domain.BodyID   // that it concerns; none where it concerns the group
	Data         NoticeData        // what there is to say
	Group        domain.GroupID    //
	Illustrative string            // what of it is invented; "" in earnest
	Kind         string            //
	Members      []domain.MemberID // whose affair it is above all; none where it is everybody's
	Number       uint64            // of the event
	Recorded     domain.Instant    // when that was recorded
}

// NoticeData is what a notice says, by its kind.
type NoticeData struct {
	Avenant   *AvenantNotice  `json:"avenant,omitempty"`
	Bodies    []NamedBody     `json:"bodies,omitempty"` // that it concerns; none where it concerns the group
	Correct   *CorrectNotice  `json:"correction,omitempty"`
	Court     string          `json:"court,omitempty"` // that annulled the decision
	Decision  *DecisionRow    `json:"decision,omitempty"`
	Effective domain.Date     `json:"effective"`
	Finding   *FindingNotice  `json:"finding,omitempty"`
	Joined    []NamedEntry    `json:"joined,omitempty"`
	Left      []NamedEntry    `json:"left,omitempty"`
	Members   []NamedEntry    `json:"members,omitempty"` // whose affair it is above all; none where it is everybody's
	Order     *OrderNotice    `json:"order,omitempty"`
	Precision string          `json:"precision,omitempty"` // of effective, where that is no day
	Reason    string          `json:"reason,omitempty"`
	Sitting   *SittingNotice  `json:"sitting,omitempty"`
	Succeeded *SucceedsNotice `json:"succession,omitempty"`
}

// NamedEntry is a member with its name as it then was.
type NamedEntry struct {
	Member domain.MemberID `json:"member"`
	Name   string          `json:"name"`
}

// NamedBody is a body with its name as it then was.
type NamedBody struct {
	Body domain.BodyID `json:"body"`
	Name string        `json:"name,omitempty"` // where it has one
}

// AvenantNotice is an avenant: how many have approved and signed it, and since when it is what it is.
type AvenantNotice struct {
	Approved  int           `json:"approved"`
	Day       domain.Day    `json:"day,omitzero"` // on which it enters into force
	Members   int           `json:"members"`      // there then
	SHA256    string        `json:"sha256,omitempty"`
	Signed    int           `json:"signed"`
	StatedDay domain.Day    `json:"stated_day,omitzero"` // on which it says that it does
	Text      domain.TextID `json:"text"`
	Title     string        `json:"title"`
}

// SucceedsNotice is who took whose place.
type SucceedsNotice struct {
	Predecessors []NamedEntry `json:"predecessors"`
	Successors   []NamedEntry `json:"successors"`
}

// SittingNotice is a sitting with its agenda as it was convened.
type SittingNotice struct {
	Agenda   []TitledItem     `json:"agenda,omitempty"`
	Body     domain.BodyID    `json:"body"`
	Day      domain.Day       `json:"day"`
	Deadline domain.Day       `json:"deadline,omitzero"` // of a written consultation
	Hour     string           `json:"hour,omitempty"`
	Mode     string           `json:"mode"`
	Place    string           `json:"place,omitempty"`
	SecondOf domain.SittingID `json:"second_of,omitempty"`
	Sitting  domain.SittingID `json:"sitting"`
	Why      string           `json:"why,omitempty"` // it was adjourned: "no-quorum" or "other"
}

// TitledItem is an item of an agenda.
type TitledItem struct {
	Item  domain.ItemID `json:"item"`
	Title string        `json:"title"`
}

// OrderNotice is an order form, and how many of its lines an event changes.
type OrderNotice struct {
	Added     int                `json:"added,omitzero"` // lines, as the next two
	Agreement domain.AgreementID `json:"agreement"`
	From      domain.Day         `json:"from"`
	Lines     int                `json:"lines"` // that it now has
	Member    domain.MemberID    `json:"member"`
	Number    domain.OrderNumber `json:"number"`
	Removed   int                `json:"removed,omitzero"`
	Replaced  int                `json:"replaced,omitzero"`
	Until     domain.Day         `json:"until"` // the day after the last
}

// CorrectNotice is a correction, and the figures that are others since.
type CorrectNotice struct {
	Event   uint64         `json:"event"` // that was corrected
	Figures []FigureChange `json:"figures"`
	Voided  bool           `json:"voided,omitzero"`
}

// FindingNotice is what an audit finds that it did not find before.
type FindingNotice struct {
	Args     map[string]string `json:"args,omitempty"` // what a sentence about it needs, by its name
	Code     string            `json:"code"`
	Events   []uint64          `json:"events"`
	Identity string            `json:"identity"` // tells it from every other of its register
	Name     string            `json:"name"`
	Severity string            `json:"severity"`
	Subject  string            `json:"subject,omitempty"`
}

// ID names the notice for ever: its group, the number of its event and its kind. Of findings, of which one event can raise several,
// also which of them it is.
func (n *Notice) ID() string {
	id := string(n.Group) + "/" + strconv.FormatUint(n.Number, 10) + "/" + n.Kind
	if f := n.Data.Finding; f != nil {
		id += "/" + f.Identity
	}
	return id
}

// Compare is the order of the notices of a register.
func (n *Notice) Compare(other *Notice) int {
	return cmp.Or(cmp.Compare(n.Number, other.Number), cmp.Compare(slices.Index(noticeKinds, n.Kind), slices.Index(noticeKinds, other.Kind)), strings.Compare(n.ID(), other.ID()))
}

// A noting makes the notices of one event.
type noting struct {
	g        *domain.Group
	e        *eventstore.Envelope
	invented func(n uint64) string
	found    []Notice
}

// Notices are those of one event of a group, which has been evolved up to it at least. Findings are not among them: they take an audit.
// Invented says what of an earlier event is invented, "" where nothing is; nil where nothing is in all of them. What rests on something
// invented is marked as that is.
func Notices(g *domain.Group, e *eventstore.Envelope, invented func(n uint64) string) []Notice {
	n := &noting{g: g, e: e, invented: invented}
	n.said()
	for _, act := range Brought(g, e.Number, e.Act, e.Number) {
		n.membership(act)
	}
	n.approvals()
	for i := range n.found {
		n.called(&n.found[i])
	}
	slices.SortStableFunc(n.found, func(a, b Notice) int { return a.Compare(&b) })
	return n.found
}

// called says what those are called whom a notice concerns.
func (n *noting) called(o *Notice) {
	for _, b := range o.Bodies {
		name := n.g.BodyName(b, n.e.Number)
		if name == "" && o.Data.Avenant != nil { // it is still to be created
			name = n.drafted(o.Data.Avenant.Text, b)
		}
		o.Data.Bodies = append(o.Data.Bodies, NamedBody{Body: b, Name: name})
	}
	for _, m := range o.Members {
		o.Data.Members = append(o.Data.Members, n.named(m))
	}
}

// drafted is what a draft calls a body that it creates.
func (n *noting) drafted(text domain.TextID, body domain.BodyID) string {
	d, _ := Draft(n.g, text, n.e.Number)
	if d == nil {
		return ""
	}
	for _, c := range d.Changes {
		switch c := c.(type) {
		case *domain.BodyCreated:
			if c.Body == body {
				return c.Name
			}
		case *domain.BodyReplaced:
			if c.By == body {
				return c.Name
			}
		}
	}
	return ""
}

func (n *noting) named(m domain.MemberID) NamedEntry {
	return NamedEntry{Member: m, Name: n.g.MemberName(m, n.e.Number)}
}

// add adds a notice, or adds to the one of its kind.
func (n *noting) add(kind string, fill func(*Notice)) {
	i := slices.IndexFunc(n.found, func(o Notice) bool { return o.Kind == kind })
	if i < 0 {
		i = len(n.found)
		n.found = append(n.found, Notice{
			Data:  NoticeData{Effective: n.e.Effective, Precision: precision(n.e.Effective)},
			Group: n.e.Group, Illustrative: n.e.Illustrative, Kind: kind, Number: n.e.Number, Recorded: n.e.Recorded,
		})
	}
	fill(&n.found[i])
}

// rests marks a notice where one of the events that it rests on, as then known, is invented.
func (n *noting) rests(o *Notice, events ...uint64) {
	if n.invented == nil || o.Illustrative != "" {
		return
	}
	for _, number := range because(n.g, n.e.Number, events...) {
		if what := n.invented(number); what != "" && o.Illustrative == "" {
			o.Illustrative = what
		}
	}
}

// late is the end of all days, as known with the event.
func (n *noting) late() domain.Pair { return domain.Pair{At: domain.LastDay, Known: n.e.Number} }

// said notes what the event itself says.
func (n *noting) said() {
	switch act := n.e.Act.(type) {
	case *domain.DecisionProclaimed:
		n.decision(DecisionWasProclaimed, n.e.Number, "", "")
	case *domain.DecisionAsserted:
		n.decision(DecisionWasAsserted, n.e.Number, "", "")
	case *domain.DecisionAnnulled:
		n.decision(DecisionWasAnnulled, act.Decision, act.Court, act.Reason)
	case *domain.AnnulmentLifted:
		if said, _ := n.g.Said(act.Annulment, n.e.Number); said.Act != nil {
			if annulled, ok := said.Act.(*domain.DecisionAnnulled); ok {
				n.decision(AnnulmentWasLifted, annulled.Decision, annulled.Court, act.Reason)
			}
		}
	case *domain.AvenantDrafted:
		n.avenant(AvenantWasDrafted, act.Avenant, "")
	case *domain.AvenantAbandoned:
		n.avenant(AvenantWasAbandoned, act.Avenant, act.Reason)
	case *domain.AvenantEnteredIntoForce:
		n.avenant(AvenantInForce, act.Avenant, "")
	case *domain.SittingConvened:
		n.sitting(SittingWasConvened, act.Sitting, "", "")
	case *domain.SittingCancelled:
		n.sitting(SittingWasCancelled, act.Sitting, "", act.Reason)
	case *domain.SittingAdjourned:
		n.sitting(SittingWasAdjourned, act.Sitting, act.Why, act.Reason)
	case *domain.OrderIssued:
		n.order(OrderWasIssued, act.Number, OrderNotice{Added: act.Lines.Len()}, "")
	case *domain.OrderAmended:
		n.order(OrderWasAmended, act.Number, OrderNotice{Added: act.Added.Len(), Removed: act.Removed.Len(), Replaced: act.Replaced.Len()}, "")
	case *domain.OrderCancelled:
		n.order(OrderWasCancelled, act.Number, OrderNotice{}, act.Reason)
	case *domain.EventCorrected:
		n.correction(act)
	}
}

func (n *noting) decision(kind string, number uint64, court, reason string) {
	d, ok := n.g.Decision(number, n.late())
	if !ok {
		return
	}
	n.add(kind, func(o *Notice) {
		row := decisionRow(&d)
		o.Bodies, o.Data.Decision, o.Data.Court, o.Data.Reason = []domain.BodyID{d.Body}, &row, court, reason
		n.rests(o, n.behind(&d)...)
	})
}

// behind are the events that a decision rests on; none where nobody asks.
func (n *noting) behind(d *domain.Decision) []uint64 {
	var v Vote
	if n.invented == nil {
		return nil
	}
	if d.Proclaimed != nil {
		if s, ok := n.g.Sitting(d.Proclaimed.Sitting, n.late()); ok {
			v = VotesIn(s)[d.Number]
		}
	}
	return behindDecision(n.g, n.e.Number, d, &v)
}

func (n *noting) avenant(kind string, text domain.TextID, reason string) {
	row, ok := n.g.Text(text, n.late())
	if !ok {
		return
	}
	n.add(kind, func(o *Notice) {
		a := &AvenantNotice{Approved: row.Approved, Members: len(row.Members), Signed: row.Signed, StatedDay: row.Stated, Text: row.Text, Title: row.Title}
		if !row.SHA256.IsZero() {
			a.SHA256 = row.SHA256.String()
		}
		if kind == AvenantInForce {
			a.Day = row.Since.First
		}
		o.Data.Avenant, o.Data.Reason = a, reason
		n.rests(o, row.Event)
		for i := range row.Members {
			n.rests(o, row.Members[i].By, row.Members[i].SignedBy)
		}
		if d, _ := Draft(n.g, text, n.e.Number); d != nil {
			o.Bodies = bodiesOf(d.Changes)
		}
	})
}

// approvals notes the avenants that all who must have approved since this event.
func (n *noting) approvals() {
	switch n.e.Act.(type) {
	case *domain.MemberDeliberated, *domain.MemberWithdrew, *domain.MembersSucceeded, *domain.EventCorrected, *domain.AvenantEnteredIntoForce, *domain.DecisionProclaimed:
	default:
		return
	}
	before := n.late()
	before.Known--
	for _, row := range n.g.Texts(n.late()) {
		if row.Status != domain.Approved {
			continue
		}
		if was, ok := n.g.Text(row.Text, before); ok && was.Status == domain.Drafted {
			n.avenant(AvenantWasApproved, row.Text, "")
		}
	}
}

// membership notes who joins, leaves or takes another's place, by the event itself or by what it puts into force.
func (n *noting) membership(act domain.Act) {
	switch act := act.(type) {
	case *domain.MemberJoined:
		n.add(MembersJoined, func(o *Notice) {
			o.Members, o.Data.Joined = append(o.Members, act.Member), append(o.Data.Joined, NamedEntry{Member: act.Member, Name: act.Name})
		})
	case *domain.MemberWithdrew:
		n.add(MembersLeft, func(o *Notice) {
			o.Members, o.Data.Left = append(o.Members, act.Member), append(o.Data.Left, n.named(act.Member))
		})
	case *domain.MembersSucceeded:
		n.add(MembersMerged, func(o *Notice) {
			if o.Data.Succeeded == nil {
				o.Data.Succeeded = &SucceedsNotice{}
			}
			s := o.Data.Succeeded
			for _, m := range act.Predecessors {
				o.Members, s.Predecessors = append(o.Members, m), append(s.Predecessors, n.named(m))
			}
			for _, m := range act.Successors {
				o.Members, s.Successors = append(o.Members, m.Member), append(s.Successors, NamedEntry(m))
			}
		})
	}
}

func (n *noting) sitting(kind string, id domain.SittingID, why, reason string) {
	s, ok := n.g.Sitting(id, n.late())
	if !ok {
		return
	}
	n.add(kind, func(o *Notice) {
		c := s.Convened
		a := &SittingNotice{Body: c.Body, Day: c.Day, Deadline: c.Deadline, Hour: c.Hour, Mode: c.Mode, Place: c.Place, SecondOf: c.SecondOf, Sitting: id, Why: why}
		for _, i := range s.Agenda {
			a.Agenda = append(a.Agenda, TitledItem{Item: i.Item, Title: i.Title})
		}
		o.Bodies, o.Data.Sitting, o.Data.Reason = []domain.BodyID{c.Body}, a, reason
		n.rests(o, s.Event)
	})
}

func (n *noting) order(kind string, number domain.OrderNumber, o OrderNotice, reason string) {
	row, ok := n.g.Order(number, n.late())
	if !ok {
		return
	}
	o.Agreement, o.From, o.Lines, o.Member, o.Number, o.Until = row.Agreement, row.From, row.Count, row.Member, number, row.Until
	n.add(kind, func(to *Notice) {
		to.Members, to.Data.Order, to.Data.Reason = []domain.MemberID{row.Member}, &o, reason
		n.rests(to, append(row.Amendments, row.Event)...)
	})
}

// bodiesOf are the bodies that changes concern, each once.
func bodiesOf(changes []domain.Change) (all []domain.BodyID) {
	for _, c := range changes {
		switch c := c.(type) {
		case *domain.BodyCreated:
			all = append(all, c.Body)
		case *domain.BodyRenamed:
			all = append(all, c.Body)
		case *domain.BodyReplaced:
			all = append(all, c.Body, c.By)
		case *domain.BodyDissolved:
			all = append(all, c.Body)
		case *domain.WeightsSet:
			all = append(all, c.Body)
		case *domain.VotingRuleSet:
			all = append(all, c.Body)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
