package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"registre/domain"
	"registre/eventstore/archive"
	"registre/eventstore/witness"
)

// What concerns witnesses in a data folder.
const (
	policyFile = "policy"       // whose cosignatures are asked for, and which are needed: C2SP tlog-policy
	alarmsFile = "alarms.jsonl" // contradictions that stand
)

// How long witnesses are waited for.
const (
	witnessTimeout = 10 * time.Second       // until a command is answered as not yet witnessed; --witness-timeout prevails
	firstWord      = 2 * time.Second        // before the first recording, so that a register that they contradict is not written on
	lastWord       = 2 * time.Second        // at the end, by whoever has recorded something
	passingBy      = 500 * time.Millisecond // at the end, by whoever has not
)

// readWitnessPolicy reads a policy.
func readWitnessPolicy(file string) (*archive.Policy, error) {
	text, err := readSmall(file, archive.MaxPolicy)
	if err != nil {
		return nil, err
	}
	p, err := archive.ParsePolicy(text)
	if at := new(archive.PolicyError); errors.As(err, &at) {
		f := misuse("witness-policy-form", file, at.Cause)
		f.File, f.Line = file, at.Line
		return nil, f
	}
	return p, err
}

// policyOf reads the policy that was named, or the one in a data folder; nil where there is neither.
func policyOf(named, data string) (*archive.Policy, error) {
	if named != "" {
		return readWitnessPolicy(named)
	}
	file := filepath.Join(data, policyFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return readWitnessPolicy(file)
}

// startRounds begins to have the register witnessed, where there is a policy.
func (l *local) startRounds(o deskOptions) error {
	policy, err := policyOf(o.Policy, o.Data)
	if err != nil || policy == nil || l.archive == nil {
		return err
	}
	if name := l.archive.PublicKey().Name(); !policy.TakesLog(name) {
		return misuse("witness-policy-other", name, name)
	}
	l.rounds, err = witness.StartRounds(l.archive, policy, witness.RoundsOptions{Logger: o.journal(), Alarms: filepath.Join(o.Data, alarmsFile)})
	return err
}

// mayRecord says why nothing more is recorded: a witness that the quorum counts contradicts the register.
func (l *local) mayRecord(ctx context.Context) error {
	if l.rounds == nil || l.rounds.Policy().Quorum == archive.NoQuorum {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	l.rounds.Ready(ctx)
	if against := l.rounds.Contradicted(); against != nil {
		f := contradictedFault(witness.Alarm{Witness: against.Witness, Theirs: against.Theirs, Ours: against.Ours})
		return f
	}
	return nil
}

// contradictedFault says that a witness contradicts the register.
func contradictedFault(a witness.Alarm) *Fault {
	name := "contradicted"
	if a.Theirs > a.Ours {
		name = "older-copy"
	}
	return &Fault{Exit: exitDamage, Code: codeOf(name), Name: name, Subject: a.Witness, Detail: againstWhat(a)}
}

// contradicts says whether an error says what an alarm would.
func contradicts(err error) bool {
	f := new(Fault)
	return errors.As(err, &f) && (f.Name == "older-copy" || f.Name == "contradicted")
}

// againstWhat is what a witness has, and what is here.
func againstWhat(a witness.Alarm) string { return fmt.Sprintf("%d > %d", a.Theirs, a.Ours) }

// awaitWitnesses waits until what was recorded is witnessed as the policy wants it.
func (l *local) awaitWitnesses(ctx context.Context, group domain.GroupID, first, last uint64) error {
	if l.rounds == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, witnessTimeoutOf(ctx))
	defer cancel()
	err := l.rounds.Await(ctx, group, last)
	if !errors.Is(err, witness.ErrNotWitnessed) {
		return err
	}
	if against := l.rounds.Contradicted(); against != nil {
		return contradictedFault(witness.Alarm{Witness: against.Witness, Theirs: against.Theirs, Ours: against.Ours})
	}
	numbers := fmt.Sprintf("#%d", first)
	if last > first {
		numbers += fmt.Sprintf("–#%d", last)
	}
	return &Fault{Exit: exitFailed, Code: codeOf("not-witnessed"), Name: "not-witnessed", Subject: string(group), Detail: numbers}
}

// timeoutKey is under which a context says how long its command waits for witnesses.
type timeoutKey struct{}

func withWitnessTimeout(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, timeoutKey{}, d)
}

func witnessTimeoutOf(ctx context.Context) time.Duration {
	if d, ok := ctx.Value(timeoutKey{}).(time.Duration); ok {
		return d
	}
	return witnessTimeout
}

// endRounds gives the witnesses time to answer what was recorded last.
func (l *local) endRounds() {
	if l.rounds == nil {
		return
	}
	patience := passingBy
	if l.wrote.Load() {
		patience = lastWord
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l.rounds.Close(ctx)
}

// witnessesAnswer is what is known of the witnesses.
type witnessesAnswer struct {
	Newest    uint64          `json:"newest"`    // states of groups that were recorded
	Quorum    string          `json:"quorum"`    // "" where there is no policy
	Satisfied uint64          `json:"satisfied"` // up to which of them the quorum is there
	Witnesses []witnessReport `json:"witnesses"`
}

type witnessReport struct {
	Alarm string `json:"alarm,omitempty"` // the code of a contradiction that stands
	At    string `json:"at,omitempty"`    // of its newest cosignature
	Error string `json:"error,omitempty"` // of the last submission
	Name  string `json:"name"`
	Needs bool   `json:"needed,omitempty"` // it can count for the quorum
	Size  uint64 `json:"size"`
	URL   string `json:"url,omitempty"`
}

// witnesses answers "witnesses".
func (l *local) witnesses(ctx context.Context, _ Question) (json.RawMessage, error) {
	answer := witnessesAnswer{Witnesses: []witnessReport{}}
	if l.rounds == nil {
		return encode(answer)
	}
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	l.rounds.Ready(ctx)
	if signed := l.archive.Checkpoint(); signed != nil {
		newest, err := archive.UnverifiedCheckpoint(signed)
		if err != nil {
			return nil, err
		}
		answer.Newest = newest.Size
	}
	all, kept := l.rounds.Report()
	answer.Quorum, answer.Satisfied = l.rounds.Policy().Quorum, kept
	for _, r := range all {
		one := witnessReport{Name: r.Name, URL: r.URL, Size: r.Size, Needs: r.Needs}
		if !r.Time.IsZero() {
			one.At = r.Time.Format(time.RFC3339)
		}
		if r.Err != nil {
			one.Error = r.Err.Error()
		}
		if r.Alarm != nil {
			one.Alarm = contradictedFault(*r.Alarm).Code
		}
		answer.Witnesses = append(answer.Witnesses, one)
	}
	return encode(answer)
}

// sayAlarms says every contradiction that stands in the data folder and was not said yet by this run.
func (a *app) sayAlarms() {
	if a.nats != "" {
		return
	}
	alarms, _ := witness.ReadAlarms(filepath.Join(a.data, alarmsFile)) // what cannot be read, verify says
	for _, alarm := range alarms {
		if a.alarmed[alarm.Witness] {
			continue
		}
		if a.alarmed == nil {
			a.alarmed = map[string]bool{}
		}
		a.alarmed[alarm.Witness] = true
		f := contradictedFault(alarm)
		if a.asJSON {
			b, _ := json.Marshal(map[string]*Fault{"warning": a.told(f)})
			fmt.Fprintf(a.errs, "%s\n", b)
			continue
		}
		io.WriteString(a.errs, a.sentence(f)+"\n")
	}
}

// cosignedBy is one witness's cosignature, as it is told.
type cosignedBy struct {
	At      string `json:"at"`
	Name    string `json:"name"`    // in the policy
	Witness string `json:"witness"` // of its key
}

// A cosigned is a signed checkpoint and who has cosigned it, by a policy.
type cosigned struct {
	By         []cosignedBy `json:"by"`
	Checkpoint string       `json:"checkpoint"`
	Met        bool         `json:"met"` // the quorum
	Of         int          `json:"of"`  // witnesses of the policy
	Quorum     string       `json:"quorum"`
	Size       uint64       `json:"size"`
}

// cosignedUnder reads who of a policy has cosigned.
func cosignedUnder(p *archive.Policy, signed []byte) (*cosigned, error) {
	c, err := archive.UnverifiedCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	told := &cosigned{By: []cosignedBy{}, Checkpoint: string(signed), Size: c.Size}
	if p == nil {
		return told, nil
	}
	by, err := p.Cosignatures(signed)
	if err != nil {
		return nil, err
	}
	for _, one := range by {
		told.By = append(told.By, cosignedBy{At: one.Time.Format(time.RFC3339), Name: p.NameOf(one.Key), Witness: one.Key.Name()})
	}
	told.Met, told.Of, told.Quorum = p.Satisfied(by), len(p.Witnesses), p.Quorum
	return told, nil
}

// tellCosigned says who has cosigned, and when, and whether that is enough.
func (a *app) tellCosigned(c *cosigned) string {
	var names []string
	for _, one := range c.By {
		names = append(names, one.Name+" ("+one.At+")")
	}
	if c.Quorum == "" {
		return fmt.Sprintf(a.tr("Cosigné jusqu'à la taille %d ; --policy FICHIER dit par qui.", "Cosigned up to size %d; --policy FILE says by whom."), c.Size)
	}
	who := a.tr("par aucun témoin", "by no witness")
	if len(names) > 0 {
		who = a.tr("par ", "by ") + plain(strings.Join(names, ", "))
	}
	s := fmt.Sprintf(a.tr("Cosigné jusqu'à la taille %d %s ; %d sur %d.", "Cosigned up to size %d %s; %d of %d."), c.Size, who, len(c.By), c.Of)
	switch {
	case c.Quorum == archive.NoQuorum:
		return s + a.tr(" Aucun quorum n'est demandé.", " No quorum is asked for.")
	case c.Met:
		return s + fmt.Sprintf(a.tr(" Le quorum « %s » est atteint.", " The quorum %q is met."), plain(c.Quorum))
	}
	return s + fmt.Sprintf(a.tr(" Le quorum « %s » n'est pas atteint.", " The quorum %q is not met."), plain(c.Quorum))
}

// waiting says on a terminal, once it takes long, that witnesses are waited for; until the function that it gives is called. Where
// there is no policy there is nothing to say.
func (a *app) waiting() (arrived func()) {
	if p, err := policyOf(a.policy, a.data); err != nil || p == nil || terminalWidth(a.errs) == 0 {
		return func() {}
	}
	shown := make(chan struct{})
	timer := time.AfterFunc(2*time.Second, func() {
		io.WriteString(a.errs, a.tr("on attend les témoins…", "waiting for the witnesses…"))
		close(shown)
	})
	return func() {
		if !timer.Stop() {
			<-shown
			steer(a.errs, "\r\x1b[K")
		}
	}
}
