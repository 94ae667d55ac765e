package replay

import (
	"registre/domain"
	"registre/projections"
)

// texts finds what strikes in the life of the convention and of the avenants.
func (a *Audit) texts(f *fact) {
	switch act := f.said.Act.(type) {
	case *domain.MemberDeliberated:
		a.deliberated(f, act)
	case *domain.DeliberationFell:
		a.fell(f, act)
	case *domain.GroupFounded:
		a.retroactive(f, domain.Convention, nil)
	case *domain.AvenantEnteredIntoForce:
		d, drafted := projections.Draft(a.g, act.Avenant, a.known)
		if d != nil && d.StatedDay != 0 && f.day > d.StatedDay {
			a.find(StatedDayPassed, string(act.Avenant), a.events(f.number, drafted), "effective", f.said.Effective.String(), "stated", d.StatedDay.String())
		}
		a.retroactive(f, act.Avenant, d)
	}
}

func (a *Audit) deliberated(f *fact, act *domain.MemberDeliberated) {
	drafted, sum, ok := a.g.Drafted(act.Text, domain.Pair{At: domain.LastDay, Known: a.known})
	if !ok || sum.IsZero() {
		return
	}
	events := a.events(f.number, drafted)
	switch {
	case act.SHA256.IsZero():
		a.find(ApprovalWithoutHash, string(act.Member), events, "reference", act.Reference, "text", string(act.Text))
	case act.SHA256 != sum:
		a.find(OtherTextApproved, string(act.Member), events, "approved", act.SHA256.String(), "reference", act.Reference, "text", string(act.Text), "wanted", sum.String())
	}
}

// fell finds an approval that fell, as the register tells it, after its text had entered into force.
func (a *Audit) fell(f *fact, act *domain.DeliberationFell) {
	said, _ := a.g.Said(act.Deliberation, a.known)
	d, ok := said.Act.(*domain.MemberDeliberated)
	if !ok {
		return
	}
	if force, ok := a.force[d.Text]; ok && force.number < f.number {
		a.find(ApprovalFellAfterForce, string(d.Member), a.events(f.number, act.Deliberation, force.number), "how", act.How, "reason", act.Reason, "text", string(d.Text))
	}
}

// retroactive finds a text whose last signature is surely later than its effect.
func (a *Audit) retroactive(f *fact, id domain.TextID, d *domain.AvenantDrafted) {
	last, ok := a.signs[id]
	if !ok || last.day < f.said.Effective.End() {
		return
	}
	reason := ""
	if d != nil {
		reason = d.Retroactive
	}
	signed, _ := a.g.Said(last.number, a.known)
	a.find(Retroactive, string(id), a.events(f.number, last.number), "effective", f.said.Effective.String(), "last_signature", signed.Effective.String(), "reason", reason)
}
