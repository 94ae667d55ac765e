package archive

import (
	"errors"
	"strings"
)

// kinds are the kinds of finding, the more particular first.
var kinds = []struct {
	is   error
	name string
}{
	{ErrFenced, "fenced"},
	{ErrOlder, "older"},
	{ErrKeyReplaced, "replaced-key"},
	{ErrUnfinished, "unfinished"},
	{errUnlinked, "unlinked"},
	{ErrRewritten, "rewritten"},
	{ErrRolledBack, "rolled-back"},
	{ErrWrongEvent, "wrong-event"},
	{errMissing, "missing"},
	{errStray, "stray"},
	{errOtherKeyPub, "other-key"},
	{errHead, "wrong-head"},
	{errShrunk, "shrunk"},
	{errOtherState, "other-state"},
	{errNoHead, "no-head"},
	{errBehind, "behind"},
	{errTorn, "torn"},
	{errGap, "gap"},
	{errShortened, "shortened"},
	{errNotNext, "not-next"},
	{errOtherBody, "altered"},
	{errAltered, "altered"},
	{errOnlyArchive, "only-archive"},
	{errOnlyStream, "only-stream"},
	{errNotSame, "altered"},
	{errTooMany, "altered"},
	{errDifferent, "altered"},
	{errNotInTree, "altered"},
	{errWrongRoot, "wrong-root"},
	{ErrNotSigned, "not-signed"},
	{ErrOtherLog, "other-log"},
	{ErrMalformed, "malformed"},
}

// Kind names what is wrong, in a word that stays: fenced, older, replaced-key, unfinished, unlinked, rewritten, rolled-back, wrong-event, missing, stray, other-key, wrong-head, shrunk, other-state, no-head,
// behind, torn, gap, shortened, not-next, altered, only-archive, only-stream, wrong-root, not-signed, other-log, malformed; otherwise
// unreadable of a file, and stream of what the stream itself says.
func (f Finding) Kind() string {
	for _, k := range kinds {
		if errors.Is(f.Cause, k.is) {
			return k.name
		}
	}
	if f.Copy == InStream {
		return "stream"
	}
	return "unreadable"
}

// Kinds are all words that Kind gives.
func Kinds() []string {
	all := []string{"stream", "unreadable"}
	for _, k := range kinds {
		all = append(all, k.name)
	}
	return all
}

// OneEvent says whether a finding concerns but one event that was published, whose hash the log still has.
func (f Finding) OneEvent() bool {
	return f.Group != "" && f.Number > 0 && f.Copy == InArchive && f.Kind() == "altered" && strings.Contains(f.File, "/tile/entries/")
}
