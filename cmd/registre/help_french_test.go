package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
)

// sameInFrench stands for something in a usage in both languages.
var sameInFrench = map[string]bool{
	"ARTICLE": true, "AVENANT": true, "CODE": true, "CONDITION": true, "CYCLE": true, "ID": true, "INSTANT": true, "JSON": true, "OPTION": true, "QUOTA": true, "UAI": true, "URL": true,
}

// TestHelpInFrench: every verb and every flag is told in French, and no French is kept of what nobody says any more.
func TestHelpInFrench(t *testing.T) {
	root := newApp(nil, nil, nil).root()
	root.InitDefaultHelpFlag()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	said := map[string]bool{}
	longs := map[string]bool{}
	told := func(text, where string) {
		said[text] = true
		assert.NotEmpty(t, inFrenchSays(text), "%s has no French: %s", where, text)
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		told(cmd.Short, cmd.CommandPath())
		said[cmd.Long] = true
		_, verb, _ := strings.Cut(cmd.CommandPath(), " ")
		long, there := helpLongFR[verb]
		assert.True(t, !there || long.of == printOf(cmd.Long), "the French of %s is of another English: put %q beside it once it says the same", verb, printOf(cmd.Long))
		assert.True(t, cmd.Long == "" || inFrenchLong(cmd) != cmd.Long, "%s has no French at length, of %q", verb, printOf(cmd.Long))
		longs[verb] = there
		for _, place := range placeholder.FindAllString(inFrenchLong(cmd), -1) {
			assert.Empty(t, strings.ReplaceAll(placesFR[place], place, ""), "%s is used with %s, and told at length with %s", verb, placesFR[place], place)
		}
		for _, place := range placeholder.FindAllString(cmd.Use, -1) {
			assert.True(t, placesFR[place] != "" || sameInFrench[place], "%s is used in English: %s", cmd.CommandPath(), place)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" {
				told(f.Usage, cmd.CommandPath()+" --"+f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	assert.NotRegexp(t, `\w:[\n{]`, usageWords.Replace(root.UsageTemplate()), "a heading is in English")
	for verb := range helpLongFR {
		assert.True(t, longs[verb], "nobody is called %s any more", verb)
	}
	for _, texts := range []map[string]string{helpFR, helpVerbsFR, helpFlagsFR} {
		for text := range texts {
			assert.True(t, said[text], "nobody says any more: %s", text)
			said[text] = false // in one of them alone
		}
	}
}
