package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections/casetest"
)

// A tableSchema is a Table Schema, as far as the one of SCDL goes, with the checks that Validata adds to it.
type tableSchema struct {
	Version string
	Fields  []struct {
		Name, Type, Format string
		Constraints        struct {
			Required bool
			Pattern  string
		}
	}
	CustomChecks []struct {
		Name   string
		Params struct {
			Column, Op, Column2 string
			OtherColumns        []string `json:"othercolumns"`
			Columns             []string
		}
	} `json:"custom_checks"`
}

func scdlSchema(t *testing.T) *tableSchema {
	text, err := os.ReadFile(filepath.Join("testdata", "scdl", "schema-2.1.5.json"))
	require.NoError(t, err)
	s := new(tableSchema)
	require.NoError(t, json.Unmarshal(text, s))
	require.Equal(t, "2.1.5", s.Version)
	require.Len(t, s.Fields, 17)
	require.Len(t, s.CustomChecks, 11)
	return s
}

// validate holds a table to the schema, each cell to its field and each row to the checks. It gives all that is wrong.
func (s *tableSchema) validate(rows [][]string) (wrong []string) {
	for i, f := range s.Fields {
		if i >= len(rows[0]) || rows[0][i] != f.Name {
			return []string{"heads: " + strings.Join(rows[0], ",")}
		}
	}
	if len(rows[0]) != len(s.Fields) {
		return []string{"too many columns"}
	}
	for n, row := range rows[1:] {
		cell := map[string]string{}
		for i, f := range s.Fields {
			cell[f.Name] = row[i]
			switch err := checkCell(f.Type, row[i]); {
			case row[i] == "" && f.Constraints.Required:
				wrong = append(wrong, strconv.Itoa(n)+" "+f.Name+" is required")
			case row[i] == "":
			case err != nil, f.Constraints.Pattern != "" && !regexp.MustCompile(f.Constraints.Pattern).MatchString(row[i]):
				wrong = append(wrong, strconv.Itoa(n)+" "+f.Name+" is "+row[i])
			}
		}
		for _, c := range s.CustomChecks {
			if ok, known := checkRow(c.Name, c.Params.Column, c.Params.Op, c.Params.Column2, slices.Concat(c.Params.OtherColumns, c.Params.Columns), cell); !ok || !known {
				wrong = append(wrong, strconv.Itoa(n)+" "+c.Name+" "+c.Params.Column)
			}
		}
	}
	return wrong
}

func checkCell(kind, text string) (err error) {
	switch kind {
	case "string":
	case "date":
		_, err = time.Parse(time.DateOnly, text)
	case "integer":
		_, err = strconv.Atoi(text)
	default:
		err = errors.New("unknown type " + kind)
	}
	return err
}

// checkRow is one of Validata's own checks.
func checkRow(name, column, op, column2 string, others []string, cell map[string]string) (ok, known bool) {
	number := func(c string) int { n, _ := strconv.Atoi(cell[c]); return n }
	switch name {
	case "french-siret-value":
		_, err := domain.ParseSIRET(cell[column])
		return err == nil, true
	case "year-interval-value":
		return cell[column] == "", true // none is ever given
	case "cohesive-columns-value":
		for _, o := range others {
			if (cell[o] == "") != (cell[column] == "") {
				return false, true
			}
		}
		return true, true
	case "compare-columns-value":
		if cell[column] == "" || cell[column2] == "" {
			return true, op == ">="
		}
		if strings.HasSuffix(column, "_DATE") {
			return cell[column] >= cell[column2], op == ">="
		}
		return number(column) >= number(column2), op == ">="
	case "sum-columns-value":
		sum := 0
		for _, o := range others {
			sum += number(o)
		}
		return sum == number(column), true
	case "nomenclature-actes-value":
		first, _, slash := strings.Cut(cell[column], "/")
		return slash && slices.Contains([]string{
			"commande publique", "urbanisme", "domaine et patrimoine", "fonction publique", "institutions et vie politique", "libertés publiques et pouvoirs de police",
			"finances locales", "domaines de compétences par thèmes", "autres domaines de compétences",
		}, first), true
	}
	return false, false
}

// folder is a data folder with what a clerk has told, recorded now by the program.
func (c *clerk) folder(t *testing.T) string {
	var b []byte
	for i := range c.Envelopes {
		command, ok := eventstore.CommandOf(&c.Envelopes[i])
		if !ok {
			continue
		}
		var err error
		b, err = eventstore.AppendCommand(b, &command)
		require.NoError(t, err)
		b = append(b, '\n')
	}
	return begun(t, string(b))
}

// withAsserted adds decisions of which only the result is known.
func withAsserted(t *testing.T) *clerk {
	c := everythingHeld(t)
	voices := casetest.W("8.5")
	c.Tell("2023-01-15", &domain.DecisionAsserted{Body: "cogouv", For: &voices, Outcome: domain.Adopted, Sitting: "Réunion d'installation", Title: "=Installation"})
	c.Tell("2023-02", &domain.DecisionAsserted{Body: "cogouv", Outcome: domain.Adopted, Title: "Un mois, non un jour"})
	c.Tell("2023-02-03", &domain.DecisionAsserted{Body: "cogouv", Outcome: domain.Rejected, Title: "Rejet"})
	return c
}

func readCSV(t *testing.T, file string, comma rune) [][]string {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	r.Comma = comma
	rows, err := r.ReadAll()
	require.NoError(t, err)
	return rows
}

const coordinator = "73282932000074" // fourteen digits that check

// TestDeliberationsAreThoseOfTheSchema writes the open data of a sitting in which all happens, and validates it.
func TestDeliberationsAreThoseOfTheSchema(t *testing.T) {
	schema := scdlSchema(t)
	dir := withAsserted(t).folder(t)
	schemaRows := func(lang string) [][]string {
		file := filepath.Join(dir, lang+".csv")
		out, exit := command(t, dir, "export", "deliberations", "essai", file, "--siret", coordinator, "--matter", "1.7", "--matter", "budget=7.1", "--matter", "partage=7.10", "--prefecture", "PREF067", "--lang", lang)
		require.Zero(t, exit, out)
		return readCSV(t, file, ',')
	}
	rows := schemaRows("fr")
	assert.Empty(t, schema.validate(rows))
	assert.Equal(t, rows, schemaRows("en"), "the schema's file is the same in every language")
	found := map[string][]string{}
	for _, row := range rows[1:] {
		found[row[6]] = row
	}
	assert.Len(t, found, 5, "adopted, chosen or asserted, and not annulled")
	assert.NotContains(t, found, "Pilotage du groupement", "annulled from its beginning")
	assert.NotContains(t, found, "Un mois, non un jour", "no day")
	assert.NotContains(t, found, "Rejet")
	assert.Equal(t, []string{"10", "9", "9", "0", "0"}, found["Règlement intérieur, articles 1 à 4"][11:16])
	assert.Equal(t, []string{"10", "6", "4", "1", "1"}, found["Désignation du secrétaire"][11:16])
	assert.Equal(t, []string{"", "", "", "", ""}, found["Lieu de la prochaine séance : À Metz"][11:16])
	assert.Equal(t, []string{"", "", "", "", ""}, found["'=Installation"][11:16], "nobody knows who voted")
	assert.Equal(t, []string{"7.10", "finances locales/divers"}, found["Partage des frais"][4:6])

	voices := readCSV(t, filepath.Join(dir, "fr-voix.csv"), ';')
	require.Len(t, voices, 11)
	column := func(name string) int { return slices.Index(voices[0], name) }
	at := slices.IndexFunc(voices, func(r []string) bool {
		return r[column("intitulé")] == "Budget 2024 : 1 | 2 < 3 *étoiles* & l'œuvre"
	})
	require.Positive(t, at)
	tie := voices[at]
	assert.Equal(t, []string{"essai-18", "", "#18"}, tie[:3])
	assert.Equal(t, []string{"7,5", "6,5", "0", "rejetée", "oui", "valable"}, []string{tie[column("voix pour")], tie[column("voix contre")], tie[column("voix abstention")], tie[column("résultat")], tie[column("égalité")], tie[column("état en droit")]})
	assert.Equal(t, "region=4,5 cea=2 meuse=1", tie[column("pour")])
	for _, row := range rows[1:] {
		n := slices.IndexFunc(voices, func(r []string) bool { return r[0] == row[2] })
		require.Positive(t, n, "every deliberation has its voices")
		assert.Equal(t, "oui", voices[n][1])
	}
}

// TestTheValidatorFindsWhatIsWrong: it does not say of every table that it is valid.
func TestTheValidatorFindsWhatIsWrong(t *testing.T) {
	schema := scdlSchema(t)
	good := []string{"G", coordinator, "g-1", "2023-01-02", "1.7", "commande publique/actes spéciaux et divers", "Objet", "", "", "", "", "10", "9", "5", "3", "1", ""}
	require.Empty(t, schema.validate([][]string{scdlColumns, good}))
	for column, bad := range map[int]string{0: "", 1: "73282932000075", 2: "", 3: "02/01/2023", 4: "17", 5: "commande publique", 6: "", 8: "budget", 10: "2022-12-31", 11: "8", 12: "8", 13: "x", 15: ""} {
		row := slices.Clone(good)
		row[column] = bad
		if column == 15 {
			row[12] = "8"
		}
		assert.NotEmpty(t, schema.validate([][]string{scdlColumns, row}), scdlColumns[column])
	}
	assert.NotEmpty(t, schema.validate([][]string{slices.Concat(scdlColumns, []string{"X"}), append(slices.Clone(good), "")}))
}

// TestDecisionsInEveryFormat: a row each, that another program reads.
func TestDecisionsInEveryFormat(t *testing.T) {
	dir := withAsserted(t).folder(t)
	for _, ending := range []string{"csv", "xlsx", "ods", "jsonl"} {
		file := filepath.Join(dir, "d."+ending)
		out, exit := command(t, dir, "export", "decisions", "essai", file, "--lang", "en", "--at", "2024-03-01")
		require.Zero(t, exit, out)
		again := filepath.Join(dir, "again."+ending)
		_, exit = command(t, dir, "export", "decisions", "essai", again, "--lang", "en", "--at", "2024-03-01")
		require.Zero(t, exit)
		once, err := os.ReadFile(file)
		require.NoError(t, err)
		twice, err := os.ReadFile(again)
		require.NoError(t, err)
		assert.Equal(t, once, twice, ending)
	}
	text, err := os.ReadFile(filepath.Join(dir, "d.jsonl"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Len(t, lines, 10)
	var shared struct {
		VoicesFor string `json:"voices_for"`
		Recount   string
		Title     string
	}
	at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "Partage des frais") })
	require.NoError(t, json.Unmarshal([]byte(lines[at]), &shared))
	assert.Equal(t, "5", shared.VoicesFor)
	assert.Equal(t, domain.Rejected, shared.Recount)
}

// TestBadDeliberations refuses what the schema would not take, before anything is written.
func TestBadDeliberations(t *testing.T) {
	dir := everythingHeld(t).folder(t)
	for code, args := range map[string][]string{
		"R0580": {"minutes", "essai", string(heldSitting), "pv.docx"}, "R0581": {"minutes", "essai", "no-such"}, "R0701": {"export", "deliberations", "essai", "d.csv", "--siret", "73282932000075", "--matter", "1.7"},
		"R0584": {"export", "deliberations", "essai", "d.csv", "--matter", "1.7"}, "R0585": {"export", "deliberations", "essai", "d.csv", "--siret", coordinator, "--matter", "1.9"},
		"R0586": {"export", "deliberations", "essai", "d.csv", "--siret", coordinator, "--matter", "budget=7.1"}, "R0587": {"export", "deliberations", "essai", "d.csv", "--siret", coordinator, "--matter", "1.7", "--prefecture", "67"},
		"R0588": {"export", "deliberations", "essai", "-", "--siret", coordinator, "--matter", "1.7"},
	} {
		t.Run(code, func(t *testing.T) {
			out, exit := command(t, dir, append(args, "--lang", "en")...)
			assert.Equal(t, exitMisused, exit)
			assert.Contains(t, out, "["+code+"]")
			left, err := filepath.Glob(filepath.Join(dir, "d*"))
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "d-voix.csv"), nil, 0o600))
	out, exit := command(t, dir, "export", "deliberations", "essai", "d.csv", "--siret", coordinator, "--matter", "1.7")
	assert.Equal(t, exitMisused, exit, out)
	assert.NoFileExists(t, filepath.Join(dir, "d.csv"), "the second file was in the way, so there is no first")
}
