package main

import (
	"slices"
	"strings"

	"registre/domain"
	"registre/web"
)

// This is the one table that says what each role may, through whichever door: over HTTP as over NATS. What no cell gives is denied.

// A reach is how far a role may.
type reach string

// The reaches. A right reaches into the groups that it names, or into every.
const (
	denied     reach = ""
	inGroups   reach = "yes"
	inHouse    reach = "yes, with every group" // what is of the house, for a right in every group
	anywhere   reach = "yes, any right"        // what is of the house, for any right
	ownMember  reach = "own member"
	ownSitting reach = "own sitting"
	toOthers   reach = "yes, for others" // nobody grants himself anything
)

// A doorRow is what some operations are, and how far each role may them.
type doorRow struct {
	operations []string // their names; of the last row, every other question
	says       string
	may        map[string]reach
}

// cells are those of a row, in the order of domain.PrincipalRoles.
func cells(each ...reach) map[string]reach {
	may := map[string]reach{}
	for i, role := range domain.PrincipalRoles() {
		may[role] = each[i]
	}
	return may
}

// doorRows are what is asked and followed. The first row that has an operation counts.
var doorRows = []doorRow{
	{[]string{"checkpoint", "groups", "witnesses"}, "of the house; only one's own groups are listed", cells(anywhere, anywhere, anywhere, anywhere, anywhere, anywhere, denied)},
	{[]string{"metrics"}, "how the server does", cells(denied, denied, denied, denied, denied, anywhere, denied)},
	{[]string{"decision", "decisions", "weights", "export-weights"}, "what a group publishes", cells(inGroups, inGroups, inGroups, inGroups, inGroups, denied, inGroups)},
	{[]string{"notices", "notices-stream", "feed", "body-feed"}, "what a group gives notice of", cells(inGroups, inGroups, inGroups, inGroups, inGroups, denied, denied)},
	{[]string{"all-notices-stream"}, "the notices of every group whose notices one may read", cells(anywhere, anywhere, anywhere, anywhere, anywhere, denied, denied)},
	{ownSubscriptions, "one's own subscriptions, to groups whose notices one may read", cells(anywhere, anywhere, anywhere, anywhere, anywhere, denied, denied)},
	{nil, "every other question and export of a group, its register and its receipts", cells(inGroups, inGroups, inGroups, inGroups, denied, denied, denied)},
}

// ownSubscriptions are what somebody may with his own subscriptions.
var ownSubscriptions = []string{"end-own-subscription", "own-deliveries", "own-subscriptions", "rotate-own-secret", "subscribe"}

// houseRow is all that is asked of the house register, with who may act.
var houseRow = doorRow{nil, "the house register, with `rights`", cells(denied, denied, denied, inHouse, denied, anywhere, denied)}

// The commands that are a member's own, those of a sitting, and those of the house. Every other is a secretary's alone.
var (
	memberCommands = []string{
		"amend-order", "answer-notice", "cancel-order", "deliberate", "give-proxy", "issue-order", "revoke-proxy", "sign",
	}
	sittingCommands = strings.Fields(`add-item amend-item answer-notice approve-minutes adjourn-sitting arrive cancel-sitting cancel-vote cast-votes
		close-sitting close-vote convene-sitting divide-item give-proxy leave mark-voters open-sitting postpone-item put-item-to-vote receive-notice
		recuse-member replace-delegate resume-sitting revoke-proxy send-notice suspend-sitting withdraw-item`)
	houseCommands = []string{"end-right", "grant-right"}
	innerCommands = []string{"end-subscription", "make-subscription", "resume-delivery", "skip-notice"} // from the command line, and for one's own as ownSubscriptions
)

// commandRow is how far each role may a command; the zero reach where its name is "", before it was read, only says who may record at all.
func commandRow(name string) map[string]reach {
	switch {
	case slices.Contains(houseCommands, name):
		return cells(denied, denied, denied, denied, denied, toOthers, denied)
	case slices.Contains(innerCommands, name):
		return cells(denied, denied, denied, denied, denied, denied, denied)
	case slices.Contains(memberCommands, name) && slices.Contains(sittingCommands, name):
		return cells(inGroups, ownMember, ownSitting, denied, denied, denied, denied)
	case slices.Contains(memberCommands, name):
		return cells(inGroups, ownMember, denied, denied, denied, denied, denied)
	case slices.Contains(sittingCommands, name):
		return cells(inGroups, denied, ownSitting, denied, denied, denied, denied)
	}
	return cells(inGroups, denied, denied, denied, denied, denied, denied)
}

// doorRowOf is the row that an operation stands in.
func doorRowOf(right web.Right) doorRow {
	if right.Group == string(domain.House) {
		return houseRow
	}
	for _, row := range doorRows {
		if row.operations == nil || slices.Contains(row.operations, right.Operation) {
			return row
		}
	}
	return doorRow{}
}

// allows reports whether a right that stands lets its principal do something.
func allows(r *domain.RightRow, right web.Right) bool {
	if right.What == web.ToRecord {
		return allowsCommand(r, right)
	}
	switch doorRowOf(right).may[r.Role] {
	case anywhere:
		return right.Group == "" || r.Role == domain.Operator || reachesInto(r, right.Group)
	case inHouse:
		return r.Every
	case inGroups:
		return reachesInto(r, right.Group)
	}
	return false
}

// reachesInto reports whether a right is in a group.
func reachesInto(r *domain.RightRow, group string) bool {
	return group != "" && group != string(domain.House) && (r.Every || slices.Contains(r.Groups, domain.GroupID(group)))
}

// allowsCommand reports whether a right lets its principal record a command; before it was read, whether it may be one that he may.
func allowsCommand(r *domain.RightRow, right web.Right) bool {
	house := right.Group == string(domain.House)
	if right.Command == "" {
		return house && r.Role == domain.Operator || reachesInto(r, right.Group) && slices.Contains([]string{domain.Secretary, domain.MemberClerk, domain.SittingOfficer}, r.Role)
	}
	switch commandRow(right.Command)[r.Role] {
	case toOthers:
		return house && right.Principal != string(r.Principal)
	case inGroups:
		return reachesInto(r, right.Group)
	case ownMember:
		return reachesInto(r, right.Group) && right.Member == string(r.Member) && right.OnBehalf == string(r.Member)
	case ownSitting:
		mine := r.Sitting != "" && right.Sitting == string(r.Sitting) || r.Body != "" && right.Body == string(r.Body)
		return reachesInto(r, right.Group) && mine && right.OnBehalf == ""
	}
	return false
}
