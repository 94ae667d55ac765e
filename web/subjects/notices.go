package subjects

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/domain"
	"registre/eventstore/jetstream"
	"registre/notify"
	"registre/projections"
)

// Notices are to be published as a stream.
type Notices struct {
	Source *notify.Source
	Origin string // of the log
	Dir    string // where the stream lies; nothing is there that the registers do not give again
}

// The streams.
const (
	// NoticeStream is the stream that clients consume.
	NoticeStream  = "REGISTRE_NOTICES"
	noticeSubject = "registre.notices.v1."
	placeStream   = "REGISTRE_PLACES"
	placeSubject  = "registre.places.v1."
	placeHeader   = "Registre-Place"
	maxNotices    = 1 << 30 // bytes; the oldest go first
	noticesLooked = 500 * time.Millisecond
)

// A publisher publishes the notices of every group on a stream, those of a group in the order of its register. Where it stands it reads
// from the stream itself: the place behind a notice is written with it, so that a kill neither loses nor repeats one.
type publisher struct {
	*Broker
	js     natsjs.JetStream
	stream natsjs.Stream
	places natsjs.Stream
	fresh  bool // nothing was ever published
	lanes  map[domain.GroupID]*lane

	reviewing sync.Mutex
	reviewed  uint64 // the house register's number, when rights were looked at last
	day       domain.Day
}

// A lane is how far the notices of a group are published.
type lane struct {
	at, kept notify.Place
	head     uint64 // up to which there was nothing left
	day      domain.Day
}

// openPublisher makes the streams where there are none.
func openPublisher(ctx context.Context, b *Broker) (*publisher, error) {
	if err := b.service.EnableJetStream(nil, nil); err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	p := &publisher{Broker: b, lanes: map[domain.GroupID]*lane{}}
	err := error(nil)
	if p.js, err = natsjs.New(b.conn); err != nil {
		return nil, err
	}
	p.stream, err = p.js.CreateOrUpdateStream(ctx, natsjs.StreamConfig{
		Name: NoticeStream, Subjects: []string{noticeSubject + "*.*"}, Storage: natsjs.FileStorage, Discard: natsjs.DiscardOld, MaxBytes: maxNotices, DenyDelete: true, DenyPurge: true,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	p.places, err = p.js.CreateOrUpdateStream(ctx, natsjs.StreamConfig{
		Name: placeStream, Subjects: []string{placeSubject + "*"}, Storage: natsjs.FileStorage, MaxMsgsPerSubject: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	p.fresh = p.stream.CachedInfo().State.LastSeq == 0 && p.places.CachedInfo().State.LastSeq == 0
	return p, nil
}

// run publishes until ctx ends.
func (p *publisher) run(ctx context.Context) {
	tick := time.NewTicker(noticesLooked)
	defer tick.Stop()
	for {
		if err := p.round(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("notices are held up", "channel", "nats", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round publishes what is new in every group.
func (p *publisher) round(ctx context.Context) error {
	heads, err := p.Notices.Source.Log.Heads(ctx)
	if err != nil {
		return err
	}
	err = p.review(ctx)
	for _, h := range heads {
		if h.Group == domain.House || ctx.Err() != nil {
			continue
		}
		if failed := p.through(ctx, h.Group, h.Number); failed != nil {
			delete(p.lanes, h.Group) // the stream tells where it stands
			err = errors.Join(err, failed)
		}
	}
	p.fresh = false
	return err
}

// through publishes what is new in a group.
func (p *publisher) through(ctx context.Context, group domain.GroupID, head uint64) (err error) {
	l, today := p.lanes[group], p.Notices.Source.Past().Day()
	if l == nil {
		if l, err = p.lane(ctx, group, head); err != nil {
			return err
		}
		p.lanes[group] = l
	}
	if l.head == head && l.day == today {
		return nil
	}
	settled, err := p.Notices.Source.Settled(ctx, group)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		steps, err := p.Notices.Source.After(ctx, group, l.at, true)
		if err != nil {
			return err
		}
		if len(steps) == 0 {
			if l.head = head; settled {
				l.day = today
			}
			return p.keep(ctx, group, l)
		}
		for i := range steps {
			if n := steps[i].Notice; n != nil {
				if err := p.publish(ctx, n, steps[i].Behind); err != nil {
					return err
				}
				l.kept = steps[i].Behind
			}
			l.at = steps[i].Behind
		}
	}
	return nil
}

// publish publishes a notice with the place behind it, once whoever may no longer be told gets nothing more.
func (p *publisher) publish(ctx context.Context, n *projections.Notice, behind notify.Place) error {
	if err := p.review(ctx); err != nil {
		return err
	}
	body, err := projections.Encode(n.CloudEvent(p.Notices.Origin))
	if err != nil {
		return err
	}
	place, err := json.Marshal(behind)
	if err != nil {
		return err
	}
	m := nats.NewMsg(noticeSubject + string(n.Group) + "." + n.Kind)
	m.Data = body
	m.Header.Set("content-type", "application/cloudevents+json; charset=UTF-8")
	m.Header.Set(placeHeader, string(place))
	_, err = p.js.PublishMsg(ctx, m, natsjs.WithMsgID(n.ID()))
	return err
}

// keep keeps a place that has moved past events without notices.
func (p *publisher) keep(ctx context.Context, group domain.GroupID, l *lane) error {
	if l.at == l.kept {
		return nil
	}
	place, err := json.Marshal(l.at)
	if err == nil {
		_, err = p.js.Publish(ctx, placeSubject+string(group), place)
	}
	if err == nil {
		l.kept = l.at
	}
	return err
}

// lane is where the notices of a group stand: behind the last that was published, or the last place that was kept. Where nothing was ever
// published, what an audit found on past days is not told.
func (p *publisher) lane(ctx context.Context, group domain.GroupID, head uint64) (*lane, error) {
	l := &lane{}
	published, err := p.stream.GetLastMsgForSubject(ctx, noticeSubject+string(group)+".*")
	if err == nil {
		err = json.Unmarshal([]byte(published.Header.Get(placeHeader)), &l.at)
	}
	if err != nil && !errors.Is(err, natsjs.ErrMsgNotFound) {
		return nil, err
	}
	none := err != nil
	kept, err := p.places.GetLastMsgForSubject(ctx, placeSubject+string(group))
	if errors.Is(err, natsjs.ErrMsgNotFound) {
		if none && p.fresh {
			l.at.Found = head
		}
		return l, nil
	}
	var at notify.Place
	if err == nil {
		err = json.Unmarshal(kept.Data, &at)
	}
	if cmp.Or(cmp.Compare(at.Done, l.at.Done), cmp.Compare(at.Found, l.at.Found)) > 0 {
		l.at = at
	}
	l.kept = l.at
	return l, err
}
