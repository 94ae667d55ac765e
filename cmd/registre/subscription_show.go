package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/notify"
	"registre/projections"
)

// subscriptionsKind is a question that only the house register answers.
func subscriptionsKind() kind {
	k := asks("subscriptions", "Of the house register: who is told of what, and how", subscriptionsAsked, anID("principal", "of one principal"))
	k.ofHouse = true
	return k
}

func subscriptionsAsked(a *asked) (projections.SubscriptionsAnswer, error) {
	return projections.Subscriptions(a.state, a.Question, domain.PrincipalID(a.more["principal"])), nil
}

// subscriptionsAnswer is the answer to "subscriptions", as far as it is printed.
type subscriptionsAnswer struct {
	about
	Subscriptions []struct {
		Bodies, Groups, Kinds, Members          []string
		Channel, Principal, Since, Subscription string
		EndedBy                                 uint64 `json:"ended_by"`
		Every                                   bool
	}
}

func (a *app) listSubscriptionsVerb() *cobra.Command {
	var who string
	cmd := &cobra.Command{
		Use: "list [--for PSEUDONYM]", Short: "The subscriptions there are, or were on a day", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), a, a.question("subscriptions", string(domain.House), asking("principal", who)), func(r subscriptionsAnswer) error {
				return a.showSubscriptions(cmd.Context(), r)
			})
		},
	}
	cmd.Flags().StringVar(&who, "for", "", "of one pseudonym")
	return cmd
}

// awayWord says that another server brings a subscription, or that none says that it does.
func (a *app) awayWord(d *delivery) string {
	if d.Nobody {
		return a.tr("aucun serveur ne dit le remettre", "no server says that it brings it")
	}
	return a.tr("remis par un autre serveur, qui a l'adresse", "brought by another server, which has the address")
}

func (a *app) showSubscriptions(ctx context.Context, r subscriptionsAnswer) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	deliveries, err := answerTo[deliveriesAnswer](ctx, d, Question{Kind: "deliveries"})
	if err != nil {
		return err
	}
	a.printf("%s\n\n", a.when(r.about))
	t := table{heads: []string{a.tr("abonnement", "subscription"), a.tr("par", "by"), a.tr("pour", "for"), a.tr("groupements", "groups"), a.tr("seulement", "only"), a.tr("depuis", "since"), ""}}
	for _, s := range r.Subscriptions {
		groups, state := strings.Join(s.Groups, ", "), ""
		if s.Every {
			groups = a.tr("tous", "all")
		}
		if d := elsewhereOf(deliveries.Deliveries, s.Subscription); d != nil {
			state = a.awayWord(d)
		}
		if s.EndedBy > 0 {
			state = a.tr("terminé, #", "ended, #") + decimal(s.EndedBy)
		}
		t.add(s.Subscription, a.word(s.Channel), s.Principal, groups, strings.Join(slices.Concat(s.Kinds, s.Bodies, s.Members), ", "), s.Since, state)
	}
	if len(r.Subscriptions) == 0 {
		a.printf("%s\n", a.tr("Il n'y a aucun abonnement.", "There is no subscription."))
	} else {
		t.print(a.out)
	}
	a.close(r.about, "subscription", "list")
	return nil
}

// deliveriesAnswer says how far each subscription has the notices of each group.
type deliveriesAnswer struct {
	Deliveries []delivery `json:"deliveries"` // by subscription and group
}

type delivery struct {
	Attempts     int    `json:"attempts,omitempty"` // at the notice that waits
	Due          string `json:"due,omitempty"`      // of digests, which have no group: the newest that was dealt with
	Done         uint64 `json:"done"`               // the notices of all events up to this one are delivered
	Elsewhere    bool   `json:"elsewhere,omitzero"` // no address is here, and there never was: another server has it, and knows the rest
	Failed       string `json:"failed,omitempty"`   // why the last attempt did
	Group        string `json:"group"`
	Next         string `json:"next,omitempty"`  // when it is tried again
	Nobody       bool   `json:"nobody,omitzero"` // of what is elsewhere: no server has said that it brings it, asked twice
	Notice       string `json:"notice,omitempty"`
	Parked       string `json:"parked,omitempty"` // since when nothing is tried any more
	Subscription string `json:"subscription"`
}

// deliveries answers "deliveries": from the dispatcher where one is at work, and otherwise from what it has kept. Of what lies elsewhere
// the servers that run are asked, of one subscription alone where that is wanted.
func (l *local) deliveries(ctx context.Context, q Question) (json.RawMessage, error) {
	lanes, err := l.lanes()
	if err != nil {
		return nil, err
	}
	answer := deliveriesAnswer{Deliveries: []delivery{}}
	away, err := l.elsewhere(ctx, lanes)
	if err != nil {
		return nil, err
	}
	if only := domain.SubscriptionID(q.More["subscription"]); only != "" {
		away = slices.DeleteFunc(away, func(id domain.SubscriptionID) bool { return id != only })
	}
	brought, known, err := l.broughtBy(ctx, away)
	if err != nil {
		return nil, err
	}
	for _, id := range away {
		answer.Deliveries = append(answer.Deliveries, delivery{Elsewhere: true, Nobody: known && !brought[id], Subscription: string(id)})
	}
	instant := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	for id, lane := range lanes {
		answer.Deliveries = append(answer.Deliveries, delivery{
			Attempts: lane.Attempts, Done: lane.Place.Done, Failed: lane.Failed, Group: string(id.Group), Next: instant(lane.Next), Notice: lane.Notice,
			Due: instant(lane.Due), Parked: instant(lane.Parked), Subscription: string(id.Subscription),
		})
	}
	slices.SortFunc(answer.Deliveries, func(x, y delivery) int {
		return cmp.Or(cmp.Compare(x.Subscription, y.Subscription), cmp.Compare(x.Group, y.Group))
	})
	return encode(answer)
}

// lanes are those of the dispatcher that is at work, or that it has kept.
func (l *local) lanes() (map[notify.LaneID]notify.Lane, error) {
	if at := l.dispatcher.Load(); at != nil {
		return at.Standing(), nil
	}
	lanes := map[notify.LaneID]notify.Lane{}
	if l.folder == nil {
		return lanes, nil
	}
	if _, err := os.Stat(l.folder.positions()); errors.Is(err, fs.ErrNotExist) {
		return lanes, nil // nothing was ever brought from here, and whoever asks leaves nothing behind
	}
	kept, err := notify.OpenPositions(l.folder.positions())
	if err != nil {
		return nil, failure("failed", l.folder.positions(), err)
	}
	err = kept.Lanes(func(id notify.LaneID, lane notify.Lane) { lanes[id] = lane })
	if err = cmp.Or(err, kept.Close()); err != nil {
		return nil, failure("failed", l.folder.positions(), err)
	}
	return lanes, nil
}

// elsewhere are the subscriptions that other servers bring: those in force of which this folder has no address, and has brought nothing.
func (l *local) elsewhere(ctx context.Context, lanes map[notify.LaneID]notify.Lane) (away []domain.SubscriptionID, err error) {
	if l.folder == nil || !l.beside() {
		return nil, nil
	}
	own := map[domain.SubscriptionID]bool{}
	for id := range lanes {
		own[id.Subscription] = true
	}
	to, err := l.folder.contacts(l.now).list()
	for i := range to {
		own[to[i].Subscription] = true
	}
	if err != nil {
		return nil, err
	}
	all, err := l.subscriptions(ctx)
	for i := range all {
		if !all[i].Over && !own[all[i].ID] {
			away = append(away, all[i].ID)
		}
	}
	return away, err
}

// elsewhereOf is what is said of a subscription that another server brings; nil of others.
func elsewhereOf(all []delivery, id string) *delivery {
	i := slices.IndexFunc(all, func(d delivery) bool { return d.Elsewhere && d.Subscription == id })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (a *app) deliveriesVerb() *cobra.Command {
	return &cobra.Command{
		Use: "deliveries", Short: "How far each subscription has its notices, what waits, and what is parked", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), a, Question{Kind: "deliveries"}, a.showDeliveries)
		},
	}
}

func (a *app) showDeliveries(r deliveriesAnswer) error {
	if len(r.Deliveries) == 0 {
		a.printf("%s\n", a.tr("Rien n'a encore été remis.", "Nothing has been delivered yet."))
		return nil
	}
	t := table{heads: []string{a.tr("abonnement", "subscription"), a.tr("groupement", "group"), a.tr("jusqu'à", "up to"), a.tr("attend", "waits"), a.tr("essais", "attempts"), a.tr("pourquoi", "why"), a.tr("prochain", "next")}}
	for _, d := range r.Deliveries {
		next := d.Next
		if d.Parked != "" {
			next = a.tr("en attente depuis ", "parked since ") + d.Parked
		}
		attempts := ""
		if d.Attempts > 0 {
			attempts = decimal(uint64(d.Attempts))
		}
		group, done := d.Group, "#"+decimal(d.Done)
		switch {
		case d.Elsewhere:
			group, done, d.Failed = "", "", a.awayWord(&d)
		case group == "":
			group, done = a.tr("courriel groupé", "digest"), d.Due
		}
		t.add(d.Subscription, group, done, d.Notice, attempts, d.Failed, next)
	}
	t.print(a.out)
	return nil
}
