package main

import "github.com/spf13/cobra"

// A verbRoom is a family of verbs, which help shows together, those first that come first in the life of a group.
type verbRoom struct {
	fr, en string
	verbs  []*cobra.Command
}

func init() { cobra.EnableCommandSorting = false }

// verbRooms are all verbs; each stands in a file of its own, or with those of its kind.
func (a *app) verbRooms() []verbRoom {
	return []verbRoom{
		{"Le groupement, ses membres et ses textes", "The group, its members and its texts", []*cobra.Command{
			a.foundVerb(), a.asks(a.groupsVerb()), a.memberVerb(), a.asks(a.membersVerb()), a.roleVerb(), a.bodyVerb(), a.asks(a.bodiesVerb()), a.weightVerb(), a.asks(a.weightsVerb()), a.asks(a.powerVerb()),
			a.ruleVerb(), a.asks(a.rulesVerb()), a.avenantVerb(), a.asks(a.avenantsVerb()), a.deliberationVerb(), a.obligationVerb(), a.asks(a.obligationsVerb()),
		}},
		{"Les séances, les votes et les décisions", "Sittings, votes and decisions", []*cobra.Command{
			a.asks(a.sittingVerb()), a.asks(a.sittingsVerb()), a.itemVerb(), a.voteVerb(), a.asks(a.decisionVerb()), a.asks(a.decisionsVerb()), a.asks(a.voicesVerb()), a.asks(a.minutesVerb()), a.asks(a.whatIfVerb()),
		}},
		{"Les marchés, les établissements et les commandes", "Agreements, schools and orders", []*cobra.Command{
			a.agreementVerb(), a.asks(a.agreementsVerb()), a.asks(a.ceilingVerb()), a.schoolVerb(), a.asks(a.schoolsVerb()), a.orderVerb(), a.asks(a.ordersVerb()), a.asks(a.enrolmentVerb()), a.asks(a.duplicatesVerb()), a.importVerb(),
		}},
		{"Le registre", "The register", []*cobra.Command{
			a.asks(a.timelineVerb()), a.asks(a.showVerb()), a.asks(a.diffVerb()), a.asks(a.followVerb()), a.recordVerb(), a.correctVerb(), a.documentVerb(), a.asks(a.documentsVerb()), a.asks(a.exportVerb()),
		}},
		{"Le contrôle et les preuves", "Audit and proofs", []*cobra.Command{
			a.asks(a.replayVerb()), a.asks(a.findingsVerb()), a.findingVerb(), a.asks(a.explainVerb()), a.asks(a.reproduceVerb()), a.asks(a.evidenceVerb()), a.asks(a.checkpointVerb()),
			a.asks(a.receiptVerb()), a.asks(a.verifyReceiptVerb()), a.asks(a.verifyVerb()), a.monitorVerb(), a.witnessVerb(),
		}},
		{"Les avis et les accès", "Notices and doors", []*cobra.Command{
			a.serveVerb(), a.asks(a.noticesVerb()), a.subscriptionVerb(), a.rightVerb(), a.asks(a.rightsVerb()), a.tokenVerb(), a.loginVerb(), a.peopleVerb(),
		}},
		{"La maison", "The house", []*cobra.Command{
			a.initVerb(), a.demoVerb(), a.generateVerb(), a.doctorVerb(), a.repairVerb(), a.backupVerb(), a.restoreVerb(), a.publishVerb(), a.keyVerb(), a.benchVerb(), a.versionVerb(),
		}},
	}
}

// asks says of a verb that it only asks, so that it finds the demonstration where there is no register.
func (a *app) asks(verb *cobra.Command) *cobra.Command {
	verb.PreRun = a.orDemo
	return verb
}

// addVerbs adds all verbs, and has help show them by their rooms.
func (a *app) addVerbs(root *cobra.Command) {
	rooms := a.verbRooms()
	for i := range rooms {
		root.AddGroup(&cobra.Group{ID: rooms[i].en})
		for _, verb := range rooms[i].verbs {
			verb.GroupID = rooms[i].en
		}
		root.AddCommand(rooms[i].verbs...)
	}
	last := rooms[len(rooms)-1].en
	root.SetHelpCommand(a.helpVerb(root))
	root.SetHelpCommandGroupID(last)
	root.SetCompletionCommandGroupID(last)
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		for i, g := range root.Groups() {
			g.Title = a.tr(rooms[i].fr+" :", rooms[i].en+":")
		}
		help(cmd, args)
	})
}

// whyFlag adds --why to a verb.
func whyFlag(cmd *cobra.Command, why *bool) {
	cmd.Flags().BoolVar(why, "why", false, "name the events and documents that it follows from")
}

// asking gives the details of a question: pairs of a name and a value; what is "" is left out.
func asking(pairs ...string) map[string]string {
	more := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			more[pairs[i]] = pairs[i+1]
		}
	}
	return more
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
