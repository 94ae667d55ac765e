package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/paper"
	"registre/cmd/registre/sheet"
	"registre/domain"
)

// What became of asking a file's question again.
const (
	givesSame    = "same"     // the register gives the file to the byte
	givesPacked  = "repacked" // it says the same in every cell and line, in other bytes
	givesForeign = "foreign"  // to the byte; but none of the house's keys has signed the checkpoint that came with it
	givesEarlier = "earlier"  // it is of an earlier form, and is not compared
	givesOther   = "altered"  // it says something else, and the register is the one that it was made of
	givesUnsure  = "register" // the register is not the one that the file says it was made of
	givesBroken  = "rewritten"
	givesShorter = "shorter"
)

// What the signed checkpoint that came with a file proves.
const (
	checkpointNone     = ""             // it came with none
	checkpointUnsigned = "unsigned"     // none of the house's keys has signed it
	checkpointBroken   = "contradicted" // the house has signed it, and its log does not go on from it
	checkpointHolds    = "holds"        // the log goes on from it
	checkpointCovers   = "covers"       // and it covers all that the file knew
)

// reproduced is what is told of a file.
type reproduced struct {
	At          string            `json:"at"`
	Checkpoint  string            `json:"checkpoint,omitzero"`
	Differences *differences      `json:"differences,omitempty"`
	File        string            `json:"file"`
	Form        string            `json:"form"`
	Format      string            `json:"format"`
	Group       string            `json:"group"`
	Head        uint64            `json:"head"`
	Known       uint64            `json:"known"`
	Lang        string            `json:"lang,omitzero"`
	Options     map[string]string `json:"options,omitempty"`
	Root        string            `json:"root,omitzero"`     // that the file says
	RootNow     string            `json:"root_now,omitzero"` // that the register has up to there
	Today       *today            `json:"today,omitempty"`
	Verdict     string            `json:"verdict"`
}

// reproducing is one run of the verb.
type reproducing struct {
	a       *app
	d       desk
	file    string
	imprint imprint
	answer  []byte   // the file, where it is an answer in JSON
	asked   Question // and its question
	told    reproduced
}

func (a *app) reproduceVerb() *cobra.Command {
	t := &comparing{a: a}
	cmd := &cobra.Command{
		Use:   "reproduce FILE | reproduce --table weights --body BODY GROUP FILE | reproduce --table enrolment GROUP FILE",
		Short: "Whether the register still gives a published file, to the byte; or a table typed from a report, cell by cell",
		Long: `Ask the register the question that a published file answers, at the pair of times that it says, and compare: minutes as PDF, HTML or
Markdown, every export, an order form, the answer to any question with --json. The file says the group and the question itself, or
FILE.registre.json beside it does.

Exit 0: the register gives it to the byte. 4: it does not, and where they first differ is said; or the file is of an earlier form, which
this version does not write, and what has changed in it since is said. 5: the register is not the one that the
file was made of. 2: it is no file of this program, or of another house.

What is recorded later changes nothing at the file's own pair; so a difference means that the file was altered, or the register, and
the fingerprint in the file tells which. Beside that it is said what the same question answers today (or at --at and --known), and
what was recorded in between.

With --table a table that was typed from a report (CSV, XLSX, ODS or JSON Lines) is held against the register at --at and --known: a
column of members and one of weights or headcounts, and a row with the total that the report states.`,
		Args: between(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if t.table != "" {
				return t.run(cmd, args)
			}
			if len(args) != 1 || t.body != "" || t.sheet != "" {
				return misuse("arguments", "", cmd.UseLine())
			}
			r := &reproducing{a: a, file: args[0]}
			return r.run(cmd.Context())
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
	}
	t.flags(cmd)
	return cmd
}

func (r *reproducing) run(ctx context.Context) error {
	if err := r.recognise(); err != nil {
		return err
	}
	var err error
	if r.d, err = r.a.open(ctx, false); err != nil {
		return err
	}
	if err := r.hold(ctx); err != nil {
		return err
	}
	if r.told.Verdict == "" && r.earlier() {
		r.told.Verdict = givesEarlier
		return r.say()
	}
	if r.told.Verdict == "" {
		if err := r.compare(ctx); err != nil {
			return err
		}
		if err := r.today(ctx); err != nil {
			return err
		}
	}
	return r.say()
}

// earlier reports whether the file is of a form that is written otherwise by now: no difference from that says anything of the file.
func (r *reproducing) earlier() bool {
	name, version, _ := formOf(r.imprint.Form)
	return version < formVersion(name)
}

// recognise finds out of which question a file is.
func (r *reproducing) recognise() error {
	beside, has, err := imprintBeside(r.file)
	if err != nil {
		return err
	}
	text, err := r.inside()
	if err != nil {
		return err
	}
	switch {
	case text == nil && !has:
		return misuse("imprint-none", r.file, r.file+besideEnding)
	case text == nil:
		r.imprint = beside
	default:
		if r.imprint, err = readImprint(text); err != nil {
			return misuse("imprint-unreadable", r.file, err.Error())
		}
		if has && beside.text() != r.imprint.text() {
			return misuse("imprint-other", r.file, r.file+besideEnding)
		}
		if has {
			r.imprint.Checkpoint = beside.Checkpoint
		}
	}
	name, _, ok := formOf(r.imprint.Form)
	if !ok {
		return misuse("imprint-form", r.file, r.imprint.Form)
	}
	if name != "answer" && r.imprint.Lang != "fr" && r.imprint.Lang != "en" {
		return misuse("imprint-unreadable", r.file, "lang")
	}
	i := &r.imprint
	r.told = reproduced{
		At: i.At, File: r.file, Form: i.Form, Format: i.Format, Group: i.Group, Known: i.Known, Lang: i.Lang, Options: i.Options, Root: i.Root,
	}
	return nil
}

// inside is the imprint that lies in the file; nil where it has none. Of an answer in JSON it is made of what stands beside the answer.
func (r *reproducing) inside() ([]byte, error) {
	f, err := os.Open(r.file)
	if err != nil {
		return nil, fileFault(r.file, err)
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	_ = f.Close()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, misuse("imprint-none", r.file, r.file+besideEnding)
	}
	if head = head[:n]; bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return r.note()
	}
	text, err := readSmall(r.file, maxPublished)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) {
		return r.answered(text), nil
	}
	return paper.ImprintIn(text), nil
}

func (r *reproducing) note() ([]byte, error) {
	f, err := sheet.Open(r.file)
	if err != nil {
		return nil, sheetFault(r.file, err)
	}
	defer f.Close()
	note, err := f.Note()
	if err != nil {
		return nil, sheetFault(r.file, err)
	}
	if !strings.HasPrefix(note, "{") {
		return nil, nil
	}
	return []byte(note), nil
}

// answered makes an imprint of what stands beside an answer.
func (r *reproducing) answered(text []byte) []byte {
	var answer struct {
		Meta meta `json:"meta"`
	}
	if json.Unmarshal(text, &answer) != nil || answer.Meta.Form == "" {
		return nil
	}
	known, err := domain.ParseDay(answer.Meta.Question.At)
	number, ok := strings.CutPrefix(answer.Meta.Question.Known, "#")
	n, err2 := readNumber("known", number)
	if number == "0" {
		n, err2 = 0, nil
	}
	if err != nil || err2 != nil || !ok {
		return nil
	}
	r.answer, r.asked = text, answer.Meta.Question
	i := imprint{
		At: known.String(), Checkpoint: answer.Meta.Checkpoint, Form: answer.Meta.Form, Format: "json", Group: r.asked.Group, Known: n, Options: r.asked.More,
		Origin: answer.Meta.Origin, Root: answer.Meta.Root,
	}
	return []byte(i.canonical())
}

// hold holds what the file says of the register against the register.
func (r *reproducing) hold(ctx context.Context) error {
	here := imprint{Group: r.imprint.Group}
	if err := here.house(ctx, r.d); err != nil {
		return err
	}
	if r.imprint.Origin != "" && here.Origin != "" && r.imprint.Origin != here.Origin {
		return misuse("imprint-house", r.imprint.Origin, here.Origin)
	}
	all, err := r.a.groups(ctx, r.d)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all.Groups, func(g groupRow) bool { return g.Group == r.imprint.Group })
	if at < 0 && r.imprint.Origin == "" {
		return misuse("unknown-group", r.imprint.Group, "")
	}
	if at >= 0 {
		r.told.Head = all.Groups[at].Head
	}
	if err := r.checkpoint(ctx); err != nil {
		return err
	}
	switch {
	case r.imprint.Known > r.told.Head:
		r.told.Verdict = givesShorter
		return nil
	case r.told.Checkpoint == checkpointBroken:
		r.told.Verdict = givesBroken
	}
	now := imprint{Group: r.imprint.Group, Known: r.imprint.Known}
	if err := now.rooted(ctx, r.d); err != nil {
		return err
	}
	r.told.RootNow = now.Root
	if r.told.Verdict == "" && r.told.Root != "" && r.told.Root != now.Root && r.told.Checkpoint != checkpointCovers {
		r.told.Verdict = givesUnsure
	}
	return nil
}

// checkpoint holds the signed checkpoint that came with the file against the house's log.
func (r *reproducing) checkpoint(ctx context.Context) error {
	if r.imprint.Checkpoint == "" {
		return nil
	}
	answer, err := answerTo[standingAnswer](ctx, r.d, Question{
		Kind: "standing", Group: r.imprint.Group, More: asking("checkpoint", r.imprint.Checkpoint, "number", decimal(r.imprint.Known)),
	})
	if f := new(Fault); errors.As(err, &f) && f.Name == "archive-unkept" {
		return nil
	}
	switch {
	case err != nil:
		return err
	case !answer.Signed:
		r.told.Checkpoint = checkpointUnsigned
	case !answer.Holds:
		r.told.Checkpoint = checkpointBroken
	case !answer.Covers:
		r.told.Checkpoint = checkpointHolds
	default:
		r.told.Checkpoint = checkpointCovers
	}
	return nil
}

// standingAnswer is the answer to "standing".
type standingAnswer struct {
	Covers bool `json:"covers"`
	Holds  bool `json:"holds"`
	Signed bool `json:"signed"`
}

func init() { besides["standing"] = (*local).standing }

// standing answers "standing": what a checkpoint that was kept elsewhere is worth.
func (l *local) standing(ctx context.Context, q Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	number, err := readNumber("N", q.More["number"])
	if err != nil && q.More["number"] != "0" {
		return nil, err
	}
	s, err := l.archive.Standing(ctx, []byte(q.More["checkpoint"]), domain.GroupID(q.Group), number)
	if err != nil {
		return nil, err
	}
	return encode(standingAnswer{Covers: s.Covers, Holds: s.Holds, Signed: s.Signed})
}
