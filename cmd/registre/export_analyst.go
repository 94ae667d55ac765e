package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/replay"
	"registre/replay/analyst"
)

// analystKind is what is exported as one file of tables, of one group or of all.
const analystKind = "analyst"

// collectExportAt is by how many per cent the heap may grow while it is written: the registers are what fills it.
const collectExportAt = 33

// exportArgs takes what is exported, the group and the file; for analysts the group can be left out.
func exportArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 2 && args[0] == analystKind {
		return nil
	}
	return exactly(3)(cmd, args)
}

// An analysis is one run of the export for analysts.
type analysis struct {
	*app
	desk   desk
	groups []string
	dryRun bool
	answer analystAnswer
}

// analystAnswer is what was written, or would be.
type analystAnswer struct {
	Bytes  int64    `json:"bytes"`
	DryRun bool     `json:"dry_run,omitempty"`
	Events uint64   `json:"events"`
	File   string   `json:"file"`
	Groups []string `json:"groups"`
	Rows   int64    `json:"rows"`
	Tables int      `json:"tables"`
}

// analyst writes everything, as tables in both times, into a file that analysts open.
func (e *exporting) analyst(cmd *cobra.Command, args []string) error {
	for _, flag := range []string{"body", "by", "where", "series", "history", "siret", "matter", "prefecture", "format", "seal"} {
		if cmd.Flags().Changed(flag) {
			return misuse("export-flag", "--"+flag, e.kind)
		}
	}
	ctx, file := cmd.Context(), args[len(args)-1]
	if !e.dryRun {
		if err := mayWrite(file, e.force); err != nil {
			return err
		}
	}
	d, err := e.a.open(ctx, false)
	if err != nil {
		return err
	}
	defer collectAtMost(collectExportAt)() // the registers themselves are what takes memory
	x := &analysis{app: e.a, desk: d, dryRun: e.dryRun, answer: analystAnswer{DryRun: e.dryRun, File: file, Tables: analyst.Tables()}}
	if err := x.choose(ctx, args[1:len(args)-1]); err != nil {
		return err
	}
	if err := x.put(ctx, file, e.force); err != nil {
		return err
	}
	return x.tell()
}

// choose takes the group that is named, or all.
func (x *analysis) choose(ctx context.Context, named []string) error {
	x.groups = named
	if len(named) == 0 {
		all, err := answerTo[groupsAnswer](ctx, x.desk, Question{Kind: "groups"})
		if err != nil {
			return err
		}
		for _, g := range all.Groups {
			x.groups = append(x.groups, g.Group)
		}
	}
	x.answer.Groups = x.groups
	return nil
}

// put writes the file: to nowhere, to the output by way of a file aside, or in its place.
func (x *analysis) put(ctx context.Context, file string, force bool) error {
	switch {
	case x.dryRun:
		var to nowhere
		err := x.write(ctx, &to)
		x.answer.Bytes = to.size
		return err
	case file == "-":
		aside, err := os.CreateTemp("", "registre-analyst-*")
		if err != nil {
			return failure("file-unwritable", os.TempDir(), err)
		}
		defer os.Remove(aside.Name())
		defer aside.Close()
		if err := x.write(ctx, aside); err != nil {
			return err
		}
		return x.putFile(file, force, func(w io.Writer) error {
			if _, err := aside.Seek(0, io.SeekStart); err != nil {
				return err
			}
			_, err := io.Copy(w, aside)
			return err
		})
	}
	return placeFile(file, force, func(f *os.File) error {
		if err := x.write(ctx, f); err != nil {
			return err
		}
		s, err := f.Stat()
		if err == nil {
			x.answer.Bytes = s.Size()
		}
		return err
	})
}

// nowhere takes what is written, and keeps only how much it is.
type nowhere struct{ at, size int64 }

func (n *nowhere) Write(p []byte) (int, error) {
	n.at += int64(len(p))
	n.size = max(n.size, n.at)
	return len(p), nil
}

func (n *nowhere) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += n.at
	case io.SeekEnd:
		offset += n.size
	}
	n.at = offset
	return offset, nil
}

// write writes all groups, one after the other: one of them is held at a time.
func (x *analysis) write(ctx context.Context, out io.WriteSeeker) error {
	w := analyst.Create(out)
	for _, group := range x.groups {
		if err := x.group(ctx, w, group); err != nil {
			return err
		}
	}
	x.answer.Rows = w.Rows()
	if err := w.Close(); err != nil {
		return failure("file-unwritable", x.answer.File, err)
	}
	return nil
}

// group writes one group: its events as they are read, then what they come to, then what an audit finds. The book that they make is
// what takes memory: a register's events and its state, as every audit holds them.
func (x *analysis) group(ctx context.Context, w *analyst.Writer, group string) error {
	pair, err := x.pairOf(ctx, x.desk, group)
	if err != nil {
		return err
	}
	bar := newProgress(x.app, int64(pair.Known))
	defer bar.end()
	w.Begin(pair.Group)
	m := analyst.Meta{Pair: domain.Pair{At: pair.At, Known: pair.Known}, Program: programName()}
	book, err := x.events(ctx, w, pair.Group, &m, bar)
	if err != nil {
		return err
	}
	i := imprint{Group: group, Known: pair.Known, Root: m.Root}
	if err := i.house(ctx, x.desk); err != nil {
		return err
	}
	m.Origin, m.Checkpoint = i.Origin, i.Checkpoint
	bar.again()
	err = w.Group(&m, book.Group, func() error {
		bar.at(int(w.Rows()), 0)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return x.findings(ctx, w, book, m.Pair)
}

// events writes the events up to the last that is known, and gives the book that they make.
func (x *analysis) events(ctx context.Context, w *analyst.Writer, group domain.GroupID, m *analyst.Meta, bar *progress) (*replay.Book, error) {
	var tree archive.Tree
	book := &replay.Book{Group: &domain.Group{}}
	for r, err := range x.desk.Records(ctx, group, 0, false) {
		if err != nil {
			return nil, err
		}
		if r.Number > m.Known {
			break
		}
		e, err := eventstore.Open(r)
		if err != nil {
			return nil, err
		}
		tree.Append(archive.LeafHash(r.Body))
		w.Event(&e, r.Body)
		if err := book.Apply(e); err != nil {
			return nil, err
		}
		m.Number, m.Recorded = e.Number, e.Recorded
		bar.at(int(r.Number), int64(r.Number))
	}
	if e, ok := book.Group.Said(1, m.Known); ok {
		if f, is := e.Act.(*domain.GroupFounded); is {
			m.Name = f.Name
		}
	}
	root := tree.Root()
	m.Root = hex.EncodeToString(root[:])
	x.answer.Events += m.Number
	return book, nil
}

// findings writes what an audit finds, in both languages.
func (x *analysis) findings(ctx context.Context, w *analyst.Writer, book *replay.Book, pair domain.Pair) error {
	a := &asked{Question: book.Question(pair), ctx: ctx, state: book.Group, head: book.Head(), book: book, margin: bookMargin{book}}
	raw, err := json.Marshal(a.findingsTold(replay.Findings(book, a.Pair())))
	if err != nil {
		return err
	}
	var found findingsAnswer
	if err := unmarshal(raw, &found); err != nil {
		return err
	}
	french, english := *x.app, *x.app
	french.lang, english.lang = "fr", "en"
	french.cast, english.cast = found.Named.cast(), found.Named.cast()
	all := make([]analyst.Finding, len(found.Findings))
	for i := range found.Findings {
		f := &found.Findings[i]
		all[i] = analyst.Finding{
			Code: f.Code, Severity: f.Severity, Name: f.Name, Subject: f.Subject, French: french.findingSays(f), English: english.findingSays(f), Rule: f.Rule,
			Illustrative: f.Illustrative, Answered: f.Answered, Events: f.Events,
		}
	}
	w.Findings(pair, all)
	return nil
}

// programName is which program wrote a file.
func programName() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "registre"
	}
	v := versionOf(info)
	name := "registre " + v.Version
	if v.Revision != "" {
		name += " " + v.Revision
	}
	return name
}

func (x *analysis) tell() error {
	a := &x.answer
	switch {
	case a.File == "-" && !a.DryRun:
		return nil
	case x.asJSON:
		return x.json(a)
	}
	says := x.tr("%s : %d groupements, %d événements, %d lignes en %d tables, %s.\n", "%s: %d groups, %d events, %d rows in %d tables, %s.\n")
	if a.DryRun {
		says = x.tr("%s (rien n'est écrit) : %d groupements, %d événements, %d lignes en %d tables, %s.\n", "%s (nothing is written): %d groups, %d events, %d rows in %d tables, %s.\n")
	}
	x.printf(says, a.File, len(a.Groups), a.Events, a.Rows, a.Tables, x.size(a.Bytes))
	if !a.DryRun {
		x.printf(x.tr("Pour l'ouvrir :  sqlite3 %s \"SELECT * FROM weights_at\"\nLe couple que posent les vues est dans la table question ; la table tables dit ce que chacune contient.\n",
			"To open it:  sqlite3 %s \"SELECT * FROM weights_at\"\nThe pair that the views ask stands in the table question; the table tables says what each holds.\n"), quoted(a.File))
	}
	return nil
}
