package jetstream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A syncWay is how acknowledged writes come to the disk. docs/decisions/002-commit.md holds the measurements.
type syncWay int

const (
	bySyncFiles  syncWay = iota // one fsync of each file that changed, for all waiting appends: the way chosen
	bySyncFS                    // one syncfs of the file system
	bySyncAlways                // the server syncs every message; Sync has nothing left to do
	byBatch                     // as bySyncAlways, with one atomic batch for all waiting appends
)

// String implements fmt.Stringer.
func (w syncWay) String() string {
	return [...]string{"files", "syncfs", "always", "batch"}[w]
}

// always says whether the server syncs by itself what it acknowledges.
func (w syncWay) always() bool { return w == bySyncAlways || w == byBatch }

const (
	blockSuffix = ".blk"
	messageDir  = "msgs"
	metaFile    = "meta.inf"
)

// A syncer makes what the server has written durable. The server, running without SyncAlways, has written a message
// into its file before it acknowledges it; what is left is to bring the file to the disk.
//
// It leans on this of the server, which TestSyncFindsEveryChange watches: messages are only ever added to the block
// file with the highest number, which is msgs/N.blk; when that is full, a block with the next number follows.
type syncer struct {
	way    syncWay
	root   string                  // the data folder
	stream string                  // the stream's folder in it
	fsync  func(path string) error // of a file or a folder
	begin  func(path string)       // has a file begin to be written out, in the background

	mu     sync.Mutex
	listed listing           // of the blocks
	from   uint64            // blocks below had their last byte synced
	known  uint64            // the highest block whose name is durable
	meta   map[string]fileID // the stream's own files as they were synced
	broken error             // why nothing can be trusted any more
}

// A fileID changes whenever a file is written or replaced.
type fileID struct {
	size  int64
	nanos int64
}

func newSyncer(root string, way syncWay) *syncer {
	return &syncer{
		way:    way,
		root:   root,
		stream: filepath.Join(root, serverDir, "$G", "streams", streamName),
		fsync:  syncPath,
		begin:  beginWriting,
		meta:   map[string]fileID{},
	}
}

// failed gives the error after which nothing more may be written.
func (s *syncer) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// poison makes every later call fail.
func (s *syncer) poison(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = err
	}
}

// sync returns once everything that the server had acknowledged before the call is durable. A failed fsync may have
// dropped what it should have written, and the next one would succeed without it: so there is no next one.
func (s *syncer) sync(ctx context.Context) error { return s.syncAlong(ctx, nil) }

// syncAlong is sync, which calls along, where that is not nil, before the first fsync. Nothing is synced where that fails, and a
// later call does it.
func (s *syncer) syncAlong(ctx context.Context, along func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if along != nil {
		s.beginBlocks()
		if err := along(); err != nil {
			return err
		}
	}
	err := s.bring()
	if err == nil && along != nil && len(s.listed.blocks) == 0 {
		err = s.fsync(filepath.Join(s.stream, metaFile)) // no file was synced that must be: a folder's fsync need not flush
	}
	if err != nil {
		s.broken = fmt.Errorf("the disk did not take what was written: %w", err)
	}
	return s.broken
}

func (s *syncer) bring() error {
	switch s.way {
	case bySyncFS:
		return syncFS(s.root)
	case bySyncFiles:
		return errors.Join(s.syncBlocks(), s.syncMeta())
	default:
		return nil
	}
}

// syncBlocks syncs every block that may have changed since the last sync, found by listing the folder and not by
// remembering: the server may have begun several blocks meanwhile. In ascending order, so that a cut in between leaves
// the beginning.
func (s *syncer) syncBlocks() error {
	dir := filepath.Join(s.stream, messageDir)
	blocks, err := s.listed.blocksIn(dir)
	if err != nil {
		return err
	}
	at, _ := slices.BinarySearch(blocks, s.from)
	for _, block := range blocks[at:] {
		if err := s.fsync(blockPath(s.stream, block)); err != nil {
			return err
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	last := blocks[len(blocks)-1]
	if last > s.known {
		if err := s.fsync(dir); err != nil {
			return err
		}
	}
	s.from, s.known = last, max(last, s.known)
	return nil
}

// beginBlocks has the blocks that may have changed begin to be written out. What it does not find, or cannot do, syncBlocks will.
func (s *syncer) beginBlocks() {
	blocks, err := s.listed.blocksIn(filepath.Join(s.stream, messageDir))
	if err != nil {
		return
	}
	at, _ := slices.BinarySearch(blocks, s.from)
	for _, block := range blocks[at:] {
		s.begin(blockPath(s.stream, block))
	}
}

// A listing is what a folder held, for as long as that is sure. A folder's time of change moves with every file that is
// made in it, but in steps of some milliseconds: what was listed counts for later only if that time had stood still a
// while when it was listed. Listing each time anew would cost as much as the sync once there are a thousand blocks.
type listing struct {
	blocks  []uint64
	changed time.Time // the folder's time of change
	since   time.Time // when we first saw it
	settled bool      // whether blocks was listed well after that
}

const settling = time.Second

func (l *listing) blocksIn(dir string) ([]uint64, error) {
	stat, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if changed := stat.ModTime(); !changed.Equal(l.changed) {
		*l = listing{changed: changed, since: time.Now()}
	}
	if l.settled {
		return l.blocks, nil
	}
	l.settled = time.Since(l.since) > settling
	l.blocks, err = listBlocks(dir)
	return l.blocks, err
}

// listBlocks gives the numbers of the blocks in a folder, ascending.
func listBlocks(dir string) ([]uint64, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	blocks := make([]uint64, 0, len(names))
	for _, name := range names {
		number, isBlock := strings.CutSuffix(name, blockSuffix)
		if !isBlock {
			continue
		}
		block, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no block of this server: %w", name, err)
		}
		blocks = append(blocks, block)
	}
	slices.Sort(blocks)
	return blocks, nil
}

// syncMeta syncs the stream's own files where they have changed, which they do when its configuration does.
func (s *syncer) syncMeta() error {
	changed := false
	for _, name := range []string{metaFile, "meta.sum"} {
		path := filepath.Join(s.stream, name)
		stat, err := os.Stat(path)
		if err != nil {
			return err
		}
		id := fileID{size: stat.Size(), nanos: stat.ModTime().UnixNano()}
		if s.meta[name] == id {
			continue
		}
		if err := s.fsync(path); err != nil {
			return err
		}
		s.meta[name], changed = id, true
	}
	if changed {
		return s.fsync(s.stream)
	}
	return nil
}

// syncTree syncs every file and folder of the server, and every file beside them in the data folder, from the leaves up, and
// the name of the data folder itself. Opening begins with it: what a killed process had written can be read, although
// nobody has yet brought it to the disk. Other folders in the data folder are for those to sync whose they are.
func (s *syncer) syncTree() error {
	var dirs []string
	err := filepath.WalkDir(s.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // one of the server's temporary files
		case err != nil:
			return err
		case entry.IsDir() && filepath.Dir(path) == filepath.Clean(s.root) && entry.Name() != serverDir:
			return fs.SkipDir
		case entry.IsDir():
			dirs = append(dirs, path)
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		if err := s.fsync(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(dirs)
	for _, dir := range append(dirs, filepath.Dir(s.root)) {
		if err := s.fsync(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
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
