package domain

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	findingCode = regexp.MustCompile(`^F[0-9]{4}$`)
	mediaType   = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$`)
)

func (a *FindingAnswered) check(f *form) {
	if !findingCode.MatchString(a.Finding) {
		f.wrong("finding", "%.80q is not the code of a finding, as in F0101", a.Finding)
	}
	f.length("events", len(a.Events), 1)
	for i, n := range a.Events {
		at := fmt.Sprintf("events[%d]", i)
		f.number(at, n)
		if slices.Contains(a.Events[:i], n) {
			f.wrong(at, "%d stands there twice", n)
		}
	}
	f.line("subject", a.Subject)
	f.reason("text", a.Text)
}

func (a *DocumentAdded) check(f *form) {
	if a.From != 0 && Retention(a.Kind) == 0 {
		f.wrong("from", "goes with the kinds %q and %q only", AwardPaper, ExecutionPaper)
	}
	f.name("kind", a.Kind)
	f.line("media_type", a.MediaType)
	if !mediaType.MatchString(a.MediaType) {
		f.wrong("media_type", "%.80q is no media type, as in application/pdf", a.MediaType)
	}
	f.line("reference", a.Reference)
	f.document(a.SHA256)
	if a.Size < 0 || a.Size >= 1<<53 {
		f.wrong("size", "is a number of bytes, from 0 on")
	}
}

func (a *DocumentKept) check(f *form) {
	if a.From == 0 {
		f.wrong("from", "the day on which the time begins is missing")
	}
	f.document(a.SHA256)
}

func (a *DocumentErased) check(f *form) {
	f.line("order", a.Order)
	f.reason("reason", a.Reason)
	f.document(a.SHA256)
}

func (f *form) document(h Hash) {
	if h.IsZero() {
		f.wrong("sha256", "the hash of the document is missing")
	}
}
