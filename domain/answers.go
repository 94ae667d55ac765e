package domain

import (
	"slices"
	"strconv"
)

// An AnswerRow is an answer to a finding of an audit.
type AnswerRow struct {
	*FindingAnswered
	Day   Day
	Event uint64
}

func (a *FindingAnswered) mark(p *pen) { mark(p, &p.g.answers, a) }

// Answers are the answers to findings that were given on q.At or before, by day and number.
func (g *Group) Answers(q Pair) (rows []AnswerRow) {
	for e := range g.answers.from(FirstDay, q.Known) {
		if e.Place.Day > q.At {
			break
		}
		rows = append(rows, AnswerRow{FindingAnswered: e.Value, Day: e.Place.Day, Event: e.Place.Number})
	}
	return rows
}

func (a *FindingAnswered) judge(j *judgement) {
	j.founded()
	a.heard(j)
	for e := range j.g.answers.from(FirstDay, Latest) {
		if j.broken != nil {
			return
		}
		j.unless(!a.says(e.Value), NothingChanges, a.Finding)
	}
}

// heard judges that the events of an answer stand in the register.
func (a *FindingAnswered) heard(j *judgement) {
	for _, n := range a.Events {
		j.unless(n <= j.g.Head(), UnknownEvent, strconv.FormatUint(n, 10))
	}
}

// says reports whether o says the same.
func (a *FindingAnswered) says(o *FindingAnswered) bool {
	return a.Finding == o.Finding && a.Subject == o.Subject && a.Text == o.Text && slices.Equal(a.Events, o.Events)
}
