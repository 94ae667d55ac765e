package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/sheet"
	"registre/domain"
)

// whatIfFlags are the flags of "what-if", as they are asked and said again.
type whatIfFlags struct {
	absent, as, body, casting, inFavour, present, ruleOf, tie, weights, weightsOf string
	blocking, majority, quorum                                                    []string
	coalitions, turn, why                                                         bool
	votes                                                                         string
}

func (a *app) whatIfVerb() *cobra.Command {
	var f whatIfFlags
	cmd := &cobra.Command{
		Use:   "what-if GROUP {N | --body BODY --coalitions} [--weights-of DAY] [--rule-of DAY] [--majority T] [--vote MEMBER=SENSE] [--turn] …",
		Short: "What a decision would have been under other weights, another rule or roll; which coalitions can pass a text",
		Long: `What decision N would have been, had something been otherwise. Nothing is written, and nothing that is told is a fact but what was.

  --weights-of 2018-01-01 --body ag    with the voices of the AG on that day
  --as bas-rhin=cea,haut-rhin=cea      who had no vote yet is there, and votes, as its successor did
  --weights a=4.5,b=2                  with these voices; or a file (CSV, XLSX, ODS) with a member and a weight in each row
  --rule-of 2018-01-01                 under the rule of that day
  --majority 'weights cast >1/2'       with this majority (see ` + "`registre rule voting --help`" + `); --quorum, --blocking and --tie likewise
  --present a,b --absent c             with these there, or not
  --vote a=for,b=abstain               with these votes
  --turn                               and the smallest change of votes that would turn it: the fewest members, and of these the least voices

Without N, and with --body and --coalitions: which coalitions can pass a text in a body on the day, and with --for a,b,c whether one
does, and what it lacks.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 && len(args) != 2 {
				return misuse("arguments", "", cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.whatIf(cmd, args, &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.body, "body", "", "the body: of the coalitions; whose weights and rule of another day are taken (default: the decision's own)")
	dayVar(flags, &f.weightsOf, "weights-of", "the day whose weights are taken")
	flags.StringVar(&f.weights, "weights", "", "the weights of some: a=4.5,b=2, or a file; 0 for none")
	dayVar(flags, &f.ruleOf, "rule-of", "the day whose rule is taken")
	flags.StringArrayVar(&f.majority, "majority", nil, "what must be for it")
	flags.StringArrayVar(&f.blocking, "blocking", nil, "what must not be against it; 'none' for nothing")
	flags.StringArrayVar(&f.quorum, "quorum", nil, "what must be there; 'none' for nothing")
	flags.StringVar(&f.tie, "tie", "", "what becomes of a tie: rejected, casting or unresolved")
	flags.StringVar(&f.casting, "casting", domain.Coordinator, "with --tie casting, whose vote it is: a role (coordinator, pilot) or member:ID")
	flags.StringVar(&f.present, "present", "", "who is there: a,b")
	flags.StringVar(&f.absent, "absent", "", "who is not: a,b; their votes fall")
	flags.StringVar(&f.votes, "vote", "", "how some vote: a=for,b=against,c=abstain, or a=pour,b=contre,c=abstention")
	flags.StringVar(&f.as, "as", "", "who is there and votes as another did: bas-rhin=cea,haut-rhin=cea")
	flags.BoolVar(&f.turn, "turn", false, "the smallest change of votes that turns the decision")
	flags.BoolVar(&f.coalitions, "coalitions", false, "which coalitions can pass a text in the body")
	flags.StringVar(&f.inFavour, "for", "", "with --coalitions, the one that is asked for: a,b,c")
	whyFlag(cmd, &f.why)
	a.completeWhatIf(cmd)
	return cmd
}

func (a *app) completeWhatIf(cmd *cobra.Command) {
	cmd.ValidArgsFunction = a.completes(a.decisionsThere, nothingThere)
	a.completeFlag(cmd, "body", a.bodiesThere)
	for name, end := range map[string]string{"present": "", "absent": "", "for": "", "vote": "=", "as": "=", "weights": "="} {
		if err := cmd.RegisterFlagCompletionFunc(name, a.completeListed(end)); err != nil {
			panic(err) // there is no such flag
		}
	}
	for name, values := range map[string][]string{
		"tie":      {domain.TieRejected, domain.TieCasting, domain.TieUnresolved},
		"casting":  {domain.Coordinator, domain.Pilot, "member:"},
		"majority": {"weights cast >1/2", "weights total >1/2", "weights present >1/2", "weights cast >=2/3", "heads total >1/2"},
		"blocking": {"none", "weights total >=1/3"},
		"quorum":   {"none", "weights total >1/2", "heads total >1/2"},
	} {
		fixed := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
		if err := cmd.RegisterFlagCompletionFunc(name, fixed); err != nil {
			panic(err) // there is no such flag
		}
	}
}

// completeListed completes the last of a list of members, a,b,c; behind each stands end. What stands ahead of it stays.
func (a *app) completeListed(end string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, begun string) (all []string, _ cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ahead := begun[:strings.LastIndexByte(begun, ',')+1]
		for _, m := range a.membersThere(cmd, args[0]) {
			id, name, _ := strings.Cut(m, "\t")
			all = append(all, ahead+id+end+"\t"+name)
		}
		return begunWith(all, begun), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// whatIf asks of a decision, or of the coalitions of a body.
func (a *app) whatIf(cmd *cobra.Command, args []string, f *whatIfFlags) error {
	ofBody := len(args) == 1
	if ofBody && (!f.coalitions || f.body == "" || f.ofDecision()) || !ofBody && (f.coalitions || f.inFavour != "") {
		return misuse("arguments", "", cmd.UseLine())
	}
	weights, err := f.readWeights()
	if err != nil {
		return err
	}
	tie := f.tie
	if tie == domain.TieCasting {
		tie += ":" + f.casting
	}
	more := asking("absent", f.absent, "as", f.as, "blocking", strings.Join(f.blocking, "\n"), "body", f.body, "for", f.inFavour,
		"majority", strings.Join(f.majority, "\n"), "present", f.present, "quorum", strings.Join(f.quorum, "\n"), "rule_of", f.ruleOf,
		"tie", tie, "turn", yes(f.turn), "votes", f.votes, "weights", weights, "weights_of", f.weightsOf, "why", yes(f.why))
	if _, err := whatIfOf(more); err != nil {
		return err
	}
	if ofBody {
		q := a.question("what-if-coalitions", args[0], more)
		return ask(cmd.Context(), a, q, func(c whatIfCoalitions) error { return a.showWhatIfCoalitions(&c, f) })
	}
	n, err := readNumber("N", args[1])
	if err != nil {
		return err
	}
	if !f.turn && !f.supposes() {
		return misuse("what-if-nothing", args[1], "")
	}
	more["decision"] = decimal(n)
	if more["votes"], err = a.typedVotes(cmd.Context(), args[0], more["decision"], f.votes); err != nil {
		return err
	}
	return ask(cmd.Context(), a, a.question("what-if", args[0], more), func(w whatIfAnswer) error { return a.showWhatIf(&w, f) })
}

// ofDecision reports whether something is asked that only a decision has.
func (f *whatIfFlags) ofDecision() bool {
	return f.weightsOf+f.weights+f.present+f.absent+f.votes+f.as != "" || len(f.quorum) > 0 || f.turn
}

// supposes reports whether anything is supposed to be otherwise.
func (f *whatIfFlags) supposes() bool {
	return f.weightsOf+f.weights+f.ruleOf+f.present+f.absent+f.votes+f.as+f.tie != "" || len(f.majority)+len(f.blocking)+len(f.quorum) > 0
}

// readWeights gives weights as they are asked: a=4.5,b=2.
func (f *whatIfFlags) readWeights() (string, error) {
	if f.weights == "" || strings.Contains(f.weights, "=") {
		return typedWeights("--weights", f.weights)
	}
	table, err := sheet.Open(f.weights)
	if err != nil {
		return "", sheetFault(f.weights, err)
	}
	defer table.Close()
	first, err := table.Sheet("")
	if err != nil {
		return "", sheetFault(f.weights, err)
	}
	var pairs []string
	member, weight := 0, 1
	for row, err := range table.Rows(first) {
		if err != nil {
			return "", sheetFault(f.weights, err)
		}
		if m, w, ok := columnsOf(row.Cells); ok {
			member, weight = m, w
			continue
		}
		if max(member, weight) < len(row.Cells) && row.Cells[weight].Text != "" {
			pairs = append(pairs, row.Cells[member].Text+"="+row.Cells[weight].Text)
		}
	}
	if pairs == nil {
		return "", misuse("what-if-pair", "--weights", f.weights)
	}
	return typedWeights("--weights", strings.Join(pairs, ","))
}

// typedVotes puts the senses of votes that are supposed into those of the register: a=pour is a=for.
func (a *app) typedVotes(ctx context.Context, group, decision, votes string) (string, error) {
	options := func() (all []string, err error) {
		d, err := a.open(ctx, false)
		if err != nil {
			return nil, err
		}
		of, err := answerTo[decisionAnswer](ctx, d, a.question("decision", group, asking("number", decision)))
		if of.Vote != nil {
			for _, o := range of.Vote.Options {
				all = append(all, o.Option)
			}
		}
		return all, err
	}
	all := listed(votes)
	for i, s := range all {
		member, word, _ := strings.Cut(s, "=")
		if _, french := senseWords[word]; !french {
			continue
		}
		sense, err := typedSense("--vote", word, options)
		if err != nil {
			return "", err
		}
		all[i] = member + "=" + sense
	}
	return strings.Join(all, ","), nil
}

// columnsOf finds the columns of members and weights in a row of headings.
func columnsOf(cells []sheet.Cell) (member, weight int, ok bool) {
	member, weight = -1, -1
	for i, c := range cells {
		switch strings.ToLower(c.Text) {
		case "member", "membre":
			member = i
		case "weight", "voix":
			weight = i
		}
	}
	return member, weight, member >= 0 && weight >= 0
}

// again is the question as it is typed.
func (f *whatIfFlags) again(words ...string) []string {
	words = append([]string{"what-if"}, words...)
	for _, flag := range [][2]string{
		{"--body", f.body},
		{"--weights-of", f.weightsOf},
		{"--weights", f.weights},
		{"--rule-of", f.ruleOf},
		{"--tie", f.tie},
		{"--present", f.present},
		{"--absent", f.absent},
		{"--vote", f.votes},
		{"--as", f.as},
		{"--for", f.inFavour},
	} {
		if flag[1] != "" {
			words = append(words, flag[0], flag[1])
		}
	}
	if f.tie == domain.TieCasting {
		words = append(words, "--casting", f.casting)
	}
	for _, t := range f.majority {
		words = append(words, "--majority", t)
	}
	for _, t := range f.blocking {
		words = append(words, "--blocking", t)
	}
	for _, t := range f.quorum {
		words = append(words, "--quorum", t)
	}
	if f.turn {
		words = append(words, "--turn")
	}
	if f.coalitions {
		words = append(words, "--coalitions")
	}
	return words
}
