package main

import "github.com/spf13/cobra"

// writingVerbs bring commands.
func (a *app) writingVerbs() []*cobra.Command {
	return nil
}
