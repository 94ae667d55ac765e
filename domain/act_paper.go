package domain

// FindingAnswered answers a finding of an audit: it explains it, by whoever acts, with the documents that the command names. A finding
// is known by its code, its events and its subject. It is not gone by that: it is answered.
type FindingAnswered struct {
	Events  []uint64 // that the finding follows from, as it names them
	Finding string   // its code: F0101 …
	Subject string   // its subject; "" where it has none
	Text    string
}

// Kinds of documents for which it is known how long they are kept. Any other kind is a word of whoever adds the document.
const (
	AwardPaper        = "award"        // of the award of a contract
	ExecutionPaper    = "execution"    // of the execution of a contract
	DeliberationPaper = "deliberation" // of a member's assembly
)

// DocumentAdded says that a document is at hand, and what it is. Said again of the same bytes, it describes them anew.
type DocumentAdded struct {
	From      Day    // on which the time begins for which it is kept; 0 where that day is not known yet
	Kind      string // AwardPaper, ExecutionPaper, DeliberationPaper, or another word
	MediaType string // "application/pdf" …
	Reference string
	SHA256    Hash
	Size      int64 // in bytes
}

// DocumentKept says on which day the time begins for which a document is kept: its contract was notified, or the last payment made.
type DocumentKept struct {
	From   Day
	SHA256 Hash
}

// DocumentErased says that the bytes of a document go. Their hash, and all that was said of them, stay.
type DocumentErased struct {
	Order  string // by which it is erased though it is still to be kept; "" where its time is over
	Reason string
	SHA256 Hash
}
