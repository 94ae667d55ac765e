package domain

func (s *scribe) money(m *Money) {
	signed(s, &m.cents)
	s.bytes(m.currency[:])
}

func (s *scribe) ceiling(c *Ceiling) {
	s.money(&c.Amount)
	signed(s, &c.Pupils)
}

func (s *scribe) agreementLaunched(a *AgreementLaunched) {
	words(s, &a.Agreement)
	s.ceiling(&a.Ceiling)
	words(s, &a.Contractor.Name)
	natural(s, &a.Contractor.SIRET)
	list(s, &a.Orderers, words)
	words(s, &a.Title)
	signed(s, &a.Until)
}

func (s *scribe) agreementRenewed(a *AgreementRenewed) {
	words(s, &a.Agreement)
	s.ceiling(&a.Ceiling)
	signed(s, &a.Until)
}

func (s *scribe) agreementEnded(a *AgreementEnded) {
	words(s, &a.Agreement)
	words(s, &a.Reason)
}

// facts are part of an act; timelines point to them.
func (s *scribe) facts(f *SchoolFacts) {
	words(s, &f.Address)
	words(s, &f.Department)
	words(s, &f.Kind)
	words(s, &f.Name)
}

func (s *scribe) schoolOpened(a *SchoolOpened) {
	s.keep(&a.SchoolFacts)
	s.facts(&a.SchoolFacts)
	natural(s, &a.School)
}

func (s *scribe) schoolDescribed(a *SchoolDescribed) {
	s.keep(&a.SchoolFacts)
	s.facts(&a.SchoolFacts)
	natural(s, &a.School)
}

func (s *scribe) schoolClosed(a *SchoolClosed) { natural(s, &a.School) }

func (s *scribe) schoolsMerged(a *SchoolsMerged) {
	natural(s, &a.Into)
	list(s, &a.Schools, natural)
}

func (s *scribe) schoolMoved(a *SchoolMoved) {
	words(s, &a.Address)
	natural(s, &a.School)
	natural(s, &a.To)
}

func (s *scribe) orderIssued(a *OrderIssued) {
	words(s, &a.Agreement)
	words(s, &a.CeilingReason)
	signed(s, &a.From)
	s.lines(&a.Lines)
	words(s, &a.Member)
	words(s, &a.Number)
	words(s, &a.OverlapReason)
	signed(s, &a.Until)
}

func (s *scribe) orderAmended(a *OrderAmended) {
	s.lines(&a.Added)
	words(s, &a.CeilingReason)
	words(s, &a.Number)
	words(s, &a.OverlapReason)
	list(s, &a.Removed.blocks, func(s *scribe, b *KeyBlock) {
		words(s, &b.Cycle)
		words(s, &b.Schools)
	})
	signed(s, &a.Removed.count)
	s.lines(&a.Replaced)
}

// lines are those of an act; what is counted points to their blocks.
func (s *scribe) lines(l *Lines) {
	list(s, &l.blocks, func(s *scribe, b *LineBlock) {
		s.keep(b)
		s.lineBlock(b)
	})
	signed(s, &l.count)
}

func (s *scribe) lineBlock(b *LineBlock) {
	words(s, &b.Cycle)
	signed(s, &b.Day)
	words(s, &b.Headcounts)
	words(s, &b.Kind)
	s.money(&b.UnitPrice)
}

func (s *scribe) orderCancelled(a *OrderCancelled) {
	words(s, &a.Number)
	words(s, &a.Reason)
}

func (s *scribe) orderReceived(a *OrderReceived) { words(s, &a.Number) }
