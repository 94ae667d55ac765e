package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// What a hand writes into a register that has its key, or an older or another program: whatever the wire form lets pass. The rules of the domain
// refuse control characters in commands; nothing refuses them in events that are there.

const (
	hostileTag  = "<script>hostile()</script><svg onload=hostile()>"
	hostileLine = "FORGED LINE"
	hostileRest = "\x1b[31m\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\u009b31m\u0085\x00\x7f " + hostileTag +
		" \"'&amp;`|*_[x](javascript:hostile())\u202egpj.exe\u2066\u2069\u200f\u200b\u2060\u2028\U000e0041\ufeff\n" + hostileLine + "\r\n" + hostileLine + "\t"
)

// hostileStarts are what a spreadsheet can take for the beginning of a formula.
var hostileStarts = []string{`=HYPERLINK("http://evil.example","x")`, "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", " =1+1", "\u200b=1+1", "'=1+1"}

// chosen are the texts that say one of few things to the program. In one of the two groups they stay, so that all that
// follows from them is there; in the other they are hostile too.
var chosen = map[string]bool{
	"who": true, "effect": true, "how": true, "way": true, "event-corrected.kind": true, "ballot": true, "choice": true, "until": true, "counts": true, "voices": true,
	"role": true,
}

// A hostility makes the texts of bodies hostile.
type hostility struct {
	schemas map[string]map[string]any // by file
	all     bool                      // the chosen too
	met     map[string]bool           // the texts that were made hostile, by their place in the catalogue
	told    map[string]int            // how many events there were of each type
	n       int
}

// Of what a register has by the hundred, as schools, the first are hostile and then one in some: the others would be read and shown by the
// same ways again.
const firstHostile, thenOneIn = 40, 8

// spares reports whether the next event of a type stays as it was.
func (h *hostility) spares(kind string) bool {
	h.told[kind]++
	return h.told[kind] > firstHostile && h.told[kind]%thenOneIn != 0
}

func newHostility(t *testing.T, all bool) *hostility {
	h := &hostility{schemas: map[string]map[string]any{}, all: all, met: map[string]bool{}, told: map[string]int{}}
	for name, text := range eventstore.Events.Schemas() {
		var schema map[string]any
		require.NoError(t, json.Unmarshal(text, &schema))
		h.schemas[name] = schema
	}
	return h
}

// text is the next hostile text; now and then with a very long word.
func (h *hostility) text() string {
	h.n++
	text := hostileStarts[h.n%len(hostileStarts)] + hostileRest
	if h.n%17 == 0 {
		text += strings.Repeat("W", 400)
	}
	return text
}

// isText reports whether a schema is that of a text that says anything.
func isText(schema map[string]any) bool {
	what, _ := schema["description"].(string)
	return schema["type"] == "string" && strings.HasPrefix(what, "a text") && schema["pattern"] == nil
}

// change makes what is in a value hostile, as its schema shows it. place is where it stands in the catalogue.
func (h *hostility) change(place string, schema map[string]any, value any) any {
	if ref, ok := schema["$ref"].(string); ok {
		return h.referred(ref, value)
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for key, p := range properties {
			if within, has := v[key]; has {
				v[key] = h.change(place+"."+key, p.(map[string]any), within)
			} else if h.all && isText(p.(map[string]any)) { // what an event could say, this one does
				v[key] = h.change(place+"."+key, p.(map[string]any), "said")
			} else if h.all && (place == "item-added" || place == "item-divided.parts[]") && key == "options" {
				v[key] = h.change(place+"."+key, p.(map[string]any), []any{map[string]any{"option": "one", "title": "said"}, map[string]any{"option": "two", "title": "said"}})
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i := range v {
			v[i] = h.change(place+"[]", items, v[i])
		}
	case string:
		key := place[strings.LastIndexByte(place, '.')+1:]
		if isText(schema) && v != "" && (h.all || !chosen[key] && !chosen[place]) {
			h.met[place] = true
			return h.text()
		}
	}
	return value
}

// referred changes what another schema describes: a change of a group's rules, or what an event says instead.
func (h *hostility) referred(ref string, value any) any {
	v := value.(map[string]any)
	switch ref {
	case "change.json":
		return h.data(strings.Split(v["change"].(string), "/")[0], v)
	case "replacement.json":
		v["data"] = h.data(v["type"].(string), v["data"])
	}
	return v
}

func (h *hostility) data(kind string, value any) any {
	return h.change(kind, h.schemas[kind+".v1.json"], value)
}

// body is an event's body with hostile texts, at another place.
func (h *hostility) body(t *testing.T, body []byte, group string, number uint64, recorded domain.Instant) []byte {
	t.Helper()
	var event map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	require.NoError(t, d.Decode(&event))
	if !h.spares(event["type"].(string)) {
		event["data"] = h.data(event["type"].(string), event["data"])
		properties := maps.Clone(h.schemas["event.json"]["properties"].(map[string]any))
		delete(properties, "data")
		h.change("event", map[string]any{"properties": properties}, event)
	}
	event["group"], event["number"], event["recorded"] = group, number, recorded.String()
	if event["actor"] == nil {
		event["actor"] = h.text()
	}
	text, err := json.Marshal(event)
	require.NoError(t, err)
	out := jsontext.Value(text)
	require.NoError(t, out.Canonicalize())
	_, err = eventstore.Decode(out)
	require.NoError(t, err, "%s", event["type"])
	return out
}

// toldBodies are the events of the demonstration, then an example of every type that it does not have.
func toldBodies(t *testing.T) (all [][]byte) {
	t.Helper()
	story, err := story()
	require.NoError(t, err)
	memory := eventstore.NewMemory()
	require.NoError(t, tell(t.Context(), keptOpen{memory}, story))
	has := map[string]bool{"key-rotated": true} // in the house register alone
	for r, err := range memory.Read(t.Context(), demoGroup, 0) {
		require.NoError(t, err)
		e, err := eventstore.Open(r)
		require.NoError(t, err)
		has[e.Type] = true
		all = append(all, r.Body)
	}
	examples, err := filepath.Glob("../../eventstore/testdata/golden/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	slices.Sort(examples)
	for _, name := range examples {
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		if e, err := eventstore.Decode(bytes.TrimSpace(body)); err == nil && e.Type != "key-rotated" {
			has[e.Type] = true
			all = append(all, bytes.TrimSpace(body))
		}
	}
	for k := range eventstore.Events.Kinds() {
		require.True(t, has[k.Type], "neither the demonstration nor an example has the type %s", k.Type)
	}
	return all
}

// hostileHouse is a folder with two groups whose texts are all hostile.
func hostileHouse(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "house")
	store, err := house{Data: dir, Origin: demoOrigin, Create: true}.open(t.Context())
	require.NoError(t, err)
	bodies := toldBodies(t)
	met := map[string]bool{}
	for _, group := range []string{"hostile", "hostile-all"} {
		h := newHostility(t, group == "hostile-all")
		at, err := domain.ParseRFC3339("2024-01-01T00:00:00Z")
		require.NoError(t, err)
		appends := []eventstore.Append{}
		for i, body := range bodies {
			forged := h.body(t, body, group, uint64(i)+1, at+domain.Instant(time.Second.Microseconds()*int64(i)))
			appends = append(appends, eventstore.Append{Group: domain.GroupID(group), After: uint64(i), Bodies: [][]byte{forged}})
		}
		for batch := range slices.Chunk(appends, 200) {
			for _, err := range store.Write(context.Background(), batch) {
				require.NoError(t, err)
			}
			require.NoError(t, store.Sync(t.Context()))
		}
		maps.Copy(met, h.met)
	}
	require.NoError(t, store.Close())
	missing := slices.DeleteFunc(textPlaces(t), func(place string) bool { return met[place] })
	slices.Sort(missing)
	require.Empty(t, missing, "no event has a hostile text there")
	return dir
}

// textPlaces are all texts of the catalogue, but those of the house register.
func textPlaces(t *testing.T) (all []string) {
	h := newHostility(t, true)
	var walk func(place string, schema map[string]any)
	walk = func(place string, schema map[string]any) {
		if isText(schema) {
			all = append(all, place)
		}
		properties, _ := schema["properties"].(map[string]any)
		for key, p := range properties {
			walk(place+"."+key, p.(map[string]any))
		}
		if items, ok := schema["items"].(map[string]any); ok {
			walk(place+"[]", items)
		}
	}
	for k := range eventstore.Events.Kinds() {
		if k.Type != "key-rotated" {
			walk(k.Type, h.schemas[k.Type+".v1.json"])
		}
	}
	require.Greater(t, len(all), 80)
	return all
}
