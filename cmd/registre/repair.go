package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// What a repair does beside what the archive does itself.
const (
	archiveBegun  = "archive-begun"  // the archive had gone, and a new log begins
	streamRebuilt = "stream-rebuilt" // from the archive; the old one is kept aside
	copiesMatched = "copies-matched" // what one copy lacked at its end was taken from the other
)

// The folders of the stream: the one in use (its server chooses the name), the one that is being made, and those kept aside.
const (
	streamDir  = "jetstream"
	rebuildDir = "jetstream.rebuilding"
	damagedDir = "jetstream.damaged-"
)

// repairAnswer is what a repair has done, and what is left.
type repairAnswer struct {
	DryRun bool         `json:"dry_run,omitempty"`
	Left   []foundThing `json:"left"`
	Steps  []repairStep `json:"steps"`
}

type repairStep struct {
	Cause string   `json:"cause,omitempty"`
	Files []string `json:"files,omitempty"`
	Group string   `json:"group,omitempty"`
	What  string   `json:"what"`
}

// repairing is one run of the verb.
type repairing struct {
	a       *app
	dryRun  bool
	key     *archive.Key
	journal *slog.Logger
	stream  *jetstream.Store // nil where it cannot be opened
	answer  repairAnswer
}

func (a *app) repairVerb() *cobra.Command {
	r := &repairing{a: a, answer: repairAnswer{Left: []foundThing{}, Steps: []repairStep{}}}
	cmd := &cobra.Command{
		Use: "repair", Short: "Mend what `verify --full` finds, each copy from the other (exit 5 for what cannot be mended)",
		Long: `Verify both copies whole, and mend what is damaged: files of the archive from the stream, the stream from the archive. Nothing is
replaced before what replaces it was found to be what was signed for. A damaged stream is made anew beside the old one, which is
kept aside as jetstream.damaged-INSTANT; an archive that has gone is made anew from the stream, and its log of heads then begins
anew too. Every step is said, and noted in journal.jsonl. What cannot be mended is left as it is, and said.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return r.run(cmd.Context()) },
	}
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "say what is damaged and what would be done, and change nothing")
	return cmd
}

func (r *repairing) run(ctx context.Context) (err error) {
	if r.a.nats != "" {
		return r.runBeside(ctx)
	}
	r.finishRotation(ctx)
	if err := r.openKey(); err != nil {
		return err
	}
	r.journal = slog.New(slog.NewJSONHandler(&journal{path: r.path(journalFile)}, nil))
	defer func() { err = errors.Join(err, r.closeStream()) }()
	if err := r.openStream(ctx); err != nil {
		return err
	}
	found, err := r.mendArchive(ctx)
	if err != nil {
		return err
	}
	if found != nil && !r.dryRun {
		if found, err = r.mendCopies(ctx, found); err != nil {
			return err
		}
	}
	return r.verdict(found)
}

func (r *repairing) path(name string) string { return filepath.Join(r.a.data, name) }

// openKey reads the key: what is written anew is signed.
func (r *repairing) openKey() error {
	if release, err := jetstream.Hold(r.a.data); err != nil {
		return err
	} else if err := release(); err != nil {
		return err
	}
	return r.readKey()
}

func (r *repairing) readKey() error {
	path := r.a.house(false).keyFile()
	var err error
	if r.key, err = archive.ReadKey(path); errors.Is(err, fs.ErrNotExist) {
		return failure("key-missing", path, nil)
	}
	if err != nil {
		return err
	}
	next, err := archive.ReadNextKey(path)
	if err != nil {
		return err
	}
	if key, err := archive.InForce(r.path(archiveDir), r.key, next); err == nil {
		r.key = key
	}
	return nil // what is wrong with the rotations, or with this key, is found
}

// finishRotation lets an opening finish a rotation of the key that was begun. Where damage keeps it from that, the opening after
// the repair does.
func (r *repairing) finishRotation(ctx context.Context) {
	h := r.a.house(false)
	if _, err := os.Stat(archive.NextKey(h.keyFile())); err != nil || r.dryRun {
		return
	}
	if s, err := h.open(ctx); err == nil {
		_ = s.Close() // what it could not do is found
	}
}

// openStream opens the stream, or takes note that it cannot be. Opened, it keeps other processes out.
func (r *repairing) openStream(ctx context.Context) (err error) {
	r.stream, err = jetstream.Open(ctx, r.a.data, jetstream.Options{Logger: r.journal})
	if err != nil && damagedStream(err) {
		r.journal.Warn("repair: the stream cannot be opened", "cause", err)
		r.stream, err = nil, nil
	}
	return err
}

func (r *repairing) closeStream() error {
	if r.stream == nil {
		return nil
	}
	err := r.stream.Close()
	r.stream = nil
	return err
}

// other is the stream as the archive knows it.
func (r *repairing) other() eventstore.Store {
	if r.stream == nil {
		return nil
	}
	return r.stream
}

// mendArchive verifies and mends the archive until a round finds nothing more to mend. It gives nil where there is none.
func (r *repairing) mendArchive(ctx context.Context) (found *archive.Verification, err error) {
	for round := 0; ; round++ {
		found, err = r.verify(ctx)
		if errors.Is(err, archive.ErrNoArchive) && round == 0 {
			if err := r.beginArchive(); err != nil || r.dryRun || r.stream == nil {
				return nil, err
			}
			continue
		}
		if err != nil || len(found.Findings) == 0 || round == 3 || r.dryRun {
			return found, err
		}
		steps := len(r.answer.Steps)
		if err := found.Repair(ctx, r.key, r.other(), r.archiveStep); err != nil {
			return nil, err
		}
		if err := found.MendRotations(r.a.data, r.archiveStep); err != nil {
			return nil, err
		}
		if len(r.answer.Steps) == steps || !slices.ContainsFunc(r.answer.Steps[steps:], mended) {
			return found, nil
		}
	}
}

func mended(s repairStep) bool { return s.What != archive.NotMended }

func (r *repairing) verify(ctx context.Context) (*archive.Verification, error) {
	bar := newProgress(r.a, 0)
	defer bar.end()
	return archive.Verify(ctx, r.path(archiveDir), archive.VerifyOptions{
		Full: true, Key: r.key.PublicKey, Progress: func(done, total uint64) { bar.of(done, total) },
	})
}

// beginArchive makes the archive anew where it has gone: when both copies are opened, it takes every event from the stream.
func (r *repairing) beginArchive() error {
	if r.stream == nil {
		r.step(repairStep{What: archive.NotMended, Files: []string{archiveDir, streamDir}, Cause: archive.ErrNoArchive.Error()})
		return nil
	}
	r.step(repairStep{What: archiveBegun, Files: []string{archiveDir}})
	if r.dryRun {
		return nil
	}
	return archive.Begin(r.path(archiveDir), r.key)
}

// archiveStep passes on what the archive says. What was tried in vain in one round may succeed in the next.
func (r *repairing) archiveStep(s archive.Step) {
	step := repairStep{What: s.What, Files: s.Files, Group: string(s.Group)}
	if s.Cause != nil {
		step.Cause = s.Cause.Error()
	}
	r.step(step)
}

// step says a step, and notes it.
func (r *repairing) step(s repairStep) {
	if slices.ContainsFunc(r.answer.Steps, func(t repairStep) bool {
		return t.What == s.What && t.Group == s.Group && slices.Equal(t.Files, s.Files)
	}) {
		return
	}
	r.answer.Steps = append(r.answer.Steps, s)
	if !r.dryRun {
		r.journal.Warn("repair: "+s.What, "group", s.Group, "files", s.Files, "cause", s.Cause)
	}
	if !r.a.asJSON {
		r.a.showStep(s, r.dryRun)
	}
}

// mendCopies brings both copies together: the stream is made anew where it has not what was signed for, and what either lacks
// at its end is taken from the other. It gives what is found afterwards.
func (r *repairing) mendCopies(ctx context.Context, found *archive.Verification) (*archive.Verification, error) {
	if slices.ContainsFunc(found.Findings, hinders) {
		return found, r.compare(ctx, found)
	}
	if err := r.compare(ctx, found); err != nil {
		return nil, err
	}
	rebuild, err := r.mustRebuild(ctx, found)
	if err != nil {
		return nil, err
	}
	if rebuild {
		if err := r.rebuild(ctx, found); err != nil {
			return nil, err
		}
	}
	if len(found.Findings) > 0 && !rebuild {
		r.step(repairStep{What: copiesMatched})
	}
	if err := r.match(ctx); err != nil {
		return nil, err
	}
	if found, err = r.verify(ctx); err != nil {
		return nil, err
	}
	if err := r.openStream(ctx); err != nil {
		return nil, err
	}
	return found, r.compare(ctx, found)
}

// hinders says whether a finding keeps the archive from being opened, or from being believed.
func hinders(f archive.Finding) bool {
	return !slices.Contains([]string{"torn", "stray", "only-stream"}, f.Kind())
}

// compare holds the stream to the archive.
func (r *repairing) compare(ctx context.Context, found *archive.Verification) error {
	if r.stream != nil {
		return found.Compare(ctx, r.stream, false)
	}
	found.Findings = append(found.Findings, archive.Finding{Copy: archive.InStream, Cause: errStreamGone})
	return nil
}

var errStreamGone = errors.New("it cannot be opened")

// mustRebuild says whether the stream has anything else than the beginnings of what the archive has.
func (r *repairing) mustRebuild(ctx context.Context, found *archive.Verification) (bool, error) {
	if r.stream == nil {
		return true, nil
	}
	heads, err := r.stream.Heads(ctx)
	if err != nil {
		return false, err
	}
	ends := map[domain.GroupID]uint64{}
	for _, h := range heads {
		ends[h.Group] = h.Number
	}
	return slices.ContainsFunc(found.Findings, func(f archive.Finding) bool {
		return f.Copy == archive.InStream && (f.Kind() != "only-archive" || f.Number <= ends[f.Group])
	}), nil
}

// match opens both copies as every opening does, which brings them to the same ends, and closes them.
func (r *repairing) match(ctx context.Context) error {
	if r.stream == nil {
		if err := r.openStream(ctx); err != nil || r.stream == nil {
			return err
		}
	}
	key, err := r.a.house(false).key()
	if err != nil {
		return err
	}
	store, err := r.a.house(false).openArchive(ctx, key, r.stream, r.journal)
	if err != nil {
		return err
	}
	r.stream = nil
	return store.Close()
}

// rebuild makes a new stream from the archive, beside the old one, and puts it in its place.
func (r *repairing) rebuild(ctx context.Context, found *archive.Verification) error {
	beside := r.path(rebuildDir)
	if err := os.RemoveAll(beside); err != nil {
		return err
	}
	if err := fillStream(ctx, beside, found); err != nil {
		return err
	}
	if err := r.closeStream(); err != nil {
		return err
	}
	release, err := jetstream.Hold(r.a.data)
	if err != nil {
		return err
	}
	aside := damagedDir + strings.NewReplacer(":", "", "-", "").Replace(domain.InstantOf(r.a.now()).String())
	err = errors.Join(r.swap(beside, r.path(aside)), release())
	if err == nil {
		r.step(repairStep{What: streamRebuilt, Files: []string{streamDir, aside}})
	}
	return err
}

// fillStream writes the events of an archive into a new stream.
func fillStream(ctx context.Context, dir string, found *archive.Verification) error {
	s, err := jetstream.Open(ctx, dir, jetstream.Options{Create: true})
	if err != nil {
		return err
	}
	for _, end := range found.Ends() {
		if err := fillGroup(ctx, s, end.Group, found); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return errors.Join(s.Sync(ctx), s.Close())
}

// atOnce bounds the events that are written to a new stream at once.
const atOnce = 256

func fillGroup(ctx context.Context, s *jetstream.Store, group domain.GroupID, found *archive.Verification) error {
	a := eventstore.Append{Group: group}
	for body, err := range found.Bodies(group) {
		if err != nil {
			return err
		}
		if a.Bodies = append(a.Bodies, body); len(a.Bodies) < atOnce {
			continue
		}
		if err := s.Write(ctx, []eventstore.Append{a})[0]; err != nil {
			return err
		}
		a = eventstore.Append{Group: group, After: a.After + atOnce}
	}
	if len(a.Bodies) == 0 {
		return nil
	}
	return s.Write(ctx, []eventstore.Append{a})[0]
}

// swap puts the new stream in the place of the old one. Cut off in its midst it leaves a folder without a stream, of which the
// next repair makes one again.
func (r *repairing) swap(beside, aside string) error {
	if err := os.Rename(r.path(streamDir), aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range []string{"intent", "confirmed", streamDir} {
		if err := os.Rename(filepath.Join(beside, name), r.path(name)); err != nil {
			return err
		}
	}
	dir, err := os.Open(r.a.data)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close(), os.RemoveAll(beside))
}

// verdict says what is left.
func (r *repairing) verdict(found *archive.Verification) error {
	if found != nil && r.dryRun {
		if err := r.compare(context.Background(), found); err != nil {
			return err
		}
	}
	return r.sayVerdict(found)
}

// sayVerdict says what stands in the findings.
func (r *repairing) sayVerdict(found *archive.Verification) error {
	a := r.a
	r.answer.DryRun = r.dryRun
	if found != nil {
		for _, f := range found.Findings {
			thing := foundOf(f)
			thing.Cause = a.told(&Fault{Name: "found-" + thing.Kind, Detail: thing.Cause}).Cause
			r.answer.Left = append(r.answer.Left, thing)
		}
	}
	left := len(r.answer.Left) > 0 || found == nil
	if a.asJSON {
		if err := a.json(r.answer); err != nil {
			return err
		}
	} else {
		r.showLeft(left)
	}
	if left {
		return &exitError{exitDamage}
	}
	return nil
}

func (r *repairing) showLeft(left bool) {
	a := r.a
	a.showFound(r.answer.Left)
	switch {
	case r.dryRun:
		a.printf("%s\n", a.tr("Rien n'a été changé.", "Nothing was changed."))
	case left:
		a.printf("%s\n", a.tr("Ce qui précède n'a pas pu être réparé : restaurer une sauvegarde.", "What stands above could not be mended: restore a backup."))
	case len(r.answer.Steps) == 0:
		a.printf("%s\n", a.tr("Rien à réparer : les deux copies sont intactes.", "Nothing to mend: both copies are whole."))
	default:
		a.printf("%s\n", a.tr("Les deux copies sont intactes.", "Both copies are whole."))
	}
}

// stepsSaid are the sentences for what a repair does, French before English.
var stepsSaid = map[string][2]string{
	archive.MendedFiles:      {"réparé, après vérification", "mended, having been verified"},
	archive.MendedCheckpoint: {"point de contrôle signé à nouveau, au même état", "checkpoint signed again, at the same state"},
	archive.MendedTail:       {"file remise en ordre", "tail put right"},
	archive.MendedKey:        {"clé publique réécrite", "public key written anew"},
	archive.MendedWitnessed:  {"point de contrôle attesté, illisible, écarté : les témoins le cosigneront à nouveau", "the witnessed checkpoint could not be read and was taken away: the witnesses will cosign it again"},
	archive.NotMended:        {"NE PEUT PAS être réparé", "CANNOT be mended"},
	archiveBegun: {
		"archive perdue, refaite du flux sous la même clé : un NOUVEAU journal des têtes commence, qui ne prolonge aucun point de contrôle gardé ailleurs",
		"archive gone, made anew from the stream under the same key: a NEW log of heads begins, which continues no checkpoint kept elsewhere",
	},
	streamRebuilt: {"flux endommagé, refait de l'archive ; l'ancien est gardé à côté", "damaged stream, made anew from the archive; the old one is kept aside"},
	fenceTaken: {
		"l'archive est plus ancienne que ce que sa clé a signé : la barrière y est ramenée, et le point de contrôle cité n'a plus de suite ; qui le garde le verra",
		"the archive is older than what its key has signed: the fence is moved back to it, and the checkpoint quoted has no successor any more; whoever keeps it will see that",
	},
	streamBegun:    {"flux perdu, refait, vide", "stream gone, made anew, empty"},
	streamRestored: {"ce que le flux avait perdu lui est rendu, de l'archive", "what the stream had lost is given back to it, from the archive"},
	copiesMatched:  {"ce qui manquait à la fin d'une copie est repris de l'autre", "what one copy lacked at its end is taken from the other"},
}

func (a *app) showStep(s repairStep, dryRun bool) {
	said := stepsSaid[s.What]
	line := strings.TrimSpace(strings.Join(s.Files, ", "))
	if line != "" {
		line += a.tr(" : ", ": ")
	}
	line += a.tr(said[0], said[1])
	if s.Cause != "" {
		line += " (" + strings.ReplaceAll(s.Cause, "\n", "; ") + ")"
	}
	if dryRun {
		line = a.tr("à faire : ", "to do: ") + line
	}
	a.printf("%s\n", plain(line))
}
