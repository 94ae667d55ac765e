package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/projections/casetest"
	"registre/replay"
)

// A clerk tells the sittings of the tests, each thing with the hour at which it is recorded.
type clerk struct {
	*casetest.Teller
	day string
}

// at tells something that is recorded at an hour of its own day, in Paris' summer.
func (c *clerk) at(hour string, act domain.Act, options ...casetest.Option) uint64 {
	c.TB.Helper()
	t, err := domain.ParseRFC3339(c.day + "T" + hour + ":00+02:00")
	require.NoError(c.TB, err)
	return c.Tell(c.day, act, append(options, func(_ *domain.Command, at *domain.Instant) { *at = t })...)
}

func (c *clerk) threshold(s string) domain.Threshold {
	t, err := domain.ParseThreshold(s)
	require.NoError(c.TB, err)
	return t
}

// book is the register as it is read again from its bytes.
func (c *clerk) book() *replay.Book {
	b, err := replay.Fold(func(yield func(eventstore.Envelope, error) bool) {
		for i := range c.Envelopes {
			body, err := c.Envelopes[i].Append(nil)
			require.NoError(c.TB, err)
			e, err := eventstore.Decode(body)
			if !yield(e, err) {
				return
			}
		}
	})
	require.NoError(c.TB, err)
	return b
}

// tree is that of the register's first events.
func (c *clerk) tree(known uint64) archive.Tree {
	var tree archive.Tree
	for i := range c.Envelopes[:known] {
		body, err := c.Envelopes[i].Append(nil)
		require.NoError(c.TB, err)
		tree.Append(archive.LeafHash(body))
	}
	return tree
}

func members(ids ...domain.MemberID) []domain.MemberID { return ids }

const heldSitting = domain.SittingID("cogouv-2023-06-12")

// votes are those of an item, of each sense its members.
func votes(item domain.ItemID, senses ...any) *domain.VotesCast {
	v := &domain.VotesCast{Item: item, Sitting: heldSitting}
	for i := 0; i < len(senses); i += 2 {
		for _, m := range senses[i+1].([]domain.MemberID) {
			v.Votes = append(v.Votes, domain.CastVote{Member: m, Sense: senses[i].(string)})
		}
	}
	return v
}

func (c *clerk) put(hour string, item domain.ItemID) uint64 {
	return c.at(hour, &domain.ItemPutToVote{Item: item, Sitting: heldSitting})
}

func (c *clerk) closes(hour string, item domain.ItemID, counts ...domain.SecretCount) uint64 {
	return c.at(hour, &domain.VoteClosed{Item: item, Sitting: heldSitting, Counts: counts}) + 1
}

// newClerk is a clerk of a group whose body has voices of 4.5, 2, 1.5 and 1.
func newClerk(tb testing.TB) *clerk {
	c := &clerk{Teller: casetest.New(tb, "essai")}
	f := &domain.GroupFounded{Name: "Groupement de commandes « Essai »", Title: "Convention constitutive", Changes: []domain.Change{&domain.BodyCreated{Body: "cogouv", Name: "Comité de gouvernance"}}}
	set := &domain.WeightsSet{Body: "cogouv"}
	for _, m := range [][3]string{
		{"region", "Région Grand Est", "4.5"},
		{"cea", "Collectivité européenne d'Alsace", "2"},
		{"moselle", "Département de la Moselle", "1.5"},
		{"ardennes", "Département des Ardennes", "1"},
		{"aube", "Département de l'Aube", "1"},
		{"haute-marne", "Département de la Haute-Marne", "1"},
		{"marne", "Département de la Marne", "1"},
		{"meuse", "Département de la Meuse", "1"},
		{"mm", "Département de Meurthe-et-Moselle", "1"},
		{"vosges", "Département des Vosges", "1"},
	} {
		f.Changes = append(f.Changes, &domain.MemberJoined{Member: domain.MemberID(m[0]), Name: m[1]})
		set.Weights = append(set.Weights, domain.MemberWeight{Member: domain.MemberID(m[0]), Weight: casetest.W(m[2])})
	}
	rule := domain.VotingRule{
		Ballot: domain.Final, Choice: domain.TwoRounds, Voices: domain.Undivided, Tie: domain.Tie{Way: domain.TieRejected}, Voters: domain.Voters{Who: domain.Weighted},
		Majority: []domain.Threshold{c.threshold("weights total >1/2")}, Notice: domain.Notice{Days: 15, SecondDays: 3},
		Quorum:       domain.Quorum{Counts: domain.Represented, Thresholds: []domain.Threshold{c.threshold("weights total >1/2")}},
		SecondNotice: &domain.Quorum{Counts: domain.Represented, Thresholds: []domain.Threshold{c.threshold("heads total min 2")}},
		Proxies:      domain.Proxies{PerHolder: 1, Until: domain.UntilItem},
	}
	secret := rule
	secret.Ballot, secret.Majority, secret.Quorum.Thresholds = domain.Secret, []domain.Threshold{c.threshold("heads cast >1/2")}, []domain.Threshold{c.threshold("heads total >1/2")}
	split := rule
	split.Voices, split.Majority = domain.Divided, []domain.Threshold{c.threshold("weights cast >=1/3")}
	f.Changes = append(f.Changes, set, &domain.VotingRuleSet{Body: "cogouv", Rule: rule}, &domain.VotingRuleSet{Body: "cogouv", Kind: "designation", Rule: secret}, &domain.VotingRuleSet{Body: "cogouv", Kind: "partage", Rule: split})
	c.Tell("2023-01-02", f, casetest.Document("convention", "Convention du 2 janvier 2023"))
	return c
}

// everythingHeld is a sitting in which all happens that can.
func everythingHeld(tb testing.TB) *clerk {
	c := newClerk(tb)
	c.convened()
	c.opened()
	decided := c.resolutions()
	cast := c.choices()
	c.at("15:30", &domain.SittingClosed{Sitting: heldSitting})
	c.after(decided, cast)
	return c
}

func (c *clerk) convened() {
	agenda := []domain.AgendaItem{
		{Item: "1", Title: "Budget 2024 : 1 | 2 < 3 *étoiles* & l'œuvre", Kind: "budget", SHA256: casetest.HashOf("budget 2024")},
		{Item: "2", Title: "Pilotage du groupement", Changes: []domain.Change{&domain.RoleGiven{Member: "cea", Role: domain.Pilot}}},
		{Item: "3", Title: "Règlement intérieur"},
		{Item: "4", Title: "Calendrier du renouvellement"},
		{Item: "5", Title: "Lieu de la prochaine séance", Options: []domain.AgendaOption{{Option: "metz", Title: "À Metz"}, {Option: "nancy", Title: "À Nancy"}, {Option: "colmar", Title: "À Colmar"}}},
		{Item: "6", Title: "Désignation du secrétaire", Kind: "designation"},
		{Item: "8", Title: "Partage des frais", Kind: "partage"},
		{Item: "9", Title: "Questions diverses"},
	}
	c.Tell("2023-05-20", &domain.SittingConvened{
		Agenda: agenda, Body: "cogouv", Day: casetest.Day("2023-06-12"), Hour: "14:00", Mode: domain.InPerson, Place: "Metz, maison de la Région, salle 3", Sitting: heldSitting,
		Observers: []domain.Named{{Member: "academie", Name: "Académie de Nancy-Metz"}, {Member: "dane", Name: "Délégation au numérique éducatif"}},
	}, casetest.Document("notice", "Convocation du 20 mai 2023"))
	c.Tell("2023-05-20", &domain.SittingConvened{Body: "cogouv", Day: casetest.Day("2023-09-15"), Mode: domain.Remote, Sitting: "cogouv-2023-09-15"})
	instant := func(s string) domain.Instant { t, _ := domain.ParseRFC3339(s); return t }
	c.Tell("2023-05-22", &domain.NoticeSent{Sent: instant("2023-05-22T09:30:00+02:00"), Sitting: heldSitting})
	c.Tell("2023-05-23", &domain.NoticeReceived{Members: members("moselle", "vosges"), Received: instant("2023-05-23T08:12:00+02:00"), Sitting: heldSitting})
	for m, answer := range map[domain.MemberID]string{"marne": domain.Excused} {
		c.Tell("2023-06-01", &domain.NoticeAnswered{Answer: answer, Member: m, Sitting: heldSitting})
	}
	c.Tell("2023-06-05", &domain.NoticeAnswered{Answer: domain.WillBeRepresented, Member: "meuse", Sitting: heldSitting})
	c.Tell("2023-06-05", &domain.ProxyGiven{Grantor: "meuse", Holder: "ardennes", Sitting: heldSitting}, casetest.Reference("proxy", "pouvoir de la Meuse"))
	c.Tell("2023-06-09", &domain.ItemAdded{AgendaItem: domain.AgendaItem{Item: "7", Title: "Rapport d'activité", SHA256: casetest.HashOf("rapport")}, Sitting: heldSitting})
}

func (c *clerk) opened() {
	c.day = "2023-06-12"
	c.at("14:05", &domain.SittingOpened{Present: members("region", "cea", "moselle", "ardennes", "aube", "mm", "academie"), Sitting: heldSitting})
	c.at("14:07", &domain.ProxyGiven{Grantor: "haute-marne", Holder: "aube", Items: []domain.ItemID{"1", "2"}, Sitting: heldSitting}, casetest.Reference("proxy", "pouvoir de la Haute-Marne"))
	c.at("14:09", &domain.AttendeesArrived{Attendees: members("vosges"), Sitting: heldSitting})
	c.put("14:12", "1")
	c.at("14:15", votes("1", domain.SenseFor, members("region", "cea", "meuse"), domain.SenseAgainst, members("moselle", "ardennes", "aube")))
	c.at("14:16", votes("1", domain.SenseAgainst, members("haute-marne", "mm", "vosges"), domain.SenseAbstain, members()), casetest.Invented("les votes contraires"))
	c.closes("14:18", "1")
}

func (c *clerk) resolutions() (decided uint64) {
	c.at("14:20", &domain.MemberRecused{Item: "2", Member: "moselle", Sitting: heldSitting})
	c.at("14:24", &domain.AttendeesArrived{Attendees: members("haute-marne"), Sitting: heldSitting}) // its proxy ends
	c.at("14:25", &domain.DelegateReplaced{Member: "region", Sitting: heldSitting})
	c.put("14:26", "2")
	c.at("14:28", votes("2", domain.SenseFor, members("region", "cea", "aube", "vosges"), domain.SenseAbstain, members("ardennes"), domain.SenseAgainst, members("mm")))
	decided = c.closes("14:29", "2")
	c.at("14:31", &domain.ItemDivided{Item: "3", Sitting: heldSitting, Parts: []domain.AgendaItem{{Item: "3-a", Title: "Règlement intérieur, articles 1 à 4"}, {Item: "3-b", Title: "Règlement intérieur, annexe"}}})
	c.put("14:33", "3-a")
	c.at("14:34", votes("3-a", domain.SenseFor, members("region")))
	c.at("14:35", &domain.VoteCancelled{Item: "3-a", Reason: "Le texte distribué n'était pas le bon.", Sitting: heldSitting})
	c.put("14:40", "3-a")
	c.at("14:41", votes("3-a", domain.SenseFor, members("region", "cea", "moselle", "aube", "vosges", "mm", "haute-marne", "ardennes", "meuse")))
	c.closes("14:42", "3-a")
	c.at("14:43", &domain.ItemWithdrawn{Item: "3-b", Reason: "l'annexe n'est pas prête", Sitting: heldSitting})
	c.at("14:45", &domain.ItemPostponed{Item: "4", Reason: "le calendrier dépend du marché", Sitting: heldSitting, To: "cogouv-2023-09-15"})
	c.at("14:46", &domain.SittingSuspended{Sitting: heldSitting})
	c.at("15:00", &domain.SittingResumed{Sitting: heldSitting})
	c.at("15:01", &domain.ProxyRevoked{Grantor: "meuse", Sitting: heldSitting})
	c.at("15:02", &domain.AttendeesLeft{Attendees: members("aube", "academie"), Sitting: heldSitting})
	return decided
}

func (c *clerk) choices() (cast uint64) {
	c.at("15:03", &domain.ItemAmended{AgendaItem: domain.AgendaItem{Item: "7", Title: "Rapport d'activité 2022, amendé", SHA256: casetest.HashOf("rapport amendé")}, Sitting: heldSitting})
	c.put("15:05", "5")
	c.at("15:06", votes("5", "metz", members("region", "moselle"), "nancy", members("mm", "vosges", "haute-marne"), "colmar", members("cea"), domain.SenseAbstain, members("ardennes")))
	c.closes("15:07", "5")
	c.put("15:08", "5")
	c.at("15:09", votes("5", "metz", members("region", "moselle", "cea"), "nancy", members("mm", "vosges", "haute-marne")))
	c.closes("15:10", "5")
	c.put("15:12", "6")
	c.at("15:14", &domain.VotersMarked{Item: "6", Members: members("region", "cea", "moselle", "ardennes", "mm", "vosges"), Sitting: heldSitting})
	c.closes("15:16", "6", domain.SecretCount{Sense: domain.SenseFor, Votes: 4}, domain.SecretCount{Sense: domain.SenseAgainst, Votes: 1}, domain.SecretCount{Sense: domain.SenseAbstain, Votes: 1})
	c.put("15:18", "8")
	parts := votes("8", domain.SenseFor, members("region"), domain.SenseAgainst, members("moselle"))
	parts.Votes = append(parts.Votes, domain.CastVote{Member: "cea", Parts: []domain.CastPart{{Sense: domain.SenseFor, Weight: casetest.W("0.5")}, {Sense: domain.SenseAgainst, Weight: casetest.W("1.5")}}})
	cast = c.at("15:19", parts)
	c.closes("15:20", "8")
	return cast
}

// after is what becomes of a decision, and of a vote that was written down wrong.
func (c *clerk) after(decided, cast uint64) {
	c.Tell("2023-06-20", &domain.DecisionPublished{Decision: decided})
	c.Tell("2023-06-22", &domain.DecisionReceived{Decision: decided}, casetest.Document("receipt", "accusé de réception PREF067"))
	c.Tell("2024-01-10", &domain.DecisionAnnulled{Court: "le tribunal administratif de Strasbourg", Decision: decided, Reason: "la convocation était irrégulière"}, casetest.Document("judgment", "TA Strasbourg n° 2304567"))
	wrong := votes("8", domain.SenseAgainst, members("region", "moselle"))
	c.Tell("2024-02-01", &domain.EventCorrected{Kind: domain.Substantive, Reason: "le vote de la Région était contraire", Target: cast, Replacement: &domain.Event{Effective: domain.OnDay(casetest.Day("2023-06-12")), Act: wrong}})
}
