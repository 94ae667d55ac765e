// Package snapshots keeps books, as a ledger has folded them, in files, so that it need not fold them again when it starts.
//
// A snapshot is a cache and never a truth. The folder can be deleted at any time, by anybody, while the register is in use or
// not: it costs the time to fold the groups again. It belongs into no backup.
//
// # What is guaranteed
//
// Load gives what Save was given, or nothing. It gives it only if
//
//	the file is whole to the bit, and sealed with the key of this house (HMAC-SHA-256)
//	it was made by the same code: eventstore.Code
//	it is of the group that is asked for
//	the register still begins with the events that it was made of: the root of the group's tree after its last event is
//	the one it was made at, and the tree as it now stands is proven to go on from it
//	it was not written to between its being held to the seal and the end of its being used: it is read twice, some of it at a time
//
// So a folder put back from a backup, a register rewritten behind it, another program, a key that was replaced, a file torn by a
// power cut or altered by whoever cannot read the key: all cost time only. A file that was refused is removed.
//
// # A file
//
// One for each group, named by it, replaced as a whole. Numbers are varints, texts have their length before them.
//
//	registre-snapshot@v1\n  code (32 bytes)  group  number  root (32 bytes)  content  seal (32 bytes, over all before it)
//
// # What is not
//
// Files are not synced: what a power cut takes is folded again. Where the disk has no room, nothing is saved, which the log is
// told; what is there stays within Options.Most, the oldest giving way.
package snapshots
