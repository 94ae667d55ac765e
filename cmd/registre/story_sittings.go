package main

import (
	"fmt"
	"slices"
	"time"

	"registre/domain"
)

// Of the group's sittings one result is public: on 21 June 2022 the general assembly validated the simplified governance. It is
// asserted, since nobody has published how it was voted. All other sittings, and the rules that they vote under, are invented:
// they were taken over into the register in November 2024, from minutes that do not exist, but for the last, which were kept in
// it as they went on.

const (
	inventedSitting = "séance inventée : ni cette réunion, ni ces votes, ni ces règles n'ont existé"
	region          = domain.MemberID("region-grand-est")
	cea             = domain.MemberID("cea")
	moselle         = domain.MemberID("moselle")
)

// A sittingStory tells the part of the story that has to do with sittings.
type sittingStory struct {
	at   time.Time
	name string // of this part of the story
	all  []toldCommand
	day  domain.Day
	id   domain.SittingID
	n    uint64 // the number of the last event
}

// sittingsAfter is the number of the last event of the story before the sittings.
const sittingsAfter = 993

// sittings is that part. It is the same for ever.
func sittings() []toldCommand {
	s := &sittingStory{at: time.Date(2024, 11, 4, 8, 0, 0, 0, time.UTC), name: "sitting", n: sittingsAfter}
	s.asserted()
	s.rules()
	s.assembly2018()
	s.steering2019()
	s.assembly2021()
	s.governance2023()
	s.governance2024()
	s.live()
	return s.all
}

// say adds a command of the sitting's day, a minute after the one before.
func (s *sittingStory) say(act domain.Act) uint64 { return s.sayOn(s.day, inventedSitting, act) }

func (s *sittingStory) sayOn(day domain.Day, illustrative string, act domain.Act) uint64 {
	s.at = s.at.Add(time.Minute)
	c := domain.Command{
		Group: demoGroup, Effective: domain.OnDay(day), Actor: "secretariat", OnBehalfOf: region, Illustrative: illustrative, Act: act,
		ID: storyID(fmt.Append(nil, s.name, " ", len(s.all))),
	}
	if illustrative != "" {
		c.Evidence = []domain.Evidence{{Kind: "demonstration", Reference: "pièce fictive"}}
	} else {
		c.Evidence = []domain.Evidence{{Kind: "report", Reference: "CP-2022-9-5-1"}}
	}
	s.all = append(s.all, toldCommand{s.at, c})
	s.n++
	switch act.(type) {
	case *domain.ItemPutToVote, *domain.VoteClosed:
		s.n++ // what follows by itself
	}
	return s.n
}

func (s *sittingStory) asserted() {
	s.sayOn(on(2022, 6, 21), "", &domain.DecisionAsserted{
		Body: "ag", Outcome: domain.Adopted, Sitting: "AG ENT du 21 juin 2022", Title: "Validation de la gouvernance simplifiée",
	})
}

// rules says how the three bodies decide.
func (s *sittingStory) rules() {
	half := must(domain.NewFraction(1, 2))
	of := func(what, base string, strict bool) []domain.Threshold {
		return []domain.Threshold{{Base: base, Of: what, Share: half, Strict: strict}}
	}
	rule := func(voters string, majority []domain.Threshold, quorum domain.Quorum) domain.VotingRule {
		return domain.VotingRule{
			Ballot: domain.Final, Choice: domain.TwoRounds, Majority: majority, Notice: domain.Notice{Days: 14, SecondDays: 5},
			Proxies: domain.Proxies{PerHolder: 1, Until: domain.UntilItem}, Quorum: quorum, SecondNotice: &domain.Quorum{},
			Tie: domain.Tie{Way: domain.TieRejected}, Voices: domain.Undivided, Voters: domain.Voters{Who: voters},
		}
	}
	quorum := func(what string) domain.Quorum {
		return domain.Quorum{Counts: domain.Represented, Thresholds: of(what, domain.Total, true)}
	}
	set := func(day domain.Day, body domain.BodyID, kind domain.ItemKind, r domain.VotingRule) {
		s.sayOn(day, inventedSitting, &domain.VotingRuleSet{Basis: "règlement intérieur (fictif)", Body: body, Kind: kind, Rule: r})
	}
	set(on(2018, 1, 1), "ag", "", rule(domain.Weighted, of(domain.Weights, domain.Cast, true), quorum(domain.Weights)))
	steering := rule(domain.AllMembers, of(domain.Heads, domain.Cast, true), quorum(domain.Heads))
	steering.Tie = domain.Tie{Way: domain.TieCasting, Role: domain.Coordinator}
	set(on(2018, 1, 1), "copil", "", steering)
	steering.Ballot, steering.Tie = domain.Secret, domain.Tie{Way: domain.TieUnresolved}
	set(on(2018, 1, 1), "copil", "designation", steering)
	set(on(2023, 1, 1), "cogouv", "", rule(domain.Weighted, of(domain.Weights, domain.Total, true), quorum(domain.Weights)))
}

// convene convenes a body, three weeks before; the observers are the academic authorities.
func (s *sittingStory) convene(id domain.SittingID, body domain.BodyID, day domain.Day, second domain.SittingID, items ...domain.AgendaItem) {
	s.id, s.day = id, day
	before := day - 21
	if second != "" {
		before = day - 8
	}
	s.sayOn(before, inventedSitting, &domain.SittingConvened{
		Agenda: items, Body: body, Day: day, Hour: "14:00", Mode: domain.InPerson, Place: "Maison de la Région, Metz", SecondOf: second, Sitting: id,
		Observers: []domain.Named{{Member: "academie-nancy-metz", Name: "Académie de Nancy-Metz"}, {Member: "academie-reims", Name: "Académie de Reims"}, {Member: "academie-strasbourg", Name: "Académie de Strasbourg"}},
	})
	s.sayOn(before, inventedSitting, &domain.NoticeSent{Sitting: id, Sent: domain.InstantOf(nineOn(before))})
}

// nineOn is nine in the morning, or near it.
func nineOn(d domain.Day) time.Time {
	year, month, day := d.Civil()
	return time.Date(year, time.Month(month), day, 8, 0, 0, 0, time.UTC)
}

func entry(id domain.ItemID, title string) domain.AgendaItem {
	return domain.AgendaItem{Item: id, Title: title}
}

var others = []domain.MemberID{"ardennes", "aube", "haute-marne", "marne", "meurthe-et-moselle", "meuse", "vosges"}

func withOthers(of ...domain.MemberID) []domain.MemberID { return append(of, others...) }

func (s *sittingStory) open(present ...domain.MemberID) {
	s.say(&domain.SittingOpened{Present: present, Sitting: s.id})
}

func (s *sittingStory) arrive(who ...domain.MemberID) {
	s.say(&domain.AttendeesArrived{Attendees: who, Sitting: s.id})
}

func (s *sittingStory) leave(who ...domain.MemberID) {
	s.say(&domain.AttendeesLeft{Attendees: who, Sitting: s.id})
}

func (s *sittingStory) proxy(grantor, holder domain.MemberID) {
	s.say(&domain.ProxyGiven{Grantor: grantor, Holder: holder, Sitting: s.id})
}

// vote puts an item to vote; who is named in none of the senses votes for. It gives the number of the decision.
func (s *sittingStory) vote(item domain.ItemID, voters []domain.MemberID, senses map[string][]domain.MemberID) uint64 {
	s.say(&domain.ItemPutToVote{Item: item, Sitting: s.id})
	cast := &domain.VotesCast{Item: item, Sitting: s.id}
	for _, m := range voters {
		sense := domain.SenseFor
		for _, word := range []string{domain.SenseAgainst, domain.SenseAbstain} {
			if slices.Contains(senses[word], m) {
				sense = word
			}
		}
		cast.Votes = append(cast.Votes, domain.CastVote{Member: m, Sense: sense})
	}
	s.say(cast)
	return s.say(&domain.VoteClosed{Item: item, Sitting: s.id})
}

func (s *sittingStory) close() { s.say(&domain.SittingClosed{Sitting: s.id}) }

func (s *sittingStory) approve(day domain.Day, id domain.SittingID) {
	s.sayOn(day, inventedSitting, &domain.MinutesApproved{Sitting: id})
}

var founders = withOthers(region, "bas-rhin", "haut-rhin", moselle)

// assembly2018 has a recusal and an item that is postponed.
func (s *sittingStory) assembly2018() {
	s.convene("ag-2018", "ag", on(2018, 6, 19), "", entry("1", "Rapport d'activité 2017-2018"), entry("2", "Convention avec l'association départementale de la Meuse"), entry("3", "Calendrier du renouvellement"))
	s.open(append(founders, "academie-nancy-metz", "academie-reims")...)
	s.vote("1", founders, nil)
	s.say(&domain.MemberRecused{Item: "2", Member: "meuse", Sitting: s.id})
	s.vote("2", slices.DeleteFunc(slices.Clone(founders), func(m domain.MemberID) bool { return m == "meuse" }), map[string][]domain.MemberID{domain.SenseAbstain: {"vosges"}})
	s.say(&domain.ItemPostponed{Item: "3", Reason: "l'étude du prestataire n'est pas arrivée", Sitting: s.id})
	s.close()
}

// steering2019 designates in secret, and has a tie that the coordinator's vote breaks.
func (s *sittingStory) steering2019() {
	s.convene("copil-2019", "copil", on(2019, 11, 21), "", domain.AgendaItem{Item: "1", Kind: "designation", Title: "Département pilote de l'expérimentation", Options: []domain.AgendaOption{
		{Option: "marne", Title: "Marne"}, {Option: "moselle", Title: "Moselle"}, {Option: "vosges", Title: "Vosges"},
	}}, entry("2", "Calendrier de l'expérimentation"))
	s.open(append(founders, "academie-strasbourg")...)
	s.secret(6, 3, 2)
	s.leave("haute-marne")
	s.vote("2", slices.DeleteFunc(slices.Clone(founders), func(m domain.MemberID) bool { return m == "haute-marne" }), map[string][]domain.MemberID{
		domain.SenseAgainst: {"ardennes", "aube", "marne", "meuse", "vosges"},
	})
	s.close()
	s.approve(on(2020, 1, 30), s.id)
}

// secret takes a secret ballot of the eleven among the three.
func (s *sittingStory) secret(counts ...int) {
	s.say(&domain.ItemPutToVote{Item: "1", Sitting: s.id})
	s.say(&domain.VotersMarked{Item: "1", Members: founders, Sitting: s.id})
	closed := &domain.VoteClosed{Item: "1", Sitting: s.id}
	for i, option := range []string{"moselle", "marne", "vosges"} {
		closed.Counts = append(closed.Counts, domain.SecretCount{Sense: option, Votes: counts[i]})
	}
	s.say(closed)
}

// assembly2021 has no quorum, and is held on second notice.
func (s *sittingStory) assembly2021() {
	items := []domain.AgendaItem{entry("1", "Rapport d'activité 2020-2021"), entry("2", "Prolongation de l'accord-cadre")}
	s.convene("ag-2021", "ag", on(2021, 6, 15), "", items...)
	s.open(region, "aube", "marne", "academie-reims")
	s.say(&domain.SittingAdjourned{Reason: "5 voix sur 15 à l'ouverture", Sitting: s.id, Why: domain.ForNoQuorum})
	s.convene("ag-2021-2", "ag", on(2021, 7, 6), "ag-2021", items...)
	present := []domain.MemberID{region, "aube", "marne", "vosges"}
	s.open(present...)
	s.vote("1", present, nil)
	s.vote("2", present, map[string][]domain.MemberID{domain.SenseAgainst: {"vosges"}})
	s.close()
}

// governance2023 has a proxy whose grantor arrives, and a decision that a court annuls.
func (s *sittingStory) governance2023() {
	s.convene("cogouv-2023", "cogouv", on(2023, 6, 13), "", entry("1", "Répartition des coûts d'hébergement"), entry("2", "Dérogation au calendrier des commandes"))
	s.proxy("vosges", "meurthe-et-moselle")
	s.proxy("meuse", "marne")
	there := []domain.MemberID{region, cea, moselle, "ardennes", "aube", "haute-marne", "marne", "meurthe-et-moselle"}
	s.open(append(slices.Clone(there), "academie-nancy-metz")...)
	s.vote("1", append(slices.Clone(there), "vosges", "meuse"), map[string][]domain.MemberID{domain.SenseAgainst: {moselle, "vosges"}})
	s.arrive("vosges")
	s.leave("marne") // and with it the proxy of the Meuse
	decision := s.vote("2", []domain.MemberID{region, cea, moselle, "ardennes", "aube", "haute-marne", "meurthe-et-moselle", "vosges"}, map[string][]domain.MemberID{domain.SenseAgainst: {"ardennes", "vosges"}})
	s.close()
	s.sayOn(on(2023, 6, 20), inventedSitting, &domain.DecisionReceived{Decision: decision})
	s.sayOn(on(2023, 6, 22), inventedSitting, &domain.DecisionPublished{Decision: decision})
	s.sayOn(on(2024, 10, 8), inventedSitting, &domain.DecisionAnnulled{
		Court: "tribunal administratif de Strasbourg (fictif)", Decision: decision, Reason: "la convention ne donne pas cette compétence au comité de gouvernance",
	})
}

// governance2024 has the tie of 7.5 voices against 7.5.
func (s *sittingStory) governance2024() {
	s.convene("cogouv-2024", "cogouv", on(2024, 2, 6), "", entry("1", "Marché de l'ENT 2024 : lot unique"), entry("2", "Comité d'usagers"))
	voters := withOthers(region, cea, moselle)
	s.open(append(voters, "academie-nancy-metz", "academie-strasbourg")...)
	s.vote("1", voters, map[string][]domain.MemberID{domain.SenseAgainst: {moselle, "ardennes", "aube", "haute-marne", "marne", "meurthe-et-moselle", "vosges"}})
	s.vote("2", voters, map[string][]domain.MemberID{domain.SenseAbstain: {"aube"}})
	s.close()
}

// live is the sitting of December 2024, kept as it goes on: the last item is being voted on.
func (s *sittingStory) live() {
	s.at = time.Date(2024, 11, 19, 8, 0, 0, 0, time.UTC)
	s.convene("cogouv-2024-12", "cogouv", on(2024, 12, 10), "", entry("1", "Bilan de la rentrée 2024"), entry("2", "Niveau de service de l'hébergeur"))
	s.at = time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC)
	s.sayOn(on(2024, 12, 2), inventedSitting, &domain.NoticeAnswered{Answer: domain.WillBeRepresented, Member: "meuse", Sitting: s.id})
	s.at = time.Date(2024, 12, 10, 12, 55, 0, 0, time.UTC)
	s.proxy("meuse", "vosges")
	voters := withOthers(region, cea, moselle)
	there := slices.DeleteFunc(slices.Clone(voters), func(m domain.MemberID) bool { return m == "meuse" })
	s.open(append(slices.Clone(there), "academie-reims")...)
	s.vote("1", voters, nil)
	s.say(&domain.ItemPutToVote{Item: "2", Sitting: s.id})
	s.say(&domain.VotesCast{Item: "2", Sitting: s.id, Votes: []domain.CastVote{
		{Member: region, Sense: domain.SenseFor},
		{Member: "aube", Sense: domain.SenseFor},
		{Member: "marne", Sense: domain.SenseFor},
		{Member: moselle, Sense: domain.SenseAgainst},
		{Member: "ardennes", Sense: domain.SenseAbstain},
	}})
}
