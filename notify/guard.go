package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrGuarded says that an address is none that a subscriber may have us call.
var ErrGuarded = errors.New("an address that is not in the public network")

// A Guard keeps what subscribers name from reaching what only this machine can reach. It looks at the address itself, after every
// resolution of a name, at the moment of connecting: a name that points elsewhere the second time gains nothing by it.
type Guard struct {
	Allow []netip.Prefix // networks that may be called all the same, even without TLS
}

// never are the networks that are not the public one, beside those that netip knows by a name.
var never = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
)

func prefixes(all ...string) (found []netip.Prefix) {
	for _, s := range all {
		found = append(found, netip.MustParsePrefix(s))
	}
	return found
}

// May reports whether an address may be called, and whether without TLS.
func (g *Guard) May(a netip.Addr) (may, plain bool) {
	a = a.Unmap().WithZone("")
	for _, p := range g.Allow {
		if p.Contains(a) {
			return true, true
		}
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false, false
	}
	for _, p := range never {
		if p.Contains(a) {
			return false, false
		}
	}
	return true, false
}

type plainKey struct{}

// control is asked with each address that is about to be called.
func (g *Guard) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	may, plain := g.May(at.Addr())
	switch {
	case !may:
		return fmt.Errorf("%w: %s", ErrGuarded, at.Addr())
	case ctx.Value(plainKey{}) != nil && !plain:
		return fmt.Errorf("%w: %s is called over TLS only", ErrGuarded, at.Addr())
	}
	return nil
}

// client makes a client that calls only what may be called, follows no redirection, and asks no proxy.
func (g *Guard) client(within time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: within, ControlContext: g.control}
	return &http.Client{
		Timeout:       within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: within, ResponseHeaderTimeout: within, MaxResponseHeaderBytes: 16 << 10,
			IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: 2, MaxIdleConns: 256, ForceAttemptHTTP2: true,
		},
	}
}
