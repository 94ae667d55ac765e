package main

import (
	"crypto/tls"
	"os"
	"sync"
	"time"
)

// A certificate is read again when its files change, so that renewing it needs no restart.
type certificate struct {
	cert, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	read   time.Time // when its files were looked at last
	of     [2]time.Time
}

// get gives the certificate that stands in the files; the one before, where they cannot be read.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded != nil && time.Since(c.read) < certLooksEach {
		return c.loaded, nil
	}
	c.read = time.Now()
	of := [2]time.Time{modified(c.cert), modified(c.key)}
	if c.loaded != nil && of == c.of {
		return c.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		if c.loaded != nil {
			return c.loaded, nil
		}
		return nil, err
	}
	c.loaded, c.of = &pair, of
	return c.loaded, nil
}

func modified(file string) time.Time {
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
