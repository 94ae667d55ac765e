// Package evidence makes the file that an auditor takes away: a register with everything that proves it, and two small programs
// that check and recount it where there is no registre.
//
//	index.html              what this is, and what it says, for a reader
//	verify.py, figures.py   Python's standard library alone; they run where they lie
//	about.json              which register, which pair of times
//	SHA256SUMS              of every other file; sha256sum -c reads it
//	key.pub, rotations/N    the public key, and how it took the place of earlier ones
//	witnesses               public keys of witnesses, as far as the house names some
//	group/, heads/          the logs: checkpoint, bundles of entries, tiles of hashes (C2SP tlog-tiles)
//	witnessed               the newest checkpoint with cosignatures, where it is older than heads/checkpoint
//	documents/              those that are at hand, named by their hashes
//	tables/, schema/        as CSV, and JSON Schema
//
// The same register, checkpoint, pair of times and documents at hand give the same bytes: no clock, no name of a machine or a user is in it.
//
// The entries stream through; what is held is one bundle, one tile of each level, and of each file its name, length and hash.
package evidence
