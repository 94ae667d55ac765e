package eventstore

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"registre/domain"
)

func requireWireError(t *testing.T, err error, problem, path string) {
	t.Helper()
	var bad *WireError
	require.ErrorAs(t, err, &bad)
	require.Equal(t, [2]string{problem, path}, [2]string{bad.Problem, bad.Path}, "%v", err)
}

// drawn fills values by their types alone, knowing nothing of the visitors: a field that a visitor forgets is not read back.
type drawn struct{ t *rapid.T }

var mayBeEmpty = map[string]bool{
	"Policy.Of": true, "AvenantDrafted.StatedDay": true, "Envelope.OnBehalfOf": true, "Command.OnBehalfOf": true, "Command.ID": true,
	"AgendaItem.Kind": true, "SittingConvened.Deadline": true, "SittingConvened.SecondOf": true, "ItemPostponed.To": true, "RollLine.Holder": true,
	"VoteOpened.Casting": true, "CastVote.Sense": true, "DecisionProclaimed.Option": true, "DecisionAnnulled.From": true, "DocumentAdded.From": true,
}

func (d drawn) act() domain.Act {
	kinds := Events.kinds
	k := kinds[rapid.IntRange(0, len(kinds)-1).Draw(d.t, "kind")]
	return d.of(k.visit, 0)
}

// of draws an act of the type that visit makes.
func (d drawn) of(visit func(*coder, domain.Act) domain.Act, depth int) domain.Act {
	act := visit(&coder{mode: reading, err: &WireError{}}, nil) // an empty one
	d.fill(reflect.ValueOf(act).Elem(), depth)
	return act
}

func (d drawn) fill(v reflect.Value, depth int) {
	for i := range v.NumField() {
		if name := v.Type().Name() + "." + v.Type().Field(i).Name; !mayBeEmpty[name] || rapid.Bool().Draw(d.t, name) {
			d.value(v.Field(i), depth)
			d.narrowed(name, v.Field(i))
		}
	}
}

// narrowed draws anew what a field's type leaves too wide.
func (d drawn) narrowed(name string, v reflect.Value) {
	switch name {
	case "CastVote.Sense", "CastPart.Sense", "SecretCount.Sense":
		v.SetString(rapid.StringMatching(`[a-z0-9-]{1,64}`).Draw(d.t, name))
	case "FindingAnswered.Finding":
		v.SetString(rapid.StringMatching(`F[0-9]{4}`).Draw(d.t, name))
	case "DocumentAdded.SHA256", "DocumentKept.SHA256", "DocumentErased.SHA256":
		v.Index(31).SetUint(uint64(rapid.ByteRange(1, 255).Draw(d.t, name)))
	case "SecretCount.Votes":
		v.SetInt(rapid.Int64Range(1, maxInteger).Draw(d.t, name))
	}
}

func (d drawn) value(v reflect.Value, depth int) {
	switch p := v.Addr().Interface().(type) {
	case *domain.Threshold:
		*p = threshold(rapid.StringMatching(`(weights|heads) (cast|present|total) (>=?1/[2-9]|>=1/1|>=2/[357]( min [1-9][0-9]{0,5})?)`).Draw(d.t, "threshold"))
	case *domain.Weight:
		*p = must(domain.NewWeight(rapid.Int64Range(0, math.MaxInt64).Draw(d.t, "num"), rapid.Int64Range(1, math.MaxInt64).Draw(d.t, "den")))
	case *domain.Day:
		*p = domain.Day(rapid.Int32Range(int32(domain.FirstDay), int32(domain.LastDay)).Draw(d.t, "day"))
	case *domain.Date:
		y, m, dd := domain.Day(rapid.Int32Range(1, int32(domain.LastDay)).Draw(d.t, "date")).Civil()
		p.Precision = domain.Precision(rapid.IntRange(0, 2).Draw(d.t, "precision"))
		if p.Precision > 0 {
			dd = 1
		}
		if p.Precision > 1 {
			m = 1
		}
		p.First = must(domain.NewDay(y, m, dd))
	case *domain.Instant:
		*p = domain.Instant(rapid.Int64Range(int64(domain.FirstInstant), int64(domain.LastInstant)).Draw(d.t, "instant"))
	case *domain.Hash:
		copy(p[:], rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(d.t, "hash"))
	case *domain.VerifierKey:
		*p = vkey(norm.NFC.String(rapid.StringMatching(`[^+\pZ\pC\s]{1,60}`).Draw(d.t, "name")), rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(d.t, "key"))
	case *uuid.UUID:
		copy(p[:], rapid.SliceOfN(rapid.ByteRange(1, 255), 1, 16).Draw(d.t, "uuid"))
	case *[]domain.Change:
		d.changes(p, depth)
	case **domain.Event:
		d.replacement(p, depth)
	case *string:
		*p = norm.NFC.String(rapid.String().Draw(d.t, "text"))
	case *uint64:
		*p = rapid.Uint64Range(1, maxInteger).Draw(d.t, "number")
	case *domain.Act:
		*p = d.act()
	default:
		d.ordering(v, depth)
	}
}

// ordering draws what order forms are made of.
func (d drawn) ordering(v reflect.Value, depth int) {
	switch p := v.Addr().Interface().(type) {
	case *domain.OrderNumber:
		*p = domain.OrderNumber(rapid.StringMatching(`[A-Za-z0-9]([A-Za-z0-9./_-]{0,62}[A-Za-z0-9])?`).Draw(d.t, "order"))
	case *domain.UAI:
		*p = must(domain.ParseUAI(rapid.StringMatching(`[0-9]{7}[A-Z]`).Draw(d.t, "school")))
	case *domain.SIRET:
		*p = must(domain.ParseSIRET(rapid.SampledFrom([]string{"73282932000074", "35600000000048", "35600000049837", "00000000000018"}).Draw(d.t, "siret")))
	case *domain.Money:
		*p = must(domain.NewMoney(rapid.Int64Range(0, domain.MaxUnitPrice).Draw(d.t, "cents"), rapid.StringMatching(`[A-Z]{3}`).Draw(d.t, "currency")))
	case *domain.Ceiling:
		if rapid.Bool().Draw(d.t, "quantity") {
			p.Pupils = rapid.Int64Range(0, domain.MaxPupils).Draw(d.t, "pupils")
		} else {
			d.value(v.FieldByName("Amount"), depth)
		}
	case *domain.Lines:
		*p = must(domain.PackLines(d.lines()))
	case *domain.Keys:
		var keys []domain.LineKey
		for _, l := range d.lines() {
			keys = append(keys, l.LineKey)
		}
		*p = must(domain.PackKeys(keys))
	default:
		d.other(v, depth)
	}
}

// vkey is the verifier key of a log.
func vkey(name string, key []byte) domain.VerifierKey {
	typed := append([]byte{1}, key...)
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	return domain.VerifierKey(name + "+" + hex.EncodeToString(sum[:4]) + "+" + base64.StdEncoding.EncodeToString(typed))
}

// lines draws lines whose keys differ.
func (d drawn) lines() []domain.Line {
	line := rapid.Custom(func(t *rapid.T) domain.Line {
		l := domain.Line{Headcount: domain.Headcount(rapid.Uint32Range(0, domain.MaxHeadcount+1).Draw(t, "headcount"))}
		l.School = must(domain.ParseUAI(rapid.StringMatching(`000000[0-9][AB]`).Draw(t, "school")))
		l.Cycle = rapid.SampledFrom([]domain.Cycle{"college", "lycee"}).Draw(t, "cycle")
		l.Kind = rapid.SampledFrom(domain.HeadcountKinds).Draw(t, "kind")
		l.Day = domain.Day(rapid.Int32Range(700000, 700001).Draw(t, "day"))
		if rapid.Bool().Draw(t, "priced") {
			l.UnitPrice = must(domain.NewMoney(rapid.Int64Range(0, 2).Draw(t, "cents"), rapid.SampledFrom([]string{"CHF", "EUR"}).Draw(t, "currency")))
		}
		return l
	})
	return rapid.SliceOfNDistinct(line, 0, 8, func(l domain.Line) domain.LineKey { return l.LineKey }).Draw(d.t, "lines")
}

func (d drawn) other(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.StringMatching(`[a-z0-9-]{1,64}`).Draw(d.t, "id"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(0, maxInteger).Draw(d.t, "whole"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(d.t, "so"))
	case reflect.Slice:
		if n := rapid.IntRange(0, 3).Draw(d.t, "length"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				d.value(v.Index(i), depth)
			}
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(d.t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			d.value(v.Elem(), depth)
		}
	case reflect.Struct:
		d.fill(v, depth)
	default:
		panic("nothing draws a " + v.Type().String())
	}
}

func (d drawn) changes(p *[]domain.Change, depth int) {
	for range rapid.IntRange(0, 3).Draw(d.t, "changes") {
		for {
			if k := Events.kinds[rapid.IntRange(0, len(Events.kinds)-1).Draw(d.t, "change")]; k.change {
				*p = append(*p, d.of(k.visit, depth).(domain.Change))
				break
			}
		}
	}
}

func (d drawn) replacement(p **domain.Event, depth int) {
	if depth < 5 && rapid.Bool().Draw(d.t, "replaced") {
		k := Events.kinds[rapid.IntRange(0, len(Events.kinds)-1).Draw(d.t, "replacement")]
		*p = &domain.Event{Act: d.of(k.visit, depth+1)}
		d.value(reflect.ValueOf(*p).Elem().FieldByName("Effective"), depth)
	}
}

func drawEnvelope(t *rapid.T) Envelope {
	d := drawn{t}
	var c domain.Command
	c.Act = &domain.RoleEnded{}
	d.fill(reflect.ValueOf(&c).Elem(), 0)
	var e Envelope
	id, recorded := uuid.UUID{1}, domain.Instant(0)
	d.value(reflect.ValueOf(&id).Elem(), 0)
	d.value(reflect.ValueOf(&recorded).Elem(), 0)
	if c.ID == uuid.Nil {
		c.ID = uuid.UUID{1}
	}
	e = NewEnvelope(&c, domain.Event{Effective: c.Effective, Act: c.Act}, rapid.Uint64Range(1, maxInteger).Draw(t, "number"), id, recorded)
	return e
}

func eventRoundTrip(t *rapid.T) {
	e := drawEnvelope(t)
	body, err := e.Append(nil)
	var bad *WireError
	if errors.As(err, &bad) && bad.Problem == TooLong {
		t.Skip("too long")
	}
	require.NoError(t, err)
	got, err := Decode(body)
	require.NoError(t, err, "%s", body)
	require.Equal(t, e, got)
	require.Equal(t, string(body), string(must(got.Append(nil))))
	require.True(t, json.Valid(body))
}

// TestRoundTrip: Decode(Append(e)) == e and Append(Decode(b)) == b.
func TestRoundTrip(t *testing.T) { rapid.Check(t, eventRoundTrip) }

func FuzzRoundTrip(f *testing.F) { f.Fuzz(rapid.MakeFuzz(eventRoundTrip)) }

// TestAppendKeepsWhatStands: Append appends, and where it fails it appends nothing.
func TestAppendKeepsWhatStands(t *testing.T) {
	e := example("", &domain.RoleEnded{Role: "pilot"})
	out, err := e.Append([]byte("before"))
	require.NoError(t, err)
	require.Equal(t, "before"+string(must(e.Append(nil))), string(out))
	e.Actor = "\xff"
	out, err = e.Append([]byte("before"))
	requireWireError(t, err, BadUTF8, "actor")
	require.Equal(t, "before", string(out))
}

// TestAppendRefuses: what could not be read back is not written.
func TestAppendRefuses(t *testing.T) {
	ended := &domain.RoleEnded{Role: "pilot"}
	long := strings.Repeat("x", MaxBody)
	deep := &domain.EventCorrected{Kind: "k", Reason: "r", Target: 1}
	for range MaxDepth {
		deep = &domain.EventCorrected{Kind: "k", Reason: "r", Target: 1, Replacement: &domain.Event{Effective: date("2020"), Act: deep}}
	}
	cycle := &domain.EventCorrected{Kind: "k", Reason: "r", Target: 1}
	cycle.Replacement = &domain.Event{Effective: date("2020"), Act: cycle}
	under := strings.Repeat("data.replacement.", 15)
	for name, test := range map[string]struct {
		act           domain.Act
		spoil         func(*Envelope)
		problem, path string
		is            error
	}{
		"no act":          {nil, nil, UnknownType, "type", ErrUnknownType},
		"a nil act":       {(*domain.RoleEnded)(nil), nil, UnknownType, "type", ErrUnknownType},
		"another type":    {ended, func(e *Envelope) { e.Type = "role-given" }, UnknownType, "type", ErrUnknownType},
		"no such type":    {ended, func(e *Envelope) { e.Type = "x" }, UnknownType, "type", ErrUnknownType},
		"no such version": {ended, func(e *Envelope) { e.Version = 2 }, UnknownVersion, "version", ErrUnknownVersion},
		"version -1":      {ended, func(e *Envelope) { e.Version = -1 }, UnknownVersion, "version", ErrUnknownVersion},
		"number 0":        {ended, func(e *Envelope) { e.Number = 0 }, BadNumber, "number", nil},
		"number 2^53":     {ended, func(e *Envelope) { e.Number = 1 << 53 }, BadNumber, "number", nil},
		"no group":        {ended, func(e *Envelope) { e.Group = "" }, BadValue, "group", nil},
		"a bad group":     {ended, func(e *Envelope) { e.Group = "A" }, BadValue, "group", domain.ErrMalformed},
		"no id":           {ended, func(e *Envelope) { e.ID = uuid.Nil }, BadValue, "id", nil},
		"no day":          {ended, func(e *Envelope) { e.Effective = domain.Date{} }, BadValue, "effective", nil},
		"a bad date":      {ended, func(e *Envelope) { e.Effective = domain.Date{First: 2, Precision: 2} }, BadValue, "effective", nil},
		"a bad instant":   {ended, func(e *Envelope) { e.Recorded = math.MaxInt64 }, BadValue, "recorded", domain.ErrRange},
		"not NFC":         {&domain.RoleEnded{Role: "e\u0301"}, nil, NotNFC, "data.role", nil},
		"deep bad UTF-8":  {&domain.AvenantDrafted{Avenant: "a", Changes: []domain.Change{&domain.RoleEnded{}, &domain.RoleEnded{Role: "\xc3"}}}, nil, BadUTF8, "data.changes.1.role", nil},
		"a nil change":    {&domain.AvenantDrafted{Avenant: "a", Changes: []domain.Change{nil}}, nil, UnknownType, "data.changes.0.change", ErrUnknownType},
		"a nil replaced":  {&domain.EventCorrected{Target: 1, Replacement: &domain.Event{}}, nil, UnknownType, "data.replacement.type", ErrUnknownType},
		"too long":        {&domain.ObligationSet{Article: "1", Text: long}, nil, TooLong, "", nil},
		"too deep":        {deep, nil, TooDeep, under + "data.replacement", nil},
		"without end":     {cycle, nil, TooDeep, under + "data.replacement", nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := example("", test.act)
			if test.spoil != nil {
				test.spoil(&e)
			}
			out, err := e.Append(nil)
			requireWireError(t, err, test.problem, test.path)
			require.Empty(t, out)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
		})
	}
}

var goodBody = func() string {
	e := example("", &domain.WeightsSet{
		Basis: "b", Body: "ag", Weights: []domain.MemberWeight{{Member: "x", Weight: weight("4.5")}, {Member: "y"}},
	})
	return string(must(e.Append(nil)))
}()

// badBodies are each one replacement away from a good one.
var badBodies = map[string]struct{ from, to, problem, path string }{
	"trailing garbage":      {`"version":1}`, `"version":1}x`, Syntax, ""},
	"trailing newline":      {`"version":1}`, "\"version\":1}\n", Syntax, ""},
	"a second value":        {`"version":1}`, `"version":1}{}`, Syntax, ""},
	"leading space":         {`{"actor"`, ` {"actor"`, WrongKind, ""},
	"space":                 {`"basis":"b"`, `"basis": "b"`, WrongKind, "data.basis"},
	"space before comma":    {`"basis":"b",`, `"basis":"b" ,`, Syntax, "data"},
	"keys out of order":     {`"basis":"b","body":"ag"`, `"body":"ag","basis":"b"`, UnknownField, "data.basis"},
	"a key twice":           {`"basis":"b"`, `"basis":"b","basis":"b"`, UnknownField, "data.basis"},
	"unknown field":         {`"basis":"b"`, `"base":"b"`, UnknownField, "data.base"},
	"unknown field at end":  {`"weight":"4.5"}`, `"weight":"4.5","x":1}`, UnknownField, "data.weights.0.x"},
	"unknown, not missing":  {`"weights":[`, `"weigths":[`, UnknownField, "data.weigths"},
	"missing field":         {`"body":"ag",`, ``, MissingField, "data.body"},
	"escape not minimal":    {`"basis":"b"`, `"basis":"\u0062"`, NotCanonical, "data.basis"},
	"escaped slash":         {`"basis":"b"`, `"basis":"\/"`, NotCanonical, "data.basis"},
	"lone surrogate":        {`"basis":"b"`, `"basis":"\ud800"`, NotCanonical, "data.basis"},
	"long escape":           {`"basis":"b"`, `"basis":"\u000a"`, NotCanonical, ""},
	"upper-case escape":     {`"basis":"b"`, `"basis":"\u001F"`, NotCanonical, ""},
	"NUL":                   {`"basis":"b"`, "\"basis\":\"\x00\"", Syntax, "data.basis"},
	"bad UTF-8":             {`"basis":"b"`, "\"basis\":\"\xff\"", BadUTF8, "data.basis"},
	"encoded surrogate":     {`"basis":"b"`, "\"basis\":\"\xed\xa0\x80\"", BadUTF8, "data.basis"},
	"not NFC":               {`"basis":"b"`, "\"basis\":\"e\u0301\"", NotNFC, "data.basis"},
	"no end of string":      {`"version":1}`, `"version":"1}`, WrongKind, "version"},
	"empty optional":        {`"basis":"b"`, `"basis":""`, EmptyField, "data.basis"},
	"empty optional list":   {`"evidence":[`, `"evidence":[],"evidence2":[`, EmptyField, "evidence"},
	"null":                  {`"basis":"b"`, `"basis":null`, WrongKind, "data.basis"},
	"number for string":     {`"basis":"b"`, `"basis":1`, WrongKind, "data.basis"},
	"list for object":       {`"data":{`, `"data":[`, WrongKind, "data"},
	"object for list":       {`"weights":[{`, `"weights":{"a":{`, WrongKind, "data.weights"},
	"string for number":     {`"number":42`, `"number":"42"`, WrongKind, "number"},
	"float":                 {`"number":42`, `"number":42.0`, Syntax, ""},
	"exponent":              {`"number":42`, `"number":42e0`, Syntax, ""},
	"leading zero":          {`"number":42`, `"number":042`, NotCanonical, ""},
	"negative":              {`"number":42`, `"number":-42`, WrongKind, "number"},
	"number 0":              {`"number":42`, `"number":0`, BadNumber, "number"},
	"number 2^53":           {`"number":42`, `"number":9007199254740992`, BadNumber, "number"},
	"number beyond 64 bits": {`"number":42`, `"number":18446744073709551658`, BadNumber, "number"},
	"upper-case uuid":       {`"id":"0192f0a4-7c1e-7abc`, `"id":"0192F0A4-7c1e-7abc`, BadValue, "id"},
	"uuid in braces":        {`"id":"0192f0a4-7c1e-7abc-8def-0123456789ab"`, `"id":"{0192f0a4-7c1e-7abc-8def-0123456789ab}"`, BadValue, "id"},
	"nil uuid":              {`"id":"0192f0a4-7c1e-7abc-8def-0123456789ab"`, `"id":"00000000-0000-0000-0000-000000000000"`, BadValue, "id"},
	"weight not spelled":    {`"4.5"`, `"4.50"`, BadValue, "data.weights.0.weight"},
	"negative weight":       {`"4.5"`, `"-4.5"`, BadValue, "data.weights.0.weight"},
	"no such day":           {`"effective":"2022-10-20"`, `"effective":"2022-10-32"`, BadValue, "effective"},
	"instant not spelled":   {`.123456Z"`, `.12345600Z"`, NotCanonical, ""},
	"bad id":                {`"body":"ag"`, `"body":"AG"`, BadValue, "data.body"},
	"empty id":              {`"body":"ag"`, `"body":""`, BadValue, "data.body"},
	"unknown type":          {`"type":"weights-set"`, `"type":"weights-reset"`, UnknownType, "type"},
	"another type":          {`"type":"weights-set"`, `"type":"role-ended"`, UnknownField, "data.body"},
	"unknown version":       {`"version":1`, `"version":2`, UnknownVersion, "version"},
	"version 0":             {`"version":1`, `"version":0`, UnknownVersion, "version"},
	"no version":            {`,"version":1`, ``, MissingField, "version"},
	"no type":               {`"type":"weights-set",`, ``, MissingField, "type"},
	"cut":                   {`,"type":"weights-set","version":1}`, ``, MissingField, "type"},
	"empty":                 {goodBody, ``, WrongKind, ""},
	"only a brace":          {goodBody, `{`, MissingField, "type"},
	"an array":              {goodBody, `[]`, WrongKind, ""},
	"too long":              {goodBody, strings.Repeat(" ", MaxBody+1), TooLong, ""},
	"brackets":              {`"weights":[`, `"weights":` + strings.Repeat("[", 10_000), WrongKind, "data.weights.0"},
	"braces":                {goodBody, strings.Repeat(`{"a":`, 10_000), MissingField, "type"},
}

// TestDecodeRefuses: one change to a good body, and it is none.
func TestDecodeRefuses(t *testing.T) {
	for name, test := range badBodies {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(goodBody, test.from))
			_, err := Decode([]byte(strings.Replace(goodBody, test.from, test.to, 1)))
			requireWireError(t, err, test.problem, test.path)
			is := map[string]error{UnknownType: ErrUnknownType, UnknownVersion: ErrUnknownVersion}[test.problem]
			if is == nil {
				is = ErrNotCanonical
			}
			require.ErrorIs(t, err, is)
		})
	}
}

// TestDecodeAround: what stands around the data is read as strictly; what the act says is left out.
func TestDecodeAround(t *testing.T) {
	for _, body := range goldenBodies(t) {
		want := must(Decode(body))
		want.Act = nil
		require.Equal(t, want, must(DecodeAround(body)))
	}
	refused := 0
	for name, test := range badBodies {
		at := strings.Index(goodBody, test.from)
		if strings.Index(goodBody, `"data"`) <= at && at < strings.Index(goodBody, `,"effective"`) || strings.HasPrefix(test.path, "data") {
			continue // it is in the data, or they are not of the type that is named
		}
		body := []byte(strings.Replace(goodBody, test.from, test.to, 1))
		_, want := Decode(body)
		_, err := DecodeAround(body)
		require.Equal(t, want, err, name)
		refused++
	}
	require.Greater(t, refused, 20)
}

// TestDecodeChange: the tag of a change stands in its place.
func TestDecodeChange(t *testing.T) {
	e := example("", &domain.AvenantDrafted{Avenant: "a", Title: "t", Changes: []domain.Change{&domain.BodyCreated{Body: "ag", Name: "n"}}})
	good := string(must(e.Append(nil)))
	const change = `{"body":"ag","change":"body-created","name":"n"}`
	for to, want := range map[string][2]string{
		`{"change":"body-created","body":"ag","name":"n"}`:                         {UnknownField, "data.changes.0.body"},
		`{"body":"ag","name":"n","change":"body-created"}`:                         {UnknownField, "data.changes.0.change"},
		`{"body":"ag","change":"body-created","change":"body-renamed","name":"n"}`: {UnknownField, "data.changes.0.change"},
		`{"body":"ag","change":"member-signed","name":"n"}`:                        {UnknownType, "data.changes.0.change"},
		`{"body":"ag","change":"body-created/2","name":"n"}`:                       {UnknownType, "data.changes.0.change"},
		`{"body":"ag","name":"n"}`:                                                 {MissingField, "data.changes.0.change"},
		`{"body":"ag","change":1,"name":"n"}`:                                      {WrongKind, "data.changes.0.change"},
		`"body-created"`:                                                           {WrongKind, "data.changes.0"},
		`{"body":"ag","change":"body-created"}`:                                    {MissingField, "data.changes.0.name"},
	} {
		require.Equal(t, 1, strings.Count(good, change))
		_, err := Decode([]byte(strings.Replace(good, change, to, 1)))
		requireWireError(t, err, want[0], want[1])
	}
}

func goldenBodies(t testing.TB) [][]byte {
	files, err := filepath.Glob(golden + "/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 20)
	var bodies [][]byte
	for _, file := range files {
		bodies = append(bodies, must(os.ReadFile(file)))
	}
	return bodies
}

// FuzzDecode: what is decoded has only the one form.
func FuzzDecode(f *testing.F) {
	for _, body := range goldenBodies(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := Decode(body)
		var bad *WireError
		if err != nil {
			require.ErrorAs(t, err, &bad)
			return
		}
		again, err := e.Append(nil)
		require.NoError(t, err)
		require.Equal(t, string(body), string(again))
		require.True(t, json.Valid(body))
	})
}

// TestPlain: eight bytes at a time it says what one byte at a time says.
func TestPlain(t *testing.T) {
	for b := range 256 {
		want := b >= ' ' && b < 0x80 && b != '"' && b != '\\'
		for at := range 20 {
			s := []byte("abcdefghijklmnopqrst")
			s[at] = byte(b)
			require.Equal(t, want, plain(string(s)), "%q", s)
		}
	}
}

// TestQuickNFC: everything below U+0300 is normal whatever it stands beside.
func TestQuickNFC(t *testing.T) {
	for a := rune(0); a < 0x300; a++ {
		for _, b := range []rune{'a', 'é', a, 0x2ff} {
			require.True(t, norm.NFC.IsNormalString(string([]rune{b, a, b})), "%U %U", a, b)
		}
	}
	require.False(t, isNFC("e\u0301"))
	require.False(t, isNFC("\u212b"))
	require.True(t, isNFC("’–€é"))
}

func benchmarkBody(b *testing.B) (Envelope, []byte) {
	e := example("", &domain.MemberJoined{Basis: "convention, article 3", Member: "ouest", Name: "Departement de l'Ouest", Weights: []domain.BodyWeight{{Body: "ag", Weight: weight("1.5")}}})
	e.Evidence = nil
	body := must(e.Append(nil))
	require.InDelta(b, 400, len(body), 40)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	b.ResetTimer()
	return e, body
}

func BenchmarkDecode(b *testing.B) {
	_, body := benchmarkBody(b)
	for b.Loop() {
		if _, err := Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	e, body := benchmarkBody(b)
	for b.Loop() {
		var err error
		if body, err = e.Append(body[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

// TestDecodeKeepsNoBytes: what was read, and what was said against it, stays when the bytes are written over.
func TestDecodeKeepsNoBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEnvelope(t)
		body, err := e.Append(nil)
		if err != nil {
			t.Skip("too long")
		}
		read, err := Decode(body)
		require.NoError(t, err)
		kept := string(body)
		clear(body)
		again, err := read.Append(nil)
		require.NoError(t, err)
		require.Equal(t, kept, string(again))
	})
	for name, test := range badBodies {
		body := []byte(strings.Replace(goodBody, test.from, test.to, 1))
		_, err := Decode(body)
		said := err.Error()
		clear(body)
		require.Equal(t, said, err.Error(), name)
	}
}

// TestReadersShareStrings: a string that comes again is there once, unless it is long; and it is never what was read.
func TestReadersShareStrings(t *testing.T) {
	c := &coder{shared: new([sharing]sharedText)}
	in := strings.Repeat("région|", 40)
	for _, s := range []string{in[:8], "", in[:sharedLength], in[:sharedLength+1]} {
		one, two := c.share(s), c.share(strings.Clone(s))
		require.Equal(t, s, one)
		require.Equal(t, s, two)
		if s == "" {
			continue
		}
		require.NotSame(t, unsafe.StringData(s), unsafe.StringData(one))
		require.Equal(t, len(s) <= sharedLength, unsafe.StringData(one) == unsafe.StringData(two))
	}
}
