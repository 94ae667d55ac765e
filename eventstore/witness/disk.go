package witness

import (
	"errors"
	"os"
)

// A disk is every way in which a witness changes files. Each call is one step, before and after which the power may go.
type disk struct {
	write  func(path string, content []byte) error // a whole file, not yet durable
	fsync  func(path string) error                 // brings a file or a folder to the disk
	rename func(from, to string) error
	remove func(path string) error
}

var thisDisk = disk{
	write:  func(path string, content []byte) error { return os.WriteFile(path, content, 0o644) },
	fsync:  syncPath,
	rename: os.Rename,
	remove: os.Remove,
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// A doubtfulError says that a file may or may not have taken the place of another.
type doubtfulError struct{ cause error }

func (e *doubtfulError) Error() string { return "either may stand: " + e.cause.Error() }
func (e *doubtfulError) Unwrap() error { return e.cause }

// place writes a file and gives it its name, durably. Its error is a *doubtfulError from the moment on at which the new one may
// stand; before that, the old one does.
func (d disk) place(dir, name string, content []byte) error {
	final := dir + string(os.PathSeparator) + name
	temp := final + tempSuffix
	if err := d.write(temp, content); err != nil {
		return err
	}
	if err := d.fsync(temp); err != nil {
		return err
	}
	if err := d.rename(temp, final); err != nil {
		return &doubtfulError{err}
	}
	if err := d.fsync(dir); err != nil {
		return &doubtfulError{err}
	}
	return nil
}

// tempSuffix ends the name of a file that has not got its own yet. Who opens the folder removes it.
const tempSuffix = ".tmp"
