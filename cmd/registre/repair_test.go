package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

// ran runs the program as a user would.
func ran(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	status := run(t.Context(), args, strings.NewReader(""), &out, &errs)
	require.Equal(t, want, status, "%s: %s%s", strings.Join(args, " "), &out, &errs)
	return out.String()
}

// filled is a data folder with some hundred events in two groups, the blocks of its stream, and what it answers.
func filled(t *testing.T) (data, block string, answers func() string) {
	onOneDay()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	data = filepath.Join(t.TempDir(), "data")
	var lines bytes.Buffer
	for _, group := range []string{"ent", "lot"} {
		fmt.Fprintf(&lines, `{"command":"found-group","group":%q,"effective":"2017-11-06","data":{"name":"ENT","title":"Convention","changes":[{"change":"member-joined","member":"bas-rhin","name":"Bas-Rhin"}]}}`+"\n", group)
		for i := range 40 {
			fmt.Fprintf(&lines, `{"command":"join-member","group":%q,"effective":"2018-01-01","data":{"basis":"law","member":"m-%03d","name":"Member %03[2]d"}}`+"\n", group, i)
		}
	}
	file := filepath.Join(t.TempDir(), "commands.jsonl")
	require.NoError(t, os.WriteFile(file, lines.Bytes(), 0o644))
	ran(t, 0, "record", file, "--data", data)
	blocks, err := filepath.Glob(filepath.Join(data, "jetstream/*/streams/*/msgs/*.blk"))
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	return data, blocks[0], func() string {
		return ran(t, 0, "timeline", "ent", "--json", "--data", data) + ran(t, 0, "timeline", "lot", "--json", "--data", data)
	}
}

// TestRepairOfTheStream: a stream that was altered, cut off or removed is found, and made anew from the archive; every answer is
// what it was, and a checkpoint that was kept stands.
func TestRepairOfTheStream(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, block string, content []byte){
		"a bit in an event": func(t *testing.T, block string, content []byte) {
			at := bytes.Index(content, []byte(`"Member 017"`))
			require.Positive(t, at)
			content[at+9] ^= 4
			require.NoError(t, os.WriteFile(block, content, 0o644))
		},
		"cut off": func(t *testing.T, block string, content []byte) {
			require.NoError(t, os.Truncate(block, int64(len(content)*2/3)))
		},
		"block removed": func(t *testing.T, block string, _ []byte) { require.NoError(t, os.Remove(block)) },
		"stream removed": func(t *testing.T, block string, _ []byte) {
			require.NoError(t, os.RemoveAll(filepath.Dir(filepath.Dir(block))))
		},
	} {
		for _, index := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/index %v", name, index), func(t *testing.T) {
				data, block, answers := filled(t)
				before := answers()
				kept := filepath.Join(t.TempDir(), "kept")
				require.NoError(t, os.WriteFile(kept, []byte(ran(t, 0, "checkpoint", "--data", data)), 0o644))
				content, err := os.ReadFile(block)
				require.NoError(t, err)
				damage(t, block, content)
				if !index {
					_ = os.Remove(filepath.Join(filepath.Dir(block), "index.db"))
				}
				var found verifyAnswer
				require.NoError(t, json.Unmarshal([]byte(ran(t, exitDamage, "verify", "--full", "--json", "--data", data)), &found))
				require.True(t, slices.ContainsFunc(found.Findings, func(f foundThing) bool { return f.Copy == "stream" }))
				ran(t, 0, "repair", "--data", data)
				ran(t, 0, "verify", "--full", "--checkpoint", kept, "--data", data)
				require.Equal(t, before, answers())
				ran(t, 0, "doctor", "--data", data)
			})
		}
	}
}

// TestRepairOfBoth: each copy is damaged at another event, and both are whole again.
func TestRepairOfBoth(t *testing.T) {
	data, block, answers := filled(t)
	before := answers()
	for file, name := range map[string]string{block: `"Member 017"`, filepath.Join(data, "archive/groups/ent/tile/entries/000.p/41"): `"Member 030"`} {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		at := bytes.Index(content, []byte(name))
		require.Positive(t, at)
		content[at+9] ^= 4
		require.NoError(t, os.WriteFile(file, content, 0o644))
	}
	ran(t, exitDamage, "verify", "--full", "--data", data)
	said := ran(t, 0, "repair", "--data", data)
	require.Contains(t, said, "groups/ent/tile/entries/000.p/41: mended")
	require.Contains(t, said, "made anew from the archive")
	ran(t, 0, "verify", "--full", "--data", data)
	require.Equal(t, before, answers())
}

// TestRepairTakesBack: what one round cannot mend and a later one can is not said to be beyond mending, in any of the forms.
func TestRepairTakesBack(t *testing.T) {
	s := aSpecimen(t, true, 3, 100)
	tail, err := filepath.Glob(filepath.Join(s.dir, archiveDir, "tail", "*"))
	require.NoError(t, err)
	require.Len(t, tail, 1)
	flipOne(t, tail[0], 8*2888)
	log := filepath.Join(s.dir, archiveDir, "groups", "g1", "tile")
	flipOne(t, filepath.Join(log, "0", "000.p", "100"), 8*1881)
	flipOne(t, filepath.Join(log, "entries", "000.p", "100"), 8*973)
	for _, form := range []string{"--json=false", "--json"} {
		dir := s.copy(t)
		said := ran(t, 0, "repair", form, "--data", dir)
		require.Contains(t, said, "groups/g1/tile/entries/000.p/100")
		require.NotContains(t, said, "CANNOT")
		require.NotContains(t, said, archive.NotMended)
		noted, err := os.ReadFile(filepath.Join(dir, journalFile))
		require.NoError(t, err)
		require.Contains(t, string(noted), "repair: "+archive.MendedFiles)
		require.NotContains(t, string(noted), archive.NotMended)
		ran(t, 0, "verify", "--full", "--checkpoint", s.kept, "--data", dir)
	}
}

// TestRepairOfTheSameEvent: an event that is damaged in both copies cannot be mended; that is said, nothing is made up, it is
// refused reading by its number, and all the rest goes on.
func TestRepairOfTheSameEvent(t *testing.T) {
	data, block, _ := filled(t)
	lot := ran(t, 0, "timeline", "lot", "--json", "--data", data)
	for _, file := range []string{block, filepath.Join(data, "archive/groups/ent/tile/entries/000.p/41")} {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range []string{`"Member 017"`, `"Member 0` + map[bool]string{true: "05", false: "31"}[file == block] + `"`} {
			at := bytes.Index(content, []byte(name))
			require.Positive(t, at)
			content[at+9] ^= 4
		}
		require.NoError(t, os.WriteFile(file, content, 0o644))
	}
	for range 2 {
		said := ran(t, exitDamage, "repair", "--data", data)
		require.Contains(t, said, "groups/ent/tile/entries/000.p/41, ent #19: CANNOT be mended")
		require.Contains(t, said, "groups/ent/tile/entries/000.p/41, ent #19: other bytes")
		require.NotContains(t, said, "#7:")
		require.NotContains(t, said, "#33:")
	}
	require.Equal(t, lot, ran(t, 0, "timeline", "lot", "--json", "--data", data))
	file := filepath.Join(t.TempDir(), "more.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(`{"command":"join-member","group":"lot","effective":"2018-01-01","data":{"basis":"law","member":"more","name":"More"}}`), 0o644))
	ran(t, 0, "record", file, "--data", data)
	ran(t, exitDamage, "timeline", "ent", "--data", data)
	found := verifiedIn(t, exitDamage, data)
	require.Len(t, found.Findings, 2, "one in each copy: %v", found.Findings)
	for _, f := range found.Findings {
		require.Equal(t, "ent 19", fmt.Sprint(f.Group, " ", f.Number))
	}
}

// verifiedIn is what a full verification finds.
func verifiedIn(t *testing.T, want int, data string, more ...string) (found verifyAnswer) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(ran(t, want, append([]string{"verify", "--full", "--json", "--data", data}, more...)...)), &found))
	return found
}
