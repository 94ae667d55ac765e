package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/projections/casetest"
	"registre/replay"
)

var (
	forgeCount  = flag.Int("forge.count", 40, "how many forgeries that contradict something TestForgeries makes")
	forgeSeed   = flag.Uint64("forge.seed", 1, "of these")
	forgeRounds = flag.Int("forge.rounds", 12, "how often the same things happen in the register that is forged, about 53 events each time")
)

// A forger changes a register at a place of his choice. He has the key: his archive has valid hashes, and valid signatures.
type forger struct {
	random *rand.Rand
	es     []eventstore.Envelope
	remade bool // he has the program decide again what follows, and leaves out what it then refuses
}

// forgeries are what he does. Each gives false where the place that was drawn does not lend itself to it.
var forgeries = []struct {
	name string
	do   func(*forger) bool
}{
	{"a ballot turned", (*forger).turnBallot},
	{"a roll weight changed", (*forger).changeRoll},
	{"a headcount raised", (*forger).raiseHeadcount},
	{"an approval invented", (*forger).inventApproval},
	{"an event left out", (*forger).leaveOut},
	{"a backdated instant", (*forger).backdate},
	{"a proclaimed tally that does not follow", (*forger).changeTally},
	{"a command answered against its rule", (*forger).breakRule},
}

// pick draws one of the events whose act is a T.
func pick[T domain.Act](f *forger) (n int, act T) {
	var all []int
	for i := range f.es {
		if _, ok := f.es[i].Act.(T); ok {
			all = append(all, i)
		}
	}
	n = all[f.random.IntN(len(all))]
	return n, f.es[n].Act.(T)
}

func (f *forger) turnBallot() bool {
	n, act := pick[*domain.VotesCast](f)
	votes, at := slices.Clone(act.Votes), f.random.IntN(len(act.Votes))
	votes[at].Sense = map[string]string{domain.SenseFor: domain.SenseAgainst, domain.SenseAgainst: domain.SenseFor}[votes[at].Sense]
	f.es[n].Act = &domain.VotesCast{Item: act.Item, Sitting: act.Sitting, Votes: votes}
	return true
}

// changeRoll changes a line of a roll; or, where all is decided again, the table of weights from that day on.
func (f *forger) changeRoll() bool {
	n, act := pick[*domain.VoteOpened](f)
	if !f.remade {
		opened := *act
		opened.Roll = slices.Clone(act.Roll)
		opened.Roll[f.random.IntN(len(act.Roll))].Weight = casetest.W("7")
		f.es[n].Act = &opened
		return true
	}
	table := &domain.WeightsSet{Basis: "x", Body: "ag"}
	for i, m := range forgedMembers {
		table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: casetest.W(fmt.Sprint(1 + (i+1+f.random.IntN(2))%3))})
	}
	f.insert(n-1, f.es[n].Effective, table)
	return true
}

func (f *forger) raiseHeadcount() bool {
	n, act := pick[*domain.OrderIssued](f)
	order := *act
	lines := slices.Collect(order.Lines.All())
	lines[0].Headcount += domain.Headcount(1 + f.random.IntN(3000))
	packed, err := domain.PackLines(lines)
	order.Lines, f.es[n].Act = packed, &order
	return err == nil
}

// inventApproval has a member approve a text that it had not approved, or not yet, anywhere after its draft.
func (f *forger) inventApproval() bool {
	n, act := pick[*domain.AvenantDrafted](f)
	at := min(n+1+f.random.IntN(30), len(f.es))
	f.insert(at, f.es[n].Effective, &domain.MemberDeliberated{Member: forgedMembers[0], Text: act.Avenant, SHA256: act.SHA256, Reference: "invented"})
	return true
}

func (f *forger) leaveOut() bool {
	n := f.random.IntN(len(f.es))
	f.es = slices.Delete(f.es, n, n+1)
	return true
}

// backdate has an event recorded up to a day earlier; sometimes its id is made again to fit.
func (f *forger) backdate() bool {
	n := f.random.IntN(len(f.es))
	f.es[n].Recorded -= domain.Instant(1 + f.random.Int64N([]int64{600e6, 86400e6}[f.random.IntN(2)]))
	if f.remade {
		f.es[n].ID = stampedID(f.es[n].Recorded, 3)
	}
	f.remade = false
	return true
}

func (f *forger) changeTally() bool {
	n, act := pick[*domain.DecisionProclaimed](f)
	decision := *act
	if f.random.IntN(2) == 0 {
		decision.Outcome = map[string]string{domain.Adopted: domain.Rejected, domain.Rejected: domain.Adopted}[act.Outcome]
	} else {
		decision.For, decision.Against = act.Against, act.For
	}
	f.es[n].Act, f.remade = &decision, false
	return act.For != act.Against || decision.Outcome != act.Outcome
}

// breakRule gives an old command again at a place where a rule refuses it.
func (f *forger) breakRule() bool {
	from := f.random.IntN(len(f.es))
	if eventstore.FollowsByItself(f.es[from].Act) {
		return false
	}
	f.remade = false
	f.insert(from+1+f.random.IntN(len(f.es)-from), f.es[from].Effective, f.es[from].Act)
	return true
}

// insert puts a command of its own in ahead of event at, counted from 0.
func (f *forger) insert(at int, day domain.Date, act domain.Act) {
	for at < len(f.es) && eventstore.FollowsByItself(f.es[at].Act) {
		at++
	}
	e := f.es[at-1]
	recorded := e.Recorded + 60e6
	c := domain.Command{ID: stampedID(recorded, 2), Group: forgedGroup, Effective: day, Actor: "secretariat", Evidence: f.es[0].Evidence, Act: act}
	f.es = slices.Insert(f.es, at, eventstore.NewEnvelope(&c, domain.Event{Effective: day, Act: act}, 1, stampedID(recorded, 0), recorded))
}

// decidedAgain is what the program makes of the commands of a register, one by one: the register of who follows every rule. It is the
// oracle: it knows nothing of how a retrial goes about it.
func decidedAgain(es []eventstore.Envelope) []eventstore.Envelope {
	g, out := &domain.Group{}, []eventstore.Envelope{}
	for i := range es {
		c, ok := eventstore.CommandOf(&es[i])
		if !ok {
			continue
		}
		events, err := domain.Enact(g, c)
		if err != nil {
			continue // left out
		}
		for k, ev := range events {
			at, id := es[i].Recorded, es[i].ID
			if k > 0 {
				at += domain.Instant(k)
				id = stampedID(at, 0)
			}
			out = append(out, eventstore.NewEnvelope(&c, ev, uint64(len(out))+1, id, at))
		}
	}
	return out
}

// bodiesOf numbers a register and writes it.
func bodiesOf(t *testing.T, es []eventstore.Envelope) [][]byte {
	t.Helper()
	bodies := make([][]byte, len(es))
	for i := range es {
		var err error
		es[i].Number = uint64(i) + 1
		bodies[i], err = es[i].Append(nil)
		require.NoError(t, err)
	}
	return bodies
}

// consistent reports whether a register contradicts none of its own rules: it is what the program makes of its commands, its instants
// ascend, and its ids were made when they say.
func consistent(t *testing.T, es []eventstore.Envelope) bool {
	t.Helper()
	again := decidedAgain(es)
	if len(again) != len(es) {
		return false
	}
	for i := range es {
		made := domain.Instant(0)
		for _, b := range es[i].ID[:6] {
			made = made<<8 | domain.Instant(b)
		}
		apart := max(made*1000, es[i].Recorded) - min(made*1000, es[i].Recorded)
		if i > 0 && es[i].Recorded <= es[i-1].Recorded || apart > 300e6 {
			return false
		}
		again[i].Recorded, again[i].ID = es[i].Recorded, es[i].ID
	}
	return slices.EqualFunc(bodiesOf(t, again), bodiesOf(t, es), bytes.Equal)
}

// kept writes an archive of a register, and gives the checkpoint that was signed when it had the first events alone.
func kept(t *testing.T, dir string, key *archive.Key, bodies [][]byte, first int) (signed []byte) {
	t.Helper()
	s, err := archive.Open(t.Context(), dir, key, eventstore.NewMemory(), archive.Options{CutAfter: 1 << 40})
	require.NoError(t, err)
	first = min(first, len(bodies))
	for _, part := range [][2]int{{0, first}, {first, len(bodies)}} {
		var appends []eventstore.Append
		for n := part[0]; n < part[1]; n++ {
			appends = append(appends, eventstore.Append{Group: forgedGroup, After: uint64(n), Bodies: bodies[n : n+1]})
		}
		for _, err := range s.Write(t.Context(), appends) {
			require.NoError(t, err)
		}
		require.NoError(t, s.Sync(t.Context()))
		if signed == nil {
			signed = s.Checkpoint()
		}
	}
	require.NoError(t, s.Cut(t.Context()))
	require.NoError(t, s.Close())
	return signed
}

// replayedArchive is what the verb answers of an archive, with a checkpoint that the auditor has kept.
func replayedArchive(t *testing.T, dir string, key archive.PublicKey, signed []byte) replayAnswer {
	t.Helper()
	found, err := archive.Verify(t.Context(), dir, archive.VerifyOptions{Full: true, Later: true, Key: key, Kept: signed})
	require.NoError(t, err)
	now := func() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }
	aside := newReplayAside(t.TempDir())
	defer aside.remove()
	told, err := (&trial{found: found, records: found.Checked, now: now, ask: Question{Group: forgedGroup}, kept: true, aside: aside}).run(t.Context())
	require.NoError(t, err)
	answer := wholeAnswer(t, &told)
	require.Len(t, answer.Groups, 1)
	require.Nil(t, answer.Groups[0].Damage)
	return answer
}

// by says what has found something: the checkpoint, the rules, or "".
func by(answer *replayAnswer) string {
	if len(answer.Meta.Verification.Findings) > 0 {
		return "the checkpoint"
	}
	for _, f := range answer.Groups[0].Findings {
		if strings.HasPrefix(f.Code, "F08") && f.Code != replay.DecisionAnnulled.Code && f.Severity != replay.Info {
			return "the rules"
		}
	}
	return ""
}

// forge makes the forgery of a seed in a register, and gives it with what it is; nil where the place that was drawn does not lend itself to it.
func forge(seed uint64, whole []eventstore.Envelope) (*forger, string) {
	f := &forger{random: rand.New(rand.NewPCG(seed, 7)), es: slices.Clone(whole)}
	kind := forgeries[f.random.IntN(len(forgeries))]
	f.remade = f.random.IntN(2) == 0
	if !kind.do(f) {
		return nil, kind.name
	}
	if f.remade {
		f.es = decidedAgain(f.es)
	}
	return f, kind.name
}

// TestForgeries: what somebody who has the key changes in a register is found wherever the auditor's old checkpoint, or the register
// itself, says otherwise; and nothing is found where neither does.
func TestForgeries(t *testing.T) {
	oneByOne(t)
	whole := busyRegister(t, *forgeRounds)
	require.True(t, consistent(t, whole), "the register that is forged is a good one")
	key, err := archive.GenerateKey("registre.example/forged")
	require.NoError(t, err)
	first := len(whole) * 6 / 10
	dir := filepath.Join(t.TempDir(), "good")
	good := bodiesOf(t, whole)
	signed := kept(t, dir, key, good, first)
	untouched := replayedArchive(t, dir, key.PublicKey, signed)
	require.Empty(t, by(&untouched))

	tally := map[string]map[string]int{}
	for made, seed := 0, *forgeSeed; made < *forgeCount; seed++ {
		f, kind := forge(seed, whole)
		if f == nil {
			continue
		}
		bodies := bodiesOf(t, f.es)
		if slices.EqualFunc(bodies, good, bytes.Equal) {
			continue
		}
		old := !slices.EqualFunc(bodies[:min(first, len(bodies))], good[:first], bytes.Equal)
		contradicts := old || !consistent(t, f.es)
		forged := filepath.Join(t.TempDir(), fmt.Sprint(seed))
		kept(t, forged, key, bodies, first)
		answer := replayedArchive(t, forged, key.PublicKey, signed)
		who := by(&answer)
		require.Equal(t, contradicts, who != "", "seed %d: %s, remade %v", seed, kind, f.remade)
		require.Equal(t, old, who == "the checkpoint", "seed %d: %s", seed, kind)
		if contradicts {
			made++
		}
		if tally[kind] == nil {
			tally[kind] = map[string]int{}
		}
		tally[kind][who]++
		require.NoError(t, os.RemoveAll(forged))
	}
	for _, kind := range forgeries {
		of := tally[kind.name]
		t.Logf("%-42s by the checkpoint %4d, by the rules %4d, by nobody %4d", kind.name, of["the checkpoint"], of["the rules"], of[""])
	}
	t.Logf("%d events, %d before the checkpoint", len(whole), first)
}
