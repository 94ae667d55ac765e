package orderfile

import (
	"errors"
	"slices"
	"strings"

	"registre/cmd/registre/sheet"
	"registre/cmd/registre/typed"
	"registre/domain"
)

// kinds are the words for the kinds of headcount.
var kinds = map[string]domain.HeadcountKind{
	"forecast": domain.Forecast, "prevision": domain.Forecast, "previsionnel": domain.Forecast, "previsionnels": domain.Forecast, "prevu": domain.Forecast, "estimation": domain.Forecast, "estime": domain.Forecast,
	"official": domain.Official, "officiel": domain.Official, "constat": domain.Official, "constate": domain.Official, "constat rentree": domain.Official, "rentree": domain.Official,
	"live": domain.Live, "comptes": domain.Live, "comptes actifs": domain.Live, "reel": domain.Live, "annuaire": domain.Live,
}

// lineOrLines reads a row of the body: one line of an order form, or one for each cycle that has a column.
func (r *reader) lineOrLines() {
	school := r.school()
	line := domain.Line{LineKey: domain.LineKey{School: school}}
	line.Kind, line.UnitPrice = r.countKind(), r.unitPrice()
	form := r.form()
	if form != nil {
		line.Day = form.Day
	}
	if day := r.day(CountDay, false); day != 0 {
		line.Day = day
	}
	var lines []domain.Line
	for i, f := range r.table.Columns {
		if cycle := f.Of(); cycle != "" && !r.blank(i+1) {
			line.Cycle, line.Headcount = domain.Cycle(cycle), r.headcount(f)
			lines = append(lines, line)
		}
	}
	if r.column(Count) > 0 || len(lines) == 0 {
		line.Cycle, line.Headcount = r.cycle(), r.headcount(Count)
		lines = append(lines, line)
	}
	for _, l := range lines {
		if pupils, _ := l.Headcount.Pupils(); int64(pupils)*l.UnitPrice.Cents() > domain.MaxLineAmount {
			r.fault(UnitPrice, r.column(UnitPrice), TooMuch, "")
		}
	}
	if r.failed || form == nil {
		return
	}
	r.add(form, lines)
}

// blank says whether a column of one cycle's headcounts has nothing in this row: the school has no such pupils.
func (r *reader) blank(column int) bool {
	return column > len(r.cells) || strings.TrimSpace(r.cells[column-1].Text) == "" && !r.cells[column-1].Uncounted
}

// add adds the lines of a row to its order form, unless another row has one of them on the same days.
func (r *reader) add(form *Form, lines []domain.Line) {
	b := r.forms[form.Number]
	said := r.stretch(form)
	if r.failed {
		return
	}
	for _, l := range lines {
		if other := r.twice(b, form, l.LineKey, &said); other > 0 {
			r.faultWith(UAI, r.column(UAI), Twice, "", other)
			return
		}
	}
	for _, l := range lines {
		r.keep(b, form, l, said)
		r.since.add(l.Headcount)
		r.all.add(l.Headcount)
	}
}

// form is the order form that the row belongs to; nil where it has a fault.
func (r *reader) form() *Form {
	said := Form{Number: r.number(), Member: r.member(), Agreement: r.agreement()}
	said.Day, said.Precision = r.issued()
	said.From, said.Until = r.day(From, true), r.until()
	if said.Number == "" {
		return nil
	}
	b := r.forms[said.Number]
	if b == nil {
		if r.failed {
			return nil
		}
		r.table.Forms = append(r.table.Forms, said)
		b = &began{form: len(r.table.Forms) - 1, row: r.row}
		r.forms[said.Number] = b
	}
	form := &r.table.Forms[b.form]
	for _, c := range []struct {
		field Field
		same  bool
	}{
		{Member, said.Member == "" || said.Member == form.Member},
		{Agreement, said.Agreement == "" || said.Agreement == form.Agreement},
		{Day, said.Day == 0 || said.Day == form.Day && said.Precision == form.Precision},
		{From, said.From == 0 || said.From == form.From},
		{Until, said.Until == 0 || said.Until == form.Until},
	} {
		if !c.same {
			r.faultWith(c.field, r.column(c.field), Contradicts, "", b.row)
		}
	}
	return form
}

// required is what the row says of a field that every row must have.
func (r *reader) required(f Field) (text string, column int, ok bool) {
	text, column = r.text(f)
	if text == "" {
		r.lacks(f, column)
		return "", column, false
	}
	return text, column, true
}

// lacks takes note that a row does not say what it must: of a field that has no column, once for the table.
func (r *reader) lacks(f Field, column int) {
	if column > 0 {
		r.fault(f, column, Required, "")
		return
	}
	r.failed = true
	if !slices.ContainsFunc(r.table.Faults, func(at Fault) bool { return at.Code == NoColumn && at.Field == f }) {
		r.table.Faults = append(r.table.Faults, Fault{Row: r.table.HeaderRow, Field: f, Code: NoColumn})
	}
}

func (r *reader) number() domain.OrderNumber {
	text, column, ok := r.required(Order)
	if !ok {
		return ""
	}
	if !domain.ValidOrderNumber(text) {
		r.fault(Order, column, BadID, "")
		return ""
	}
	return domain.OrderNumber(text)
}

func (r *reader) member() domain.MemberID {
	text, column, ok := r.required(Member)
	if !ok {
		return ""
	}
	who := remember(r.ids[Member], text, func(text string) found {
		id, hint, ok := r.names.Member(text)
		return found{string(id), hint, ok}
	})
	if !who.ok {
		r.fault(Member, column, BadID, who.hint)
	}
	return domain.MemberID(who.id)
}

func (r *reader) agreement() domain.AgreementID {
	text, column, ok := r.required(Agreement)
	if !ok {
		return ""
	}
	under := remember(r.ids[Agreement], text, func(text string) found {
		id, hint, ok := r.names.Agreement(text)
		return found{string(id), hint, ok}
	})
	if !under.ok {
		r.fault(Agreement, column, BadID, under.hint)
	}
	return domain.AgreementID(under.id)
}

// day reads a day; 0 where there is none, which is a fault where it must be there.
func (r *reader) day(f Field, must bool) domain.Day {
	text, column := r.text(f)
	if text == "" {
		if must {
			r.lacks(f, column)
		}
		return 0
	}
	read := remember(r.days, text, parseDay)
	if read.err != nil {
		r.wrong(f, column, read.err)
	}
	return read.day
}

func parseDay(text string) readDay {
	written, err := typed.Day(text)
	if err != nil {
		return readDay{err: err}
	}
	d, err := domain.ParseDay(written)
	if err != nil {
		return readDay{err: &typed.Wrong{Code: BadDay}}
	}
	return readDay{day: d}
}

// issued reads the day of an order form. It may be known only as a month or a year, as 2022-06 and 2022: nobody writes these
// for a day, and an export has them so.
func (r *reader) issued() (domain.Day, domain.Precision) {
	text, _ := r.text(Day)
	if d, err := domain.ParseDate(text); err == nil {
		return d.First, d.Precision
	}
	return r.day(Day, true), domain.PrecisionDay
}

// wrong takes note of a value that will not do.
func (r *reader) wrong(f Field, column int, err error) {
	if w := new(typed.Wrong); errors.As(err, &w) {
		r.fault(f, column, w.Code, strings.ReplaceAll(w.Hint, "\t", ", "))
	}
}

// until is the day after the last: said as such, or by the last.
func (r *reader) until() domain.Day {
	if text, _ := r.text(Until); text == "" && (r.column(Through) > 0 || r.mapping.Constants[Through] != "") {
		if last := r.day(Through, true); last != 0 {
			return last + 1
		}
		return 0
	}
	return r.day(Until, true)
}

// school reads a school's code, and keeps what the row tells of it.
func (r *reader) school() domain.UAI {
	text, column, ok := r.required(UAI)
	if !ok {
		return 0
	}
	code := strings.ToUpper(typed.Compact(text))
	u, err := domain.ParseUAI(code)
	if err != nil {
		r.fault(UAI, column, BadUAI, withZero(code))
		return 0
	}
	if _, known := r.schools[u]; !known {
		name, _ := r.text(SchoolName)
		address, _ := r.text(Address)
		r.schools[u] = len(r.table.Schools)
		r.table.Schools = append(r.table.Schools, School{UAI: u, Name: name, Kind: r.schoolKind(), Address: address, Row: r.row})
	}
	return u
}

// withZero is a code that may have lost the zero in front, as numbers do; "" unless its letter then checks.
func withZero(code string) string {
	if u, err := domain.ParseUAI("0" + code); err == nil {
		if _, right := u.Check(); right {
			return u.String()
		}
	}
	return ""
}

// schoolKind is the kind of the school as an id; "" where it is not said.
func (r *reader) schoolKind() string {
	text, column := r.text(SchoolKind)
	if text == "" {
		return ""
	}
	if id := idOf(r.plainly(text)); id != "" {
		return id
	}
	r.fault(SchoolKind, column, BadID, "")
	return ""
}

// idOf is the id of a kind or a cycle that people name, as Plain writes it: a known word's, or the word's own.
func idOf(word string) string {
	if id, ok := cycles[word]; ok {
		return id
	}
	if id := strings.ReplaceAll(word, " ", "-"); domain.ValidID(id) {
		return id
	}
	return ""
}

func (r *reader) cycle() domain.Cycle {
	text, column, ok := r.required(Cycle)
	if !ok {
		return ""
	}
	id := idOf(r.plainly(text))
	if id == "" {
		r.fault(Cycle, column, BadID, "")
	}
	return domain.Cycle(id)
}

func (r *reader) countKind() domain.HeadcountKind {
	text, column, ok := r.required(CountKind)
	if !ok {
		return ""
	}
	kind, ok := kinds[r.plainly(text)]
	if !ok {
		r.fault(CountKind, column, BadKind, "")
	}
	return kind
}

func (r *reader) headcount(f Field) domain.Headcount {
	text, column := r.text(f)
	if column > 0 && column <= len(r.cells) {
		switch r.cells[column-1].Merged {
		case sheet.Own:
			r.counted[column] = r.row
		case sheet.Above:
			r.withdraw(f, column, r.counted[column])
			fallthrough
		default:
			r.fault(f, column, InMerged, "") // one number for several rows: whose it is nobody can tell
			return domain.UnknownHeadcount
		}
	}
	n, known, err := headcount(text)
	if err != nil {
		r.wrong(f, column, err)
		return domain.UnknownHeadcount
	}
	if !known {
		return domain.UnknownHeadcount
	}
	h, err := domain.NewHeadcount(int(n))
	if err != nil {
		r.fault(f, column, BadHeadcount, "")
	}
	return h
}

// withdraw takes back the lines of a row whose headcount turns out to be that of others too.
func (r *reader) withdraw(f Field, column, row int) {
	if row == 0 || r.table.Rejected[row] {
		return
	}
	r.table.Rejected[row] = true
	at := Fault{Row: row, Column: column, Field: f, Code: InMerged, Header: r.table.Header[column-1], Value: r.cells[column-1].Text}
	r.table.Faults = append(r.table.Faults, at)
	for n := range r.table.Forms {
		form := &r.table.Forms[n]
		for i := len(form.Rows) - 1; i >= 0; i-- {
			if form.Rows[i] == row {
				delete(r.lines, r.lineAt(n, form.Lines[i].LineKey))
				form.Rows, form.Lines = slices.Delete(form.Rows, i, i+1), slices.Delete(form.Lines, i, i+1)
			}
		}
	}
}

func (r *reader) unitPrice() (none domain.Money) {
	text, column := r.text(UnitPrice)
	if text == "" {
		return none
	}
	cents, currency, err := typed.Amount(text)
	if err == nil {
		var m domain.Money
		if m, err = domain.NewMoney(cents, currency); err == nil && cents <= domain.MaxUnitPrice {
			return m
		}
		err = &typed.Wrong{Code: BadAmount}
	}
	r.wrong(UnitPrice, column, err)
	return none
}
