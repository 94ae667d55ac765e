package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// timelineAnswer is the answer to "timeline", as far as it is printed.
type timelineAnswer struct {
	about
	Events []storyItem
}

type storyItem struct {
	CorrectedBy  uint64 `json:"corrected_by"`
	Data         actData
	Effective    string
	Illustrative string
	Late         bool
	Number       uint64
	Precision    string
	Recorded     string
	Type         string
	Undocumented bool
	Void         bool
}

func (a *app) timelineVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "timeline GROUP",
		Short: "What happened, by effective day, up to --at",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("timeline", args[0], nil), a.showTimeline)
		},
	}
}

func (a *app) showTimeline(t timelineAnswer) error {
	a.printf("%s, %s\n\n", t.Group, a.when(t.about))
	a.cast = castOf(t.Events)
	width := len(strconv.Itoa(len(t.Events))) + 1
	for i := range t.Events {
		e := &t.Events[i]
		e.Data.choice = a.cast.choice(e.Number, e.Data.Sitting, e.Data.Item)
		says := a.say(e.Type, &e.Data, a.cast.drafts)
		a.cast.rename(e)
		if marks := a.marks(e); len(marks) > 0 {
			says += " [" + strings.Join(marks, " ; ") + "]"
		}
		a.prose(fmt.Sprintf("%-10s %*s  %s", e.Effective, width, "#"+decimal(e.Number), says), 13+width)
	}
	if len(t.Events) == 0 {
		a.printf("%s\n", a.tr("Rien n'est arrivé.", "Nothing has happened."))
	}
	for i := range t.Events {
		if e := &t.Events[i]; e.Illustrative != "" {
			t.Illustrative = append(t.Illustrative, remark{Event: e.Number, What: e.Illustrative})
		}
	}
	a.close(t.about, "timeline", t.Group)
	return nil
}

// draftsIn gives the words of the texts that a story tells of: what they change, and the hash of each.
func draftsIn(events []storyItem) map[string]*actData {
	drafts := map[string]*actData{}
	for i := range events {
		switch e := &events[i]; {
		case e.Void:
		case e.Type == "avenant-drafted":
			drafts[e.Data.Avenant] = &e.Data
		case e.Type == "group-founded":
			drafts["convention"] = &e.Data
		}
	}
	return drafts
}

// marks are what a reader must know of an event beside what it says.
func (a *app) marks(e *storyItem) (marks []string) {
	if e.Void {
		marks = append(marks, a.tr("ANNULÉ par #", "VOID by #")+decimal(e.CorrectedBy))
	} else if e.CorrectedBy > 0 {
		marks = append(marks, a.tr("rectifié par #", "corrected by #")+decimal(e.CorrectedBy))
	}
	if e.Late {
		marks = append(marks, a.tr("enregistré après coup, le ", "recorded late, on ")+parisDay(e.Recorded))
	}
	if e.Precision != "" {
		marks = append(marks, a.tr("jour inconnu", "day unknown"))
	}
	if e.Undocumented && !followsByItself(e.Type) {
		marks = append(marks, a.tr("sans pièce", "without document"))
	}
	if e.Illustrative != "" {
		marks = append(marks, a.tr("illustratif", "illustrative"))
	}
	return marks
}

// followsByItself reports whether nobody commands such an event: it rests on what it follows from.
func followsByItself(kind string) (follows bool) {
	for k := range eventstore.Events.Kinds() {
		if k.Type == kind {
			follows = k.Command == "" // in its newest version, which comes last
		}
	}
	return follows
}

// parisDay is the civil day in Paris of an instant.
func parisDay(recorded string) string {
	t, err := domain.ParseRFC3339(recorded)
	if err != nil {
		return recorded
	}
	return t.Day().String()
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
