package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// A sheet is what is exported: rows under named columns, the same for every format.
type sheet struct {
	columns []string // as JSON Lines name them
	french  []string // as the French dialect of CSV names them
	numeric map[int]bool
	rows    [][]string
}

func (a *app) exportVerb() *cobra.Command {
	var body, format string
	var force bool
	cmd := &cobra.Command{
		Use:   "export weights|members|avenants GROUP FILE",
		Short: "Write weights, members or avenants to a file that other programs open (- for the output)",
		Args:  exactly(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[2]
			format, err := formatOf(file, format)
			if err != nil {
				return err
			}
			s, err := a.sheet(cmd.Context(), args[0], args[1], body)
			if err != nil {
				return err
			}
			text, err := a.written(s, format)
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
	flags.StringVar(&format, "format", "", "csv or jsonl (default: by the file's ending; csv for -)")
	flags.StringVar(&body, "body", "", "the weights of this body only (default: of all)")
	flags.BoolVar(&force, "force", false, "replace a file that exists")
	return cmd
}

func formatOf(file, format string) (string, error) {
	if format == "" {
		switch strings.ToLower(filepath.Ext(file)) {
		case ".csv":
			format = "csv"
		case ".jsonl", ".ndjson":
			format = "jsonl"
		}
		if file == "-" {
			format = "csv"
		}
	}
	if format != "csv" && format != "jsonl" {
		return "", misuse("format-unknown", "", strings.TrimSpace(file+" "+format))
	}
	return format, nil
}

// sheet asks for what is to be exported. All of it is of one pair.
func (a *app) sheet(ctx context.Context, kind, group, body string) (*sheet, error) {
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "members":
		return membersSheet(ctx, d, a.question("members", group, asking("why", "yes")))
	case "avenants":
		return avenantsSheet(ctx, d, a.question("avenants", group, asking("why", "yes")))
	case "weights":
		return weightsSheet(ctx, d, a.question("weights", group, nil), body)
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

func membersSheet(ctx context.Context, d desk, q Question) (*sheet, error) {
	m, err := answerTo[membersAnswer](ctx, d, q)
	s := &sheet{
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

func avenantsSheet(ctx context.Context, d desk, q Question) (*sheet, error) {
	b, err := answerTo[avenantsAnswer](ctx, d, q)
	s := &sheet{
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

func weightsSheet(ctx context.Context, d desk, q Question, body string) (*sheet, error) {
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
	s := &sheet{
		columns: []string{"group", "body", "member", "weight", "undetermined", "illustrative", "at", "known"},
		french:  []string{"groupement", "instance", "membre", "voix", "indéterminé", "illustratif", "au", "connu"},
		numeric: map[int]bool{3: true},
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

// written writes a sheet in a format. CSV in French is what a French spreadsheet opens: semicolons, decimal commas, UTF-8
// with its mark.
func (a *app) written(s *sheet, format string) ([]byte, error) {
	var b bytes.Buffer
	if format == "jsonl" {
		err := jsonLines(&b, s)
		return b.Bytes(), err
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	heads := s.columns
	if a.lang == "fr" {
		b.WriteString("\ufeff")
		w.Comma, heads = ';', s.french
	}
	if err := w.Write(heads); err != nil {
		return nil, err
	}
	for _, row := range s.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if s.numeric[i] {
				cell = a.number(cell)
			}
			cells[i] = harmless(cell)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// jsonLines writes one object a row, its keys in ascending order; what is "" is left out.
func jsonLines(b *bytes.Buffer, s *sheet) error {
	for _, row := range s.rows {
		object := map[string]string{}
		for i, cell := range row {
			if cell != "" {
				object[s.columns[i]] = cell
			}
		}
		line, err := json.Marshal(object)
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	return nil
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
