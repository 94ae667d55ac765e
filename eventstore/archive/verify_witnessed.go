package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// witnesses holds the log of heads to the checkpoint that was kept with its cosignatures. Whose they are is for who has a
// policy.
func (v *Verification) witnesses() {
	signed, err := readMost(filepath.Join(v.dir, witnessedPath), MaxSigned)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		_, _, err = OpenCheckpoint(signed, v.Key.Name(), v.ring)
	}
	if err != nil {
		v.found(Finding{Copy: InArchive, File: witnessedPath, Cause: err})
		return
	}
	if err := v.continuesFrom(signed); err != nil {
		v.found(Finding{Copy: InArchive, File: witnessedPath, Cause: fmt.Errorf("%w: %w", ErrRewritten, err)})
		return
	}
	v.Witnessed = signed
}
