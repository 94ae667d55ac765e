package domain

// document is what is said of a document that the group has, or had.
type document struct {
	said Timeline[*DocumentAdded]
	kept Timeline[*DocumentKept]
	ends Timeline[*DocumentErased]
}

func (a *DocumentAdded) mark(p *pen)  { mark(p, &p.document(a.SHA256).said, a) }
func (a *DocumentKept) mark(p *pen)   { mark(p, &p.document(a.SHA256).kept, a) }
func (a *DocumentErased) mark(p *pen) { mark(p, &p.document(a.SHA256).ends, a) }

func (p *pen) document(h Hash) *document { return p.g.documents.get(h.String()) }

// A DocumentRow is a document, as it is described on a day.
type DocumentRow struct {
	*DocumentAdded
	Event      uint64          // that describes it
	Since      Day             // From, or what was said of it since
	SinceEvent uint64          // that says Since; 0 where nobody has
	Erased     *DocumentErased // nil where it is not
	ErasedBy   uint64          // the event
}

// Documents are the documents that were added on q.At or before, in the order of their hashes. That a document was erased on a
// later day is not told.
func (g *Group) Documents(q Pair) (rows []DocumentRow) {
	for _, i := range g.documents.order {
		if row, ok := g.documents.all[i].row(q); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// Document is the document with a hash; false where none was added.
func (g *Group) Document(h Hash, q Pair) (DocumentRow, bool) {
	if d := g.documents.find(h.String()); d != nil {
		return d.row(q)
	}
	return DocumentRow{}, false
}

func (d *document) row(q Pair) (row DocumentRow, ok bool) {
	said := d.said.on(q.At, q.Known)
	if said == nil {
		return row, false
	}
	row = DocumentRow{DocumentAdded: said.Value, Event: said.Place.Number, Since: said.Value.From}
	if row.Since != 0 {
		row.SinceEvent = row.Event
	}
	if kept := d.kept.on(q.At, q.Known); kept != nil {
		row.Since, row.SinceEvent = kept.Value.From, kept.Place.Number
	}
	if end := d.ends.on(q.At, q.Known); end != nil {
		row.Erased, row.ErasedBy = end.Value, end.Place.Number
	}
	return row, true
}

// How long a document is kept.
const (
	KeptForEver = "for-ever"
	KeptUntil   = "until"   // until a day that is known
	KeptUnbegun = "unbegun" // for years that begin on a day that nobody has said
	KeptUnsaid  = "unsaid"  // no rule is known for its kind
)

// Retention is for how many years a document of a kind is kept from the day on which that time begins; 0 where it is kept for ever, or
// no rule is known (see Keeping).
func Retention(kind string) (years int) {
	switch kind {
	case AwardPaper:
		return 5 // from the notification of the contract
	case ExecutionPaper:
		return 10 // from the last payment
	}
	return 0
}

// Keeping says how long the document is kept: KeptForEver, KeptUntil with the first day on which it need not be any more,
// KeptUnbegun or KeptUnsaid.
func (r *DocumentRow) Keeping() (how string, until Day) {
	years := Retention(r.Kind)
	switch {
	case r.Kind == DeliberationPaper:
		return KeptForEver, 0
	case years == 0:
		return KeptUnsaid, 0
	case r.Since == 0:
		return KeptUnbegun, 0
	}
	return KeptUntil, r.Since.years(years)
}

// years is the same day so many years later, 1 March where there is none; LastDay where that lies past it.
func (d Day) years(n int) Day {
	year, month, day := d.Civil()
	if year+n > 9999 {
		return LastDay
	}
	return dayNumber(year+n, month, day)
}

func (a *DocumentAdded) judge(j *judgement) {
	j.founded()
	d := j.g.documents.find(a.SHA256.String())
	if d == nil {
		return
	}
	row, ok := d.row(j.pair())
	j.unless(d.ends.empty(Latest), WasErased, a.SHA256.String())
	j.unless(!ok || *row.DocumentAdded != *a, NothingChanges, a.SHA256.String())
}

// document judges that a document was added by the day, and that it was never erased.
func (j *judgement) document(h Hash) (row DocumentRow, ok bool) {
	row, ok = j.g.Document(h, j.pair())
	if !j.unless(ok, UnknownDocument, h.String()) {
		return row, false
	}
	return row, j.unless(j.g.documents.find(h.String()).ends.empty(Latest), WasErased, h.String())
}

func (a *DocumentKept) judge(j *judgement) {
	j.founded()
	row, ok := j.document(a.SHA256)
	if !ok {
		return
	}
	j.unless(Retention(row.Kind) > 0, NoPeriod, a.SHA256.String())
	j.unless(row.Since != a.From, NothingChanges, a.SHA256.String())
}

func (a *DocumentErased) judge(j *judgement) {
	j.founded()
	row, ok := j.document(a.SHA256)
	if !ok {
		return
	}
	how, until := row.Keeping()
	over := how == KeptUnsaid || how == KeptUntil && until <= j.day
	j.unless(over || a.Order != "", StillKept, a.SHA256.String())
}
