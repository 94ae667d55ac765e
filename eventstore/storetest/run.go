package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// Registers are the registers that one test of the suite works on, empty at its beginning.
type Registers struct {
	// Open opens a store on them. What one store has acknowledged, the next one gives. The suite closes what it opens.
	Open func(t *testing.T) eventstore.Store
	// Shared says that several stores may be open at once. Otherwise the suite leaves out what needs two.
	Shared bool
	// Forgets says that what was written ends with the last store. Otherwise the suite closes and opens again.
	Forgets bool
}

// Run checks an implementation against every sentence of eventstore.Store. fresh gives new registers to each test.
func Run(t *testing.T, fresh func(t *testing.T) Registers) {
	tests := []struct {
		name string
		run  func(t *testing.T, s *suite)
	}{
		{"an empty store", testEmpty},
		{"order and numbers", testOrder},
		{"the guard", testGuard},
		{"appends that follow each other", testFollowing},
		{"what builds on an unwritten append is overtaken", testBuildsOnUnwritten},
		{"errors belong to their appends", testErrorsBelong},
		{"several events, together or not at all", testTogether},
		{"many appends of several events", testManyTogether},
		{"a reader never sees half an append", testNoHalf},
		{"a thousand events in one append", testThousand},
		{"many appends in one call", testManyAppends},
		{"what cannot be an append", testMisuse},
		{"bodies of any bytes", testBodies},
		{"bodies are not shared", testBodiesKept},
		{"Read from a number", testReadFrom},
		{"Read up to the end at the call", testReadEnd},
		{"ReadAll keeps the order in each register", testReadAll},
		{"stopping early", testStopEarly},
		{"Follow sees what comes", testFollow},
		{"Follow all", testFollowAll},
		{"Follow ends with its context", testFollowEnds},
		{"Head and Heads", testHeads},
		{"a context that has ended", testEnded},
		{"readers during writes", testReaders},
		{"after Close", testClosed},
		{"opened again", testReopened},
		{"two writers, one winner", testTwoWriters},
		{"two writers, no gap", testTwoWritersRace},
		{"another's appends are seen", testSeesOther},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			t.Cleanup(cancel)
			test.run(t, &suite{T: t, ctx: ctx, registers: fresh(t)})
		})
	}
}

// A suite is one test at work.
type suite struct {
	*testing.T
	ctx       context.Context
	registers Registers
}

func (s *suite) open() eventstore.Store {
	s.Helper()
	store := s.registers.Open(s.T)
	s.Cleanup(func() { _ = store.Close() })
	return store
}

// write writes appends that must all be acknowledged, and syncs.
func (s *suite) write(store eventstore.Store, appends ...eventstore.Append) {
	s.Helper()
	for i, err := range store.Write(s.ctx, appends) {
		require.NoError(s, err, "append %d", i)
	}
	require.NoError(s, store.Sync(s.ctx))
}

func (s *suite) writeOne(store eventstore.Store, a eventstore.Append) error {
	s.Helper()
	errs := store.Write(s.ctx, []eventstore.Append{a})
	require.Len(s, errs, 1)
	return errs[0]
}

// bodies gives what a register holds, and requires that it is numbered without a gap.
func (s *suite) bodies(store eventstore.Store, group domain.GroupID) []string {
	s.Helper()
	return texts(s.records(store.Read(s.ctx, group, 0), group, 0))
}

// records reads to the end, and requires one register's events numbered from after+1.
func (s *suite) records(seq iter.Seq2[eventstore.Record, error], group domain.GroupID, after uint64) []eventstore.Record {
	s.Helper()
	records := s.all(seq)
	for i, r := range records {
		require.Equal(s, group, r.Group)
		require.Equal(s, after+uint64(i)+1, r.Number)
	}
	return records
}

func (s *suite) all(seq iter.Seq2[eventstore.Record, error]) []eventstore.Record {
	s.Helper()
	var records []eventstore.Record
	for r, err := range seq {
		require.NoError(s, err)
		records = append(records, r)
	}
	return records
}

func texts(records []eventstore.Record) []string {
	texts := []string{}
	for _, r := range records {
		texts = append(texts, string(r.Body))
	}
	return texts
}

func add(group domain.GroupID, after uint64, bodies ...string) eventstore.Append {
	a := eventstore.Append{Group: group, After: after}
	for _, body := range bodies {
		a.Bodies = append(a.Bodies, []byte(body))
	}
	return a
}

func numbered(prefix string, from, to int) []string {
	var texts []string
	for i := from; i <= to; i++ {
		texts = append(texts, fmt.Sprintf("%s%d", prefix, i))
	}
	return texts
}

func testEmpty(t *testing.T, s *suite) {
	store := s.open()
	require.Empty(t, s.all(store.Read(s.ctx, "nobody", 0)))
	require.Empty(t, s.all(store.Read(s.ctx, "nobody", 7)))
	require.Empty(t, s.all(store.Read(s.ctx, "", 0)))
	require.Empty(t, s.all(store.Read(s.ctx, "Not An Id.*", 0)))
	require.Empty(t, s.all(store.ReadAll(s.ctx)))
	head, err := store.Head(s.ctx, "nobody")
	require.NoError(t, err)
	require.Equal(t, eventstore.Head{Group: "nobody"}, head)
	heads, err := store.Heads(s.ctx)
	require.NoError(t, err)
	require.Empty(t, heads)
	require.Empty(t, store.Write(s.ctx, nil))
	require.NoError(t, store.Sync(s.ctx))
}

func testOrder(t *testing.T, s *suite) {
	store := s.open()
	for i := range 5 {
		s.write(store, add("a", uint64(i), fmt.Sprint("a", i)), add("b", uint64(i), fmt.Sprint("b", i)))
	}
	require.Equal(t, numbered("a", 0, 4), s.bodies(store, "a"))
	require.Equal(t, numbered("b", 0, 4), s.bodies(store, "b"))
}

func testGuard(t *testing.T, s *suite) {
	store := s.open()
	require.ErrorIs(t, s.writeOne(store, add("a", 1, "too early")), eventstore.ErrOvertaken)
	s.write(store, add("a", 0, "1"), add("b", 0, "1"))
	for _, after := range []uint64{0, 2, 3, 1 << 40, 1<<64 - 1} {
		require.ErrorIs(t, s.writeOne(store, add("a", after, "wrong")), eventstore.ErrOvertaken, "after %d", after)
		require.ErrorIs(t, s.writeOne(store, add("a", after, "wrong", "twice")), eventstore.ErrOvertaken, "after %d", after)
	}
	s.write(store, add("a", 1, "2"))
	require.Equal(t, []string{"1", "2"}, s.bodies(store, "a"))
	require.Equal(t, []string{"1"}, s.bodies(store, "b"))
}

func testFollowing(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1"), add("b", 0, "1"), add("a", 1, "2"), add("a", 2, "3"), add("b", 1, "2"))
	s.write(store, add("a", 3, "4", "5"), add("a", 5, "6"), add("c", 0, "1"), add("a", 6, "7", "8", "9"), add("c", 1, "2"))
	s.write(store, add("a", 9, "10"), add("b", 2, "3", "4"), add("a", 10, "11"), add("b", 4, "5"))
	require.Equal(t, numbered("", 1, 11), s.bodies(store, "a"))
	require.Equal(t, numbered("", 1, 5), s.bodies(store, "b"))
	require.Equal(t, numbered("", 1, 2), s.bodies(store, "c"))
}

func testBuildsOnUnwritten(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1"), add("b", 0, "1"))
	errs := store.Write(s.ctx, []eventstore.Append{
		add("b", 1, "2"),
		add("a", 0, "stale"), add("a", 1, "2"), add("a", 1, "stale"), add("a", 3, "builds on nothing"),
		add("b", 2, "3"), add("a", 2, "3"),
	})
	for i, want := range []bool{true, false, true, false, false, true, true} {
		if want {
			require.NoError(t, errs[i], "append %d", i)
		} else {
			require.ErrorIs(t, errs[i], eventstore.ErrOvertaken, "append %d", i)
		}
	}
	errs = store.Write(s.ctx, []eventstore.Append{add("a", 9, "stale", "stale"), add("a", 11, "builds on it"), add("b", 3, "4", "5")})
	require.ErrorIs(t, errs[0], eventstore.ErrOvertaken)
	require.ErrorIs(t, errs[1], eventstore.ErrOvertaken)
	require.NoError(t, errs[2])
	require.Equal(t, numbered("", 1, 3), s.bodies(store, "a"))
	require.Equal(t, numbered("", 1, 5), s.bodies(store, "b"))
}

func testErrorsBelong(t *testing.T, s *suite) {
	store := s.open()
	var appends []eventstore.Append
	for i := range 20 {
		appends = append(appends, add(domain.GroupID(fmt.Sprint("g", i)), uint64(i%2), "x"))
	}
	for i, err := range store.Write(s.ctx, appends) {
		if i%2 == 0 {
			require.NoError(t, err, "append %d", i)
		} else {
			require.ErrorIs(t, err, eventstore.ErrOvertaken, "append %d", i)
		}
	}
	heads, err := store.Heads(s.ctx)
	require.NoError(t, err)
	require.Len(t, heads, 10)
}

func testTogether(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1", "2", "3"))
	require.ErrorIs(t, s.writeOne(store, add("a", 2, "x", "y")), eventstore.ErrOvertaken)
	s.write(store, add("a", 3, "4", "5"))
	require.Equal(t, numbered("", 1, 5), s.bodies(store, "a"))
}

func testManyTogether(t *testing.T, s *suite) {
	store := s.open()
	var appends []eventstore.Append
	for i := range 30 {
		appends = append(appends, add(domain.GroupID(fmt.Sprint("g", i)), uint64(i%10/9), "1", "2", "3"))
	}
	for i, err := range store.Write(s.ctx, appends) {
		if i%10 == 9 {
			require.ErrorIs(t, err, eventstore.ErrOvertaken, "append %d", i)
		} else {
			require.NoError(t, err, "append %d", i)
			require.Equal(t, numbered("", 1, 3), s.bodies(store, appends[i].Group))
		}
	}
}

func testNoHalf(t *testing.T, s *suite) {
	store := s.open()
	ctx, stop := context.WithCancel(s.ctx)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				n := len(s.all(store.Read(s.ctx, "a", 0)))
				if n%10 != 0 {
					t.Errorf("read %d events of appends of 10", n)
				}
			}
		})
	}
	for i := range 30 {
		s.write(store, add("a", uint64(i)*10, numbered("x", 1, 10)...))
	}
	stop()
	readers.Wait()
}

func testThousand(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1"))
	s.write(store, add("a", 1, numbered("", 2, 1001)...))
	s.write(store, add("a", 1001, numbered("", 1002, 2001)...), add("a", 2001, numbered("", 2002, 2500)...), add("b", 0, "1"))
	require.Equal(t, numbered("", 1, 2500), s.bodies(store, "a"))
	require.Equal(t, numbered("", 1, 1), s.bodies(store, "b"))
}

func testManyAppends(t *testing.T, s *suite) {
	store := s.open()
	var appends []eventstore.Append
	for i := range 5000 {
		appends = append(appends, add(domain.GroupID(fmt.Sprint("g", i%7)), uint64(i/7), fmt.Sprint(i/7)))
	}
	s.write(store, appends...)
	require.Equal(t, numbered("", 0, 714), s.bodies(store, "g0"))
	require.Equal(t, numbered("", 0, 713), s.bodies(store, "g6"))
}

func testMisuse(t *testing.T, s *suite) {
	store := s.open()
	for name, a := range map[string]eventstore.Append{
		"no event":        {Group: "a"},
		"an empty body":   add("a", 0, "x", ""),
		"a body too big":  add("a", 0, strings.Repeat("x", eventstore.MaxBody+1)),
		"too many events": add("a", 0, numbered("", 1, eventstore.MaxAppend+1)...),
		"no group":        add("", 0, "x"),
		"not an id":       add("a.b", 0, "x"),
		"a wildcard":      add("*", 0, "x"),
		"too long an id":  add(domain.GroupID(strings.Repeat("a", domain.MaxIDLength+1)), 0, "x"),
	} {
		errs := store.Write(s.ctx, []eventstore.Append{a, add("good", 0, "x")})
		require.ErrorIs(t, errs[0], eventstore.ErrNotWritten, name)
		if errs[1] != nil {
			require.ErrorIs(t, errs[1], eventstore.ErrOvertaken, name)
		}
	}
	require.Equal(t, []string{"x"}, s.bodies(store, "good"))
	require.Len(t, s.all(store.ReadAll(s.ctx)), 1)
}

func testBodies(t *testing.T, s *suite) {
	store := s.open()
	big := bytes.Repeat([]byte{0, 1, 255, '\r', '\n'}, eventstore.MaxBody/5)
	bodies := []string{"\x00", "a\x00b\x00", "\r\n", "NATS/1.0\r\nX: y\r\n\r\n", "\xff\xfe", string(big), "é"}
	s.write(store, add("a", 0, bodies[0]), add("a", 1, bodies[1:]...))
	require.Equal(t, bodies, s.bodies(store, "a"))
	var many []string
	for range 100 {
		many = append(many, string(big))
	}
	s.write(store, add("b", 0, many...))
	require.Equal(t, many, s.bodies(store, "b"))
	longest := domain.GroupID(strings.Repeat("z-9", 21) + "a")
	s.write(store, add(longest, 0, "x"))
	require.Equal(t, []string{"x"}, s.bodies(store, longest))
}

func testBodiesKept(t *testing.T, s *suite) {
	store := s.open()
	body := []byte("before")
	s.write(store, eventstore.Append{Group: "a", Bodies: [][]byte{body}})
	copy(body, "after!")
	require.Equal(t, []string{"before"}, s.bodies(store, "a"))
}

func testReadFrom(t *testing.T, s *suite) {
	store := s.open()
	for i := range 20 {
		s.write(store, add("a", uint64(i)*50, numbered("", i*50+1, i*50+50)...), add("b", uint64(i), "x"))
	}
	for _, after := range []uint64{0, 1, 63, 64, 65, 500, 998, 999, 1000, 1001, 1 << 40} {
		want := []string{}
		if after < 1000 {
			want = numbered("", int(after)+1, 1000)
		}
		require.Equal(t, want, texts(s.records(store.Read(s.ctx, "a", after), "a", after)), "after %d", after)
	}
}

func testReadEnd(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, numbered("", 1, 900)...))
	n := 0
	for _, err := range store.Read(s.ctx, "a", 0) {
		require.NoError(t, err)
		if n++; n == 1 {
			s.write(store, add("a", 900, numbered("", 901, 1000)...))
		}
	}
	require.Equal(t, 900, n)
	require.Len(t, s.bodies(store, "a"), 1000)
}

func testReadAll(t *testing.T, s *suite) {
	store := s.open()
	for i := range 30 {
		s.write(store, add("a", uint64(i), fmt.Sprint(i)), add("b", uint64(2*i), fmt.Sprint(2*i), fmt.Sprint(2*i+1)))
	}
	groups := map[domain.GroupID][]eventstore.Record{}
	for _, r := range s.all(store.ReadAll(s.ctx)) {
		groups[r.Group] = append(groups[r.Group], r)
		require.Equal(t, uint64(len(groups[r.Group])), r.Number)
	}
	require.Len(t, groups, 2)
	require.Equal(t, numbered("", 0, 29), texts(groups["a"]))
	require.Equal(t, numbered("", 0, 59), texts(groups["b"]))
}

func testStopEarly(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, numbered("", 1, 100)...))
	for name, seq := range map[string]iter.Seq2[eventstore.Record, error]{
		"Read": store.Read(s.ctx, "a", 0), "ReadAll": store.ReadAll(s.ctx),
		"Follow": store.Follow(s.ctx, "a", 0), "Follow all": store.Follow(s.ctx, "", 0),
	} {
		n := 0
		for _, err := range seq {
			require.NoError(t, err, name)
			if n++; n == 10 {
				break
			}
		}
		require.Equal(t, 10, n, name)
	}
}

// follow gives the events of a Follow as they come, until stop is called, which then requires that it ended well.
func (s *suite) follow(store eventstore.Store, group domain.GroupID, after uint64) (records chan eventstore.Record, stop func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	records, ended := make(chan eventstore.Record, 10_000), make(chan error, 1)
	go func() {
		var last error
		for r, err := range store.Follow(ctx, group, after) {
			if last = err; err == nil {
				records <- r
			}
		}
		ended <- last
	}()
	return records, func() {
		cancel()
		select {
		case err := <-ended:
			require.NoError(s, err)
		case <-time.After(10 * time.Second):
			require.Fail(s, "Follow did not end with its context")
		}
	}
}

func (s *suite) expect(records chan eventstore.Record, n int) []eventstore.Record {
	s.Helper()
	var got []eventstore.Record
	for len(got) < n {
		select {
		case r := <-records:
			got = append(got, r)
		case <-time.After(10 * time.Second):
			require.Fail(s, "Follow gives too little", "%d of %d", len(got), n)
		}
	}
	return got
}

func testFollow(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, numbered("", 1, 5)...), add("b", 0, "x"))
	records, stop := s.follow(store, "a", 3)
	require.Equal(t, []string{"4", "5"}, texts(s.expect(records, 2)))
	s.write(store, add("b", 1, "x"), add("a", 5, "6"))
	s.write(store, add("a", 6, "7", "8"))
	got := s.expect(records, 3)
	require.Equal(t, []string{"6", "7", "8"}, texts(got))
	require.Equal(t, uint64(8), got[2].Number)
	stop()
	require.Empty(t, records)

	early, stop := s.follow(store, "later", 0)
	time.Sleep(20 * time.Millisecond)
	s.write(store, add("later", 0, "1"))
	require.Equal(t, []string{"1"}, texts(s.expect(early, 1)))
	stop()
}

func testFollowAll(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1", "2"), add("b", 0, "1"))
	records, stop := s.follow(store, "", 0)
	s.expect(records, 3)
	s.write(store, add("b", 1, "2"), add("c", 0, "1"))
	s.write(store, add("c", 1, "2"))
	numbers := map[domain.GroupID]uint64{"b": 1}
	for _, r := range s.expect(records, 3) {
		numbers[r.Group]++
		require.Equal(t, numbers[r.Group], r.Number)
	}
	require.Equal(t, map[domain.GroupID]uint64{"b": 2, "c": 2}, numbers)
	stop()

	var last error
	for _, err := range store.Follow(s.ctx, "", 1) {
		last = err
	}
	require.Error(t, last, "all registers from a number other than 0")
}

func testFollowEnds(t *testing.T, s *suite) {
	store := s.open()
	for _, group := range []domain.GroupID{"", "a", "Not An Id"} {
		_, stop := s.follow(store, group, 0)
		time.Sleep(5 * time.Millisecond)
		stop()
	}
	ended, cancel := context.WithCancel(s.ctx)
	cancel()
	require.Empty(t, s.all(store.Follow(ended, "a", 0)))
}

func testHeads(t *testing.T, s *suite) {
	store := s.open()
	var want []eventstore.Head
	for _, group := range []domain.GroupID{"b", "a1", "registre", "a-1", "a", "0"} {
		s.write(store, add(group, 0, "1"), add(group, 1, numbered("", 1, len(group))...))
	}
	for _, group := range []domain.GroupID{"0", "a", "a-1", "a1", "b", "registre"} {
		want = append(want, eventstore.Head{Group: group, Number: uint64(len(group)) + 1})
		head, err := store.Head(s.ctx, group)
		require.NoError(t, err)
		require.Equal(t, want[len(want)-1], head)
	}
	heads, err := store.Heads(s.ctx)
	require.NoError(t, err)
	require.Equal(t, want, heads)
}

func testEnded(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1", "2"))
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	for _, err := range store.Write(ctx, []eventstore.Append{add("b", 0, "1"), add("a", 2, "3", "4")}) {
		require.Error(t, err)
		require.False(t, errors.Is(err, eventstore.ErrOvertaken))
	}
	for name, seq := range map[string]iter.Seq2[eventstore.Record, error]{
		"Read": store.Read(ctx, "a", 0), "ReadAll": store.ReadAll(ctx),
	} {
		var last error
		for _, err := range seq {
			last = err
		}
		require.ErrorIs(t, last, context.Canceled, name)
	}
	_, err := store.Head(ctx, "a")
	require.Error(t, err)
	_, err = store.Heads(ctx)
	require.Error(t, err)

	ctx, cancel = context.WithCancel(s.ctx)
	defer cancel()
	var last error
	n := 0
	for _, err := range store.Read(ctx, "a", 0) {
		if last = err; err == nil {
			n++
		}
		cancel()
	}
	if n < 2 {
		require.ErrorIs(t, last, context.Canceled, "a reading cut short says so")
	}
}

func testReaders(t *testing.T, s *suite) {
	store := s.open()
	ctx, stop := context.WithCancel(s.ctx)
	var readers sync.WaitGroup
	seen := func(read func() uint64) {
		readers.Go(func() {
			for last := uint64(0); ctx.Err() == nil; {
				n := read()
				if n < last {
					t.Errorf("read %d events, and then %d", last, n)
				}
				last = n
			}
		})
	}
	seen(func() uint64 { return uint64(len(s.all(store.Read(s.ctx, "a", 0)))) })
	seen(func() uint64 { return uint64(len(s.all(store.ReadAll(s.ctx)))) })
	seen(func() uint64 { head, err := store.Head(s.ctx, "a"); noError(t, err); return head.Number })
	seen(func() uint64 { heads, err := store.Heads(s.ctx); noError(t, err); return uint64(len(heads)) })
	for i := range 60 {
		s.write(store, add("a", uint64(2*i), "x"), add("a", uint64(2*i)+1, "y"), add("b", uint64(3*i), "1", "2", "3"))
		require.Len(t, s.all(store.Read(s.ctx, "a", uint64(2*i))), 2, "what was acknowledged is read")
	}
	stop()
	readers.Wait()
}

func noError(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}

func testClosed(t *testing.T, s *suite) {
	store := s.open()
	s.write(store, add("a", 0, "1"))
	records, _ := s.follow(store, "a", 1)
	time.Sleep(5 * time.Millisecond)
	require.NoError(t, store.Close())
	require.NoError(t, store.Close(), "closing again does nothing")
	require.ErrorIs(t, s.writeOne(store, add("a", 1, "2")), eventstore.ErrNotWritten)
	require.Error(t, store.Sync(s.ctx))
	for name, seq := range map[string]iter.Seq2[eventstore.Record, error]{
		"Read": store.Read(s.ctx, "a", 0), "ReadAll": store.ReadAll(s.ctx),
		"Follow": store.Follow(s.ctx, "a", 0), "Follow all": store.Follow(s.ctx, "", 0),
	} {
		var last error
		for _, err := range seq {
			last = err
		}
		require.Error(t, last, name)
	}
	_, err := store.Head(s.ctx, "a")
	require.Error(t, err)
	_, err = store.Heads(s.ctx)
	require.Error(t, err)
	require.Empty(t, records)
}

func testReopened(t *testing.T, s *suite) {
	if s.registers.Forgets {
		t.Skip("this store forgets")
	}
	store := s.open()
	s.write(store, add("a", 0, "1", "2"), add("b", 0, "1"))
	s.write(store, add("a", 2, "3"))
	for i := range 3 {
		require.NoError(t, store.Close())
		store = s.open()
		require.Equal(t, numbered("", 1, 3+i), s.bodies(store, "a"))
		require.Equal(t, numbered("", 1, 1+2*i), s.bodies(store, "b"))
		require.ErrorIs(t, s.writeOne(store, add("a", uint64(2+i), "stale")), eventstore.ErrOvertaken)
		s.write(store, add("a", uint64(3+i), fmt.Sprint(4+i)), add("b", uint64(1+2*i), fmt.Sprint(2+2*i), fmt.Sprint(3+2*i)))
	}
	require.NoError(t, store.Close())
	heads, err := s.open().Heads(s.ctx)
	require.NoError(t, err)
	require.Equal(t, []eventstore.Head{{Group: "a", Number: 6}, {Group: "b", Number: 7}}, heads)
}

func (s *suite) openTwo() (one, two eventstore.Store) {
	s.Helper()
	if !s.registers.Shared {
		s.Skip("this store is alone on its registers")
	}
	return s.open(), s.open()
}

func testTwoWriters(t *testing.T, s *suite) {
	one, two := s.openTwo()
	s.write(one, add("a", 0, "1"))
	require.ErrorIs(t, s.writeOne(two, add("a", 0, "mine")), eventstore.ErrOvertaken)
	s.write(two, add("a", 1, "2"))
	require.ErrorIs(t, s.writeOne(one, add("a", 1, "mine", "too")), eventstore.ErrOvertaken)
	errs := one.Write(s.ctx, []eventstore.Append{add("a", 1, "stale"), add("a", 2, "3"), add("b", 0, "1")})
	require.ErrorIs(t, errs[0], eventstore.ErrOvertaken)
	require.NoError(t, errs[2])
	if errs[1] != nil { // its end was not known when the first one told of it
		require.ErrorIs(t, errs[1], eventstore.ErrOvertaken)
		s.write(one, add("a", 2, "3"))
	}
	s.write(two, add("a", 3, "4", "5"))
	s.write(one, add("a", 5, "6"))
	require.Equal(t, numbered("", 1, 6), s.bodies(two, "a"))
}

// testTwoWritersRace lets two stores write to the same registers as fast as they can, in chains and several events at a
// time. Every acknowledged body must be there once, at the number it was given, and nothing else.
func testTwoWritersRace(t *testing.T, s *suite) {
	one, two := s.openTwo()
	groups := []domain.GroupID{"a", "b", "c"}
	var mu sync.Mutex
	kept := map[eventstore.Head]string{}
	var writers sync.WaitGroup
	for w, store := range []eventstore.Store{one, two} {
		writers.Go(func() {
			for i := range 40 {
				var appends []eventstore.Append
				for g, group := range groups {
					head, err := store.Head(s.ctx, group)
					noError(t, err)
					name := fmt.Sprintf("w%d i%d g%d ", w, i, g)
					switch (i + g) % 3 {
					case 0:
						appends = append(appends, add(group, head.Number, name+"x"))
					case 1:
						appends = append(appends, add(group, head.Number, name+"x", name+"y"))
					case 2:
						appends = append(appends, add(group, head.Number, name+"x"), add(group, head.Number+1, name+"y"), add(group, head.Number+2, name+"z"))
					}
				}
				errs := store.Write(s.ctx, appends)
				mu.Lock()
				for k, a := range appends {
					if errs[k] != nil {
						if !errors.Is(errs[k], eventstore.ErrOvertaken) {
							t.Errorf("%v", errs[k])
						}
						continue
					}
					for n, body := range a.Bodies {
						kept[eventstore.Head{Group: a.Group, Number: a.After + uint64(n) + 1}] = string(body)
					}
				}
				mu.Unlock()
			}
		})
	}
	writers.Wait()
	found := map[eventstore.Head]string{}
	for _, group := range groups {
		for _, r := range s.records(one.Read(s.ctx, group, 0), group, 0) {
			found[eventstore.Head{Group: group, Number: r.Number}] = string(r.Body)
		}
	}
	require.NotEmpty(t, kept)
	require.Equal(t, kept, found)
}

func testSeesOther(t *testing.T, s *suite) {
	one, two := s.openTwo()
	records, stop := s.follow(two, "a", 0)
	s.write(one, add("a", 0, "1"))
	require.Equal(t, []string{"1"}, texts(s.expect(records, 1)))
	require.Equal(t, []string{"1"}, s.bodies(two, "a"))
	s.write(one, add("a", 1, "2", "3"))
	require.Equal(t, []string{"2", "3"}, texts(s.expect(records, 2)))
	s.write(two, add("a", 3, "4"))
	require.Equal(t, numbered("", 1, 4), s.bodies(one, "a"))
	require.NoError(t, one.Close(), "closing one leaves the other")
	require.Equal(t, numbered("", 1, 4), s.bodies(two, "a"))
	stop()
}
