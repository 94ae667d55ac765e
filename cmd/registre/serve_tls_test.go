package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/web"
)

// certify makes a certificate for this machine, and its key, in PEM.
func certify(t *testing.T, serial int64) (cert, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	of := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &private.PublicKey, private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// A heard is a log that can be read while it is written.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// serialAt is which certificate is shown at an address to whoever speaks a version of TLS; 0 where none is.
func serialAt(address string, version uint16) int64 {
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}}
	ctx, stop := context.WithTimeout(context.Background(), untilGivenUp)
	defer stop()
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return 0
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// TestCertificateRenewed: what is on the disk is taken up when it is whole; until then the certificate before goes on, and the log
// says why, once.
func TestCertificateRenewed(t *testing.T) {
	dir := t.TempDir()
	f := servingFlags{listen: "127.0.0.1:0", cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	put := func(file string, text []byte) { require.NoError(t, os.WriteFile(file, text, 0o600)) }
	cert1, key1 := certify(t, 1)
	put(f.cert, cert1)
	put(f.key, key1)
	log := &heard{}
	ctx, stop := context.WithCancel(t.Context())
	listener, scheme, err := f.open(ctx, &certificate{cert: f.cert, key: f.key, log: slog.New(slog.NewJSONHandler(log, nil))})
	require.NoError(t, err)
	require.Equal(t, "https", scheme)
	ended := make(chan error, 1)
	go func() {
		ended <- serveHTTP(ctx, listener, &web.Front{Problem: newTongues().Problem}, servePace, slog.New(slog.DiscardHandler))
	}()
	defer func() { stop(); require.NoError(t, <-ended) }()
	at := listener.Addr().String()
	shows := func(serial int64) {
		require.Eventually(t, func() bool { return serialAt(at, tls.VersionTLS13) == serial }, untilGivenUp, 100*time.Millisecond, "certificate %d", serial)
	}
	goesOn := func(why string) {
		require.Eventually(t, func() bool { serialAt(at, tls.VersionTLS13); return strings.Contains(log.String(), why) }, untilGivenUp, 100*time.Millisecond, why)
		require.Equal(t, int64(1), serialAt(at, tls.VersionTLS13))
	}
	shows(1)
	require.Equal(t, int64(1), serialAt(at, tls.VersionTLS12))
	require.Zero(t, serialAt(at, tls.VersionTLS11))

	cert2, key2 := certify(t, 2)
	put(f.cert, cert2[:len(cert2)/2])
	goesOn("failed to find any PEM data")
	put(f.cert, cert2)
	goesOn("private key does not match public key")
	require.NoError(t, os.Remove(f.key))
	goesOn("no such file")
	put(f.key, key2)
	shows(2)
	require.Equal(t, 1, strings.Count(log.String(), "does not match"))
	require.NotContains(t, log.String(), "PRIVATE")

	client := http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+at+"/health", nil)
	require.NoError(t, err)
	response, err := client.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, 2, response.ProtoMajor)
	client.CloseIdleConnections()

	_, _, err = (&servingFlags{listen: "127.0.0.1:0", cert: f.key, key: f.cert}).open(t.Context(), &certificate{cert: f.key, key: f.cert})
	require.Error(t, err)
}

// TestCertificateRenewedUnderLoad: while certificates are renewed, one after the other, no request fails: neither on a connection of its
// own nor on one that was open before.
func TestCertificateRenewedUnderLoad(t *testing.T) {
	dir := t.TempDir()
	f := servingFlags{listen: "127.0.0.1:0", cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	renew := func(serial int64) {
		cert, key := certify(t, serial)
		require.NoError(t, os.WriteFile(f.cert, cert, 0o600)) // for a moment the two do not fit
		require.NoError(t, os.WriteFile(f.key, key, 0o600))
	}
	renew(1)
	ctx, stop := context.WithCancel(t.Context())
	listener, _, err := f.open(ctx, &certificate{cert: f.cert, key: f.key, log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() {
		ended <- serveHTTP(ctx, listener, &web.Front{Problem: newTongues().Problem}, servePace, slog.New(slog.DiscardHandler))
	}()
	defer func() { stop(); require.NoError(t, <-ended) }()
	at := listener.Addr().String()
	asking, enough := context.WithCancel(t.Context())
	defer enough()
	var all sync.WaitGroup
	var answered [2]atomic.Int64
	for n := range 8 {
		alone := n % 2
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: alone == 1, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		all.Go(func() {
			defer client.CloseIdleConnections()
			for asking.Err() == nil {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+at+"/health", nil)
				if !assert.NoError(t, err) {
					return
				}
				response, err := client.Do(r)
				if !assert.NoError(t, err) {
					return
				}
				_ = response.Body.Close()
				if !assert.Equal(t, http.StatusNoContent, response.StatusCode) {
					return
				}
				answered[alone].Add(1)
			}
		})
	}
	for serial := int64(2); serial < 6; serial++ {
		renew(serial)
		require.Eventually(t, func() bool { return serialAt(at, tls.VersionTLS13) == serial }, untilGivenUp, 50*time.Millisecond, "certificate %d", serial)
	}
	enough()
	all.Wait()
	require.Positive(t, answered[0].Load())
	require.Positive(t, answered[1].Load())
	t.Logf("%d requests on connections that stayed open, %d on their own", answered[0].Load(), answered[1].Load())
}
