package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"registre/cmd/registre/typed"
	"registre/domain"
)

// What is typed on the command line may be written as French offices write it. It is put into the one spelling of the domain before
// anything else reads it, so that what is asked, recorded and said again has that spelling alone.

// asTyped is a flag whose value may be typed otherwise than in its one spelling. What cannot be read stays as it is: whoever reads
// the flag refuses it, and says why.
type asTyped struct {
	flag string
	into *string
	read func(flag, text string) (string, error)
}

func (t *asTyped) String() string {
	if t.into == nil {
		return ""
	}
	return *t.into
}

// Type is what help calls the value.
func (t *asTyped) Type() string { return "string" }

// Set reads what is typed.
func (t *asTyped) Set(text string) error {
	read, err := t.read("--"+t.flag, text)
	if err != nil {
		return err
	}
	*t.into = read
	return nil
}

func typedVar(flags *pflag.FlagSet, into *string, name, usage string, read func(flag, text string) (string, error)) {
	flags.Var(&asTyped{name, into, read}, name, usage)
}

func dayVar(flags *pflag.FlagSet, into *string, name, usage string) {
	typedVar(flags, into, name, usage, typedDay)
}

// inTwoWays is the refusal of what is typed, where it can be read in two ways or with a guess; nil where it cannot be read at all.
func inTwoWays(field, text string, err error) error {
	var w *typed.Wrong
	if !errors.As(err, &w) {
		return nil
	}
	switch w.Code {
	case typed.TwoReadings:
		first, second, _ := strings.Cut(w.Hint, "\t")
		f := misuse("two-readings", text, first+", "+second)
		f.Field = field
		return f
	case typed.TwoDigitYear:
		f := misuse("short-year", text, cmp.Or(w.Hint, "2026-11-20"))
		f.Field = field
		return f
	}
	return nil
}

// unlessTwo is what a refusal says, save that what can be read in two ways is told as such.
func unlessTwo(err, otherwise error) error {
	if f := (*Fault)(nil); errors.As(err, &f) && f.Name == "two-readings" {
		return err
	}
	return otherwise
}

// typedDay is a day in its one spelling.
func typedDay(field, text string) (string, error) {
	if _, err := domain.ParseDay(text); err == nil || text == "" {
		return text, nil
	}
	day, err := typed.Day(text)
	if err != nil {
		return text, inTwoWays(field, text, err)
	}
	return day, nil
}

// typedDate is a day, a month or a year in its one spelling.
func typedDate(field, text string) (string, error) {
	if _, err := domain.ParseDate(text); err == nil {
		return text, nil
	}
	if month, year, ok := strings.Cut(text, "/"); ok && len(month) == 2 {
		if _, err := domain.ParseDate(year + "-" + month); err == nil && len(year) == 4 {
			return year + "-" + month, nil
		}
	}
	return typedDay(field, text)
}

// typedInstant is an instant, a day, or the number of an event.
func typedInstant(field, text string) (string, error) {
	if _, err := instant(text); err == nil || text == "" || text[0] == '#' {
		return text, nil
	}
	at, err := typed.Instant(text, inParis())
	if err == nil {
		return at, nil
	}
	if err := inTwoWays(field, text, err); err != nil {
		return "", err
	}
	return typedDay(field, text)
}

// typedSeries is the first and the last day of a time: FROM..TO.
func typedSeries(field, text string) (string, error) {
	first, last, ok := strings.Cut(text, "..")
	if !ok {
		return text, nil
	}
	from, err := typedDay(field, first)
	to, errTo := typedDay(field, last)
	return from + ".." + to, firstOf(err, errTo)
}

// typedHour is a time of day.
func typedHour(field, text string) (string, error) {
	hour, err := typed.Hour(text)
	if err != nil && text != "" {
		return "", cmp.Or(inTwoWays(field, text, err), inFlag("hour-form", field, text))
	}
	return hour, nil
}

// typedMoney is an amount, which says its currency.
func typedMoney(field, text string) (string, error) {
	if _, err := domain.ParseMoney(text); err == nil || text == "" {
		return text, nil
	}
	money, err := typed.Money(text)
	if err != nil {
		return text, inTwoWays(field, text, err)
	}
	return money, nil
}

// typedCeiling is an amount, or a number of pupils.
func typedCeiling(field, text string) (string, error) {
	if count, ok := strings.CutSuffix(text, " élèves"); ok {
		return typed.Compact(count) + " pupils", nil
	}
	return typedMoney(field, text)
}

// typedWeight reads a weight that is typed, with a comma or a point.
func typedWeight(field, text string) (domain.Weight, error) {
	number, err := typed.Number(text)
	if err != nil {
		if err := inTwoWays(field, text, err); err != nil {
			return domain.Weight{}, err
		}
		number = text
	}
	return readWeight(field, number)
}

// typedWeights puts the weights of a list into their one spelling: a=4,5,b=2 is a=4.5,b=2.
func typedWeights(field, list string) (string, error) {
	all := typed.Apart(list)
	for i, s := range all {
		name, text, ok := strings.Cut(s, "=")
		if !ok || !strings.Contains(text, ",") {
			continue
		}
		w, err := typedWeight(field, text)
		if err != nil {
			return "", err
		}
		all[i] = name + "=" + w.String()
	}
	return strings.Join(all, ","), nil
}

// senseWords are the French words for the senses of a vote.
var senseWords = map[string]string{"pour": domain.SenseFor, "contre": domain.SenseAgainst, "abstention": domain.SenseAbstain}

// sayTyped is a sense as it is typed in the user's language.
func (a *app) sayTyped(sense string) string {
	for french, of := range senseWords {
		if a.lang == "fr" && of == sense {
			return french
		}
	}
	return sense
}

// typedSense is the sense that a word means, among the options of an item. An option may be called as a sense is: then for and against
// mean nothing there, and the word is the option; but one can abstain there too.
func typedSense(field, word string, options func() ([]string, error)) (string, error) {
	sense, french := senseWords[word]
	if !french {
		return word, nil
	}
	called, err := options()
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(called, word):
		return sense, nil
	case sense == domain.SenseAbstain:
		return "", inTwoWays(field, word, &typed.Wrong{Code: typed.TwoReadings, Hint: domain.SenseAbstain + "\tOPTION " + word})
	}
	return word, nil
}

// optionsOf are the options of an item, by their ids.
func (b *bringing) optionsOf(sitting domain.SittingID, item domain.ItemID) func() ([]string, error) {
	return sync.OnceValues(func() (all []string, err error) {
		s, err := b.now(b.named, string(sitting))
		if err != nil {
			return nil, err
		}
		for i := range s.Agenda {
			if s.Agenda[i].Item == string(item) {
				for _, o := range s.Agenda[i].Options {
					all = append(all, o.Option)
				}
			}
		}
		return all, nil
	})
}

// inSenses puts senses that are typed in French into those of the register.
func (b *bringing) inSenses(act *domain.VotesCast) error {
	options := b.optionsOf(act.Sitting, act.Item)
	for i := range act.Votes {
		v := &act.Votes[i]
		var err error
		if v.Sense, err = typedSense("SENSE=MEMBER", v.Sense, options); err != nil {
			return err
		}
		for j := range v.Parts {
			if v.Parts[j].Sense, err = typedSense("--split", v.Parts[j].Sense, options); err != nil {
				return err
			}
		}
	}
	return nil
}

// typedFor are the flags and arguments that fields of a command are typed for, where they are called otherwise.
var typedFor = map[string]string{
	"agenda": "--item", "evidence": "--evidence", "headcount": "--line", "lines": "--line", "on_behalf_of": "--on-behalf-of", "parts": "--part", "present": "MEMBER", "members": "MEMBER", "attendees": "MEMBER",
	"sha256": "--text", "votes": "SENSE=MEMBER", "counts": "--count", "weights": "MEMBER=WEIGHT", "observers": "--observer", "items": "--item", "policies": "--policy", "orderers": "--orderer",
}

// spelledAsTyped names, in what is wrong with the form of a command, the flag or the argument where its field was typed.
func spelledAsTyped(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	f := faultOf(err)
	if f.Name != "malformed" && f.Name != "unreadable" && !strings.HasPrefix(f.Name, "unreadable-") || f.Field == "" || f.File != "" {
		return err
	}
	field := strings.TrimPrefix(f.Field, "data.")
	if i := strings.IndexAny(field, ".["); i >= 0 {
		field = field[:i]
	}
	dashed := strings.ReplaceAll(field, "_", "-")
	typed := *f
	switch used := strings.Fields(cmd.Use); {
	case cmd.Flags().Lookup(dashed) != nil:
		typed.Field = "--" + dashed
	case slices.Contains(used, strings.ToUpper(dashed)):
		typed.Field = strings.ToUpper(dashed)
	case typedFor[field] != "":
		typed.Field = typedFor[field]
	}
	return &typed
}
