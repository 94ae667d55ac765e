// Package canonical writes answers as RFC 8785 has JSON, in one pass.
//
//	Marshal(v) = what json.Marshal of github.com/go-json-experiment/json makes of v, canonicalized, to the byte
//
// How a type is written is worked out once: which members it has, and in which order they stand. Whatever this package has no way
// of its own for, as numbers with a fraction, or types that write themselves, is given to that other package; so is what cannot be
// written at all, whose error is then that package's. It is safe for use by several goroutines.
package canonical
