package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// What a repair does beside what the archive does itself.
const (
	archiveBegun  = "archive-begun"  // the archive had gone, and a new log begins
	streamRebuilt = "stream-rebuilt" // from the archive; the old one is kept aside
	formatMended  = "format"         // of the folder, of which a bit was flipped
	copiesMatched = "copies-matched" // what one copy lacked at its end was taken from the other
)

// The folders of the stream: the one in use (its server chooses the name), the one that is being made, and those kept aside.
const (
	streamDir  = "jetstream"
	rebuildDir = "jetstream.rebuilding"
	rebuiltDir = "jetstream.rebuilt" // whole, and not yet in its place
	damagedDir = "jetstream.damaged-"
)

// repairAnswer is what a repair has done, and what is left.
type repairAnswer struct {
	DryRun bool         `json:"dry_run,omitempty"`
	Left   []foundThing `json:"left"`
	Steps  []repairStep `json:"steps"`
}

type repairStep struct {
	Cause  string   `json:"cause,omitempty"`
	Files  []string `json:"files,omitempty"`
	Group  string   `json:"group,omitempty"`
	Number uint64   `json:"number,omitempty"`
	What   string   `json:"what"`
}

// repairing is one run of the verb.
type repairing struct {
	a       *app
	dryRun  bool
	quiet   bool // its steps are not shown
	key     *archive.Key
	journal *slog.Logger
	answer  repairAnswer

	stream  *jetstream.Store // nil where a server is not to be let at it
	files   *jetstream.Files // then it is read without one
	refused error            // why, where its files are whole
	release func() error     // of the folder, where it is held without a server

	mendedKey string // the file of the key, where it was put right

	vain []repairStep // what the archive could not mend so far: a later round may, so it is said last
}

func newRepairing(a *app) *repairing {
	return &repairing{a: a, answer: repairAnswer{Left: []foundThing{}, Steps: []repairStep{}}}
}

func (a *app) repairVerb() *cobra.Command {
	r := newRepairing(a)
	cmd := &cobra.Command{
		Use: "repair", Short: "Mend what `verify --full` finds, each copy from the other (exit 5 for what cannot be mended)",
		Long: `Verify both copies whole, and mend what is damaged: files of the archive from the stream, the stream from the archive. Nothing is
replaced before what replaces it was found to be what was signed for. A damaged stream is made anew beside the old one, which is
kept aside as jetstream.damaged-INSTANT; an archive that has gone is made anew from the stream, and its log of heads then begins
anew too. Every step is said, and noted in journal.jsonl. What cannot be mended is left as it is, and said.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			defer r.sayVain(nil)
			return r.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "say what is damaged and what would be done, and change nothing")
	return cmd
}

func (r *repairing) run(ctx context.Context) (err error) {
	if r.a.nats != "" {
		return r.runBeside(ctx)
	}
	leave, err := r.takeFolder(ctx)
	defer func() { err = errors.Join(err, leave()) }()
	if err != nil {
		return err
	}
	r.finishRotation(ctx)
	if err := r.openKey(); err != nil {
		return err
	}
	r.journal = slog.New(slog.NewJSONHandler(&journal{path: r.path(journalFile)}, nil))
	if r.mendedKey != "" {
		r.step(repairStep{What: archive.MendedKey, Files: []string{filepath.Base(r.mendedKey)}})
	}
	defer func() { err = errors.Join(err, r.closeStream()) }()
	if err := r.finishSwap(); err != nil {
		return err
	}
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
		if err != nil || len(found.Findings) == 0 || round == 6 || r.dryRun {
			return found, err
		}
		steps := len(r.answer.Steps)
		r.vain = nil // it is tried anew
		if err := found.Repair(ctx, r.key, r.other(), r.archiveStep); err != nil {
			return nil, err
		}
		if err := found.MendRotations(r.a.data, r.archiveStep); err != nil {
			return nil, err
		}
		if len(r.answer.Steps) == steps {
			return found, nil
		}
	}
}

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
	step := repairStep{What: s.What, Files: s.Files, Group: string(s.Group), Number: s.Number}
	if s.Cause != nil {
		step.Cause = s.Cause.Error()
	}
	if s.What == archive.NotMended {
		r.vain = append(r.vain, step)
		return
	}
	r.step(step)
}

// sayVain says what could not be mended, but for that of which nothing is found any more. Where it is not known what is found, all.
func (r *repairing) sayVain(found *archive.Verification) {
	vain := r.vain
	r.vain = nil
	for _, s := range vain {
		if found == nil || slices.ContainsFunc(found.Findings, s.concerns) {
			r.step(s)
		}
	}
}

// concerns says whether a finding is of what could not be mended.
func (s repairStep) concerns(f archive.Finding) bool {
	if s.Number > 0 && f.Number > 0 {
		return s.Group == string(f.Group) && s.Number == f.Number
	}
	return s.Group != "" && s.Group == string(f.Group) || slices.ContainsFunc(s.Files, func(file string) bool {
		return f.File == file || strings.HasPrefix(f.File, file+"/") || strings.HasPrefix(file, f.File+"/")
	})
}

// step says a step, and notes it.
func (r *repairing) step(s repairStep) {
	if slices.ContainsFunc(r.answer.Steps, func(t repairStep) bool {
		return t.What == s.What && t.Group == s.Group && t.Number == s.Number && slices.Equal(t.Files, s.Files)
	}) {
		return
	}
	r.answer.Steps = append(r.answer.Steps, s)
	if !r.dryRun {
		r.journal.Warn("repair: "+s.What, "group", s.Group, "files", s.Files, "cause", s.Cause, "number", s.Number)
	}
	if !r.a.asJSON && !r.quiet {
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
	if r.other() == nil {
		if err := r.openStream(ctx); err != nil {
			return nil, err
		}
	}
	return found, r.compare(ctx, found)
}

// hinders says whether a finding keeps the archive from being opened, or from being believed. A single event that neither copy
// has any more does not: it is refused reading, and the rest goes on.
func hinders(f archive.Finding) bool {
	return !f.OneEvent() && !slices.Contains([]string{"stray", "only-stream"}, f.Kind())
}
