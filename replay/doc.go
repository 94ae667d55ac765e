// Package replay recomputes: it folds a register's events anew, and answers what an auditor asks of the whole.
//
//	Fold       events → a Book, or the damage that stops it
//	Resolve    "as known at" → the number of an event
//	Story      what happened, by effective day
//	Diff       what two days, or two knowledges, make different, and the events that explain it
//	Findings   what an audit reports
//	Explain    the event and the documents behind a number
//	Derive     how a figure follows, as a tree: by which rules, from which events; DeriveVersus why another pair gives another
//
// It reads envelopes wherever they come from, and knows no store. It has no clock and writes no sentence: what it
// gives is data, in one order, whose JSON (projections.Encode) is the same to the byte for the same events and question.
//
// For all books b, pairs p and events e numbered above p.Known: what Story, Findings and Explain give of (b, p) is what
// they give of (b and e, p); so does Derive, and Diff and DeriveVersus for two pairs.
package replay
