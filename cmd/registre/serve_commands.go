package main

import (
	"context"
	"encoding/json"
	"net/http"

	"registre/domain"
	"registre/eventstore"
	"registre/web"
)

// admits asks the door whether whoever sent a command may record it, under his own pseudonym. What a member's clerk does not say to be on
// behalf of his member is so.
func (c *counter) admits(ctx context.Context, command *domain.Command) error {
	who := web.PrincipalOf(ctx).ID
	if who == "" {
		return nil // there is no door
	}
	if command.Actor != "" && command.Actor != who {
		return &web.Fault{Status: http.StatusForbidden, Name: "token-denied", Subject: command.Actor}
	}
	command.Actor = who
	right, err := c.concerned(ctx, command)
	if err != nil {
		return err
	}
	err = web.Allowed(ctx, right)
	if err != nil && right.OnBehalf == "" && right.Member != "" {
		if right.OnBehalf = right.Member; web.Allowed(ctx, right) == nil {
			command.OnBehalfOf = domain.MemberID(right.Member)
			return nil
		}
	}
	return err
}

// concerned says whose affair a command is: of which member, and of which sitting.
func (c *counter) concerned(ctx context.Context, command *domain.Command) (web.Right, error) {
	right := web.Right{
		What: web.ToRecord, Operation: "record", Group: string(command.Group), Command: eventstore.Events.CommandFor(command.Act),
		OnBehalf: string(command.OnBehalfOf), Sitting: string(domain.SittingOf(command.Act)),
	}
	err := c.ledger.View(ctx, command.Group, func(v *eventstore.View) error {
		now := domain.Pair{At: domain.LastDay, Known: v.Head}
		if convened, ok := command.Act.(*domain.SittingConvened); ok {
			right.Body = string(convened.Body)
		} else if s, ok := v.State.Sitting(domain.SittingID(right.Sitting), now); ok && s.Convened != nil {
			right.Body = string(s.Convened.Body)
		}
		right.Member = string(memberOf(command.Act, v.State, now))
		return nil
	})
	if grant, ok := command.Act.(*domain.RightGranted); ok {
		right.Principal = string(grant.Principal)
	}
	return right, err
}

// memberOf is the member whose own affair an act is; "" where it is that of nobody alone.
func memberOf(act domain.Act, g *domain.Group, now domain.Pair) domain.MemberID {
	order := func(n domain.OrderNumber) domain.MemberID {
		if row, ok := g.Order(n, now); ok {
			return row.Member
		}
		return ""
	}
	switch a := act.(type) {
	case *domain.MemberDeliberated:
		return a.Member
	case *domain.MemberSigned:
		return a.Member
	case *domain.NoticeAnswered:
		return a.Member
	case *domain.ProxyGiven:
		return a.Grantor
	case *domain.ProxyRevoked:
		return a.Grantor
	case *domain.OrderIssued:
		return a.Member
	case *domain.OrderAmended:
		return order(a.Number)
	case *domain.OrderCancelled:
		return order(a.Number)
	}
	return ""
}

// ownGroups are the groups that whoever asks has a right in.
func (c *counter) ownGroups(ctx context.Context) (json.RawMessage, error) {
	all, err := answerTo[groupsAnswer](ctx, c.local, Question{Kind: "groups"})
	if err != nil {
		return nil, err
	}
	own := groupsAnswer{Groups: []groupRow{}}
	for _, row := range all.Groups {
		if web.Allowed(ctx, web.Right{What: web.ToRead, Operation: "groups", Group: row.Group}) == nil {
			own.Groups = append(own.Groups, row)
		}
	}
	return encode(own)
}
