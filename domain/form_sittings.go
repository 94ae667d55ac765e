package domain

import (
	"fmt"
	"slices"
)

// MaxOptions bounds the options of a choice, and MaxClasses the weights by which a secret ballot is counted.
const (
	MaxOptions = 50
	MaxClasses = 100
)

// MaxVotes bounds the votes of one weight that are counted for one sense.
const MaxVotes = MaxItems

func (f *form) sitting(id SittingID) { f.id("sitting", string(id)) }

func (f *form) item(id ItemID, sitting SittingID) {
	f.id("item", string(id))
	f.sitting(sitting)
}

func (a *AgendaItem) check(f *form) {
	f.id("item", string(a.Item))
	if a.Kind != "" {
		f.id("kind", string(a.Kind))
	}
	f.name("title", a.Title)
	f.changes(a.Changes)
	if len(a.Options) > MaxOptions {
		f.wrong("options", "has %d options, more than %d", len(a.Options), MaxOptions)
	}
	distinct(f, "options", a.Options, 0, func(o AgendaOption) OptionID { return o.Option })
	for i, o := range a.Options {
		f.name(fmt.Sprintf("options[%d].title", i), o.Title)
		if slices.Contains([]string{SenseFor, SenseAgainst, SenseAbstain}, string(o.Option)) {
			f.wrong(fmt.Sprintf("options[%d].option", i), "%q is a sense of its own", string(o.Option))
		}
	}
	switch {
	case len(a.Options) == 1:
		f.wrong("options", "one alone is no choice")
	case len(a.Options) > 0 && len(a.Changes) > 0:
		f.wrong("changes", "go with a resolution only")
	}
}

func (f *form) agenda(field string, items []AgendaItem, least int) {
	distinct(f, field, items, least, func(a AgendaItem) ItemID { return a.Item })
	for i := range items {
		f.within(fmt.Sprintf("%s[%d]", field, i), items[i].check)
	}
}

func (a *SittingConvened) check(f *form) {
	f.agenda("agenda", a.Agenda, 0)
	f.id("body", string(a.Body))
	f.hour(a.Hour)
	f.oneOf("mode", a.Mode, InPerson, Remote, Written)
	distinct(f, "observers", a.Observers, 0, func(n Named) MemberID { return n.Member })
	for i, o := range a.Observers {
		f.name(fmt.Sprintf("observers[%d].name", i), o.Name)
	}
	f.line("place", a.Place)
	f.sitting(a.Sitting)
	switch {
	case a.Day == 0:
		f.wrong("day", "of the sitting is missing")
	case (a.Mode == Written) != (a.Deadline != 0):
		f.wrong("deadline", "is that of a written consultation, which has one")
	case a.Mode == Written && a.Deadline < a.Day:
		f.wrong("deadline", "is before the first day")
	case a.Mode == Written && a.SecondOf != "":
		f.wrong("second_of", "a written consultation is on nobody's second notice")
	}
	if a.SecondOf != "" {
		f.id("second_of", string(a.SecondOf))
	}
}

// hour is a time of day: 14:30.
func (f *form) hour(s string) {
	ok := len(s) == 5 && s[2] == ':' && s[:2] < "24" && s[3:] < "60"
	for i := range s {
		ok = ok && (i == 2 || '0' <= s[i] && s[i] <= '9')
	}
	if s != "" && !ok {
		f.wrong("hour", "%.20q is no time of day such as 14:30", s)
	}
}

func (a *NoticeSent) check(f *form) {
	distinct(f, "members", a.Members, 0, itself)
	f.instant("sent", a.Sent)
	f.sitting(a.Sitting)
}

func (a *NoticeReceived) check(f *form) {
	distinct(f, "members", a.Members, 1, itself)
	f.instant("received", a.Received)
	f.sitting(a.Sitting)
}

func (f *form) instant(field string, t Instant) {
	if t == 0 {
		f.wrong(field, "is missing")
	}
}

func (a *NoticeAnswered) check(f *form) {
	f.oneOf("answer", a.Answer, WillAttend, WillBeRepresented, Excused)
	f.id("member", string(a.Member))
	f.sitting(a.Sitting)
}

func (a *SittingOpened) check(f *form) {
	distinct(f, "present", a.Present, 0, itself)
	f.sitting(a.Sitting)
}

func (a *AttendeesArrived) check(f *form) {
	distinct(f, "attendees", a.Attendees, 1, itself)
	f.sitting(a.Sitting)
}

func (a *AttendeesLeft) check(f *form) {
	distinct(f, "attendees", a.Attendees, 1, itself)
	f.sitting(a.Sitting)
}

func (a *DelegateReplaced) check(f *form) {
	f.id("member", string(a.Member))
	f.sitting(a.Sitting)
}

func (a *ProxyGiven) check(f *form) {
	f.id("grantor", string(a.Grantor))
	f.id("holder", string(a.Holder))
	if a.Grantor == a.Holder {
		f.wrong("holder", "nobody is its own proxy")
	}
	distinct(f, "items", a.Items, 0, itself)
	f.sitting(a.Sitting)
}

func (a *ProxyRevoked) check(f *form) {
	f.id("grantor", string(a.Grantor))
	f.sitting(a.Sitting)
}

func (a *MemberRecused) check(f *form) {
	f.id("member", string(a.Member))
	f.item(a.Item, a.Sitting)
}

func (a *SittingSuspended) check(f *form) { f.sitting(a.Sitting) }
func (a *SittingResumed) check(f *form)   { f.sitting(a.Sitting) }
func (a *SittingClosed) check(f *form)    { f.sitting(a.Sitting) }

func (a *SittingAdjourned) check(f *form) {
	f.prose("reason", a.Reason)
	f.sitting(a.Sitting)
	f.oneOf("why", a.Why, ForNoQuorum, ForOther)
}

func (a *SittingCancelled) check(f *form) {
	f.reason("reason", a.Reason)
	f.sitting(a.Sitting)
}

func (a *ItemAdded) check(f *form) {
	a.AgendaItem.check(f)
	f.sitting(a.Sitting)
}

func (a *ItemAmended) check(f *form) {
	a.AgendaItem.check(f)
	f.sitting(a.Sitting)
}

func (a *ItemWithdrawn) check(f *form) {
	f.item(a.Item, a.Sitting)
	f.reason("reason", a.Reason)
}

func (a *ItemPostponed) check(f *form) {
	f.item(a.Item, a.Sitting)
	f.reason("reason", a.Reason)
	if a.To != "" {
		f.id("to", string(a.To))
	}
}

func (a *ItemDivided) check(f *form) {
	f.item(a.Item, a.Sitting)
	f.agenda("parts", a.Parts, 2)
}

func (a *ItemPutToVote) check(f *form) { f.item(a.Item, a.Sitting) }

func (a *VoteOpened) check(f *form) {
	f.item(a.Item, a.Sitting)
	f.length("roll", len(a.Roll), 1)
	f.within("rule", a.Rule.check)
	f.number("defined", a.Defined)
	f.number("rule_set", a.RuleSet)
	if len(a.Options) > MaxOptions {
		f.wrong("options", "has %d options, more than %d", len(a.Options), MaxOptions)
	}
	distinct(f, "options", a.Options, 0, itself)
	for i, l := range a.Roll {
		at := fmt.Sprintf("roll[%d]", i)
		f.oneOf(at+".presence", l.Presence, Present, Represented, Absent, Recused)
		if (l.Presence == Represented) != (l.Holder != "") {
			f.wrong(at+".holder", "is that of a proxy, and goes with %q", Represented)
		}
		distinct(f, at+".members", l.Members, 1, itself)
	}
}

func (a *VotesCast) check(f *form) {
	f.item(a.Item, a.Sitting)
	distinct(f, "votes", a.Votes, 1, func(v CastVote) MemberID { return v.Member })
	for i := range a.Votes {
		f.within(fmt.Sprintf("votes[%d]", i), a.Votes[i].check)
	}
}

// MaxParts bounds the parts into which voices are divided: one for each sense that there can be.
const MaxParts = MaxOptions + 1

func (v *CastVote) check(f *form) {
	switch {
	case (v.Sense == "") == (len(v.Parts) == 0):
		f.wrong("sense", "or parts: one of both is given")
	case v.Sense != "":
		f.id("sense", v.Sense)
	case len(v.Parts) > MaxParts:
		f.wrong("parts", "has %d parts, more than %d", len(v.Parts), MaxParts)
	}
	distinct(f, "parts", v.Parts, 0, func(p CastPart) string { return p.Sense })
}

func (a *VotersMarked) check(f *form) {
	f.item(a.Item, a.Sitting)
	distinct(f, "members", a.Members, 1, itself)
}

func (a *VoteCancelled) check(f *form) {
	f.item(a.Item, a.Sitting)
	f.reason("reason", a.Reason)
}

func (a *VoteClosed) check(f *form) {
	f.item(a.Item, a.Sitting)
	if most := MaxClasses * (MaxOptions + 1); len(a.Counts) > most {
		f.wrong("counts", "has %d entries, more than %d", len(a.Counts), most)
	}
	type class struct {
		sense  string
		weight Weight
	}
	seen := make(map[class]bool, len(a.Counts))
	for i, c := range a.Counts {
		at := fmt.Sprintf("counts[%d]", i)
		f.id(at+".sense", c.Sense)
		if c.Votes < 1 || c.Votes > MaxVotes {
			f.wrong(at+".votes", "is %d, not 1 to %d", c.Votes, MaxVotes)
		}
		if seen[class{c.Sense, c.Weight}] {
			f.wrong(at, "%v stands there twice for %q", c.Weight, c.Sense)
		}
		seen[class{c.Sense, c.Weight}] = true
	}
}

func (a *DecisionProclaimed) check(f *form) {
	f.item(a.Item, a.Sitting)
	f.id("body", string(a.Body))
	f.number("defined", a.Defined)
	f.number("vote", a.Vote)
	f.oneOf("outcome", a.Outcome, Adopted, Rejected, Unresolved, NoQuorum, Elected, SecondRound)
	if (a.Outcome == Elected) != (a.Option != "") {
		f.wrong("option", "is the one elected")
	}
}

func (a *DecisionAsserted) check(f *form) {
	f.id("body", string(a.Body))
	f.oneOf("outcome", a.Outcome, Adopted, Rejected)
	f.line("sitting", a.Sitting)
	f.name("title", a.Title)
}

func (a *DecisionPublished) check(f *form) { f.number("decision", a.Decision) }
func (a *DecisionReceived) check(f *form)  { f.number("decision", a.Decision) }

func (a *DecisionAnnulled) check(f *form) {
	f.prose("condition", a.Condition)
	f.name("court", a.Court)
	f.number("decision", a.Decision)
	f.reason("reason", a.Reason)
}

func (a *AnnulmentLifted) check(f *form) {
	f.number("annulment", a.Annulment)
	f.oneOf("how", a.How, OnAppeal, ConditionMet)
	f.reason("reason", a.Reason)
}

func (a *MinutesApproved) check(f *form) { f.sitting(a.Sitting) }
