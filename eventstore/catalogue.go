package eventstore

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"registre/domain"
)

// Events is the catalogue of this program.
var Events = NewCatalogue(
	kindOf("group-founded", 1, "found-group", "A group is founded by its convention, whose changes are in force on that day.", groupFounded),
	kindOf("member-joined", 1, "join-member", "A public body becomes a member, with its weights where they are given.", memberJoined),
	kindOf("member-withdrew", 1, "withdraw-member", "A membership ends without a successor.", memberWithdrew),
	kindOf("members-succeeded", 1, "succeed-members", "One member takes the place of several, or several of one.", membersSucceeded),
	kindOf("role-given", 1, "give-role", "A member takes a role, from whoever held it.", roleGiven),
	kindOf("role-ended", 1, "end-role", "A role becomes vacant.", roleEnded),
	kindOf("body-created", 1, "create-body", "A body begins.", bodyCreated),
	kindOf("body-renamed", 1, "rename-body", "A body has another name.", bodyRenamed),
	kindOf("body-replaced", 1, "replace-body", "A body ends in favour of a new one. Weights do not pass.", bodyReplaced),
	kindOf("body-dissolved", 1, "dissolve-body", "A body ends.", bodyDissolved),
	kindOf("weights-set", 1, "set-weights", "The whole table of weights in a body is given: who is not in it holds none.", weightsSet),
	kindOf("obligation-set", 1, "set-obligation", "An obligation of the members is quoted; an empty text lifts it.", obligationSet),
	kindOf("amendment-rule-set", 1, "set-amendment-rule", "It is said who must approve and sign an avenant, and when it takes effect.", amendmentRuleSet),
	kindOf("voting-rule-set", 1, "set-voting-rule", "It is said how a body decides, on every item or on those of a kind.", votingRuleSet),
	kindOf("avenant-drafted", 1, "draft-avenant", "An avenant is proposed, with what it will change.", avenantDrafted),
	kindOf("member-deliberated", 1, "deliberate", "A member's assembly approves a text.", memberDeliberated),
	kindOf("deliberation-fell", 1, "end-deliberation", "A deliberation is annulled or withdrawn: the approval falls.", deliberationFell),
	kindOf("member-signed", 1, "sign", "A member signs a text.", memberSigned),
	kindOf("avenant-abandoned", 1, "abandon-avenant", "An avenant that is not in force is given up.", avenantAbandoned),
	kindOf("avenant-entered-into-force", 1, "", "An avenant enters into force. It follows by itself from the event that completes its conditions.", avenantEntered),
	kindOf("sitting-convened", 1, "convene-sitting", "A body is convened, with its agenda: to a sitting, or to a written consultation.", sittingConvened),
	kindOf("notice-sent", 1, "send-notice", "The notice of a sitting was sent, to all or to some.", noticeSent),
	kindOf("notice-received", 1, "receive-notice", "Members had the notice of a sitting.", noticeReceived),
	kindOf("notice-answered", 1, "answer-notice", "A member says whether it will come. It binds nobody.", noticeAnswered),
	kindOf("sitting-opened", 1, "open-sitting", "A sitting is opened, with those who are there.", sittingOpened),
	kindOf("attendees-arrived", 1, "arrive", "Members or observers come to a sitting. The proxies that they gave end.", attendeesArrived),
	kindOf("attendees-left", 1, "leave", "Members or observers leave a sitting.", attendeesLeft),
	kindOf("delegate-replaced", 1, "replace-delegate", "Another person sits for a member. Its presence, its voices and its votes stay.", delegateReplaced),
	kindOf("proxy-given", 1, "give-proxy", "A member lets another vote for it, on some items or on all.", proxyGiven),
	kindOf("proxy-revoked", 1, "revoke-proxy", "A member takes its proxy back.", proxyRevoked),
	kindOf("member-recused", 1, "recuse-member", "A member takes no part in an item.", memberRecused),
	kindOf("sitting-suspended", 1, "suspend-sitting", "A sitting pauses.", sittingSuspended),
	kindOf("sitting-resumed", 1, "resume-sitting", "A suspended sitting goes on.", sittingResumed),
	kindOf("sitting-adjourned", 1, "adjourn-sitting", "A sitting ends before its agenda is dealt with. For want of a quorum a second notice can follow.", sittingAdjourned),
	kindOf("sitting-closed", 1, "close-sitting", "A sitting ends.", sittingClosed),
	kindOf("sitting-cancelled", 1, "cancel-sitting", "A sitting is cancelled before it was opened.", sittingCancelled),
	kindOf("item-added", 1, "add-item", "An item is put on an agenda.", itemAdded),
	kindOf("item-amended", 1, "amend-item", "It is said anew what an item is.", itemAmended),
	kindOf("item-withdrawn", 1, "withdraw-item", "An item is taken off an agenda.", itemWithdrawn),
	kindOf("item-postponed", 1, "postpone-item", "An item is put off, to another sitting where one is named.", itemPostponed),
	kindOf("item-divided", 1, "divide-item", "Parts take the place of an item, to be voted on one by one.", itemDivided),
	kindOf("item-put-to-vote", 1, "put-item-to-vote", "An item is put to vote.", itemPutToVote),
	kindOf("vote-opened", 1, "", "It is fixed who votes, with which weights and under which rule. It follows by itself from the item put to vote.", voteOpened),
	kindOf("votes-cast", 1, "cast-votes", "Members vote, in public.", votesCast),
	kindOf("voters-marked", 1, "mark-voters", "Members have voted in a secret ballot. Nothing says how.", votersMarked),
	kindOf("vote-cancelled", 1, "cancel-vote", "A vote ends without an outcome.", voteCancelled),
	kindOf("vote-closed", 1, "close-vote", "A vote is closed, with the counts of a secret ballot.", voteClosed),
	kindOf("decision-proclaimed", 1, "", "The outcome of a vote, with its tally. It follows by itself from the closing of the vote.", decisionProclaimed),
	kindOf("decision-asserted", 1, "assert-decision", "A body decided so, as somebody reports it. Nobody can recompute it.", decisionAsserted),
	kindOf("decision-published", 1, "publish-decision", "A decision was published.", decisionPublished),
	kindOf("decision-received", 1, "receive-decision", "The prefecture has received a decision.", decisionReceived),
	kindOf("decision-annulled", 1, "annul-decision", "A court annuls a decision: from its beginning, or from a day on.", decisionAnnulled),
	kindOf("annulment-lifted", 1, "lift-annulment", "An annulment is taken away: on appeal, or since its condition was met.", annulmentLifted),
	kindOf("minutes-approved", 1, "approve-minutes", "A body approves the minutes of a sitting.", minutesApproved),
	kindOf("agreement-launched", 1, "launch-agreement", "A framework agreement begins, with its contractor, its first period and its ceiling.", agreementLaunched),
	kindOf("agreement-renewed", 1, "renew-agreement", "A framework agreement has one more period, from the end of the one before.", agreementRenewed),
	kindOf("agreement-ended", 1, "end-agreement", "A framework agreement ends before its time. What was ordered stays.", agreementEnded),
	kindOf("school-opened", 1, "open-school", "A school opens, or is known from that day on.", schoolOpened),
	kindOf("school-described", 1, "describe-school", "It is said anew what a school is: its name, kind, département and address.", schoolDescribed),
	kindOf("school-closed", 1, "close-school", "A school ends, and no other continues it.", schoolClosed),
	kindOf("schools-merged", 1, "merge-schools", "Schools end in favour of one that exists, for which their lines count from that day on.", schoolsMerged),
	kindOf("school-moved", 1, "move-school", "A school has another code, for which its lines count from that day on.", schoolMoved),
	kindOf("order-issued", 1, "issue-order", "A member orders: schools and their headcounts, for a period.", orderIssued),
	kindOf("order-amended", 1, "amend-order", "Lines of an order form are added, replaced or removed, from that day on.", orderAmended),
	kindOf("order-cancelled", 1, "cancel-order", "An order form ends: from that day on none of its lines counts.", orderCancelled),
	kindOf("order-received", 1, "receive-order", "The contractor has received an order form, with its amendments so far.", orderReceived),
	kindOf("document-added", 1, "add-document", "A document is at hand: its hash, size and kind. Said again, it describes the document anew.", documentAdded),
	kindOf("document-kept", 1, "keep-document", "It is said from which day the time runs for which a document is kept.", documentKept),
	kindOf("document-erased", 1, "erase-document", "The bytes of a document go, by order or once its time is over. Its hash and the reason stay.", documentErased),
	kindOf("finding-answered", 1, "answer-finding", "A finding of an audit is explained. It is then answered, and never gone.", findingAnswered),
	kindOf("key-rotated", 1, "rotate-key", "In the house register: a new key takes the place of the one that signs the registers. Only `registre key rotate` commands it.", keyRotated),
	kindOf("right-granted", 1, "grant-right", "In the house register: a principal may act in its doors from that day on, in a role, in some groups or in every.", rightGranted),
	kindOf("right-ended", 1, "end-right", "In the house register: a right ends before its time.", rightEnded),
	kindOf("subscription-made", 1, "make-subscription", "In the house register: notices are to be brought to a principal, from that day on.", subscriptionMade),
	kindOf("subscription-ended", 1, "end-subscription", "In the house register: a subscription ends.", subscriptionEnded),
	kindOf("delivery-resumed", 1, "resume-delivery", "In the house register: what is parked for a subscription is tried again.", deliveryResumed),
	kindOf("notice-skipped", 1, "skip-notice", "In the house register: a notice is left out of a subscription, by hand.", noticeSkipped),
	kindOf("event-corrected", 1, "correct-event", "What an event says is replaced, or voided, for every known from here on.", eventCorrected),
)

// A Kind is one type of event in one version. Name, version and form are for ever: what changes is a new version.
type Kind struct {
	Type    string // kebab-case
	Version int    // from 1
	Command string // the command that asks for it; "" where nobody can, and for all versions but the newest
	Doc     string // one line, in English

	visit  func(*coder, domain.Act) domain.Act // the fields; reading it gives a new act, otherwise the one it was given
	is     func(domain.Act) bool               // nil for a version that is only read
	act    reflect.Type                        // what is finds; it is looked up by it, and named by nothing of it
	fields func(*Catalogue) []field
	change bool
	tag    string // what it is called as a change: its type, and from version 2 on "/" and the version
	older  *Kind
}

// An actor is a pointer to the act T.
type actor[T any] interface {
	*T
	domain.Act
}

// kindOf is the newest version of a type, whose form is the act's own.
func kindOf[T any, A actor[T]](name string, version int, command, doc string, visit func(*coder, *T)) Kind {
	_, change := any(A(nil)).(domain.Change)
	return Kind{
		Type: name, Version: version, Command: command, Doc: doc, change: change, tag: tagOf(name, version),
		visit: func(c *coder, act domain.Act) domain.Act {
			a, _ := act.(A)
			if a == nil {
				a = new(T)
			}
			visit(c, (*T)(a))
			return a
		},
		is:     func(act domain.Act) bool { a, ok := act.(A); return ok && a != nil },
		act:    reflect.TypeFor[A](),
		fields: func(events *Catalogue) []field { return describe(events, visit) },
	}
}

// frozen is an older version of a type: its form is a struct of its own, and upgrade gives the act that it is today,
// version by version.
func frozen[T any, A actor[U], U any](name string, version int, doc string, visit func(*coder, *T), upgrade func(*T) A) Kind {
	_, change := any(A(nil)).(domain.Change)
	return Kind{
		Type: name, Version: version, Doc: doc, change: change, tag: tagOf(name, version),
		visit: func(c *coder, _ domain.Act) domain.Act {
			was := new(T)
			visit(c, was)
			return upgrade(was)
		},
		fields: func(events *Catalogue) []field { return describe(events, visit) },
	}
}

func tagOf(name string, version int) string {
	if version == 1 {
		return name
	}
	return name + "/" + strconv.Itoa(version)
}

// A Catalogue is the types of events in all their versions, and their commands. It does not change.
type Catalogue struct {
	kinds    []Kind
	newest   map[string]*Kind // by type
	commands map[string]*Kind
	changes  map[string]*Kind // by tag
	acts     map[reflect.Type]*Kind
}

// NewCatalogue is the catalogue of these kinds: of each type all versions, from 1 on without a gap, in their order.
// It panics where they are not.
func NewCatalogue(kinds ...Kind) *Catalogue {
	c := &Catalogue{
		kinds: slices.Clone(kinds), newest: map[string]*Kind{}, commands: map[string]*Kind{}, changes: map[string]*Kind{}, acts: map[reflect.Type]*Kind{},
	}
	for i := range c.kinds {
		c.add(&c.kinds[i])
	}
	for _, k := range c.newest {
		if k.is == nil {
			panic(k.Type + ": the newest version must be one that can be written")
		}
		c.acts[k.act] = k
		if k.Command != "" {
			c.commands[k.Command] = k
		}
	}
	return c
}

func (c *Catalogue) add(k *Kind) {
	older := c.newest[k.Type]
	if older == nil && k.Version != 1 || older != nil && k.Version != older.Version+1 {
		panic(fmt.Sprintf("%s: version %d is out of order", k.Type, k.Version))
	}
	if older != nil {
		older.is = nil // it is only read from now on
	}
	k.older, c.newest[k.Type] = older, k
	if k.change {
		c.changes[k.tag] = k
	}
}

// Kinds gives every type in every version, in the order of the catalogue.
func (c *Catalogue) Kinds() iter.Seq[Kind] { return slices.Values(c.kinds) }

// of is the kind in which act is written, nil where there is none.
func (c *Catalogue) of(act domain.Act) *Kind {
	if k := c.acts[reflect.TypeOf(act)]; k != nil && k.is(act) {
		return k
	}
	return nil
}

// CommandFor is the name of the command that asks for an act; "" where nobody can.
func (c *Catalogue) CommandFor(act domain.Act) string {
	if k := c.of(act); k != nil {
		return k.Command
	}
	return ""
}

// FollowsByItself reports whether nobody commands an act: it follows from the event before it, and rests on what that rests on.
func FollowsByItself(act domain.Act) bool {
	k := Events.of(act)
	return k != nil && k.Command == ""
}

// find is the kind with this name and version; it fails with ErrUnknownType or ErrUnknownVersion.
func (c *Catalogue) find(name string, version uint64) (*Kind, error) {
	k := c.newest[name]
	if k == nil {
		return nil, fmt.Errorf("%w: %.80q", ErrUnknownType, name)
	}
	for ; k != nil; k = k.older {
		if uint64(k.Version) == version {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w: %s, version %d", ErrUnknownVersion, name, version)
}

// The forms of single values.
var (
	texts    = &form[string]{shape: shape{kind: "string", what: "a text, in Unicode normalisation form C"}, parse: itself[string], append: appendText, blank: true, kept: true, one: always}
	groups   = idForm[domain.GroupID]("the id of a group")
	members  = idForm[domain.MemberID]("the id of a member")
	bodies   = idForm[domain.BodyID]("the id of a body")
	textIDs  = idForm[domain.TextID]("the id of a text")
	weights  = &form[domain.Weight]{shape: shape{kind: "string", what: "a weight: 15, 4.5 or 1/3", pattern: `^(0|[1-9][0-9]*)(\.[0-9]*[1-9]|/[1-9][0-9]*)?$`}, parse: domain.ParseWeight, append: domain.Weight.AppendText, blank: true, one: always}
	days     = &form[domain.Day]{shape: shape{kind: "string", what: "a day: 2017-10-06", pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`}, parse: domain.ParseDay, append: domain.Day.AppendText, one: always, length: len("2017-10-06")}
	dates    = &form[domain.Date]{shape: shape{kind: "string", what: "a day, a month or a year: 2017-10-06, 2017-10 or 2017", pattern: `^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`}, parse: domain.ParseDate, append: domain.Date.AppendText, one: always, length: len("2017-10-06")}
	vkeys    = &form[domain.VerifierKey]{shape: shape{kind: "string", what: "a public key, as C2SP signed-note writes it (vkey): NAME+NUMBER+BASE64", pattern: `^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$`}, parse: domain.ParseVerifierKey, append: appendVerifierKey, kept: true}
	instants = &form[domain.Instant]{shape: shape{kind: "string", what: "an instant: 2026-11-24T09:30:00.123456Z", pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$`}, parse: domain.ParseRFC3339, append: domain.Instant.AppendText, blank: true, one: spelt, length: len("2026-11-24T09:30:00.123456Z")}
	hashes   = &form[domain.Hash]{shape: shape{kind: "string", what: "a SHA-256 in lower-case hexadecimal", pattern: `^[0-9a-f]{64}$`}, parse: domain.ParseHash, append: domain.Hash.AppendText, one: always, length: 2 * len(domain.Hash{})}
	uuids    = &form[uuid.UUID]{shape: shape{kind: "string", what: "a UUID in lower case", pattern: `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`}, parse: parseUUID, append: appendUUID, one: always, length: len(uuidForm)}
)

// spelt reports whether a text that ParseRFC3339 took has six decimals and is in UTC, as instants are written.
func spelt(instant string) bool {
	const form = "2006-01-02T15:04:05.000000Z"
	return len(instant) == len(form) && instant[len(form)-1] == 'Z'
}

func itself[S ~string](s string) (S, error) { return S(s), nil }

// appendVerifierKey writes a key as a text: its name may hold what JSON escapes.
func appendVerifierKey(k domain.VerifierKey, dst []byte) ([]byte, error) {
	if _, err := domain.ParseVerifierKey(string(k)); err != nil && k != "" {
		return dst, err
	}
	return appendText(string(k), dst)
}

func idForm[S ~string](what string) *form[S] {
	return &form[S]{
		shape: shape{kind: "string", what: what, pattern: `^[a-z0-9-]{1,64}$`}, parse: itself[S], kept: true, one: domain.ValidID,
		append: func(id S, dst []byte) ([]byte, error) {
			if id != "" && !domain.ValidID(string(id)) {
				return dst, &domain.TextError{What: "id", Text: string(id), Err: fmt.Errorf("%w: want 1 to %d of a-z, 0-9 and -", domain.ErrMalformed, domain.MaxIDLength)}
			}
			return append(dst, id...), nil
		},
	}
}

// uuidDigits says where the digits of each byte of a UUID stand in its text.
var uuidDigits = [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

const uuidForm, hexDigits = "00000000-0000-0000-0000-000000000000", "0123456789abcdef"

// parseUUID is stricter than uuid.Parse, which takes capitals, braces and more; and it does not allocate.
func parseUUID(s string) (u uuid.UUID, err error) {
	bad := len(s) != len(uuidForm) || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-'
	for i := 0; i < len(u) && !bad; i++ {
		at := uuidDigits[i]
		high, low := hexValues[s[at]], hexValues[s[at+1]]
		u[i], bad = high<<4|low, high|low > 15
	}
	if bad {
		return uuid.UUID{}, &domain.TextError{What: "uuid", Text: s, Err: fmt.Errorf("%w: want lower-case hexadecimal digits as in %s", domain.ErrMalformed, uuidForm)}
	}
	return u, nil
}

// hexValues is the value of each lower-case hexadecimal digit, and 0xff for any other byte.
var hexValues = func() (values [256]byte) {
	for b := range values {
		values[b] = 0xff
	}
	for i := range len(hexDigits) {
		values[hexDigits[i]] = byte(i)
	}
	return values
}()

func appendUUID(u uuid.UUID, dst []byte) ([]byte, error) {
	at := len(dst)
	dst = append(dst, uuidForm...)
	for i, b := range u {
		dst[at+uuidDigits[i]], dst[at+uuidDigits[i]+1] = hexDigits[b>>4], hexDigits[b&15]
	}
	return dst, nil
}

// What follows visits each type, field by field in the order of the keys.

func groupFounded(c *coder, a *domain.GroupFounded) {
	changes(c, "changes", &a.Changes)
	value(c, "name", required, &a.Name, texts)
	value(c, "sha256", optional, &a.SHA256, hashes)
	value(c, "title", required, &a.Title, texts)
}

func memberJoined(c *coder, a *domain.MemberJoined) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "member", required, &a.Member, members)
	value(c, "name", required, &a.Name, texts)
	objects(c, "weights", optional, &a.Weights, bodyWeight)
}

func memberWithdrew(c *coder, a *domain.MemberWithdrew) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "member", required, &a.Member, members)
}

func membersSucceeded(c *coder, a *domain.MembersSucceeded) {
	value(c, "basis", optional, &a.Basis, texts)
	objects(c, "policies", optional, &a.Policies, policy)
	values(c, "predecessors", required, &a.Predecessors, members)
	objects(c, "successors", required, &a.Successors, named)
}

func policy(c *coder, p *domain.Policy) {
	value(c, "body", required, &p.Body, bodies)
	value(c, "of", optional, &p.Of, members)
	value(c, "way", required, &p.Way, texts)
	objects(c, "weights", optional, &p.Weights, memberWeight)
}

func named(c *coder, n *domain.Named) {
	value(c, "member", required, &n.Member, members)
	value(c, "name", required, &n.Name, texts)
}

func memberWeight(c *coder, w *domain.MemberWeight) {
	value(c, "member", required, &w.Member, members)
	value(c, "weight", required, &w.Weight, weights)
}

func bodyWeight(c *coder, w *domain.BodyWeight) {
	value(c, "body", required, &w.Body, bodies)
	value(c, "weight", required, &w.Weight, weights)
}

func roleGiven(c *coder, a *domain.RoleGiven) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "member", required, &a.Member, members)
	value(c, "role", required, &a.Role, texts)
}

func roleEnded(c *coder, a *domain.RoleEnded) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "role", required, &a.Role, texts)
}

func bodyCreated(c *coder, a *domain.BodyCreated) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "body", required, &a.Body, bodies)
	value(c, "name", required, &a.Name, texts)
}

func bodyRenamed(c *coder, a *domain.BodyRenamed) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "body", required, &a.Body, bodies)
	value(c, "name", required, &a.Name, texts)
}

func bodyReplaced(c *coder, a *domain.BodyReplaced) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "body", required, &a.Body, bodies)
	value(c, "by", required, &a.By, bodies)
	value(c, "name", required, &a.Name, texts)
}

func bodyDissolved(c *coder, a *domain.BodyDissolved) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "body", required, &a.Body, bodies)
}

func weightsSet(c *coder, a *domain.WeightsSet) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "body", required, &a.Body, bodies)
	pointed(c, "stated_total", &a.StatedTotal, weights)
	objects(c, "weights", required, &a.Weights, memberWeight)
}

func obligationSet(c *coder, a *domain.ObligationSet) {
	value(c, "article", required, &a.Article, texts)
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "text", required, &a.Text, texts)
}

func amendmentRuleSet(c *coder, a *domain.AmendmentRuleSet) {
	within(c, "approval", required, &a.Approval, quota)
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "effect", required, &a.Effect, texts)
	within(c, "signature", required, &a.Signature, quota)
}

func quota(c *coder, q *domain.Quota) {
	values(c, "members", optional, &q.Members, members)
	value(c, "share", optional, &q.Share, weights)
	value(c, "who", required, &q.Who, texts)
}

func avenantDrafted(c *coder, a *domain.AvenantDrafted) {
	values(c, "articles", optional, &a.Articles, texts)
	value(c, "avenant", required, &a.Avenant, textIDs)
	changes(c, "changes", &a.Changes)
	value(c, "retroactive", optional, &a.Retroactive, texts)
	value(c, "sha256", optional, &a.SHA256, hashes)
	value(c, "stated_day", optional, &a.StatedDay, days)
	value(c, "title", required, &a.Title, texts)
}

func memberDeliberated(c *coder, a *domain.MemberDeliberated) {
	value(c, "member", required, &a.Member, members)
	value(c, "reference", optional, &a.Reference, texts)
	value(c, "sha256", optional, &a.SHA256, hashes)
	value(c, "text", required, &a.Text, textIDs)
}

func deliberationFell(c *coder, a *domain.DeliberationFell) {
	number(c, "deliberation", &a.Deliberation)
	value(c, "how", required, &a.How, texts)
	value(c, "reason", required, &a.Reason, texts)
}

func memberSigned(c *coder, a *domain.MemberSigned) {
	value(c, "member", required, &a.Member, members)
	value(c, "text", required, &a.Text, textIDs)
}

func avenantAbandoned(c *coder, a *domain.AvenantAbandoned) {
	value(c, "avenant", required, &a.Avenant, textIDs)
	value(c, "reason", required, &a.Reason, texts)
}

func avenantEntered(c *coder, a *domain.AvenantEnteredIntoForce) {
	value(c, "avenant", required, &a.Avenant, textIDs)
}

func eventCorrected(c *coder, a *domain.EventCorrected) {
	value(c, "kind", required, &a.Kind, texts)
	value(c, "reason", required, &a.Reason, texts)
	replacement(c, &a.Replacement)
	number(c, "target", &a.Target)
}

func keyRotated(c *coder, a *domain.KeyRotated) {
	value(c, "new_key", required, &a.NewKey, vkeys)
	value(c, "old_key", required, &a.OldKey, vkeys)
	value(c, "reason", required, &a.Reason, texts)
}

func evidence(c *coder, e *domain.Evidence) {
	value(c, "kind", required, &e.Kind, texts)
	value(c, "reference", optional, &e.Reference, texts)
	value(c, "sha256", optional, &e.SHA256, hashes)
}
