package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

// A tableSchema is a Table Schema, as far as the one of SCDL goes, with the checks that Validata adds to it. What it does not
// know in a schema it does not pass over: it does not read it.
type tableSchema struct {
	Version string
	Fields  []schemaField
	Checks  []schemaCheck
}

type schemaField struct {
	Name, Type, Format, Title, Description, Example string
	Constraints                                     struct {
		Required bool
		Pattern  string
	}
}

type schemaCheck struct {
	Name   string
	Params struct {
		Column, Op, Column2 string
		AllowYearOnly       string   `json:"allow-year-only"`
		OtherColumns        []string `json:"othercolumns"`
		Columns             []string
	}
}

// String names a check.
func (c *schemaCheck) String() string {
	words := append([]string{c.Name, c.Params.Column, c.Params.Op, c.Params.Column2}, slices.Concat(c.Params.OtherColumns, c.Params.Columns)...)
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func scdlSchema(t *testing.T) *tableSchema {
	text, err := os.ReadFile(filepath.Join("testdata", "scdl", "schema-2.1.5.json"))
	require.NoError(t, err)
	var whole struct {
		Version string
		Fields  json.RawMessage
		Checks  json.RawMessage `json:"custom_checks"`
	}
	require.NoError(t, json.Unmarshal(text, &whole))
	s := &tableSchema{Version: whole.Version}
	for _, of := range []struct {
		text json.RawMessage
		into any
	}{{whole.Fields, &s.Fields}, {whole.Checks, &s.Checks}} {
		strict := json.NewDecoder(bytes.NewReader(of.text))
		strict.DisallowUnknownFields()
		require.NoError(t, strict.Decode(of.into), "the schema asks what the validator does not know")
	}
	require.Equal(t, "2.1.5", s.Version)
	require.Len(t, s.Fields, 17)
	require.Len(t, s.Checks, 11)
	return s
}

// validate holds a file to the schema: how it is written, its heads, each cell to its field, and each row to the checks. It gives
// all that is wrong.
func (s *tableSchema) validate(file []byte) (wrong []string) {
	if !utf8.Valid(file) {
		return []string{"not UTF-8"}
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return []string{"not CSV: " + err.Error()}
	}
	if len(rows) == 0 {
		return []string{"no heads"}
	}
	if wrong := s.heads(rows[0]); wrong != "" {
		return []string{wrong}
	}
	seen := map[string]bool{}
	for n, row := range rows[1:] {
		if len(row) != len(s.Fields) {
			wrong = append(wrong, fmt.Sprintf("%d has %d cells", n, len(row)))
			continue
		}
		for _, w := range s.row(row, seen) {
			wrong = append(wrong, fmt.Sprintf("%d %s", n, w))
		}
	}
	return wrong
}

// heads: all columns, in their order, and no other.
func (s *tableSchema) heads(heads []string) string {
	for i, f := range s.Fields {
		if i >= len(heads) || heads[i] != f.Name {
			return "heads: " + strings.Join(heads, ",")
		}
	}
	if len(heads) != len(s.Fields) {
		return "too many columns"
	}
	return ""
}

func (s *tableSchema) row(row []string, seen map[string]bool) (wrong []string) {
	cell := map[string]string{}
	for i, f := range s.Fields {
		cell[f.Name] = row[i]
		switch {
		case row[i] == "" && f.Constraints.Required:
			wrong = append(wrong, f.Name+" required")
		case row[i] == "":
		case !isOf(f.Type, f.Format, row[i]):
			wrong = append(wrong, f.Name+" "+f.Type)
		case f.Constraints.Pattern != "" && !regexp.MustCompile(f.Constraints.Pattern).MatchString(row[i]):
			wrong = append(wrong, f.Name+" pattern")
		}
	}
	for i := range s.Checks {
		if err := s.Checks[i].hold(cell); err != nil {
			wrong = append(wrong, s.Checks[i].String())
		}
	}
	return append(wrong, described(cell, seen)...)
}

// described is what the schema's words ask of a row, and its constraints do not: that an id is one, that a code of ACTES exists and
// goes with its name, how the office is written that received it, and that a date of receipt has an office.
func described(cell map[string]string, seen map[string]bool) (wrong []string) {
	for name, holds := range map[string]bool{
		"DELIB_ID unique":                !seen[cell["DELIB_ID"]],
		"DELIB_MATIERE_NOM of its code":  actesMatters[cell["DELIB_MATIERE_CODE"]] == cell["DELIB_MATIERE_NOM"],
		"DELIB_MATIERE_NOM without ,()":  !strings.ContainsAny(cell["DELIB_MATIERE_NOM"], ",()"),
		"PREF_ID form":                   cell["PREF_ID"] == "" || regexp.MustCompile(`^(PREF|SGAR)0?[0-9AB]{2,3}$|^SPREF0?[0-9AB]{2,3}[0-9]$`).MatchString(cell["PREF_ID"]),
		"DELIB_DATE that has been known": cell["DELIB_DATE"] > "1790",
	} {
		if !holds {
			wrong = append(wrong, name)
		}
	}
	seen[cell["DELIB_ID"]] = true
	slices.Sort(wrong)
	return wrong
}

// isOf reports whether a text is of a type and a format of Table Schema.
func isOf(kind, format, text string) bool {
	var err error
	switch kind + " " + format {
	case "string ":
	case "string uri":
		var u *url.URL
		if u, err = url.Parse(text); err == nil && (u.Scheme == "" || u.Host == "") {
			err = errors.New("no address")
		}
	case "date ":
		_, err = time.Parse(time.DateOnly, text)
	case "integer ":
		_, err = strconv.ParseUint(text, 10, 31)
	default:
		err = errors.New("unknown type")
	}
	return err == nil
}

var errCheck = errors.New("it does not hold")

// hold is one of Validata's own checks.
func (c *schemaCheck) hold(cell map[string]string) error {
	p := &c.Params
	number := func(c string) int { n, _ := strconv.Atoi(cell[c]); return n }
	ok := false
	switch c.Name {
	case "french-siret-value":
		_, err := domain.ParseSIRET(cell[p.Column])
		ok = err == nil
	case "year-interval-value":
		ok = isYears(cell[p.Column], p.AllowYearOnly == "yes")
	case "cohesive-columns-value":
		ok = !slices.ContainsFunc(p.OtherColumns, func(o string) bool { return (cell[o] == "") != (cell[p.Column] == "") })
	case "compare-columns-value":
		switch {
		case cell[p.Column] == "" || cell[p.Column2] == "":
			ok = p.Op == ">="
		case strings.HasSuffix(p.Column, "_DATE"):
			ok = p.Op == ">=" && cell[p.Column] >= cell[p.Column2]
		default:
			ok = p.Op == ">=" && number(p.Column) >= number(p.Column2)
		}
	case "sum-columns-value":
		sum := 0
		for _, o := range p.Columns {
			sum += number(o)
		}
		ok = sum == number(p.Column)
	case "nomenclature-actes-value":
		first, second, slash := strings.Cut(cell[p.Column], "/")
		ok = slash && slices.Contains(actesFirst, first) && second == strings.TrimSpace(second)
	}
	if !ok {
		return errCheck
	}
	return nil
}

var actesFirst = []string{
	"commande publique", "urbanisme", "domaine et patrimoine", "fonction publique", "institutions et vie politique", "libertés publiques et pouvoirs de police",
	"finances locales", "domaines de compétences par thèmes", "autres domaines de compétences",
}

// isYears: 2017, or 2017/2018, the first before the second.
func isYears(text string, alone bool) bool {
	first, second, two := strings.Cut(text, "/")
	return text == "" || !two && alone || two && first < second
}

// goodRow is a row with which nothing is wrong, all its cells filled.
func goodRow() map[string]string {
	return map[string]string{
		"COLL_NOM": "G", "COLL_SIRET": coordinator, "DELIB_ID": "g-1", "DELIB_DATE": "2023-01-02", "DELIB_MATIERE_CODE": "1.7", "DELIB_MATIERE_NOM": actesMatters["1.7"],
		"DELIB_OBJET": "Objet, avec \"guillemets\"", "BUDGET_ANNEE": "2023/2024", "BUDGET_NOM": "B", "PREF_ID": "PREF067", "PREF_DATE": "2023-01-03", "VOTE_EFFECTIF": "10",
		"VOTE_REEL": "9", "VOTE_POUR": "5", "VOTE_CONTRE": "3", "VOTE_ABSTENTION": "1", "DELIB_URL": "https://example.org/d.pdf",
	}
}

func written(heads []string, cells ...map[string]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(heads)
	for _, c := range cells {
		var row []string
		for _, h := range heads {
			row = append(row, c[h])
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}

// violations are, for each constraint of the schema by its name, cells that violate it.
var violations = map[string]map[string]string{
	"COLL_NOM required": {"COLL_NOM": ""}, "COLL_SIRET required": {"COLL_SIRET": ""}, "DELIB_ID required": {"DELIB_ID": ""}, "DELIB_DATE required": {"DELIB_DATE": ""},
	"DELIB_MATIERE_CODE required": {"DELIB_MATIERE_CODE": ""}, "DELIB_MATIERE_NOM required": {"DELIB_MATIERE_NOM": ""}, "DELIB_OBJET required": {"DELIB_OBJET": ""},
	"COLL_SIRET pattern": {"COLL_SIRET": "732 829 320 00074"}, "DELIB_MATIERE_CODE pattern": {"DELIB_MATIERE_CODE": "17"}, "BUDGET_ANNEE pattern": {"BUDGET_ANNEE": "2023-2024"},
	"DELIB_DATE date": {"DELIB_DATE": "02/01/2023"}, "PREF_DATE date": {"PREF_DATE": "2023-02-30"}, "VOTE_EFFECTIF integer": {"VOTE_EFFECTIF": "10,0"}, "VOTE_REEL integer": {"VOTE_REEL": "9.0"},
	"VOTE_POUR integer": {"VOTE_POUR": "4,5"}, "VOTE_CONTRE integer": {"VOTE_CONTRE": "x"}, "VOTE_ABSTENTION integer": {"VOTE_ABSTENTION": "1/3"}, "DELIB_URL string": {"DELIB_URL": "d.pdf"},

	"french-siret-value COLL_SIRET":                                                        {"COLL_SIRET": "73282932000075"},
	"year-interval-value BUDGET_ANNEE":                                                     {"BUDGET_ANNEE": "2024/2023"},
	"cohesive-columns-value BUDGET_ANNEE BUDGET_NOM":                                       {"BUDGET_NOM": ""},
	"cohesive-columns-value VOTE_EFFECTIF VOTE_REEL VOTE_POUR VOTE_CONTRE VOTE_ABSTENTION": {"VOTE_EFFECTIF": ""},
	"compare-columns-value PREF_DATE >= DELIB_DATE":                                        {"PREF_DATE": "2022-12-31"},
	"compare-columns-value VOTE_EFFECTIF >= VOTE_REEL":                                     {"VOTE_EFFECTIF": "8"},
	"compare-columns-value VOTE_REEL >= VOTE_POUR":                                         {"VOTE_POUR": "10"},
	"compare-columns-value VOTE_REEL >= VOTE_CONTRE":                                       {"VOTE_CONTRE": "10"},
	"compare-columns-value VOTE_REEL >= VOTE_ABSTENTION":                                   {"VOTE_ABSTENTION": "10"},
	"sum-columns-value VOTE_REEL VOTE_POUR VOTE_CONTRE VOTE_ABSTENTION":                    {"VOTE_REEL": "8"},
	"nomenclature-actes-value DELIB_MATIERE_NOM":                                           {"DELIB_MATIERE_NOM": "commande publique"},
	"DELIB_MATIERE_NOM of its code":                                                        {"DELIB_MATIERE_CODE": "1.9"},
	"DELIB_MATIERE_NOM without ,()":                                                        {"DELIB_MATIERE_NOM": "commande publique/actes (divers)"},
	"PREF_ID form":                                                                         {"PREF_ID": "67"},
	"DELIB_DATE that has been known":                                                       {"DELIB_DATE": "0023-01-02"},
}

// TestTheValidatorNoticesEachConstraint: one violation for each constraint of the schema, and for none that it does not have.
func TestTheValidatorNoticesEachConstraint(t *testing.T) {
	schema := scdlSchema(t)
	require.Empty(t, schema.validate(written(scdlColumns, goodRow())))
	constraints := []string{"DELIB_MATIERE_NOM of its code", "DELIB_MATIERE_NOM without ,()", "PREF_ID form", "DELIB_DATE that has been known"}
	for _, f := range schema.Fields {
		if f.Constraints.Required {
			constraints = append(constraints, f.Name+" required")
		}
		if f.Constraints.Pattern != "" {
			constraints = append(constraints, f.Name+" pattern")
		}
		if f.Type != "string" || f.Format != "" {
			constraints = append(constraints, f.Name+" "+f.Type)
		}
	}
	for i := range schema.Checks {
		constraints = append(constraints, schema.Checks[i].String())
	}
	assert.Len(t, violations, len(constraints))
	for _, name := range constraints {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, violations, name)
			row := goodRow()
			for column, bad := range violations[name] {
				row[column] = bad
			}
			assert.Contains(t, schema.validate(written(scdlColumns, row)), "0 "+name)
		})
	}
}

// TestTheValidatorReadsTheFileItself: its letters, its separator, its heads and their order, its rows.
func TestTheValidatorReadsTheFileItself(t *testing.T) {
	schema := scdlSchema(t)
	good := written(scdlColumns, goodRow())
	other := goodRow()
	other["DELIB_ID"] = "g-2"
	assert.Empty(t, schema.validate(written(scdlColumns, goodRow(), other)))
	assert.Empty(t, schema.validate(slices.Concat([]byte("\ufeff"), good)))
	swapped := slices.Clone(scdlColumns)
	swapped[2], swapped[3] = swapped[3], swapped[2]
	for name, bad := range map[string][]byte{
		"Latin-1":                  []byte(strings.ReplaceAll(string(good), "é", "\xe9")),
		"semicolons":               []byte(strings.ReplaceAll(string(good), ",", ";")),
		"no heads":                 good[bytes.IndexByte(good, '\n')+1:],
		"nothing":                  nil,
		"heads in another order":   written(swapped, goodRow()),
		"heads in another case":    bytes.ToLower(good),
		"a column more":            written(append(slices.Clone(scdlColumns), "X"), goodRow()),
		"a column less":            written(scdlColumns[:16], goodRow()),
		"a cell less":              append(slices.Clone(good), "G,1\n"...),
		"the same deliberation":    written(scdlColumns, goodRow(), goodRow()),
		"a quotation never closed": append(slices.Clone(good), "\"G\n"...),
	} {
		assert.NotEmpty(t, schema.validate(bad), name)
	}
}
