package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// aHouse is an archive with both copies, of which some is in tiles and some in the tail.
type aHouse struct {
	dir    string
	key    *archive.Key
	memory *eventstore.Memory
}

// build fills a house: after each commit that is a multiple of cutEvery it is cut. It is copied as it stands, so that a tail is left.
func build(t testing.TB, commits, cutEvery int) aHouse {
	t.Helper()
	return buildOf(t, commits, cutEvery, 1)
}

// buildOf is build with so many events in each commit.
func buildOf(t testing.TB, commits, cutEvery, each int) aHouse {
	t.Helper()
	h := aHouse{dir: filepath.Join(t.TempDir(), "archive"), key: newKey(t), memory: eventstore.NewMemory()}
	live := t.TempDir()
	s, err := archive.Open(context.Background(), live, h.key, h.memory.Handle(), archive.Options{CutAfter: 1 << 40})
	require.NoError(t, err)
	ends := map[string]uint64{}
	for i := range commits {
		for _, group := range []string{"alpha", "beta"}[:1+i%2] {
			var bodies []string
			for n := range uint64(each) {
				bodies = append(bodies, fmt.Sprintf("event %d of %s", ends[group]+n+1, group))
			}
			write(t, s, group, ends[group], bodies...)
			ends[group] += uint64(each)
		}
		if (i+1)%cutEvery == 0 {
			require.NoError(t, s.Cut(t.Context()))
		}
	}
	require.NoError(t, os.CopyFS(h.dir, os.DirFS(live)))
	require.NoError(t, s.Close())
	for name, content := range h.files(t) {
		if strings.HasPrefix(name, "tail/") { // what is laid out beyond the records says nothing, and may be missing
			h.put(t, name, bytes.TrimRight(content, "\x00"))
		}
	}
	return h
}

func (h aHouse) verify(t testing.TB, options archive.VerifyOptions) *archive.Verification {
	t.Helper()
	options.Key = h.key.PublicKey
	v, err := archive.Verify(context.Background(), h.dir, options)
	require.NoError(t, err)
	return v
}

func (h aHouse) full(t testing.TB) []archive.Finding {
	t.Helper()
	return h.verify(t, archive.VerifyOptions{Full: true}).Findings
}

// files are those of the archive, by name.
func (h aHouse) files(t testing.TB) map[string][]byte {
	all := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(h.dir, path)
		all[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	}))
	require.Greater(t, len(all), 1)
	return all
}

func (h aHouse) put(t testing.TB, name string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, name), content, 0o644))
}

// TestVerifyFindsNothing: what was written is found whole, full and quick, and nothing is changed by looking.
func TestVerifyFindsNothing(t *testing.T) {
	for _, every := range []int{1, 7, 90, 1000} {
		h := build(t, 300, every)
		before := h.files(t)
		for _, full := range []bool{false, true} {
			v := h.verify(t, archive.VerifyOptions{Full: full})
			require.Empty(t, v.Findings)
			require.EqualValues(t, 450, v.Events)
			require.Equal(t, 2, v.Groups)
			require.EqualValues(t, 450, v.Newest.Size)
			require.NoError(t, v.Compare(t.Context(), h.memory.Handle(), false))
			require.Empty(t, v.Findings)
		}
		require.Equal(t, before, h.files(t))
	}
}

// TestVerifySeesEveryBit flips bits in every file, all of the short ones and many of the long ones: each is found, in that
// file or, where the file says less than what lies above or beside it, in one of its log's.
func TestVerifySeesEveryBit(t *testing.T) {
	h := build(t, 350, 346)
	flips := 0
	for name, content := range h.files(t) {
		for bit := 0; bit < len(content)*8; bit += stride(bit, len(content)*8) * archive.OneIn(11) {
			flipped := slices.Clone(content)
			flipped[bit/8] ^= 1 << (bit % 8)
			h.put(t, name, flipped)
			findings := h.full(t)
			require.NotEmpty(t, findings, "%s, bit %d", name, bit)
			require.True(t, slices.ContainsFunc(findings, func(f archive.Finding) bool { return f.File == name }), "%s, bit %d: %v", name, bit, findings)
			flips++
		}
		h.put(t, name, content)
	}
	require.Greater(t, flips, 900/archive.OneIn(11))
	require.Empty(t, h.full(t))
}

// stride goes through all bits at the beginning and at the end of a file, and through some between.
func stride(bit, bits int) int {
	if bit < 40 || bits-bit < 40 {
		return 1
	}
	return 997
}

// TestVerifySeesFiles: a file that was removed, cut off, made longer, or put in another's place is found.
func TestVerifySeesFiles(t *testing.T) {
	h := build(t, 350, 346)
	all := h.files(t)
	for name, content := range all {
		requireFound := func(what string) {
			v := h.verify(t, archive.VerifyOptions{Full: true})
			findings := v.Findings
			if what == "made longer" && strings.HasPrefix(name, "tail/") {
				findings = v.Unconfirmed // as a crash leaves it
			}
			require.True(t, slices.ContainsFunc(findings, func(f archive.Finding) bool { return strings.HasPrefix(f.File, strings.Split(name, "/")[0]) }),
				"%s %s: %v", name, what, findings)
			h.put(t, name, content)
		}
		if name != "key.pub" && name != "newest" { // without it the key comes from elsewhere; and it only says more
			require.NoError(t, os.Remove(filepath.Join(h.dir, name)))
			requireFound("removed")
		}
		for _, n := range []int{0, 1, len(content) / 2, len(content) - 1} {
			if name == "newest" && n == 0 {
				continue // as a power cut may leave it
			}
			h.put(t, name, content[:n])
			requireFound("cut off")
		}
		h.put(t, name, append(slices.Clone(content), 1))
		requireFound("made longer")
		if other, ok := all[strings.Replace(name, "alpha", "beta", 1)]; ok && string(other) != string(content) {
			h.put(t, name, other)
			requireFound("swapped")
		}
	}
	for _, name := range []string{"stray", "heads/stray", "groups/alpha/tile/0/stray", "tail/stray", "groups/beta/tile/entries/000.p/x"} {
		h.put(t, name, nil)
		findings := h.full(t)
		require.Len(t, findings, 1, name)
		require.Equal(t, name, findings[0].File)
		require.NoError(t, os.Remove(filepath.Join(h.dir, name)))
	}
	require.NoError(t, os.Rename(filepath.Join(h.dir, "groups/alpha"), filepath.Join(h.dir, "groups/gamma")))
	require.NotEmpty(t, h.full(t))
	require.NotEmpty(t, h.verify(t, archive.VerifyOptions{}).Findings)
	require.NoError(t, os.RemoveAll(filepath.Join(h.dir, "groups/gamma")))
	findings := h.full(t)
	require.True(t, slices.ContainsFunc(findings, func(f archive.Finding) bool { return f.Group == "alpha" }), "%v", findings)
}

// TestVerifyNamesTheEvent: a bit in the body of an event names its file, its group and its number, and nothing else.
func TestVerifyNamesTheEvent(t *testing.T) {
	h := build(t, 350, 346)
	name := "groups/alpha/tile/entries/000"
	content := h.files(t)[name]
	at := strings.Index(string(content), "event 77 of alpha")
	require.Positive(t, at)
	for bit := range 8 * len("event 77 of alpha") {
		flipped := slices.Clone(content)
		flipped[at+bit/8] ^= 1 << (bit % 8)
		h.put(t, name, flipped)
		findings := h.full(t)
		require.Len(t, findings, 1)
		require.Equal(t, archive.Finding{Copy: archive.InArchive, File: name, Group: "alpha", Number: 77, Cause: findings[0].Cause}, findings[0])
		require.ErrorContains(t, findings[0].Cause, "not what the tree holds")
	}
}

// TestVerifyHoldsToAKeptCheckpoint: an older copy of the whole folder is whole; only a checkpoint kept elsewhere shows it. So does
// one that was signed for another history.
func TestVerifyHoldsToAKeptCheckpoint(t *testing.T) {
	h := build(t, 100, 33)
	newest := h.verify(t, archive.VerifyOptions{}).Signed
	older := build(t, 1, 1)
	s := openStore(t, filepath.Join(t.TempDir(), "archive"), h.key, eventstore.NewMemory(), archive.Options{})
	write(t, s, "alpha", 0, "another beginning")
	other := s.Checkpoint()
	for _, full := range []bool{false, true} {
		require.Empty(t, h.verify(t, archive.VerifyOptions{Full: full, Kept: newest}).Findings)
		findings := h.verify(t, archive.VerifyOptions{Full: full, Kept: other}).Findings
		require.Len(t, findings, 1)
		require.ErrorIs(t, findings[0].Cause, archive.ErrRewritten)
		require.ErrorIs(t, findings[0].Cause, archive.ErrNotProven)
		h.key, older.key = older.key, h.key
		findings = (aHouse{dir: older.dir, key: h.key}).verify(t, archive.VerifyOptions{Full: full, Kept: newest}).Findings
		h.key, older.key = older.key, h.key
		require.Len(t, findings, 1)
		require.ErrorIs(t, findings[0].Cause, archive.ErrNotSigned)
	}
	require.NoError(t, os.RemoveAll(filepath.Join(h.dir, "tail"))) // and put an older one there
	require.NoError(t, os.Mkdir(filepath.Join(h.dir, "tail"), 0o755))
	require.NotEmpty(t, h.full(t), "what was noted as the newest shows that its end is gone")
	require.NoError(t, os.Remove(filepath.Join(h.dir, "newest")))
	h.put(t, "tail/0000000000000009", fmt.Appendf(nil, "registre-tail@v1\n%020d\n", tailLines))
	require.Empty(t, h.full(t), "nothing in the folder shows that its end is gone")
	findings := h.verify(t, archive.VerifyOptions{Kept: newest}).Findings
	require.Len(t, findings, 1)
	require.ErrorIs(t, findings[0].Cause, archive.ErrRewritten)
}

// changed is a store of which one group's events were changed.
type changed struct {
	eventstore.Store
	change func([]string) []string
}

func (c changed) registers(t testing.TB) *eventstore.Memory {
	m := eventstore.NewMemory()
	for _, group := range []domain.GroupID{"alpha", "beta"} {
		var all []string
		for r, err := range c.Read(t.Context(), group, 0) {
			require.NoError(t, err)
			all = append(all, string(r.Body))
		}
		if group == "alpha" {
			all = c.change(all)
		}
		for i, body := range all {
			a := eventstore.Append{Group: group, After: uint64(i), Bodies: [][]byte{[]byte(body)}}
			require.NoError(t, m.Write(t.Context(), []eventstore.Append{a})[0])
		}
	}
	return m
}

// TestCompare: whatever differs between the two copies is found, and the copy named that does not have what was signed for.
func TestCompare(t *testing.T) {
	h := build(t, 100, 33)
	for name, of := range map[string]struct {
		change func([]string) []string
		where  string
		number uint64
		quick  bool
	}{
		"altered": {func(all []string) []string { all[41] += "!"; return all }, archive.InStream, 42, false},
		"removed": {func(all []string) []string { return slices.Delete(all, 41, 42) }, archive.InStream, 42, true},
		"cut off": {func(all []string) []string { return all[:90] }, archive.InStream, 91, true},
		"swapped": {func(all []string) []string { all[3], all[4] = all[4], all[3]; return all }, archive.InStream, 4, false},
		"added":   {func(all []string) []string { return append(all, "more") }, archive.InArchive, 101, true},
		"slipped": {func(all []string) []string { return slices.Insert(all, 7, "more") }, archive.InStream, 8, true},
		"emptied": {func([]string) []string { return nil }, archive.InStream, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			other := changed{h.memory.Handle(), of.change}.registers(t)
			v := h.verify(t, archive.VerifyOptions{Full: true})
			require.NoError(t, v.Compare(t.Context(), other, false))
			require.True(t, slices.ContainsFunc(v.Findings, func(f archive.Finding) bool {
				return f.Copy == of.where && f.Group == "alpha" && f.Number == of.number
			}), "%v", v.Findings)
			v = h.verify(t, archive.VerifyOptions{})
			require.NoError(t, v.Compare(t.Context(), other, false))
			require.Equal(t, of.quick, len(v.Findings) > 0, "%v", v.Findings)
		})
	}
}

// TestVerifyGoesOn: a verification that was broken off goes on with the logs that it had not seen, and the next begins anew.
func TestVerifyGoesOn(t *testing.T) {
	h := build(t, 300, 300)
	notes := filepath.Join(t.TempDir(), "notes")
	run := func(stopAt uint64) (looked uint64, err error) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		_, err = archive.Verify(ctx, h.dir, archive.VerifyOptions{Full: true, Notes: notes, Workers: 1, Progress: func(done, total uint64) {
			require.LessOrEqual(t, done, total)
			if looked = done; done >= stopAt {
				stop()
			}
		}})
		return looked, err
	}
	_, err := run(760) // 450 heads, 300 of alpha, and then within beta
	require.ErrorIs(t, err, context.Canceled)
	text, err := os.ReadFile(notes)
	require.NoError(t, err)
	require.Contains(t, string(text), "/alpha ")
	bundle := filepath.Join(h.dir, "groups/alpha/tile/entries/000")
	content, err := os.ReadFile(bundle)
	require.NoError(t, err)
	content[99]++
	require.NoError(t, os.WriteFile(bundle, content, 0o644))
	_, err = run(1 << 60)
	require.NoError(t, err, "what was looked at before was not looked at again")
	require.NoFileExists(t, notes)
	require.Len(t, h.full(t), 1)
}

// TestVerifyInUse: a store verifies itself while it is written to.
func TestVerifyInUse(t *testing.T) {
	memory := eventstore.NewMemory()
	s := openStore(t, filepath.Join(t.TempDir(), "archive"), newKey(t), memory, archive.Options{CutAfter: 1})
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := uint64(0); ; n++ {
			select {
			case <-stop:
				return
			default:
				write(t, s, "alpha", n, fmt.Sprint("event ", n))
			}
		}
	}()
	for i := range 60 {
		v, err := s.Verify(t.Context(), archive.VerifyOptions{Full: i%2 == 0})
		require.NoError(t, err)
		require.Empty(t, v.Findings)
	}
	close(stop)
	<-stopped
}

// aLog writes a whole log with the key, as somebody who has stolen it could.
func (h aHouse) aLog(t testing.TB, dir, origin string, leaves ...string) archive.Checkpoint {
	t.Helper()
	path := filepath.Join(h.dir, dir)
	require.NoError(t, os.RemoveAll(path))
	log := archive.OpenLog(path, origin, h.key.Ring())
	x, err := log.Extend(archive.Tree{}, func(yield func([]byte) bool) {
		for _, leaf := range leaves {
			if !yield([]byte(leaf)) {
				return
			}
		}
	})
	require.NoError(t, err)
	require.NoError(t, x.Land())
	tree := x.Tree()
	c := archive.Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root()}
	signer, err := h.key.Signer(origin)
	require.NoError(t, err)
	signed, err := c.Sign(signer)
	require.NoError(t, err)
	require.NoError(t, log.Publish(nil, signed))
	return c
}

// TestVerifySeesLies: logs that are each well signed, and do not agree with each other, are found out.
func TestVerifySeesLies(t *testing.T) {
	stateOf := func(group string, leaves ...string) archive.Checkpoint {
		var tree archive.Tree
		for _, leaf := range leaves {
			tree.Append(archive.LeafHash([]byte(leaf)))
		}
		return archive.Checkpoint{Origin: archive.GroupOrigin(origin, group), Size: tree.Size(), Root: tree.Root()}
	}
	one, two := string(stateOf("alpha", "a").Text()), string(stateOf("alpha", "a", "b").Text())
	for name, of := range map[string]struct {
		heads []string
		alpha []string
		says  string
	}{
		"all is well":             {[]string{one, two}, []string{"a", "b"}, ""},
		"another root":            {[]string{string(stateOf("alpha", "A").Text()), two}, []string{"a", "b"}, "another root"},
		"another root at its end": {[]string{one, string(stateOf("alpha", "a", "B").Text())}, []string{"a", "b"}, "another root"},
		"history rewritten":       {[]string{one, two}, []string{"a", "B"}, "another root"},
		"a group that shrinks":    {[]string{two, one}, []string{"a", "b"}, "shrunk"},
		"a head behind":           {[]string{one}, []string{"a", "b"}, "no head covers"},
		"a head ahead":            {[]string{one, two}, []string{"a"}, "not there"},
		"no head":                 {[]string{string(stateOf("beta", "x").Text())}, []string{"a"}, "no head covers"},
		"no group":                {[]string{one, string(stateOf("beta", "x").Text())}, []string{"a"}, "missing"},
		"a head of nobody's":      {[]string{one, "registre.example/other/alpha" + two[strings.Index(two, "\n"):], two}, []string{"a", "b"}, "no state of a group"},
		"no head at all":          {[]string{one, "what?", two}, []string{"a", "b"}, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, 1, 1)
			require.NoError(t, os.Remove(filepath.Join(h.dir, "newest")))
			h.aLog(t, "heads", origin, of.heads...)
			h.aLog(t, "groups/alpha", archive.GroupOrigin(origin, "alpha"), of.alpha...)
			findings := h.full(t)
			if of.says == "" {
				require.Empty(t, findings)
				return
			}
			require.True(t, slices.ContainsFunc(findings, func(f archive.Finding) bool { return strings.Contains(f.Cause.Error(), of.says) }), "%v", findings)
		})
	}
}

// tailLines is how long the lines are that begin a segment of the tail: its form, and how much of it was confirmed.
const tailLines = len("registre-tail@v1\n") + 21

// resealed changes the first record of a segment and makes its checksum right again.
func resealed(t testing.TB, segment []byte, old, new string) []byte {
	t.Helper()
	payload, rest, ok := eventstore.CutFrame(segment[tailLines:])
	require.True(t, ok)
	require.Contains(t, string(payload), old)
	require.Len(t, new, len(old))
	frame := append(make([]byte, eventstore.FrameHeader), strings.Replace(string(payload), old, new, 1)...)
	eventstore.SealFrame(frame)
	return slices.Concat(segment[:tailLines], frame, rest)
}

// TestVerifySeesForgedTail: a record whose checksum was made right again is held to its checkpoint, its signature, and what
// is published.
func TestVerifySeesForgedTail(t *testing.T) {
	h := build(t, 3, 100)
	const name = "tail/0000000000000001"
	segment := h.files(t)[name]
	says := func(what string) {
		t.Helper()
		findings := h.full(t)
		require.True(t, slices.ContainsFunc(findings, func(f archive.Finding) bool {
			return f.File == name && strings.Contains(f.Cause.Error(), what)
		}), "%v", findings)
	}
	altered := resealed(t, segment, "event 1 of alpha", "event 7 of alpha")
	h.put(t, name, altered)
	says("does not lead to its checkpoint")
	h.put(t, name, resealed(t, segment, "house\n1\n", "house\n2\n"))
	says("not signed by the log's key")
	h.put(t, name, segment)
	s, err := archive.Open(t.Context(), h.dir, h.key, h.memory.Handle(), archive.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.Empty(t, h.full(t))
	h.put(t, name, altered)
	says("the tail has another event than what was published")
}
