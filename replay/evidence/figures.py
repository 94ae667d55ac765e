#!/usr/bin/env python3
"""Count anew what this register says:   python3 figures.py [--at 2022-06-21] [--known '#41'] [--json]

From the events alone (folder group), and by the rules that they themselves state, this program computes

  - the weights (voix) of each member in each body,
  - the enrolment (effectifs): gross, distinct, and how many headcounts are unknown,
  - the outcome of each vote with its voices and members, and what became of each decision in law,

on a day (--at), as known at a number of the register, at an instant, or at the end of a day in Paris (--known). Without these
it takes the day and the number of about.json, and then also compares the tables that came with this file. It shares no line
with the program that keeps the register. Python 3.8 or newer; nothing to install, no network. Whether the events are genuine
is another question: verify.py answers that.

It ends with 0; with 1 where a vote counts otherwise than was proclaimed, or a table says otherwise.
"""
import bisect, csv, datetime, json, os, re, struct, sys
from fractions import Fraction
from math import gcd

HERE = os.path.dirname(os.path.abspath(__file__))
LANG = "en"


def say(french, english, *what):
    return (french if LANG == "fr" else english).format(*what)


# ---------------------------------------------------------------------------------------------------------------------------
# 1. The events, as they were kept: in bundles of 256, each event after its length in two bytes.

def read_events():
    with open(os.path.join(HERE, "group", "checkpoint"), "rb") as f:
        size = int(f.read().split(b"\n")[1])
    for first in range(0, size, 256):
        number, width = first // 256, min(256, size - first)
        name = "%03d" % (number % 1000)
        while number >= 1000:
            number //= 1000
            name = "x%03d/%s" % (number % 1000, name)
        if width < 256:
            name += ".p/%d" % width
        with open(os.path.join(HERE, "group", "tile", "entries", *name.split("/")), "rb") as f:
            data = f.read()
        at = 0
        while at < len(data):
            length = struct.unpack_from(">H", data, at)[0]
            yield json.loads(data[at + 2:at + 2 + length].decode("utf-8"))
            at += 2 + length


# ---------------------------------------------------------------------------------------------------------------------------
# 2. What may be known. A number counts as it is. An instant stands for all that was recorded by then, and a day for its end
#    in Paris: there the clock is two hours ahead of UTC from the last Sunday of March to that of October, otherwise one.

def last_sunday(year, month):
    day = datetime.date(year, month, 31)
    return day - datetime.timedelta(days=(day.weekday() + 1) % 7)


def end_of_day_in_paris(text):
    following = datetime.date.fromisoformat(text) + datetime.timedelta(days=1)
    summer = last_sunday(following.year, 3) < following <= last_sunday(following.year, 10)
    midnight = datetime.datetime(following.year, following.month, following.day) - datetime.timedelta(hours=2 if summer else 1)
    return midnight - datetime.timedelta(microseconds=1)


def known_number(text, events):
    if text.startswith("#"):
        return int(text[1:])
    if len(text) == 10:
        instant = end_of_day_in_paris(text)
    else:
        instant = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(datetime.timezone.utc)
    limit = instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return sum(1 for e in events if e["recorded"] <= limit)


# ---------------------------------------------------------------------------------------------------------------------------
# 3. Corrections. An event is never changed. A correction names it and says it anew, or voids it; the last correction that
#    stands decides. A correction can be corrected in its turn.

def with_corrections(events):
    """What each event says, by its number: type, effective, data. What is void is not there."""
    corrections, said = {}, {}
    for e in events:
        target = e["data"].get("target", 0) if e["type"] == "event-corrected" else 0
        if 0 < target < e["number"]:
            corrections.setdefault(target, []).append(e["number"])
    for e in reversed(events):  # a correction has a higher number than what it corrects
        says = {"type": e["type"], "effective": e["effective"], "data": e["data"]}
        for number in reversed(corrections.get(e["number"], [])):
            correction = said.get(number)
            if correction and correction["type"] == "event-corrected":
                says = correction["data"].get("replacement")
                break
        if says:
            said[e["number"]] = says
    return said


# ---------------------------------------------------------------------------------------------------------------------------
# 4. Places in time. What takes effect is ordered by its day, then by the number of the event that says it, then by its rank in
#    that event: so what is said later about the same day prevails. Of a month or a year the first day counts.

ALWAYS = float("inf")


def first_day(effective):
    return effective + "-01-01"[len(effective) - 4:] if len(effective) < 10 else effective


def end_of(day):
    """After all that takes effect on a day."""
    return day, ALWAYS, ALWAYS


def just_before(place):
    return place[0], place[1], place[2] - 0.5


class Timeline:
    """What is so from one place on, until the next one says otherwise."""

    def __init__(self):
        self.values, self.places = {}, None

    def mark(self, place, value):
        self.values[place], self.places = value, None

    def in_order(self):
        if self.places is None:
            self.places = sorted(self.values)
        return self.places

    def all(self):
        return [(place, self.values[place]) for place in self.in_order()]

    def on(self, place):
        """The last entry at or before a place: (place, value), or None."""
        reached = bisect.bisect_right(self.in_order(), place)
        return (self.places[reached - 1], self.values[self.places[reached - 1]]) if reached else None


# ---------------------------------------------------------------------------------------------------------------------------
# 5. The register: all that its events say, on timelines.

class Register:
    def __init__(self, events):
        self.original = {e["number"]: e for e in events}
        self.said = with_corrections(events)
        self.standing = {}   # of each member: is it one, and by which succession did that begin or end
        self.bodies = {}     # of each body: does it exist
        self.tables = {}     # of each body: the table of weights that was set
        self.own = {}        # of each (body, member): a weight apart from the tables
        self.schools = {}    # of each school: the code under which it goes on, or None
        self.issues, self.amendments, self.cancellations = {}, {}, {}  # of each order form
        self.sittings = {}   # of each sitting: what happened in it
        self.decisions = {}  # by their numbers: the place, and what was proclaimed or asserted
        self.drafts = {s["data"]["avenant"]: s for _, s in sorted(self.said.items()) if s["type"] == "avenant-drafted"}
        self.annulments = self.read_annulments()
        for number, s in sorted(self.said.items()):
            self.take(s["type"], s["data"], (first_day(s["effective"]), number, 0))

    def mark(self, timelines, key, place, value):
        timelines.setdefault(key, Timeline()).mark(place, value)

    def take(self, kind, data, place):
        """Mark what an act says, at its place. Acts that bear on no figure here are passed over."""
        kind = kind.split("/")[0]
        known = {
            "group-founded": self.take_changes, "avenant-entered-into-force": self.take_avenant,
            "member-joined": self.take_joined, "member-withdrew": self.take_withdrew, "members-succeeded": self.take_succession,
            "body-created": self.take_body, "body-renamed": self.take_body, "body-replaced": self.take_body, "body-dissolved": self.take_body,
            "weights-set": self.take_table,
            "school-opened": self.take_school, "school-described": self.take_school, "school-closed": self.take_school,
            "schools-merged": self.take_school, "school-moved": self.take_school,
            "order-issued": self.take_order, "order-amended": self.take_order, "order-cancelled": self.take_order,
            "decision-proclaimed": self.take_decision, "decision-asserted": self.take_decision,
        }
        if kind in known:
            known[kind](data, place, kind)
        if "sitting" in data and "item" in data:
            self.mark(self.sittings, data["sitting"], place, (kind, data))

    # A convention brings its changes in with the founding; an avenant brings those of its draft in when it enters into force.
    def take_changes(self, data, place, kind):
        for rank, change in enumerate(data.get("changes", []), 1):
            self.take(change["change"], change, (place[0], place[1], rank))

    def take_avenant(self, data, place, kind):
        if data["avenant"] in self.drafts:
            self.take_changes(self.drafts[data["avenant"]]["data"], place, kind)

    def take_joined(self, data, place, kind):
        self.mark(self.standing, data["member"], place, (True, None))
        for w in data.get("weights", []):
            self.mark(self.own, (w["body"], data["member"]), place, ("given", Fraction(w["weight"])))

    def take_withdrew(self, data, place, kind):
        self.mark(self.standing, data["member"], place, (False, None))

    def take_succession(self, data, place, kind):
        """Predecessors end, successors begin. Of each body the policy says what becomes of the weights: they are added up (sum),
        those of one are kept (keep), or new ones are set; where it does not say one, it is undetermined."""
        for member in data["predecessors"]:
            self.mark(self.standing, member, place, (False, data))
        for successor in data["successors"]:
            member = successor["member"]
            self.mark(self.standing, member, place, (True, data))
            for policy in data.get("policies", []):
                if policy["way"] == "sum":
                    value = "inherited", data["predecessors"]
                elif policy["way"] == "keep":
                    value = "inherited", [policy["of"]]
                else:
                    given = [w["weight"] for w in policy.get("weights", []) if w["member"] == member]
                    value = ("given", Fraction(given[-1])) if given else ("undetermined", None)
                self.mark(self.own, (policy["body"], member), place, value)

    def take_body(self, data, place, kind):
        self.mark(self.bodies, data["body"], place, kind in ("body-created", "body-renamed"))
        if kind == "body-replaced":
            self.mark(self.bodies, data["by"], place, True)

    def take_table(self, data, place, kind):
        """The whole table of a body: who is not in it holds nothing."""
        self.mark(self.tables, data["body"], place, {w["member"]: Fraction(w["weight"]) for w in data.get("weights", [])})

    def take_school(self, data, place, kind):
        if kind == "schools-merged":
            for school in data["schools"]:
                self.mark(self.schools, school, place, data["into"])
        elif kind == "school-moved":
            self.mark(self.schools, data["to"], place, None)
            self.mark(self.schools, data["school"], place, data["to"])
        else:
            self.mark(self.schools, data["school"], place, None)

    def take_order(self, data, place, kind):
        into = {"order-issued": self.issues, "order-amended": self.amendments, "order-cancelled": self.cancellations}[kind]
        self.mark(into, data["number"], place, data)

    # A decision that was adopted makes the changes of its item, unless a court has said that it never was.
    def take_decision(self, data, place, kind):
        self.decisions[place[1]] = place, kind, data
        if kind == "decision-proclaimed" and data["outcome"] == "adopted" and not self.annulled_from_start(place[1]):
            item = self.item(data["defined"], data["item"])
            if item:
                self.take_changes(item, place, kind)

    def item(self, number, name):
        """An item as the event says it that defined it last."""
        s = self.said.get(number)
        if not s or s["type"] in ("item-added", "item-amended"):
            return s and s["data"]
        items = s["data"].get({"sitting-convened": "agenda", "item-divided": "parts"}.get(s["type"]), [])
        return next((i for i in items if i["item"] == name), None)

    def read_annulments(self):
        """The annulments of each decision that were not lifted, in the order of their days."""
        lifted = {s["data"]["annulment"] for s in self.said.values() if s["type"] == "annulment-lifted"}
        found = {}
        for number, s in self.said.items():
            if s["type"] == "decision-annulled" and number not in lifted:
                found.setdefault(s["data"]["decision"], []).append((first_day(s["effective"]), number, s["data"]))
        return {decision: [data for _, _, data in sorted(all, key=lambda a: a[:2])] for decision, all in found.items()}

    def annulled_from_start(self, number):
        return any("from" not in a for a in self.annulments.get(number, []))


# ---------------------------------------------------------------------------------------------------------------------------
# 6. Weights. A weight counts while its holder is a member and the body exists. The table that was last set in the body gives
#    it, unless the member has joined with a weight of its own, or succeeded to one, since.

UNDETERMINED = "undetermined"


def weight(register, body, member, place):
    """The weight of a member in a body at a place: a number, UNDETERMINED, or None where it holds none."""
    standing = register.standing[member].on(place)
    if not standing or not standing[1][0]:
        return None
    table = register.tables[body].on(place) if body in register.tables else None
    own = register.own[body, member].on(place) if (body, member) in register.own else None
    if own and own[0] >= standing[0] and (not table or table[0] < own[0]):
        return own_weight(register, body, own)
    return table[1].get(member) if table else None


def own_weight(register, body, own):
    """A weight apart from the table. One that is inherited is the sum of what the predecessors had just before."""
    place, (way, value) = own
    if way == "given":
        return value
    if way == "undetermined":
        return UNDETERMINED
    parts = [weight(register, body, m, just_before(place)) for m in value if m in register.standing]
    parts = [p for p in parts if p is not None]
    if UNDETERMINED in parts:
        return UNDETERMINED
    return sum(parts) if parts else None


def weights_by_body(register, day):
    result, place = {}, end_of(day)
    for body, life in sorted(register.bodies.items()):
        exists = life.on(place)
        if exists and exists[1]:
            rows = {m: weight(register, body, m, place) for m in sorted(register.standing)}
            result[body] = {m: w for m, w in rows.items() if w is not None}
    return result


# ---------------------------------------------------------------------------------------------------------------------------
# 7. Enrolment. An order form counts from the first day of its period until the day before the last, or before it is cancelled.
#    Amendments add lines, put others in their place, and take lines out, each from its own day on. A line is the pupils of a
#    school in one cycle. Where lines of two order forms have the same pupils, that of the later order counts, and the other
#    does so in gross alone: of the later day, and of two on one day that with the higher number in the register.

class Line:
    def __init__(self, order, school, cycle, count, begins, ends):
        self.order, self.school, self.cycle, self.count, self.begins, self.ends = order, school, cycle, count, begins, ends

    def counts(self, day):
        return self.begins <= day < self.ends


class Order:
    """An order form as it now stands: who ordered when, and all lines that it ever had."""

    def __init__(self, register, number):
        (self.day, self.event, _), data = register.issues[number].on(end_of("9999-12-31"))
        self.number, self.member, self.begins = number, data["member"], min(self.day, data["from"])
        ends = [place[0] for place, _ in register.cancellations[number].all()] if number in register.cancellations else []
        ends = min(ends + [data["until"]])
        self.lines = [Line(self, *key, data["from"], ends) for key in read_lines(data["lines"])]
        now = {(line.school, line.cycle): line for line in self.lines}
        for place, change in register.amendments[number].all() if number in register.amendments else []:
            gone = [(school, block["cycle"]) for block in change.get("removed", []) for school in block["schools"].split(",")]
            come = [Line(self, *key, max(data["from"], place[0]), ends) for key in read_lines(change.get("added", []) + change.get("replaced", []))]
            for key, line in [((line.school, line.cycle), line) for line in come] + [(key, None) for key in gone]:
                if now.get(key):
                    now[key].ends = min(now[key].ends, place[0])
                now[key] = line
            self.lines += come

    def later(self, other):
        return (self.day, self.event) > (other.day, other.event)


def read_lines(blocks):
    """(school, cycle, headcount) of each line of some blocks; a headcount that is unknown is None, and never 0."""
    for block in blocks:
        for entry in block["headcounts"].split(","):
            school, count = entry.split(" ")
            yield school, block["cycle"], None if count == "?" else int(count)


def school_on(register, school, day):
    """The code that a school has on a day, after however many moves and mergers."""
    last = ("", 0, 0)
    while school in register.schools:
        entry = register.schools[school].on(end_of(day))
        if not entry or entry[1] is None or entry[0] <= last:
            break
        last, school = entry
    return school


def same_pupils(register, a, b):
    """Two lines of different order forms, of one cycle, whose school is the same on the first day on which both count."""
    first = max(a.begins, b.begins)
    if a.order is b.order or a.cycle != b.cycle or first >= min(a.ends, b.ends):
        return False
    return school_on(register, a.school, first) == school_on(register, b.school, first)


def heirs(register, member, place, day):
    """For whom counts on a day what a member had at a place: itself, or those who succeeded to it, however often."""
    if member not in register.standing:
        return {member}
    end = end_of(day)
    then = register.standing[member].on(place)
    if then and not then[1][0] and then[1][1]:
        left = then
    else:
        left = next((e for e in register.standing[member].all() if e[0] > place and e[0] <= end and not e[1][0]), None)
    if not left or not left[1][1]:
        return {member}
    place = max(place, left[0])
    return set().union(*(heirs(register, s["member"], place, day) for s in left[1][1]["successors"]))


def enrolment(register, day):
    """In all (under None), and by the member for which it counts ("" where that is undetermined, after a split)."""
    lines = [line for number in register.issues for line in Order(register, number).lines if line.begins < line.ends]
    there = [line for line in lines if line.counts(day)]
    by_school, result = {}, {None: nothing()}
    for line in there:
        by_school.setdefault((line.school, line.cycle), []).append(line)
    for line in there:
        others = (o for school in kin(register, line.school) for o in by_school.get((school, line.cycle), []))
        taken = any(o.order.later(line.order) and same_pupils(register, o, line) for o in others)
        for_whom = heirs(register, line.order.member, end_of(line.order.begins), day)
        key = for_whom.pop() if len(for_whom) == 1 else ""
        add_line(result[None], line, taken)
        add_line(result.setdefault(key, nothing()), line, taken)
    return result


def kin(register, school):
    """All codes that a school ever went on under, or went on from: only lines of these can have its pupils."""
    if not hasattr(register, "kin"):
        register.kin = {}
        for u, timeline in register.schools.items():
            for _, to in timeline.all():
                if to is not None:
                    both = register.kin.get(u, {u}) | register.kin.get(to, {to})
                    for each in both:
                        register.kin[each] = both
    return register.kin.get(school, {school})


def nothing():
    return {"gross": 0, "distinct": 0, "unknown": 0, "lines": 0}


def add_line(total, line, taken):
    total["lines"] += 1
    total["gross"] += line.count or 0
    if not taken:
        total["distinct"] += line.count or 0
        total["unknown"] += line.count is None


# ---------------------------------------------------------------------------------------------------------------------------
# 8. Votes. When an item is put to vote, the register fixes who votes, with which weights, who is there, and under which rule.
#    From that, and from the votes cast, the outcome follows.

class Amount:
    """A number of voices, and of members (heads)."""

    def __init__(self, weights=Fraction(0), heads=0):
        self.weights, self.heads = weights, heads

    def __add__(self, other):
        return Amount(self.weights + other.weights, self.heads + other.heads)

    def of(self, measure):
        return self.heads if measure == "heads" else self.weights


class Threshold:
    """As it is spelled: "weights cast >1/2", "heads total >=2/3 min 4", "weights total min 7.5"."""

    def __init__(self, text):
        m = re.fullmatch(r"(weights|heads) (cast|present|total)(?: (>=?)(\S+))?(?: min (\S+))?", text)
        self.measure, self.base = m.group(1), m.group(2)
        self.strict, self.share = m.group(3) == ">", Fraction(m.group(4) or 0)
        self.minimum = Fraction(m.group(5) or 0)

    def reached(self, part, base):
        """Whether a part of a base reaches it; and whether it misses it only because it is exactly the share, not more."""
        part, share = part.of(self.measure), self.share * base.of(self.measure)
        if part < self.minimum:
            return False, False
        return part > share or part == share and not self.strict, part == share and self.strict


def thresholds(texts):
    return [Threshold(text) for text in texts or []]


class Vote:
    def __init__(self, opened):
        self.opened, self.rule = opened, opened["rule"]
        self.options = opened.get("options", [])
        self.senses = self.options or ["for", "against"]
        self.seats = {m: (Fraction(line["weight"]), line["presence"]) for line in opened["roll"] for m in line["members"]}
        self.votes = {}      # how each has voted, in public: [(sense, weight)]
        self.undivided = {}  # the same, of those who have voted in one sense
        self.marked = []     # who has voted in secret
        self.closed = False
        self.unit = 1        # all weights of the roll are whole multiples of 1/unit
        for w, _ in self.seats.values():
            self.unit = self.unit * w.denominator // gcd(self.unit, w.denominator)

    def takes_part(self, member):
        presence = self.seats[member][1]
        return presence in ("present", "represented") or presence == "absent" and bool(self.opened.get("written"))

    def cast(self, member, sense, parts=()):
        """A vote that does not count changes nothing: of who takes no part, a second one where the first is final, in a sense
        that there is none of, or in parts that do not make up the whole weight."""
        if member not in self.seats or not self.takes_part(member):
            return
        if member in self.votes and self.rule["ballot"] != "changeable":
            return
        whole = self.seats[member][0]
        if not parts:
            if sense in self.senses + ["abstain"]:
                self.votes[member], self.undivided[member] = [(sense, whole)], sense
            return
        parts = [(p["sense"], Fraction(p["weight"])) for p in parts]
        fits = all(s in self.senses + ["abstain"] and w > 0 and (w * self.unit).denominator == 1 for s, w in parts)
        if self.rule["voices"] == "divided" and fits and sum(w for _, w in parts) == whole:
            self.votes[member] = parts
            self.undivided.pop(member, None)

    def hear(self, kind, data):
        """What is said next of the item. It ends when the vote is closed or cancelled."""
        if kind == "votes-cast":
            for v in data["votes"]:
                self.cast(v["member"], v.get("sense"), v.get("parts", ()))
        elif kind == "voters-marked":
            self.marked += [m for m in data["members"] if m in self.seats and m not in self.marked]
        elif kind in ("vote-closed", "vote-cancelled"):
            self.closed = True
            if kind == "vote-closed" and self.rule["ballot"] == "secret":
                self.reveal(data.get("counts", []))

    def reveal(self, counts):
        """The counts of a secret ballot: of those with one weight it makes no difference who voted in which sense."""
        left = {}
        for m in self.marked:
            left.setdefault(self.seats[m][0], []).append(m)
        for c in counts:
            for _ in range(c["votes"]):
                same = left.get(Fraction(c["weight"]), [])
                if same:
                    self.cast(same.pop(0), c["sense"])

    # What was counted.
    def in_sense(self, sense):
        total = Amount()
        for parts in self.votes.values():
            for i, (s, w) in enumerate(parts):
                if s == sense:
                    total += Amount(w, 1 if i == 0 else 0)  # a member whose voices are divided is one head all the same
        return total

    def seated(self, such):
        return sum((Amount(w, 1) for m, (w, presence) in self.seats.items() if such(m, presence)), Amount())

    def base(self, name):
        if name == "cast":  # for and against, or for any option: without abstentions
            return sum((self.in_sense(s) for s in self.senses), Amount())
        if name == "present":
            if self.opened.get("written"):
                return self.base("cast") + self.in_sense("abstain")
            return self.seated(lambda m, _: self.takes_part(m))
        return self.seated(lambda m, _: True)

    def quorum_reached(self):
        quorum = self.rule["quorum"]
        if self.opened.get("second_notice") and "second_notice" in self.rule:
            quorum = self.rule["second_notice"]
        there = self.seated(lambda _, presence: presence == "present" or presence == "represented" and quorum.get("counts") == "represented")
        if self.opened.get("written"):
            there = self.base("present")
        return all(t.reached(there, self.base("total"))[0] for t in thresholds(quorum.get("thresholds")))

    def casting_vote(self):
        """In which sense whoever breaks ties has voted; None where nobody can, or where those voices were divided."""
        return self.undivided.get(self.opened.get("casting"))

    def amounts(self):
        """What a proclamation says beside the outcome: how many voices and members for what, by its names."""
        silent = self.seated(lambda m, _: self.takes_part(m) and m not in self.votes)
        return {
            "for": Amount() if self.options else self.in_sense("for"), "against": Amount() if self.options else self.in_sense("against"),
            "abstain": self.in_sense("abstain"), "not_voted": silent, "present": self.base("present"), "total": self.base("total"),
        }

    def differs(self, proclaimed):
        """The names of the amounts that were proclaimed otherwise than they are counted here."""
        def is_so(amount, said):
            return amount.heads == said["heads"] and amount.weights == Fraction(said["weight"])
        wrong = [name for name, amount in self.amounts().items() if not is_so(amount, proclaimed[name])]
        said = proclaimed.get("options", [])
        if len(said) != len(self.options) or not all(is_so(self.in_sense(o), s) for o, s in zip(self.options, said)):
            wrong.append("options")
        return sorted(wrong)

    def outcome(self):
        """(outcome, option elected, whether there was a tie)"""
        if not self.quorum_reached():
            return "no-quorum", None, False
        return self.choice() if self.options else self.resolution()

    def resolution(self):
        """Adopted where something is for it, all of the majority is reached by what is for it, and no blocking minority by what
        is against it. A tie is as much for as against, or exactly half where more than half is asked for; only the latter can be
        broken by a casting vote."""
        majority, blocking = thresholds(self.rule["majority"]), thresholds(self.rule.get("blocking"))
        yes, no = self.in_sense("for"), self.in_sense("against")
        measure = majority[0].measure
        if yes.of(measure) == 0:
            return "rejected", None, False
        tie, half = yes.of(measure) == no.of(measure), False
        for i, t in enumerate(majority):
            reached, just = t.reached(yes, self.base(t.base))
            if i == 0 and just and t.share == Fraction(1, 2):
                half = True
            elif not reached:
                return "rejected", None, tie or half
        if any(t.reached(no, self.base(t.base))[0] for t in blocking):
            return "rejected", None, tie or half
        if not half:
            return "adopted", None, tie
        if self.rule["tie"]["way"] == "unresolved":
            return "unresolved", None, True
        if self.rule["tie"]["way"] == "casting" and self.casting_vote() == "for":
            return "adopted", None, True
        return "rejected", None, True

    def choice(self):
        """Of the options that can be elected the one with the most: all of them by plurality and in a second round, otherwise those
        that reach the majority."""
        majority = thresholds(self.rule["majority"])
        measure, plurality = majority[0].measure, bool(self.opened.get("second_round")) or self.rule["choice"] == "plurality"
        amounts = {o: self.in_sense(o) for o in self.options}
        able = [o for o, a in amounts.items() if a.of(measure) > 0 and (plurality or all(t.reached(a, self.base(t.base))[0] for t in majority))]
        most = max((amounts[o].of(measure) for o in able), default=0)
        best = [o for o in able if amounts[o].of(measure) == most]
        if not best:
            return "rejected" if plurality else "second-round", None, False
        if len(best) == 1:
            return "elected", best[0], False
        if self.rule["tie"]["way"] == "unresolved":
            return "unresolved", None, True
        breaks = self.casting_vote() if self.rule["tie"]["way"] == "casting" else None
        if breaks in amounts and amounts[breaks].of(measure) == most:
            return "elected", breaks, True
        return "rejected", None, True


def recounted(register, decision):
    """The vote of a decision, heard anew from its opening on; None where the register does not hold it any more."""
    opened = register.said.get(decision["vote"])
    if not opened or opened["type"] != "vote-opened":
        return None
    data = opened["data"]
    if data["item"] != decision["item"] or data["sitting"] != decision["sitting"] or not data["rule"].get("majority"):
        return None
    vote = Vote(data)
    behind = first_day(opened["effective"]), decision["vote"] + 1, 0
    for place, (kind, said) in register.sittings[decision["sitting"]].all():
        if place < behind or said["item"] != decision["item"]:
            continue
        if kind == "vote-opened" or kind == "decision-proclaimed" and said["vote"] == decision["vote"]:
            vote.closed = vote.closed or kind == "decision-proclaimed"
            break
        vote.hear(kind, said)
        if vote.closed:
            break
    return None if data["rule"]["ballot"] == "secret" and not vote.closed else vote


def in_law(register, number, outcome, day):
    """A judgment says what was so all along: an annulment from the beginning counts on whatever day is asked about. A first round
    without a majority, a tie that nothing breaks, and a vote without a quorum have decided nothing."""
    annulments = register.annulments.get(number, [])
    if register.annulled_from_start(number):
        return "annulled"
    if annulments and annulments[-1]["from"] <= day:
        return "annulled-from"
    return "no-result" if outcome in ("second-round", "unresolved", "no-quorum") else "stands"


def decisions(register, day):
    result = []
    for number, (place, kind, data) in sorted(register.decisions.items(), key=lambda d: d[1][0]):
        if place[0] > day:
            continue
        vote = recounted(register, data) if kind == "decision-proclaimed" else None
        result.append({
            "number": number, "day": place[0], "body": data["body"], "outcome": data["outcome"], "option": data.get("option"), "tie": bool(data.get("tie")),
            "asserted": kind == "decision-asserted", "recount": vote and list(vote.outcome()), "differs": vote.differs(data) if vote else [], "legal": in_law(register, number, data["outcome"], day),
        })
    return result


# ---------------------------------------------------------------------------------------------------------------------------
# 9. The answer.

def spelled(w):
    """A weight as the register spells it: a finite decimal as such, another as a reduced fraction."""
    if w == UNDETERMINED:
        return None
    rest, twos, fives = w.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return "%d/%d" % (w.numerator, w.denominator)
    digits = max(twos, fives)
    text = str(w.numerator * 10**digits // w.denominator).zfill(digits + 1)
    return text[:len(text) - digits] + ("." + text[len(text) - digits:] if digits else "")


def answer(events, day, known):
    register = Register([e for e in events if e["number"] <= known])
    enrolled = enrolment(register, day)
    return {
        "at": day, "known": known,
        "weights": {body: {m: spelled(w) for m, w in rows.items()} for body, rows in weights_by_body(register, day).items()},
        "enrolment": dict(enrolled.pop(None), by_member=enrolled),
        "decisions": decisions(register, day),
    }


AMOUNTS = {"for": "pour", "against": "contre", "abstain": "abstentions", "not_voted": "sans vote", "present": "présents", "total": "total", "options": "choix"}


def differing(decision):
    counted = decision["recount"]
    return counted is not None and (counted != [decision["outcome"], decision["option"], decision["tie"]] or bool(decision["differs"]))


def told(decision):
    amounts = [say(AMOUNTS[name], name.replace("_", " ")) for name in decision["differs"]]
    return "  !! " + ", ".join(amounts) if differing(decision) else ""


def show(a):
    print(say("État au {}, connu au n° {}, d'après les seuls événements.", "On {}, as known at number {}, from the events alone.", a["at"], a["known"]))
    for body, rows in a["weights"].items():
        print("\n" + say("Voix, {} :", "Weights, {}:", body))
        for member, w in rows.items():
            print("  %-32s %s" % (member, say("indéterminées", "undetermined") if w is None else w))
        if rows and None not in rows.values():
            print("  %-32s %s" % ("=", spelled(sum(Fraction(w) for w in rows.values()))))
    print("\n" + say("Effectifs : membre, distinct, inconnus, brut", "Enrolment: member, distinct, unknown, gross"))
    for member, e in sorted(a["enrolment"]["by_member"].items()) + [("=", a["enrolment"])]:
        print("  %-32s %10d %6d %10d" % (member or "?", e["distinct"], e["unknown"], e["gross"]))
    print("\n" + say("Décisions : proclamé, recompté, en droit", "Decisions: proclaimed, counted anew, in law"))
    for d in a["decisions"]:
        counted = say("affirmée sans vote", "asserted without a vote") if d["asserted"] else "?" if d["recount"] is None else d["recount"][0]
        print("  #%-6d %s %-12s %-14s %-22s %s%s" % (d["number"], d["day"], d["body"], d["outcome"], counted, d["legal"], told(d)))


def compare_tables(a):
    """The tables that came along, against what was counted: what differs, in words."""
    def rows(name):
        with open(os.path.join(HERE, "tables", name), encoding="utf-8-sig", newline="") as f:
            text = f.read()
        return list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))
    wrong = []
    table = {(r[1], r[2]): None if r[4] else r[3].replace(",", ".") for r in rows("weights.csv")[1:]}
    if table != {(body, m): w for body, all in a["weights"].items() for m, w in all.items()}:
        wrong.append("tables/weights.csv")
    e = a["enrolment"]
    if [int(n) for n in rows("enrolment.csv")[1][1:5]] != [e["distinct"], e["unknown"], e["gross"], e["lines"]]:
        wrong.append("tables/enrolment.csv")
    head, *decided = rows("decisions.csv")
    code = head.index("code du résultat" if "code du résultat" in head else "outcome_code")
    if {int(r[0][1:]): r[code] for r in decided} != {d["number"]: d["outcome"] for d in a["decisions"]}:
        wrong.append("tables/decisions.csv")
    return wrong


def main(arguments):
    global LANG
    with open(os.path.join(HERE, "about.json"), encoding="utf-8") as f:
        about = json.load(f)
    LANG = about["lang"]
    words = [a for a in arguments if a != "--json"]
    asked = dict(zip(words[::2], words[1::2]))
    if set(asked) - {"--at", "--known"} or len(words) % 2:
        print(__doc__)
        return 2
    events = list(read_events())
    a = answer(events, asked.get("--at", about["at"]), known_number(asked.get("--known", "#%d" % about["known"]), events))
    wrong = compare_tables(a) if (a["at"], a["known"]) == (about["at"], about["known"]) else []
    if "--json" in arguments:
        print(json.dumps(a, sort_keys=True))
    else:
        show(a)
        for name in wrong:
            print("  !! " + say("{} dit autre chose.", "{} says otherwise.", name))
    return 1 if wrong or any(differing(d) for d in a["decisions"]) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
