package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"registre/replay"
)

// findingsAnswer is the answer to "findings", as far as it is printed.
type findingsAnswer struct {
	about
	Findings []finding
	Named    calledBy
}

type finding struct {
	Answered     bool
	Answers      []replay.Answer
	Args         map[string]string
	Code, Name   string
	Events       []uint64
	Illustrative bool
	Rule         string
	Severity     string
	Subject      string
}

// serious reports whether a finding is a warning or an error, and open whether it is one that nobody has answered as it now is.
func (f *finding) serious() bool { return f.Severity != replay.Info }

func (f *finding) open() bool {
	return f.serious() && (&replay.Finding{Answered: f.Answered, Code: f.Code, Severity: f.Severity}).Open()
}

// findingsVerb ends with exitFindings where there is a warning or an error that nobody has answered. What was answered is printed with
// its answers. What is only worth knowing is counted, and is printed with --all; it does not change the exit.
func (a *app) findingsVerb() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "findings GROUP",
		Short: "What an audit of the register finds (exit 4 on a warning or an error that is not answered; 0 otherwise)",
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
	open := 0
	for i := range f.Findings {
		if f.Findings[i].open() {
			open++
		}
	}
	if a.asJSON {
		a.printf("%s\n", raw)
	} else {
		a.tellFindings(&f, all, open)
	}
	if open > 0 {
		return &exitError{status: exitFindings}
	}
	return nil
}

func (a *app) tellFindings(f *findingsAnswer, all bool, open int) {
	a.cast = f.Named.cast()
	a.printf("%s, %s\n\n", f.Group, a.when(f.about))
	serious := 0
	for i := range f.Findings {
		one := &f.Findings[i]
		if one.serious() {
			serious++
		}
		if all || one.serious() {
			a.prose(a.findingLine(one), 9)
			for j := range one.Answers {
				a.prose(a.answerLine(&one.Answers[j]), 9)
			}
		}
	}
	switch {
	case serious == 0:
		a.printf("%s\n", a.tr("Rien à signaler.", "Nothing to report."))
	case serious > open:
		a.printf("\n%s\n", format(a.tr("Constats sans réponse : %[1]s ; avec réponse : %[2]s.", "Findings without an answer: %[1]s; with one: %[2]s."), decimal(uint64(open)), decimal(uint64(serious-open))))
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

// answerLine says who explained a finding, when, how, and with which documents.
func (a *app) answerLine(n *replay.Answer) string {
	who := n.Actor
	if n.OnBehalfOf != "" {
		who += a.tr(" pour ", " for ") + a.quoted(a.member(string(n.OnBehalfOf)))
	}
	says := fmt.Sprintf(a.tr("         réponse #%d, %s, %s : « %s »", "         answer #%d, %s, %s: “%s”"), n.Event, a.on(n.Effective.String()), who, n.Text)
	var documents []string
	for _, d := range n.Documents {
		documents = append(documents, strings.TrimSpace(d.Kind+" "+d.Reference+" "+fingerprint(d.SHA256)))
	}
	if len(documents) == 0 {
		documents = []string{a.tr("sans pièce", "without document")}
	}
	says += " (" + strings.Join(documents, " ; ") + ")"
	return says + a.earlierForm(n)
}

// earlierForm says of an answer that it was given when the finding rested on other events, if it was.
func (a *app) earlierForm(n *replay.Answer) string {
	if len(n.Earlier) == 0 {
		return ""
	}
	return a.tr(" [d'une forme antérieure : ", " [of an earlier form: ") + numbers(n.Earlier) + "]"
}

func (a *app) findingLine(f *finding) string {
	line := f.Code + "  " + a.markOf(f) + " " + a.findingSays(f) + " " + numbers(f.Events)
	if f.Illustrative {
		line += a.tr(" [illustratif]", " [illustrative]")
	}
	return line
}

// findingSays is the sentence of a finding: of members and bodies by their names, as far as a.cast has them.
func (a *app) findingSays(f *finding) string {
	says := findingsSay[f.Name]
	return filledIn(a.tr(says[0], says[1]), func(k string) (string, bool) {
		if k == "subject" {
			return a.subjectOf(f), true
		}
		v, ok := f.Args[k]
		switch k {
		case "body", "members", "of", "weights":
			v = a.named(f, k, v)
		case "text":
			v = a.text(v)
		case "stated", "computed":
			v = a.number(v)
		case "ceiling":
			v = a.ceiling(v)
		case "recorded":
			v = parisClock(v)
		case "rule":
			v = a.ruleNamed(v, a.named(f, "of", f.Args["of"]))
		case "how", "type", "precision":
			v = a.word(v)
		case "outcome", "recounted":
			v = a.outcomeWord(v, ofItem)
		case "differs":
			v = a.differing(strings.Split(v, ", "))
		}
		return short8(k, v), ok
	})
}

// filledIn puts values in the place of the {names} in a sentence. A name that has none stays; what a value holds is not looked at again.
func filledIn(sentence string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(sentence, "{")
		name, after, closed := strings.Cut(rest, "}")
		b.WriteString(before)
		if !open || !closed {
			b.WriteString(sentence[len(before):])
			return b.String()
		}
		if v, ok := value(name); ok {
			b.WriteString(v)
		} else {
			b.WriteString("{" + name + "}")
		}
		sentence = after
	}
}

// short8 cuts a hash to what people compare.
func short8(key, value string) string {
	if (key == "approved" || key == "wanted") && len(value) == 64 {
		return value[:8] + "…"
	}
	return value
}

// markOf is the mark of a finding: a tick where it is answered.
func (a *app) markOf(f *finding) string {
	if f.Answered {
		return "✓"
	}
	return a.mark(f.Severity)
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
