package main

import "github.com/spf13/cobra"

// readingVerbs ask, and change nothing.
func (a *app) readingVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.weightsVerb(), a.powerVerb(), a.whatIfVerb(), a.membersVerb(), a.bodiesVerb(), a.avenantsVerb(), a.obligationsVerb(), a.rulesVerb(),
		a.sittingsVerb(), a.sittingVerb(), a.decisionsVerb(), a.decisionVerb(), a.voicesVerb(),
		a.agreementsVerb(), a.schoolsVerb(), a.ordersVerb(), a.enrolmentVerb(), a.ceilingVerb(), a.duplicatesVerb(),
		a.timelineVerb(), a.diffVerb(), a.findingsVerb(), a.noticesVerb(), a.explainVerb(), a.replayVerb(), a.evidenceVerb(), a.exportVerb(), a.showVerb(), a.followVerb(), a.groupsVerb(),
		a.documentsVerb(), a.minutesVerb(), a.checkpointVerb(), a.receiptVerb(), a.verifyReceiptVerb(), a.verifyVerb(),
		a.reproduceVerb(), a.rightsVerb(),
	}
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
