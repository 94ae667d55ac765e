package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"

	"registre/domain"
	"registre/eventstore"
)

// mirrorWorkers is how many files are fetched at a time where nothing else was said.
const mirrorWorkers = 8

// How much of a source an update looks at.
type Look int

const (
	News       Look = iota // what has come since, and nothing where the checkpoint is the one that is held
	Survey                 // also the checkpoint of every group
	Everything             // also every file again: what the copy has is fetched all the same, and put right where it differs
)

// MirrorOptions say how a copy is kept; the zero value will do.
type MirrorOptions struct {
	Kept     []byte                   // a signed checkpoint from elsewhere, which the source must continue; nil for none
	Workers  int                      // how many files are fetched at a time; 0 for 8
	Progress func(done, total uint64) // told now and then how many leaves were looked at; may be nil

	// Leaves is told of the leaves of a group that have come, in order, before they are published; view has them all. Where
	// it finds one that is not what it must be, it gives a *LeafError. It is called for several groups at once. It may be nil.
	Leaves func(group domain.GroupID, from, to uint64, view *View) error

	disk *disk // nil for this machine's
}

// A Mirror is a copy of an archive that follows its source. Nothing has its name in the copy that does not lead to a
// checkpoint that the house has signed, and each checkpoint continues the one before it. Cut off anywhere, the copy stands
// as it stood; the next update takes up what was fetched.
//
//	Update(…) == nil    the copy is the archive at Update.To: every group as its newest head says
//
// There must be one at a time for a folder.
type Mirror struct {
	from    Source
	dir     string
	key     PublicKey // that is trusted
	keys    Keychain  // that leads from it, or to it
	ring    note.Verifiers
	options MirrorOptions
	disk    disk

	slots        chan struct{} // a token for each file that is being fetched
	files, bytes atomic.Int64
	done, total  atomic.Uint64
}

// NewMirror is the copy in a folder, which need not be there yet, of an archive of the house with that key.
func NewMirror(from Source, dir string, key PublicKey, options MirrorOptions) *Mirror {
	m := &Mirror{
		from: from, dir: dir, key: key, ring: keyring{key}, options: options, disk: thisDisk,
		slots: make(chan struct{}, cmp.Or(options.Workers, mirrorWorkers)),
	}
	if options.disk != nil {
		m.disk = *options.disk
	}
	return m
}

// An Update is what an update has brought.
type Update struct {
	From, To Checkpoint // of the log of heads
	Signed   []byte     // To, as it was signed; nil where the source has not published anything yet
	Grown    []Grown    // by name
	Files    int        // that were written
	Bytes    int64
}

// Grown is a group that has.
type Grown struct {
	Group    domain.GroupID
	From, To uint64 // numbers of its last event, before and after
}

// Update brings the copy to the state of the source. Its error is
//
//	*Alarm           the source shows what it must not; Finding and evidence are in it
//	ErrMoved         it is being written to: try again, soon
//	ErrUnreachable   it cannot be asked
//	ErrOtherKey      the copy is another house's
//
// or what the file system says of the copy: where it is damaged, eventstore.ErrDamaged, and no *Alarm. In the four cases nothing
// was published.
func (m *Mirror) Update(ctx context.Context, look Look) (Update, error) {
	m.files.Store(0)
	m.bytes.Store(0)
	m.done.Store(0)
	m.total.Store(0)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u := &updating{Mirror: m, ctx: ctx, look: look, groups: map[domain.GroupID]*followed{}}
	if err := u.run(); err != nil {
		return Update{}, fmt.Errorf("following %s: %w", m.from, err)
	}
	u.result.Files, u.result.Bytes = int(m.files.Load()), m.bytes.Load()
	return u.result, nil
}

// log is a log of the copy's.
func (m *Mirror) log(dir, origin string) *Log {
	l := OpenLog(filepath.Join(m.dir, filepath.FromSlash(dir)), origin, m.ring)
	l.disk = m.disk
	return l
}

// tick counts leaves.
func (m *Mirror) tick(leaves int) {
	done := m.done.Add(uint64(leaves))
	if m.options.Progress != nil {
		m.options.Progress(done, max(done, m.total.Load()))
	}
}

// updating is one update at work.
type updating struct {
	*Mirror
	ctx    context.Context
	look   Look
	heads  *remote
	groups map[domain.GroupID]*followed
	result Update

	rotations []Rotation // of the key: those that the copy has, then those that have come
	known     int        // that the copy has
}

// followed is a group that is looked at.
type followed struct {
	group domain.GroupID
	heads []headOf // that are new, in the order of the log of heads
	*remote
}

func (u *updating) run() error {
	if err := u.takeRotations(); err != nil {
		return err
	}
	if err := u.prepare(); err != nil {
		return err
	}
	var err error
	u.heads, err = u.remote("", headsDir, u.key.Name())
	if errors.Is(err, errMissing) && u.heads.was == nil {
		return u.placeKey() // nothing was published yet
	}
	if err != nil {
		return err
	}
	u.result = Update{From: u.heads.held, To: u.heads.at, Signed: u.heads.signed}
	if u.look == News && string(u.heads.was) == string(u.heads.signed) {
		return u.placeKey() // it may have been broken off just before that
	}
	if u.look == News && u.signedBefore(u.heads.was) {
		u.look = Survey // every checkpoint was signed again, also of groups that have not grown
	}
	for _, step := range []func() error{u.takeHeads, u.matchGroups, u.fetchGroups, u.placeRotations, u.publish, u.placeKey} {
		if err := step(); err != nil {
			return err
		}
	}
	return u.prune()
}

// prepare makes the folders that an archive has, with an empty tail where there is none: all is in tiles.
func (u *updating) prepare() error {
	there, err := readMost(filepath.Join(u.dir, publicKey), maxKeyFile)
	if err == nil && !u.ours(there) {
		return fmt.Errorf("%w: %.200q", ErrOtherKey, there)
	}
	for _, name := range []string{groupsDir, tailDir} {
		if err := u.disk.mkdir(filepath.Join(u.dir, name)); err != nil {
			return err
		}
	}
	if err := u.settle(); err != nil {
		return err
	}
	numbers, err := segmentsIn(u.dir)
	if err != nil || len(numbers) > 0 {
		return err
	}
	segment, err := newSegment(u.disk, u.dir, 1)
	if err != nil {
		return err
	}
	return segment.close()
}

// placeKey places the public key, without which the copy is no archive.
func (u *updating) placeKey() error {
	public := FormatPublicKey(u.keys.Newest()) + "\n"
	if there, err := readMost(filepath.Join(u.dir, publicKey), maxKeyFile); err == nil && string(there) == public {
		return nil
	}
	return u.place(publicKey, []byte(public))
}

// place gives a file of the archive's folder its name once it is durable.
func (u *updating) place(name string, content []byte) error {
	name = filepath.Join(u.dir, filepath.FromSlash(name))
	temp := name + tempSuffix
	if err := u.disk.write(temp, content); err != nil {
		return err
	}
	if err := u.disk.fsync(temp); err != nil {
		return err
	}
	if err := u.disk.rename(temp, name); err != nil {
		return err
	}
	return u.disk.fsync(filepath.Dir(name))
}

// takeHeads brings the log of heads, and takes note of what it says of each group.
func (u *updating) takeHeads() error {
	h := u.heads
	if err := h.follow(); err != nil {
		return err
	}
	if err := u.continuesKept(); err != nil {
		return err
	}
	if err := u.continuesRotations(); err != nil {
		return err
	}
	from := h.held.Size
	if u.look == Everything {
		from = 0
	}
	u.total.Store(h.at.Size - from)
	return h.fetch(from, func(from, to uint64) error {
		for text, err := range h.to.At(h.at.Size).Scan(from, to) {
			if err != nil {
				return err
			}
			if err := u.takeHead(from, text); err != nil {
				return &LeafError{from, err}
			}
			from++
		}
		return nil
	})
}

// continuesKept holds the log of heads to the checkpoint that was kept elsewhere.
func (u *updating) continuesKept() error {
	if u.options.Kept == nil {
		return nil
	}
	kept, _, _, err := u.keys.Signer(u.options.Kept)
	if err != nil {
		return err
	}
	if err = u.heads.continues(kept); errors.Is(err, ErrRewritten) {
		alarm := u.heads.alarm(checkpointPath, 0, err, nil)
		alarm.Held = u.options.Kept
		return alarm
	}
	return err
}

func (u *updating) takeHead(index uint64, text []byte) error {
	c, err := ParseCheckpointText(text)
	if err != nil {
		return err
	}
	name, ours := strings.CutPrefix(c.Origin, GroupOrigin(u.key.Name(), ""))
	if !ours || !domain.ValidID(name) || c.Size == 0 {
		return errHead
	}
	g := u.group(domain.GroupID(name))
	if n := len(g.heads); n > 0 && g.heads[n-1].size > c.Size {
		return errShrunk
	}
	g.heads = append(g.heads, headOf{size: c.Size, index: index, root: c.Root})
	return nil
}

func (u *updating) group(name domain.GroupID) *followed {
	if u.groups[name] == nil {
		u.groups[name] = &followed{group: name}
	}
	return u.groups[name]
}

// matchGroups gets the checkpoints of the groups that have grown, or of all, and holds them to their newest heads. So it is
// settled to what each is to be brought before much is fetched: the source may go on meanwhile.
func (u *updating) matchGroups() error {
	if u.look != News {
		names, err := os.ReadDir(filepath.Join(u.dir, groupsDir))
		if err != nil {
			return err
		}
		for _, entry := range names {
			if domain.ValidID(entry.Name()) {
				u.group(domain.GroupID(entry.Name()))
			}
		}
	}
	return u.eachGroup(func(g *followed) (err error) {
		dir := path.Join(groupsDir, string(g.group))
		if g.remote, err = u.remote(g.group, dir, GroupOrigin(u.key.Name(), string(g.group))); err != nil {
			return err
		}
		return u.match(g)
	})
}

// match holds the checkpoint of a group to its newest head: that which is new, or what the copy has.
func (u *updating) match(g *followed) error {
	newest := headOf{size: g.held.Size, root: g.held.Root}
	if n := len(g.heads); n > 0 {
		newest = g.heads[n-1]
	}
	alarm := g.alarm(checkpointPath, newest.size+1, errNoHead, g.signed)
	alarm.Held = u.heads.signed
	switch {
	case g.at.Size > newest.size:
		return &MovedError{alarm}
	case g.at.Size < newest.size && g.held.Size == newest.size:
		return g.shorter()
	case g.at.Size < newest.size:
		alarm.Number, alarm.Cause = g.at.Size+1, errBehind
	case g.at.Root != newest.root:
		alarm.Number, alarm.Cause = newest.size, errOtherState
	default:
		return nil
	}
	return alarm
}

// eachGroup does something for each group, several at once, until one fails.
func (u *updating) eachGroup(do func(*followed) error) error {
	all := make([]*followed, 0, len(u.groups))
	for _, g := range u.groups {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *followed) int { return strings.Compare(string(a.group), string(b.group)) })
	var next, failed atomic.Int64
	errs := make([]error, len(all))
	var workers sync.WaitGroup
	for range min(cap(u.slots), len(all)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(all) && failed.Load() == 0; i = next.Add(1) - 1 {
				if errs[i] = do(all[i]); errs[i] != nil {
					failed.Add(1)
				}
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// fetchGroups brings the groups to their newest heads.
func (u *updating) fetchGroups() error {
	for _, g := range u.groups {
		u.total.Add(g.at.Size - min(g.at.Size, u.start(g)))
	}
	return u.eachGroup(u.fetchGroup)
}

// start is from which leaf a group is fetched.
func (u *updating) start(g *followed) uint64 {
	if u.look == Everything {
		return 0
	}
	return g.held.Size
}

func (u *updating) fetchGroup(g *followed) error {
	if u.look != Everything && len(g.heads) == 0 {
		return nil // its checkpoint was all that was asked for
	}
	if err := g.follow(); err != nil {
		return err
	}
	err := g.fetch(u.start(g), func(from, to uint64) error {
		if u.options.Leaves == nil {
			return nil
		}
		return u.options.Leaves(g.group, from, to, g.to.At(g.at.Size))
	})
	if err != nil {
		return err
	}
	g.again = false
	return u.holdHeads(g)
}

// holdHeads holds every new head of a group to what its events come to. The newest was held to already.
func (u *updating) holdHeads(g *followed) error {
	if len(g.heads) < 2 {
		return nil
	}
	tree, err := treeOf(g, 0, g.heads[0].size)
	if err != nil {
		return err
	}
	for _, h := range g.heads[:len(g.heads)-1] {
		for tree.size < h.size {
			leaf, err := g.Hash(0, tree.size)
			if err != nil {
				return err
			}
			tree.Append(leaf)
		}
		if tree.Root() != h.root {
			alarm := u.heads.alarm(tileOf(entries, h.index>>tileHeight, u.heads.at.Size).path(), h.size, errOtherState, nil)
			alarm.Group = g.group
			return alarm
		}
	}
	return nil
}

// publish publishes the groups, and last the log of heads; cut off in between, neither counts.
func (u *updating) publish() error {
	var all []publication
	for _, g := range u.groups {
		if string(g.was) != string(g.signed) {
			all = append(all, publication{log: g.to, was: g.was, signed: g.signed})
		}
		if g.at.Size > g.held.Size {
			u.result.Grown = append(u.result.Grown, Grown{Group: g.group, From: g.held.Size, To: g.at.Size})
		}
	}
	slices.SortFunc(u.result.Grown, func(a, b Grown) int { return strings.Compare(string(a.Group), string(b.Group)) })
	if string(u.heads.was) == string(u.heads.signed) {
		return u.published(publish(all))
	}
	return u.published(u.publishTogether(all, publication{log: u.heads.to, was: u.heads.was, signed: u.heads.signed}))
}

// published tells damage of the copy: the source was found to continue what was held.
func (u *updating) published(err error) error {
	if errors.Is(err, ErrNotProven) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the copy in %s: %w", eventstore.ErrDamaged, u.dir, err)
	}
	return err
}

// prune removes what no reader of the new checkpoints needs.
func (u *updating) prune() error {
	errs := []error{u.heads.to.Prune(u.heads.held.Size, u.heads.at.Size), u.heads.to.PruneNarrow(u.heads.held.Size, u.heads.at.Size)}
	for _, g := range u.groups {
		errs = append(errs, g.to.Prune(g.held.Size, g.at.Size), g.to.PruneNarrow(g.held.Size, g.at.Size))
	}
	return errors.Join(errs...)
}
