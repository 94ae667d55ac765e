package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// A ContradictedError says that a witness has cosigned what the house's log does not have: an older copy of its folder was put back, or its
// history was rewritten; or the witness is mistaken.
type ContradictedError struct {
	Witness string // the policy's name of it
	Theirs  uint64 // the size that it has cosigned; 0 where it did not say
	Ours    uint64 // the newest size that was submitted
}

func (e *ContradictedError) Error() string {
	if e.Theirs > e.Ours {
		return fmt.Sprintf("%s has cosigned %d states, and there are %d here", e.Witness, e.Theirs, e.Ours)
	}
	return fmt.Sprintf("%s has cosigned another history than the one here, which has %d states", e.Witness, e.Ours)
}

// Bounds of one submission.
const (
	submitTimeout = 10 * time.Second
	maxAnswer     = 64 << 10 // bytes
	maxTries      = 4        // each begins with the size that the witness has said
)

// A client submits checkpoints to one witness. It is for one goroutine.
type client struct {
	name string // in the policy
	key  archive.CosignPublicKey
	url  string // the submission prefix
	http *http.Client
	size uint64 // that the witness is believed to have cosigned last
}

// newHTTP keeps connections alive, and follows no redirection: nobody is asked whom the policy does not name.
func newHTTP() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = submitTimeout
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// prover proves that a log at a size begins with what it was at an older one.
type prover func(ctx context.Context, older, newer uint64) ([]archive.Hash, error)

// submit has a signed checkpoint cosigned. Its error is a *ContradictedError, or says why there is no cosignature this time.
func (c *client) submit(ctx context.Context, signed []byte, at archive.Checkpoint, prove prover) (archive.Cosignature, error) {
	ctx, cancel := context.WithTimeout(ctx, submitTimeout)
	defer cancel()
	c.size = min(c.size, at.Size)
	for range maxTries {
		proof, err := prove(ctx, c.size, at.Size)
		if err != nil {
			return archive.Cosignature{}, err
		}
		cosignature, err := c.ask(ctx, Request{Old: c.size, Proof: proof, Checkpoint: signed})
		var conflict *ConflictError
		switch {
		case err == nil:
			c.size = at.Size
			return cosignature, nil
		case errors.As(err, &conflict) && conflict.Size <= at.Size && conflict.Size != c.size:
			c.size = conflict.Size
		case errors.As(err, &conflict) && conflict.Size > at.Size:
			return archive.Cosignature{}, &ContradictedError{Witness: c.name, Theirs: conflict.Size, Ours: at.Size}
		case errors.Is(err, ErrContradiction), errors.Is(err, archive.ErrNotProven):
			return archive.Cosignature{}, &ContradictedError{Witness: c.name, Theirs: c.size, Ours: at.Size}
		default:
			return archive.Cosignature{}, err
		}
	}
	return archive.Cosignature{}, fmt.Errorf("the witness %s says another size each time", c.name)
}

// ask makes one request.
func (c *client) ask(ctx context.Context, r Request) (archive.Cosignature, error) {
	to := strings.TrimSuffix(c.url, "/") + "/add-checkpoint"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(r.Format()))
	if err != nil {
		return archive.Cosignature{}, err
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	response, err := c.http.Do(request)
	if err != nil {
		return archive.Cosignature{}, err
	}
	defer response.Body.Close()
	body, err := atmost.Read(response.Body, maxAnswer)
	if long := (*atmost.Error)(nil); errors.As(err, &long) {
		err = fmt.Errorf("%w: an answer of %w", archive.ErrMalformed, err)
	}
	if err != nil {
		return archive.Cosignature{}, err
	}
	return c.read(response, body, r.Checkpoint)
}

// read takes an answer for what C2SP tlog-witness says that it means. Of the cosignatures that it holds only that of the key that the
// policy names counts.
func (c *client) read(response *http.Response, body, signed []byte) (archive.Cosignature, error) {
	switch response.StatusCode {
	case http.StatusOK:
		by, err := archive.Cosignatures(append(bytes.Clone(signed), body...), c.key)
		if err != nil || len(by) != 1 {
			return archive.Cosignature{}, fmt.Errorf("%w: the answer of %s holds no cosignature of its key: %w", archive.ErrNotSigned, c.name, err)
		}
		return by[0], nil
	case http.StatusConflict:
		if response.Header.Get("Content-Type") != sizeType {
			return archive.Cosignature{}, ErrContradiction
		}
		size, err := parseSize(bytes.TrimSuffix(body, newline))
		if err != nil {
			return archive.Cosignature{}, err
		}
		return archive.Cosignature{}, &ConflictError{Size: size}
	case http.StatusUnprocessableEntity:
		return archive.Cosignature{}, archive.ErrNotProven
	case http.StatusNotFound:
		return archive.Cosignature{}, ErrUnknownLog
	case http.StatusForbidden:
		return archive.Cosignature{}, fmt.Errorf("%w that the witness knows", archive.ErrNotSigned)
	}
	return archive.Cosignature{}, fmt.Errorf("the witness answers %s: %.200q", response.Status, body)
}
