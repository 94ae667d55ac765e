package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"registre/eventstore/atmost"
)

// ErrUnreachable says that a source cannot be asked at the moment. It says nothing of the archive: another try may succeed.
var ErrUnreachable = errors.New("the source cannot be reached")

// A Source is where the files of an archive come from: a folder, or a server that serves one. It is not trusted: whatever
// it gives is held to what was signed before it is used, and it may say something else at every call. Several goroutines
// may call it at once.
type Source interface {
	// Get gives the file of a name below the archive's folder, with slashes. A file that is not there now is
	// fs.ErrNotExist; one of more than most bytes is ErrMalformed, and no more of it is taken than that. When the source
	// could not be asked, or broke off, it is ErrUnreachable; when ctx is done, the error of ctx.
	Get(ctx context.Context, name string, most int64) ([]byte, error)

	// String names it to people, without passwords.
	String() string
}

// Folder is the archive in a folder of this machine's.
func Folder(dir string) Source { return folder(dir) }

type folder string

// Get implements Source.
func (f folder) Get(ctx context.Context, name string, most int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if before, ok := earlier(string(f), path.Dir(name)); ok && path.Base(name) == checkpointPath {
		return notNone(f.get(before, most))
	}
	return f.get(filepath.Join(string(f), filepath.FromSlash(name)), most)
}

func (f folder) get(name string, most int64) ([]byte, error) {
	content, err := readMost(name, most)
	if err != nil && !errors.Is(err, ErrMalformed) {
		return nil, f.unread(err)
	}
	return content, err
}

// unread tells a file that is not there from a folder that is not there.
func (f folder) unread(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := os.Stat(string(f)); gone == nil {
			return err
		}
	}
	return fmt.Errorf("%w: %v", ErrUnreachable, err) // not fs.ErrNotExist: that would be said of the file
}

// String implements Source.
func (f folder) String() string { return string(f) }

// readMost reads a file of at most so many bytes. Its error is ErrMalformed where there are more, and otherwise what [os.ReadFile] gives.
func readMost(name string, most int64) ([]byte, error) {
	content, err := atmost.File(name, most)
	if long := (*atmost.Error)(nil); errors.As(err, &long) {
		return nil, tooLong(most)
	}
	return content, err
}

func tooLong(most int64) error {
	return fmt.Errorf("%w: more than %d bytes, which are the most that this file can have", ErrMalformed, most)
}
