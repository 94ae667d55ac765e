package main

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"registre/cmd/registre/sheet"
)

func answerTo[T any](ctx context.Context, d desk, q Question) (answer T, err error) {
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(raw, &answer)
}

// invented gives those of some events that are marked illustrative, as remarks say by rising numbers.
func invented(remarks []remark, events []uint64) string {
	var found []uint64
	for _, n := range slices.Compact(slices.Sorted(slices.Values(events))) {
		_, is := slices.BinarySearchFunc(remarks, n, func(r remark, n uint64) int { return cmp.Compare(r.Event, n) })
		if is {
			found = append(found, n)
		}
	}
	return numbers(found)
}

func (e *exporting) members(ctx context.Context, d desk) (*extract, error) {
	q := e.a.question("members", e.group, asking("why", "yes"))
	m, err := answerTo[membersAnswer](ctx, d, q)
	s := &extract{
		columns: []string{"group", "member", "name", "since", "roles", "formerly", "illustrative"},
		french:  []string{"groupement", "membre", "nom", "depuis", "rôles", "anciennement", "illustratif"},
		at:      m.At, known: m.Known,
	}
	for _, row := range m.Members {
		s.rows = append(s.rows, []string{
			m.Group, row.Member, row.Name, row.Since, strings.Join(row.Roles, " "), strings.Join(row.Formerly, " "),
			invented(m.Illustrative, row.Why),
		})
	}
	return s, err
}

func (e *exporting) avenants(ctx context.Context, d desk) (*extract, error) {
	q := e.a.question("avenants", e.group, asking("why", "yes"))
	b, err := answerTo[avenantsAnswer](ctx, d, q)
	s := textColumns()
	s.at, s.known = b.At, b.Known
	for i := range b.Texts {
		s.rows = append(s.rows, textCells(b.Group, &b.Texts[i], b.Illustrative))
	}
	return s, err
}

func textColumns() *extract {
	return &extract{
		columns: []string{"group", "text", "title", "status", "since", "stated_day", "approved", "signed", "of", "missing_approval", "missing_signature", "other_text", "fallen", "sha256", "illustrative"},
		french:  []string{"groupement", "texte", "titre", "état", "depuis", "effet annoncé", "approuvé", "signé", "sur", "approbations manquantes", "signatures manquantes", "autre texte approuvé", "délibérations tombées", "sha256", "illustratif"},
	}
}

// textCells are those of a text; remarks say what is invented of the events that its row follows from.
func textCells(group string, t *textRow, remarks []remark) []string {
	return []string{
		group, t.Text, t.Title, t.Status, t.Since, t.StatedDay, strconv.Itoa(t.Approved.Count), strconv.Itoa(t.Signed.Count), strconv.Itoa(t.Approved.Of),
		strings.Join(t.MissingApproval, " "), strings.Join(t.MissingSignature, " "), strings.Join(t.OtherText, " "), strings.Join(t.Fallen, " "), t.SHA256,
		invented(remarks, t.Why),
	}
}

func (e *exporting) weights(ctx context.Context, d desk) (*extract, error) {
	q, body := e.a.question("bodies", e.group, nil), e.body
	b, err := answerTo[bodiesAnswer](ctx, d, q)
	if err != nil {
		return nil, err
	}
	q.Kind, q.At, q.Known = "weights", b.At, "#"+decimal(b.Known) // one pair for all
	bodies := []string{body}
	if body == "" {
		bodies = nil
		for _, row := range b.Bodies {
			bodies = append(bodies, row.Body)
		}
	}
	s := &extract{
		columns: []string{"group", "body", "member", "weight", "undetermined", "illustrative"},
		french:  []string{"groupement", "instance", "membre", "voix", "indéterminé", "illustratif"},
		kinds:   map[int]sheet.Kind{3: sheet.Decimal},
		at:      b.At, known: b.Known,
	}
	for _, id := range bodies {
		q.More = asking("body", id, "why", "yes")
		w, err := answerTo[weightsAnswer](ctx, d, q)
		if err != nil {
			return nil, err
		}
		for _, row := range w.Members {
			s.rows = append(s.rows, []string{
				w.Group, w.Body, row.Member, row.Weight, yes(row.Undetermined), invented(w.Illustrative, row.Why),
			})
		}
	}
	return s, nil
}
