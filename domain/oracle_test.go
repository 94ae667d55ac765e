package domain_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// The oracle answers slowly and plainly. It rewrites the list of events as the corrections say, lists all facts, sorts
// them by day, and then walks through them up to the day that is asked for, keeping the state of that moment.

// fact is one thing that counts from a day on.
type fact struct {
	day    Day
	number uint64
	rank   int
	act    Act
	fallen bool // a deliberation that fell
}

// corrected is what each of the first known events says once the corrections among them are applied; nil where it is void.
// A correction can only be corrected by a later one, so the last is applied first.
func corrected(events []Event, known uint64) []*Event {
	says := make([]*Event, known)
	decided := make([]bool, known)
	for i := range says {
		says[i] = &events[i]
	}
	for i := int(known) - 1; i >= 0; i-- {
		if says[i] == nil {
			continue
		}
		c, ok := says[i].Act.(*EventCorrected)
		if ok && !decided[c.Target-1] {
			says[c.Target-1], decided[c.Target-1] = c.Replacement, true
		}
	}
	return says
}

// facts are all facts in their order: by day, then as recorded, then as listed in a text.
func facts(says []*Event) (all []fact) {
	drafts := map[TextID]*AvenantDrafted{}
	fallen := map[uint64]bool{}
	annulled := neverWere(says)
	for _, e := range says {
		if e == nil {
			continue
		}
		switch a := e.Act.(type) {
		case *AvenantDrafted:
			drafts[a.Avenant] = a
		case *DeliberationFell:
			fallen[a.Deliberation] = true
		}
	}
	for i, e := range says {
		if e == nil {
			continue
		}
		n := uint64(i + 1)
		all = append(all, fact{day: e.Effective.First, number: n, act: e.Act, fallen: fallen[n]})
		var changes []Change
		switch a := e.Act.(type) {
		case *GroupFounded:
			changes = a.Changes
		case *AvenantEnteredIntoForce:
			if d := drafts[a.Avenant]; d != nil {
				changes = d.Changes
			}
		case *DecisionProclaimed:
			if !annulled[n] && a.Outcome == Adopted {
				changes = changesOfItem(says[a.Defined-1], a.Item)
			}
		}
		for rank, c := range changes {
			all = append(all, fact{day: e.Effective.First, number: n, rank: rank + 1, act: c})
		}
	}
	slices.SortFunc(all, func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.number, b.number), cmp.Compare(a.rank, b.rank))
	})
	return all
}

// The state of a moment.
type (
	state struct {
		members map[MemberID]standingState
		bodies  map[BodyID]BodyRow
		tables  map[BodyID]tableState
		own     map[BodyID]map[MemberID]ownWeight
		roles   map[string]holding
		texts   map[TextID]*textState
		rule    *AmendmentRuleSet
		duties  map[string]*ObligationSet
		voting  map[BodyID]map[ItemKind]votingState
	}
	standingState struct {
		active    bool
		name      string
		by        *MembersSucceeded
		number    uint64
		inherited []deeds // of all whom it succeeded, as they were just before
	}
	// deeds are what one has done for the texts by a moment.
	deeds struct {
		standing  standingState
		approvals map[TextID]approvalState
		signed    map[TextID]bool
	}
	votingState struct {
		number uint64
		rule   VotingRule
	}
	tableState struct {
		*WeightsSet
		number uint64
	}
	ownWeight struct {
		weight             Weight
		none, undetermined bool
	}
	holding struct {
		member MemberID
		number uint64
	}
	approvalState struct {
		hash   Hash
		fallen bool
		number uint64
	}
	textState struct {
		draft     *AvenantDrafted
		number    uint64
		approvals map[MemberID]approvalState
		signed    map[MemberID]uint64
		status    string
		parties   map[MemberID]standingState // the members when it ended
		rule      *AmendmentRuleSet          // that held then
	}
)

func stateAt(events []Event, q Pair) *state {
	s := &state{
		map[MemberID]standingState{},
		map[BodyID]BodyRow{},
		map[BodyID]tableState{},
		map[BodyID]map[MemberID]ownWeight{},
		map[string]holding{},
		map[TextID]*textState{},
		(&Group{}).Rule(q),
		map[string]*ObligationSet{},
		map[BodyID]map[ItemKind]votingState{},
	}
	for _, f := range facts(corrected(events, q.Known)) {
		if f.day <= q.At {
			s.happens(f)
		}
	}
	return s
}

func (s *state) happens(f fact) {
	switch a := f.act.(type) {
	case *GroupFounded:
		t := s.text(Convention)
		t.draft, t.number, t.status = &AvenantDrafted{Title: a.Title, SHA256: a.SHA256}, f.number, InForce
	case *MemberJoined:
		s.turn(a.Member, standingState{active: true, name: a.Name, number: f.number})
		for _, w := range a.Weights {
			s.owns(w.Body)[a.Member] = ownWeight{weight: w.Weight}
		}
	case *MemberWithdrew:
		s.turn(a.Member, standingState{number: f.number})
		s.passRoles(a.Member, nil)
	case *MembersSucceeded:
		s.succeed(a, f.number)
	case *RoleGiven:
		to := a.Member
		for m := s.members[to]; !m.active && m.by != nil; m = s.members[to] {
			if len(m.by.Successors) != 1 {
				delete(s.roles, a.Role)
				return
			}
			to = m.by.Successors[0].Member
		}
		s.roles[a.Role] = holding{to, f.number}
	case *RoleEnded:
		delete(s.roles, a.Role)
	case *BodyCreated:
		s.bodies[a.Body] = BodyRow{Body: a.Body, Name: a.Name, Exists: true, Event: f.number}
	case *BodyRenamed:
		s.bodies[a.Body] = BodyRow{Body: a.Body, Name: a.Name, Exists: true, Event: f.number}
	case *BodyReplaced:
		s.bodies[a.By] = BodyRow{Body: a.By, Name: a.Name, Exists: true, Event: f.number}
		s.bodies[a.Body] = BodyRow{Body: a.Body, Name: s.bodies[a.Body].Name, Event: f.number, ReplacedBy: a.By}
	case *BodyDissolved:
		s.bodies[a.Body] = BodyRow{Body: a.Body, Name: s.bodies[a.Body].Name, Event: f.number}
	case *WeightsSet:
		s.tables[a.Body] = tableState{a, f.number}
		delete(s.own, a.Body)
	case *ObligationSet:
		s.duties[a.Article] = a
	case *VotingRuleSet:
		if s.voting[a.Body] == nil {
			s.voting[a.Body] = map[ItemKind]votingState{}
		}
		s.voting[a.Body][a.Kind] = votingState{f.number, a.Rule}
	case *AmendmentRuleSet:
		s.rule = a
	case *AvenantDrafted:
		s.text(a.Avenant).draft, s.text(a.Avenant).number = a, f.number
	case *MemberDeliberated:
		s.text(a.Text).approvals[a.Member] = approvalState{a.SHA256, f.fallen, f.number}
	case *MemberSigned:
		s.text(a.Text).signed[a.Member] = f.number
	case *AvenantAbandoned:
		s.text(a.Avenant).end(Abandoned, s)
	case *AvenantEnteredIntoForce:
		s.text(a.Avenant).end(InForce, s)
	}
}

func (s *state) text(id TextID) *textState {
	if s.texts[id] == nil {
		s.texts[id] = &textState{approvals: map[MemberID]approvalState{}, signed: map[MemberID]uint64{}, status: Drafted}
	}
	return s.texts[id]
}

func (t *textState) end(status string, s *state) {
	t.status, t.parties, t.rule = status, maps.Clone(s.members), s.rule
}

func (s *state) owns(b BodyID) map[MemberID]ownWeight {
	if s.own[b] == nil {
		s.own[b] = map[MemberID]ownWeight{}
	}
	return s.own[b]
}

// turn begins or ends a membership. Weights of one's own do not outlive it.
func (s *state) turn(m MemberID, now standingState) {
	s.members[m] = now
	for _, own := range s.own {
		delete(own, m)
	}
}

func (s *state) passRoles(from MemberID, to []Named) {
	for role, h := range s.roles {
		switch {
		case h.member != from:
		case len(to) == 1:
			s.roles[role] = holding{to[0].Member, h.number}
		default:
			delete(s.roles, role)
		}
	}
}

func (s *state) succeed(a *MembersSucceeded, number uint64) {
	var inherited []deeds
	for _, p := range a.Predecessors {
		inherited = append(inherited, s.deedsOf(p, s.members[p]))
	}
	passed := map[BodyID]map[MemberID]ownWeight{}
	for _, p := range a.Policies {
		passed[p.Body] = map[MemberID]ownWeight{}
		for _, n := range a.Successors {
			passed[p.Body][n.Member] = s.passes(a, p, n.Member)
		}
	}
	for _, p := range a.Predecessors {
		if !slices.ContainsFunc(a.Successors, func(n Named) bool { return n.Member == p }) {
			s.turn(p, standingState{by: a, number: number})
			s.passRoles(p, a.Successors)
		}
	}
	for _, n := range a.Successors {
		s.turn(n.Member, standingState{active: true, name: n.Name, by: a, number: number, inherited: inherited})
	}
	for body, own := range passed {
		maps.Copy(s.owns(body), own)
	}
}

// passes is the weight that comes to a successor.
func (s *state) passes(a *MembersSucceeded, p Policy, to MemberID) ownWeight {
	from := a.Predecessors
	switch p.Way {
	case Set:
		for _, w := range p.Weights {
			if w.Member == to {
				return ownWeight{weight: w.Weight}
			}
		}
		return ownWeight{undetermined: true}
	case Keep:
		from = []MemberID{p.Of}
	}
	sum := ownWeight{none: true}
	for _, m := range from {
		if v := s.voices(p.Body, m); !v.none {
			total, err := sum.weight.Add(v.weight)
			if err != nil {
				panic(err)
			}
			sum = ownWeight{weight: total, undetermined: sum.undetermined || v.undetermined}
		}
	}
	if sum.undetermined {
		sum.weight = Weight{}
	}
	return sum
}

// voices is what a member holds in a body at this moment.
func (s *state) voices(b BodyID, m MemberID) ownWeight {
	if !s.members[m].active {
		return ownWeight{none: true}
	}
	if v, ok := s.own[b][m]; ok {
		return v
	}
	if t := s.tables[b]; t.WeightsSet != nil {
		for _, w := range t.Weights {
			if w.Member == m {
				return ownWeight{weight: w.Weight}
			}
		}
	}
	return ownWeight{none: true}
}

func (s *state) weights(b BodyID) (a BodyWeights) {
	if !s.bodies[b].Exists {
		return a
	}
	onlyTable := true
	for _, m := range slices.Sorted(maps.Keys(s.members)) {
		v := s.voices(b, m)
		if v.none {
			continue
		}
		a.Rows = append(a.Rows, WeightRow{Member: m, Weight: v.weight, Undetermined: v.undetermined})
		a.Undetermined = a.Undetermined || v.undetermined
		_, own := s.own[b][m]
		onlyTable = onlyTable && !own
	}
	if t := s.tables[b]; t.WeightsSet != nil && t.StatedTotal != nil && onlyTable && len(a.Rows) == len(t.Weights) {
		a.Stated, a.StatedBy = t.StatedTotal, t.number
	}
	for _, r := range a.Rows {
		if !a.Undetermined {
			a.Total, _ = a.Total.Add(r.Weight)
		}
	}
	return a
}

func (s *state) deedsOf(m MemberID, standing standingState) deeds {
	d := deeds{standing, map[TextID]approvalState{}, map[TextID]bool{}}
	for id, t := range s.texts {
		if own, ok := t.approvals[m]; ok {
			d.approvals[id] = own
		}
		d.signed[id] = t.signed[m] > 0
	}
	return d
}

// approves: by an approval of its own of this very text, or because all whom it succeeded had approved.
func (d deeds) approves(id TextID, text *AvenantDrafted) bool {
	if own, ok := d.approvals[id]; ok {
		return !own.fallen && (text.SHA256.IsZero() || own.hash.IsZero() || own.hash == text.SHA256)
	}
	return d.standing.active && d.standing.by != nil &&
		!slices.ContainsFunc(d.standing.inherited, func(p deeds) bool { return !p.approves(id, text) })
}

func (d deeds) signs(id TextID) bool {
	return d.signed[id] || d.standing.active && d.standing.by != nil &&
		!slices.ContainsFunc(d.standing.inherited, func(p deeds) bool { return !p.signs(id) })
}

func (s *state) boardLine(id TextID) string {
	t := s.texts[id]
	if t == nil || t.draft == nil {
		return ""
	}
	parties, rule, approved, signed := s.members, s.rule, 0, 0
	if t.parties != nil {
		parties, rule = t.parties, t.rule
	}
	did := map[MemberID]bool{}
	heads, mustApprove, mustSign := 0, 0, 0
	for m, p := range parties {
		if p.active {
			heads++
			if asked(rule.Approval, m, p) {
				mustApprove++
			}
			if asked(rule.Signature, m, p) {
				mustSign++
			}
			did[m] = s.deedsOf(m, p).approves(id, t.draft)
			if did[m] {
				approved++
			}
			if s.deedsOf(m, p).signs(id) {
				signed++
			}
		}
	}
	status := t.status
	if status == Drafted && enough(rule.Approval, did, parties) {
		status = Approved
	}
	return fmt.Sprintf("%s #%d %s %s: %d approved, %d signed of %d; must %d, %d", id, t.number, t.draft.Title, status, approved, signed, heads, mustApprove, mustSign)
}

// enough: those of the members who must have done it.
func enough(q Quota, did map[MemberID]bool, parties map[MemberID]standingState) bool {
	must, acted := int64(0), int64(0)
	for m, done := range did {
		if !asked(q, m, parties[m]) {
			continue
		}
		must++
		if done {
			acted++
		}
	}
	if must == 0 || q.Who != Share {
		return must > 0 && acted == must
	}
	part, _ := NewWeight(acted, must)
	return part.Cmp(q.Share) >= 0
}

// asked: whoever is listed, or succeeded to one who is.
func asked(q Quota, m MemberID, st standingState) bool {
	if q.Who != Listed || slices.Contains(q.Members, m) {
		return true
	}
	for i := range st.inherited {
		if asked(q, st.by.Predecessors[i], st.inherited[i].standing) {
			return true
		}
	}
	return false
}

// answers renders what the oracle says of a moment; answersOf, what the group says. One line for each thing.
func (s *state) answers() (lines []string) {
	for _, b := range domaintest.Bodies {
		lines = append(lines, weightsLine(b, s.weights(b)))
		if row, ok := s.bodies[b]; ok {
			lines = append(lines, fmt.Sprintf("body %s %q %v #%d %s", b, row.Name, row.Exists, row.Event, row.ReplacedBy))
		}
		for _, kind := range []ItemKind{"budget", "other", ""} {
			v, ok := s.voting[b][kind]
			if !ok {
				v, ok = s.voting[b][""]
			}
			if ok && s.bodies[b].Exists {
				lines = append(lines, fmt.Sprintf("decides %s %q #%d %s", b, kind, v.number, v.rule.Sentence(English)))
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(s.members)) {
		if st := s.members[m]; st.active {
			lines = append(lines, fmt.Sprintf("member %s %s #%d", m, st.name, st.number))
		}
	}
	for _, r := range Roles {
		if h, ok := s.roles[r]; ok && s.members[h.member].active {
			lines = append(lines, fmt.Sprintf("role %s %s #%d", r, h.member, h.number))
		}
	}
	for _, id := range domaintest.Texts {
		if line := s.boardLine(id); line != "" {
			lines = append(lines, line)
		}
	}
	for _, article := range slices.Sorted(maps.Keys(s.duties)) {
		if d := s.duties[article]; d.Text != "" {
			lines = append(lines, fmt.Sprintf("duty %s %s", d.Article, d.Text))
		}
	}
	return lines
}

func weightsLine(b BodyID, a BodyWeights) string {
	line := "weights " + string(b)
	for _, r := range a.Rows {
		line += fmt.Sprintf(" %s=%v", r.Member, r.Weight)
		if r.Undetermined {
			line += "?"
		}
	}
	if !a.Undetermined {
		line += fmt.Sprintf(" sum %v", a.Total)
	}
	if a.Stated != nil {
		line += fmt.Sprintf(" stated %v #%d", *a.Stated, a.StatedBy)
	}
	return line
}

func answersOf(t require.TestingT, g *Group, q Pair) (lines []string) {
	bodies := map[BodyID]BodyRow{}
	for _, row := range g.Bodies(q) {
		bodies[row.Body] = row
	}
	for _, b := range domaintest.Bodies {
		w, err := g.Weights(b, q)
		require.NoError(t, err)
		lines = append(lines, weightsLine(b, w))
		if row, ok := bodies[b]; ok {
			lines = append(lines, fmt.Sprintf("body %s %q %v #%d %s", b, row.Name, row.Exists, row.Event, row.ReplacedBy))
		}
		for _, kind := range []ItemKind{"budget", "other", ""} {
			if rule, by := g.VotingRule(b, kind, q); rule != nil {
				lines = append(lines, fmt.Sprintf("decides %s %q #%d %s", b, kind, by, rule.Sentence(English)))
			}
		}
	}
	for _, row := range g.Members(q) {
		lines = append(lines, fmt.Sprintf("member %s %s #%d", row.Member, row.Name, row.Event))
	}
	for _, r := range Roles {
		if m, n := g.Holder(r, q); m != "" {
			lines = append(lines, fmt.Sprintf("role %s %s #%d", r, m, n))
		}
	}
	for _, id := range domaintest.Texts {
		if row, ok := g.Text(id, q); ok {
			mustApprove, mustSign := 0, 0
			for _, m := range row.Members {
				if m.MustApprove {
					mustApprove++
				}
				if m.MustSign {
					mustSign++
				}
			}
			lines = append(lines, fmt.Sprintf("%s #%d %s %s: %d approved, %d signed of %d; must %d, %d", id, row.Event, row.Title, row.Status, row.Approved, row.Signed, len(row.Members), mustApprove, mustSign))
		}
	}
	for _, d := range g.Obligations(q) {
		lines = append(lines, fmt.Sprintf("duty %s %s", d.Article, d.Text))
	}
	return append(append(lines, ledgerSaid(g, q)...), papersSaid(g, q)...)
}

func drawPair(t *rapid.T, head uint64) Pair {
	return Pair{
		At:    domaintest.First + Day(rapid.IntRange(-1, domaintest.Days+2).Draw(t, "at")),
		Known: rapid.Uint64Range(0, head).Draw(t, "known"),
	}
}

func folded(events []Event) *Group {
	g := &Group{}
	for _, e := range events {
		Evolve(g, e)
	}
	return g
}

func TestAnswersAreThoseOfTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := domaintest.Events(domaintest.Rapid(t), 50)
		compare(t, events, drawPair(t, uint64(len(events))))
	})
}

// The same over long histories that a seed makes, at many pairs each.
func TestAnswersAreThoseOfTheOracleFromSeeds(t *testing.T) {
	for seed := range uint64(300) {
		pick := domaintest.Seeded(seed)
		events := domaintest.Events(pick, 80)
		for range 20 {
			q := Pair{At: domaintest.First + Day(pick(domaintest.Days+2)), Known: uint64(pick(len(events) + 1))}
			compare(t, events, q)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func compare(t require.TestingT, events []Event, q Pair) {
	want, got := slices.Concat(stateAt(events, q).answers(), ledgerOf(events, q), papersOf(events, q)), answersOf(t, folded(events), q)
	if !slices.Equal(want, got) {
		for i, e := range events[:q.Known] {
			fmt.Printf("#%d %v %s\n", i+1, e.Effective, told(e.Act))
		}
	}
	require.Equal(t, want, got, "on %v, known #%d", q.At, q.Known)
}

func told(a Act) string {
	if c, ok := a.(*EventCorrected); ok && c.Replacement != nil {
		return fmt.Sprintf("correction of #%d: %v %s", c.Target, c.Replacement.Effective, told(c.Replacement.Act))
	}
	line := fmt.Sprintf("%T %+v", a, a)
	var changes []Change
	switch a := a.(type) {
	case *GroupFounded:
		changes = a.Changes
	case *AvenantDrafted:
		changes = a.Changes
	}
	for _, c := range changes {
		line += fmt.Sprintf("\n      %T %+v", c, c)
	}
	return line
}
