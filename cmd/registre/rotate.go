package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// rotateAnswer is what became of the key.
type rotateAnswer struct {
	DryRun bool   `json:"dry_run,omitzero"`
	Event  uint64 `json:"event,omitzero"` // the number of the rotation in the house register
	Key    string `json:"key,omitempty"`  // the new one
	Old    string `json:"old"`
	Origin string `json:"origin"`
	Reason string `json:"reason"`
	Size   uint64 `json:"size,omitzero"` // of the last checkpoint that the old one has signed
}

func (a *app) keyRotateVerb() *cobra.Command {
	var reason string
	var dryRun bool
	cmd := &cobra.Command{
		Use: "rotate --reason REASON", Short: "Put a new key in the place of the one that signs the registers",
		Long: `Make a new key and sign with it from now on. The old key's last checkpoint covers an event that names the new one, and a receipt of
that event is kept in the archive: whoever has only the old public key can check every step to the newest. Then every published
checkpoint is signed again, and the old private key is gone. Receipts and checkpoints given out before stay good.

It can be cut off at any point: the next opening of the folder finishes it. With --key FILE the new key takes that file's place.
What a verifier, a witness or a monitor must be told is printed. If the old key may be in other hands, tell them at once, by
another way: until they know, they cannot tell the thief from the house.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.rotateKey(cmd.Context(), nfc(reason), dryRun) },
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why the key is changed")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

func (a *app) rotateKey(ctx context.Context, reason string, dryRun bool) error {
	if a.nats != "" {
		return misuse("key-beside", "", "")
	}
	if reason == "" {
		return misuse("flag-missing", "--reason", "")
	}
	b, err := a.workbench(ctx, false, false)
	if err != nil {
		return err
	}
	q := Question{Kind: "rotate-key", More: asking("reason", reason, "dry-run", yes(dryRun))}
	if !dryRun {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		q.More["id"] = id.String()
		if q.More["actor"], err = b.actor(ctx); err != nil {
			return err
		}
	}
	return ask(ctx, a, q, func(answer rotateAnswer) error { a.showRotation(answer); return nil })
}

func (a *app) showRotation(r rotateAnswer) {
	if r.DryRun {
		a.printf(a.tr("Une clé nouvelle serait mise à la place de\n  %[1]s\nRien n'a été fait.\n", "A new key would be put in the place of\n  %[1]s\nNothing was done.\n"), r.Old)
		return
	}
	a.printf(a.tr(
		"La clé de %[1]s est changée (registre #%[2]d). L'ancienne a signé jusqu'à la taille %[3]d, et rien au-delà.\n\n",
		"The key of %[1]s is changed (registre #%[2]d). The old one has signed up to size %[3]d, and nothing beyond.\n\n",
	), r.Origin, r.Event, r.Size)
	a.printf(a.tr(
		"À donner à qui vérifie, à chaque témoin et à chaque moniteur, qui l'ajoutent à l'ancienne :\n  %[1]s\n",
		"Give this to whoever verifies, and to every witness and monitor, to add it to the old one:\n  %[1]s\n",
	), r.Key)
	a.printf(a.tr("Elle remplace :\n  %[1]s\n", "It takes the place of:\n  %[1]s\n"), r.Old)
	a.printf("%s\n", a.tr("Garder la nouvelle clé à part, hors de toute sauvegarde du dossier. L'ancienne peut être détruite partout : elle ne signe plus rien.",
		"Keep the new key apart, out of every backup of the folder. The old one can be destroyed everywhere: it signs nothing more."))
}

// rotateKey answers "rotate-key". Once begun it is carried through, whoever still listens.
func (l *local) rotateKey(ctx context.Context, q Question) (json.RawMessage, error) {
	switch {
	case l.archive == nil:
		return nil, misuse("archive-unkept", "", "")
	case l.house == nil: // each process beside a server has a key of its own, and the house register speaks of one
		return nil, misuse("key-beside", "", "")
	}
	l.rotating.Lock()
	defer l.rotating.Unlock()
	ctx = context.WithoutCancel(ctx)
	if q.More["dry-run"] != "" {
		old := l.archive.PublicKey()
		return encode(rotateAnswer{DryRun: true, Old: archive.FormatPublicKey(old), Origin: old.Name(), Reason: q.More["reason"]})
	}
	id, err := uuid.Parse(q.More["id"])
	if err != nil {
		return nil, inFlag("uuid-form", "id", q.More["id"])
	}
	if answer, err := l.rotation(id); err == nil {
		return answer, nil // what was asked is asked again when the process that was asked is gone
	}
	if err := l.rotate(ctx, id, q.More["actor"], q.More["reason"]); err != nil {
		return nil, err
	}
	return l.rotation(id)
}

// rotate does the steps of a rotation; see [archive.Store.Rotate].
func (l *local) rotate(ctx context.Context, id uuid.UUID, actor, reason string) error {
	file, old := l.house.keyFile(), l.archive.PublicKey()
	next, err := l.nextKey(file, old)
	if err != nil {
		return err
	}
	_, err = l.ledger.Do(ctx, domain.Command{
		ID: id, Group: domain.House, Actor: actor, Effective: domain.OnDay(domain.InstantOf(l.now()).Day()),
		Act: &domain.KeyRotated{NewKey: vkey(next.PublicKey), OldKey: vkey(old), Reason: reason},
	})
	if err != nil {
		if neverWritten(err) {
			err = errors.Join(err, archive.SettleKey(file, next, old))
		}
		return err
	}
	if err := l.archive.Rotate(ctx, next); err != nil {
		return failure("key-unfinished", file, err)
	}
	if err := l.house.settleKey(next, l.archive.PublicKey()); err != nil {
		return failure("key-unfinished", file, err)
	}
	return nil
}

func vkey(k archive.PublicKey) domain.VerifierKey {
	return domain.VerifierKey(archive.FormatPublicKey(k))
}

// neverWritten says whether an error of recording proves that nothing was recorded, nor will be.
func neverWritten(err error) bool {
	var malformed *domain.Malformed
	var refusal *domain.Refusal
	var reused *eventstore.ReusedError
	return errors.As(err, &malformed) || errors.As(err, &refusal) || errors.As(err, &reused) || errors.Is(err, eventstore.ErrNotWritten)
}

// nextKey makes the key that is to replace the old one, in a file beside it. One that an attempt before has left, of which this
// process does not know how it ended, is settled by opening the folder anew.
func (l *local) nextKey(file string, old archive.PublicKey) (*archive.Key, error) {
	left, err := archive.ReadNextKey(file)
	if err != nil {
		return nil, err
	}
	if left != nil {
		return nil, failure("key-unfinished", archive.NextKey(file), archive.ErrUnfinished)
	}
	next, err := archive.GenerateKey(old.Name())
	if err != nil {
		return nil, err
	}
	return next, archive.WriteKey(archive.NextKey(file), next)
}

// rotation is the answer to a command that was carried out.
func (l *local) rotation(id uuid.UUID) (json.RawMessage, error) {
	all, err := archive.Rotations(filepath.Join(l.house.Data, archiveDir))
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.Envelope.Command == id {
			return encode(rotateAnswer{
				Event: r.Envelope.Number, Key: archive.FormatPublicKey(r.To), Old: archive.FormatPublicKey(r.From), Origin: r.To.Name(), Reason: r.Reason(), Size: r.Last.Size,
			})
		}
	}
	return nil, failure("key-unfinished", l.house.keyFile(), archive.ErrUnfinished)
}
