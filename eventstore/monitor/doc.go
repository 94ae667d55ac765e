// Package monitor follows the archive of a house from outside: it keeps a verified copy of it, and gives the alarm when what is
// served is not what was signed, or when what is signed does not continue what was signed before.
//
// # What there is
//
// A monitor has a folder of its own:
//
//	key.pub      the public key that it trusts, for good
//	archive/     the copy: an archive like any other, which can be verified, and restored from
//	evidence/    what an alarm rests on, a folder for each
//	lock         held by the process that follows
//
// # What is guaranteed
//
// For whoever trusts the folder, and that key:
//
//	Round(…) == nil    archive/ is the archive that is served, every event of it is one, in its place, and every checkpoint
//	                   that the monitor has ever seen is continued by the newest
//
// An alarm is given only after the source was asked again, several times; its evidence is durable before that. A source that is
// not to be had, or goes on between two looks, is no alarm. What was copied before stays as it was.
//
// # What is not
//
// A house may show others another history than this monitor: only by comparing checkpoints can that be seen, with each other or
// through witnesses. A monitor does not know whether there is more than is served. It judges the form of events, not their law.
package monitor
