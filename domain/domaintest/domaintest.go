// Package domaintest makes histories of purchasing groups for the tests of the packages that keep, fold and show them.
//
// They are small in ids and days, so that facts meet: late ones, days known as a month or a year, successions and
// splits, avenants carried and abandoned, order forms for schools that move and merge, sittings with their votes and what becomes
// of their decisions, corrections and corrections of corrections. The same choices always make the same history.
package domaintest

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"registre/domain"
)

// Pick chooses a number from 0 to n-1.
type Pick func(n int) int

// Seeded chooses by a seed.
func Seeded(seed uint64) Pick {
	r := rand.New(rand.NewPCG(seed, 0))
	return r.IntN
}

// Bytes chooses by bytes, one a choice, and always the first when they are used up.
func Bytes(b []byte) Pick {
	return func(n int) int {
		if len(b) == 0 {
			return 0
		}
		c := int(b[0])
		b = b[1:]
		return c % n
	}
}

// Rapid lets rapid choose, and shrink.
func Rapid(t *rapid.T) Pick {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
}

// History is a group's first commands, about so many, each accepted after the ones before it. The first founds the group.
func History(pick Pick, about int) (commands []domain.Command) {
	for c, err := range Attempts(pick, about) {
		if err == nil {
			commands = append(commands, c)
		}
	}
	return commands
}

// Events is what the commands of a History make of a group: their events, with what follows by itself.
func Events(pick Pick, about int) (events []domain.Event) {
	g := &domain.Group{}
	for _, c := range History(pick, about) {
		made, err := domain.Enact(g, c)
		if err != nil {
			panic(err)
		}
		events = append(events, made...)
	}
	return events
}

// Attempts gives commands in turn, and why each was refused; nil where it was accepted.
func Attempts(pick Pick, about int) func(yield func(domain.Command, error) bool) {
	return func(yield func(domain.Command, error) bool) {
		m := &maker{Pick: pick, g: &domain.Group{}}
		for tried := 0; tried < about; {
			for _, c := range m.next() {
				tried++
				_, err := domain.Enact(m.g, c)
				if !yield(c, err) {
					return
				}
			}
		}
	}
}

// First is the first of the days that histories speak of: 2020-01-01.
const First domain.Day = 737425

// Days is their number.
const Days = 60

// The ids that histories use.
var (
	Members = []domain.MemberID{"a", "b", "c", "d", "e", "f"}
	Bodies  = []domain.BodyID{"ag", "cogouv", "copil"}
	Kinds   = []domain.ItemKind{"", "", "budget"}
	Texts   = []domain.TextID{domain.Convention, "avenant-1", "avenant-2", "avenant-3", "avenant-4"}
)

// maker knows the group so far, so that most of what it makes is accepted.
type maker struct {
	Pick
	g    *domain.Group
	made uint64
	on   map[domain.SittingID]domain.Day // of what was last said of a sitting
	busy int                             // how often more is said of sittings before anything else is
}

func pickOf[T any](m *maker, list []T) T { return list[m.Pick(len(list))] }

func (m *maker) oneIn(n int) bool { return m.Pick(n) == 0 }

func (m *maker) day() domain.Day { return First + domain.Day(m.Pick(Days)) }

func (m *maker) date() domain.Date {
	switch m.Pick(12) {
	case 0:
		return domain.Date{First: First, Precision: domain.PrecisionYear}
	case 1:
		return domain.Date{First: First + 31, Precision: domain.PrecisionMonth}
	}
	return domain.OnDay(m.day())
}

func (m *maker) hash() domain.Hash { return domain.Hash{byte(m.Pick(8) / 7 * 2)} }

func (m *maker) weight() domain.Weight {
	w, err := domain.NewWeight(int64(m.Pick(7)), int64(1+m.Pick(3)))
	if err != nil {
		panic(err)
	}
	return w
}

// member is one of those on a day; sometimes anybody.
func (m *maker) member(day domain.Day) domain.MemberID {
	rows := m.g.Members(domain.Now(day))
	if len(rows) == 0 || m.oneIn(15) {
		return pickOf(m, Members)
	}
	return pickOf(m, rows).Member
}

// stranger is one who is no member on a day; sometimes anybody.
func (m *maker) stranger(day domain.Day) domain.MemberID {
	var out []domain.MemberID
	for _, id := range Members {
		if !m.g.IsMember(id, domain.Now(day)) {
			out = append(out, id)
		}
	}
	if len(out) == 0 || m.oneIn(15) {
		return pickOf(m, Members)
	}
	return pickOf(m, out)
}

func (m *maker) body(day domain.Day, exists bool) domain.BodyID {
	var out []domain.BodyID
	for _, id := range Bodies {
		if m.g.HasBody(id, domain.Now(day)) == exists {
			out = append(out, id)
		}
	}
	if len(out) == 0 || m.oneIn(15) {
		return pickOf(m, Bodies)
	}
	return pickOf(m, out)
}

func (m *maker) name() string { return pickOf(m, []string{"N1", "N2", "N3"}) }

func (m *maker) command(date domain.Date, act domain.Act) domain.Command {
	m.made++
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], m.made)
	id[6], id[8] = 0x70, id[8]&0x3f|0x80
	return domain.Command{ID: id, Group: "g", Effective: date, Actor: "secretariat", Act: act}
}

func (m *maker) next() []domain.Command {
	if m.g.Head() == 0 {
		commands := []domain.Command{m.command(domain.OnDay(First), m.founding())}
		if m.oneIn(2) {
			commands = append(commands, m.supply()...)
		}
		return commands
	}
	if m.busy == 0 && m.oneIn(7) {
		m.busy = 2 + m.Pick(16)
	}
	if m.busy > 0 {
		m.busy--
		if !m.oneIn(8) {
			return []domain.Command{m.sitting()}
		}
	}
	date := m.date()
	if m.oneIn(3) {
		act := m.ordering(date)
		if r, ok := act.(*domain.AgreementRenewed); ok {
			if day, ok := m.renewalDay(r.Agreement); ok {
				date = day
			}
		}
		return []domain.Command{m.command(date, act)}
	}
	switch m.Pick(14) {
	case 0, 1, 2, 3:
		return []domain.Command{m.command(date, m.change(date.First, "law"))}
	case 4:
		return []domain.Command{m.command(date, m.draft(date.First))}
	case 5:
		return m.carry()
	case 6, 7:
		return []domain.Command{m.command(date, m.correction())}
	case 8:
		return []domain.Command{m.command(date, m.fall())}
	case 9:
		return []domain.Command{m.command(date, m.end())}
	case 10, 11:
		return []domain.Command{m.command(date, m.paper(date.First))}
	}
	return []domain.Command{m.command(date, m.act(date.First, pickOf(m, Texts)))}
}

func (m *maker) founding() *domain.GroupFounded {
	f := &domain.GroupFounded{Name: "Group", Title: "Convention", Changes: []domain.Change{
		&domain.BodyCreated{Body: "ag", Name: "AG"}, &domain.BodyCreated{Body: "cogouv", Name: "COGOUV"},
	}}
	var ws []domain.MemberWeight
	for _, id := range Members[:2+m.Pick(3)] {
		f.Changes = append(f.Changes, &domain.MemberJoined{Member: id, Name: m.name()})
		ws = append(ws, domain.MemberWeight{Member: id, Weight: m.weight()})
	}
	f.Changes = append(f.Changes, &domain.WeightsSet{Body: "ag", Weights: ws}, &domain.RoleGiven{Member: "a", Role: domain.Coordinator})
	if m.oneIn(2) {
		f.Changes = append(f.Changes, m.rule(First, ""))
	}
	for _, b := range Bodies[:2] {
		f.Changes = append(f.Changes, &domain.VotingRuleSet{Body: b, Rule: m.bodyRule()})
	}
	return f
}

// change is a change as of a day, on a basis of its own or, where that is "", in a text.
func (m *maker) change(day domain.Day, basis string) domain.Change {
	switch m.Pick(17) {
	case 0, 1:
		return m.join(day, basis)
	case 2:
		return &domain.MemberWithdrew{Basis: basis, Member: m.member(day)}
	case 3, 4:
		return m.succession(day, basis)
	case 5, 6:
		return &domain.RoleGiven{Basis: basis, Member: m.member(day), Role: pickOf(m, domain.Roles)}
	case 7:
		return &domain.RoleEnded{Basis: basis, Role: pickOf(m, domain.Roles)}
	case 8:
		return &domain.BodyCreated{Basis: basis, Body: m.body(day, false), Name: m.name()}
	case 9:
		return &domain.BodyRenamed{Basis: basis, Body: m.body(day, true), Name: m.name()}
	case 10:
		if m.oneIn(2) {
			return &domain.BodyDissolved{Basis: basis, Body: m.body(day, true)}
		}
		if old, by := m.body(day, true), m.body(day, false); old != by {
			return &domain.BodyReplaced{Basis: basis, Body: old, By: by, Name: m.name()}
		}
	case 11:
		return &domain.ObligationSet{Article: pickOf(m, []string{"6", "8"}), Basis: basis, Text: pickOf(m, []string{"", "follow", "evaluate"})}
	case 12:
		return m.rule(day, basis)
	case 13:
		return &domain.VotingRuleSet{Basis: basis, Body: m.body(day, true), Kind: pickOf(m, Kinds), Rule: m.bodyRule()}
	}
	return m.table(day, basis)
}

func (m *maker) join(day domain.Day, basis string) *domain.MemberJoined {
	j := &domain.MemberJoined{Basis: basis, Member: m.stranger(day), Name: m.name()}
	if m.oneIn(2) {
		j.Weights = []domain.BodyWeight{{Body: m.body(day, true), Weight: m.weight()}}
	}
	return j
}

// succession puts one in the place of one or two, or two in the place of one, with a policy for nearly every body.
func (m *maker) succession(day domain.Day, basis string) *domain.MembersSucceeded {
	s := &domain.MembersSucceeded{
		Basis: basis, Predecessors: []domain.MemberID{m.member(day)}, Successors: []domain.Named{{Member: m.stranger(day), Name: m.name()}},
	}
	switch m.Pick(3) {
	case 0:
		if other := m.stranger(day); other != s.Successors[0].Member {
			s.Successors = append(s.Successors, domain.Named{Member: other, Name: m.name()})
		}
	case 1:
		if other := m.member(day); other != s.Predecessors[0] {
			s.Predecessors = append(s.Predecessors, other)
		}
	}
	for _, body := range Bodies {
		if m.g.HasBody(body, domain.Now(day)) && !m.oneIn(12) {
			s.Policies = append(s.Policies, m.policy(body, s))
		}
	}
	return s
}

func (m *maker) policy(body domain.BodyID, s *domain.MembersSucceeded) domain.Policy {
	way := m.Pick(3)
	switch {
	case len(s.Successors) == 1 && way == 0:
		return domain.Policy{Body: body, Way: domain.Keep, Of: s.Predecessors[0]}
	case len(s.Successors) == 1 && way == 1:
		return domain.Policy{Body: body, Way: domain.Sum}
	}
	p := domain.Policy{Body: body, Way: domain.Set}
	for _, n := range s.Successors {
		if !m.oneIn(3) {
			p.Weights = append(p.Weights, domain.MemberWeight{Member: n.Member, Weight: m.weight()})
		}
	}
	return p
}

func (m *maker) table(day domain.Day, basis string) *domain.WeightsSet {
	t := &domain.WeightsSet{Basis: basis, Body: m.body(day, true)}
	for _, row := range m.g.Members(domain.Now(day)) {
		if !m.oneIn(6) {
			t.Weights = append(t.Weights, domain.MemberWeight{Member: row.Member, Weight: m.weight()})
		}
	}
	if len(t.Weights) == 0 {
		t.Weights = []domain.MemberWeight{{Member: m.member(day), Weight: m.weight()}}
	}
	if m.oneIn(3) {
		w := m.weight()
		t.StatedTotal = &w
	}
	return t
}

func (m *maker) rule(day domain.Day, basis string) *domain.AmendmentRuleSet {
	return &domain.AmendmentRuleSet{
		Basis: basis, Approval: m.quota(day), Signature: m.quota(day), Effect: pickOf(m, []string{domain.StatedDay, domain.LastSignature}),
	}
}

func (m *maker) quota(day domain.Day) domain.Quota {
	switch m.Pick(4) {
	case 0:
		return domain.Quota{Who: domain.Listed, Members: []domain.MemberID{m.member(day)}}
	case 1:
		share, _ := domain.NewWeight(int64(1+m.Pick(2)), 2)
		return domain.Quota{Who: domain.Share, Share: share}
	}
	return domain.Quota{Who: domain.EveryMember}
}

func (m *maker) draft(day domain.Day) *domain.AvenantDrafted {
	d := &domain.AvenantDrafted{Avenant: pickOf(m, Texts[1:]), SHA256: m.hash(), Title: m.name()}
	for _, id := range Texts[1:] {
		if _, ok := m.g.Text(id, domain.Now(domain.LastDay)); !ok {
			d.Avenant = id
			break
		}
	}
	effect := day
	if m.oneIn(2) {
		effect = m.day()
		d.StatedDay = effect
		if effect < day && !m.oneIn(4) || m.oneIn(6) {
			d.Retroactive = "so agreed"
		}
	}
	for range m.Pick(4) {
		d.Changes = append(d.Changes, m.change(effect, ""))
	}
	return d
}

// open is an avenant that waits, by preference.
func (m *maker) open() domain.TextID {
	for _, row := range m.g.Texts(domain.Now(domain.LastDay)) {
		if row.Status == domain.Drafted || row.Status == domain.Approved {
			return row.Text
		}
	}
	return pickOf(m, Texts[1:])
}

// carry makes nearly everybody approve and sign an open avenant, on a few days.
func (m *maker) carry() (commands []domain.Command) {
	text := m.open()
	if m.oneIn(8) {
		text = domain.Convention
	}
	day := First + Days/2 + domain.Day(m.Pick(Days/2))
	for _, row := range m.g.Members(domain.Now(day)) {
		if m.oneIn(12) {
			continue
		}
		on := domain.OnDay(day + domain.Day(m.Pick(2)))
		commands = append(commands,
			m.command(on, &domain.MemberDeliberated{Member: row.Member, Reference: "CP", SHA256: m.hashOf(text), Text: text}),
			m.command(on, &domain.MemberSigned{Member: row.Member, Text: text}))
	}
	return commands
}

// hashOf is the hash of a text, or rarely another.
func (m *maker) hashOf(id domain.TextID) domain.Hash {
	row, ok := m.g.Text(id, domain.Now(domain.LastDay))
	if !ok || m.oneIn(12) {
		return domain.Hash{9}
	}
	return row.SHA256
}

func (m *maker) act(day domain.Day, text domain.TextID) domain.Act {
	if m.oneIn(2) {
		return &domain.MemberSigned{Member: m.member(day), Text: text}
	}
	return &domain.MemberDeliberated{Member: m.member(day), Reference: "CP", SHA256: m.hashOf(text), Text: text}
}

// fall names a deliberation by preference.
func (m *maker) fall() domain.Act {
	n := 1 + m.Pick(int(m.g.Head()))
	for i := range int(m.g.Head()) {
		at := uint64((n+i)%int(m.g.Head()) + 1)
		if _, ok := m.g.Original(at).Act.(*domain.MemberDeliberated); ok {
			n = int(at)
			break
		}
	}
	return &domain.DeliberationFell{Deliberation: uint64(n), How: pickOf(m, []string{domain.Annulled, domain.Withdrawn}), Reason: "judgment"}
}

func (m *maker) end() domain.Act {
	if m.oneIn(2) {
		return &domain.AvenantAbandoned{Avenant: m.open(), Reason: "given up"}
	}
	return m.act(m.day(), m.open())
}

// correction voids an event or says it anew: on another day, or with other data of the same kind.
func (m *maker) correction() *domain.EventCorrected {
	target := uint64(1 + m.Pick(int(m.g.Head())))
	if m.oneIn(3) {
		for n := m.g.Head(); n > 0; n-- { // of a correction, by preference
			if _, ok := m.g.Original(n).Act.(*domain.EventCorrected); ok {
				target = n
				break
			}
		}
	}
	c := &domain.EventCorrected{Kind: domain.Clerical, Reason: "written down wrong", Target: target}
	if !m.oneIn(3) {
		said := m.g.Original(target)
		c.Replacement = &domain.Event{Effective: m.date(), Act: m.anew(said.Act)}
	}
	return c
}

// anew says the same act otherwise; some acts only as they are.
func (m *maker) anew(a domain.Act) domain.Act {
	if anew := m.orderingAnew(a); anew != nil {
		return anew
	}
	if anew := m.sittingAnew(a); anew != nil {
		return anew
	}
	if anew := m.paperAnew(a); anew != nil {
		return anew
	}
	day := m.day()
	switch a := a.(type) {
	case *domain.EventCorrected:
		if m.oneIn(3) {
			return &domain.EventCorrected{Kind: a.Kind, Reason: a.Reason, Target: a.Target}
		}
		said := m.g.Original(a.Target)
		replacement := domain.Event{Effective: m.date(), Act: m.anew(said.Act)}
		return &domain.EventCorrected{Kind: a.Kind, Reason: a.Reason, Replacement: &replacement, Target: a.Target}
	case *domain.AvenantDrafted:
		anew := m.draft(day)
		anew.Avenant = a.Avenant
		return anew
	case *domain.GroupFounded:
		return m.founding()
	case *domain.MemberJoined:
		return m.join(day, a.Basis)
	case *domain.MembersSucceeded:
		return m.succession(day, a.Basis)
	case *domain.WeightsSet:
		return m.table(day, a.Basis)
	case *domain.MemberDeliberated:
		return &domain.MemberDeliberated{Member: m.member(day), Reference: a.Reference, SHA256: m.hashOf(a.Text), Text: a.Text}
	}
	return a
}
