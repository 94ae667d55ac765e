package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/replay"
)

// Every kind of finding has its sentence, and what would settle it, in both languages.
func TestEveryFindingHasItsSentences(t *testing.T) {
	names := map[string]bool{}
	for _, k := range replay.FindingKinds() {
		names[k.Name] = true
		says := findingsSay[k.Name]
		require.NotEmpty(t, says[0], k.Name)
		require.NotEmpty(t, says[1], k.Name)
		require.NotEqual(t, says[0], says[1])
		require.NotEmpty(t, settlesFrench[k.Name], k.Name)
		require.NotEqual(t, settlesFrench[k.Name], settlesEnglish[k.Name])
		require.NotEmpty(t, kindsFrench[k.Name], k.Name)
		require.NotEqual(t, kindsFrench[k.Name], kindsEnglish[k.Name])
		for _, sentence := range []string{says[0], settlesFrench[k.Name], kindsFrench[k.Name]} {
			require.False(t, strings.Contains(strings.ReplaceAll(sentence, " :", ""), ":"), "a colon without its space: %s", sentence)
		}
	}
	for name := range findingsSay {
		require.True(t, names[name], name)
	}
	for name := range settlesFrench {
		require.True(t, names[name], name)
	}
	for name := range kindsFrench {
		require.True(t, names[name], name)
	}
}

// What a value holds is not filled in again, and what has no value is shown as it stands.
func TestFilledIn(t *testing.T) {
	values := map[string]string{"subject": "{rule}", "rule": "R0901"}
	value := func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	require.Equal(t, "a {rule} R0901 {none} {", filledIn("a {subject} {rule} {none} {", value))
	require.Equal(t, "plain", filledIn("plain", value))
}
