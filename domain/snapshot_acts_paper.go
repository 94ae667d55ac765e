package domain

func (s *scribe) findingAnswered(a *FindingAnswered) {
	list(s, &a.Events, natural)
	words(s, &a.Finding)
	words(s, &a.Subject)
	words(s, &a.Text)
}

func (s *scribe) documentAdded(a *DocumentAdded) {
	signed(s, &a.From)
	words(s, &a.Kind)
	words(s, &a.MediaType)
	words(s, &a.Reference)
	s.bytes(a.SHA256[:])
	signed(s, &a.Size)
}

func (s *scribe) documentKept(a *DocumentKept) {
	signed(s, &a.From)
	s.bytes(a.SHA256[:])
}

func (s *scribe) documentErased(a *DocumentErased) {
	words(s, &a.Order)
	words(s, &a.Reason)
	s.bytes(a.SHA256[:])
}
