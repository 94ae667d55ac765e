package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// What became of the stream in a verification.
const (
	streamCompared = "compared"
	streamAbsent   = "absent"
	streamSkipped  = "skipped"
)

// verifyAnswer is what a verification found.
type verifyAnswer struct {
	Behind    uint64       `json:"behind,omitzero"` // events that others have written and the archive has not taken up yet
	Events    uint64       `json:"events"`
	Findings  []foundThing `json:"findings"`
	Full      bool         `json:"full"`
	Groups    int          `json:"groups"`
	Origin    string       `json:"origin"`
	Root      string       `json:"root,omitempty"`
	Size      uint64       `json:"size"`                // of the log of heads
	Stream    string       `json:"stream"`              // compared, absent or skipped
	Witnessed *cosigned    `json:"witnessed,omitempty"` // the newest checkpoint that was kept with cosignatures
}

// foundThing is one finding.
type foundThing struct {
	Cause  string `json:"cause,omitempty"` // in the user's language; what was found, before it is told
	Code   string `json:"code"`
	Copy   string `json:"copy"`
	File   string `json:"file,omitempty"`
	Group  string `json:"group,omitempty"`
	Kind   string `json:"kind"`
	Number uint64 `json:"number,omitempty"`
}

func foundOf(f archive.Finding) foundThing {
	return foundThing{
		Cause: f.Cause.Error(), Code: codeOf("found-" + f.Kind()), Copy: f.Copy, File: f.File, Group: string(f.Group), Kind: f.Kind(), Number: f.Number,
	}
}

func answerOf(v *archive.Verification, full bool, stream string) verifyAnswer {
	answer := verifyAnswer{
		Events: v.Events, Findings: []foundThing{}, Full: full, Groups: v.Groups, Origin: v.Key.Name(), Size: v.Newest.Size, Stream: stream,
	}
	if v.Signed != nil {
		answer.Root = v.Newest.Root.String()
	}
	if v.Witnessed != nil {
		answer.Witnessed = &cosigned{Checkpoint: string(v.Witnessed)} // by whom is for who has a policy
	}
	for _, f := range v.Findings {
		answer.Findings = append(answer.Findings, foundOf(f))
	}
	return answer
}

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
		return v.copyAlone(ctx)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		release, err := jetstream.Hold(v.a.data)
		switch {
		case err == nil:
			return v.held(ctx, release)
		case errors.Is(err, jetstream.ErrReadOnly):
			return v.copyAlone(ctx)
		case !errors.Is(err, jetstream.ErrLocked):
			return verifyAnswer{}, err
		}
		if r, dialed := dial(ctx, v.a.data); dialed == nil {
			defer r.Close()
			return v.remotely(ctx, r)
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return verifyAnswer{}, err
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

// held verifies a folder that nobody else has open: first the archive, which is only read, then the stream, which is opened.
func (v *verifying) held(ctx context.Context, release func() error) (verifyAnswer, error) {
	found, err := v.archive(ctx)
	if err := errors.Join(err, release()); err != nil {
		return verifyAnswer{}, err
	}
	if v.archiveOnly {
		return answerOf(found, v.full, streamSkipped), nil
	}
	stream, err := jetstream.Open(ctx, v.a.data, jetstream.Options{})
	if err == nil {
		err = errors.Join(found.Compare(ctx, stream, false), stream.Close())
	} else if errors.Is(err, jetstream.ErrBeside) {
		return answerOf(found, v.full, streamSkipped), nil
	} else if damagedStream(err) {
		found.Findings, err = append(found.Findings, archive.Finding{Copy: archive.InStream, Cause: err}), nil
	}
	return answerOf(found, v.full, streamCompared), err
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
	if text, err := os.ReadFile(filepath.Join(dir, "key.pub")); err == nil {
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
	return encode(answer, nil)
}

// verdict says what was found.
func (v *verifying) verdict(answer verifyAnswer) error {
	a := v.a
	for i, f := range answer.Findings {
		answer.Findings[i].Cause = a.told(&Fault{Name: "found-" + f.Kind, Detail: f.Cause}).Cause
	}
	if a.asJSON {
		if err := a.json(answer); err != nil {
			return err
		}
	} else {
		a.showVerification(answer)
	}
	if len(answer.Findings) > 0 {
		return &exitError{exitDamage}
	}
	return nil
}

func (a *app) showVerification(answer verifyAnswer) {
	a.showFound(answer.Findings)
	how := a.tr("contrôle rapide", "quick check")
	if answer.Full {
		how = a.tr("contrôle complet", "full check")
	}
	a.printf(a.tr("%[1]s : %[2]d événement(s) de %[3]d groupement(s), %[4]s, %[5]s.\n", "%[1]s: %[2]d event(s) of %[3]d group(s), %[4]s, %[5]s.\n"),
		answer.Origin, answer.Events, answer.Groups, how, a.streamWord(answer.Stream))
	if answer.Root != "" {
		a.printf(a.tr("Point de contrôle : taille %d, racine %s.\n", "Checkpoint: size %d, root %s.\n"), answer.Size, answer.Root)
	}
	if answer.Witnessed != nil {
		a.printf("%s\n", a.tellCosigned(answer.Witnessed))
	}
	if answer.Behind > 0 {
		a.printf(a.tr("%d événement(s) du flux n'y sont pas encore repris : d'autres les ont écrits.\n", "%d event(s) of the stream are not taken up yet: others have written them.\n"), answer.Behind)
	}
	if n := len(answer.Findings); n > 0 {
		a.printf(a.tr("%d dommage(s). Ne rien écrire ; « registre repair » répare de l'autre copie ce qui peut l'être.\n",
			"%d finding(s). Write nothing; `registre repair` mends from the other copy what can be mended.\n"), n)
		return
	}
	a.printf("%s\n", a.tr("Rien à signaler.", "Nothing is wrong."))
}

func (a *app) streamWord(stream string) string {
	switch stream {
	case streamCompared:
		return a.tr("comparé au flux", "compared with the stream")
	case streamSkipped:
		return a.tr("sans regarder le flux", "without looking at the stream")
	}
	return a.tr("sans flux auquel la comparer", "with no stream to compare it with")
}

// showFound lists findings: copy, file, place, what is wrong.
func (a *app) showFound(all []foundThing) {
	for _, f := range all {
		name := a.tr("archive", "archive")
		switch f.Copy {
		case archive.InStream:
			name = a.tr("flux", "stream")
		case inWitness:
			name = a.tr("témoin", "witness")
		}
		place := f.Group
		if f.Number > 0 {
			place += " #" + strconv.FormatUint(f.Number, 10)
		}
		words := []string{name}
		for _, word := range []string{f.File, strings.TrimSpace(place)} {
			if word != "" {
				words = append(words, word)
			}
		}
		a.printf("%s%s%s [%s]\n", plain(strings.Join(words, ", ")), a.tr(" : ", ": "), plain(f.Cause), f.Code)
	}
}
