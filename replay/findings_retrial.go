package replay

// What a retrial finds, beside what Findings does: where what stands in the register is not what its own rules gave. The last one is of
// Findings, as all others.
var (
	AgainstRule        = kind("F0801", "against-rule", Error, "a command was recorded that a rule in force then refuses", "the rule of the domain that it breaks")
	AgainstForm        = kind("F0802", "against-form", Error, "a command was recorded that has no form a command can have", "command: its form is checked before its rules")
	GivenByNothing     = kind("F0803", "given-by-nothing", Error, "an event stands that no command gives, and that does not follow from what stood before it", "register: every event is given by a command, or follows from one by itself")
	OtherCommand       = kind("F0804", "other-command", Error, "an event that follows by itself names another command than the one before it", "register: what a command gives is recorded together, under its id")
	OtherSurroundings  = kind("F0805", "other-surroundings", Error, "an event that follows by itself names other people or documents than the command that it follows from", "register: what follows from a command rests on what that rests on")
	ConsequenceMissing = kind("F0806", "consequence-missing", Error, "something follows by itself from what was recorded, and does not stand there", "register: what a command gives is recorded together or not at all")
	TallyUnfounded     = kind("F0807", "tally-unfounded", Error, "a decision was proclaimed otherwise than the votes then recorded come to under the rule then in force", "decision: what was recorded of its vote recomputes it")
	RollUnfounded      = kind("F0808", "roll-unfounded", Error, "a vote was opened with another roll, rule or weight than the register then told", "vote: its roll is fixed as it is opened, as known then")
	EntryUnfounded     = kind("F0809", "entry-unfounded", Error, "a text entered into force on another day than its approvals and signatures then gave", "avenant: the stated day, otherwise the last signature")
	CommandTwice       = kind("F0810", "command-twice", Error, "the id of a command stands for two of them", "command: it is applied at most once")
	EventIDTwice       = kind("F0811", "event-id-twice", Error, "two events have the same id", "register: the id of an event is its own")
	InstantGoesBack    = kind("F0812", "instant-goes-back", Error, "an event says that it was recorded before the one ahead of it, or at the same instant", "two times: recorded instants ascend within a register")
	InstantAhead       = kind("F0813", "instant-ahead", Warning, "an event says that it was recorded at an instant that has not come yet for whoever audits", "two times: recorded is the ledger's own instant")
	EventIDTime        = kind("F0814", "event-id-time", Warning, "the ids of events were made at other times than those at which they say that they were recorded", "format: the id of an event is a UUID of version 7, which holds the time when it was made")
	EventIDOther       = kind("F0815", "event-id-other", Info, "the ids of events are not of version 7: they do not tell when they were made", "format: the id of an event is a UUID of version 7, which holds the time when it was made")
	DecisionAnnulled   = kind("F0816", "decision-annulled", Warning, "a court has annulled a decision, and nothing has lifted that", "annulment: the legal answer and the historical one both stay")
)
