package main

import (
	"strings"

	"github.com/spf13/cobra"

	"registre/replay"
)

// findingsAnswer is the answer to "findings", as far as it is printed.
type findingsAnswer struct {
	about
	Findings []finding
}

type finding struct {
	Args         map[string]string
	Code, Name   string
	Events       []uint64
	Illustrative bool
	Rule         string
	Severity     string
	Subject      string
}

// findingsVerb ends with exitFindings where there is a warning or an error. What is only worth knowing is counted, and is
// printed with --all; it does not change the exit.
func (a *app) findingsVerb() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "findings GROUP",
		Short: "What an audit of the register finds (exit 4 on a warning or an error; 0 where all is only worth knowing)",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := a.open(cmd.Context(), false)
			if err != nil {
				return err
			}
			raw, err := d.Ask(cmd.Context(), a.question("findings", args[0], nil))
			if err != nil {
				return err
			}
			return a.showFindings(raw, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what is only worth knowing")
	return cmd
}

func (a *app) showFindings(raw []byte, all bool) error {
	var f findingsAnswer
	if err := unmarshal(raw, &f); err != nil {
		return err
	}
	serious := 0
	for i := range f.Findings {
		if f.Findings[i].Severity != replay.Info {
			serious++
		}
	}
	if a.asJSON {
		a.printf("%s\n", raw)
	} else {
		a.tellFindings(&f, all, serious)
	}
	if serious > 0 {
		return &exitError{status: exitFindings}
	}
	return nil
}

func (a *app) tellFindings(f *findingsAnswer, all bool, serious int) {
	a.printf("%s, %s\n\n", f.Group, a.when(f.about))
	for i := range f.Findings {
		if all || f.Findings[i].Severity != replay.Info {
			a.prose(a.findingLine(&f.Findings[i]), 9)
		}
	}
	if serious == 0 {
		a.printf("%s\n", a.tr("Rien à signaler.", "Nothing to report."))
	}
	if rest := len(f.Findings) - serious; rest > 0 && !all {
		a.printf("\n%s\n", format(a.tr("Et %[1]s remarques pour information : --all les montre.", "And %[1]s remarks worth knowing: --all shows them."), decimal(uint64(rest)), ""))
	}
	verb := []string{"findings", f.Group}
	if all {
		verb = append(verb, "--all")
	}
	a.close(f.about, verb...)
}

func (a *app) findingLine(f *finding) string {
	line := f.Code + "  " + a.mark(f.Severity) + " " + a.findingSays(f) + " " + numbers(f.Events)
	if f.Illustrative {
		line += a.tr(" [illustratif]", " [illustrative]")
	}
	return line
}

// findingSays is the sentence of a finding.
func (a *app) findingSays(f *finding) string {
	pairs := []string{"{subject}", f.Subject}
	for k, v := range f.Args {
		switch k {
		case "stated", "computed":
			v = a.number(v)
		case "ceiling":
			v = a.ceiling(v)
		case "how", "type", "precision":
			v = a.word(v)
		case "outcome", "recounted":
			v = a.outcomeWord(v, ofItem)
		case "differs":
			v = a.differing(strings.Split(v, ", "))
		}
		pairs = append(pairs, "{"+k+"}", short8(k, v))
	}
	says := findingsSay[f.Name]
	return strings.NewReplacer(pairs...).Replace(a.tr(says[0], says[1]))
}

// short8 cuts a hash to what people compare.
func short8(key, value string) string {
	if (key == "approved" || key == "wanted") && len(value) == 64 {
		return value[:8] + "…"
	}
	return value
}

func (a *app) mark(severity string) string {
	switch severity {
	case replay.Error:
		return "✗"
	case replay.Warning:
		return "!"
	}
	return "·"
}
