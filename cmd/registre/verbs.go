package main

import "github.com/spf13/cobra"

// readingVerbs ask, and change nothing.
func (a *app) readingVerbs() []*cobra.Command {
	return []*cobra.Command{a.weightsVerb()}
}
