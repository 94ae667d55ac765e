package main

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/monitor"
)

const (
	defaultMonitor = "./registre-monitor"
	surveyEvery    = time.Hour        // the checkpoints of all groups are looked at
	longestWait    = 10 * time.Minute // between two tries to reach a house, unless --every is longer
)

// monitoring is one run of the verb.
type monitoring struct {
	a                *app
	once, full, more bool
	every, stale     time.Duration
	knownGood        string
	public           string
	policy           *archive.Policy // nil where no witnesses are asked for

	m       *monitor.Monitor
	source  archive.Source
	bar     *progress
	begun   time.Time
	said    bool      // where the copy stands
	missing time.Time // since when the house cannot be reached; zero when it can
	overdue bool      // that nothing new came for too long was said
	alarmed map[string]bool

	due  uint64 // what must be witnessed at the next look
	bare bool   // that it is not was said
}

func (a *app) monitorVerb() *cobra.Command {
	v := &monitoring{a: a, alarmed: map[string]bool{}}
	cmd := &cobra.Command{
		Use: "monitor URL", Short: "Follow the archive of a house from outside: copy it, check it, give the alarm (exit 5)",
		Long: `Follow the archive that a house serves at URL (https://…, or the path of a folder): keep a copy of it, in which nothing has its name
that was not signed for, check every event in it, and give the alarm when what is served is not what was signed, or when what is
signed does not continue what was signed before. The evidence is kept before the alarm is given, and the program ends with 5.

The key is given the first time, out of the house's reach (--public-key); otherwise it is taken from the house, on trust. From then
on this folder trusts that key alone. With --policy FILE enough witnesses must have cosigned the history that is shown. The copy is an archive like any other: registre verify --full --data FOLDER checks it,
and registre restore FOLDER makes a register of it.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("data") {
				a.data = defaultMonitor
			}
			return v.run(cmd.Context(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&v.once, "once", false, "look once, and end: 0 when all is well, 1 when the house cannot be reached, 5 for an alarm")
	flags.DurationVar(&v.every, "every", 30*time.Second, "how long to wait between two looks")
	flags.DurationVar(&v.stale, "stale", 0, "give the alarm when nothing new came for so long, as 24h (default: never)")
	flags.BoolVar(&v.full, "full", false, "begin with fetching every file again, also what the copy has")
	flags.BoolVar(&v.more, "keep-going", false, "follow on after an alarm")
	flags.StringVar(&v.knownGood, "known-good", "", "the file of a signed checkpoint that was kept elsewhere, which the house must continue")
	flags.StringVar(&v.public, "public-key", "", "the house's public key, or the file of it (default: the one that this folder trusts)")
	return cmd
}

func (v *monitoring) run(ctx context.Context, address string) (err error) {
	if v.every <= 0 || v.stale < 0 {
		return misuse("flag-value", "--every, --stale", v.every.String()+", "+v.stale.String())
	}
	if v.source, err = sourceAt(address); err != nil {
		return misuse("monitor-address", address, err.Error())
	}
	if err := v.takePolicy(); err != nil {
		return err
	}
	if err := v.open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.m.Close()) }()
	if v.m.OnTrust() {
		v.sayTrust()
	}
	v.begun = time.Now()
	err = v.follow(ctx)
	if ctx.Err() != nil && !v.once {
		err = nil // that is how it ends
	}
	if err == nil && len(v.alarmed) > 0 {
		return &exitError{exitDamage}
	}
	return err
}

// sourceAt is where an address leads.
func sourceAt(address string) (archive.Source, error) {
	scheme, _, found := strings.Cut(address, "://")
	switch {
	case !found:
		return archive.Folder(archiveIn(address)), nil
	case scheme == "file":
		u, err := url.Parse(address)
		if err != nil || u.Path == "" || u.Host != "" {
			return nil, archive.ErrMalformed
		}
		return archive.Folder(archiveIn(u.Path)), nil
	}
	return archive.Web(address, archive.WebOptions{})
}

// open opens the monitor's folder, with what was given beside it.
func (v *monitoring) open(ctx context.Context) error {
	options := monitor.Options{}
	if v.public != "" {
		key, err := v.a.publicKey(v.public)
		if err != nil {
			return err
		}
		options.Key = key
	}
	if v.knownGood != "" {
		signed, err := readSmall(v.knownGood, archive.MaxSigned)
		if err != nil {
			return err
		}
		if _, err := archive.UnverifiedCheckpoint(signed); err != nil {
			return misuse("checkpoint-unreadable", v.knownGood, err.Error())
		}
		options.Kept = signed
	}
	v.bar = newProgress(v.a, 0)
	options.Progress = func(done, total uint64) { v.bar.of(done, total) }
	var err error
	if v.m, err = monitor.Open(ctx, v.a.data, v.source, options); err != nil {
		return v.unopened(err)
	}
	return nil
}

// unopened says why the folder cannot be opened.
func (v *monitoring) unopened(err error) error {
	for _, known := range []struct {
		is      error
		name    string
		subject string
		exit    int
	}{
		{monitor.ErrForeign, "monitor-foreign", v.a.data, exitMisused},
		{monitor.ErrLocked, "monitor-locked", v.a.data, exitFailed},
		{archive.ErrOtherKey, "monitor-other-key", v.a.data, exitMisused},
		{archive.ErrNotSigned, "monitor-known-good", v.knownGood, exitMisused},
		{archive.ErrOtherLog, "monitor-known-good", v.knownGood, exitMisused},
		{archive.ErrMalformed, "public-key-unreadable", v.source.String(), exitMisused},
		{archive.ErrUnreachable, "monitor-unreachable", v.source.String(), exitFailed},
		{fs.ErrNotExist, "monitor-no-key", v.source.String(), exitMisused},
		{fs.ErrPermission, "read-only", v.a.data, exitFailed},
	} {
		if errors.Is(err, known.is) {
			f := failure(known.name, known.subject, err)
			f.Exit = known.exit
			return f
		}
	}
	return err
}

// follow looks again and again; once, where no more is asked for.
func (v *monitoring) follow(ctx context.Context) error {
	look, surveyed := archive.Survey, time.Now()
	if v.full {
		look = archive.Everything
	}
	for {
		v.bar.again()
		update, err := v.m.Round(ctx, look)
		v.bar.end()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		reached, err := v.judge(ctx, update, err)
		if err != nil || v.once {
			return err
		}
		wait := v.every
		if !reached {
			wait = v.patience()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		if look = archive.News; time.Since(surveyed) > surveyEvery || !reached {
			look, surveyed = archive.Survey, time.Now()
		}
	}
}

// patience is how long to wait where the house cannot be reached: longer, the longer that has been so.
func (v *monitoring) patience() time.Duration {
	return max(v.every, min(longestWait, time.Since(v.missing)/2))
}

// judge says what a round has brought. Its error ends the run.
func (v *monitoring) judge(ctx context.Context, update archive.Update, err error) (reached bool, end error) {
	alarm := new(monitor.Alarm)
	switch {
	case errors.As(err, &alarm):
		return true, v.alarm(alarm)
	case errors.Is(err, eventstore.ErrDamaged):
		f := failure("monitor-damaged", v.a.data, err)
		f.Exit = exitDamage
		return true, f
	case err == nil && update.Signed != nil:
		if err := v.sayUpdate(update); err != nil {
			return true, err
		}
		if err := v.checkWitnessed(ctx, update.To.Size); err != nil {
			return true, err
		}
		return true, v.checkStale()
	case err == nil:
		end = failure("monitor-nothing", v.source.String(), nil)
	case errors.Is(err, archive.ErrUnreachable) || errors.Is(err, archive.ErrMoved):
		end = failure("monitor-unreachable", v.source.String(), err)
	default:
		return false, err
	}
	if v.once {
		return false, end
	}
	if err := v.sayUnreachable(end); err != nil {
		return false, err
	}
	return false, v.checkStale()
}

// checkStale gives the alarm, once, when nothing new came for too long.
func (v *monitoring) checkStale() error {
	since := v.m.Since()
	if since.IsZero() {
		since = v.begun
	}
	if v.stale == 0 || time.Since(since) < v.stale {
		v.overdue = false
		return nil
	}
	if v.overdue {
		return nil
	}
	v.overdue = true
	f := &Fault{Exit: exitDamage, Code: codeOf("monitor-stale"), Name: "monitor-stale", Subject: v.source.String(), Detail: rfc3339(since)}
	if !v.more || v.once {
		return f
	}
	v.alarmed["stale"] = true
	return v.sayStale(f)
}

// rfc3339 is an instant as it is said here.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
