package domaintest

import "registre/domain"

// The ids that histories use for what is ordered.
var (
	Agreements = []domain.AgreementID{"ent", "ent-2"}
	Schools    = []domain.UAI{school("0680034T"), school("0350122T"), school("0750655E"), school("0690026D"), school("0670001A")}
	Cycles     = []domain.Cycle{"college", "lycee"}
	Orders     = []domain.OrderNumber{"O-1", "O-2", "O-3", "O-4", "O-5", "O-6"}
)

func school(s string) domain.UAI {
	u, err := domain.ParseUAI(s)
	if err != nil {
		panic(err)
	}
	return u
}

// ordering is an act about an agreement, a school or an order form.
func (m *maker) ordering(date domain.Date) domain.Act {
	day := date.First
	switch launched := m.g.Agreements(domain.Now(domain.LastDay)); {
	case len(launched) == 0 || len(launched) == 1 && m.oneIn(4):
		return m.launch(day)
	case !m.anySchool(day):
		return &domain.SchoolOpened{SchoolFacts: m.facts(), School: m.school(day, false)}
	case m.oneIn(4):
		return m.reform(day)
	case m.oneIn(8):
		return m.renewal()
	case m.oneIn(20):
		return &domain.AgreementEnded{Agreement: m.agreement(day), Reason: "given up"}
	case !m.anyOrder(day) || m.oneIn(3):
		return m.issue(day)
	}
	switch m.Pick(8) {
	case 0, 3:
		return &domain.OrderCancelled{Number: m.order(day), Reason: "error"}
	case 1, 2:
		return &domain.OrderReceived{Number: m.order(day)}
	}
	return m.amendment(day)
}

// agreement is one that is valid on a day, by preference.
func (m *maker) agreement(day domain.Day) domain.AgreementID {
	for _, row := range m.g.Agreements(domain.Now(day)) {
		if row.Valid && !m.oneIn(5) {
			return row.Agreement
		}
	}
	return pickOf(m, Agreements)
}

// orderer is one that may order under an agreement, by preference.
func (m *maker) orderer(under domain.AgreementID, day domain.Day) domain.MemberID {
	for _, id := range Members {
		if m.g.MayOrder(id, under, domain.Now(day)) == nil && !m.oneIn(3) {
			return id
		}
	}
	return m.member(day)
}

// supply is what order forms need: an agreement from the first day on, and schools.
func (m *maker) supply() (commands []domain.Command) {
	commands = append(commands, m.command(domain.OnDay(First), m.launch(First)))
	for _, u := range Schools[:3] {
		commands = append(commands, m.command(domain.OnDay(First+domain.Day(m.Pick(3))), &domain.SchoolOpened{SchoolFacts: m.facts(), School: u}))
	}
	return commands
}

func (m *maker) launch(day domain.Day) *domain.AgreementLaunched {
	id := Agreements[0]
	if _, launched := m.renewalDay(id); launched {
		id = Agreements[1]
	}
	a := &domain.AgreementLaunched{
		Agreement: id, Ceiling: m.ceiling(), Contractor: domain.Contractor{Name: "Editor", SIRET: 73282932000074},
		Title: m.name(), Until: day + 20 + domain.Day(m.Pick(2*Days)),
	}
	if m.oneIn(3) {
		a.Orderers = []domain.MemberID{m.member(day)}
	}
	return a
}

// ceiling is none, or so many pupils, or euros, that a few order forms reach it.
func (m *maker) ceiling() (c domain.Ceiling) {
	switch m.Pick(3) {
	case 0:
		c.Pupils = int64(20 + m.Pick(60))
	case 1:
		c.Amount = euros(int64(1000 * (1 + m.Pick(20))))
	}
	return c
}

func euros(cents int64) domain.Money {
	amount, err := domain.NewMoney(cents, "EUR")
	if err != nil {
		panic(err)
	}
	return amount
}

// renewal is from the end of an agreement on, by preference.
func (m *maker) renewal() domain.Act {
	return &domain.AgreementRenewed{Agreement: pickOf(m, Agreements), Ceiling: m.ceiling(), Until: First + domain.Day(Days+m.Pick(2*Days))}
}

// renewalDay is the day on which a renewal can be.
func (m *maker) renewalDay(id domain.AgreementID) (domain.Date, bool) {
	for _, row := range m.g.Agreements(domain.Now(domain.LastDay)) {
		if row.Agreement == id && len(row.Periods) > 0 {
			return domain.OnDay(row.Periods[len(row.Periods)-1].Until), true
		}
	}
	return domain.Date{}, false
}

func (m *maker) facts() domain.SchoolFacts {
	return domain.SchoolFacts{
		Address: pickOf(m, []string{"", "1 street"}), Department: pickOf(m, []string{"67", "68"}),
		Kind: pickOf(m, []domain.SchoolKind{"college", "lycee"}), Name: m.name(),
	}
}

// school is one that is open on a day, or not; sometimes any.
func (m *maker) school(day domain.Day, open bool) domain.UAI {
	var out []domain.UAI
	for _, u := range Schools {
		if m.g.HasSchool(u, domain.Now(day)) == open {
			out = append(out, u)
		}
	}
	if len(out) == 0 || m.oneIn(15) {
		return pickOf(m, Schools)
	}
	return pickOf(m, out)
}

// reform is what can become of a school.
func (m *maker) reform(day domain.Day) domain.Act {
	u := m.school(day, true)
	switch m.Pick(7) {
	case 3, 4, 5:
		return &domain.SchoolOpened{SchoolFacts: m.facts(), School: m.school(day, false)}
	case 0:
		if into := m.school(day, true); into != u {
			return &domain.SchoolsMerged{Into: into, Schools: []domain.UAI{u}}
		}
	case 1:
		if to := m.school(day, false); to != u {
			return &domain.SchoolMoved{Address: pickOf(m, []string{"", "2 street"}), School: u, To: to}
		}
	case 2:
		return &domain.SchoolClosed{School: u}
	}
	return &domain.SchoolDescribed{SchoolFacts: m.facts(), School: u}
}

func (m *maker) anySchool(day domain.Day) bool {
	for _, u := range Schools {
		if m.g.HasSchool(u, domain.Now(day)) {
			return true
		}
	}
	return false
}

func (m *maker) anyOrder(day domain.Day) bool { return len(m.g.Orders(domain.Now(day))) > 0 }

// order is the number of one that counts on a day, by preference.
func (m *maker) order(day domain.Day) domain.OrderNumber {
	var out []domain.OrderNumber
	for _, row := range m.g.Orders(domain.Now(day)) {
		if row.Status == domain.Issued || row.Status == domain.Running {
			out = append(out, row.Number)
		}
	}
	if len(out) == 0 || m.oneIn(30) {
		return pickOf(m, Orders)
	}
	return pickOf(m, out)
}

func (m *maker) issue(day domain.Day) *domain.OrderIssued {
	from := max(day+domain.Day(m.Pick(10)-3), First)
	under := m.agreement(day)
	a := &domain.OrderIssued{
		Agreement: under, From: from, Lines: m.lines(day, 1+m.Pick(4)), Member: m.orderer(under, day),
		Number: pickOf(m, Orders), Until: from + 1 + domain.Day(m.Pick(20)),
	}
	for _, n := range Orders {
		if _, ok := m.g.Order(n, domain.Now(domain.LastDay)); !ok {
			a.Number = n
			break
		}
	}
	if !m.oneIn(4) {
		a.OverlapReason = "so agreed"
	}
	if !m.oneIn(4) {
		a.CeilingReason = "so agreed"
	}
	return a
}

// lines are about so many lines for schools that are open on a day.
func (m *maker) lines(day domain.Day, about int) domain.Lines {
	seen, lines := map[domain.LineKey]bool{}, []domain.Line(nil)
	for range about {
		l := m.line(domain.LineKey{School: m.school(day, true), Cycle: pickOf(m, Cycles)})
		if !seen[l.LineKey] {
			seen[l.LineKey] = true
			lines = append(lines, l)
		}
	}
	return packed(lines)
}

func packed(lines []domain.Line) domain.Lines {
	p, err := domain.PackLines(lines)
	if err != nil {
		panic(err)
	}
	return p
}

func (m *maker) line(key domain.LineKey) domain.Line {
	l := domain.Line{LineKey: key, Kind: pickOf(m, domain.HeadcountKinds), Day: First + domain.Day(m.Pick(2))}
	if !m.oneIn(4) {
		l.Headcount, _ = domain.NewHeadcount(m.Pick(12))
	}
	if !m.oneIn(3) {
		l.UnitPrice = euros(int64(m.Pick(3) * 50))
	}
	return l
}

// amendment changes lines that an order form has, and adds some.
func (m *maker) amendment(day domain.Day) *domain.OrderAmended {
	a := &domain.OrderAmended{Number: m.order(day), OverlapReason: "so agreed", CeilingReason: "so agreed"}
	row, _ := m.g.Order(a.Number, domain.Now(day))
	has := map[domain.LineKey]bool{}
	var replaced, added []domain.Line
	var removed []domain.LineKey
	for _, l := range row.Lines {
		has[l.LineKey] = true
		switch m.Pick(3) {
		case 0:
			replaced = append(replaced, m.line(l.LineKey))
		case 1:
			removed = append(removed, l.LineKey)
		}
	}
	for l := range m.lines(day, 2).All() {
		if !has[l.LineKey] {
			added = append(added, l)
		}
	}
	if len(added)+len(replaced)+len(removed) == 0 {
		removed = append(removed, domain.LineKey{School: pickOf(m, Schools), Cycle: pickOf(m, Cycles)})
	}
	a.Added, a.Replaced = packed(added), packed(replaced)
	a.Removed, _ = domain.PackKeys(removed)
	return a
}

// orderingAnew says an act about agreements, schools or orders otherwise; nil where it is about nothing of the kind.
func (m *maker) orderingAnew(a domain.Act) domain.Act {
	day := m.day()
	switch a := a.(type) {
	case *domain.AgreementLaunched:
		anew := m.launch(day)
		anew.Agreement = a.Agreement
		return anew
	case *domain.SchoolOpened:
		return &domain.SchoolOpened{SchoolFacts: m.facts(), School: a.School}
	case *domain.OrderIssued:
		anew := m.issue(day)
		anew.Number = a.Number
		return anew
	case *domain.OrderAmended:
		anew := m.amendment(day)
		anew.Number = a.Number
		return anew
	}
	return nil
}
