package main

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"registre/cmd/registre/harmless"
)

// isSheet checks that every part of an XLSX or an ODS is XML, has no formula, and no text that does harm.
func (h *hostileRun) isSheet(said string, file []byte) {
	h.t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(h.t, err, said)
	cells := 0
	for _, part := range z.File {
		if !strings.HasSuffix(part.Name, ".xml") {
			continue
		}
		r, err := part.Open()
		require.NoError(h.t, err)
		d := xml.NewDecoder(r)
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(h.t, err, "%s: %s", said, part.Name)
			switch token := token.(type) {
			case xml.StartElement:
				require.NotContains(h.t, []string{"f", "script", "hyperlink"}, token.Name.Local, said)
				for _, attr := range token.Attr {
					require.NotEqual(h.t, "formula", attr.Name.Local, said)
				}
			case xml.CharData:
				cells++
				require.Equal(h.t, -1, strings.IndexFunc(string(token), harmless.Spoils), "%s: %q", said, token)
			}
		}
	}
	require.Positive(h.t, cells)
}

// isEvidence checks what is to be read in a file of evidence: its pages and tables. What proves the register is in it as it was kept.
func (h *hostileRun) isEvidence(said string, file []byte) {
	h.t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(h.t, err, said)
	read := 0
	for _, part := range z.File {
		require.NotContains(h.t, part.Name, "..")
		form := strings.TrimPrefix(filepath.Ext(part.Name), ".")
		if form != "csv" && form != "html" && form != "svg" && form != "md" {
			continue
		}
		r, err := part.Open()
		require.NoError(h.t, err)
		text, err := io.ReadAll(r)
		require.NoError(h.t, err)
		h.checkForm(said+" "+part.Name, form, text)
		read++
	}
	require.Greater(h.t, read, 2)
}

// packedInPDF is what a PDF packs, in which three letters in a row mean nothing. What it does not pack is looked at.
var packedInPDF = regexp.MustCompile(`(?s)/FlateDecode[^>]*>>\s*stream\r?\n.*?endstream`)

// isPDF checks that a PDF does nothing: its texts are drawn in numbers of glyphs.
func (h *hostileRun) isPDF(said string, file []byte) {
	h.t.Helper()
	said, file = said+" (without what is packed)", packedInPDF.ReplaceAll(file, []byte("stream"))
	for _, does := range []string{"/JavaScript", "/JS", "/URI", "/OpenAction", "/Launch", "/AA", "/ObjStm", "hostile()"} {
		require.NotContains(h.t, string(file), does, said)
	}
}

// completions are what the shell shows, with what it says of each.
func (h *hostileRun) completions() {
	asked := 0
	for _, line := range []string{
		"weights ", "sitting hostile ", "minutes hostile ", "decision hostile ", "voices hostile ", "rules hostile --body ", "power hostile --body ",
		"vote open hostile ", "item amend hostile ",
	} {
		for _, lang := range []string{"fr", "en"} {
			args := strings.Split(line, " ")
			out, status := h.run(lang, "__complete --lang "+lang+" --data "+h.dir, args...)
			require.Equal(h.t, exitDone, status)
			asked += strings.Count(out, "\n")
		}
	}
	require.Greater(h.t, asked, 10)
}

// faults are what the program says of arguments and files that are hostile.
func (h *hostileRun) faults() {
	for _, line := range []string{
		"weights hostile --body", "weights", "show hostile", "decision hostile", "minutes hostile", "record", "export weights hostile x.csv --format", "verify --checkpoint",
		"sitting hostile", "voices hostile", "members hostile --at", "members hostile --known", "enrolment hostile --by", "enrolment hostile --where",
		"import orders hostile", "verify-receipt", "order hostile", "people name x", "",
	} {
		for _, lang := range []string{"fr", "en"} {
			h.run(lang, line, hostileStarts[0]+hostileRest)
			h.run(lang, line, "--json", hostileStarts[0]+strings.ReplaceAll(hostileRest, "\x00", ""))
		}
	}
}
