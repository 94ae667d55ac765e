package archive

// A shaState is the state of a SHA-256, in the order F E B A H G D C.
type shaState [8]uint32

// blocks2 takes n blocks of 64 bytes, 1 or more, from p into one state, and as many from q into another.
//
//go:noescape
func blocks2(a, b *shaState, p, q *byte, n int)

// hasSHA says whether the processor has what blocks2 needs.
func hasSHA() bool

var inPairs = hasSHA()
