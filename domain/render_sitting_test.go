package domain_test

import (
	"fmt"
	"reflect"
	"strings"

	. "registre/domain"
	"registre/domain/domaintest"
)

// renderSittings writes the answers about sittings, votes and decisions.
func renderSittings(g *Group, q Pair, say func(...any)) {
	for _, id := range domaintest.Sittings {
		if s, ok := g.Sitting(id, q); ok {
			say(id, plain(s))
		}
	}
	for _, s := range g.Sittings(q) {
		say(s.Convened.Sitting, s.Event)
		for _, i := range s.Agenda {
			for _, b := range i.Ballots {
				say(i.Item, ballotLines(b))
			}
		}
	}
	for _, d := range g.Decisions(q) {
		one, ok := g.Decision(d.Number, q)
		say(plain(d), reflect.DeepEqual(d, one), ok)
		say(g.Recount(d.Number, q.Known))
	}
	say(g.Doubts(q, TouchSittings|TouchVoting, ""))
}

func ballotLines(b *Ballot) string {
	t, ok := b.Tally()
	line := fmt.Sprintf("%d voted, %v %+v, %s", b.Voted(), ok, t, plain(b.Poll()))
	for seat := range b.Poll().Roll {
		line += fmt.Sprintf("; %+v", b.Vote(seat))
	}
	return line
}

// plain writes a value with what it points to.
func plain(v any) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(v))
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteString("none")
			return
		}
		fmt.Fprintf(b, "%v ", v.Elem().Type().Name())
		write(b, v.Elem())
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			write(b, v.Index(i))
			b.WriteString(" ")
		}
		b.WriteString("]")
	case reflect.Struct:
		if _, ok := v.Interface().(fmt.Stringer); ok {
			fmt.Fprintf(b, "%v", v.Interface())
			return
		}
		b.WriteString("{")
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fmt.Fprintf(b, "%s:", f.Name)
				write(b, v.Field(i))
				b.WriteString(" ")
			}
		}
		b.WriteString("}")
	default:
		fmt.Fprintf(b, "%v", v.Interface())
	}
}
