package witness

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"registre/eventstore/atmost"
)

// An Alarm is a contradiction that stands until the witness cosigns again: it outlives the process that has met it.
type Alarm struct {
	Witness string    `json:"witness"`
	Theirs  uint64    `json:"theirs"` // states that the witness has cosigned; 0 where it did not say
	Ours    uint64    `json:"ours"`   // that were here
	Seen    time.Time `json:"seen"`   // first, in UTC
}

// Error is what the alarm says.
func (a Alarm) Error() *ContradictedError { return &ContradictedError{a.Witness, a.Theirs, a.Ours} }

// maxAlarms is how many bytes of alarms are read.
const maxAlarms = 64 << 20

// ReadAlarms reads the file in which alarms stand, in the order of their witnesses; none where there is no file.
func ReadAlarms(path string) ([]Alarm, error) {
	text, err := atmost.File(path, maxAlarms)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Alarm
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		var a Alarm
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+1, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// writeAlarms writes them, durably; without any the file goes.
func writeAlarms(path string, all []Alarm) error {
	if len(all) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	slices.SortFunc(all, func(a, b Alarm) int { return strings.Compare(a.Witness, b.Witness) })
	var text []byte
	for _, a := range all {
		line, err := json.Marshal(a)
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	return thisDisk.place(filepath.Dir(path), filepath.Base(path), text)
}
