package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// noNetwork is what npm says where its registry, or what stands before it, gives nothing.
var noNetwork = regexp.MustCompile(`ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EPROTO|` +
	`npm (?:error|ERR!) code E(?:401|403|407|429|5\d\d)|CERT_|_CERT|socket hang up|network request to .* failed`)

// TestGeneratedClient: from the document somebody else's program (openapi-typescript) makes the types of a client; a program that is
// held to them strictly asks, records, repeats and is refused at the running server.
func TestGeneratedClient(t *testing.T) {
	if testing.Short() {
		t.Skip("it fetches the generator")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("there is no npm here")
	}
	h := serveDemo(t)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "client"))))
	_, document := h.get("", "/openapi.json")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "openapi.json"), document, 0o600))
	does := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		if home, err := os.UserHomeDir(); err != nil || !isFolder(home) {
			cmd.Env = append(os.Environ(), "HOME="+dir)
		}
		out, err := cmd.CombinedOutput()
		if err != nil && noNetwork.Match(out) {
			t.Skip("the generator is out of reach")
		}
		require.NoError(t, err, string(out))
		return string(out)
	}
	does("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	does("npx", "openapi-typescript", "openapi.json", "-o", "api.ts")
	does("npx", "tsc", "-p", ".")
	out := does("node", filepath.Join("out", "client.js"), h.url, h.tokens["secretary"], demoGroup)
	require.JSONEq(t, `{"total":"15","members":10,"repeated":true,"receipt":true,"code":"R0845"}`, out)
}
