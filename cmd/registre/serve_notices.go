package main

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/notify"
	"registre/projections"
	"registre/web"
)

// dayLooks is how often somebody who follows findings is looked after, so that a day that ends without an event is seen to end.
const dayLooks = 10 * time.Second

// Notices implements web.Desk.
func (c *counter) Notices(q web.NoticesAsked) (func(context.Context) iter.Seq2[web.Item, error], error) {
	want, err := noticeFilterOf(q.Told)
	if err != nil {
		return nil, err
	}
	if err := c.ledger.View(context.Background(), domain.GroupID(q.Group), func(v *eventstore.View) error { return heardOf(v, q) }); err != nil {
		return nil, err
	}
	after, _ := strconv.ParseUint(q.Told["after"], 10, 53) // the form has seen to it
	at := notify.Place{Done: after, Found: after}
	if q.Last != "" {
		if at, err = placeNamed(q.Last); err != nil || at.Done > q.Head {
			return nil, web.BadLastID(q.Last)
		}
	}
	telling := &noticeStream{
		counter: c, group: domain.GroupID(q.Group), want: want, follow: q.Follow, at: at,
		source: c.noticeSource(),
	}
	return telling.items, nil
}

// heardOf refuses a body and a member of which the register knows nothing, as the question does.
func heardOf(v *eventstore.View, q web.NoticesAsked) error {
	a := &asked{Question: projections.Question{Group: domain.GroupID(q.Group), At: domain.LastDay, Known: v.Head}, more: q.Told, state: v.State}
	_, err := a.body()
	if err == nil {
		_, err = a.member()
	}
	return err
}

// placeNamed reads a place: the number of the event up to which all is told, and where findings are, that up to which they are.
func placeNamed(s string) (at notify.Place, err error) {
	done, found, both := strings.Cut(s, ".")
	if at.Done, err = strconv.ParseUint(done, 10, 53); err != nil {
		return at, err
	}
	at.Found = at.Done
	if both {
		at.Found, err = strconv.ParseUint(found, 10, 53)
	}
	return at, err
}

// A noticeStream tells the notices of a register, one after the other.
type noticeStream struct {
	*counter
	group  domain.GroupID
	want   noticeFilter
	follow bool
	at     notify.Place
	source *notify.Source
}

// items are the notices behind the place at which it stands; with follow those to come as well, until ctx ends.
func (s *noticeStream) items(ctx context.Context) iter.Seq2[web.Item, error] {
	return func(yield func(web.Item, error) bool) {
		for ctx.Err() == nil {
			steps, err := s.source.After(ctx, s.group, s.at, s.want.findings)
			switch {
			case err != nil:
				yield(web.Item{}, err)
				return
			case len(steps) > 0:
				if !s.tell(steps, yield) {
					return
				}
			case !s.follow:
				return
			default:
				if err := s.await(ctx); err != nil {
					yield(web.Item{}, err)
					return
				}
			}
		}
	}
}

// await waits until there may be more.
func (s *noticeStream) await(ctx context.Context) error {
	if s.want.findings {
		within, done := context.WithTimeout(ctx, dayLooks)
		defer done()
		ctx = within
	}
	return awaitRecord(ctx, s.local, s.group, s.at.Done)
}

// tell tells the notices of some steps. The last that is told of an event has the place behind the event as its id.
func (s *noticeStream) tell(steps []notify.Step, yield func(web.Item, error) bool) bool {
	var held *web.Item
	pass := func() bool {
		item := held
		held = nil
		return item == nil || yield(*item, nil)
	}
	for i := range steps {
		if n := steps[i].Notice; n != nil && s.want.wants(n) {
			if !pass() {
				return false
			}
			body, err := projections.Encode(n.CloudEvent(s.origin()))
			if err != nil {
				return yield(web.Item{}, err) && false
			}
			held = &web.Item{Kind: "notice", Body: body}
		}
		if s.at = steps[i].Behind; s.at.Part != "" {
			continue
		}
		if held != nil {
			held.ID = s.place()
		}
		if !pass() {
			return false
		}
	}
	return pass()
}

// place is where it stands, as placeNamed reads it.
func (s *noticeStream) place() string {
	if s.want.findings {
		return decimal(s.at.Done) + "." + decimal(s.at.Found)
	}
	return decimal(s.at.Done)
}

// feedPage is how many notices a page of a feed has.
const feedPage = "50"

// Feed implements web.Desk.
func (c *counter) Feed(ctx context.Context, q web.FeedAsked) (f web.Feed, err error) {
	answer, err := answerTo[noticesTold](ctx, c.local, Question{
		Kind: "notices", Group: q.Group, More: asking("before", q.Before, "body", q.Body, "limit", feedPage, "newest", "yes"),
	})
	if err != nil {
		return f, err
	}
	a := c.tongues[q.Lang]
	f = web.Feed{ID: entryID(c.origin(), q.Group+"/"+q.Body), Author: c.origin(), Title: a.tr("Avis de ", "Notices of ") + q.Group}
	if q.Body != "" {
		f.Title += ", " + q.Body
	}
	if answer.Next > 0 {
		f.Next = decimal(answer.Next)
	}
	for i := range answer.Notices {
		e := &answer.Notices[i]
		n := e.Notice()
		title, text := a.tellNotice(&n)
		f.Entries = append(f.Entries, web.FeedEntry{ID: entryID(c.origin(), e.ID), Kind: n.Kind, Link: "/v1/" + e.Subject, Text: text, Title: title, Updated: e.Time.String()})
	}
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
		return f, nil
	}
	founded, err := answerTo[eventAnswer](ctx, c.local, Question{Kind: "event", Group: q.Group, More: asking("number", "1")})
	if err != nil {
		return f, err
	}
	first, err := eventstore.Decode(founded.Event)
	f.Updated = first.Recorded.String()
	return f, err
}

// entryID names something of the notices of a log for ever.
func entryID(origin, id string) string {
	return "urn:registre:notice:" + url.PathEscape(origin) + ":" + id
}
