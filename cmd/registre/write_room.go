package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// roomVerbs bring who comes, goes, votes for whom and takes no part.
func (a *app) roomVerbs() []*cobra.Command {
	arrive, _ := a.ofSitting("arrive GROUP SITTING MEMBER…", "Members or observers arrive; where a grantor does, its proxy ends", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.AttendeesArrived{Attendees: membersOf(rest), Sitting: id}, nil
		}, a.membersThere)
	leave, _ := a.ofSitting("leave GROUP SITTING MEMBER…", "Members or observers leave", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.AttendeesLeft{Attendees: membersOf(rest), Sitting: id}, nil
		}, a.attendeesThere)
	replace, _ := a.ofSitting("replace GROUP SITTING MEMBER", "Another person sits for a member; presence, voices and votes stay", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.DelegateReplaced{Member: domain.MemberID(rest[0]), Sitting: id}, nil
		}, a.attendeesThere)
	revoke, _ := a.ofSitting("revoke GROUP SITTING GRANTOR", "A member ends the proxy that it gave", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.ProxyRevoked{Grantor: domain.MemberID(rest[0]), Sitting: id}, nil
		}, a.membersThere)
	recuse, _ := a.ofSitting("recuse GROUP SITTING ITEM MEMBER", "A member takes no part in an item", 2,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.MemberRecused{Item: domain.ItemID(rest[0]), Member: domain.MemberID(rest[1]), Sitting: id}, nil
		}, a.itemsThere, a.membersThere)
	return []*cobra.Command{arrive, leave, replace, a.proxyVerb(), revoke, recuse}
}

func (a *app) proxyVerb() *cobra.Command {
	var items []string
	cmd, _ := a.ofSitting("proxy GROUP SITTING GRANTOR HOLDER [--item ITEM]…", "A member that is not there lets another vote for it", 2,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			act := &domain.ProxyGiven{Grantor: domain.MemberID(rest[0]), Holder: domain.MemberID(rest[1]), Sitting: id}
			for _, s := range items {
				act.Items = append(act.Items, domain.ItemID(s))
			}
			return act, nil
		}, a.membersThere)
	cmd.Args = exactly(4)
	cmd.Flags().StringArrayVar(&items, "item", nil, "an item that it is for (default: all); may be repeated")
	return cmd
}

// endVerbs bring how a sitting goes on, and how it ends.
func (a *app) endVerbs() []*cobra.Command {
	plain := func(use, short string, act func(domain.SittingID) domain.Act) *cobra.Command {
		cmd, _ := a.ofSitting(use, short, 0, func(_ *bringing, id domain.SittingID, _ []string) (domain.Act, error) { return act(id), nil })
		return cmd
	}
	return []*cobra.Command{
		plain("suspend GROUP SITTING", "A sitting is suspended", func(id domain.SittingID) domain.Act { return &domain.SittingSuspended{Sitting: id} }),
		plain("resume GROUP SITTING", "A sitting that was suspended goes on", func(id domain.SittingID) domain.Act { return &domain.SittingResumed{Sitting: id} }),
		a.adjournVerb(),
		a.closeSittingVerb(),
		a.cancelSittingVerb(), a.approveMinutesVerb(),
	}
}

func (a *app) closeSittingVerb() *cobra.Command {
	cmd, b := a.ofSitting("close GROUP SITTING", "A sitting is closed; told is which items were not dealt with", 0,
		func(_ *bringing, id domain.SittingID, _ []string) (domain.Act, error) {
			return &domain.SittingClosed{Sitting: id}, nil
		})
	b.after = a.sayLeft
	return cmd
}

// sayLeft prints the items that a sitting which was closed has not dealt with, such as those that wait for a second round.
func (a *app) sayLeft(ctx context.Context, on *workbench, o *outcome) error {
	e, err := on.envelope(ctx, o.Group, o.First)
	if err != nil {
		return err
	}
	closed, ok := e.Act.(*domain.SittingClosed)
	if !ok {
		return nil
	}
	s, err := sittingNow(ctx, on.at(), string(o.Group), string(closed.Sitting), "#"+decimal(o.Last))
	if err != nil {
		return err
	}
	var left []string
	for i := range s.Agenda {
		if s.Agenda[i].Status == domain.Pending {
			left = append(left, s.Agenda[i].Item)
		}
	}
	if len(left) > 0 {
		a.prose(fmt.Sprintf(a.tr("Non traités : %s.", "Not dealt with: %s."), strings.Join(left, ", ")), 2)
	}
	return nil
}

func (a *app) adjournVerb() *cobra.Command {
	var noQuorum bool
	var reason string
	cmd, _ := a.ofSitting("adjourn GROUP SITTING --no-quorum | --reason REASON", "A sitting ends before its agenda is dealt with", 0,
		func(_ *bringing, id domain.SittingID, _ []string) (domain.Act, error) {
			act := &domain.SittingAdjourned{Reason: nfc(reason), Sitting: id, Why: domain.ForOther}
			if noQuorum {
				act.Why = domain.ForNoQuorum
				return act, nil
			}
			return act, given("--reason", reason)
		})
	cmd.Flags().BoolVar(&noQuorum, "no-quorum", false, "for want of a quorum: it can be convened on second notice")
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func (a *app) cancelSittingVerb() *cobra.Command {
	var reason string
	cmd, _ := a.ofSitting("cancel GROUP SITTING --reason REASON", "A sitting that was not opened will not be", 0,
		func(_ *bringing, id domain.SittingID, _ []string) (domain.Act, error) {
			return &domain.SittingCancelled{Reason: nfc(reason), Sitting: id}, given("--reason", reason)
		})
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func (a *app) approveMinutesVerb() *cobra.Command {
	var doc document
	cmd, _ := a.ofSitting("approve-minutes GROUP SITTING [--text FILE | --sha256 HASH]", "The body has approved the minutes of a sitting", 0,
		func(_ *bringing, id domain.SittingID, _ []string) (domain.Act, error) {
			h, err := doc.hash()
			return &domain.MinutesApproved{SHA256: h, Sitting: id}, err
		})
	doc.flags(cmd)
	return cmd
}

// attendeesThere are those who are in the room.
func (a *app) attendeesThere(cmd *cobra.Command, group string, before ...string) (all []string) {
	if len(before) == 0 {
		return nil
	}
	s, _ := quickly[sittingAnswer](a, cmd, "sitting", group, asking("sitting", before[0]))
	for _, t := range s.There {
		all = append(all, t.Attendee)
	}
	return all
}
