// Package archive keeps registers as transparency logs: trees over the stored bytes, signed checkpoints, and static files
// that anybody's tools can read and check. It knows nothing of where the events come from.
//
// # What there is
//
// The log of a group has a leaf for each event of its register, in order: the leaf i, counted from 0, is the body of the
// event i+1, byte for byte. The log of heads has a leaf for each state of a group that was recorded: its checkpoint text. So the
// one checkpoint that is signed at a commit, that of the log of heads, stands for every event of every group.
//
//	LeafHash(body)        = SHA-256(0x00 || body)                        RFC 6962, section 2.1
//	NodeHash(left, right) = SHA-256(0x01 || left || right)
//	Tree                  = its right edge: append, root, go on later
//
// # What is guaranteed
//
// Whoever holds a checkpoint c of a log can hold the log to it, with these and nothing else. Each is only as good as the
// hash function, and those with a key in them as the secrecy of the key.
//
//	OpenCheckpoint(signed, origin, verifiers) = c    the key of the log origin has signed exactly c
//	CheckInclusion(p, i, LeafHash(b), c) == nil      the leaf i of the log at c is b
//	CheckConsistency(p, c, d) == nil                 the log at d begins with the log at c: the same leaves, in order
//	Receipt.Check(b, origin, verifiers) == nil       b is the event Index+1 of Group, and the house origin has signed for it
//	Rotation.Check() == nil                          the key From has signed for the event that puts To in its place
//	Log.Check(c) gives nothing                       the files hold the leaves of c and every hash over them, to the bit
//
// Nobody can make two logs that differ anywhere and meet one checkpoint. A house that has signed two checkpoints which no
// proof connects has shown two histories; that it has can be seen only by who sees both, which is what witnesses are for.
//
// Reading is strict: every format has one spelling, and what is read is written again and compared. So a bit that has
// changed in a checkpoint, a receipt or a key is always seen. (In a signature of somebody whose key is not given it is not.)
//
// A log that grows never shows half of it. Files get their names once they are durable, and the checkpoint is replaced when
// all files that it names have theirs: after a power cut at any point, what the standing checkpoint promises can be read,
// and the same calls lead on from there. See [Log].
//
// # What is not
//
// A log does not know whether it is the newest: an older copy of the whole folder is a good log. That takes a checkpoint kept
// elsewhere. Entries and hashes that a View gives are not checked against anything until somebody does so. Two writers on
// one log at the same time are not kept apart; the comparison in Publish finds out about one who came before.
//
// # Formats
//
// All are text with lines that end in a newline, or bytes in C2SP tlog-tiles; other programs read and write them.
//
//	checkpoint      C2SP tlog-checkpoint in a C2SP signed-note, no extension lines, Ed25519    checkpoint.go
//	key, vkey       C2SP signed-note: PRIVATE+KEY+NAME+NUMBER+BASE64, NAME+NUMBER+BASE64       key.go
//	tiles, bundles  C2SP tlog-tiles                                                            tiles.go
//	rotation        registre-rotation@v1: an event of the house register, and its receipt        rotations.go
//	newest          a checkpoint, and zeros up to 512 bytes                                    newest.go
//	receipt         C2SP tlog-proof, with registre-receipt@v1 as its extra data                receipt.go
//
// Logs are named by their origin: ORIGIN that of heads, ORIGIN/GROUP that of a group. The key of a log is called like the
// log; it is the same Ed25519 key for all logs of a house.
//
// # Several writers
//
// Where others write to the stream as well (Options.Shared), each process keeps an archive of its own, with its own key. Then a
// Fence, a place outside of the folder, holds the newest checkpoint that was signed with the key:
//
//	Sync returned nil    the fence stands at Checkpoint(), or at one that the log of heads goes on to
//	Open returned nil    the log of heads goes on from the fence
//
// # Errors
//
// ErrMalformed, ErrOtherLog, ErrNotSigned and ErrNotProven say why something given is not to be believed. A *DamageError,
// which matches eventstore.ErrDamaged, says which of our own files is not as it was written, and where. Of a write,
// eventstore's ErrOvertaken, ErrNotWritten and ErrUnknown say what it proves.
package archive
