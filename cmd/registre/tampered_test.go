package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"registre/eventstore/jetstream"
)

// What a knowing hand does to a folder, and not a disk that ages.

// A message of a block file, as it lies there: its head is lengths, sequence and time.
type blockMessage []byte

func (m blockMessage) group() string {
	return strings.TrimPrefix(string(m[22:][:binary.LittleEndian.Uint16(m[20:])]), "registre.0.")
}

// sealed gives a message with the checksum that the server would have made, as anybody can: its key is the stream's public name.
func (m blockMessage) sealed(t *testing.T) blockMessage {
	t.Helper()
	key := sha256.Sum256([]byte("REGISTRE_0-1"))
	hash, err := highwayhash.New64(key[:])
	require.NoError(t, err)
	data := m[22 : len(m)-8]
	subject, rest := data[:binary.LittleEndian.Uint16(m[20:])], data[binary.LittleEndian.Uint16(m[20:]):]
	if binary.LittleEndian.Uint32(m)&(1<<31) != 0 {
		rest = rest[4:]
	}
	for _, part := range [][]byte{m[4:20], subject, rest} {
		_, _ = hash.Write(part)
	}
	return append(slices.Clone(m[:len(m)-8]), hash.Sum(nil)...)
}

// messagesOf takes a block apart.
func messagesOf(t *testing.T, content []byte) (all []blockMessage) {
	t.Helper()
	for len(content) > 0 {
		size := binary.LittleEndian.Uint32(content) &^ (1 << 31)
		m := blockMessage(content[:size])
		require.Equal(t, m, m.sealed(t), "the checksum is made as the server makes it")
		all, content = append(all, slices.Clone(m)), content[size:]
	}
	return all
}

// rewritten writes a block whose messages were changed, as if they had always been so, and takes the index away.
func rewritten(t *testing.T, data, block string, change func([]blockMessage) []blockMessage) {
	t.Helper()
	content, err := os.ReadFile(block)
	require.NoError(t, err)
	var out []byte
	for i, m := range change(messagesOf(t, content)) {
		binary.LittleEndian.PutUint64(m[4:], uint64(i)+1)
		out = append(out, m.sealed(t)...)
	}
	require.NoError(t, os.WriteFile(block, out, 0o600))
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(block), "index.db")))
	last := fmt.Sprintf("confirmed %020d\n", len(messagesOf(t, out)))
	require.NoError(t, os.WriteFile(filepath.Join(data, "confirmed"), []byte(last), 0o600))
}

// eventIn is where the nth event of a group is among the messages.
func eventIn(t *testing.T, all []blockMessage, group string, number int) int {
	t.Helper()
	for i, m := range all {
		if m.group() == group {
			if number--; number == 0 {
				return i
			}
		}
	}
	t.Fatal("no such event")
	return 0
}

// A tampering is what somebody does, and what must be said of it.
type tampering struct {
	do    func(t *testing.T, data, block string)
	place string // "copy group number" or "copy file" of a finding
	quick bool   // whether the quick check sees it too
}

func inBlock(change func(t *testing.T, all []blockMessage) []blockMessage) func(t *testing.T, data, block string) {
	return func(t *testing.T, data, block string) {
		rewritten(t, data, block, func(all []blockMessage) []blockMessage { return change(t, all) })
	}
}

func swapped(a, b string) func(t *testing.T, data, block string) {
	return func(t *testing.T, data, _ string) {
		a, b := filepath.Join(data, archiveDir, a), filepath.Join(data, archiveDir, b)
		require.NoError(t, os.Rename(a, a+".aside"))
		require.NoError(t, os.Rename(b, a))
		require.NoError(t, os.Rename(a+".aside", b))
	}
}

// weakened changes the stream's configuration with a client of the server's.
func weakened(change func(*natsjs.StreamConfig)) func(t *testing.T, data, block string) {
	return func(t *testing.T, data, _ string) {
		s, err := jetstream.Open(t.Context(), data, jetstream.Options{Listen: "127.0.0.1:0"})
		require.NoError(t, err)
		conn, err := nats.Connect(s.URL(), patient)
		require.NoError(t, err)
		defer conn.Close()
		js, err := natsjs.New(conn, natsjs.WithDefaultTimeout(untilGivenUp))
		require.NoError(t, err)
		stream, err := js.Stream(t.Context(), "REGISTRE_0")
		require.NoError(t, err)
		config := stream.CachedInfo().Config
		change(&config)
		_, err = js.UpdateStream(t.Context(), config)
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
}

// removedStream deletes the stream as a client of the server can.
func removedStream(t *testing.T, data, _ string) {
	s, err := jetstream.Open(t.Context(), data, jetstream.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	conn, err := nats.Connect(s.URL(), patient)
	require.NoError(t, err)
	defer conn.Close()
	js, err := natsjs.New(conn, natsjs.WithDefaultTimeout(untilGivenUp))
	require.NoError(t, err)
	require.NoError(t, js.DeleteStream(t.Context(), "REGISTRE_0"))
	require.NoError(t, s.Close())
}

// foreignBlock puts the block of another register in the place of this one's.
func foreignBlock(t *testing.T, _, block string) {
	_, other, _ := filled(t)
	content, err := os.ReadFile(other)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(block, content, 0o600))
}

func tamperings() map[string]tampering {
	return map[string]tampering{
		"an event rewritten, with its checksum": {inBlock(func(t *testing.T, all []blockMessage) []blockMessage {
			m := all[eventIn(t, all, "ent", 19)]
			at := bytes.Index(m, []byte("Member 017"))
			require.Positive(t, at)
			m[at+9] = '8'
			return all
		}), "stream ent 19", false},
		"an event taken out, the others numbered anew": {inBlock(func(t *testing.T, all []blockMessage) []blockMessage {
			at := eventIn(t, all, "ent", 19)
			return slices.Delete(all, at, at+1)
		}), "stream ent 19", true},
		"the last events taken out": {inBlock(func(t *testing.T, all []blockMessage) []blockMessage {
			return all[:len(all)-3]
		}), "stream lot 39", true},
		"two events exchanged": {inBlock(func(t *testing.T, all []blockMessage) []blockMessage {
			a, b := eventIn(t, all, "lot", 7), eventIn(t, all, "lot", 8)
			all[a], all[b] = all[b], all[a]
			return all
		}), "stream lot 7", false},
		"an event put in": {inBlock(func(t *testing.T, all []blockMessage) []blockMessage {
			at := eventIn(t, all, "lot", 30)
			return slices.Insert(all, at, slices.Clone(all[at]))
		}), "stream lot 31", true},
		"the block of another register":     {foreignBlock, "stream ent 1", false},
		"bundles of two groups exchanged":   {swapped("groups/ent/tile/entries/000.p/41", "groups/lot/tile/entries/000.p/41"), "archive groups/ent/tile/entries/000.p/41", false},
		"tiles of two groups exchanged":     {swapped("groups/ent/tile/0/000.p/41", "groups/lot/tile/0/000.p/41"), "archive groups/lot/tile/0/000.p/41", false},
		"logs of two groups exchanged":      {swapped("groups/ent", "groups/lot"), "archive groups/lot/checkpoint", true},
		"checkpoints exchanged":             {swapped("groups/ent/checkpoint", "heads/checkpoint"), "archive heads/checkpoint", true},
		"a bundle in the place of a tile":   {swapped("groups/ent/tile/entries/000.p/41", "groups/ent/tile/0/000.p/41"), "archive groups/ent/tile/0/000.p/41", true},
		"events leave the stream by number": {weakened(func(c *natsjs.StreamConfig) { c.MaxMsgs = 5 }), "stream max_msgs", true},
		"events leave the stream when read": {weakened(func(c *natsjs.StreamConfig) { c.Retention = natsjs.InterestPolicy }), "stream retention", true},
		"another subject":                   {weakened(func(c *natsjs.StreamConfig) { c.Subjects = []string{"registre.0.ent"} }), "stream subjects", true},
		"old events give way":               {weakened(func(c *natsjs.StreamConfig) { c.Discard, c.MaxAge = natsjs.DiscardOld, time.Hour }), "stream discard", true},
		"a stream that takes nothing more":  {weakened(func(c *natsjs.StreamConfig) { c.Sealed = true }), "stream sealed", true},
		"the stream deleted by a client":    {removedStream, "stream jetstream", true},
	}
}

// TestTampered: whatever a hand does to one copy that knows how it is made is found and placed by `verify --full`, never answered,
// and mended from the other copy: the same bytes, under the same signatures.
func TestTampered(t *testing.T) {
	limitMemory(t)
	for name, what := range tamperings() {
		t.Run(name, func(t *testing.T) {
			data, block, answers := filled(t)
			before, kept := answers(), filepath.Join(t.TempDir(), "kept")
			require.NoError(t, os.WriteFile(kept, []byte(ran(t, 0, "checkpoint", "--data", data)), 0o644))
			what.do(t, data, block)
			for _, full := range []bool{false, true} {
				args := []string{"verify", "--json", "--data", data}
				if full {
					args = append(args, "--full")
				}
				status, out, errs := tried(t, args...)
				if !full && !what.quick {
					continue
				}
				require.Equal(t, exitDamage, status, "%v: %s%s", args, out, errs)
				var found verifyAnswer
				require.NoError(t, json.Unmarshal([]byte(out), &found))
				require.True(t, !full || what.isIn(found), "%s: %s", what.place, out)
			}
			for _, group := range []string{"ent", "lot"} {
				if status, out, errs := tried(t, "timeline", group, "--json", "--data", data); status == 0 {
					require.Contains(t, before, out)
				} else {
					require.Contains(t, errs, "R0")
				}
			}
			ran(t, 0, "repair", "--data", data)
			ran(t, 0, "verify", "--full", "--checkpoint", kept, "--data", data)
			require.Equal(t, before, answers())
			ran(t, 0, "doctor", "--data", data)
		})
	}
}

func (what tampering) isIn(found verifyAnswer) bool {
	return slices.ContainsFunc(found.Findings, func(f foundThing) bool {
		return slices.Contains([]string{fmt.Sprint(f.Copy, " ", f.Group, " ", f.Number), f.Copy + " " + f.File}, what.place) ||
			strings.HasPrefix(what.place, f.Copy+" ") && strings.Contains(f.Cause, strings.TrimPrefix(what.place, f.Copy+" "))
	})
}

// TestEachFile takes each file of a folder away, cuts it to half, and empties it: that is found, or shown harmless, nothing wrong
// is answered meanwhile, and all is mended. With -short, every eighth file.
func TestEachFile(t *testing.T) {
	limitMemory(t)
	s := aSpecimen(t, false, 2, 20)
	all, sizes, _ := files(t, s.dir)
	silent := map[string]bool{}
	for i, path := range all {
		if testing.Short() && i%8 != 0 {
			continue
		}
		rel, err := filepath.Rel(s.dir, path)
		require.NoError(t, err)
		for what, do := range map[string]func(path string) error{
			"removed": os.Remove,
			"halved":  func(path string) error { return os.Truncate(path, sizes[i]/2) },
			"emptied": func(path string) error { return os.Truncate(path, 0) },
		} {
			t.Run(what+" "+strings.ReplaceAll(rel, "/", "-"), func(t *testing.T) {
				dir := s.copy(t)
				require.NoError(t, do(filepath.Join(dir, rel)))
				if s.fileStruck(t, dir, rel) {
					silent[filepath.Base(rel)] = true
				}
				require.NoError(t, os.RemoveAll(dir))
			})
		}
	}
	t.Logf("harmless: %v", silent)
}

// fileStruck looks at a folder of which one file is not as it was. It says whether nothing was reported.
func (s specimen) fileStruck(t *testing.T, dir, rel string) (silent bool) {
	t.Helper()
	status, out, errs := tried(t, "verify", "--full", "--json", "--data", dir)
	if silent = status == 0; !silent {
		require.Contains(t, out+errs, `"R0`)
	}
	s.neverWrong(t, dir, []flip{{file: rel}}, &flipTally{})
	if rel == keyFile { // there is one copy of it, and whoever verifies needs none
		_, _, errs := tried(t, "repair", "--data", dir)
		require.Contains(t, errs, "R0")
		return false
	}
	ran(t, 0, "repair", "--data", dir)
	ran(t, 0, "verify", "--full", "--checkpoint", s.kept, "--data", dir)
	for _, group := range s.groups {
		require.Equal(t, s.answers[group], s.answer(t, dir, group))
	}
	return silent
}
