package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"registre/domain"
	"registre/web/operation"
)

// An Operation is what can be called through another door than HTTP.
type Operation struct {
	Name  string
	Says  string
	Takes []operation.Parameter // the group and both times among them
	Body  string                // the parameter that holds a command; "" for none
}

// A Call is a request that comes through another door than HTTP.
type Call struct {
	Operation string
	Who       func() (Principal, error) // who sends it, asked anew each time
	Values    url.Values                // what is told, by the names of parameters
	Body      []byte                    // the command
	Accepts   string                    // languages, as Accept-Language has them
	Longest   int                       // how many bytes an answer can have
}

// A Reply is what a call is answered with.
type Reply struct {
	Status  int // as in HTTP
	Headers map[string]string
	Body    []byte
	Problem *Problem // that the body tells; nil where nothing is wrong
}

// Operations are what can be called: every question of the table, the register in pages, and recording.
func (s *Server) Operations() (all []Operation) {
	group := operation.Must(operation.Parameter{Name: "group", Form: operation.ID, Says: "the group"})
	times := []operation.Parameter{
		{Name: "at", Form: operation.Day, Says: "the day asked about; today where it is left out"},
		{Name: "known", Form: operation.Known, Says: "what may be known; all where it is left out"},
	}
	for i := range s.Questions {
		q, takes := &s.Questions[i], []operation.Parameter(nil)
		if ofGroup(q) {
			takes = append(takes, group)
		}
		if !q.House {
			takes = append(takes, times...)
		}
		all = append(all, Operation{Name: q.Name, Says: q.Says, Takes: append(takes, q.Takes...)})
	}
	return append(all,
		Operation{Name: "events", Says: "The register: its events, byte for byte as they are signed for, a line each", Takes: append([]operation.Parameter{group}, pageTakes()...)},
		Operation{Name: "record", Says: "Record a command, wholly or not at all", Takes: append([]operation.Parameter{group}, commandTakes...), Body: "command"})
}

// ofGroup reports whether a question is about one group.
func ofGroup(q *operation.Question) bool { return !q.House || strings.Contains(q.Path, "{group}") }

// pageTakes are what a page of events takes: what goes on for ever has other doors.
func pageTakes() []operation.Parameter {
	return slices.DeleteFunc(slices.Clone(recordsTake), func(p operation.Parameter) bool { return p.Name == "follow" })
}

// Call answers a call: it is let in, counted, measured and logged as a request over HTTP is, and answered with the same.
func (s *Server) Call(ctx context.Context, c Call) (reply Reply) {
	begun, v := time.Now(), visit{who: c.Who, group: c.Values.Get("group")}
	right := Right{What: ToRead, Operation: c.Operation}
	if c.Operation == "record" {
		right.What = ToRecord
	}
	var of *admitted
	err := s.let(ctx, &v, right, func(ctx context.Context) (err error) {
		reply, err = s.called(ctx, &c)
		return err
	}, func(a *admitted) { of = a })
	if err == nil && len(reply.Body) > c.Longest {
		err = &Fault{Status: http.StatusRequestEntityTooLarge, Name: "answer-too-long", Subject: strconv.Itoa(c.Longest)}
	}
	if err != nil {
		reply = s.Tell(err, c.Accepts)
	}
	s.gauge.served(c.Operation, reply.Status, time.Since(begun))
	if s.Log.Enabled(ctx, slog.LevelInfo) {
		said := []any{"door", "nats", "operation", c.Operation, "status", reply.Status, "milliseconds", float64(time.Since(begun).Microseconds()) / 1000}
		s.Log.Info("served", append(said, of.said(v.group)...)...)
	}
	return reply
}

// Tell is a reply that tells an error, in a language that is accepted.
func (s *Server) Tell(err error, accepts string) Reply {
	lang := languageIn(accepts)
	p := s.Desk.Problem(err, lang)
	if p.Status == http.StatusInternalServerError {
		s.Log.Error("failed", "code", p.Code)
	}
	h := map[string]string{"Content-Type": "application/problem+json", "Content-Language": lang}
	if f := (*Fault)(nil); errors.As(err, &f) && f.After > 0 {
		h["Retry-After"] = strconv.Itoa(f.After)
	} else if p.Status == http.StatusServiceUnavailable {
		h["Retry-After"] = "1"
	}
	return Reply{Status: p.Status, Headers: h, Body: problemBody(p), Problem: &p}
}

// called answers a call that was let in.
func (s *Server) called(ctx context.Context, c *Call) (Reply, error) {
	values, groups := c.Values, c.Values["group"]
	delete(values, "group")
	if len(groups) > 1 {
		return Reply{}, twice("group", groups)
	}
	group := strings.Join(groups, "")
	i := slices.IndexFunc(s.Questions, func(q operation.Question) bool { return q.Name == c.Operation })
	of := i < 0 || ofGroup(&s.Questions[i])
	switch {
	case of && group == "":
		return Reply{}, &operation.ParameterError{Problem: operation.Missing, Name: "group"}
	case !of && groups != nil:
		return Reply{}, &operation.ParameterError{Problem: operation.Unknown, Name: "group", Value: group}
	case c.Operation == "record":
		return s.callRecord(ctx, c, group)
	case c.Operation == "events":
		return s.callEvents(ctx, c, group)
	}
	return s.callQuestion(ctx, &s.Questions[i], group, values)
}

func (s *Server) callQuestion(ctx context.Context, q *operation.Question, group string, values url.Values) (r Reply, err error) {
	asked, err := askedFrom(q, group, values)
	if err != nil {
		return r, err
	}
	resolved, err := s.Desk.Resolve(ctx, asked)
	if err != nil {
		return r, err
	}
	if r.Body, err = s.asking(ctx, q, &resolved, new([]byte)); err != nil {
		return r, err
	}
	r.Status, r.Headers = http.StatusOK, map[string]string{"Content-Type": "application/json"}
	tag := resolved.name()
	if tag == "" {
		tag = tagOf(r.Body)
	}
	r.Headers["ETag"] = `"` + tag + `"`
	if !q.House {
		r.Headers["Registre-Head"] = strconv.FormatUint(resolved.Head, 10)
	}
	return r, nil
}

// callRecord records a command, or tries it.
func (s *Server) callRecord(ctx context.Context, c *Call, group string) (r Reply, err error) {
	told, err := toldIn(c.Values, commandTakes)
	if err != nil {
		return r, err
	}
	b := broughtFor(group, told)
	switch b.Body = c.Body; {
	case len(b.Body) == 0:
		return r, &operation.ParameterError{Problem: operation.Missing, Name: "command"}
	case len(b.Body) > maxCommand:
		return r, &Fault{Status: http.StatusRequestEntityTooLarge, Name: "body-too-long", Subject: strconv.Itoa(maxCommand)}
	}
	done, err := s.Desk.Record(ctx, b)
	if err != nil {
		return r, err
	}
	r = Reply{Status: http.StatusOK, Headers: map[string]string{"Content-Type": "application/json"}, Body: done.Answer}
	if !done.Repeated && !b.DryRun {
		r.Status = http.StatusCreated
	}
	return r, nil
}

// callEvents gives a page of a register, as long as an answer can be.
func (s *Server) callEvents(ctx context.Context, c *Call, group string) (r Reply, err error) {
	told, err := toldIn(c.Values, pageTakes())
	if err != nil {
		return r, err
	}
	after, limit := rangeIn(told)
	resolved, err := s.Desk.Resolve(ctx, Asked{Name: "pair", Group: group})
	if err != nil {
		return r, err
	}
	var page bytes.Buffer
	to := after
	for record, err := range s.Desk.Records(ctx, domain.GroupID(group), after, false) {
		if err != nil {
			return r, err
		}
		if to == after+limit || page.Len()+len(record.Body)+1 > c.Longest {
			break
		}
		page.Write(record.Body)
		page.WriteByte('\n')
		to = record.Number
	}
	r = Reply{Status: http.StatusOK, Headers: map[string]string{"Content-Type": jsonLines, "Registre-Head": strconv.FormatUint(resolved.Head, 10)}, Body: page.Bytes()}
	if to < resolved.Head && to > after {
		r.Headers["Registre-Next"] = strconv.FormatUint(to, 10)
	}
	return r, nil
}
