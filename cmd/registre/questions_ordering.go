package main

import (
	"slices"

	"registre/domain"
	"registre/projections"
)

func init() {
	kinds["agreements"] = kind{answer: agreementsAsked}
	kinds["schools"] = kind{answer: schoolsAsked}
	kinds["orders"] = kind{answer: ordersAsked}
	kinds["order"] = kind{answer: orderAsked}
}

func agreementsAsked(a *asked) (any, error) {
	answer := projections.Agreements(a.state, a.Question, true)
	return struct {
		projections.AgreementsAnswer
		behind
	}{answer, behindAll(a, answer.Agreements, func(e *projections.AgreementEntry) *[]uint64 { return &e.Why })}, nil
}

func schoolsAsked(a *asked) (any, error) {
	answer := projections.Schools(a.state, a.Question, true)
	kind, department := domain.SchoolKind(a.more["kind"]), a.more["department"]
	other := func(e projections.SchoolEntry) bool {
		return kind != "" && e.Kind != kind || department != "" && e.Department != department
	}
	answer.Schools, answer.Ended = slices.DeleteFunc(answer.Schools, other), slices.DeleteFunc(answer.Ended, other)
	events := whysOf(a, answer.Schools, whyOfSchool)
	return struct {
		projections.SchoolsAnswer
		behind
	}{answer, a.behind(append(events, whysOf(a, answer.Ended, whyOfSchool)...))}, nil
}

func whyOfSchool(e *projections.SchoolEntry) *[]uint64 { return &e.Why }

func ordersAsked(a *asked) (any, error) {
	answer := projections.Orders(a.state, a.Question, true)
	member, agreement, status := domain.MemberID(a.more["member"]), domain.AgreementID(a.more["agreement"]), a.more["status"]
	answer.Orders = slices.DeleteFunc(answer.Orders, func(e projections.OrderEntry) bool {
		return member != "" && e.Member != member || agreement != "" && e.Agreement != agreement || status != "" && e.Status != status
	})
	return struct {
		projections.OrdersAnswer
		behind
	}{answer, behindAll(a, answer.Orders, func(e *projections.OrderEntry) *[]uint64 { return &e.Why })}, nil
}

// orderAsked answers with one order form; one that there is not, as known on that day, has no lines, and no "order".
func orderAsked(a *asked) (any, error) {
	answer := projections.Order(a.state, a.Question, domain.OrderNumber(a.more["order"]), true)
	var events []uint64
	if answer.Order != nil {
		events = answer.Order.Why
		if !a.why() {
			answer.Order.Why = nil
		}
	}
	return struct {
		projections.OrderAnswer
		behind
	}{answer, a.behind(events)}, nil
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
