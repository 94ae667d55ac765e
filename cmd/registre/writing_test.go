package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

func allSayings() map[string]saying {
	all := map[string]saying{}
	for _, some := range sayings {
		for name, s := range some {
			all[name] = s
		}
	}
	return all
}

// plainly is the name of a fault: one that has a remark has a sentence without it too.
func plainly(name string) string { return strings.TrimSuffix(name, "-plain") }

// verbsOf are the places of a sentence, which both languages must fill alike.
func verbsOf(s string) map[string]bool {
	found := map[string]bool{}
	for _, v := range regexp.MustCompile(`%(\[\d\])?`).FindAllString(s, -1) {
		found[v] = true
	}
	return found
}

func TestEveryFaultHasACodeOfItsOwnAndBothLanguages(t *testing.T) {
	require.Greater(t, len(writingFaults), 40)
	codes := map[string]string{}
	for _, r := range domain.Precedence() {
		codes[r.Code] = r.Name
		require.NotEmpty(t, rulesFR[r.Code], "the rule %s in French", r.Code)
	}
	for name, s := range allSayings() {
		require.Regexp(t, `^R\d{4}$`, s.code, name)
		fault := plainly(name)
		require.Contains(t, []string{"", fault}, codes[s.code], "%s: the code of %s is taken", s.code, name)
		codes[s.code] = fault
		require.NotEmpty(t, s.fr, name)
		require.NotEmpty(t, s.en, name)
		require.NotEqual(t, s.fr, s.en, name)
		require.Equal(t, s.remedyFR == "", s.remedy == "", "%s: the remedy", name)
		require.Equal(t, verbsOf(s.fr), verbsOf(s.en), name)
		require.Equal(t, verbsOf(s.remedyFR), verbsOf(s.remedy), name)
		for _, text := range []string{s.fr, s.en, s.remedyFR, s.remedy} {
			require.NotContains(t, format(text, "subject", "detail"), "%!", name)
		}
	}
	for name := range writingFaults {
		_, twice := faults[name]
		require.False(t, twice, "%s is said twice", name)
	}
}

// Every fault that the program makes has its sentences: the names in the sources are looked up.
func TestEveryFaultMadeIsKnown(t *testing.T) {
	made := regexp.MustCompile(`(?:misuse|failure|inFlag)\("([a-z-]+)"`)
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, source := range sources {
		text, err := os.ReadFile(source)
		require.NoError(t, err)
		for _, m := range made.FindAllStringSubmatch(string(text), -1) {
			found++
			require.NotEmpty(t, codeOf(m[1]), "%s: %s", source, m[1])
		}
	}
	require.Greater(t, found, 60)
}

func TestEveryKindOfFindingHasASentence(t *testing.T) {
	kinds := archive.Kinds()
	require.Greater(t, len(kinds), 20)
	for _, kind := range kinds {
		require.NotEmpty(t, codeOf("found-"+kind), kind)
	}
}

func TestEveryProblemOfTheWireHasASentence(t *testing.T) {
	for _, problem := range []string{
		eventstore.BadNumber, eventstore.BadUTF8, eventstore.BadValue, eventstore.DuplicateKey, eventstore.EmptyField, eventstore.MissingField,
		eventstore.NotAnObject, eventstore.NotNFC, eventstore.Syntax, eventstore.TooDeep, eventstore.TooLong, eventstore.UnknownCommand,
		eventstore.UnknownField, eventstore.UnknownType, eventstore.UnknownVersion, eventstore.WrongKind,
	} {
		require.NotEmpty(t, codeOf("unreadable-"+problem), problem)
	}
}

// endless gives one line without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestALongLineIsNeverHeld(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in := bufio.NewReaderSize(io.MultiReader(io.LimitReader(endless{}, 48<<20), strings.NewReader("\nnext\n")), 64<<10)
	l, read := oneLine(in, 1<<20)
	require.True(t, l.long)
	require.Nil(t, l.text)
	require.EqualValues(t, 48<<20+1, read)
	l, _ = oneLine(in, 1<<20)
	require.Equal(t, "next", string(l.text))
	require.False(t, l.long)
	l, read = oneLine(bufio.NewReaderSize(endless{}, 64<<10), 1<<20)
	require.True(t, l.blind, "a line that does not end is given up")
	require.Less(t, read, int64(65<<20))
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}

func TestLines(t *testing.T) {
	var all []line
	for l := range lines(t.Context(), strings.NewReader("one\n\r\n12345678\n123456789\nlast"), 8) {
		all = append(all, l)
	}
	require.Equal(t, []line{
		{number: 1, text: []byte("one"), offset: 4},
		{number: 2, text: []byte("\r"), offset: 6},
		{number: 3, text: []byte("12345678"), offset: 15},
		{number: 4, long: true, offset: 25},
		{number: 5, text: []byte("last"), cut: true, offset: 29},
	}, all)
	require.True(t, all[1].isBlank())
}

func TestLinesCanBeLeft(t *testing.T) {
	in, out := io.Pipe() // which never gives a line
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r := &recording{a: newApp(in, io.Discard, io.Discard), file: "stdin"}
	time.AfterFunc(20*time.Millisecond, cancel)
	err := r.each(ctx, lines(ctx, in, 8))
	require.Equal(t, "interrupted", faultOf(err).Name)
}

// The ids of lines without one are for ever: a file recorded by an older version must be known again.
func TestIDsOfLines(t *testing.T) {
	r := &recording{seen: map[[sha256.Size]byte]uint64{}}
	ids := map[string]bool{}
	for i, want := range []string{
		"3c4e7b4e-fe7c-845d-bf78-95802610d69c",
		"",
		"",
	} {
		c, err := eventstore.DecodeCommand([]byte(`{"group":"ent", "command":"end-role","effective":"2019","data":{"role":"coordinator","basis":"b"}}`))
		require.NoError(t, err)
		if i == 2 {
			c.Group = "other"
		}
		id, err := r.idOf(&c)
		require.NoError(t, err)
		require.EqualValues(t, 8, id.Version())
		require.False(t, ids[id.String()])
		ids[id.String()] = true
		if want != "" {
			require.Equal(t, want, id.String())
		}
	}
}

func TestPeopleLoseNoName(t *testing.T) {
	dir := t.TempDir()
	const writers = 16
	var done sync.WaitGroup
	for i := range writers {
		done.Go(func() {
			p := &people{dir} // as another process would have it
			err := p.change(context.Background(), func(all []person) ([]person, error) {
				return append(all, person{ID: fmt.Sprintf("p-%02d", i), Name: "x"}), nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	all, err := (&people{dir}).list()
	require.NoError(t, err)
	require.Len(t, all, writers)
}

func TestPeopleForget(t *testing.T) {
	dir := t.TempDir()
	p := &people{dir}
	id, err := p.me(t.Context())
	require.NoError(t, err)
	require.Regexp(t, `^p-[0-9a-f]{12}$`, id)
	again, err := p.me(t.Context())
	require.NoError(t, err)
	require.Equal(t, id, again)

	// What a crash left of an older writing goes with the next one.
	require.NoError(t, os.WriteFile(p.path(peopleTemp), []byte("an older name"), 0o600))
	require.NoError(t, p.change(t.Context(), func(all []person) ([]person, error) {
		return append(all, person{ID: "p-1", Name: "Jeanne d’Arc"}), nil
	}))
	require.NoError(t, p.change(t.Context(), func(all []person) ([]person, error) {
		return slices.DeleteFunc(all, func(q person) bool { return q.ID == "p-1" }), nil
	}))
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotContains(t, string(text), "Jeanne", path)
		require.NotContains(t, string(text), "older name", path)
		return nil
	}))
	info, err := os.Stat(p.path(peopleFile))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
}

func TestPolicies(t *testing.T) {
	three, _ := domain.ParseWeight("3")
	for text, want := range map[string]domain.Policy{
		"ag=sum":               {Body: "ag", Way: domain.Sum},
		"ag=set":               {Body: "ag", Way: domain.Set},
		"cogouv=keep:bas-rhin": {Body: "cogouv", Way: domain.Keep, Of: "bas-rhin"},
		"x=set:cea=3":          {Body: "x", Way: domain.Set, Weights: []domain.MemberWeight{{Member: "cea", Weight: three}}},
	} {
		p, err := readPolicy(text)
		require.NoError(t, err, text)
		require.Equal(t, want, p)
	}
	for _, text := range []string{"", "ag", "=sum", "ag=", "ag=sum:", "ag=keep", "ag=keep:", "ag=set:", "ag=set:cea", "ag=half"} {
		_, err := readPolicy(text)
		require.Error(t, err, text)
		require.Equal(t, exitMisused, faultOf(err).Exit)
	}
}

func TestEvidence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a:b") // the last colon is the one that counts
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "b"), nil, 0o600))
	all, err := readEvidence([]string{"law:loi 2019-816", "report:a:", "report:12:3:" + filepath.Join(filepath.Dir(file), "b")})
	require.NoError(t, err)
	require.Equal(t, domain.Evidence{Kind: "law", Reference: "loi 2019-816"}, all[0])
	require.Equal(t, domain.Evidence{Kind: "report", Reference: "a"}, all[1])
	require.Equal(t, "12:3", all[2].Reference)
	require.Equal(t, domain.Hash(sha256.Sum256(nil)), all[2].SHA256)
	for _, bad := range []string{"", "law", "law:", ":x"} {
		_, err := readEvidence([]string{bad})
		require.Equal(t, "evidence-form", faultOf(err).Name, bad)
	}
}

// The language is known before the flags are read.
func TestForesee(t *testing.T) {
	for _, args := range []string{"--lang fr --json --nope", "--nope --lang=fr --json"} {
		var errs bytes.Buffer
		status := run(t.Context(), strings.Fields(args), strings.NewReader(""), io.Discard, &errs)
		require.Equal(t, exitMisused, status)
		require.Contains(t, errs.String(), `"cause":"Aucune option`)
	}
}
