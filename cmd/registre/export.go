package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/sheet"
)

// An extract is what is exported: rows under named columns, the same for every format.
type extract struct {
	columns []string // as JSON Lines name them, and tables in English
	french  []string // as tables in French do
	kinds   map[int]sheet.Kind
	rows    [][]string
}

func (a *app) exportVerb() *cobra.Command {
	var body, named string
	var force bool
	cmd := &cobra.Command{
		Use:   "export weights|members|avenants GROUP FILE",
		Short: "Write weights, members or avenants to a file that other programs open (- for the output)",
		Args:  exactly(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[2]
			format, err := a.formatOf(file, named)
			if err != nil {
				return err
			}
			s, err := a.extract(cmd.Context(), args[0], args[1], body)
			if err != nil {
				return err
			}
			text, err := a.written(s, args[0], format)
			if err != nil {
				return err
			}
			if file == "-" {
				_, err := a.out.Write(text)
				return err
			}
			return writeFile(file, text, force)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&named, "format", "", "csv, xlsx, ods or jsonl (default: by the file's ending; csv for -)")
	flags.StringVar(&body, "body", "", "the weights of this body only (default: of all)")
	flags.BoolVar(&force, "force", false, "replace a file that exists")
	return cmd
}

// formatOf is the format of a file: the one named, or that of its ending.
func (a *app) formatOf(file, named string) (sheet.Format, error) {
	if named == "" {
		named = strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
	}
	switch {
	case named == "ndjson":
		named = "jsonl"
	case named == "" && file == "-":
		named = "csv"
	}
	switch f := sheet.Format(named); f {
	case sheet.CSV:
		if a.lang != "fr" {
			return sheet.CommaCSV, nil
		}
		return f, nil
	case sheet.XLSX, sheet.ODS, sheet.JSONLines:
		return f, nil
	}
	return "", misuse("format-unknown", "", strings.TrimSpace(file+" "+named))
}

// extract asks for what is to be exported. All of it is of one pair.
func (a *app) extract(ctx context.Context, kind, group, body string) (*extract, error) {
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "members":
		return membersExtract(ctx, d, a.question("members", group, asking("why", "yes")))
	case "avenants":
		return avenantsExtract(ctx, d, a.question("avenants", group, asking("why", "yes")))
	case "weights":
		return weightsExtract(ctx, d, a.question("weights", group, nil), body)
	}
	return nil, misuse("export-kind", "", kind)
}

func answerTo[T any](ctx context.Context, d desk, q Question) (answer T, err error) {
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(raw, &answer)
}

// invented gives those of some events that are marked illustrative.
func invented(remarks []remark, events []uint64) string {
	var found []uint64
	for _, r := range remarks {
		if slices.Contains(events, r.Event) {
			found = append(found, r.Event)
		}
	}
	return numbers(found)
}

func membersExtract(ctx context.Context, d desk, q Question) (*extract, error) {
	m, err := answerTo[membersAnswer](ctx, d, q)
	s := &extract{
		columns: []string{"group", "member", "name", "since", "roles", "formerly", "illustrative", "at", "known"},
		french:  []string{"groupement", "membre", "nom", "depuis", "rôles", "anciennement", "illustratif", "au", "connu"},
	}
	for _, row := range m.Members {
		s.rows = append(s.rows, []string{
			m.Group, row.Member, row.Name, row.Since, strings.Join(row.Roles, " "), strings.Join(row.Formerly, " "),
			invented(m.Illustrative, row.Why), m.At, "#" + decimal(m.Known),
		})
	}
	return s, err
}

func avenantsExtract(ctx context.Context, d desk, q Question) (*extract, error) {
	b, err := answerTo[avenantsAnswer](ctx, d, q)
	s := &extract{
		columns: []string{"group", "text", "title", "status", "since", "stated_day", "approved", "signed", "of", "missing_approval", "missing_signature", "other_text", "fallen", "sha256", "illustrative", "at", "known"},
		french:  []string{"groupement", "texte", "titre", "état", "depuis", "effet annoncé", "approuvé", "signé", "sur", "approbations manquantes", "signatures manquantes", "autre texte approuvé", "délibérations tombées", "sha256", "illustratif", "au", "connu"},
	}
	for _, t := range b.Texts {
		s.rows = append(s.rows, []string{
			b.Group, t.Text, t.Title, t.Status, t.Since, t.StatedDay, strconv.Itoa(t.Approved.Count), strconv.Itoa(t.Signed.Count), strconv.Itoa(t.Approved.Of),
			strings.Join(t.MissingApproval, " "), strings.Join(t.MissingSignature, " "), strings.Join(t.OtherText, " "), strings.Join(t.Fallen, " "), t.SHA256,
			invented(b.Illustrative, t.Why), b.At, "#" + decimal(b.Known),
		})
	}
	return s, err
}

func weightsExtract(ctx context.Context, d desk, q Question, body string) (*extract, error) {
	q.Kind = "bodies"
	b, err := answerTo[bodiesAnswer](ctx, d, q)
	if err != nil {
		return nil, err
	}
	q.Kind, q.At, q.Known = "weights", b.At, "#"+decimal(b.Known) // one pair for all
	bodies := []string{body}
	if body == "" {
		bodies = nil
		for _, row := range b.Bodies {
			bodies = append(bodies, row.Body)
		}
	}
	s := &extract{
		columns: []string{"group", "body", "member", "weight", "undetermined", "illustrative", "at", "known"},
		french:  []string{"groupement", "instance", "membre", "voix", "indéterminé", "illustratif", "au", "connu"},
		kinds:   map[int]sheet.Kind{3: sheet.Decimal},
	}
	for _, id := range bodies {
		q.More = asking("body", id, "why", "yes")
		w, err := answerTo[weightsAnswer](ctx, d, q)
		if err != nil {
			return nil, err
		}
		for _, row := range w.Members {
			s.rows = append(s.rows, []string{
				w.Group, w.Body, row.Member, row.Weight, yes(row.Undetermined), invented(w.Illustrative, row.Why), w.At, "#" + decimal(w.Known),
			})
		}
	}
	return s, nil
}

// written writes an extract in a format.
func (a *app) written(x *extract, name string, format sheet.Format) ([]byte, error) {
	var b bytes.Buffer
	w, err := sheet.NewWriter(&b, format, name, a.columnsOf(x))
	if err != nil {
		return nil, err
	}
	for _, row := range x.rows {
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

func (a *app) columnsOf(x *extract) []sheet.Column {
	columns := make([]sheet.Column, len(x.columns))
	for i, key := range x.columns {
		title := key
		if a.lang == "fr" {
			title = x.french[i]
		}
		columns[i] = sheet.Column{Key: key, Title: title, Kind: x.kinds[i]}
	}
	return columns
}

// writeFile puts a file in its place whole or not at all.
func writeFile(file string, text []byte, force bool) error {
	if _, err := os.Lstat(file); !force && !errors.Is(err, fs.ErrNotExist) {
		return misuse("file-exists", file, file)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".part-*")
	if err != nil {
		return failure("file-unwritable", file, err)
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return failure("file-unwritable", file, errors.Join(err, os.Remove(temp.Name())))
	}
	return nil
}
