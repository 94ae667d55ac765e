package domain

// SittingID names a sitting of a body, or a written consultation; ItemID an item on its agenda; OptionID one of several
// options to choose from. Each is [a-z0-9-]{1,64}.
type (
	SittingID string
	ItemID    string
	OptionID  string
)

// An AgendaOption is one of several to choose from.
type AgendaOption struct {
	Option OptionID
	Title  string
}

// An AgendaItem is what a body is to decide: a resolution, which one is for or against, or a choice of options.
type AgendaItem struct {
	Changes []Change // that are in force once the resolution is adopted; the decision is their basis
	Item    ItemID
	Kind    ItemKind       // whose rule holds; "" for that of all items
	Options []AgendaOption // none for a resolution
	SHA256  Hash           // of the text put to vote; the zero Hash where it is not at hand
	Title   string
}

// How a sitting is held.
const (
	InPerson = "in-person"
	Remote   = "remote"
	Written  = "written" // a consultation: whoever answers by the deadline takes part
)

// SittingConvened convenes a body: from its effective day on, the sitting of Day is to be.
type SittingConvened struct {
	Agenda    []AgendaItem
	Body      BodyID
	Day       Day    // of the sitting; of a consultation the first on which answers count
	Deadline  Day    // of a consultation: the last such day; 0 otherwise
	Hour      string // 14:30, in Paris; "" where it is not said
	Mode      string // InPerson, Remote or Written
	Observers []Named
	Place     string
	SecondOf  SittingID // this is the second notice of a sitting adjourned for want of a quorum; "" otherwise
	Sitting   SittingID
}

// NoticeSent says when the notice of a sitting was sent. No member named means to all.
type NoticeSent struct {
	Members []MemberID
	Sent    Instant
	Sitting SittingID
}

// NoticeReceived says when some members had the notice of a sitting.
type NoticeReceived struct {
	Members  []MemberID
	Received Instant
	Sitting  SittingID
}

// Answers to a notice.
const (
	WillAttend        = "will-attend"
	WillBeRepresented = "will-be-represented"
	Excused           = "excused"
)

// NoticeAnswered is a member's answer to the notice of a sitting. It binds nobody.
type NoticeAnswered struct {
	Answer  string // WillAttend, WillBeRepresented or Excused
	Member  MemberID
	Sitting SittingID
}

// SittingOpened opens a sitting: who is there then.
type SittingOpened struct {
	Present []MemberID // members and observers
	Sitting SittingID
}

// AttendeesArrived and AttendeesLeft say who comes and goes, members and observers. Where a grantor arrives, its proxy ends.
type (
	AttendeesArrived struct {
		Attendees []MemberID
		Sitting   SittingID
	}
	AttendeesLeft struct {
		Attendees []MemberID
		Sitting   SittingID
	}
)

// DelegateReplaced says that another person sits for a member from now on. Presence, voices and votes stay.
type DelegateReplaced struct {
	Member  MemberID
	Sitting SittingID
}

// ProxyGiven lets another member vote for one that is not there: on some items, or on all. It is void while its holder is
// absent, and ends when the grantor arrives.
type ProxyGiven struct {
	Grantor MemberID
	Holder  MemberID
	Items   []ItemID // none means all
	Sitting SittingID
}

// ProxyRevoked ends a proxy by its grantor's will.
type ProxyRevoked struct {
	Grantor MemberID
	Sitting SittingID
}

// MemberRecused says that a member takes no part in an item.
type MemberRecused struct {
	Item    ItemID
	Member  MemberID
	Sitting SittingID
}

// Why a sitting is adjourned.
const (
	ForNoQuorum = "no-quorum" // a second notice can follow
	ForOther    = "other"
)

// SittingSuspended to SittingCancelled are the life of a sitting after it was convened.
type (
	SittingSuspended struct{ Sitting SittingID }
	SittingResumed   struct{ Sitting SittingID }
	// SittingAdjourned ends a sitting before its agenda is dealt with.
	SittingAdjourned struct {
		Reason  string
		Sitting SittingID
		Why     string // ForNoQuorum or ForOther
	}
	SittingClosed struct{ Sitting SittingID }
	// SittingCancelled ends a sitting before it was opened.
	SittingCancelled struct {
		Reason  string
		Sitting SittingID
	}
)

// ItemAdded to ItemDivided change an agenda.
type (
	ItemAdded struct {
		AgendaItem
		Sitting SittingID
	}
	// ItemAmended says anew what an item is.
	ItemAmended struct {
		AgendaItem
		Sitting SittingID
	}
	ItemWithdrawn struct {
		Item    ItemID
		Reason  string
		Sitting SittingID
	}
	ItemPostponed struct {
		Item    ItemID
		Reason  string
		Sitting SittingID
		To      SittingID // "" where it is not said
	}
	// ItemDivided puts parts in the place of an item, to be voted on one by one.
	ItemDivided struct {
		Item    ItemID
		Parts   []AgendaItem
		Sitting SittingID
	}
)

// ItemPutToVote puts an item to vote. VoteOpened follows by itself.
type ItemPutToVote struct {
	Item    ItemID
	Sitting SittingID
}

// A RollLine is some seats of a roll that have all but their members in common.
type RollLine struct {
	Holder   MemberID // of the proxies, where Presence is Represented
	Members  []MemberID
	Presence string // Present, Represented, Absent or Recused
	Weight   Weight
}

// VoteOpened fixes to whom, and under which rule, an item is put to vote, as of that day and as known then. It follows by
// itself from ItemPutToVote. Nobody commands it.
type VoteOpened struct {
	Casting      MemberID // whose vote breaks a tie; "" where nobody is there who could
	Defined      uint64   // the event that says what the item is
	Item         ItemID
	Options      []OptionID
	Roll         []RollLine
	Rule         VotingRule
	RuleSet      uint64 // the event that set the rule
	SecondNotice bool
	SecondRound  bool
	Sitting      SittingID
	Written      bool
}

// A CastVote is how one member votes.
type CastVote struct {
	Member MemberID
	Parts  []CastPart // where its voices are divided; then Sense is ""
	Sense  string     // SenseFor, SenseAgainst, SenseAbstain, or the OptionID of a choice
}

// A CastPart of a member's voices.
type CastPart struct {
	Sense  string
	Weight Weight
}

// The senses of a vote, as words.
const (
	SenseFor     = "for"
	SenseAgainst = "against"
	SenseAbstain = "abstain"
)

// VotesCast takes the votes of some members, in public. A represented member's vote is cast by the holder of its proxy.
type VotesCast struct {
	Item    ItemID
	Sitting SittingID
	Votes   []CastVote
}

// VotersMarked says who has voted in a secret ballot, and nothing of how.
type VotersMarked struct {
	Item    ItemID
	Members []MemberID
	Sitting SittingID
}

// VoteCancelled ends a vote without an outcome. The item can be put to vote again.
type VoteCancelled struct {
	Item    ItemID
	Reason  string
	Sitting SittingID
}

// A SecretCount says how many of those who hold one weight voted in one sense.
type SecretCount struct {
	Sense  string
	Votes  int
	Weight Weight
}

// VoteClosed closes a vote. DecisionProclaimed follows by itself.
type VoteClosed struct {
	Counts  []SecretCount // of a secret ballot
	Item    ItemID
	Sitting SittingID
}

// DecisionProclaimed is the outcome of a vote, with its tally. It follows by itself from VoteClosed. Nobody commands it.
type DecisionProclaimed struct {
	Abstain  Amount
	Against  Amount
	Body     BodyID
	Defined  uint64 // the event that says what the item is
	For      Amount
	Item     ItemID
	NotVoted Amount
	Option   OptionID // elected
	Options  []Amount // of a choice, in the order of VoteOpened; For and Against are then 0
	Outcome  string
	Present  Amount
	Sitting  SittingID
	Tie      bool
	Total    Amount
	Vote     uint64 // the event that opened the vote
}

// DecisionAsserted says what a body decided on that day, as somebody reports it: its votes are not known, so nobody can
// recompute it.
type DecisionAsserted struct {
	Abstain *Weight // nil where it is not known, as the next two
	Against *Weight
	Body    BodyID
	For     *Weight
	Outcome string // Adopted or Rejected
	SHA256  Hash
	Sitting string // as the document calls it; "" where it does not
	Title   string
}

// DecisionPublished and DecisionReceived say that a decision was published, and that the prefecture has received it. It binds
// from the later of both days on (code général des collectivités territoriales, article L3131-1 and its like).
type (
	DecisionPublished struct{ Decision uint64 }
	DecisionReceived  struct{ Decision uint64 }
)

// DecisionAnnulled is the judgment, of its effective day, that annuls a decision: from its beginning, or from a day on.
type DecisionAnnulled struct {
	Condition string // unless which is met; "" where there is none
	Court     string
	Decision  uint64
	From      Day // 0 where it is annulled from its beginning
	Reason    string
}

// How an annulment ends.
const (
	OnAppeal     = "on-appeal"
	ConditionMet = "condition-met"
)

// AnnulmentLifted takes an annulment away, from its own day on, as known from then.
type AnnulmentLifted struct {
	Annulment uint64
	How       string // OnAppeal or ConditionMet
	Reason    string
}

// MinutesApproved says that a body has approved the minutes of a sitting: the text with that hash, where one is given.
type MinutesApproved struct {
	SHA256  Hash
	Sitting SittingID
}
