package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"registre/projections"
)

// SecretPrefix stands before a secret of a webhook, as Standard Webhooks writes it.
const SecretPrefix = "whsec_"

// ContentType is that of a notice on its own: CloudEvents, structured.
const ContentType = "application/cloudevents+json; charset=utf-8"

// maxSaid bounds how much is read of what a receiver answers, so that its connection can be used again.
const maxSaid = 64 << 10

// A Webhook brings notices to a receiver over HTTP, signed as Standard Webhooks asks for.
type Webhook struct {
	Agent  string // the program, as it names itself
	Origin string // of the log
	client *http.Client
}

// NewWebhook brings notices to receivers that a guard lets pass, each within a time.
func NewWebhook(g *Guard, origin, agent string, within time.Duration) *Webhook {
	return &Webhook{Agent: agent, Origin: origin, client: g.client(within)}
}

// A FailedError says that a receiver did not take a notice.
type FailedError struct {
	Status int           // of HTTP that it answered with; 0 where it did not
	Said   string        // what it answered over another protocol, in a few words of ours
	Gone   bool          // it will never take one again
	After  time.Duration // that it asks to wait
	Cause  error
}

func (e *FailedError) Error() string {
	switch {
	case e.Status != 0:
		return "HTTP " + strconv.Itoa(e.Status)
	case e.Said != "":
		return e.Said
	}
	return e.Cause.Error()
}

func (e *FailedError) Unwrap() error { return e.Cause }

// ParseTarget reads the address of a receiver: absolute, of https, or of http, without a name and a password in it.
func ParseTarget(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("%q is no address of https", s)
	case u.User != nil:
		return nil, errors.New("an address holds no password")
	case u.Fragment != "":
		return nil, errors.New("an address of a receiver has no part behind #")
	}
	return u, nil
}

// Deliver implements Channel.
func (w *Webhook) Deliver(ctx context.Context, c *Contact, n *projections.Notice, now time.Time) error {
	u, err := ParseTarget(c.URL)
	if err != nil {
		return &FailedError{Cause: err}
	}
	body, err := projections.Encode(n.CloudEvent(w.Origin))
	if err != nil {
		return err
	}
	if u.Scheme == "http" {
		ctx = context.WithValue(ctx, plainKey{}, true)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return &FailedError{Cause: err}
	}
	signature, err := Sign(c.Secrets, n.ID(), now, body)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"Content-Type": ContentType, "User-Agent": w.Agent, "Webhook-Id": n.ID(), "Webhook-Timestamp": strconv.FormatInt(now.Unix(), 10), "Webhook-Signature": signature,
	} {
		r.Header.Set(name, value)
	}
	return w.send(r)
}

func (w *Webhook) send(r *http.Request) error {
	answer, err := w.client.Do(r)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err // without the address, which is a secret often enough
		}
		return &FailedError{Cause: err}
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, maxSaid))
	switch status := answer.StatusCode; {
	case status/100 != 2:
		return &FailedError{Status: status, Gone: status == http.StatusGone, After: retryAfter(answer.Header.Get("Retry-After"))}
	case err != nil:
		return &FailedError{Cause: err} // it broke off half-way: whether it has the notice nobody knows
	}
	return nil
}

// retryAfter reads how many seconds a receiver asks to wait, a day at most.
func retryAfter(s string) time.Duration {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, 24*time.Hour)
}

// Sign signs what is sent, with each secret that is in force, as Standard Webhooks has it.
func Sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	var all []string
	for _, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, SecretPrefix))
		if err != nil || len(key) < 24 {
			return "", errors.New("a secret of a webhook is whsec_ and at least 24 bytes in base64")
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	if all == nil {
		return "", errors.New("a webhook has no secret")
	}
	return strings.Join(all, " "), nil
}
