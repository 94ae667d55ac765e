package main

import "github.com/spf13/cobra"

// houseVerbs look after the house: demonstration, repair, backups, the key, measurement, publication; and after other houses.
func (a *app) houseVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.initVerb(), a.demoVerb(), a.generateVerb(), a.benchVerb(), a.repairVerb(), a.backupVerb(), a.restoreVerb(), a.keyVerb(), a.publishVerb(), a.monitorVerb(), a.witnessVerb(),
		a.serveVerb(), a.tokenVerb(), a.loginVerb(), a.rightVerb(), a.subscriptionVerb(),
	}
}
