// Package projections answers questions about one purchasing group: who holds how many voices, who is a member, which
// bodies exist, where the avenants stand; which schools and order forms there are. One question a file.
//
// An answer is a plain value, made by a function of the group as its register tells it (a domain.Group) and a Question.
// It is the surface: its JSON is what scripts read. The package does no input or output and has no clock.
//
// # Guarantees
//
// For all questions q and all events e numbered above q.Known:
//
//	Encode(answer(Evolve(g, e), q)) = Encode(answer(g, q))    to the byte
//	Encode(x) has its keys in ascending order                 RFC 8785
//
// Whatever has an order has a stated one: members and bodies by their ids, texts as they were drafted, obligations by
// their articles, events by their numbers. A list that has no entry is [] where it is the answer itself, and is left
// out where it is a remark.
//
// The bitemporal timelines that these answers look into live in domain, since what judges a command needs the same ones:
// docs/decisions/001-timelines.md.
package projections
