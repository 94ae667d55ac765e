// Package storetest ships with the contract of eventstore.Store. Run checks an implementation against it, sentence by
// sentence; Faulty wraps one and fails on purpose, so that what stands on a store can be tested against every outcome
// the contract allows: not written, failed but written, written late, surely not written, not synced.
package storetest
