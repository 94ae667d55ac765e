package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"registre/domain"
	"registre/eventstore"
)

// A copy has no tail from which the heads of groups could be made that were published before them. So that it stands as it stood
// when it is cut off in between, the checkpoints of the groups are kept until that of the log of heads has followed:
//
//	heads/checkpoint.next            the checkpoint that is about to stand; while it lies there, the one of before counts
//	groups/NAME/checkpoint.before    and so does this one of the group's; empty where it had none
//
// Renaming the former to its place is the one step in which the copy goes from one state to the next. Readers who know of neither
// find groups that are ahead of the log of heads, and come again.
const (
	nextPath   = checkpointPath + ".next"
	beforePath = checkpointPath + ".before"
)

// earlier gives the file with the checkpoint of before of a group's log, in an archive's folder, where that still counts.
func earlier(dir, log string) (file string, ok bool) {
	if path.Dir(log) != groupsDir {
		return "", false
	}
	file = filepath.Join(dir, filepath.FromSlash(log), beforePath)
	for _, name := range []string{filepath.Join(dir, headsDir, nextPath), file} {
		if _, err := os.Lstat(name); err != nil {
			return "", false
		}
	}
	return file, true
}

// notNone tells an empty file of before, which stands for none.
func notNone(signed []byte, err error) ([]byte, error) {
	if err == nil && len(signed) == 0 {
		return nil, fs.ErrNotExist
	}
	return signed, err
}

// publishTogether publishes groups, and the log of heads with them.
func (m *Mirror) publishTogether(groups []publication, heads publication) error {
	next := heads.log.at(nextPath)
	err := heads.mayPublish()
	for _, step := range []func() error{
		func() error { return m.disk.write(next, heads.signed) },
		func() error { return m.disk.fsync(next) },
		func() error { return m.disk.fsync(heads.log.dir) },
		func() error { return m.keepBefore(groups) },
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		return fmt.Errorf("publish a checkpoint of %s: %w: %w", heads.log.origin, eventstore.ErrNotWritten, err)
	}
	if err := publish(groups); err != nil {
		return err
	}
	l := landing{disk: m.disk, temps: []string{next}, finals: []string{heads.log.at(checkpointPath)}}
	l.folders = []string{heads.log.dir, filepath.Dir(filepath.Clean(heads.log.dir))}
	if err := l.rename(); err != nil {
		return fmt.Errorf("publish a checkpoint of %s: %w: %w", heads.log.origin, eventstore.ErrUnknown, err)
	}
	return m.settle()
}

// keepBefore keeps the checkpoints that stand, durably.
func (m *Mirror) keepBefore(groups []publication) error {
	l := landing{disk: m.disk}
	for _, g := range groups {
		name := g.log.at(beforePath)
		if err := m.disk.write(name+tempSuffix, g.was); err != nil {
			return err
		}
		l.temps, l.finals, l.folders = append(l.temps, name+tempSuffix), append(l.finals, name), append(l.folders, g.log.dir)
	}
	if err := l.sync(l.temps); err != nil {
		return err
	}
	return l.rename()
}

// settle brings a copy that was cut off while it published to the one state or the other, durably: to that of before where the
// checkpoint of the log of heads had not followed yet.
func (m *Mirror) settle() error {
	next := filepath.Join(m.dir, headsDir, nextPath)
	_, err := os.Lstat(next)
	back := err == nil
	entries, err := os.ReadDir(filepath.Join(m.dir, groupsDir))
	if err != nil {
		return err
	}
	l := landing{disk: m.disk}
	for _, entry := range entries {
		dir := filepath.Join(m.dir, groupsDir, entry.Name())
		before, err := os.Lstat(filepath.Join(dir, beforePath))
		if !domain.ValidID(entry.Name()) || err != nil {
			continue
		}
		if err := m.settleGroup(dir, back, before.Size() == 0); err != nil {
			return err
		}
		l.folders = append(l.folders, dir)
	}
	if err := l.sync(l.folders); err != nil || !back {
		return err
	}
	return errors.Join(m.disk.remove(next), m.disk.fsync(filepath.Dir(next)))
}

// settleGroup gives a group its checkpoint of before back, or takes that away.
func (m *Mirror) settleGroup(dir string, back, none bool) error {
	before, stands := filepath.Join(dir, beforePath), filepath.Join(dir, checkpointPath)
	if back && !none {
		return m.disk.rename(before, stands)
	}
	if back {
		if err := m.disk.remove(stands); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return m.disk.remove(before)
}
