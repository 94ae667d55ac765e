package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections/casetest"
	"registre/replay"
)

// TestFindingsTellNames: a finding tells members and bodies by their names, and the one that an answer names also by its id; what is of
// neither is told as it is, though it be spelt as the id of one. Where nobody has told a name, the id stands for it.
func TestFindingsTellNames(t *testing.T) {
	told := map[string]struct {
		f        finding
		fr, bare string
	}{
		"stated-total-mismatch":     {finding{Subject: "b", Args: asking("stated", "16", "computed", "15.5")}, "Bureau (b) : le document annonce un total de 16, les voix font 15,5.", "b : le document annonce un total de 16, les voix font 15,5."},
		"weights-too-fine":          {finding{Subject: "b"}, "Bureau (b) : les voix ne s'additionnent pas exactement.", "b : les voix ne s'additionnent pas exactement."},
		"weight-undetermined":       {finding{Subject: "m", Args: asking("body", "b")}, "Meuse (m), Bureau : personne n'a dit combien de voix.", "m, b : personne n'a dit combien de voix."},
		"other-text-approved":       {finding{Subject: "m", Args: asking("text", "m", "approved", "1", "wanted", "2", "reference", "R")}, "Meuse (m) a approuvé un autre texte (1) que m (2) : cela ne compte pas (R).", "m a approuvé un autre texte (1) que m (2) : cela ne compte pas (R)."},
		"approval-without-hash":     {finding{Subject: "m", Args: asking("text", "convention", "reference", "R")}, "Meuse (m) : sa délibération sur la convention ne dit pas quel texte elle approuve (R).", "m : sa délibération sur la convention ne dit pas quel texte elle approuve (R)."},
		"approval-fell-after-force": {finding{Subject: "m", Args: asking("text", "a1", "how", "annulled", "reason", "R")}, "Meuse (m) : son approbation est tombée (annulée) après l'entrée en vigueur ; texte : a1 ; motif : R.", "m : son approbation est tombée (annulée) après l'entrée en vigueur ; texte : a1 ; motif : R."},
		"contradiction":             {finding{Subject: "m", Args: asking("rule", "not-a-member", "type", "member-signed", "day", "D")}, "signature du D, Meuse (m) : le registre dit depuis le contraire, et la règle est : qui agit, se retire, porte des voix ou un rôle est membre ce jour-là.", "signature du D, m : le registre dit depuis le contraire, et la règle est : qui agit, se retire, porte des voix ou un rôle est membre ce jour-là."},
		"notice-too-short":          {finding{Subject: "b", Args: asking("members", "m, n", "clear", "2", "days", "5")}, "b : convocation envoyée 2 jours francs avant, la règle en demande 5 ; envoyée trop tard à : Meuse, n.", "b : convocation envoyée 2 jours francs avant, la règle en demande 5 ; envoyée trop tard à : m, n."},
		"notice-unrecorded":         {finding{Subject: "b", Args: asking("members", "n, m", "days", "5")}, "b : aucune convocation n'est enregistrée pour : n, Meuse ; la règle la demande 5 jours francs avant.", "b : aucune convocation n'est enregistrée pour : n, m ; la règle la demande 5 jours francs avant."},
		"roll-differs":              {finding{Subject: "b", Args: asking("item", "1", "weights", "m 3 → 4.5, n – → 1")}, "b, point 1 : les voix de la liste ne sont plus celles que dit le registre (Meuse 3 → 4,5 ; n – → 1) ; le résultat reste.", "b, point 1 : les voix de la liste ne sont plus celles que dit le registre (m 3 → 4,5 ; n – → 1) ; le résultat reste."},
		"decision-asserted":         {finding{Subject: "9", Args: asking("body", "b", "title", "T")}, "Bureau, décision #9 « T » : affirmée sans vote, elle ne peut pas être recalculée.", "b, décision #9 « T » : affirmée sans vote, elle ne peut pas être recalculée."},
		"kind-without-rule":         {finding{Subject: "b", Args: asking("body", "b", "item", "1", "kind", "k", "others", "m")}, "b, point 1 : Bureau n'a pas de règle propre à la nature « k », mais en a pour : m ; le vote a suivi celle de tous les points.", "b, point 1 : b n'a pas de règle propre à la nature « k », mais en a pour : m ; le vote a suivi celle de tous les points."},
		"against-rule":              {finding{Subject: "9", Args: asking("of", "m", "rule", "not-a-member", "type", "member-signed", "day", "D")}, "événement 9, signature du D : enregistré alors qu'une règle le refusait ce jour-là : qui agit, se retire, porte des voix ou un rôle est membre ce jour-là (Meuse).", "événement 9, signature du D : enregistré alors qu'une règle le refusait ce jour-là : qui agit, se retire, porte des voix ou un rôle est membre ce jour-là (m)."},
	}
	names := &cast{bodies: asking("b", "Bureau"), members: asking("m", "Meuse")}
	for _, k := range replay.FindingKinds() {
		one, tells := told[k.Name]
		if one.f.Name = k.Name; !tells {
			one.f.Subject, one.f.Args = "m", map[string]string{}
			require.Equal(t, (&app{lang: "fr"}).findingSays(&one.f), (&app{lang: "fr", cast: names}).findingSays(&one.f), k.Name)
			continue
		}
		require.Equal(t, one.fr, strings.ReplaceAll((&app{lang: "fr", cast: names}).findingSays(&one.f), " ", " "), k.Name)
		require.Equal(t, one.bare, strings.ReplaceAll((&app{lang: "fr"}).findingSays(&one.f), " ", " "), k.Name)
	}
	counts := &finding{Name: replay.AgainstRule.Name, Subject: "9", Args: asking("of", "12 / 20", "rule", domain.QuorumMissing.Name, "type", "item-put-to-vote", "day", "D")}
	fr := &app{lang: "fr", cast: &cast{members: asking("12", "Meuse")}}
	require.Contains(t, fr.findingSays(counts), "(12 sur 20 sont là)")
	counts.Args["rule"], counts.Args["of"] = domain.SecretGivenAway.Name, "4.5: 1, 12: 2"
	require.Contains(t, fr.findingSays(counts), "(voix 4,5 : 1 membre ; voix 12 : 2 membres)")
}

// TestAnswersHoldTheNames: what findings and figures tell of is named in the answer, by the name of the day, and nobody else is.
func TestAnswersHoldTheNames(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2024-06-01", &domain.BodyRenamed{Basis: "x", Body: "cogouv", Name: "Le comité d'après"})
	at := func(day string) *naming {
		return namingIn(c.Group, domain.Pair{At: casetest.Day(day), Known: c.Group.Head()})
	}

	n := at("2024-01-01")
	n.finding(&replay.Finding{Name: "roll-differs", Subject: "meuse", Args: asking("weights", "cea 3 → 2, haut-rhin 1 → –")})
	n.finding(&replay.Finding{Name: "weight-undetermined", Subject: "moselle", Args: asking("body", "cogouv"), Answers: []replay.Answer{{OnBehalfOf: "aube"}}})
	require.Equal(t, calledBy{
		Bodies:  asking("cogouv", "Comité de gouvernance"),
		Members: asking("cea", "Collectivité européenne d'Alsace", "haut-rhin", "Haut-Rhin", "moselle", "Moselle", "aube", "Aube"),
	}, n.calledBy, "the subject of a roll that differs is a sitting")

	n = at("2024-06-01")
	tree := replay.Node{Body: "cogouv", Children: []replay.Node{{Member: "cea", Holder: "marne"}, {Formerly: "haut-rhin", Member: "cea"}}}
	n.tree(&tree)
	require.Equal(t, asking("cogouv", "Le comité d'après"), n.Bodies)
	require.Equal(t, []string{"cea", "haut-rhin", "marne"}, slices.Sorted(maps.Keys(n.Members)))
	require.Equal(t, asking("copil", "Comité de pilotage"), func() map[string]string { n := at("2012-01-01"); n.body("copil"); return n.Bodies }(), "before it was")
}

// TestAnswersNameMembersAsOnTheDay: one that left, and came back or succeeded under another name, has on each day the name of that day; where
// it is no member, the last that was known.
func TestAnswersNameMembersAsOnTheDay(t *testing.T) {
	c := casetest.GrandEst(t)
	c.Tell("2023-01-01", &domain.MemberWithdrew{Basis: "x", Member: "aube"})
	before := c.Group.Head()
	c.Tell("2024-01-01", &domain.MemberJoined{Basis: "x", Member: "aube", Name: "L'Aube revenue"})
	c.Tell("2025-01-01", &domain.MembersSucceeded{Basis: "x", Predecessors: []domain.MemberID{"meuse"}, Successors: []domain.Named{{Member: "haut-rhin", Name: "Meuse et Haut-Rhin"}}, Policies: []domain.Policy{{Body: casetest.AG, Way: domain.Sum}, {Body: casetest.COGOUV, Way: domain.Sum}}})
	at := func(day string, known uint64) map[string]string {
		n := namingIn(c.Group, domain.Pair{At: casetest.Day(day), Known: known})
		n.finding(&replay.Finding{Name: "notice-unrecorded", Args: asking("members", "aube, haut-rhin")})
		return n.Members
	}
	require.Equal(t, asking("aube", "Aube", "haut-rhin", "Haut-Rhin"), at("2018-06-01", c.Group.Head()))
	require.Equal(t, asking("aube", "L'Aube revenue", "haut-rhin", "Meuse et Haut-Rhin"), at("2023-06-01", c.Group.Head()), "neither is a member")
	require.Equal(t, asking("aube", "Aube", "haut-rhin", "Haut-Rhin"), at("2023-06-01", before))
	require.Equal(t, asking("aube", "L'Aube revenue", "haut-rhin", "Meuse et Haut-Rhin"), at("2025-06-01", c.Group.Head()))
}
