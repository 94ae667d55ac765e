package analyst

import (
	"math/big"
	"slices"
	"strings"

	"registre/domain"
	"registre/replay/analyst/sqlite"
)

// A teller tells of one group.
type teller struct {
	w       *Writer
	g       *domain.Group
	done    func() error
	touched *touches

	bodies   []domain.BodyID // that there ever were
	orderers map[domain.MemberID]map[domain.Day]bool
	restless map[domain.MemberID]bool // ever
}

// sweep tells what a subject comes to, in both times.
func (t *teller) sweep(s *subject, tell func(domain.Pair, func(tableID, ...sqlite.Value))) error {
	run := sweep{subject: s, days: s.ascending(), tell: tell, emit: t.emit, done: t.done}
	return run.run(t.g)
}

// sweepKnown tells it as it stands at last, whatever the day.
func (t *teller) sweepKnown(s *subject, tell func(domain.Pair, func(tableID, ...sqlite.Value))) error {
	run := sweep{subject: s, days: []domain.Day{domain.LastDay}, tell: tell, emit: t.emit, done: t.done}
	return run.run(t.g)
}

// emit adds a row with its times.
func (t *teller) emit(s *stretch, from, until domain.Day, since, ended uint64) {
	row := slices.Clip(s.row)
	if specs[s.table].times == byBoth {
		row = append(row, day(from), day(until))
	}
	t.w.put(s.table, append(row, number(since), number(ended))...)
}

// governance tells who is a member, which bodies there are, who holds how many voices, by which rules, texts and agreements.
func (t *teller) governance() error {
	t.look()
	var weights []told
	s := &t.touched.governance
	run := sweep{subject: s, days: s.ascending(), tell: t.govern, done: t.done, emit: func(s *stretch, from, until domain.Day, since, ended uint64) {
		if s.table == weightsTable {
			weights = append(weights, told{*s, from, until, since, ended})
			return
		}
		t.emit(s, from, until, since, ended)
	}}
	if err := run.run(t.g); err != nil {
		return err
	}
	t.weights(weights)
	return nil
}

// look finds whom the answers will name.
func (t *teller) look() {
	t.orderers, t.restless = t.g.EveryOrderer(), map[domain.MemberID]bool{}
	seen := map[domain.BodyID]bool{}
	for _, n := range t.touched.governance.numbers {
		for _, m := range t.g.Restless(n) {
			t.restless[m] = true
		}
		for _, b := range t.g.Bodies(domain.Pair{At: domain.LastDay, Known: n}) {
			if !seen[b.Body] {
				seen[b.Body] = true
				t.bodies = append(t.bodies, b.Body)
			}
		}
	}
	slices.Sort(t.bodies)
}

type putter = func(tableID, ...sqlite.Value)

func (t *teller) govern(q domain.Pair, put putter) {
	for _, m := range t.g.Members(q) {
		put(membersTable, text(m.Member), text(m.Name), date(m.Since), number(m.Event))
		for _, role := range m.Roles {
			put(rolesTable, text(m.Member), text(role))
		}
	}
	for _, b := range t.g.Bodies(q) {
		put(bodiesTable, text(b.Body), text(b.Name), is(b.Exists), text(b.ReplacedBy), date(b.Since), number(b.Event))
	}
	for _, id := range t.bodies {
		t.body(id, q, put)
	}
	for _, o := range t.g.Obligations(q) {
		put(obligationsTable, text(o.Article), text(o.Basis), text(o.Text))
	}
	t.heirs(q, put)
	t.texts(q, put)
	t.agreements(q, put)
}

func (t *teller) body(id domain.BodyID, q domain.Pair, put putter) {
	w, err := t.g.Weights(id, q)
	for _, row := range w.Rows {
		exact, undetermined := weight(row.Weight), row.Undetermined
		if undetermined {
			exact = sqlite.Value{}
		}
		put(weightsTable, text(id), text(row.Member), exact, is(undetermined), number(t.g.WeightOrigin(id, row.Member, q).Event))
	}
	if err == nil && w.Stated != nil {
		put(statedTable, text(id), weight(*w.Stated), number(w.StatedBy))
	}
	for _, r := range t.g.VotingRules(id, q) {
		put(votingRulesTable, text(id), text(r.Kind), text(r.Rule.Sentence(domain.French)), text(r.Rule.Sentence(domain.English)), date(r.Since), number(r.Event))
	}
}

// told is a row of weights that waits until the unit of its body is known.
type told struct {
	stretch
	from, until  domain.Day
	since, ended uint64
}

// weights adds the rows of weights, each also in the unit of its body: the least of which all weights that it ever had are whole
// multiples. Where there is none that SQLite holds, the unit is NULL.
func (t *teller) weights(rows []told) {
	units := map[string]*big.Int{}
	for i := range rows {
		w, ok := rows[i].weight()
		body := rows[i].row[0].String()
		if units[body] == nil {
			units[body] = big.NewInt(1)
		}
		if den := big.NewInt(w.Den()); ok {
			common := new(big.Int).GCD(nil, nil, units[body], den)
			units[body] = common.Div(new(big.Int).Mul(units[body], den), common)
		}
	}
	for i := range rows {
		r := &rows[i]
		unit := units[r.row[0].String()]
		row := append(slices.Clone(r.row[:3]), sqlite.Value{}, sqlite.Value{})
		if w, ok := r.weight(); ok && unit.IsInt64() {
			n := new(big.Int).Mul(big.NewInt(w.Num()), unit)
			if n.Div(n, big.NewInt(w.Den())); n.IsInt64() {
				row[3], row[4] = sqlite.Int(n.Int64()), sqlite.Int(unit.Int64())
			}
		}
		r.row = append(row, r.row[3:]...)
		t.emit(&r.stretch, r.from, r.until, r.since, r.ended)
	}
}

// weight is that of a row; ok is false where it is undetermined.
func (r *told) weight() (w domain.Weight, ok bool) {
	if r.row[2].IsNull() {
		return w, false
	}
	w, err := domain.ParseWeight(r.row[2].String())
	return w, err == nil
}

// heirs says for whom counts what each member ordered.
func (t *teller) heirs(q domain.Pair, put putter) {
	say := func(m domain.MemberID, on, from domain.Day) {
		heir := sqlite.Value{}
		if all := t.g.Heirs(m, from, q); len(all) == 1 {
			heir = text(all[0])
		}
		put(heirsTable, text(m), day(on), heir)
	}
	for _, m := range sorted(t.orderers) {
		if !t.restless[m] {
			say(m, 0, domain.FirstDay)
			continue
		}
		for _, on := range sorted(t.orderers[m]) {
			say(m, on, on)
		}
	}
}

func (t *teller) texts(q domain.Pair, put putter) {
	for _, row := range t.g.Texts(q) {
		put(avenantsTable, text(row.Text), text(row.Title), text(row.Status), date(row.Since), day(row.Stated), hash(row.SHA256),
			count(row.Approved), count(row.Signed), count(len(row.Members)), is(row.Complete), number(row.Event))
		for _, m := range row.Members {
			put(approvalsTable, text(row.Text), text(m.Member), is(m.MustApprove), is(m.MustSign), is(m.Approved), is(m.OtherText), is(m.Fallen), is(m.Signed),
				number(m.By), number(m.SignedBy))
		}
	}
}

func (t *teller) agreements(q domain.Pair, put putter) {
	for _, a := range t.g.Agreements(q) {
		var orderers []string
		for _, m := range a.Orderers {
			orderers = append(orderers, string(m))
		}
		put(agreementsTable, text(a.Agreement), text(a.Title), text(a.Contractor.Name), text(a.Contractor.SIRET.String()), date(a.Launched), is(a.Valid),
			text(strings.Join(orderers, " ")), number(a.EndedBy), text(a.EndReason), number(a.Event))
		for _, p := range a.Periods {
			put(periodsTable, text(a.Agreement), day(p.From), day(p.Until), text(p.Ceiling.String()), number(p.Set), number(p.Event))
		}
	}
}

func count(n int) sqlite.Value { return sqlite.Int(int64(n)) }
