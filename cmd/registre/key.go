package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"registre/eventstore"
	"registre/eventstore/archive"
)

// keyFile is where the key of the house lies.
func (h house) keyFile() string { return cmp.Or(h.Key, filepath.Join(h.Data, keyFile)) }

// openArchive opens the archive beside the stream, which belongs to it then. A rotation of the key that was begun is finished, or
// the key that it was to bring is dropped.
func (h house) openArchive(ctx context.Context, key *archive.Key, stream eventstore.Store, logger *slog.Logger) (*archive.Store, error) {
	next, err := archive.ReadNextKey(h.keyFile())
	if err != nil {
		return nil, err
	}
	s, err := archive.Open(ctx, filepath.Join(h.Data, archiveDir), key, stream, archive.Options{Logger: logger, Next: next})
	if errors.Is(err, archive.ErrNextKey) {
		return nil, failure("key-missing", archive.NextKey(h.keyFile()), err)
	}
	if err != nil || next == nil {
		return s, err
	}
	if err := h.settleKey(next, s.PublicKey()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// settleKey ends a rotation, and keeps a second copy of the archive's rotations in the data folder: nobody can make one anew.
func (h house) settleKey(next *archive.Key, inForce archive.PublicKey) error {
	if err := archive.CopyRotations(filepath.Join(h.Data, archiveDir), h.Data); err != nil {
		return err
	}
	return archive.SettleKey(h.keyFile(), next, inForce)
}

func (a *app) keyVerb() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "The key that signs the registers, and its rotation"}
	cmd.AddCommand(a.keyShowVerb(), a.keyRotateVerb())
	return cmd
}

// keyAnswer is the key in force, and those before it.
type keyAnswer struct {
	Earlier []earlierKey `json:"earlier"` // the newest first
	Key     string       `json:"key"`
	Origin  string       `json:"origin"`
	Since   *rotationRow `json:"since,omitempty"` // the rotation that brought it; none for the first key
}

// earlierKey is a key that was replaced.
type earlierKey struct {
	Key   string       `json:"key"`
	Since *rotationRow `json:"since,omitempty"`
	Until rotationRow  `json:"until"`
}

// rotationRow is one rotation of the key.
type rotationRow struct {
	Event    uint64 `json:"event"` // its number in the house register
	Reason   string `json:"reason"`
	Recorded string `json:"recorded"`
	Size     uint64 `json:"size"` // of the last checkpoint that the key before it has signed
}

func rowOf(r *archive.Rotation) *rotationRow {
	if r == nil {
		return nil
	}
	return &rotationRow{Event: r.Envelope.Number, Reason: r.Reason(), Recorded: r.Envelope.Recorded.String(), Size: r.Last.Size}
}

func (a *app) keyShowVerb() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "The public key in force, since when, and the keys before it",
		Long: `The public key that signs the registers, as a C2SP verifier key (vkey): the line that whoever verifies, a witness and a monitor
need. Behind it the keys that it replaced, and up to which size of the log of heads each has signed: beyond that it is nobody's.
It reads the files of the archive alone, so a backup or a copy tells it as well.`,
		Args: exactly(0), PreRun: a.orDemo,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.keyShow() },
	}
}

func (a *app) keyShow() error {
	if a.nats != "" {
		return misuse("archive-unkept", "", "")
	}
	if _, err := os.Stat(filepath.Join(a.data, archiveDir)); err != nil {
		return misuse("no-folder", a.data, a.data)
	}
	key, err := a.publicKey("")
	if err != nil {
		return err
	}
	keys, err := a.keychain(key)
	if err != nil {
		return err
	}
	answer := keyAnswer{Key: archive.FormatPublicKey(key), Origin: key.Name(), Earlier: []earlierKey{}}
	var since *archive.Rotation
	for _, r := range keys.Rotations() {
		answer.Earlier = append([]earlierKey{{Key: archive.FormatPublicKey(r.From), Since: rowOf(since), Until: *rowOf(&r)}}, answer.Earlier...)
		since = &r
	}
	answer.Since = rowOf(since)
	if a.asJSON {
		return a.json(answer)
	}
	a.showKeys(answer)
	return nil
}

// keychain is the keys that lead to key, as the archive's rotations prove it.
func (a *app) keychain(key archive.PublicKey) (archive.Keychain, error) {
	rotations, err := archive.Rotations(filepath.Join(a.data, archiveDir))
	return archive.NewKeychain(rotations, key), err
}

func (a *app) showKeys(answer keyAnswer) {
	a.printf("%s\n", answer.Key)
	if answer.Since == nil {
		a.printf("%s\n", a.tr("La première clé de ce registre.", "The first key of this register."))
		return
	}
	a.printf(a.tr("Depuis %[2]s (registre #%[1]d) : %[3]s\n", "Since %[2]s (registre #%[1]d): %[3]s\n"), answer.Since.Event, answer.Since.Recorded, plain(answer.Since.Reason))
	a.printf("\n%s\n", a.tr("Clés remplacées : chacune a signé jusqu'à cette taille du journal des têtes, et rien de plus.",
		"Keys that were replaced: each has signed up to this size of the log of heads, and nothing more."))
	for _, k := range answer.Earlier {
		a.printf("%s  ≤ %d\n", k.Key, k.Until.Size)
	}
}
