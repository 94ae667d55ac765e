package projections

import (
	"slices"

	"registre/domain"
)

// What a text that is not in force waits for, in this order.
const (
	WaitsApprovals  = "approvals"  // members who must approve have not
	WaitsSignatures = "signatures" // members who must sign have not
	WaitsStatedDay  = "stated-day" // all is there; the day it states has not come
	WaitsEntry      = "entry"      // all is there; the register, as known, does not yet say that it entered into force
)

// AvenantsAnswer is the board of texts.
type AvenantsAnswer struct {
	At       domain.Day     `json:"at"`
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
	Texts    []TextEntry    `json:"texts"` // in the order in which they were drafted, the convention first
}

// TextEntry is the convention or an avenant. Its members are those of the day, or, once it has ended, of the day it ended.
type TextEntry struct {
	Approved         Progress          `json:"approved"`
	Fallen           []domain.MemberID `json:"fallen,omitempty"`            // whose deliberation was annulled or withdrawn
	MissingApproval  []domain.MemberID `json:"missing_approval,omitempty"`  // of whom the register tells no approval that counts
	MissingSignature []domain.MemberID `json:"missing_signature,omitempty"` // of whom it tells no signature
	OtherText        []domain.MemberID `json:"other_text,omitempty"`        // who approved a text with another hash
	Precision        string            `json:"precision,omitempty"`         // of since: "month" or "year"; left out for a day
	SHA256           string            `json:"sha256,omitempty"`            // left out where the text is not at hand
	Signed           Progress          `json:"signed"`
	Since            domain.Date       `json:"since"` // drafted, in force, or abandoned; an approved text: drafted
	StatedDay        domain.Day        `json:"stated_day,omitzero"`
	Status           string            `json:"status"` // drafted, approved, in-force, abandoned
	Text             domain.TextID     `json:"text"`
	Title            string            `json:"title"`
	WaitsFor         []string          `json:"waits_for,omitempty"`
	Why              []uint64          `json:"why,omitempty"` // the events that all this follows from
}

// Progress is how many of those who must have done it. With a share, that share of them is enough.
type Progress struct {
	Count int            `json:"count"`
	Of    int            `json:"of"`
	Share OptionalWeight `json:"share,omitzero"`
}

// Avenants answers: where does each text stand, and who is missing?
func Avenants(g *domain.Group, q Question, why bool) AvenantsAnswer {
	q = q.resolved(g)
	a := AvenantsAnswer{
		At: q.At, Group: q.Group, Known: q.Known, Texts: []TextEntry{},
		Doubtful: doubts(g, q.Pair(), domain.TouchTexts, ""),
	}
	for _, id := range g.TextIDs(q.Pair()) {
		entry, _ := Avenant(g, q, id, why)
		a.Texts = append(a.Texts, entry)
	}
	return a
}

// Avenant is the entry of one text, as Avenants has it; ok is false where it is not drafted.
func Avenant(g *domain.Group, q Question, id domain.TextID, why bool) (entry TextEntry, ok bool) {
	q = q.resolved(g)
	row, ok := g.Text(id, q.Pair())
	if !ok {
		return entry, false
	}
	if entry = textEntry(&row, q.At); why {
		entry.Why = whyText(g, &row, q)
	}
	return entry, true
}

func textEntry(row *domain.TextRow, at domain.Day) TextEntry {
	e := TextEntry{
		Precision: precision(row.Since), SHA256: row.SHA256.String(), Since: row.Since, StatedDay: row.Stated,
		Status: row.Status, Text: row.Text, Title: row.Title,
		Approved: Progress{Share: share(&row.Approval)}, Signed: Progress{Share: share(&row.Signing)},
	}
	for i := range row.Members {
		m := &row.Members[i]
		if m.MustApprove && !e.Approved.count(m.Approved) {
			e.MissingApproval = append(e.MissingApproval, m.Member)
		}
		if m.MustSign && !e.Signed.count(m.Signed) {
			e.MissingSignature = append(e.MissingSignature, m.Member)
		}
		if m.OtherText {
			e.OtherText = append(e.OtherText, m.Member)
		}
		if m.Fallen {
			e.Fallen = append(e.Fallen, m.Member)
		}
	}
	e.WaitsFor = waits(&e, row, at)
	return e
}

// count takes one of those who must into account, and reports whether it has done it.
func (p *Progress) count(done bool) bool {
	p.Of++
	if done {
		p.Count++
	}
	return done
}

// reached reports whether enough have done it: all, or the share.
func (p *Progress) reached() bool {
	if p.Of == 0 || !p.Share.Given {
		return p.Of > 0 && p.Count == p.Of
	}
	w, err := domain.NewWeight(int64(p.Count), int64(p.Of))
	return err == nil && w.Cmp(p.Share.Weight) >= 0
}

func waits(e *TextEntry, row *domain.TextRow, at domain.Day) (codes []string) {
	if row.Status == domain.InForce || row.Status == domain.Abandoned {
		return nil
	}
	if !e.Approved.reached() {
		codes = append(codes, WaitsApprovals)
	}
	if !e.Signed.reached() {
		codes = append(codes, WaitsSignatures)
	}
	switch {
	case len(codes) > 0:
		return codes
	case row.Stated > at:
		return []string{WaitsStatedDay}
	}
	return []string{WaitsEntry}
}

func share(q *domain.Quota) OptionalWeight {
	return OptionalWeight{Weight: q.Share, Given: q.Who == domain.Share}
}

// whyText gives the draft, what the members did, and, for who did nothing itself, what those did whom it succeeded.
func whyText(g *domain.Group, row *domain.TextRow, q Question) []uint64 {
	events := []uint64{row.Event}
	for _, m := range row.Members {
		events = append(events, m.By, m.SignedBy)
		if m.Approved && m.By == 0 || m.Signed && m.SignedBy == 0 {
			events = inherited(g, row.Text, m.Member, q, events)
		}
	}
	return because(g, q.Known, events...)
}

// inherited adds a succession and the acts on a text of those who were succeeded, as they stood the day before.
func inherited(g *domain.Group, text domain.TextID, heir domain.MemberID, q Question, events []uint64) []uint64 {
	members := g.Members(q.Pair())
	i := slices.IndexFunc(members, func(m domain.MemberRow) bool { return m.Member == heir })
	if i < 0 || len(members[i].Formerly) == 0 {
		return events
	}
	events = append(events, members[i].Event)
	before := q.On(members[i].Since.First - 1)
	row, _ := g.Text(text, before.Pair())
	for _, m := range row.Members {
		if !slices.Contains(members[i].Formerly, m.Member) {
			continue
		}
		events = append(events, m.By, m.SignedBy)
		if m.Approved && m.By == 0 || m.Signed && m.SignedBy == 0 {
			events = inherited(g, text, m.Member, before, events)
		}
	}
	return events
}
