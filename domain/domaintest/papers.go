package domaintest

import "registre/domain"

// Documents are those that histories name, by the first bytes of their hashes.
const Documents = 4

func (m *maker) document() domain.Hash { return domain.Hash{byte(1 + m.Pick(Documents)), 31: 7} }

// paper is what is said of a document, or in answer to a finding.
func (m *maker) paper(day domain.Day) domain.Act {
	rows := m.g.Documents(domain.Now(day))
	if len(rows) == 0 || m.oneIn(3) {
		return m.added(m.document())
	}
	row := pickOf(m, rows)
	switch m.Pick(5) {
	case 0:
		return m.answer()
	case 1, 2:
		return &domain.DocumentKept{From: m.day(), SHA256: row.SHA256}
	}
	return m.erasure(row.SHA256)
}

func (m *maker) added(h domain.Hash) *domain.DocumentAdded {
	a := &domain.DocumentAdded{Kind: one(m.Pick, domain.AwardPaper, domain.ExecutionPaper, domain.DeliberationPaper, "law"), MediaType: "application/pdf", Reference: m.name(), SHA256: h, Size: int64(m.Pick(3))}
	if domain.Retention(a.Kind) > 0 && m.oneIn(2) {
		a.From = m.day() - domain.Day(m.Pick(2)*7*365)
	}
	return a
}

func (m *maker) erasure(h domain.Hash) *domain.DocumentErased {
	return &domain.DocumentErased{Order: one(m.Pick, "", "", "CADA"), Reason: "asked for", SHA256: h}
}

func (m *maker) answer() *domain.FindingAnswered {
	events := []uint64{uint64(1 + m.Pick(int(m.g.Head())))}
	if other := uint64(1 + m.Pick(int(m.g.Head()))); other != events[0] {
		events = append(events, other)
	}
	return &domain.FindingAnswered{Events: events, Finding: one(m.Pick, "F0101", "F0303"), Subject: one(m.Pick, "", "a"), Text: m.name()}
}

// paperAnew says such an act otherwise; nil where it is none.
func (m *maker) paperAnew(a domain.Act) domain.Act {
	switch a := a.(type) {
	case *domain.FindingAnswered:
		return m.answer()
	case *domain.DocumentAdded:
		return m.added(a.SHA256)
	case *domain.DocumentKept:
		return &domain.DocumentKept{From: m.day(), SHA256: a.SHA256}
	case *domain.DocumentErased:
		return m.erasure(a.SHA256)
	}
	return nil
}
