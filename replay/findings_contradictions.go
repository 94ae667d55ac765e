package replay

import "registre/domain"

// contradictions finds, in what a fact brings about, what no member, or no body, of that day could have done: the fact was
// accepted by what was known then, and something recorded since says otherwise.
func (a *Audit) contradictions(f *fact) {
	for rank, act := range a.acts(f) {
		switch act := act.(type) {
		case *domain.MemberDeliberated:
			a.party(f, act.Member, act.Text)
		case *domain.MemberSigned:
			a.party(f, act.Member, act.Text)
		case *domain.RoleGiven:
			a.present(f, act.Member, "role", act.Role)
		case *domain.WeightsSet:
			a.exists(f, act.Body)
			for _, w := range act.Weights {
				a.present(f, w.Member, "body", string(act.Body))
			}
		case *domain.MemberJoined:
			a.joins(f, rank, act.Member)
		case *domain.MemberWithdrew:
			a.leaves(f, rank, act.Member)
		case *domain.MembersSucceeded:
			for _, m := range act.Predecessors {
				a.leaves(f, rank, m)
			}
			for _, s := range act.Successors {
				a.joins(f, rank, s.Member)
			}
		case *domain.VoteOpened:
			if s := a.sitting(act.Sitting); s != nil && s.Convened != nil {
				a.exists(f, s.Convened.Body)
			}
		case *domain.DecisionAsserted:
			a.exists(f, act.Body)
		case *domain.OrderIssued:
			a.orders(f, act)
		case *domain.OrderAmended:
			a.amends(f, act)
		}
	}
}

func (a *Audit) on(day domain.Day) domain.Pair { return domain.Pair{At: day, Known: a.known} }

func (a *Audit) contradicts(f *fact, r *domain.Rule, subject string, args ...string) {
	args = append(args, "day", f.day.String(), "rule", r.Name, "type", f.envelope.Type)
	a.find(Contradiction, subject, a.events(f.number), args...).Rule = r.Code
}

// party wants whoever acts on a text to be a member on the day; on the convention, whoever ever was one can.
func (a *Audit) party(f *fact, m domain.MemberID, text domain.TextID) {
	if text != domain.Convention {
		a.present(f, m, "text", string(text))
	}
}

func (a *Audit) present(f *fact, m domain.MemberID, args ...string) {
	if !a.g.IsMember(m, a.on(f.day)) {
		a.contradicts(f, domain.NotMember, string(m), args...)
	}
}

func (a *Audit) exists(f *fact, body domain.BodyID) {
	if !a.g.HasBody(body, a.on(f.day)) {
		a.contradicts(f, domain.NoBody, string(body))
	}
}

// joins wants whoever becomes a member to be none just before.
func (a *Audit) joins(f *fact, rank int, m domain.MemberID) {
	if a.before(f, rank, m) {
		a.contradicts(f, domain.AlreadyMember, string(m))
	}
}

// leaves wants whoever leaves to be a member just before.
func (a *Audit) leaves(f *fact, rank int, m domain.MemberID) {
	if !a.before(f, rank, m) {
		a.contradicts(f, domain.NotMember, string(m))
	}
}

// before reports whether m was a member just before what a fact brings about at a rank: the day before, or made one, or
// unmade, on the day itself by what stands ahead.
func (a *Audit) before(f *fact, rank int, m domain.MemberID) bool {
	active := a.g.IsMember(m, a.on(f.day-1))
	for _, t := range a.turns[f.day] {
		if t.member == m && (t.number < f.number || t.number == f.number && t.rank < rank) {
			active = t.active
		}
	}
	return active
}
