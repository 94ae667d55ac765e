package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// notes remember which logs a verification has found whole, so that one that was broken off need not begin again. They go
// when it is done: a file that was whole may not be so for ever. Losing them costs time alone.
type notes struct {
	path string
	mu   sync.Mutex
	file *os.File
	all  map[string]bool
}

// maxNotes is how many bytes of notes are read: some 100,000 logs. Where there are more, all is read anew.
const maxNotes = 16 << 20

// notesLast is how long notes are good for.
const notesLast = 24 * time.Hour

func openNotes(path string, full bool) *notes {
	n := &notes{path: path, all: map[string]bool{}}
	if path == "" || !full {
		return n
	}
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > notesLast {
		os.Remove(path)
	}
	if text, err := readMost(path, maxNotes); err == nil {
		for line := range strings.Lines(string(text)) {
			n.all[strings.TrimSuffix(line, "\n")] = true
		}
	}
	n.file, _ = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return n
}

// noteOf says of a log exactly what was checked: its checkpoint, and every head that names it.
func noteOf(g *kept) string {
	sum := sha256.New()
	sum.Write(g.signed)
	for _, h := range g.heads {
		fmt.Fprintln(sum, h.size, h.index, h.root)
	}
	return g.chain.log.origin + " " + hex.EncodeToString(sum.Sum(nil))
}

func (n *notes) has(g *kept) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.all) > 0 && n.all[noteOf(g)]
}

func (n *notes) add(g *kept) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file != nil {
		fmt.Fprintln(n.file, noteOf(g))
	}
}

// done closes the notes, and drops them where all was looked at.
func (n *notes) done(all bool) {
	if n.file == nil {
		return
	}
	n.file.Close()
	if all {
		os.Remove(n.path)
	}
}
