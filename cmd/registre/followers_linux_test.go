package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/maphash"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

var (
	followersOf   = flag.Int("followers.groups", 20, "how many groups TestFollowers has")
	followersMany = flag.Int("followers.count", 60, "how many follow all of them")
	followersRate = flag.Int("followers.rate", 200, "how many commands a second are recorded")
	followersFor  = flag.Duration("followers.for", time.Second, "for how long")
)

// A crowd follows the notices of all groups of a process that serves, each over a connection of its own, with a token of its own.
type crowd struct {
	*servedFolder
	groups []string
	begun  time.Time
	each   []*oneOfCrowd
	all    sync.WaitGroup
	over   atomic.Bool
}

// A oneOfCrowd is one who follows. Of what came it keeps how much, when, and one sum of all in their order.
type oneOfCrowd struct {
	token string
	of    map[string]bool // the groups that it may hear of; nil for every
	conn  net.Conn
	sum   maphash.Hash
	came  []int32 // when, in microseconds
	had   atomic.Int64
}

// crowded is a folder with many groups, and many who may hear of every one of them or of three.
func crowded(t *testing.T, few bool) *crowd {
	t.Helper()
	onOneDay()
	data, c := filepath.Join(t.TempDir(), "data"), &crowd{begun: time.Now()}
	opened, err := openDesk(t.Context(), deskOptions{house: house{Data: data, Create: true, Begin: true}, Kept: true, Now: time.Now})
	require.NoError(t, err)
	day, err := domain.ParseDate("2020-01-01")
	require.NoError(t, err)
	do := func(all *sync.WaitGroup, group string, act domain.Act) {
		all.Go(func() {
			_, err := opened.(*local).ledger.Do(t.Context(), domain.Command{ID: uuid.New(), Group: domain.GroupID(group), Actor: "test", Effective: day, Act: act})
			assert.NoError(t, err)
		})
	}
	var founded, granted sync.WaitGroup
	for i := range *followersOf {
		c.groups = append(c.groups, fmt.Sprintf("groupement-%04d", i))
		do(&founded, c.groups[i], &domain.GroupFounded{Name: "G", Title: "C"})
	}
	founded.Wait()
	do(&granted, string(domain.House), &domain.RightGranted{Principal: "p-writer", Role: domain.Secretary, Every: true})
	for i := range *followersMany {
		one, right := &oneOfCrowd{}, &domain.RightGranted{Principal: domain.PrincipalID(fmt.Sprintf("p-%d", i)), Role: domain.Subscriber, Every: !few}
		if few {
			one.of = map[string]bool{}
			for n := range 3 {
				one.of[c.groups[(3*i+n)%len(c.groups)]] = true
				right.Groups = append(right.Groups, domain.GroupID(c.groups[(3*i+n)%len(c.groups)]))
			}
			slices.Sort(right.Groups)
		}
		one.sum.SetSeed(crowdSeed)
		c.each = append(c.each, one)
		do(&granted, string(domain.House), right)
	}
	granted.Wait()
	require.NoError(t, opened.Close())
	c.servedFolder = startServing(t, data, c.tokens(t, data), "--rate", "0", "--rate-open", "0")
	return c
}

var crowdSeed = maphash.MakeSeed()

// tokens makes a token for each who follows, and one for whoever writes.
func (c *crowd) tokens(t *testing.T, data string) (writer string) {
	t.Helper()
	var made []token
	add := func(who string) string {
		key, n := "registre_"+rand.Text(), strconv.Itoa(len(made))
		made = append(made, token{ID: n, SHA256: hashed(key), Principal: who, Created: time.Now(), Expires: time.Now().Add(time.Hour)})
		return key
	}
	writer = add("p-writer")
	for i, one := range c.each {
		one.token = add(fmt.Sprintf("p-%d", i))
	}
	require.NoError(t, (&door{dir: data, now: time.Now}).change(t.Context(), func([]token) ([]token, error) { return made, nil }))
	return writer
}

// comes has one begin to follow, what is recorded from now on.
func (c *crowd) comes(one *oneOfCrowd) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	require.NoError(c.t, err)
	one.conn = conn
	_, err = io.WriteString(conn, "GET /v1/notices/stream?since=2999-01-01 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer "+one.token+"\r\n\r\n")
	require.NoError(c.t, err)
	in := bufio.NewReaderSize(conn, 4096)
	answer, err := http.ReadResponse(in, nil)
	require.NoError(c.t, err)
	require.Equal(c.t, http.StatusOK, answer.StatusCode)
	c.all.Go(func() {
		err := one.hears(httputil.NewChunkedReader(in), c.begun)
		if !c.over.Load() {
			assert.NoError(c.t, errors.Join(errors.New("a connection ended"), err))
		}
	})
}

// hears notes what comes, until the connection ends.
func (one *oneOfCrowd) hears(in io.Reader, begun time.Time) error {
	buffer, held := make([]byte, 4096), 0
	for {
		n, err := in.Read(buffer[held:])
		if err != nil {
			return err
		}
		now, rest := int32(time.Since(begun).Microseconds()), buffer[:held+n]
		for {
			line, behind, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			if id, is := bytes.CutPrefix(line, []byte("id: ")); is {
				_, place, _ := bytes.Cut(id, []byte("/"))
				_, _ = one.sum.Write(place) // it never fails
				one.came = append(one.came, now)
				one.had.Add(1)
			}
			rest = behind
		}
		held = copy(buffer, rest)
	}
}

// records has commands recorded at a pace, spread over the groups, and says when each was answered, by the place of its event.
func (c *crowd) records(pace int, during time.Duration) map[string]int32 {
	answered, lock, all, begun := map[string]int32{}, sync.Mutex{}, sync.WaitGroup{}, time.Now()
	for i := range int(during.Seconds() * float64(pace)) {
		time.Sleep(time.Until(begun.Add(time.Duration(i) * time.Second / time.Duration(pace))))
		all.Go(func() {
			group := c.groups[i*7919%len(c.groups)]
			response, err := c.request(c.t.Context(), http.MethodPost, "/v1/groups/"+group+"/commands", strings.Replace(joiningOf(group, fmt.Sprintf("m%d", i)), `"actor":"a",`, "", 1))
			if !assert.NoError(c.t, err) {
				return
			}
			defer response.Body.Close()
			var done struct{ First uint64 }
			assert.NoError(c.t, json.NewDecoder(response.Body).Decode(&done))
			assert.Equal(c.t, http.StatusCreated, response.StatusCode)
			lock.Lock()
			defer lock.Unlock()
			answered[fmt.Sprintf("%s/%d", group, done.First)] = int32(time.Since(c.begun).Microseconds())
		})
	}
	all.Wait()
	return answered
}

// told are the places of all notices, in the order in which whoever asks afterwards is told them.
func (c *crowd) told() (all []string) {
	response, err := c.request(c.t.Context(), http.MethodGet, "/v1/notices/stream", "")
	require.NoError(c.t, err)
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		var event struct{ ID string }
		require.NoError(c.t, json.Unmarshal(lines.Bytes(), &event))
		all = append(all, strings.TrimSuffix(event.ID, "/member-joined"))
	}
	return all
}

// TestFollowers: everybody who follows the notices of all groups is told each of those that he may hear of, once, in their order, however
// many follow how many groups.
//
//	go test ./cmd/registre -run TestFollowers -followers.groups=1000 -followers.count=5000 -followers.rate=100 -followers.for=30s -timeout 1h -v
func TestFollowers(t *testing.T) {
	for name, few := range map[string]bool{"of every group": false, "of three groups each": true} {
		t.Run(name, func(t *testing.T) {
			c := crowded(t, few)
			t.Logf("nobody follows: %v", c.used())
			for _, one := range c.each {
				c.comes(one)
			}
			time.Sleep(*followersFor / 20)
			before, begun := c.used(), time.Since(c.begun)
			t.Logf("all follow, since %v: %v", begun, before)
			answered := c.records(*followersRate, *followersFor)
			recorded := time.Since(c.begun) - begun
			told := c.told()
			require.Len(t, told, len(answered))
			for _, one := range c.each {
				want := one.mine(told)
				require.Eventually(t, func() bool { return one.had.Load() >= int64(len(want)) }, 4*untilGivenUp, 5*time.Millisecond, "something was lost")
			}
			heard, after := time.Since(c.begun)-begun, c.used()
			time.Sleep(*followersFor / 20) // what came twice may come yet
			c.ends()
			var late []int32
			for _, one := range c.each {
				late = append(late, one.compare(t, told, answered)...)
			}
			slices.Sort(late)
			middle := func(of, all int) time.Duration { return time.Duration(late[(len(late)-1)*of/all]) * time.Microsecond }
			t.Logf("%d recorded in %v, %d notices heard in %v, %v of the processor: %v", len(told), recorded, len(late), heard, after.processor-before.processor, after)
			t.Logf("behind the answer: median %v, 99 of 100 within %v, at most %v", middle(1, 2), middle(99, 100), middle(1, 1))
		})
	}
}

// ends closes all connections.
func (c *crowd) ends() {
	c.over.Store(true)
	for _, one := range c.each {
		_ = one.conn.Close()
	}
	c.all.Wait()
}

// mine are those of all places that it may hear of.
func (one *oneOfCrowd) mine(told []string) (all []string) {
	for _, place := range told {
		if group, _, _ := strings.Cut(place, "/"); one.of == nil || one.of[group] {
			all = append(all, place)
		}
	}
	return all
}

// compare is how long behind the answers what came came, if that is what was to come.
func (one *oneOfCrowd) compare(t *testing.T, told []string, answered map[string]int32) (late []int32) {
	var want maphash.Hash
	want.SetSeed(crowdSeed)
	all := one.mine(told)
	require.Len(t, one.came, len(all))
	for i, place := range all {
		_, _ = want.WriteString(place) // it never fails
		late = append(late, max(0, one.came[i]-answered[place]))
	}
	require.Equal(t, want.Sum64(), one.sum.Sum64(), "in another order, or others")
	return late
}

// A usedUp is what a process takes of the machine.
type usedUp struct {
	resident, most string
	processor      time.Duration
}

func (u usedUp) String() string {
	return fmt.Sprintf("%s resident, %s at most", u.resident, u.most)
}

func (c *crowd) used() (u usedUp) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	require.NoError(c.t, err)
	for line := range strings.Lines(string(text)) {
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "VmRSS":
			u.resident = strings.TrimSpace(value)
		case "VmHWM":
			u.most = strings.TrimSpace(value)
		}
	}
	text, err = os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	require.NoError(c.t, err)
	fields := strings.Fields(string(text))
	for _, ticks := range fields[13:15] { // of the process and of the kernel for it, a hundredth of a second each
		n, err := strconv.Atoi(ticks)
		require.NoError(c.t, err)
		u.processor += time.Duration(n) * 10 * time.Millisecond
	}
	return u
}
