package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/atmost"
	"registre/notify"
	"registre/web"
)

// leavingKeyFile holds the key that makes and knows the links by which subscriptions are ended. Who has it can end subscriptions, and do
// nothing else.
const leavingKeyFile = "unsubscribe.key"

const (
	leavingKeySize  = 32
	leavingMarkSize = 24
)

// leaver makes the links by which subscriptions are ended, and ends them.
type leaver struct {
	*counter
	contacts *contacts
	key      []byte
	public   *url.URL
}

// leaver is that of the folder; nil where browsers cannot reach this server.
func (a *app) leaver(l *local, f *signingIn) (*leaver, error) {
	public, err := f.publicURL()
	if err != nil || public == nil || l.folder == nil {
		return nil, err
	}
	path := filepath.Join(a.data, leavingKeyFile)
	key, err := atmost.File(path, leavingKeySize)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, leavingKeySize)
		_, _ = rand.Read(key) // it never fails
		err = keepFile(a.data, leavingKeyFile, leavingKeyFile+"~", key)
	}
	if err == nil && len(key) != leavingKeySize {
		err = errors.New("it is cut short")
	}
	if err != nil {
		return nil, failure("own-broken", path, err)
	}
	return &leaver{counter: newCounter(l), contacts: a.contacts(), key: key, public: public}, nil
}

// mark is what nobody can make who does not have the key. It is of a subscription in this log, for this use.
func (v *leaver) mark(id domain.SubscriptionID) string {
	mac := hmac.New(sha256.New, v.key)
	mac.Write([]byte("registre unsubscribe\n" + v.origin() + "\n" + string(id)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:leavingMarkSize])
}

// link is where a subscription is ended.
func (v *leaver) link(c *notify.Contact) string {
	if v == nil {
		return ""
	}
	return v.public.JoinPath("unsubscribe", string(c.Subscription)+"."+v.mark(c.Subscription)).String()
}

// parted are a subscription and its mark, as a link has them.
func parted(link string) (id domain.SubscriptionID, mark string, ok bool) {
	named, mark, _ := strings.Cut(link, ".")
	return domain.SubscriptionID(named), mark, domain.ValidID(named) && len(mark) == base64.RawURLEncoding.EncodedLen(leavingMarkSize)
}

// knows reports whether a link was made here.
func (v *leaver) knows(link string) bool {
	id, mark, ok := parted(link)
	return ok && hmac.Equal([]byte(mark), []byte(v.mark(id)))
}

// Named implements web.Leaving. A link of a subscription that there is, and that was not made here, another server may have sent.
func (v *leaver) Named(ctx context.Context, link string) (string, error) {
	id, _, ok := parted(link)
	if ok && v.knows(link) {
		return string(id), nil
	}
	if ok {
		made, err := v.made(ctx, id)
		if err == nil && made {
			made, err = v.linkKnown(ctx, link, false)
		}
		if err != nil || made {
			return string(id), err
		}
	}
	return "", &web.Fault{Status: http.StatusNotFound, Name: "unsubscribe-unknown"}
}

// made reports whether there is, or was, a subscription.
func (v *leaver) made(ctx context.Context, id domain.SubscriptionID) (made bool, err error) {
	err = v.ledger.View(ctx, domain.House, func(view *eventstore.View) error {
		_, made = view.State.Subscription(id, domain.Pair{At: domain.InstantOf(v.now()).Day(), Known: view.Head})
		return nil
	})
	return made, err
}

// Leave implements web.Leaving: the subscription ends where the link was made, which has the address.
func (v *leaver) Leave(ctx context.Context, link string) error {
	if v.knows(link) {
		return v.leave(ctx, link)
	}
	done, err := v.linkKnown(ctx, link, true)
	if err == nil && !done {
		err = &web.Fault{Status: http.StatusNotFound, Name: "unsubscribe-unknown"}
	}
	return err
}

// leave ends the subscription of a link that was made here as its subscriber's own act, and erases its address.
func (v *leaver) leave(ctx context.Context, link string) error {
	id, _, _ := parted(link)
	today := domain.InstantOf(v.now()).Day()
	var row domain.SubscriptionRow
	made := false
	err := v.ledger.View(ctx, domain.House, func(view *eventstore.View) error {
		row, made = view.State.Subscription(id, domain.Pair{At: today, Known: view.Head})
		return nil
	})
	switch {
	case err != nil:
		return err
	case !made:
		return &web.Fault{Status: http.StatusNotFound, Name: "unsubscribe-unknown"}
	case row.EndedBy == 0:
		err = v.end(ctx, &row)
	}
	if err != nil {
		return err
	}
	return v.contacts.erase(context.WithoutCancel(ctx), id)
}

// end records the end of a subscription, with a reason in the language of whoever got its mail.
func (v *leaver) end(ctx context.Context, row *domain.SubscriptionRow) error {
	lang := "fr"
	if to, err := v.contacts.find(row.Subscription); err == nil && to != nil && to.Lang != "" {
		lang = to.Lang
	}
	return v.counter.end(context.WithoutCancel(ctx), row, v.tongues[lang].tr("désabonnement par le lien d'un message", "unsubscribed by the link in a mail"))
}
