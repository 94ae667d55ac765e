package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
)

// inFrenchWhole are the verbs whose help is French to the last flag.
var inFrenchWhole = []string{"decision", "decisions", "findings", "item", "members", "minutes", "sitting", "sittings", "voices", "vote", "weights"}

// TestHelpInFrench: every verb is told in French, and those that are used most with all their flags. It says which words of help lack it.
func TestHelpInFrench(t *testing.T) {
	root := newApp(nil, nil, nil).root()
	root.InitDefaultHelpFlag()
	root.InitDefaultHelpCmd()
	said, lacking := map[string]bool{}, map[string]bool{}
	told := func(text string, must bool, where string) {
		said[text] = true
		if helpFR[text] == "" && text != "" {
			lacking[text] = true
			assert.False(t, must, "%s has no French: %s", where, text)
		}
	}
	var walk func(cmd *cobra.Command, must bool)
	walk = func(cmd *cobra.Command, must bool) {
		if cmd.Hidden {
			return
		}
		told(cmd.Short, must || cmd.Parent() == root, cmd.CommandPath())
		said[cmd.Long] = true
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" {
				told(f.Usage, must, cmd.CommandPath()+" --"+f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub, must || cmd == root && slices.Contains(inFrenchWhole, sub.Name()))
		}
	}
	walk(root, false)
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { told(f.Usage, true, "--"+f.Name) })
	for text := range helpFR {
		assert.True(t, said[text] || text == "Generate the autocompletion script for the specified shell", "nobody says any more: %s", text)
	}
	t.Logf("%d of %d words of help lack French", len(lacking), len(said))
	for text := range lacking {
		t.Logf("lacks French: %s", text)
	}
}
