package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"registre/eventstore/archive"
)

// partSuffix ends the name of what is not whole yet.
const partSuffix = ".part"

// finding is what evidence says of itself, in finding.json.
type finding struct {
	Cause  string    `json:"cause"`
	File   string    `json:"file,omitempty"` // below the archive's folder
	Group  string    `json:"group,omitempty"`
	Key    string    `json:"key"` // the public key that both checkpoints are held to
	Kind   string    `json:"kind"`
	Number uint64    `json:"number,omitempty"`
	Seen   time.Time `json:"seen"`
	Source string    `json:"source"`
}

// mostUnsigned is how many folders of evidence there can be before what anybody could have sent is no longer kept: a server
// that sends other nonsense every time shall not fill the disk. Another history, which needs the key, is always kept.
const mostUnsigned = 64

var errEnough = errors.New("there is enough evidence of this kind: what is there is to be looked at, and put aside")

// keep keeps what an alarm rests on, durably, in a folder of its own, which it gives: finding.json, and as they were received the
// checkpoint that was held before (held), the one that was found (received), and the file at fault (file). The same
// evidence has the same name, and is kept once.
func (m *Monitor) keep(alarm *archive.Alarm) (string, error) {
	name := filepath.Join(m.dir, evidenceDir, nameOf(alarm))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	there, _ := os.ReadDir(filepath.Join(m.dir, evidenceDir)) // none, before the first
	if len(there) >= mostUnsigned && !errors.Is(alarm, archive.ErrRewritten) {
		return name, errEnough
	}
	text, err := json.MarshalIndent(finding{
		Cause: alarm.Cause.Error(), File: alarm.File, Group: string(alarm.Group), Key: archive.FormatPublicKey(m.key),
		Kind: alarm.Kind(), Number: alarm.Number, Seen: time.Now().UTC(), Source: m.source.String(),
	}, "", "  ")
	if err != nil {
		return name, err
	}
	return name, placeFolder(name, map[string][]byte{
		"finding.json": append(text, '\n'), "held": alarm.Held, "received": alarm.Signed, "file": alarm.Received,
	})
}

// nameOf names evidence by its kind and what is in it. Of checkpoints the text counts: signatures of strangers can be added to one
// without end.
func nameOf(alarm *archive.Alarm) string {
	sum := sha256.New()
	for _, part := range [][]byte{[]byte(alarm.String()), textOf(alarm.Held), textOf(alarm.Signed), alarm.Received} {
		one := sha256.Sum256(part)
		sum.Write(one[:])
	}
	return alarm.Kind() + "-" + hex.EncodeToString(sum.Sum(nil)[:8])
}

// textOf is the text of a signed checkpoint, or all of what is none.
func textOf(signed []byte) []byte {
	c, err := archive.UnverifiedCheckpoint(signed)
	if err != nil {
		return signed
	}
	return c.Text()
}

// placeFolder gives a folder with files its name once all of it is durable. Files of nothing are left out.
func placeFolder(name string, files map[string][]byte) error {
	part := name + partSuffix
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o755)); err != nil {
		return err
	}
	for file, content := range files {
		if content == nil {
			continue
		}
		if err := writeSynced(filepath.Join(part, file), content); err != nil {
			return err
		}
	}
	if err := syncPath(part); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return errors.Join(syncPath(filepath.Dir(name)), syncPath(filepath.Dir(filepath.Dir(name))))
}

// placeFile gives a file its name once it is durable.
func placeFile(name string, content []byte) error {
	if err := writeSynced(name+partSuffix, content); err != nil {
		return err
	}
	if err := os.Rename(name+partSuffix, name); err != nil {
		return err
	}
	return syncPath(filepath.Dir(name))
}

func writeSynced(name string, content []byte) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}

// syncPath brings a file or a folder to the disk.
func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
