package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/notify"
	"registre/projections"
)

// subscriptionVerb is who is told of what.
func (a *app) subscriptionVerb() *cobra.Command {
	cmd := under("subscription", "Who is told of what happens, and how: webhook and mail make one; end, rotate, resume, skip; list and deliveries show",
		a.webhookVerb(), a.mailVerb(), a.endSubscriptionVerb(), a.rotateSecretVerb(), a.resumeVerb(), a.skipVerb(), a.listSubscriptionsVerb(), a.deliveriesVerb())
	cmd.Long = `A subscription has notices brought to somebody: decisions, avenants, members, order forms, sittings, corrections, findings. That there is
one is a fact in the house register; where it is brought to stands in contacts.json alone, where it is erased when the subscription ends.
“registre serve” brings them: each at least once, those of a group in its order. Of several servers on one cluster (--nats) the one brings
them in whose folder (--data) the address is.`
	return cmd
}

// subscribing are the flags that say of what a subscription is.
type subscribing struct {
	first                          func(made *domain.SubscriptionMade) // tells, ahead of anything else, what is told once; nil for nothing
	groups, kinds, bodies, members []string
	who, from                      string
	past                           bool
}

func (s *subscribing) flags(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&s.groups, "group", nil, "of a group (repeatable), or all")
	flags.StringArrayVar(&s.kinds, "kind", nil, "only notices of a kind (repeatable): "+strings.Join(projections.NoticeKinds(), ", "))
	flags.StringArrayVar(&s.bodies, "body", nil, "only what concerns a body (repeatable)")
	flags.StringArrayVar(&s.members, "member", nil, "only what concerns a member (repeatable)")
	flags.StringVar(&s.who, "for", "", "the pseudonym of whoever is told (registre people list); yours where it is left out")
	flags.StringVar(&s.from, "from", "", "of one group: from the event of this number on")
	flags.BoolVar(&s.past, "past", false, "all the past first")
	for name, completes := range map[string]cobra.CompletionFunc{
		"kind": cobra.FixedCompletions(projections.NoticeKinds(), cobra.ShellCompDirectiveNoFileComp),
		"group": func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return a.completeGroup(cmd, nil, begun)
		},
	} {
		if err := cmd.RegisterFlagCompletionFunc(name, completes); err != nil {
			panic(err) // there is no such flag
		}
	}
}

// act is what is recorded of a subscription.
func (s *subscribing) act(b *bringing, channel string) (act *domain.SubscriptionMade, err error) {
	act = &domain.SubscriptionMade{Channel: channel, Past: s.past, Subscription: newSubscriptionID()}
	if len(s.groups) == 0 {
		return nil, misuse("flag-missing", "--group", "")
	}
	act.Every, act.Groups = groupsNamed(s.groups)
	for _, k := range s.kinds {
		if !slices.Contains(projections.NoticeKinds(), k) {
			return nil, inFlag("flag-value", "--kind", k)
		}
		act.Kinds = append(act.Kinds, domain.NoticeKind(k))
	}
	for _, id := range s.bodies {
		act.Bodies = append(act.Bodies, domain.BodyID(id))
	}
	for _, id := range s.members {
		act.Members = append(act.Members, domain.MemberID(id))
	}
	if s.from != "" {
		if act.FromNumber, err = readNumber("--from", s.from); err != nil {
			return nil, err
		}
	}
	people, err := b.a.peopleThere()
	if err != nil {
		return nil, err
	}
	who := s.who
	if who == "" {
		who, err = people.me(b.ctx)
	} else {
		err = people.knows(who)
	}
	act.Principal = domain.PrincipalID(who)
	return act, err
}

// making is a verb that makes a subscription: it keeps where it is brought to first, and lets go of it where nothing is recorded.
func (s *subscribing) making(a *app, use, short string, at func(b *bringing, args []string) (channel string, to contact, err error), say func(made *domain.SubscriptionMade) error) *cobra.Command {
	var made *domain.SubscriptionMade
	kept := false
	cmd, b := a.brings(use, short, 1, func(b *bringing, args []string) (domain.Act, error) {
		channel, to, err := at(b, args)
		if err == nil {
			err = a.besideNamed() // an address is kept in a folder that is served
		}
		if err != nil {
			return nil, err
		}
		if made, err = s.act(b, channel); err != nil || b.dryRun {
			return made, err
		}
		to.Subscription, kept = made.Subscription, true
		return made, a.contacts().add(b.ctx, to)
	})
	b.house = true
	b.ahead = func() {
		if kept && s.first != nil {
			s.first(made)
		}
	}
	s.flags(a, cmd)
	record := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := record(cmd, args)
		switch {
		case err != nil && kept && isRefused(err): // otherwise it may stand: then it has its address
			return errors.Join(err, a.contacts().erase(cmd.Context(), made.Subscription))
		case err != nil || !kept:
			return err
		}
		return say(made)
	}
	return cmd
}

func newSubscriptionID() domain.SubscriptionID {
	var b [6]byte
	_, _ = rand.Read(b[:]) // it never fails
	return domain.SubscriptionID("s-" + hex.EncodeToString(b[:]))
}

// subscribingUse are the arguments behind the address of every verb that makes a subscription.
const subscribingUse = " (--group GROUP… | --group all) [--kind KIND…] [--body BODY…] [--member MEMBER…] [--past | --from N]"

func (a *app) webhookVerb() *cobra.Command {
	var s subscribing
	var secret string
	var ctx context.Context
	cmd := s.making(a, "webhook URL"+subscribingUse, "Bring notices to a receiver over HTTP, signed as Standard Webhooks; its secret is shown once",
		func(b *bringing, args []string) (string, contact, error) {
			if _, err := notify.ParseTarget(args[0]); err != nil {
				return "", contact{}, misuse("target-form", "", err.Error())
			}
			secret, ctx = newSecret(), b.ctx
			return domain.ByWebhook, contact{URL: args[0], Secrets: []hookSecret{{Text: secret}}}, nil
		},
		func(made *domain.SubscriptionMade) error {
			if a.asJSON {
				return a.json(map[string]string{"subscription": string(made.Subscription), "secret": secret})
			}
			return a.hintRight(ctx, made.Principal)
		})
	// Whoever is cut off while he reads on has the secret: it is shown before anything else.
	s.first = func(made *domain.SubscriptionMade) {
		a.printf("%s\n%s\n", secret, fmt.Sprintf(a.tr("Secret de l'abonnement %s. Il ne sera plus montré.", "The secret of subscription %s. It will not be shown again."), made.Subscription))
	}
	return cmd
}

func (a *app) mailVerb() *cobra.Command {
	var s subscribing
	var ctx context.Context
	var digest string
	cmd := s.making(a, "mail ADDRESS [--digest daily|weekly]"+subscribingUse, "Bring notices as mail, one each or in digests, in the language of --lang",
		func(b *bringing, args []string) (string, contact, error) {
			address, err := notify.ParseMail(args[0])
			if err != nil {
				return "", contact{}, misuse("mail-form", args[0], err.Error())
			}
			ctx = b.ctx
			switch digest {
			case "":
				return domain.ByMail, contact{Mail: address, Lang: a.lang}, nil
			case daily, weekly:
				return domain.ByDigest, contact{Mail: address, Lang: a.lang, Digest: digest}, nil
			}
			return "", contact{}, inFlag("flag-value", "--digest", digest)
		},
		func(made *domain.SubscriptionMade) error {
			if a.asJSON {
				return a.json(map[string]string{"subscription": string(made.Subscription)})
			}
			return a.hintRight(ctx, made.Principal)
		})
	cmd.Flags().StringVar(&digest, "digest", "", "one mail with what there was: daily, or weekly on Mondays; nothing comes where there was nothing")
	return cmd
}

// hintServer says which server brings what was subscribed to, where there may be several.
func (a *app) hintServer() {
	if a.nats != "" {
		a.printf("%s\n", fmt.Sprintf(a.tr("L'adresse est dans %[1]s : seul « registre serve --data %[1]s » remet ces avis.",
			"The address is in %[1]s: only “registre serve --data %[1]s” brings these notices."), a.data))
	}
}

// hintRight says how somebody who has no right gets one: without it he is told nothing.
func (a *app) hintRight(ctx context.Context, who domain.PrincipalID) error {
	a.hintServer()
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	r, err := answerTo[rightsAnswer](ctx, d, a.question("rights", string(domain.House), asking("principal", string(who))))
	if err == nil && len(r.Rights) == 0 {
		a.printf("%s\n", fmt.Sprintf(a.tr("%[1]s n'a encore aucun droit, et rien ne lui est remis : « registre right grant %[1]s --role subscriber --group … » en donne un.",
			"%[1]s has no right yet, and is brought nothing: “registre right grant %[1]s --role subscriber --group …” gives one."), who))
	}
	return err
}

func (a *app) endSubscriptionVerb() *cobra.Command {
	var reason, id string
	cmd, b := a.brings("end SUBSCRIPTION --reason REASON", "End a subscription, and erase its address", 1,
		func(_ *bringing, args []string) (domain.Act, error) {
			id = args[0]
			return &domain.SubscriptionEnded{Subscription: domain.SubscriptionID(id), Reason: nfc(reason)}, given("--reason", reason)
		})
	b.house = true
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	record := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := record(cmd, args)
		// What was ended before the last crash has its address erased now.
		if over := faultOf(err); err != nil && (over == nil || over.Code != domain.SubscriptionOver.Code) || b.dryRun {
			return err
		}
		return errors.Join(err, a.contacts().erase(cmd.Context(), domain.SubscriptionID(id)))
	}
	return cmd
}

func (a *app) rotateSecretVerb() *cobra.Command {
	return &cobra.Command{
		Use: "rotate SUBSCRIPTION", Short: "Give a receiver a new secret; the old one goes on signing beside it for a day", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			secret, err := a.rotateSecret(cmd.Context(), args[0])
			if err == nil {
				err = a.acted(cmd.Context(), "secret rotated", "subscription", args[0])
			}
			switch {
			case err != nil:
				return err
			case a.asJSON:
				return a.json(map[string]string{"subscription": args[0], "secret": secret})
			}
			a.printf("%s\n%s\n", secret, a.tr("Il ne sera plus montré. L'ancien signe encore un jour.", "It will not be shown again. The old one goes on signing for a day."))
			return nil
		},
	}
}

// rotateSecret gives a receiver a new secret, where its address is kept; where another server keeps it, it says so.
func (a *app) rotateSecret(ctx context.Context, id string) (string, error) {
	secret, failed := a.contacts().rotate(ctx, domain.SubscriptionID(id))
	if failed == nil || faultOf(failed).Name != "subscription-no-address" {
		return secret, failed
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return "", failed
	}
	all, err := answerTo[deliveriesAnswer](ctx, d, Question{Kind: "deliveries"})
	if err == nil && elsewhereOf(all.Deliveries, id) != nil {
		return "", misuse("subscription-elsewhere", id, "")
	}
	return "", failed
}

func (a *app) resumeVerb() *cobra.Command {
	var group string
	cmd, b := a.brings("resume SUBSCRIPTION [--group GROUP]", "Try again what is parked, in its order: of one group, or of all", 1,
		func(_ *bringing, args []string) (domain.Act, error) {
			return &domain.DeliveryResumed{Subscription: domain.SubscriptionID(args[0]), Group: domain.GroupID(group)}, nil
		})
	b.house = true
	cmd.Flags().StringVar(&group, "group", "", "of this group alone")
	return cmd
}

func (a *app) skipVerb() *cobra.Command {
	var reason string
	cmd, b := a.brings("skip SUBSCRIPTION NOTICE --reason REASON", "Leave a notice out, so that what waits behind it can go on", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			return &domain.NoticeSkipped{Subscription: domain.SubscriptionID(args[0]), Notice: args[1], Reason: nfc(reason)}, given("--reason", reason)
		})
	b.house = true
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}
