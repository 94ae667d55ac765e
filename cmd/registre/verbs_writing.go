package main

import "github.com/spf13/cobra"

// writingVerbs bring commands.
func (a *app) writingVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.recordVerb(), a.foundVerb(), a.memberVerb(), a.roleVerb(), a.bodyVerb(), a.weightVerb(), a.obligationVerb(), a.ruleVerb(),
		a.avenantVerb(), a.deliberationVerb(), a.agreementVerb(), a.schoolVerb(), a.orderVerb(), a.itemVerb(), a.voteVerb(), a.correctVerb(), a.findingVerb(), a.documentVerb(), a.importVerb(), a.peopleVerb(), a.doctorVerb(), a.versionVerb(),
	}
}
