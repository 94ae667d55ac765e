package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore/archive"
	"registre/replay/evidence"
)

func init() { besides["published"] = (*local).published }

func (a *app) evidenceVerb() *cobra.Command {
	var force, without bool
	cmd := &cobra.Command{
		Use:   "evidence GROUP FILE.zip",
		Short: "A file to take away: the register, all that proves it, and two programs that check and recount it without this one",
		Long: `Write a ZIP with every event of the register as it was kept, the hashes and the signed checkpoints that prove them, the public key, a
page to read (index.html), tables as CSV, the JSON Schema of every event, and two programs in Python's standard library: verify.py
checks all of it, and figures.py counts weights, enrolment and the outcome of each vote anew, from the events alone. Both run where
they lie, without network, and without this program. The documents that are at hand go with it (--without-documents leaves them
out); those that were erased are listed with hash and reason.

All events up to the newest checkpoint go in, also with --known: at and known say of which figures the page and the tables are. The
same checkpoint, pair of times and documents at hand give the same bytes.`,
		Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.evidence(cmd.Context(), args[0], args[1], force, without)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			return a.completeGroup(cmd, args, begun)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	cmd.Flags().BoolVar(&without, "without-documents", false, "list the documents, and leave their bytes out")
	return cmd
}

// published answers "published": what is durable is put into the archive's files, where other programs can read it.
func (l *local) published(ctx context.Context, _ Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	if err := l.archive.TakeUp(ctx); err != nil {
		return nil, err
	}
	if err := l.archive.Cut(ctx); err != nil {
		return nil, err
	}
	return encode(struct{}{})
}

// evidenceAnswer is what was written.
type evidenceAnswer struct {
	At        string         `json:"at"`
	Bytes     int64          `json:"bytes"`     // of the file
	Documents map[string]int `json:"documents"` // how many are at-hand (and in it), left-out, erased, missing, altered
	Events    uint64         `json:"events"`
	File      string         `json:"file"`
	Files     int            `json:"files"` // in it
	Group     string         `json:"group"`
	Heads     uint64         `json:"heads"` // entries of the log of heads
	Known     uint64         `json:"known"`
	Root      string         `json:"root"` // of the register
}

// evidenceRoom is by how much the heap may grow while a file is written: what is made of each event is not kept.
const evidenceRoom = 48 << 20

func (a *app) evidence(ctx context.Context, group, file string, force, without bool) error {
	if a.nats != "" && !a.dataNamed {
		return misuse("archive-unkept", "", "")
	}
	if err := mayWrite(file, force); err != nil {
		return err
	}
	defer collectEarly(evidenceRoom)()
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	f, err := a.takeEvidence(ctx, d, group)
	if err == nil {
		f.layAside(file)
		err = f.takePapers(ctx, without)
	}
	if err != nil {
		return err
	}
	var out counting
	err = a.putFile(file, force, func(w io.Writer) error {
		out.Writer = w
		return f.write(ctx, &out)
	})
	if err != nil {
		return err
	}
	answer := evidenceAnswer{
		At: f.at, Bytes: out.n, Documents: f.paperCounts(), Events: f.extract.Group.Size, File: file, Files: f.count, Group: group, Heads: f.extract.Heads.Size, Known: f.known, Root: f.extract.Group.Root.String(),
	}
	switch {
	case file == "-":
	case a.asJSON:
		return a.json(answer)
	default:
		a.tellEvidence(&answer)
	}
	return nil
}

// counting counts what is written.
type counting struct {
	io.Writer
	n int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
}

func (a *app) tellEvidence(e *evidenceAnswer) {
	a.printf(a.tr("%s : %s, %d fichiers ; %d événements de %s, et %d états de ses registres que la maison a notés.\n", "%s: %s, %d files; %d events of %s, and %d states of its registers that the house has noted.\n"),
		e.File, a.size(e.Bytes), e.Files, e.Events, e.Group, e.Heads)
	a.printf(a.tr("Chiffres au %s, connu au #%d. Racine : %s\n", "Figures on %s, as known at #%d. Root: %s\n"), e.At, e.Known, e.Root)
	a.tellPapers(e.Documents)
	dir := strings.TrimSuffix(filepath.Base(e.File), filepath.Ext(e.File))
	a.printf("\n%s\n  unzip -d %s %s\n  python3 %s/verify.py\n  python3 %s/figures.py\n", a.tr("Pour vérifier et recompter, sans ce programme :", "To check and recount, without this program:"), quoted(dir), quoted(e.File), quoted(dir), quoted(dir))
}

// takenEvidence is what goes into an evidence file.
type takenEvidence struct {
	*exporting
	desk    desk
	extract *archive.Extract
	policy  *archive.Policy
	at      string
	known   uint64
	root    string // of the register as known
	count   int    // of files
	papers  []takenPaper
	files   map[domain.Hash]string // of the documents that go in
	index   indexPage
	aside   string // the folder in which lies what waits for its turn; "" for the system's own
	found   *foundAside
}

// takeEvidence resolves the pair of times, and reads what is signed: at least what is known then.
func (a *app) takeEvidence(ctx context.Context, d desk, group string) (*takenEvidence, error) {
	bodies, err := answerTo[bodiesAnswer](ctx, d, a.question("bodies", group, nil))
	if err != nil {
		return nil, err
	}
	if _, err := d.Ask(ctx, Question{Kind: "published"}); err != nil {
		return nil, err
	}
	pinned := *a
	pinned.at, pinned.known = bodies.At, "#"+decimal(bodies.Known)
	f := &takenEvidence{exporting: &exporting{a: &pinned, group: group}, desk: d, at: bodies.At, known: bodies.Known}
	f.index.taken, f.index.bodies = f, &bodies
	if f.policy, err = policyOf(a.policy, a.data); err != nil {
		return nil, err
	}
	f.extract, err = archive.NewExtract(filepath.Join(a.data, archiveDir), domain.GroupID(group))
	if errors.Is(err, archive.ErrMoving) {
		return nil, failure("evidence-moving", a.data, err)
	}
	return f, err
}

// layAside lets lie beside the file what waits for its turn.
func (f *takenEvidence) layAside(file string) {
	if file != "-" {
		f.aside = filepath.Dir(file)
	}
}

// write writes the file. What is read first is what is longest: a register that is not as it was signed is found there.
func (f *takenEvidence) write(ctx context.Context, out io.Writer) error {
	f.found = newFoundAside(f.aside)
	defer f.found.sorter.Remove()
	w := evidence.NewWriter(out)
	if err := f.logs(ctx, w); err != nil {
		return err
	}
	if err := f.documents(w); err != nil {
		return err
	}
	if err := f.tables(ctx, w); err != nil {
		return err
	}
	if err := f.programs(w); err != nil {
		return err
	}
	if err := f.index.write(ctx, w); err != nil {
		return err
	}
	err := w.Close()
	f.count = w.Files
	return err
}

// aboutFile says of an evidence file which register it is of, and for which pair of times its figures are.
type aboutFile struct {
	At     string `json:"at"`
	Events uint64 `json:"events"`
	Format string `json:"format"`
	Group  string `json:"group"`
	Known  uint64 `json:"known"`
	Lang   string `json:"lang"`
	Origin string `json:"origin"`
}

func (f *takenEvidence) programs(w *evidence.Writer) error {
	about, err := encode(aboutFile{
		At: f.at, Events: f.extract.Group.Size, Format: "registre-evidence@v1", Group: f.group, Known: f.known, Lang: f.a.lang, Origin: f.extract.Key.Name(),
	})
	if err != nil {
		return err
	}
	return errors.Join(w.Put("about.json", append(about, '\n')), w.Put("verify.py", evidence.VerifyProgram), w.Put("figures.py", evidence.FiguresProgram), w.PutSchemas())
}

func archiveKey(f *takenEvidence) string { return archive.FormatPublicKey(f.extract.Key) }

// size is a number of bytes as people read it.
func (a *app) size(n int64) string {
	if n < 10_000 {
		return decimal(uint64(n)) + a.tr(" octets", " bytes")
	}
	unit, value := a.tr("ko", "kB"), float64(n)/1e3
	for _, next := range []string{a.tr("Mo", "MB"), a.tr("Go", "GB")} {
		if value >= 1000 {
			unit, value = next, value/1000
		}
	}
	return a.number(strconv.FormatFloat(value, 'f', 1, 64)) + " " + unit
}
