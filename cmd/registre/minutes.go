package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/projections"
)

// minutesAnswer is the answer to "minutes".
type minutesAnswer struct {
	projections.MinutesAnswer
	Changes      map[string]json.RawMessage `json:"changes,omitempty"` // those that a resolution makes, by its item
	Named        map[string]string          `json:"named,omitempty"`   // the members that these name
	Sittings     []domain.SittingID         `json:"sittings,omitempty"`
	Illustrative []remark                   `json:"illustrative,omitempty"`
	Root         string                     `json:"-"`
	Sources      []source                   `json:"sources,omitempty"`
}

type minutesTold struct {
	projections.MinutesAnswer
	Changes  map[string]json.RawMessage `json:"changes,omitempty"` // those that a resolution makes, by its item
	Named    map[string]string          `json:"named,omitempty"`   // the members that these name
	Sittings []domain.SittingID         `json:"sittings,omitempty"`
	behind
}

// minutesAsked answers with what the minutes of a sitting are made of; where there is none of that name, with those there are.
func minutesAsked(a *asked) (told minutesTold, err error) {
	told.MinutesAnswer = projections.MinutesOf(a.state, a.Question, a.more["sitting"], a.Recorded)
	if told.Minutes == nil {
		for _, s := range a.state.SittingsInShort(a.Pair()) {
			told.Sittings = append(told.Sittings, s.Convened.Sitting)
		}
		return told, nil
	}
	told.behind = a.behind(told.Minutes.Events)
	told.Changes, err = a.resolved(told.Minutes)
	told.Named = a.namedIn(told.Changes)
	return told, err
}

// namedIn are the names of the members that changes name.
func (a *asked) namedIn(changes map[string]json.RawMessage) map[string]string {
	named := map[string]string{}
	for _, m := range a.state.EveryMember() {
		for _, raw := range changes {
			if name := a.state.MemberName(m, a.Known); name != "" && bytes.Contains(raw, []byte(`"`+string(m)+`"`)) {
				named[string(m)] = name
			}
		}
	}
	return named
}

func (a *app) minutesVerb() *cobra.Command {
	var format string
	var force, seal bool
	cmd := &cobra.Command{
		Use:   "minutes GROUP SITTING [FILE]",
		Short: "The minutes of a sitting: as Markdown, HTML or PDF",
		Long: `The minutes of a sitting, made of what the register tells of it: who was there, the proxies, each item with its rule, its roll and
each vote by name, the tally, what was asked and reached, and the events that each decision follows from. They are marked as a
draft until the register holds their approval.

SITTING is the id of the sitting, or the number of the event that convened it. Without FILE they are written to the output, as
Markdown. An hour is printed where something was recorded on its own day, in Paris; otherwise there is none. The same pair of
times gives the same bytes. Each form says in itself of which question and register it is (registre reproduce FILE).`,
		Args: between(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := "-"
			if len(args) == 3 {
				file = args[2]
			}
			return a.minutes(cmd.Context(), args[0], args[1], file, format, force, seal)
		},
		ValidArgsFunction: a.completeMinutes,
	}
	cmd.Flags().StringVar(&format, "format", "", "md, html or pdf (default: by the file's ending; md for the output)")
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	cmd.Flags().BoolVar(&seal, "seal", false, "write FILE.registre.json, with the newest signed checkpoint, beside it")
	return cmd
}

// completeMinutes completes the group, then its sittings; a file is the shell's.
func (a *app) completeMinutes(cmd *cobra.Command, args []string, begun string) (fit []string, how cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return a.completeGroup(cmd, nil, begun)
	case 1:
		d, err := a.open(cmd.Context(), false)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		m, _ := answerTo[minutesAnswer](cmd.Context(), d, a.question("minutes", args[0], nil))
		for _, s := range m.Sittings {
			if strings.HasPrefix(string(s), begun) {
				fit = append(fit, string(s))
			}
		}
		return fit, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// minutesFormats are the ways in which minutes are written.
var minutesFormats = map[string]func(io.Writer, paper.Document) error{"md": paper.WriteMarkdown, "html": paper.WriteHTML, "pdf": paper.Write}

// minutesFormat is the format named, or that of a file's ending.
func minutesFormat(file, named string) (string, error) {
	if named == "" {
		named = strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
	}
	switch {
	case named == "" && file == "-" || named == "markdown":
		named = "md"
	case named == "htm":
		named = "html"
	}
	if minutesFormats[named] != nil {
		return named, nil
	}
	return "", misuse("minutes-format", "", strings.TrimSpace(file+" "+named))
}

func (a *app) minutes(ctx context.Context, group, sitting, file, format string, force, seal bool) error {
	format, err := minutesFormat(file, format)
	if err != nil {
		return err
	}
	if err := mayWrite(file, force); err != nil {
		return err
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(ctx, a.question("minutes", group, asking("sitting", sitting, "why", "yes")))
	if err != nil {
		return err
	}
	if a.asJSON && file == "-" {
		return a.rawMinutes(raw, sitting)
	}
	p, err := a.publishedMinutes(ctx, d, raw, sitting, format)
	if err != nil {
		return err
	}
	p.file, p.seal = file, seal
	return a.putPublished(p, force)
}

// rawMinutes prints the answer that minutes are made of.
func (a *app) rawMinutes(raw []byte, sitting string) error {
	var m minutesAnswer
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	if m.Minutes == nil {
		return a.noSitting(&m, sitting)
	}
	_, err := a.out.Write(append(raw, '\n'))
	return err
}

// publishedMinutes makes the minutes in a format, of the answer to the question.
func (a *app) publishedMinutes(ctx context.Context, d desk, raw []byte, sitting, format string) (*published, error) {
	var m minutesAnswer
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	if m.Minutes == nil {
		return nil, a.noSitting(&m, sitting)
	}
	i := imprint{At: m.At.String(), Form: versioned("minutes"), Format: format, Group: string(m.Group), Known: m.Known, Lang: a.lang, Options: asking("sitting", string(m.Minutes.Sitting))}
	if err := errors.Join(i.rooted(ctx, d), i.house(ctx, d)); err != nil {
		return nil, err
	}
	m.Root = i.Root
	document := a.minutesPaper(&m)
	document.Imprint = i.text()
	return &published{
		imprint: i, inside: true,
		write: func(w io.Writer) error { return minutesFormats[format](w, document) },
		says:  func() []byte { return timeless(raw) },
	}, nil
}

// noSitting says that no sitting is so named, and which there are.
func (a *app) noSitting(m *minutesAnswer, name string) error {
	if len(m.Sittings) == 0 {
		return misuse("minutes-none", name, string(m.Group))
	}
	names := make([]string, 0, len(m.Sittings))
	for _, s := range m.Sittings[max(0, len(m.Sittings)-12):] {
		names = append(names, string(s))
	}
	slices.Reverse(names) // the latest first
	return misuse("minutes-absent", name, strings.Join(names, ", "))
}
