package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

// The limits of tables that come and go.
const (
	maxTable  = 32 << 20 // bytes of one that is brought
	exporting = 8        // at once
	importing = 2

	placeWithin = 10 * time.Second // that one waits to be among them
)

// ExportAsked says which export is wanted, in which format and language.
type ExportAsked struct {
	Asked
	Format, Lang string
}

// Exported is an export that is settled, and not written yet.
type Exported struct {
	Head    uint64
	Lasting bool
	Tag     string // names its bytes among all
	File    string // what it is called
	Write   func(ctx context.Context, w io.Writer) (rows int, err error)
}

// TableBrought is a table on its way in.
type TableBrought struct {
	Group, Lang string
	File        string // where it lies; beside it there is room for others
	Told        map[string]string
}

// Imported is what became of a table.
type Imported struct {
	Rows, Rejected int
	DryRun         bool
	Answer         json.RawMessage
}

// A TableError says that something is wrong with a table, of which nothing was recorded. Answer has it all.
type TableError struct {
	Faults, Rejected, Rows int
	Answer                 json.RawMessage
}

func (e *TableError) Error() string { return "import-faults" }

// The formats of exports, and of what is brought.
var (
	exportFormats = []string{"csv", "xlsx", "ods", "jsonl"}
	exportMedia   = map[string]string{
		"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "ods": "application/vnd.oasis.opendocument.spreadsheet", "jsonl": jsonLines,
	}
	importMedia = []string{exportMedia["csv"], exportMedia["xlsx"], exportMedia["ods"], "application/octet-stream"}

	exportAlso = []operation.Parameter{
		{Name: "format", Form: operation.Word, Says: "of the file; csv where it is left out", OneOf: exportFormats},
		{Name: "lang", Form: operation.Word, Says: "the language of the columns; that of Accept-Language where it is left out", OneOf: []string{"en", "fr"}},
	}
)

// exports serves what is exported.
func (s *Server) exports() {
	for i := range s.Exports {
		q := s.Exports[i]
		q.Takes = append(slices.Clone(q.Takes), exportAlso...)
		op := s.documented(&q, "/v1/groups/{group}/"+q.Path)
		op.Tags = []string{"tables"}
		answer := op.Responses["200"]
		answer.Description = "The table, as a file"
		for _, media := range exportMedia {
			answer.Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
		s.add(op, Right{What: ToRead}, func(w http.ResponseWriter, r *http.Request) error { return s.export(w, r, &q) })
	}
}

// export gives one.
func (s *Server) export(w http.ResponseWriter, r *http.Request, q *operation.Question) error {
	asked, err := askedOf(q, r)
	if err != nil {
		return err
	}
	e := ExportAsked{Asked: asked, Format: "csv", Lang: languageOf(r)}
	for i, into := range []*string{&e.Format, &e.Lang} {
		p := exportAlso[i]
		switch given := asked.Told[p.Name]; {
		case slices.Contains(p.OneOf, given):
			*into = given
		case given != "":
			return &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: p.Name, Detail: given}
		}
		delete(e.Told, p.Name)
	}
	if !accepts(r, exportMedia[e.Format]) {
		return &Fault{Status: http.StatusNotAcceptable, Name: "media-unwanted", Subject: r.Header.Get("Accept"), Detail: exportMedia[e.Format]}
	}
	settled, err := s.Desk.Export(r.Context(), e)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Registre-Head", strconv.FormatUint(settled.Head, 10))
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "private, no-cache")
	if settled.Lasting {
		h.Set("Cache-Control", lasting)
	}
	if known(w, r, settled.Tag) {
		return nil
	}
	return s.sendTable(w, r, &e, &settled)
}

// sendTable writes an export whole before any of it is sent, so that nobody takes a part for the whole, and who reads slowly holds nothing
// but a file.
func (s *Server) sendTable(w http.ResponseWriter, r *http.Request, e *ExportAsked, settled *Exported) error {
	done, err := place(r.Context(), s.exporting)
	if err != nil {
		return err
	}
	defer done()
	file, err := os.CreateTemp(s.Spool, "export-*~")
	if err != nil {
		return err
	}
	defer file.Close()
	if err := os.Remove(file.Name()); err != nil { // it lasts as long as it is open
		return err
	}
	var rows int
	if err := s.slowly(r.Context(), func() error { rows, err = settled.Write(r.Context(), file); return err }); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", exportMedia[e.Format])
	h.Set("Content-Language", e.Lang)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.Group + "-" + settled.File}))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	s.Log.Info("exported", "principal", PrincipalOf(r.Context()).ID, "operation", e.Name, "group", e.Group, "format", e.Format, "rows", rows)
	_, _ = io.Copy(w, file)
	return nil
}

// place takes one of some places, which done gives back, or says that there is none.
func place(ctx context.Context, places chan struct{}) (done func(), err error) {
	within := time.NewTimer(placeWithin)
	defer within.Stop()
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-within.C:
	case <-ctx.Done():
	}
	return nil, &Fault{Status: http.StatusServiceUnavailable, Name: "too-many"}
}

// imports serves what takes tables in.
func (s *Server) imports() {
	if s.Imports == nil {
		return
	}
	binary := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	op := &huma.Operation{
		OperationID: "import-orders", Method: http.MethodPost, Path: "/v1/groups/{group}/imports/orders", Summary: "Record the order forms of a table, or say everything that is wrong with it",
		Description: "CSV, XLSX or ODS, as `registre import orders` takes it. Its commands have ids of their own: the same table again changes nothing. Of a table with a fault nothing is recorded, unless partial is asked for.",
		Tags:        []string{"tables"}, Parameters: []*huma.Param{groupParameter()},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}},
		Responses:   map[string]*huma.Response{"200": {Description: "What became of it", Content: jsonOf(s.schemaOf(s.Imported, "Imported"))}},
	}
	for _, media := range importMedia {
		op.RequestBody.Content[media] = binary
	}
	for i := range s.Imports {
		op.Parameters = append(op.Parameters, parameterOf(&operation.Question{}, &s.Imports[i]))
	}
	s.mayFail(op, http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	op.Responses["422"] = &huma.Response{
		Description: "Something is wrong with the table: import has all of it", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: s.tableProblem()}},
	}
	s.add(op, Right{What: ToRecord}, s.importTable)
}

// tableProblem is the schema of a problem with a table.
func (s *Server) tableProblem() *huma.Schema {
	whole := *s.registry().SchemaFromRef(s.registry().Schema(reflect.TypeFor[Problem](), true, "Problem").Ref)
	properties := map[string]*huma.Schema{"import": s.schemaOf(s.Imported, "Imported")}
	for name, p := range whole.Properties {
		properties[name] = p
	}
	whole.Properties = properties
	return &whole
}

// importTable takes a table in.
func (s *Server) importTable(w http.ResponseWriter, r *http.Request) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || !slices.Contains(importMedia, media) {
		return &Fault{Status: http.StatusUnsupportedMediaType, Name: "media-unknown", Subject: r.Header.Get("Content-Type")}
	}
	if packed := r.Header.Get("Content-Encoding"); packed != "" && packed != "identity" {
		return &Fault{Status: http.StatusUnsupportedMediaType, Name: "encoding-unknown", Subject: packed}
	}
	told, err := toldOf(r, s.Imports)
	if err != nil {
		return err
	}
	leave, err := place(r.Context(), s.importing)
	if err != nil {
		return err
	}
	defer leave()
	dir, err := os.MkdirTemp(s.Spool, "import-*~")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := TableBrought{Group: r.PathValue("group"), Lang: languageOf(r), File: filepath.Join(dir, "table"), Told: told}
	if err := spool(w, r, b.File); err != nil {
		return err
	}
	var done Imported
	err = s.slowly(r.Context(), func() error { done, err = s.Desk.Import(r.Context(), b); return err })
	if wrong := (*TableError)(nil); errors.As(err, &wrong) {
		p := s.Desk.Problem(err, b.Lang)
		tell(w, r, b.Lang, p.Status, struct {
			Problem
			Import json.RawMessage `json:"import"`
		}{p, wrong.Answer})
		return nil
	} else if err != nil {
		return err
	}
	s.Log.Info("imported", "principal", PrincipalOf(r.Context()).ID, "operation", "import-orders", "group", b.Group, "rows", done.Rows, "rejected", done.Rejected, "dry_run", done.DryRun)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	_, _ = w.Write(append(done.Answer, '\n'))
	return nil
}

// spool puts the body of a request into a file.
func spool(w http.ResponseWriter, r *http.Request, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, http.MaxBytesReader(w, r.Body, maxTable))
	closing := file.Close()
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return &Fault{Status: http.StatusRequestEntityTooLarge, Name: "body-too-long", Subject: strconv.Itoa(maxTable)}
	case err != nil:
		return &Fault{Status: http.StatusBadRequest, Name: "unreadable", Detail: err.Error()}
	}
	return closing
}
