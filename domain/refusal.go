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

	UnknownSitting  = rule("R0220", "unknown-sitting", "the sitting named must have been convened")
	UnknownItem     = rule("R0221", "unknown-item", "the item named must stand on the agenda of the sitting")
	UnknownDecision = rule("R0222", "unknown-decision", "the decision named must have been proclaimed, or asserted")
	NotAnAnnulment  = rule("R0223", "not-an-annulment", "only the annulment of a decision can be lifted")

	UnknownRight        = rule("R0224", "unknown-right", "the right that ends must have been granted")
	UnknownSubscription = rule("R0225", "unknown-subscription", "the subscription named must have been made")

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

	SittingExists  = rule("R0340", "sitting-exists", "a sitting is convened once")
	SittingOver    = rule("R0341", "sitting-over", "nothing more goes on in a sitting that was closed, adjourned or cancelled")
	SittingBegun   = rule("R0342", "sitting-begun", "a sitting is opened, cancelled, and its notice answered, before it was opened")
	SittingNotOpen = rule("R0343", "sitting-not-open", "who comes and goes, and what is voted on, is recorded while the sitting is open and not suspended")
	NotSuspended   = rule("R0344", "not-suspended", "a sitting that is resumed was suspended")
	SittingNotOver = rule("R0345", "sitting-not-over", "the minutes of a sitting are approved after it was closed or adjourned")
	AnotherDay     = rule("R0346", "another-day", "a sitting is convened and prepared until its day, and opened on it; a written consultation until its deadline")
	DayGoesBack    = rule("R0347", "day-goes-back", "what goes on in a sitting is of no day before that of what went on in it before")
	ItemExists     = rule("R0348", "item-exists", "no two items of a sitting have the same id")
	ItemDealtWith  = rule("R0349", "item-dealt-with", "an item decided, withdrawn, postponed or divided is dealt with")
	VoteIsOpen     = rule("R0350", "vote-is-open", "while a vote is open nothing else is put to vote, the item stays as it is, and the sitting goes on")
	VoteNotOpen    = rule("R0351", "vote-not-open", "votes are cast, marked and closed while the vote is open")
	IsThere        = rule("R0352", "is-there", "who arrives, or gives a proxy, is not there yet")
	IsNotThere     = rule("R0353", "is-not-there", "who leaves, or whose delegate is replaced, is there")
	ProxyStands    = rule("R0354", "proxy-stands", "a member has given no other proxy that stands")
	NoProxy        = rule("R0355", "no-proxy", "a proxy that is revoked stands")
	NotYetDecided  = rule("R0356", "not-yet-decided", "a decision is published, received and annulled from its day on, and an annulment lifted from its own")

	RightNotStanding   = rule("R0357", "right-not-standing", "a right that ends stands on that day")
	SubscriptionExists = rule("R0358", "subscription-exists", "a subscription is made once")
	SubscriptionOver   = rule("R0359", "subscription-over", "what is said of a subscription is said while it stands")

	BasisMissing      = rule("R0401", "basis-missing", "a change outside the convention and its avenants names its legal basis")
	SucceedsItself    = rule("R0402", "succeeds-itself", "nobody succeeds to itself")
	PolicyMissing     = rule("R0403", "policy-missing", "a succession says for every body where a predecessor holds a weight what becomes of it")
	PolicyImpossible  = rule("R0404", "policy-impossible", "a split needs its weights given; keep names a predecessor; weights go to successors")
	TooFine           = rule("R0405", "weights-overflow", "the weights of a body can be added up exactly")
	RetroactiveUnsaid = rule("R0406", "retroactive-unsaid", "a text that takes effect before it was drafted says so, with a reason")
	FoundingVoid      = rule("R0410", "founding-void", "the founding of a group can be corrected, not voided")
	CorrectionType    = rule("R0411", "correction-type", "a correction says anew what its target said: an act of the same type")
	CorrectionName    = rule("R0412", "correction-name", "a correction leaves the name by which other events refer to its target")

	OutcomeStands = rule("R0413", "outcome-stands", "once a sitting is over, a vote that was opened in it and a decision that was proclaimed are not voided: a decision is annulled")

	SecondNoticeStands = rule("R0414", "second-notice-stands", "a sitting has one second notice: another follows once the sitting that it convened was cancelled, or is over and has left something")

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

	RollTooLong        = rule("R0440", "roll-too-long", fmt.Sprintf("the roll of a body has room in the event that opens a vote: %d bytes, which is at least 150 voters, and 400 whose ids have twenty letters", MaxRollRoom))
	RuleMissing        = rule("R0441", "rule-missing", "a text must have said how the body decides")
	NobodyVotes        = rule("R0442", "nobody-votes", "somebody votes in the body on that day")
	WeightUndetermined = rule("R0443", "weight-undetermined", "nobody votes with a weight that is undetermined")
	NotInvited         = rule("R0444", "not-invited", "who is named in a sitting is a member on its day, or convened as an observer; observers give and hold no proxies")
	NoSecondNotice     = rule("R0445", "no-second-notice", "a second notice follows on a sitting of the same body that was adjourned for want of a quorum")
	SecondAgenda       = rule("R0446", "second-agenda", "on second notice only what stood on the first agenda is dealt with")
	NoProxies          = rule("R0447", "no-proxies", "the rule of the body lets members be represented")
	ProxyTooLate       = rule("R0448", "proxy-too-late", "where the rule says so, a proxy is given before the sitting is opened")
	TooManyProxies     = rule("R0449", "too-many-proxies", "nobody holds more proxies than the rule lets one hold")
	ProxyPassedOn      = rule("R0450", "proxy-passed-on", "a proxy cannot be passed on: who holds one gives none, and who has given one holds none")
	QuorumMissing      = rule("R0451", "quorum-missing", "an item is put to vote with the quorum that the rule asks for")
	QuorumThere        = rule("R0452", "quorum-there", "a sitting is adjourned for want of a quorum where no item still to be dealt with has one")
	SecretGivenAway    = rule("R0453", "secret-given-away", fmt.Sprintf("in a secret ballot at least %d members vote with each weight, or their weights would tell how they voted", MinSecretClass))
	BallotDiffers      = rule("R0454", "ballot-differs", "votes are cast in a public vote; in a secret one voters are marked, and counts given as it is closed")
	NotOnRoll          = rule("R0455", "not-on-roll", "who votes is on the roll that was fixed as the vote was opened")
	TakesNoPart        = rule("R0456", "takes-no-part", "who was absent or recused as the vote was opened takes no part in it")
	UnknownSense       = rule("R0457", "unknown-sense", "one votes for, against or abstains; in a choice, for one of its options or abstains")
	VoteFinal          = rule("R0458", "vote-final", "where the rule says so, a vote once cast is final")
	VoicesUndivided    = rule("R0459", "voices-undivided", "where the rule does not say otherwise, a member's voices are one block")
	PartsDiffer        = rule("R0460", "parts-differ", "the parts of divided voices make up the member's weight")
	CountsDiffer       = rule("R0461", "counts-differ", "of each weight as many secret votes are counted as voters were marked")
	AfterDeadline      = rule("R0462", "after-deadline", "a written consultation is answered by its deadline")
	BeforeDeadline     = rule("R0463", "before-deadline", "a written consultation is closed after its deadline, or once all have answered")

	UnknownDocument = rule("R0464", "unknown-document", "the document named must have been added")
	WasErased       = rule("R0465", "document-erased", "a document that was erased is not added, dated or erased again")
	NoPeriod        = rule("R0466", "no-period", "a day from which a document is kept is said of papers of an award or an execution")
	StillKept       = rule("R0467", "still-kept", "a document that is still to be kept is erased by a named order only")

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
