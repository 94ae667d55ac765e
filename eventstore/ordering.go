package eventstore

import (
	"errors"
	"strings"

	"registre/domain"
)

// The forms of what order forms are made of.
var (
	agreements     = idForm[domain.AgreementID]("the id of a framework agreement")
	cycles         = idForm[domain.Cycle]("the id of a cycle, as college")
	schoolKinds    = idForm[domain.SchoolKind]("the id of a kind of school, as lycee")
	headcountKinds = wordForm[domain.HeadcountKind]("forecast, official or live")
	orderNumbers   = &form[domain.OrderNumber]{shape: shape{kind: "string", what: "the number of an order form: letters, digits, and between them . / _ and -", pattern: `^[A-Za-z0-9]([A-Za-z0-9./_-]{0,62}[A-Za-z0-9])?$`}, parse: itself[domain.OrderNumber], append: appendOrderNumber, kept: true, one: domain.ValidOrderNumber}
	schools        = &form[domain.UAI]{shape: shape{kind: "string", what: "the UAI of a school: 0680034T", pattern: `^[0-9]{7}[A-Z]$`}, parse: domain.ParseUAI, append: domain.UAI.AppendText}
	sirets         = &form[domain.SIRET]{shape: shape{kind: "string", what: "a SIRET, in fourteen digits", pattern: `^[0-9]{14}$`}, parse: domain.ParseSIRET, append: domain.SIRET.AppendText}
	amounts        = &form[domain.Money]{shape: shape{kind: "string", what: "an amount of money: 1250.00 EUR", pattern: `^(0|[1-9][0-9]*)\.[0-9]{2} [A-Z]{3}$`}, parse: domain.ParseMoney, append: domain.Money.AppendText}
	ceilings       = &form[domain.Ceiling]{shape: shape{kind: "string", what: "an amount of money or a number of pupils: 1250.00 EUR, 90000 pupils", pattern: `^((0|[1-9][0-9]*)\.[0-9]{2} [A-Z]{3}|[1-9][0-9]* pupils)$`}, parse: domain.ParseCeiling, append: domain.Ceiling.AppendText}
	headcounts     = wordForm[domain.Headcounts]("schools, ascending, each with its headcount or ? where it is unknown: 0680034T 412,0680035U ?")
	schoolLists    = wordForm[string]("schools, ascending: 0680034T,0680035U")
)

// wordForm is a text that stands for itself.
func wordForm[S ~string](what string) *form[S] {
	return &form[S]{
		shape: shape{kind: "string", what: what}, parse: itself[S], blank: true, kept: true, one: always,
		append: func(s S, dst []byte) ([]byte, error) { return appendText(string(s), dst) },
	}
}

func appendOrderNumber(n domain.OrderNumber, dst []byte) ([]byte, error) {
	if n != "" && !domain.ValidOrderNumber(string(n)) {
		return dst, &domain.TextError{What: "number", Text: string(n), Err: domain.ErrMalformed}
	}
	return append(dst, n...), nil
}

// lines visits the lines of an order form. What is no Lines is an error: so there is one way to write them.
func lines(c *coder, key string, n need, v *domain.Lines) {
	blocks := v.Blocks()
	objects(c, key, n, &blocks, lineBlock)
	packed(c, key, blocks, v, domain.LinesOf)
}

func lineBlock(c *coder, b *domain.LineBlock) {
	value(c, "cycle", required, &b.Cycle, cycles)
	value(c, "day", required, &b.Day, days)
	value(c, "headcounts", required, &b.Headcounts, headcounts)
	value(c, "kind", required, &b.Kind, headcountKinds)
	value(c, "unit_price", optional, &b.UnitPrice, amounts)
}

// keys visits keys of lines.
func keys(c *coder, key string, v *domain.Keys) {
	blocks := v.Blocks()
	objects(c, key, optional, &blocks, keyBlock)
	packed(c, key, blocks, v, domain.KeysOf)
}

func keyBlock(c *coder, b *domain.KeyBlock) {
	value(c, "cycle", required, &b.Cycle, cycles)
	value(c, "schools", required, &b.Schools, schoolLists)
}

// packed takes blocks that were read for what they are.
func packed[B, T any](c *coder, key string, blocks []B, v *T, of func([]B) (T, error)) {
	if c.mode != reading || c.err != nil || len(blocks) == 0 {
		return
	}
	read, err := of(blocks)
	if bad := (*domain.Malformed)(nil); errors.As(err, &bad) {
		c.fail(strings.TrimRight(key+"."+bad.Field, "."), BadValue, errors.New(bad.Problem))
	}
	*v = read
}

func agreementLaunched(c *coder, a *domain.AgreementLaunched) {
	value(c, "agreement", required, &a.Agreement, agreements)
	value(c, "ceiling", optional, &a.Ceiling, ceilings)
	within(c, "contractor", required, &a.Contractor, contractor)
	values(c, "orderers", optional, &a.Orderers, members)
	value(c, "title", required, &a.Title, texts)
	value(c, "until", required, &a.Until, days)
}

func contractor(c *coder, v *domain.Contractor) {
	value(c, "name", required, &v.Name, texts)
	value(c, "siret", required, &v.SIRET, sirets)
}

func agreementRenewed(c *coder, a *domain.AgreementRenewed) {
	value(c, "agreement", required, &a.Agreement, agreements)
	value(c, "ceiling", optional, &a.Ceiling, ceilings)
	value(c, "until", required, &a.Until, days)
}

func agreementEnded(c *coder, a *domain.AgreementEnded) {
	value(c, "agreement", required, &a.Agreement, agreements)
	value(c, "reason", required, &a.Reason, texts)
}

func schoolOpened(c *coder, a *domain.SchoolOpened) { described(c, &a.SchoolFacts, &a.School) }

func schoolDescribed(c *coder, a *domain.SchoolDescribed) { described(c, &a.SchoolFacts, &a.School) }

func described(c *coder, f *domain.SchoolFacts, school *domain.UAI) {
	value(c, "address", optional, &f.Address, texts)
	value(c, "department", required, &f.Department, texts)
	value(c, "kind", required, &f.Kind, schoolKinds)
	value(c, "name", required, &f.Name, texts)
	value(c, "school", required, school, schools)
}

func schoolClosed(c *coder, a *domain.SchoolClosed) {
	value(c, "school", required, &a.School, schools)
}

func schoolsMerged(c *coder, a *domain.SchoolsMerged) {
	value(c, "into", required, &a.Into, schools)
	values(c, "schools", required, &a.Schools, schools)
}

func schoolMoved(c *coder, a *domain.SchoolMoved) {
	value(c, "address", optional, &a.Address, texts)
	value(c, "school", required, &a.School, schools)
	value(c, "to", required, &a.To, schools)
}

func orderIssued(c *coder, a *domain.OrderIssued) {
	value(c, "agreement", required, &a.Agreement, agreements)
	value(c, "ceiling_reason", optional, &a.CeilingReason, texts)
	value(c, "from", required, &a.From, days)
	lines(c, "lines", required, &a.Lines)
	value(c, "member", required, &a.Member, members)
	value(c, "number", required, &a.Number, orderNumbers)
	value(c, "overlap_reason", optional, &a.OverlapReason, texts)
	value(c, "until", required, &a.Until, days)
}

func orderAmended(c *coder, a *domain.OrderAmended) {
	lines(c, "added", optional, &a.Added)
	value(c, "ceiling_reason", optional, &a.CeilingReason, texts)
	value(c, "number", required, &a.Number, orderNumbers)
	value(c, "overlap_reason", optional, &a.OverlapReason, texts)
	keys(c, "removed", &a.Removed)
	lines(c, "replaced", optional, &a.Replaced)
}

func orderCancelled(c *coder, a *domain.OrderCancelled) {
	value(c, "number", required, &a.Number, orderNumbers)
	value(c, "reason", required, &a.Reason, texts)
}

func orderReceived(c *coder, a *domain.OrderReceived) {
	value(c, "number", required, &a.Number, orderNumbers)
}
