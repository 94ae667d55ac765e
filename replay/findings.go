package replay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"registre/domain"
)

// How much a finding weighs.
const (
	Info    = "info"    // worth knowing
	Warning = "warning" // somebody should look at it
	Error   = "error"   // the register contradicts itself
)

// A FindingKind is a kind of finding. Its code and name are for ever.
type FindingKind struct {
	Code     string // F0101 …
	Name     string
	Severity string
	Says     string // what it means, in English
	Source   string // where the rule behind it stands
	Settles  string // what would settle it, in English
}

// The kinds of findings, in the order of their codes.
var (
	StatedTotalMismatch = kind("F0101", "stated-total-mismatch", Warning, "a document states a total that its weights do not add up to", "glossary: the sum is computed, a stated total is a quotation")
	WeightUndetermined  = kind("F0102", "weight-undetermined", Warning, "nobody has said what a member's weight is on the day asked", "succession: a split needs its weights to be given")
	WeightsTooFine      = kind("F0103", "weights-too-fine", Error, "the weights of a body cannot be added up exactly on the day asked", "R0405 weights-overflow")

	OtherTextApproved       = kind("F0201", "other-text-approved", Warning, "a member approved a text with another hash: it does not count", "avenant: a member approves the text itself")
	ApprovalWithoutHash     = kind("F0202", "approval-without-hash", Info, "a deliberation names no hash though the text has one", "avenant: a member approves the text itself")
	ApprovalFellAfterForce  = kind("F0203", "approval-fell-after-force", Warning, "an approval fell after the text had entered into force", "avenant: an approval falls as known from then on")
	StatedDayPassed         = kind("F0204", "stated-day-passed", Warning, "an avenant entered into force later than it states", "avenant: the stated day, otherwise the last signature")
	Retroactive             = kind("F0205", "retroactive", Warning, "a text took effect before its last signature", "avenant: a retroactive day is always a finding")
	Late                    = kind("F0301", "late", Info, "an event was recorded after its effective day", "two times: effective and recorded")
	DoubtfulDate            = kind("F0302", "doubtful-date", Info, "a day is known only as a month or a year", "two times: the precision is kept")
	AssertedWithoutDocument = kind("F0303", "asserted-without-document", Warning, "an event names no evidence", "evidence: asserted without document")
	DocumentWithoutHash     = kind("F0304", "document-without-hash", Info, "a document is named, but was not at hand", "evidence: reference, kind, SHA-256")
	Contradiction           = kind("F0401", "contradiction", Error, "what was recorded contradicts what the register now says of that day", "the rule of the domain that it breaks")
	SubstantiveCorrection   = kind("F0501", "correction-substantive", Info, "a correction says that the fact itself was otherwise", "correction: clerical or substantive")
	Illustrative            = kind("F0502", "illustrative", Info, "an event is invented, in whole or in part", "evidence: illustrative data are marked")

	UAILetter         = kind("F0601", "uai-letter", Info, "the letter that checks the code of a school is another; real codes have such letters too", "school: the check letter of a UAI is a warning")
	OverlapAccepted   = kind("F0602", "overlap-accepted", Warning, "an order form was recorded with a reason for ordering what another one orders too", "R0430 overlap-unsaid")
	CeilingOverridden = kind("F0603", "ceiling-overridden", Warning, "an order form was recorded with a reason for going past the ceiling", "R0431 ceiling-passed")
	CeilingPassed     = kind("F0604", "ceiling-passed", Warning, "more is ordered in a period of a framework agreement than its ceiling", "framework agreement: past 100 % a reason is needed")
	CeilingNear       = kind("F0605", "ceiling-near", Info, "80 % or more of the ceiling of a period are ordered", "framework agreement: a warning at 80 and 90 %")

	NoticeTooShort      = kind("F0701", "notice-too-short", Warning, "the notice of a sitting was sent later than the rule of the body asks for", "voting rule: the notice is sent so many clear days before the sitting")
	NoticeUnrecorded    = kind("F0702", "notice-unrecorded", Warning, "a sitting was opened, and nothing says that its notice was sent to all who vote, though the rule of the body asks for one", "voting rule: the notice is sent so many clear days before the sitting")
	RecountDiffers      = kind("F0703", "recount-differs", Error, "the votes of a decision, as they are now known, come to something else than what was proclaimed; the decision stays as it is", "decision: what was recorded of its vote recomputes it")
	RollDiffers         = kind("F0704", "roll-differs", Warning, "the register now tells of other weights on the day of a vote than those on its roll; the result stays", "vote: its roll is fixed as it is opened, as known then")
	AnnulledStillCounts = kind("F0705", "annulled-still-counts", Warning, "a decision is annulled from a day on, and what it changed still counts: nobody has said what takes its place", "annulment: one from a day on undoes nothing that was done")
	DecisionAsserted    = kind("F0706", "decision-asserted", Info, "only the result of a decision is known: nobody can recompute it", "decision: asserted, it never pretends to be recomputable")
	KindWithoutRule     = kind("F0707", "kind-without-rule", Warning, "an item was put to vote whose kind has no rule of its own in the body, though other kinds have: is the kind written as it should be?", "voting rule: that of the kind of item, otherwise that of all items")

	AnswerLeft     = kind("F0850", "answer-left", Info, "an answer is of a finding that is not there, or not there any more", "answer: it is of a finding with that code, those events and that subject")
	EvidenceErased = kind("F0851", "evidence-erased", Info, "a document on which an event rests was erased; its hash and the reason stay", "evidence: a document may go, its hash stays")
)

var kinds []*FindingKind

func kind(code, name, severity, says, source string) *FindingKind {
	k := &FindingKind{Code: code, Name: name, Severity: severity, Says: says, Source: source, Settles: settles[name]}
	kinds = append(kinds, k)
	return k
}

// FindingKinds is the catalogue of findings, in the order of their codes.
func FindingKinds() []*FindingKind {
	return slices.SortedFunc(slices.Values(kinds), func(a, b *FindingKind) int { return cmp.Compare(a.Code, b.Code) })
}

// A Finding is what an audit reports. It judges nobody: it says where to look.
type Finding struct {
	Answered bool              `json:"answered,omitzero"` // somebody has explained it, as it now is
	Answers  []Answer          `json:"answers,omitempty"` // by number
	Args     map[string]string `json:"args,omitempty"`    // what a sentence about it needs, by its kind
	Code     string            `json:"code"`
	Events   []uint64          `json:"events"` // that it follows from, the one it is about first
	Name     string            `json:"name"`
	Rule     string            `json:"rule"` // where the rule behind it stands; of a contradiction, the domain's code
	Severity string            `json:"severity"`
	Subject  string            `json:"subject,omitempty"` // the member, body, text or event concerned
}

// Findings reports what strikes an auditor in the events known at p that are effective on p.At or before (0: whenever). An
// event that a correction has voided has no findings of its own; one that was corrected is judged by what it now says. What
// is asked of a day, as undetermined weights, is asked of p.At; with 0 of the last day there is.
//
// Where somebody has answered a finding it is there with its answers (see AnswerThem).
//
// They come in the order of their codes, then of their events, then of their subjects.
func Findings(b *Book, p domain.Pair) []Finding {
	p.Known = min(p.Known, b.Head())
	a := NewAudit(p)
	a.Look(b.Group, int(p.Known))
	for events := range b.stretches(p.Known) {
		a.Apply(b.Group, events)
	}
	return a.Findings(b.Group)
}

// sorted puts findings in their order, each once: an order form breaks a rule with many of its lines, and says so once.
func sorted(found []Finding) []Finding {
	slices.SortStableFunc(found, func(x, y Finding) int { return x.Compare(&y) })
	return slices.CompactFunc(found, func(x, y Finding) bool { return x.Same(&y) })
}

// Same reports whether two findings are one.
func (f *Finding) Same(other *Finding) bool {
	return f.Compare(other) == 0 && maps.Equal(f.Args, other.Args)
}

// Compare orders findings by their codes, then by their events, then by their subjects.
func (f *Finding) Compare(other *Finding) int {
	return cmp.Or(cmp.Compare(f.Code, other.Code), slices.Compare(f.Events, other.Events), cmp.Compare(f.Subject, other.Subject))
}

// Identity tells a finding from every other of its register: what it is, of whom, from which events, and what it says.
func (f *Finding) Identity() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q %d", f.Code, f.Subject, f.Events)
	for _, key := range slices.Sorted(maps.Keys(f.Args)) {
		fmt.Fprintf(&b, " %s=%q", key, f.Args[key])
	}
	return b.String()
}

func (a *Audit) find(k *FindingKind, subject string, events []uint64, args ...string) *Finding {
	a.found = append(a.found, findingOf(k, subject, events, args...))
	return &a.found[len(a.found)-1]
}

// findingOf makes a finding of a kind, with pairs of the name and the value of an argument.
func findingOf(k *FindingKind, subject string, events []uint64, args ...string) Finding {
	f := Finding{Code: k.Code, Name: k.Name, Severity: k.Severity, Rule: k.Source, Subject: subject, Events: events}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = make(map[string]string, len(args)/2)
		}
		f.Args[args[i]] = args[i+1]
	}
	return f
}
