package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"registre/projections/canonical"
	"registre/web/operation"
)

// lasting is how long an answer that stays the same may be kept: a year, which caches take for ever.
const lasting = "private, max-age=31536000, immutable"

// question serves one question.
func (s *Server) question(q *operation.Question) {
	path := "/v1/groups/{group}/" + q.Path
	if q.House {
		path = "/v1/" + q.Path
	}
	s.add(s.documented(q, path), Right{What: ToRead}, func(w http.ResponseWriter, r *http.Request) error {
		asked, err := askedOf(q, r)
		if err != nil {
			return err
		}
		if !accepts(r, "application/json") {
			return &Fault{Status: http.StatusNotAcceptable, Name: "media-unwanted", Subject: r.Header.Get("Accept"), Detail: "application/json"}
		}
		return s.answer(w, r, q, asked)
	})
}

// answer resolves a question, and answers it unless whoever asks has the answer.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, q *operation.Question, asked Asked) error {
	resolved, err := s.Desk.Resolve(r.Context(), asked)
	if err != nil {
		return err
	}
	h := w.Header()
	if !q.House {
		h.Set("Registre-Head", strconv.FormatUint(resolved.Head, 10))
	}
	h["Cache-Control"] = askedAgain
	if resolved.Lasting {
		h["Cache-Control"] = keptForEver
	}
	tag := resolved.name()
	if tag != "" && known(w, r, tag) {
		return nil
	}
	room := canonical.TakeRoom()
	defer canonical.GiveRoom(room)
	body, err := s.asking(r.Context(), q, &resolved, room)
	if err != nil {
		return err
	}
	if tag == "" && known(w, r, tagOf(body)) {
		return nil
	}
	body = append(body, '\n')
	*room = body[:0]
	h["Content-Type"] = isJSON
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return nil
}

// What headers say over and over. Nobody writes to them.
var (
	isJSON      = []string{"application/json"}
	askedAgain  = []string{"private, no-cache"}
	keptForEver = []string{lasting}
)

// asking has a question answered, when there is room for it, unless its answer is at hand: what is known of a register up to a
// number stays so, whenever and however it is asked. The answer stands in room.
func (s *Server) asking(ctx context.Context, q *operation.Question, resolved *Resolved, room *[]byte) ([]byte, error) {
	slow := q.Slow || q.SlowWith != "" && resolved.Told[q.SlowWith] != ""
	if a, ok := s.lasting.get(resolved.Of); ok {
		return a.with(resolved.Meta, (*room)[:0]), nil
	}
	var a Answer
	ask := func() (err error) { a, err = s.Desk.Ask(ctx, *resolved, (*room)[:0]); return err }
	var err error
	if slow {
		err = s.slowly(ctx, ask)
	} else {
		err = ask()
	}
	switch {
	case err != nil:
		return nil, err
	case resolved.Of == "":
		return append((*room)[:0], a.Text...), nil
	}
	s.lasting.put(resolved.Of, a, slow)
	return slices.Insert(a.Text, a.Meta, resolved.Meta...), nil
}

// known sets the tag of an answer, and says that whoever asks has it, where so.
func known(w http.ResponseWriter, r *http.Request, tag string) bool {
	tag = `"` + tag + `"`
	w.Header().Set("ETag", tag)
	for _, header := range r.Header.Values("If-None-Match") {
		for t := range strings.SplitSeq(header, ",") {
			if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
				w.WriteHeader(http.StatusNotModified)
				return true
			}
		}
	}
	return false
}

// tagOf is the tag of some bytes.
func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// askedOf reads a question from the address of a request.
func askedOf(q *operation.Question, r *http.Request) (Asked, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Asked{}, &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: "?", Detail: r.URL.RawQuery}
	}
	for i := range q.Takes {
		if name := q.Takes[i].Name; strings.Contains(q.Path, "{"+name+"}") {
			values[name] = append([]string{r.PathValue(name)}, values[name]...)
		}
	}
	return askedFrom(q, r.PathValue("group"), values)
}

// askedFrom makes a question of what stands beside the names of its parameters, through whichever door.
func askedFrom(q *operation.Question, group string, values url.Values) (Asked, error) {
	asked := Asked{Name: q.Name, Group: group, Told: map[string]string{}}
	for i := range q.Takes {
		p := &q.Takes[i]
		given := values[p.Name]
		delete(values, p.Name)
		if len(given) > 1 && p.Form != operation.Lines {
			return asked, twice(p.Name, given)
		}
		value := strings.Join(given, "\n")
		if p.Form == operation.Known {
			value = numbered(value)
		}
		if value != "" {
			asked.Told[p.Name] = value
		}
	}
	if !q.House {
		for name, into := range map[string]*string{"at": &asked.At, "known": &asked.Known} {
			if len(values[name]) > 1 {
				return asked, twice(name, values[name])
			}
			*into = values.Get(name)
			delete(values, name)
		}
		asked.Known = numbered(asked.Known)
	}
	for _, name := range sorted(values) {
		return asked, &Fault{Status: http.StatusBadRequest, Name: "parameter-unknown", Subject: name}
	}
	return asked, nil
}

func twice(name string, given []string) error {
	return &Fault{Status: http.StatusBadRequest, Name: "parameter-unreadable", Subject: name, Detail: strings.Join(given, ", ")}
}

func sorted(values url.Values) (names []string) {
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// numbered lets the number of an event stand alone in an address, where # means something else.
func numbered(known string) string {
	if known != "" && strings.Trim(known, "0123456789") == "" {
		return "#" + known
	}
	return known
}

// accepts reports whether whoever asks takes a type of content.
func accepts(r *http.Request, media string) bool {
	accept := r.Header.Values("Accept")
	if len(accept) == 0 {
		return true
	}
	family, _, _ := strings.Cut(media, "/")
	for _, header := range accept {
		for part := range strings.SplitSeq(header, ",") {
			kind, rest, _ := strings.Cut(part, ";")
			if kind = strings.ToLower(strings.TrimSpace(kind)); kind != media && kind != family+"/*" && kind != "*/*" {
				continue
			}
			if q := strings.ReplaceAll(rest, " ", ""); q != "q=0" && q != "q=0.0" {
				return true
			}
		}
	}
	return false
}

// documented is what the document says of a question.
func (s *Server) documented(q *operation.Question, path string) *huma.Operation {
	op := &huma.Operation{
		OperationID: q.Name, Method: http.MethodGet, Path: path, Summary: q.Says, Tags: []string{"questions"},
		Responses: map[string]*huma.Response{
			"200": {
				Description: "The answer", Headers: answerHeaders(!q.House), Content: map[string]*huma.MediaType{},
			},
			"304": {Description: "Whoever asks has the answer already"},
		},
	}
	if q.Answers != nil {
		op.Responses["200"].Content["application/json"] = &huma.MediaType{Schema: s.answered(q)}
	}
	if !q.House {
		op.Parameters = append(op.Parameters, groupParameter(), timeParameter("at", "The day asked about, as 2021-06-01; today where it is left out.", "2021-06-01"),
			timeParameter("known", "What may be known: the number of an event, a day (its end in Paris), or an RFC 3339 instant; all where it is left out. Of an answer with at and known a number, all stays the same for ever.", "12"))
	}
	for i := range q.Takes {
		op.Parameters = append(op.Parameters, parameterOf(q, &q.Takes[i]))
	}
	s.mayFail(op, http.StatusBadRequest, http.StatusNotFound, http.StatusNotAcceptable, http.StatusUnprocessableEntity)
	return op
}
