package replay

import (
	"encoding/binary"
	"strings"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
)

// surroundings are what stands around the acts of a register's events, packed: the acts themselves are in its group. An event takes some
// 70 bytes, without a pointer that the collector would have to follow, where an Envelope with its documents takes four times that.
//
// An event is the length of the rest; its id, its command's, and its instant, 40 bytes; then numbers as varints, and texts with their
// length before them: what of it is invented, its type, version, actor, on whose behalf, and its documents. What is said again and again
// is told once, by its place among the words.
type surroundings struct {
	group    domain.GroupID
	head     uint64
	chunks   [][]byte // whole events each
	places   []spot   // of the events 1, 1+placedEach, 1+2·placedEach …
	words    words
	invented uint64 // the first event of which something is; 0 for none
}

// A spot is where an event stands.
type spot struct{ chunk, at uint32 }

const (
	placedEach = 16      // so many events share a place: the others are found by their lengths
	chunkSize  = 1 << 16 // bytes, about
	ofFixedLen = 2*len(uuid.UUID{}) + 8
	lengthRoom = 3 // bytes for a length, which no body of an event exceeds
)

// words are texts that many events share; the place 0 is that of none.
type words struct {
	all   []string
	place map[string]uint32
	last  [wordKinds]uint32 // of each kind: mostly it is the same again
}

// What the words of an event are.
const (
	wordInvented = iota
	wordType
	wordActor
	wordBehalf
	wordDocument // the kind of the first
	wordKinds
)

func (w *words) of(kind int, text string) uint32 {
	if text == "" {
		return 0
	}
	if last := w.last[kind]; last > 0 && w.all[last] == text {
		return last
	}
	at, known := w.place[text]
	if !known {
		if w.place == nil {
			w.place, w.all = map[string]uint32{}, []string{""}
		}
		at, text = uint32(len(w.all)), strings.Clone(text) // it may be part of what a bundle holds
		w.place[text], w.all = at, append(w.all, text)
	}
	w.last[kind] = at
	return at
}

// add adds the next event.
func (s *surroundings) add(e *eventstore.Envelope) {
	if s.head++; s.head == 1 {
		s.group = e.Group
	}
	if e.Illustrative != "" && s.invented == 0 {
		s.invented = s.head
	}
	n := len(s.chunks)
	if n == 0 || len(s.chunks[n-1]) >= chunkSize {
		var room []byte
		if n > 0 {
			room = make([]byte, 0, chunkSize+chunkSize/16)
		}
		s.chunks, n = append(s.chunks, room), n+1
	}
	chunk := s.chunks[n-1]
	if (s.head-1)%placedEach == 0 {
		s.places = append(s.places, spot{uint32(n - 1), uint32(len(chunk))})
	}
	s.chunks[n-1] = s.spell(chunk, e)
}

// spell appends an event to a chunk.
func (s *surroundings) spell(b []byte, e *eventstore.Envelope) []byte {
	from := len(b)
	b = append(b, make([]byte, lengthRoom)...)
	b = append(append(b, e.ID[:]...), e.Command[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Recorded))
	for _, n := range [...]uint32{
		s.words.of(wordInvented, e.Illustrative), s.words.of(wordType, e.Type), uint32(e.Version), s.words.of(wordActor, e.Actor), s.words.of(wordBehalf, string(e.OnBehalfOf)),
	} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	documents := uint64(0) // none of a list that is nil; otherwise one more than there are
	if e.Evidence != nil {
		documents = uint64(len(e.Evidence)) + 1
	}
	b = binary.AppendUvarint(b, documents)
	for i := range e.Evidence {
		d := &e.Evidence[i]
		b = binary.AppendUvarint(b, uint64(s.words.of(wordDocument, d.Kind)))
		b = append(binary.AppendUvarint(b, uint64(len(d.Reference))), d.Reference...)
		if d.SHA256.IsZero() {
			b = append(b, 0)
		} else {
			b = append(append(b, 1), d.SHA256[:]...)
		}
	}
	length := len(b) - from - lengthRoom
	b[from], b[from+1], b[from+2] = byte(length), byte(length>>8), byte(length>>16)
	return b
}

// next is the event that stands at a spot, without its length, and the spot behind it.
func (s *surroundings) next(at spot) (event []byte, behind spot) {
	b := s.chunks[at.chunk][at.at:]
	end := lengthRoom + (int(b[0]) | int(b[1])<<8 | int(b[2])<<16)
	behind = spot{at.chunk, at.at + uint32(end)}
	if int(behind.at) == len(s.chunks[at.chunk]) {
		behind = spot{chunk: at.chunk + 1}
	}
	return b[lengthRoom:end], behind
}

// spotOf is where event n stands, 1 <= n <= head.
func (s *surroundings) spotOf(n uint64) spot {
	at := s.places[(n-1)/placedEach]
	for range (n - 1) % placedEach {
		_, at = s.next(at)
	}
	return at
}

// event is event n.
func (s *surroundings) event(n uint64) []byte {
	event, _ := s.next(s.spotOf(n))
	return event
}

func (s *surroundings) id(n uint64) uuid.UUID      { return uuid.UUID(s.event(n)) }
func (s *surroundings) command(n uint64) uuid.UUID { return uuid.UUID(s.event(n)[len(uuid.UUID{}):]) }

func (s *surroundings) recorded(n uint64) domain.Instant { return recordedIn(s.event(n)) }

func recordedIn(event []byte) domain.Instant {
	return domain.Instant(binary.LittleEndian.Uint64(event[ofFixedLen-8:]))
}

// illustrative says what of event n is invented; "" for nothing.
func (s *surroundings) illustrative(n uint64) string {
	if s.invented == 0 {
		return ""
	}
	r := around{s.event(n)[ofFixedLen:]}
	return s.word(&r)
}

// An around is what is left to be read of an event.
type around struct{ left []byte }

func (r *around) number() uint64 {
	n, length := binary.Uvarint(r.left)
	r.left = r.left[length:]
	return n
}

func (r *around) bytes(n int) []byte {
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (s *surroundings) word(r *around) string {
	if at := r.number(); at > 0 {
		return s.words.all[at]
	}
	return ""
}

// envelope is event n as it stands in a chunk, without what its act says.
func (s *surroundings) envelope(n uint64, event []byte) eventstore.Envelope {
	e := eventstore.Envelope{Group: s.group, Number: n, ID: uuid.UUID(event), Command: uuid.UUID(event[len(uuid.UUID{}):]), Recorded: recordedIn(event)}
	r := around{event[ofFixedLen:]}
	e.Illustrative, e.Type, e.Version = s.word(&r), s.word(&r), int(r.number())
	e.Actor, e.OnBehalfOf = s.word(&r), domain.MemberID(s.word(&r))
	documents := r.number()
	if documents == 0 {
		return e
	}
	e.Evidence = make([]domain.Evidence, documents-1)
	for i := range e.Evidence {
		d := &e.Evidence[i]
		d.Kind, d.Reference = s.word(&r), string(r.bytes(int(r.number())))
		if r.bytes(1)[0] == 1 {
			d.SHA256 = domain.Hash(r.bytes(len(domain.Hash{})))
		}
	}
	return e
}
