package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/replay/evidence"
)

// The children that write evidence files.
const (
	evidenceLogs  = "evidence-logs"  // the register and the log of heads, packed and hashed, to nowhere
	evidenceWhole = "evidence-whole" // the file, on the disk
)

// beyondRegister is how much memory a file may take beside the register as it stands, however long that is, in MB.
const beyondRegister = 150

const evidenceGroup = domain.GroupID("g-00000")

// evidences writes the evidence file of one group, and of one four times as long, with the same members and bodies: its logs need no
// more memory, and the whole file, of a day behind all events, as much more as the longer register takes as it stands.
func (b *bench) evidences(ctx context.Context) error {
	for _, events := range []int{b.events / 4, b.events} {
		dir := filepath.Join(b.dir, "evidence-"+strconv.Itoa(events))
		length, err := b.longGroup(ctx, dir, events)
		if err != nil {
			return err
		}
		mb := float64(length) / 1e6
		logs, err := b.inChild(ctx, evidenceLogs, dir)
		if err != nil {
			return err
		}
		folding, err := b.inChild(ctx, evidenceWhole, dir)
		if err != nil {
			return err
		}
		whole, err := b.inChild(ctx, evidenceWhole, dir)
		if err != nil {
			return err
		}
		of := fmt.Sprintf("evidence file of %d events, %.0f MB", events, mb)
		b.add(figure{Name: of + ", its logs", Value: mb / logs.Read, Unit: "MB/s", Target: 50})
		b.add(figure{Name: "  resident, at most", Value: logs.Peak, Unit: "MB", Target: 100, AtMost: true})
		b.add(figure{Name: of + ", whole", Value: mb / whole.Read, Unit: "MB/s", Target: 50})
		b.add(figure{Name: "  the register as it stands", Value: whole.Kept, Unit: "MB"})
		b.add(figure{Name: "  resident beyond that, at most", Value: whole.Peak - whole.Kept, Unit: "MB", Target: beyondRegister, AtMost: true})
		b.add(figure{Name: "  resident, at most, where the register is folded first", Value: folding.Peak, Unit: "MB"})
		b.add(figure{Name: "  its length", Value: float64(whole.Events) / 1e6, Unit: "MB"})
	}
	return nil
}

// longGroup writes a group of so many events, and tells how long they are together.
func (b *bench) longGroup(ctx context.Context, dir string, events int) (length int, err error) {
	s, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return 0, err
	}
	g, h := &domain.Group{}, newHistory(b.seed, 0)
	for written := uint64(0); err == nil && g.Head() < uint64(events); {
		var bodies [][]byte
		for err == nil && len(bodies) < roomRound/10 && g.Head() < uint64(events) {
			var more [][]byte
			more, err = enact(g, h)
			bodies = append(bodies, more...)
		}
		for _, body := range bodies {
			length += len(body)
		}
		if err == nil {
			err = errors.Join(errors.Join(s.Write(ctx, []eventstore.Append{{Group: evidenceGroup, After: written, Bodies: bodies}})...), s.Sync(ctx))
		}
		written += uint64(len(bodies))
	}
	return length, errors.Join(err, s.Close())
}

// evidenceChild measures what one of these children does. Its events are bytes.
func (b *bench) evidenceChild(ctx context.Context, what string) (r childResult, err error) {
	begun := time.Now()
	if what == evidenceLogs {
		f := &takenEvidence{exporting: &exporting{a: b.app, group: string(evidenceGroup)}}
		f.index.taken = f
		if f.extract, err = archive.NewExtract(filepath.Join(b.app.data, archiveDir), evidenceGroup); err != nil {
			return r, err
		}
		var out counting
		out.Writer = io.Discard
		err = f.logs(ctx, evidence.NewWriter(&out))
		r.Events, r.Read = uint64(out.n), time.Since(begun).Seconds()
		return r, err
	}
	defer collectEarly(evidenceRoom)()
	if b.app.at == "" {
		b.app.at = domain.LastDay.String() // so that all of its events have happened
	}
	d, err := b.app.open(ctx, false)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	f, err := b.app.takeEvidence(ctx, d, string(evidenceGroup))
	if err != nil {
		return r, err
	}
	runtime.GC()
	r.Kept = float64(liveHeap()) / 1e6
	begun = time.Now()
	var out counting
	f.layAside(filepath.Join(b.app.data, "evidence.zip"))
	err = replaceFile(filepath.Join(b.app.data, "evidence.zip"), true, func(w io.Writer) error { out.Writer = w; return f.write(ctx, &out) })
	r.Events, r.Read = uint64(out.n), time.Since(begun).Seconds()
	return r, err
}
