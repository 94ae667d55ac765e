package analyst

import (
	"strconv"
	"strings"

	"registre/domain"
	"registre/replay/analyst/sqlite"
)

// sittings tells of each sitting what became of it, its items and votes.
func (t *teller) sittings() error {
	for _, id := range sorted(t.touched.sittings) {
		err := t.sweepKnown(t.touched.sittings[id], func(q domain.Pair, put putter) {
			if s, ok := t.g.Sitting(id, q); ok {
				putSitting(s, put)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func putSitting(s *domain.Sitting, put putter) {
	c := s.Convened
	put(sittingsTable, text(c.Sitting), text(c.Body), day(c.Day), day(c.Deadline), text(c.Mode), text(c.Place), text(c.SecondOf), text(s.Status), text(s.Reason),
		number(s.Event), number(s.Opened), number(s.Ended), number(s.Approved), hash(s.Minutes))
	for _, p := range s.Proxies {
		var items []string
		for _, i := range p.Items {
			items = append(items, string(i))
		}
		put(proxiesTable, text(c.Sitting), text(p.Grantor), text(p.Holder), text(strings.Join(items, " ")), number(p.Event), number(p.Ended))
	}
	for _, i := range s.Agenda {
		put(itemsTable, text(c.Sitting), text(i.Item), text(i.Kind), text(i.Title), hash(i.SHA256), text(i.Status), text(i.PartOf), text(i.To), text(i.Reason), number(i.Defined), number(i.Event))
		for _, b := range i.Ballots {
			putVote(s, i, b, put)
		}
	}
}

// putVote tells a vote: what was proclaimed, and as long as nothing was, that it was opened, or closed.
func putVote(s *domain.Sitting, i *domain.Item, b *domain.Ballot, put putter) {
	o, r := b.Opened, &b.Opened.Rule
	row := []sqlite.Value{
		number(b.Event), text(s.Convened.Sitting), text(i.Item), text(s.Convened.Body), text(r.Ballot), is(o.Written), is(o.SecondNotice), is(o.SecondRound), number(o.RuleSet),
		text(r.Sentence(domain.French)), text(r.Sentence(domain.English)), number(b.Put), number(b.Closed), text(b.Reason), number(b.Decision),
	}
	if p := b.Outcome; p != nil {
		row = append(row, text(p.Outcome), text(p.Option), is(p.Tie))
		amounts := []domain.Amount{p.For, p.Against, p.Abstain, p.NotVoted, p.Present, p.Total}
		for _, a := range amounts {
			row = append(row, sqlite.Int(a.Heads))
		}
		for _, a := range amounts {
			row = append(row, weight(a.Weight))
		}
		for k, a := range p.Options {
			if k < len(o.Options) {
				put(optionsTable, number(b.Event), text(o.Options[k]), sqlite.Int(a.Heads), weight(a.Weight))
			}
		}
	}
	put(votesTable, padded(row, votesTable)...)
	putBallots(b, put)
}

// padded is a row with a value for each column but those of the times, which follow it.
func padded(row []sqlite.Value, id tableID) []sqlite.Value {
	width := len(parseColumns(specs[id].columns))
	for len(row) < width {
		row = append(row, sqlite.Value{})
	}
	return row
}

// putBallots tells the roll; and, once the vote is closed, how each has voted in public, or how many in secret.
func putBallots(b *domain.Ballot, put putter) {
	vote := number(b.Event)
	for seat, s := range b.Poll().Roll {
		put(rollsTable, vote, text(s.Member), text(s.Presence), text(s.Holder), weight(s.Weight))
		if b.IsOpen() || b.Secret() {
			continue
		}
		v := b.Vote(seat)
		if word := b.Opened.Word(v.Sense); word != "" {
			put(ballotsTable, vote, text(s.Member), text(word), weight(s.Weight), sqlite.Value{})
		}
		for n, p := range v.Parts {
			put(ballotsTable, vote, text(s.Member), text(b.Opened.Word(p.Sense)), weight(p.Weight), count(n+1))
		}
	}
	for _, c := range b.Counts {
		put(secretTable, vote, text(c.Sense), weight(c.Weight), count(c.Votes))
	}
}

// decisions tells of each decision what it is in law.
func (t *teller) decisions() error {
	for _, key := range sorted(t.touched.decisions) {
		err := t.sweep(t.touched.decisions[key], func(q domain.Pair, put putter) {
			for _, n := range t.touched.decided[key] {
				if d, ok := t.g.Decision(n, q); ok {
					putDecision(&d, put)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func putDecision(d *domain.Decision, put putter) {
	row := []sqlite.Value{number(d.Number), text(d.Body), date(d.Day), text(d.Title), text(d.Outcome)}
	switch {
	case d.Proclaimed != nil:
		p := d.Proclaimed
		kind, sha := domain.ItemKind(""), domain.Hash{}
		if d.Item != nil {
			kind, sha = d.Item.Kind, d.Item.SHA256
		}
		row = append(row, text(p.Option), is(p.Tie), is(false), text(p.Sitting), text(p.Item), text(kind), number(p.Vote), hash(sha), weight(p.For.Weight), weight(p.Against.Weight), weight(p.Abstain.Weight))
	case d.Asserted != nil:
		a := d.Asserted
		row = append(row, sqlite.Value{}, is(false), is(true), text(a.Sitting), sqlite.Value{}, sqlite.Value{}, sqlite.Value{}, hash(a.SHA256), stated(a.For), stated(a.Against), stated(a.Abstain))
	}
	put(decisionsTable, append(row, text(d.Legal), number(d.Later), day(d.Until), number(d.Annulment), text(d.Condition), date(d.Published), date(d.Received), day(d.Binds))...)
}

func stated(w *domain.Weight) sqlite.Value {
	if w == nil {
		return sqlite.Value{}
	}
	return weight(*w)
}

func text10(n uint64) string { return strconv.FormatUint(n, 10) }
