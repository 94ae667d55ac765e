package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// The children that audit, and what stands beside them. All use every processor.
const (
	auditBare    = "audit-files"    // every file of the archive, read and hashed with SHA-256
	auditRead    = "audit-read"     // every event, read, its hash held to the tree, and decoded strictly
	auditDecided = "audit-decided"  // the archive verified in full, every event decoded, decided again and compared
	auditTold    = "audit-findings" // the same, with all findings in both languages, as the verb answers
)

// auditing measures how fast registers are audited: many of a thousand events, and one long one.
func (b *bench) auditing(ctx context.Context) error {
	many, one := filepath.Join(b.dir, "audit"), filepath.Join(b.dir, "audit-one")
	groups := max(b.events/perGroup, 1)
	if err := fillStraight(ctx, many, b.seed, groups, perGroup); err != nil {
		return err
	}
	if err := fillOne(ctx, one, b.seed, b.events/4); err != nil {
		return err
	}
	for _, of := range []struct{ dir, says string }{{many, fmt.Sprintf("%d registers", groups)}, {one, "one register"}} {
		results := map[string]childResult{}
		for range rounds {
			for _, what := range []string{auditBare, auditRead, auditDecided, auditTold} {
				r, err := b.inChild(ctx, what, of.dir)
				if err != nil {
					return err
				}
				if best, ok := results[what]; !ok || r.Read < best.Read {
					results[what] = r
				}
			}
		}
		b.addAudit(of.says, results)
	}
	return nil
}

func (b *bench) addAudit(of string, results map[string]childResult) {
	decided := results[auditDecided]
	n := float64(decided.Events)
	bare := n / results[auditBare].Read
	b.add(beside(figure{Name: "audit replay, " + of + ": hash, decode, decide, compare", Value: n / decided.Read, Unit: "/s", Target: 0.4, Enough: 350_000}, bare, "bare reading with SHA-256"))
	b.add(figure{Name: "  resident, at most", Value: decided.Peak, Unit: "MB"})
	b.add(beside(figure{Name: "  of that, read, hashed and decoded", Value: n / results[auditRead].Read, Unit: "/s"}, bare, "bare reading with SHA-256"))
	b.add(beside(figure{Name: "  with all findings, in both languages", Value: n / results[auditTold].Read, Unit: "/s"}, bare, "bare reading with SHA-256"))
	b.add(figure{Name: "  resident, at most, with these", Value: results[auditTold].Peak, Unit: "MB"})
}

// fillStraight writes many histories into a folder as fillOne writes one.
func fillStraight(ctx context.Context, dir string, seed uint64, groups, each int) (err error) {
	store, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	for n := range groups {
		var appends []eventstore.Append
		g, h := &domain.Group{}, newHistory(seed, n)
		for g.Head() < uint64(each) {
			after := g.Head()
			bodies, err := enact(g, h)
			if err != nil {
				return err
			}
			appends = append(appends, eventstore.Append{Group: h.group, After: after, Bodies: bodies})
		}
		if err := errors.Join(store.Write(ctx, appends)...); err != nil {
			return err
		}
	}
	return store.Sync(ctx)
}

// auditChild measures what one of these children does.
func (b *bench) auditChild(ctx context.Context, what string) (r childResult, err error) {
	begun := time.Now()
	switch what {
	case auditBare:
		r.Events, err = hashedInParallel(filepath.Join(b.app.data, archiveDir))
	case auditRead, auditDecided:
		r.Events, err = b.audit(ctx, what == auditDecided)
	case auditTold:
		r.Events, err = b.auditTold(ctx)
	}
	r.Read = time.Since(begun).Seconds()
	return r, err
}

// auditTold audits every group, and writes what the verb answers to nowhere.
func (b *bench) auditTold(ctx context.Context) (events uint64, err error) {
	r := &replaying{verifying: verifying{a: b.app, options: archive.VerifyOptions{Full: true}}, all: true}
	defer r.remove()
	defer collectEarly(replayRoom)()
	answer, err := r.here(ctx, b.app.data)
	for i := range answer.Groups {
		events += answer.Groups[i].Checked.Events
	}
	if err != nil {
		return events, err
	}
	return events, answer.writeJSON(io.Discard)
}

// audit reads every group, decided again and the archive verified on the way, or not. It fails where that finds an error.
func (b *bench) audit(ctx context.Context, decide bool) (events uint64, err error) {
	found, err := archive.Verify(ctx, filepath.Join(b.app.data, archiveDir), archive.VerifyOptions{Full: decide, Later: decide})
	if err != nil {
		return 0, err
	}
	defer collectLate(auditRoom)()
	t := &trial{found: found, records: found.Checked, now: time.Now}
	ends := t.ends()
	errs := make([]error, len(ends))
	inParallel(len(ends), func(i int) {
		if decide {
			errs[i] = t.decideAgain(ctx, ends[i])
			return
		}
		for _, err := range t.events(ctx, ends[i]) {
			errs[i] = err
		}
	})
	return found.Events, errors.Join(append(errs, found.Rest(ctx), whole(found))...)
}

func (t *trial) decideAgain(ctx context.Context, end eventstore.Head) error {
	r, err := t.retry(ctx, end)
	if err == nil && r.Book.Head() != end.Number {
		err = fmt.Errorf("%s: %d events of %d were decided again", end.Group, r.Book.Head(), end.Number)
	}
	if err != nil {
		return err
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Severity == "error" {
			return fmt.Errorf("%s: %s %v", end.Group, f.Name, f.Events)
		}
	}
	return nil
}

// hashedInParallel reads and hashes every file below a folder, and says how many bytes there were.
func hashedInParallel(dir string) (bytes uint64, err error) {
	var files []string
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	var sum atomic.Uint64
	errs := make([]error, len(files))
	inParallel(len(files), func(i int) {
		content, err := atmost.File(files[i], maxBenchFile)
		sha256.Sum256(content)
		sum.Add(uint64(len(content)))
		errs[i] = err
	})
	return sum.Load(), errors.Join(append(errs, err)...)
}
