package analyst

import (
	"maps"
	"slices"

	"registre/domain"
)

// A subject is what can change an answer: the events at which it can become another, and the days on which it can.
type subject struct {
	numbers []uint64 // ascending
	days    map[domain.Day]bool
}

func (s *subject) add(g *domain.Group, n uint64) {
	if len(s.numbers) > 0 && s.numbers[len(s.numbers)-1] == n {
		return
	}
	s.numbers = append(s.numbers, n)
	if s.days == nil {
		s.days = map[domain.Day]bool{}
	}
	for e := range sayings(g.Original(n)) {
		s.days[e.Effective.First] = true
		switch a := e.Act.(type) {
		case *domain.DecisionAnnulled:
			s.days[a.From] = true
		case *domain.AgreementLaunched:
			s.days[a.Until] = true
		case *domain.AgreementRenewed:
			s.days[a.Until] = true
		}
	}
	delete(s.days, 0)
}

// ascending are the days of a subject, in their order.
func (s *subject) ascending() []domain.Day { return slices.Sorted(maps.Keys(s.days)) }

// sayings gives an event, and what it puts in the place of another, if it is a correction; and so on.
func sayings(e domain.Event) func(yield func(domain.Event) bool) {
	return func(yield func(domain.Event) bool) {
		for yield(e) {
			c, ok := e.Act.(*domain.EventCorrected)
			if !ok || c.Replacement == nil {
				return
			}
			e = *c.Replacement
		}
	}
}

// touches are the subjects of a group, each with the events that touch it: those that speak of it, and the corrections of these.
type touches struct {
	g          *domain.Group
	governance subject
	schools    map[domain.UAI]*subject       // schools that one goes on under another share theirs
	orders     []uint64                      // that speak of order forms
	fixes      map[uint64][]uint64           // of these, the corrections
	sittings   map[domain.SittingID]*subject // what makes a difference to more than the count of an open vote
	decisions  map[string]*subject           // by sitting, or by the number of one that is asserted
	decided    map[string][]uint64           // the decisions of each
	documents  map[domain.Hash]*subject
	changes    bool // some decision can change the group
	keys       map[uint64]string
}

func touchesOf(g *domain.Group) *touches {
	t := &touches{
		g: g, schools: map[domain.UAI]*subject{}, fixes: map[uint64][]uint64{}, sittings: map[domain.SittingID]*subject{}, decisions: map[string]*subject{},
		decided: map[string][]uint64{}, documents: map[domain.Hash]*subject{}, keys: map[uint64]string{},
	}
	for n := uint64(1); n <= g.Head(); n++ {
		for e := range sayings(g.Original(n)) {
			t.changes = t.changes || hasChanges(e.Act)
		}
	}
	for n := uint64(1); n <= g.Head(); n++ {
		t.event(n, n)
	}
	return t
}

// event notes what event n touches as it speaks of what event of does: itself, or what it corrects.
func (t *touches) event(n, of uint64) {
	if of == 0 || of > t.g.Head() {
		return
	}
	for e := range sayings(t.g.Original(of)) {
		if c, ok := e.Act.(*domain.EventCorrected); ok {
			if c.Target < of {
				t.event(n, c.Target)
			}
			continue
		}
		t.act(n, of, e.Act)
	}
}

func (t *touches) act(n, of uint64, act domain.Act) {
	corrects := n != of
	if sitting, _ := domain.SpokenOf(act); sitting != "" {
		t.sitting(n, of, sitting, act, corrects)
		return
	}
	switch a := act.(type) {
	case *domain.OrderIssued, *domain.OrderAmended, *domain.OrderCancelled, *domain.OrderReceived:
		t.order(n, of)
	case *domain.SchoolOpened:
		t.school(n, a.School)
	case *domain.SchoolDescribed:
		t.school(n, a.School)
	case *domain.SchoolClosed:
		t.school(n, a.School)
	case *domain.SchoolMoved:
		t.school(n, a.School, a.To)
	case *domain.SchoolsMerged:
		t.school(n, append(slices.Clone(a.Schools), a.Into)...)
	case *domain.DecisionProclaimed:
		t.sitting(n, of, a.Sitting, act, corrects)
	case *domain.DecisionAsserted:
		t.keys[of] = "#" + text10(of)
		t.decision(n, of, t.keys[of])
	case *domain.DecisionPublished:
		t.fate(n, of, a.Decision)
	case *domain.DecisionReceived:
		t.fate(n, of, a.Decision)
	case *domain.DecisionAnnulled:
		t.fate(n, of, a.Decision)
	case *domain.AnnulmentLifted:
		t.fate(n, of, a.Annulment)
	case *domain.DocumentAdded:
		t.document(n, a.SHA256)
	case *domain.DocumentKept:
		t.document(n, a.SHA256)
	case *domain.DocumentErased:
		t.document(n, a.SHA256)
	case *domain.FindingAnswered, *domain.KeyRotated, *domain.RightGranted, *domain.RightEnded, *domain.SubscriptionMade, *domain.SubscriptionEnded, *domain.DeliveryResumed, *domain.NoticeSkipped:
	default:
		t.governance.add(t.g, n)
	}
}

// under is the subject under a key, made where there is none.
func under[K comparable](all map[K]*subject, key K) *subject {
	if all[key] == nil {
		all[key] = &subject{}
	}
	return all[key]
}

// order notes that an event speaks of an order form, or that it corrects one that does.
func (t *touches) order(n, of uint64) {
	if n == of {
		t.orders = append(t.orders, n)
	} else if all := t.fixes[of]; len(all) == 0 || all[len(all)-1] != n {
		t.fixes[of] = append(all, n)
	}
}

func (t *touches) document(n uint64, h domain.Hash) { under(t.documents, h).add(t.g, n) }

// school notes that some schools are touched, and from now on share what touches them.
func (t *touches) school(n uint64, schools ...domain.UAI) {
	all := under(t.schools, schools[0])
	for _, u := range schools[1:] {
		other := under(t.schools, u)
		if other == all {
			continue
		}
		all.numbers = append(all.numbers, other.numbers...)
		slices.Sort(all.numbers)
		all.numbers = slices.Compact(all.numbers)
		for d := range other.days {
			if all.days == nil {
				all.days = map[domain.Day]bool{}
			}
			all.days[d] = true
		}
		for v, s := range t.schools {
			if s == other {
				t.schools[v] = all
			}
		}
	}
	all.add(t.g, n)
}

// sitting notes what touches a sitting. That a vote was cast makes no difference as long as the vote is open.
func (t *touches) sitting(n, of uint64, id domain.SittingID, act domain.Act, corrects bool) {
	switch act.(type) {
	case *domain.VotesCast, *domain.VotersMarked, *domain.NoticeSent, *domain.NoticeReceived, *domain.NoticeAnswered:
		if !corrects {
			return
		}
	}
	under(t.sittings, id).add(t.g, n)
	key := "s" + string(id)
	_, proclaims := act.(*domain.DecisionProclaimed)
	if proclaims {
		t.keys[of] = key
	}
	if proclaims || corrects {
		t.decision(n, of, key)
	}
	if (proclaims || corrects) && t.changes {
		t.governance.add(t.g, n)
	}
}

// decision notes what touches the decisions of a key.
func (t *touches) decision(n, of uint64, key string) {
	under(t.decisions, key).add(t.g, n)
	if t.keys[of] == key && !slices.Contains(t.decided[key], of) {
		if said := t.g.Original(of).Act; isDecision(said) {
			t.decided[key] = append(t.decided[key], of)
		}
	}
}

func isDecision(a domain.Act) bool {
	switch a.(type) {
	case *domain.DecisionProclaimed, *domain.DecisionAsserted:
		return true
	}
	return false
}

// fate notes what becomes of a decision, or of its annulment.
func (t *touches) fate(n, of, decision uint64) {
	key, ok := t.keys[decision]
	if !ok {
		return
	}
	t.keys[of] = key
	t.decision(n, of, key)
	if t.changes {
		t.governance.add(t.g, n)
	}
}

func hasChanges(act domain.Act) bool {
	has := func(i *domain.AgendaItem) bool { return len(i.Changes) > 0 }
	any := func(items []domain.AgendaItem) bool {
		return slices.ContainsFunc(items, func(i domain.AgendaItem) bool { return has(&i) })
	}
	switch a := act.(type) {
	case *domain.SittingConvened:
		return any(a.Agenda)
	case *domain.ItemAdded:
		return has(&a.AgendaItem)
	case *domain.ItemAmended:
		return has(&a.AgendaItem)
	case *domain.ItemDivided:
		return any(a.Parts)
	}
	return false
}
