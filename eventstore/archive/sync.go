package archive

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manyFiles is from how many files on one sync of the whole file system is used instead of one for each file. In BenchmarkLand
// the one sync is level with about five others; but it also waits for what other programs have not yet brought to the disk.
const manyFiles = 12

// Land brings to the disk what the extension has written, and then gives the files their names, durably. It does not
// touch the checkpoint. After an error the extension is of no more use, since a second sync may succeed without having
// done what the first one failed at: begin with Extend again.
func (x *Extension) Land() error { return Land(x) }

// Land lands several extensions at once, of as many logs, which costs less than one after the other.
func Land(extensions ...*Extension) error {
	err := landAll(extensions)
	if err != nil {
		err = fmt.Errorf("bring tiles to the disk: %w", err)
		for _, x := range extensions {
			x.broken = cmp.Or(x.broken, err)
		}
	}
	return err
}

func landAll(extensions []*Extension) error {
	var l landing
	for _, x := range extensions {
		if x.broken != nil {
			return x.broken
		}
		l.add(x)
	}
	if err := l.sync(l.temps); err != nil {
		return err
	}
	return l.rename()
}

// rename gives the files their names, durably.
func (l *landing) rename() error {
	for i, temp := range l.temps {
		if err := l.disk.rename(temp, l.finals[i]); err != nil {
			return err
		}
	}
	return l.sync(l.folders)
}

// publish adds the checkpoint of a log.
func (l *landing) publish(log *Log) {
	l.disk = log.disk
	path := log.at(checkpointPath)
	l.temps, l.finals = append(l.temps, path+tempSuffix), append(l.finals, path)
	l.folders = append(l.folders, log.dir, filepath.Dir(filepath.Clean(log.dir)))
}

// A landing is what several extensions have to bring to the disk.
type landing struct {
	disk          disk // of the last log
	temps, finals []string
	folders       []string // from the leaves up
}

func (l *landing) add(x *Extension) {
	l.disk = x.log.disk
	for _, name := range x.staged {
		l.temps = append(l.temps, x.log.at(name)+tempSuffix)
		l.finals = append(l.finals, x.log.at(name))
	}
	below := slices.SortedFunc(maps.Keys(x.folders), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(b, "/"), strings.Count(a, "/")), strings.Compare(b, a))
	})
	for _, name := range below {
		l.folders = append(l.folders, x.log.at(name))
	}
	if len(below) > 0 {
		l.folders = append(l.folders, filepath.Dir(filepath.Clean(x.log.dir)))
	}
}

// sync brings files or folders to the disk: one by one, or with their whole file systems.
func (l *landing) sync(paths []string) error {
	systems := map[uint64]string{}
	if len(paths) >= manyFiles {
		systems = fileSystems(paths)
	}
	for _, path := range systems {
		if err := l.disk.syncfs(path); err != nil {
			return err
		}
	}
	if len(systems) > 0 {
		return nil
	}
	done := map[string]bool{}
	for _, path := range paths {
		if done[path] {
			continue
		}
		if err := l.disk.fsync(path); err != nil {
			return err
		}
		done[path] = true
	}
	return nil
}

// syncPath brings a file or a folder to the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
