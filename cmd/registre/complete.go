package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/domain"
)

// A lister gives what there is to name in a group, each with a tab and what it is, where that helps; before are the arguments
// that stand ahead.
type lister func(cmd *cobra.Command, group string, before ...string) []string

// completes completes a group, and behind it each argument by its lister; the last one's for all that follow.
func (a *app) completes(listers ...lister) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return a.completeGroup(cmd, args, begun)
		}
		list := listers[min(len(args), len(listers))-1]
		return begunWith(list(cmd, args[0], args[1:]...), begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFlag completes the value of a flag by what there is in the group that the first argument names.
func (a *app) completeFlag(cmd *cobra.Command, flag string, list lister) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return begunWith(list(cmd, args[0], args[1:]...), begun), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // there is no such flag
	}
}

func begunWith(all []string, begun string) (fit []string) {
	for _, s := range all {
		if strings.HasPrefix(s, begun) {
			fit = append(fit, s)
		}
	}
	return fit
}

// quickly asks a question within two seconds, or not at all.
func quickly[T any](a *app, cmd *cobra.Command, kind, group string, more map[string]string) (answer T, ok bool) {
	if _, err := os.Stat(filepath.Join(a.data, "format")); a.nats == "" && err != nil {
		return answer, false
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), 2*time.Second)
	defer cancel()
	d, err := a.open(ctx, false)
	if err != nil {
		return answer, false
	}
	raw, err := d.Ask(ctx, a.question(kind, group, more))
	return answer, err == nil && json.Unmarshal(raw, &answer) == nil
}

func (a *app) sittingsThere(cmd *cobra.Command, group string, _ ...string) (all []string) {
	s, _ := quickly[sittingsAnswer](a, cmd, "sittings", group, nil)
	for i := range s.Sittings {
		r := &s.Sittings[i]
		all = append(all, r.Sitting+"\t"+plain(r.Body+" "+a.sayDay(r)+", "+a.sittingIs(r.Status)))
	}
	return all
}

// sittingsOpen are the sittings in which an item can be put to vote: those that are open.
func (a *app) sittingsOpen(cmd *cobra.Command, group string, _ ...string) (all []string) {
	s, _ := quickly[sittingsAnswer](a, cmd, "sittings", group, nil)
	for i := range s.Sittings {
		if r := &s.Sittings[i]; r.Status == domain.Open {
			all = append(all, r.Sitting+"\t"+plain(r.Body+" "+a.sayDay(r)))
		}
	}
	return all
}

func (a *app) itemsThere(cmd *cobra.Command, group string, before ...string) []string {
	return a.itemsIn(cmd, group, before, "")
}

// itemsPending are those still to be dealt with, itemsVoted those being voted on.
func (a *app) itemsPending(cmd *cobra.Command, group string, before ...string) []string {
	return a.itemsIn(cmd, group, before, domain.Pending)
}

func (a *app) itemsVoted(cmd *cobra.Command, group string, before ...string) []string {
	return a.itemsIn(cmd, group, before, domain.Voting)
}

// itemsIn are the items of a sitting, those of a status alone where one is given.
func (a *app) itemsIn(cmd *cobra.Command, group string, before []string, status string) (all []string) {
	if len(before) == 0 {
		return nil
	}
	s, _ := quickly[sittingAnswer](a, cmd, "sitting", group, asking("sitting", before[0]))
	for i := range s.Agenda {
		if status == "" || s.Agenda[i].Status == status {
			all = append(all, s.Agenda[i].Item+"\t"+plain(s.Agenda[i].Title))
		}
	}
	return all
}

func (a *app) decisionsThere(cmd *cobra.Command, group string, _ ...string) (all []string) {
	d, _ := quickly[decisionsAnswer](a, cmd, "decisions", group, nil)
	for i := range d.Decisions {
		r := &d.Decisions[i]
		all = append(all, decimal(r.Number)+"\t"+plain(r.Day+" "+r.Title))
	}
	return all
}

func (a *app) membersThere(cmd *cobra.Command, group string, _ ...string) (all []string) {
	m, _ := quickly[membersAnswer](a, cmd, "members", group, nil)
	for _, r := range m.Members {
		all = append(all, r.Member+"\t"+plain(r.Name))
	}
	return all
}

func (a *app) agreementsThere(cmd *cobra.Command, group string, _ ...string) (all []string) {
	answer, _ := quickly[agreementsAnswer](a, cmd, "agreements", group, nil)
	for _, r := range answer.Agreements {
		all = append(all, r.Agreement+"\t"+plain(r.Title))
	}
	return all
}

func (a *app) bodiesThere(cmd *cobra.Command, group string, _ ...string) (all []string) {
	b, _ := quickly[bodiesAnswer](a, cmd, "bodies", group, nil)
	for _, r := range b.Bodies {
		all = append(all, r.Body+"\t"+plain(r.Name))
	}
	return all
}

// sensesThere are the beginnings of votes: for=, against=, abstain=; of a choice its options.
func (a *app) sensesThere(cmd *cobra.Command, group string, before ...string) (all []string) {
	if len(before) < 2 {
		return nil
	}
	s, _ := quickly[sittingAnswer](a, cmd, "sitting", group, asking("sitting", before[0]))
	senses := []string{domain.SenseFor, domain.SenseAgainst}
	for i := range s.Agenda {
		if item := &s.Agenda[i]; item.Item == before[1] && len(item.Votes) > 0 && len(item.Votes[len(item.Votes)-1].Options) > 0 {
			senses = nil
			for _, o := range item.Votes[len(item.Votes)-1].Options {
				senses = append(senses, o.Option)
			}
		}
	}
	for _, sense := range append(senses, domain.SenseAbstain) {
		all = append(all, a.sayTyped(sense)+"=")
	}
	return all
}
