package main

import (
	"context"
	"log/slog"
	"path/filepath"

	"registre/web"
	"registre/web/subjects"
)

// openNATS lets clients of NATS connect, where an address is set for them; nil where none is.
func (a *app) openNATS(f *servingFlags, server *web.Server, c *certificate, log *slog.Logger) (*subjects.Broker, error) {
	if f.nats == "" {
		return nil, nil
	}
	door, ok := server.Door.(subjects.Door)
	if !ok {
		return nil, misuse("nats-listen-failed", f.nats, "")
	}
	o := subjects.Options{Listen: f.nats, Door: door, Serves: server, Version: server.Version, Log: log}
	if f.cert != "" {
		o.TLS = c.config()
	}
	if l, ok := a.desk.(*local); ok && l.folder != nil {
		o.Notices = l.natsNotices()
	}
	broker, err := subjects.Open(o)
	if err != nil {
		return nil, failure("nats-listen-failed", f.nats, err)
	}
	return broker, nil
}

// closeNATS answers what clients of NATS have asked, and ends their connections.
func closeNATS(broker *subjects.Broker) error {
	if broker == nil {
		return nil
	}
	last, cancel := context.WithTimeout(context.Background(), stopsWithin)
	defer cancel()
	return broker.Close(last)
}

// natsDir is the folder of the stream of notices. It holds nothing that the registers do not give again.
const natsDir = "nats"

// natsNotices are the notices that are published for clients of NATS: by each server on a stream of its own.
func (l *local) natsNotices() *subjects.Notices {
	return &subjects.Notices{
		Source: l.noticeSource(),
		Origin: l.origin(), Dir: filepath.Join(l.folder.Data, natsDir),
	}
}
