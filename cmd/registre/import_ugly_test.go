package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// odsBook is an ODS of tables, each given as the XML of its rows.
func odsBook(t *testing.T, tables ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name, text string) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name})
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	put("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
	put("content.xml", `<?xml version="1.0" encoding="UTF-8"?><office:document-content `+
		`xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" `+
		`xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">`+
		`<office:automatic-styles><style:style style:name="hide" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>`+
		`<office:body><office:spreadsheet>`+strings.Join(tables, "")+`</office:spreadsheet></office:body></office:document-content>`)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// odsTable is the XML of a table; style "hide" hides it. A cell is a text, a number, or XML of its own.
func odsTable(name, style string, rows ...[]any) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<table:table table:name="%s" table:style-name="%s">`, name, style)
	for _, row := range rows {
		b.WriteString("<table:table-row>")
		for _, cell := range row {
			switch c := cell.(type) {
			case int:
				fmt.Fprintf(&b, `<table:table-cell office:value-type="float" office:value="%d"><text:p>%d</text:p></table:table-cell>`, c, c)
			case odsCell:
				b.WriteString(string(c))
			default:
				fmt.Fprintf(&b, `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`, html.EscapeString(fmt.Sprint(c)))
			}
		}
		b.WriteString("</table:table-row>")
	}
	return b.String() + "</table:table>"
}

type odsCell string

// uglyEverywhere are files that can be ugly in any format.
func uglyEverywhere(t *testing.T) map[string][]byte {
	one, two := orderLine("2022-01", "0570054Z", "college", 12), orderLine("2022-01", "0570055A", "college", "")
	total := func(says string, n any) []any { return []any{says, "", "", "", "", "", "", "", n} }
	twoHeads := func(row []any, counts ...any) []any { return append(row[:7:7], append(counts, "prévisionnel")...) }
	files := map[string][]byte{}
	for name, rows := range map[string][][]any{
		"titles":     {{"Département de la Moselle"}, {}, {"Effectifs 2022-2023", "", "provisoire"}, orderHeads, one},
		"total":      {orderHeads, one, two, total("Total", 13)},
		"subtotals":  {orderHeads, one, total("Sous-total collèges", 12), orderLine("2022-02", "0570055A", "lycee", 30), total("Sous-total lycées", 31), {}, total("TOTAL GÉNÉRAL", 42)},
		"duplicates": {orderHeads, one, orderLine("2022-01", "0570054Z", "Collège", 12), orderLine("2022-02", "0570055A", "college", "12,5")},
		"small":      {orderHeads, orderLine("2022-01", "0570054Z", "college", "<5"), orderLine("2022-01", "0570055A", "college", "s"), orderLine("2022-01", "0570055A", "lycee", 0)},
		"two-heads": {
			append(orderHeads[:7:7], "Effectifs", "", "Nature"),
			{"", "", "", "", "", "", "", "Collège", "Lycée", ""},
			twoHeads(one, 12, ""), twoHeads(two, "", 30),
		},
		"uai": {orderHeads, orderLine("2022-01", " 0570054z ", "college", "1\u202f412"), orderLine("2022-01", "057 0055 A", "college", 5), orderLine("2022-01", "570054Z", "college", 5), orderLine("2022-01", "680034T", "college", 5)},
		"columns-twice": {
			append(append([]any{}, orderHeads...), "Nombre d'élèves"), append(append([]any{}, one...), 13),
		},
		"day-as-number": {orderHeads, {"2022-01", "moselle", "ent-2", "44727", "01/09/22", "septembre 2023", "0570054Z", "college", 12, "prévisionnel"}},
		"no-columns":    {append(orderHeads[1:4:4], orderHeads[5:9]...), append(one[1:4:4], one[5:9]...), append(two[1:4:4], two[5:9]...)},
		"unknown":       {orderHeads, orderLine("2022-01", "0680034T", "college", 12), orderLine("2022-01", "0350122T", "college", 12), append([]any{"2022-02", "Moselle", "ENT"}, one[3:]...)},
		"dear":          {append(append([]any{}, orderHeads...), "Prix unitaire"), append(append([]any{}, orderLine("2022-01", "0570054Z", "college", 9000)...), "29 250,00")},
	} {
		files[name+".csv"] = csvOf(rows...)
		files[name+".xlsx"] = book(t, nil, rows...)
		files[name+".ods"] = odsBook(t, odsTable("Feuille1", "", rows...))
	}
	return files
}

// uglyBooks are files that only XLSX and ODS can be.
func uglyBooks(t *testing.T) map[string][]byte {
	one, other := orderLine("2022-01", "0570054Z", "college", 12), orderLine("2022-02", "0570055A", "college", 7)
	notice := [][]any{{"Notice"}, {"Remplir une feuille par département."}}
	sheets := book(t, func(f *excelize.File) {
		for name, rows := range map[string][][]any{"Moselle": {orderHeads, one}, "Meuse": {orderHeads, other}} {
			_, err := f.NewSheet(name)
			require.NoError(t, err)
			for n, row := range rows {
				require.NoError(t, f.SetSheetRow(name, fmt.Sprintf("A%d", n+1), &row))
			}
		}
		_, err := f.NewSheet("Feuil3")
		require.NoError(t, err)
		require.NoError(t, f.MoveSheet("Moselle", "Meuse"))
	}, notice...)
	spanned := odsCell(`<table:table-cell table:number-rows-spanned="2" office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>`)
	covered := odsCell(`<table:covered-table-cell/>`)
	formula := odsCell(`<table:table-cell table:formula="of:=10+2"/>`)
	computed := odsCell(`<table:table-cell table:formula="of:=10+2" office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>`)
	with := func(row []any, count any) []any { row[8] = count; return row }
	return map[string][]byte{
		"sheets.xlsx": sheets,
		"sheets.ods":  odsBook(t, odsTable("Notice", "", notice...), odsTable("Moselle", "", orderHeads, one), odsTable("Meuse", "", orderHeads, other), odsTable("Feuille3", "")),
		"hidden.ods":  odsBook(t, odsTable("Ancien", "hide", orderHeads, orderLine("2021-99", "0570054Z", "college", 99)), odsTable("Moselle", "", orderHeads, other)),
		"merged.ods":  odsBook(t, odsTable("F", "", orderHeads, with(orderLine("2022-01", "0570054Z", "college", 0), spanned), with(orderLine("2022-01", "0570055A", "college", 0), covered))),
		"formulas.ods": odsBook(t, odsTable("F", "", orderHeads, with(orderLine("2022-01", "0570054Z", "college", 0), formula),
			with(orderLine("2022-01", "0570055A", "college", 0), computed))),
		"since-1904.xlsx": book(t, func(f *excelize.File) {
			yes, days := true, 14
			require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
			style, err := f.NewStyle(&excelize.Style{NumFmt: days})
			require.NoError(t, err)
			require.NoError(t, f.SetCellStyle("Sheet1", "D2", "F2", style))
		}, orderHeads, []any{"2022-01", "moselle", "ent-2", 43265, 43343, 43707, "0570054Z", "college", 12, "prévisionnel"}),
		"empty.xlsx":       book(t, nil),
		"empty.ods":        odsBook(t, odsTable("F", "")),
		"really-pdf.xlsx":  []byte("%PDF-1.7\n%âãÏÓ\n1 0 obj\n"),
		"cut-off.xlsx":     sheets[:len(sheets)/2],
		"no-header.xlsx":   book(t, nil, []any{"Nom", "Nombre"}, []any{"Collège A", 12}),
		"wrong-format.ods": csvOf(orderHeads, one),
	}
}
