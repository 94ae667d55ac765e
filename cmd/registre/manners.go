package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manners makes cobra speak as the rest of the program does: what it does not understand is a misuse with a sentence of
// ours, a verb that wants another says which, and names of groups can be completed.
func (a *app) manners(root *cobra.Command) {
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagFault(cmd, err) })
	a.frenchHelp(root)
	root.SuggestionsMinimumDistance = 2
	root.Args = cobra.ArbitraryArgs
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknownVerb(cmd, args[0])
	}
	for _, cmd := range root.Commands() {
		a.teach(cmd)
	}
}

// teach does for a verb, and for those under it, what manners promises.
func (a *app) teach(cmd *cobra.Command) {
	if cmd.HasSubCommands() && !cmd.Runnable() {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("verb-missing", cmd.CommandPath(), strings.Join(names(cmd), ", "))
			}
			return unknownVerb(cmd, args[0])
		}
	}
	if cmd.Args == nil {
		cmd.Args = exactly(0)
	}
	if words := strings.Fields(cmd.Use); len(words) > 1 && strings.Trim(words[1], "[]") == "GROUP" && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = a.completeGroup
	}
	for _, sub := range cmd.Commands() {
		a.teach(sub)
	}
}

func names(cmd *cobra.Command) (all []string) {
	for _, sub := range cmd.Commands() {
		all = append(all, sub.Name())
	}
	return all
}

func unknownVerb(cmd *cobra.Command, name string) error {
	cmd.SuggestionsMinimumDistance = 2
	if like := cmd.SuggestionsFor(name); len(like) > 0 {
		slices.Sort(like)
		return misuse("verb-like", name, strings.Join(like, ", "))
	}
	return misuse("verb-unknown", "", name)
}

// flagFault makes a fault of what the flags' parser says.
func flagFault(cmd *cobra.Command, err error) error {
	var typed *Fault
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &typed):
		return typed
	case errors.As(err, &unknown):
		return misuse("flag-unknown", dashed(unknown.GetSpecifiedName()), cmd.CommandPath())
	case errors.As(err, &bare):
		return misuse("flag-bare", dashed(bare.GetSpecifiedName()), cmd.CommandPath())
	case errors.As(err, &value):
		return misuse("flag-value", dashed(value.GetFlag().Name), value.GetValue())
	}
	return misuse("flag", "", err.Error())
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func (a *app) helpVerb(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [VERB]", Short: "Help about a verb", Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownVerb(root, strings.Join(args, " "))
			}
			return cmd.Help()
		},
	}
}

// completeGroup completes the name of a group, quickly or not at all.
func (a *app) completeGroup(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault // files, among others
	}
	if _, err := os.Stat(filepath.Join(a.data, "format")); a.nats == "" && err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), 2*time.Second)
	defer cancel()
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, _ := a.groups(ctx, d)
	var fit []string
	for _, g := range all.Groups {
		if strings.HasPrefix(g.Group, begun) {
			fit = append(fit, g.Group+"\t"+plain(g.Name))
		}
	}
	return fit, cobra.ShellCompDirectiveNoFileComp
}

// foresee looks for the flags that say how to speak, so that what is wrong with the other flags is told in that way too.
func (a *app) foresee(args []string) {
	for i, arg := range args {
		switch {
		case arg == "--":
			return
		case arg == "--json" || arg == "--json=true":
			a.asJSON = true
		case arg == "--lang" && i+1 < len(args):
			a.speak(args[i+1])
		default:
			if lang, ok := strings.CutPrefix(arg, "--lang="); ok {
				a.speak(lang)
			}
		}
	}
}

func (a *app) speak(lang string) {
	if lang == "fr" || lang == "en" {
		a.lang = lang
	}
}
