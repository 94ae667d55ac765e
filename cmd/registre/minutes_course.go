package main

import (
	"slices"
	"strings"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/projections"
)

// presences tells who was there at the opening, and what came after.
func (t *minuteTaker) presences() {
	if t.Mode == domain.Written {
		t.replies()
		return
	}
	t.section("Présences", "Attendance")
	if t.Opened == 0 {
		t.say(t.tr("La séance n'a pas été ouverte.", "The sitting was not opened."))
		t.replies()
		return
	}
	t.add(paper.Part{Text: t.counted(), Lead: true})
	table := &paper.Table{
		Heads:  []string{t.tr("Membre", "Member"), t.tr("Voix", "Voices"), t.tr("À l'ouverture", "At the opening"), t.tr("Ensuite", "Afterwards")},
		Widths: []float64{62, 16, 52, 50}, Right: map[int]bool{1: true}, Wrap: true,
	}
	observers := *table
	observers.Heads = slices.Concat([]string{t.tr("Observateur, sans voix", "Observer, without a vote"), ""}, table.Heads[2:])
	observers.Widths = slices.Clone(table.Widths)
	for i := range t.Attendance {
		e := &t.Attendance[i]
		row := []string{t.name(e.Member), "", t.presence(e.Presence, e.Holder), t.moves(e.Member)}
		switch {
		case e.Observer:
			observers.Rows = append(observers.Rows, row)
			continue
		case e.Undetermined:
			row[1] = t.tr("indéterminé", "undetermined")
		case e.Weight != nil && !e.Weight.IsZero():
			row[1] = t.number(e.Weight.String())
		}
		table.Rows = append(table.Rows, row)
	}
	t.add(paper.Part{Table: table})
	if len(observers.Rows) > 0 {
		without(&observers, 1)
		t.add(paper.Part{Table: &observers})
	}
}

// replies are the answers to the notice, where nothing else tells who is there.
func (t *minuteTaker) replies() {
	var says []string
	for _, r := range t.Answers {
		says = append(says, t.name(r.Member)+t.tr(" : ", ": ")+map[string]string{
			domain.WillAttend: t.tr("viendra", "will come"), domain.WillBeRepresented: t.tr("sera représenté", "will be represented"), domain.Excused: t.tr("excusé", "excused"),
		}[r.Answer])
	}
	if len(says) > 0 {
		t.add(paper.Part{Text: t.tr("Réponses à la convocation :", "Answers to the notice:"), Lead: true}, paper.Part{List: says})
	}
}

// counted says how many were there at the opening.
func (t *minuteTaker) counted() string {
	heads, voices := map[string]int{}, map[string]domain.Weight{}
	weighed, exact := false, true
	for i := range t.Attendance {
		e := &t.Attendance[i]
		if e.Observer {
			continue
		}
		heads[e.Presence]++
		if e.Weight != nil {
			sum, err := domain.SumWeights(voices[e.Presence], *e.Weight)
			voices[e.Presence], exact = sum, exact && err == nil && !e.Undetermined
			weighed = weighed || !e.Weight.IsZero()
		}
	}
	var says []string
	for _, p := range []string{domain.Present, domain.Represented, domain.Excused, domain.Absent} {
		text := map[string]string{
			domain.Present: t.tr("présents : %d", "present: %d"), domain.Represented: t.tr("représentés : %d", "represented: %d"),
			domain.Excused: t.tr("excusés : %d", "excused: %d"), domain.Absent: t.tr("absents : %d", "absent: %d"),
		}[p]
		text = strings.Replace(text, "%d", decimal(uint64(heads[p])), 1)
		if weighed && exact && heads[p] > 0 {
			text += " (" + t.voices(voices[p]) + ")"
		}
		says = append(says, text)
	}
	return t.tr("À l'ouverture, ", "At the opening, ") + strings.Join(says, t.tr(" ; ", "; ")) + "."
}

// presence says how somebody is there.
func (t *minuteTaker) presence(how string, holder domain.MemberID) string {
	switch how {
	case domain.Present:
		return t.tr("présent", "present")
	case domain.Represented:
		return t.tr("représenté par ", "represented by ") + t.name(holder)
	case domain.Excused:
		return t.tr("excusé", "excused")
	case domain.Recused:
		return t.tr("ne prend pas part", "takes no part")
	}
	return t.tr("absent", "absent")
}

// moves says when somebody came or went after the opening.
func (t *minuteTaker) moves(m domain.MemberID) string {
	var says []string
	for i := range t.Course {
		p := &t.Course[i]
		if p.Before || !slices.Contains(p.Members, m) {
			continue
		}
		switch p.Kind {
		case projections.CourseArrived:
			says = append(says, t.tr("arrivé", "arrived")+t.at(p.Hour)+t.f(" (n° %d)", " (number %d)", p.Event))
		case projections.CourseLeft:
			says = append(says, t.tr("parti", "left")+t.at(p.Hour)+t.f(" (n° %d)", " (number %d)", p.Event))
		case projections.CourseReplaced:
			says = append(says, t.tr("délégué remplacé", "delegate replaced")+t.at(p.Hour)+t.f(" (n° %d)", " (number %d)", p.Event))
		}
	}
	return strings.Join(says, t.tr(" ; ", "; "))
}

// proxies tells those that were given, and how they ended.
func (t *minuteTaker) proxies() {
	if len(t.Proxies) == 0 {
		return
	}
	t.section("Pouvoirs", "Proxies")
	table := &paper.Table{
		Heads:  []string{t.tr("Mandant", "Grantor"), t.tr("Mandataire", "Holder"), t.tr("Pour", "For"), t.tr("Donné", "Given"), t.tr("Fin", "End")},
		Widths: []float64{45, 45, 24, 30, 36}, Wrap: true,
	}
	for i := range t.Proxies {
		p := &t.Proxies[i]
		items := t.tr("tous les points", "all items")
		if len(p.Items) > 0 {
			items = t.tr("points ", "items ") + joined(p.Items)
		}
		end := "–"
		switch {
		case p.Arrived:
			end = t.f("arrivée du mandant%s (n° %d)", "the grantor arrives%s (number %d)", t.at(t.hourOf(p.Ended)), p.Ended)
		case p.Ended > 0:
			end = t.f("révoqué%s (n° %d)", "revoked%s (number %d)", t.at(t.hourOf(p.Ended)), p.Ended)
		}
		given := t.moment(p.Event)
		if passage := t.passageOf(p.Event); passage != nil && passage.Day.First == t.Day && passage.Hour != "" {
			given = t.clock(passage.Hour) + t.f(" (n° %d)", " (number %d)", p.Event)
		}
		table.Rows = append(table.Rows, []string{t.name(p.Grantor), t.name(p.Holder), items, given, end})
	}
	t.add(paper.Part{Table: table})
}

func joined[T ~string](ids []T) string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = string(id)
	}
	return strings.Join(s, ", ")
}

// passageOf is the passage of an event; nil where it has none.
func (t *minuteTaker) passageOf(event uint64) *projections.MinutesPassage {
	for i := range t.Course {
		if t.Course[i].Event == event {
			return &t.Course[i]
		}
	}
	return nil
}

// hourOf is that at which an event of the course happened; "" where it is not known.
func (t *minuteTaker) hourOf(event uint64) string {
	if p := t.passageOf(event); p != nil {
		return p.Hour
	}
	return ""
}

// course tells what went on, in its order: what concerns an item under that item.
func (t *minuteTaker) course() {
	item, seen, begun := domain.ItemID(""), map[domain.ItemID]bool{}, false
	for i := range t.Course {
		p := &t.Course[i]
		if p.Before && (p.Kind == projections.CourseProxy || p.Kind == projections.CourseRevoked) {
			continue // it stands among the proxies
		}
		if !begun {
			t.section("Déroulement", "Proceedings")
			begun = true
		}
		switch p.Kind {
		case projections.CourseOpened:
			item = ""
			t.add(paper.Part{Heading: t.tr("Ouverture", "Opening"), Level: 2})
		case projections.CourseClosed, projections.CourseAdjourned:
			end := t.tr("Fin de la séance", "End of the sitting")
			if t.Mode == domain.Written {
				end = t.tr("Fin de la consultation", "End of the consultation")
			}
			t.add(paper.Part{Heading: end, Level: 2})
		}
		if p.Item != "" && p.Item != item {
			title := t.f("Point %s – %s", "Item %s – %s", p.Item, p.Title)
			if seen[p.Item] {
				title += t.tr(" (suite)", " (continued)")
			}
			item, seen[p.Item] = p.Item, true
			t.add(paper.Part{Heading: title, Level: 2})
		}
		if p.Kind == projections.CourseVote {
			t.vote(p)
			continue
		}
		t.say(t.happened(p))
	}
}

// happened says one passage, with its hour and number.
func (t *minuteTaker) happened(p *projections.MinutesPassage) string {
	says := t.passage(p)
	if len(p.Lapsed) > 0 {
		says += t.f(" Le pouvoir donné par %s prend fin.", " The proxy given by %s ends.", t.people(p.Lapsed))
	}
	says += t.f(" (n° %d)", " (number %d)", p.Event)
	switch {
	case p.Day.First != t.Day:
		return t.date(p.Day) + t.at(p.Hour) + " – " + says
	case p.Hour != "":
		return t.clock(p.Hour) + " – " + says
	}
	return says
}

func (t *minuteTaker) passage(p *projections.MinutesPassage) string {
	because := "."
	if p.Reason != "" {
		because = t.tr(" : ", ": ") + strings.TrimSuffix(p.Reason, ".") + "."
	}
	who := t.people(p.Members)
	switch p.Kind {
	case projections.CourseOpened:
		if t.Mode == domain.Written {
			return t.tr("La consultation est ouverte.", "The consultation is opened.")
		}
		return t.tr("La séance est ouverte.", "The sitting is opened.")
	case projections.CourseArrived:
		return t.f("Arrivée : %s.", "Arrival: %s.", who)
	case projections.CourseLeft:
		return t.f("Départ : %s.", "Departure: %s.", who)
	case projections.CourseReplaced:
		return t.f("Une autre personne siège désormais pour %s.", "Another person now sits for %s.", who)
	case projections.CourseProxy:
		return t.f("%s donne pouvoir à %s", "%s gives a proxy to %s", who, t.name(p.Holder)) + t.forItems(p.Items)
	case projections.CourseRevoked:
		return t.f("%s révoque son pouvoir.", "%s revokes its proxy.", who)
	case projections.CourseRecused:
		return t.f("%s ne prend pas part à ce point (déport).", "%s takes no part in this item (recusal).", who)
	case projections.CourseSuspended:
		return t.tr("La séance est suspendue.", "The sitting is suspended.")
	case projections.CourseResumed:
		return t.tr("La séance reprend.", "The sitting resumes.")
	case projections.CourseAdjourned:
		if p.Why == domain.ForNoQuorum {
			return t.tr("La séance est ajournée faute de quorum", "The sitting is adjourned for want of a quorum") + because
		}
		return t.tr("La séance est ajournée", "The sitting is adjourned") + because
	case projections.CourseClosed:
		if t.Mode == domain.Written {
			return t.tr("La consultation est close.", "The consultation is closed.")
		}
		return t.tr("La séance est levée.", "The sitting is closed.")
	case projections.CourseCancelled:
		return t.tr("La séance est décommandée", "The sitting is cancelled") + because
	}
	return t.changed(p, because)
}

func (t *minuteTaker) forItems(items []domain.ItemID) string {
	if len(items) == 0 {
		return "."
	}
	return t.f(" pour les points %s.", " for the items %s.", joined(items))
}

// changed says what happened to an item.
func (t *minuteTaker) changed(p *projections.MinutesPassage, because string) string {
	text := ""
	if p.SHA256 != "" {
		text = t.tr(" Texte, SHA-256 : ", " Text, SHA-256: ") + p.SHA256 + "."
	}
	switch p.Kind {
	case projections.CourseAdded:
		return t.tr("Le point est inscrit à l'ordre du jour.", "The item is put on the agenda.") + text
	case projections.CourseAmended:
		return t.f("Le point est amendé ; c'est désormais : « %s »", "The item is amended; it is now “%s”", p.Title) + t.ofKind(p.ItemKind) + "." + text
	case projections.CourseWithdrawn:
		return t.tr("Le point est retiré", "The item is withdrawn") + because
	case projections.CoursePostponed:
		if p.To != "" {
			return t.f("Le point est reporté à la séance %s", "The item is postponed to the sitting %s", p.To) + because
		}
		return t.tr("Le point est reporté", "The item is postponed") + because
	case projections.CourseDivided:
		return t.f("Le point est divisé ; il est voté par parties : %s.", "The item is divided and voted in parts: %s.", joined(p.Items))
	}
	return p.Kind
}

// ofKind says the kind of an item, where it has one.
func (t *minuteTaker) ofKind(k domain.ItemKind) string {
	if k == "" {
		return ""
	}
	return t.f(", de nature « %s »", ", of the kind “%s”", string(k))
}
