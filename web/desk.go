// Package web lets programs ask registre, and bring it commands, over HTTP: what the table of operations says, and no more.
package web

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"registre/domain"
	"registre/eventstore"
)

// A Desk is where questions are asked and commands brought. Its errors are such that its Problem knows them.
type Desk interface {
	// Resolve checks a question, and says what its answer will be without answering it.
	Resolve(ctx context.Context, q Asked) (Resolved, error)
	// Ask answers a question that was resolved, as of the end that its register had then, behind what stands in room.
	Ask(ctx context.Context, q Resolved, room []byte) (Answer, error)
	// Record records a command, a JSON object, or tries it.
	Record(ctx context.Context, b Brought) (Recorded, error)
	// Records gives the durable events of a register from after+1 on; with follow also those to come, until ctx ends.
	Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error]
	// Notices gives the notices of a group behind a place; with follow those to come as well, until ctx ends.
	Notices(q NoticesAsked) (func(ctx context.Context) iter.Seq2[Item, error], error)
	// AllNotices gives the notices of all groups that whoever asks may read, as Notices does.
	AllNotices(q AllNoticesAsked) (func(ctx context.Context) iter.Seq2[Item, error], error)
	// Feed gives a page of notices in words.
	Feed(ctx context.Context, q FeedAsked) (Feed, error)
	// Export says what an export is, and writes it where that is wanted.
	Export(ctx context.Context, q ExportAsked) (Exported, error)
	// Import records what a table says; a *TableError says what is wrong with it, and that nothing was recorded.
	Import(ctx context.Context, b TableBrought) (Imported, error)
	// Ready says why nothing should be asked yet, or no longer.
	Ready(ctx context.Context) error
	// Problem tells an error in a language: "fr" or "en".
	Problem(err error, lang string) Problem
}

// Asked is a question, with both times as they were written.
type Asked struct {
	Name, Group, At, Known string
	Told                   map[string]string
}

// Resolved is a question of which both times are settled.
type Resolved struct {
	Asked
	Head    uint64          // the register's last number now
	Lasting bool            // the same question will have the same answer for ever, to the byte
	Of      string          // names what Ask answers among all answers, and never changes; "" where nothing does
	Meta    json.RawMessage // what is to stand in its meta, with the register's end where the answer does not last
	Settled any             // what the desk made of the question, for its Ask
}

// name is the tag of the whole answer, where it is known before the answer: "" for none.
func (r *Resolved) name() string {
	if r.Of == "" {
		return ""
	}
	return tagOf(r.Meta)
}

// An Answer is a JSON object in its canonical form. Where it has a meta, the value of that is not in it yet: it belongs at
// Meta.
type Answer struct {
	Text []byte
	Meta int
}

// with is the whole answer, behind b.
func (a *Answer) with(meta json.RawMessage, b []byte) []byte {
	b = append(slices.Grow(b, len(a.Text)+len(meta)+1), a.Text[:a.Meta]...)
	return append(append(b, meta...), a.Text[a.Meta:]...)
}

// Brought is a command on its way in.
type Brought struct {
	Body    []byte
	Group   string // whose register it must be
	Ends    *uint64
	DryRun  bool
	Receipt bool // the answer holds the receipt of its last event
}

// Recorded is what became of a command.
type Recorded struct {
	First, Last uint64
	Repeated    bool
	Answer      json.RawMessage
}

// A Problem is what went wrong, as RFC 9457 has it.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Detail  string `json:"detail"` // the sentence, in the language asked for
	Code    string `json:"code"`   // R0123, stable
	Subject string `json:"subject,omitempty"`
	Field   string `json:"field,omitempty"`
	Day     string `json:"day,omitempty"` // on which a rule was judged
	Remedy  string `json:"remedy,omitempty"`
}
