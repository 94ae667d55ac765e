package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

// exportExamples are addresses of every export, behind the group, that have something in the demonstration.
var exportExamples = map[string][]string{
	"export-weights":       {"exports/weights?body=ag", "exports/weights"},
	"export-members":       {"exports/members"},
	"export-avenants":      {"exports/avenants"},
	"export-lines":         {"exports/lines?where=member=moselle&where=cycle=college", "exports/lines?history=true"},
	"export-totals":        {"exports/totals?by=member,cycle&where=cycle=college"},
	"export-series":        {"exports/series?series=2021-01-01..2021-12-31&by=member&where=cycle=college"},
	"export-decisions":     {"exports/decisions"},
	"export-deliberations": {"exports/deliberations?siret=" + coordinator + "&matter=7.10&matter=budget=7.1&prefecture=PREF067", "exports/deliberations?siret=" + coordinator + "&matter=7.10&part=voices"},
}

// verb runs a verb on the folder of a served house, which goes through the server.
func (h *servedHouse) verb(args ...string) (out string, exit int) {
	h.t.Helper()
	var b, errs bytes.Buffer
	exit = run(h.t.Context(), append(args, "--data", h.door.dir), strings.NewReader(""), &b, &errs)
	return b.String() + errs.String(), exit
}

// exported is the file that the verb writes for an example at a pair.
func (h *servedHouse) exported(example, format, lang, at, known string) []byte {
	h.t.Helper()
	u, err := url.Parse(example)
	require.NoError(h.t, err)
	kind := strings.TrimPrefix(u.Path, "exports/")
	file := filepath.Join(h.t.TempDir(), kind+"."+format)
	args := []string{"export", kind, demoGroup, file, "--lang", lang, "--at", at, "--known", known}
	part := ""
	for name, values := range u.Query() {
		for _, value := range values {
			switch {
			case name == "part":
				part = value
			case value == "true":
				args = append(args, "--"+name)
			default:
				args = append(args, "--"+name, value)
			}
		}
	}
	out, exit := h.verb(args...)
	require.Equal(h.t, exitDone, exit, out)
	if part != "" {
		file = besideFile(file)
	}
	text, err := os.ReadFile(file)
	require.NoError(h.t, err)
	return text
}

// TestExportsOverHTTP: what is exported over HTTP is to the byte what the verb writes, in every format and language; its tag stays the
// same as long as it does, and whoever has it is not sent it again.
func TestExportsOverHTTP(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	head := decimal(h.headNow())
	pair, told := "at=2022-10-01&known="+head, map[string]bool{}
	for _, q := range exportOperations() {
		require.NotEmpty(t, exportExamples[q.Name])
		for n, example := range exportExamples[q.Name] {
			sign := map[bool]string{true: "&", false: "?"}[strings.Contains(example, "?")]
			formats := exportFormatsTried[:]
			if n > 0 {
				formats = formats[:1]
			}
			for _, of := range formats {
				address := "/v1/groups/" + demoGroup + "/" + example + sign + pair + "&format=" + of[0]
				response, text := h.get("auditor", address, "Accept-Language", of[1])
				if !assert.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", address, text) {
					continue
				}
				require.True(t, bytes.Equal(h.exported(example, of[0], of[1], "2022-10-01", "#"+head), text), "%s in %s is another file than the verb's", address, of[1])
				require.Contains(t, response.Header.Get("Cache-Control"), "immutable")
				require.Contains(t, response.Header.Get("Content-Disposition"), "attachment; filename="+demoGroup+"-")
				again, _ := h.get("auditor", address, "Accept-Language", of[1], "If-None-Match", response.Header.Get("ETag"))
				require.Equal(t, http.StatusNotModified, again.StatusCode)
				other, _ := h.get("auditor", address, "Accept-Language", map[string]string{"fr": "en", "en": "fr"}[of[1]])
				require.NotEqual(t, response.Header.Get("ETag"), other.Header.Get("ETag"))
			}
			u, err := url.Parse(example)
			require.NoError(t, err)
			for name := range u.Query() {
				told[q.Name+" "+name] = true
			}
		}
		for _, p := range q.Takes {
			require.True(t, told[q.Name+" "+p.Name], "%s is never asked with %s", q.Name, p.Name)
		}
	}
	left, err := filepath.Glob(filepath.Join(h.door.dir, "export-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

var exportFormatsTried = [...][2]string{{"csv", "fr"}, {"csv", "en"}, {"xlsx", "fr"}, {"ods", "en"}, {"jsonl", "en"}}

// TestExportsOfNow: what is asked of today is not for ever, and has another tag when more is known; what cannot be asked is refused.
func TestExportsOfNow(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	address := "/v1/groups/" + demoGroup + "/exports/weights?lang=fr"
	first, _ := h.get("auditor", address)
	require.Equal(t, "private, no-cache", first.Header.Get("Cache-Control"))
	status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	second, _ := h.get("auditor", address)
	require.NotEqual(t, first.Header.Get("ETag"), second.Header.Get("ETag"))
	for more, code := range map[string]string{
		"format=pdf": "R0844", "lang=de": "R0844", "by=member": "R0842", "body=none&format=csv": "", "at=yesterday": "R0006", "known=999999": "R0008",
	} {
		response, text := h.get("auditor", "/v1/groups/"+demoGroup+"/exports/weights?"+more)
		require.Equal(t, code != "", response.StatusCode == http.StatusBadRequest, "%s: %s", more, text)
		require.Contains(t, string(text), code)
	}
	response, _ := h.get("auditor", address, "Accept", "application/json")
	require.Equal(t, http.StatusNotAcceptable, response.StatusCode)
	response, text := h.get("auditor", "/v1/groups/"+demoGroup+"/exports/deliberations?part=other&matter=1.7&siret="+coordinator)
	require.Equal(t, http.StatusBadRequest, response.StatusCode, "%s", text)
	_, response, text = h.request(http.MethodHead, "auditor", address, "")
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Empty(t, text)
}

// buys has the group of the tables of order forms founded in a served house.
func (h *servedHouse) buys() {
	h.t.Helper()
	file := filepath.Join(h.t.TempDir(), "purchase.jsonl")
	require.NoError(h.t, os.WriteFile(file, []byte(purchase), 0o600))
	out, exit := h.verb("record", file)
	require.Equal(h.t, exitDone, exit, out)
	h.grant(&domain.RightGranted{Principal: "p-clerk", Role: domain.MemberClerk, Member: "moselle", Groups: []domain.GroupID{"essai"}})
	h.bare("clerk", "p-clerk")
}

// tableAnswer is what an import is answered with, as far as it is looked at.
type tableAnswer struct {
	broughtTable
	Code, Detail string
	Import       *broughtTable
}

// brings brings a table.
func (h *servedHouse) brings(as, query string, body []byte, headers ...string) (status int, answer tableAnswer) {
	h.t.Helper()
	_, response, text := h.request(http.MethodPost, as, "/v1/groups/essai/imports/orders"+query, string(body), append([]string{"Content-Type", "text/csv", "Accept-Language", "fr"}, headers...)...)
	require.NoError(h.t, json.Unmarshal(text, &answer), "%s", text)
	require.NotContains(h.t, string(text), h.door.dir, "it says where on this server the table lay")
	return response.StatusCode, answer
}

func (h *servedHouse) headOf(group string) uint64 {
	answer, err := answerTo[groupsAnswer](h.t.Context(), h.desk, Question{Kind: "groups"})
	require.NoError(h.t, err)
	for _, g := range answer.Groups {
		if g.Group == group {
			return g.Head
		}
	}
	return 0
}

var soundTable = csvOf(orderHeads, orderLine("2022-01", "0570054Z", "college", 412), orderLine("2022-01", "0570055A", "lycee", "n.d."))

// TestImportsOverHTTP: a table is recorded once, whatever its form, under the pseudonym of whoever brings it.
func TestImportsOverHTTP(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	h.read()
	h.buys()
	head := h.headOf("essai")
	status, tried := h.brings("secretary", "?dry_run=true", soundTable)
	require.Equal(t, http.StatusOK, status)
	require.True(t, tried.DryRun)
	require.Equal(t, head, h.headOf("essai"))
	status, done := h.brings("secretary", "", soundTable)
	require.Equal(t, http.StatusOK, status, done.Detail)
	require.Equal(t, importIssued, done.Orders[0].Status)
	require.Equal(t, head+1, done.Orders[0].Event)
	_, kept := h.get("auditor", "/v1/groups/essai/events/"+decimal(head+1))
	require.Contains(t, string(kept), `"actor":"p-secretary"`)
	for _, again := range [][]byte{soundTable, book(t, nil, orderHeads, orderLine("2022-01", "0570054Z", "college", 412), orderLine("2022-01", "0570055A", "lycee", "n.d."))} {
		media := "text/csv"
		if bytes.HasPrefix(again, []byte("PK")) {
			media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		}
		status, done = h.brings("secretary", "", again, "Content-Type", media)
		require.Equal(t, http.StatusOK, status, done.Detail)
		require.Equal(t, importUnchanged, done.Orders[0].Status)
		require.Equal(t, head+1, h.headOf("essai"))
	}
	mapped := bytes.ReplaceAll(bytes.Replace(soundTable, []byte("Bon de commande"), []byte("No du bon"), 1), []byte("2022-01"), []byte("2022-02"))
	mapped = bytes.ReplaceAll(mapped, []byte("01/09/2022;31/08/2023"), []byte("01/09/2023;31/08/2024"))
	status, done = h.brings("secretary", "?mapping="+url.QueryEscape("order = No du bon")+"&mapping="+url.QueryEscape("unit_price := 4.50"), mapped)
	require.Equal(t, http.StatusOK, status, done.Detail)
	require.Equal(t, "2022-02", string(done.Orders[0].Number))
	out, exit := h.verb("import", "orders", "essai", h.file("mapped.csv", mapped), "--json", "--mapping", h.file("mapping", []byte("order = No du bon\nunit_price := 4.50\n")))
	require.Equal(t, exitDone, exit, out)
	require.Contains(t, out, `"unchanged"`, "the verb finds what came through the door")
	left, err := filepath.Glob(filepath.Join(h.door.dir, "import-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func (h *servedHouse) file(name string, text []byte) string {
	path := filepath.Join(h.t.TempDir(), name)
	require.NoError(h.t, os.WriteFile(path, text, 0o600))
	return path
}

// TestFaultsOfATableOverHTTP: every fault is told at once, as the verb tells it, and nothing is recorded; with partial what is sound is, and
// the rest comes back as a table that can be mended.
func TestFaultsOfATableOverHTTP(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	h.read()
	h.buys()
	table := csvOf(orderHeads, orderLine("2022-01", "0570054Z", "college", 412), orderLine("2022-01", "0570099X", "college", 3), orderLine("2022-02", "0570055A", "lycee", -4), orderLine("2022-03", "0570055A", "lycee", 4))
	head := h.headOf("essai")
	status, answer := h.brings("secretary", "", table)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Equal(t, "R0940", answer.Code)
	require.Equal(t, head, h.headOf("essai"))
	out, _ := h.verb("import", "orders", "essai", h.file("table", table), "--json", "--lang", "fr")
	var verbs importAnswer
	require.NoError(t, json.Unmarshal([]byte(out), &verbs), out)
	require.Len(t, verbs.Faults, 2, out)
	require.Equal(t, verbs.Faults, answer.Import.Faults)
	require.Contains(t, answer.Detail, fmt.Sprint(len(verbs.Faults)))

	status, answer = h.brings("secretary", "?partial=true", table)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, head+1, h.headOf("essai"))
	require.Equal(t, 3, answer.Rejected)
	require.Equal(t, 4, strings.Count(answer.RejectedTable, "\n"), answer.RejectedTable)
	mended := strings.NewReplacer("0570099X", "0570055A", "-4", "4").Replace(answer.RejectedTable)
	mended = regexp.MustCompile(`(?m)^2022-02.*\r?\n`).ReplaceAllString(mended, "")
	status, answer = h.brings("secretary", "", []byte(mended))
	require.Equal(t, http.StatusOK, status, answer.Import)
	require.Equal(t, importIssued, answer.Orders[0].Status)
}

// TestWhoImports: a clerk his own member's order forms, and opens no school; whoever may not is refused before anything is recorded.
func TestWhoImports(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	h.buys()
	head := h.headOf("essai")
	both := csvOf(orderHeads, orderLine("2022-01", "0570054Z", "college", 412), []any{"2022-02", "region", "ent-2", "15/06/2022", "01/09/2022", "31/08/2023", "0570055A", "lycee", 9, "prévisionnel"})
	unknown := csvOf(append(append([]any{}, orderHeads...), "Établissement"), append(orderLine("2022-01", "0570060F", "college", 412), "Collège C"))
	for _, c := range []struct {
		as, query string
		table     []byte
		status    int
	}{
		{"", "", soundTable, http.StatusUnauthorized},
		{"auditor", "", soundTable, http.StatusForbidden},
		{"auditor", "?dry_run=true", soundTable, http.StatusForbidden},
		{"elsewhere", "", soundTable, http.StatusForbidden},
		{"clerk", "", both, http.StatusForbidden},
		{"clerk", "?dry_run=true", both, http.StatusForbidden},
		{"clerk", "?partial=true", both, http.StatusForbidden},
		{"clerk", "?open_schools=true&school_kind=college", unknown, http.StatusForbidden},
	} {
		status, answer := h.brings(c.as, c.query, c.table)
		require.Equal(t, c.status, status, "%s%s: %s", c.as, c.query, answer.Detail)
		require.Equal(t, head, h.headOf("essai"))
	}
	status, answer := h.brings("clerk", "", soundTable)
	require.Equal(t, http.StatusOK, status, answer.Detail)
	_, kept := h.get("auditor", "/v1/groups/essai/events/"+decimal(head+1))
	require.Contains(t, string(kept), `"actor":"p-clerk"`)
	require.Contains(t, string(kept), `"on_behalf_of":"moselle"`)
	status, answer = h.brings("secretary", "?open_schools=true&school_kind=college", bytes.ReplaceAll(unknown, []byte("2022-01"), []byte("2022-09")))
	require.Equal(t, http.StatusOK, status, answer.Detail)
	require.Equal(t, 1, answer.Schools)
}

// TestTablesThatAreNone: what is too long, packed, of another form or not what it says is refused, and nothing of it stays.
func TestTablesThatAreNone(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	h.buys()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   strings.Repeat(" ", 1<<30/8),
	} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	for name, c := range map[string]struct {
		body    []byte
		headers []string
		query   string
		status  int
	}{
		"nothing":       {nil, nil, "", http.StatusBadRequest},
		"a PDF":         {[]byte("%PDF-1.7\n"), nil, "", http.StatusBadRequest},
		"no heads":      {csvOf([]any{"Nom", "Nombre"}, []any{"Collège A", 12}), nil, "", http.StatusBadRequest},
		"a bomb":        {bomb.Bytes(), []string{"Content-Type", "application/octet-stream"}, "", http.StatusBadRequest},
		"too long":      {bytes.Repeat([]byte(";"), 32<<20+1), nil, "", http.StatusRequestEntityTooLarge},
		"JSON":          {[]byte("{}"), []string{"Content-Type", "application/json"}, "", http.StatusUnsupportedMediaType},
		"packed":        {soundTable, []string{"Content-Encoding", "gzip"}, "", http.StatusUnsupportedMediaType},
		"another group": {soundTable, nil, "?group=essai", http.StatusBadRequest},
		"a bad mapping": {soundTable, nil, "?mapping=x", http.StatusBadRequest},
		"no such sheet": {soundTable, nil, "?sheet=other", http.StatusBadRequest},
		"said twice":    {soundTable, nil, "?partial=true&partial=true", http.StatusBadRequest},
	} {
		before := h.headOf("essai")
		status, answer := h.brings("secretary", c.query, c.body, c.headers...)
		require.Equal(t, c.status, status, "%s: %s", name, answer.Detail)
		require.NotEmpty(t, answer.Code, name)
		require.Equal(t, before, h.headOf("essai"))
	}
	left, err := filepath.Glob(filepath.Join(h.door.dir, "import-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestEveryCellOfExporting: what a role may ask it may have as a file, in the group of its right alone.
func TestEveryCellOfExporting(t *testing.T) {
	t.Parallel()
	h := serveDemo(t)
	as := roleHolders(h)
	for _, role := range domain.PrincipalRoles() {
		if role == domain.Public {
			h.grant(&domain.RightGranted{Principal: domain.Anonymous, Role: role, Groups: []domain.GroupID{demoGroup}})
		}
		for name, example := range exportExamples {
			want := slices.Contains([]string{domain.Secretary, domain.MemberClerk, domain.SittingOfficer, domain.Auditor}, role) || name == "export-weights" && role != domain.Operator
			response, text := h.get(as[role], "/v1/groups/"+demoGroup+"/"+example[0])
			require.Equal(t, want, response.StatusCode == http.StatusOK, "%s as %s: %d %.200s", name, role, response.StatusCode, text)
			response, _ = h.get(as[role], "/v1/groups/yet-another/"+example[0])
			require.Contains(t, []int{http.StatusForbidden, http.StatusUnauthorized}, response.StatusCode, "%s as %s", name, role)
		}
	}
}
