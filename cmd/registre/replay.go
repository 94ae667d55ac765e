package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

func init() { besides["replay"] = (*local).replay }

// replaying is one run of the verb.
type replaying struct {
	verifying
	groups []string // none for all
	all    bool
	infos  bool
	csv    string
	html   string
	force  bool
	aside  *replayAside // where what is found lies
}

func (a *app) replayVerb() *cobra.Command {
	r := &replaying{verifying: verifying{a: a}}
	cmd := &cobra.Command{
		Use: "replay GROUP… | --all", Short: "Audit a register: verify it, decide every command again, and report what does not follow (exit 4 with findings, 5 for damage)",
		Long: `Read the archive's own bytes, verify them by the public key alone, and decide every command again: under the rules that were in
force then, as they were known then. Each event that follows by itself is made again and compared: the roll of every vote, the tally of
every decision, the day of every text in force. Then comes what an audit finds in what stands there, as registre findings does. Every
finding names its events and documents, its rule, and what would settle it (docs/audit.md, docs/findings.md).

With --from, a signed checkpoint that was kept elsewhere (registre checkpoint): the proof that nothing before it has changed, which
events have come since, and which findings are new. With --at and --known the findings are those of that day, as known then.

Exit 4 where there is a warning or an error, 5 where what is kept is not what was signed. Nothing is changed.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if all, _ := cmd.Flags().GetBool("all"); all != (len(args) == 0) {
				return misuse("arguments", "", cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r.groups = args
			return r.run(cmd.Context())
		},
		ValidArgsFunction: a.completeGroup,
	}
	flags := cmd.Flags()
	flags.BoolVar(&r.all, "all", false, "every register that is kept, the house's own too")
	flags.BoolVar(&r.infos, "info", false, "each remark that is only worth knowing, not the first of a kind alone")
	flags.StringVar(&r.checkpoint, "from", "", "the file of a signed checkpoint that was kept elsewhere: what is new since")
	flags.StringVar(&r.public, "public-key", "", "the house's public key, or the file of it (default: archive/key.pub in the data folder)")
	flags.StringVar(&r.csv, "csv", "", "also write the findings to a CSV file")
	flags.StringVar(&r.html, "html", "", "also write a report to this file: one page of HTML without script or network, which prints on A4")
	flags.BoolVar(&r.force, "force", false, "replace a file that exists")
	return cmd
}

func (r *replaying) run(ctx context.Context) error {
	r.full = true
	for _, group := range r.groups {
		if !domain.ValidID(group) {
			return misuse("unknown-group", group, "")
		}
	}
	if len(r.groups) == 1 {
		r.options.Only = domain.GroupID(r.groups[0])
	}
	if err := r.prepare(); err != nil {
		return err
	}
	for _, file := range []string{r.csv, r.html} {
		if file == "" {
			continue
		}
		if err := mayWrite(file, r.force); err != nil {
			return err
		}
	}
	defer r.remove()
	defer collectEarly(replayRoom)()
	answer, err := r.replay(ctx)
	r.bar.end()
	if err == nil {
		err = r.witnessed(&answer.Meta.Verification)
	}
	if err != nil {
		return err
	}
	return r.report(ctx, answer)
}

// replay replays the folder, or asks the process that holds it to.
func (r *replaying) replay(ctx context.Context) (answer replayAnswer, err error) {
	hold := func() (func() error, error) { return jetstream.Hold(r.a.data) }
	if r.a.nats != "" {
		if err := r.a.besideNamed(); err != nil {
			return answer, err
		}
		hold = func() (func() error, error) { return jetstream.HoldBeside(r.a.data, false) }
	}
	if _, err := os.Stat(filepath.Join(r.a.data, "format")); err != nil {
		if r.a.nats == "" && isOurs(r.a.data) {
			return answer, fmt.Errorf("%s: %w", r.a.data, jetstream.ErrFormat)
		}
		return r.here(ctx, "") // a backup, or what was fetched from elsewhere
	}
	return holdOrAsk(ctx, r.a, func() (func(context.Context) (replayAnswer, error), error) {
		release, err := hold()
		if errors.Is(err, jetstream.ErrReadOnly) {
			return func(ctx context.Context) (replayAnswer, error) { return r.here(ctx, "") }, nil
		}
		return func(ctx context.Context) (replayAnswer, error) {
			return readHeld(ctx, r.a, func(ctx context.Context) (replayAnswer, error) {
				answer, err := r.here(ctx, r.a.data)
				if err != nil {
					r.remove() // as long as the folder is this process's
				}
				return answer, errors.Join(err, release())
			})
		}, err
	}, r.there)
}

// remove removes what lies aside.
func (r *replaying) remove() {
	if r.aside != nil {
		r.aside.remove()
	}
}

// here replays an archive that nobody writes to. What it finds lies in a folder, "" for the system's own for such files, until remove.
func (r *replaying) here(ctx context.Context, dir string) (answer replayAnswer, err error) {
	r.options.Later = true
	r.aside = newReplayAside(dir)
	found, err := r.archive(ctx)
	if err != nil {
		return answer, err
	}
	for _, group := range r.groups {
		if !found.Has(domain.GroupID(group)) {
			return answer, misuse("unknown-group", group, "")
		}
	}
	t := &trial{found: found, records: found.Checked, now: r.a.now, ask: r.question(), kept: r.options.Kept != nil, stream: streamSkipped, progress: r.bar, aside: r.aside}
	return t.run(ctx)
}

// question is what is asked, as it goes through the socket.
func (r *replaying) question() Question {
	q := r.a.question("replay", strings.Join(r.groups, " "), asking("checkpoint", string(r.options.Kept)))
	if r.options.Key.Name() != "" {
		q.More["key"] = archive.FormatPublicKey(r.options.Key)
	}
	return q
}

// there asks the process that holds the folder.
func (r *replaying) there(ctx context.Context, d desk) (answer replayAnswer, err error) {
	raw, err := d.Ask(ctx, r.question())
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(raw, &answer)
}

// replay answers "replay": of the groups that are named, between spaces, or of all.
func (l *local) replay(ctx context.Context, q Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	options, err := verifyOptionsOf(q)
	if err != nil {
		return nil, err
	}
	now, err := l.clockOf(q)
	if err != nil {
		return nil, err
	}
	found, err := l.archive.Verify(ctx, options)
	if err != nil {
		return nil, err
	}
	for _, group := range strings.Fields(q.Group) {
		if !found.Has(domain.GroupID(group)) {
			return nil, misuse("unknown-group", group, "")
		}
	}
	dir := ""
	if l.folder != nil {
		dir = l.folder.Data
	}
	aside := newReplayAside(dir)
	defer aside.remove()
	t := &trial{found: found, records: upTo(found, l.archive), now: now, ask: q, kept: options.Kept != nil, stream: streamCompared, aside: aside}
	answer, err := t.run(ctx)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = answer.writeJSON(&text)
	return text.Bytes(), err
}

// verifyOptionsOf are the options of a verification that is asked for.
func verifyOptionsOf(q Question) (options archive.VerifyOptions, err error) {
	options.Full = true
	if groups := strings.Fields(q.Group); len(groups) == 1 {
		options.Only = domain.GroupID(groups[0])
	}
	if kept := q.More["checkpoint"]; kept != "" {
		options.Kept = []byte(kept)
	}
	if key := q.More["key"]; key != "" {
		if options.Key, err = archive.ParsePublicKey(key); err != nil {
			return options, misuse("public-key-unreadable", key, err.Error())
		}
	}
	return options, nil
}

// report says what was found.
func (r *replaying) report(ctx context.Context, answer replayAnswer) error {
	a := r.a
	a.tellFound(answer.Meta.Verification.Findings)
	a.tellFound(answer.Meta.Verification.Unconfirmed)
	if r.csv != "" {
		if err := a.putFindings(ctx, r.csv, r.force, &answer); err != nil {
			return err
		}
	}
	if r.html != "" {
		if err := a.putReport(r.html, r.force, &answer, r.options.Kept); err != nil {
			return err
		}
	}
	if a.asJSON {
		if err := answer.writeJSON(a.out); err != nil {
			return err
		}
		a.printf("\n")
	} else if err := a.showReplay(&answer, r.infos); err != nil {
		return err
	}
	if status := answer.exit(); status != exitDone {
		return &exitError{status}
	}
	return nil
}

// exit is how the program ends with an answer.
func (answer *replayAnswer) exit() int {
	status := exitDone
	if len(answer.Meta.Verification.Findings) > 0 {
		status = exitDamage
	}
	for i := range answer.Groups {
		g := &answer.Groups[i]
		switch {
		case g.Damage != nil:
			status = exitDamage
		case g.Count.Errors+g.Count.Warnings > g.Count.Answered:
			status = cmp.Or(status, exitFindings)
		}
	}
	return status
}
