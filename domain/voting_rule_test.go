package domain_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// Two rules that differ are said differently, in each language.
func TestASentenceHasOneRule(t *testing.T) {
	for _, l := range []Language{French, English} {
		said := map[string]*VotingRule{}
		for seed := range uint64(20000) {
			r := domaintest.VotingRule(domaintest.Seeded(seed))
			s := r.Sentence(l)
			if other := said[s]; other != nil && !reflect.DeepEqual(other, r) {
				t.Fatalf("%q\n%+v\n%+v", s, other, r)
			}
			said[s] = r
		}
		require.Greater(t, len(said), 10000)
	}
}

func TestSentences(t *testing.T) {
	second := Quorum{}
	r := VotingRule{
		Majority: []Threshold{{Of: Weights, Base: Cast, Share: fraction("1/2"), Strict: true}, {Of: Heads, Base: Total, Share: fraction("2/3"), Minimum: voices("4")}},
		Blocking: []Threshold{{Of: Weights, Base: Total, Share: fraction("1/3")}},
		Quorum:   Quorum{Counts: Represented, Thresholds: []Threshold{{Of: Weights, Base: Total, Share: fraction("1/2"), Strict: true}}}, SecondNotice: &second,
		Tie: Tie{Way: TieCasting, Role: Coordinator}, Choice: TwoRounds, Proxies: Proxies{PerHolder: 2, Until: UntilSitting},
		Notice: Notice{Days: 5, SecondDays: 3}, Voters: Voters{Who: Weighted}, Ballot: Changeable, Voices: Undivided,
	}
	require.Equal(t, "Votent les membres qui ont des voix dans l'instance. Quorum : plus de la moitié de l'ensemble des voix, présents ou représentés. "+
		"Sur seconde convocation : aucun. Majorité : plus de la moitié des voix exprimées, et au moins deux tiers de l'ensemble des membres (et au moins 4 membres). "+
		"Minorité de blocage : au moins un tiers de l'ensemble des voix contre. À égalité, le vote du coordonnateur est prépondérant. "+
		"Entre plusieurs options, la majorité l'emporte ; au second tour, celle qui a le plus de voix. "+
		"Un membre présent détient au plus 2 pouvoirs, donnés par écrit avant l'ouverture de la séance. "+
		"Convocation : 5 jours francs ; la seconde : 3 jours francs. Le vote est public et peut être changé jusqu'à sa clôture. "+
		"Les voix d'un membre ne se partagent pas.", r.Sentence(French))
	require.Equal(t, "The members with voices in the body vote. Quorum: more than half of all voices, present or represented. "+
		"On second notice: none. Majority: more than half of the voices cast, and at least two thirds of all members (and at least 4 members). "+
		"Blocking minority: at least one third of all voices against. On a tie the vote of the coordinator is the casting one. "+
		"Of several options, the majority chooses; in a second round, the one with the most is chosen. "+
		"A member who is present holds at most 2 proxies, given in writing before the sitting is opened. "+
		"Notice: 5 clear days before; the second: 3 clear days before. Votes are public and may be changed until the vote is closed. "+
		"A member's voices are not divided.", r.Sentence(English))
	for threshold, said := range map[Threshold]string{
		{Of: Weights, Base: Total, Minimum: voices("4.5")}:               "au moins 4,5 voix parmi l'ensemble des voix",
		{Of: Heads, Base: Cast, Minimum: voices("1")}:                    "au moins 1 membre parmi les membres qui s'expriment",
		{Of: Heads, Base: Present, Share: fraction("4/5"), Strict: true}: "plus de quatre cinquièmes des membres présents ou représentés",
		{Of: Weights, Base: Present, Share: fraction("1/1")}:             "la totalité des voix présentes ou représentées",
		{Of: Weights, Base: Cast, Share: fraction("7/12"), Strict: true}: "plus de 7/12 des voix exprimées",
		{Of: Weights, Base: Cast, Share: fraction("1/4")}:                "au moins un quart des voix exprimées",
	} {
		require.Equal(t, said, threshold.Sentence(French))
	}
}

// Every rule that is made for the tests has the form of one; and each of these has not.
func TestTheFormOfAVotingRule(t *testing.T) {
	set := func(r *VotingRule) error {
		return (&Command{
			ID: uuid.New(), Group: "g", Effective: OnDay(domaintest.First), Actor: "clerk", Act: &VotingRuleSet{Basis: "law", Body: "ag", Rule: *r},
		}).Check()
	}
	rapid.Check(t, func(t *rapid.T) { require.NoError(t, set(domaintest.VotingRule(domaintest.Rapid(t)))) })
	weights := Threshold{Of: Weights, Base: Total, Share: fraction("1/2"), Strict: true}
	for problem, spoil := range map[string]func(r *VotingRule){
		"majority: must have at least 1":  func(r *VotingRule) { r.Majority = nil },
		"majority: has 5 thresholds":      func(r *VotingRule) { r.Majority = []Threshold{weights, weights, weights, weights, weights} },
		"majority.of":                     func(r *VotingRule) { r.Majority[0].Of = "voices" },
		"majority.base":                   func(r *VotingRule) { r.Majority[0].Base = "" },
		"majority.share: or a minimum":    func(r *VotingRule) { r.Majority[0].Share, r.Majority[0].Strict = Fraction{}, false },
		"majority.strict":                 func(r *VotingRule) { r.Majority[0].Share, r.Majority[0].Minimum = Fraction{}, voices("1") },
		"majority.share: nothing is more": func(r *VotingRule) { r.Majority[0].Share = fraction("1/1") },
		"majority.minimum":                func(r *VotingRule) { r.Majority[0].Of, r.Majority[0].Minimum = Heads, voices("1.5") },
		"quorum.thresholds: a quorum is a part of the whole": func(r *VotingRule) {
			r.Quorum.Thresholds = []Threshold{{Of: Heads, Base: Cast, Share: fraction("1/2")}}
		},
		"quorum.counts: goes":                    func(r *VotingRule) { r.Quorum = Quorum{Counts: Represented} },
		"second_notice.counts":                   func(r *VotingRule) { r.SecondNotice = &Quorum{Counts: Represented} },
		"tie.way: \"\"":                          func(r *VotingRule) { r.Tie = Tie{} },
		"tie.way: a casting vote goes":           func(r *VotingRule) { r.Tie = Tie{Way: TieRejected, Member: "a"} },
		"tie.way: a casting vote is":             func(r *VotingRule) { r.Tie = Tie{Way: TieCasting, Member: "a", Role: Pilot} },
		"tie.role":                               func(r *VotingRule) { r.Tie = Tie{Way: TieCasting, Role: "president"} },
		"choice":                                 func(r *VotingRule) { r.Choice = "lot" },
		"proxies.per_holder":                     func(r *VotingRule) { r.Proxies = Proxies{PerHolder: -1} },
		"proxies.until: goes":                    func(r *VotingRule) { r.Proxies = Proxies{Until: UntilItem} },
		"proxies.until: \"\"":                    func(r *VotingRule) { r.Proxies = Proxies{PerHolder: 1} },
		"notice.days":                            func(r *VotingRule) { r.Notice.Days = -1 },
		"notice.second_days":                     func(r *VotingRule) { r.Notice.SecondDays = 367 },
		"voters.members: go":                     func(r *VotingRule) { r.Voters = Voters{Who: Weighted, Members: []MemberID{"a"}} },
		"voters.members: must have":              func(r *VotingRule) { r.Voters = Voters{Who: TheseVoters} },
		"voices: a head is not divided":          func(r *VotingRule) { r.Voices = Divided; r.Majority[0].Of = Heads },
		"quorum.counts: \"\"":                    func(r *VotingRule) { r.Quorum = Quorum{Thresholds: []Threshold{weights}} },
		"ballot":                                 func(r *VotingRule) { r.Ballot = "" },
		"voices: \"\"":                           func(r *VotingRule) { r.Voices = "" },
		"voices: \"divided\" goes with a public": func(r *VotingRule) { r.Ballot, r.Voices = Secret, Divided },
		"tie: in a secret ballot":                func(r *VotingRule) { r.Ballot, r.Tie = Secret, Tie{Way: TieCasting, Role: Pilot} },
	} {
		r := moreThanHalf()
		spoil(r)
		err := set(r)
		require.Error(t, err, problem)
		require.True(t, strings.Contains(err.Error(), problem), "%q has no %q", err, problem)
	}
}

// A threshold has one spelling, and it is read back.
func TestThresholdsAreSpelledInOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, threshold := range domaintest.VotingRule(domaintest.Rapid(t)).Majority {
			read, err := ParseThreshold(threshold.String())
			require.NoError(t, err)
			require.Equal(t, threshold, read)
		}
	})
	for _, wrong := range []string{
		"", "weights", "weights cast", "weights cast >1/1", "weights cast 1/2", "weights cast >2/4", "weights cast >0.5", "heads total min 0.5", "weights cast min 0",
		"weights  cast >1/2", "weights cast >1/2 ", "weights cast >=1/2 min", "weights cast >1/2 min 1 2", "voices cast >1/2", "weights sum >1/2", "weights cast >= 1/2", "weights cast >1/2 max 3",
	} {
		_, err := ParseThreshold(wrong)
		require.Error(t, err, wrong)
	}
}

func TestFractions(t *testing.T) {
	for _, s := range []string{"1/2", "1/1", "999999/1000000"} {
		f, err := ParseFraction(s)
		require.NoError(t, err)
		require.Equal(t, s, f.String())
	}
	for _, wrong := range []string{"", "1", "/", "1/", "/2", "0/1", "2/1", "2/4", "1/1000001", "-1/2", "01/2", "1/2/3", "0.5", "1/10000000000000000000"} {
		_, err := ParseFraction(wrong)
		require.Error(t, err, wrong)
	}
}

// The rule of a body is that of the kind of item, otherwise that of all items, as of the day; and it ends with the body.
func TestTheRuleOfABody(t *testing.T) {
	g := &Group{}
	does := func(day string, act Act) error {
		on, err := ParseDate(day)
		require.NoError(t, err)
		_, err = Enact(g, Command{ID: uuid.New(), Group: "g", Effective: on, Actor: "clerk", Act: act})
		return err
	}
	set := func(kind ItemKind, choice string) *VotingRuleSet {
		r := *moreThanHalf()
		r.Choice = choice
		return &VotingRuleSet{Basis: "law", Body: "ag", Kind: kind, Rule: r}
	}
	require.NoError(t, does("2020-01-01", &GroupFounded{Name: "G", Title: "T", Changes: []Change{&BodyCreated{Body: "ag", Name: "AG"}}}))
	require.NoError(t, does("2020-02-01", set("", Plurality)))
	require.ErrorIs(t, does("2020-03-01", set("", Plurality)), &Refusal{Rule: NothingChanges})
	require.NoError(t, does("2020-03-01", set("budget", Plurality)))
	require.NoError(t, does("2020-04-01", set("", TwoRounds)))
	require.NoError(t, does("2020-05-01", &BodyDissolved{Basis: "law", Body: "ag"}))
	on := func(day string, known uint64) Pair {
		at, err := ParseDay(day)
		require.NoError(t, err)
		return Pair{At: at, Known: known}
	}
	for _, asked := range []struct {
		kind   ItemKind
		day    string
		known  uint64
		choice string
		by     uint64
	}{
		{"", "2020-01-31", Latest, "", 0},
		{"", "2020-02-01", Latest, Plurality, 2},
		{"", "2020-02-01", 1, "", 0},
		{"budget", "2020-02-29", Latest, Plurality, 2},
		{"budget", "2020-03-01", Latest, Plurality, 3},
		{"budget", "2020-04-01", Latest, Plurality, 3},
		{"other", "2020-04-01", Latest, TwoRounds, 4},
		{"other", "2020-04-01", 3, Plurality, 2},
		{"", "2020-05-01", Latest, "", 0},
		{"", "2020-05-01", 4, TwoRounds, 4},
	} {
		rule, by := g.VotingRule("ag", asked.kind, on(asked.day, asked.known))
		require.Equal(t, asked.by, by, "%+v", asked)
		if by == 0 {
			require.Nil(t, rule)
		} else {
			require.Equal(t, asked.choice, rule.Choice, "%+v", asked)
		}
	}
	rows := g.VotingRules("ag", on("2020-04-30", Latest))
	require.Len(t, rows, 2)
	require.Equal(t, []any{ItemKind(""), uint64(4), ItemKind("budget"), uint64(3)}, []any{rows[0].Kind, rows[0].Event, rows[1].Kind, rows[1].Event})
	require.Empty(t, g.VotingRules("ag", on("2020-05-01", Latest)))
	require.Empty(t, g.VotingRules("nobody", on("2020-04-30", Latest)))
}
