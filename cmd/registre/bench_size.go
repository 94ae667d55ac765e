package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
)

// The children that measure large data, each in a process of its own.
const (
	sizeStart  = "size-start"  // opens a folder, folds every group, and asks
	sizeReplay = "size-replay" // reads every event, decoded strictly
	sizeFiles  = "size-files"  // the same bytes, read and hashed with SHA-256
	sizeSlope  = "size-slope"  // one group of more and more lines
)

// A sized is what is measured of groups that are folded, in nanoseconds and bytes.
type sized struct {
	Lines   float64
	Heap    float64
	Groups  int
	Largest int // lines
	Answers []answered
}

// answered is how long a question takes.
type answered struct {
	What   string
	Lines  int `json:",omitempty"`
	P50    float64
	P99    float64
	Target float64
}

// sizes measures a region and a nation: what they need, and how long questions take; and one group of more and more lines.
func (b *bench) sizes(ctx context.Context) error {
	for _, p := range []struct {
		name          string
		groups, lines int
	}{{"region", 1, min(regionSchools*linesOfASchool, b.lines)}, {"nation", min(nationGroups, b.lines/1000), b.lines}} {
		if err := b.preset(ctx, p.name, p.groups, p.lines); err != nil {
			return err
		}
	}
	return b.slopes(ctx)
}

// preset writes a folder, and measures it.
func (b *bench) preset(ctx context.Context, name string, groups, lines int) (err error) {
	dir := filepath.Join(b.dir, name)
	g := &generation{app: b.app, groups: groups, lines: lines, seed: b.seed}
	begun := time.Now()
	if err := generateFolder(ctx, dir, g); err != nil {
		return err
	}
	say := fmt.Sprintf("%s, %d lines in %d groups: ", name, g.Made.Lines, groups)
	b.add(figure{Name: say + "decided and written", Value: float64(g.Made.Lines) / time.Since(begun).Seconds(), Unit: "lines/s"})
	results := map[string]childResult{}
	for _, what := range []string{sizeFiles, sizeReplay, sizeStart} {
		if results[what], err = b.inChild(ctx, what, dir); err != nil {
			return err
		}
	}
	if results[startSaved], err = b.savedStart(ctx, dir); err != nil {
		return err
	}
	b.addPreset(say, float64(g.Made.Lines), results)
	b.addSaved(say, float64(g.Made.Lines), results[startSaved], folderSize(filepath.Join(dir, cacheDir)))
	return nil
}

func generateFolder(ctx context.Context, dir string, g *generation) error {
	store, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(generateInto(ctx, store, g), store.Close())
}

func (b *bench) addPreset(say string, lines float64, results map[string]childResult) {
	start, files, replay := results[sizeStart], results[sizeFiles], results[sizeReplay]
	s := start.Sized
	b.add(figure{Name: say + "memory a line", Value: s.Heap / lines, Unit: "B", Target: 150, AtMost: true})
	b.add(figure{Name: say + "resident then, the rest given back", Value: start.Resident, Unit: "MB", Target: 2500, AtMost: true})
	b.add(figure{Name: "  at most, while it starts", Value: start.Peak, Unit: "MB", Target: 2500, AtMost: true})
	for _, a := range s.Answers {
		b.addAnswered(say, &a)
	}
	b.add(figure{Name: say + "start without a snapshot", Value: start.Open + start.Read, Unit: "s", Target: 60, AtMost: true})
	b.add(figure{Name: "  lines folded", Value: lines / start.Read, Unit: "/s"})
	mb := float64(files.Events) / 1e6
	b.add(beside(figure{Name: say + "replay of the events, decoded strictly", Value: mb / replay.Read, Unit: "MB/s", Target: 0.2}, mb/files.Read, "reading it with SHA-256"))
}

func (b *bench) addAnswered(say string, a *answered) {
	b.add(figure{Name: say + a.What + ", p99", Value: a.P99 / 1000, Unit: "µs", Target: a.Target, AtMost: true})
	b.add(figure{Name: "  median", Value: a.P50 / 1000, Unit: "µs"})
}

// slopes asks the same of one group of 10,000 lines, of ten times as many, and so on.
func (b *bench) slopes(ctx context.Context) error {
	r, err := b.inChild(ctx, sizeSlope, b.dir)
	if err != nil {
		return err
	}
	points := map[string][]answered{}
	var whats []string
	for _, a := range r.Sized.Answers {
		if points[a.What] == nil {
			whats = append(whats, a.What)
		}
		points[a.What] = append(points[a.What], a)
	}
	for _, what := range whats {
		for _, a := range points[what] {
			b.add(figure{Name: fmt.Sprintf("one group of %d lines: %s, median", a.Lines, what), Value: a.P50 / 1000, Unit: "µs"})
		}
		b.add(figure{Name: "  slope, log-log: 0 is constant, 1 is linear", Value: slope(points[what]), Target: 0.3, AtMost: true})
	}
	return nil
}

// slope is that of the line that fits the medians best, both axes logarithmic: the power of the lines that the time grows with.
func slope(points []answered) float64 {
	var n, x, y, xx, xy float64
	for _, p := range points {
		a, b := math.Log(float64(p.Lines)), math.Log(p.P50)
		n, x, y, xx, xy = n+1, x+a, y+b, xx+a*a, xy+a*b
	}
	if n < 2 {
		return 0
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

// sizeChild measures what one of these children does.
func (b *bench) sizeChild(ctx context.Context, what string) (r childResult, err error) {
	switch what {
	case sizeFiles:
		return best(func() (childResult, error) { return b.hashFilesOf(isEntries) })
	case sizeReplay:
		return b.replay(ctx, "replay")
	case sizeSlope:
		return b.grow()
	}
	empty := heapNow()
	r, groups, lines, err := b.start(ctx)
	if err != nil {
		return r, err
	}
	r.Sized = measureGroups(groups, lines, b.seed)
	r.Sized.Heap -= empty
	debug.FreeOSMemory() // so that what is resident is what is kept
	r.Peak, r.Resident = memory()
	runtime.KeepAlive(groups)
	return r, nil
}

// isEntries reports whether a file of the archive holds the bodies of events.
func isEntries(path string, _ fs.DirEntry) bool {
	return strings.Contains(filepath.ToSlash(path), "/tile/entries/")
}

// start opens the folder and folds every group, as many at a time as there are processors.
func (b *bench) start(ctx context.Context) (r childResult, groups map[domain.GroupID]*domain.Group, lines map[domain.GroupID]int, err error) {
	begun := time.Now()
	l, err := openLedger(ctx, b.app.data, 0)
	if err != nil {
		return r, nil, nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	r.Open = time.Since(begun).Seconds()
	begun = time.Now()
	groups, lines, err = foldAll(ctx, l)
	r.Read = time.Since(begun).Seconds()
	return r, groups, lines, err
}

// foldAll folds every group. One goroutine folds all events of a group; several groups are folded at a time.
func foldAll(ctx context.Context, l *eventstore.Ledger) (map[domain.GroupID]*domain.Group, map[domain.GroupID]int, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	groups, lines := map[domain.GroupID]*domain.Group{}, map[domain.GroupID]int{}
	var into chan []domain.Event
	var batch []domain.Event
	var current domain.GroupID
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	begin := func(id domain.GroupID) {
		current, into = id, make(chan []domain.Event, 4)
		room <- struct{}{}
		events := into
		all.Go(func() {
			g, n := &domain.Group{}, 0
			for batch := range events {
				for _, e := range batch {
					g = domain.Evolve(g, e)
					n += linesOfAct(e.Act)
				}
			}
			mu.Lock()
			groups[id], lines[id] = g, n
			mu.Unlock()
			<-room
		})
	}
	end := func() {
		if into != nil {
			into <- batch
			close(into)
			batch, into = nil, nil
		}
	}
	for e, err := range l.All(ctx) {
		if err != nil {
			end()
			return nil, nil, err
		}
		if e.Group != current {
			end()
			begin(e.Group)
		}
		if batch = append(batch, e.Event()); len(batch) == 256 {
			into <- batch
			batch = nil
		}
	}
	end()
	all.Wait()
	return groups, lines, nil
}

// linesOfAct is how many lines an act says.
func linesOfAct(a domain.Act) int {
	switch a := a.(type) {
	case *domain.OrderIssued:
		return a.Lines.Len()
	case *domain.OrderAmended:
		return a.Added.Len() + a.Replaced.Len()
	case *domain.EventCorrected:
		if a.Replacement != nil {
			return linesOfAct(a.Replacement.Act)
		}
	}
	return 0
}

// heapNow is what the program keeps in memory, in bytes.
func heapNow() float64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return float64(memory.HeapAlloc)
}

// measureGroups asks folded groups.
func measureGroups(groups map[domain.GroupID]*domain.Group, lines map[domain.GroupID]int, seed uint64) *sized {
	s := &sized{Heap: heapNow(), Groups: len(groups)}
	var ids []domain.GroupID
	var largest domain.GroupID
	for id, n := range lines {
		ids = append(ids, id)
		s.Lines += float64(n)
		if n > s.Largest || n == s.Largest && id < largest {
			s.Largest, largest = n, id
		}
	}
	slices.Sort(ids)
	r := rand.New(rand.NewPCG(seed, 2))
	any := func() *domain.Group { return groups[ids[r.IntN(len(ids))]] }
	one := func() *domain.Group { return groups[largest] }
	in := fmt.Sprintf(", in the largest group, %d lines", s.Largest)
	for _, q := range []struct {
		what   string
		times  int
		target float64
		of     func() *domain.Group
		by     domain.Selection
	}{
		{"a total at any pair", 20_000, 50, any, domain.Selection{}},
		{"of one member at any pair", 20_000, 50, any, domain.Selection{Where: []domain.Filter{{By: domain.ByMember, Value: "dep-03"}}}},
		{"by cycle at any pair", 20_000, 50, any, domain.Selection{By: []domain.Dimension{domain.ByCycle}}},
		{"by member and cycle" + in, 1000, 5000, one, domain.Selection{By: []domain.Dimension{domain.ByMember, domain.ByCycle}}},
		{"by kind of school and kind of headcount" + in, 1000, 5000, one, domain.Selection{By: []domain.Dimension{domain.BySchoolKind, domain.ByHeadcountKind}}},
		{"by school and cycle, a row for each" + in, 1000, 5000, one, domain.Selection{By: []domain.Dimension{domain.BySchool, domain.ByCycle}}},
	} {
		s.Answers = append(s.Answers, timeAnswers(q.what, q.times, q.target, r, q.of, q.by))
	}
	return s
}

// firstOrder is the number of the event that issues a group's first order form; that of its last event where none does.
func firstOrder(g *domain.Group) uint64 {
	for n := uint64(1); n < g.Head(); n++ {
		if _, issues := g.Original(n).Act.(*domain.OrderIssued); issues {
			return n
		}
	}
	return g.Head()
}

// timeAnswers asks at pairs by chance: a day of the ten school years, as known at any event from the first order form on. An
// answer is read: each row's figure, and the texts of its keys.
func timeAnswers(what string, times int, target float64, r *rand.Rand, of func() *domain.Group, by domain.Selection) answered {
	first := on(2015, 9, 1)
	each := make([]time.Duration, times)
	begins := map[*domain.Group]uint64{}
	var text []byte
	for i := range each {
		g := of()
		if begins[g] == 0 {
			begins[g] = firstOrder(g)
		}
		q := domain.Pair{At: first + domain.Day(r.IntN(3400)), Known: g.Head() - r.Uint64N(g.Head()-begins[g]+1)}
		begun := time.Now()
		text, _ = readRows(text[:0], g, q, by)
		each[i] = time.Since(begun)
	}
	slices.Sort(each)
	return answered{What: what, P50: float64(each[times/2]), P99: float64(each[times*99/100]), Target: target}
}

// readRows asks, and reads the answer: it appends the texts of all keys to text, and adds up the figures.
func readRows(text []byte, g *domain.Group, q domain.Pair, by domain.Selection) ([]byte, domain.Figure) {
	total, rows := g.EnrolmentRows(q, by)
	sum := total
	for i := range rows.Len() {
		for j := range by.By {
			text = rows.AppendKey(text, i, j)
		}
		f := rows.Figure(i)
		sum.Gross, sum.Distinct, sum.Lines, sum.Unknown = sum.Gross+f.Gross, sum.Distinct+f.Distinct, sum.Lines+f.Lines, sum.Unknown+f.Unknown
	}
	return text, sum
}

// grow asks the same of one group of more and more lines, folded in memory: its events are those that generate makes.
func (b *bench) grow() (r childResult, err error) {
	r.Sized = &sized{}
	for lines := 10_000; lines <= b.lines; lines *= 10 {
		g, o := &domain.Group{}, newOrderingOf(b.seed, 0, lines, grownDepartments)
		for {
			c, ok := o.command()
			if !ok {
				break
			}
			g = domain.Evolve(g, domain.Event{Effective: c.Effective, Act: c.Act})
		}
		random := rand.New(rand.NewPCG(b.seed, 3))
		of := func() *domain.Group { return g }
		runtime.GC()
		for what, by := range grown {
			a := timeAnswers(what, 2000, 0, random, of, by)
			a.Lines = o.lines
			r.Sized.Answers = append(r.Sized.Answers, a)
		}
	}
	slices.SortStableFunc(r.Sized.Answers, func(a, b answered) int { return strings.Compare(a.What, b.What) })
	return r, nil
}

// grownDepartments are those of that group, whatever its lines: what is told apart stays as much.
const grownDepartments = 95

// grown are the questions that are asked of one group of more and more lines.
var grown = map[string]domain.Selection{
	"a total at any pair": {},
	"of one member":       {Where: []domain.Filter{{By: domain.ByMember, Value: "dep-03"}}},
	"by member and cycle": {By: []domain.Dimension{domain.ByMember, domain.ByCycle}},
}
