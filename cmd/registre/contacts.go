package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/notify"
)

// contactsName is that of the file of contacts, before its ending.
const contactsName = "contacts"

// A contact is where a subscription is delivered to: what no event holds.
type contact struct {
	Subscription domain.SubscriptionID `json:"subscription"`
	URL          string                `json:"url,omitempty"`
	Secrets      []hookSecret          `json:"secrets,omitempty"` // the newest first
	Mail         string                `json:"mail,omitempty"`
	Lang         string                `json:"lang,omitempty"`   // of what is said in words
	Digest       string                `json:"digest,omitempty"` // daily or weekly
}

// How often digests come.
const (
	daily  = "daily"
	weekly = "weekly"
)

// A hookSecret signs what goes to a receiver, until another has taken its place for long enough.
type hookSecret struct {
	Text  string    `json:"text"`
	Until time.Time `json:"until,omitzero"` // from when it no longer signs; zero for the one in force
}

// secretsOverlap is how long an old secret goes on signing beside the new one, so that a receiver can change over.
const secretsOverlap = 24 * time.Hour

// contacts are those of a folder. What the file says counts at once.
type contacts struct {
	ownFile[contact]
	now func() time.Time

	mu    sync.Mutex
	of    os.FileInfo // the file that was read
	known map[domain.SubscriptionID]*contact
}

func (a *app) contacts() *contacts {
	return &contacts{ownFile: ownFile[contact]{dir: a.data, name: contactsName}, now: a.now}
}

// find implements what a dispatcher asks: nil where there is none, or no more.
func (c *contacts) find(id domain.SubscriptionID) (*notify.Contact, error) {
	known, err := c.load()
	if err != nil || known[id] == nil {
		return nil, err
	}
	found := &notify.Contact{Subscription: id, URL: known[id].URL, Mail: known[id].Mail, Lang: known[id].Lang, Weekly: known[id].Digest == weekly}
	for _, s := range known[id].Secrets {
		if s.Until.IsZero() || c.now().Before(s.Until) {
			found.Secrets = append(found.Secrets, s.Text)
		}
	}
	return found, nil
}

// load reads the file again where it is another than it was.
func (c *contacts) load() (map[domain.SubscriptionID]*contact, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.path(".json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.known, c.of = nil, nil
		return nil, nil
	case err != nil:
		return nil, failure("own-broken", c.path(".json"), err)
	case c.of != nil && os.SameFile(c.of, info) && info.ModTime().Equal(c.of.ModTime()) && info.Size() == c.of.Size():
		return c.known, nil
	}
	all, err := c.list()
	if err != nil {
		return nil, err
	}
	c.known, c.of = make(map[domain.SubscriptionID]*contact, len(all)), info
	for i := range all {
		c.known[all[i].Subscription] = &all[i]
	}
	return c.known, nil
}

// add keeps a contact.
func (c *contacts) add(ctx context.Context, one contact) error {
	return c.change(ctx, func(all []contact) ([]contact, error) { return append(withoutContact(all, one.Subscription), one), nil })
}

// erase lets go of the contact of a subscription.
func (c *contacts) erase(ctx context.Context, id domain.SubscriptionID) error {
	return c.change(ctx, func(all []contact) ([]contact, error) { return withoutContact(all, id), nil })
}

func withoutContact(all []contact, id domain.SubscriptionID) []contact {
	return slices.DeleteFunc(all, func(x contact) bool { return x.Subscription == id })
}

// rotate gives a receiver a new secret; the old ones sign beside it for a while.
func (c *contacts) rotate(ctx context.Context, id domain.SubscriptionID) (secret string, err error) {
	secret = newSecret()
	return secret, c.change(ctx, func(all []contact) ([]contact, error) {
		i := slices.IndexFunc(all, func(x contact) bool { return x.Subscription == id })
		if i < 0 || all[i].URL == "" {
			return nil, misuse("subscription-no-address", string(id), "")
		}
		now, kept := c.now().UTC(), []hookSecret{{Text: secret}}
		for _, s := range all[i].Secrets {
			if s.Until.IsZero() {
				s.Until = now.Add(secretsOverlap)
			}
			if now.Before(s.Until) {
				kept = append(kept, s)
			}
		}
		all[i].Secrets = kept
		return all, nil
	})
}

func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return notify.SecretPrefix + base64.StdEncoding.EncodeToString(b[:])
}
