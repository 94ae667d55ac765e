package domain

import (
	"reflect"
	"strconv"
)

func (a *SittingConvened) mark(p *pen)  { p.logged(a.Sitting, a) }
func (a *NoticeSent) mark(p *pen)       { p.logged(a.Sitting, a) }
func (a *NoticeReceived) mark(p *pen)   { p.logged(a.Sitting, a) }
func (a *NoticeAnswered) mark(p *pen)   { p.logged(a.Sitting, a) }
func (a *SittingOpened) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *AttendeesArrived) mark(p *pen) { p.logged(a.Sitting, a) }
func (a *AttendeesLeft) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *DelegateReplaced) mark(p *pen) { p.logged(a.Sitting, a) }
func (a *ProxyGiven) mark(p *pen)       { p.logged(a.Sitting, a) }
func (a *ProxyRevoked) mark(p *pen)     { p.logged(a.Sitting, a) }
func (a *MemberRecused) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *SittingSuspended) mark(p *pen) { p.logged(a.Sitting, a) }
func (a *SittingResumed) mark(p *pen)   { p.logged(a.Sitting, a) }
func (a *SittingAdjourned) mark(p *pen) { p.logged(a.Sitting, a) }
func (a *SittingClosed) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *SittingCancelled) mark(p *pen) { p.logged(a.Sitting, a) }
func (a *ItemAdded) mark(p *pen)        { p.logged(a.Sitting, a) }
func (a *ItemAmended) mark(p *pen)      { p.logged(a.Sitting, a) }
func (a *ItemWithdrawn) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *ItemPostponed) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *ItemDivided) mark(p *pen)      { p.logged(a.Sitting, a) }
func (a *ItemPutToVote) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *VoteOpened) mark(p *pen)       { p.logged(a.Sitting, a) }
func (a *VotesCast) mark(p *pen)        { p.logged(a.Sitting, a) }
func (a *VotersMarked) mark(p *pen)     { p.logged(a.Sitting, a) }
func (a *VoteCancelled) mark(p *pen)    { p.logged(a.Sitting, a) }
func (a *VoteClosed) mark(p *pen)       { p.logged(a.Sitting, a) }
func (a *MinutesApproved) mark(p *pen)  { p.logged(a.Sitting, a) }

func (a *VoteOpened) judge(*judgement)         {} // it follows by itself
func (a *DecisionProclaimed) judge(*judgement) {} // it follows by itself

func sameItem(a, b *AgendaItem) bool { return reflect.DeepEqual(a, b) }

// InMinutes reports whether an act is what the minutes of a sitting tell: these are its document.
func InMinutes(a Act) bool {
	if _, convened := a.(*SittingConvened); convened {
		return false
	}
	sitting, _ := sittingOf(a)
	return sitting != ""
}

// nameOfSitting is the name by which other events refer to what is said of a sitting, an item or a decision.
func nameOfSitting(a Act) string {
	switch a := a.(type) {
	case *DecisionPublished:
		return strconv.FormatUint(a.Decision, 10)
	case *DecisionReceived:
		return strconv.FormatUint(a.Decision, 10)
	case *DecisionAnnulled:
		return strconv.FormatUint(a.Decision, 10)
	case *AnnulmentLifted:
		return strconv.FormatUint(a.Annulment, 10)
	}
	sitting, item := sittingOf(a)
	if item == "" {
		return string(sitting)
	}
	return string(sitting) + "/" + string(item)
}

// sittingOf is the sitting of which an act speaks, and the item; "" where it speaks of none.
func sittingOf(a Act) (SittingID, ItemID) {
	switch a := a.(type) {
	case *SittingConvened:
		return a.Sitting, ""
	case *NoticeSent:
		return a.Sitting, ""
	case *NoticeReceived:
		return a.Sitting, ""
	case *NoticeAnswered:
		return a.Sitting, ""
	case *SittingOpened:
		return a.Sitting, ""
	case *AttendeesArrived:
		return a.Sitting, ""
	case *AttendeesLeft:
		return a.Sitting, ""
	case *DelegateReplaced:
		return a.Sitting, ""
	case *ProxyGiven:
		return a.Sitting, ""
	case *ProxyRevoked:
		return a.Sitting, ""
	case *SittingSuspended:
		return a.Sitting, ""
	case *SittingResumed:
		return a.Sitting, ""
	case *SittingAdjourned:
		return a.Sitting, ""
	case *SittingClosed:
		return a.Sitting, ""
	case *SittingCancelled:
		return a.Sitting, ""
	case *MinutesApproved:
		return a.Sitting, ""
	}
	return itemSpokenOf(a)
}

func itemSpokenOf(a Act) (SittingID, ItemID) {
	switch a := a.(type) {
	case *MemberRecused:
		return a.Sitting, a.Item
	case *ItemAdded:
		return a.Sitting, a.Item
	case *ItemAmended:
		return a.Sitting, a.Item
	case *ItemWithdrawn:
		return a.Sitting, a.Item
	case *ItemPostponed:
		return a.Sitting, a.Item
	case *ItemDivided:
		return a.Sitting, a.Item
	case *ItemPutToVote:
		return a.Sitting, a.Item
	case *VoteOpened:
		return a.Sitting, a.Item
	case *VotesCast:
		return a.Sitting, a.Item
	case *VotersMarked:
		return a.Sitting, a.Item
	case *VoteCancelled:
		return a.Sitting, a.Item
	case *VoteClosed:
		return a.Sitting, a.Item
	case *DecisionProclaimed:
		return a.Sitting, a.Item
	}
	return "", ""
}

// heardOfSitting judges that a replacement speaks only of bodies and members that the register knows.
func (j *judgement) heardOfSitting(a Act) {
	switch a := a.(type) {
	case *SittingConvened:
		j.heardOfBody(a.Body)
	case *DecisionAsserted:
		j.heardOfBody(a.Body)
	case *ProxyGiven:
		j.heardOfMember(a.Grantor)
		j.heardOfMember(a.Holder)
	case *MemberRecused:
		j.heardOfMember(a.Member)
	case *VoteOpened:
		for _, l := range a.Roll {
			for _, m := range l.Members {
				j.heardOfMember(m)
			}
		}
	case *VotesCast:
		for _, v := range a.Votes {
			j.heardOfMember(v.Member)
		}
	case *VotersMarked:
		for _, m := range a.Members {
			j.heardOfMember(m)
		}
	}
}

// SittingOf is the sitting that an act is of; "" for one that is of none.
func SittingOf(a Act) SittingID { id, _ := sittingOf(a); return id }
