package main

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/projections"
)

// scdlColumns are those of the schema "scdl/deliberations" 2.1.5, in its order. Its names are the heads in every language.
var scdlColumns = []string{
	"COLL_NOM", "COLL_SIRET", "DELIB_ID", "DELIB_DATE", "DELIB_MATIERE_CODE", "DELIB_MATIERE_NOM", "DELIB_OBJET", "BUDGET_ANNEE", "BUDGET_NOM", "PREF_ID", "PREF_DATE",
	"VOTE_EFFECTIF", "VOTE_REEL", "VOTE_POUR", "VOTE_CONTRE", "VOTE_ABSTENTION", "DELIB_URL",
}

// scdlFlags say what the schema asks, and the register does not hold.
type scdlFlags struct {
	siret, prefecture string
	matters           []string
}

var prefectures = regexp.MustCompile(`^(PREF(0[0-9]{2}|02[AB]|97[1-6])|SPREF(0[0-9]{2}|02[AB]|97[1-6])[0-9]|SGAR(0[0-9]{2}|02[AB]|97[1-6]))$`)

// check refuses what the schema would not take.
func (f *scdlFlags) check(file string) error {
	if f.siret == "" {
		return misuse("siret-missing", "--siret", "")
	}
	if _, err := domain.ParseSIRET(f.siret); err != nil {
		return misuse("siret-form", "--siret", f.siret)
	}
	if f.prefecture != "" && !prefectures.MatchString(f.prefecture) {
		return misuse("pref-form", "--prefecture", f.prefecture)
	}
	if file == "-" {
		return misuse("two-files", "", "")
	}
	for _, m := range f.matters {
		kind, code, of := strings.Cut(m, "=")
		if !of {
			kind, code = "", m
		}
		if actesMatters[code] == "" || of && !domain.ValidID(kind) {
			return misuse("matter-form", "--matter", m)
		}
	}
	return nil
}

// matter is the code for a kind of item: its own, or that of all.
func (f *scdlFlags) matter(kind domain.ItemKind) (code string) {
	for _, m := range f.matters {
		of, own, is := strings.Cut(m, "=")
		switch {
		case is && of == string(kind):
			return own
		case !is:
			code = m
		}
	}
	return code
}

// deliberations are the two tables of the open data: the schema's, and beside it the voices, which its integers do not hold.
func (e *exporting) deliberations(ctx context.Context, d desk) (*extract, error) {
	answer, err := answerTo[deliberationsAnswer](ctx, d, e.a.question("deliberations", e.group, nil))
	if err != nil {
		return nil, err
	}
	x := &extract{kinds: map[int]sheet.Kind{}}
	for _, c := range scdlColumns {
		kind := sheet.Text
		if strings.HasPrefix(c, "VOTE_") {
			kind = sheet.Count
		}
		x.add(c, c, kind)
	}
	e.second = e.decisionsTable(&answer)
	e.second.prefix("in_deliberations", "dans le fichier des délibérations")
	e.second.prefix("DELIB_ID", "DELIB_ID")
	var lacking []uint64
	for i := range answer.Decisions {
		of := &answer.Decisions[i]
		id := delibID(answer.Group, of)
		e.second.rows[i] = append([]string{id, yes(isDeliberation(of))}, e.second.rows[i]...)
		if !isDeliberation(of) {
			continue
		}
		if e.scdl.matter(of.Kind) == "" {
			lacking = append(lacking, of.Event)
		}
		x.rows = append(x.rows, e.scdlRow(&answer, of, id))
	}
	if len(lacking) > 0 {
		return nil, misuse("matter-missing", "--matter", numbers(lacking))
	}
	return x, nil
}

// prefix adds a column before all others.
func (x *extract) prefix(key, french string) {
	kinds := map[int]sheet.Kind{}
	for i, kind := range x.kinds {
		kinds[i+1] = kind
	}
	x.columns, x.french, x.kinds = slices.Insert(x.columns, 0, key), slices.Insert(x.french, 0, french), kinds
}

// delibID names a decision: by its group and its number in the register.
func delibID(group domain.GroupID, d *projections.DeliberationEntry) string {
	return string(group) + "-" + decimal(d.Event)
}

// isDeliberation reports whether the schema, which is one of deliberations adopted, takes a decision: adopted or chosen, not
// annulled from its beginning, of a day that is known.
func isDeliberation(d *projections.DeliberationEntry) bool {
	return (d.Outcome == domain.Adopted || d.Outcome == domain.Elected) && d.Legal.State != domain.AnnulledStart && d.Precision == ""
}

func (e *exporting) scdlRow(answer *deliberationsAnswer, d *projections.DeliberationEntry, id string) []string {
	matter := e.scdl.matter(d.Kind)
	title := d.Title
	if d.OptionTitle != "" {
		title += " : " + d.OptionTitle
	}
	pref, received := "", ""
	if r := d.Legal.Received; !r.IsZero() && r.Precision == domain.PrecisionDay && r.First >= d.Day.First {
		pref, received = e.scdl.prefecture, r.String()
	}
	row := []string{answer.GroupName, e.scdl.siret, id, d.Day.String(), matter, actesMatters[matter], title, "", "", pref, received}
	return append(append(row, votesOf(d)...), "")
}

// votesOf are the five columns of the vote, which count members: all, or none. Of an election, of divided voices, and of what is
// asserted there are none.
func votesOf(d *projections.DeliberationEntry) []string {
	if d.Vote == nil || d.Vote.Tally == nil || d.Vote.Divided || len(d.Vote.Options) > 0 {
		return make([]string, 5)
	}
	t := d.Vote.Tally
	cells := make([]string, 0, 5)
	for _, n := range []int64{t.Total.Members, t.For.Members + t.Against.Members + t.Abstain.Members, t.For.Members, t.Against.Members, t.Abstain.Members} {
		cells = append(cells, decimal(uint64(n)))
	}
	return cells
}

// besideFile is the name of the second file of an export.
func besideFile(file string) string {
	ending := filepath.Ext(file)
	return strings.TrimSuffix(file, ending) + "-voix" + ending
}
