package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"registre/cmd/registre/orderfile"
	"registre/cmd/registre/sheet"
)

var rewrite = flag.Bool("golden", false, "write the golden files of imports anew")

// purchase is a group with a member, a framework agreement and two schools.
const purchase = `{"command":"found-group","group":"essai","effective":"2017-11-06","actor":"a","data":{"name":"Essai","title":"Convention","changes":[{"change":"member-joined","member":"moselle","name":"Département de la Moselle"},{"change":"member-joined","member":"region","name":"Région Grand Est"}]}}
{"command":"launch-agreement","group":"essai","effective":"2022-06-01","actor":"a","data":{"agreement":"ent-2","ceiling":"90000 pupils","contractor":{"name":"Éditeur","siret":"73282932000074"},"title":"Accord-cadre ENT 2022","until":"2024-09-01"}}
{"command":"open-school","group":"essai","effective":"2018-09-01","actor":"a","data":{"department":"57","kind":"college","name":"Collège A","school":"0570054Z"}}
{"command":"open-school","group":"essai","effective":"2018-09-01","actor":"a","data":{"department":"57","kind":"college","name":"Collège B","school":"0570055A"}}
`

// command runs the program in this process, as typed in a folder.
func command(t *testing.T, dir string, args ...string) (out string, exit int) {
	t.Helper()
	t.Chdir(dir)
	var b bytes.Buffer
	exit = run(t.Context(), args, strings.NewReader(""), &b, &b)
	return b.String(), exit
}

// orderHeads are the columns of the files below.
var orderHeads = []any{"Bon de commande", "Membre", "Accord-cadre", "Date de commande", "Début", "Fin", "UAI", "Cycle", "Effectif", "Nature"}

func orderLine(number, uai, cycle string, count any) []any {
	return []any{number, "moselle", "ent-2", "15/06/2022", "01/09/2022", "31/08/2023", uai, cycle, count, "prévisionnel"}
}

// csvOf is rows as a French office saves them.
func csvOf(rows ...[]any) []byte {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			fmt.Fprint(&b, cell)
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

// book is a workbook of one table, after what change has made of it.
func book(t *testing.T, change func(*excelize.File), rows ...[]any) []byte {
	f := excelize.NewFile()
	for i, row := range rows {
		require.NoError(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

func windows(t *testing.T, text []byte) []byte {
	b, err := charmap.Windows1252.NewEncoder().Bytes(text)
	require.NoError(t, err)
	return b
}

// uglyFiles are files as members really send them.
func uglyFiles(t *testing.T) map[string][]byte {
	many := [][]any{orderHeads}
	for i := range 50000 {
		row := orderLine(fmt.Sprintf("2022-%03d", i/2000), fmt.Sprintf("%07dA", i+1), "college", i%900)
		many = append(many, row)
	}
	files := map[string][]byte{
		"wrong-encoding.csv": windows(t, csvOf(append([]any{"Prévisions élèves"}, ""), orderHeads, orderLine("2022-01", "0570054Z", "collège", "1\u00a0412"), orderLine("2022-01", "0570055A", "lycée", "n.d."))),
		"merged.xlsx": book(t, func(f *excelize.File) {
			require.NoError(t, f.MergeCell("Sheet1", "A2", "A3"))
			require.NoError(t, f.MergeCell("Sheet1", "I2", "I3"))
		}, orderHeads, orderLine("2022-01", "0570054Z", "college", 12), orderLine("", "0570055A", "college", "")),
		"formulas.xlsx": book(t, func(f *excelize.File) {
			require.NoError(t, f.SetCellFormula("Sheet1", "I2", "10+2"))
		}, orderHeads, orderLine("2022-01", "0570054Z", "college", nil), orderLine("2022-01", "0570055A", "college", 5)),
		"hidden.xlsx": book(t, func(f *excelize.File) {
			_, err := f.NewSheet("Moselle")
			require.NoError(t, err)
			require.NoError(t, f.SetSheetRow("Moselle", "A1", &orderHeads))
			row := orderLine("2022-01", "0570055A", "college", 7)
			require.NoError(t, f.SetSheetRow("Moselle", "A2", &row))
			f.SetActiveSheet(1)
			require.NoError(t, f.SetSheetVisible("Sheet1", false))
		}, orderHeads, orderLine("2021-99", "0570054Z", "college", 99)),
		"many.xlsx":      book(t, nil, many...),
		"empty.csv":      nil,
		"really-pdf.csv": []byte("%PDF-1.7\n%âãÏÓ\n1 0 obj\n"),
		"no-header.csv":  csvOf([]any{"Nom", "Nombre"}, []any{"Collège A", 12}),
	}
	maps.Copy(files, uglyEverywhere(t))
	maps.Copy(files, uglyBooks(t))
	return files
}

// TestEveryFaultOfATableHasASentence: the names are made of the codes.
func TestEveryFaultOfATableHasASentence(t *testing.T) {
	for _, code := range []string{
		orderfile.BadHeadcount, orderfile.Outside, orderfile.BadDay, orderfile.TwoDigitYear, orderfile.BadAmount, orderfile.TwoReadings, orderfile.TooMuch, orderfile.NoColumn, orderfile.BadUAI, orderfile.BadKind, orderfile.BadID,
		orderfile.Uncomputed, orderfile.InMerged, orderfile.Required, orderfile.Contradicts, orderfile.Twice, orderfile.ColumnTwice,
	} {
		assert.NotEmpty(t, codeOf("import-"+code), code)
	}
	for _, code := range []string{
		sheet.Empty, sheet.NotASheet, sheet.OldExcel, sheet.Locked, sheet.NotText, sheet.BadQuotes, sheet.BadJSON, sheet.Broken, sheet.NoSuchSheet, sheet.TooLarge,
	} {
		assert.NotEmpty(t, codeOf("sheet-"+code), code)
	}
}

// TestUglyFiles imports each in a register of its own, and holds what is said to the golden files.
func TestUglyFiles(t *testing.T) {
	oneByOne(t)
	template := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(template, "c.jsonl"), []byte(purchase), 0o600))
	out, exit := command(t, template, "record", "c.jsonl")
	require.Zero(t, exit, out)
	require.NoError(t, os.RemoveAll(filepath.Join(template, "registre-data", "socket"))) // which cannot be copied
	files := uglyFiles(t)
	for name, content := range files {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(template)))
			require.NoError(t, os.Chmod(filepath.Join(dir, "registre-data", "key"), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
			out, exit := command(t, dir, "import", "orders", "essai", name, "--lang", "fr")
			golden := filepath.Join(here, "testdata", "import", name+".golden")
			got := shortened(out) + fmt.Sprintf("exit %d\n", exit)
			if *rewrite {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
	found, err := filepath.Glob(filepath.Join(here, "testdata", "import", "*.golden"))
	require.NoError(t, err)
	assert.Len(t, found, len(files), "a golden file that nothing is held to")
}

// here is the folder of this package: the tests go elsewhere.
var here, _ = os.Getwd()

// shortened is the first and last lines of what is long.
func shortened(out string) string {
	lines := strings.SplitAfter(out, "\n")
	if len(lines) <= 24 {
		return out
	}
	return strings.Join(lines[:6], "") + fmt.Sprintf("… %d lines …\n", len(lines)-13) + strings.Join(lines[len(lines)-7:], "")
}

// TestExportedOrderImportsAgain: the tables of an order form, imported where it is, change nothing; where it is not, they make
// the same lines.
func TestExportedOrderImportsAgain(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(purchase), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "o.csv"), csvOf(
		append(append([]any{}, orderHeads...), "Prix unitaire"),
		append(orderLine("2022-01", "0570054Z", "college", 412), "3,25"), append(orderLine("2022-01", "0570054Z", "lycee", "n.d."), "3,25"),
		append(orderLine("2022-01", "0570055A", "college", 0), ""),
	), 0o600))
	for _, data := range []string{"one", "two"} {
		out, exit := command(t, dir, "record", "c.jsonl", "--data", data)
		require.Zero(t, exit, out)
	}
	out, exit := command(t, dir, "import", "orders", "essai", "o.csv", "--data", "one")
	require.Zero(t, exit, out)
	lines := func(data string) string {
		out, exit := command(t, dir, "orders", "essai", "--order", "2022-01", "--at", "2022-11-01", "--json", "--data", data)
		require.Zero(t, exit, out)
		_, lines, found := strings.Cut(out, `"lines":[`)
		require.True(t, found, out)
		lines, beside, found := strings.Cut(lines, `"meta":`) // which tells of the house
		require.True(t, found, out)
		_, order, found := strings.Cut(beside, `"order":{`)
		require.True(t, found, out)
		return lines + order
	}
	want := lines("one")
	require.Contains(t, want, `"unknown":true`)
	for i, ending := range []string{"csv", "xlsx", "ods"} {
		for _, lang := range []string{"fr", "en"} {
			file := lang + "." + ending
			out, exit = command(t, dir, "orders", "essai", "--order", "2022-01", "--export", file, "--lang", lang, "--data", "one", "--at", "2022-11-01")
			require.Zero(t, exit, out)
			out, exit = command(t, dir, "import", "orders", "essai", file, "--data", "one", "--lang", "en")
			require.Zero(t, exit, out)
			require.Contains(t, out, "there already")
		}
		if i == 0 {
			out, exit = command(t, dir, "import", "orders", "essai", "fr.csv", "--data", "two")
			require.Zero(t, exit, out)
			require.Equal(t, want, lines("two"))
		}
	}
	out, exit = command(t, dir, "orders", "essai", "--order", "2022-01", "--export", "o.pdf", "--data", "one", "--at", "2022-11-01")
	require.Zero(t, exit, out)
	text, err := os.ReadFile(filepath.Join(dir, "o.pdf"))
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(text, []byte("%PDF-")))
}
