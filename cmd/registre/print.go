package main

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"registre/cmd/registre/harmless"
)

// printf prints a sentence of ours. A text that stands in it is harmless, and ends no line.
func (a *app) printf(sentence string, args ...any) {
	fmt.Fprintf(a.out, sentence, inLine(args)...)
}

// lines prints a text of several lines, such as a checkpoint.
func (a *app) lines(text string) { io.WriteString(a.out, text) }

// inLine makes the texts among what stands in a sentence harmless, but for the blank lines that a sentence of ours begins with.
func inLine(args []any) []any {
	args = slices.Clone(args)
	for i, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			if strings.Trim(v.String(), "\n ") != "" {
				args[i] = plain(v.String())
			}
		} else if err, is := arg.(error); is {
			args[i] = plain(err.Error())
		}
	}
	return args
}

// steer moves the cursor of a terminal.
func steer(w io.Writer, sequence string) { io.WriteString(harmless.Under(w), sequence) }

// number writes a weight as people of the language do: 4,5 in French.
func (a *app) number(weight string) string {
	if a.lang == "fr" {
		return strings.Replace(weight, ".", ",", 1)
	}
	return weight
}

// numbers lists events as #1 #7.
func numbers(events []uint64) string {
	s := make([]string, len(events))
	for i, n := range events {
		s[i] = "#" + strconv.FormatUint(n, 10)
	}
	return strings.Join(s, " ")
}

// showDoubts says which days are not known exactly.
func (a *app) showDoubts(doubts []doubt) {
	for _, d := range doubts {
		a.printf("\n%s\n", format(a.tr(
			"Attention : de l'événement %[1]s on ne connaît que la date « %[2]s » ; la réponse pourrait être autre.",
			"Mind: the day of event %[1]s is only known as %[2]s; the answer could be another."),
			"#"+strconv.FormatUint(d.Event, 10), d.Effective))
	}
}

// prose prints a sentence, broken where the terminal ends, its further lines set in.
func (a *app) prose(sentence string, in int) {
	sentence = plain(sentence)
	if width := terminalWidth(a.out); width > in+20 {
		sentence = ansi.Wrap(sentence, width-in, "")
	}
	fmt.Fprintln(a.out, strings.ReplaceAll(sentence, "\n", "\n"+strings.Repeat(" ", in)))
}

// list joins words as a sentence does: a, b and c.
func (a *app) list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + a.tr(" et ", " and ") + words[last]
}

// ranges lists events as #1 #3–#7, in their order.
func ranges(events []uint64) string {
	events = slices.Clone(events)
	slices.Sort(events)
	var s []string
	for i := 0; i < len(events); {
		j := i
		for j+1 < len(events) && events[j+1] == events[j]+1 {
			j++
		}
		switch word := "#" + decimal(events[i]); {
		case j > i+1:
			s = append(s, word+"–#"+decimal(events[j]))
		case j == i+1:
			s = append(s, word, "#"+decimal(events[j]))
		default:
			s = append(s, word)
		}
		i = j + 1
	}
	return strings.Join(s, " ")
}
