package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
	"registre/notify"
	"registre/projections"
	"registre/web"
)

// maxOwn is how many subscriptions one principal can have at once, and maxTarget how long an address can be.
const (
	maxOwn    = 50
	maxTarget = 2000
)

// subscriber lets principals subscribe through a door: each for himself, and to groups whose notices he may read. Mail is not for them to
// have sent: nobody has asked whoever reads at an address.
type subscriber struct {
	*counter
	contacts *contacts
	making   sync.Mutex // so that the same command twice at once has one secret
}

// rowsOf are the subscriptions of whoever asks.
func (u *subscriber) rowsOf(ctx context.Context) (rows []domain.SubscriptionRow, err error) {
	who, today := domain.PrincipalID(web.PrincipalOf(ctx).ID), domain.InstantOf(u.now()).Day()
	err = u.ledger.View(ctx, domain.House, func(v *eventstore.View) error {
		for _, r := range v.State.Subscriptions(domain.Pair{At: today, Known: v.Head}) {
			if r.Principal == who {
				rows = append(rows, r)
			}
		}
		return nil
	})
	return rows, err
}

// rowOf is one of them.
func (u *subscriber) rowOf(ctx context.Context, id string) (row domain.SubscriptionRow, err error) {
	rows, err := u.rowsOf(ctx)
	if err != nil {
		return row, err
	}
	i := slices.IndexFunc(rows, func(r domain.SubscriptionRow) bool { return string(r.Subscription) == id })
	if i < 0 {
		return row, misuse("subscription-unknown", id, "")
	}
	return rows[i], nil
}

// standing is one of them that has not ended.
func (u *subscriber) standing(ctx context.Context, id string) (domain.SubscriptionRow, error) {
	row, err := u.rowOf(ctx, id)
	if err == nil && row.EndedBy != 0 {
		err = misuse("subscription-unknown", id, "")
	}
	return row, err
}

func (u *subscriber) Subscriptions(ctx context.Context) (all web.SubscriptionsListed, err error) {
	rows, err := u.rowsOf(ctx)
	all.Subscriptions = []web.SubscriptionState{}
	for i := range rows {
		all.Subscriptions = append(all.Subscriptions, subscriptionState(&rows[i]))
	}
	return all, err
}

func plainIDs[T ~string](all []T) (list []string) {
	for _, x := range all {
		list = append(list, string(x))
	}
	return list
}

func named[T ~string](all []string) (list []T) {
	for _, x := range all {
		list = append(list, T(x))
	}
	return list
}

func subscriptionState(r *domain.SubscriptionRow) web.SubscriptionState {
	return web.SubscriptionState{
		Bodies: plainIDs(r.Bodies), Channel: r.Channel, Ended: r.EndedBy != 0, Every: r.Every, FromNumber: r.FromNumber, Groups: plainIDs(r.Groups), Kinds: plainIDs(r.Kinds),
		Members: plainIDs(r.Members), Past: r.Past, Since: r.Day.String(), Subscription: string(r.Subscription),
	}
}

// Subscribe implements web.OwnSubscriptions. The command's id names the subscription, so that it can be given again.
func (u *subscriber) Subscribe(ctx context.Context, body []byte) (made web.SubscriptionMade, err error) {
	var want web.Subscribe
	if err := jsonv2.Unmarshal(body, &want, jsonv2.RejectUnknownMembers(true)); err != nil {
		return made, misuse("unreadable", "", err.Error())
	}
	c, err := u.command(ctx, &want)
	if err != nil {
		return made, err
	}
	act := c.Act.(*domain.SubscriptionMade)
	made.Subscription = string(act.Subscription)
	u.making.Lock()
	defer u.making.Unlock()
	rows, err := u.rowsOf(ctx)
	if err != nil {
		return made, err
	}
	if i := slices.IndexFunc(rows, func(r domain.SubscriptionRow) bool { return r.Subscription == act.Subscription }); i >= 0 {
		c.Effective = domain.OnDay(rows[i].Day) // it is the same command on any later day
		_, err = u.record(ctx, c, u.ledger.Do)
		made.Repeated = true
		return made, err
	}
	if standing := slices.DeleteFunc(rows, func(r domain.SubscriptionRow) bool { return r.EndedBy != 0 }); len(standing) >= maxOwn {
		return made, &web.Fault{Status: http.StatusConflict, Name: "subscriptions-many", Subject: strconv.Itoa(maxOwn)}
	}
	made.Secret = newSecret()
	err = u.make(context.WithoutCancel(ctx), c, contact{Subscription: act.Subscription, URL: want.URL, Secrets: []hookSecret{{Text: made.Secret}}})
	var reused *eventstore.ReusedError
	if errors.As(err, &reused) {
		return u.madeElsewhere(ctx, c, reused, err)
	}
	return made, err
}

// madeElsewhere answers with the subscription that the same command has made through another server, which has its address.
func (u *subscriber) madeElsewhere(ctx context.Context, c domain.Command, by *eventstore.ReusedError, otherwise error) (made web.SubscriptionMade, err error) {
	rows, err := u.rowsOf(ctx)
	if err != nil {
		return made, err
	}
	i := slices.IndexFunc(rows, func(r domain.SubscriptionRow) bool { return r.Event == by.Number })
	if i < 0 {
		return made, otherwise
	}
	same := *c.Act.(*domain.SubscriptionMade)
	same.Subscription = rows[i].Subscription
	c.Act, c.Effective = &same, domain.OnDay(rows[i].Day)
	_, err = u.record(ctx, c, u.ledger.Do)
	return web.SubscriptionMade{Subscription: string(same.Subscription), Repeated: true}, err
}

// make keeps where a subscription is brought to, and records it. What was refused leaves nothing.
func (u *subscriber) make(ctx context.Context, c domain.Command, to contact) error {
	if err := u.contacts.add(ctx, to); err != nil {
		return err
	}
	_, err := u.record(ctx, c, u.ledger.Do)
	if err != nil && isRefused(err) {
		return errors.Join(err, u.contacts.erase(ctx, to.Subscription))
	}
	return err
}

// command is what is recorded, if whoever asks may.
func (u *subscriber) command(ctx context.Context, want *web.Subscribe) (c domain.Command, err error) {
	who := web.PrincipalOf(ctx)
	id, err := uuid.Parse(want.ID)
	if err != nil || id.String() != want.ID || id == uuid.Nil {
		return c, inFlag("uuid-form", "id", want.ID)
	}
	if _, err := notify.ParseTarget(want.URL); err != nil || len(want.URL) > maxTarget {
		return c, misuse("target-form", "", "url")
	}
	for _, k := range want.Kinds {
		if !slices.Contains(projections.NoticeKinds(), k) {
			return c, misuse("notice-kind", k, "")
		}
	}
	if narrowed := len(who.Only.Groups) > 0 || who.Only.Role != ""; want.Every && narrowed {
		return c, &web.Fault{Status: http.StatusForbidden, Name: "token-denied", Subject: "subscribe every"}
	}
	for _, g := range want.Groups {
		if err := web.Allowed(ctx, web.Right{What: web.ToRead, Operation: "notices", Group: g}); err != nil {
			return c, err
		}
	}
	naming := who.ID + "\n" + want.ID
	if u.beside() { // one server has the address of one subscription, wherever its command was tried before
		naming += "\n" + u.origin()
	}
	sum := sha256.Sum256([]byte(naming))
	act := &domain.SubscriptionMade{
		Bodies: named[domain.BodyID](want.Bodies), Channel: domain.ByWebhook, Every: want.Every, FromNumber: want.FromNumber, Groups: named[domain.GroupID](want.Groups),
		Kinds: named[domain.NoticeKind](want.Kinds), Members: named[domain.MemberID](want.Members), Past: want.Past,
		Principal: domain.PrincipalID(who.ID), Subscription: domain.SubscriptionID("s-" + hex.EncodeToString(sum[:8])),
	}
	c = domain.Command{ID: id, Group: domain.House, Effective: domain.OnDay(domain.InstantOf(u.now()).Day()), Actor: who.ID, Act: act}
	return c, c.Check()
}

// End implements web.OwnSubscriptions. One that has ended is ended.
func (u *subscriber) End(ctx context.Context, id, reason string) (state web.SubscriptionState, err error) {
	row, err := u.rowOf(ctx, id)
	if err == nil && row.EndedBy == 0 {
		err = u.end(context.WithoutCancel(ctx), &row, cmp.Or(nfc(reason), "à la demande de l'abonné"))
	}
	if err != nil {
		return state, err
	}
	if err := u.contacts.erase(context.WithoutCancel(ctx), row.Subscription); err != nil {
		return state, err
	}
	state = subscriptionState(&row)
	state.Ended = true
	return state, nil
}

// end records that a subscription ends, as its subscriber's own act. That it has ended by then is as good.
func (c *counter) end(ctx context.Context, row *domain.SubscriptionRow, reason string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	command := domain.Command{
		ID: id, Group: domain.House, Effective: domain.OnDay(domain.InstantOf(c.now()).Day()), Actor: string(row.Principal),
		Act: &domain.SubscriptionEnded{Subscription: row.Subscription, Reason: reason},
	}
	if err := command.Check(); err != nil {
		return err
	}
	_, err = c.record(ctx, command, c.ledger.Do)
	if f := faultOf(err); err != nil && f.Code == domain.SubscriptionOver.Code {
		return nil
	}
	return err
}

// Rotate implements web.OwnSubscriptions.
func (u *subscriber) Rotate(ctx context.Context, id string) (made web.SubscriptionMade, err error) {
	row, err := u.standing(ctx, id)
	if err != nil {
		return made, err
	}
	made.Subscription = id
	if to, err := u.contacts.find(row.Subscription); err == nil && to == nil && u.beside() {
		return made, &web.Fault{Status: http.StatusConflict, Name: "subscription-elsewhere", Subject: id}
	}
	made.Secret, err = u.contacts.rotate(ctx, row.Subscription)
	return made, err
}

// Deliveries implements web.OwnSubscriptions.
func (u *subscriber) Deliveries(ctx context.Context, id string) (all web.DeliveriesListed, err error) {
	if _, err := u.rowOf(ctx, id); err != nil {
		return all, err
	}
	answer, err := answerTo[deliveriesAnswer](ctx, u.local, Question{Kind: "deliveries", More: asking("subscription", id)})
	all.Deliveries = []json.RawMessage{}
	for i := range answer.Deliveries {
		if answer.Deliveries[i].Subscription != id {
			continue
		}
		text, err := encode(answer.Deliveries[i])
		if err != nil {
			return all, err
		}
		all.Deliveries = append(all.Deliveries, text)
	}
	return all, err
}
