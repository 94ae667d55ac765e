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

// keep keeps what an alarm rests on, durably, in a folder of its own, which it gives: finding.json, and as they were received the
// checkpoint that was held before (held), the one that was found (received), and the file at fault (file). The same
// evidence has the same name, and is kept once.
func (m *Monitor) keep(alarm *archive.Alarm) (string, error) {
	sum := sha256.New()
	for _, part := range [][]byte{[]byte(alarm.String()), alarm.Held, alarm.Signed, alarm.Received} {
		size := sha256.Sum256(part)
		sum.Write(size[:])
	}
	name := filepath.Join(m.dir, evidenceDir, alarm.Kind()+"-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if _, err := os.Stat(name); err == nil {
		return name, nil
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
