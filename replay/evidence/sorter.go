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
	kept bool     // in their order
	runs [][]*run // by how often what is in them was merged
}

// sortedRow is one that is held: the key and the text are next to each other in the sorter's.
type sortedRow struct{ from, key, end int }

// run is sorted rows that lie aside, with marks on the way, so that what is under some keys is found without reading all before it.
type run struct {
	file  *aside
	size  int64
	marks []mark // of the first row, and of the first behind each markEvery
	last  []byte // the key of the last row
}

// mark is where the rows from a key on begin.
type mark struct {
	key []byte
	at  int64
}

const (
	sorterRoom = 2 << 20
	sorterWays = 16
	runBuffer  = 32 << 10
	markEvery  = 128 << 10
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
	s.rows, s.kept = append(s.rows, sortedRow{from, from + len(key), len(s.text)}), false
	return nil
}

func (s *Sorter) key(r *sortedRow) []byte { return s.text[r.from:r.key] }

func (s *Sorter) sort() {
	if !s.kept {
		slices.SortStableFunc(s.rows, func(x, y sortedRow) int { return bytes.Compare(s.key(&x), s.key(&y)) })
		s.kept = true
	}
}

// layAside puts what is held into a run.
func (s *Sorter) layAside() error {
	s.sort()
	if err := s.put(0, func(w *runWriter) error {
		for i := range s.rows {
			r := &s.rows[i]
			if err := w.put(s.key(r), s.text[r.key:r.end]); err != nil {
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
func (s *Sorter) put(level int, write func(*runWriter) error) error {
	file, err := newAside(s.dir)
	if err != nil {
		return err
	}
	if len(s.runs) == level {
		s.runs = append(s.runs, nil)
	}
	r := &run{file: file}
	s.runs[level] = append(s.runs[level], r) // so that it is removed whatever happens
	w := &runWriter{Writer: bufio.NewWriterSize(file, runBuffer), run: r}
	if err := cmp.Or(write(w), w.Flush()); err != nil || len(s.runs[level]) < sorterWays {
		return err
	}
	together := s.runs[level]
	err = s.put(level+1, func(w *runWriter) error {
		for row, err := range merged(sources(together, nil)) {
			if err := cmp.Or(err, w.put(row.key, row.text)); err != nil {
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

// A runWriter writes a run.
type runWriter struct {
	*bufio.Writer
	run *run
}

func (w *runWriter) put(key, text []byte) error {
	r := w.run
	if n := len(r.marks); n == 0 || r.size-r.marks[n-1].at >= markEvery {
		r.marks = append(r.marks, mark{bytes.Clone(key), r.size})
	}
	r.last = append(r.last[:0], key...)
	var room [2 * binary.MaxVarintLen64]byte
	lengths := binary.AppendUvarint(binary.AppendUvarint(room[:0], uint64(len(key))), uint64(len(text)))
	_, _ = w.Write(lengths)
	_, _ = w.Write(key)
	_, err := w.Write(text) // it fails when one before it did
	r.size += int64(len(lengths) + len(key) + len(text))
	return err
}

// All gives all that was added, sorted, as often as it is asked; nothing may be added meanwhile. Key and text are good until the next.
func (s *Sorter) All() iter.Seq2[Row, error] { return s.Under(nil) }

// Under is All for the keys that begin so. What lies before and behind them is hardly read.
func (s *Sorter) Under(prefix []byte) iter.Seq2[Row, error] {
	s.sort()
	var all []*source
	for _, level := range slices.Backward(s.runs) { // what was merged more often was added before
		all = append(all, sources(level, prefix)...)
	}
	at, _ := slices.BinarySearchFunc(s.rows, prefix, func(r sortedRow, prefix []byte) int { return bytes.Compare(s.key(&r), prefix) })
	all = append(all, &source{next: func(row *Row) (bool, error) {
		if at == len(s.rows) || !bytes.HasPrefix(s.key(&s.rows[at]), prefix) {
			return false, nil
		}
		r := &s.rows[at]
		at++
		row.key, row.text = s.key(r), s.text[r.key:r.end]
		return true, nil
	}})
	return merged(all)
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

// sources read what is in runs under a prefix.
func sources(runs []*run, prefix []byte) (all []*source) {
	for _, r := range runs {
		from, to := r.under(prefix)
		if from == to {
			continue
		}
		in := bufio.NewReaderSize(io.NewSectionReader(r.file, from, to-from), int(min(runBuffer, to-from)))
		var room []byte
		all = append(all, &source{next: func(row *Row) (bool, error) {
			for from < to {
				n, err := nextRow(in, &room, row)
				if from += n; err != nil || bytes.HasPrefix(row.key, prefix) {
					return err == nil, err
				}
				if bytes.Compare(row.key, prefix) > 0 {
					break
				}
			}
			return false, nil
		}})
	}
	return all
}

// under is where the rows under a prefix lie, and perhaps some before and behind them.
func (r *run) under(prefix []byte) (from, to int64) {
	if len(r.marks) == 0 || bytes.Compare(r.last, prefix) < 0 {
		return 0, 0
	}
	behind := func(m mark, prefix []byte) int {
		if bytes.HasPrefix(m.key, prefix) {
			return -1
		}
		return bytes.Compare(m.key, prefix)
	}
	to = r.size
	if i, _ := slices.BinarySearchFunc(r.marks, prefix, behind); i < len(r.marks) {
		to = r.marks[i].at
	}
	i, _ := slices.BinarySearchFunc(r.marks, prefix, func(m mark, prefix []byte) int { return bytes.Compare(m.key, prefix) })
	return r.marks[max(i-1, 0)].at, to
}

// nextRow reads a row into room, and says how long it is as it lies there.
func nextRow(from *bufio.Reader, room *[]byte, row *Row) (int64, error) {
	key, err := binary.ReadUvarint(from)
	text, also := binary.ReadUvarint(from)
	if err = cmp.Or(err, also); err == nil {
		*room = slices.Grow((*room)[:0], int(key+text))[:key+text]
		_, err = io.ReadFull(from, *room)
		row.key, row.text = (*room)[:key], (*room)[key:]
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return lengthOf(key) + lengthOf(text) + int64(key+text), err
}

// lengthOf is how many bytes a number takes.
func lengthOf(n uint64) int64 {
	var room [binary.MaxVarintLen64]byte
	return int64(binary.PutUvarint(room[:], n))
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
