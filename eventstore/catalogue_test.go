package eventstore

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

var update = flag.Bool("update", false, "write golden files that are not there yet, and the documentation")

const golden = "testdata/golden"

func weight(s string) domain.Weight { return must(domain.ParseWeight(s)) }
func day(s string) domain.Day       { return must(domain.ParseDay(s)) }
func date(s string) domain.Date     { return must(domain.ParseDate(s)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// examples has each type once, under its name, and more under names that say what is special.
func examples() map[string]domain.Act {
	convention := domain.Hash{1, 2, 3}
	stated := weight("16")
	rule := &domain.AmendmentRuleSet{
		Approval: domain.Quota{Share: weight("2/3"), Who: domain.Share}, Effect: domain.LastSignature,
		Signature: domain.Quota{Members: []domain.MemberID{"region", "est"}, Who: domain.Listed},
	}
	table := &domain.WeightsSet{
		Basis: "avenant-1", Body: "cogouv", StatedTotal: &stated,
		Weights: []domain.MemberWeight{{Member: "region", Weight: weight("4.5")}, {Member: "est", Weight: weight("1/3")}},
	}
	all := map[string]domain.Act{
		"group-founded": &domain.GroupFounded{
			Changes: []domain.Change{
				&domain.MemberJoined{Member: "region", Name: "La Région", Weights: []domain.BodyWeight{{Body: "ag", Weight: weight("3")}}},
				&domain.BodyCreated{Body: "ag", Name: "Assemblée générale"}, rule,
			},
			Name: "Groupement d’essai", SHA256: convention, Title: "Convention constitutive",
		},
		"member-joined": &domain.MemberJoined{
			Basis: "convention, article 3", Member: "ouest", Name: "Département de l’Ouest",
			Weights: []domain.BodyWeight{{Body: "ag", Weight: weight("1")}, {Body: "cst", Weight: weight("0.5")}},
		},
		"member-withdrew": &domain.MemberWithdrew{Basis: "délibération 2023-4", Member: "ouest"},
		"members-succeeded": &domain.MembersSucceeded{
			Basis: "loi", Policies: []domain.Policy{
				{Body: "ag", Way: domain.Sum},
				{Body: "cst", Of: "haut", Way: domain.Keep},
				{Body: "cogouv", Way: domain.Set, Weights: []domain.MemberWeight{{Member: "alsace", Weight: weight("2")}}},
			},
			Predecessors: []domain.MemberID{"bas", "haut"}, Successors: []domain.Named{{Member: "alsace", Name: "Alsace"}},
		},
		"role-given":         &domain.RoleGiven{Member: "region", Role: domain.Coordinator},
		"role-ended":         &domain.RoleEnded{Basis: "avenant-1", Role: domain.Pilot},
		"body-created":       &domain.BodyCreated{Basis: "avenant-1", Body: "rl", Name: "Réunions de lancement"},
		"body-renamed":       &domain.BodyRenamed{Body: "ag", Name: "Assemblée"},
		"body-replaced":      &domain.BodyReplaced{Body: "copil", By: "costrat", Name: "Comité stratégique"},
		"body-dissolved":     &domain.BodyDissolved{Body: "cst"},
		"weights-set":        table,
		"obligation-set":     &domain.ObligationSet{Article: "6", Text: "Suivre les usages.\nLes \"évaluer\"."},
		"amendment-rule-set": rule,
		"voting-rule-set": &domain.VotingRuleSet{Basis: "avenant-1", Body: "cogouv", Kind: "budget", Rule: domain.VotingRule{
			Ballot: domain.Changeable, Blocking: []domain.Threshold{threshold("weights total >=1/3")}, Choice: domain.TwoRounds,
			Majority: []domain.Threshold{threshold("weights cast >1/2"), threshold("heads total >=2/3 min 4")},
			Notice:   domain.Notice{Days: 5, SecondDays: 3}, Proxies: domain.Proxies{PerHolder: 2, Until: domain.UntilItem},
			Quorum: domain.Quorum{Counts: domain.Represented, Thresholds: []domain.Threshold{threshold("weights total >1/2")}}, SecondNotice: &domain.Quorum{},
			Tie: domain.Tie{Role: domain.Coordinator, Way: domain.TieCasting}, Voices: domain.Undivided, Voters: domain.Voters{Members: []domain.MemberID{"est", "region"}, Who: domain.TheseVoters},
		}},
		"voting-rule-set.minimal": &domain.VotingRuleSet{Body: "cogouv", Rule: domain.VotingRule{
			Ballot: domain.Final, Choice: domain.Plurality, Majority: []domain.Threshold{threshold("weights total min 7.5")},
			Tie: domain.Tie{Member: "est", Way: domain.TieCasting}, Voices: domain.Divided, Voters: domain.Voters{Who: domain.Weighted},
		}},
		"avenant-drafted": &domain.AvenantDrafted{
			Articles: []string{"2", "6", "7.1", "8"}, Avenant: "avenant-1", Changes: []domain.Change{table, &domain.BodyDissolved{Body: "copil"}},
			Retroactive: "rentrée", SHA256: domain.Hash{4}, StatedDay: day("2022-09-01"), Title: "Avenant n°1",
		},
		"member-deliberated":         &domain.MemberDeliberated{Member: "est", Reference: "CP-1", SHA256: domain.Hash{4}, Text: "avenant-1"},
		"deliberation-fell":          &domain.DeliberationFell{Deliberation: 12, How: domain.Annulled, Reason: "jugement"},
		"member-signed":              &domain.MemberSigned{Member: "est", Text: "avenant-1"},
		"avenant-abandoned":          &domain.AvenantAbandoned{Avenant: "avenant-2", Reason: "sans objet"},
		"avenant-entered-into-force": &domain.AvenantEnteredIntoForce{Avenant: "avenant-1"},
		"key-rotated": &domain.KeyRotated{
			NewKey: "registre.example/house+88e7d0aa+AQxUQq8ZLdbTFF4X9QVHNCLL8MKHVeBs7J1gRW8oMJms",
			OldKey: "registre.example/house+abbe77af+AaZecIvzGQZabj4mNargJZa8bM4kZ/6R5msWigemYcZt", Reason: "changement de serveur",
		},
		"right-granted":         &domain.RightGranted{Body: "cogouv", Groups: []domain.GroupID{"essai"}, Principal: "p-0123456789ab", Role: domain.SittingOfficer, Until: day("2023-09-01")},
		"right-granted.every":   &domain.RightGranted{Every: true, Principal: domain.Anonymous, Role: domain.Public},
		"right-granted.member":  &domain.RightGranted{Groups: []domain.GroupID{"essai"}, Member: "est", Principal: "p-0123456789ab", Role: domain.MemberClerk},
		"right-granted.sitting": &domain.RightGranted{Groups: []domain.GroupID{"essai"}, Principal: "p-0123456789ab", Role: domain.SittingOfficer, Sitting: "ag-2022"},
		"right-granted.minimal": &domain.RightGranted{Principal: "p-0123456789ab", Role: domain.Operator},
		"right-ended":           &domain.RightEnded{Reason: "départ", Right: 12},
		"subscription-made": &domain.SubscriptionMade{
			Bodies: []domain.BodyID{"cogouv"}, Channel: domain.ByWebhook, FromNumber: 12, Groups: []domain.GroupID{"essai"}, Kinds: []domain.NoticeKind{"decision-proclaimed"},
			Members: []domain.MemberID{"est"}, Principal: "p-0123456789ab", Subscription: "a-0123456789ab",
		},
		"subscription-made.minimal": &domain.SubscriptionMade{Channel: domain.ByDigest, Every: true, Past: true, Principal: "p-0123456789ab", Subscription: "a-0123456789ab"},
		"subscription-ended":        &domain.SubscriptionEnded{Reason: "départ", Subscription: "a-0123456789ab"},
		"delivery-resumed":          &domain.DeliveryResumed{Group: "essai", Subscription: "a-0123456789ab"},
		"delivery-resumed.minimal":  &domain.DeliveryResumed{Subscription: "a-0123456789ab"},
		"notice-skipped":            &domain.NoticeSkipped{Notice: "essai/12/member-joined", Reason: "reçu par courriel", Subscription: "a-0123456789ab"},

		"event-corrected":              &domain.EventCorrected{Kind: domain.Clerical, Reason: "faute de frappe", Replacement: &domain.Event{Effective: date("2022-10"), Act: table}, Target: 7},
		"event-corrected.void":         &domain.EventCorrected{Kind: domain.Substantive, Reason: "jamais eu lieu", Target: 8},
		"event-corrected.twice":        &domain.EventCorrected{Kind: domain.Clerical, Reason: "encore", Replacement: &domain.Event{Effective: date("2022"), Act: &domain.EventCorrected{Kind: domain.Clerical, Reason: "x", Replacement: &domain.Event{Effective: date("2021-01-01"), Act: &domain.RoleEnded{Role: "pilot"}}, Target: 3}}, Target: 9},
		"member-signed.minimal":        &domain.MemberSigned{Member: "est", Text: "convention"},
		"obligation-set.lifted":        &domain.ObligationSet{Article: "6"},
		"weights-set.nobody":           &domain.WeightsSet{Body: "ag"},
		"obligation-set.every-escape":  &domain.ObligationSet{Article: "\x00\b\t\n\v\f\r\x1f\"\\/\x7f", Text: "é\u2028😀<>&"},
		"group-founded.without-change": &domain.GroupFounded{Name: "g", Title: "t"},

		"agreement-launched": &domain.AgreementLaunched{
			Agreement: "ent-2022", Ceiling: domain.Ceiling{Amount: amount("1200000.00 EUR")}, Contractor: domain.Contractor{Name: "Éditeur", SIRET: must(domain.ParseSIRET("73282932000074"))},
			Orderers: []domain.MemberID{"region", "est"}, Title: "Accord-cadre ENT", Until: day("2024-09-01"),
		},
		"agreement-launched.without-ceiling": &domain.AgreementLaunched{Agreement: "ent-2018", Contractor: domain.Contractor{Name: "É", SIRET: must(domain.ParseSIRET("35600000049837"))}, Title: "t", Until: day("2020-01-01")},
		"agreement-renewed":                  &domain.AgreementRenewed{Agreement: "ent-2022", Ceiling: domain.Ceiling{Pupils: 90000}, Until: day("2026-09-01")},
		"agreement-renewed.minimal":          &domain.AgreementRenewed{Agreement: "ent-2022", Until: day("2026-09-01")},
		"agreement-ended":                    &domain.AgreementEnded{Agreement: "ent-2022", Reason: "résiliation"},
		"school-opened":                      &domain.SchoolOpened{SchoolFacts: domain.SchoolFacts{Address: "1 rue de l’Exemple", Department: "68", Kind: "lycee", Name: "Lycée d’essai"}, School: uai("0680034T")},
		"school-opened.minimal":              &domain.SchoolOpened{SchoolFacts: domain.SchoolFacts{Department: "2A", Kind: "college", Name: "C"}, School: uai("6200001A")},
		"school-described":                   &domain.SchoolDescribed{SchoolFacts: domain.SchoolFacts{Department: "68", Kind: "lycee", Name: "Lycée nouveau"}, School: uai("0680034T")},
		"school-closed":                      &domain.SchoolClosed{School: uai("0680034T")},
		"schools-merged":                     &domain.SchoolsMerged{Into: uai("0750655E"), Schools: []domain.UAI{uai("0680034T"), uai("0350122T")}},
		"school-moved":                       &domain.SchoolMoved{Address: "2 rue de l’Exemple", School: uai("0680034T"), To: uai("0690026D")},
		"order-issued": &domain.OrderIssued{
			Agreement: "ent-2022", CeilingReason: "avenant en cours", From: day("2022-09-01"), Lines: someLines(),
			Member: "est", Number: "BC/2022-17", OverlapReason: "reprise", Until: day("2023-09-01"),
		},
		"order-issued.minimal": &domain.OrderIssued{Agreement: "ent-2022", From: day("2022-09-01"), Lines: lineOf("0680034T"), Member: "est", Number: "1", Until: day("2023-09-01")},
		"order-amended": &domain.OrderAmended{
			Added: lineOf("0690026D"), CeilingReason: "c", Number: "BC/2022-17", OverlapReason: "o",
			Removed:  must(domain.PackKeys([]domain.LineKey{{School: uai("0750655E"), Cycle: "lycee"}, {School: uai("0350122T"), Cycle: "college"}, {School: uai("0680034T"), Cycle: "college"}})),
			Replaced: lineOf("0350122T"),
		},
		"order-amended.removal": &domain.OrderAmended{Number: "1", Removed: must(domain.PackKeys([]domain.LineKey{{School: uai("0680034T"), Cycle: "college"}}))},
		"order-cancelled":       &domain.OrderCancelled{Number: "BC/2022-17", Reason: "erreur"},
		"order-received":        &domain.OrderReceived{Number: "BC/2022-17"},
	}
	maps.Copy(all, sittingExamples())
	maps.Copy(all, decisionExamples())
	maps.Copy(all, paperExamples())
	return all
}

func threshold(s string) domain.Threshold { return must(domain.ParseThreshold(s)) }

func amount(s string) domain.Money { return must(domain.ParseMoney(s)) }
func uai(s string) domain.UAI      { return must(domain.ParseUAI(s)) }

// someLines has every form that a line can have.
func someLines() domain.Lines {
	count := func(n int) domain.Headcount { return must(domain.NewHeadcount(n)) }
	line := func(school string, cycle domain.Cycle, h domain.Headcount, kind domain.HeadcountKind, on string, price domain.Money) domain.Line {
		return domain.Line{LineKey: domain.LineKey{School: uai(school), Cycle: cycle}, Headcount: h, Kind: kind, Day: day(on), UnitPrice: price}
	}
	return must(domain.PackLines([]domain.Line{
		line("0750655E", "lycee", count(1200), domain.Official, "2022-10-01", amount("3.20 EUR")),
		line("0680034T", "college", count(412), domain.Forecast, "2022-06-01", domain.Money{}),
		line("0680034T", "lycee", domain.UnknownHeadcount, domain.Official, "2022-10-01", amount("3.20 EUR")),
		line("0350122T", "college", count(0), domain.Forecast, "2022-06-01", domain.Money{}),
		line("0690026D", "lycee", count(999999), domain.Live, "2022-10-02", amount("0.00 EUR")),
	}))
}

func lineOf(school string) domain.Lines {
	return must(domain.PackLines([]domain.Line{{LineKey: domain.LineKey{School: uai(school), Cycle: "college"}, Kind: domain.Forecast, Day: day("2022-06-01")}}))
}

var exampleID = uuid.MustParse("0192f0a4-7c1e-7abc-8def-0123456789ab")

// example is an envelope around the act; a minimal one has no optional field.
func example(name string, act domain.Act) Envelope {
	c := domain.Command{ID: uuid.MustParse("0192f0a4-0000-7000-8000-000000000001"), Group: "essai", Effective: date("2022-10-20"), Act: act}
	switch act.(type) {
	case *domain.KeyRotated, *domain.RightGranted, *domain.RightEnded, *domain.SubscriptionMade, *domain.SubscriptionEnded, *domain.DeliveryResumed, *domain.NoticeSkipped:
		c.Group = domain.House
	}
	if !strings.HasSuffix(name, ".minimal") {
		c.Actor, c.OnBehalfOf, c.Illustrative = "secrétariat", "region", "tout"
		c.Evidence = []domain.Evidence{{Kind: "report", Reference: "CP-2022", SHA256: domain.Hash{0xab, 31: 0xcd}}, {Kind: "law"}}
	}
	return NewEnvelope(&c, domain.Event{Effective: c.Effective, Act: act}, 42, exampleID, domain.Instant(1666260000123456))
}

func goldenFile(name string, version int) string {
	kind, special, _ := strings.Cut(name, ".")
	if special != "" {
		special = "." + special
	}
	return filepath.Join(golden, fmt.Sprintf("%s.v%d%s.json", kind, version, special))
}

// TestGolden: what was ever written is read for ever, and written the same. Golden files are added, never edited.
func TestGolden(t *testing.T) {
	for name, act := range examples() {
		e := example(name, act)
		path := goldenFile(name, e.Version)
		if _, err := os.Stat(path); *update && os.IsNotExist(err) {
			require.NoError(t, os.MkdirAll(golden, 0o755))
			require.NoError(t, os.WriteFile(path, must(e.Append(nil)), 0o644))
		}
		body, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := Decode(body)
		require.NoError(t, err, name)
		require.Equal(t, e, got, name)
		again, err := got.Append(nil)
		require.NoError(t, err)
		require.Equal(t, string(body), string(again))
	}
	files := must(filepath.Glob(golden + "/*.json"))
	require.Len(t, files, len(examples()), "each golden file has its example")
	require.GreaterOrEqual(t, len(files), 20)
	for k := range Events.Kinds() {
		require.Contains(t, files, goldenFile(k.Type, k.Version))
	}
}

// TestCatalogue: the names, commands and versions are those that were promised, in full.
func TestCatalogue(t *testing.T) {
	want := strings.Fields(`group-founded/found-group member-joined/join-member member-withdrew/withdraw-member
		members-succeeded/succeed-members role-given/give-role role-ended/end-role body-created/create-body body-renamed/rename-body
		body-replaced/replace-body body-dissolved/dissolve-body weights-set/set-weights obligation-set/set-obligation
		amendment-rule-set/set-amendment-rule voting-rule-set/set-voting-rule avenant-drafted/draft-avenant member-deliberated/deliberate
		deliberation-fell/end-deliberation member-signed/sign avenant-abandoned/abandon-avenant avenant-entered-into-force/
		sitting-convened/convene-sitting notice-sent/send-notice notice-received/receive-notice notice-answered/answer-notice
		sitting-opened/open-sitting attendees-arrived/arrive attendees-left/leave delegate-replaced/replace-delegate proxy-given/give-proxy
		proxy-revoked/revoke-proxy member-recused/recuse-member sitting-suspended/suspend-sitting sitting-resumed/resume-sitting
		sitting-adjourned/adjourn-sitting sitting-closed/close-sitting sitting-cancelled/cancel-sitting item-added/add-item
		item-amended/amend-item item-withdrawn/withdraw-item item-postponed/postpone-item item-divided/divide-item
		item-put-to-vote/put-item-to-vote vote-opened/ votes-cast/cast-votes voters-marked/mark-voters vote-cancelled/cancel-vote
		vote-closed/close-vote decision-proclaimed/ decision-asserted/assert-decision decision-published/publish-decision
		decision-received/receive-decision decision-annulled/annul-decision annulment-lifted/lift-annulment minutes-approved/approve-minutes
		agreement-launched/launch-agreement agreement-renewed/renew-agreement agreement-ended/end-agreement
		school-opened/open-school school-described/describe-school school-closed/close-school schools-merged/merge-schools
		school-moved/move-school order-issued/issue-order order-amended/amend-order order-cancelled/cancel-order
		order-received/receive-order document-added/add-document document-kept/keep-document document-erased/erase-document
		finding-answered/answer-finding key-rotated/rotate-key right-granted/grant-right right-ended/end-right
		subscription-made/make-subscription subscription-ended/end-subscription delivery-resumed/resume-delivery notice-skipped/skip-notice
		event-corrected/correct-event`)
	var got, changes []string
	for k := range Events.Kinds() {
		got = append(got, k.Type+"/"+k.Command)
		require.Equal(t, 1, k.Version)
		if k.change {
			changes = append(changes, k.Type)
		}
	}
	require.Equal(t, want, got)
	require.Equal(t, strings.Fields(`member-joined member-withdrew members-succeeded role-given role-ended body-created body-renamed
		body-replaced body-dissolved weights-set obligation-set amendment-rule-set
		voting-rule-set`), changes)
}

// TestKeyOrder: the visitors visit in the order of RFC 8785, no key twice, and no change has a key "change" of its own.
func TestKeyOrder(t *testing.T) {
	var check func(where string, fields []field)
	check = func(where string, fields []field) {
		keys := make([]string, len(fields))
		for i, f := range fields {
			keys[i] = f.key
			require.NotEqual(t, tagKey, f.key, where)
			require.Equal(t, strings.ToLower(f.key), f.key, where)
			check(where+"."+f.key, f.fields)
			if f.items != nil {
				check(where+"."+f.key, f.items.fields)
			}
		}
		require.True(t, slices.IsSorted(keys), "%s: %v", where, keys)
		require.Equal(t, len(keys), len(slices.Compact(keys)), where)
	}
	for k := range Events.Kinds() {
		require.NotEmpty(t, k.fields(Events))
		check(k.Type, k.fields(Events))
	}
	envelope := describe(Events, (*coder).envelope)
	command := describe(Events, (*coder).command)
	require.Len(t, envelope, 13)
	require.Len(t, command, 9)
	check("envelope", envelope)
	check("command", command)
	check("replacement", describe(Events, said))
}

// withdrewV1 is what member-withdrew would have been, had it once had no basis: a frozen form.
type withdrewV1 struct{ Member domain.MemberID }

// withV2 is a catalogue in which member-withdrew is at version 2.
func withV2() *Catalogue {
	v1 := func(c *coder, a *withdrewV1) { value(c, "member", required, &a.Member, members) }
	upgrade := func(a *withdrewV1) *domain.MemberWithdrew {
		return &domain.MemberWithdrew{Basis: "not recorded before version 2", Member: a.Member}
	}
	kinds := slices.Collect(Events.Kinds())
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Type == "member-withdrew" })
	kinds[i] = kindOf("member-withdrew", 2, "withdraw-member", kinds[i].Doc, memberWithdrew)
	return NewCatalogue(slices.Insert(kinds, i, frozen("member-withdrew", 1, "As it was.", v1, upgrade))...)
}

// TestUpgrade: an event of version 1 is read as the act of version 2, compared in version 1, and never written again.
func TestUpgrade(t *testing.T) {
	events := withV2()
	body, err := os.ReadFile("testdata/upgrade/member-withdrew.v1.json")
	require.NoError(t, err)
	e, err := events.Decode(body)
	require.NoError(t, err)
	require.Equal(t, &domain.MemberWithdrew{Basis: "not recorded before version 2", Member: "ouest"}, e.Act)
	require.Equal(t, 1, e.Version)

	_, err = events.Append(nil, &e)
	require.ErrorIs(t, err, ErrUnknownVersion)
	e.Version = 2
	second, err := events.Append(nil, &e)
	require.NoError(t, err)
	require.Contains(t, string(second), `"data":{"basis":"not recorded before version 2","member":"ouest"}`)
	again, err := events.Decode(second)
	require.NoError(t, err)
	require.Equal(t, e, again)

	// Version 1 has no basis, also where version 2 has one; and its bytes are compared too.
	_, err = events.Decode(bytes.Replace(body, []byte(`{"member":`), []byte(`{"basis":"x","member":`), 1))
	requireWireError(t, err, UnknownField, "data.basis")
	_, err = events.Decode(bytes.Replace(body, []byte(`"ouest"`), []byte(`"\u006fuest"`), 1))
	require.ErrorIs(t, err, ErrNotCanonical)
	_, err = events.Decode(bytes.Replace(body, []byte(`"version":1`), []byte(`"version":3`), 1))
	requireWireError(t, err, UnknownVersion, "version")
	require.ErrorIs(t, err, ErrUnknownVersion)
}

// TestUpgradeWithin: what stands inside another event is upgraded too, as a change and as a replacement.
func TestUpgradeWithin(t *testing.T) {
	events := withV2()
	old := []domain.Act{
		&domain.EventCorrected{Kind: "clerical", Reason: "r", Target: 1, Replacement: &domain.Event{Effective: date("2020"), Act: &domain.MemberWithdrew{Member: "a"}}},
		&domain.AvenantDrafted{Avenant: "a", Title: "t", Changes: []domain.Change{&domain.MemberWithdrew{Member: "a"}}},
	}
	for _, act := range old {
		e := example("", act)
		body := must(e.Append(nil))
		got, err := events.Decode(body)
		require.NoError(t, err)
		second, err := events.Append(nil, &got)
		require.NoError(t, err)
		require.NotEqual(t, string(body), string(second))
		require.Contains(t, string(second), "not recorded before version 2")
		again, err := events.Decode(second)
		require.NoError(t, err)
		require.Equal(t, got, again)
		_, err = Decode(second)
		require.Error(t, err, "this program does not know version 2")
		require.True(t, strings.Contains(string(second), `"change":"member-withdrew/2"`) || strings.Contains(string(second), `"type":"member-withdrew","version":2`))
	}
}

// TestCatalogueWritesTheNewest: also where the form of an act has not changed between two versions.
func TestCatalogueWritesTheNewest(t *testing.T) {
	c := NewCatalogue(kindOf("role-ended", 1, "end-role", "", roleEnded), kindOf("role-ended", 2, "end-role", "", roleEnded))
	require.Equal(t, 2, c.of(&domain.RoleEnded{}).Version)
}

func TestCatalogueRefusesGaps(t *testing.T) {
	second := kindOf("member-withdrew", 2, "withdraw-member", "", memberWithdrew)
	require.Panics(t, func() { NewCatalogue(second) })
	require.Panics(t, func() {
		NewCatalogue(frozen("x", 1, "", memberWithdrew, func(a *domain.MemberWithdrew) *domain.MemberWithdrew { return a }))
	})
}

// TestCatalogueFiles: the catalogue and the schemas in docs are those of this program. With -update it writes them.
func TestCatalogueFiles(t *testing.T) {
	const docs = "../docs"
	acts := examples()
	files := map[string][]byte{"catalogue.md": Events.Markdown(func(name string, _ int) []byte {
		e := example("", acts[name])
		if command, ok := CommandOf(&e); ok {
			return must(AppendCommand(nil, &command))
		}
		return must(e.Append(nil))
	})}
	for name, schema := range Events.Schemas() {
		files[filepath.Join("schema", name)] = schema
	}
	require.Len(t, files, 83)
	for name, content := range files {
		path := filepath.Join(docs, name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, content, 0o644))
		}
		is, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(content), string(is), "%s is out of date: run with -update", path)
	}
	there := must(filepath.Glob(docs + "/schema/*.json"))
	require.Len(t, there, len(files)-1, "a schema that nothing writes")
}
