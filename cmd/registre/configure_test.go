package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// said is what --show-config says of serve with these flags, by setting; or the fault that it ends with.
func configured(t *testing.T, args ...string) (rows map[string]settingRow, fault *Fault) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"serve", "--show-config", "--json"}, args...), strings.NewReader(""), &out, &errs)
	if code != exitDone {
		var wrong struct{ Error *Fault }
		require.NoError(t, json.Unmarshal(errs.Bytes(), &wrong), errs.String())
		require.Equal(t, code, wrong.Error.Exit)
		return nil, wrong.Error
	}
	var answer struct{ Settings []settingRow }
	require.NoError(t, json.Unmarshal(out.Bytes(), &answer), out.String())
	rows = map[string]settingRow{}
	for _, row := range answer.Settings {
		rows[row.Key] = row
	}
	return rows, nil
}

// samples are three values that each kind of flag can have, none of them a default.
func samples(kind string) [3]string {
	switch kind {
	case "bool":
		return [3]string{"true", "false", "true"}
	case "duration", "durationSlice":
		return [3]string{"11s", "12s", "13s"}
	case "float64":
		return [3]string{"11.5", "12.5", "13.5"}
	case "int", "uint", "uint64", "count":
		return [3]string{"11", "12", "13"}
	case "stringArray", "stringSlice":
		return [3]string{"a", "b", "c"}
	}
	return [3]string{"here-1:1", "here-2:2", "here-3:3"}
}

// TestPrecedence: for every setting of serve, the line counts before the environment, that before the file, that before the default;
// and --show-config says which it was.
func TestPrecedence(t *testing.T) {
	verb := newApp(nil, nil, nil).root()
	serve, _, err := verb.Find([]string{"serve"})
	require.NoError(t, err)
	require.NoError(t, serve.ParseFlags(nil))
	all := configurable(serve.Flags())
	require.Greater(t, len(all), 10)
	for _, f := range all {
		t.Run(f.Name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "settings.yaml")
			values := samples(f.Value.Type())
			if f.Name == "lang" {
				values = [3]string{"fr", "en", "fr"}
			}
			value := func(rows map[string]settingRow) string { return strings.Trim(rows[f.Name].Value, "[]") }
			rows, fault := configured(t)
			require.Nil(t, fault)
			if f.Name != "lang" { // the locale of whoever runs the test
				require.Equal(t, "default", rows[f.Name].From)
				require.Equal(t, strings.Trim(f.DefValue, "[]"), value(rows))
			}
			require.NoError(t, os.WriteFile(file, []byte("# settings\n"+f.Name+": "+values[0]+"\n"), 0o600))
			rows, fault = configured(t, "--config", file)
			require.Nil(t, fault)
			require.Equal(t, file+":2", rows[f.Name].From)
			require.Equal(t, values[0], value(rows))
			t.Setenv(envOf(f.Name), values[1])
			t.Setenv(configEnv, file)
			rows, fault = configured(t)
			require.Nil(t, fault)
			if f.Name != "lang" { // it stands among the variables that say how to speak, and has no place before the file
				require.Equal(t, envOf(f.Name), rows[f.Name].From)
				require.Equal(t, values[1], value(rows))
			}
			rows, fault = configured(t, "--"+f.Name+"="+values[2])
			require.Nil(t, fault)
			require.Equal(t, "--"+f.Name, rows[f.Name].From)
			require.Equal(t, values[2], value(rows))
		})
	}
}

// TestSettingsRefused: what a file says that is no setting is refused, with its place.
func TestSettingsRefused(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		says, code string
		line       int
	}{
		{"listen: 127.0.0.1:1\nlistn: 127.0.0.1:2\n", "R0977", 2},
		{"at: 2021-01-01\n", "R0977", 1},
		{"child: x\n", "R0977", 1},
		{"listen: a:1\n\nlisten: b:1\n", "R0979", 3},
		{"\nbehind-proxy: perhaps\n", "R0978", 2},
		{"witness-timeout: 5\n", "R0978", 1},
		{"listen: [a, b]\n", "R0978", 1},
		{"listen: {a: b}\n", "R0978", 1},
		{"listen:\n", "R0978", 1},
		{"listen: &a x\ntls-cert: *a\n", "R0978", 1},
		{"a: b: c\n", "R0976", 0},
		{"- listen\n", "R0976", 0},
		{"listen: a:1\n---\nlisten: b:1\n", "R0976", 0},
		{strings.Repeat("#\n", maxConfig), "R0976", 0},
	} {
		file := filepath.Join(dir, "settings.yaml")
		require.NoError(t, os.WriteFile(file, []byte(c.says), 0o600))
		_, fault := configured(t, "--config", file)
		require.NotNil(t, fault, "%.40q", c.says)
		require.Equal(t, c.code, fault.Code, "%.40q %v", c.says, fault)
		require.Equal(t, file, fault.File, "%.40q", c.says)
		require.Equal(t, c.line, fault.Line, "%.40q", c.says)
		require.NotEmpty(t, fault.Cause)
	}
	_, fault := configured(t, "--config", filepath.Join(dir, "none.yaml"))
	require.Equal(t, "R0976", fault.Code)
	t.Setenv("REGISTRE_BEHIND_PROXY", "perhaps")
	_, fault = configured(t)
	require.Equal(t, "R0978", fault.Code)
	require.Equal(t, "REGISTRE_BEHIND_PROXY", fault.Subject)
}

// TestSettingsInTheFolder: the file in the data folder is found there, says nothing of where the folder is, and may be empty.
func TestSettingsInTheFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, configFile)
	for _, nothing := range []string{"", "# none yet\n", "---\n"} {
		require.NoError(t, os.WriteFile(file, []byte(nothing), 0o600))
		_, fault := configured(t, "--data", dir)
		require.Nil(t, fault, "%q", nothing)
	}
	require.NoError(t, os.WriteFile(file, []byte("listen: 127.0.0.1:99\nbehind-proxy: true\n"), 0o600))
	t.Setenv("REGISTRE_DATA", dir)
	rows, fault := configured(t)
	require.Nil(t, fault)
	require.Equal(t, settingRow{From: file + ":1", Key: "listen", Value: "127.0.0.1:99"}, rows["listen"])
	require.Equal(t, settingRow{From: "REGISTRE_DATA", Key: "data", Value: dir}, rows["data"])
	require.NoError(t, os.WriteFile(file, []byte("data: elsewhere\n"), 0o600))
	_, fault = configured(t)
	require.Equal(t, "R0977", fault.Code)
}
