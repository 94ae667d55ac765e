package domain

import "github.com/google/uuid"

// An Act is what is recorded: one kind of fact, with its data. Every act checks its own form, is judged by the rules
// against the group's timelines, and marks them. The acts are the structs of this package that say so; nobody else
// can add one.
type Act interface {
	// check reports a form that no group could accept.
	check(*form)
	// judge reports the rules that the act breaks, on its effective day, as known now.
	judge(*judgement)
	// mark writes what the act says on the timelines, or takes it off again. It never fails.
	mark(*pen)
}

// A Change is an act by which the rules of a group change. A convention and an avenant are lists of them; outside these
// each needs its own basis.
type Change interface {
	Act
	basis() string
}

// A Command asks that an act be recorded. If it is accepted, its first event says exactly what it said.
type Command struct {
	ID           uuid.UUID // applied at most once in its group, for ever
	Group        GroupID
	Effective    Date // when the law says that it counts
	Actor        string
	OnBehalfOf   MemberID
	Evidence     []Evidence
	Illustrative string // what of it is invented, for a demonstration; "" in earnest
	Act          Act
}

// An Event is an act that counts from a day on. Its place in the register is not its own affair.
type Event struct {
	Effective Date
	Act       Act
}

// Evidence names a document on which an event rests.
type Evidence struct {
	Kind      string // "deliberation", "convention", "report", "law" …
	Reference string
	SHA256    Hash // of the document's bytes; the zero Hash where the document is not at hand
}

// Named gives a member its name. A member is a public body; names of natural persons never stand in an event.
type Named struct {
	Member MemberID
	Name   string
}

// MemberWeight is a member's weight in a body that the context names.
type MemberWeight struct {
	Member MemberID
	Weight Weight
}

// BodyWeight is the weight, in a body, of a member that the context names.
type BodyWeight struct {
	Body   BodyID
	Weight Weight
}

// GroupFounded founds a group by its convention. On its day its changes are in force.
type GroupFounded struct {
	Changes []Change
	Name    string
	SHA256  Hash // of the convention's text
	Title   string
}

// MemberJoined makes a member of one who is none, with its weights where they are given.
type MemberJoined struct {
	Basis   string
	Member  MemberID
	Name    string
	Weights []BodyWeight
}

// MemberWithdrew ends a membership without a successor.
type MemberWithdrew struct {
	Basis  string
	Member MemberID
}

// MembersSucceeded puts one member in the place of several, or several in the place of one. The successors take over
// all rights and obligations; Policies says, body by body, what becomes of the weights.
type MembersSucceeded struct {
	Basis        string
	Policies     []Policy
	Predecessors []MemberID
	Successors   []Named
}

// Ways for a weight to pass to successors.
const (
	Sum  = "sum"  // the successor's weight is the sum of its predecessors'
	Keep = "keep" // the successor keeps the weight of the predecessor that Of names
	Set  = "set"  // Weights says it; a successor it leaves out stays undetermined
)

// A Policy says what becomes of the weights in one body.
type Policy struct {
	Body    BodyID
	Of      MemberID // for Keep
	Way     string   // Sum, Keep or Set
	Weights []MemberWeight
}

// Roles that a member can hold.
const (
	Coordinator = "coordinator"
	Pilot       = "pilot"
)

// RoleGiven gives a role to a member, and takes it from whoever held it.
type RoleGiven struct {
	Basis  string
	Member MemberID
	Role   string
}

// RoleEnded leaves a role vacant.
type RoleEnded struct {
	Basis string
	Role  string
}

// BodyCreated, BodyRenamed, BodyReplaced and BodyDissolved are the life of a body.
type (
	BodyCreated struct {
		Basis string
		Body  BodyID
		Name  string
	}
	BodyRenamed struct {
		Basis string
		Body  BodyID
		Name  string
	}
	// BodyReplaced ends a body in favour of a new one. Weights do not pass: a text must give them.
	BodyReplaced struct {
		Basis string
		Body  BodyID
		By    BodyID
		Name  string // of the new body
	}
	BodyDissolved struct {
		Basis string
		Body  BodyID
	}
)

// WeightsSet gives the whole table of weights in a body: who is not in it holds none.
type WeightsSet struct {
	Basis       string
	Body        BodyID
	StatedTotal *Weight // what the document states as the total; a quotation, never computed with
	Weights     []MemberWeight
}

// ObligationSet quotes an obligation of the members. An empty text lifts the one that stood under the article.
type ObligationSet struct {
	Article string
	Basis   string
	Text    string
}

// Who must act for an avenant.
const (
	EveryMember = "every-member"
	Listed      = "listed"
	Share       = "share" // at least this share of the members, by heads
)

// A Quota says who must approve, or sign.
type Quota struct {
	Members []MemberID // for Listed
	Share   Weight     // for Share, above 0 and at most 1
	Who     string     // EveryMember, Listed or Share
}

// When an avenant takes effect.
const (
	StatedDay     = "stated-day"     // on the day it states, otherwise with the last signature
	LastSignature = "last-signature" // with the last signature, whatever it states
)

// AmendmentRuleSet says who must approve and sign an avenant and when it takes effect. Without one: every member
// approves, every member signs, StatedDay.
type AmendmentRuleSet struct {
	Approval  Quota
	Basis     string
	Effect    string
	Signature Quota
}

// AvenantDrafted opens the life of an avenant: what it will change, if its members want it.
type AvenantDrafted struct {
	Articles    []string
	Avenant     TextID
	Changes     []Change
	Retroactive string // the reason why it takes effect before its last signature; "" where it does not
	SHA256      Hash   // of its text
	StatedDay   Day
	Title       string
}

// MemberDeliberated is the act of a member's assembly that approves a text: the one whose hash it names.
type MemberDeliberated struct {
	Member    MemberID
	Reference string
	SHA256    Hash // of the text that it approved
	Text      TextID
}

// How a deliberation falls.
const (
	Annulled  = "annulled"  // by a court
	Withdrawn = "withdrawn" // by the assembly itself
)

// DeliberationFell takes the approval away, from the deliberation's own day on, as known from then.
type DeliberationFell struct {
	Deliberation uint64 // the number of its event
	How          string
	Reason       string
}

// MemberSigned is a member's signature under a text.
type MemberSigned struct {
	Member MemberID
	Text   TextID
}

// AvenantAbandoned ends an avenant that is not in force.
type AvenantAbandoned struct {
	Avenant TextID
	Reason  string
}

// AvenantEnteredIntoForce follows by itself from the event that completes the convention's conditions. Nobody commands it.
type AvenantEnteredIntoForce struct {
	Avenant TextID
}

// Kinds of correction.
const (
	Clerical    = "clerical"    // a typing error
	Substantive = "substantive" // the fact itself
)

// EventCorrected replaces what an event says, or voids it, for every known from its own number on.
type EventCorrected struct {
	Kind        string
	Reason      string
	Replacement *Event // nil voids the target
	Target      uint64
}

// A Ceiling is what may be ordered under a framework agreement within one of its periods: an amount of money, or a number of
// pupils. The zero value is none.
type Ceiling struct {
	Amount Money
	Pupils int64
}

// Contractor is who delivers under a framework agreement.
type Contractor struct {
	Name  string
	SIRET SIRET
}

// AgreementLaunched begins a framework agreement, valid from its effective day on and before Until: its first period. The
// ceiling is that of each period, unless a renewal gives another.
type AgreementLaunched struct {
	Agreement  AgreementID
	Ceiling    Ceiling // compulsory since 2022
	Contractor Contractor
	Orderers   []MemberID // who may order; none means every member
	Title      string
	Until      Day // the day after the last
}

// AgreementRenewed adds a period: from its effective day, which is the end of the one before, on and before Until.
type AgreementRenewed struct {
	Agreement AgreementID
	Ceiling   Ceiling // none leaves it as it was
	Until     Day
}

// AgreementEnded ends an agreement before its time: nothing is ordered under it any more. What was ordered stays.
type AgreementEnded struct {
	Agreement AgreementID
	Reason    string
}

// SchoolFacts are what is said of a school.
type SchoolFacts struct {
	Address    string // "" where it is not said
	Department string // as its people write it: 67, 2A, 974
	Kind       SchoolKind
	Name       string
}

// SchoolOpened opens a school, or one more time.
type SchoolOpened struct {
	SchoolFacts
	School UAI
}

// SchoolDescribed says anew what a school is, from its effective day on.
type SchoolDescribed struct {
	SchoolFacts
	School UAI
}

// SchoolClosed ends a school that no other continues.
type SchoolClosed struct{ School UAI }

// SchoolsMerged ends schools in favour of one that exists. Their lines count for it from that day on.
type SchoolsMerged struct {
	Into    UAI
	Schools []UAI
}

// SchoolMoved gives a school another code. It stays what it was, but for its address; its lines count for the new code from
// that day on.
type SchoolMoved struct {
	Address string
	School  UAI
	To      UAI
}

// OrderIssued is an order form, of the day on which it counts. Its lines count from From on and before Until.
type OrderIssued struct {
	Agreement     AgreementID
	CeilingReason string // why it goes past the ceiling; "" where it does not
	From          Day
	Lines         Lines
	Member        MemberID
	Number        OrderNumber
	OverlapReason string // why it orders what another order form has ordered for the same days; "" where it does not
	Until         Day    // the day after the last
}

// OrderAmended changes the lines of an order form, from its effective day on.
type OrderAmended struct {
	Added         Lines // whose keys the order does not have
	CeilingReason string
	Number        OrderNumber
	OverlapReason string
	Removed       Keys
	Replaced      Lines // in the place of the lines with the same keys
}

// OrderCancelled ends an order form: from its effective day on none of its lines counts.
type OrderCancelled struct {
	Number OrderNumber
	Reason string
}

// OrderReceived says that the contractor has the order form, with its amendments so far.
type OrderReceived struct{ Number OrderNumber }
