package main

import (
	"strings"

	"registre/domain"
)

// A cast is what sentences need of the rest of a story: who and what it tells of, by name.
type cast struct {
	bodies  map[string]string        // names by id
	drafts  map[string]*actData      // the texts, and what they change
	items   map[[2]string][]castItem // by sitting and item, in the order of their events
	members map[string]string        // names by id
	schools map[string]string        // names by code
}

// A castItem is an item as one event says it.
type castItem struct {
	event   uint64
	options []agendaOption
}

// castOf gathers the names in a story.
func castOf(events []storyItem) *cast {
	c := &cast{bodies: map[string]string{}, drafts: draftsIn(events), items: map[[2]string][]castItem{}, members: map[string]string{}, schools: map[string]string{}}
	for i := range events {
		if e := &events[i]; !e.Void {
			c.takeNames(e.Type, &e.Data)
			c.takeItems(e)
		}
	}
	return c
}

func (c *cast) takeNames(kind string, d *actData) {
	switch kind {
	case "member-joined":
		c.members[d.Member] = d.Name
	case "sitting-convened": // an observer is called as it was convened, unless it is a member
		for _, o := range d.Observers {
			if c.members[o.Member] == "" {
				c.members[o.Member] = o.Name
			}
		}
	case "body-created":
		c.bodies[d.Body] = d.Name
	case "body-replaced":
		c.bodies[d.By] = d.Name
	case "members-succeeded":
		for _, s := range d.Successors {
			c.members[s.Member] = s.Name
		}
	case "school-opened", "school-described":
		c.schools[d.School] = d.Name
	case "school-moved":
		c.schools[d.To] = c.schools[d.School]
	}
	for i := range d.Changes {
		c.takeNames(d.Changes[i].Change, &d.Changes[i])
	}
}

// rename takes the new names of bodies from an event that has been told: what comes after it calls them so. Those that a decision
// renames keep the name that they had.
func (c *cast) rename(e *storyItem) {
	switch {
	case e.Void:
		return
	case e.Type == "body-renamed":
		c.bodies[e.Data.Body] = e.Data.Name
	case e.Type == "avenant-entered-into-force" && c.drafts[e.Data.Avenant] != nil:
		changes := c.drafts[e.Data.Avenant].Changes
		for i := range changes {
			if changes[i].Change == "body-renamed" {
				c.bodies[changes[i].Body] = changes[i].Name
			}
		}
	}
}

func (c *cast) takeItems(e *storyItem) {
	d := &e.Data
	take := func(item string, options []agendaOption) {
		of := [2]string{d.Sitting, item}
		c.items[of] = append(c.items[of], castItem{e.Number, options})
	}
	switch e.Type {
	case "sitting-convened":
		for _, i := range d.Agenda {
			take(i.Item, i.Options)
		}
	case "item-divided":
		for _, i := range d.Parts {
			take(i.Item, i.Options)
		}
	case "item-added", "item-amended":
		take(d.Item, saidAs[[]agendaOption](d.Options))
	}
}

// choice are the options of an item as last said before an event.
func (c *cast) choice(before uint64, sitting, item string) (options []agendaOption) {
	last := uint64(0)
	for _, now := range c.items[[2]string{sitting, item}] {
		if now.event < before && now.event > last {
			last, options = now.event, now.options
		}
	}
	return options
}

// An agendaOption is one of several to choose from.
type agendaOption struct{ Option, Title string }

// optionTitled is what one of some options is called; its id where that is not known.
func optionTitled(options []agendaOption, id string) string {
	for _, o := range options {
		if o.Option == id {
			return o.Title
		}
	}
	return id
}

// sense is how somebody votes: for, against, abstaining, or for an option.
func (a *app) sense(d *sittingData, sense string) string { return a.senseAmong(d.choice, sense) }

func (a *app) senseAmong(options []agendaOption, sense string) string {
	if title := optionTitled(options, sense); title != sense {
		return title
	}
	return a.word(sense)
}

// member is a member by its name, where the story tells it; otherwise by its id.
func (a *app) member(id string) string {
	if a.cast != nil && a.cast.members[id] != "" {
		return a.cast.members[id]
	}
	return id
}

// body is a body by its name, where the story tells it; otherwise by its id.
func (a *app) body(id string) string {
	if a.cast != nil && a.cast.bodies[id] != "" {
		return a.cast.bodies[id]
	}
	return id
}

// quoted is a name within a French sentence, which would otherwise want an article; an id stays bare.
func (a *app) quoted(name string) string {
	if a.cast != nil && a.lang == "fr" {
		return "« " + name + " »"
	}
	return name
}

// introduced is somebody of whom a story tells for the first time: by its id, under which others know it, and its name.
func introduced(id, name string) string { return id + " (" + name + ")" }

func (a *app) membersCalled(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = a.member(id)
	}
	return names
}

// called lists members, and observers, by their names.
func (a *app) called(ids []string) string { return a.list(a.membersCalled(ids)) }

// school is a school by its code, and its name where the story tells it.
func (a *app) school(code string) string {
	if a.cast != nil && a.cast.schools[code] != "" {
		return code + " (" + a.cast.schools[code] + ")"
	}
	return code
}

// thresholdsSaid are thresholds in full sentences; one that cannot be read stays as it is.
func (a *app) thresholdsSaid(list []string) string {
	var says []string
	for _, s := range list {
		if t, err := domain.ParseThreshold(s); err == nil {
			s = t.Sentence(a.language())
		}
		says = append(says, s)
	}
	return strings.Join(says, a.tr(" ; et ", "; and "))
}

func (a *app) language() domain.Language {
	if a.lang == "fr" {
		return domain.French
	}
	return domain.English
}
