package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/eventstore"
)

// A figure is one thing measured, beside the limit measured in the same run.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Beside string  `json:"beside,omitempty"` // what the limit is
	Limit  float64 `json:"limit,omitempty"`
	Ratio  float64 `json:"ratio,omitempty"` // value to limit
	Target float64 `json:"target,omitempty"`
	Enough float64 `json:"enough,omitempty"`  // a value that is enough, whatever the ratio
	AtMost bool    `json:"at_most,omitempty"` // the ratio, or where there is none the value, is to be at most the target
}

// reached reports whether the target is reached; true where there is none.
func (f *figure) reached() bool {
	got := f.Ratio
	if f.Beside == "" {
		got = f.Value
	}
	return f.Target == 0 || f.AtMost && got <= f.Target || !f.AtMost && got >= f.Target || f.Enough > 0 && f.Value >= f.Enough
}

// wanted says what the target is, where there is one.
func (f *figure) wanted(or string) string {
	says := map[bool]string{true: "≤ ", false: "≥ "}[f.AtMost] + amount(f.Target)
	if f.Enough > 0 {
		says += " " + or + " ≥ " + amount(f.Enough) + " " + f.Unit
	}
	return says
}

func beside(f figure, limit float64, what string) figure {
	f.Beside, f.Limit, f.Ratio = what, limit, f.Value/limit
	return f
}

// bench is one run of all measurements.
type bench struct {
	app     *app
	dir     string
	seconds float64
	events  int
	lines   int
	seed    uint64
	only    []string
	figures []figure
}

func (a *app) benchVerb() *cobra.Command {
	b := &bench{app: a}
	var child, profile string
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure commits, replay, questions, opening and size, each beside its limit in the same run",
		Long: `Measure commits, replay, questions, opening and size, each beside its limit in the same run. Everything is written beside
the data, and removed again.

The part size writes a region and a nation, folds and asks them, and then one group of 10,000 lines, of ten times as many, and
so on up to --lines. With 10 million lines it takes some minutes on two cores, 2.5 GB of memory and 3 GB of disk; with
--lines 100000 seconds.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if child != "" {
				return b.profiled(profile, func() error { return b.child(cmd.Context(), child) })
			}
			if b.seconds <= 0 || b.events < 1000 || b.lines < 10_000 {
				return misuse("bench-few", "", "--seconds > 0, --events >= 1000, --lines >= 10000")
			}
			return b.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.Float64Var(&b.seconds, "seconds", 3, "how long each rate of commits is measured, in three rounds")
	flags.IntVar(&b.events, "events", 200_000, "the events of the folder that is read and opened")
	flags.IntVar(&b.lines, "lines", nationLines, "the lines of order forms of the nation, and of one group at most")
	flags.StringSliceVar(&b.only, "only", nil, "these parts alone: commit, proof, replay, replay-audit, start, weights, import, ballots, power, evidence, explain, http, size")
	flags.Uint64Var(&b.seed, "seed", 1, "of the histories")
	flags.StringVar(&child, "child", "", "")
	flags.StringVar(&profile, "profile", "", "")
	_ = flags.MarkHidden("child")
	_ = flags.MarkHidden("profile")
	return cmd
}

// profiled does something, and writes a profile of its processor time where one is wanted.
func (b *bench) profiled(file string, do func() error) error {
	if file == "" {
		return do()
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return do()
}

// parts are what is measured, in that order.
func (b *bench) parts() []benchPart {
	return []benchPart{
		{"commit", b.commits},
		{"proof", b.proofs},
		{"replay", b.reading},
		{"replay-audit", b.auditing},
		{"start", b.starting},
		{"weights", b.questions},
		{"import", b.imports},
		{"ballots", b.ballots},
		{"power", b.power},
		{"evidence", b.evidences},
		{"explain", b.explainings},
		{"http", b.http},
		{"size", b.sizes},
	}
}

type benchPart struct {
	says    string
	measure func(context.Context) error
}

// chosen are the parts that are wanted.
func (b *bench) chosen() (parts []benchPart, err error) {
	var names []string
	for _, part := range b.parts() {
		names = append(names, part.says)
		if len(b.only) == 0 || slices.Contains(b.only, part.says) {
			parts = append(parts, part)
		}
	}
	for _, name := range b.only {
		if !slices.Contains(names, name) {
			return nil, misuse("bench-part", name, strings.Join(names, ", "))
		}
	}
	return parts, nil
}

// run measures in a folder of its own, beside the data: on the disk that counts.
func (b *bench) run(ctx context.Context) (err error) {
	parts, err := b.chosen()
	if err != nil {
		return err
	}
	at := filepath.Dir(filepath.Clean(b.app.data))
	if b.dir, err = os.MkdirTemp(at, "registre-bench-"); err != nil {
		return failure("read-only", at, err)
	}
	defer os.RemoveAll(b.dir)
	for _, part := range parts {
		fmt.Fprintf(b.app.errs, "… %s\n", part.says)
		if err := part.measure(ctx); err != nil {
			return err
		}
	}
	if b.app.asJSON {
		return json.NewEncoder(b.app.out).Encode(map[string]any{"figures": b.figures, "events": b.events, "lines": b.lines, "seconds": b.seconds, "seed": b.seed})
	}
	b.print()
	return nil
}

func (b *bench) add(f figure) { b.figures = append(b.figures, f) }

func (b *bench) print() {
	a := b.app
	t := table{heads: []string{a.tr("mesure", "figure"), a.tr("valeur", "value"), "", a.tr("limite, dans la même course", "limit, in the same run"), "", a.tr("rapport", "ratio"), a.tr("but", "target"), ""}, right: map[int]bool{1: true, 4: true, 5: true, 6: true}}
	for i := range b.figures {
		f := &b.figures[i]
		row := []string{f.Name, amount(f.Value), f.Unit, f.Beside, "", "", "", ""}
		if f.Beside != "" {
			row[4], row[5] = amount(f.Limit), fmt.Sprintf("%.2f", f.Ratio)
		}
		if f.Target != 0 {
			row[6] = f.wanted(a.tr("ou", "or"))
			row[7] = map[bool]string{true: "✓", false: "✗"}[f.reached()]
		}
		t.add(row...)
	}
	t.print(a.out)
}

// amount writes a figure with as many digits as count.
func amount(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// openLedger opens a ledger on a folder.
func openLedger(ctx context.Context, dir string, resident int) (*eventstore.Ledger, error) {
	store, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return nil, err
	}
	return eventstore.NewLedger(store, eventstore.LedgerOptions{Now: time.Now, Resident: resident}), nil
}
