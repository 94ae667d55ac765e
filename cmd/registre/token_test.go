package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

// TestTokenVerb: a token is made for whom, for how long and as narrow as is said, or not at all; listed as it stands, and only one that
// stands is offered to be taken back.
func TestTokenVerb(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "d")
	does := func(args ...string) (said string, exit int) {
		var out, errs bytes.Buffer
		exit = run(t.Context(), append(args, "--data", data), nil, &out, &errs)
		return out.String() + errs.String(), exit
	}
	_, exit := does("found", "g", "--name", "G", "--title", "C")
	require.Zero(t, exit)
	_, exit = does("people", "name", "p-anne", "Anne")
	require.Zero(t, exit)
	for code, wrong := range map[string]string{
		"R0540": "--role king", "R0540 ": "--days 0", "R0540  ": "--days 3661", "R0559": "--group G!", "R0555": "--for p-nobody",
	} {
		said, exit := does(append([]string{"token", "create"}, strings.Fields(wrong)...)...)
		require.Equal(t, exitMisused, exit, said)
		require.Contains(t, said, strings.TrimSpace(code), wrong)
		require.NotContains(t, said, "  ", "something is not named")
	}
	said, exit := does("token", "list", "--lang", "en")
	require.Zero(t, exit)
	require.Equal(t, "There is no token.\n", said)
	made := map[string]tokenRow{}
	for _, line := range []string{"--days 1", "--for p-anne --role auditor --group g --group h --days 3660", "--group g --group all"} {
		said, exit := does(append([]string{"token", "create", "--json"}, strings.Fields(line)...)...)
		require.Zero(t, exit, said)
		var row tokenRow
		require.NoError(t, json.Unmarshal([]byte(said), &row))
		require.True(t, row.Stands)
		made[line] = row
	}
	one, narrow, wide := made["--days 1"], made["--for p-anne --role auditor --group g --group h --days 3660"], made["--group g --group all"]
	require.Equal(t, tokenRow{Created: narrow.Created, Expires: narrow.Expires, Groups: []string{"g", "h"}, ID: narrow.ID, Principal: "p-anne", Role: domain.Auditor, Stands: true}, narrow)
	require.Empty(t, wide.Groups, "all is no bound")
	for days, row := range map[int]tokenRow{1: one, 3660: narrow, 90: wide} {
		created, err := time.Parse(time.RFC3339, row.Created)
		require.NoError(t, err)
		expires, err := time.Parse(time.RFC3339, row.Expires)
		require.NoError(t, err)
		require.WithinDuration(t, created.AddDate(0, 0, days), expires, 2*time.Second)
	}
	a := newApp(nil, nil, nil)
	a.data = data
	d, err := a.door()
	require.NoError(t, err)
	_, expired, err := d.make(t.Context(), token{Principal: "p-anne", Expires: time.Now().Add(-time.Minute)})
	require.NoError(t, err)
	_, exit = does("token", "revoke", one.ID)
	require.Zero(t, exit)
	said, exit = does("token", "list", "--lang", "fr")
	require.Zero(t, exit)
	for id, state := range map[string]string{one.ID: `retiré le \d{4}-\d\d-\d\d`, expired.ID: `expiré`, narrow.ID: `g, h .*p-anne .*\d`} {
		require.Regexp(t, regexp.MustCompile(`(?m)^`+id+` .*`+state+` *$`), said)
	}
	var offered bytes.Buffer
	require.Zero(t, run(t.Context(), []string{cobra.ShellCompRequestCmd, "--data", data, "token", "revoke", ""}, nil, &offered, &bytes.Buffer{}))
	said = offered.String()
	require.Contains(t, said, narrow.ID+"\tauditor p-anne")
	require.NotContains(t, said, one.ID)
	require.NotContains(t, said, expired.ID)
}
