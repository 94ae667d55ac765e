// Package subjects lets programs ask registre over NATS: the operations that package web serves over HTTP, answered by the same
// functions, as a service that the tools of NATS discover.
//
// # Where it runs
//
// On a server of its own in this process, which has nothing of the registers: theirs has no port, and no client of this one can reach
// it. What a client could do to a stream of registers, it could only do where there is one.
//
// # Who asks
//
// Whoever connects shows a token. Each token has an account of its own, so that nobody hears, or answers, another's questions; a
// request on registre.v1.OPERATION reaches the service as registre.asked.TOKEN.OPERATION, by the account's import. So the subject says
// who asks, and nothing that a client sends can say otherwise: no header is looked at for that. A token that is taken back, or has
// expired, is good for no further request, and its connections are closed within a second.
//
// Permissions deny by default: a client may publish requests, and ask what services there are; it may subscribe to its inbox.
package subjects
