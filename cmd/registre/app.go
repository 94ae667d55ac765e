package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"registre/cmd/registre/harmless"
)

// defaultData is the folder that is used where none is named.
const defaultData = "./registre-data"

// app is one run of the program: its streams, its global flags, and the desk it works on once it is open.
type app struct {
	in        io.Reader
	out, errs io.Writer
	data      string
	dataNamed bool // it was given on the line
	recording bool // a verb that records is at work
	verb      string
	work      *atWork // of this verb, where it holds the folder and cannot answer for it
	key       string
	origin    string
	nats      string
	creds     string
	at, known string
	lang      string
	asJSON    bool
	now       func() time.Time // the demonstration has a clock of its own; everybody else has time.Now
	desk      desk
	policy    string            // the file of the policy of witnesses; "" for that in the data folder
	patience  time.Duration     // for witnesses
	cast      *cast             // the names of what is told; nil where ids stand
	alarmed   map[string]bool   // by which witnesses an alarm was said
	places    map[string]string // by flag, where it was set if not on the line
}

func newApp(in io.Reader, out, errs io.Writer) *app {
	a := &app{in: in, now: time.Now, lang: languageOf(os.Getenv), places: map[string]string{}}
	a.out, a.errs = a.guarded(out), a.guarded(errs)
	return a
}

// guarded keeps from a stream what does harm to whoever reads it. Programs get JSON as it is; on a terminal it is escaped.
func (a *app) guarded(w io.Writer) io.Writer {
	if w == nil {
		return nil
	}
	return &harmless.Writer{To: w, As: func() harmless.Manner {
		switch {
		case !a.asJSON:
			return harmless.Replaced
		case terminalWidth(w) > 0:
			return harmless.Escaped
		}
		return harmless.Kept
	}}
}

// languageOf is the user's language, from the locale: French, or English for everybody else.
func languageOf(getenv func(string) string) string {
	for _, name := range []string{"REGISTRE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(v, "fr") {
				return "fr"
			}
			return "en"
		}
	}
	return "en"
}

// root is the command with all its verbs.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "registre",
		Short: "A ledger of the decisions that public bodies take together",
		Long: `A ledger of the decisions that public bodies take together.

A day is typed 2021-06-01 or 01/06/2021 (the day first, never the month), a time of day 14:30 or 14h30, a number 4.5 or 4,5. What can
be read in two ways, such as 01/06/21 or 1,125, is refused.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.heedGlobal(cmd); err != nil {
				return err
			}
			a.dataNamed, a.verb = cmd.Flags().Changed("data"), cmd.CommandPath()
			if a.lang != "fr" && a.lang != "en" {
				return misuse("lang-unknown", "lang", a.lang)
			}
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.data, "data", defaultData, "the data folder")
	flags.StringVar(&a.key, "key", "", "the file of the key that signs the register (default: key in the data folder)")
	flags.StringVar(&a.origin, "origin", os.Getenv("REGISTRE_ORIGIN"), "the name under which a new register is signed, as registre.example/house (default: one by chance)")
	flags.StringVar(&a.nats, "nats", "", "keep the registers on the NATS server or cluster at this URL; recording also needs --data, for key and archive")
	flags.StringVar(&a.creds, "creds", "", "the credentials file for --nats")
	flags.StringVar(&a.policy, "policy", "", "the policy of witnesses, a C2SP tlog-policy: whose cosignatures are asked for, and which are needed (default: policy in the data folder, if it is there)")
	flags.DurationVar(&a.patience, "witness-timeout", witnessTimeout, "how long a recording waits for the quorum of witnesses, where the policy has one")
	dayVar(flags, &a.at, "at", "the day asked about, as 2021-06-01 or 01/06/2021 (default: today)")
	typedVar(flags, &a.known, "known", "what may be known: #N, a day (its end in Paris), a day with its hour in Paris, as \"01/06/2021 14h30\", or an RFC 3339 instant (default: all)", typedInstant)
	flags.StringVar(&a.lang, "lang", a.lang, "fr or en")
	flags.BoolVar(&a.asJSON, "json", false, "answer in JSON")
	a.addVerbs(root)
	a.manners(root)
	return root
}

// orDemo lets a question find the demonstration where there is no register yet and nobody named a folder. What writes never
// goes there by itself.
func (a *app) orDemo(cmd *cobra.Command, _ []string) {
	if cmd.Flags().Changed("data") || a.nats != "" {
		return
	}
	if _, err := os.Stat(a.data); err == nil {
		return
	}
	if _, err := os.Stat(filepath.Join(defaultDemo, "format")); err == nil {
		a.data = defaultDemo
	}
}

// exactly is the rule for the number of arguments, in our words.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return misuse("arguments", "", cmd.UseLine())
		}
		return nil
	}
}

// open opens the desk, once.
func (a *app) open(ctx context.Context, create bool) (desk, error) {
	if a.desk != nil {
		return a.desk, nil
	}
	options := a.deskOptions(create)
	options.Guest = true
	a.sayAlarms() // as they stand: once it is open, a witness may take its word back at once
	d, err := openDesk(ctx, options)
	if err != nil {
		return nil, err
	}
	options.Next = true
	a.desk = &steady{now: d, gaveWay: a.sayGaveWay, reopen: func(ctx context.Context) (desk, error) { return openDesk(ctx, options) }}
	return a.desk, nil
}

// sayGaveWay tells a person that the folder is somebody else's from now on. Nothing else changes: programs need not know.
func (a *app) sayGaveWay() {
	if !a.asJSON {
		fmt.Fprintln(a.errs, a.tr("Un serveur demande ce dossier : la suite passe par lui.", "A server wants this folder: what follows comes through it."))
	}
}

// sayWaiting tells a person for what a verb waits that wants the folder for itself.
func (a *app) sayWaiting(w *work) {
	if w != nil && !a.asJSON {
		fmt.Fprintf(a.errs, a.tr("« %[1]s » tient ce dossier depuis %[2]s, et finit d'abord.\n", "“%[1]s” has held this folder since %[2]s, and ends first.\n"), w.Verb, w.said(time.Now()))
	}
}

// deskOptions are what the global flags say of the desk.
func (a *app) deskOptions(create bool) deskOptions {
	return deskOptions{house: a.house(create), NATS: a.nats, Creds: a.creds, Kept: a.dataNamed, Verb: a.verb, Now: a.now}
}

// house is the folder that the global flags name.
func (a *app) house(create bool) house {
	return house{Data: a.data, Key: a.key, Origin: a.origin, Policy: a.policy, Create: create, Begin: create || a.recording}
}

// question is what the global flags ask.
func (a *app) question(kind, group string, more map[string]string) Question {
	return Question{Kind: kind, Group: group, At: a.at, Known: a.known, More: more}
}

// ask asks the desk, and prints the answer: as it is under --json, otherwise as show makes it.
func ask[T any](ctx context.Context, a *app, q Question, show func(T) error) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return err
	}
	if a.asJSON {
		_, err := fmt.Fprintf(a.out, "%s\n", raw)
		return err
	}
	var answer T
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	return show(answer)
}

// exit says what went wrong, if anything, and gives the exit status.
func (a *app) exit(err error) int {
	if err = a.orUnwritten(err); err == nil {
		return exitDone
	}
	var done *exitError
	if errors.As(err, &done) {
		return done.status
	}
	f := faultOf(err)
	if a.asJSON {
		b, _ := json.Marshal(map[string]*Fault{"error": a.told(f)})
		fmt.Fprintf(a.errs, "%s\n", b)
	} else {
		fmt.Fprintln(a.errs, a.sentence(f))
	}
	return f.Exit
}

// orUnwritten is what went wrong; where nothing did, that not all could be written to the output. Nobody reads on behind a broken pipe:
// that is no fault.
func (a *app) orUnwritten(err error) error {
	var done *exitError
	out, kept := a.out.(*harmless.Writer)
	if !kept || err != nil && !errors.As(err, &done) {
		return err
	}
	if unwritten := out.Err(); unwritten != nil && !errors.Is(unwritten, syscall.EPIPE) {
		return unwritten
	}
	return err
}
