package main

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// TestUnit: the unit for systemd starts on the folder that systemd makes for it, with the settings that it names, and again, and what is granted meanwhile stays.
func TestUnit(t *testing.T) {
	const program, folder = "/usr/local/bin/registre ", "/var/lib/registre"
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "registre.service"))
	require.NoError(t, err)
	set := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			require.NotContains(t, set, name)
			set[name] = value
		}
	}
	require.Equal(t, folder, "/var/lib/"+set["StateDirectory"])
	require.Equal(t, "0700", set["StateDirectoryMode"])
	require.Equal(t, program+"serve --data "+folder, set["ExecStart"])
	before, ours := strings.CutPrefix(set["ExecStartPre"], program)
	require.True(t, ours, set["ExecStartPre"])

	data := filepath.Join(t.TempDir(), "registre")
	require.NoError(t, os.Mkdir(data, 0o700))
	first, _, _ := strings.Cut(string(text), "\n")
	require.Contains(t, first, folder+"/"+configFile)
	require.NoError(t, os.WriteFile(filepath.Join(data, configFile), []byte("rate: 500\n"), 0o600))
	starts := func(token string) *servedFolder {
		t.Helper()
		out, exit := command(t, t.TempDir(), strings.Fields(strings.ReplaceAll(before, folder, data))...)
		require.Zero(t, exit, out)
		return startServing(t, data, token)
	}
	s := starts("")
	for _, line := range []string{"right grant me --role " + domain.Operator, "right grant me --role " + domain.Auditor + " --group all"} {
		out, exit := command(t, t.TempDir(), append(strings.Fields(line), "--data", data)...)
		require.Zero(t, exit, out)
	}
	out, exit := command(t, t.TempDir(), "token", "create", "--data", data)
	require.Zero(t, exit, out)
	require.NoError(t, s.cmd.Process.Kill())
	_, _ = s.cmd.Process.Wait()
	token, _, _ := strings.Cut(out, "\n")
	s = starts(token)
	response, err := s.request(t.Context(), http.MethodGet, "/v1/groups/registre/rights", "")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// TestInit: a register is begun once; what is there is left as it is, and what is no register is not taken for one.
func TestInit(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	begins := func(want int, says string, args ...string) {
		t.Helper()
		out, exit := command(t, t.TempDir(), append([]string{"init", "--data", data}, args...)...)
		require.Equal(t, want, exit, out)
		require.Contains(t, out, says)
	}
	require.NoError(t, os.Mkdir(data, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(data, "making"), nil, 0o600)) // as where it was cut short
	begins(exitDone, `"begun":true,"data":"`+data+`","origin":"registre.example/house"`, "--json", "--origin", "registre.example/house")
	_, err := os.Stat(filepath.Join(data, "format"))
	require.NoError(t, err)
	key, err := os.ReadFile(filepath.Join(data, keyFile))
	require.NoError(t, err)
	begins(exitDone, "Il y a déjà un registre dans "+data+", signé au nom de registre.example/house.", "--lang", "fr")
	begins(exitDone, "There is a register in "+data+" already, signed as registre.example/house.")
	again, err := os.ReadFile(filepath.Join(data, keyFile))
	require.NoError(t, err)
	require.Equal(t, key, again)

	data = filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.Mkdir(data, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(data, "letter.txt"), []byte("x"), 0o600))
	begins(exitMisused, "")
	_, err = os.Stat(filepath.Join(data, keyFile))
	require.ErrorIs(t, err, fs.ErrNotExist)

	data = filepath.Join(t.TempDir(), "with settings")
	settings := filepath.Join(data, configFile)
	require.NoError(t, os.Mkdir(data, 0o700))
	require.NoError(t, os.WriteFile(settings, []byte("rate: 500\norigine: ville.example/registre\n"), 0o600))
	begins(exitMisused, "R0977")
	require.NoError(t, os.WriteFile(settings, []byte("rate: 500\norigin: ville.example/registre\n"), 0o600))
	begins(exitDone, `"begun":true,"data":"`+data+`","origin":"ville.example/registre"`, "--json")
}
