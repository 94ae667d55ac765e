package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
)

// casedata holds the story of the demonstration and the illustrative texts whose hashes it names. A line of the story is
// the instant at which a command was recorded, a space, and the command, as `registre record` takes it.
//
//go:embed casedata
var casedata embed.FS

// demoGroup is the group of the demonstration.
const demoGroup = "ent-grand-est"

// A told command is one line of a story.
type toldCommand struct {
	at      time.Time
	command domain.Command
}

// story reads the story of the demonstration. A command has an id that follows from its line: the same for ever.
func story() ([]toldCommand, error) {
	text, err := casedata.ReadFile("casedata/" + demoGroup + ".story")
	if err != nil {
		return nil, err
	}
	var all []toldCommand
	for i, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		stamp, body, _ := strings.Cut(string(line), " ")
		at, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			return nil, fmt.Errorf("story, line %d: %w", i+1, err)
		}
		c, err := eventstore.DecodeCommand([]byte(body))
		if err != nil {
			return nil, fmt.Errorf("story, line %d: %w", i+1, err)
		}
		c.ID = storyID(line)
		all = append(all, toldCommand{at, c})
	}
	return slices.Concat(all, orders(), sittings(), answers(), voices()), nil
}

// storyID is an id that follows from a line, or from the name of something.
func storyID(line []byte) uuid.UUID {
	sum := sha256.Sum256(line)
	id, _ := uuid.FromBytes(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8: of our own making
	return id
}

// tell brings a story to a store, through the ledger that every command goes through, with the story's own clock. It closes
// the store.
func tell(ctx context.Context, store eventstore.Store, all []toldCommand) (err error) {
	var now, made atomic.Int64
	l := eventstore.NewLedger(store, eventstore.LedgerOptions{
		Now:   func() time.Time { return time.UnixMicro(now.Load()) },
		NewID: func() (uuid.UUID, error) { return storyID(fmt.Append(nil, "event ", made.Add(1))), nil },
	})
	defer func() {
		if closing := l.Close(); err == nil {
			err = closing
		}
	}()
	for i, t := range all {
		now.Store(t.at.UnixMicro())
		if _, err := l.Do(ctx, t.command); err != nil {
			return fmt.Errorf("story, line %d: %w", i+1, err)
		}
	}
	return nil
}
