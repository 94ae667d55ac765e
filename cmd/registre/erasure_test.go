package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// erasedName is the name of somebody who is in no other test.
const erasedName = "Jéhanne Dupré-Müller"

// spellings are all the ways in which a name, or its last word, may stand in a file.
func spellings(name string) map[string][]byte {
	all := map[string][]byte{}
	words := strings.Fields(name)
	for _, text := range []string{name, words[len(words)-1]} {
		for what, s := range map[string]string{"": text, "lower case ": strings.ToLower(text), "upper case ": strings.ToUpper(text)} {
			what = fmt.Sprintf("%q, %s", text, what)
			latin, _ := charmap.ISO8859_1.NewEncoder().String(s)
			var little, big, escaped []byte
			for _, u := range utf16.Encode([]rune(s)) {
				little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
				if u < 0x80 {
					escaped = append(escaped, byte(u))
				} else {
					escaped = fmt.Appendf(escaped, `\u%04x`, u)
				}
			}
			all[what+"UTF-8"], all[what+"Latin-1"], all[what+"UTF-16LE"], all[what+"UTF-16BE"] = []byte(s), []byte(latin), little, big
			all[what+"JSON"], all[what+"JSON, upper"] = escaped, bytes.ReplaceAll(bytes.ToUpper(escaped), []byte(`\U`), []byte(`\u`))
			if strings.ToUpper(s) != s {
				all[what+"JSON, upper"] = bytes.ReplaceAll(escaped, []byte(`\u00e9`), []byte(`\u00E9`))
			}
			all[what+"decomposed"] = []byte(norm.NFD.String(s))
			all[what+"URL"], all[what+"form"] = []byte(url.PathEscape(s)), []byte(url.QueryEscape(s))
			all[what+"hex"] = []byte(hex.EncodeToString([]byte(s)))
			for shift := range 3 { // what base64 makes of it depends on what is before it
				coded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), s...))
				all[what+"base64 "+fmt.Sprint(shift)] = []byte(coded[4*((shift+2)/3) : len(coded)-4])
			}
		}
	}
	return all
}

const windowSize = 16

// A sought is what must not be found: the spellings of a name, and any sixteen bytes of documents that begin at a multiple of eight.
type sought struct {
	spelled map[string][]byte
	windows map[[windowSize]byte]bool
}

func soughtOf(name string, documents ...[]byte) sought {
	s := sought{spellings(name), map[[windowSize]byte]bool{}}
	for _, d := range documents {
		for at := 0; at+windowSize <= len(d); at += 8 {
			s.windows[[windowSize]byte(d[at:])] = true
		}
	}
	return s
}

// in says what is found in bytes, and in what they hold packed.
func (s sought) in(content []byte) (found []string) {
	for what, spelled := range s.spelled {
		if bytes.Contains(content, spelled) {
			found = append(found, what)
		}
	}
	for at := 0; at+windowSize <= len(content); at++ {
		if s.windows[[windowSize]byte(content[at:])] {
			found = append(found, "a document")
			break
		}
	}
	for _, unpacked := range unpackings(content) {
		for _, what := range s.in(unpacked) {
			found = append(found, "packed: "+what)
		}
	}
	return found
}

// unpackings are what is packed in bytes, wherever it begins: gzip, zlib and ZIP.
func unpackings(content []byte) (all [][]byte) {
	take := func(r io.Reader, err error) {
		if err != nil {
			return
		}
		if b, _ := io.ReadAll(io.LimitReader(r, 64<<20)); len(b) > 8 { // also what stands before a fault
			all = append(all, b)
		}
	}
	for at := 0; at+2 < len(content); at++ {
		switch {
		case content[at] == 0x1f && content[at+1] == 0x8b && content[at+2] == 8:
			take(gzip.NewReader(bytes.NewReader(content[at:])))
		case content[at] == 0x78 && slices.Contains([]byte{0x01, 0x5e, 0x9c, 0xda}, content[at+1]):
			take(zlib.NewReader(bytes.NewReader(content[at:])))
		}
	}
	if z, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		for _, f := range z.File {
			r, err := f.Open()
			take(r, err)
			all = append(all, []byte(f.Name))
		}
	}
	return all
}

// everywhere looks at every byte of every file below a folder, and at every name, and gives the files in which something is found. Where
// one goes or gets another name meanwhile, as in a folder that somebody holds, it looks at all of them again.
func (s sought) everywhere(t *testing.T, dir string) map[string][]string {
	t.Helper()
	for range 100 {
		found, files, err := s.lookedAt(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		require.NoError(t, err)
		require.Greater(t, files, 3, dir)
		return found
	}
	require.Fail(t, "the files never stay as they are", dir)
	return nil
}

func (s sought) lookedAt(dir string) (found map[string][]string, files int, err error) {
	found = map[string][]string{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		content := []byte(name + "\n")
		if d.Type().IsRegular() {
			files++
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = append(content, text...)
		}
		if what := s.in(content); len(what) > 0 {
			found[filepath.ToSlash(name)] = what
		}
		return nil
	})
	return found, files, err
}

// TestSought: what is looked for is found in each spelling, packed or not, and in a part of a document that begins anywhere.
func TestSought(t *testing.T) {
	document := make([]byte, 4096)
	rand.NewChaCha8([32]byte{7}).Read(document)
	s := soughtOf(erasedName, document)
	require.Greater(t, len(s.spelled), 60)
	for what, spelled := range s.spelled {
		require.GreaterOrEqual(t, len(spelled), 8, what)
		require.Contains(t, s.in(append(append([]byte("abc"), spelled...), "def"...)), what)
	}
	require.Contains(t, s.in([]byte(base64.StdEncoding.EncodeToString([]byte("xy" + erasedName + "."))))[0], "base64")
	for cut := range 8 {
		require.Equal(t, []string{"a document"}, s.in(append([]byte("abc"), document[1000+cut:1000+cut+windowSize+7]...)))
	}
	require.Empty(t, s.in([]byte("Jean Dupont")))
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "z.zip"))
	require.NoError(t, err)
	z := zip.NewWriter(out)
	w, err := z.Create("a.txt")
	require.NoError(t, err)
	_, err = w.Write(bytes.Repeat([]byte(erasedName+" "), 100))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, out.Close())
	var g bytes.Buffer
	gz := gzip.NewWriter(&g)
	_, err = gz.Write(append([]byte("before "), document...))
	require.NoError(t, err)
	require.NoError(t, gz.Close())
	for name, content := range map[string][]byte{"g": append([]byte("leading"), g.Bytes()...), erasedName: nil, "c": nil} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	found := s.everywhere(t, dir)
	require.Len(t, found, 3)
	require.Contains(t, found["g"], "packed: a document")
}

// pinned are figures, each asked at a pair of times that does not change, without what travels beside an answer.
func pinned(t *testing.T, dir, known string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, args := range map[string][]string{
		"weights": {"weights", demoGroup, "--body", "cogouv"}, "members": {"members", demoGroup}, "enrolment": {"enrolment", demoGroup, "--by", "member"},
		"orders": {"orders", demoGroup}, "timeline": {"timeline", demoGroup}, "findings": {"findings", demoGroup, "--all"}, "documents": {"documents", demoGroup},
		"decisions": {"decisions", demoGroup}, "sittings": {"sittings", demoGroup}, "avenants": {"avenants", demoGroup},
	} {
		out, _ := command(t, dir, append(args, "--json", "--at", "2025-06-01", "--known", known)...)
		var answer map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(out), &answer), "%s: %s", name, out)
		require.NotContains(t, out, `"error":`, name)
		delete(answer, "meta")
		text, err := json.Marshal(answer)
		require.NoError(t, err)
		all[name] = string(text)
	}
	return all
}

// does runs a verb, which must succeed.
func does(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, exit := command(t, dir, args...)
	require.Zero(t, exit, "%v: %s", args, out)
	return out
}

// proved are the proofs that were given out before an erasure.
type proved struct{ checkpoint, known string }

// provedBefore takes receipts of the newest events, and the checkpoint.
func provedBefore(t *testing.T, dir string, head uint64) (p proved) {
	t.Helper()
	p = proved{filepath.Join(t.TempDir(), "checkpoint"), "#" + decimal(head)}
	require.NoError(t, os.WriteFile(p.checkpoint, []byte(does(t, dir, "checkpoint")), 0o600))
	for n := head - 7; n <= head; n++ {
		does(t, dir, "receipt", demoGroup, decimal(n), p.receipt(n))
	}
	return p
}

func (p proved) receipt(n uint64) string { return fmt.Sprint(p.checkpoint, "-receipt-", n) }

// holds requires that they are as good as they were.
func (p proved) holds(t *testing.T, dir string, head uint64) {
	t.Helper()
	require.Contains(t, does(t, dir, "verify", "--full", "--checkpoint", p.checkpoint), "Nothing is wrong")
	for n := head - 7; n <= head; n++ {
		does(t, dir, "verify-receipt", p.receipt(n))
	}
}

// TestErasureLeavesNoByte erases a person's name and two documents, one that holds the name and one of chance, beside a process that
// holds the folder and is killed then: no file of the folder holds any of it any more, in any spelling; nor does the backup that is made
// next into the folder of an older one, a new one, the evidence file, or what is restored. Every proof given out before holds, and every
// figure is what it was.
func TestErasureLeavesNoByte(t *testing.T) {
	oneByOne(t)
	dir := t.TempDir()
	does(t, dir, "demo", "--data", "registre-data")
	scan, letter, kept, hashes := erasable(t, dir)
	require.Empty(t, soughtOf("Nobody Whosoever").everywhere(t, filepath.Join(dir, "registre-data")))
	var groups groupsAnswer
	require.NoError(t, json.Unmarshal([]byte(does(t, dir, "groups", "--json")), &groups))
	head := groups.Groups[0].Head
	proofs, figures := provedBefore(t, dir, head), pinned(t, dir, "#"+decimal(head))
	does(t, dir, "backup", "old")
	for where, least := range map[string]int{"registre-data": 3, "old": 2} { // it finds what is there
		require.GreaterOrEqual(t, len(scan.everywhere(t, filepath.Join(dir, where))), least, where)
	}

	holder := holding(t, dir)
	for _, h := range hashes {
		does(t, dir, "document", "erase", demoGroup, h, "--reason", "demande de la personne")
	}
	does(t, dir, "people", "erase", "p-000000000001")
	require.Empty(t, scan.everywhere(t, filepath.Join(dir, "registre-data")), "beside who holds the folder")
	does(t, dir, "member", "withdraw", demoGroup, "vosges", "--effective", "2026-01-01", "--basis", "x", "--actor", "p-000000000001")
	require.NoError(t, holder.Process.Kill())
	require.Error(t, holder.Wait())

	proofs.holds(t, dir, head)
	require.Equal(t, figures, pinned(t, dir, "#"+decimal(head)))
	does(t, dir, "document", "verify")
	does(t, dir, "doctor")
	does(t, dir, "repair")
	require.Contains(t, does(t, dir, "documents", demoGroup), "demande de la personne")
	require.NotContains(t, does(t, dir, "show", demoGroup, decimal(head)), erasedName)
	require.Empty(t, scan.everywhere(t, filepath.Join(dir, "registre-data")), "after verifying, repairing and opening anew")

	does(t, dir, "backup", "old")
	does(t, dir, "backup", "new")
	does(t, dir, "restore", "old", "--data", "restored", "--key", filepath.Join("registre-data", "key"))
	does(t, dir, "evidence", demoGroup, "e.zip", "--known", "#"+decimal(head))
	require.NoError(t, unpacked(filepath.Join(dir, "e.zip"), filepath.Join(dir, "evidence")))
	for _, where := range []string{"registre-data", "old", "new", "restored", "evidence"} {
		require.Empty(t, scan.everywhere(t, filepath.Join(dir, where)), where)
	}
	require.NoError(t, os.Remove(letter))
	require.Empty(t, scan.everywhere(t, dir), "nor anywhere beside it")
	require.FileExists(t, filepath.Join(dir, "restored", shelfDir, demoGroup, kept), "the others stay")
	proofs.holds(t, dir, head)
	if _, err := exec.LookPath("python3"); err == nil {
		said, exit := python(t, filepath.Join(dir, "evidence"), "verify.py")
		require.Zero(t, exit, said)
		require.Contains(t, said, "6. documents: 1 here, 2 erased, 0 not here")
	}
}

// keptDocument is a document that is not erased.
const keptDocument = "This one is to be kept.\n"

// erasable names a person who records, and adds three documents, of which two are to be erased: those, and the name, are what is sought.
func erasable(t *testing.T, dir string) (s sought, letter, kept string, hashes []string) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{8})
	of := [][]byte{make([]byte, 300_000), make([]byte, 600)}
	random.Read(of[0])
	random.Read(of[1])
	of[1] = append([]byte("Lettre de "+erasedName+"\n"), base64.RawURLEncoding.EncodeToString(of[1])...)
	does(t, dir, "people", "name", "p-000000000001", erasedName)
	add := func(content []byte) (hash string) {
		letter = filepath.Join(dir, "letter")
		require.NoError(t, os.WriteFile(letter, content, 0o600))
		does(t, dir, "document", "add", demoGroup, letter, "--kind", "minutes", "--actor", "p-000000000001")
		sum := sha256.Sum256(content)
		return hex.EncodeToString(sum[:])
	}
	kept = add([]byte(keptDocument))
	for _, content := range of {
		hashes = append(hashes, add(content))
	}
	does(t, dir, "obligation", "set", demoGroup, "9", "--quote", "Suivre l'usage.", "--basis", "x", "--evidence", "letter:1:"+letter, "--actor", "p-000000000001")
	return soughtOf(erasedName, of...), letter, kept, hashes
}

// holding is a process that holds the folder.
func holding(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("registre", "follow", "--data", "registre-data")
	cmd.Dir = dir
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "registre-data", socketName))
		return err == nil
	}, time.Minute, 5*time.Millisecond)
	return cmd
}
