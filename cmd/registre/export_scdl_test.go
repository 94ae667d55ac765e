package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections/casetest"
)

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
	assert.Equal(t, rows, schemaRows("en"), "the schema's file is the same in every language")
	text, err := os.ReadFile(filepath.Join(dir, "fr.csv"))
	require.NoError(t, err)
	assert.Empty(t, schema.validate(text))
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
