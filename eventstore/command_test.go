package eventstore

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"registre/domain"
)

const joinLine = ` { "group":"essai", "command":"join-member", "effective":"2021-01", "illustrative":"tout",
	"data":{ "weights":[{"weight":"4.5","body":"ag"}], "name":"L\u00e9o \/ \ud83d\ude00", "member":"ouest" },
	"evidence":[{"sha256":"ab00000000000000000000000000000000000000000000000000000000000000","kind":"law"}],
	"id":"0192f0a4-0000-7000-8000-000000000001" }` + "\n"

func TestDecodeCommand(t *testing.T) {
	c, err := DecodeCommand([]byte(joinLine))
	require.NoError(t, err)
	require.Equal(t, domain.Command{
		ID: must(parseUUID("0192f0a4-0000-7000-8000-000000000001")), Group: "essai", Effective: date("2021-01"), Illustrative: "tout",
		Evidence: []domain.Evidence{{Kind: "law", SHA256: domain.Hash{0xab}}},
		Act:      &domain.MemberJoined{Member: "ouest", Name: "Léo / 😀", Weights: []domain.BodyWeight{{Body: "ag", Weight: weight("4.5")}}},
	}, c)
	line, err := AppendCommand(nil, &c)
	require.NoError(t, err)
	require.Equal(t, `{"command":"join-member","data":{"member":"ouest","name":"Léo / 😀","weights":[{"body":"ag","weight":"4.5"}]},`+
		`"effective":"2021-01","evidence":[{"kind":"law","sha256":"ab00000000000000000000000000000000000000000000000000000000000000"}],`+
		`"group":"essai","id":"0192f0a4-0000-7000-8000-000000000001","illustrative":"tout"}`, string(line))
}

func commandRoundTrip(t *rapid.T) {
	e := drawEnvelope(t)
	c, ok := CommandOf(&e)
	if !ok {
		_, err := AppendCommand(nil, &domain.Command{Group: "a", Effective: date("2020"), Act: e.Act})
		var bad *WireError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, UnknownCommand, bad.Problem)
		return
	}
	if rapid.Bool().Draw(t, "no id") {
		c.ID = [16]byte{}
	}
	line, err := AppendCommand(nil, &c)
	require.NoError(t, err)
	got, err := DecodeCommand(line)
	require.NoError(t, err, "%s", line)
	require.Equal(t, c, got)
	var anyway any // in another form, it is the same
	require.NoError(t, json.Unmarshal(line, &anyway))
	if strings.Contains(string(line), "number") || !hasNumber(anyway) {
		indented, err := json.MarshalIndent(anyway, " ", "\t")
		require.NoError(t, err)
		got, err = DecodeCommand(indented)
		require.NoError(t, err, "%s", indented)
		require.Equal(t, c, got)
	}
}

// hasNumber reports whether v holds a number, which encoding/json would write as a float.
func hasNumber(v any) bool {
	switch v := v.(type) {
	case float64:
		return true
	case []any:
		for _, e := range v {
			if hasNumber(e) {
				return true
			}
		}
	case map[string]any:
		for _, e := range v {
			if hasNumber(e) {
				return true
			}
		}
	}
	return false
}

// TestCommandRoundTrip: DecodeCommand(AppendCommand(c)) == c, whatever the white space and the escapes.
func TestCommandRoundTrip(t *testing.T) { rapid.Check(t, commandRoundTrip) }

// TestCommandOf: a command is rebuilt from its first event.
func TestCommandOf(t *testing.T) {
	rebuilt, following := 0, 0
	for name, act := range examples() {
		c := domain.Command{ID: exampleID, Group: "g", Effective: date("2020"), Actor: "a", OnBehalfOf: "m", Illustrative: "i", Evidence: []domain.Evidence{{Kind: "k"}}, Act: act}
		e := NewEnvelope(&c, domain.Event{Effective: c.Effective, Act: act}, 1, exampleID, 0)
		got, ok := CommandOf(&e)
		kind, _, _ := strings.Cut(name, ".")
		if follows := slices.Contains([]string{"avenant-entered-into-force", "vote-opened", "decision-proclaimed"}, kind); ok == follows {
			t.Fatal(name)
		}
		if !ok {
			following++
		} else {
			require.Equal(t, c, got)
			rebuilt++
		}
		require.Equal(t, domain.Event{Effective: c.Effective, Act: act}, e.Event())
	}
	require.Equal(t, []int{5, len(examples()) - 5}, []int{following, rebuilt})
}

const goodLine = `{"group":"g","command":"correct-event","effective":"2021-01-01","data":{"kind":"clerical","reason":"r","target":7}}`

// badLines are each one replacement away from a good one.
var badLines = map[string]struct{ from, to, problem, path string }{
	"10 MB":                  {goodLine, strings.Repeat("[", 10<<20), TooLong, ""},
	"10 MB of a string":      {`"r"`, `"` + strings.Repeat("x", 10<<20) + `"`, TooLong, ""},
	"brackets":               {goodLine, strings.Repeat("[", 10_000), NotAnObject, ""},
	"brackets within":        {`7`, strings.Repeat("[", 10_000), TooDeep, "data.target" + strings.Repeat(".0", MaxDepth-2)},
	"braces":                 {goodLine, strings.Repeat(`{"a":`, 10_000), TooDeep, strings.Repeat(".a", MaxDepth)[1:]},
	"empty":                  {goodLine, ``, Syntax, ""},
	"white space":            {goodLine, ` `, Syntax, ""},
	"cut":                    {`}}`, `}`, Syntax, ""},
	"an array":               {goodLine, `[` + goodLine + `]`, NotAnObject, ""},
	"a string":               {goodLine, `"x"`, NotAnObject, ""},
	"null":                   {goodLine, `null`, NotAnObject, ""},
	"trailing garbage":       {goodLine, goodLine + " x", Syntax, ""},
	"two lines":              {goodLine, goodLine + "\n" + goodLine, Syntax, ""},
	"byte order mark":        {goodLine, "\ufeff" + goodLine, Syntax, ""},
	"NUL after the end":      {goodLine, goodLine + "\x00", Syntax, ""},
	"NUL":                    {`"r"`, "\"\x00\"", Syntax, "data.reason"},
	"bad UTF-8":              {`"r"`, "\"\xff\"", BadUTF8, ""},
	"lone surrogate":         {`"r"`, `"\ud800"`, BadUTF8, "data.reason"},
	"lone surrogate, second": {`"r"`, `"\udc00x"`, BadUTF8, "data.reason"},
	"half a pair, text":      {`"r"`, `"\ud83dx"`, BadUTF8, "data.reason"},
	"lone surrogate in key":  {`"reason"`, `"\ud800"`, BadUTF8, "data"},
	"not NFC":                {`"r"`, "\"e\u0301\"", NotNFC, "data.reason"},
	"not NFC, escaped":       {`"r"`, `"e\u0301"`, NotNFC, "data.reason"},
	"a key twice":            {`"target":7`, `"target":7,"reason":"s"`, DuplicateKey, "data.reason"},
	"a key twice, escaped":   {`"target":7`, `"target":7,"re\u0061son":"s"`, DuplicateKey, "data.reason"},
	"unknown field":          {`"target":7`, `"target":7,"x":{"y":[]}`, UnknownField, "data.x"},
	"unknown field on top":   {`"group":"g"`, `"group":"g","Actor":"x"`, UnknownField, "Actor"},
	"unknown, not ASCII":     {`"group":"g"`, `"group":"g","é":"x"`, UnknownField, "é"},
	"no target":              {`,"target":7`, ``, MissingField, "data.target"},
	"no group":               {`"group":"g",`, ``, MissingField, "group"},
	"no data":                {`,"data":{"kind":"clerical","reason":"r","target":7}`, ``, MissingField, "data"},
	"no command":             {`"command":"correct-event",`, ``, MissingField, "command"},
	"unknown command":        {`"correct-event"`, `"correct-events"`, UnknownCommand, "command"},
	"an event's name":        {`"correct-event"`, `"event-corrected"`, UnknownCommand, "command"},
	"command of a number":    {`"correct-event"`, `1`, WrongKind, "command"},
	"empty command":          {`"correct-event"`, `""`, UnknownCommand, "command"},
	"float":                  {`7`, `7.0`, BadNumber, "data.target"},
	"exponent":               {`7`, `7e0`, BadNumber, "data.target"},
	"huge exponent":          {`7`, `1e999999999`, BadNumber, "data.target"},
	"negative":               {`7`, `-7`, BadNumber, "data.target"},
	"minus 0":                {`7`, `-0`, BadNumber, "data.target"},
	"plus":                   {`7`, `+7`, Syntax, "data.target"},
	"leading zero":           {`7`, `07`, Syntax, "data"},
	"2^53":                   {`7`, `9007199254740992`, BadNumber, "data.target"},
	"0":                      {`7`, `0`, BadNumber, "data.target"},
	"NaN":                    {`7`, `NaN`, Syntax, "data.target"},
	"string for number":      {`7`, `"7"`, WrongKind, "data.target"},
	"number for string":      {`"r"`, `7`, WrongKind, "data.reason"},
	"true":                   {`"r"`, `true`, WrongKind, "data.reason"},
	"null for string":        {`"r"`, `null`, WrongKind, "data.reason"},
	"empty optional":         {`"group":"g"`, `"group":"g","actor":""`, EmptyField, "actor"},
	"empty evidence":         {`"group":"g"`, `"group":"g","evidence":[]`, EmptyField, "evidence"},
	"bad evidence":           {`"group":"g"`, `"group":"g","evidence":[{"kind":"k"},{"kind":"k","sha256":"AB"}]`, BadValue, "evidence.1.sha256"},
	"capital uuid":           {`"group":"g"`, `"group":"g","id":"0192F0A4-0000-7000-8000-000000000001"`, BadValue, "id"},
	"bad group":              {`"g"`, `"G"`, BadValue, "group"},
	"recorded":               {`"group":"g"`, `"group":"g","recorded":"2026-11-24T09:30:00.123456Z"`, UnknownField, "recorded"},
	"replacement of unknown": {`"target":7`, `"target":7,"replacement":{"type":"x","version":1,"effective":"2020","data":{}}`, UnknownType, "data.replacement.type"},
	"replacement, version":   {`"target":7`, `"target":7,"replacement":{"type":"role-ended","version":2,"effective":"2020","data":{}}`, UnknownVersion, "data.replacement.version"},
	"replacement, data":      {`"target":7`, `"target":7,"replacement":{"type":"role-ended","version":1,"effective":"2020","data":{"rôle":"x"}}`, UnknownField, "data.replacement.data.rôle"},
	"single quotes":          {`"r"`, `'r'`, Syntax, "data.reason"},
	"a comment":              {`"r"`, `"r"/**/`, Syntax, "data"},
	"trailing comma":         {`7}`, `7,}`, Syntax, "data"},
}

func TestDecodeCommandRefuses(t *testing.T) {
	_, err := DecodeCommand([]byte(goodLine))
	require.NoError(t, err)
	for name, test := range badLines {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(goodLine, test.from))
			line := strings.Replace(goodLine, test.from, test.to, 1)
			_, err := DecodeCommand([]byte(line))
			requireWireError(t, err, test.problem, test.path)
			require.NotEmpty(t, err.Error())
			require.Less(t, len(err.Error()), 1000)
		})
	}
}

// TestCommandOffset: the offset is that of the line as it was written, not of its canonical form.
func TestCommandOffset(t *testing.T) {
	line := strings.Replace(joinLine, `"4.5"`, `"4.50"`, 1)
	_, err := DecodeCommand([]byte(line))
	requireWireError(t, err, BadValue, "data.weights.0.weight")
	var bad *WireError
	require.ErrorAs(t, err, &bad)
	require.Equal(t, strings.Index(line, `"4.50"`), bad.Offset)
	var text *domain.TextError
	require.ErrorAs(t, err, &text)
	require.Equal(t, "4.5", text.Instead)
}

// FuzzDecodeCommand: what is read has a canonical form, which reads as the same.
func FuzzDecodeCommand(f *testing.F) {
	seeds := 0
	for _, body := range goldenBodies(f) {
		e, err := Decode(body)
		require.NoError(f, err)
		if c, ok := CommandOf(&e); ok {
			f.Add(must(AppendCommand(nil, &c)))
			seeds++
		}
	}
	require.GreaterOrEqual(f, seeds, 20)
	f.Add([]byte(joinLine))
	f.Fuzz(func(t *testing.T, line []byte) {
		before := bytes.Clone(line)
		c, err := DecodeCommand(line)
		require.Equal(t, before, line)
		if err != nil {
			var bad *WireError
			require.ErrorAs(t, err, &bad)
			return
		}
		again, err := AppendCommand(nil, &c)
		require.NoError(t, err)
		got, err := DecodeCommand(again)
		require.NoError(t, err)
		require.True(t, reflect.DeepEqual(c, got))
		require.True(t, norm.NFC.IsNormal(again))
	})
}

func BenchmarkDecodeCommand(b *testing.B) {
	b.SetBytes(int64(len(joinLine)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeCommand([]byte(joinLine)); err != nil {
			b.Fatal(err)
		}
	}
}
