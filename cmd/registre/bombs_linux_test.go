package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mostResident is what the program may take for a file that is refused, in KiB: it takes some 50 MiB for doing nothing.
const mostResident = 400 << 10

// A bomb is a small file, or an endless one, that asks for much.
type bomb struct {
	name  string
	args  string // "FILE" stands for it
	write func(t *testing.T, w io.Writer)
	pipe  bool   // it comes by the standard input
	file  string // what to give instead: a device
	code  string // of the fault
	exit  int
}

// repeated writes a text so often, and holds but a little of it.
func repeated(w io.Writer, text string, times int) error {
	if text == "" {
		return nil
	}
	block := []byte(strings.Repeat(text, max(1, (64<<10)/len(text))))
	for left := times * len(text); left > 0; {
		n, err := w.Write(block[:min(left, len(block))])
		if err != nil {
			return err
		}
		left -= n
	}
	return nil
}

func again(before, text string, times int, behind string) func(t *testing.T, w io.Writer) {
	return func(t *testing.T, w io.Writer) {
		_, err := io.WriteString(w, before)
		require.NoError(t, err)
		require.NoError(t, ignoreClosed(repeated(w, text, times)))
		_, err = io.WriteString(w, behind)
		require.NoError(t, ignoreClosed(err))
	}
}

// ignoreClosed is nil for a pipe that nobody reads any more.
func ignoreClosed(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// zipOf is a ZIP whose parts are written one after another, name and writer by turns.
func zipOf(parts ...any) func(t *testing.T, w io.Writer) {
	return func(t *testing.T, w io.Writer) {
		z := zip.NewWriter(w)
		for i := 0; i < len(parts); i += 2 {
			part, err := z.Create(parts[i].(string))
			require.NoError(t, err)
			parts[i+1].(func(*testing.T, io.Writer))(t, part)
		}
		require.NoError(t, z.Close())
	}
}

func xlsxBomb(sheet func(*testing.T, io.Writer), more ...any) func(t *testing.T, w io.Writer) {
	book := again(`<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`, "", 0, "")
	return zipOf(append([]any{
		"xl/workbook.xml", book, "xl/_rels/workbook.xml.rels", again(`<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>`, "", 0, ""),
		"xl/worksheets/s.xml", sheet,
	}, more...)...)
}

// headed are rows of a table of order forms, so that it is read to its end.
const headed = `<s><row r="1"><c t="str"><v>uai</v></c><c t="str"><v>effectif</v></c></row>`

// lying is a ZIP whose part says that it unpacks to 100 bytes, and unpacks to 200 million.
func lying(t *testing.T, w io.Writer) {
	var out bytes.Buffer
	xlsxBomb(again(headed, " ", 200_000_000, "</s>"))(t, &out)
	content := out.Bytes()
	for at := 0; ; {
		i := bytes.Index(content[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		if size := content[at+24 : at+28]; binary.LittleEndian.Uint32(size) > 1<<20 {
			binary.LittleEndian.PutUint32(size, 100)
		}
		at += 4
	}
	_, err := w.Write(content)
	require.NoError(t, err)
}

// manyParts is the folder of a ZIP of 10^6 parts, written by hand so that this process holds none of it: what it holds would count as the
// child's.
func manyParts(t *testing.T, w io.Writer) {
	out := bufio.NewWriter(w)
	_, err := out.Write(append([]byte("PK\x03\x04"), make([]byte, 26)...)) // of a first part, of which nobody speaks
	require.NoError(t, err)
	entry := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	entry[28] = 7 // bytes of the name
	for i := range 1_000_000 {
		_, err := fmt.Fprintf(out, "%s%07d", entry, i)
		require.NoError(t, err)
	}
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	binary.LittleEndian.PutUint16(end[8:], 1_000_000%(1<<16))
	binary.LittleEndian.PutUint16(end[10:], 1_000_000%(1<<16))
	binary.LittleEndian.PutUint32(end[12:], uint32(1_000_000*(len(entry)+7)))
	binary.LittleEndian.PutUint32(end[16:], 30)
	_, err = out.Write(end)
	require.NoError(t, errors.Join(err, out.Flush()))
}

// withNumbers writes a text so often with a number in it, which packs badly.
func withNumbers(before, text string, times int, behind string) func(t *testing.T, w io.Writer) {
	return func(t *testing.T, w io.Writer) {
		out := bufio.NewWriter(w)
		_, err := out.WriteString(before)
		require.NoError(t, err)
		for i := range times {
			_, err := fmt.Fprintf(out, text, i*7919%times)
			require.NoError(t, err)
		}
		_, err = out.WriteString(behind)
		require.NoError(t, errors.Join(err, out.Flush()))
	}
}

var bombs = []bomb{
	{name: "mapping: one line of 1 GB", args: "import orders g T.csv --mapping FILE", write: again("uai = ", "a", 1<<30, "\n"), code: "R0534", exit: exitMisused},
	{name: "mapping: endless", args: "import orders g T.csv --mapping FILE", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "commands: one line of 1 GB, from a pipe", args: "record -", write: again(`{"command":"`, "a", 1<<30, "\"}\n"), pipe: true, code: "R0016", exit: exitMisused},
	{name: "commands: endless", args: "record FILE", file: "/dev/zero", code: "R0016", exit: exitMisused},
	{name: "commands: endless, going on", args: "record --keep-going FILE", file: "/dev/zero", code: "R0016", exit: exitMisused},
	{name: "commands: 100,000 deep", args: "record FILE", write: again(`{"command":"found-group","data":`, "[", 100_000, "\n"), code: "R0519", exit: exitMisused},
	{name: "changes: 100,000 deep", args: "found g --name n --title t --changes FILE", write: again("", "[", 100_000, strings.Repeat("]", 100_000)), code: "R0535", exit: exitMisused},
	{name: "changes: endless", args: "found g --name n --title t --changes FILE", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "fields: 100,000 deep", args: "correct g 1 --kind clerical --reason r --fields FILE", write: again("", `{"a":`, 100_000, "1"+strings.Repeat("}", 100_000)), code: "R0536", exit: exitMisused},
	{name: "document: endless", args: "document add g FILE --kind k", file: "/dev/zero", code: "R0015", exit: exitMisused},
	{name: "evidence: endless", args: "found g --name n --title t --evidence law:x:FILE", file: "/dev/zero", code: "R0015", exit: exitMisused},
	{name: "text: endless", args: "obligation set g 1 --text FILE --basis b", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "public key: endless", args: "verify --public-key FILE", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "checkpoint: endless", args: "verify --checkpoint FILE", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "receipt: endless", args: "verify-receipt FILE", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "key: endless", args: "groups --key FILE", file: "/dev/zero", code: "", exit: exitFailed},
	{name: "published file: endless", args: "reproduce FILE", file: "/dev/zero", code: "R0534", exit: exitMisused},
	{name: "table: a device", args: "import orders g FILE", file: "/dev/zero", code: "R0801", exit: exitMisused},
	{name: "table: billion laughs", args: "import orders g FILE", write: xlsxBomb(again(`<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`+headed+`<row><c><v>&b;</v></c></row></s>`, "", 0, "")), code: "R0806", exit: exitMisused},
	{name: "table: unpacks a thousandfold", args: "import orders g FILE", write: xlsxBomb(again(headed, " ", 1_000_000_000, "</s>")), code: "R0808", exit: exitMisused},
	{name: "table: says that it unpacks to less", args: "import orders g FILE", write: lying, code: "R0806", exit: exitMisused},
	{name: "table: a million parts", args: "import orders g FILE", write: manyParts, code: "R0808", exit: exitMisused},
	{name: "table: a million tables", args: "import orders g FILE", write: zipOf("xl/workbook.xml", withNumbers("<w>", `<sheet name="%d"/>`, 1_000_000, "</w>"), "xl/_rels/workbook.xml.rels", again("<r/>", "", 0, "")), code: "R0808", exit: exitMisused},
	{name: "table: 100,000 deep", args: "import orders g FILE", write: xlsxBomb(again(headed, "<row>", 100_000, "")), code: "R0806", exit: exitMisused},
	{name: "table: a text of 40 MB", args: "import orders g FILE", write: xlsxBomb(withNumbers(headed+`<row><c t="str"><v>`, " %d", 5_000_000, `</v></c></row></s>`)), code: "R0808", exit: exitMisused},
	{name: "table: a shared text of 6 MB in runs", args: "import orders g FILE", write: xlsxBomb(again(headed+`</s>`, "", 0, ""), "xl/sharedStrings.xml", withNumbers("<sst><si>", "<r><t>%d</t></r>", 300_000, "</si></sst>")), code: "R0812", exit: exitMisused},
	{name: "table: 4.3 million shared texts", args: "import orders g FILE", write: xlsxBomb(again(headed+`</s>`, "", 0, ""), "xl/sharedStrings.xml", withNumbers("<sst>", "<si>%d</si>", 4_300_000, "</sst>")), code: "R0808", exit: exitMisused},
	{name: "table: 1.1 million merged cells", args: "import orders g FILE", write: xlsxBomb(withNumbers(headed, `<mergeCell ref="A%d:B1"/>`, 1_100_000, "</s>")), code: "R0808", exit: exitMisused},
	{name: "table: CSV of one line of 100 MB", args: "import orders g FILE", write: again("uai;effectif\n\"", "a;", 50_000_000, "\"\n"), code: "R0808", exit: exitMisused},
	{name: "table: JSON of one line of 200 MB", args: "import orders g FILE", write: again("{\"uai\":\"", "a", 200_000_000, "\"}\n"), code: "R0808", exit: exitMisused},
	{name: "table: JSON 100,000 deep", args: "import orders g FILE", write: again(`{"uai":`, "[", 100_000, "\n"), code: "R0860", exit: exitMisused},
}

func TestBombsAreRefusedInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes some gigabytes")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "T.csv"), []byte("uai;effectif\n"), 0o600))
	out, exit := command(t, dir, "found", "g", "--name", "Essai", "--title", "Convention", "--data", "d")
	require.Zero(t, exit, out)
	_, out, bare, _ := drop(t, dir, &bomb{args: "groups"})
	t.Logf("`groups` takes %d MiB: %s", bare>>10, out)
	for _, b := range bombs {
		t.Run(b.name, func(t *testing.T) {
			exit, out, resident, took := drop(t, dir, &b)
			assert.Equal(t, b.exit, exit, out)
			if b.code != "" {
				assert.Contains(t, out, "["+b.code+"]")
			}
			assert.Less(t, resident, int64(mostResident), out)
			t.Logf("%d MiB, %v: %s", resident>>10, took.Round(time.Millisecond), strings.TrimSpace(out))
		})
	}
}

// drop gives a bomb to the program, and says what it took for it, in KiB.
func drop(t *testing.T, dir string, b *bomb) (exit int, said string, resident int64, took time.Duration) {
	file := b.file
	if b.write != nil && !b.pipe {
		file = filepath.Join(dir, "bomb")
		f, err := os.Create(file)
		require.NoError(t, err)
		b.write(t, f)
		require.NoError(t, f.Close())
		defer os.Remove(file)
	}
	args := append(strings.Fields(strings.ReplaceAll(b.args, "FILE", file)), "--data", "d", "--lang", "en")
	measured := filepath.Join(t.TempDir(), "resident")
	cmd := exec.Command("resident", append([]string{measured, "registre"}, args...)...)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	if b.pipe {
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		go func() {
			b.write(t, in)
			_ = in.Close()
		}()
	}
	begun := time.Now()
	require.NoError(t, cmd.Run(), out.String())
	took = time.Since(begun)
	text, err := os.ReadFile(measured)
	require.NoError(t, err)
	_, err = fmt.Sscan(string(text), &exit, &resident)
	require.NoError(t, err, string(text))
	return exit, out.String(), resident, took
}

// resident runs a program, and writes into a file how it ended, and how many KiB it held at most. What is begun counts as holding what
// whoever began it holds at that moment: hence this process in between, which holds little, and not the one that runs all tests.
func resident() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	said := fmt.Sprintln(cmd.ProcessState.ExitCode(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if err := os.WriteFile(os.Args[1], []byte(said), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func init() { ownPrograms["resident"] = resident }
