package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// backupAnswer is what a backup has taken, and what it holds, read back.
type backupAnswer struct {
	Bytes     int64        `json:"bytes"` // copied now
	Documents copiedPapers `json:"documents"`
	Events    uint64       `json:"events"`
	Files     int          `json:"files"` // copied now
	Groups    int          `json:"groups"`
	Root      string       `json:"root"`
	Size      uint64       `json:"size"` // of the log of heads
	To        string       `json:"to"`
}

func (a *app) backupVerb() *cobra.Command {
	return &cobra.Command{
		Use: "backup DIR", Short: "Copy the archive and the documents to another folder, what is new alone, and read it back",
		Long: `Copy the archive, which holds every event, into DIR/archive, and the documents into DIR/documents. Neither tiles nor documents ever
change, so that a backup into the same folder copies only what has come since; documents that were erased are erased there as well. It
is done once all of it has been read back and verified whole. The register may be in use meanwhile. Neither the key nor the names of
persons are copied. A backup of another register, or of another history, is refused and left as it is. It ends with 4 where a document
is missing or altered, and the backup has no whole one either.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.backup(cmd.Context(), args[0]) },
	}
}

func (a *app) backup(ctx context.Context, dir string) error {
	to, err := filepath.Abs(filepath.Join(dir, archiveDir))
	if err != nil {
		return err
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(ctx, Question{Kind: "backup", More: asking("to", to)})
	if err != nil {
		return err
	}
	var copied archive.Copied
	if err := json.Unmarshal(raw, &copied); err != nil {
		return err
	}
	v, err := a.wholeArchive(ctx, to, copied.Checkpoint)
	if err != nil {
		return err
	}
	papers, err := a.backupPapers(ctx, dir)
	if err != nil {
		return err
	}
	answer := backupAnswer{
		Bytes: copied.Bytes, Documents: papers, Events: v.Events, Files: copied.Files, Groups: v.Groups, Root: v.Newest.Root.String(), Size: v.Newest.Size, To: dir,
	}
	if a.asJSON {
		return errors.Join(a.json(answer), papers.exit())
	}
	a.printf(a.tr("%[1]s : %[2]d fichier(s), %[3]d octets copiés ; %[4]d événement(s) de %[5]d groupement(s), relus et vérifiés.\n",
		"%[1]s: %[2]d file(s), %[3]d bytes copied; %[4]d event(s) of %[5]d group(s), read back and verified.\n"), dir, copied.Files, copied.Bytes, v.Events, v.Groups)
	a.printf(a.tr("Point de contrôle : taille %d, racine %s.\n", "Checkpoint: size %d, root %s.\n"), v.Newest.Size, v.Newest.Root)
	a.sayCopied(&papers)
	return papers.exit()
}

// wholeArchive verifies a copy of an archive whole, and that it continues a signed checkpoint. Damage is said, and is the error.
func (a *app) wholeArchive(ctx context.Context, dir string, kept []byte) (*archive.Verification, error) {
	bar := newProgress(a, 0)
	v, err := archive.Verify(ctx, dir, archive.VerifyOptions{Full: true, Kept: kept, Progress: func(done, total uint64) { bar.of(done, total) }})
	bar.end()
	if err != nil {
		return nil, err
	}
	if len(v.Findings) == 0 {
		return v, nil
	}
	return nil, (&verifying{a: a}).verdict(answerOf(v, true, streamAbsent))
}

// backup answers "backup".
func (l *local) backup(ctx context.Context, q Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	if err := l.archive.TakeUp(ctx); err != nil {
		return nil, err
	}
	copied, err := l.archive.Backup(ctx, q.More["to"])
	switch {
	case errors.Is(err, archive.ErrOtherKey) || errors.Is(err, archive.ErrRewritten) || errors.Is(err, archive.ErrRolledBack):
		return nil, failure("backup-other", q.More["to"], err)
	case err != nil:
		return nil, err
	case copied.Checkpoint == nil:
		return nil, failure("checkpoint-none", "", nil)
	}
	return encode(copied)
}

func (a *app) restoreVerb() *cobra.Command {
	return &cobra.Command{
		Use: "restore DIR", Short: "Make a register anew from a backup, verified first, in a folder or on a server",
		Long: `Make the data folder anew from a backup. The backup is verified whole first; then its events are written to a new stream, held to the
signed tree, and its documents are put back, each held to its hash. The data folder must not be there yet, or hold nothing but
registre.yaml, which stays; the key must be given with --key: no backup holds it. It ends with 4 where the backup lacks a document. With --nats the events go to a server, or a cluster,
that has no registers yet, and the folder holds key, archive and documents: so registers move there from a folder.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.restore(cmd.Context(), args[0]) },
	}
}

// restore builds the folder aside and renames it, so that no half-restored one is left.
func (a *app) restore(ctx context.Context, dir string) (err error) {
	if err := errors.Join(a.besideNamed(), a.serverVacant(ctx)); err != nil {
		return err
	}
	if free, err := vacant(a.data); err == nil && !free {
		return misuse("restore-occupied", a.data, a.data)
	}
	if a.key == "" {
		return misuse("flag-missing", "--key", "")
	}
	key, err := archive.ReadKey(a.key)
	if err != nil {
		return failure("key-missing", a.key, err)
	}
	v, err := a.wholeArchive(ctx, filepath.Join(dir, archiveDir), nil)
	if err != nil {
		return err
	}
	if archive.FormatPublicKey(v.Key) != archive.FormatPublicKey(key.PublicKey) {
		return failure("other-key", a.key, fmt.Errorf("%w: %s", archive.ErrOtherKey, archive.FormatPublicKey(v.Key)))
	}
	var papers copiedPapers
	err = buildAside(a.data, func(part string) (err error) {
		if err = a.rebuild(ctx, filepath.Join(dir, archiveDir), part, key); err == nil {
			papers, err = a.restorePapers(ctx, dir, part)
		}
		return err
	})
	if err == nil && a.nats != "" {
		err = a.fillServer(ctx)
	}
	if err != nil {
		return err
	}
	if a.asJSON {
		return errors.Join(a.json(backupAnswer{Documents: papers, Events: v.Events, Groups: v.Groups, Root: v.Newest.Root.String(), Size: v.Newest.Size, To: a.data}), papers.exit())
	}
	a.printf(a.tr("%[1]s : %[2]d événement(s) de %[3]d groupement(s), vérifiés et rendus.\n", "%[1]s: %[2]d event(s) of %[3]d group(s), verified and restored.\n"), a.data, v.Events, v.Groups)
	a.sayCopied(&papers)
	return papers.exit()
}

// rebuild makes a folder of an archive and its key: opening it writes to the new stream what the archive has. A folder beside a server
// has no stream.
func (a *app) rebuild(ctx context.Context, from, to string, key *archive.Key) error {
	if err := a.beginFolder(ctx, to); err != nil {
		return err
	}
	if _, err := archive.Copy(ctx, from, filepath.Join(to, archiveDir), key.PublicKey); err != nil {
		return err
	}
	if err := archive.CopyRotations(from, to); err != nil {
		return err
	}
	if err := archive.WriteKey(filepath.Join(to, keyFile), key); err != nil {
		return err
	}
	if a.nats != "" {
		return nil
	}
	s, err := house{Data: to}.open(ctx)
	if err != nil {
		return err
	}
	return s.Close()
}

func (a *app) beginFolder(ctx context.Context, dir string) error {
	if a.nats != "" {
		release, err := jetstream.HoldBeside(dir, true)
		if err != nil {
			return err
		}
		return release()
	}
	stream, err := jetstream.Open(ctx, dir, jetstream.Options{Create: true})
	if err != nil {
		return err
	}
	return stream.Close()
}
