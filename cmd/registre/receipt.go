package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// checkpointAnswer is the newest checkpoint of the log of heads.
type checkpointAnswer struct {
	Checkpoint string `json:"checkpoint"` // signed, as it is given to others
	Key        string `json:"key"`        // the public key that it was signed with
	Origin     string `json:"origin"`
	Root       string `json:"root"`
	Size       uint64 `json:"size"`                // states of groups that were recorded
	Witnessed  string `json:"witnessed,omitempty"` // the newest that was kept with cosignatures; perhaps of a smaller size
}

// checkpoint answers "checkpoint".
func (l *local) checkpoint(context.Context, Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	signed := l.archive.Checkpoint()
	if signed == nil {
		return nil, misuse("checkpoint-none", "", "")
	}
	c, err := archive.UnverifiedCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	witnessed := l.archive.Witnessed()
	if w, err := archive.UnverifiedCheckpoint(witnessed); err == nil && w == c {
		signed = witnessed // the same, with cosignatures
	}
	return encode(checkpointAnswer{
		Witnessed: string(witnessed), Checkpoint: string(signed), Key: archive.FormatPublicKey(l.archive.PublicKey()), Origin: c.Origin, Root: c.Root.String(), Size: c.Size,
	})
}

// receiptAnswer is a receipt of one event.
type receiptAnswer struct {
	Group   string `json:"group"`
	Key     string `json:"key"`
	Number  uint64 `json:"number"`
	Receipt string `json:"receipt"`
}

// receipt answers "receipt". The ledger is asked first: what it gives is durable.
func (l *local) receipt(ctx context.Context, q Question) (json.RawMessage, error) {
	if l.archive == nil {
		return nil, misuse("archive-unkept", "", "")
	}
	if !domain.ValidID(q.Group) {
		return nil, misuse("unknown-group", q.Group, "")
	}
	if _, _, err := l.known(ctx, domain.GroupID(q.Group), ""); err != nil {
		return nil, err
	}
	number, err := readNumber("N", q.More["number"])
	if err != nil {
		return nil, err
	}
	r, err := l.archive.Receipt(ctx, domain.GroupID(q.Group), number)
	if errors.Is(err, archive.ErrNotDurable) {
		return nil, misuse("event-unknown", q.Group, "#"+q.More["number"])
	}
	if err != nil {
		return nil, err
	}
	return encode(receiptAnswer{
		Group: q.Group, Key: archive.FormatPublicKey(l.archive.PublicKey()), Number: number, Receipt: string(r.Format()),
	})
}

func (a *app) receiptVerb() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "receipt GROUP N [FILE]", Short: "A receipt of one event, which anybody can check years later",
		Long: `A receipt of one event, printed or written to FILE: a C2SP tlog-proof, signed, which proves with the event's own bytes and the
house's public key that the event is recorded. Checking it needs no register (registre verify-receipt).`,
		Args: between(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := readNumber("N", args[1])
			if err != nil {
				return err
			}
			q := Question{Kind: "receipt", Group: args[0], More: map[string]string{"number": strconv.FormatUint(n, 10)}}
			if len(args) == 2 {
				return ask(cmd.Context(), a, q, func(answer receiptAnswer) error { a.lines(answer.Receipt); return nil })
			}
			return a.writeReceipt(cmd.Context(), q, args[2], force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE where it is there already")
	return cmd
}

// between is the rule for a number of arguments that may vary.
func between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return misuse("arguments", "", cmd.UseLine())
		}
		return nil
	}
}

func (a *app) writeReceipt(ctx context.Context, q Question, file string, force bool) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return err
	}
	var answer receiptAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	if err := writeFile(file, []byte(answer.Receipt), force); err != nil {
		return err
	}
	if a.asJSON {
		return a.json(map[string]string{"file": file})
	}
	a.printf("%s\n", file)
	return nil
}

// verified is what a receipt proves.
type verified struct {
	Group     string       `json:"group"`
	GroupSize uint64       `json:"group_size"` // events of the group that the checkpoint covers
	Number    uint64       `json:"number"`
	Origin    string       `json:"origin"`
	Root      string       `json:"root"`
	Replaced  *rotationRow `json:"replaced,omitempty"` // the rotation that ended the key that has signed
	SignedBy  []string     `json:"signed_by"`
	Witnessed *cosigned    `json:"witnessed,omitempty"` // where there is a policy
	Size      uint64       `json:"size"`
}

func (a *app) verifyReceiptVerb() *cobra.Command {
	var event, public string
	cmd := &cobra.Command{
		Use: "verify-receipt FILE", Short: "Check a receipt by public key alone (exit 5 when it does not hold)",
		Long: `Check that the event given with --event (a file, or - for the standard input) was recorded as the receipt in FILE says. It needs no
register and no private key. Without --event the event is taken from the data folder, and without --public-key the key is:
a key that comes with what it is to vouch for proves little. With --policy enough witnesses must have cosigned it; the policy may name the
key too.`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.verifyReceipt(cmd.Context(), args[0], event, public)
		},
	}
	cmd.Flags().StringVar(&event, "event", "", "the file of the event, byte for byte as it is kept; - for the standard input")
	cmd.Flags().StringVar(&public, "public-key", "", "the house's public key, or the file of it (default: archive/key.pub in the data folder, and those that it replaced)")
	return cmd
}

func (a *app) verifyReceipt(ctx context.Context, file, event, public string) error {
	text, err := readSmall(file, archive.MaxReceipt)
	if err != nil {
		return err
	}
	r, err := archive.ParseReceipt(text)
	if err != nil {
		return misuse("receipt-unreadable", file, err.Error())
	}
	policy, key, err := a.policyAndKey(public)
	if err != nil {
		return err
	}
	key, replaced, err := a.signerOf(r, key, public == "")
	if err != nil {
		return &Fault{Exit: exitDamage, Code: codeOf("receipt-fails"), Name: "receipt-fails", Subject: file, Detail: err.Error()}
	}
	body, err := a.eventBody(ctx, event, key, r)
	if err != nil {
		return err
	}
	v, err := checkReceipt(r, body, key)
	if err != nil {
		return &Fault{Exit: exitDamage, Code: codeOf("receipt-fails"), Name: "receipt-fails", Subject: file, Detail: err.Error()}
	}
	v.Replaced = replaced
	if err := witnessedReceipt(&v, policy, r, file, a.policy != ""); err != nil {
		return err
	}
	if a.asJSON {
		return a.json(v)
	}
	a.printf(a.tr(
		"Le reçu tient : %[1]s a enregistré cet événement, le n° %[3]d de %[2]s, qui en compte %[4]d.\nPoint de contrôle : taille %[5]d, racine %[6]s, signé par %[7]s.\n",
		"The receipt holds: %[1]s has recorded this event, number %[3]d of %[2]s, which has %[4]d.\nCheckpoint: size %[5]d, root %[6]s, signed by %[7]s.\n",
	), v.Origin, v.Group, v.Number, v.GroupSize, v.Size, v.Root, strings.Join(v.SignedBy, ", "))
	if v.Witnessed != nil {
		a.printf("%s\n", a.tellCosigned(v.Witnessed))
	}
	if replaced != nil {
		a.printf(a.tr("La clé a été remplacée depuis (registre #%d) ; le registre prolonge ce point de contrôle.\n", "The key was replaced since (registre #%d); the register goes on from this checkpoint.\n"), replaced.Event)
	}
	return nil
}

// signerOf is the key that must have signed a receipt: key, or by the folder's rotations one before it. That one may be in other
// hands by now; so the folder's log must go on from what it has signed.
func (a *app) signerOf(r archive.Receipt, key archive.PublicKey, byFolder bool) (archive.PublicKey, *rotationRow, error) {
	if !byFolder {
		return key, nil, nil
	}
	keys, _ := a.keychain(key) // as far as it can be read
	at, signer, ended, err := keys.Signer(r.Signed)
	switch {
	case errors.Is(err, archive.ErrKeyReplaced):
		return key, nil, err
	case err != nil || ended == nil:
		return key, nil, nil // the check of the receipt says it
	}
	return signer, rowOf(ended), archive.GoesOn(filepath.Join(a.data, archiveDir), key, at)
}

// checkReceipt holds an event to its receipt, and to what it says of itself. A line's end behind the event is not of it.
func checkReceipt(r archive.Receipt, body []byte, key archive.PublicKey) (v verified, err error) {
	at, signatures, err := r.Check(body, key.Name(), key.Ring())
	if trimmed, ok := bytes.CutSuffix(body, []byte("\n")); ok && errors.Is(err, archive.ErrNotProven) {
		body = trimmed
		at, signatures, err = r.Check(body, key.Name(), key.Ring())
	}
	if err != nil {
		return v, err
	}
	v = verified{
		Group: groupIn(r, key), GroupSize: r.Group.Size, Number: r.Index + 1, Origin: at.Origin, Root: at.Root.String(), Size: at.Size,
	}
	for _, sig := range signatures {
		v.SignedBy = append(v.SignedBy, sig.Name)
	}
	_, err = eventstore.Open(eventstore.Record{Group: domain.GroupID(v.Group), Number: v.Number, Body: body})
	if errors.Is(err, eventstore.ErrUnknownType) || errors.Is(err, eventstore.ErrUnknownVersion) {
		return v, nil // of a newer program; the bytes are proved all the same
	}
	return v, err
}

func groupIn(r archive.Receipt, key archive.PublicKey) string {
	return strings.TrimPrefix(r.Group.Origin, archive.GroupOrigin(key.Name(), ""))
}

// eventBody gets the bytes of the event: those that were given, or else those that the folder has.
func (a *app) eventBody(ctx context.Context, event string, key archive.PublicKey, r archive.Receipt) ([]byte, error) {
	switch event {
	case "":
	case "-":
		body, err := atmost.Read(a.in, eventstore.MaxBody+1)
		if err != nil {
			return nil, fileFault("stdin", err)
		}
		return body, nil
	default:
		return readSmall(event, eventstore.MaxBody+1)
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, err
	}
	group := domain.GroupID(groupIn(r, key))
	for record, err := range d.Records(ctx, group, r.Index, false) {
		return record.Body, err
	}
	return nil, misuse("event-unknown", string(group), "#"+strconv.FormatUint(r.Index+1, 10))
}

// publicKey reads a public key: that in a file, that given itself, or (for "") the data folder's.
func (a *app) publicKey(given string) (archive.PublicKey, error) {
	file := given
	if given == "" {
		file = filepath.Join(a.data, archiveDir, "key.pub")
	}
	text, err := readSmall(file, maxPublicKey)
	if err != nil && given != "" && strings.Count(given, "+") >= 2 {
		text, err = []byte(given), nil
	}
	if err != nil {
		return archive.PublicKey{}, err
	}
	key, err := archive.ParsePublicKey(strings.TrimSpace(string(text)))
	if err != nil {
		return archive.PublicKey{}, misuse("public-key-unreadable", file, err.Error())
	}
	return key, nil
}
