package eventstore

import (
	"context"
	"iter"
	"runtime"
)

// chunkSize is how many records are decoded at a stretch: enough that handing them over costs little beside.
const chunkSize = 256

// A chunk is records on their way from the store to a reader, decoded by a goroutine of its own.
type chunk struct {
	after     uint64 // where they are of one register: the number before the first
	of        bool   // whether they are
	records   []Record
	failed    error // the reading's, after the records
	envelopes []Envelope
	err       error // after the envelopes
	ready     chan struct{}
}

func (c *chunk) decode() {
	defer close(c.ready)
	c.envelopes = make([]Envelope, 0, len(c.records))
	for i, r := range c.records {
		e, err := open(r, c.of, c.after+uint64(i))
		if err != nil {
			c.err = err
			return
		}
		c.envelopes = append(c.envelopes, e)
	}
	c.err = c.failed
}

// open opens a record, of one register the one that follows event n.
func open(r Record, of bool, n uint64) (Envelope, error) {
	if of {
		return OpenAfter(n, r)
	}
	return Open(r)
}

// Opened decodes and checks records one by one, as they come; from a register, or, with no group, from all. It keeps nothing of them.
func Opened(records iter.Seq2[Record, error], from Head) iter.Seq2[Envelope, error] {
	return func(yield func(Envelope, error) bool) {
		for r, err := range records {
			var e Envelope
			if err == nil {
				e, err = open(r, from.Group != "", from.Number)
				from.Number++
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Envelopes does what Opened does, while the store reads on: on as many processors as there are. The records are read
// ahead of what is asked for, so it is not for a reading without end.
func Envelopes(ctx context.Context, from Head, records func(context.Context) iter.Seq2[Record, error]) iter.Seq2[Envelope, error] {
	return func(yield func(Envelope, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		chunks := make(chan *chunk, runtime.GOMAXPROCS(0)+1)
		go readChunks(ctx, from, records(ctx), chunks)
		defer func() {
			stop()
			for range chunks { // until the reader has ended
			}
		}()
		for c := range chunks {
			<-c.ready
			for i := range c.envelopes {
				if !yield(c.envelopes[i], nil) {
					return
				}
			}
			if c.err != nil {
				yield(Envelope{}, c.err)
				return
			}
		}
	}
}

// readChunks cuts a reading into chunks and sets each to decoding.
func readChunks(ctx context.Context, from Head, records iter.Seq2[Record, error], chunks chan<- *chunk) {
	defer close(chunks)
	c := newChunk(from)
	pass := func() bool {
		go c.decode()
		select {
		case chunks <- c:
			c = newChunk(Head{from.Group, c.after + uint64(len(c.records))})
			return true
		case <-ctx.Done():
			return false
		}
	}
	for r, err := range records {
		if err != nil {
			c.failed = err
			break
		}
		if c.records = append(c.records, r); len(c.records) == chunkSize && !pass() {
			return
		}
	}
	pass()
}

func newChunk(from Head) *chunk {
	return &chunk{after: from.Number, of: from.Group != "", records: make([]Record, 0, 16), ready: make(chan struct{})}
}
