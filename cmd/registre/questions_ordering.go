package main

import (
	"slices"

	"registre/domain"
	"registre/projections"
)

type agreementsTold struct {
	projections.AgreementsAnswer
	behind
}

func agreementsAsked(a *asked) (told agreementsTold, err error) {
	answer := projections.Agreements(a.state, a.Question, true)
	return agreementsTold{answer, behindAll(a, answer.Agreements, func(e *projections.AgreementEntry) *[]uint64 { return &e.Why })}, nil
}

type schoolsTold struct {
	projections.SchoolsAnswer
	behind
}

func schoolsAsked(a *asked) (told schoolsTold, err error) {
	answer := projections.Schools(a.state, a.Question, true)
	kind, department := domain.SchoolKind(a.more["kind"]), a.more["department"]
	other := func(e projections.SchoolEntry) bool {
		return kind != "" && e.Kind != kind || department != "" && e.Department != department
	}
	answer.Schools, answer.Ended = slices.DeleteFunc(answer.Schools, other), slices.DeleteFunc(answer.Ended, other)
	events := whysOf(a, answer.Schools, whyOfSchool)
	return schoolsTold{answer, a.behind(append(events, whysOf(a, answer.Ended, whyOfSchool)...))}, nil
}

func whyOfSchool(e *projections.SchoolEntry) *[]uint64 { return &e.Why }

type ordersTold struct {
	projections.OrdersAnswer
	behind
}

func ordersAsked(a *asked) (told ordersTold, err error) {
	answer := projections.Orders(a.state, a.Question, true)
	member, agreement, status := domain.MemberID(a.more["member"]), domain.AgreementID(a.more["agreement"]), a.more["status"]
	answer.Orders = slices.DeleteFunc(answer.Orders, func(e projections.OrderEntry) bool {
		return member != "" && e.Member != member || agreement != "" && e.Agreement != agreement || status != "" && e.Status != status
	})
	return ordersTold{answer, behindAll(a, answer.Orders, func(e *projections.OrderEntry) *[]uint64 { return &e.Why })}, nil
}

type orderTold struct {
	projections.OrderAnswer
	behind
}

// orderAsked answers with one order form; one that there is not, as known on that day, has no lines, and no "order".
func orderAsked(a *asked) (told orderTold, err error) {
	answer := projections.Order(a.state, a.Question, domain.OrderNumber(a.more["order"]), true)
	var events []uint64
	if answer.Order != nil {
		events = answer.Order.Why
		if !a.why() {
			answer.Order.Why = nil
		}
	}
	return orderTold{answer, a.behind(events)}, nil
}

// behindAll is what the rows of an answer follow from.
func behindAll[T any](a *asked, rows []T, why func(*T) *[]uint64) behind {
	return a.behind(whysOf(a, rows, why))
}

// whysOf collects what rows follow from, and leaves it in them only where it was asked for.
func whysOf[T any](a *asked, rows []T, why func(*T) *[]uint64) (events []uint64) {
	for i := range rows {
		w := why(&rows[i])
		events = append(events, *w...)
		if !a.why() {
			*w = nil
		}
	}
	return events
}
