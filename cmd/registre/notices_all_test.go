package main

import (
	"bufio"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAllNoticesFollowed: whoever follows all groups from the command line is told what there was, and what is recorded meanwhile in any of
// them, through the process that holds the folder as by himself; and goes on from a place with exactly what is behind it.
func TestAllNoticesFollowed(t *testing.T) {
	for name, serving := range map[string]bool{"alone": false, "beside a server": true} {
		t.Run(name, func(t *testing.T) {
			data := groupsJoined(t, 2)
			dir := filepath.Dir(data)
			if serving {
				startServing(t, data, "")
			}
			out, exit := command(t, dir, "notices", "--json", "--kind", "member-joined", "--data", data)
			require.Zero(t, exit, out)
			want := noticeLines(t, out)
			require.Len(t, want, 2*noticesGroups)
			mark := want[len(want)-3].Time + "/" + want[len(want)-3].Group + "/" + strings.TrimLeft(want[len(want)-3].Sequence, "0")
			out, exit = command(t, dir, "notices", "--json", "--kind", "member-joined", "--behind", mark, "--data", data)
			require.Zero(t, exit, out)
			require.Equal(t, want[len(want)-2:], noticeLines(t, out))
			if !serving {
				return // whoever follows holds the folder
			}
			follow := exec.CommandContext(t.Context(), "registre", "notices", "--json", "--follow", "--kind", "member-joined", "--behind", mark, "--data", data)
			read, err := follow.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, follow.Start())
			t.Cleanup(func() { _ = follow.Process.Kill(); _ = follow.Wait() })
			lines := bufio.NewScanner(read)
			next := func() string {
				require.True(t, lines.Scan())
				return noticeLines(t, lines.Text())[0].ID
			}
			require.Equal(t, want[len(want)-2].ID, next())
			require.Equal(t, want[len(want)-1].ID, next())
			for i := range noticesGroups {
				group := "g" + decimal(uint64(noticesGroups-1-i))
				out, exit := command(t, dir, "member", "join", group, "late", "--name", "Late", "--basis", "b", "--effective", "2024-02-01", "--data", data)
				require.Zero(t, exit, out)
				require.Contains(t, next(), group+"/")
			}
		})
	}
}

type noticeLine struct{ ID, Group, Time, Sequence string }

func noticeLines(t *testing.T, text string) (all []noticeLine) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var n noticeLine
		require.NoError(t, json.Unmarshal([]byte(line), &n), line)
		all = append(all, n)
	}
	return all
}
