package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// archivedGroups are the groups of which an archive has a log.
func archivedGroups(dir string) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, "groups"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

// archivedPapers are the documents that an archive alone tells of, where there is no register beside it that can be asked. Most groups
// have none: only those of which an event tells of one are folded.
func archivedPapers(ctx context.Context, dir, group string) ([]paperRow, error) {
	some := false
	err := archivedEvents(ctx, dir, group, func(_ uint64, body []byte) error {
		some = some || bytes.Contains(body, []byte(`"type":"document-added"`))
		return nil
	})
	if err != nil || !some {
		return nil, err
	}
	g, size := &domain.Group{}, uint64(0)
	err = archivedEvents(ctx, dir, group, func(index uint64, body []byte) error {
		e, err := eventstore.Open(eventstore.Record{Group: domain.GroupID(group), Number: index + 1, Body: body})
		if err == nil {
			g, size = domain.Evolve(g, e.Event()), index+1
		}
		return err
	})
	return paperRowsOf(g, domain.Pair{At: domain.LastDay, Known: size}, nil), err
}

// archivedEvents gives the events of a group that are published, checked against what is signed once all were given.
func archivedEvents(ctx context.Context, dir, group string, each func(index uint64, body []byte) error) error {
	x, err := archive.NewExtract(dir, domain.GroupID(group))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // nothing of it is published yet
	case err != nil:
		return err
	}
	return x.WriteGroup(ctx, each, func(string, []byte) error { return nil })
}
