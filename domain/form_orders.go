package domain

import (
	"fmt"
	"slices"
)

func (f *form) agreement(id AgreementID) { f.id("agreement", string(id)) }

func (f *form) school(field string, u UAI) {
	if !u.exists() {
		f.wrong(field, "the code of a school is missing")
	}
}

func (f *form) order(n OrderNumber) {
	if !ValidOrderNumber(string(n)) {
		f.wrong("number", "%.80q is not the number of an order form: 1 to %d letters and digits, and between them . / _ and -", n, MaxIDLength)
	}
}

// until checks that the day after a period is there.
func (f *form) until(d Day) {
	if !d.exists() {
		f.wrong("until", "the day after the last is missing")
	}
}

func (c Ceiling) check(f *form) {
	if _, err := c.AppendText(nil); err != nil {
		f.wrong("ceiling", "%v", err)
	}
}

func (c *Contractor) check(f *form) {
	f.name("name", c.Name)
	if _, err := c.SIRET.AppendText(nil); err != nil {
		f.wrong("siret", "%v", err)
	} else if c.SIRET.IsZero() {
		f.wrong("siret", "is missing")
	}
}

func (a *AgreementLaunched) check(f *form) {
	f.agreement(a.Agreement)
	a.Ceiling.check(f)
	f.within("contractor", a.Contractor.check)
	distinct(f, "orderers", a.Orderers, 0, itself)
	f.name("title", a.Title)
	f.until(a.Until)
}

func (a *AgreementRenewed) check(f *form) {
	f.agreement(a.Agreement)
	a.Ceiling.check(f)
	f.until(a.Until)
}

func (a *AgreementEnded) check(f *form) {
	f.agreement(a.Agreement)
	f.reason("reason", a.Reason)
}

func (s *SchoolFacts) check(f *form) {
	f.line("address", s.Address)
	if !ValidDepartment(s.Department) {
		f.wrong("department", "%.80q is not the number of a département: 67, 2A, 974", s.Department)
	}
	f.id("kind", string(s.Kind))
	f.name("name", s.Name)
}

// ValidDepartment reports whether s can be the number of a département: two or three digits, 2A or 2B.
func ValidDepartment(s string) bool {
	return s == "2A" || s == "2B" || (len(s) == 2 || len(s) == 3) && allDigits(s)
}

func (a *SchoolOpened) check(f *form) {
	a.SchoolFacts.check(f)
	f.school("school", a.School)
}

func (a *SchoolDescribed) check(f *form) {
	a.SchoolFacts.check(f)
	f.school("school", a.School)
}

func (a *SchoolClosed) check(f *form) { f.school("school", a.School) }

func (a *SchoolsMerged) check(f *form) {
	f.school("into", a.Into)
	f.length("schools", len(a.Schools), 1)
	seen := make(map[UAI]bool, len(a.Schools))
	for i, u := range a.Schools {
		at := fmt.Sprintf("schools[%d]", i)
		f.school(at, u)
		if seen[u] {
			f.wrong(at, "%v stands there twice", u)
		}
		seen[u] = true
	}
	if slices.Contains(a.Schools, a.Into) {
		f.wrong("into", "%v goes on, so it is not one of those that end", a.Into)
	}
}

func (a *SchoolMoved) check(f *form) {
	f.line("address", a.Address)
	f.school("school", a.School)
	f.school("to", a.To)
	if a.To == a.School {
		f.wrong("to", "a school that keeps its code is described anew")
	}
}

func (a *OrderIssued) check(f *form) {
	f.agreement(a.Agreement)
	f.prose("ceiling_reason", a.CeilingReason)
	if !a.From.exists() {
		f.wrong("from", "the first day is missing")
	}
	if a.Lines.Len() == 0 {
		f.wrong("lines", "must have at least 1")
	}
	f.id("member", string(a.Member))
	f.order(a.Number)
	f.prose("overlap_reason", a.OverlapReason)
	f.until(a.Until)
}

func (a *OrderAmended) check(f *form) {
	f.prose("ceiling_reason", a.CeilingReason)
	f.order(a.Number)
	f.prose("overlap_reason", a.OverlapReason)
	all := slices.AppendSeq(slices.Collect(a.Added.Keys()), a.Replaced.Keys())
	all = slices.AppendSeq(all, a.Removed.All())
	if len(all) == 0 {
		f.wrong("added", "an amendment adds, replaces or removes a line")
	}
	if twice, ok := duplicate(all); ok {
		f.wrong("", "%v stands there twice: a line is added, replaced or removed", twice)
	}
}

func (a *OrderCancelled) check(f *form) {
	f.order(a.Number)
	f.reason("reason", a.Reason)
}

func (a *OrderReceived) check(f *form) { f.order(a.Number) }
