package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pb33f/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"registre/web"
	"registre/web/operation"
)

var (
	surfaceFor  = flag.Duration("surface.for", 3*time.Second, "how long requests are made from the document")
	surfaceSeed = flag.Uint64("surface.seed", 1, "from which they are drawn")
)

// A surface is what a document says can be asked, and what an answer may then be.
type surface struct {
	h        *servedHouse
	document map[string]any
	all      []surfaceOperation
	words    []string // that stand in answers
	models   [][]byte // commands as those that were recorded
	lines    string   // a table of order forms that were
	made     sync.Map // subscriptions of a secretary
	asks     []operation.Question
	sent     atomic.Int64
	statuses sync.Map // how often each operation was answered with a status
	wrong    atomic.Int64
}

type surfaceOperation struct {
	id, method, path string
	parameters       []any
	body             map[string]any                           // the schema of what it is brought; nil for nothing
	table            bool                                     // it is brought a table
	answers          map[string]map[string]*jsonschema.Schema // by status and type of content
}

// surfaceOf reads the document that a server gives of itself.
func surfaceOf(h *servedHouse) *surface {
	_, text := h.get("", "/openapi.json")
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(h.t, err)
	s := &surface{h: h, document: document.(map[string]any), asks: operations()}
	compiler := jsonschema.NewCompiler()
	require.NoError(h.t, compiler.AddResource("document.json", document))
	for path, methods := range s.document["paths"].(map[string]any) {
		for method, of := range methods.(map[string]any) {
			op := of.(map[string]any)
			o := surfaceOperation{id: op["operationId"].(string), method: strings.ToUpper(method), path: path, answers: map[string]map[string]*jsonschema.Schema{}}
			o.parameters, _ = op["parameters"].([]any)
			if body, ok := op["requestBody"].(map[string]any); ok {
				json, ok := body["content"].(map[string]any)["application/json"].(map[string]any)
				if o.table = !ok; ok {
					o.body = json["schema"].(map[string]any)
				}
			}
			for status, answer := range op["responses"].(map[string]any) {
				o.answers[status] = map[string]*jsonschema.Schema{}
				content, _ := answer.(map[string]any)["content"].(map[string]any)
				for media := range content {
					o.answers[status][media], err = compiler.Compile("document.json#" + pointer("paths", path, method, "responses", status, "content", media, "schema"))
					require.NoError(h.t, err)
				}
			}
			s.all = append(s.all, o)
		}
	}
	slices.SortFunc(s.all, func(a, b surfaceOperation) int { return strings.Compare(a.method+a.path, b.method+b.path) })
	return s
}

func pointer(parts ...string) (p string) {
	for _, part := range parts {
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~", "~0"), "/", "~1")
		p += "/" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(part, "%", "%25"), "{", "%7B"), "}", "%7D")
	}
	return p
}

// learn collects the words that stand in answers, so that requests name what there is.
func (s *surface) learn() {
	seen := map[string]bool{}
	var in func(v any)
	in = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, part := range v {
				in(part)
			}
		case []any:
			for _, part := range v {
				in(part)
			}
		case string:
			if len(v) > 0 && len(v) <= 64 {
				seen[v] = true
			}
		}
	}
	for _, q := range s.asks {
		if !q.House {
			var answer any
			_, text := s.h.get("secretary", addressOf(&q, examples[q.Name][0]))
			require.NoError(s.h.t, json.Unmarshal(text, &answer))
			in(answer)
		}
	}
	for word := range seen {
		s.words = append(s.words, word)
	}
	slices.Sort(s.words)
	_, lines := s.h.get("secretary", "/v1/groups/"+demoGroup+"/exports/lines?at=2022-10-01")
	s.lines = string(lines)
	s.model()
}

// model makes a command of every event that was recorded.
func (s *surface) model() {
	names := map[string]any{}
	command := s.document["components"].(map[string]any)["schemas"].(map[string]any)["command"].(map[string]any)
	for _, way := range command["oneOf"].([]any) {
		of := way.(map[string]any)["properties"].(map[string]any)
		names[of["data"].(map[string]any)["$ref"].(string)] = of["command"].(map[string]any)["const"]
	}
	for r, err := range s.h.desk.Records(s.h.t.Context(), demoGroup, 0, false) {
		require.NoError(s.h.t, err)
		var event map[string]any
		require.NoError(s.h.t, json.Unmarshal(r.Body, &event))
		object := map[string]any{"command": names[fmt.Sprintf("#/components/schemas/%s.v%v", event["type"], event["version"])]}
		if object["command"] == nil {
			continue // it follows from another
		}
		for _, part := range []string{"data", "effective", "evidence", "on_behalf_of"} {
			if v, ok := event[part]; ok {
				object[part] = v
			}
		}
		text, err := json.Marshal(object)
		require.NoError(s.h.t, err)
		s.models = append(s.models, text)
	}
	require.Greater(s.h.t, len(s.models), 500)
}

// like draws a command like one that was recorded, now and then with something else in it.
func (d *drawer) like() map[string]any {
	var object map[string]any
	text := oneOfThese(d, d.models)
	if d.chance(4) {
		text = []byte(obligation(demoGroup, ""))
	}
	if err := json.Unmarshal(text, &object); err != nil {
		panic(err) // it was written from one
	}
	if d.chance(2) {
		object["effective"] = oneOfThese(d, []string{"2026-11-01", "2024-05", "2030", "2017-10-06"})
	}
	for range d.IntN(3) {
		d.change(object)
	}
	return object
}

// change puts another value somewhere into an object.
func (d *drawer) change(object map[string]any) {
	var names []string
	for name := range object {
		names = append(names, name)
	}
	if names == nil {
		return
	}
	slices.Sort(names)
	name := oneOfThese(d, names)
	if inner, ok := object[name].(map[string]any); ok && !d.chance(8) {
		d.change(inner)
		return
	}
	object[name] = oneOfThese(d, []any{d.word(), d.word(), d.word(), nil, 1, []any{d.word()}, true})
	if d.chance(6) {
		delete(object, name)
	}
}

// A drawer draws requests.
type drawer struct {
	*surface
	*rand.Rand
}

func (d *drawer) chance(of int) bool { return d.IntN(of) == 0 }

func oneOfThese[T any](d *drawer, from []T) T { return from[d.IntN(len(from))] }

// odd are values that nobody means.
var odd = []string{
	"", " ", "0", "-1", "+1", "01", "1e3", "0x10", "9007199254740992", "18446744073709551616", "null", "true", "\x00", "\n", "é", "\u202e", "\xff\xfe", "☃", "..", "../..", "/",
	"%", "%2f", "#1", "#", "#999999", "2021-02-30", "2021-06-01", "0000-00-00", "9999-12-31", "99999-01-01", "2021-06-01T00:00:00Z", "2021-06-01T00:00:00+25:00", "=1+1", "'", "\"", "<b>", ",", ",,", "a,b,c,d", "a=b", "=", "1/0", "1/3", ">1/2",
	">=2/3", "weights cast >1/2", "weights total >=1/0", "none", strings.Repeat("a", 65), strings.Repeat("é", 900), strings.Repeat("9", 400),
}

// word draws a text.
func (d *drawer) word() string {
	switch d.IntN(3) {
	case 0:
		return oneOfThese(d, odd)
	case 1:
		return oneOfThese(d, s2(d)) + oneOfThese(d, s2(d))
	}
	return oneOfThese(d, d.words)
}

func s2(d *drawer) []string {
	if d.chance(2) {
		return d.words
	}
	return odd
}

// resolved follows the references of a schema.
func (d *drawer) resolved(schema map[string]any) map[string]any {
	for {
		ref, ok := schema["$ref"].(string)
		if !ok {
			return schema
		}
		schema = d.document["components"].(map[string]any)["schemas"].(map[string]any)[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
	}
}

// value draws a value of a schema; now and then one that is not.
func (d *drawer) value(schema map[string]any, depth int) any {
	schema = d.resolved(schema)
	if d.chance(60) || depth > 12 {
		return oneOfThese(d, []any{nil, true, -1.5, "", d.word(), []any{}, map[string]any{}, json.Number("1e400"), json.Number("9007199254740993")})
	}
	if one, ok := schema["const"]; ok {
		return one
	}
	if some, ok := schema["enum"].([]any); ok {
		return oneOfThese(d, some)
	}
	if ways, ok := schema["oneOf"].([]any); ok {
		whole := map[string]any{}
		for _, part := range []map[string]any{schema, d.resolved(oneOfThese(d, ways).(map[string]any))} {
			for key, v := range part {
				more, ok := v.(map[string]any)
				if had, has := whole[key].(map[string]any); ok && has {
					for k, p := range had {
						if _, over := more[k]; !over {
							more = with(more, k, p)
						}
					}
					v = more
				}
				whole[key] = v
			}
		}
		delete(whole, "oneOf")
		schema = whole
	}
	kind := schema["type"]
	if several, ok := kind.([]any); ok {
		kind = oneOfThese(d, several)
	}
	return d.ofKind(kind, schema, depth)
}

func with(m map[string]any, key string, v any) map[string]any {
	out := map[string]any{key: v}
	for k, p := range m {
		out[k] = p
	}
	return out
}

func (d *drawer) ofKind(kind any, schema map[string]any, depth int) any {
	switch kind {
	case "string":
		return d.word()
	case "boolean":
		return d.chance(2)
	case "integer", "number":
		return oneOfThese(d, []any{0, 1, 2, 7, d.IntN(1100), json.Number("9007199254740991"), schema["minimum"], schema["maximum"], -1})
	case "array":
		list := []any{}
		items, _ := schema["items"].(map[string]any)
		for range d.IntN(4) {
			list = append(list, d.value(items, depth+1))
		}
		return list
	case "null":
		return nil
	}
	object := map[string]any{}
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for name, part := range properties {
		needed := slices.Contains(required, any(name))
		if needed && !d.chance(40) || !needed && d.chance(2) {
			object[name] = d.value(part.(map[string]any), depth+1)
		}
	}
	if d.chance(40) {
		object[d.word()] = d.word()
	}
	return object
}

// command draws the body of a command: most fit the schema, and name what there is.
func (d *drawer) command(schema map[string]any) string {
	object, ok := d.value(schema, 0).(map[string]any)
	if !d.chance(3) {
		object, ok = d.like(), true
	}
	if ok && !d.chance(10) {
		object["group"] = demoGroup
		object["id"] = d.uuid()
		delete(object, "actor")
	}
	text, err := json.Marshal(object)
	if err != nil || d.chance(12) {
		return d.torn(string(text))
	}
	return string(text)
}

// torn damages a text.
func (d *drawer) torn(text string) string {
	at := d.IntN(len(text) + 1)
	switch d.IntN(5) {
	case 0:
		return text[:at]
	case 1:
		return text[:at] + oneOfThese(d, odd) + text[at:]
	case 2:
		return strings.Repeat("[", 20_000)
	case 3:
		return strings.Replace(text, ",", `,"id":"a",`, 1)
	}
	return "\ufeff" + text
}

// request draws a request of an operation, and says whether its answer goes on for ever.
func (d *drawer) request(o *surfaceOperation) (r *http.Request, endless bool) {
	path, query := o.path, url.Values{}
	header := http.Header{}
	for _, p := range o.parameters {
		p := p.(map[string]any)
		name, schema := p["name"].(string), p["schema"].(map[string]any)
		value := func() string {
			if d.chance(4) {
				return d.word()
			}
			return fmt.Sprint(d.value(schema, 0))
		}
		switch needed := p["required"] == true; p["in"] {
		case "path":
			v := value()
			if some := d.there(name); some != nil && !d.chance(12) {
				v = oneOfThese(d, some)
			}
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(v), 1)
		case "query":
			for (needed && !d.chance(20) || !needed && d.chance(3)) && len(query[name]) < 3 {
				query.Add(name, value())
				needed = false
			}
		case "header":
			if v := value(); d.chance(3) && !strings.ContainsAny(v, "\x00\n\r") {
				header.Set(name, v)
			}
		}
	}
	if d.chance(20) {
		query.Set(d.word(), d.word())
	}
	if some := slices.Concat(examples[o.id], exportExamples[o.id]); some != nil && d.chance(3) { // one that has an answer, with something else in it or not
		path, query = d.near(o, oneOfThese(d, some))
	}
	raw := query.Encode()
	if d.chance(30) {
		raw += oneOfThese(d, []string{"&%zz", ";a=b", "&&", "=", "&at"})
	}
	method := o.method
	if d.chance(30) {
		method = oneOfThese(d, []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
	}
	var body io.Reader = http.NoBody
	if o.body != nil {
		text := d.command(o.body)
		if o.id == "subscribe" && !d.chance(4) {
			text = d.subscribing()
		}
		body = strings.NewReader(text)
		header.Set("Content-Type", "application/json")
	}
	if o.table {
		text := d.lines
		if d.chance(2) {
			text = d.torn(strings.Replace(text, oneOfThese(d, d.words), d.word(), 1))
		}
		body = strings.NewReader(text)
		header.Set("Content-Type", "text/csv")
		if d.chance(2) {
			query = url.Values{"dry_run": {"true"}}
			raw = query.Encode()
		}
	}
	for name, values := range map[string][]string{
		"Accept": {"application/json", "*/*", "text/html", "text/event-stream", "application/x-ndjson;q=0", ",;,"}, "Accept-Language": {"fr", "en", "xx-ZZZZZZZZZZZ;q=9", "*"},
		"If-None-Match": {"*", `"a"`, `W/"a", ,`}, "Range": {"bytes=0-1"}, "Content-Type": {"text/plain", "application/json; charset=x", ";"}, "Content-Encoding": {"gzip", "identity"},
	} {
		if d.chance(12) {
			header.Set(name, oneOfThese(d, values))
		}
	}
	r, err := http.NewRequest(method, d.h.url+path+"?"+raw, body)
	if err != nil {
		return nil, false
	}
	r.Header = header
	if !d.chance(15) {
		r.Header.Set("Authorization", "Bearer "+d.h.tokens[oneOfThese(d, []string{"secretary", "secretary", "secretary", "secretary", "secretary", "auditor", "elsewhere"})])
	}
	return r, o.id == "events" || strings.HasSuffix(o.id, "notices-stream")
}

// there are things that a part of a path can name: words would seldom do.
func (d *drawer) there(name string) (some []string) {
	switch name {
	case "group":
		return []string{demoGroup}
	case "body":
		return []string{"ag", "cogouv", "costrat"}
	case "subscription":
		d.made.Range(func(id, _ any) bool { some = append(some, id.(string)); return len(some) < 5 })
	}
	return some
}

// subscribing draws somebody who wants to be told.
func (d *drawer) subscribing() string {
	wanted := map[string]any{"id": d.uuid(), "url": "https://receiver.example/" + fmt.Sprint(d.IntN(9)), "groups": []any{demoGroup}, "past": d.chance(2)}
	if d.chance(2) {
		d.change(wanted)
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		panic(err) // it has nothing but texts
	}
	return string(text)
}

func (d *drawer) uuid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", d.Uint32(), d.IntN(1<<16), d.IntN(1<<12), d.IntN(1<<12), d.Uint64()>>16)
}

// near is an address that is known to have an answer, half of the time with one thing changed.
func (d *drawer) near(o *surfaceOperation, example string) (path string, query url.Values) {
	path = "/v1/groups/" + demoGroup + "/" + example
	if i := slices.IndexFunc(d.asks, func(q operation.Question) bool { return q.Name == o.id }); i >= 0 {
		path = addressOf(&d.asks[i], example)
	}
	path, raw, _ := strings.Cut(path, "?")
	query, _ = url.ParseQuery(raw)
	for name := range query {
		if d.chance(2 * len(query)) {
			query.Set(name, d.word())
		}
	}
	return path, query
}

// try sends a request, and says what is wrong with the answer.
func (d *drawer) try(o *surfaceOperation) error {
	r, endless := d.request(o)
	if r == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), untilGivenUp)
	defer stop()
	var enough *time.Timer
	if endless {
		enough = time.AfterFunc(150*time.Millisecond, stop)
	}
	d.sent.Add(1)
	response, err := http.DefaultClient.Do(r.WithContext(ctx))
	if endless && errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if endless = endless && response.StatusCode == http.StatusOK; !endless && enough != nil && !enough.Stop() {
		return nil // what has an end was cut off before it
	}
	text, err := io.ReadAll(response.Body)
	if err != nil && !endless {
		return err
	}
	promised := d.promise(o.path, r.Method)
	if promised != nil {
		n, _ := d.statuses.LoadOrStore(fmt.Sprintf("%s %d", promised.id, response.StatusCode), new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
	}
	if made := (web.SubscriptionMade{}); response.StatusCode == http.StatusCreated && json.Unmarshal(text, &made) == nil && made.Subscription != "" {
		d.made.Store(made.Subscription, nil)
	}
	return promised.fits(r, response, text)
}

// promise is the operation whose answers a method at a path has: the same path may have one for each, and HEAD has those of GET.
func (s *surface) promise(path, method string) *surfaceOperation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	i := slices.IndexFunc(s.all, func(o surfaceOperation) bool { return o.path == path && o.method == method })
	if i < 0 {
		return nil
	}
	return &s.all[i]
}

// fits holds an answer to the document; o is nil where it has no such method at the path.
func (o *surfaceOperation) fits(r *http.Request, response *http.Response, text []byte) error {
	status := response.StatusCode
	switch {
	case status >= 500:
		return fmt.Errorf("%d %s", status, text)
	case status == http.StatusNotFound && bytes.Contains(text, []byte("R0846")): // of the path, not of the operation
		return nil
	case o == nil && (status == http.StatusMethodNotAllowed || status == http.StatusNotFound):
		return nil
	case o == nil:
		return fmt.Errorf("%d to %s, which is not in the document", status, r.Method)
	}
	media, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	content, ok := o.answers[fmt.Sprint(status)]
	switch {
	case !ok:
		return fmt.Errorf("%d is not in the document: %s", status, text)
	case r.Method == http.MethodHead:
		return nil
	case len(content) == 0 && len(text) == 0:
		return nil
	case content[media] == nil:
		return fmt.Errorf("%d with %q is not in the document", status, media)
	case !strings.HasSuffix(media, "json") || strings.HasPrefix(media, "application/x-"):
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%d %w: %s", status, err, text)
	}
	return content[media].Validate(value)
}

// TestSurface makes requests from the document: some that fit it, some at its limits, some broken. No answer is a failure of the
// server, none has a status or a form that the document does not name; and the register is whole afterwards.
//
//	go test ./cmd/registre -run TestSurface -surface.for=10m -timeout 15m
func TestSurface(t *testing.T) {
	h := serveDemo(t)
	s := surfaceOf(h)
	s.learn()
	lasting := "/v1/groups/" + demoGroup + "/weights?body=ag&at=2022-01-01&known=900"
	_, before := h.get("auditor", lasting)
	begun := h.headNow()
	var workers sync.WaitGroup
	until, least := time.Now().Add(*surfaceFor), int64(len(s.all)*4) // a slow machine takes longer, and tries no less
	for n := range uint64(4) {
		d := &drawer{s, rand.New(rand.NewPCG(*surfaceSeed, n))}
		workers.Go(func() {
			for i := 0; (time.Now().Before(until) || s.sent.Load() <= least) && s.wrong.Load() < 10; i++ {
				o := &s.all[i%len(s.all)]
				if d.chance(3) {
					o = &s.all[slices.IndexFunc(s.all, func(o surfaceOperation) bool { return o.body != nil })]
				}
				if err := d.try(o); err != nil {
					s.wrong.Add(1)
					t.Errorf("seed %d, worker %d, request %d: %s: %.2000s", *surfaceSeed, n, i, o.id, err)
				}
			}
		})
	}
	workers.Wait()
	_, after := h.get("auditor", lasting)
	require.Equal(t, string(before), string(after))
	require.Greater(t, s.sent.Load(), least)
	var seen []string
	s.statuses.Range(func(k, n any) bool {
		seen = append(seen, fmt.Sprintf("%s ×%d", k, n.(*atomic.Int64).Load()))
		return true
	})
	slices.Sort(seen)
	t.Logf("%d requests to %d operations, %d events recorded\n%s", s.sent.Load(), len(s.all), h.headNow()-begun, strings.Join(seen, ", "))
	for _, o := range s.all {
		if _, asked := kinds[o.id]; asked && examples[o.id] == nil {
			continue // the demonstration has no answer to it
		}
		require.True(t, *surfaceFor < time.Minute || slices.ContainsFunc(seen, func(line string) bool { return strings.HasPrefix(line, o.id+" 2") }), "%s was never answered well", o.id)
	}
}

// FuzzRequest gives the server any request that can be read at all: it never fails, and says what is wrong as a problem.
//
//	go test ./cmd/registre -run '^$' -fuzz FuzzRequest -fuzztime 1m
func FuzzRequest(f *testing.F) {
	l := heldHere(demoDesk(f))
	server := web.New(web.Options{Desk: newCounter(l), Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: "test"})
	for _, address := range []string{"/v1/groups", "/v1/groups/" + demoGroup + "/weights?body=ag&at=2021-01-01&known=%23900", "/v1/groups/" + demoGroup + "/events?after=1000", "/docs", "/metrics"} {
		f.Add([]byte("GET " + address + " HTTP/1.1\r\nHost: x\r\nAccept-Language: fr\r\n\r\n"))
	}
	command := obligation(demoGroup, "p-x")
	f.Add([]byte("POST /v1/groups/" + demoGroup + "/commands?dry_run=true HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " + fmt.Sprint(len(command)) + "\r\n\r\n" + command))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			return
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r.WithContext(ctx))
		if w.Code >= 500 && ctx.Err() == nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code >= 400 && r.Method != http.MethodHead {
			var p web.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code || p.Code == "" {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
	})
}
