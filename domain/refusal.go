package domain

import "fmt"

// A Rule is a reason to refuse a command. Its code is for ever.
type Rule struct {
	Code string // R0101 …
	Name string
	Says string // the rule, in English
}

// The rules, in their order of precedence: of all that a command breaks, the first is named.
var (
	HouseRegister = rule("R0100", "house-register", "the register called registre holds what the house says of itself, and nothing else; and that stands nowhere else")
	GroupExists   = rule("R0101", "group-exists", "a group is founded once")
	GroupUnknown  = rule("R0102", "group-unknown", "a group must have been founded before anything else is recorded of it")
	UnknownEvent  = rule("R0110", "unknown-event", "the event named must stand in the register")
	UnknownMember = rule("R0201", "unknown-member", "the member named must once have joined")
	UnknownBody   = rule("R0202", "unknown-body", "the body named must once have been created")
	UnknownText   = rule("R0203", "unknown-text", "the text named must have been drafted")
	NotDelib      = rule("R0204", "not-a-deliberation", "only a deliberation that stands can fall")

	UnknownAgreement = rule("R0210", "unknown-agreement", "the framework agreement named must have been launched")
	UnknownSchool    = rule("R0211", "unknown-school", "the school named must once have been opened, under this code")
	UnknownOrder     = rule("R0212", "unknown-order", "the order form named must have been issued")

	BeforeFounding = rule("R0300", "before-founding", "nothing takes effect before the group is founded")
	AlreadyMember  = rule("R0301", "already-member", "whoever joins, or succeeds, is no member on that day")
	NotMember      = rule("R0302", "not-a-member", "whoever acts, leaves, holds a weight or a role is a member on that day")
	BodyExists     = rule("R0303", "body-exists", "a body is created where none of its name exists on that day")
	NoBody         = rule("R0304", "no-such-body", "the body exists on that day")
	TextExists     = rule("R0305", "text-exists", "a text is drafted once")
	NotYetDrafted  = rule("R0306", "not-yet-drafted", "a text is approved and signed after it was drafted")
	TextEnded      = rule("R0307", "text-ended", "an avenant in force, or abandoned, waits for nothing more")
	RoleVacant     = rule("R0308", "role-vacant", "a role that ends is held by somebody")

	AgreementExists    = rule("R0320", "agreement-exists", "a framework agreement is launched once")
	AgreementNotValid  = rule("R0321", "agreement-not-valid", "nothing is ordered under a framework agreement, and it is not ended, outside its validity")
	RenewalNotAdjacent = rule("R0322", "renewal-not-adjacent", "a framework agreement that was not ended is renewed from the day on which its last period ends")
	SchoolExists       = rule("R0323", "school-exists", "a school is opened, or moves to a code, where none of that code is open on that day")
	NoSchool           = rule("R0324", "no-such-school", "the school is open on that day, under this code")
	OrderExists        = rule("R0325", "order-exists", "no two order forms of a group have the same number")
	NotYetOrdered      = rule("R0326", "not-yet-ordered", "an order form is received from its day on, and amended or cancelled from the day on from which it counts")
	OrderAlreadyEnded  = rule("R0327", "order-cancelled", "an order form that was cancelled, or has come to its end, changes no more")

	BasisMissing      = rule("R0401", "basis-missing", "a change outside the convention and its avenants names its legal basis")
	SucceedsItself    = rule("R0402", "succeeds-itself", "nobody succeeds to itself")
	PolicyMissing     = rule("R0403", "policy-missing", "a succession says for every body where a predecessor holds a weight what becomes of it")
	PolicyImpossible  = rule("R0404", "policy-impossible", "a split needs its weights given; keep names a predecessor; weights go to successors")
	TooFine           = rule("R0405", "weights-overflow", "the weights of a body can be added up exactly")
	RetroactiveUnsaid = rule("R0406", "retroactive-unsaid", "a text that takes effect before it was drafted says so, with a reason")
	FoundingVoid      = rule("R0410", "founding-void", "the founding of a group can be corrected, not voided")
	CorrectionType    = rule("R0411", "correction-type", "a correction says anew what its target said: an act of the same type")
	CorrectionName    = rule("R0412", "correction-name", "a correction leaves the name by which other events refer to its target")

	PeriodEmpty     = rule("R0420", "period-empty", "a period ends after it begins")
	CeilingMissing  = rule("R0421", "ceiling-missing", "a framework agreement launched since 2022-01-01 has a ceiling")
	MayNotOrder     = rule("R0422", "may-not-order", "who orders is one of those who may under the framework agreement, or succeeded to one")
	JoinedAfter     = rule("R0423", "joined-after-launch", "who joined after the framework agreement was launched may not order under it, unless it succeeded to one that may")
	PeriodOutside   = rule("R0424", "period-outside", "the period of an order form lies within the validity of its framework agreement")
	SchoolNotOpen   = rule("R0425", "school-closed", "a school is ordered for while it is open, under its code or those that it moved or merged into")
	KeyMissing      = rule("R0426", "line-missing", "a line that is replaced or removed stands in the order form")
	KeyExists       = rule("R0427", "line-exists", "a line that is added does not stand in the order form")
	CurrencyDiffers = rule("R0428", "currency-differs", "unit prices are in the currency of the ceiling")
	OverlapUnsaid   = rule("R0430", "overlap-unsaid", "what another order form has for the same school, cycle and days is ordered again for a stated reason only")
	CeilingPassed   = rule("R0431", "ceiling-passed", "no more is ordered within a period than its ceiling, unless for a stated reason")

	KeyNotInForce = rule("R0501", "key-not-in-force", "only the key in force is replaced")
	KeyUsedBefore = rule("R0502", "key-used-before", "a key that stands in an earlier rotation never comes into force again")

	NothingChanges = rule("R0901", "nothing-changes", "what is so already is not recorded again")
)

var rules []*Rule

func rule(code, name, says string) *Rule {
	r := &Rule{Code: code, Name: name, Says: says}
	rules = append(rules, r)
	return r
}

// Precedence lists the rules, the first to be named first. Their codes ascend.
func Precedence() []*Rule { return append([]*Rule(nil), rules...) }

// A Refusal is a well-formed command refused by a rule. It is not recorded, and its id may be tried again.
type Refusal struct {
	Rule    *Rule
	Subject string // the member, body, text, event or article concerned; "" where it is plain
	Day     Day    // on which it was judged
}

func (r *Refusal) Error() string {
	s := r.Rule.Code + " " + r.Rule.Name
	if r.Subject != "" {
		s += " (" + r.Subject + ")"
	}
	if r.Day != 0 {
		s += fmt.Sprintf(" on %v", r.Day)
	}
	return s + ": " + r.Rule.Says
}

// Is makes errors.Is(err, &Refusal{Rule: r}) tell whether a rule was broken.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Rule == r.Rule
}

// A Malformed act could be accepted by no group, whatever its state.
type Malformed struct {
	Field   string // where, as in "changes[2].weights[0].member"
	Problem string // what is wrong, in English
}

func (m *Malformed) Error() string { return m.Field + ": " + m.Problem }
