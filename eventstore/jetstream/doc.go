// Package jetstream keeps registers in NATS JetStream. What is kept in NATS, only this package knows.
//
// Open runs a server in this process on a folder, with no port open, and is the only process on that folder. Connect
// uses a server, or a cluster, that somebody else runs. Both give the same Store.
//
// # What is kept
//
// An event is one message on the subject registre.0.GROUP of the stream REGISTRE_0; its body is the event's bytes, its
// headers hold guards only. The number of an event is its ordinal on its subject. The stream has no limit of any kind,
// and its messages can be neither deleted nor purged; every opening reads the configuration back and refuses a stream
// that somebody has weakened (WeakenedError).
//
// # What is promised
//
// A write that Write acknowledged and a later Sync confirmed survives kill -9 and a power cut. An append of several
// events is there whole or not at all, also after a power cut in its midst: Open completes what the cut has torn (see
// the file intent.go). Nobody's append lands on a register that has moved on: each message carries a guard
// that the server judges: the sequence of the message before it in the stream where nobody else can write to that, and
// otherwise of the last one on its subject.
//
// # What is not
//
// The server serves a damaged file as if the damaged events had never been, and cuts off others behind it. So its files are looked at
// before it opens them (Inspect, and docs/decisions/012); what comes to them while it runs is not. The store tells what it can (a register
// that gives fewer events than the server counts, or a stream that lacks the last event that was confirmed, is ErrDamaged), and the number in each body, one layer above, tells the
// rest. With Connect, durability is what that server's configuration makes of it: Sync does nothing.
//
// # Beside a server
//
// With Connect the folder of a process holds no stream (HoldBeside). The bucket REGISTRE_ARCHIVE holds a Fence for each origin.
package jetstream
