package jetstream

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/atmost"
)

// Files is the stream of a data folder as its files have it, without a server: every message that is whole, in the order of the
// stream. It is for looking at what is damaged, and for saving what can be saved; nothing can be written to it.
//
// Behind a flaw the number of an event is taken from its body, where it can be read, and counted otherwise.
type Files struct {
	dir    string
	stream string
	survey Survey
	all    []where // in the order of the stream
	groups map[domain.GroupID][]int
	cached uint64 // the block in text
	text   []byte
}

// where is where an event lies.
type where struct {
	group     domain.GroupID
	number    uint64
	block     uint64
	at        int64
	body, end int32 // from at
}

var _ eventstore.Store = (*Files)(nil)

// OpenFiles reads the stream's files. The folder must be held as long as they are used, see [Hold].
func OpenFiles(dir string) (*Files, error) {
	f := &Files{dir: dir, stream: newSyncer(dir, bySyncFiles).stream, groups: map[domain.GroupID][]int{}}
	ends, next := map[domain.GroupID]uint64{}, uint64(1)
	holes := false
	s, err := survey(dir, true, func(block uint64, at int64, rec blockRecord) {
		holes = holes || rec.seq != next
		next = rec.seq + 1
		group, ours := strings.CutPrefix(rec.subject, subjectPrefix)
		if !ours || !domain.ValidID(group) {
			return
		}
		w := where{group: groupOf(rec.subject), number: ends[domain.GroupID(group)] + 1, block: block, at: at}
		w.end = int32(rec.size - recordSum)
		w.body = w.end - int32(len(rec.body))
		if e, err := eventstore.Decode(rec.body); holes && err == nil && e.Group == w.group {
			w.number = max(w.number, e.Number)
		}
		ends[w.group] = w.number
		f.groups[w.group] = append(f.groups[w.group], len(f.all))
		f.all = append(f.all, w)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the stream's files in %s: %w", dir, err)
	}
	f.survey = s
	return f, nil
}

// Survey says what the files were found to be.
func (f *Files) Survey() Survey { return f.survey }

// Write implements eventstore.Store: nothing is written.
func (f *Files) Write(_ context.Context, appends []eventstore.Append) []error {
	errs := make([]error, len(appends))
	for i := range errs {
		errs[i] = eventstore.ErrNotWritten
	}
	return errs
}

// Sync implements eventstore.Store.
func (f *Files) Sync(ctx context.Context) error { return ctx.Err() }

// Read implements eventstore.Store. What is damaged is left out: then the numbers have a gap.
func (f *Files) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		for _, i := range f.groups[group] {
			if f.all[i].number > after && !f.give(ctx, f.all[i], yield) {
				return
			}
		}
	}
}

// ReadAll implements eventstore.Store, in the order of the stream.
func (f *Files) ReadAll(ctx context.Context) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		for _, w := range f.all {
			if !f.give(ctx, w, yield) {
				return
			}
		}
	}
}

// Follow implements eventstore.Store: nothing more comes.
func (f *Files) Follow(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	if group == "" {
		return f.ReadAll(ctx)
	}
	return f.Read(ctx, group, after)
}

// give gives one event.
func (f *Files) give(ctx context.Context, w where, yield func(eventstore.Record, error) bool) bool {
	body, err := f.body(w)
	if err == nil {
		err = ctx.Err()
	}
	return yield(eventstore.Record{Group: w.group, Number: w.number, Body: body}, err) && err == nil
}

func (f *Files) body(w where) ([]byte, error) {
	if f.cached != w.block || f.text == nil {
		text, err := atmost.File(blockPath(f.stream, w.block), maxBlock)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", eventstore.ErrDamaged, err)
		}
		f.cached, f.text = w.block, text
	}
	if w.at+int64(w.end) > int64(len(f.text)) {
		return nil, fmt.Errorf("%w: %s was cut off meanwhile", eventstore.ErrDamaged, filepath.Base(blockPath(f.stream, w.block)))
	}
	return f.text[w.at+int64(w.body) : w.at+int64(w.end) : w.at+int64(w.end)], nil
}

// Head implements eventstore.Store.
func (f *Files) Head(_ context.Context, group domain.GroupID) (eventstore.Head, error) {
	head := eventstore.Head{Group: group}
	if all := f.groups[group]; len(all) > 0 {
		head.Number = f.all[all[len(all)-1]].number
	}
	return head, nil
}

// Heads implements eventstore.Store.
func (f *Files) Heads(ctx context.Context) (heads []eventstore.Head, err error) {
	for group := range f.groups {
		head, err := f.Head(ctx, group)
		if err != nil {
			return nil, err
		}
		heads = append(heads, head)
	}
	slices.SortFunc(heads, func(a, b eventstore.Head) int { return cmp.Compare(a.Group, b.Group) })
	return heads, nil
}

// Close implements eventstore.Store. Closing again does nothing.
func (f *Files) Close() error { return nil }
