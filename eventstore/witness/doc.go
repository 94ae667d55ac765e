// Package witness keeps watch over other people's logs: C2SP tlog-witness, both sides of it.
//
// A log can show two histories to two readers, each of them whole and signed. Whoever sees only one cannot tell. A witness sees
// what a log publishes, one checkpoint after the other, and puts its own signature only under what continues all that it has
// seen before. So a checkpoint that bears the cosignatures of enough witnesses is the one that everybody else was shown as well.
//
// # What the witness guarantees
//
// Let c and d be two checkpoints of one origin that a [Witness] has cosigned, in this process or in any before it on the same
// folder, c before d:
//
//	CheckConsistency(some proof, c, d) == nil    the log at d begins with the log at c
//	c.Size <= d.Size                             it never goes back
//
// It holds whatever is sent, in whatever order and however many at once; through kill -9 at any step, since the checkpoint is
// on the disk before the cosignature leaves; and with two processes on one folder, the second of which is refused. After a step
// that may or may not have happened on the disk nothing more of that log is cosigned until the folder is opened anew.
//
// It rests on the folder: a witness whose files were put back to an older state, or whose file of a checkpoint was removed,
// has forgotten, and its key must not be used any more. A witness does not know what is in a log, nor whether it is true.
//
// A checkpoint that is signed by the log's own key and does not fit is kept as [Evidence].
//
// # What the house does
//
// [Rounds] submit the newest durable checkpoint of a house's log of heads to the witnesses of its policy, and keep it with their
// cosignatures. No commit waits for them; who wants to know that an event was witnessed waits with [Rounds.Await].
//
// # Errors
//
// Of a submission: ErrUnknownLog, ErrNotSigned (archive), *ConflictError, ErrContradiction, ErrNotProven (archive), ErrMalformed
// (archive). Any other error says that nothing was cosigned, and that the witness itself is in trouble.
package witness
