package main

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// document is the flags that name a document: the file itself, or its SHA-256.
type document struct{ file, sum string }

func (d *document) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.file, "text", "", "the document, of which the SHA-256 is kept")
	cmd.Flags().StringVar(&d.sum, "sha256", "", "the SHA-256 of the document, where it is not at hand")
}

// hash is the SHA-256 of the document; none where none was named.
func (d *document) hash() (domain.Hash, error) {
	switch {
	case d.file != "" && d.sum != "":
		return domain.Hash{}, misuse("flags-exclusive", "--text, --sha256", "")
	case d.file != "":
		return hashFile(d.file)
	case d.sum == "":
		return domain.Hash{}, nil
	}
	h, err := domain.ParseHash(d.sum)
	if err != nil {
		return h, inFlag("hash-form", "--sha256", d.sum)
	}
	return h, nil
}

// readChanges reads a file of changes: a list, or an object with the one key "changes".
func readChanges(path string) ([]domain.Change, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readSmall(path, eventstore.MaxCommand)
	if err != nil {
		return nil, err
	}
	// It stands within a command as if it had been brought there, and is judged by the same rules.
	list := jsontext.Value(bytes.TrimSpace(text))
	if !list.IsValid() || list.Kind() != '[' {
		return nil, inFile(path, misuse("changes-form", "", reasonOf(list)))
	}
	line := append([]byte(`{"command":"found-group","effective":"2000","group":"x","data":{"name":"x","title":"x"`), `,"changes":`...)
	if len(bytes.TrimSpace(list[1:len(list)-1])) > 0 {
		line = append(append(line, list...), `}}`...)
	} else {
		return nil, nil
	}
	c, err := eventstore.DecodeCommand(line)
	if err != nil {
		return nil, inFile(path, wireFault(err))
	}
	return c.Act.(*domain.GroupFounded).Changes, nil
}

// reasonOf says why a text is not what was wanted.
func reasonOf(v jsontext.Value) string {
	v = v.Clone()
	if err := v.Canonicalize(); err != nil {
		return strings.TrimPrefix(err.Error(), "jsontext: ")
	}
	return v.Kind().String()
}

// inFile lays a fault to a file; what it says of the field counts from there.
func inFile(path string, err error) error {
	var f *Fault
	if !errors.As(err, &f) {
		f = faultOf(err)
	}
	f.File, f.Field = path, strings.TrimPrefix(f.Field, "data.")
	return f
}

func (a *app) foundVerb() *cobra.Command {
	var name, title, changes string
	var doc document
	cmd, _ := a.brings("found GROUP --name NAME --title TITLE [--text FILE] [--changes FILE]", "A group is founded by its convention", 1,
		func(*bringing, []string) (domain.Act, error) {
			switch {
			case name == "":
				return nil, misuse("flag-missing", "--name", "")
			case title == "":
				return nil, misuse("flag-missing", "--title", "")
			}
			act := &domain.GroupFounded{Name: nfc(name), Title: nfc(title)}
			var err error
			if act.SHA256, err = doc.hash(); err != nil {
				return nil, err
			}
			act.Changes, err = readChanges(changes)
			return act, err
		})
	doc.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "", "the name of the group")
	cmd.Flags().StringVar(&title, "title", "", "the title of the convention")
	cmd.Flags().StringVar(&changes, "changes", "", "a JSON file: the list of changes that the convention makes (docs/catalogue.md)")
	return cmd
}

func (a *app) avenantVerb() *cobra.Command {
	return under("avenant", "Bring a step in the life of an avenant: draft, approve, sign, abandon",
		a.draftVerb(), a.approveVerb(), a.signVerb(), a.abandonVerb())
}

func (a *app) draftVerb() *cobra.Command {
	var title, changes, stated, retroactive string
	var articles []string
	var doc document
	cmd, _ := a.brings("draft GROUP AVENANT --title TITLE [--text FILE] [--changes FILE] [--stated-day DAY]", "An avenant is proposed, with what it will change", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			if title == "" {
				return nil, misuse("flag-missing", "--title", "")
			}
			act := &domain.AvenantDrafted{Avenant: domain.TextID(args[1]), Title: nfc(title), Retroactive: nfc(retroactive)}
			for _, s := range articles {
				act.Articles = append(act.Articles, nfc(s))
			}
			var err error
			if act.SHA256, err = doc.hash(); err != nil {
				return nil, err
			}
			if stated != "" {
				if act.StatedDay, err = domain.ParseDay(stated); err != nil {
					return nil, inFlag("day-unreadable", "--stated-day", stated)
				}
			}
			act.Changes, err = readChanges(changes)
			return act, err
		})
	doc.flags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&title, "title", "", "its title")
	flags.StringVar(&changes, "changes", "", "a JSON file: the list of changes that it makes (docs/catalogue.md)")
	dayVar(flags, &stated, "stated-day", "the day on which it says that it takes effect")
	flags.StringVar(&retroactive, "retroactive", "", "the reason why it takes effect before its last signature")
	flags.StringArrayVar(&articles, "article", nil, "an article of the convention that it touches; may be repeated")
	return cmd
}

func (a *app) approveVerb() *cobra.Command {
	var reference string
	var doc document
	cmd, _ := a.brings("approve GROUP TEXT MEMBER [--reference REFERENCE] [--text FILE | --sha256 HASH]", "A member's assembly approves a text: an avenant, or the convention", 3,
		func(_ *bringing, args []string) (domain.Act, error) {
			h, err := doc.hash()
			return &domain.MemberDeliberated{Text: domain.TextID(args[1]), Member: domain.MemberID(args[2]), Reference: nfc(reference), SHA256: h}, err
		})
	doc.flags(cmd)
	cmd.Flags().StringVar(&reference, "reference", "", "the reference of the deliberation")
	return cmd
}

func (a *app) signVerb() *cobra.Command {
	cmd, _ := a.brings("sign GROUP TEXT MEMBER", "A member signs a text", 3,
		func(_ *bringing, args []string) (domain.Act, error) {
			return &domain.MemberSigned{Text: domain.TextID(args[1]), Member: domain.MemberID(args[2])}, nil
		})
	return cmd
}

func (a *app) abandonVerb() *cobra.Command {
	var reason string
	cmd, _ := a.brings("abandon GROUP AVENANT --reason REASON", "An avenant that is not in force is given up", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			if reason == "" {
				return nil, misuse("flag-missing", "--reason", "")
			}
			return &domain.AvenantAbandoned{Avenant: domain.TextID(args[1]), Reason: nfc(reason)}, nil
		})
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func (a *app) deliberationVerb() *cobra.Command {
	var how, reason string
	cmd, _ := a.brings("end GROUP N --how annulled|withdrawn --reason REASON", "A deliberation is annulled or withdrawn: the approval falls", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			n, err := readNumber("N", args[1])
			switch {
			case err != nil:
				return nil, err
			case how == "":
				return nil, misuse("flag-missing", "--how", "")
			case reason == "":
				return nil, misuse("flag-missing", "--reason", "")
			}
			return &domain.DeliberationFell{Deliberation: n, How: how, Reason: nfc(reason)}, nil
		})
	cmd.Flags().StringVar(&how, "how", "", "annulled (by a court) or withdrawn (by the assembly itself)")
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return under("deliberation", "Bring the end of a deliberation", cmd)
}

func (a *app) obligationVerb() *cobra.Command {
	var file, quote string
	set, b := a.brings("set GROUP ARTICLE --quote TEXT | --text FILE --basis BASIS", "An obligation of the members is quoted", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			switch {
			case quote != "" && file != "":
				return nil, misuse("flags-exclusive", "--quote, --text", "")
			case quote == "" && file == "":
				return nil, misuse("flag-missing", "--quote", "")
			case file != "":
				text, err := readSmall(file, domain.MaxText)
				if err != nil {
					return nil, err
				}
				quote = strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
			}
			return &domain.ObligationSet{Article: nfc(args[1]), Text: nfc(quote), Basis: nfc(b.basis)}, nil
		})
	set.Flags().StringVar(&quote, "quote", "", "its text")
	set.Flags().StringVar(&file, "text", "", "a file with its text")
	b.withBasis(set)
	lift, b := a.brings("lift GROUP ARTICLE --basis BASIS", "An obligation no longer stands", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			return &domain.ObligationSet{Article: nfc(args[1]), Basis: nfc(b.basis)}, nil
		})
	b.withBasis(lift)
	return under("obligation", "Bring an obligation of the members: set, lift", set, lift)
}

func (a *app) ruleVerb() *cobra.Command {
	var approval, signature, effect string
	cmd, b := a.brings("set GROUP [--approval QUOTA] [--signature QUOTA] [--effect stated-day|last-signature] --basis BASIS",
		"Who must approve and sign an avenant, and when it takes effect", 1,
		func(b *bringing, _ []string) (domain.Act, error) {
			act := &domain.AmendmentRuleSet{Effect: effect, Basis: nfc(b.basis)}
			var err error
			if act.Approval, err = readQuota("--approval", approval); err != nil {
				return nil, err
			}
			act.Signature, err = readQuota("--signature", signature)
			return act, err
		})
	flags := cmd.Flags()
	flags.StringVar(&approval, "approval", domain.EveryMember, "who must approve: every-member, listed:MEMBER,… or share:2/3")
	flags.StringVar(&signature, "signature", domain.EveryMember, "who must sign: the same")
	flags.StringVar(&effect, "effect", domain.StatedDay, "stated-day (otherwise the last signature) or last-signature (always)")
	return under("rule", "Bring a rule: by which avenants are made, or by which a body decides", b.withBasis(cmd), a.votingRuleVerb())
}

// readQuota reads every-member, listed:MEMBER,… or share:WEIGHT.
func readQuota(flag, s string) (q domain.Quota, err error) {
	who, rest, given := strings.Cut(s, ":")
	q.Who = who
	switch {
	case who == domain.EveryMember && !given:
	case who == domain.Listed && rest != "":
		for _, m := range strings.Split(rest, ",") {
			q.Members = append(q.Members, domain.MemberID(m))
		}
	case who == domain.Share && rest != "":
		q.Share, err = typedWeight(flag, rest)
	default:
		err = inFlag("quota-form", flag, s)
	}
	return q, err
}
