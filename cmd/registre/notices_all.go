package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"registre/domain"
	"registre/projections"
	"registre/web"
)

// An allNoticing is a desk that tells the notices of all groups.
type allNoticing interface {
	TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error]
}

// TellAll implements allNoticing.
func (l *local) TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	items, err := newCounter(l).AllNotices(q)
	if err != nil {
		return func(yield func(web.Item, error) bool) { yield(web.Item{}, err) }
	}
	return items(ctx)
}

// streamNotices tells the notices of all groups to another process of the same user.
func streamNotices(w http.ResponseWriter, r *http.Request, d allNoticing) {
	told := r.URL.Query()
	q := web.AllNoticesAsked{Told: map[string]string{}, Last: told.Get("behind"), Follow: told.Get("follow") != ""}
	for _, name := range []string{"body", "kind", "member", "since"} {
		if told.Get(name) != "" {
			q.Told[name] = told.Get(name)
		}
	}
	out := asKept(w)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for item, err := range d.TellAll(r.Context(), q) {
		p := passed{Group: domain.GroupID(item.Group), Body: item.Body, Place: item.ID}
		if err != nil {
			p = passed{Fault: faultOf(orLeft(r, asFault(err)))}
		}
		if out.Encode(p) != nil || err != nil {
			return
		}
		if q.Follow {
			_ = flush.Flush()
		}
	}
	if err := r.Context().Err(); err != nil { // it is not all
		_ = out.Encode(passed{Fault: failure("unreachable", "", err)})
	}
}

// asFault is an error as the command line tells it.
func asFault(err error) error {
	if f := (*web.Fault)(nil); errors.As(err, &f) {
		if f.Name == "last-event-id" {
			return misuse("place-form", "--behind", f.Detail)
		}
		return misuse(f.Name, f.Subject, f.Detail)
	}
	return err
}

// TellAll implements allNoticing.
func (r *remote) TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	query := url.Values{}
	for name, value := range q.Told {
		query.Set(name, value)
	}
	query.Set("behind", q.Last)
	if q.Follow {
		query.Set("follow", "1")
	}
	return func(yield func(web.Item, error) bool) {
		for p, err := range r.passed(ctx, "/notices?"+query.Encode()) {
			if !yield(web.Item{Body: p.Body, Group: string(p.Group), ID: p.Place}, err) || err != nil {
				return
			}
		}
	}
}

// passed is what the process that holds the folder passes on at a path, until it ends.
func (r *remote) passed(ctx context.Context, path string) iter.Seq2[passed, error] {
	return func(yield func(passed, error) bool) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://registre"+path, nil)
		if err != nil {
			yield(passed{}, err)
			return
		}
		response, err := r.client.Do(request)
		if err != nil {
			yield(passed{}, failure("unreachable", "", err))
			return
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			yield(passed{}, unlike(response))
			return
		}
		in := json.NewDecoder(bufio.NewReader(response.Body))
		for {
			var p passed
			err := in.Decode(&p)
			switch {
			case errors.Is(err, io.EOF) || ctx.Err() != nil:
				return
			case err != nil:
				err = failure("unreachable", "", err)
			case p.Fault != nil:
				err = p.Fault
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// allNotices tells the notices of all groups.
func (a *app) allNotices(ctx context.Context, f *noticesAsking) error {
	switch {
	case a.known != "" || a.at != "" || f.after > 0 || f.findings:
		return misuse("group-wanted", "--after, --findings, --at, --known", "")
	case f.since != "" && f.behind != "":
		return misuse("flags-exclusive", "--since, --behind", "")
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	all, ok := d.(allNoticing)
	if !ok {
		return misuse("arguments", "", "notices GROUP")
	}
	place := f.behind
	q := web.AllNoticesAsked{Told: f.toldOfAll(), Last: f.behind, Follow: f.goOn}
	for item, err := range all.TellAll(ctx, q) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return asFault(err)
		}
		if item.Body == nil {
			continue
		}
		if err := a.sayOneOfAll(&item); err != nil {
			return err
		}
		if item.ID != "" {
			place = item.ID
		}
	}
	if !f.goOn && !a.asJSON && place != "" {
		f.since, f.behind = "", place
		a.printf("\n%s %s\n", a.tr("La suite :", "What comes next:"), a.commandLine(f.verb("")...))
	}
	return nil
}

func (f *noticesAsking) toldOfAll() map[string]string {
	told := asking("body", f.body, "kind", strings.Join(f.kinds, "\n"), "member", f.member, "since", f.since)
	if told == nil {
		told = map[string]string{}
	}
	return told
}

// sayOneOfAll prints one notice of some group.
func (a *app) sayOneOfAll(item *web.Item) error {
	if a.asJSON {
		_, err := a.out.Write(append(item.Body[:len(item.Body):len(item.Body)], '\n'))
		return err
	}
	var e projections.CloudEvent
	if err := json.Unmarshal(item.Body, &e); err != nil {
		return err
	}
	n := e.Notice()
	_, text := a.tellNotice(&n)
	a.prose(n.Data.Effective.String()+"  "+string(n.Group)+" #"+decimal(n.Number)+"  "+text, 12)
	return nil
}
