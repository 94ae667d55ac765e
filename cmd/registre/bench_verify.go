package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
	"registre/eventstore/jetstream"
)

// The children that verify, and what stands beside them: "files" beside "verify", the bare consumer beside "compare".
const (
	readFiles     = "files"   // every file of the archive, read and hashed with SHA-256
	verifyArchive = "verify"  // the archive in full
	verifyStream  = "compare" // the stream in full, by an archive that was verified
)

// verified sets full verification of both copies beside bare reading of them. The folder that was read has a head for nearly
// every event, each with a root to be reckoned; the one that was weighed has thirty events a head.
func (b *bench) verified(ctx context.Context, results map[string]childResult) error {
	room, weighed := filepath.Join(b.dir, "room-300"), map[string]childResult{}
	if _, err := os.Stat(room); err == nil { // it was weighed in this run
		for range rounds {
			for _, what := range []string{readFiles, verifyArchive} {
				r, err := b.inChild(ctx, what, room)
				if err != nil {
					return err
				}
				if best, ok := weighed[what]; !ok || r.Read < best.Read {
					weighed[what] = r
				}
			}
		}
		b.addVerified("verify the archive in full, 300 bytes an event, one core", 0.7, weighed)
	}
	b.addVerified("verify the archive in full, a head for every event, one core", 0, results)
	stream, bare := results[verifyStream], results["bare"]
	b.add(beside(figure{Name: "verify the stream in full", Value: float64(stream.Events) / stream.Read, Unit: "/s", Target: 0.7}, float64(bare.Events)/bare.Read, "bare ordered consumer"))
	return nil
}

func (b *bench) addVerified(name string, target float64, results map[string]childResult) {
	files, whole := results[readFiles], results[verifyArchive]
	mb := float64(files.Events) / 1e6
	b.add(beside(figure{Name: name, Value: mb / whole.Read, Unit: "MB/s", Target: target}, mb/files.Read, "reading it with SHA-256"))
}

// verifyChild measures what one of these children does.
func (b *bench) verifyChild(ctx context.Context, what string) (childResult, error) {
	switch what {
	case readFiles:
		return best(func() (childResult, error) { return b.hashFilesOf(nil) })
	case verifyArchive:
		return best(func() (childResult, error) {
			v, r, err := b.verifyFiles(ctx, archive.VerifyOptions{Full: true, Workers: 1})
			if err != nil {
				return r, err
			}
			return r, whole(v)
		})
	default:
		return b.holdStream(ctx)
	}
}

// best does something several times and gives the quickest.
func best(do func() (childResult, error)) (quickest childResult, err error) {
	for range rounds {
		r, err := do()
		if err != nil {
			return r, err
		}
		if quickest.Read == 0 || r.Read < quickest.Read {
			quickest = r
		}
	}
	return quickest, nil
}

// hashFilesOf reads every file of the archive, or those that are wanted, and hashes it. Its events are bytes.
func (b *bench) hashFilesOf(wanted func(string, fs.DirEntry) bool) (r childResult, err error) {
	begun := time.Now()
	err = filepath.WalkDir(filepath.Join(b.app.data, archiveDir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || wanted != nil && !wanted(path, entry) {
			return err
		}
		content, err := atmost.File(path, maxBenchFile)
		sha256.Sum256(content)
		r.Events += uint64(len(content))
		return err
	})
	r.Read = time.Since(begun).Seconds()
	return r, err
}

// verifyFiles verifies the archive.
func (b *bench) verifyFiles(ctx context.Context, options archive.VerifyOptions) (*archive.Verification, childResult, error) {
	begun := time.Now()
	v, err := archive.Verify(ctx, filepath.Join(b.app.data, archiveDir), options)
	if err != nil {
		return nil, childResult{}, err
	}
	return v, childResult{Events: v.Events, Read: time.Since(begun).Seconds()}, nil
}

// holdStream holds the stream to the archive, which is verified before.
func (b *bench) holdStream(ctx context.Context) (r childResult, err error) {
	v, r, err := b.verifyFiles(ctx, archive.VerifyOptions{Full: true})
	if err != nil {
		return r, err
	}
	stream, err := jetstream.Open(ctx, b.app.data, jetstream.Options{})
	if err != nil {
		return r, err
	}
	begun := time.Now()
	err = v.Compare(ctx, stream, false)
	r.Read = time.Since(begun).Seconds()
	return r, errors.Join(err, whole(v), stream.Close())
}

// whole says what is wrong with what was just written.
func whole(v *archive.Verification) error {
	if len(v.Findings) == 0 {
		return nil
	}
	return fmt.Errorf("what was just written is damaged: %v", v.Findings[0])
}
