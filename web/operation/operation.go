// Package operation says what can be asked of registre and brought to it, in one form for all doors: the command line, the
// socket in the data folder, HTTP and NATS. The table itself stands where the answers are made.
package operation

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Question is something that can be asked about a register at a pair of times.
type Question struct {
	Name     string
	Path     string // behind the group, with the parameters that name a thing: decisions/{number}
	Says     string // what is asked, in English
	Takes    []Parameter
	Answers  reflect.Type
	Slow     bool   // it reads the whole register
	SlowWith string // a parameter with which it reads the whole register
	House    bool   // it is about the house: it has neither group nor times
}

// A Parameter is what a question can be told, beside its group and both times.
type Parameter struct {
	Name     string
	Form     Form
	Says     string
	Required bool
	OneOf    []string
}

// A Form is how a parameter is written.
type Form int

// The forms.
const (
	Word   Form = iota // as it stands
	ID                 // of a group, member, body …: [a-z0-9-]{1,64}
	Number             // of an event in the register, from 1 on
	Count              // from 0 on
	Day                // 2021-06-01
	Known              // what may be known: #N, a day, an instant
	Flag               // true or false
	List               // words between commas
	Lines              // several, each a parameter of this name; in a question one below the other
)

// Must is a parameter that cannot be left out.
func Must(p Parameter) Parameter {
	p.Required = true
	return p
}

// A ParameterError says what is wrong with what a question is told.
type ParameterError struct {
	Problem Problem
	Name    string // of the parameter
	Value   string
}

// A Problem is what can be wrong with a parameter.
type Problem string

// The problems.
const (
	Unknown    Problem = "parameter-unknown"    // the question takes no such parameter
	Missing    Problem = "parameter-missing"    // it cannot be left out
	Unreadable Problem = "parameter-unreadable" // it is not of its form
)

func (e *ParameterError) Error() string {
	return string(e.Problem) + " " + e.Name + ": " + strconv.Quote(e.Value)
}

// Told checks what a question is told against what it takes, and gives it in one spelling: what is left out has no key.
func Told(takes []Parameter, told map[string]string) (map[string]string, error) {
	clean := make(map[string]string, len(told))
	for _, name := range slices.Sorted(maps.Keys(told)) {
		i := slices.IndexFunc(takes, func(p Parameter) bool { return p.Name == name })
		if i < 0 {
			return nil, &ParameterError{Unknown, name, told[name]}
		}
		value, ok := takes[i].read(told[name])
		if !ok {
			return nil, &ParameterError{Unreadable, name, told[name]}
		}
		if value != "" {
			clean[name] = value
		}
	}
	for i := range takes {
		if takes[i].Required && clean[takes[i].Name] == "" {
			return nil, &ParameterError{Problem: Missing, Name: takes[i].Name}
		}
	}
	return clean, nil
}

// maxValue is how long a value can be, in bytes.
const maxValue = 64 << 10

// read gives a value in its one spelling; none is "", as false is. What days, thresholds and the like may be, the question knows,
// and has better words for.
func (p *Parameter) read(value string) (string, bool) {
	if len(value) > maxValue || strings.ContainsRune(value, 0) || !utf8.ValidString(value) {
		return "", false
	}
	switch p.Form {
	case Flag:
		switch value {
		case "", "no", "false":
			return "", true
		case "yes", "true":
			return "yes", true
		}
		return "", false
	case Number, Count:
		n, err := strconv.ParseUint(value, 10, 53)
		return value, value == "" || err == nil && strconv.FormatUint(n, 10) == value
	}
	return value, true
}
