package archive

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"registre/eventstore"
)

var errNotPutRight = errors.New("a record of the tail can neither be put right by itself nor from the stream")

// mendTail puts right the records of which the checksum does not fit. One flipped bit is found out by the checksum alone; of more,
// within events, the stream's events are tried. What was put right has the checksum that was written, and is held to signature and
// root by the next verification. What was cut off is left to the next opening, which takes the events from the stream.
func (r *repairer) mendTail(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(r.dir, tailDir)); err != nil {
		if err := os.MkdirAll(filepath.Join(r.dir, tailDir), folderMode); err != nil {
			return err
		}
		r.say(Step{What: MendedTail, Files: []string{tailDir}})
	}
	numbers, err := r.segments()
	if err != nil {
		return err
	}
	var failed []Step
	for _, number := range numbers {
		step, err := r.mendSegment(ctx, segmentPath(r.dir, number))
		if err != nil {
			return err
		}
		if step != nil {
			failed = append(failed, *step)
		}
	}
	if len(failed) > 0 || r.tailIsShort() {
		return r.mendByStream(ctx, failed)
	}
	return r.mendNewest()
}

// tailIsShort says whether records are missing that no segment shows to be: between two of them, or behind the last.
func (r *repairer) tailIsShort() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return errors.Is(f.Cause, errShortened) || strings.HasPrefix(f.File, tailDir) && !errors.Is(f.Cause, errOnlyStream)
	})
}

// mendByStream makes anew, from the stream, what the tail has lost.
func (r *repairer) mendByStream(ctx context.Context, failed []Step) error {
	err := r.rechain(ctx)
	if !errors.Is(err, errNotRechained) {
		return err
	}
	if len(failed) == 0 {
		failed = []Step{{What: NotMended, Files: []string{tailDir}}}
	}
	for _, step := range failed {
		step.Cause = err
		r.say(step)
	}
	return nil
}

// mendNewest notes the newest checkpoint anew, where the file cannot be read and all else is whole that it stands for.
func (r *repairer) mendNewest() error {
	unreadable := func(f Finding) bool { return f.File == newestFile }
	if r.confirmed.Size > 0 || len(r.Signed) == 0 || r.heads.lost || !slices.ContainsFunc(r.Findings, unreadable) {
		return nil
	}
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return !unreadable(f) && !f.OneEvent() }) {
		return nil // when that is mended
	}
	if err := placeFile(filepath.Join(r.dir, newestFile), newestText(r.Signed)); err != nil {
		return err
	}
	r.say(Step{What: MendedNewest, Files: []string{newestFile}})
	return nil
}

// mendSegment puts right what can be by each record's own checksum, or with the stream's events in it. It gives the step that says
// that there is more.
func (r *repairer) mendSegment(ctx context.Context, file string) (failed *Step, err error) {
	text, err := readMost(file, maxSegment)
	if err != nil {
		return nil, err
	}
	name := path.Join(tailDir, filepath.Base(file))
	fixed, whole := r.putRight(ctx, text)
	if !slices.Equal(fixed, text) {
		if err := placeFile(file, fixed); err != nil {
			return nil, err
		}
		r.say(Step{What: MendedTail, Files: []string{name}})
	}
	if confirmed, err := readConfirmed(fixed); whole || err == nil && confirmed <= wholeUpTo(fixed) {
		return nil, nil
	}
	return &Step{What: NotMended, Files: []string{name}, Cause: errNotPutRight}, nil
}

// wholeUpTo gives the byte up to which the records of a segment are whole.
func wholeUpTo(text []byte) int64 {
	rest := text[tailStart:]
	for {
		_, after, ok := eventstore.CutFrame(rest)
		if !ok {
			return int64(len(text) - len(rest))
		}
		rest = after
	}
}

// putRight gives a segment with its records put right, as far as they can be. A line that should say how much was confirmed
// and does not then says that all is that is whole.
func (r *repairer) putRight(ctx context.Context, text []byte) (fixed []byte, whole bool) {
	if int64(len(text)) < tailStart {
		return text, false
	}
	fixed = slices.Clone(text[:tailStart])
	rest := text[tailStart:]
	for whole = true; !blank(rest); {
		payload, after, ok := eventstore.CutFrame(rest)
		if !ok {
			if payload, after, ok = r.rescue(ctx, rest); !ok {
				whole = false
				break
			}
		}
		frame := append(make([]byte, eventstore.FrameHeader), payload...)
		eventstore.SealFrame(frame)
		fixed, rest = append(fixed, frame...), after
	}
	if _, err := readConfirmed(text); err != nil && whole {
		copy(fixed, fmt.Sprintf(tailHeader+confirmForm, len(fixed)))
	}
	return append(fixed, rest...), whole
}

// rescue finds out what a frame held whose checksum does not fit.
func (r *repairer) rescue(ctx context.Context, b []byte) (payload, rest []byte, ok bool) {
	if len(b) < eventstore.FrameHeader {
		return nil, b, false
	}
	size, sum := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	body := b[eventstore.FrameHeader:]
	for bit := range 32 {
		if n := uint64(size ^ 1<<bit); n <= uint64(len(body)) && n > 0 && crc32.Checksum(body[:n], castagnoli) == sum {
			return body[:n], body[n:], true
		}
	}
	if uint64(size) > uint64(len(body)) {
		return nil, b, false
	}
	payload, rest = slices.Clone(body[:size]), body[size:]
	if flipBack(payload, sum) {
		return payload, rest, true
	}
	record, err := parseRecord(payload)
	if err != nil {
		return nil, b, false
	}
	if _, _, err := OpenCheckpoint(record.signed, r.Key.name, r.ring); err == nil && r.sameEvents(ctx, record) {
		return payload, rest, true // the checksum itself has suffered
	}
	again := r.withStream(ctx, record)
	if again != nil && len(again) == len(payload) && crc32.Checksum(again, castagnoli) == sum {
		return again, rest, true
	}
	return nil, b, false
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// flipBack finds the one bit without which the checksum fits. What a bit does to it depends on how many bytes follow alone.
func flipBack(payload []byte, sum uint32) bool {
	wanted := crc32.Checksum(payload, castagnoli) ^ sum
	var does [8]uint32
	for bit := range does {
		does[bit] = castagnoli[1<<bit]
	}
	for i := len(payload) - 1; i >= 0; i-- {
		for bit, d := range does {
			if d == wanted {
				payload[i] ^= 1 << bit
				return true
			}
			does[bit] = castagnoli[byte(d)] ^ d>>8
		}
	}
	return false
}

// withStream is the payload of a record with the stream's events in it; nil where it does not have them.
func (r *repairer) withStream(ctx context.Context, record record) []byte {
	var payload []byte
	for _, a := range record.appends {
		bodies := r.streamBodies(ctx, a)
		if bodies == nil {
			return nil
		}
		a.Bodies = bodies
		payload, _ = a.AppendTo(append(payload, tagAppend))
	}
	return append(append(payload, tagCheckpoint), record.signed...)
}

// streamBodies are the stream's events of an append.
func (r *repairer) streamBodies(ctx context.Context, a eventstore.Append) (bodies [][]byte) {
	if r.stream == nil {
		return nil
	}
	for record, err := range r.stream.Read(ctx, a.Group, a.After) {
		if err != nil {
			return nil
		}
		if bodies = append(bodies, record.Body); len(bodies) == len(a.Bodies) {
			return bodies
		}
	}
	return nil
}

// sameEvents says whether the stream has the events of a record.
func (r *repairer) sameEvents(ctx context.Context, record record) bool {
	for _, a := range record.appends {
		bodies := r.streamBodies(ctx, a)
		if !slices.EqualFunc(bodies, a.Bodies, slices.Equal) {
			return false
		}
	}
	return true
}
