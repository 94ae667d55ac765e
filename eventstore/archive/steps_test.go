package archive

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// A stepper is a disk of which every step can be struck.
type stepper struct {
	disk
	mu     sync.Mutex
	steps  []string
	strike func(n int, op, path string, do func(share float64) error) error
}

// quick is this machine's disk, which brings nothing to the disk: for tests in which no power is cut.
func quick() disk {
	d := thisDisk
	d.fsync = func(path string) error { _, err := os.Stat(path); return err }
	d.syncfs = d.fsync
	d.open = func(path string, flag int) (file, error) {
		f, err := os.OpenFile(path, flag, fileMode)
		return quickFile{f}, err
	}
	return d
}

type quickFile struct{ *os.File }

func (quickFile) Sync() error { return nil }

func (quickFile) WriteOut(_, _ int64) error { return nil }

// step does one step, all of it unless it is struck; share is how much of what is written.
func (s *stepper) step(op, path string, do func(share float64) error) error {
	s.mu.Lock()
	s.steps = append(s.steps, op+" "+path)
	n := len(s.steps) - 1
	s.mu.Unlock()
	return s.strike(n, op, path, do)
}

func newStepper(strike func(n int, op, path string, do func(share float64) error) error) *stepper {
	s, d := &stepper{strike: strike}, quick()
	on := func(op string, do func(string) error) func(string) error {
		return func(path string) error { return s.step(op, path, func(float64) error { return do(path) }) }
	}
	s.disk = disk{
		fsync: on("fsync", d.fsync), syncfs: on("syncfs", d.syncfs), mkdir: on("mkdir", d.mkdir),
		remove: on("remove", d.remove), removeIn: on("removeIn", d.removeIn),
		open: func(path string, flag int) (f file, err error) {
			err = s.step("open", path, func(float64) error { f, err = d.open(path, flag); return err })
			return stepFile{f, path, s}, err
		},
		write: func(path string, content []byte) error {
			return s.step("write", path, func(share float64) error { return d.write(path, content[:int(share*float64(len(content)))]) })
		},
		rename: func(from, to string) error {
			return s.step("rename", to, func(float64) error { return d.rename(from, to) })
		},
	}
	return s
}

type stepFile struct {
	file
	path string
	*stepper
}

func (f stepFile) Write(b []byte) (n int, err error) {
	err = f.step("append", f.path, func(share float64) error { n, err = f.file.Write(b[:int(share*float64(len(b)))]); return err })
	return n, err
}

func (f stepFile) WriteAt(b []byte, at int64) (n int, err error) {
	op := "append"
	if at < tailStart {
		op = "overwrite" // of the line that tells what is confirmed, which is within one sector: there whole or not at all
	}
	err = f.step(op, f.path, func(share float64) error {
		if at < tailStart {
			share = 1
		}
		n, err = f.file.WriteAt(b[:int(share*float64(len(b)))], at)
		return err
	})
	return n, err
}

func (f stepFile) Truncate(size int64) error {
	return f.step("truncate", f.path, func(float64) error { return f.file.Truncate(size) })
}

func (f stepFile) Sync() error {
	return f.step("sync", f.path, func(float64) error { return f.file.Sync() })
}

func (f stepFile) WriteOut(from, size int64) error {
	return f.step("write out", f.path, func(float64) error { return f.file.WriteOut(from, size) })
}

// forgetful is a store in memory that knows what of it was synced.
type forgetful struct {
	*eventstore.Memory
	mu     sync.Mutex
	synced []eventstore.Record
}

func (f *forgetful) Sync(ctx context.Context) error {
	all := f.all()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.synced = all
	return f.Memory.Sync(ctx)
}

func (f *forgetful) all() (all []eventstore.Record) {
	for r := range f.ReadAll(context.Background()) {
		all = append(all, r)
	}
	return all
}

// kept gives stores as they are after a kill, and after a power cut.
func (f *forgetful) kept() []eventstore.Store {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []eventstore.Store{memoryOf(f.all()), memoryOf(f.synced)}
}

func memoryOf(records []eventstore.Record) *eventstore.Memory {
	m := eventstore.NewMemory()
	for _, r := range records {
		m.Write(context.Background(), []eventstore.Append{{Group: r.Group, After: r.Number - 1, Bodies: [][]byte{r.Body}}})
	}
	return m
}

// An event is one that was answered for.
type event struct {
	group   domain.GroupID
	number  uint64
	body    string
	receipt []byte
}

// A worker records on an archive, and remembers what it was answered.
type worker struct {
	key      *Key
	dir      string
	stream   *forgetful
	flushing bool // one flush is enough for both copies
	disk     *disk
	mu       sync.Mutex
	answered []event
}

func (w *worker) soFar() []event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.answered)
}

// work records until something fails; a cut may. It gives the error of that, and closes the store.
func (w *worker) work(ctx context.Context) error {
	var stream eventstore.Store = unclosed{w.stream}
	if w.flushing {
		stream = flushing{stream, func() {}}
	}
	s, err := Open(ctx, w.dir, w.key, stream, Options{CutAfter: 1 << 40, disk: w.disk})
	if err != nil {
		return err
	}
	ends := map[domain.GroupID]uint64{}
	for i := range 6 {
		if err = w.commit(ctx, s, ends, i); err != nil {
			break
		}
		if i%3 == 1 {
			_ = s.Cut(ctx) // it may fail, and the next one makes up for it
		}
	}
	return errors.Join(err, s.Close())
}

// commit writes to one group or two, and gets receipts.
func (w *worker) commit(ctx context.Context, s *Store, ends map[domain.GroupID]uint64, i int) error {
	var appends []eventstore.Append
	for k := range 1 + i%2 {
		g := domain.GroupID(fmt.Sprint("g", (i+k)%2))
		a := eventstore.Append{Group: g, After: ends[g], Bodies: [][]byte{fmt.Appendf(nil, "%d %d %s", i, k, g)}}
		if i%4 == 3 {
			a.Bodies = append(a.Bodies, fmt.Appendf(nil, "%d %d %s and more", i, k, g))
		}
		ends[g] += uint64(len(a.Bodies))
		appends = append(appends, a)
	}
	if err := errors.Join(append(s.Write(ctx, appends), s.Sync(ctx))...); err != nil {
		return err
	}
	for _, a := range appends {
		for n, body := range a.Bodies {
			e := event{group: a.Group, number: a.After + uint64(n) + 1, body: string(body)}
			r, err := s.Receipt(ctx, e.group, e.number)
			if err != nil {
				return err
			}
			e.receipt = r.Format()
			w.mu.Lock()
			w.answered = append(w.answered, e)
			w.mu.Unlock()
		}
	}
	return nil
}

// requireKept opens an archive as it was left, and requires that all that was answered is there, with receipts that hold,
// old and new, under logs that go on from every checkpoint that was given out; and so again after more was recorded and
// nobody had closed it.
func requireKept(t *testing.T, key *Key, dir string, stream eventstore.Store, answered []event) {
	t.Helper()
	d := quick()
	for round := range 2 {
		s, err := Open(t.Context(), dir, key, stream, Options{CutAfter: 1 << 40, disk: &d})
		require.NoError(t, err)
		for _, e := range answered {
			requireEvent(t, s, e)
		}
		w := &worker{key: key, dir: dir}
		ends := map[domain.GroupID]uint64{}
		heads, err := s.Heads(t.Context())
		require.NoError(t, err)
		for _, h := range heads {
			ends[h.Group] = h.Number
		}
		require.NoError(t, w.commit(t.Context(), s, ends, 100+round))
		answered = append(answered, w.answered...)
		left := filepath.Join(t.TempDir(), "archive")
		require.NoError(t, os.CopyFS(left, os.DirFS(dir)))
		requireSame(t, s, stream)
		all := memoryOf((&forgetful{Memory: stream.(*eventstore.Memory)}).all())
		require.NoError(t, s.Close())
		requireSound(t, key, dir, answered)
		dir, stream = left, all
	}
}

func requireEvent(t *testing.T, s *Store, e event) {
	t.Helper()
	r, err := ParseReceipt(e.receipt)
	require.NoError(t, err)
	_, _, err = r.Check([]byte(e.body), ours, s.Keys())
	require.NoError(t, err)
	for kept, err := range s.Read(t.Context(), e.group, e.number-1) {
		require.NoError(t, err)
		require.Equal(t, e.body, string(kept.Body), "event %d of %s", e.number, e.group)
		break
	}
	again, err := s.Receipt(t.Context(), e.group, e.number)
	require.NoError(t, err)
	_, _, err = again.Check([]byte(e.body), ours, s.Keys())
	require.NoError(t, err)
}

// requireSame requires that both copies are the same.
func requireSame(t *testing.T, s *Store, stream eventstore.Store) {
	t.Helper()
	var both [2]map[domain.GroupID][]string
	for i, store := range []eventstore.Store{s, stream} {
		both[i] = map[domain.GroupID][]string{}
		for r, err := range store.ReadAll(t.Context()) {
			require.NoError(t, err)
			both[i][r.Group] = append(both[i][r.Group], string(r.Body))
		}
	}
	require.Equal(t, both[0], both[1])
}

// requireSound requires of a closed archive that its files are those of its checkpoints, and that the log of heads goes on
// from all that were given out.
func requireSound(t *testing.T, key *Key, dir string, answered []event) {
	t.Helper()
	ring := keyring{key.PublicKey}
	paths, err := filepath.Glob(filepath.Join(dir, "groups", "*"))
	require.NoError(t, err)
	for _, path := range append(paths, filepath.Join(dir, "heads")) {
		origin := ours
		if name := filepath.Base(path); name != "heads" {
			origin = GroupOrigin(ours, name)
		}
		log := OpenLog(path, origin, ring)
		c, _, err := log.Checkpoint()
		require.NoError(t, err)
		require.NoError(t, FirstDamage(log.Check(c)))
	}
	heads := OpenLog(filepath.Join(dir, "heads"), ours, ring)
	now, _, err := heads.Checkpoint()
	require.NoError(t, err)
	for _, e := range answered {
		r, err := ParseReceipt(e.receipt)
		require.NoError(t, err)
		then, _, err := OpenCheckpoint(r.Signed, ours, ring)
		require.NoError(t, err)
		proof, err := ProveConsistency(heads.At(now.Size), then.Size, now.Size)
		require.NoError(t, err)
		require.NoError(t, CheckConsistency(proof, then, now))
	}
	left, err := os.ReadDir(filepath.Join(dir, tailDir))
	require.NoError(t, err)
	require.LessOrEqual(t, len(left), 2, "segments go when they are cut")
}

// steps gives all steps.
func steps(t *testing.T, flushing bool) []string {
	t.Helper()
	s := newStepper(func(_ int, _, _ string, do func(float64) error) error { return do(1) })
	w := newWorker(t, s)
	w.flushing = flushing
	require.NoError(t, w.work(t.Context()))
	ops := []string{"open", "append", "sync", "overwrite", "rename", "fsync", "write", "mkdir", "remove"}
	if flushing {
		ops = append(ops, "write out")
	}
	for _, op := range ops {
		require.True(t, slices.ContainsFunc(s.steps, func(step string) bool { return strings.HasPrefix(step, op+" ") }), op)
	}
	return s.steps
}

func newWorker(t *testing.T, s *stepper) *worker {
	t.Helper()
	key, err := GenerateKey(ours)
	require.NoError(t, err)
	return &worker{key: key, dir: filepath.Join(t.TempDir(), "archive"), stream: &forgetful{Memory: eventstore.NewMemory()}, disk: &s.disk}
}

var everyWay = flag.Bool("archive.everyway", false, "TestFailsAtEveryStep has each step fail in every way, not in one of them")

// TestFailsAtEveryStep has each step of an archive's life fail in turn: not done, done in part, and done all the same; once,
// and from then on always. What was answered is kept: in the folder as it was at that moment, beside a stream that has
// what was written, or what was synced; and in the folder as the store has closed it.
func TestFailsAtEveryStep(t *testing.T) {
	for _, flushing := range []bool{false, true} {
		all, failures := steps(t, flushing), 0
		for at := 0; at < len(all); at += OneIn(7) {
			for way := range 6 {
				if *everyWay || way == at/3%6 {
					failAt(t, flushing, at, float64(way%3)/2, way < 3)
					failures++
				}
			}
		}
		t.Logf("%d steps, %d failures", len(all), failures)
	}
}

func failAt(t *testing.T, flushing bool, at int, share float64, ever bool) {
	t.Helper()
	w, left, what := (*worker)(nil), "", "nothing"
	var kept []eventstore.Store
	var answered []event
	s := newStepper(func(n int, op, path string, do func(float64) error) error {
		if n < at || n > at && !ever {
			return do(1)
		}
		if n == at {
			what = fmt.Sprintf("step %d, %s %s, of which %v is done", n, op, path, share)
			if share > 0 {
				if err := do(share); err != nil {
					return err
				}
			}
			left, kept, answered = copyOf(t, w.dir), w.stream.kept(), w.soFar()
		}
		return errDisk
	})
	w = newWorker(t, s)
	w.flushing = flushing
	_ = w.work(t.Context())
	if left == "" {
		return // the number of steps is not the same each time
	}
	t.Run(what, func(t *testing.T) {
		for i, look := range []func(){
			func() { requireKept(t, w.key, left, kept[1], answered) },
			func() { requireKept(t, w.key, copyOf(t, left), kept[0], answered) },
			func() { requireKept(t, w.key, w.dir, w.stream.kept()[0], w.answered) },
		} {
			if *everyWay || i == at%3 {
				look()
			}
		}
	})
}

// copyOf copies a folder that may not be there.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "archive")
	if err := os.CopyFS(to, os.DirFS(dir)); !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	return to
}

// unclosed is a store that others go on with.
type unclosed struct{ *forgetful }

func (unclosed) Close() error { return nil }
