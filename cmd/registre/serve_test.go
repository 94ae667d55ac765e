package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/web"
	"registre/web/operation"
)

// A served house is the demonstration behind its doors, with somebody else's reader of the document that describes them.
type servedHouse struct {
	t         *testing.T
	desk      *local
	door      *door
	url       string
	validator *documentReader   // nil where answers are not held to the document
	tokens    map[string]string // by what they are for
}

// optionsOf are those with which serve serves.
func optionsOf(c *counter, d *door) web.Options {
	return web.Options{
		Desk: c, Door: d, Questions: operations(), Exports: exportOperations(), Imports: importTakes(), Imported: reflect.TypeFor[broughtTable](), Spool: c.local.house.Data,
		Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: "test",
		Own: &subscriber{counter: c, contacts: &contacts{ownFile: ownFile[contact]{dir: c.local.house.Data, name: contactsName}, now: time.Now}},
	}
}

func serveDemo(t *testing.T) *servedHouse {
	l := heldHere(demoDesk(t))
	h := &servedHouse{t: t, desk: l, door: &door{dir: l.house.Data, now: time.Now, rights: l}, tokens: map[string]string{}}
	server := httptest.NewServer(web.New(optionsOf(newCounter(l), h.door)))
	t.Cleanup(server.Close)
	h.url = server.URL
	h.token("auditor", token{Role: domain.Auditor, Every: true})
	h.token("secretary", token{Role: domain.Secretary, Every: true})
	h.token("elsewhere", token{Role: domain.Secretary, Groups: []string{"another"}})
	return h
}

// grant has a right recorded in the house register, from long ago on, and gives its number.
func (h *servedHouse) grant(act *domain.RightGranted) uint64 {
	since, err := domain.ParseDate("2020-01-01")
	require.NoError(h.t, err)
	return h.inHouse(since, act)
}

// inHouse has an act recorded in the house register, and gives its number.
func (h *servedHouse) inHouse(since domain.Date, act domain.Act) uint64 {
	done, err := h.desk.ledger.Do(h.t.Context(), domain.Command{ID: uuid.New(), Group: domain.House, Actor: "test", Effective: since, Act: act})
	require.NoError(h.t, err)
	return done.First
}

func idsOfGroups(names []string) (groups []domain.GroupID) {
	for _, name := range names {
		groups = append(groups, domain.GroupID(name))
	}
	return groups
}

// token makes a token for a name, and grants what it says.
func (h *servedHouse) token(name string, k token) token {
	if k.Expires.IsZero() {
		k.Expires = time.Now().Add(time.Hour)
	}
	k.Principal = "p-" + name
	h.grant(&domain.RightGranted{Principal: domain.PrincipalID(k.Principal), Role: k.Role, Every: k.Every, Groups: idsOfGroups(k.Groups)})
	text, made, err := h.door.make(h.t.Context(), k)
	require.NoError(h.t, err)
	h.tokens[name] = text
	return made
}

// A documentReader is somebody else's reader of a document.
type documentReader struct {
	mu sync.Mutex // nobody says whether it may be used by several at once
	validator.Validator
}

// documentsRead are those that were read, by the document: it is long, and the same in every house.
var documentsRead struct {
	mu sync.Mutex
	of map[string]*documentReader
}

// read has the document read by the validator.
func (h *servedHouse) read() {
	_, document := h.get("", "/openapi.json")
	documentsRead.mu.Lock()
	defer documentsRead.mu.Unlock()
	if h.validator = documentsRead.of[string(document)]; h.validator != nil {
		return
	}
	parsed, err := libopenapi.NewDocument(document)
	require.NoError(h.t, err)
	v, errs := validator.NewValidator(parsed)
	require.Empty(h.t, errs)
	h.validator = &documentReader{Validator: v}
	documentsRead.of = map[string]*documentReader{string(document): h.validator}
}

// wrong says what is wrong with an answer.
func (d *documentReader) wrong(r *http.Request, response *http.Response) (all []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, wrong := d.GetResponseBodyValidator().ValidateResponseBody(r, response)
	for _, w := range wrong {
		for _, s := range w.SchemaValidationErrors {
			all = append(all, s.Reason+" "+s.FieldPath)
		}
		all = append(all, w.Message)
	}
	return all
}

func (h *servedHouse) request(method, as, address string, body string, headers ...string) (*http.Request, *http.Response, []byte) {
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+address, strings.NewReader(body))
	require.NoError(h.t, err)
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+h.tokens[as])
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h.t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	require.NoError(h.t, response.Body.Close())
	if h.validator != nil && method != http.MethodHead {
		response.Body = io.NopCloser(bytes.NewReader(text))
		for _, wrong := range h.validator.wrong(r, response) {
			h.t.Errorf("%s %s: %d %s", method, address, response.StatusCode, wrong)
		}
	}
	return r, response, text
}

func (h *servedHouse) get(as, address string, headers ...string) (*http.Response, []byte) {
	_, response, text := h.request(http.MethodGet, as, address, "", headers...)
	return response, text
}

// examples are addresses of every question, behind the group, that have an answer in the demonstration.
var examples = map[string][]string{
	"agreements":         {"agreements?why=true"},
	"avenants":           {"avenants", "avenants?text=avenant-1&why=true"},
	"bodies":             {"bodies?why=true"},
	"ceiling":            {"ceiling?why=true"},
	"checkpoint":         {"checkpoint"},
	"decision":           {"decisions/1006?why=true", "decisions/994", "decisions/1022"},
	"decisions":          {"decisions", "decisions?body=ag&from=2018-01-01&to=2022-01-01&outcome=adopted&member=moselle&words=rapport&why=true"},
	"diff":               {"diff?from=2018-01-01", "diff?from_known=40"},
	"documents":          {"documents"},
	"duplicates":         {"duplicates?why=true&at=2022-10-01"},
	"enrolment":          {"enrolment?at=2022-10-01", "enrolment?at=2022-10-01&by=member,cycle&lines=true&why=true", "enrolment?series=2021-01-01..2021-12-31&where=member=moselle&where=cycle=college"},
	"event":              {"events/1", "events/48", "events/1006"},
	"explain":            {"explain/weight?body=ag&member=cea&at=2022-01-01&from=2018-01-01&from_known=40", "explain/decision?number=1006&fold=3", "explain/enrolment?where=member=moselle&at=2022-10-01", "explain/ceiling?agreement=ent-2018", "explain/total?body=ag"},
	"findings":           {"findings"},
	"groups":             {"groups"},
	"lines":              {"lines?at=2022-10-01&where=member=aube&why=true", "lines?history=true&where=cycle=college"},
	"members":            {"members?why=true"},
	"minutes":            {"sittings/ag-2018/minutes?why=true", "sittings/copil-2019/minutes"},
	"notices":            {"notices", "notices?kind=decision-proclaimed&kind=finding-raised&body=cogouv&findings=true", "notices?member=moselle&after=900&limit=2", "notices?newest=true&before=900&limit=3"},
	"obligations":        {"obligations"},
	"order":              {"orders/2018-08?why=true", "orders/none"},
	"orders":             {"orders?member=aube&agreement=ent-2018&status=ended&why=true", "orders"},
	"power":              {"power?body=cogouv&at=2023-06-01&coalitions=true&compare=2018-01-01&compare_body=ag&majority=%3E1/2&members_majority=%3E1/2&why=true"},
	"receipt":            {"events/12/receipt"},
	"renewal":            {"renewal?from=2022-10-01&to=2023-10-01&member=aube&agreement=ent-2022", "renewal?from=2018-10-01&to=2019-10-01"},
	"subscriptions":      {"subscriptions", "subscriptions?principal=p-auditor"},
	"rights":             {"rights", "rights?in=ent-grand-est&principal=p-auditor&role=auditor"},
	"rules":              {"rules?body=ag&why=true"},
	"schools":            {"schools?department=067&kind=college&why=true", "schools"},
	"sitting":            {"sittings/ag-2018?why=true", "sittings/copil-2019"},
	"sittings":           {"sittings?body=ag&why=true"},
	"timeline":           {"timeline"},
	"voices":             {"voices/moselle?from=2018-01-01&why=true"},
	"weights":            {"weights?body=ag&why=true", "weights?body=cogouv&at=2017-01-01"},
	"what-if":            {"decisions/1006/what-if?absent=moselle&present=aube&as=marne%3Daube&votes=vosges%3Dagainst&turn=true&why=true", "decisions/1047/what-if?majority=weights+cast+%3E%3D2/3&blocking=none&quorum=none&tie=rejected&rule_of=2021-07-06&weights_of=2018-01-01&body=ag", "decisions/1047/what-if?weights=aube%3D4.5"},
	"what-if-coalitions": {"what-if?body=cogouv&at=2023-06-01&for=region-grand-est,cea,moselle&why=true", "what-if?body=ag&at=2023-06-01&absent=aube&present=cea&as=marne%3Daube&majority=heads+total+%3E1/2&blocking=none&quorum=none&rule_of=2023-06-01&weights_of=2023-06-01&votes=cea%3Dagainst&weights=aube%3D2&tie=rejected&turn=true"},
	"witnesses":          {"witnesses"},
}

// addressOf is the address of an example.
func addressOf(q *operation.Question, example string) string {
	switch {
	case kinds[q.Name].ofHouse:
		return "/v1/groups/" + string(domain.House) + "/" + example
	case q.House && q.Name != receiptQuestion.Name:
		return "/v1/" + example
	}
	return "/v1/groups/" + demoGroup + "/" + example
}

// TestEveryQuestionOverHTTP asks each question with each of its parameters, and has the answers held to the document by somebody
// else's program. What is asked for a day and a number is the same for ever, to the byte.
func TestEveryQuestionOverHTTP(t *testing.T) {
	h := serveDemo(t)
	h.read()
	ok, wrong := h.validator.ValidateDocument()
	for _, w := range wrong {
		t.Errorf("%s: %s", w.Message, w.Reason)
	}
	require.True(t, ok)
	for _, q := range operations() {
		told := map[string]bool{}
		require.NotEmpty(t, examples[q.Name], q.Name)
		for _, example := range examples[q.Name] {
			address := addressOf(&q, example)
			response, text := h.get("auditor", address)
			if !assert.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", address, text) {
				continue
			}
			require.NotEmpty(t, response.Header.Get("ETag"))
			_, again := h.get("auditor", address)
			require.Equal(t, string(text), string(again), "made and at hand: %s", address)
			of, err := url.Parse(example)
			require.NoError(t, err)
			for name := range of.Query() {
				told[name] = true
			}
			response, _ = h.get("auditor", address, "If-None-Match", response.Header.Get("ETag"))
			require.Equal(t, http.StatusNotModified, response.StatusCode, address)
		}
		for _, p := range q.Takes {
			require.True(t, told[p.Name] || strings.Contains(q.Path, "{"+p.Name+"}"), "%s is never asked with %s", q.Name, p.Name)
		}
	}
}

// TestAnswersLast: what is asked for a day and a number has the same bytes and the same tag when more is recorded; what is not has not.
func TestAnswersLast(t *testing.T) {
	h := serveDemo(t)
	lasting := "/v1/groups/" + demoGroup + "/weights?body=ag&at=2022-01-01&known=900"
	open := "/v1/groups/" + demoGroup + "/weights?body=ag&at=2022-01-01"
	first, before := h.get("auditor", lasting)
	newest, openBefore := h.get("auditor", open)
	require.Contains(t, first.Header.Get("Cache-Control"), "immutable")
	require.NotContains(t, newest.Header.Get("Cache-Control"), "immutable")
	other, _ := h.get("auditor", "/v1/groups/"+demoGroup+"/weights?body=cogouv&at=2022-01-01&known=900")
	require.NotEqual(t, first.Header.Get("ETag"), other.Header.Get("ETag"))
	status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	second, after := h.get("auditor", lasting)
	require.Equal(t, string(before), string(after))
	require.Equal(t, first.Header.Get("ETag"), second.Header.Get("ETag"))
	require.NotEqual(t, first.Header.Get("Registre-Head"), second.Header.Get("Registre-Head"))
	newest2, openAfter := h.get("auditor", open)
	require.NotEqual(t, string(openBefore), string(openAfter), "meta tells the register's end")
	require.NotEqual(t, newest.Header.Get("ETag"), newest2.Header.Get("ETag"))
}

// TestAnswersOfNow: what is asked as known now is what the desk answers now, although all but its meta may be at hand from before,
// whatever was recorded in its register or in another; and its tag is another as soon as its bytes are.
func TestAnswersOfNow(t *testing.T) {
	h := serveDemo(t)
	tags, bodies := map[string]string{}, map[string]bool{}
	ask := func() {
		for range 3 { // the third time it is at hand
			response, got := h.get("auditor", "/v1/groups/"+demoGroup+"/weights?body=ag&why=true")
			want, err := h.desk.Ask(t.Context(), Question{Kind: "weights", Group: demoGroup, More: asking("body", "ag", "why", "yes")})
			require.NoError(t, err)
			require.Equal(t, string(want)+"\n", string(got))
			tag := response.Header.Get("ETag")
			require.Contains(t, []string{"", string(got)}, tags[tag], "one tag, two answers")
			tags[tag], bodies[string(got)] = string(got), true
		}
	}
	ask()
	h.token("newcomer", token{Role: domain.Auditor, Every: true}) // another register of the house
	ask()
	for range 2 {
		status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
		require.Equal(t, http.StatusCreated, status)
		ask()
	}
	require.Len(t, tags, 4)
	require.Len(t, bodies, 4)
}

// TestAnswersAtOnce: whoever asks at the same time has his own answer, whether it is made anew or at hand, and whatever its length.
func TestAnswersAtOnce(t *testing.T) {
	h := serveDemo(t)
	type asking struct{ path, want string }
	var all []asking
	for _, at := range []string{"2017-01-01", "2018-06-01", "2022-01-01", "2030-01-01"} {
		for _, known := range []string{"", "30", "900"} {
			for path, q := range map[string]Question{
				"weights?body=ag":     {Kind: "weights", More: map[string]string{"body": "ag"}},
				"weights?body=cogouv": {Kind: "weights", More: map[string]string{"body": "cogouv"}},
				"members?":            {Kind: "members"},
				"members?why=yes":     {Kind: "members", More: map[string]string{"why": "yes"}},
				"enrolment?":          {Kind: "enrolment"},
				"timeline?":           {Kind: "timeline"},
			} {
				q.Group, q.At = demoGroup, at
				path = "/v1/groups/" + demoGroup + "/" + path + "&at=" + at
				if known != "" {
					q.Known, path = "#"+known, path+"&known="+known
				}
				want, err := h.desk.Ask(t.Context(), q)
				require.NoError(t, err, path)
				all = append(all, asking{path, string(want) + "\n"})
			}
		}
	}
	var asked sync.WaitGroup
	for i := range 4 {
		asked.Go(func() {
			for n := range 2 * len(all) {
				one := all[(n*(2*i+1)+i)%len(all)]
				_, got := h.get("auditor", one.path)
				assert.Equal(t, withoutEnd(one.want), withoutEnd(string(got)), one.path)
			}
		})
	}
	asked.Wait()
}

// withoutEnd is an answer without what its meta says of the register's end, which one that lasts does not say.
func withoutEnd(answer string) string {
	return registersEnd.ReplaceAllString(answer, "")
}

var registersEnd = regexp.MustCompile(`"checkpoint":"[^"]*",|"head":\d+,`)

// TestRenewalPastTheLastYear: what would end after the last day that there is is refused, and is not worked at.
func TestRenewalPastTheLastYear(t *testing.T) {
	h := serveDemo(t)
	for _, to := range []string{"9999-12-31", "9999-10-01", "6009-07-03"} {
		response, text := h.get("auditor", "/v1/groups/"+demoGroup+"/renewal?from=2018-10-01&to="+to)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, to)
		require.Contains(t, string(text), "R0714")
	}
	response, text := h.get("auditor", "/v1/groups/"+demoGroup+"/renewal?from=2018-10-01&to=6009-03-01")
	require.Equal(t, http.StatusOK, response.StatusCode, string(text))
}

// TestMetaIsCanonical: meta is written in one pass, as it would be if its members were sorted.
func TestMetaIsCanonical(t *testing.T) {
	for i, word := range odd {
		word = strings.ToValidUTF8(word, "?")
		m := meta{Form: "answer/1", Head: uint64(i), Origin: word, Provisional: i%2 == 0, Root: word, Checkpoint: word + "\n", Question: Question{At: word, Group: word, Kind: word, Known: word, More: map[string]string{"why": word, "body": word, "a_b": word, "ab": word, "é": word}}}
		text, err := jsonv2.Marshal(m)
		require.NoError(t, err)
		want := jsontext.Value(text)
		require.NoError(t, want.Canonicalize())
		got, err := m.canonical()
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}

// obligation is a command that can always be recorded.
func obligation(group, actor string) string {
	c := map[string]any{
		"command": "set-obligation", "group": group, "id": uuid.NewString(), "effective": "2024-01-01",
		"data": map[string]any{"article": "9." + uuid.NewString(), "basis": "convention", "text": "Transmettre."},
	}
	if actor != "" {
		c["actor"] = actor
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// bring brings a command through the door.
func (h *servedHouse) bring(as, command, query string, headers ...string) (int, map[string]any) {
	_, response, text := h.request(http.MethodPost, as, "/v1/groups/"+demoGroup+"/commands"+query, command, append([]string{"Content-Type", "application/json"}, headers...)...)
	var answer map[string]any
	require.NoError(h.t, json.Unmarshal(text, &answer), "%s", text)
	return response.StatusCode, answer
}

// TestCommandsOverHTTP: recorded once, under the pseudonym of whoever sent it, where the register ends as expected; or refused in
// words and with a status that say why.
func TestCommandsOverHTTP(t *testing.T) {
	h := serveDemo(t)
	h.read()
	command := obligation(demoGroup, "")
	head := int(h.headNow())
	status, tried := h.bring("secretary", command, "?dry_run=true")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, true, tried["dry_run"])
	require.Equal(t, head, int(h.headNow()))
	status, done := h.bring("secretary", command, "?receipt=true")
	require.Equal(t, http.StatusCreated, status)
	require.EqualValues(t, head+1, done["first"])
	h.receipt(done["receipt"].(string), head+1)
	status, again := h.bring("secretary", command, "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, done["first"], again["first"])
	require.Equal(t, true, again["repeated"])
	_, kept := h.get("auditor", "/v1/groups/"+demoGroup+"/events/"+decimal(uint64(head+1)))
	require.Contains(t, string(kept), `"actor":"p-secretary"`)

	for _, c := range []struct {
		command, query string
		headers        []string
		as             string
		status         int
		code           string
	}{
		{obligation(demoGroup, "p-auditor"), "", nil, "secretary", http.StatusForbidden, "R0855"},
		{obligation(demoGroup, "p-secretary"), "?expected_number=3", nil, "secretary", http.StatusConflict, "R0845"},
		{obligation("another", ""), "", nil, "secretary", http.StatusBadRequest, "R0852"},
		{strings.Replace(command, "Transmettre", "Autre", 1), "", nil, "secretary", http.StatusConflict, "R0012"},
		{strings.Replace(obligation(demoGroup, ""), "2024-01-01", "1999-01-01", 1), "", nil, "secretary", http.StatusUnprocessableEntity, "R0300"},
		{"{", "", nil, "secretary", http.StatusBadRequest, "R0518"},
		{`{"command":"set-obligation","command":"x"}`, "", nil, "secretary", http.StatusBadRequest, "R0513"},
		{command, "", []string{"Content-Type", "text/plain"}, "secretary", http.StatusUnsupportedMediaType, "R0848"},
		{command + strings.Repeat(" ", 1<<20), "", nil, "secretary", http.StatusRequestEntityTooLarge, "R0850"},
		{command, "?dry_run=perhaps", nil, "secretary", http.StatusBadRequest, "R0844"},
		{command, "?dryrun=true", nil, "secretary", http.StatusBadRequest, "R0842"},
		{command, "", nil, "auditor", http.StatusForbidden, "R0855"},
		{command, "", nil, "elsewhere", http.StatusForbidden, "R0855"},
		{command, "", nil, "", http.StatusUnauthorized, "R0853"},
	} {
		status, problem := h.bring(c.as, c.command, c.query, c.headers...)
		require.Equal(t, c.status, status, "%s %v", c.code, problem)
		require.Equal(t, c.code, problem["code"], "%v", problem)
	}
	status, _ = h.bring("secretary", obligation(demoGroup, ""), "?expected_number="+decimal(h.headNow()))
	require.Equal(t, http.StatusCreated, status)
}

func (h *servedHouse) headNow() uint64 {
	answer, err := answerTo[groupsAnswer](h.t.Context(), h.desk, Question{Kind: "groups"})
	require.NoError(h.t, err)
	return answer.Groups[0].Head
}

// receipt has a receipt checked as anybody would, from the files alone.
func (h *servedHouse) receipt(text string, n int) {
	file := filepath.Join(h.t.TempDir(), "receipt")
	require.NoError(h.t, writeFile(file, []byte(text), false))
	_, event := h.get("auditor", "/v1/groups/"+demoGroup+"/events?limit=1&after="+decimal(uint64(n-1)))
	body := filepath.Join(h.t.TempDir(), "event.json")
	require.NoError(h.t, writeFile(body, bytes.TrimSuffix(event, []byte("\n")), false))
	var out, errs bytes.Buffer
	code := run(h.t.Context(), []string{"verify-receipt", file, "--event", body, "--public-key", filepath.Join(h.desk.house.Data, "archive", "key.pub")}, nil, &out, &errs)
	require.Equal(h.t, exitDone, code, "%s%s", out.String(), errs.String())
}

// TestTokens tries each way of having none, on each operation.
func TestTokens(t *testing.T) {
	h := serveDemo(t)
	revoked := h.token("revoked", token{Role: domain.Secretary, Every: true})
	_, err := h.door.revoke(t.Context(), revoked.ID)
	require.NoError(t, err)
	h.token("expired", token{Role: domain.Secretary, Every: true, Expires: time.Now().Add(-time.Minute)})
	h.token("here", token{Role: domain.Auditor, Groups: []string{demoGroup}})
	h.tokens["forged"] = h.tokens["auditor"][:len(h.tokens["auditor"])-1] + "!"
	h.tokens["none"] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwLXNlY3JldGFyeSJ9."
	h.tokens["hash"] = revoked.SHA256
	reads := map[string]int{
		"auditor": 200, "secretary": 200, "here": 200, "elsewhere": 403, "revoked": 401, "expired": 401, "forged": 401, "none": 401, "hash": 401, "": 401,
	}
	for as, want := range reads {
		for _, q := range operations() {
			address, house := addressOf(&q, examples[q.Name][0]), q.House && q.Name != receiptQuestion.Name || kinds[q.Name].ofHouse
			expected := want
			if house && as == "elsewhere" && !kinds[q.Name].ofHouse {
				expected = http.StatusOK // of the house, for any right
			}
			if kinds[q.Name].ofHouse && (as == "here" || as == "secretary") {
				expected = http.StatusForbidden
			}
			response, text := h.get(as, address)
			assert.Equal(t, expected, response.StatusCode, "%s as %q: %s", address, as, text)
		}
		response, _ := h.get(as, "/v1/groups/"+demoGroup+"/events?limit=1")
		require.Equal(t, want, response.StatusCode, "events as %q", as)
		status, _ := h.bring(as, obligation(demoGroup, ""), "?dry_run=true")
		if want == 200 && as != "secretary" {
			want = http.StatusForbidden
		}
		require.Equal(t, want, status, "commands as %q", as)
	}
	for _, open := range []string{"/health", "/ready", "/openapi.json"} {
		response, _ := h.get("", open)
		require.Less(t, response.StatusCode, 300, open)
	}
}

// TestEventsOverHTTP: pages are the register byte for byte; who follows gets what comes, goes on where it broke off, and no longer
// than its token is good.
func TestEventsOverHTTP(t *testing.T) {
	h := serveDemo(t)
	var pages []byte
	next := "/v1/groups/" + demoGroup + "/events?limit=400"
	for n := 0; next != ""; n++ {
		require.Less(t, n, 4)
		response, text := h.get("auditor", next)
		pages = append(pages, text...)
		next, _, _ = strings.Cut(strings.TrimPrefix(response.Header.Get("Link"), "<"), ">")
	}
	var register []byte
	for r, err := range h.desk.Records(t.Context(), demoGroup, 0, false) {
		require.NoError(t, err)
		register = append(append(register, r.Body...), '\n')
	}
	require.Equal(t, string(register), string(pages))

	head := h.headNow()
	made := h.token("follower", token{Role: domain.Auditor, Groups: []string{demoGroup}})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/v1/groups/"+demoGroup+"/events", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+h.tokens["follower"])
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Last-Event-ID", decimal(head-1))
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	status, _ := h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, []string{decimal(head), decimal(head + 1)}, idsOf(t, response.Body, 2))
	_, err = h.door.revoke(t.Context(), made.ID)
	require.NoError(t, err)
	status, _ = h.bring("secretary", obligation(demoGroup, ""), "")
	require.Equal(t, http.StatusCreated, status)
	require.Empty(t, idsOf(t, response.Body, 1), "a token that was revoked gets nothing more")
}

// idsOf reads the ids of so many server-sent events, or of fewer where the stream ends.
func idsOf(t *testing.T, from io.Reader, n int) (ids []string) {
	var line []byte
	one := make([]byte, 1)
	for ends := 0; ends < n; {
		if _, err := io.ReadFull(from, one); err != nil {
			return ids
		}
		if one[0] != '\n' {
			line = append(line, one[0])
			continue
		}
		if id, ok := strings.CutPrefix(string(line), "id: "); ok {
			ids = append(ids, id)
		}
		if len(line) == 0 {
			ends++
		}
		line = line[:0]
	}
	return ids
}

// TestAddresses: whatever is wrong with an address is said as a problem, in the language that was asked for.
func TestAddresses(t *testing.T) {
	h := serveDemo(t)
	group := "/v1/groups/" + demoGroup
	for _, c := range []struct {
		method, address string
		status          int
		code            string
	}{
		{"GET", "/", 404, "R0846"},
		{"GET", "/v1", 404, "R0846"},
		{"GET", group, 404, "R0846"},
		{"GET", group + "/weights/", 404, "R0846"},
		{"PUT", group + "/commands", 405, "R0847"},
		{"GET", group + "/commands", 405, "R0847"},
		{"POST", group + "/weights", 405, "R0847"},
		{"GET", "/v1/groups/nobody/members", 404, "R0009"},
		{"GET", "/v1/groups/..%2f..%2fetc/members", 404, "R0846"},
		{"GET", group + "/weights?body=ag&body=cogouv", 400, "R0844"},
		{"GET", group + "/weights?body=ag&at=1&at=2", 400, "R0844"},
		{"GET", group + "/weights?body=ag&at=2021-02-30", 400, "R0006"},
		{"GET", group + "/weights?body=ag&known=%23x", 400, "R0007"},
		{"GET", group + "/weights?body=ag&known=999999", 400, "R0008"},
		{"GET", group + "/weights?body=ag&why=1", 400, "R0844"},
		{"GET", group + "/weights?body=ag;x=1", 400, "R0844"},
		{"GET", group + "/weights?body=ag&%zz", 400, "R0844"},
		{"GET", group + "/weights?body=%ff", 400, "R0844"},
		{"GET", group + "/decisions/0x10", 400, "R0844"},
		{"GET", group + "/decisions/5", 404, "R0563"},
		{"GET", group + "/events/99999", 404, "R0552"},
		{"GET", group + "/sittings/none", 404, "R0561"},
		{"GET", group + "/events?after=-1", 400, "R0844"},
		{"GET", "/v1/groups?at=2021-01-01", 400, "R0842"},
		{"GET", group + "/sittings/ag-2019", 404, "R0562"},
	} {
		_, response, text := h.request(c.method, "auditor", c.address, "", "Accept-Language", "fr-FR, en;q=0.5")
		var problem web.Problem
		require.NoError(t, json.Unmarshal(text, &problem), "%s %s: %s", c.method, c.address, text)
		require.Equal(t, c.status, response.StatusCode, "%s %s: %s", c.method, c.address, text)
		require.Equal(t, c.code, problem.Code, "%s %s: %s", c.method, c.address, text)
		require.Equal(t, c.status, problem.Status)
		require.Equal(t, "fr", response.Header.Get("Content-Language"))
		require.Equal(t, "application/problem+json", response.Header.Get("Content-Type"))
	}
	response, _ := h.get("auditor", group+"/weights?body=ag", "Accept", "text/html")
	require.Equal(t, http.StatusNotAcceptable, response.StatusCode)
}

// TestOneTable: no two questions stand at one address, and what a question takes has one name.
func TestOneTable(t *testing.T) {
	seen := map[string]string{}
	for _, q := range operations() {
		require.Empty(t, seen[q.Path], q.Name)
		seen[q.Path] = q.Name
		require.NotEmpty(t, q.Says, q.Name)
		names := map[string]bool{"at": true, "known": true}
		for _, p := range q.Takes {
			require.False(t, names[p.Name], "%s %s", q.Name, p.Name)
			names[p.Name] = true
			require.NotEmpty(t, p.Says, "%s %s", q.Name, p.Name)
			require.True(t, p.Form != operation.Lines || !p.Required)
		}
		for part := range strings.SplitSeq(q.Path, "{") {
			if name, _, ok := strings.Cut(part, "}"); ok && name != "group" {
				require.True(t, slices.ContainsFunc(q.Takes, func(p operation.Parameter) bool { return p.Name == name && p.Required }), "%s %s", q.Name, name)
			}
		}
	}
}
