package main

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/notify"
	"registre/web"
	"registre/web/operation"
)

// counter is the desk behind the doors: it lets package web ask and record, as far as others than the operator may.
type counter struct {
	*local
	tongues
	all *notify.Together
}

func newCounter(l *local) *counter {
	return &counter{local: l, tongues: newTongues(), all: l.together()}
}

// tongues make sentences, by their language.
type tongues map[string]*app

func newTongues() tongues {
	all := tongues{}
	for _, lang := range []string{"fr", "en"} {
		a := newApp(nil, nil, nil)
		a.lang = lang
		all[lang] = a
	}
	return all
}

// houseQuestions are those about the house that others may ask.
var houseQuestions = []operation.Question{
	{Name: "groups", Path: "groups", Says: "The groups, each with the end of its register", House: true, Answers: reflect.TypeFor[groupsAnswer]()},
	{Name: "checkpoint", Path: "checkpoint", Says: "The newest checkpoint of the house, a C2SP signed note, and the key to check it with", House: true, Answers: reflect.TypeFor[checkpointAnswer]()},
	{Name: "witnesses", Path: "witnesses", Says: "The witnesses, and up to which state they have cosigned", House: true, Answers: reflect.TypeFor[witnessesAnswer]()},
}

// receiptQuestion is about one event, whatever the times.
var receiptQuestion = operation.Question{
	Name: "receipt", Path: "groups/{group}/events/{number}/receipt", Says: "The receipt of an event, a C2SP tlog-proof: anybody can check it years later", House: true,
	Answers: reflect.TypeFor[receiptAnswer](), Takes: []operation.Parameter{operation.Must(aNumber("number", "its number in the register"))},
}

// operations are the questions that doors offer.
func operations() []operation.Question {
	all := append(slices.Clone(houseQuestions), receiptQuestion)
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		if k := kinds[name]; !k.apart {
			all = append(all, operation.Question{Name: name, Path: k.path, Says: k.says, Takes: k.takes, Answers: k.answers, Slow: k.whole || k.audits, SlowWith: k.wholeWith})
		}
	}
	return all
}

// Resolve implements web.Desk.
func (c *counter) Resolve(ctx context.Context, q web.Asked) (web.Resolved, error) {
	if _, ok := besides[q.Name]; ok {
		_, err := operation.Told(receiptQuestion.Takes, q.Told)
		if q.Name != receiptQuestion.Name {
			_, err = operation.Told(nil, q.Told)
		}
		return web.Resolved{Asked: q}, err
	}
	r, err := c.resolve(ctx, questionOf(q))
	if err != nil {
		return web.Resolved{}, err
	}
	// At a day and a number nothing changes any more, whatever is recorded.
	done := web.Resolved{Asked: q, Head: r.meta.Head, Lasting: q.At != "" && q.Known != "" && !r.meta.Provisional && !c.shared(q.Known), Of: r.meta.Question.name(), Settled: r}
	if done.Lasting {
		r.meta.Head, r.meta.Checkpoint = 0, ""
	}
	done.Meta, err = r.meta.canonical()
	return done, err
}

// shared reports whether an instant may still come to mean more, since others record in the same registers.
func (c *counter) shared(known string) bool { return c.house == nil && !strings.HasPrefix(known, "#") }

func questionOf(q web.Asked) Question {
	return Question{At: q.At, Group: q.Group, Kind: q.Name, Known: q.Known, More: q.Told}
}

// Ask implements web.Desk. What stands in meta of an answer changes as little as the answer: the register's end travels beside it.
func (c *counter) Ask(ctx context.Context, q web.Resolved, room []byte) (a web.Answer, err error) {
	if r, ok := q.Settled.(*resolved); ok {
		a.Text, a.Meta, err = c.answer(r, room)
		return a, err
	}
	if q.Name == "groups" {
		a.Text, err = c.ownGroups(ctx)
		return a, err
	}
	a.Text, err = c.local.Ask(ctx, questionOf(q.Asked))
	return a, err
}

// taken is what became of a command that came through a door.
type taken struct {
	Recorded
	Receipt string `json:"receipt,omitempty"` // of its last event
}

// Record implements web.Desk. The command is of whoever sent it: nobody acts under another's pseudonym.
func (c *counter) Record(ctx context.Context, b web.Brought) (done web.Recorded, err error) {
	command, err := eventstore.DecodeCommand(b.Body)
	if err != nil {
		return done, wireFault(err)
	}
	if string(command.Group) != b.Group {
		return done, &web.Fault{Status: http.StatusBadRequest, Name: "group-differs", Subject: b.Group, Detail: string(command.Group)}
	}
	if err := c.admits(ctx, &command); err != nil {
		return done, err
	}
	made := taken{}
	if b.DryRun {
		made.Recorded, err = c.try(ctx, command)
	} else {
		do := c.ledger.Do
		if b.Ends != nil {
			do = func(ctx context.Context, d domain.Command) (eventstore.Result, error) {
				return c.ledger.DoAt(ctx, d, *b.Ends)
			}
		}
		// Once begun, a command is carried through, whoever still listens.
		made.Recorded, err = c.record(context.WithoutCancel(ctx), command, do)
	}
	if err != nil {
		return done, err
	}
	if b.Receipt && !b.DryRun {
		if made.Receipt, err = c.receiptOf(ctx, b.Group, made.Last); err != nil {
			return done, err
		}
	}
	answer, err := encode(made)
	return web.Recorded{First: made.First, Last: made.Last, Repeated: made.Repeated, Answer: answer}, err
}

// try tries a command on a rehearsal, which begins as the register stands.
func (c *counter) try(ctx context.Context, command domain.Command) (Recorded, error) {
	rehearse := newLocal(eventstore.NewRehearsal(deskStore{eventstore.NewMemory(), c.local}), c.now, false)
	defer rehearse.Close() // in memory
	done, err := rehearse.record(ctx, command, rehearse.ledger.Do)
	if done.DryRun = true; !done.Repeated {
		done.Recorded = "" // nothing was
	}
	return done, err
}

func (c *counter) receiptOf(ctx context.Context, group string, n uint64) (string, error) {
	answer, err := answerTo[receiptAnswer](ctx, c.local, Question{Kind: "receipt", Group: group, More: asking("number", decimal(n))})
	return answer.Receipt, err
}

// Records implements web.Desk.
func (c *counter) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	return c.local.Records(ctx, group, after, follow)
}

// maxBehind is by how many events an archive beside a server that others write to may be behind, so that it counts as up to date.
const maxBehind = 1000

// Ready implements web.Desk: the folder was opened, and with it its end verified; so it stays ready as long as the registers can be
// reached, and the archive keeps up with what others write.
func (c *counter) Ready(ctx context.Context) error {
	if _, err := c.ledger.Heads(ctx); err != nil || c.archive == nil {
		return err
	}
	lag, err := c.archive.Lag(ctx)
	if err == nil && lag.Events > maxBehind {
		err = &web.Fault{Status: http.StatusServiceUnavailable, Name: "behind", Subject: decimal(lag.Events)}
	}
	return err
}

// Problem implements web.Desk.
func (t tongues) Problem(err error, lang string) web.Problem {
	f, status := problemOf(err)
	told := t[lang].told(f)
	subject := f.Subject
	if strings.HasPrefix(subject, "--") {
		subject = asParameters(subject)
	}
	return web.Problem{
		Type: "urn:registre:fault:" + f.Code, Title: f.Name, Status: status, Detail: asParameters(plain(told.Cause)), Code: f.Code, Subject: subject, Field: asParameters(f.Field),
		Day: f.Day, Remedy: asParameters(plain(told.Remedy)),
	}
}

// A flag, and a line of the command line with the flags in it, which is quoted.
var (
	flagNamed   = regexp.MustCompile(`(^|[\s«\x{a0}\x{202f}("|,])--([a-z][a-z-]*)`)
	lineTyped   = regexp.MustCompile("`registre [^`]*`|«[\\s\\x{a0}\\x{202f}]*registre [^»]*»")
	otherwiseOf = map[string]string{"vote": "votes"} // a flag whose parameter has another name
)

// asParameters spells in what is told through a door the flags of the command line as the parameters that they are there. What is to be
// typed on a command line stays.
func asParameters(told string) string {
	spell := func(s string) string {
		return flagNamed.ReplaceAllStringFunc(s, func(found string) string {
			before, flag, _ := strings.Cut(found, "--")
			return before + cmp.Or(otherwiseOf[flag], strings.ReplaceAll(flag, "-", "_"))
		})
	}
	var all strings.Builder
	last := 0
	for _, at := range lineTyped.FindAllStringIndex(told, -1) {
		all.WriteString(spell(told[last:at[0]]) + told[at[0]:at[1]])
		last = at[1]
	}
	all.WriteString(spell(told[last:]))
	return all.String()
}

// problemOf is the fault that an error is, and its status in HTTP. What is the house's own affair is not told to others.
func problemOf(err error) (*Fault, int) {
	var of *web.Fault
	var wrong *operation.ParameterError
	var moved *eventstore.MovedError
	var table *web.TableError
	switch {
	case errors.As(err, &table):
		return tableFault(table)
	case errors.As(err, &of):
		return misuse(of.Name, of.Subject, of.Detail), of.Status
	case errors.As(err, &wrong):
		f := misuse(string(wrong.Problem), wrong.Name, wrong.Value)
		f.Field = wrong.Name
		return f, http.StatusBadRequest
	case errors.As(err, &moved):
		return misuse("number-moved", string(moved.Group), decimal(moved.Ends)+" ≠ "+decimal(moved.Expected)), http.StatusConflict
	}
	f := *faultOf(err)
	status := httpStatus(&f)
	if status >= http.StatusInternalServerError {
		f.Detail, f.File = "", ""
	}
	return &f, status
}

// httpStatus is the status in HTTP of a fault.
func httpStatus(f *Fault) int {
	switch f.Exit {
	case exitMisused:
		if f.Name == "unknown-group" || f.Name == "unknown-question" || strings.HasSuffix(f.Name, "-unknown") || strings.HasSuffix(f.Name, "-like") || strings.HasSuffix(f.Name, "-none") {
			return http.StatusNotFound
		}
		return http.StatusBadRequest
	case exitRefused:
		if f.Name == "id-reused" {
			return http.StatusConflict
		}
		return http.StatusUnprocessableEntity
	case exitFailed:
		switch f.Name {
		case "unknown-outcome", "not-written", "interrupted", "locked", "not-witnessed", "server-away":
			return http.StatusServiceUnavailable
		}
	}
	return http.StatusInternalServerError
}
