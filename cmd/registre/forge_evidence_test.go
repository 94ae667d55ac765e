package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/projections"
	"registre/replay/evidence"
)

var evidenceCount = flag.Int("forge.evidence", 24, "how many forgeries that contradict something TestForgedEvidence makes; -forge.seed and -forge.rounds count here too")

// What the programs of an evidence file can find of a forgery.
const (
	foundByCheckpoint = "verify.py, by the checkpoint"
	foundByChain      = "verify.py, by the chain"
	foundByFigures    = "figures.py"
	foundByReplay     = "replay alone"
	foundByNobody     = "nobody"
)

// figuresFinds are the forgeries that figures.py finds wherever the register contradicts itself.
var figuresFinds = []string{"a ballot turned", "a roll weight changed", "a proclaimed tally that does not follow"}

// evidenceOf is the evidence file of a forged archive, unpacked: its operator has restored it, and hands out what comes of it.
func evidenceOf(t *testing.T, dir, key string) string {
	t.Helper()
	house := filepath.Join(dir, "house")
	out, exit := shown(t, house, "restore", filepath.Join(dir, "backup"), "--key", key)
	require.Zero(t, exit, out)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "backup")))
	out, exit = shown(t, house, "evidence", forgedGroup, filepath.Join(dir, "e.zip"), "--at", "2025-01-01", "--key", key)
	require.Zero(t, exit, out)
	require.NoError(t, unpacked(filepath.Join(dir, "e.zip"), filepath.Join(dir, "e")))
	require.NoError(t, os.RemoveAll(house))
	return filepath.Join(dir, "e")
}

// spliced is an evidence file that the operator has made by hand, where the program does not make it: that of another register of
// his, with the logs of the forged one in their place.
func spliced(t *testing.T, honest, dir string) string {
	t.Helper()
	to := filepath.Join(dir, "e")
	require.NoError(t, os.CopyFS(to, os.DirFS(honest)))
	for _, log := range []string{"group", "heads"} {
		require.NoError(t, os.RemoveAll(filepath.Join(to, log)))
	}
	x, err := archive.NewExtract(filepath.Join(dir, "backup", archiveDir), forgedGroup)
	require.NoError(t, err)
	var logs bytes.Buffer
	w := evidence.NewWriter(&logs)
	each := func(uint64, []byte) error { return nil }
	require.NoError(t, w.PutLogs(t.Context(), x, each, func(uint64) {}))
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "logs.zip"), logs.Bytes(), 0o600))
	require.NoError(t, unpacked(filepath.Join(dir, "logs.zip"), to))
	resum(t, to)
	return to
}

// recountsOtherwise reports whether a vote counts otherwise than it was proclaimed. It is the oracle of figures.py.
func recountsOtherwise(es []eventstore.Envelope) bool {
	g := &domain.Group{}
	for i := range es {
		g = domain.Evolve(g, es[i].Event())
	}
	known := uint64(len(es))
	return slices.ContainsFunc(es, func(e eventstore.Envelope) bool {
		r := projections.Recount(g, known, e.Number)
		return r != nil && !r.Same
	})
}

// instantsGoBack reports whether an event was recorded before the one before it, or with it. It is the oracle of the chain.
func instantsGoBack(es []eventstore.Envelope) bool {
	for i := 1; i < len(es); i++ {
		if es[i].Recorded <= es[i-1].Recorded {
			return true
		}
	}
	return false
}

// TestForgedEvidence: what an operator who has the key changes is in the evidence file that he then hands out, and the two programs in it find
// it there: verify.py by the auditor's old checkpoint, whatever it is; and of what came after that, instants that go back. figures.py finds
// every vote that counts otherwise than was proclaimed.
func TestForgedEvidence(t *testing.T) {
	oneByOne(t)
	needsPython(t)
	whole := busyRegister(t, *forgeRounds)
	key, err := archive.GenerateKey("registre.example/forged")
	require.NoError(t, err)
	keyFile := filepath.Join(t.TempDir(), "key")
	require.NoError(t, archive.WriteKey(keyFile, key))
	first := len(whole) * 6 / 10
	good := bodiesOf(t, whole)
	honest := ""
	handedOut := func(es []eventstore.Envelope) (string, []byte) {
		dir := t.TempDir()
		signed := kept(t, filepath.Join(dir, "backup", archiveDir), key, bodiesOf(t, es), first)
		if instantsGoBack(es) { // the program restores none such
			return spliced(t, honest, dir), signed
		}
		return evidenceOf(t, dir, keyFile), signed
	}
	var signed []byte
	honest, signed = handedOut(whole)
	require.Equal(t, foundByNobody, foundIn(t, honest, signed, whole, false, false))

	wanted := *evidenceCount
	if testing.Short() {
		wanted = min(wanted, 6)
	}
	tally := map[string]map[string]int{}
	for made, seed := 0, *forgeSeed; made < wanted; seed++ {
		f, kind := forge(seed, whole)
		if f == nil {
			continue
		}
		bodies := bodiesOf(t, f.es)
		if slices.EqualFunc(bodies, good, bytes.Equal) {
			continue
		}
		old := !slices.EqualFunc(bodies[:min(first, len(bodies))], good[:first], bytes.Equal)
		against := !consistent(t, f.es)
		dir, _ := handedOut(f.es)
		who := foundIn(t, dir, signed, f.es, old, against)
		t.Logf("seed %d: %s, remade %v: %s", seed, kind, f.remade, who)
		if against && !old && slices.Contains(figuresFinds, kind) {
			require.Equal(t, foundByFigures, who, "seed %d: %s", seed, kind)
		}
		if who != foundByNobody {
			made++
		}
		if tally[kind] == nil {
			tally[kind] = map[string]int{}
		}
		tally[kind][who]++
		require.NoError(t, os.RemoveAll(filepath.Dir(dir)))
	}
	for _, kind := range forgeries {
		of := tally[kind.name]
		t.Logf("%-42s checkpoint %4d, chain %4d, figures %4d, replay alone %4d, nobody %4d", kind.name,
			of[foundByCheckpoint], of[foundByChain], of[foundByFigures], of[foundByReplay], of[foundByNobody])
	}
}

// foundIn runs both programs on a forged register: old, if it is another one before the auditor's checkpoint; against, if it is
// against its own rules. What they find must be what there is for them to find.
func foundIn(t *testing.T, dir string, signed []byte, es []eventstore.Envelope, old, against bool) string {
	t.Helper()
	back, otherwise := instantsGoBack(es), recountsOtherwise(es)
	said, exit := python(t, dir, "verify.py")
	require.Equal(t, back, exit == 1, "alone: %s", said)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "old-checkpoint"), signed, 0o644))
	said, exit = python(t, dir, "verify.py")
	require.Equal(t, old || back, exit == 1, "with the old checkpoint: %s", said)
	if old {
		require.Contains(t, said, "old-checkpoint")
	}
	counted, exit := python(t, dir, "figures.py")
	require.Equal(t, otherwise, exit == 1, counted)
	switch {
	case old:
		return foundByCheckpoint
	case otherwise:
		return foundByFigures
	case back:
		return foundByChain
	case against:
		return foundByReplay
	}
	return foundByNobody
}
