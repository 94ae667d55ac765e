// Package analyst writes registers as tables for those who ask in SQL: a SQLite file, in both times.
//
// A row of a table with valid_from, valid_to, known_from and known_to says that something was so on the days from valid_from on
// and before valid_to, as the register told it after its events known_from and before known_to. NULL is no end. So for every such
// table, every day d and every number n, the rows with
//
//	valid_from <= d AND (valid_to IS NULL OR d < valid_to) AND known_from <= n AND (known_to IS NULL OR n < known_to)
//
// are what the group's own answer says at the pair (d, n). Tables without days hold what is so whatever day is asked for.
//
// Rows are found by asking the group: at each event that can change an answer, and on each day on which one can change. They are
// not read from the events a second way, so that they cannot come to say something else. Lines of order forms, of which there are
// many, are read off the group's own columns one by one.
//
// The same group, head and words about it give the same bytes.
package analyst
