package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/web/operation"
)

// doorsMarkdown is the table as docs/serve.md has it.
func doorsMarkdown() string {
	var b strings.Builder
	line := func(says string, operations []string, may map[string]reach) {
		if len(operations) > 0 {
			says = "`" + strings.Join(operations, "` `") + "`: " + says
		}
		fmt.Fprintf(&b, "| %s |", says)
		for _, role := range domain.PrincipalRoles() {
			fmt.Fprintf(&b, " %s |", strings.Replace(string(may[role]), string(denied), "", 1))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| | `%s` |\n|---|%s\n", strings.Join(domain.PrincipalRoles(), "` | `"), strings.Repeat("---|", len(domain.PrincipalRoles())))
	for _, row := range doorRows {
		line(row.says, row.operations, row.may)
	}
	line(houseRow.says, nil, houseRow.may)
	seen := map[string][]string{}
	var order []string
	for _, name := range commandNames() {
		key := fmt.Sprint(commandRow(name))
		if seen[key] == nil {
			order = append(order, key)
		}
		seen[key] = append(seen[key], name)
	}
	for _, key := range order {
		names := seen[key]
		if slices.Contains(names, "found-group") {
			line("every other command", nil, commandRow(names[0]))
			continue
		}
		says := "commands"
		if slices.Equal(names, innerCommands) {
			says = "from the command line; of one's own, as above"
		}
		line(says, names, commandRow(names[0]))
	}
	return b.String()
}

// commandNames are all commands that come through doors.
func commandNames() (names []string) {
	for k := range eventstore.Events.Kinds() {
		if k.Command != "" && k.Command != "rotate-key" {
			names = append(names, k.Command)
		}
	}
	slices.Sort(names)
	return names
}

// TestDoorsFile: docs/serve.md prints the table by which the doors let in. With -registre.update it is written.
func TestDoorsFile(t *testing.T) {
	const path, begin, end = "../../docs/serve.md", "<!-- doors: written by go test ./cmd/registre -run TestDoorsFile -registre.update -->\n", "<!-- /doors -->"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := before + begin + doorsMarkdown() + end + after
	if *updateFaults {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text))
}

// TestCommandsOfSittings: the commands that the table calls of a sitting are those whose acts are.
func TestCommandsOfSittings(t *testing.T) {
	files, err := filepath.Glob("../../eventstore/testdata/golden/*.json")
	require.NoError(t, err)
	of := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		e, err := eventstore.Decode(bytes.TrimSpace(body))
		require.NoError(t, err)
		if name := eventstore.Events.CommandFor(e.Act); name != "" && domain.SittingOf(e.Act) != "" {
			of[name] = true
		}
	}
	for _, name := range commandNames() {
		require.Equal(t, of[name], slices.Contains(sittingCommands, name), name)
	}
	for _, name := range slices.Concat(sittingCommands, memberCommands, houseCommands, innerCommands) {
		require.Contains(t, commandNames(), name)
	}
}

// roleHolders gives each role to somebody, in the demonstration's group, with a token that narrows nothing.
func roleHolders(h *servedHouse) map[string]string {
	as := map[string]string{}
	for _, role := range domain.PrincipalRoles() {
		who := "q-" + role
		act := &domain.RightGranted{Principal: domain.PrincipalID(who), Role: role, Groups: []domain.GroupID{demoGroup}}
		switch role {
		case domain.Public:
			as[role] = ""
			continue // it is granted where it is tried, since it is everybody's
		case domain.Operator:
			act.Groups = nil
		case domain.MemberClerk:
			act.Member = "moselle"
		case domain.SittingOfficer:
			act.Sitting = "ag-2018"
		}
		h.grant(act)
		as[role] = "of-" + role
		h.bare(as[role], who)
	}
	return as
}

// bare makes a token that only says who shows it.
func (h *servedHouse) bare(name, who string) token {
	text, made, err := h.door.make(h.t.Context(), token{Principal: who, Expires: h.door.now().AddDate(0, 0, 1)})
	require.NoError(h.t, err)
	h.tokens[name] = text
	return made
}

// A way in is a door at which the table is tried: each answers with a status of HTTP.
type wayIn struct {
	ask    func(as string, q *operation.Question, group, example string) (int, []byte)
	events func(as, group string) (int, []byte)
	send   func(as, group, command string) (int, []byte) // only tried
	public bool                                          // who shows no token is let in, as everybody
}

// waysIn are all doors, by their names.
var waysIn = map[string]func(*servedHouse) wayIn{
	"http": func(h *servedHouse) wayIn {
		get := func(as, address string) (int, []byte) {
			response, text := h.get(as, address)
			return response.StatusCode, text
		}
		return wayIn{
			public: true,
			ask: func(as string, q *operation.Question, group, example string) (int, []byte) {
				return get(as, strings.Replace(addressOf(q, example), demoGroup, group, 1))
			},
			events: func(as, group string) (int, []byte) { return get(as, "/v1/groups/"+group+"/events?limit=1") },
			send: func(as, group, command string) (int, []byte) {
				_, response, text := h.request(http.MethodPost, as, "/v1/groups/"+group+"/commands?dry_run=true", command, "Content-Type", "application/json")
				return response.StatusCode, text
			},
		}
	},
	"nats": func(h *servedHouse) wayIn {
		c := h.overNATS()
		ask := func(as, operation string, request map[string]any) (int, []byte) {
			status, m := c.ask(as, operation, request)
			return status, m.Data
		}
		return wayIn{
			ask: func(as string, q *operation.Question, group, example string) (int, []byte) {
				return ask(as, q.Name, told(q, group, example))
			},
			events: func(as, group string) (int, []byte) {
				return ask(as, "events", map[string]any{"group": group, "limit": 1})
			},
			send: func(as, group, command string) (int, []byte) {
				return ask(as, "record", map[string]any{"group": group, "command": json.RawMessage(command), "dry_run": true})
			},
		}
	},
}

// TestEveryCellOfReading asks every question, in the group of the right and in another, as each role and through each door: what the table
// gives is given, and nothing else is.
func TestEveryCellOfReading(t *testing.T) {
	for name, way := range waysIn {
		t.Run(name, func(t *testing.T) {
			h := serveDemo(t)
			h.everyCellOfReading(way(h))
		})
	}
}

func (h *servedHouse) everyCellOfReading(way wayIn) {
	as := roleHolders(h)
	judge := func(role, what string, status int, text []byte, want bool) {
		h.t.Helper()
		switch {
		case want && (role != domain.Public || way.public):
			assert.Equal(h.t, http.StatusOK, status, "%s as %s: %s", what, role, text)
		case as[role] == "":
			assert.Equal(h.t, http.StatusUnauthorized, status, "%s as %s: %s", what, role, text)
		default:
			assert.Equal(h.t, http.StatusForbidden, status, "%s as %s: %s", what, role, text)
		}
	}
	ask := func(role, name, group string, want bool) {
		all := operations()
		q := &all[slices.IndexFunc(all, func(q operation.Question) bool { return q.Name == name })]
		status, text := way.ask(as[role], q, group, examples[name][0])
		judge(role, name+" in "+group, status, text, want)
	}
	readers := []string{domain.Secretary, domain.MemberClerk, domain.SittingOfficer, domain.Auditor}
	for _, role := range domain.PrincipalRoles() {
		if role == domain.Public {
			ask(role, "weights", demoGroup, false)
			h.grant(&domain.RightGranted{Principal: domain.Anonymous, Role: role, Groups: []domain.GroupID{demoGroup}})
		}
		for _, q := range operations() {
			want := slices.Contains(readers, role)
			switch {
			case kinds[q.Name].ofHouse:
				want = role == domain.Operator
			case q.House && q.Name != receiptQuestion.Name:
				want = role != domain.Public
			case q.Name == "notices":
				want = want || role == domain.Subscriber
			case slices.Contains([]string{"decision", "decisions", "weights"}, q.Name):
				want = role != domain.Operator
			}
			ask(role, q.Name, demoGroup, want)
			if !q.House && !kinds[q.Name].ofHouse {
				ask(role, q.Name, "another", false)
			}
		}
		for group, want := range map[string]bool{demoGroup: slices.Contains(readers, role), string(domain.House): role == domain.Operator} {
			status, text := way.events(as[role], group)
			judge(role, "events of "+group, status, text, want)
		}
	}
	ask(domain.Operator, "weights", demoGroup, true) // as everybody
	ask(domain.Operator, "members", demoGroup, false)
}

// TestWhoMayWatch asks how the server does, which is there over HTTP alone.
func TestWhoMayWatch(t *testing.T) {
	h := serveDemo(t)
	as := roleHolders(h)
	for _, role := range domain.PrincipalRoles() {
		response, _ := h.get(as[role], "/metrics")
		assert.Equal(t, role == domain.Operator, response.StatusCode == http.StatusOK, role)
	}
}

// commandText is a command as it is sent.
func commandText(name, group, behalf string, data any) string {
	c := map[string]any{"command": name, "group": group, "id": uuid.NewString(), "effective": "2024-01-01", "data": data}
	if behalf != "" {
		c["on_behalf_of"] = behalf
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestEveryCellOfRecording tries an example of every command as each role, through each door. Whether a rule then refuses it is not asked:
// only whether the door does.
func TestEveryCellOfRecording(t *testing.T) {
	for name, way := range waysIn {
		t.Run(name, func(t *testing.T) {
			h := serveDemo(t)
			h.everyCellOfRecording(way(h))
		})
	}
}

func (h *servedHouse) everyCellOfRecording(way wayIn) {
	as := roleHolders(h)
	files, err := filepath.Glob("../../eventstore/testdata/golden/*.json")
	require.NoError(h.t, err)
	tried := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(h.t, err)
		e, err := eventstore.Decode(bytes.TrimSpace(body))
		require.NoError(h.t, err)
		name := eventstore.Events.CommandFor(e.Act)
		if name == "" || name == "rotate-key" || tried[name] {
			continue
		}
		tried[name] = true
		group, data := demoGroup, dataOf(h.t, body)
		if slices.Contains(houseCommands, name) || slices.Contains(innerCommands, name) {
			group = string(domain.House)
		}
		setOwn(data, "moselle", "ag-2018", "2018-08")
		row := commandRow(name)
		for _, role := range domain.PrincipalRoles() {
			status, answer := way.send(as[role], group, commandText(name, group, "", data))
			want := row[role] != denied && (row[role] != ownMember || !strings.HasSuffix(name, "-order") || name == "issue-order")
			let := status != http.StatusForbidden && status != http.StatusUnauthorized
			assert.Equal(h.t, want, let, "%s as %s: %d %s", name, role, status, answer)
		}
	}
	for _, name := range commandNames() {
		require.True(h.t, tried[name], "no example of %s", name)
	}
}

// dataOf is the data of an event's body.
func dataOf(t *testing.T, body []byte) map[string]any {
	var of struct{ Data map[string]any }
	require.NoError(t, json.Unmarshal(body, &of))
	return of.Data
}

// setOwn makes data those of a member, a sitting and an order form, where they name any.
func setOwn(data map[string]any, member, sitting, order string) {
	for key, value := range map[string]string{"member": member, "grantor": member, "sitting": sitting, "number": order} {
		if data[key] != nil {
			data[key] = value
		}
	}
}

// TestOwnAffairs: a member's clerk acts for his member only, an officer in his sittings only, and an operator grants himself nothing.
func TestOwnAffairs(t *testing.T) {
	for name, way := range waysIn {
		t.Run(name, func(t *testing.T) {
			h := serveDemo(t)
			h.ownAffairs(way(h))
		})
	}
}

func (h *servedHouse) ownAffairs(way wayIn) {
	t := h.t
	roleHolders(h)
	h.grant(&domain.RightGranted{Principal: "p-body", Role: domain.SittingOfficer, Groups: []domain.GroupID{demoGroup}, Body: "ag"})
	h.bare("of-body", "p-body")
	clerk, officer, operator := "of-"+domain.MemberClerk, "of-"+domain.SittingOfficer, "of-"+domain.Operator
	of := func(pairs ...any) map[string]any {
		data := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			data[pairs[i].(string)] = pairs[i+1]
		}
		return data
	}
	moselle := ownOrder(t, h, "moselle")
	for _, c := range []struct {
		as, command, behalf string
		data                map[string]any
		let                 bool
	}{
		{clerk, "sign", "", of("member", "moselle", "text", "avenant-1"), true},
		{clerk, "sign", "moselle", of("member", "moselle", "text", "avenant-1"), true},
		{clerk, "sign", "aube", of("member", "moselle", "text", "avenant-1"), false},
		{clerk, "sign", "", of("member", "aube", "text", "avenant-1"), false},
		{clerk, "sign", "moselle", of("member", "aube", "text", "avenant-1"), false},
		{clerk, "cancel-order", "", of("number", moselle, "reason", "x"), true},
		{clerk, "cancel-order", "", of("number", ownOrder(t, h, "aube"), "reason", "x"), false},
		{clerk, "cancel-order", "", of("number", "none", "reason", "x"), false},
		{clerk, "give-proxy", "", of("grantor", "moselle", "holder", "aube", "sitting", "ag-2018"), true},
		{clerk, "give-proxy", "", of("grantor", "aube", "holder", "moselle", "sitting", "ag-2018"), false},
		{officer, "close-sitting", "", of("sitting", "ag-2018"), true},
		{officer, "close-sitting", "", of("sitting", "copil-2019"), false},
		{officer, "close-sitting", "moselle", of("sitting", "ag-2018"), false},
		{officer, "sign", "", of("member", "moselle", "text", "avenant-1"), false},
		{"of-body", "close-sitting", "", of("sitting", "ag-2018"), true},
		{"of-body", "close-sitting", "", of("sitting", "copil-2019"), false},
		{"of-body", "close-sitting", "", of("sitting", "none"), false},
		{operator, "grant-right", "", of("principal", "p-body", "role", "auditor", "every", true), true},
		{operator, "grant-right", "", of("principal", "q-operator", "role", "auditor", "every", true), false},
		{operator, "correct-event", "", of("kind", "clerical", "reason", "x", "target", 1), false},
		{"secretary", "grant-right", "", of("principal", "p-body", "role", "auditor", "every", true), false},
	} {
		group := demoGroup
		if strings.HasSuffix(c.command, "-right") || c.as == operator {
			group = string(domain.House)
		}
		status, answer := way.send(c.as, group, commandText(c.command, group, c.behalf, c.data))
		require.Equal(t, c.let, status != http.StatusForbidden, "%s %s as %s for %q: %d %s", c.command, c.data, c.as, c.behalf, status, answer)
	}
	h.recordedForItsMember(clerk, commandText("cancel-order", demoGroup, "", of("number", moselle, "reason", "x")))
}

// recordedForItsMember has a clerk's command recorded, and looks that the event says who acted, and for whom.
func (h *servedHouse) recordedForItsMember(clerk, command string) {
	status, done := h.bring(clerk, command, "")
	require.Equal(h.t, http.StatusCreated, status, done)
	_, event := h.get("auditor", "/v1/groups/"+demoGroup+"/events?limit=1&after="+decimal(uint64(done["first"].(float64))-1))
	require.Contains(h.t, string(event), `"actor":"q-member-clerk"`)
	require.Contains(h.t, string(event), `"on_behalf_of":"moselle"`)
	status, again := h.bring(clerk, command, "")
	require.Equal(h.t, http.StatusOK, status, again)
}

// ownOrder is the number of an order form of a member that counts on the day of the commands.
func ownOrder(t *testing.T, h *servedHouse, member string) string {
	var answer struct{ Orders []struct{ Number string } }
	_, text := h.get("auditor", "/v1/groups/"+demoGroup+"/orders?at=2024-01-01&status=running&member="+member)
	require.NoError(t, json.Unmarshal(text, &answer), "%s", text)
	require.NotEmpty(t, answer.Orders, "%s", text)
	return answer.Orders[0].Number
}
