// Package harness kills a process that records, and cuts the power of the disk it records on, and then looks at what is
// there. It is made of tests only:
//
//	go test ./eventstore/harness                                           a few of each
//	go test ./eventstore/harness -run 'TestKill$' -harness.kills=1000 -timeout 30m
//	go test ./eventstore/harness -run 'TestPowerCut$' -harness.cuts=500 -timeout 30m
//	                                                                       as root, where loop devices can be mounted
//
// A child records commands with ids of its own on a folder, as the program does: through a Ledger, on an archive beside a
// stream. It prints each id after it was answered, and then its receipt. In half of the runs the tail of the archive is cut
// into tiles after every few commands, and now and then the child is struck while it is still opening; so kills and power
// cuts fall into every step.
//
// Whatever happens to the child, of the folder must hold when it is opened again: every command that was answered is
// there, none twice, numbers have no gap, instants increase, and the events of a command are together; both copies have
// the same bodies; every receipt holds for the body as it is read now; the log of heads begins with every checkpoint that
// was ever given out; and no log has any damage. Half of the time that is looked for in a copy of the folder, so that the
// next child, too, begins with what the last one has left.
//
// The program's own verbs that mend and copy are struck as well: repair of several kinds of damage, a first backup, one that grows,
// and restore, killed or without power at a change of a name in their folders, at any time, or right after they have said that they
// are done. Run again they finish, with every event and under every checkpoint; a backup that was cut short is none, or the one of
// before, or whole; and what was said to be done is done:
//
//	go test ./eventstore/harness -run TestVerb -harness.verbkills=25 -harness.verbcuts=25 -timeout 60m
//
// # What it can see
//
// Killing a process proves that nothing is answered before it was handed to the kernel; it proves nothing of the disk,
// since the kernel outlives the process. So its control, which must lose something, answers before it writes. A power cut
// is an ext4 shut down beneath the frozen child, without its journal's last words. There are three controls, which must
// lose something: one never syncs; one does not sync the stream, which then lacks events until the archive gives them back;
// and one has its tail in memory, so that to sync it does nothing: then there are checkpoints that the log of heads knows
// nothing of. A plain file, written and fsynced beside it, must lose nothing: otherwise it is the cut that lies.
//
// That each single step may fail, or be the last, is tested in package archive (TestFailsAtEveryStep).
package harness
