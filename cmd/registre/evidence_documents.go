package main

import (
	"context"

	"registre/cmd/registre/paper"
	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/replay/evidence"
)

// paperLeftOut is a document that is at hand, and was not to go in.
const paperLeftOut = "left-out"

// A takenPaper is a document that the register tells of, and where its bytes are.
type takenPaper struct {
	paperRow
	hash  domain.Hash
	state string
	file  string // in the evidence file; "" where it does not go in
}

// takePapers looks which documents are at hand, each whole. What was erased is listed and never goes in, whatever the pair of times and
// whatever lies there still.
func (f *takenEvidence) takePapers(ctx context.Context, without bool) error {
	s, err := f.a.shelf()
	if err != nil {
		return err
	}
	rows, err := papersAt(ctx, f.desk, f.group)
	if err != nil {
		return err
	}
	f.files = map[domain.Hash]string{}
	for _, row := range rows {
		t := takenPaper{paperRow: row}
		if t.hash, err = domain.ParseHash(row.SHA256); err != nil {
			return err
		}
		if size := f.extract.Group.Size; row.Event > size || row.Erased != nil && row.Erased.Event > size {
			return failure("evidence-moving", f.a.data, nil) // it was told of only now
		}
		if err := t.look(s, f.group); err != nil {
			return err
		}
		if t.state == paperAtHand && without {
			t.state = paperLeftOut
		}
		if t.state == paperAtHand {
			t.file = "documents/" + row.SHA256 + paperEndings[row.MediaType]
			f.files[t.hash] = t.file
		}
		f.papers = append(f.papers, t)
	}
	return nil
}

func (t *takenPaper) look(s *shelf, group string) error {
	if t.Erased != nil {
		t.state = paperErased
		return nil
	}
	err := s.check(group, t.hash)
	switch {
	case err == nil:
		t.state = paperAtHand
	case !lacks(err):
		return err
	case faultOf(err).Name == "document-altered":
		t.state = paperAltered
	default:
		t.state = paperMissing
	}
	return nil
}

// paperEndings are those of the names under which the commonest documents are opened without running anything.
var paperEndings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "text/plain": ".txt"}

// documents writes those that are at hand, each as it was when it was added or none of them.
func (f *takenEvidence) documents(w *evidence.Writer) error {
	s, err := f.a.shelf()
	if err != nil {
		return err
	}
	for i := range f.papers {
		t := &f.papers[i]
		if t.file == "" {
			continue
		}
		out, err := w.Create(t.file, true)
		if err != nil {
			return err
		}
		err = s.write(out, f.group, t.hash)
		if lacks(err) {
			return failure("evidence-moving", f.a.data, err) // erased, perhaps, since it was looked at
		}
		if err != nil {
			return err
		}
	}
	return f.keptTable(w)
}

var keptColumns = []sheet.Column{
	{Key: "sha256", Title: "sha256"},
	{Key: "kind", Title: "nature"},
	{Key: "reference", Title: "référence"},
	{Key: "media_type", Title: "type de média"},
	{Key: "size", Title: "octets", Kind: sheet.Integer},
	{Key: "event", Title: "événement", Kind: sheet.Integer},
	{Key: "keeping", Title: "conservation"},
	{Key: "until", Title: "jusqu'au"},
	{Key: "state", Title: "état"},
	{Key: "erased", Title: "effacée le"},
	{Key: "erased_by", Title: "effacée par", Kind: sheet.Integer},
	{Key: "reason", Title: "motif"},
	{Key: "order", Title: "ordre"},
	{Key: "file", Title: "fichier"},
}

// keptTable lists all documents of which the register tells, also those whose bytes are not there.
func (f *takenEvidence) keptTable(w *evidence.Writer) error {
	format, err := f.a.formatOf("-", "csv")
	if err != nil {
		return err
	}
	out, err := w.Create("tables/documents-kept.csv", false)
	if err != nil {
		return err
	}
	table, err := sheet.NewWriter(out, format, "", f.a.titled(keptColumns))
	if err != nil {
		return err
	}
	for i := range f.papers {
		t := &f.papers[i]
		row := []string{t.SHA256, t.Kind, t.Reference, t.MediaType, decimal(uint64(t.Size)), decimal(t.Event), t.Keeping, t.Until, t.state, "", "", "", "", t.file}
		if e := t.Erased; e != nil {
			row[9], row[10], row[11], row[12] = e.From.String(), decimal(e.Event), e.Reason, e.Order
		}
		if err := table.Write(row); err != nil {
			return err
		}
	}
	return table.Close()
}

// paperCounts says how many documents there are in each state.
func (f *takenEvidence) paperCounts() map[string]int {
	counts := map[string]int{}
	for i := range f.papers {
		counts[f.papers[i].state]++
	}
	return counts
}

// documents lists the documents on the page.
func (p *indexPage) documents() {
	a, papers := p.taken.a, p.taken.papers
	p.section("Pièces", "Documents")
	if len(papers) == 0 {
		p.say("Aucune pièce n'a été versée au registre. Celles que les événements invoquent sont dans tables/documents.csv.", "No document was added to the register. Those that events name are in tables/documents.csv.")
		return
	}
	if len(papers) > pageRows {
		p.say("Les %d premières de %d ; toutes sont dans tables/documents-kept.csv.", "The first %d of %d; all are in tables/documents-kept.csv.", pageRows, len(papers))
	}
	t := &paper.Table{Heads: []string{"SHA-256", a.tr("nature", "kind"), a.tr("référence", "reference"), a.tr("n°", "no."), a.tr("état", "state")}, Right: map[int]bool{3: true}}
	for i := range papers[:min(len(papers), pageRows)] {
		row := &papers[i]
		state := a.paperState(row.state)
		if row.Erased != nil {
			state = a.sayErased(row.Erased)
		}
		if row.file != "" {
			state = row.file
		}
		t.Rows = append(t.Rows, []string{row.SHA256, a.paperKind(row.Kind), row.Reference, decimal(row.Event), state})
	}
	p.add(paper.Part{Table: t})
}

// tellPapers says which documents went in, and which did not.
func (a *app) tellPapers(counts map[string]int) {
	if len(counts) == 0 {
		return
	}
	a.printf(a.tr("Pièces : %d jointe(s), %d non jointe(s), %d effacée(s), %d manquante(s), %d altérée(s).\n", "Documents: %d in it, %d left out, %d erased, %d missing, %d altered.\n"),
		counts[paperAtHand], counts[paperLeftOut], counts[paperErased], counts[paperMissing], counts[paperAltered])
}
