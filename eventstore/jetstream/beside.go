package jetstream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Why a folder is not of the kind that was asked for.
var (
	// ErrBeside says that the registers of a folder are on a server that somebody else runs: it holds key and archive only.
	ErrBeside = errors.New("the folder stands beside a server")
	// ErrNotBeside says that a folder has its own server.
	ErrNotBeside = errors.New("the folder has its own server")
)

// besideFile marks a folder that stands beside a server.
const (
	besideFile = "beside"
	besideText = "the registers are on a NATS server; this folder holds what one process keeps beside it\n"
)

// HoldBeside takes hold of a folder in which one process keeps what belongs beside a server that somebody else runs, and makes
// it where there is none and create says so. Other processes are kept out until release is called. Its errors are those of Open
// that concern the folder, and ErrNotBeside.
func HoldBeside(dir string, create bool) (release func() error, err error) {
	f, err := takeFolder(dir, create)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := f.prepareBeside(create); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, errors.Join(err, f.close()))
	}
	return f.close, nil
}

// StandsBeside says whether a folder is one whose registers are on a server that somebody else runs.
func StandsBeside(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, besideFile))
	return err == nil
}

func (f *folder) prepareBeside(create bool) error {
	if err := f.prepare(create); err != nil {
		return err
	}
	if !f.fresh {
		if _, err := os.Stat(f.path(besideFile)); err != nil {
			return ErrNotBeside
		}
		return nil
	}
	if err := f.write(besideFile, besideText); err != nil {
		return unwritable(err)
	}
	return f.finish()
}

// notBeside says whether a folder is one that has its own server.
func (f *folder) notBeside() error {
	if _, err := os.Stat(f.path(besideFile)); err == nil {
		return ErrBeside
	}
	return nil
}
