package projections

import "registre/projections/canonical"

// Encode gives the one JSON of an answer: no space, keys in ascending order, weights and days in their one spelling, as
// RFC 8785 writes it. It fails on what has no spelling, as a day out of range; answers to well-formed questions have one.
func Encode(answer any) ([]byte, error) { return canonical.Marshal(answer) }
