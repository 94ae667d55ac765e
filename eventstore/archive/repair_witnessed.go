package archive

import (
	"errors"
	"path/filepath"
)

// mendWitnessed takes away a witnessed checkpoint that cannot be read: the witnesses are asked again. One that can be read and that the
// log does not continue stays: it is evidence, and nothing here can mend that.
func (r *repairer) mendWitnessed() error {
	for _, f := range r.Findings {
		if f.File != witnessedPath || errors.Is(f.Cause, ErrRewritten) {
			continue
		}
		if err := errors.Join(thisDisk.remove(filepath.Join(r.dir, witnessedPath)), syncPath(r.dir)); err != nil {
			return err
		}
		r.say(Step{What: MendedWitnessed, Files: []string{witnessedPath}})
	}
	return nil
}
