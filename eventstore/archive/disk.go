package archive

import (
	"io"
	"os"
)

// A disk is every way in which an archive changes files. Each call is one step, before and after which the power may go.
type disk struct {
	fsync    func(path string) error // brings a file or a folder to the disk
	syncfs   func(path string) error // brings its whole file system there, where there are many files
	open     func(path string, flag int) (file, error)
	write    func(path string, content []byte) error // a whole file
	rename   func(from, to string) error
	mkdir    func(path string) error // with those above it
	remove   func(path string) error
	removeIn func(path string) error // a folder with what is in it
}

// A file is one that is written to at several times.
type file interface {
	io.WriteCloser
	io.WriterAt
	Truncate(size int64) error
	Sync() error // brings its bytes to the disk, and of what is known about it what is needed to read them
	// WriteOut has so many of its bytes reach the device, which may keep them in its cache until it is flushed. They must have been
	// written over others that Sync has brought to the disk.
	WriteOut(from, size int64) error
}

// A dataFile is a file of the operating system's.
type dataFile struct{ *os.File }

// Sync implements file.
func (f dataFile) Sync() error { return syncData(f.File) }

// WriteOut implements file.
func (f dataFile) WriteOut(from, size int64) error { return writeOut(f.File, from, size) }

var thisDisk = disk{
	fsync:    syncPath,
	syncfs:   syncFS,
	open:     openData,
	write:    func(path string, content []byte) error { return os.WriteFile(path, content, fileMode) },
	rename:   os.Rename,
	mkdir:    func(path string) error { return os.MkdirAll(path, folderMode) },
	remove:   os.Remove,
	removeIn: os.RemoveAll,
}

func openData(path string, flag int) (file, error) {
	f, err := os.OpenFile(path, flag, fileMode)
	if err != nil {
		return nil, err
	}
	return dataFile{f}, nil
}
