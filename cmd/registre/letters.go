package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/notify"
	"registre/projections"
)

// letterOf puts notices into words, in the language of whoever gets them.
func (c *counter) letterOf(to *notify.Contact, all []*projections.Notice) notify.Letter {
	a := c.tongues[cmp.Or(to.Lang, "fr")]
	l := notify.Letter{Lang: a.lang, Parts: []notify.LetterPart{{}}, Foot: a.letterFoot(to), End: a.tr("Se désabonner", "Unsubscribe")}
	for _, n := range all {
		l.Parts[0].Entries = append(l.Parts[0].Entries, a.entryTold(n))
		l.Subject = "[" + string(n.Group) + "] " + l.Parts[0].Entries[0].Title
	}
	return l
}

// digestOf puts into words what was recorded in some registers before an instant.
func (c *counter) digestOf(to *notify.Contact, all []*projections.Notice, due time.Time) notify.Letter {
	a := c.tongues[cmp.Or(to.Lang, "fr")]
	until := domain.InstantOf(due)
	l := notify.Letter{Lang: a.lang, Foot: a.letterFoot(to), End: a.tr("Se désabonner", "Unsubscribe")}
	l.Title = a.fill("Avis du registre, jusqu'au %s à %s", "Notices of the register, up to %s at %s", until.Day(), until.Hour())
	l.Subject = fmt.Sprintf("%s (%d)", l.Title, len(all))
	last := domain.GroupID("")
	for _, n := range all {
		if n.Group != last {
			last = n.Group
			l.Parts = append(l.Parts, notify.LetterPart{Heading: c.groupCalled(last)})
		}
		part := &l.Parts[len(l.Parts)-1]
		part.Entries = append(part.Entries, a.entryTold(n))
	}
	return l
}

// groupCalled is a group by its name and its id; by its id alone where its register cannot be read.
func (c *counter) groupCalled(group domain.GroupID) string {
	name := ""
	_ = c.ledger.View(context.Background(), group, func(v *eventstore.View) error {
		said, ok := v.State.Said(1, v.Head)
		if f, founds := said.Act.(*domain.GroupFounded); ok && founds {
			name = f.Name
		}
		return nil
	})
	if name == "" {
		return string(group)
	}
	return plain(name) + " (" + string(group) + ")"
}

// entryTold is a notice as it stands in a letter.
func (a *app) entryTold(n *projections.Notice) notify.LetterEntry {
	title, text := a.tellNotice(n)
	return notify.LetterEntry{Title: title, Text: text, Where: a.whereTold(n)}
}

// whereTold says in which register a notice stands, and when it was recorded.
func (a *app) whereTold(n *projections.Notice) string {
	return a.fill("%s, n° %d, enregistré le %s à %s, heure de Paris", "%s, #%d, recorded on %s at %s, Paris time", n.Group, n.Number, n.Recorded.Day(), n.Recorded.Hour())
}

// letterFoot says why a mail came, and what it counts for.
func (a *app) letterFoot(to *notify.Contact) []string {
	return []string{
		a.fill("Vous recevez ce message parce que vous êtes abonné aux avis de ce registre (abonnement %s).", "You get this message because you subscribe to the notices of this register (subscription %s).", to.Subscription),
		a.tr("Un avis rapporte ce que dit le registre ; c'est le registre qui fait foi.", "A notice tells what the register says; it is the register that counts."),
	}
}
