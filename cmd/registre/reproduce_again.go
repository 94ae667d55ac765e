package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// compare asks the file's question again at its own pair, and holds what comes of it against the file.
func (r *reproducing) compare(ctx context.Context) error {
	var err error
	if r.answer != nil {
		err = r.compareAnswer(ctx)
	} else {
		err = r.compareFile(ctx)
	}
	if err != nil || r.told.Verdict != givesSame {
		return err
	}
	switch { // what stands beside an answer or a file, and is no part of it
	case r.told.Root != "" && r.told.Root != r.told.RootNow:
		r.differ(&differences{Count: 1, First: []placed{{Path: map[bool]string{true: "meta.root", false: "root"}[r.answer != nil], Says: r.told.Root, Gives: r.told.RootNow}}})
	case r.told.Checkpoint == checkpointUnsigned:
		r.told.Verdict = givesForeign
	}
	return nil
}

// asIn is the program as it was when the file was written: its pair and its language.
func (a *app) asIn(at, known, lang string) *app {
	b := *a
	b.at, b.known, b.asJSON = at, known, false
	if lang != "" {
		b.lang = lang
	}
	return &b
}

// again makes a file as its imprint says, on a day and as known.
func (r *reproducing) again(ctx context.Context, at, known string) (*published, error) {
	i := &r.imprint
	b := r.a.asIn(at, known, i.Lang)
	name, _, _ := formOf(i.Form)
	switch kind, export := strings.CutPrefix(name, "export-"); {
	case export:
		return r.exported(ctx, b, kind)
	case name == "order":
		return b.publishedOrder(ctx, r.d, i.Group, i.Options["order"], "", i.Format)
	case name == "replay":
		return r.publishedReport(ctx, b)
	}
	if minutesFormats[i.Format] == nil {
		return nil, misuse("minutes-format", "", i.Format)
	}
	raw, err := r.d.Ask(ctx, b.question("minutes", i.Group, asking("sitting", i.Options["sitting"], "why", "yes")))
	if err != nil {
		return nil, err
	}
	return b.publishedMinutes(ctx, r.d, raw, i.Options["sitting"], i.Format)
}

func (r *reproducing) exported(ctx context.Context, b *app, name string) (*published, error) {
	i := &r.imprint
	e := &exporting{a: b, kind: name, group: i.Group, file: "-." + i.Format}
	e.take(i.Options)
	kind, err := e.chosen()
	if err != nil {
		return nil, err
	}
	all, err := e.published(ctx, r.d, kind)
	if err != nil {
		return nil, err
	}
	if i.Options["part"] == partVoices {
		return all[len(all)-1], nil
	}
	return all[0], nil
}

func (r *reproducing) compareFile(ctx context.Context) error {
	p, err := r.again(ctx, r.imprint.At, "#"+decimal(r.imprint.Known))
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp("", "registre-reproduce-*")
	if err != nil {
		return failure("file-unwritable", "", err)
	}
	defer os.Remove(temp.Name())
	err = p.write(temp)
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	same, err := sameBytes(r.file, temp.Name())
	if err != nil || same {
		r.told.Verdict = givesSame
		return err
	}
	said, err := rowsOf(r.file, r.imprint.Format)
	if err != nil {
		return err
	}
	gives, err := rowsOf(temp.Name(), r.imprint.Format)
	if err != nil {
		return err
	}
	r.differ(differ(said, gives))
	return nil
}

func (r *reproducing) differ(found *differences) {
	r.told.Verdict, r.told.Differences = givesOther, found
	if found.Count == 0 {
		r.told.Verdict, r.told.Differences = givesPacked, nil
	}
}

// sameBytes compares two files.
func sameBytes(one, other string) (bool, error) {
	a, err := os.Open(one)
	if err != nil {
		return false, fileFault(one, err)
	}
	defer a.Close()
	b, err := os.Open(other)
	if err != nil {
		return false, fileFault(other, err)
	}
	defer b.Close()
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(a, x)
		m, errB := io.ReadFull(b, y)
		switch {
		case !bytes.Equal(x[:n], y[:m]):
			return false, nil
		case errA != nil || errB != nil:
			return true, nil
		}
	}
}

// compareAnswer does it for an answer in JSON. What stands beside the answer is taken from the file.
func (r *reproducing) compareAnswer(ctx context.Context) error {
	raw, err := r.d.Ask(ctx, r.asked)
	if err != nil {
		return err
	}
	var said, gives map[string]jsontext.Value
	if err := jsonv2.Unmarshal(r.answer, &said); err != nil {
		return misuse("imprint-unreadable", r.file, err.Error())
	}
	if err := jsonv2.Unmarshal(raw, &gives); err != nil {
		return err
	}
	gives["meta"] = said["meta"]
	again, err := jsonv2.Marshal(gives, jsonv2.Deterministic(true))
	if err != nil {
		return err
	}
	v := jsontext.Value(again)
	if err := v.Canonicalize(); err != nil {
		return err
	}
	if bytes.Equal(r.answer, append(v, '\n')) {
		r.told.Verdict = givesSame
		return nil
	}
	delete(said, "meta")
	delete(gives, "meta")
	found := &differences{}
	found.objects("", said, gives)
	r.differ(found)
	return nil
}

// objects compares two objects of JSON, and what is in them.
func (d *differences) objects(path string, said, gives map[string]jsontext.Value) {
	names := maps.Clone(said)
	maps.Copy(names, gives)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		d.values(strings.TrimPrefix(path+"."+name, "."), said[name], gives[name])
	}
}

func (d *differences) values(path string, said, gives jsontext.Value) {
	_ = said.Canonicalize()
	_ = gives.Canonicalize()
	switch {
	case bytes.Equal(said, gives):
	case said.Kind() == '{' && gives.Kind() == '{':
		var a, b map[string]jsontext.Value
		if jsonv2.Unmarshal(said, &a) == nil && jsonv2.Unmarshal(gives, &b) == nil {
			d.objects(path, a, b)
		}
	case said.Kind() == '[' && gives.Kind() == '[':
		var a, b []jsontext.Value
		if jsonv2.Unmarshal(said, &a) != nil || jsonv2.Unmarshal(gives, &b) != nil {
			return
		}
		for i := range max(len(a), len(b)) {
			d.values(fmt.Sprintf("%s[%d]", path, i+1), itemOf(a, i), itemOf(b, i))
		}
	default:
		d.add(placed{Path: path, Says: textOf(said), Gives: textOf(gives)})
	}
}

func itemOf(all []jsontext.Value, i int) jsontext.Value {
	if i < len(all) {
		return all[i]
	}
	return nil
}

// textOf is a value as people read it: a text without its quotation marks.
func textOf(v jsontext.Value) string {
	var s string
	if v.Kind() == '"' && json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}
