package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// correcting is the verb "correct".
type correcting struct {
	a            *app
	kind, reason string
	void         bool
	data         string
}

func (a *app) correctVerb() *cobra.Command {
	k := &correcting{a: a}
	var cmd *cobra.Command
	cmd, _ = a.brings("correct GROUP N --kind clerical|substantive --reason REASON (--void | [--effective DAY] [--fields FILE|JSON])",
		"What an event says is replaced, or voided; what it said stays", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			day := b.effective
			b.effective = "" // of the correction itself: today
			return k.act(cmd.Context(), args, day)
		})
	flags := cmd.Flags()
	flags.StringVar(&k.kind, "kind", "", "clerical (a typing error) or substantive (the fact itself)")
	flags.StringVar(&k.reason, "reason", "", "why")
	flags.BoolVar(&k.void, "void", false, "the event never was")
	flags.StringVar(&k.data, "fields", "", "the fields of its data to replace, as JSON or in a file; null takes one away")
	flags.Lookup("effective").Usage = "the day from which the event counts in truth"
	return cmd
}

func (k *correcting) act(ctx context.Context, args []string, day string) (domain.Act, error) {
	n, err := readNumber("N", args[1])
	switch {
	case err != nil:
		return nil, err
	case k.kind == "":
		return nil, misuse("flag-missing", "--kind", "")
	case k.reason == "":
		return nil, misuse("flag-missing", "--reason", "")
	case k.void && (day != "" || k.data != ""):
		return nil, misuse("flags-exclusive", "--void, --effective, --fields", "")
	case !k.void && day == "" && k.data == "":
		return nil, misuse("flag-missing", "--void | --effective | --fields", "")
	}
	act := &domain.EventCorrected{Kind: k.kind, Reason: nfc(k.reason), Target: n}
	if k.void {
		return act, nil
	}
	act.Replacement, err = k.replacement(ctx, args[0], n, day)
	return act, err
}

// said is what an event says, in the form in which a correction says it anew.
type said struct {
	Data      jsontext.Value `json:"data"`
	Effective string         `json:"effective"`
	Type      string         `json:"type"`
	Version   int            `json:"version"`
}

// replacement is what the event says now, with what the flags replace.
func (k *correcting) replacement(ctx context.Context, group string, n uint64, day string) (*domain.Event, error) {
	now, err := k.a.event(ctx, Question{Kind: "event", Group: group, More: map[string]string{"number": strconv.FormatUint(n, 10)}})
	if err != nil {
		return nil, err
	}
	says := now.Says
	if day != "" {
		if _, err := readDate("--effective", day); err != nil {
			return nil, err
		}
		says.Effective = day
	}
	if k.data != "" {
		if says.Data, err = k.merged(says.Data); err != nil {
			return nil, err
		}
	}
	return decodeSaid(says)
}

// merged is the data of an event with the fields of --fields in their place.
func (k *correcting) merged(data jsontext.Value) (jsontext.Value, error) {
	text, file := []byte(k.data), ""
	if !strings.HasPrefix(strings.TrimSpace(k.data), "{") {
		file = k.data
		if _, err := os.Stat(file); err != nil {
			return nil, fileFault(file, err)
		}
		var err error
		if text, err = readSmall(file, eventstore.MaxCommand); err != nil {
			return nil, err
		}
	}
	given := jsontext.Value(bytes.TrimSpace(text))
	if !given.IsValid() || given.Kind() != '{' {
		return nil, inFile(file, misuse("data-form", "", reasonOf(given)))
	}
	fields := map[string]json.RawMessage{}
	for _, some := range []jsontext.Value{data, given} {
		if err := json.Unmarshal(some, &fields); err != nil {
			return nil, err
		}
	}
	for name, value := range fields {
		if string(value) == "null" {
			delete(fields, name)
		}
	}
	return json.Marshal(fields)
}

// decodeSaid reads what an event is to say, by the rules of every command.
func decodeSaid(s said) (*domain.Event, error) {
	line, err := json.Marshal(map[string]any{
		"command": "correct-event", "group": "x", "effective": "2000",
		"data": map[string]any{"kind": domain.Clerical, "reason": "x", "target": 1, "replacement": json.RawMessage(mustJSON(s))},
	})
	if err != nil {
		return nil, err
	}
	c, err := eventstore.DecodeCommand(line)
	if err != nil {
		f := *faultOf(wireFault(err))
		f.Field = strings.TrimPrefix(f.Field, "data.replacement.")
		return nil, &f
	}
	return c.Act.(*domain.EventCorrected).Replacement, nil
}

func mustJSON(s said) []byte {
	b, _ := json.Marshal(map[string]any{"data": json.RawMessage(s.Data), "effective": s.Effective, "type": s.Type, "version": s.Version})
	return b
}
