package main

import (
	"encoding"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections/canonical"
)

// writtenTwice is an answer with its meta as it is written and then put into canonical order.
func writtenTwice(t *testing.T, answer any, said []byte) string {
	t.Helper()
	raw, err := jsonv2.Marshal(answer, jsonv2.Deterministic(true))
	require.NoError(t, err)
	raw = append(raw[:len(raw)-1], `,"meta":`...)
	whole := jsontext.Value(append(append(raw, said...), '}'))
	require.NoError(t, whole.Canonicalize(), "%s", whole)
	return string(whole)
}

// TestAnswersAreCanonical: what every question is answered, at several pairs, is written in one pass as it would be in two.
func TestAnswersAreCanonical(t *testing.T) {
	all, err := story()
	require.NoError(t, err)
	l := storyDesk(t, all).(*local)
	decided, err := answerTo[decisionsAnswer](t.Context(), l, Question{Kind: "decisions", Group: demoGroup, At: "2030-01-01"})
	require.NoError(t, err)
	require.NotEmpty(t, decided.Decisions)
	number := decimal(decided.Decisions[0].Number)
	asked := map[string]bool{}
	for _, pair := range [][2]string{{"2018-06-01", "#30"}, {"2023-06-01", "#47"}, {"2030-01-01", ""}} {
		for name, k := range kinds {
			for _, why := range []string{"", "yes"} {
				more := asking("body", "ag", "why", why, "from", "2018-01-01", "to", "2019-01-01", "number", number, "figure", "total", "member", "region-grand-est", "order", "1", "sitting", "cogouv-2024", "decision", number)
				q := Question{Kind: name, Group: demoGroup, At: pair[0], Known: pair[1], More: takenBy(k, more)}
				if k.ofHouse {
					q.Group, q.Known = string(domain.House), ""
				}
				r, err := l.resolve(t.Context(), q)
				if err != nil {
					continue
				}
				said, err := r.meta.canonical()
				require.NoError(t, err)
				var want string
				_ = l.look(&r.asked, r.kind, func() error {
					if answer, err := r.kind.answer(&r.asked); err == nil && r.lost == nil {
						want = writtenTwice(t, answer, said)
					}
					return nil
				})
				if want == "" {
					continue // there is no such thing, which is no answer
				}
				got, err := l.Ask(t.Context(), q)
				require.NoError(t, err, name)
				require.Equal(t, want, string(got), name)
				asked[name] = true
			}
		}
	}
	require.Subset(t, slices.Sorted(maps.Keys(asked)), []string{"avenants", "decision", "enrolment", "findings", "members", "sitting", "timeline", "voices", "weights"})
	require.Greater(t, len(asked), len(kinds)*2/3, "%v of %v", slices.Sorted(maps.Keys(asked)), slices.Sorted(maps.Keys(kinds)))
}

// TestDrawnAnswersAreCanonical: so is whatever an answer could say, drawn by chance from numbers that are always the same.
func TestDrawnAnswersAreCanonical(t *testing.T) {
	drawn := rand.New(rand.NewPCG(8, 1))
	seen := 0
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		of := kinds[name].answers
		if of == nil {
			continue
		}
		for range 40 {
			answer := reflect.New(of).Elem()
			draw(t, drawn, answer, 0)
			got, err := canonical.MarshalWith(answer.Interface(), "meta", []byte(`{"form":"x"}`))
			require.NoError(t, err, name)
			require.Equal(t, writtenTwice(t, answer.Interface(), []byte(`{"form":"x"}`)), string(got), name)
			seen++
		}
	}
	require.Greater(t, seen, 1000)
}

var drawnTexts = []string{
	"2024-06-01", "4.5", "1/3", "2024", "100.00", "0670001A", "13000548100010", "2024-06-01T12:00:00.000000001Z", "0000000000000000000000000000000000000000000000000000000000000001", "1", "half", "50.00/1000.00", "",
}

// draw fills a value by chance. What has a text of its own is read from one of some texts.
func draw(t *testing.T, by *rand.Rand, v reflect.Value, deep int) {
	if v.Type() == reflect.TypeFor[jsontext.Value]() || v.Type() == reflect.TypeFor[json.RawMessage]() {
		v.SetBytes([]byte(`{"b":1.0,"a":[ ]}`))
		return
	}
	if !v.CanSet() || by.IntN(4) == 0 {
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		for _, i := range by.Perm(len(drawnTexts)) {
			if text.UnmarshalText([]byte(drawnTexts[i])) == nil {
				return
			}
		}
		v.SetZero()
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"ag", "", "Grand Est", "L'« école » d'à côté", "a\n\"b\"\\", "\u2028\U0001F600\x01"}[by.IntN(6)])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(by.Int64N(1 << 30))
	case reflect.Uint8:
		v.SetUint(by.Uint64N(200))
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		v.SetUint(by.Uint64N(1 << 30))
	case reflect.Float64:
		v.SetFloat(by.Float64())
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, by, v.Field(i), deep+1)
		}
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Array:
		drawMany(t, by, v, deep)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf([]any{"x", 3, 1.5, map[string]any{"b": nil, "a": "é"}}[by.IntN(4)]))
		}
	default:
		t.Fatal("nothing is drawn for", v.Type())
	}
}

func drawMany(t *testing.T, by *rand.Rand, v reflect.Value, deep int) {
	if deep > 12 {
		return // of what holds itself
	}
	n := by.IntN(4)
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		draw(t, by, v.Elem(), deep+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			draw(t, by, v.Index(i), deep+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range n {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			draw(t, by, key, deep+1)
			draw(t, by, value, deep+1)
			v.SetMapIndex(key, value)
		}
	}
}
