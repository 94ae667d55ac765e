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
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"registre/domain"
)

// The two copies of the registers.
const (
	InArchive = "archive"
	InStream  = "stream"
)

// A Finding is one thing that is not as it must be.
type Finding struct {
	Copy   string         // InArchive or InStream
	File   string         // below the archive's folder, with slashes; "" where it is none in particular
	Group  domain.GroupID // "" for the log of heads
	Number uint64         // of the first event that is touched, or of the head; 0 where it is none in particular
	Cause  error
}

func (f Finding) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s #%d: %v", f.Copy, f.File, f.Group, f.Number, f.Cause))
}

// What a verification finds beside what Check does.
var (
	// ErrRewritten says that the log does not continue a checkpoint that was signed before.
	ErrRewritten = errors.New("the log does not continue what was signed before")

	errMissing     = errors.New("it is missing")
	errStray       = errors.New("nothing of ours is called so")
	errOtherKeyPub = errors.New("it is another key than the one given")
	errHead        = errors.New("the head is no state of a group of this house")
	errShrunk      = errors.New("the group has shrunk since its head before")
	errOtherState  = errors.New("the head has another root than the events")
	errNoHead      = errors.New("no head covers what was published")
	errBehind      = errors.New("heads name events that are not there")
	errTorn        = errors.New("the tail ends within a record: it was cut off there by a crash, or altered")
	errGap         = errors.New("a segment of the tail before it is missing")
	errNotNext     = errors.New("the record does not lead to its checkpoint")
	errOtherBody   = errors.New("the tail has another event than what was published")
)

// VerifyOptions say how an archive is verified.
type VerifyOptions struct {
	Key      PublicKey                // whose the archive must be, or was: the rotations lead from it; the zero value takes what key.pub says
	Full     bool                     // every byte; otherwise checkpoints, tail and the logs' last tiles
	Later    bool                     // of a full one, the entries of groups only as Checked reads them, and in Rest
	Only     domain.GroupID           // of the groups only this one; "" for all
	Kept     []byte                   // a signed checkpoint from elsewhere, which the archive must continue; nil for none
	Workers  int                      // 0 for as many as there are processors
	Notes    string                   // the file that remembers, until all is done, which logs were found whole; "" for none
	Found    func(Finding)            // told of each finding, one at a time; may be nil
	Progress func(done, total uint64) // told now and then how many leaves were looked at; may be nil

	quiet func() (release func()) // keeps the tail as it is
}

// A Verification is what is known of an archive after it was verified: by its files alone, which are only read, and by a
// public key. Nothing that it gives rests on anything that was not checked, save where a finding says so.
type Verification struct {
	Key      PublicKey
	Findings []Finding
	// Unconfirmed is what a crash has left of a commit of which nobody was answered. It is no damage: the next opening drops it, or
	// takes it up.
	Unconfirmed []Finding
	// Unanswered is for the caller to set before Compare: how many events at the end of the other copy were never confirmed there. That
	// many may be beyond the archive's.
	Unanswered uint64
	Groups     int        // without the house register
	Events     uint64     // in the archive
	Newest     Checkpoint // of the log of heads
	Signed     []byte     // the same, signed; nil where there is none
	Witnessed  []byte     // the one that was kept with cosignatures, which Newest continues; nil where there is none

	dir     string
	ring    keyring
	options VerifyOptions
	heads   *kept
	groups  map[domain.GroupID]*kept
	notes   *notes

	rotations map[int]Rotation // those whose old key has signed for them, by number
	last      int              // the highest number of a file of a rotation; 0 for none

	mu          sync.Mutex
	later       int // where the findings of what was left for later belong; -1 for at the end
	seen        map[string]bool
	beyond      uint64     // events that only the other copy has
	confirmed   Checkpoint // of the log of heads, as it was noted; its size is 0 for none
	done, total atomic.Uint64
}

// kept is one log of the archive.
type kept struct {
	group  domain.GroupID
	dir    string // below the archive's, with slashes
	chain  *chain
	at     Checkpoint // published, or what the heads say of it
	signed []byte     // nil where no checkpoint stands that opens
	there  bool       // there is a folder, or something in the tail
	lost   bool       // where the chain ends cannot be told
	whole  bool       // no finding concerns it
	later  bool       // its entries are still to be checked
	heads  []headOf   // that name it, in the order of the log of heads
}

// headOf is a state of a group, as the log of heads has it.
type headOf struct {
	size, index uint64
	root        Hash
}

// Verify looks an archive over. Its error says that it could not look, or that there is nothing to look at: ErrNoArchive;
// ErrMalformed where no key is given and that of the archive cannot be read. What is wrong is in the findings. The archive
// must not be written to meanwhile.
func Verify(ctx context.Context, dir string, options VerifyOptions) (*Verification, error) {
	v := &Verification{
		dir: dir, options: options, groups: map[domain.GroupID]*kept{}, seen: map[string]bool{}, later: -1,
	}
	if err := v.verify(ctx); err != nil {
		return nil, fmt.Errorf("verifying the archive in %s: %w", dir, err)
	}
	return v, nil
}

func (v *Verification) verify(ctx context.Context) error {
	if err := v.takeKey(); err != nil {
		return err
	}
	if err := v.takeLogs(); err != nil {
		return err
	}
	v.notes = openNotes(v.options.Notes, v.options.Full)
	if err := v.checkHeads(ctx); err != nil {
		return err
	}
	v.standIn()
	if err := v.takeTail(); err != nil {
		return err
	}
	laterAt := v.leave()
	if err := v.checkGroups(ctx); err != nil {
		return err
	}
	v.matchHeads()
	v.checkRotations()
	if v.options.Full {
		v.strays()
	}
	v.continues()
	v.witnesses()
	v.count()
	v.notes.done(ctx.Err() == nil)
	v.later = laterAt
	return ctx.Err()
}

// found takes note of a finding, once for each place.
func (v *Verification) found(f Finding) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.groups[f.Group]; k != nil && f.Group != "" {
		k.whole = false
	}
	at := fmt.Sprintf("%s %s %s %d", f.Copy, f.File, f.Group, f.Number)
	if v.seen[at] {
		return
	}
	v.seen[at] = true
	if v.later < 0 {
		v.Findings = append(v.Findings, f)
	} else {
		v.Findings = slices.Insert(v.Findings, v.later, f)
		v.later++
	}
	if v.options.Found != nil {
		v.options.Found(f)
	}
}

// damaged takes note of what the check of a log says.
func (v *Verification) damaged(k *kept, err error) {
	f := Finding{Copy: InArchive, File: path.Join(k.dir, checkpointPath), Group: k.group, Cause: err}
	if damage := new(DamageError); errors.As(err, &damage) {
		f.File, f.Number, f.Cause = path.Join(k.dir, damage.Path), damage.Index+1, damage.Cause
		if damage.Path == checkpointPath {
			f.Number = 0
		}
	}
	k.whole = false
	v.found(f)
}

// takeKey reads whose archive it is.
func (v *Verification) takeKey() error {
	v.Key = v.options.Key
	text, err := readMost(filepath.Join(v.dir, publicKey), maxKeyFile)
	if _, gone := os.Stat(filepath.Join(v.dir, headsDir)); err != nil && gone != nil {
		return ErrNoArchive
	}
	v.takeRotations()
	if err == nil {
		var key PublicKey
		key, err = ParsePublicKey(strings.TrimSuffix(string(text), "\n"))
		if v.Key.name == "" {
			v.Key = key
		}
		if err == nil && FormatPublicKey(key)+"\n" != string(text) {
			err = errOtherKeyPub
		}
		if err == nil {
			err = v.settleKey(key)
		}
	}
	if v.Key.name == "" {
		return fmt.Errorf("%w key: %s: %w", ErrMalformed, publicKey, err)
	}
	if err != nil {
		v.found(Finding{Copy: InArchive, File: publicKey, Cause: err})
	}
	v.ring = append(v.ring, v.Key)
	return nil
}

// takeLogs looks at the checkpoint of every log, and at where it ends.
func (v *Verification) takeLogs() error {
	v.heads = v.take("", headsDir, v.Key.name)
	entries, err := os.ReadDir(filepath.Join(v.dir, groupsDir))
	if err != nil {
		v.found(Finding{Copy: InArchive, File: groupsDir, Cause: err})
	}
	for _, entry := range entries {
		group := domain.GroupID(entry.Name())
		if !domain.ValidID(entry.Name()) || !entry.IsDir() {
			v.found(Finding{Copy: InArchive, File: path.Join(groupsDir, entry.Name()), Cause: errStray})
			continue
		}
		v.groups[group] = v.take(group, path.Join(groupsDir, entry.Name()), GroupOrigin(v.Key.name, entry.Name()))
	}
	return nil
}

func (v *Verification) take(group domain.GroupID, dir, origin string) *kept {
	k := &kept{group: group, dir: dir, there: true, whole: true}
	log := OpenLog(filepath.Join(v.dir, filepath.FromSlash(dir)), origin, v.ring)
	k.chain = &chain{log: log}
	log.before, _ = earlier(v.dir, dir)
	at, signed, err := log.Checkpoint()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		k.there = hasTiles(log)
		k.lost = k.there
		if k.there && group == "" { // of a group the heads will tell: see standIn
			v.found(Finding{Copy: InArchive, File: path.Join(dir, checkpointPath), Group: group, Cause: errMissing})
			k.whole = false
		}
	case err != nil:
		k.lost = true
		v.damaged(k, err)
	default:
		k.signed = signed
		v.endAt(k, at)
	}
	return k
}

// hasTiles says whether a log has files that a published one has.
func hasTiles(log *Log) bool {
	_, err := os.Stat(log.at("tile"))
	return err == nil
}

// endAt takes up a log at a checkpoint that is to be believed. Where the tiles do not lead to its root, the entries may.
func (v *Verification) endAt(k *kept, at Checkpoint) {
	k.at = at
	tree, err := k.chain.log.At(at.Size).Tree()
	if err == nil && tree.Root() == at.Root {
		k.lost = false
		k.chain.published, k.chain.tree = tree, tree
		if !v.options.Full || v.options.Only != "" && v.options.Only != k.group {
			v.lookAtEnd(k)
		}
		return
	}
	k.whole, k.lost = false, true
	var again Tree
	for body, err := range k.chain.log.At(at.Size).Scan(0, at.Size) {
		if err != nil {
			break
		}
		again.Append(LeafHash(body))
	}
	if again.size == at.Size && again.Root() == at.Root {
		k.lost = false
		k.chain.published, k.chain.tree = again, again
	}
}

// lookAtEnd looks at the tiles at the end of a log and at its last bundle, where it is not read whole.
func (v *Verification) lookAtEnd(k *kept) {
	if err := newExtender(k.chain.log, k.chain.published).takeOver(); err != nil {
		v.damaged(k, err)
	}
}

// checkHeads reads the log of heads, whole, and what it says of each group. A quick verification does so only where a group's
// checkpoint is not to be had, or the log's own tiles are suspect.
func (v *Verification) checkHeads(ctx context.Context) error {
	k := v.heads
	needed := v.options.Full || !k.whole
	for _, g := range v.groups {
		needed = needed || g.lost || !g.whole
		v.total.Add(g.at.Size)
	}
	if k.signed == nil || !needed {
		return nil
	}
	v.total.Add(k.at.Size)
	k.chain.log.check(k.at, func(err error) bool { v.damaged(k, err); return true }, watch{
		each: func(index uint64, body []byte) { v.takeHead(index, body) },
		tick: v.ticking(ctx),
	})
	return ctx.Err()
}

func (v *Verification) ticking(ctx context.Context) func(int) bool {
	return func(leaves int) bool {
		done := v.done.Add(uint64(leaves))
		if v.options.Progress != nil {
			v.options.Progress(done, v.total.Load())
		}
		return ctx.Err() == nil
	}
}

// takeHead takes note of a head in the log of heads.
func (v *Verification) takeHead(index uint64, text []byte) {
	c, err := ParseCheckpointText(text)
	group, ours := strings.CutPrefix(c.Origin, GroupOrigin(v.Key.name, ""))
	if err == nil && (!ours || !domain.ValidID(group) || c.Size == 0) {
		err = errHead
	}
	if err != nil {
		v.found(Finding{Copy: InArchive, File: v.bundleOf(index), Number: index + 1, Cause: err})
		return
	}
	v.addHead(domain.GroupID(group), headOf{size: c.Size, index: index, root: c.Root}, "")
}

// addHead takes note of a head; file is where it stands, "" for in the log of heads.
func (v *Verification) addHead(group domain.GroupID, h headOf, file string) {
	g := v.groups[group]
	if g == nil {
		dir := path.Join(groupsDir, string(group))
		g = &kept{group: group, dir: dir, whole: true}
		g.chain = &chain{log: OpenLog(filepath.Join(v.dir, filepath.FromSlash(dir)), GroupOrigin(v.Key.name, string(group)), v.ring)}
		v.groups[group] = g
	}
	if n := len(g.heads); n > 0 && g.heads[n-1].size > h.size {
		v.found(Finding{Copy: InArchive, File: cmp.Or(file, v.bundleOf(h.index)), Group: group, Number: h.size, Cause: errShrunk})
		return
	}
	g.heads = append(g.heads, h)
}

// bundleOf is the file in which the log of heads has a leaf.
func (v *Verification) bundleOf(index uint64) string {
	if index >= v.heads.at.Size {
		return tailDir
	}
	return path.Join(headsDir, tileOf(entries, index>>tileHeight, v.heads.at.Size).path())
}

// standIn takes, for groups whose own checkpoint is not to be had, what the log of heads says last. One that no head names was not
// published yet: its files landed, and then something was broken off.
func (v *Verification) standIn() {
	for _, g := range v.groups {
		n := len(g.heads)
		switch {
		case g.signed != nil || !g.there && n == 0:
			continue
		case n == 0 && g.whole && v.heads.signed != nil && v.heads.whole:
			g.there, g.lost = false, false
			continue
		case g.whole:
			v.found(Finding{Copy: InArchive, File: path.Join(g.dir, checkpointPath), Group: g.group, Cause: errMissing})
		}
		if n == 0 {
			continue
		}
		g.there, g.lost = true, true
		v.endAt(g, Checkpoint{Origin: g.chain.log.origin, Size: g.heads[n-1].size, Root: g.heads[n-1].root})
	}
}

// checkGroups checks the logs of the groups, the largest first, several at once.
func (v *Verification) checkGroups(ctx context.Context) error {
	var todo []*kept
	for _, g := range v.groups {
		if !g.later && g.at.Size > 0 && (v.options.Only == "" || v.options.Only == g.group) && (v.options.Full || !g.whole) {
			todo = append(todo, g)
		}
	}
	return v.checkThese(ctx, todo)
}

func (v *Verification) checkThese(ctx context.Context, todo []*kept) error {
	slices.SortFunc(todo, func(a, b *kept) int { return cmp.Or(cmp.Compare(b.at.Size, a.at.Size), strings.Compare(a.dir, b.dir)) })
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(cmp.Or(v.options.Workers, runtime.GOMAXPROCS(0)), len(todo)) {
		workers.Go(func() {
			var r room
			for i := next.Add(1) - 1; int(i) < len(todo) && ctx.Err() == nil; i = next.Add(1) - 1 {
				v.checkGroup(ctx, todo[i], &r)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// checkGroup checks the log of a group at what was published, and the heads that name it up to there.
func (v *Verification) checkGroup(ctx context.Context, g *kept, r *room) {
	if g.whole && v.notes.has(g) {
		v.lookAtEnd(g)
	}
	if g.whole && v.notes.has(g) {
		v.ticking(ctx)(int(g.at.Size))
		return
	}
	v.checkLog(g, watch{tick: v.ticking(ctx), room: r})
	if g.whole && ctx.Err() == nil {
		v.notes.add(g)
	}
}

// checkLog checks the entries of a group, and the heads that name it.
func (v *Verification) checkLog(g *kept, w watch) {
	var wanted []headOf
	for _, h := range g.heads {
		if h.size <= g.at.Size {
			wanted, w.wanted = append(wanted, h), append(w.wanted, h.size)
		}
	}
	at := 0
	w.rooted = func(size uint64, root Hash) {
		if h := wanted[at]; h.root != root {
			v.found(Finding{Copy: InArchive, File: v.bundleOf(h.index), Group: g.group, Number: size, Cause: errOtherState})
		}
		at++
	}
	g.chain.log.check(g.at, func(err error) bool { v.damaged(g, err); return true }, w)
}

// matchHeads holds the groups to their newest heads.
func (v *Verification) matchHeads() {
	for _, g := range v.groups {
		if len(g.heads) == 0 {
			if v.options.Full && v.heads.signed != nil && v.heads.whole && g.there && g.at.Size > 0 {
				v.found(Finding{Copy: InArchive, File: path.Join(g.dir, checkpointPath), Group: g.group, Number: g.at.Size, Cause: errNoHead})
			}
			continue
		}
		last := g.heads[len(g.heads)-1].size
		switch {
		case last > g.chain.tree.size && !g.lost:
			v.found(Finding{Copy: InArchive, File: g.dir, Group: g.group, Number: g.chain.tree.size + 1, Cause: errBehind})
		case last < g.at.Size && v.options.Full && v.heads.whole:
			v.found(Finding{Copy: InArchive, File: path.Join(g.dir, checkpointPath), Group: g.group, Number: last + 1, Cause: errNoHead})
		}
	}
}

// continues holds the log of heads to a checkpoint that was kept elsewhere.
func (v *Verification) continues() {
	if v.options.Kept == nil {
		return
	}
	err := v.continuesFrom(v.options.Kept)
	if err != nil {
		v.found(Finding{Copy: InArchive, File: headsDir, Cause: fmt.Errorf("%w: %w", ErrRewritten, err)})
	}
}

func (v *Verification) continuesFrom(signed []byte) error {
	older, _, _, err := v.Keys().Signer(signed)
	if err != nil {
		return err
	}
	return v.goesOnFrom(older)
}

// goesOnFrom says whether the log of heads goes on from an older checkpoint.
func (v *Verification) goesOnFrom(older Checkpoint) error {
	if v.Signed == nil {
		return fmt.Errorf("%w: there is no checkpoint here", ErrNotProven)
	}
	if older.Size > v.Newest.Size {
		return fmt.Errorf("%w: it ends at %d, and was at %d", ErrNotProven, v.Newest.Size, older.Size)
	}
	proof, err := ProveConsistency(v.heads.chain.hashes(), older.Size, v.Newest.Size)
	if err != nil {
		return err
	}
	return CheckConsistency(proof, older, v.Newest)
}

// Has says whether there is anything of a group.
func (v *Verification) Has(group domain.GroupID) bool { return v.groups[group] != nil }

// count sums up.
func (v *Verification) count() {
	for _, g := range v.groups {
		if g.chain.tree.size > 0 {
			if g.group != domain.House {
				v.Groups++
			}
			v.Events += g.chain.tree.size
		}
	}
}

// Verify verifies the archive of a store that is in use, and compares it with the other copy. Nothing is cut into tiles meanwhile.
func (s *Store) Verify(ctx context.Context, options VerifyOptions) (*Verification, error) {
	if err := s.Sync(ctx); err != nil {
		return nil, err
	}
	s.cutting.Lock()
	defer s.cutting.Unlock()
	if options.Key.name == "" {
		options.Key = s.key.PublicKey
	}
	options.quiet = func() func() { s.syncing.Lock(); return s.syncing.Unlock }
	v, err := Verify(ctx, s.dir, options)
	if err != nil {
		return nil, err
	}
	return v, v.Compare(ctx, s.Store, true)
}
