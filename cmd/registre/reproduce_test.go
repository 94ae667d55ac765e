package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// editFile puts one text in the place of another, which must be there.
func editFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("edit FILE OLD NEW")
	}
	file := ts.MkAbs(args[0])
	text, err := os.ReadFile(file)
	ts.Check(err)
	if !bytes.Contains(text, []byte(args[1])) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(file, bytes.Replace(text, []byte(args[1]), []byte(args[2]), 1), 0o644))
}

// reproduces holds that the demonstration gives each of some files again, to the byte.
func reproduces(ts *testscript.TestScript, neg bool, files []string) {
	if neg || len(files) == 0 {
		ts.Fatalf("reproduces FILE…")
	}
	for _, file := range files {
		ts.Check(ts.Exec("registre", "reproduce", file, "--data", "registre-demo", "--json"))
		if out := ts.ReadFile("stdout"); !strings.HasSuffix(out, `"verdict":"same"}`+"\n") {
			ts.Fatalf("%s: %s", file, out)
		}
	}
}

// shown runs a verb on the demonstration.
func shown(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	exit := run(t.Context(), append(args, "--data", dir), strings.NewReader(""), &out, &out)
	return out.String(), exit
}

// demonstrated is a folder with the demonstration.
func demonstrated(t *testing.T) string {
	onOneDay()
	dir := filepath.Join(t.TempDir(), "demo")
	out, exit := shown(t, dir, "demo")
	require.Zero(t, exit, out)
	return dir
}

// repacked writes a ZIP anew, its parts changed by a function.
func repacked(t *testing.T, from, to string, change func(name string, text []byte) []byte) {
	in, err := zip.OpenReader(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.Create(to)
	require.NoError(t, err)
	w := zip.NewWriter(out)
	for _, f := range in.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		p, err := w.Create(f.Name)
		require.NoError(t, err)
		_, err = p.Write(change(f.Name, text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, out.Close())
}

// TestSavedByAnotherProgram: a spreadsheet that was opened and saved says the same in other bytes; one in which a cell was
// changed says something else, and which.
func TestSavedByAnotherProgram(t *testing.T) {
	dir := demonstrated(t)
	t.Chdir(t.TempDir())
	for _, file := range []string{"w.xlsx", "w.ods"} {
		out, exit := shown(t, dir, "export", "weights", "ent-grand-est", file, "--lang", "en", "--at", "2023-06-01", "--known", "#47")
		require.Zero(t, exit, out)
	}
	book, err := excelize.OpenFile("w.xlsx")
	require.NoError(t, err)
	require.NoError(t, book.SaveAs("saved.xlsx"))
	sheet := book.GetSheetName(0)
	require.NoError(t, book.SetCellValue(sheet, "D19", 2.0))
	require.NoError(t, book.SaveAs("changed.xlsx"))
	require.NoError(t, book.Close())
	repacked(t, "w.ods", "saved.ods", func(_ string, text []byte) []byte { return text })
	repacked(t, "w.ods", "changed.ods", func(_ string, text []byte) []byte {
		return bytes.Replace(text, []byte(`office:value="2.5"><text:p>2.5`), []byte(`office:value="2"><text:p>2`), 1)
	})
	for _, kind := range []string{"xlsx", "ods"} {
		out, exit := shown(t, dir, "reproduce", "saved."+kind, "--lang", "en")
		require.Equal(t, exitFindings, exit, out)
		require.Contains(t, out, "This file says the same as the register, in every cell and line", kind)
		out, exit = shown(t, dir, "reproduce", "changed."+kind, "--lang", "en")
		require.Equal(t, exitFindings, exit, out)
		require.Contains(t, out, "row 19, column “weight” (D19): the file has “2”, the register gives “2.5”.", kind)
	}
}

var streams = regexp.MustCompile(`(?s)/Length ([0-9]+)>>\nstream\n(.*?)\nendstream`)

// TestAlteredPDF: of a PDF in which a word was changed the page and the line are said; one that is broken differs as a whole, and
// nothing worse happens.
func TestAlteredPDF(t *testing.T) {
	dir := demonstrated(t)
	t.Chdir(t.TempDir())
	out, exit := shown(t, dir, "minutes", "ent-grand-est", "cogouv-2024", "m.pdf", "--lang", "fr", "--at", "2024-12-31")
	require.Zero(t, exit, out)
	text, err := os.ReadFile("m.pdf")
	require.NoError(t, err)

	pages := 0
	altered := streams.ReplaceAllFunc(text, func(stream []byte) []byte {
		m := streams.FindSubmatch(stream)
		r, err := zlib.NewReader(bytes.NewReader(m[2]))
		if err != nil {
			return stream
		}
		page, err := io.ReadAll(r)
		word := []byte("\x00M\x00e\x00t\x00z")
		if err != nil || pages > 0 || !bytes.Contains(page, word) {
			return stream
		}
		pages++
		page = bytes.Replace(page, word, []byte("\x00N\x00i\x00c\x00e"), 1)
		var b bytes.Buffer
		w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // so that it is not longer, and every part stays where it is
		_, _ = w.Write(page)
		_ = w.Close()
		packed := append(b.Bytes(), make([]byte, max(0, len(m[2])-b.Len()))...)
		return fmt.Appendf(nil, "/Length %s>>\nstream\n%s\nendstream", m[1], packed)
	})
	require.Positive(t, pages)
	require.NoError(t, os.WriteFile("x.pdf", altered, 0o600))
	out, exit = shown(t, dir, "reproduce", "x.pdf", "--lang", "fr")
	require.Equal(t, exitFindings, exit, out)
	require.Regexp(t, `page [0-9]+, ligne [0-9]+ : le fichier porte « .*Nice.*, le registre donne « .*Metz`, out)

	require.NoError(t, os.WriteFile("broken.pdf", text[:len(text)/2], 0o600))
	out, exit = shown(t, dir, "reproduce", "broken.pdf", "--lang", "fr")
	require.NotZero(t, exit, out)
	require.NotContains(t, out, "panic")
}

var addForms = flag.Bool("registre.forms", false, "write testdata/forms.txt anew")

// unpackedForm is what a file holds, its parts behind each other, without the root of its register: whose events are not the form's.
func unpackedForm(t *testing.T, file string) []byte {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	if in, err := zip.NewReader(bytes.NewReader(text), int64(len(text))); err == nil {
		text = nil
		for _, f := range in.File {
			r, err := f.Open()
			require.NoError(t, err)
			part, err := io.ReadAll(r)
			require.NoError(t, err)
			text = append(append(text, f.Name...), part...)
		}
	}
	require.Regexp(t, roots, string(text))
	return roots.ReplaceAll(text, nil)
}

var roots = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// TestForms: a form gives for the same pair what it gave before. Whoever changes one says so in formChanges, and then
// writes this list anew.
func TestForms(t *testing.T) {
	dir := demonstrated(t)
	t.Chdir(t.TempDir())
	files := map[string][]string{
		"weights.csv": {"export", "weights"}, "weights.xlsx": {"export", "weights"}, "weights.ods": {"export", "weights"}, "weights.jsonl": {"export", "weights"},
		"members.csv": {"export", "members"}, "avenants.csv": {"export", "avenants"},
	}
	var list strings.Builder
	for _, lang := range []string{"fr", "en"} {
		for _, file := range slices.Sorted(maps.Keys(files)) {
			out, exit := shown(t, dir, append(files[file], "ent-grand-est", lang+"-"+file, "--at", "2023-06-01", "--known", "#47", "--lang", lang)...)
			require.Zero(t, exit, out)
			fmt.Fprintf(&list, "%s %s %s %x\n", versioned("export-"+files[file][1]), lang, filepath.Ext(file)[1:], sha256.Sum256(unpackedForm(t, lang+"-"+file)))
		}
		for _, ending := range []string{"html", "md"} {
			out, exit := shown(t, dir, "minutes", "ent-grand-est", "cogouv-2024", lang+"-minutes."+ending, "--at", "2024-06-01", "--known", "#1083", "--lang", lang)
			require.Zero(t, exit, out)
			fmt.Fprintf(&list, "%s %s %s %x\n", versioned("minutes"), lang, ending, sha256.Sum256(unpackedForm(t, lang+"-minutes."+ending)))
		}
	}
	golden := filepath.Join(sourceDir, "testdata", "forms.txt")
	if *addForms {
		require.NoError(t, os.WriteFile(golden, []byte(list.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), list.String())
}

// sourceDir is the folder of this package, wherever a test has gone.
var sourceDir, _ = os.Getwd()
