package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVerbsInRooms: help shows each verb once, in a room that has a title in the language of whoever asks.
func TestVerbsInRooms(t *testing.T) {
	titles := map[string][]string{}
	for _, lang := range []string{"en", "fr"} {
		var out bytes.Buffer
		a := newApp(nil, &out, nil)
		a.lang = lang
		root := a.root()
		root.SetOut(&out)
		root.SetArgs([]string{})
		require.NoError(t, root.Execute())
		for _, verb := range root.Commands() {
			require.Equal(t, 1, strings.Count(out.String(), "\n  "+verb.Name()+" "), verb.Name())
		}
		require.NotContains(t, out.String(), "Additional Commands")
		for line := range strings.Lines(out.String()) {
			if strings.HasSuffix(line, ":\n") && !strings.Contains(line, "Usage") {
				titles[lang] = append(titles[lang], line)
			}
		}
	}
	require.Len(t, titles["en"], len(newApp(nil, nil, nil).verbRooms())+1, "and the flags")
	require.Len(t, titles["fr"], len(titles["en"]))
	for i := range titles["en"] {
		require.NotEqual(t, titles["en"][i], titles["fr"][i])
	}
}
