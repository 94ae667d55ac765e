package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"registre/domain"
	"registre/web"
	"registre/web/login"
)

// Servers on one cluster share the registers, and nothing else: addresses, places, and the key of the links in mails lie in the folder
// of one of them. What only the one can say or do that has it, the others ask of all; nothing that is answered here is taken for a right.

// How long others are waited for: for a word, and for something to be done, which is given up before.
const (
	othersSay = 2 * time.Second
	othersDo  = 20 * time.Second
	doneHere  = 15 * time.Second
)

// linksFollowed is of how many links others are asked at once: whoever knows one of a subscription can make up others of it.
const linksFollowed = 4

// maxAskedBrought is of how many subscriptions others are asked at once.
const maxAskedBrought = 1000

// An askedOfServers is what one server asks all others: one of these.
type askedOfServers struct {
	Brings []domain.SubscriptionID `json:"brings,omitempty"` // which of these each brings
	Link   string                  `json:"link,omitempty"`   // whose link of a mail it is
	Leave  bool                    `json:"leave,omitempty"`  // and to end the subscription
	Stands bool                    `json:"stands,omitempty"` // which channels each carries, and how many subscriptions it brings
	Ended  string                  `json:"ended,omitempty"`  // or told: a token by which the provider has ended sessions
}

// A saidByServer is what one of them says, who has something to say.
type saidByServer struct {
	Brings []domain.SubscriptionID `json:"brings,omitempty"`
	Knows  bool                    `json:"knows,omitempty"` // the link
	Failed string                  `json:"failed,omitempty"`
	Stands *serverStands           `json:"stands,omitempty"`
}

// answerServers answers what the other servers ask, until the desk is closed.
func (l *local) answerServers(ctx context.Context, leave *leaver, signIn *login.Login, log *slog.Logger) error {
	if l.servers == nil {
		return nil
	}
	stop, err := l.servers.Answer(func(question []byte) []byte {
		var q askedOfServers
		if json.Unmarshal(question, &q) != nil || len(q.Brings) > maxAskedBrought {
			return nil
		}
		if q.Ended != "" && signIn != nil {
			if _, err := signIn.EndedByProvider(ctx, q.Ended); err != nil {
				log.Warn("sessions were not ended for another server", "cause", web.CauseOf(err))
			}
			return nil
		}
		said, ok := l.sayToServers(ctx, &q, leave, log)
		if !ok {
			return nil
		}
		text, err := json.Marshal(said)
		if err != nil {
			return nil
		}
		return text
	})
	l.endAnswers = stop
	return err
}

// sayToServers is what is said to another server, where there is something to say.
func (l *local) sayToServers(ctx context.Context, q *askedOfServers, leave *leaver, log *slog.Logger) (said saidByServer, ok bool) {
	if d := l.dispatcher.Load(); d != nil && len(q.Brings) > 0 {
		own, err := d.Brings(q.Brings)
		if err != nil {
			log.Error("whether a subscription is brought from here", "error", err)
			return saidByServer{Failed: faultOf(err).Code}, true
		}
		return saidByServer{Brings: own}, len(own) > 0
	}
	if q.Stands {
		stands, err := l.stands(ctx)
		if err != nil {
			log.Error("how the notices stand here", "error", err)
			return saidByServer{Failed: faultOf(err).Code}, true
		}
		return saidByServer{Stands: stands}, stands != nil
	}
	if leave == nil || q.Link == "" || !leave.knows(q.Link) {
		return said, false
	}
	said.Knows = true
	if q.Leave {
		ctx, done := context.WithTimeout(ctx, doneHere)
		defer done()
		if err := leave.leave(ctx, q.Link); err != nil {
			said.Failed = faultOf(err).Code
			log.Error("a subscription was not ended for another server", "code", said.Failed)
		}
	}
	return said, true
}

// askServers asks all servers, and takes what they say until it is enough, or for so long.
func (l *local) askServers(ctx context.Context, q askedOfServers, within time.Duration, take func(saidByServer) (enough bool)) (wentRound bool, err error) {
	text, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	return l.servers.Ask(ctx, text, func(answer []byte) bool {
		var said saidByServer
		return json.Unmarshal(answer, &said) == nil && take(said)
	})
}

// broughtBy are those of some subscriptions that some server brings which runs. Who is silent is asked once more. That nobody says so
// means nothing where it is not known whether the question went round, or where one could not find out.
func (l *local) broughtBy(ctx context.Context, ids []domain.SubscriptionID) (brought map[domain.SubscriptionID]bool, known bool, err error) {
	if l.servers == nil || len(ids) == 0 {
		return nil, false, nil
	}
	brought, known = map[domain.SubscriptionID]bool{}, true
	for range 2 {
		missing := slices.DeleteFunc(slices.Clone(ids), func(id domain.SubscriptionID) bool { return brought[id] })
		for some := range slices.Chunk(missing, maxAskedBrought) {
			wentRound, err := l.claimed(ctx, some, brought)
			if err != nil {
				return brought, false, err
			}
			known = known && wentRound
		}
	}
	return brought, known, nil
}

// claimed notes which of some subscriptions a server says that it brings.
func (l *local) claimed(ctx context.Context, some []domain.SubscriptionID, brought map[domain.SubscriptionID]bool) (known bool, err error) {
	missing, failed := len(some), false
	known, err = l.askServers(ctx, askedOfServers{Brings: some}, othersSay, func(said saidByServer) bool {
		failed = failed || said.Failed != ""
		for _, id := range said.Brings {
			if slices.Contains(some, id) && !brought[id] {
				brought[id] = true
				missing--
			}
		}
		return missing == 0
	})
	return known && !failed || missing == 0, err
}

var errLeaveFailed = errors.New("the server that sent the link could not end the subscription")

// linkKnown reports whether some other server has sent a link; with leave it ends the subscription. That nobody says so is an error:
// the server that has sent it may be away.
func (l *local) linkKnown(ctx context.Context, link string, leave bool) (knows bool, err error) {
	if l.servers == nil {
		return false, nil
	}
	defer l.following.Add(-1)
	if l.following.Add(1) > linksFollowed {
		return false, failure("server-away", "", errors.New("links of other servers are asked about already"))
	}
	within := othersSay
	if leave {
		within = othersDo
	}
	failed := ""
	_, err = l.askServers(ctx, askedOfServers{Link: link, Leave: leave}, within, func(said saidByServer) bool {
		knows, failed = said.Knows, said.Failed
		return knows
	})
	switch {
	case err != nil:
	case failed != "":
		err = errLeaveFailed
	case !knows:
		err = failure("server-away", "", errors.New("no server has answered that it sent the link"))
	}
	return knows, err
}
