package harness

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

var (
	kills = flag.Int("harness.kills", 10, "how often TestKill kills")
	cuts  = flag.Int("harness.cuts", 8, "how often TestPowerCut cuts the power")
	keep  = flag.String("harness.keep", "", "a folder for what is not as it should be, as it was before it was opened again")
)

// The ways in which a child can record.
const (
	earnest  = "earnest"  // as in earnest
	hasty    = "hasty"    // it answers before it writes
	unsaved  = "unsaved"  // it answers without having synced
	unstream = "unstream" // it answers without having synced the stream
	late     = "late"     // the record is written behind the flush that is for both copies
)

const (
	envFolder = "REGISTRE_HARNESS_FOLDER"
	envWay    = "REGISTRE_HARNESS_WAY"
	envCut    = "REGISTRE_HARNESS_CUT"
	groups    = 5
)

// How many record at once is one or the other: with many, rounds are written in parts.
var writerCounts = []int{8, 96}

func TestMain(m *testing.M) {
	if words := os.Getenv(envNode); words != "" {
		fmt.Fprintln(os.Stderr, serve(strings.Fields(words)))
		os.Exit(1)
	}
	if dir := os.Getenv(envFolder); dir != "" {
		cutAfter, err := strconv.ParseInt(os.Getenv(envCut), 10, 64)
		if err == nil {
			err = record(dir, os.Getenv(envWay), cutAfter)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(programDir)
	os.Exit(status)
}

// unsyncing is a store that says it has synced.
type unsyncing struct{ eventstore.Store }

func (unsyncing) Sync(context.Context) error { return nil }

// tardy is a stream that is flushed before what was to share the flush has reached the device.
type tardy struct{ *jetstream.Store }

func (t tardy) SyncAlong(ctx context.Context, along func() error) error {
	if err := t.Sync(ctx); err != nil {
		return err
	}
	return along()
}

// record writes without end: commands through a ledger, and lines into a file that is fsynced after each. It prints what
// was answered, when it was, and then its receipt.
func record(dir, way string, cutAfter int64) error {
	ctx := context.Background()
	var h *house
	var err error
	if way == beside {
		h, err = openPatiently(ctx, dir, os.Getenv(envServer), cutAfter)
	} else {
		h, err = open(ctx, dir, way, cutAfter)
	}
	if err != nil {
		return err
	}
	store := eventstore.Store(h.store)
	if way == unsaved {
		store = unsyncing{store}
	}
	options := eventstore.LedgerOptions{}
	if way == beside {
		options = eventstore.LedgerOptions{Shared: true, Calls: h.stream.Calls()}
	}
	w := &writer{ledger: eventstore.NewLedger(store, options), store: h.store, way: way}
	writers := writerCounts[rand.IntN(len(writerCounts))]
	failed := make(chan error, writers+1)
	for range writers {
		go func() { failed <- w.write(ctx) }()
	}
	if way != late { // its syncs would flush what the tail has left in the device's cache
		go func() { failed <- control(filepath.Join(dir, "control")) }()
	}
	return <-failed
}

var printing sync.Mutex

// say prints a line at once; the pipe outlives whoever wrote to it.
func say(what ...any) {
	printing.Lock()
	defer printing.Unlock()
	fmt.Fprintln(os.Stdout, what...)
}

// control is what must survive if anything does.
func control(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := file.WriteString("\n"); err != nil { // behind a line that a power cut has torn
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

// A writer records, and says so.
type writer struct {
	ledger *eventstore.Ledger
	store  *archive.Store
	way    string
}

// write records one life of avenants after the other, with notes of all sizes in between.
func (w *writer) write(ctx context.Context) error {
	for {
		group := domain.GroupID(fmt.Sprint("g", rand.IntN(groups)))
		for _, c := range story(group) {
			ok, err := w.do(ctx, c)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
		}
	}
}

// do records a command. It is not ok where there was no group yet; then there is one now.
func (w *writer) do(ctx context.Context, c domain.Command) (ok bool, err error) {
	if w.way == hasty {
		say("answered", c.ID)
	}
	result, err := w.ledger.Do(ctx, c)
	switch {
	case errors.Is(err, &domain.Refusal{Rule: domain.GroupUnknown}), errors.Is(err, &domain.Refusal{Rule: domain.GroupExists}):
		if _, err := w.ledger.Do(ctx, founding(c.Group)); err != nil && !errors.As(err, new(*domain.Refusal)) && !tolerable(w.way, err) {
			return false, err
		}
		return false, nil
	case err != nil && tolerable(w.way, err):
		return false, nil
	case err != nil:
		return false, err
	case w.way == hasty:
		return true, nil
	}
	say("answered", c.ID)
	if w.way == unsaved {
		return true, nil // there is no receipt of what is not durable
	}
	receipt, err := w.store.Receipt(ctx, c.Group, result.Last)
	if err == nil {
		say("receipt", c.ID, c.Group, result.Last, base64.StdEncoding.EncodeToString(receipt.Format()))
	}
	return true, err
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
	receipts []receipt
	control  []string
	errors   strings.Builder
}

// A receipt is one that a child has printed, unread.
type receipt struct {
	command uuid.UUID
	group   domain.GroupID
	number  uint64
	text    []byte
}

// start begins one, which cuts its tail after so many bytes.
func start(t *testing.T, dir, way string, cutAfter int64) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0]), first: make(chan struct{}), read: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), envFolder+"="+dir, envWay+"="+way, fmt.Sprintf("%s=%d", envCut, cutAfter))
	c.cmd.Stderr = &c.errors
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	go c.listen(bufio.NewReaderSize(out, 1<<20))
	return c
}

// wait returns when the child has answered, and a while after that; or, if that may be, now and then before, while it is
// still opening.
func (c *child) wait(t *testing.T, most time.Duration, early bool) {
	t.Helper()
	while := rand.N(most)
	if early && rand.IntN(4) == 0 {
		time.Sleep(while)
		return
	}
	select {
	case <-c.first:
	case <-c.read:
		_ = c.cmd.Wait()
		t.Fatalf("the child ended: %s", c.errors.String())
	case <-time.After(90 * time.Second): // beside another process, and on a busy machine, the first answer can take long
		t.Fatal("the child records nothing")
	}
	time.Sleep(while)
}

func (c *child) listen(out *bufio.Reader) {
	defer close(c.read)
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			return // a line cut short was not said
		}
		switch words := strings.Fields(line); words[0] {
		case "answered":
			if c.answered = append(c.answered, uuid.MustParse(words[1])); len(c.answered) == 1 {
				close(c.first)
			}
		case "receipt":
			c.receipts = append(c.receipts, readReceipt(words[1:]))
		case "control":
			c.control = append(c.control, words[1])
		}
	}
}

// readReceipt reads what a child says of a receipt. A text that is none is one that does not verify.
func readReceipt(words []string) receipt {
	number, _ := strconv.ParseUint(words[2], 10, 64)
	text, _ := base64.StdEncoding.DecodeString(words[3])
	return receipt{uuid.MustParse(words[0]), domain.GroupID(words[1]), number, text}
}

// kill ends the child and waits for all it said.
func (c *child) kill(t *testing.T) {
	t.Helper()
	_ = c.cmd.Process.Kill()
	<-c.read
	require.Error(t, c.cmd.Wait())
	require.Equal(t, syscall.SIGKILL, c.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), c.errors.String())
}
