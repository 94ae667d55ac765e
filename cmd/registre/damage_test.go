package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

// Bits are flipped all over data folders, as a disk does that ages. The long forms:
//
//	go test ./cmd/registre -run TestFlips -registre.folders=100 -registre.single=2000 -timeout 4h -v
//	go test ./cmd/registre -run TestEachBitOfTenEvents -registre.everybit -timeout 4h -v
var (
	flipFolders = flag.Int("registre.folders", 2, "how many folders TestFlips flips a hundred bits in")
	flipSingle  = flag.Int("registre.single", 40, "in how many folders TestFlips flips one bit")
	flipSeed    = flag.Uint64("registre.seed", 0, "of TestFlips: the same flips the same bits of each of its folders; 0 for one by chance")
	everyBit    = flag.Bool("registre.everybit", false, "TestEachBitOfTenEvents flips every bit, not one in some hundred")
)

// A specimen is a data folder to be damaged, and all that it answers.
type specimen struct {
	dir     string
	groups  []string
	answers map[string]string
	kept    string // the file of a signed checkpoint
	receipt string
}

// aSpecimen is a folder with some hundred events in each of several groups. A live one is as a kill leaves it: the last of them are in
// the tail alone.
func aSpecimen(t *testing.T, live bool, groups, events int) specimen {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	s := specimen{dir: filepath.Join(t.TempDir(), "data"), answers: map[string]string{}, kept: filepath.Join(t.TempDir(), "kept")}
	for i := range groups {
		s.groups = append(s.groups, fmt.Sprint("g", i))
	}
	now := filepath.Join(t.TempDir(), "now")
	s.record(t, now, events)
	_ = os.Remove(filepath.Join(now, socketName))
	if !live {
		require.NoError(t, os.CopyFS(s.dir, os.DirFS(now)))
		require.NoError(t, os.Chmod(filepath.Join(s.dir, keyFile), 0o600))
	} else {
		s.leave(t, now)
	}
	whole := s.copy(t)
	require.NoError(t, os.WriteFile(s.kept, []byte(ran(t, 0, "checkpoint", "--data", whole)), 0o644))
	for _, group := range s.groups {
		s.answers[group] = s.answer(t, whole, group)
	}
	s.receipt = filepath.Join(t.TempDir(), "receipt")
	ran(t, 0, "receipt", "g0", "3", s.receipt, "--data", whole)
	return s
}

// join is the line that records a member.
func join(group string, n int) string {
	return fmt.Sprintf(`{"command":"join-member","group":%q,"effective":"2018-01-01","data":{"basis":"law","member":"m-%05d","name":"Member %05[2]d"}}`, group, n)
}

func (s specimen) record(t *testing.T, dir string, events int) {
	t.Helper()
	var lines bytes.Buffer
	for _, group := range s.groups {
		fmt.Fprintf(&lines, `{"command":"found-group","group":%q,"effective":"2017-11-06","data":{"name":"ENT","title":"Convention","changes":[{"change":"member-joined","member":"bas-rhin","name":"Bas-Rhin"}]}}`+"\n", group)
	}
	for i := range events - 1 {
		for _, group := range s.groups {
			fmt.Fprintln(&lines, join(group, i))
		}
	}
	file := filepath.Join(t.TempDir(), "commands.jsonl")
	require.NoError(t, os.WriteFile(file, lines.Bytes(), 0o644))
	ran(t, 0, "record", file, "--data", dir)
}

// leave records a little more, and copies the folder while it is open.
func (s specimen) leave(t *testing.T, now string) {
	t.Helper()
	store, err := house{Data: now}.open(t.Context())
	require.NoError(t, err)
	l := newLocal(store, time.Now, false)
	defer func() { require.NoError(t, l.Close()) }()
	for i := range 30 {
		_, err := l.Record(t.Context(), []byte(strings.Replace(join(s.groups[i%len(s.groups)], 90000+i), "{", fmt.Sprintf(`{"actor":"a","id":%q,`, uuid.New()), 1)))
		require.NoError(t, err)
	}
	for tries := 0; ; tries++ {
		err := os.CopyFS(s.dir, os.DirFS(now))
		if !errors.Is(err, fs.ErrNotExist) || tries == 100 {
			require.NoError(t, err)
			break
		}
		require.NoError(t, os.RemoveAll(s.dir)) // a file went, or got another name, while it was copied
	}
	require.NoError(t, os.Chmod(filepath.Join(s.dir, keyFile), 0o600))
	tail, err := filepath.Glob(filepath.Join(s.dir, archiveDir, "tail", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, tail)
}

func (s specimen) copy(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	require.NoError(t, err)
	to := filepath.Join(dir, "data")
	require.NoError(t, os.CopyFS(to, os.DirFS(s.dir)))
	require.NoError(t, os.Chmod(filepath.Join(to, keyFile), 0o600))
	return to
}

func (s specimen) answer(t *testing.T, dir, group string) string {
	t.Helper()
	all := ran(t, 0, "timeline", group, "--json", "--at", "2030-01-01", "--data", dir) + ran(t, 0, "members", group, "--json", "--at", "2020-01-01", "--data", dir)
	return checkpointIn.ReplaceAllString(all, "")
}

// tried runs the program and gives its exit.
func tried(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

// A flip is a bit that was flipped, and where.
type flip struct {
	file string
	bit  int64
}

// files gives the files of a folder with their sizes, and the sum of these.
func files(t *testing.T, dir string) (all []string, sizes []int64, total int64) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		all, sizes = append(all, path), append(sizes, info.Size())
		total += info.Size()
		return err
	}))
	return all, sizes, total
}

// flipAny flips one bit of a folder, any as likely as any other. First it draws the file, and then the bit in it: so the same seed
// flips the same bits of a file also where another, as the snapshots do, has some bytes more.
func flipAny(t *testing.T, random *rand.Rand, dir string) flip {
	t.Helper()
	all, sizes, total := files(t, dir)
	at := random.Int64N(total)
	for i, path := range all {
		if at < sizes[i] {
			bit := random.Int64N(sizes[i] * 8)
			flipOne(t, path, bit)
			rel, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			return flip{rel, bit}
		}
		at -= sizes[i]
	}
	t.Fatal("no such bit")
	return flip{}
}

func flipOne(t *testing.T, path string, bit int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	b := make([]byte, 1)
	_, err = f.ReadAt(b, bit/8)
	require.NoError(t, err)
	b[0] ^= 1 << (bit % 8)
	_, err = f.WriteAt(b, bit/8)
	require.NoError(t, err)
}

// A flipTally is what became of the flips.
type flipTally struct {
	oneWhole                                                    bool // copy: nothing may be left
	flips, reported, unconfirmed, silent, refused, mended, left int

	tail, logs int            // of those with something left: a record of the tail; a whole log
	kinds      map[string]int // files of what was not reported
}

// TestFlips flips bits all over data folders. Whatever is answered before anything was mended is right or refused; everything is
// reported, or shown harmless; everything is mended of which one copy is whole, and afterwards all is as it was.
func TestFlips(t *testing.T) {
	if testing.Short() { // as with the race detector, which takes five times as long
		*flipFolders, *flipSingle = min(*flipFolders, 1), min(*flipSingle, 2)
	}
	limitMemory(t)
	seed := *flipSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	specimens := []specimen{aSpecimen(t, false, 3, 300), aSpecimen(t, true, 3, 300)}
	for which, of := range []struct {
		what           string
		folders, flips int
		in             string
	}{
		{"a hundred in each", *flipFolders, 100, ""},
		{"one in each", *flipSingle, 1, ""},
		{"a hundred in the archive", *flipFolders, 100, archiveDir},
		{"a hundred in the stream", *flipFolders, 100, streamDir},
	} {
		tally := flipTally{kinds: map[string]int{}, oneWhole: of.in != "" || of.flips == 1}
		for i := range of.folders {
			random := rand.New(rand.NewPCG(seed, uint64(which)<<32|uint64(i))) // its own, so that it can be met again alone
			s := specimens[i%2]
			dir := s.copy(t)
			in := filepath.Join(dir, of.in)
			var flips []flip
			for range of.flips {
				flips = append(flips, flipAny(t, random, in))
			}
			tally.flips += of.flips
			t.Run(fmt.Sprintf("%s/%d", of.what, i), func(t *testing.T) { s.mends(t, dir, flips, i%4 < 2, &tally) })
			require.NoError(t, os.RemoveAll(filepath.Dir(dir)))
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		t.Logf("%s: %d flips in %d folders (seed %d): %d folders reported, %d as an unconfirmed end, %d silent and harmless %v; %d times reading was refused before; %d mended whole, %d with something left, %d of these in the tail, %d a whole log",
			of.what, tally.flips, of.folders, seed, tally.reported, tally.unconfirmed, tally.silent, tally.kinds, tally.refused, tally.mended, tally.left, tally.tail, tally.logs)
	}
}

// mends looks at a damaged folder, mends it, and looks again.
func (s specimen) mends(t *testing.T, dir string, flips []flip, openFirst bool, tally *flipTally) {
	t.Helper()
	if openFirst {
		s.neverWrong(t, dir, flips, tally)
	}
	status, out, errs := tried(t, "verify", "--full", "--json", "--data", dir)
	var found verifyAnswer
	switch {
	case status == exitDamage && out != "":
		require.NoError(t, json.Unmarshal([]byte(out), &found))
		tally.reported++
	case status == exitDamage:
		require.Contains(t, errs, "R0")
		tally.reported++
	case status == 0:
		require.NoError(t, json.Unmarshal([]byte(out), &found))
		if len(found.Unconfirmed) > 0 {
			tally.unconfirmed++
		} else {
			tally.silent++
			tally.kinds[flips[0].file]++
		}
	default:
		t.Fatalf("exit %d: %v: %s%s", status, flips, out, errs)
	}
	status, out, errs = tried(t, "repair", "--json", "--data", dir)
	if status == exitDamage {
		require.NotEmpty(t, out, "%s (verify had said: %v)", errs, found.Findings)
		require.False(t, tally.oneWhole, "the other copy is whole, and something is left: %.3000s: %v", out, flips)
		tally.left++
		s.leftIsNamed(t, dir, out, flips, tally)
		return
	}
	require.Zero(t, status, "%s%s (verify had said: %v) %v", out, errs, found.Findings, flips)
	tally.mended++
	status, out, errs = tried(t, "verify", "--full", "--checkpoint", s.kept, "--json", "--data", dir)
	require.Zero(t, status, "%s%s: %v", out, errs, flips)
	for _, group := range s.groups {
		require.Equal(t, s.answers[group], s.answer(t, dir, group), "%v", flips)
	}
	ran(t, 0, "verify-receipt", s.receipt, "--data", dir)
}

// What an answer has in its meta: the newest signed checkpoint, of which another one may be the newest when a folder was opened that
// wanted mending; and the root, which is left out where it cannot be made of what is there.
var (
	checkpointIn = regexp.MustCompile(`"checkpoint":"[^"]*",`)
	rootIn       = regexp.MustCompile(`,"root":"[0-9a-f]{64}"`)
)

// neverWrong asks everything of a damaged folder: what is answered is what was.
func (s specimen) neverWrong(t *testing.T, dir string, flips []flip, tally *flipTally) {
	t.Helper()
	for _, group := range s.groups {
		status, out, errs := tried(t, "timeline", group, "--json", "--at", "2030-01-01", "--data", dir)
		if status != 0 {
			require.Contains(t, errs, "R0", "%v", flips)
			tally.refused++
			continue
		}
		was := s.answers[group]
		if out = checkpointIn.ReplaceAllString(out, ""); !rootIn.MatchString(out) {
			was = rootIn.ReplaceAllString(was, "")
		}
		require.True(t, strings.HasPrefix(was, out), "another answer: %.200s", out[common(was, out):])
	}
}

// leftIsNamed: what could not be mended is named, and groups that it does not touch answer as before.
func (s specimen) leftIsNamed(t *testing.T, dir, out string, flips []flip, tally *flipTally) {
	t.Helper()
	var answer repairAnswer
	require.NoError(t, json.Unmarshal([]byte(out), &answer), out)
	require.NotEmpty(t, answer.Left, "%s: %.3000v", out, flips)
	touched := map[string]bool{}
	if slices.ContainsFunc(answer.Steps, func(s repairStep) bool { return s.What == archive.NotMended && s.Number == 0 && s.Group != "" }) {
		tally.logs++ // one leaf is lost in all three places: entry, tile and stream
		s.neverWrong(t, dir, flips, tally)
		return
	}
	for _, f := range answer.Left {
		if strings.HasPrefix(f.File, "tail/") { // an event is whole in neither copy before it was cut into tiles
			tally.tail++
			s.neverWrong(t, dir, flips, tally)
			return
		}
	}
	for _, f := range answer.Left {
		require.Equal(t, "altered", f.Kind, "%+v: %.2500s", f, out)
		require.Positive(t, f.Number, "%+v", f)
		touched[f.Group] = true
	}
	t.Logf("left in %v of %d flips", slices.Collect(maps.Keys(touched)), len(flips))
	for _, group := range s.groups {
		if !touched[group] {
			require.Equal(t, s.answers[group], s.answer(t, dir, group), "%v", flips)
		}
	}
}

// TestEachBitOfTenEvents flips each bit of ten events in both copies, one after the other: each is found and placed, and of some
// all is mended.
func TestEachBitOfTenEvents(t *testing.T) {
	limitMemory(t)
	s := aSpecimen(t, false, 1, 10)
	stride := map[bool]int{true: 1, false: 1999}[*everyBit]
	if testing.Short() {
		stride = 9973
	}
	blocks, err := filepath.Glob(filepath.Join(s.dir, "jetstream/*/streams/*/msgs/*.blk"))
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	tally := flipTally{kinds: map[string]int{}}
	dir := s.copy(t)
	for _, path := range []string{blocks[0], filepath.Join(s.dir, "archive/groups/g0/tile/entries/000.p/10")} {
		rel, err := filepath.Rel(s.dir, path)
		require.NoError(t, err)
		info, err := os.Stat(path)
		require.NoError(t, err)
		for bit := int64(0); bit < 8*info.Size(); bit += int64(stride) {
			tally.flips++
			flipOne(t, filepath.Join(dir, rel), bit)
			args := []string{"verify", "--full", "--data", dir}
			if tally.flips%20 != 0 && strings.HasPrefix(rel, archiveDir) {
				args = append(args, "--archive-only")
			}
			status, out, errs := tried(t, args...)
			require.Equal(t, exitDamage, status, "%s, bit %d: %s%s", rel, bit, out, errs)
			require.Contains(t, out, strings.TrimPrefix(rel, archiveDir+"/"))
			if tally.flips%(1+99*map[bool]int{true: 1}[*everyBit]) == 0 {
				s.mends(t, dir, []flip{{rel, bit}}, tally.flips%3 == 0, &tally)
				require.NoError(t, os.RemoveAll(filepath.Dir(dir)))
				dir = s.copy(t)
				continue
			}
			flipOne(t, filepath.Join(dir, rel), bit)
		}
	}
	require.Positive(t, tally.mended)
	require.Zero(t, tally.left)
	t.Logf("%d flips, all reported; %d folders mended whole", tally.flips, tally.mended)
}

// TestEveryBitOfTheKey: a bit of the private key is found, and put right by the public half.
func TestEveryBitOfTheKey(t *testing.T) {
	oneByOne(t)
	s := aSpecimen(t, false, 1, 3)
	for _, name := range []string{keyFile, "format", "archive/heads/checkpoint", "archive/groups/g0/checkpoint", "archive/newest", "archive/key.pub", "confirmed"} {
		path := filepath.Join(s.dir, name)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for bit := 3; bit < 8*len(bytes.TrimRight(content, "\x00")); bit += map[bool]int{true: 7, false: 211}[name == "format"] {
			flipOne(t, path, int64(bit))
			status, out, errs := tried(t, "verify", "--full", "--data", s.dir)
			if name != "confirmed" || status != 0 { // a smaller number only says less
				require.Equal(t, exitDamage, status, "%s, bit %d: %s%s", name, bit, out, errs)
			}
			status, out, errs = tried(t, "repair", "--data", s.dir)
			require.Zero(t, status, "%s, bit %d: %s%s", name, bit, out, errs)
			ran(t, 0, "verify", "--full", "--checkpoint", s.kept, "--data", s.dir)
			if name != "confirmed" {
				after, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, string(content), string(after), name)
			}
		}
	}
}

// common is how many bytes two texts begin with that are the same.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
