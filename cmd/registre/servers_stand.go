package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"registre/domain"
)

// serverStands is what one server that runs says of itself.
type serverStands struct {
	Brings  map[string]int `json:"brings"`  // subscriptions in force whose address it has, by channel
	Carries []string       `json:"carries"` // the channels that notices go out by from there
	Origin  string         `json:"origin"`
}

// stands is that of this process; nil where it brings nothing.
func (l *local) stands(ctx context.Context) (*serverStands, error) {
	d := l.dispatcher.Load()
	if d == nil {
		return nil, nil
	}
	standing, err := l.standingOf(ctx)
	s := &serverStands{Brings: map[string]int{}, Carries: d.Carries(), Origin: l.origin()}
	for _, n := range standing {
		s.Brings[n.Channel] = n.Brought
	}
	return s, err
}

// serversAnswer is what the servers of one cluster say of what they bring.
type serversAnswer struct {
	InForce map[string]int                     `json:"in_force"` // subscriptions, by channel
	Known   bool                               `json:"known"`    // every server that runs was asked
	Nobody  map[string][]domain.SubscriptionID `json:"nobody"`   // those that no server says that it brings, by channel
	Servers []serverStands                     `json:"servers"`  // who answered, by origin
	Shared  bool                               `json:"shared"`   // the registers are on a server
}

// serversStanding answers "servers". Who is silent is asked once more.
func (l *local) serversStanding(ctx context.Context, _ Question) (json.RawMessage, error) {
	answer := serversAnswer{InForce: map[string]int{}, Nobody: map[string][]domain.SubscriptionID{}, Servers: []serverStands{}, Shared: l.servers != nil}
	if l.servers == nil {
		return encode(answer)
	}
	all, err := l.subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	var ids []domain.SubscriptionID
	for i := range all {
		if !all[i].Over {
			ids = append(ids, all[i].ID)
			answer.InForce[all[i].Channel]++
		}
	}
	if answer.Known, err = l.askStanding(ctx, &answer.Servers); err != nil {
		return nil, err
	}
	brought, known, err := l.broughtBy(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if s := &all[i]; known && !s.Over && !brought[s.ID] {
			answer.Nobody[s.Channel] = append(answer.Nobody[s.Channel], s.ID)
		}
	}
	return encode(answer)
}

// askStanding asks all servers twice how they stand, each time for as long as a word may take.
func (l *local) askStanding(ctx context.Context, all *[]serverStands) (known bool, err error) {
	known = true
	for range 2 {
		wentRound, err := l.askServers(ctx, askedOfServers{Stands: true}, othersSay, func(said saidByServer) bool {
			known = known && said.Failed == ""
			if s := said.Stands; s != nil && !slices.ContainsFunc(*all, func(x serverStands) bool { return x.Origin == s.Origin }) {
				*all = append(*all, *s)
			}
			return false
		})
		if err != nil {
			return false, err
		}
		known = known && wentRound
	}
	slices.SortFunc(*all, func(x, y serverStands) int { return cmp.Compare(x.Origin, y.Origin) })
	return known, nil
}

// servers looks at who brings the notices of registers that lie on a server.
func (x *examination) servers(ctx context.Context, d desk) {
	const name = "notices"
	answer, err := answerTo[serversAnswer](ctx, d, Question{Kind: "servers"})
	if err != nil {
		x.fault(name, err)
		return
	}
	if !answer.Shared {
		return
	}
	x.whoBrings(&answer)
}

// whoBrings says which server brings what, and what nobody brings.
func (x *examination) whoBrings(answer *serversAnswer) {
	const name = "notices"
	tr := x.a.tr
	if len(answer.Servers) == 0 {
		x.ok(name, tr("aucun serveur ne dit remettre des avis", "no server says that it brings notices"))
	}
	for i := range answer.Servers {
		s := &answer.Servers[i]
		var says, held []string
		for _, channel := range subscriptionChannels {
			switch n := s.Brings[channel]; {
			case slices.Contains(s.Carries, channel):
				says = append(says, fmt.Sprintf("%s %d", x.a.word(channel), n))
			case n > 0:
				held = append(held, fmt.Sprintf("%s %d", x.a.word(channel), n))
			}
		}
		x.ok(name, fmt.Sprintf(tr("%s remet : %s", "%s brings: %s"), s.Origin, strings.Join(says, ", ")))
		if len(held) > 0 {
			x.bad(name, fmt.Sprintf(tr("%s a des adresses auxquelles il ne remet rien : %s", "%s has addresses to which it brings nothing: %s"), s.Origin, strings.Join(held, ", ")),
				tr("Le lancer avec --smtp-host.", "Start it with --smtp-host."))
		}
	}
	if !answer.Known {
		x.ok(name, tr("certains serveurs n'ont pas pu être interrogés : d'autres remettent peut-être aussi", "not all servers could be asked: others may bring some as well"))
		return
	}
	for _, channel := range subscriptionChannels {
		if none := answer.Nobody[channel]; len(none) > 0 {
			x.bad(name, fmt.Sprintf(tr("%s : %d abonnement(s) sur %d qu'aucun serveur ne dit remettre", "%s: %d subscription(s) of %d that no server says that it brings"), x.a.word(channel), len(none), answer.InForce[channel]),
				tr("« registre subscription list » les montre ; lancer le serveur qui a leurs adresses.", "`registre subscription list` shows them; start the server that has their addresses."))
		}
	}
}
