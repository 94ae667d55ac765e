package replay

import (
	"maps"
	"slices"

	"registre/domain"
	"registre/projections"
)

// What can be different.
const (
	MemberGained       = "member-gained"
	MemberLost         = "member-lost"
	MemberRenamed      = "member-renamed"
	RoleChanged        = "role-changed" // from and to are members; none where it was, or is, vacant
	BodyGained         = "body-gained"
	BodyLost           = "body-lost"
	BodyRenamed        = "body-renamed"
	WeightChanged      = "weight-changed" // none where the member held, or holds, no weight
	TotalChanged       = "total-changed"
	StatedTotalChanged = "stated-total-changed"
	TextChanged        = "text-changed" // from and to are statuses; none where it was, or is, not drafted
	ObligationChanged  = "obligation-changed"
)

// Undetermined stands for a weight that nobody has given, or for a total that cannot be said because of one.
const Undetermined = "undetermined"

// A Difference is one thing that two answers say differently. From and To are weights, names, ids or statuses, by its code;
// "" and left out where there is nothing.
type Difference struct {
	Article   string          `json:"article,omitempty"`
	Body      domain.BodyID   `json:"body,omitempty"`
	Code      string          `json:"code"`
	Events    []uint64        `json:"events"` // that explain it, ascending
	From      string          `json:"from,omitempty"`
	Member    domain.MemberID `json:"member,omitempty"`
	Role      string          `json:"role,omitempty"`
	Successor domain.BodyID   `json:"successor,omitempty"` // of a body lost
	Text      domain.TextID   `json:"text,omitempty"`
	To        string          `json:"to,omitempty"`
}

// Diff says what is different between two pairs: two days, two knowledges, or both. Members come first, then roles, bodies,
// weights by body, texts and obligations, each by their ids. Its error matches domain.ErrOverflow.
//
// The events that explain a difference are those that became known in between, were corrected in between, or take effect in
// between, and that touch what is different; of a weight held on both sides also those that it follows from on one of them.
//
// For all p and q: Diff(p, p) is empty; Diff(q, p) is Diff(p, q) with From and To, and gained and lost, changed over, and
// without Successor where it was.
func Diff(b *Book, from, to domain.Pair) ([]Difference, error) {
	from.Known, to.Known = min(from.Known, b.Head()), min(to.Known, b.Head())
	d := &differ{b: b, from: from, to: to, found: []Difference{}}
	d.gather()
	d.members()
	d.roles()
	d.bodies()
	if err := d.weights(); err != nil {
		return nil, err
	}
	d.texts()
	d.obligations()
	return d.found, nil
}

type differ struct {
	b        *Book
	from, to domain.Pair
	changed  []change
	found    []Difference
}

// A change is an event that lies between the two pairs, with all that it brings about on either side.
type change struct {
	numbers []uint64 // the event, and the corrections that decide what it says, or what it rests on
	acts    []domain.Act
}

// gather finds the events that one side knows and the other does not, or otherwise, and those effective in between.
func (d *differ) gather() {
	for n := uint64(1); n <= max(d.from.Known, d.to.Known); n++ {
		c := change{numbers: []uint64{n}}
		between := n > min(d.from.Known, d.to.Known) || d.rewritten(&c, n)
		for _, known := range [2]uint64{d.from.Known, d.to.Known} {
			said, ok := d.b.Group.Said(n, known)
			if !ok {
				continue
			}
			day := said.Effective.First
			between = between || min(d.from.At, d.to.At) < day && day <= max(d.from.At, d.to.At)
			c.acts = append(append(c.acts, said.Act), projections.Brought(d.b.Group, n, said.Act, known)...)
			c.acts = append(c.acts, d.b.undone(said.Act, known)...)
			if on, act := restsOn(d.b.Group, said.Act, known); on > 0 {
				between = d.rewritten(&c, on) || between
				if act != nil {
					c.acts = append(c.acts, act)
				}
			}
		}
		if between {
			d.changed = append(d.changed, c)
		}
	}
}

// rewritten reports whether the two sides read event n as different events decide, and notes these.
func (d *differ) rewritten(c *change, n uint64) bool {
	from := projections.Corrections(d.b.Group, n, d.from.Known)
	to := projections.Corrections(d.b.Group, n, d.to.Known)
	c.numbers = append(append(c.numbers, from...), to...)
	return !slices.Equal(from, to)
}

// restsOn is the event whose words an act carries out, or takes back, and of the latter what it said.
func restsOn(g *domain.Group, act domain.Act, known uint64) (uint64, domain.Act) {
	switch act := act.(type) {
	case *domain.AvenantEnteredIntoForce:
		drafted, _, _ := g.Drafted(act.Avenant, domain.Pair{At: domain.LastDay, Known: known})
		return drafted, nil
	case *domain.DecisionProclaimed:
		return act.Defined, nil
	case *domain.DeliberationFell:
		said, _ := g.Said(act.Deliberation, known)
		return act.Deliberation, said.Act
	}
	return 0, nil
}

// add adds a difference with the events that touch what is different; where there is none, as with what passes by several
// successions, with those by which members come and go; and where there is none of these, with all that lies between.
func (d *differ) add(f Difference, touches func(domain.Act) bool, events ...uint64) {
	everything := func(domain.Act) bool { return true }
	for _, touches := range []func(domain.Act) bool{touches, touchesQuota, everything} {
		for _, c := range d.changed {
			if slices.ContainsFunc(c.acts, touches) {
				events = append(events, c.numbers...)
			}
		}
		if len(events) > 0 {
			break
		}
	}
	slices.Sort(events)
	f.Events = slices.Compact(events)
	d.found = append(d.found, f)
}

// byID gives both answers' entries side by side, by their ids; nil on the side where there is none.
func byID[E any, ID ~string](from, to []E, id func(*E) ID, see func(id ID, a, b *E)) {
	sides := map[ID]*[2]*E{}
	for side, entries := range [2][]E{from, to} {
		for i := range entries {
			k := id(&entries[i])
			if sides[k] == nil {
				sides[k] = new([2]*E)
			}
			sides[k][side] = &entries[i]
		}
	}
	for _, k := range slices.Sorted(maps.Keys(sides)) {
		see(k, sides[k][0], sides[k][1])
	}
}

func (d *differ) members() {
	byID(d.b.Group.Members(d.from), d.b.Group.Members(d.to), func(m *domain.MemberRow) domain.MemberID { return m.Member },
		func(id domain.MemberID, a, b *domain.MemberRow) {
			f := Difference{Member: id}
			switch {
			case a == nil:
				f.Code, f.To = MemberGained, b.Name
			case b == nil:
				f.Code, f.From = MemberLost, a.Name
			case a.Name != b.Name:
				f.Code, f.From, f.To = MemberRenamed, a.Name, b.Name
			default:
				return
			}
			d.add(f, touchesMember(id))
		})
}

func (d *differ) roles() {
	for _, role := range domain.Roles {
		a, _ := d.b.Group.Holder(role, d.from)
		b, _ := d.b.Group.Holder(role, d.to)
		if a != b {
			d.add(Difference{Code: RoleChanged, Role: role, From: string(a), To: string(b)}, touchesRole(role, a, b))
		}
	}
}

func (d *differ) bodies() {
	byID(d.b.Group.Bodies(d.from), d.b.Group.Bodies(d.to), func(b *domain.BodyRow) domain.BodyID { return b.Body },
		func(id domain.BodyID, a, b *domain.BodyRow) {
			f := Difference{Body: id}
			was, is := a != nil && a.Exists, b != nil && b.Exists
			switch {
			case !was && is:
				f.Code, f.To = BodyGained, b.Name
			case was && !is:
				f.Code, f.From = BodyLost, a.Name
				if b != nil {
					f.Successor = b.ReplacedBy
				}
			case was && a.Name != b.Name:
				f.Code, f.From, f.To = BodyRenamed, a.Name, b.Name
			default:
				return
			}
			d.add(f, touchesBody(id))
		})
}

func (d *differ) weights() error {
	ids := map[domain.BodyID]bool{}
	for _, q := range []domain.Pair{d.from, d.to} {
		for _, row := range d.b.Group.Bodies(q) {
			ids[row.Body] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		a, err := projections.Weights(d.b.Group, d.b.Question(d.from), id, true)
		if err != nil {
			return err
		}
		b, err := projections.Weights(d.b.Group, d.b.Question(d.to), id, true)
		if err != nil {
			return err
		}
		d.body(id, &a, &b)
	}
	return nil
}

func (d *differ) body(id domain.BodyID, a, b *projections.WeightsAnswer) {
	var all []uint64
	byID(a.Members, b.Members, func(m *projections.WeightEntry) domain.MemberID { return m.Member },
		func(m domain.MemberID, x, y *projections.WeightEntry) {
			before, after := weightOf(x), weightOf(y)
			if before == after {
				return
			}
			var why []uint64
			if x != nil && y != nil {
				why = oneSided(x.Why, y.Why)
			}
			d.add(Difference{Code: WeightChanged, Body: id, Member: m, From: before, To: after}, touchesWeight(id, m), why...)
			all = append(all, d.found[len(d.found)-1].Events...)
		})
	nothing := func(domain.Act) bool { return false }
	if before, after := totalOf(a), totalOf(b); before != after {
		d.add(Difference{Code: TotalChanged, Body: id, From: before, To: after}, nothing, slices.Clone(all)...)
	}
	if before, after := statedOf(a), statedOf(b); before != after {
		d.add(Difference{Code: StatedTotalChanged, Body: id, From: before, To: after}, touchesTable(id), slices.Clone(all)...)
	}
}

func weightOf(e *projections.WeightEntry) string {
	switch {
	case e == nil:
		return ""
	case e.Undetermined:
		return Undetermined
	}
	return e.Weight.Weight.String()
}

func totalOf(a *projections.WeightsAnswer) string {
	switch {
	case a.Total.Given:
		return a.Total.Weight.String()
	case len(a.Members) > 0:
		return Undetermined
	}
	return ""
}

func statedOf(a *projections.WeightsAnswer) string {
	if a.StatedTotal == nil {
		return ""
	}
	return a.StatedTotal.String()
}

// oneSided gives what stands in one list only.
func oneSided(a, b []uint64) (found []uint64) {
	for _, n := range a {
		if !slices.Contains(b, n) {
			found = append(found, n)
		}
	}
	for _, n := range b {
		if !slices.Contains(a, n) {
			found = append(found, n)
		}
	}
	return found
}

func (d *differ) texts() {
	byID(d.b.Group.Texts(d.from), d.b.Group.Texts(d.to), func(t *domain.TextRow) domain.TextID { return t.Text },
		func(id domain.TextID, a, b *domain.TextRow) {
			f := Difference{Code: TextChanged, Text: id}
			if a != nil {
				f.From = a.Status
			}
			if b != nil {
				f.To = b.Status
			}
			if f.From != f.To {
				d.add(f, touchesText(id))
			}
		})
}

func (d *differ) obligations() {
	a, b := d.b.Group.Obligations(d.from), d.b.Group.Obligations(d.to)
	article := func(o **domain.ObligationSet) string { return (*o).Article }
	byID(a, b, article, func(id string, x, y **domain.ObligationSet) {
		f := Difference{Code: ObligationChanged, Article: id}
		if x != nil {
			f.From = (*x).Text
		}
		if y != nil {
			f.To = (*y).Text
		}
		if f.From != f.To {
			d.add(f, func(act domain.Act) bool {
				o, ok := act.(*domain.ObligationSet)
				return ok && o.Article == id
			})
		}
	})
}
