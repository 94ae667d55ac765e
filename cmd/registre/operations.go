package main

import (
	"cmp"
	"errors"
	"maps"
	"reflect"
	"strings"

	"registre/domain"
	"registre/replay"
	"registre/web/operation"
)

// A kind of question has a name, a place, and a function that answers it. The table of them is the only place that says what can
// be asked, and with what: the command line, the socket, HTTP and NATS all come through it.
type kind struct {
	path   string                // behind the group, with the parameters that name a thing
	says   string                // what is asked
	takes  []operation.Parameter // beside the group and both times
	whole  bool                  // it wants every event, or takes its time: it reads the register anew, and the group's commands do not wait for it
	audits bool                  // it reads every event beside the state, which it looks at now and then only: commands do not wait for it either
	// wholeWith is a parameter with which it is as if whole.
	wholeWith string
	ofHouse   bool // it is asked of the house register, and of no other
	apart     bool // it serves this program's own exports and completion, and has no place of its own
	answer    func(*asked) (any, error)
	answers   reflect.Type // what answer gives
}

var (
	whyToo     = operation.Parameter{Name: "why", Form: operation.Flag, Says: "name the events that each figure follows from, and their documents"}
	whereLines = operation.Parameter{Name: "where", Form: operation.Lines, Says: "only the lines with a value, as cycle=college"}
)

func aWord(name, says string, oneOf ...string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.Word, Says: says, OneOf: oneOf}
}

func anID(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.ID, Says: says}
}

func aNumber(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.Number, Says: says}
}

func aDay(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.Day, Says: says}
}

func aKnowledge(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.Known, Says: says}
}

func aFlag(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.Flag, Says: says}
}

func aList(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.List, Says: says}
}

func several(name, says string) operation.Parameter {
	return operation.Parameter{Name: name, Form: operation.Lines, Says: says}
}

// asks makes a kind of question of the function that answers it.
func asks[T any](path, says string, answer func(*asked) (T, error), takes ...operation.Parameter) kind {
	return kind{path: path, says: says, takes: takes, answers: reflect.TypeFor[T](), answer: func(a *asked) (any, error) { return answer(a) }}
}

// reading is a kind that reads the register anew.
func reading(k kind) kind {
	k.whole = true
	return k
}

// auditing is a kind that goes through every event of the register.
func auditing(k kind) kind {
	k.audits = true
	return k
}

// within is a kind that only this program asks.
func within(k kind) kind {
	k.apart = true
	return k
}

// kinds is the table of all questions about a register at a pair of times.
var kinds map[string]kind

func init() {
	kinds = map[string]kind{}
	for _, part := range []map[string]kind{groupKinds(), sittingKinds(), orderKinds(), supposingKinds()} {
		maps.Copy(kinds, part)
	}
}

// groupKinds are the questions about a group, its texts and its register.
func groupKinds() map[string]kind {
	return map[string]kind{
		"avenants": asks("avenants", "The texts, and what each still waits for", avenantsAsked,
			anID("text", "one text, with the part of every member in it"), whyToo),
		"bodies": asks("bodies", "The bodies, and those that ended", bodiesAsked, whyToo),
		"diff": reading(asks("diff", "What differs from another pair of times, and the events between", diffAsked,
			aDay("from", "the other day"), aKnowledge("from_known", "the other knowledge"))),
		"documents": reading(asks("documents", "The documents, and until when each must be kept", documentsAsked)),
		"shelf":     within(asks("shelf", "The documents, without the events that rest on them", shelfAsked)),
		"event": asks("events/{number}", "One event as it is kept, what it says as known, and its corrections", eventAsked,
			operation.Must(aNumber("number", "its number in the register"))),
		"explain": asks("explain/{figure}", "How a figure follows, as a tree, and why another pair of times gives another", explainAsked,
			operation.Must(aWord("figure", "which figure", []string{
				replay.FigureCeiling, replay.FigureDecision, replay.FigureEnrolment, replay.FigureTotal, replay.FigureWeight,
			}...)),
			anID("agreement", "of a ceiling: the framework agreement"), anID("body", "of a weight or a total: the body"),
			operation.Parameter{Name: "fold", Form: operation.Count, Says: "sums of more terms than this are cut short; 0 for none"}, aDay("from", "another day to compare with"),
			aKnowledge("from_known", "another knowledge to compare with"), anID("member", "of a weight: the member"),
			aNumber("number", "of a decision: its number in the register"), whereLines),
		"findings":      auditing(asks("findings", "What an audit finds", findingsAsked)),
		"members":       asks("members", "The members, with their roles", membersAsked, whyToo),
		"notices":       noticesKind(),
		"obligations":   asks("obligations", "What the texts oblige the members to do", obligationsAsked),
		"pair":          within(asks("pair", "Both times, resolved", pairAsked)),
		"rights":        rightsKind(),
		"subscriptions": subscriptionsKind(),
		"rules":         asks("rules", "How the bodies vote", rulesAsked, anID("body", "one body"), whyToo),
		"timeline":      reading(asks("timeline", "What happened, in the order in which it took effect", timelineAsked)),
		"weights":       asks("weights", "Who holds how many voices in a body", weightsAsked, operation.Must(anID("body", "the body")), whyToo),
	}
}

// sittingKinds are the questions about sittings and what they decided.
func sittingKinds() map[string]kind {
	sitting := operation.Must(aWord("sitting", "its id, or the number of the event that convened it"))
	decision := operation.Must(aNumber("number", "of the event that proclaimed it"))
	return map[string]kind{
		"decision": asks("decisions/{number}", "One decision, with all that recomputes it", decisionAsked, decision, whyToo),
		"decisions": asks("decisions", "What was decided, and what it is in law", decisionsAsked,
			anID("body", "by one body"), aDay("from", "on or after a day"), anID("member", "in which a member took part"),
			aWord("outcome", "with an outcome", outcomes...), aDay("to", "on or before a day"),
			aWord("words", "with these words in its title"), whyToo),
		"deliberations": within(asks("deliberations", "The decisions with everything in them", deliberationsAsked)),
		"minutes":       asks("sittings/{sitting}/minutes", "What the minutes of a sitting are made of", minutesAsked, sitting, whyToo),
		"sitting":       asks("sittings/{sitting}", "One sitting: who is there, its items, its votes as they stand", sittingAsked, sitting, whyToo),
		"sittings":      asks("sittings", "The sittings", sittingsAsked, anID("body", "of one body"), whyToo),
		"voices": asks("voices/{member}", "What a member can say and has said: weights, proxies, votes", voicesAsked,
			operation.Must(anID("member", "the member")), aDay("from", "votes on or after a day"), whyToo),
	}
}

// orderKinds are the questions about what is ordered, for whom, and for how many.
func orderKinds() map[string]kind {
	agreement := anID("agreement", "under one framework agreement")
	var dimensions []string
	for _, d := range domain.Dimensions() {
		dimensions = append(dimensions, d.String())
	}
	return map[string]kind{
		"agreements": asks("agreements", "The framework agreements", agreementsAsked, whyToo),
		"ceiling":    asks("ceiling", "What is ordered under each agreement, against its ceiling", ceilingAsked, whyToo),
		"duplicates": asks("duplicates", "Pupils that two forms count, with both", duplicatesAsked, whyToo),
		"enrolment": asks("enrolment", "How many pupils are enrolled: gross, distinct, unknown", enrolmentAsked,
			aList("by", "a row for each of: "+strings.Join(dimensions, ", ")+"; two at most"),
			aFlag("lines", "the lines behind it"),
			aWord("series", "the steps over days, as 2021-01-01..2021-12-31"), whereLines, whyToo),
		"lines": asks("lines", "The lines of the order forms", linesAsked,
			aFlag("history", "those of all days, each with its period"), whereLines, whyToo),
		"order": asks("orders/{order}", "One order form, with its lines", orderAsked,
			operation.Must(aWord("order", "its own number")), whyToo),
		"orders": asks("orders", "The order forms", ordersAsked, agreement, anID("member", "of one member"),
			aWord("status", "in one state"), whyToo),
		"renewal": asks("renewal", "Next year's order forms, drafted from last year's lines", renewalAsked,
			operation.Must(aDay("from", "the day whose lines are taken")), operation.Must(aDay("to", "the day that they are drafted for")), agreement, anID("member", "of one member")),
		"schools": asks("schools", "The schools, and those that closed, moved or merged", schoolsAsked,
			aWord("department", "in one department"), aWord("kind", "of one kind"), whyToo),
	}
}

// supposingKinds are the questions about what power is, and what might have been.
func supposingKinds() map[string]kind {
	power := asks("power", "How much power each member has in a body, exactly", powerAsked,
		operation.Must(anID("body", "the body")), aFlag("coalitions", "list the smallest that win and that block"),
		aDay("compare", "beside that of another day"), anID("compare_body", "beside that in another body"),
		aWord("majority", "of the voices, instead of the rule's, as >1/2"),
		aWord("members_majority", "of the members as well, as >=2/3"), whyToo)
	return map[string]kind{
		"power": reading(power),
		"what-if": reading(asks("decisions/{decision}/what-if", "What a decision would have become; nothing is written", whatIfAsked,
			append([]operation.Parameter{operation.Must(aNumber("decision", "of the event that proclaimed it"))}, supposed...)...)),
		"what-if-coalitions": reading(asks("what-if", "Which coalitions can pass a text in a body; nothing is written", whatIfCoalitionsAsked,
			append([]operation.Parameter{operation.Must(anID("body", "the body")), aList("for", "the members in favour")}, supposed[1:]...)...)),
	}
}

// supposed is what can be supposed; the first of a decision only.
var supposed = []operation.Parameter{
	anID("body", "another body's weights and rule"),
	aList("absent", "members that are absent"),
	aList("as", "members that vote like others, as a=b"),
	several("blocking", "blocking minorities, as weights total >=1/3; or none"),
	several("majority", "majorities, as weights cast >1/2"),
	aList("present", "members that are present"),
	several("quorum", "quorums, as weights total >1/2; or none"),
	aDay("rule_of", "the rule of another day"),
	aWord("tie", "what becomes of a tie: rejected, unresolved, casting:coordinator, casting:member:…"),
	aFlag("turn", "the smallest change of votes that turns it"),
	aList("votes", "votes, as a=for"),
	aList("weights", "weights, as a=4.5"),
	aDay("weights_of", "the weights of another day"),
	whyToo,
}

// told checks what a question is told against what it takes, and gives it in one spelling.
func (k *kind) told(of string, more map[string]string) (map[string]string, error) {
	clean, err := operation.Told(k.takes, more)
	var wrong *operation.ParameterError
	if !errors.As(err, &wrong) {
		return clean, err
	}
	f := misuse(string(wrong.Problem), wrong.Name, cmp.Or(wrong.Value, of))
	f.Field = wrong.Name
	return nil, f
}
