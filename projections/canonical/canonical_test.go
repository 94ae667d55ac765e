package canonical_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/projections/canonical"
)

// twice is what the other package makes of a value, put into its canonical form: what Marshal promises to give.
func twice(v any) ([]byte, error) {
	text, err := jsonv2.Marshal(v, jsonv2.Deterministic(true))
	if err != nil {
		return nil, err
	}
	canonical := jsontext.Value(text)
	return canonical, canonical.Canonicalize()
}

func requireSame(t require.TestingT, v any) {
	want, wrong := twice(v)
	got, err := canonical.Marshal(v)
	if wrong != nil {
		require.EqualError(t, err, wrong.Error())
		return
	}
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%T", v)
}

type (
	text     string // with a text of its own
	byHand   struct{ N int }
	appended struct{ S string }
	inner    struct {
		Zulu  string `json:"zulu"`
		Alpha *inner `json:"alpha,omitzero"`
	}
	hidden struct {
		Name  string
		Other int `json:"other,omitempty"`
	}
	Shown struct {
		Name string
		Deep inner `json:"deep,omitempty"`
	}
	outer struct {
		Shown
		hidden
		Name    string // hides that of both
		Bare    bool
		private int
		Skipped string            `json:"-"`
		List    []inner           `json:"list"`
		Some    []appended        `json:"some,omitempty"`
		Map     map[string]inner  `json:"map,omitempty"`
		Texts   map[string]string `json:"texts,omitempty"`
		Any     any               `json:"any,omitempty"`
		At      time.Time         `json:"at,omitzero"`
		Text    text              `json:"text,omitempty"`
		Hand    byHand            `json:"hand,omitzero"`
		Part    appended          `json:"part,omitempty"`
		Where   *appended         `json:"where,omitempty"`
		Bytes   []byte            `json:"bytes,omitempty"`
		Raw     json.RawMessage   `json:"raw,omitempty"`
		Signed  int64             `json:"signed"`
		Count   uint64            `json:"count,omitzero"`
		Share   float64           `json:"share,omitzero"`
	}
	ambiguous struct { // of two of the same depth, neither is there
		Shown
		hidden
	}
	quoted struct {
		N int    `json:"n,string"`
		Q string `json:"a.b"`
	}
)

func (t text) MarshalText() ([]byte, error) { return []byte("<" + string(t) + ">"), nil }

func (h *byHand) MarshalJSON() ([]byte, error) { return json.Marshal([]int{h.N, h.N}) }

func (h *byHand) IsZero() bool { return h.N == 7 }

func (a appended) AppendText(b []byte) ([]byte, error) {
	if a.S == "none" {
		return b, errors.New("it has no spelling")
	}
	return append(b, a.S...), nil
}

// TestWhatIsWritten: the bytes are those of the other package, whatever is written.
func TestWhatIsWritten(t *testing.T) {
	instant := time.Date(2024, 6, 1, 12, 0, 0, 1, time.UTC)
	for _, v := range []any{
		nil, true, "", "a", "\u2028\x00\x1f\"\\/é😀", "\xff", text("x"),
		byHand{3},
		&byHand{3},
		appended{"none"},
		&appended{"é"},
		appended{"\""},
		1, -1, int64(1) << 53, int64(1)<<53 + 1, -(int64(1)<<53 + 1), int64(math.MaxInt64), uint64(math.MaxUint64), uint8(3), 1.5, 1e300, math.NaN(), float32(0.1),
		[]int(nil),
		[]int{},
		[]int{3, 1},
		[2]string{"b", "a"},
		[]byte("abc"),
		[3]byte{1, 2, 3},
		map[string]int(nil),
		map[string]int{"b": 1, "a": 2, "é": 3, "\U0001F600": 4, "\uFB33": 5},
		map[string]string(nil),
		map[string]string{"z": "\n", "\U0001F600": "x", "\uFB33": "y", "": ""},
		map[string]string{"\xff": ""},
		map[string]string{"a": "\xff"},
		map[int]string{10: "a", 9: "b"},
		map[text]int{"b": 1, "a": 2},
		map[text]string{"b": ""},
		map[string]any{"a": nil, "b": []any{1, "x", map[string]any{}}},
		(*inner)(nil),
		inner{},
		inner{Zulu: "z", Alpha: &inner{Alpha: &inner{}}},
		outer{},
		ambiguous{},
		quoted{3, "x"},
		struct{}{},
		struct{ private int }{},
		struct{ C chan int }{},
		outer{Name: "n", Shown: Shown{Name: "s", Deep: inner{Zulu: "z"}}, hidden: hidden{Name: "h", Other: 3}, private: 1, Hand: byHand{7}, Text: "t"},
		outer{List: []inner{{}}, Some: []appended{{""}}, Map: map[string]inner{"b": {}, "a": {}}, Any: appended{""}, At: instant, Hand: byHand{1}, Part: appended{"x"}, Where: &appended{""}, Bytes: []byte("b"), Raw: json.RawMessage(`{"b":1.0,"a":[ ]}`), Count: 1, Share: 0.1},
		outer{Any: outer{Any: &inner{}, Texts: map[string]string{"a": "b"}}},
		outer{Part: appended{"none"}},
		outer{Raw: json.RawMessage(`{`)},
		time.Second, instant, errors.New("x"), json.RawMessage(`{"b":1,"a":2}`),
		jsontext.Value(`[1.0]`),
		[]any{json.RawMessage(`1e2`), nil},
		complex(1, 2),
	} {
		requireSame(t, v)
	}
}

// TestTextsAndNumbers: any text, any name and any whole number is spelled as RFC 8785 has it.
func TestTextsAndNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requireSame(t, map[string]any{
			rapid.String().Draw(t, "name"): rapid.String().Draw(t, "text"), rapid.String().Draw(t, "another"): rapid.Int64().Draw(t, "number"),
			"u": rapid.Uint64().Draw(t, "count"), "bytes": string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")),
		})
		requireSame(t, rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "texts"))
		requireSame(t, appended{rapid.String().Draw(t, "text of a value")})
	})
}

// nested is any value that answers may hold, to some depth.
func nested(t *rapid.T, depth int) any {
	of := 9
	if depth == 0 {
		of = 6
	}
	switch rapid.IntRange(0, of).Draw(t, "kind") {
	case 0:
		return rapid.String().Draw(t, "text")
	case 1:
		return rapid.Int64().Draw(t, "number")
	case 2:
		return rapid.Float64().Draw(t, "share")
	case 3:
		return rapid.Bool().Draw(t, "bool")
	case 4:
		return nil
	case 5:
		return appended{rapid.String().Draw(t, "own text")}
	case 6:
		return text(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
	case 7:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "length"))
		for i := range list {
			list[i] = nested(t, depth-1)
		}
		return list
	case 8:
		object := map[string]any{}
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			object[rapid.String().Draw(t, "name")] = nested(t, depth-1)
		}
		return object
	}
	return &outer{Name: rapid.String().Draw(t, "name"), Any: nested(t, depth-1), Part: appended{rapid.String().Draw(t, "part")}, Signed: rapid.Int64().Draw(t, "signed"), Share: rapid.Float64().Draw(t, "share")}
}

// TestWhateverIsNested is written as by the other package, also where it is put among the members of another.
func TestWhateverIsNested(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := nested(t, 3)
		requireSame(t, v)
		want, wrong := twice(v)
		if wrong != nil {
			return
		}
		name := rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "another")
		for _, among := range []any{outer{Name: "n", Any: v}, map[string]any{"": v, "b": 1, "é": v, "\U0001F600": 2, "\uFB33": 3, "zz": 1}, map[string]any{}, struct{ B, A any }{v, 1}} {
			text, err := twice(among)
			require.NoError(t, err)
			members := map[string]json.RawMessage{}
			require.NoError(t, json.Unmarshal(text, &members))
			if _, there := members[name]; there {
				continue
			}
			members[name] = want
			whole, err := twice(members)
			require.NoError(t, err)
			got, err := canonical.MarshalWith(among, name, want)
			require.NoError(t, err)
			require.Equal(t, string(whole), string(got))
		}
	})
}

// TestAnotherMember stands where its name has it among the others, whatever they are.
func TestAnotherMember(t *testing.T) {
	for want, v := range map[string]any{
		`{"meta":{"x":1}}`: struct{}{},
		`{"alpha":1,"meta":{"x":1},"zulu":"z"}`: struct {
			Zulu  string `json:"zulu"`
			Alpha int    `json:"alpha"`
		}{"z", 1},
		`{"meta":{"x":1},"zulu":""}`:         inner{},
		`{"alpha":1,"meta":{"x":1}}`:         map[string]int{"alpha": 1},
		`{"a.b":"x","meta":{"x":1},"n":"3"}`: quoted{3, "x"}, // which is not planned for
	} {
		got, err := canonical.MarshalWith(v, "meta", []byte(`{"x":1}`))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	_, err := canonical.MarshalWith([]int{1}, "meta", []byte("1"))
	require.ErrorContains(t, err, "no object")
	_, err = canonical.MarshalWith(struct{ A appended }{appended{"none"}}, "meta", []byte("1"))
	require.ErrorContains(t, err, "no spelling")
}
