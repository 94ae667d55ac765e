package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore"
)

// Every event of the catalogue has its words, its sentence and its subject, in both languages: the examples are those of
// the wire.
func TestEveryEventHasWordsAndASentence(t *testing.T) {
	said := map[string]bool{}
	files, err := filepath.Glob("../../eventstore/testdata/golden/*.json")
	require.NoError(t, err)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		e, err := eventstore.Decode(body)
		require.NoError(t, err)
		var says [2]string
		for i, lang := range []string{"fr", "en"} {
			var event storyItem
			require.NoError(t, json.Unmarshal(body, &event), file)
			says[i] = (&app{lang: lang}).say(e.Type, &event.Data, nil)
			require.NotContains(t, says[i], "%!", file)
			require.NotContains(t, says[i], e.Type, "%s has no sentence", file)
			require.NotContains(t, says[i], "  ", file)
			require.Regexp(t, `[^ .:;]{2,}`, says[i], file)
		}
		require.NotEqual(t, says[0], says[1], file)
		if e.Type != "weights-set" && e.Type != "amendment-rule-set" && e.Type != "voting-rule-set" {
			require.NotEmpty(t, subjectOf(e.Act), file)
		}
		said[e.Type] = true
		require.Equal(t, eventstore.FollowsByItself(e.Act), followsByItself(e.Type), file)
	}
	for k := range eventstore.Events.Kinds() {
		require.True(t, said[k.Type], k.Type)
		for _, word := range words[k.Type] {
			require.NotEmpty(t, strings.TrimSpace(word), k.Type)
		}
	}
}

// What is said of a sitting, a vote and a decision, in both languages.
func TestSentencesOfVotes(t *testing.T) {
	for file, want := range map[string][2]string{
		"sitting-convened.v1": {
			"cogouv : la séance cogouv-2022-12 est convoquée, le 2022-12-05 à 14:30, en présence (Maison de la Région). Seconde convocation, après cogouv-2022-11. Observateurs : Académie. Ordre du jour : Budget 2023 ; Le pilote ; Prochaine séance.",
			"cogouv: the sitting cogouv-2022-12 is convened, on 2022-12-05 at 14:30, in person (Maison de la Région). Second notice, after cogouv-2022-11. Observers: Académie. Agenda: Budget 2023 ; Le pilote ; Prochaine séance.",
		},
		"sitting-adjourned.v1": {"cogouv-2022-11 est ajournée, faute de quorum : 3 voix présentes sur 8", "cogouv-2022-11 is adjourned, for want of a quorum: 3 voix présentes sur 8"},
		"item-added.v1":        {"Point inscrit : pilote (cogouv-2022-12), « Le pilote » ; propose : est devient pilote.", "Item added: pilote (cogouv-2022-12), “Le pilote”; proposes: est becomes pilot."},
		"item-amended.v1.choice": {
			"Point modifié : lieu (cogouv-2022-12), « Prochaine séance » ; au choix : À Metz, À Nancy.", "Item amended: lieu (cogouv-2022-12), “Prochaine séance”; to choose from: À Metz, À Nancy.",
		},
		"vote-opened.v1": {
			"Vote ouvert : lieu (cogouv-2022-12) ; présents 2, représentés 1, absents 1, déportés 1 ; règle de vote #14.", "Vote opened: lieu (cogouv-2022-12); present 2, represented 1, absent 1, recused 1; voting rule #14.",
		},
		"votes-cast.v1": {
			"Suffrages : budget-2023 (cogouv-2022-12) ; pour : region et nord (4) ; abstention : est ; contre : nord (0,5).", "Votes cast: budget-2023 (cogouv-2022-12); for: region and nord (4) ; abstention: est ; against: nord (0.5).",
		},
		"vote-closed.v1": {"Vote clos : pilote (cogouv-2022-12) ; pour : 2 × 1 voix, contre : 1 × 4,5 voix.", "Vote closed: pilote (cogouv-2022-12); for: 2 × 1, against: 1 × 4.5."},
		"decision-proclaimed.v1": {
			"budget-2023 (cogouv-2022-12) : rejeté, à égalité ; pour : 7,5 voix (membres : 4), contre : 7,5 voix (membres : 3), abstention : 0,5 voix (membres : 1).",
			"budget-2023 (cogouv-2022-12): rejected, on a tie; for: 7.5 (members: 4), against: 7.5 (members: 3), abstention: 0.5 (members: 1).",
		},
		"decision-asserted.v1": {
			"ag (AG du 21 juin 2022) : « Gouvernance » adoptée, affirmée sans les votes ; pour : 13,5 voix, contre : 1,5 voix, abstention : 0 voix.",
			"ag (AG du 21 juin 2022): “Gouvernance” adopted, asserted without the votes; for: 13.5, against: 1.5, abstention: 0.",
		},
		"decision-annulled.v1": {
			"Tribunal administratif annule la décision #41 à compter du 2024-01-01, sauf si une nouvelle délibération est prise avant le 2024-03-01 : incompétence",
			"Tribunal administratif annuls decision #41 from 2024-01-01 on, unless une nouvelle délibération est prise avant le 2024-03-01: incompétence",
		},
	} {
		body, err := os.ReadFile("../../eventstore/testdata/golden/" + file + ".json")
		require.NoError(t, err)
		var event storyItem
		require.NoError(t, json.Unmarshal(body, &event))
		require.Equal(t, want[0], (&app{lang: "fr"}).say(event.Type, &event.Data, nil))
		require.Equal(t, want[1], (&app{lang: "en"}).say(event.Type, &event.Data, nil))
	}
}
