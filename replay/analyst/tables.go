package analyst

import "registre/replay/analyst/sqlite"

// A tableID names a table.
type tableID int

const (
	metaTable tableID = iota
	questionTable
	eventsTable
	evidenceTable
	membersTable
	rolesTable
	heirsTable
	bodiesTable
	weightsTable
	statedTable
	votingRulesTable
	obligationsTable
	avenantsTable
	approvalsTable
	agreementsTable
	periodsTable
	schoolsTable
	schoolLinksTable
	formsTable
	formChangesTable
	linesTable
	duplicatesTable
	stepsTable
	sittingsTable
	itemsTable
	proxiesTable
	votesTable
	rollsTable
	ballotsTable
	secretTable
	optionsTable
	decisionsTable
	documentsTable
	findingsTable
	findingEventsTable
	tablesTable
	tableCount
)

// A spec says what a table is: its columns, each "name" or "name AFFINITY" (TEXT where none is named), behind group_id; by which
// times its rows are told; and what it holds, in both languages.
type spec struct {
	name            string
	columns         string
	times           times
	french, english string
}

type times uint8

const (
	timeless  times = iota
	byKnown         // known_from, known_to
	byBoth          // and valid_from, valid_to before them
	ungrouped       // without group_id
)

var specs = [tableCount]spec{
	metaTable: {
		"meta", "name, number INTEGER, recorded, known INTEGER, root, origin, checkpoint, program, form", timeless,
		"de quel registre, jusqu'à quel événement, et par quoi on le vérifie", "of which register, up to which event, and by what that is checked",
	},
	questionTable: {
		"question", "at, known INTEGER", timeless,
		"le couple que posent les vues : un jour, et le numéro du dernier événement connu ; à changer par UPDATE", "the pair that the views ask: a day, and the number of the last event that is known; to be changed by UPDATE",
	},
	eventsTable: {
		"events", "number INTEGER, type, version INTEGER, effective, day, recorded, actor, on_behalf_of, corrects INTEGER, illustrative, command, id, body", timeless,
		"chaque événement, tel qu'il est gardé (body : ses octets, en JSON)", "every event, as it is kept (body: its bytes, JSON)",
	},
	evidenceTable: {
		"evidence", "event INTEGER, kind, reference, sha256", timeless,
		"les pièces que les événements citent", "the documents that events name",
	},
	membersTable: {
		"members", "member, name, since, event INTEGER", byBoth,
		"les membres", "the members",
	},
	rolesTable: {
		"roles", "member, role", byBoth,
		"les rôles des membres", "the roles of members",
	},
	heirsTable: {
		"heirs", "member, ordered_on, heir", byBoth,
		"pour qui compte ce qu'un membre a commandé (heir NULL : indéterminé ; ordered_on NULL : quel que soit le jour)", "for whom counts what a member ordered (heir NULL: undetermined; ordered_on NULL: whatever the day)",
	},
	bodiesTable: {
		"bodies", "body, name, live INTEGER, replaced_by, since, event INTEGER", byBoth,
		"les instances (live 0 : elle n'est plus)", "the bodies (live 0: it is no more)",
	},
	weightsTable: {
		"weights", "body, member, weight, units INTEGER, unit INTEGER, undetermined INTEGER, event INTEGER", byBoth,
		"les voix : exactes en texte, et en entiers (units / unit, un seul unit pour une instance)", "the voices: exact as text, and in integers (units / unit, one unit for a body)",
	},
	statedTable: {
		"stated_totals", "body, stated_total, event INTEGER", byBoth,
		"les totaux qu'un document annonce : des citations", "the totals that a document states: quotations",
	},
	votingRulesTable: {
		"voting_rules", "body, kind, french, english, since, event INTEGER", byBoth,
		"les règles de vote, en phrases", "the voting rules, in sentences",
	},
	obligationsTable: {
		"obligations", "article, basis, text", byBoth,
		"les obligations citées", "the obligations quoted",
	},
	avenantsTable: {
		"avenants", "text, title, status, since, stated_day, sha256, approved INTEGER, signed INTEGER, of INTEGER, complete INTEGER, event INTEGER", byBoth,
		"la convention et les avenants, et où ils en sont", "the convention and the avenants, and how far they have come",
	},
	approvalsTable: {
		"approvals", "text, member, must_approve INTEGER, must_sign INTEGER, approved INTEGER, other_text INTEGER, fallen INTEGER, signed INTEGER, deliberation INTEGER, signature INTEGER", byBoth,
		"la part de chaque membre dans un texte", "each member's part in a text",
	},
	agreementsTable: {
		"agreements", "agreement, title, contractor, siret, launched, valid INTEGER, orderers, ended_by INTEGER, end_reason, event INTEGER", byBoth,
		"les accords-cadres", "the framework agreements",
	},
	periodsTable: {
		"agreement_periods", "agreement, period_from, period_to, ceiling, set_by INTEGER, event INTEGER", byBoth,
		"leurs périodes et leurs plafonds", "their periods and ceilings",
	},
	schoolsTable: {
		"schools", "school, name, kind, department, address, open INTEGER, into_school, merged INTEGER, since, event INTEGER", byBoth,
		"les établissements", "the schools",
	},
	schoolLinksTable: {
		"school_links", "school, goes_on_as, kind", byBoth,
		"sous quel UAI un établissement continue, et de quelle nature il est alors", "under which UAI a school goes on, and of what kind it then is",
	},
	formsTable: {
		"order_forms", "order_number, member, agreement, issued, period_from, period_to, overlap_reason, ceiling_reason, event INTEGER", byKnown,
		"les bons de commande, tels qu'ils furent émis", "the order forms, as they were issued",
	},
	formChangesTable: {
		"order_changes", "order_number, change, effective, reason, event INTEGER", byKnown,
		"ce qui leur est arrivé ensuite : amended, cancelled, received", "what became of them: amended, cancelled, received",
	},
	linesTable: {
		"order_lines", "order_number, event INTEGER, issue INTEGER, member, agreement, begins, school_year, school, cycle, headcount INTEGER, headcount_kind, headcount_day, unit_price", byBoth,
		"les lignes des bons de commande, et quand elles comptent (headcount NULL : inconnu, jamais 0)", "the lines of order forms, and when they count (headcount NULL: unknown, never 0)",
	},
	duplicatesTable: {
		"double_counts", "order_number, event INTEGER, school, cycle, headcount INTEGER, later_event INTEGER", byBoth,
		"les lignes qui comptent dans le brut seulement, parce qu'un bon plus récent a les mêmes élèves", "the lines that count in gross only, since a later order form has the same pupils",
	},
	stepsTable: {
		"enrolment_steps", "known INTEGER, valid_from, valid_to, gross INTEGER, distinct_pupils INTEGER, unknown INTEGER, lines INTEGER", timeless,
		"les effectifs, jour après jour où ils changent, connu au numéro known", "the enrolment, from each day on which it changes, as known at the number known",
	},
	sittingsTable: {
		"sittings", "sitting, body, day, deadline, mode, place, second_of, status, reason, convened INTEGER, opened INTEGER, ended INTEGER, minutes_approved INTEGER, minutes_sha256", byKnown,
		"les séances", "the sittings",
	},
	itemsTable: {
		"items", "sitting, item, kind, title, sha256, status, part_of, postponed_to, reason, defined INTEGER, event INTEGER", byKnown,
		"les points des ordres du jour", "the items of agendas",
	},
	proxiesTable: {
		"proxies", "sitting, grantor, holder, items, event INTEGER, ended INTEGER", byKnown,
		"les pouvoirs (items NULL : pour tous les points)", "the proxies (items NULL: for all items)",
	},
	votesTable: {
		"votes", "vote INTEGER, sitting, item, body, ballot, written INTEGER, second_notice INTEGER, second_round INTEGER, rule_set INTEGER, rule_french, rule_english, put INTEGER, closed INTEGER, cancelled_reason, decision INTEGER, outcome, option, tie INTEGER, members_for INTEGER, members_against INTEGER, members_abstain INTEGER, members_not_voted INTEGER, members_present INTEGER, members_total INTEGER, voices_for, voices_against, voices_abstain, voices_not_voted, voices_present, voices_total", byKnown,
		"les votes, par l'événement qui ouvrit chacun, avec ce qui fut proclamé", "the votes, by the event that opened each, with what was proclaimed",
	},
	rollsTable: {
		"rolls", "vote INTEGER, member, presence, holder, weight", byKnown,
		"l'appel nominal de chaque vote, arrêté à son ouverture", "the roll of each vote, fixed as it was opened",
	},
	ballotsTable: {
		"ballots", "vote INTEGER, member, sense, weight, part INTEGER", byKnown,
		"comment chaque membre a voté en public ; d'un scrutin secret, rien", "how each member voted in public; of a secret ballot nothing",
	},
	secretTable: {
		"secret_counts", "vote INTEGER, sense, weight, members INTEGER", byKnown,
		"le dépouillement des scrutins secrets, par sens et par poids, une fois clos", "the count of secret ballots, by sense and weight, once they are closed",
	},
	optionsTable: {
		"vote_options", "vote INTEGER, option, members INTEGER, voices", byKnown,
		"ce qu'a obtenu chaque option d'un choix", "what each option of a choice obtained",
	},
	decisionsTable: {
		"decisions", "decision INTEGER, body, day, title, outcome, option, tie INTEGER, asserted INTEGER, sitting, item, kind, vote INTEGER, sha256, voices_for, voices_against, voices_abstain, legal, later INTEGER, annulled_from, annulled_by INTEGER, annulled_unless, published, received, binds", byBoth,
		"les décisions, par l'événement qui proclame ou rapporte chacune, et leur état en droit", "the decisions, by the event that proclaims or asserts each, and what they are in law",
	},
	documentsTable: {
		"documents", "sha256, kind, media_type, reference, size INTEGER, since, event INTEGER, erased_by INTEGER, erased_reason, erased_order", byBoth,
		"les documents déposés (leurs octets n'y sont pas)", "the documents that were added (their bytes are not here)",
	},
	findingsTable: {
		"findings", "at, known INTEGER, ordinal INTEGER, code, severity, name, subject, french, english, rule, illustrative INTEGER, answered INTEGER", timeless,
		"ce qu'un audit constate, au couple (at, known)", "what an audit finds, at the pair (at, known)",
	},
	findingEventsTable: {
		"finding_events", "ordinal INTEGER, event INTEGER", timeless,
		"les événements de chaque constat", "the events of each finding",
	},
	tablesTable: {
		"tables", "name, french, english", ungrouped,
		"cette liste", "this list",
	},
}

func (s *spec) sqlColumns() (columns []sqlite.Column) {
	if s.times != ungrouped {
		columns = append(columns, sqlite.Column{Name: "group_id", Affinity: sqlite.String})
	}
	columns = append(columns, parseColumns(s.columns)...)
	if s.times == byBoth {
		columns = append(columns, parseColumns("valid_from, valid_to")...)
	}
	if s.times == byBoth || s.times == byKnown {
		columns = append(columns, parseColumns("known_from INTEGER, known_to INTEGER")...)
	}
	return columns
}
