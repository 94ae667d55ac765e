package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// What a piece of evidence shows.
const (
	// Contradiction: the log's key has signed two checkpoints of one size with different roots. Both are in it, and nothing
	// else is needed to convince anybody.
	Contradiction = "contradiction"
	// Unproven: a checkpoint that the log's key has signed came with a proof that does not hold. Its sender may have garbled the
	// proof; or there is none, since history was rewritten.
	Unproven = "unproven"
)

// mostEvidence is how many pieces of each kind are kept of one log: enough to convince, and no way to fill a disk.
const mostEvidence = 100

// maxEvidence is how many bytes a piece can have: two checkpoints, in JSON.
const maxEvidence = 16 * archive.MaxSigned

// Evidence is a checkpoint that the key of a log has signed and that does not fit what was cosigned, as it is kept: a file of
// JSON in the folder evidence.
type Evidence struct {
	Kind      string    `json:"kind"` // Contradiction or Unproven
	Origin    string    `json:"origin"`
	Seen      time.Time `json:"seen"`      // when it was first submitted, in UTC
	Submitted string    `json:"submitted"` // the signed checkpoint, with the log's own signatures alone
	Cosigned  string    `json:"cosigned"`  // what the witness had cosigned last
	Old       uint64    `json:"old"`       // the size that the submission began with
	Proof     []string  `json:"proof"`     // hashes in base64
}

// suspect keeps a checkpoint that the log's key has signed and that does not fit the last one, if there is reason to. The
// caller holds the state's lock.
func (w *Witness) suspect(last State, r Request, c archive.Checkpoint, by []note.Signature, cause error) {
	e := Evidence{Origin: c.Origin, Seen: w.now().UTC().Truncate(time.Second), Cosigned: string(last.Signed), Old: r.Old, Proof: []string{}}
	switch {
	case last.Signed != nil && last.Checkpoint.Size == c.Size && last.Checkpoint.Root != c.Root:
		e.Kind = Contradiction
	case errors.Is(cause, archive.ErrNotProven):
		e.Kind = Unproven
	default:
		return
	}
	e.Submitted = string(c.Text()) + "\n"
	for _, sig := range by {
		e.Submitted += "— " + sig.Name + " " + sig.Base64 + "\n"
	}
	for _, h := range r.Proof {
		e.Proof = append(e.Proof, h.String())
	}
	w.log.Error("a checkpoint that the log has signed does not fit what was cosigned", "kind", e.Kind, "origin", c.Origin, "size", c.Size,
		"root", c.Root.String(), "cosigned_size", last.Checkpoint.Size, "cosigned_root", last.Checkpoint.Root.String())
	if err := w.keepEvidence(e, c); err != nil {
		w.log.Error("evidence could not be kept", "origin", c.Origin, "cause", err)
	}
}

// evidenceName is under which a checkpoint is kept: each content once, whoever sends it and with whatever proof.
func evidenceName(kind string, c archive.Checkpoint) string {
	sum := sha256.Sum256(c.Text())
	return OriginHash(c.Origin) + "-" + kind + "-" + hex.EncodeToString(sum[:])
}

func (w *Witness) keepEvidence(e Evidence, c archive.Checkpoint) error {
	dir := filepath.Join(w.dir, evidenceDir)
	name := evidenceName(e.Kind, c)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	n := 0
	for _, there := range entries {
		if there.Name() == name {
			return nil
		}
		if strings.HasPrefix(there.Name(), OriginHash(e.Origin)+"-"+e.Kind+"-") {
			n++
		}
	}
	if n >= mostEvidence {
		return nil // it was logged, and there is plenty
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return w.disk.place(dir, name, append(text, '\n'))
}

// clear drops the suspicion against a checkpoint that has been proved since.
func (w *Witness) clear(c archive.Checkpoint) {
	name := filepath.Join(w.dir, evidenceDir, evidenceName(Unproven, c))
	if _, err := os.Stat(name); err == nil {
		_ = w.disk.remove(name) // what stays is harmless
	}
}

// ReadEvidence gives what the witness in a folder has kept, the oldest first.
func ReadEvidence(dir string) ([]Evidence, error) {
	entries, err := os.ReadDir(filepath.Join(dir, evidenceDir))
	if err != nil {
		return nil, err
	}
	var all []Evidence
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), tempSuffix) {
			continue
		}
		text, err := atmost.File(filepath.Join(dir, evidenceDir, entry.Name()), maxEvidence)
		if err != nil {
			return nil, err
		}
		var e Evidence
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, errors.Join(ErrDamaged, err)
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b Evidence) int { return a.Seen.Compare(b.Seen) })
	return all, nil
}
