package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/atmost"
	"registre/eventstore/jetstream"
)

// What became of the stream in a verification.
const (
	streamCompared = "compared"
	streamAbsent   = "absent"
	streamSkipped  = "skipped"
)

// verifying is one run of the verb.
type verifying struct {
	a           *app
	full        bool
	archiveOnly bool
	checkpoint  string
	public      string

	policy  *archive.Policy // nil for none
	options archive.VerifyOptions
	bar     *progress
}

func (a *app) verifyVerb() *cobra.Command {
	v := &verifying{a: a}
	cmd := &cobra.Command{
		Use: "verify [GROUP]", Short: "Check what is kept against what was signed, by public key alone (exit 5 for damage)",
		Long: `Check the archive by its files and the public key, and the stream by the archive. Quick: every checkpoint, the tail, the last
tiles of every log, and how many events both copies have. With --full: every byte of both copies, every hash, every signature.
With --checkpoint: also that the register continues a checkpoint that was kept elsewhere (registre checkpoint), under whichever key.
With --public-key: that of the house, or one that it has replaced: every step from there to the key in force is checked. With
--policy: also that enough witnesses have cosigned it.

Nothing is changed. A folder that holds only archive/ is verified as well; then there is no stream to compare it with.`,
		Args: between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				v.options.Only = domain.GroupID(args[0])
			}
			return v.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&v.full, "full", false, "every byte of both copies")
	cmd.Flags().BoolVar(&v.archiveOnly, "archive-only", false, "leave the stream alone")
	cmd.Flags().StringVar(&v.checkpoint, "checkpoint", "", "the file of a signed checkpoint that was kept elsewhere")
	cmd.Flags().StringVar(&v.public, "public-key", "", "the house's public key, or the file of it (default: archive/key.pub in the data folder)")
	return cmd
}

func (v *verifying) run(ctx context.Context) error {
	if err := v.prepare(); err != nil {
		return err
	}
	answer, err := v.verify(ctx)
	v.bar.end()
	if err == nil {
		err = v.witnessed(&answer)
	}
	if err != nil {
		return err
	}
	return v.verdict(answer)
}

// prepare reads what was given beside the folder.
func (v *verifying) prepare() error {
	v.options.Full = v.full
	if only := v.options.Only; only != "" && !domain.ValidID(string(only)) {
		return misuse("unknown-group", string(only), "")
	}
	if v.public != "" {
		key, err := v.a.publicKey(v.public)
		if err != nil {
			return err
		}
		v.options.Key = key
	}
	if err := v.takePolicy(); err != nil {
		return err
	}
	if v.checkpoint == "" {
		return nil
	}
	signed, err := readSmall(v.checkpoint, archive.MaxSigned)
	if err != nil {
		return err
	}
	if _, err := archive.UnverifiedCheckpoint(signed); err != nil {
		return misuse("checkpoint-unreadable", v.checkpoint, err.Error())
	}
	v.options.Kept = signed
	return nil
}

// verify verifies the folder, or asks the process that holds it to.
func (v *verifying) verify(ctx context.Context) (verifyAnswer, error) {
	if v.a.nats != "" {
		return v.verifyBeside(ctx)
	}
	if _, err := os.Stat(filepath.Join(v.a.data, "format")); err != nil {
		if isOurs(v.a.data) {
			return verifyAnswer{}, fmt.Errorf("%s: %w", v.a.data, jetstream.ErrFormat)
		}
		return v.copyAlone(ctx)
	}
	return holdOrAsk(ctx, v.a, func() (func(context.Context) (verifyAnswer, error), error) {
		release, err := jetstream.Hold(v.a.data)
		if errors.Is(err, jetstream.ErrReadOnly) {
			return v.copyAlone, nil
		}
		return func(ctx context.Context) (verifyAnswer, error) {
			return readHeld(ctx, v.a, func(ctx context.Context) (verifyAnswer, error) { return v.held(ctx, release) })
		}, err
	}, v.remotely)
}

// holdOrReach gives what hold does, once nobody else holds the folder; or reaches the process that holds it. Whoever is to hold it next is
// waited for as long as that takes.
func holdOrReach[T any](ctx context.Context, a *app, hold func() (T, error), next bool) (held T, other desk, err error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if err = jetstream.ErrLocked; !jetstream.Claimed(a.data) {
			held, err = hold()
		} else if next {
			deadline = time.Now().Add(patience)
		}
		if !errors.Is(err, jetstream.ErrLocked) {
			return held, nil, err
		}
		r, away := dial(ctx, a.data)
		if away == nil {
			return held, r, nil
		}
		if next && isAtWork(away) {
			deadline = time.Now().Add(patience)
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return held, nil, waitedFor(err, away)
		}
	}
}

// copyAlone verifies an archive that has no stream beside it, or one that cannot be opened.
func (v *verifying) copyAlone(ctx context.Context) (verifyAnswer, error) {
	found, err := v.archive(ctx)
	if err != nil {
		return verifyAnswer{}, err
	}
	return answerOf(found, v.full, streamAbsent), nil
}

// held verifies a folder that nobody else has open: first the archive, which is only read, then the stream.
func (v *verifying) held(ctx context.Context, release func() error) (verifyAnswer, error) {
	found, err := v.archive(ctx)
	opened := false
	if err == nil {
		v.checkKey(found)
	}
	if err == nil && !v.archiveOnly && jetstream.StandsBeside(v.a.data) {
		v.archiveOnly = true // the stream is on a server
	}
	if err == nil && !v.archiveOnly {
		opened, err = v.files(ctx, found)
	}
	if err := errors.Join(err, release()); err != nil {
		return verifyAnswer{}, err
	}
	switch {
	case v.archiveOnly:
		return answerOf(found, v.full, streamSkipped), nil
	case !opened:
		err = v.stream(ctx, found)
	}
	return answerOf(found, v.full, streamCompared), err
}

// files looks over the stream's files. Where they are not as a server has closed them it also compares what is whole of them, and
// the server is not let at them: it would change them.
func (v *verifying) files(ctx context.Context, found *archive.Verification) (compared bool, err error) {
	survey, err := jetstream.Inspect(v.a.data, v.full)
	if err != nil || len(survey.Flaws)+len(survey.Torn) == 0 && survey.Last <= survey.Confirmed {
		return false, err
	}
	files, err := jetstream.OpenFiles(v.a.data)
	if err != nil {
		return false, err
	}
	addFlaws(found, survey)
	return true, found.Compare(ctx, files, false)
}

// addFlaws makes findings of what is wrong with the stream's files.
func addFlaws(found *archive.Verification, survey jetstream.Survey) {
	for _, f := range survey.Flaws {
		found.Findings = append(found.Findings, archive.Finding{Copy: archive.InStream, File: f.File, Cause: errors.New(f.Said())})
	}
	for _, f := range survey.Torn {
		found.Unconfirmed = append(found.Unconfirmed, archive.Finding{Copy: archive.InStream, File: f.File, Cause: errors.New(f.Said())})
	}
	found.Unanswered = survey.Last - min(survey.Last, survey.Confirmed)
}

// stream compares the stream as a server gives it.
func (v *verifying) stream(ctx context.Context, found *archive.Verification) error {
	stream, err := jetstream.Open(ctx, v.a.data, jetstream.Options{})
	if err == nil {
		return errors.Join(found.Compare(ctx, stream, false), stream.Close())
	}
	if damagedStream(err) {
		found.Findings, err = append(found.Findings, archive.Finding{Copy: archive.InStream, Cause: err}), nil
	}
	return err
}

// damagedStream says whether an error of opening the stream is one of the stream's.
func damagedStream(err error) bool {
	var weakened *jetstream.WeakenedError
	return errors.Is(err, eventstore.ErrDamaged) || errors.As(err, &weakened) || errors.Is(err, jetstream.ErrServer)
}

// archive verifies the archive.
func (v *verifying) archive(ctx context.Context) (*archive.Verification, error) {
	dir := filepath.Join(v.a.data, archiveDir)
	if _, err := os.Stat(v.a.data); err != nil {
		return nil, misuse("no-folder", v.a.data, v.a.data)
	}
	if v.options.Key.Name() == "" {
		v.options.Key = v.ownKey(dir)
	}
	v.options.Notes = notesFor(dir)
	v.bar = newProgress(v.a, 0)
	v.options.Progress = func(done, total uint64) { v.bar.of(done, total) }
	found, err := archive.Verify(ctx, dir, v.options)
	if errors.Is(err, archive.ErrMalformed) {
		f := misuse("public-key-unreadable", filepath.Join(dir, "key.pub"), err.Error())
		f.Exit = exitDamage
		return nil, f
	}
	if err == nil && v.options.Only != "" && !found.Has(v.options.Only) {
		return nil, misuse("unknown-group", string(v.options.Only), "")
	}
	return found, err
}

// ownKey is the public half of the folder's key, where the archive's public key cannot be read.
func (v *verifying) ownKey(dir string) (none archive.PublicKey) {
	if text, err := atmost.File(filepath.Join(dir, "key.pub"), maxPublicKey); err == nil {
		if _, err := archive.ParsePublicKey(strings.TrimSuffix(string(text), "\n")); err == nil {
			return none
		}
	}
	key, err := v.a.house(false).key()
	if err != nil {
		return none
	}
	return key.PublicKey
}

// notesFor is the file in which a verification of a folder remembers how far it came.
func notesFor(dir string) string {
	cache, err := os.UserCacheDir()
	abs, absErr := filepath.Abs(dir)
	if err != nil || absErr != nil || os.MkdirAll(filepath.Join(cache, "registre"), 0o700) != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(cache, "registre", "verify-"+hex.EncodeToString(sum[:8]))
}

// remotely asks the process that holds the folder.
func (v *verifying) remotely(ctx context.Context, d desk) (answer verifyAnswer, err error) {
	q := Question{Kind: "verify", Group: string(v.options.Only), More: asking("full", yes(v.full), "checkpoint", string(v.options.Kept))}
	if v.options.Key.Name() != "" {
		q.More["key"] = archive.FormatPublicKey(v.options.Key)
	}
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(raw, &answer)
}

// verify answers "verify".
func (l *local) verify(ctx context.Context, q Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	options := archive.VerifyOptions{Full: q.More["full"] != "", Only: domain.GroupID(q.Group)}
	if kept := q.More["checkpoint"]; kept != "" {
		options.Kept = []byte(kept)
	}
	var err error
	if key := q.More["key"]; key != "" {
		if options.Key, err = archive.ParsePublicKey(key); err != nil {
			return nil, misuse("public-key-unreadable", key, err.Error())
		}
	}
	v, err := l.archive.Verify(ctx, options)
	if err != nil {
		return nil, err
	}
	if q.Group != "" && !v.Has(options.Only) {
		return nil, misuse("unknown-group", q.Group, "")
	}
	lag, err := l.archive.Lag(ctx)
	if err != nil {
		return nil, err
	}
	answer := answerOf(v, options.Full, streamCompared)
	answer.Behind = lag.Events
	return encode(answer)
}
