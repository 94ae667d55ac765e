// Command registre keeps the decisions that public bodies take together: who was a member, who held how many voices, which
// text was approved by whom, on any day, as known at any other.
//
// A verb works on a desk: the ledger in this process (local), or the one of the process that holds the data folder already
// (remote, over a socket in the folder). Both give the same bytes. What a verb prints for people is made from these bytes,
// in one place, in French or in English.
package main
