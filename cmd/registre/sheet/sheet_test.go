package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// rowOf is a row, as a test writes it.
type rowOf struct {
	Number int
	Cells  []string
}

func put(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

func read(t *testing.T, path, sheet string) ([]rowOf, *File, error) {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	t.Cleanup(func() { _ = f.Close() })
	s, err := f.Sheet(sheet)
	if err != nil {
		return nil, f, err
	}
	var rows []rowOf
	for row, err := range f.Rows(s) {
		if err != nil {
			return rows, f, err
		}
		texts := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			texts[i] = c.Text
		}
		rows = append(rows, rowOf{row.Number, texts})
	}
	return rows, f, nil
}

func TestDialectsOfCSV(t *testing.T) {
	const text = "UAI;Établissement;Effectif;Début\r\n0680034T;\"Collège ; \"\"Les Prés\"\"\nannexe\";1 234,5;01/09/2022\r\n;;;\r\n0680035U;L’Œuvre;412;2022-09-01\r\n"
	want := []rowOf{
		{1, []string{"UAI", "Établissement", "Effectif", "Début"}},
		{2, []string{"0680034T", "Collège ; \"Les Prés\"\nannexe", "1 234,5", "01/09/2022"}},
		{5, []string{"0680035U", "L’Œuvre", "412", "2022-09-01"}},
	}
	windows, err := charmap.Windows1252.NewEncoder().String(text)
	require.NoError(t, err)
	latin1, err := charmap.ISO8859_1.NewEncoder().String(strings.NewReplacer("’", "'", "Œ", "O").Replace(text))
	require.NoError(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	plain := strings.NewReplacer("’", "'", "Œ", "O")
	for name, c := range map[string]struct {
		content, encoding string
		delimiter         rune
		plain             bool
	}{
		"utf-8":               {text, "utf-8", ';', false},
		"utf-8 with a mark":   {"\ufeff" + text, "utf-8", ';', false},
		"windows-1252":        {windows, "windows-1252", ';', false},
		"latin-1":             {latin1, "windows-1252", ';', true},
		"utf-16":              {utf16, "utf-16le", ';', false},
		"decomposed":          {norm.NFD.String(text), "utf-8", ';', false},
		"tabs":                {strings.ReplaceAll(strings.ReplaceAll(text, " ; ", " / "), ";", "\t"), "utf-8", '\t', false},
		"commas, old Mac end": {strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(text, "1 234,5", `"1 234,5"`), " ; ", " / "), ";", ","), "utf-8", ',', false},
	} {
		t.Run(name, func(t *testing.T) {
			got, f, err := read(t, put(t, "x.csv", []byte(c.content)), "")
			require.NoError(t, err)
			assert.Equal(t, CSV, f.Format)
			assert.Equal(t, c.encoding, f.Encoding)
			assert.Equal(t, string(c.delimiter), string(f.Delimiter))
			for i, row := range got {
				for k, cell := range row.Cells {
					expect := want[i].Cells[k]
					if c.plain {
						expect = plain.Replace(expect)
					}
					assert.Equal(t, expect, strings.ReplaceAll(cell, " / ", " ; "))
				}
				assert.Equal(t, want[i].Number, row.Number)
			}
			assert.Len(t, got, len(want))
		})
	}
}

func TestExcelNamesTheDelimiter(t *testing.T) {
	got, f, err := read(t, put(t, "x.csv", []byte("sep=,\r\nUAI,n;m\r\n")), "")
	require.NoError(t, err)
	assert.Equal(t, ',', f.Delimiter)
	assert.Equal(t, []rowOf{{2, []string{"UAI", "n;m"}}}, got)
}

// zipped is a ZIP of these parts, name and content by turns.
func zipped(t *testing.T, parts ...string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		require.NoError(t, err)
		_, err = w.Write([]byte(parts[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

const (
	xlsxBook = `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`
	xlsxRels = `<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>`
)

func xlsxOf(t *testing.T, sheet string, more ...string) []byte {
	return zipped(t, append([]string{
		"xl/workbook.xml", xlsxBook, "xl/_rels/workbook.xml.rels", xlsxRels, "xl/worksheets/s.xml", sheet,
	}, more...)...)
}

func odsOf(t *testing.T, rows string) []byte {
	return zipped(t, "content.xml", `<x><table:table table:name="a">`+rows+`</table:table></x>`)
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	compound := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)
	locked := append(bytes.Clone(compound), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...)
	whole := xlsxOf(t, `<s><row r="1"><c r="A1"><v>1</v></c></row></s>`)
	for name, c := range map[string]struct {
		content []byte
		code    string
		row     int
	}{
		"nothing":                {nil, Empty, 0},
		"a PDF called .csv":      {[]byte("%PDF-1.7\n…"), NotASheet, 0},
		"a picture":              {[]byte("\x89PNG\r\n\x1a\n"), NotASheet, 0},
		"a page":                 {[]byte("\n<!DOCTYPE html><html>"), NotASheet, 0},
		"a letter":               {zipped(t, "word/document.xml", "<x/>"), NotASheet, 0},
		"any zip":                {zipped(t, "a.txt", "x"), NotASheet, 0},
		"an old .xls":            {compound, OldExcel, 0},
		"under a password":       {locked, Locked, 0},
		"bytes":                  {[]byte("a;b\x00c\n"), NotText, 0},
		"no encoding":            {[]byte("a;\xe9\x81\n"), NotText, 0},
		"a quote without end":    {[]byte("a;b\nc;\"d\n"), BadQuotes, 2},
		"cut off":                {whole[:len(whole)-30], Broken, 0},
		"no relations":           {zipped(t, "xl/workbook.xml", xlsxBook), Broken, 0},
		"cut in a row":           {xlsxOf(t, `<s><row r="7"><c r="A7"><v>1</v></c>`), Broken, 7},
		"cut in a cell":          {xlsxOf(t, `<s><row r="7"><c r="A7"><v>1`), Broken, 7},
		"a document type":        {xlsxOf(t, `<!DOCTYPE x [<!ENTITY a "b">]><s/>`), Broken, 0},
		"a string of none":       {xlsxOf(t, `<s><row r="3"><c r="A3" t="s"><v>5</v></c></row></s>`), Broken, 3},
		"wide":                   {xlsxOf(t, `<s><row r="3"><c r="ZZZ3"><v>5</v></c></row></s>`), TooLarge, 3},
		"long":                   {xlsxOf(t, `<s><row r="3"><c r="A3" t="str"><v>`+strings.Repeat("ab", MaxCell)+`</v></c></row></s>`), TooLarge, 3},
		"a bomb":                 {xlsxOf(t, `<s><row r="3"><c r="A3" t="str"><v>`+strings.Repeat(" ", 4<<20)+`</v></c></row></s>`), TooLarge, 0},
		"ODS: cut off":           {zipped(t, "content.xml", `<x><table:table table:name="a"><table:table-row>`), Broken, 1},
		"ODS: rows without end":  {odsOf(t, `<table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>`), TooLarge, 1},
		"ODS: cells without end": {odsOf(t, `<table:table-row><table:table-cell table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell></table:table-row>`), TooLarge, 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := read(t, put(t, "x.csv", c.content), "")
			at := new(Error)
			require.ErrorAs(t, err, &at)
			assert.Equal(t, c.code, at.Code, "%v", err)
			assert.Equal(t, c.row, at.Row, "%v", err)
		})
	}
}

func TestNoSuchSheet(t *testing.T) {
	_, _, err := read(t, put(t, "x.xlsx", xlsxOf(t, `<s/>`)), "b")
	at := new(Error)
	require.ErrorAs(t, err, &at)
	assert.Equal(t, Error{Code: NoSuchSheet, Detail: "b"}, *at)
}

// TestExcel reads what another library wrote: days by built-in and own formats, both ways of counting, formulas, merged
// cells, a hidden sheet before the one that is shown.
func TestExcel(t *testing.T) {
	for _, since1904 := range []bool{false, true} {
		book := excelize.NewFile(excelize.Options{})
		require.NoError(t, book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}))
		require.NoError(t, book.SetSheetName("Sheet1", "caché"))
		_, err := book.NewSheet("effectifs")
		require.NoError(t, err)
		book.SetActiveSheet(1)
		require.NoError(t, book.SetSheetVisible("caché", false))
		own := `[$-40C]d\ mmm\ yyyy`
		style := func(s *excelize.Style) int {
			id, err := book.NewStyle(s)
			require.NoError(t, err)
			return id
		}
		builtIn, french, money := style(&excelize.Style{NumFmt: 14}), style(&excelize.Style{CustomNumFmt: &own}), style(&excelize.Style{NumFmt: 4})
		day := time.Date(2022, 9, 1, 0, 0, 0, 0, time.UTC)
		for at, v := range map[string]any{
			"A2": "UAI", "B2": "Effectif", "A4": "0680034T", "B4": 412, "C4": day, "D4": day, "E4": 12.5, "F4": true, "B5": 1e6, "A5": "L'Œuvre", "G4": 0.1 + 0.2,
		} {
			require.NoError(t, book.SetCellValue("effectifs", at, v))
		}
		for at, id := range map[string]int{"C4": builtIn, "D4": french, "E4": money} {
			require.NoError(t, book.SetCellStyle("effectifs", at, at, id))
		}
		require.NoError(t, book.SetCellFormula("effectifs", "H4", "B4*2"))
		require.NoError(t, book.MergeCell("effectifs", "A5", "A6"))
		require.NoError(t, book.SetCellValue("effectifs", "B6", 7))
		path := filepath.Join(t.TempDir(), "x.xlsx")
		require.NoError(t, book.SaveAs(path))

		got, f, err := read(t, path, "")
		require.NoError(t, err)
		assert.Equal(t, []bool{true, false}, []bool{f.Sheets[0].Hidden, f.Sheets[1].Hidden})
		assert.Equal(t, []rowOf{
			{2, []string{"UAI", "Effectif"}},
			{4, []string{"0680034T", "412", "2022-09-01", "2022-09-01", "12.5", "1", "0.3", ""}},
			{5, []string{"L'Œuvre", "1000000"}},
			{6, []string{"", "7"}},
		}, got)
		s, err := f.Sheet("effectifs")
		require.NoError(t, err)
		for row, err := range f.Rows(s) {
			require.NoError(t, err)
			switch row.Number {
			case 4:
				assert.Equal(t, Cell{Formula: true, Uncounted: true}, row.Cells[7], "a formula that nobody has computed is not empty")
				assert.True(t, row.Cells[2].Date && row.Cells[3].Date && row.Cells[1].Number && !row.Cells[0].Number)
			case 6:
				assert.Equal(t, Above, row.Cells[0].Merged)
			}
		}
	}
}

func TestMergedCellsOfODS(t *testing.T) {
	cell := func(more, text string) string {
		return `<table:table-cell ` + more + `><text:p>` + text + `</text:p></table:table-cell>`
	}
	f, err := Open(put(t, "x.ods", odsOf(t, `
		<table:table-row>`+cell(`table:number-rows-spanned="2" table:number-columns-spanned="2"`, "a")+`<table:covered-table-cell/>`+cell("", "b")+`</table:table-row>
		<table:table-row><table:covered-table-cell/><table:covered-table-cell/>`+cell("", "c")+`</table:table-row>
		<table:table-row>`+cell("", "d")+cell("", "e")+`</table:table-row>`)))
	require.NoError(t, err)
	defer f.Close()
	s, err := f.Sheet("")
	require.NoError(t, err)
	var got [][]Merge
	for row, err := range f.Rows(s) {
		require.NoError(t, err)
		var merges []Merge
		for _, c := range row.Cells {
			merges = append(merges, c.Merged)
		}
		got = append(got, merges)
	}
	assert.Equal(t, [][]Merge{{Own, Beside, Own}, {Above, Above, Own}, {Own, Own}}, got)
}

func TestODS(t *testing.T) {
	got, _, err := read(t, put(t, "x.ods", odsOf(t, `
		<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>
		<table:table-row><table:table-cell office:value-type="string"><text:p>a  <text:span>b</text:span><text:s text:c="2"/>c</text:p><text:p>d</text:p>
			<office:annotation><text:p>a remark</text:p></office:annotation></table:table-cell>
			<table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float" office:value="1234.50"><text:p>1 234,50 €</text:p></table:table-cell>
			<table:table-cell office:value-type="date" office:date-value="2022-09-01T00:00:00"><text:p>1 sept. 22</text:p></table:table-cell>
			<table:covered-table-cell/><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
		<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>
		<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`)), "")
	require.NoError(t, err)
	assert.Equal(t, []rowOf{
		{3, []string{"a b  c\nd", "", "", "1234.5", "2022-09-01", ""}},
		{4, []string{"x"}},
		{5, []string{"x"}},
	}, got)
}

// TestWrittenReadsAgain: whatever is written is read again, cell for cell, from every format that is read.
func TestWrittenReadsAgain(t *testing.T) {
	columns := []Column{{"a", "Nom é", Text}, {"b", "Effectif", Integer}, {"c", "Prix", Decimal}, {"d", "Début", Day}}
	dir := t.TempDir()
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "=1+1", "+33", "-5", "-x", "@a", "'=1", "\t=1", "0680034T", "é", " a  b ", "a\nb", "\"q\";", "2022-09-01", "12.5", "00", "9999999999999999", "<&>"}),
		rapid.StringMatching(`[ -~éàü€]{0,12}`))
	for _, format := range []Format{CSV, XLSX, ODS} {
		rapid.Check(t, func(r *rapid.T) {
			rows := rapid.SliceOfN(rapid.SliceOfN(cell, 4, 4), 1, 6).Draw(r, "rows")
			path := filepath.Join(dir, "x."+string(format))
			out, err := os.Create(path)
			require.NoError(r, err)
			w, err := NewWriter(out, format, "effectifs", columns)
			require.NoError(r, err)
			want := []rowOf{{1, titles(columns)}}
			line := 2
			for _, row := range rows {
				require.NoError(r, w.Write(row))
				if strings.TrimSpace(strings.Join(row, "")) != "" {
					want = append(want, rowOf{line, row})
				}
				line++
				if format == CSV {
					line += strings.Count(strings.Join(row, ""), "\n")
				}
			}
			require.NoError(r, w.Close())
			require.NoError(r, out.Close())
			got, _, err := read(t, path, "")
			require.NoError(r, err)
			require.Len(r, got, len(want), "%q", got)
			for i := range want {
				require.Equal(r, want[i].Number, got[i].Number)
				require.Equal(r, normal(format, want[i].Cells), normal("", got[i].Cells))
			}
		})
	}
}

// normal is what cells are to read as: CSV has its own spelling of numbers and days, and what is empty at the end may be
// left out.
func normal(written Format, cells []string) string {
	all := make([]string, 4)
	copy(all, cells)
	if written == CSV {
		if Decimal.is(all[2]) {
			all[2] = strings.Replace(all[2], ".", ",", 1)
		}
		if Day.is(all[3]) {
			all[3] = all[3][8:] + "/" + all[3][5:7] + "/" + all[3][:4]
		}
	} else if written != "" && Decimal.is(all[2]) {
		all[2] = plainNumber(all[2])
	}
	return fmt.Sprintf("%q", all)
}

func TestFormulasAreNeutralised(t *testing.T) {
	for in, out := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-x": "'-x", "@a": "'@a", "\ta": "'\ta", "'=1": "''=1", "a=1": "a=1", "": "", "4.5": "4.5", "l'an": "l'an", "'a": "'a",
	} {
		var b bytes.Buffer
		w, err := NewWriter(&b, CommaCSV, "", []Column{{"a", "a", Text}, {"b", "b", Text}})
		require.NoError(t, err)
		require.NoError(t, w.Write([]string{in, "x"}))
		require.NoError(t, w.Close())
		assert.Equal(t, "a,b\r\n"+out+",x\r\n", b.String())
	}
}

func TestWritingIsReproducible(t *testing.T) {
	for _, format := range []Format{CSV, XLSX, ODS, JSONLines} {
		var once, twice bytes.Buffer
		for _, out := range []*bytes.Buffer{&once, &twice} {
			w, err := NewWriter(out, format, "x", []Column{{"n", "N", Integer}, {"a", "A", Text}, {"b", "B", Decimal}})
			require.NoError(t, err)
			require.NoError(t, w.Write([]string{"12", "=1", "4.5"}))
			require.NoError(t, w.Close())
		}
		assert.Equal(t, once.Bytes(), twice.Bytes(), format)
		if format == JSONLines {
			assert.Equal(t, `{"a":"=1","b":"4.5","n":12}`+"\n", once.String())
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("%PDF-"))
	f.Add([]byte(`{"a":"x","b":1}` + "\n{}\n" + `{"c":null}`))
	t := &testing.T{}
	f.Add(xlsxOf(t, `<s><row r="1"><c r="A1" t="s"><f>x</f><v>0</v></c></row><mergeCell ref="A1:B2"/></s>`, "xl/sharedStrings.xml", `<sst><si><t>x</t></si></sst>`))
	f.Add(odsOf(t, `<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "x")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		file, err := Open(path)
		if err != nil {
			require.ErrorAs(t, err, new(*Error))
			return
		}
		defer file.Close()
		for _, s := range file.Sheets {
			last := 0
			for row, err := range file.Rows(s) {
				if err != nil {
					require.ErrorAs(t, err, new(*Error))
					break
				}
				require.NotEmpty(t, row.Cells)
				require.True(t, row.Number > 0 || file.Format == JSONLines)
				last = row.Number
			}
			_ = last
		}
	})
}
