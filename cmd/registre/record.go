package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

func (a *app) recordVerb() *cobra.Command {
	r := &recording{a: a, seen: map[[sha256.Size]byte]uint64{}}
	cmd := &cobra.Command{
		Use:   "record FILE|-",
		Short: "Record a file of commands, one JSON object a line",
		Long: `Record the commands of a file, one JSON object a line (docs/catalogue.md), each wholly or not at all. It makes the data
folder where there is none, and stops at the first line that is refused (exit 3) or cannot be read (exit 2).

A line without "id" gets one made of what it says and of how often the file has said it before: so running a file again, or
going on where it stopped, changes nothing that is recorded. To record twice what one line says, in two files, give ids.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd.Context(), args[0]) },
	}
	cmd.Flags().BoolVar(&r.keepGoing, "keep-going", false, "go on after a line that is refused or cannot be read")
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "say what would be recorded, and record nothing")
	return cmd
}

// recording is one run through a file of commands.
type recording struct {
	a         *app
	keepGoing bool
	dryRun    bool

	file  string
	bench *workbench                   // opened with the first line that can be read, so that a file of nonsense makes no folder
	seen  map[[sha256.Size]byte]uint64 // how often each command without an id stood in the file

	recorded, repeated, failed int
	worst                      int
	bar                        *progress
}

func (r *recording) run(ctx context.Context, file string) error {
	r.file = file
	in, size, closing, err := r.source(file)
	if err != nil {
		return err
	}
	defer closing()
	r.bar = newProgress(r.a, size)
	err = r.each(ctx, lines(ctx, in, eventstore.MaxCommand))
	r.bar.end()
	if r.bench != nil {
		r.bench.close()
	}
	r.summary(err)
	if err == nil && r.worst != 0 {
		return &exitError{r.worst}
	}
	return err
}

// source is what is read, and its size where that is known.
func (r *recording) source(file string) (in io.Reader, size int64, closing func(), err error) {
	if file == "-" {
		r.file = "stdin"
		return r.a.in, 0, func() {}, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, nil, fileFault(file, err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return f, size, func() { f.Close() }, nil
}

// each records line after line. It stops between two of them when ctx ends.
func (r *recording) each(ctx context.Context, all <-chan line) error {
	last := 0
	for {
		if ctx.Err() != nil {
			return r.at(last+1, ctx.Err())
		}
		var l line
		var more bool
		select {
		case l, more = <-all:
		case <-ctx.Done():
			continue
		}
		if !more {
			return nil
		}
		last = l.number
		if l.err != nil {
			return r.at(l.number, misuse("file-unreadable", r.file, l.err.Error()))
		}
		if l.blind {
			return r.at(l.number, misuse("line-endless", "", strconv.Itoa(maxBlindLine)))
		}
		if l.isBlank() {
			continue
		}
		if err := r.one(ctx, &l); err != nil {
			fault := r.at(l.number, err)
			if !r.keepGoing || fault.Exit != exitMisused && fault.Exit != exitRefused || r.bench == nil && l.readable() {
				return fault
			}
			r.note(fault)
		}
		r.bar.at(l.number, l.offset)
	}
}

// at lays an error to a line.
func (r *recording) at(number int, err error) *Fault {
	f := *faultOf(wireFault(err))
	if f.File == "" { // else it lies in another file than this one
		f.File, f.Line = r.file, number
	}
	return &f
}

// note says that a line failed, and goes on.
func (r *recording) note(f *Fault) {
	r.failed++
	r.worst = max(r.worst, f.Exit)
	r.bar.clear()
	if r.a.asJSON {
		_ = r.a.json(map[string]*Fault{"error": r.a.told(f)})
		return
	}
	io.WriteString(r.a.errs, r.a.sentence(f)+"\n")
}

// one records one line.
func (r *recording) one(ctx context.Context, l *line) error {
	c, err := r.command(l)
	if err != nil {
		return err
	}
	if r.bench == nil {
		if r.bench, err = r.a.workbench(ctx, r.dryRun, true); err != nil {
			return err
		}
	}
	o, err := r.bench.record(ctx, &c)
	if err != nil {
		return err
	}
	return r.say(l, o)
}

// say counts an outcome and prints it, save for people one that was there before.
func (r *recording) say(l *line, o *outcome) error {
	if o.Repeated {
		r.repeated++
	} else {
		r.recorded++
	}
	if r.a.asJSON {
		return r.a.json(struct {
			Line int `json:"line"`
			*outcome
		}{l.number, o})
	}
	if !o.Repeated {
		r.bar.clear()
		r.a.sayEvents(o)
	}
	return nil
}

// readable says whether a line is one that DecodeCommand can be asked about: what fails with it then lies elsewhere.
func (l *line) readable() bool {
	if l.long || bytes.IndexByte(l.text, 0) >= 0 {
		return false
	}
	_, err := eventstore.DecodeCommand(l.trimmed())
	return err == nil
}

// trimmed is a line without the mark that some editors put before the first one.
func (l *line) trimmed() []byte {
	if l.number == 1 {
		return bytes.TrimPrefix(l.text, []byte("\ufeff"))
	}
	return l.text
}

// command reads a line, and gives the command an id.
func (r *recording) command(l *line) (domain.Command, error) {
	switch {
	case l.long:
		return domain.Command{}, misuse("line-too-long", "", strconv.Itoa(eventstore.MaxCommand))
	case bytes.IndexByte(l.text, 0) >= 0:
		return domain.Command{}, misuse("line-nul", "", "")
	}
	text := l.trimmed()
	c, err := eventstore.DecodeCommand(text)
	if err != nil {
		if l.cut && endsWithin(err) {
			return c, misuse("line-cut", "", "")
		}
		return c, err
	}
	if c.ID == uuid.Nil {
		c.ID, err = r.idOf(&c)
	}
	return c, err
}

// endsWithin reports whether what is wrong with a text is that it ends too soon.
func endsWithin(err error) bool {
	var wire *eventstore.WireError
	return errors.As(err, &wire) && wire.Problem == eventstore.Syntax && errors.Is(err, io.ErrUnexpectedEOF)
}

// idOf is the id of a command that has none: a UUID of version 8 made of its canonical bytes, its group among them, and of
// how often the file has given the same before. Who records it does not count: so it is the same whoever runs the file.
func (r *recording) idOf(c *domain.Command) (uuid.UUID, error) {
	body, err := eventstore.AppendCommand(nil, c)
	if err != nil {
		return uuid.Nil, err
	}
	key := sha256.Sum256(body)
	n := r.seen[key]
	r.seen[key] = n + 1
	body = binary.BigEndian.AppendUint64(append(body, 0), n)
	return uuid.NewHash(sha256.New(), idSpace, body, 8), nil
}

// idSpace is the name space of the ids that idOf makes. It is for ever.
var idSpace = uuid.MustParse("4cc9a9f8-5a3a-8b6f-9e3c-7265676973ff")

// summary says what became of the whole.
func (r *recording) summary(err error) {
	if r.a.asJSON || r.recorded+r.repeated+r.failed == 0 && err != nil {
		return
	}
	a, failed := r.a, r.failed
	if err != nil {
		failed++
	}
	sentence := a.tr("%[1]d enregistrée(s), %[2]d déjà là, %[3]d en échec.\n", "%[1]d recorded, %[2]d there already, %[3]d failed.\n")
	if r.dryRun {
		sentence = a.tr("%[1]d seraient enregistrée(s), %[2]d déjà là, %[3]d en échec ; rien n'a été écrit.\n",
			"%[1]d would be recorded, %[2]d there already, %[3]d failed; nothing was written.\n")
	}
	a.printf(sentence, r.recorded, r.repeated, failed)
}

// progress is a line on a terminal that says how far one is, once it takes long. Where events are printed as they come
// nobody needs it.
type progress struct {
	a           *app
	size        int64
	begun, last time.Time
	shown       bool
	hidden      bool
	mu          sync.Mutex // of those who call of
}

// newProgress is nil where there is nobody to see it, nor to ask for it: its methods then do nothing.
func newProgress(a *app, size int64) *progress {
	hidden := terminalWidth(a.errs) == 0
	if hidden && a.work == nil {
		return nil
	}
	return &progress{a: a, size: size, begun: time.Now(), hidden: hidden}
}

// at shows the progress: lines, or whatever is counted, and how much of the size that is.
func (p *progress) at(count int, offset int64) {
	if p == nil || p.hidden || time.Since(p.begun) < 2*time.Second || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last, p.shown = time.Now(), true
	text := "\r\x1b[K" + strconv.Itoa(count)
	if p.size > 0 {
		text += " (" + strconv.FormatInt(100*offset/p.size, 10) + " %)"
	}
	steer(p.a.errs, text)
}

// of shows the progress where it only shows on the way how much there is to do.
func (p *progress) of(done, total uint64) {
	if p != nil {
		p.a.work.of(done, total)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.size = int64(total)
		p.at(int(done), int64(done))
	}
}

// again begins to wait anew until something is shown.
func (p *progress) again() {
	if p != nil {
		p.begun = time.Now()
	}
}

// clear takes the line away, so that something else can stand there.
func (p *progress) clear() {
	if p != nil && p.shown {
		steer(p.a.errs, "\r\x1b[K")
		p.shown = false
	}
}

func (p *progress) end() { p.clear() }
