package analyst

import "strings"

// A view answers a common question at the pair that stands in the table question.
type view struct {
	name, query     string
	french, english string
}

// counts says in SQL that rows hold at the pair of the question: those of the name that $ stands for. known alone leaves the days
// out.
const (
	known  = `$.group_id = q.group_id AND $.known_from <= q.known AND ($.known_to IS NULL OR q.known < $.known_to)`
	counts = known + ` AND $.valid_from <= q.at AND ($.valid_to IS NULL OR q.at < $.valid_to)`
)

func holding(condition, name string) string { return strings.ReplaceAll(condition, "$", name) }

// current is a view of the rows of a table that hold at the pair, told by what $ is not in the condition.
func current(table, columns, condition string) string {
	return "SELECT x." + strings.Join(append([]string{"group_id"}, strings.Fields(columns)...), ", x.") +
		" FROM question q JOIN " + table + " x ON " + holding(condition, "x")
}

var views = []view{
	{"members_at", current("members", "member name since event", counts), "les membres, au couple", "the members, at the pair"},
	{"bodies_at", current("bodies", "body name since event", counts) + " AND x.live", "les instances, au couple", "the bodies, at the pair"},
	{
		"weights_at",
		`SELECT w.group_id, w.body, b.name AS body_name, w.member, m.name AS member_name, w.weight, w.units, w.unit, w.undetermined, w.event, e.illustrative
FROM question q JOIN weights w ON ` + holding(counts, "w") + `
LEFT JOIN events e ON e.group_id = w.group_id AND e.number = w.event
LEFT JOIN bodies b ON b.body = w.body AND ` + holding(counts, "b") + `
LEFT JOIN members m ON m.member = w.member AND ` + holding(counts, "m") + `
ORDER BY w.group_id, w.body, w.member`,
		"qui avait combien de voix, au couple", "who had how many voices, at the pair",
	},
	{
		"totals_at",
		`SELECT t.*, s.stated_total FROM (
SELECT q.group_id, q.at, q.known, w.body, count(*) AS members, sum(w.undetermined) AS undetermined,
CASE WHEN sum(w.undetermined) = 0 THEN sum(w.units) END AS units, max(w.unit) AS unit,
CASE WHEN sum(w.undetermined) = 0 THEN sum(w.units) * 1.0 / max(w.unit) END AS total, count(e.illustrative) AS illustrative
FROM question q JOIN weights w ON ` + holding(counts, "w") + ` LEFT JOIN events e ON e.group_id = w.group_id AND e.number = w.event GROUP BY q.group_id, w.body) t
JOIN question q ON q.group_id = t.group_id
LEFT JOIN stated_totals s ON s.body = t.body AND ` + holding(counts, "s"),
		"les voix de chaque instance en tout, et le total annoncé, au couple", "the voices of each body in all, and the stated total, at the pair",
	},
	{
		"lines_at",
		`SELECT l.group_id, l.order_number, l.event, l.agreement, l.school_year, l.member AS ordered_by, h.heir AS counts_for, l.school,
coalesce(k.goes_on_as, l.school) AS school_now, k.kind AS school_kind, l.cycle, l.headcount, l.headcount_kind, d.event IS NOT NULL AS counted_twice, e.illustrative
FROM question q JOIN order_lines l ON ` + holding(counts, "l") + `
LEFT JOIN events e ON e.group_id = l.group_id AND e.number = l.event
LEFT JOIN double_counts d ON d.event = l.event AND d.school = l.school AND d.cycle = l.cycle AND ` + holding(counts, "d") + `
LEFT JOIN heirs h ON h.member = l.member AND (h.ordered_on IS NULL OR h.ordered_on = l.begins) AND ` + holding(counts, "h") + `
LEFT JOIN school_links k ON k.school = l.school AND ` + holding(counts, "k"),
		"les lignes qui comptent, au couple", "the lines that count, at the pair",
	},
	{
		"enrolment_at",
		`SELECT q.group_id, q.at, q.known, coalesce(sum(l.headcount), 0) AS gross, ` + distinct + ` AS distinct_pupils,
` + unknown + ` AS unknown, count(l.event) AS lines, count(l.illustrative) AS illustrative FROM question q LEFT JOIN lines_at l ON l.group_id = q.group_id GROUP BY q.group_id`,
		"combien d'élèves, au couple : brut, distincts, effectifs inconnus", "how many pupils, at the pair: gross, distinct, unknown headcounts",
	},
	{"enrolment_by_member_at", enrolmentBy("counts_for"), "les mêmes, par membre pour lequel elles comptent (NULL : indéterminé)", "the same, by the member for which they count (NULL: undetermined)"},
	{"enrolment_by_school_at", enrolmentBy("school_now"), "les mêmes, par établissement", "the same, by school"},
	{
		"decisions_at",
		`SELECT x.group_id, x.decision, x.body, x.day, x.title, x.outcome, x.option, x.tie, x.asserted, x.sitting, x.item, x.vote,
coalesce(v.voices_for, x.voices_for) AS voices_for, coalesce(v.voices_against, x.voices_against) AS voices_against,
coalesce(v.voices_abstain, x.voices_abstain) AS voices_abstain, v.voices_present, v.voices_total, v.rule_french, v.rule_english,
x.legal, x.later, x.annulled_from, x.annulled_by, x.annulled_unless, x.published, x.received, x.binds, e.illustrative
FROM question q JOIN decisions x ON ` + holding(counts, "x") + `
LEFT JOIN events e ON e.group_id = x.group_id AND e.number = x.decision
LEFT JOIN votes v ON v.vote = x.vote AND ` + holding(known, "v") + `
ORDER BY x.group_id, x.day, x.decision`,
		"ce qui fut décidé, par quel vote, et ce qu'il en est en droit, au couple", "what was decided, by which vote, and what it is in law, at the pair",
	},
}

const (
	distinct = `coalesce(sum(CASE WHEN NOT l.counted_twice THEN l.headcount END), 0)`
	unknown  = `coalesce(sum(l.headcount IS NULL AND NOT l.counted_twice AND l.event IS NOT NULL), 0)`
)

func enrolmentBy(column string) string {
	return `SELECT l.group_id, l.` + column + `, coalesce(sum(l.headcount), 0) AS gross, ` + distinct + ` AS distinct_pupils, ` + unknown +
		` AS unknown, count(*) AS lines, count(l.illustrative) AS illustrative FROM lines_at l GROUP BY l.group_id, l.` + column
}
