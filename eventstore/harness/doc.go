// Package harness kills a process that records, and cuts the power of the disk it records on, and then looks at what is
// there. It is made of tests only:
//
//	go test ./eventstore/harness                                           a few of each
//	go test ./eventstore/harness -run TestKill -harness.kills=200
//	go test ./eventstore/harness -run TestPowerCut -harness.cuts=50        as root, where loop devices can be mounted
//
// A child records commands with ids of its own through a Ledger on a folder, and prints each id after it was answered.
// Whatever happens to the child, of the folder must hold when it is opened again: every command that was answered is
// there, none twice, numbers have no gap, instants increase, and the events of a command are together.
//
// # What it can see
//
// Killing a process proves that nothing is answered before it was handed to the kernel; it proves nothing of the disk,
// since the kernel outlives the process. So its control, which must lose something, answers before it writes. A power cut
// is an ext4 shut down beneath the frozen child, without its journal's last words; there the control answers after Write
// and never syncs, and must lose something too. A plain file, written and fsynced beside it, must lose nothing: otherwise
// it is the cut that lies.
package harness
