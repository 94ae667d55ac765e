package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// logsFile lists the logs that a witness watches: a vkey a line, several for a log whose key is changed. Empty lines and those
// that begin with # are skipped.
const logsFile = "logs"

// Bounds of it.
const (
	maxLogsFile = 1 << 20 // bytes
	maxLogs     = 10_000  // keys
)

// watched are the keys of the logs, by origin.
type watched map[string][]archive.PublicKey

// parseLogs reads the file of logs. Its error names the line.
func parseLogs(text []byte) (watched, error) {
	if len(text) > maxLogsFile {
		return nil, fmt.Errorf("%w: %s has %d bytes, and %d are the most", archive.ErrMalformed, logsFile, len(text), maxLogsFile)
	}
	all, n := watched{}, 0
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, err := archive.ParsePublicKey(line)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", logsFile, i+1, err)
		}
		if n++; n > maxLogs {
			return nil, fmt.Errorf("%s: line %d: %w: more than %d keys", logsFile, i+1, archive.ErrMalformed, maxLogs)
		}
		all[key.Name()] = append(all[key.Name()], key)
	}
	return all, nil
}

// verifiers check what the keys of one log have signed; nil where the log is unknown.
func (w watched) verifiers(origin string) note.Verifiers {
	var all []note.Verifier
	seen := map[uint32]bool{}
	for _, key := range w[origin] {
		if v, err := key.Verifier(origin); err == nil && !seen[v.KeyHash()] {
			seen[v.KeyHash()], all = true, append(all, v)
		}
	}
	if all == nil {
		return nil
	}
	return note.VerifierList(all...)
}

// A stamp tells whether a file has changed.
type stamp struct {
	at   time.Time
	size int64
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// AddLog adds a key to the logs that the witness in a folder watches, durably; it says whether the key was there already. A
// witness that is running takes it up with the next submission.
func AddLog(dir string, key archive.PublicKey) (already bool, err error) {
	path := filepath.Join(dir, logsFile)
	text, err := atmost.File(path, maxLogsFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("add a log: %w", err)
	}
	all, err := parseLogs(text)
	if err != nil {
		return false, err
	}
	vkey := archive.FormatPublicKey(key)
	for _, k := range all[key.Name()] {
		already = already || archive.FormatPublicKey(k) == vkey
	}
	if already {
		return true, nil
	}
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n')
	}
	if err := thisDisk.place(dir, logsFile, append(text, vkey+"\n"...)); err != nil {
		return false, fmt.Errorf("add a log: %w", err)
	}
	return false, nil
}
