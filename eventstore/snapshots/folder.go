package snapshots

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// A Register is what snapshots are of.
type Register interface {
	// RootAt is the root of a group's tree after event number, as archive.Store gives it.
	RootAt(group domain.GroupID, number uint64) (archive.Hash, error)
	// Sealer gives hashes that nobody can make without the key, as archive.Store does.
	Sealer(purpose string) func() hash.Hash
}

// Options say how snapshots are kept; the zero value is for earnest use.
type Options struct {
	Logger *slog.Logger
	Code   [32]byte                         // what made them; the zero value for eventstore.Code
	Most   int64                            // bytes of all files; 0 for 4 GiB
	Free   func(dir string) (uint64, error) // the room on the disk; nil where that is not known
}

const (
	header      = "registre-snapshot@v1\n"
	tempMark    = "~" // no group has one in its id
	most        = 4 << 30
	maxSnapshot = 1 << 30   // bytes of one file that are read
	longestHead = 512       // bytes of what stands before the content
	spare       = 512 << 20 // what is left to the register of the room on the disk
	sealSize    = 32
	purpose     = "registre-snapshot@v1"
	onlyOwner   = 0o700
)

// A Folder keeps snapshots in files. It implements eventstore.Snapshots. Two on one folder do each other no harm.
type Folder struct {
	dir      string
	register Register
	seal     func() hash.Hash
	options  Options

	saving sync.Mutex      // held while a file is written
	files  map[string]kept // that are there; nil before anybody has looked
}

// Open keeps snapshots of a register in a folder, which is made when the first is saved.
func Open(dir string, of Register, o Options) *Folder {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Most == 0 {
		o.Most = most
	}
	if o.Code == ([32]byte{}) {
		o.Code = eventstore.Code()
	}
	return &Folder{dir: dir, register: of, seal: of.Sealer(purpose), options: o}
}

func (f *Folder) path(group domain.GroupID) string { return filepath.Join(f.dir, string(group)) }

// Load implements eventstore.Snapshots.
func (f *Folder) Load(_ context.Context, group domain.GroupID, use func(number uint64, content *io.SectionReader)) error {
	if !domain.ValidID(string(group)) {
		return nil
	}
	file, err := openFile(f.path(group))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			f.note("a snapshot cannot be read", group, err)
		}
		return err
	}
	defer file.Close()
	number, content, err := f.open(group, file.all)
	if err == nil {
		use(number, content)
		err = file.unchanged()
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, errOtherCode) {
		f.note("a snapshot is not used", group, err)
	}
	_ = os.Remove(f.path(group))
	return err
}

// A snapshotFile is one that is read twice: it is held to its seal, and then used.
type snapshotFile struct {
	*os.File
	all    *io.SectionReader
	opened fs.FileInfo
}

func openFile(path string) (*snapshotFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errTorn
	case info.Size() > maxSnapshot:
		err = &atmost.Error{Path: path, Most: maxSnapshot}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &snapshotFile{file, io.NewSectionReader(file, 0, info.Size()), info}, nil
}

// unchanged fails where the file was written to since it was opened.
func (s *snapshotFile) unchanged() error {
	info, err := s.Stat()
	if err == nil && (info.Size() != s.opened.Size() || !info.ModTime().Equal(s.opened.ModTime())) {
		err = errTorn
	}
	return err
}

func (f *Folder) note(what string, group domain.GroupID, err error) {
	f.options.Logger.Warn(what+": the events are folded again", "group", group, "cause", err)
}

// Why a snapshot is not used.
var (
	errTorn      = errors.New("it is not as this house has written it")
	errOtherCode = errors.New("it was made by another program")
	errRegister  = errors.New("the register is not what it was made of")
)

// open gives what is in a file, if it may be used.
func (f *Folder) open(group domain.GroupID, file *io.SectionReader) (number uint64, content *io.SectionReader, err error) {
	head := make([]byte, min(file.Size(), longestHead))
	if err := readAt(file, head, 0); err != nil {
		return 0, nil, err
	}
	rest, ok := bytes.CutPrefix(head, []byte(header))
	if !ok {
		return 0, nil, errOtherCode // of another form
	}
	if rest, ok = bytes.CutPrefix(rest, f.options.Code[:]); !ok {
		return 0, nil, errOtherCode
	}
	if err := f.sealed(file); err != nil {
		return 0, nil, err
	}
	if rest, ok = bytes.CutPrefix(rest, appendText(nil, group)); !ok {
		return 0, nil, errTorn
	}
	number, n := binary.Uvarint(rest)
	if n <= 0 || len(rest)-n < len(archive.Hash{}) {
		return 0, nil, errTorn
	}
	root := archive.Hash(rest[n:])
	from, end := int64(len(head)-len(rest)+n+len(root)), file.Size()-sealSize
	if from > end {
		return 0, nil, errTorn
	}
	now, err := f.register.RootAt(group, number)
	switch {
	case err != nil:
		return 0, nil, fmt.Errorf("%w: %w", errRegister, err)
	case now != root:
		return 0, nil, fmt.Errorf("%w: the root after event %d is %v", errRegister, number, now)
	}
	return number, io.NewSectionReader(file, from, end-from), nil
}

// sealed fails unless a file ends with its seal.
func (f *Folder) sealed(file *io.SectionReader) error {
	end := file.Size() - sealSize
	if end < 0 {
		return errTorn
	}
	h := f.seal()
	if _, err := io.Copy(h, io.NewSectionReader(file, 0, end)); err != nil {
		return err
	}
	var seal [sealSize]byte
	if err := readAt(file, seal[:], end); err != nil {
		return err
	}
	if !hmac.Equal(h.Sum(nil), seal[:]) {
		return errTorn
	}
	return nil
}

// readAt fills room.
func readAt(file *io.SectionReader, room []byte, at int64) error {
	n, err := file.ReadAt(room, at)
	if n == len(room) {
		return nil
	}
	return err
}

func appendText(b []byte, group domain.GroupID) []byte {
	return append(binary.AppendUvarint(b, uint64(len(group))), group...)
}

// Save implements eventstore.Snapshots.
func (f *Folder) Save(_ context.Context, group domain.GroupID, number uint64, write func(io.Writer) error) {
	if !domain.ValidID(string(group)) {
		return
	}
	root, err := f.register.RootAt(group, number)
	if err == nil {
		err = f.write(group, f.head(group, number, root), write)
	}
	if err != nil {
		f.options.Logger.Warn("a snapshot is not saved, which costs time when the register is opened again", "group", group, "cause", err)
	}
}

// head is what stands before the content.
func (f *Folder) head(group domain.GroupID, number uint64, root archive.Hash) []byte {
	head := append([]byte(header), f.options.Code[:]...)
	return append(binary.AppendUvarint(appendText(head, group), number), root[:]...)
}

// write puts a file in the place of the one before. It is written aside, so that no reader meets half of it.
func (f *Folder) write(group domain.GroupID, head []byte, content func(io.Writer) error) error {
	f.saving.Lock()
	defer f.saving.Unlock()
	if err := os.MkdirAll(f.dir, onlyOwner); err != nil {
		return err
	}
	room, err := f.room()
	if err = cmp.Or(err, f.survey()); err != nil {
		return err
	}
	aside := f.path(group) + tempMark
	size, err := f.writeAll(aside, room, head, content)
	if err == nil {
		err = f.giveWay(group, size)
	}
	if err == nil {
		err = os.Rename(aside, f.path(group))
	}
	if err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	f.files[string(group)] = kept{size, time.Now()}
	return nil
}

// writeAll writes a file with its seal, for which there is so much room, and says how long it is.
func (f *Folder) writeAll(path string, room int64, head []byte, content func(io.Writer) error) (size int64, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	h := f.seal()
	to := &bounded{to: io.MultiWriter(file, h), left: room - sealSize}
	_, err = to.Write(head)
	if err == nil {
		err = content(to)
	}
	if err == nil {
		_, err = file.Write(h.Sum(nil))
	}
	return room - to.left, errors.Join(err, file.Close())
}

// A bounded writer takes no more than is left.
type bounded struct {
	to   io.Writer
	left int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if int64(len(p)) > b.left {
		return 0, fmt.Errorf("%w: it is longer than that", errNoRoom)
	}
	n, err := b.to.Write(p)
	b.left -= int64(n)
	return n, err
}

var errNoRoom = errors.New("there is no room for it")

// A kept file has a size and an age.
type kept struct {
	size int64
	at   time.Time
}

// room is how long a file may be: what the register is to have of the disk is left to it.
func (f *Folder) room() (int64, error) {
	room := min(f.options.Most, maxSnapshot)
	if f.options.Free == nil {
		return room, nil
	}
	free, err := f.options.Free(f.dir)
	switch {
	case err != nil:
		return room, nil
	case free < spare:
		return 0, fmt.Errorf("%w: %d bytes are free on the disk", errNoRoom, free)
	}
	return int64(min(uint64(room), free-spare)), nil
}

// giveWay removes the oldest files where all would be too much with one of such a size. The caller holds f.saving.
func (f *Folder) giveWay(group domain.GroupID, size int64) error {
	delete(f.files, string(group))
	for {
		total, oldest := size, ""
		for name, k := range f.files {
			total += k.size
			if oldest == "" || k.at.Before(f.files[oldest].at) {
				oldest = name
			}
		}
		if total <= f.options.Most {
			return nil
		}
		if err := os.Remove(filepath.Join(f.dir, oldest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		delete(f.files, oldest)
	}
}

// survey looks, once, at what is there, and removes what was left half-done.
func (f *Folder) survey() error {
	if f.files != nil {
		return nil
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	f.files = make(map[string]kept)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), tempMark) {
			_ = os.Remove(filepath.Join(f.dir, e.Name()))
		} else if info, err := e.Info(); err == nil {
			f.files[e.Name()] = kept{info.Size(), info.ModTime()}
		}
	}
	return nil
}
