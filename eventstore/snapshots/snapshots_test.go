package snapshots_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/snapshots"
	"registre/projections"
)

// A house is two copies of some registers, and snapshots of them.
type house struct {
	t       testing.TB
	dir     string // of the snapshots
	archive string
	key     *archive.Key
	memory  *eventstore.Memory
	said    bytes.Buffer
	options snapshots.Options
}

func newHouse(t testing.TB) *house {
	key, err := archive.GenerateKey("registre.example/house")
	require.NoError(t, err)
	h := &house{t: t, dir: filepath.Join(t.TempDir(), "snapshots"), archive: filepath.Join(t.TempDir(), "archive"), key: key, memory: eventstore.NewMemory()}
	h.options.Logger = slog.New(slog.NewTextHandler(&h.said, nil))
	return h
}

// An opened house says up to where each register was known before it was read.
type opened struct {
	*eventstore.Ledger
	store  *archive.Store
	folder *snapshots.Folder
	read   *reads
}

type reads struct {
	eventstore.Store
	mu    sync.Mutex
	after map[domain.GroupID]uint64
}

func (r *reads) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, again := r.after[group]; !again {
		r.after[group] = after
	}
	return r.Store.Read(ctx, group, after)
}

func (h *house) open() *opened {
	store, err := archive.Open(context.Background(), h.archive, h.key, h.memory.Handle(), archive.Options{CutAfter: 1 << 12})
	require.NoError(h.t, err)
	o := &opened{store: store, folder: snapshots.Open(h.dir, store, h.options), read: &reads{Store: store, after: map[domain.GroupID]uint64{}}}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	o.Ledger = eventstore.NewLedger(o.read, eventstore.LedgerOptions{Snapshots: o.folder, SaveAfter: 1, Now: func() time.Time { return now }})
	return o
}

// record records commands of a group, each under an id of its own.
func (o *opened) record(t require.TestingT, group domain.GroupID, commands []domain.Command) (results []eventstore.Result) {
	for i := range commands {
		c := commands[i]
		c.Group, c.ID = group, uuid.NewSHA1(c.ID, fmt.Appendf(nil, "%s %d", group, i))
		r, err := o.Do(context.Background(), c)
		require.NoError(t, err)
		results = append(results, r)
	}
	return results
}

// answers are those that a group gives now, and has given.
func (o *opened) answers(t require.TestingT, group domain.GroupID) (all []string) {
	require.NoError(t, o.View(context.Background(), group, func(v *eventstore.View) error {
		for known := uint64(1); known <= v.Head; known += 1 + v.Head/9 {
			all = append(all, v.Recorded(known).String())
			for at := domaintest.First - 1; at < domaintest.First+500; at += 83 {
				q := projections.Question{Group: group, At: at, Known: known}
				enrolled := projections.Enrolment(v.State, q, projections.EnrolmentAsked{
					Selection: domain.Selection{By: []domain.Dimension{domain.ByMember, domain.ByCycle}}, Lines: true,
				})
				for _, a := range []any{
					projections.Members(v.State, q, true), projections.Avenants(v.State, q, true), projections.Bodies(v.State, q, true),
					projections.Orders(v.State, q, true), projections.Schools(v.State, q, true), projections.Ceilings(v.State, q), enrolled,
				} {
					text, err := projections.Encode(a)
					require.NoError(t, err)
					all = append(all, string(text))
				}
			}
		}
		return nil
	}))
	return all
}

// A ledger that begins with snapshots answers, decides and repeats as one that has folded everything.
func TestALedgerGoesOnFromSnapshots(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := newHouse(t)
		commands := domaintest.History(domaintest.Rapid(r), 60)
		until := rapid.IntRange(1, len(commands)).Draw(r, "until")
		first := h.open()
		results := first.record(r, "g", commands[:until])
		was := first.answers(r, "g")
		require.NoError(r, first.Close())

		again := h.open()
		require.Equal(r, was, again.answers(r, "g"))
		require.NotZero(r, again.read.after["g"], "it was read from the snapshot on: %s", h.said.String())
		for i, repeated := range again.record(r, "g", commands[:until]) {
			require.True(r, repeated.Repeated)
			repeated.Repeated = false
			require.Equal(r, results[i], repeated)
		}
		again.record(r, "g", commands[until:])
		now := again.answers(r, "g")
		require.NoError(r, again.Close())

		require.NoError(r, os.RemoveAll(h.dir))
		anew := h.open()
		require.Equal(r, now, anew.answers(r, "g"))
		require.Zero(r, anew.read.after["g"])
		require.NoError(r, anew.Close())
		require.Empty(r, h.said.String())
	})
}

// saved is a house with a snapshot of the group g, and the answers that it gives.
func saved(t *testing.T) (h *house, answers []string, file string) {
	h = newHouse(t)
	o := h.open()
	o.record(t, "g", domaintest.History(domaintest.Seeded(5), 80))
	answers = o.answers(t, "g")
	require.NoError(t, o.Close())
	file = filepath.Join(h.dir, "g")
	require.FileExists(t, file)
	return h, answers, file
}

// requireRefused requires that a snapshot is not used, and that the answers are right all the same; then there is a new one.
func (h *house) requireRefused(answers []string) {
	o := h.open()
	assert.Equal(h.t, answers, o.answers(h.t, "g"))
	assert.Zero(h.t, o.read.after["g"], "it was read from its first event")
	require.NoError(h.t, o.Close())
	o = h.open()
	assert.Equal(h.t, answers, o.answers(h.t, "g"))
	assert.NotZero(h.t, o.read.after["g"], "a new snapshot was saved")
	require.NoError(h.t, o.Close())
}

func TestWhatIsNotAsItWasWrittenIsRefused(t *testing.T) {
	for name, change := range map[string]func(b []byte) []byte{
		"nothing in it":     func(b []byte) []byte { return nil },
		"cut in the header": func(b []byte) []byte { return b[:30] },
		"cut in the middle": func(b []byte) []byte { return b[:len(b)/2] },
		"the last byte off": func(b []byte) []byte { return b[:len(b)-1] },
		"a byte more":       func(b []byte) []byte { return append(b, 0) },
		"zeros at its end":  func(b []byte) []byte { clear(b[len(b)/2:]); return b },
		"another form":      func(b []byte) []byte { return bytes.Replace(b, []byte("@v1"), []byte("@v2"), 1) },
		"other code":        func(b []byte) []byte { b[len("registre-snapshot@v1\n")] ^= 1; return b },
		"a bit of content":  func(b []byte) []byte { b[len(b)-60] ^= 4; return b },
	} {
		t.Run(name, func(t *testing.T) {
			h, answers, file := saved(t)
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, change(b), 0o600))
			h.requireRefused(answers)
		})
	}
}

func saying(what string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, what); return err }
}

// load gives what a folder has of the group g.
func load(t *testing.T, f *snapshots.Folder) (number uint64, content []byte, ok bool) {
	err := f.Load(t.Context(), "g", func(n uint64, from *io.SectionReader) {
		var err error
		content, err = io.ReadAll(from)
		require.NoError(t, err)
		number, ok = n, true
	})
	require.Equal(t, ok, err == nil)
	return number, content, ok
}

func TestEachBitCounts(t *testing.T) {
	h, _, file := saved(t)
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	o := h.open()
	defer o.Close()
	_, content, ok := load(t, o.folder)
	require.True(t, ok)
	require.True(t, bytes.Contains(good, content))
	for at := range good {
		bad := bytes.Clone(good)
		bad[at] ^= 1 << (at % 8)
		require.NoError(t, os.WriteFile(file, bad, 0o600))
		_, _, ok := load(t, o.folder)
		require.False(t, ok, "byte %d", at)
		require.NoFileExists(t, file)
	}
}

// What a file held counts only where it is at the end as it was when it was held to its seal.
func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, file string){
		"longer":  func(t *testing.T, file string) { require.NoError(t, os.Truncate(file, 1<<20)) },
		"shorter": func(t *testing.T, file string) { require.NoError(t, os.Truncate(file, 10)) },
		"written anew": func(t *testing.T, file string) {
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			time.Sleep(20 * time.Millisecond) // the clock of files is coarse
			require.NoError(t, os.WriteFile(file, b, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, _, file := saved(t)
			o := h.open()
			defer o.Close()
			used := false
			require.Error(t, o.folder.Load(t.Context(), "g", func(uint64, *io.SectionReader) { used = true; change(t, file) }))
			require.True(t, used)
			require.NoFileExists(t, file)
			require.Contains(t, h.said.String(), "it is not as this house has written it")
		})
	}
}

func TestASnapshotOfSomethingElseIsRefused(t *testing.T) {
	t.Run("another group", func(t *testing.T) {
		h, answers, file := saved(t)
		o := h.open()
		o.record(t, "other", domaintest.History(domaintest.Seeded(6), 80))
		require.NoError(t, o.Close())
		require.NoError(t, os.Rename(filepath.Join(h.dir, "other"), file))
		h.requireRefused(answers)
	})
	t.Run("another key", func(t *testing.T) {
		h, _, file := saved(t)
		other, answers, _ := saved(t) // the same history, of the same instants, under another key
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(other.dir, "g"), b, 0o600))
		require.NotEqual(t, h.key.PublicKey, other.key.PublicKey)
		other.requireRefused(answers)
	})
	t.Run("another program", func(t *testing.T) {
		h, answers, _ := saved(t)
		h.options.Code = [32]byte{1}
		h.requireRefused(answers)
		require.Empty(t, h.said.String(), "that is nothing to be told")
	})
}

// The register is another one, as long or longer, or it is one that is shorter, as when a folder is put back from a backup.
func TestASnapshotOfAnotherRegisterIsRefused(t *testing.T) {
	for name, seed := range map[string]uint64{"rewritten": 7, "shorter": 5} {
		t.Run(name, func(t *testing.T) {
			h, _, _ := saved(t)
			o := h.open()
			number, _, ok := load(t, o.folder)
			require.True(t, ok)
			require.NoError(t, o.Close())
			h.archive, h.memory = filepath.Join(t.TempDir(), "archive"), eventstore.NewMemory()
			was := h.dir
			h.dir = filepath.Join(t.TempDir(), "none")
			o = h.open()
			last := uint64(0)
			for i, commands := 0, domaintest.History(domaintest.Seeded(seed), 300); last < number; i++ {
				if name == "shorter" && last > number/2 {
					break
				}
				last = o.record(t, "g", commands[i:i+1])[0].Last
			}
			require.Equal(t, name == "rewritten", last >= number)
			answers := o.answers(t, "g")
			require.NoError(t, o.Close())
			h.dir = was
			h.requireRefused(answers)
			require.Contains(t, h.said.String(), "the register is not what it was made of")
		})
	}
}

func TestNothingIsLostWithoutRoom(t *testing.T) {
	for name, spoil := range map[string]func(h *house){
		"disk nearly full": func(h *house) {
			h.options.Free = func(string) (uint64, error) { return 1 << 20, nil }
		},
		"disk with little more": func(h *house) {
			h.options.Free = func(string) (uint64, error) { return 512<<20 + 100, nil }
		},
		"too large":             func(h *house) { h.options.Most = 100 },
		"a file for a folder":   func(h *house) { require.NoError(h.t, os.WriteFile(h.dir, nil, 0o600)) },
		"a folder for the file": func(h *house) { require.NoError(h.t, os.MkdirAll(filepath.Join(h.dir, "g", "x"), 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			spoil(h)
			o := h.open()
			o.record(t, "g", domaintest.History(domaintest.Seeded(5), 80))
			answers := o.answers(t, "g")
			require.NoError(t, o.Close())
			require.Contains(t, h.said.String(), "a snapshot is not saved")
			o = h.open()
			require.Equal(t, answers, o.answers(t, "g"))
			require.Zero(t, o.read.after["g"])
			require.NoError(t, o.Close())
		})
	}
}

// The disk is full when a file is half written: what was kept before stays, and nothing is left of the new one.
func TestADiskThatIsFullCostsNothing(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	h, answers, file := saved(t)
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	o := h.open()
	o.folder.Save(t.Context(), "g", 3, saying("looked at what is there"))
	require.NoError(t, os.WriteFile(file, good, 0o600))
	require.NoError(t, os.Symlink("/dev/full", file+"~"))
	o.folder.Save(t.Context(), "g", 3, saying("there is no room for this"))
	require.Contains(t, h.said.String(), "no space left on device")
	there, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, good, there)
	require.NoFileExists(t, file+"~")
	require.Equal(t, answers, o.answers(t, "g"))
	require.NotZero(t, o.read.after["g"])
	require.NoError(t, o.Close())
}

func TestTheOldestGiveWay(t *testing.T) {
	h, _, file := saved(t)
	info, err := os.Stat(file)
	require.NoError(t, err)
	past := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(file, past, past))
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, "half~"), make([]byte, 1000), 0o600))
	h.options.Most = info.Size() * 5 / 2
	o := h.open()
	for _, g := range []domain.GroupID{"a", "b", "c"} {
		o.record(t, g, domaintest.History(domaintest.Seeded(5), 80))
	}
	require.NoError(t, o.Close())
	require.NoFileExists(t, file)
	require.NoFileExists(t, filepath.Join(h.dir, "half~"))
	files, err := os.ReadDir(h.dir)
	require.NoError(t, err)
	require.Len(t, files, 2)
}

// A saver saves behind who uses the books, and not what is not worth it.
func TestSnapshotsAreSavedBehind(t *testing.T) {
	h := newHouse(t)
	o := h.open()
	defer o.Close()
	commands := domaintest.History(domaintest.Seeded(5), 80)
	o.record(t, "g", commands)
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(h.dir, "g"))
		return err == nil
	}, 20*time.Second, time.Millisecond)

	small := newHouse(t)
	store, err := archive.Open(t.Context(), small.archive, small.key, small.memory.Handle(), archive.Options{})
	require.NoError(t, err)
	l := eventstore.NewLedger(store, eventstore.LedgerOptions{Snapshots: snapshots.Open(small.dir, store, small.options)})
	(&opened{Ledger: l}).record(t, "g", commands)
	require.NoError(t, l.Close())
	require.NoDirExists(t, small.dir, "eighty commands are folded in no time")
}
