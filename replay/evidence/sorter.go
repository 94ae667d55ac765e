package evidence

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"io"
	"iter"
	"slices"
)

// A Sorter takes texts under keys, and gives them in the order of their keys; those under one key in the order in which they were
// added. It holds some megabytes, however many there are: the others lie aside, in runs that are sorted, of which sixteen become one.
// It is not for several goroutines.
type Sorter struct {
	dir  string
	room int // bytes that are held
	text []byte
	rows []sortedRow
	runs [][]*run // by how often what is in them was merged
}

// sortedRow is one that is held: the key and the text are next to each other in the sorter's.
type sortedRow struct{ from, key, end int }

// run is sorted rows that lie aside.
type run struct {
	file *aside
	size int64
}

const (
	sorterRoom = 2 << 20
	sorterWays = 16
	runBuffer  = 32 << 10
)

// NewSorter lays aside in a folder, when there is something to be; "" is the system's own for such files. Whoever has it calls Remove
// at the end.
func NewSorter(dir string) *Sorter { return &Sorter{dir: dir, room: sorterRoom} }

// Remove removes what lies aside.
func (s *Sorter) Remove() {
	for _, level := range s.runs {
		for _, r := range level {
			r.file.remove()
		}
	}
	s.runs = nil
}

// Add adds a text, of which it keeps a copy.
func (s *Sorter) Add(key, text []byte) error {
	if len(s.rows) > 0 && len(s.text)+len(key)+len(text)+len(s.rows)*24 > s.room {
		if err := s.layAside(); err != nil {
			return err
		}
	}
	from := len(s.text)
	s.text = append(append(s.text, key...), text...)
	s.rows = append(s.rows, sortedRow{from, from + len(key), len(s.text)})
	return nil
}

func (s *Sorter) key(r *sortedRow) []byte { return s.text[r.from:r.key] }

func (s *Sorter) sort() {
	slices.SortStableFunc(s.rows, func(x, y sortedRow) int { return bytes.Compare(s.key(&x), s.key(&y)) })
}

// layAside puts what is held into a run.
func (s *Sorter) layAside() error {
	s.sort()
	if err := s.put(0, func(w *bufio.Writer) error {
		for i := range s.rows {
			r := &s.rows[i]
			if err := putRow(w, s.key(r), s.text[r.key:r.end]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	s.text, s.rows = s.text[:0], s.rows[:0]
	return nil
}

// put adds a run that was merged so often, and makes one of them where there are enough.
func (s *Sorter) put(level int, write func(*bufio.Writer) error) error {
	file, err := newAside(s.dir)
	if err != nil {
		return err
	}
	if len(s.runs) == level {
		s.runs = append(s.runs, nil)
	}
	r := &run{file: file}
	s.runs[level] = append(s.runs[level], r) // so that it is removed whatever happens
	w := bufio.NewWriterSize(file, runBuffer)
	if err := cmp.Or(write(w), w.Flush()); err != nil {
		return err
	}
	if r.size, err = file.Seek(0, io.SeekCurrent); err != nil || len(s.runs[level]) < sorterWays {
		return err
	}
	together := s.runs[level]
	err = s.put(level+1, func(w *bufio.Writer) error {
		for row, err := range merged(sources(together)) {
			if err := cmp.Or(err, putRow(w, row.key, row.text)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range together {
		r.file.remove()
	}
	s.runs[level] = nil
	return nil
}

func putRow(w *bufio.Writer, key, text []byte) error {
	var room [2 * binary.MaxVarintLen64]byte
	_, _ = w.Write(binary.AppendUvarint(binary.AppendUvarint(room[:0], uint64(len(key))), uint64(len(text))))
	_, _ = w.Write(key)
	_, err := w.Write(text) // it fails when one before it did
	return err
}

// All gives all that was added, sorted, as often as it is asked; nothing may be added meanwhile. Key and text are good until the next.
func (s *Sorter) All() iter.Seq2[Row, error] {
	s.sort()
	var all []*source
	for _, level := range slices.Backward(s.runs) { // what was merged more often was added before
		all = append(all, sources(level)...)
	}
	at := 0
	return merged(append(all, &source{next: func(row *Row) (bool, error) {
		if at == len(s.rows) {
			return false, nil
		}
		r := &s.rows[at]
		at++
		row.key, row.text = s.key(r), s.text[r.key:r.end]
		return true, nil
	}}))
}

// A Row is a text and its key.
type Row struct{ key, text []byte }

// Key is what a row stands in its place by.
func (r *Row) Key() []byte { return r.key }

// Text is what was added under the key.
func (r *Row) Text() []byte { return r.text }

// A source gives rows by rising keys. Its rank says which of several were added before others.
type source struct {
	next func(*Row) (bool, error)
	row  Row
	rank int
}

// sources read runs.
func sources(runs []*run) (all []*source) {
	for _, r := range runs {
		from := bufio.NewReaderSize(io.NewSectionReader(r.file, 0, r.size), runBuffer)
		var room []byte
		all = append(all, &source{next: func(row *Row) (bool, error) {
			key, err := binary.ReadUvarint(from)
			if err == io.EOF {
				return false, nil
			}
			text, also := binary.ReadUvarint(from)
			if err := cmp.Or(err, also); err != nil {
				return false, err
			}
			room = slices.Grow(room[:0], int(key+text))[:key+text]
			_, err = io.ReadFull(from, room)
			row.key, row.text = room[:key], room[key:]
			return true, err
		}})
	}
	return all
}

// merged merges sources.
func merged(all []*source) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var line queue
		for i, s := range all {
			ok, err := s.next(&s.row)
			if err != nil {
				yield(Row{}, err)
				return
			}
			if s.rank = i; ok {
				line = append(line, s)
			}
		}
		heap.Init(&line)
		for len(line) > 0 {
			first := line[0]
			if !yield(first.row, nil) {
				return
			}
			ok, err := first.next(&first.row)
			switch {
			case err != nil:
				yield(Row{}, err)
				return
			case ok:
				heap.Fix(&line, 0)
			default:
				heap.Pop(&line)
			}
		}
	}
}

// A queue has sources in the order of their rows.
type queue []*source

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return cmp.Or(bytes.Compare(q[i].row.key, q[j].row.key), cmp.Compare(q[i].rank, q[j].rank)) < 0
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*source)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	*q = (*q)[:last]
	return s
}
