package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

func (a *app) agreementVerb() *cobra.Command {
	return under("agreement", "Bring a framework agreement: launch, renew, end", a.launchVerb(), a.renewVerb(), a.endAgreementVerb())
}

func (a *app) launchVerb() *cobra.Command {
	var title, contractor, siret, until, ceiling string
	var orderers []string
	cmd, _ := a.brings("launch GROUP AGREEMENT --title TITLE --contractor NAME --siret NUMBER --until DAY [--ceiling CEILING] [--orderer MEMBER]…",
		"A framework agreement begins, with its first period", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.AgreementLaunched{Agreement: domain.AgreementID(args[1]), Title: nfc(title), Contractor: domain.Contractor{Name: nfc(contractor)}}
			for _, m := range orderers {
				act.Orderers = append(act.Orderers, domain.MemberID(m))
			}
			return act, firstOf(
				given("--title", title), given("--contractor", contractor),
				read("siret-form", "--siret", siret, &act.Contractor.SIRET, domain.ParseSIRET),
				read("day-unreadable", "--until", until, &act.Until, domain.ParseDay),
				maybe("ceiling-form", "--ceiling", ceiling, &act.Ceiling, domain.ParseCeiling))
		})
	flags := cmd.Flags()
	flags.StringVar(&title, "title", "", "its title")
	flags.StringVar(&contractor, "contractor", "", "the name of the contractor")
	flags.StringVar(&siret, "siret", "", "the SIRET of the contractor, in fourteen digits")
	flags.StringArrayVar(&orderers, "orderer", nil, "a member that may order (default: every member); may be repeated")
	periodFlags(cmd, &until, &ceiling)
	return cmd
}

func (a *app) renewVerb() *cobra.Command {
	var until, ceiling string
	cmd, _ := a.brings("renew GROUP AGREEMENT --until DAY [--ceiling CEILING] --effective DAY", "A framework agreement has one more period, from the end of the last", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.AgreementRenewed{Agreement: domain.AgreementID(args[1])}
			return act, firstOf(
				read("day-unreadable", "--until", until, &act.Until, domain.ParseDay),
				maybe("ceiling-form", "--ceiling", ceiling, &act.Ceiling, domain.ParseCeiling))
		})
	periodFlags(cmd, &until, &ceiling)
	return cmd
}

func periodFlags(cmd *cobra.Command, until, ceiling *string) {
	dayVar(cmd.Flags(), until, "until", "the day after the last of the period")
	typedVar(cmd.Flags(), ceiling, "ceiling", "what may be ordered within a period: \"1250.00 EUR\", \"1 250,00 €\" or \"90000 pupils\"", typedCeiling)
}

func (a *app) endAgreementVerb() *cobra.Command {
	var reason string
	cmd, _ := a.brings("end GROUP AGREEMENT --reason REASON", "A framework agreement ends before its time; what was ordered stays", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			return &domain.AgreementEnded{Agreement: domain.AgreementID(args[1]), Reason: nfc(reason)}, given("--reason", reason)
		})
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func (a *app) schoolVerb() *cobra.Command {
	closing, _ := a.brings("close GROUP UAI", "A school ends, and no other continues it", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.SchoolClosed{}
			return act, read("uai-form", "UAI", args[1], &act.School, domain.ParseUAI)
		})
	merge, _ := a.brings("merge GROUP INTO UAI…", "Schools end in favour of one that exists", 0,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.SchoolsMerged{Schools: make([]domain.UAI, len(args)-2)}
			err := read("uai-form", "INTO", args[1], &act.Into, domain.ParseUAI)
			for i, s := range args[2:] {
				err = firstOf(err, read("uai-form", "UAI", s, &act.Schools[i], domain.ParseUAI))
			}
			return act, err
		})
	merge.Args = atLeast(3)
	var address string
	move, _ := a.brings("move GROUP UAI TO [--address ADDRESS]", "A school has another code, under which it goes on", 3,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.SchoolMoved{Address: nfc(address)}
			return act, firstOf(read("uai-form", "UAI", args[1], &act.School, domain.ParseUAI), read("uai-form", "TO", args[2], &act.To, domain.ParseUAI))
		})
	move.Flags().StringVar(&address, "address", "", "its new address")
	return under("school", "Bring a school: open, describe, close, merge, move",
		a.schoolFactsVerb("open", "A school opens, or is known from that day on", func(f domain.SchoolFacts, u domain.UAI) domain.Act {
			return &domain.SchoolOpened{SchoolFacts: f, School: u}
		}),
		a.schoolFactsVerb("describe", "It is said anew what a school is: all of it", func(f domain.SchoolFacts, u domain.UAI) domain.Act {
			return &domain.SchoolDescribed{SchoolFacts: f, School: u}
		}), closing, merge, move)
}

func (a *app) schoolFactsVerb(name, short string, act func(domain.SchoolFacts, domain.UAI) domain.Act) *cobra.Command {
	var facts struct{ address, department, kind, name string }
	cmd, _ := a.brings(name+" GROUP UAI --name NAME --kind KIND [--department NUMBER] [--address ADDRESS]", short, 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			var school domain.UAI
			err := firstOf(read("uai-form", "UAI", args[1], &school, domain.ParseUAI), given("--name", facts.name), given("--kind", facts.kind))
			f := domain.SchoolFacts{Address: nfc(facts.address), Department: facts.department, Kind: domain.SchoolKind(facts.kind), Name: nfc(facts.name)}
			if f.Department == "" {
				f.Department = school.Department()
			}
			return act(f, school), err
		})
	flags := cmd.Flags()
	flags.StringVar(&facts.name, "name", "", "its name")
	flags.StringVar(&facts.kind, "kind", "", "the id of its kind, as college or lycee")
	flags.StringVar(&facts.department, "department", "", "its département, as 67 or 2A (default: that of its code)")
	flags.StringVar(&facts.address, "address", "", "its address")
	return cmd
}

func (a *app) orderVerb() *cobra.Command {
	var reason string
	cancel, _ := a.brings("cancel GROUP NUMBER --reason REASON", "An order form ends: from that day on none of its lines counts", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			return &domain.OrderCancelled{Number: domain.OrderNumber(args[1]), Reason: nfc(reason)}, given("--reason", reason)
		})
	cancel.Flags().StringVar(&reason, "reason", "", "why")
	receive, _ := a.brings("receive GROUP NUMBER", "The contractor has received an order form, with its amendments so far", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			return &domain.OrderReceived{Number: domain.OrderNumber(args[1])}, nil
		})
	return under("order", "Bring an order form: issue, amend, cancel, receive", a.issueVerb(), a.amendVerb(), cancel, receive)
}

// lining is the flags that all lines of one command share.
type lining struct{ kind, day, price, overlap, ceiling string }

func (l *lining) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&l.kind, "headcount-kind", string(domain.Forecast), "where the headcounts come from: forecast, official or live")
	dayVar(flags, &l.day, "headcount-day", "the day of the headcounts (default: the day from which the command counts)")
	typedVar(flags, &l.price, "unit-price", "the price of one pupil for the whole period, as \"3.20 EUR\" or \"3,20 €\"", typedMoney)
	flags.StringVar(&l.overlap, "overlap-reason", "", "why it orders what another order form has ordered for the same days")
	flags.StringVar(&l.ceiling, "ceiling-reason", "", "why it goes past the ceiling")
}

func (a *app) issueVerb() *cobra.Command {
	var member, agreement, from, until, file string
	var lines []string
	var shared lining
	cmd, _ := a.brings("issue GROUP NUMBER --member MEMBER --agreement AGREEMENT --from DAY --until DAY [--line UAI:CYCLE:COUNT]… [--lines FILE]",
		"A member orders: schools and their headcounts, for a period", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			act := &domain.OrderIssued{
				Number: domain.OrderNumber(args[1]), Member: domain.MemberID(member), Agreement: domain.AgreementID(agreement),
				OverlapReason: nfc(shared.overlap), CeilingReason: nfc(shared.ceiling),
			}
			all, err := linesOf("--line", lines, file)
			if err == nil {
				act.Lines, err = b.lines("--line", all, &shared)
			}
			return act, firstOf(given("--member", member), given("--agreement", agreement),
				read("day-unreadable", "--from", from, &act.From, domain.ParseDay), read("day-unreadable", "--until", until, &act.Until, domain.ParseDay), err)
		})
	flags := cmd.Flags()
	flags.StringVar(&member, "member", "", "who orders")
	flags.StringVar(&agreement, "agreement", "", "the framework agreement under which it orders")
	dayVar(flags, &from, "from", "the first day of the period")
	dayVar(flags, &until, "until", "the day after the last")
	flags.StringArrayVar(&lines, "line", nil, "a school, a cycle and its pupils, as 0680034T:college:412, or ? where they are unknown; may be repeated")
	flags.StringVar(&file, "lines", "", "a file with such lines, one a row")
	shared.flags(cmd)
	return cmd
}

func (a *app) amendVerb() *cobra.Command {
	var add, replace, remove []string
	var shared lining
	cmd, _ := a.brings("amend GROUP NUMBER [--add UAI:CYCLE:COUNT]… [--replace UAI:CYCLE:COUNT]… [--remove UAI:CYCLE]…",
		"Lines of an order form are added, replaced or removed, from that day on", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			act := &domain.OrderAmended{Number: domain.OrderNumber(args[1]), OverlapReason: nfc(shared.overlap), CeilingReason: nfc(shared.ceiling)}
			var err [3]error
			act.Added, err[0] = b.lines("--add", add, &shared)
			act.Replaced, err[1] = b.lines("--replace", replace, &shared)
			act.Removed, err[2] = readKeys("--remove", remove)
			return act, firstOf(err[:]...)
		})
	flags := cmd.Flags()
	flags.StringArrayVar(&add, "add", nil, "a line that it does not have, as 0680034T:college:412; may be repeated")
	flags.StringArrayVar(&replace, "replace", nil, "a line in the place of the one of the same school and cycle; may be repeated")
	flags.StringArrayVar(&remove, "remove", nil, "a line that ends, as 0680034T:college; may be repeated")
	shared.flags(cmd)
	return cmd
}

// linesOf gives lines as they were typed, and those that stand in a file: one a row, empty rows and # apart.
func linesOf(flag string, typed []string, file string) ([]string, error) {
	if file != "" {
		text, err := readSmall(file, eventstore.MaxCommand)
		if err != nil {
			return nil, err
		}
		for row := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
			if row = strings.TrimSpace(row); row != "" && row[0] != '#' {
				typed = append(typed, row)
			}
		}
	}
	if len(typed) == 0 {
		return nil, misuse("flag-missing", flag, "")
	}
	return typed, nil
}

// lines reads lines UAI:CYCLE:COUNT.
func (b *bringing) lines(flag string, list []string, shared *lining) (domain.Lines, error) {
	if len(list) == 0 {
		return domain.Lines{}, nil
	}
	on, err := b.day()
	line := domain.Line{Kind: domain.HeadcountKind(shared.kind), Day: on.First}
	err = firstOf(err, maybe("day-unreadable", "--headcount-day", shared.day, &line.Day, domain.ParseDay),
		maybe("amount-form", "--unit-price", shared.price, &line.UnitPrice, domain.ParseMoney))
	if err != nil {
		return domain.Lines{}, err
	}
	all := make([]domain.Line, 0, len(list))
	for _, s := range list {
		key, count, _ := cutLast(s, ":")
		if line.LineKey, err = readKey(flag, key, s); err != nil {
			return domain.Lines{}, err
		}
		if line.Headcount, err = domain.ParseHeadcount(count); err != nil {
			return domain.Lines{}, inFlag("line-form", flag, s)
		}
		all = append(all, line)
	}
	packed, err := domain.PackLines(all)
	return packed, badLines(flag, err)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// readKey reads UAI:CYCLE, which stands in s.
func readKey(flag, key, s string) (domain.LineKey, error) {
	school, cycle, ok := strings.Cut(key, ":")
	u, err := domain.ParseUAI(school)
	if !ok || err != nil || !domain.ValidID(cycle) {
		return domain.LineKey{}, inFlag("line-form", flag, s)
	}
	return domain.LineKey{School: u, Cycle: domain.Cycle(cycle)}, nil
}

func readKeys(flag string, list []string) (domain.Keys, error) {
	keys := make([]domain.LineKey, len(list))
	for i, s := range list {
		var err error
		if keys[i], err = readKey(flag, s, s); err != nil {
			return domain.Keys{}, err
		}
	}
	packed, err := domain.PackKeys(keys)
	return packed, badLines(flag, err)
}

// badLines says why lines cannot stand together.
func badLines(flag string, err error) error {
	if bad := (*domain.Malformed)(nil); errors.As(err, &bad) {
		return inFlag("lines-form", flag, bad.Problem)
	}
	return err
}

// firstOf is the first error there is.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// given asks for a flag.
func given(flag, s string) error {
	if s == "" {
		return misuse("flag-missing", flag, "")
	}
	return nil
}

// read reads what was given at a flag or an argument, which must be there; maybe, one that need not be.
func read[T any](fault, field, s string, into *T, parse func(string) (T, error)) error {
	return firstOf(given(field, s), maybe(fault, field, s, into, parse))
}

func maybe[T any](fault, field, s string, into *T, parse func(string) (T, error)) error {
	if s == "" {
		return nil
	}
	v, err := parse(s)
	if err != nil {
		return inFlag(fault, field, s)
	}
	*into = v
	return nil
}
