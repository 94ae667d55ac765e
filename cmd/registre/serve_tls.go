package main

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// A certificate is read again when its files change, so that renewing it needs no restart. As long as they cannot be read, are half
// written, or do not belong together, the one before goes on, and the log says so once.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	read   time.Time // when its files were looked at last
	of     [2]fileState
	wrong  string // what was wrong with them then
}

// A fileState tells a file that was written again from what it was.
type fileState struct {
	size     int64
	modified time.Time
}

func stateOf(file string) fileState {
	info, err := os.Stat(file)
	if err != nil {
		return fileState{}
	}
	return fileState{info.Size(), info.ModTime()}
}

// config is how TLS is spoken with it.
func (c *certificate) config(protocols ...string) *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: protocols}
}

// get gives the certificate that stands in the files; the one before, where it cannot.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded != nil && time.Since(c.read) < certLooksEach {
		return c.loaded, nil
	}
	c.read = time.Now()
	of := [2]fileState{stateOf(c.cert), stateOf(c.key)}
	if c.loaded != nil && of == c.of {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	switch {
	case err == nil:
		if c.loaded != nil {
			c.log.Info("another certificate", "until", pair.Leaf.NotAfter)
		}
		c.loaded, c.of, c.wrong = &pair, of, ""
	case c.loaded == nil:
		return nil, err
	case err.Error() != c.wrong:
		c.wrong = err.Error()
		c.log.Warn("the certificate cannot be read, the one before goes on", "code", codeOf("certificate"), "error", c.wrong)
	}
	return c.loaded, nil
}
