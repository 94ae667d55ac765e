package harness

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/jetstream"
)

var (
	kills = flag.Int("harness.kills", 10, "how often TestKill kills")
	cuts  = flag.Int("harness.cuts", 3, "how often TestPowerCut cuts the power")
)

// The ways in which a child can record.
const (
	earnest = "earnest" // as in earnest
	hasty   = "hasty"   // it answers before it writes
	unsaved = "unsaved" // it answers without having synced
)

const (
	envFolder = "REGISTRE_HARNESS_FOLDER"
	envWay    = "REGISTRE_HARNESS_WAY"
	groups    = 5
	writers   = 8
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envFolder); dir != "" {
		fmt.Fprintln(os.Stderr, record(dir, os.Getenv(envWay)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// unsyncing is a store that says it has synced.
type unsyncing struct{ eventstore.Store }

func (unsyncing) Sync(context.Context) error { return nil }

// record writes without end: commands through a ledger, and lines into a file that is fsynced after each. It prints what
// was answered, when it was.
func record(dir, way string) error {
	ctx := context.Background()
	inner, err := jetstream.Open(ctx, filepath.Join(dir, "registers"), jetstream.Options{Create: true, MinFree: 1 << 20})
	if err != nil {
		return err
	}
	store := eventstore.Store(inner)
	if way == unsaved {
		store = unsyncing{inner}
	}
	l := eventstore.NewLedger(store, eventstore.LedgerOptions{})
	failed := make(chan error, writers+1)
	for w := range writers {
		go func() { failed <- write(ctx, l, way, w) }()
	}
	go func() { failed <- control(filepath.Join(dir, "control")) }()
	return <-failed
}

var printing sync.Mutex

// say prints a line at once; the pipe outlives whoever wrote to it.
func say(what, id string) {
	printing.Lock()
	defer printing.Unlock()
	fmt.Fprintln(os.Stdout, what, id)
}

// control is what must survive if anything does.
func control(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if err := errors.Join(syncFolder(filepath.Dir(path)), file.Sync()); err != nil {
		return err
	}
	for {
		id := uuid.NewString()
		if _, err := file.WriteString(id + "\n"); err != nil {
			return err
		}
		if err := file.Sync(); err != nil {
			return err
		}
		say("control", id)
		time.Sleep(time.Millisecond)
	}
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// write records one life of avenants after the other, with notes of all sizes in between.
func write(ctx context.Context, l *eventstore.Ledger, way string, w int) error {
	for {
		group := domain.GroupID(fmt.Sprint("g", rand.IntN(groups)))
		for _, c := range story(group) {
			if way == hasty {
				say("answered", c.ID.String())
			}
			_, err := l.Do(ctx, c)
			switch {
			case errors.Is(err, &domain.Refusal{Rule: domain.GroupUnknown}), errors.Is(err, &domain.Refusal{Rule: domain.GroupExists}):
				if _, err := l.Do(ctx, founding(group)); err != nil && !errors.As(err, new(*domain.Refusal)) {
					return err
				}
			case err != nil:
				return err
			case way != hasty:
				say("answered", c.ID.String())
			}
			if err != nil {
				break
			}
		}
	}
}

func command(group domain.GroupID, act domain.Act) domain.Command {
	day, _ := domain.NewDay(2026, 11, 24)
	return domain.Command{ID: uuid.New(), Group: group, Effective: domain.OnDay(day), Actor: "harness", Act: act}
}

func founding(group domain.GroupID) domain.Command {
	m0 := domain.Quota{Who: domain.Listed, Members: []domain.MemberID{"m0"}}
	return command(group, &domain.GroupFounded{Name: "Essai", Title: "Convention", Changes: []domain.Change{
		&domain.MemberJoined{Member: "m0", Name: "Reims"},
		&domain.AmendmentRuleSet{Approval: m0, Signature: m0, Effect: domain.LastSignature},
	}})
}

// story gives four commands with five events; the signature has two.
func story(group domain.GroupID) []domain.Command {
	id := uuid.NewString()
	return []domain.Command{
		command(group, &domain.AvenantDrafted{Avenant: domain.TextID(id), Title: "Avenant"}),
		command(group, &domain.ObligationSet{Article: id, Basis: "L2113-6", Text: strings.Repeat("x", 1+rand.IntN(domain.MaxText))}),
		command(group, &domain.MemberDeliberated{Member: "m0", Text: domain.TextID(id)}),
		command(group, &domain.MemberSigned{Member: "m0", Text: domain.TextID(id)}),
	}
}

// A child is a recording process and what it said.
type child struct {
	cmd      *exec.Cmd
	first    chan struct{} // closed at the first answer
	read     chan struct{} // closed when all it said was read
	answered []uuid.UUID
	control  []string
	errors   strings.Builder
}

func start(t *testing.T, dir, way string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0]), first: make(chan struct{}), read: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), envFolder+"="+dir, envWay+"="+way)
	c.cmd.Stderr = &c.errors
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	go c.listen(bufio.NewReader(out))
	select {
	case <-c.first:
	case <-c.read:
		t.Fatalf("the child ended: %s", c.errors.String())
	case <-time.After(30 * time.Second):
		t.Fatal("the child records nothing")
	}
	return c
}

func (c *child) listen(out *bufio.Reader) {
	defer close(c.read)
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			return // a line cut short was not said
		}
		switch what, id, _ := strings.Cut(strings.TrimSpace(line), " "); what {
		case "answered":
			if c.answered = append(c.answered, uuid.MustParse(id)); len(c.answered) == 1 {
				close(c.first)
			}
		case "control":
			c.control = append(c.control, id)
		}
	}
}

// kill ends the child and waits for all it said.
func (c *child) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, c.cmd.Process.Kill())
	<-c.read
	require.Error(t, c.cmd.Wait())
	require.Equal(t, syscall.SIGKILL, c.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), c.errors.String())
}

// A found is what a folder holds.
type found struct {
	commands map[uuid.UUID]bool
	events   int
	several  int // commands of several events
}

// look opens a folder and requires that each register is sound.
func look(t *testing.T, dir string) found {
	t.Helper()
	store, err := jetstream.Open(t.Context(), filepath.Join(dir, "registers"), jetstream.Options{MinFree: 1 << 20})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	f := found{commands: map[uuid.UUID]bool{}}
	heads, err := store.Heads(t.Context())
	require.NoError(t, err)
	for _, head := range heads {
		var before eventstore.Envelope
		for r, err := range store.Read(t.Context(), head.Group, 0) {
			require.NoError(t, err)
			e, err := eventstore.OpenAfter(before.Number, r)
			require.NoError(t, err, "numbers have no gap")
			require.True(t, before.Number == 0 || e.Recorded > before.Recorded, "instants increase")
			_, follows := e.Act.(*domain.AvenantEnteredIntoForce)
			_, signed := before.Act.(*domain.MemberSigned)
			require.Equal(t, signed, follows, "event %d of %s: what belongs together is together", e.Number, head.Group)
			require.Equal(t, follows, e.Command == before.Command)
			require.True(t, follows || !f.commands[e.Command], "the command %s stands there twice", e.Command)
			f.commands[e.Command] = true
			f.events++
			if follows {
				f.several++
			}
			before = e
		}
		_, signed := before.Act.(*domain.MemberSigned)
		require.False(t, signed, "%s ends within a command", head.Group)
		require.Equal(t, head.Number, before.Number)
	}
	return f
}

// missing counts what was answered and is not there.
func (f found) missing(answered []uuid.UUID) (n int) {
	for _, id := range answered {
		if !f.commands[id] {
			n++
		}
	}
	return n
}
