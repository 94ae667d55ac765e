package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"registre/eventstore/atmost"
)

// WebOptions bound how long one file of a server may take; zero values stand for the defaults.
type WebOptions struct {
	Idle  time.Duration // without a byte; 0 for 30 s
	Whole time.Duration // in all; 0 for 5 min
}

const (
	defaultIdle  = 30 * time.Second
	defaultWhole = 5 * time.Minute
	mostHeader   = 64 << 10 // bytes of a response's header
	mostHops     = 5        // redirects
	mostConns    = 16       // that are kept open
)

// Web is the archive that is served below an address, as https://registre.example/archive/. A redirect is followed within
// the same host alone, and never from https to http. The error is ErrMalformed.
func Web(address string, options WebOptions) (Source, error) {
	base, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w address: %w", ErrMalformed, err)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("%w address: want https://HOST/PATH", ErrMalformed)
	}
	if options.Idle == 0 {
		options.Idle = defaultIdle
	}
	if options.Whole == 0 {
		options.Whole = defaultWhole
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = mostConns
	transport.MaxResponseHeaderBytes = mostHeader
	return &web{base: base, options: options, client: &http.Client{Transport: transport, CheckRedirect: withinHost}}, nil
}

type web struct {
	base    *url.URL
	options WebOptions
	client  *http.Client
}

var errLeads = errors.New("it leads to another place")

// withinHost lets a server lead to itself, and from http to https.
func withinHost(next *http.Request, via []*http.Request) error {
	from, to := via[0].URL, next.URL
	same := to.Host == from.Host && to.Scheme == from.Scheme
	safer := from.Scheme == "http" && to.Scheme == "https" && from.Port() == "" && to.Port() == "" && to.Hostname() == from.Hostname()
	if len(via) > mostHops || !same && !safer {
		return fmt.Errorf("%w: %s", errLeads, to.Redacted())
	}
	return nil
}

// String implements Source.
func (w *web) String() string { return w.base.Redacted() }

// Get implements Source.
func (w *web) Get(ctx context.Context, name string, most int64) ([]byte, error) {
	within, cancel := context.WithTimeout(ctx, w.options.Whole)
	defer cancel()
	content, err := w.get(within, cancel, name, most)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrMalformed):
		return content, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
}

func (w *web) get(ctx context.Context, cancel context.CancelFunc, name string, most int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base.JoinPath(strings.Split(name, "/")...).String(), nil)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, checkpointPath) {
		request.Header.Set("Cache-Control", "no-cache")
	}
	silence := time.AfterFunc(w.options.Idle, cancel)
	defer silence.Stop()
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusGone:
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: the server says %s", name, response.Status)
	case response.ContentLength > most:
		return nil, tooLong(most)
	}
	content, err := atmost.Read(&speaking{response.Body, silence, w.options.Idle}, most)
	if long := (*atmost.Error)(nil); errors.As(err, &long) {
		return nil, tooLong(most)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}

// speaking puts off the end of patience at every byte.
type speaking struct {
	io.Reader
	silence *time.Timer
	idle    time.Duration
}

func (s *speaking) Read(into []byte) (int, error) {
	n, err := s.Reader.Read(into)
	if n > 0 {
		s.silence.Reset(s.idle)
	}
	return n, err
}
