package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var noNetwork = regexp.MustCompile(`ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH`)

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
