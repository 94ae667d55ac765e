package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// documentsAnswer is the answer to "documents".
type documentsAnswer struct {
	about
	Documents []paperRow
}

// Where the bytes of a document are.
const (
	paperAtHand    = "at-hand"
	paperMissing   = "missing"
	paperAltered   = "altered"
	paperErased    = "erased"
	paperUnerased  = "unerased"   // erased in the register, and still there
	paperUnnamed   = "unnamed"    // there, and no event tells of it
	paperForeign   = "foreign"    // a file that is no document
	paperTakenAway = "taken-away" // an erasure that was finished just now
	paperLeft      = "left"       // what an adding that was cut off had left, taken away just now
)

func (a *app) documentsVerb() *cobra.Command {
	return &cobra.Command{
		Use: "documents GROUP", Short: "Which documents there are, at hand or not, until when they are kept, and which events rest on them", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.documents(cmd.Context(), args[0])
		},
	}
}

// documents prints the answer of the register, and beside it what is on the shelf.
func (a *app) documents(ctx context.Context, group string) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(ctx, a.question("documents", group, nil))
	if err != nil {
		return err
	}
	var answer documentsAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	held, err := a.held(ctx, group)
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.rawDocuments(raw, held)
	}
	a.showDocuments(&answer, held)
	return nil
}

// held says of every document of a group where its bytes are, by presence and size; nothing where no folder is named.
func (a *app) held(ctx context.Context, group string) (map[string]string, error) {
	s, err := a.shelf()
	if err != nil {
		return nil, nil // only the register was asked
	}
	rows, err := a.paperRows(ctx, group)
	held := map[string]string{}
	for i := range rows {
		h, err := domain.ParseHash(rows[i].SHA256)
		if err != nil {
			return nil, err
		}
		held[rows[i].SHA256] = rows[i].state(s.size(group, h), a.today())
	}
	return held, err
}

// state is where the bytes of a document are, by the size of its file.
func (r *paperRow) state(size int64, today domain.Day) string {
	switch {
	case r.gone(today) && size >= 0:
		return paperUnerased
	case r.gone(today):
		return paperErased
	case size < 0:
		return paperMissing
	case size != r.Size:
		return paperAltered
	}
	return paperAtHand
}

// rawDocuments puts what is on the shelf into the answer's meta: it is no part of its identity.
func (a *app) rawDocuments(raw []byte, held map[string]string) error {
	var answer, meta map[string]json.RawMessage
	if err := json.Unmarshal(raw, &answer); err != nil {
		return err
	}
	if err := json.Unmarshal(answer["meta"], &meta); err != nil {
		return err
	}
	var err error
	if meta["held"], err = json.Marshal(held); err != nil {
		return err
	}
	if answer["meta"], err = json.Marshal(meta); err != nil {
		return err
	}
	return a.json(answer)
}

func (a *app) showDocuments(answer *documentsAnswer, held map[string]string) {
	a.printf("%s, %s\n", answer.Group, a.when(answer.about))
	if len(answer.Documents) == 0 {
		a.printf("\n%s\n", a.tr("Aucune pièce n'a été versée.", "No document has been added."))
	}
	for i := range answer.Documents {
		r := &answer.Documents[i]
		a.printf("\n%s\n", r.SHA256)
		what := a.paperKind(r.Kind)
		if r.Reference != "" {
			what += " — " + r.Reference
		}
		a.prose("  "+what+", "+r.MediaType+", "+a.octets(uint64(r.Size))+" (#"+decimal(r.Event)+")", 4)
		if state := a.paperState(held[r.SHA256]); state != "" {
			a.prose("  "+state, 4)
		}
		if r.Erased != nil {
			a.prose("  "+a.sayErased(r.Erased), 4)
		}
		a.prose("  "+a.sayKeeping(r), 4)
		if len(r.NamedBy) > 0 {
			a.prose("  "+a.tr("invoquée par ", "named by ")+numbers(r.NamedBy), 4)
		}
	}
	a.close(answer.about, "documents", answer.Group)
}

func (a *app) paperState(state string) string {
	says := paperStates[state]
	return a.tr(says[0], says[1])
}

var paperStates = map[string][2]string{
	paperAtHand:    {"présente", "at hand"},
	paperMissing:   {"MANQUANTE", "MISSING"},
	paperAltered:   {"ALTÉRÉE", "ALTERED"},
	paperUnerased:  {"effacement à achever", "its erasure is to be finished"},
	paperUnnamed:   {"sans événement", "without an event"},
	paperForeign:   {"n'est pas une pièce", "is no document"},
	paperTakenAway: {"effacement achevé", "its erasure is finished"},
	paperLeftOut:   {"non jointe", "left out"},
	paperLeft:      {"reste d'un versement interrompu, ôté", "left of an adding that was cut off, taken away"},
}

func (a *app) sayErased(e *paperErasedRow) string {
	says := fmt.Sprintf(a.tr("effacée le %s (#%d)", "erased on %s (#%d)"), e.From, e.Event)
	if e.Order != "" {
		says += a.tr(", sur ordre ", ", by order ") + e.Order
	}
	return a.because(says, e.Reason)
}

// sayKeeping says until when a document is to be kept.
func (a *app) sayKeeping(r *paperRow) string {
	switch r.Keeping {
	case domain.KeptForEver:
		return a.tr("à conserver sans limite", "to be kept for ever")
	case domain.KeptUntil:
		return fmt.Sprintf(a.tr("à conserver jusqu'au %s (depuis le %s, #%d)", "to be kept until %s (since %s, #%d)"), r.Until, r.Since, r.SinceEvent)
	case domain.KeptUnbegun:
		return fmt.Sprintf(a.tr("à conserver %d ans d'un jour qui n'est pas dit encore", "to be kept for %d years from a day that is not said yet"), domain.Retention(r.Kind))
	}
	return a.tr("pas de durée de conservation connue pour cette nature", "no time is known for which this kind is kept")
}

func (a *app) getDocumentVerb() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "get GROUP SHA256 [FILE]", Short: "Get a document back, checked against its hash", Args: between(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.shelf()
			if err != nil {
				return err
			}
			row, h, err := a.paperNamed(cmd.Context(), args[0], args[1])
			switch {
			case err != nil:
				return err
			case row.gone(a.today()):
				f := failure("document-gone", row.SHA256, nil)
				f.Detail = row.Erased.Reason
				return f
			}
			if err := s.check(args[0], h); err != nil {
				return err
			}
			file := "-"
			if len(args) == 3 {
				file = args[2]
			}
			if file == "-" && terminalWidth(a.out) > 0 {
				return s.write(a.out, args[0], h) // made harmless: nobody knows what it holds
			}
			return a.putFile(file, force, func(w io.Writer) error { return s.write(w, args[0], h) })
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) >= 2 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return a.completes(a.papersThere)(cmd, args, begun)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	return cmd
}

// A verifiedDocument is one of which something is said.
type verifiedDocument struct {
	Group  string `json:"group"`
	Name   string `json:"name"` // its hash; of another file its name
	Path   string `json:"path"`
	Status string `json:"status"`
}

// verifiedDocuments is the answer to "document verify".
type verifiedDocuments struct {
	Bytes    int64              `json:"bytes"` // hashed
	Erased   int                `json:"erased"`
	Findings []verifiedDocument `json:"findings"`
	Whole    int                `json:"whole"`
}

func (a *app) verifyDocumentsVerb() *cobra.Command {
	return &cobra.Command{
		Use: "verify [GROUP]", Short: "Hash every document again (exit 5 where one is missing or altered), and finish erasures",
		Long: `Hash every document of the data folder again, and finish erasures that were cut off. Also of a backup: --data names its folder, whose
archive says then which documents there are.`,
		Args: between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.verifyDocuments(cmd.Context(), args)
		},
	}
}

func (a *app) verifyDocuments(ctx context.Context, groups []string) error {
	s, err := a.shelf()
	if err != nil {
		return err
	}
	told, all := a.papersTold(), len(groups) == 0
	if all {
		if groups, err = told.groups(ctx); err != nil {
			return err
		}
	}
	v := verifiedDocuments{Findings: []verifiedDocument{}}
	if all {
		for _, name := range s.strangers(groups) {
			v.find(s, "", name, paperForeign)
		}
	}
	for _, group := range groups {
		if err := a.verifyGroup(ctx, s, group, told, &v); err != nil {
			return err
		}
	}
	if err := a.sayVerified(&v); err != nil {
		return err
	}
	return v.exit()
}

// papersTold says which groups there are, and which documents each tells of.
type papersTold struct {
	groups func(context.Context) ([]string, error)
	rows   func(context.Context, string) ([]paperRow, error)
}

// papersTold asks the register, or the archive where there is nothing else, as in a backup.
func (a *app) papersTold() papersTold {
	dir := filepath.Join(a.data, archiveDir)
	_, absent := os.Stat(filepath.Join(a.data, "format"))
	if a.nats != "" || absent == nil {
		return papersTold{a.groupNames, a.paperRows}
	}
	if _, err := os.Stat(filepath.Join(dir, "key.pub")); err != nil {
		return papersTold{a.groupNames, a.paperRows} // which say what is wrong
	}
	return archiveTells(dir)
}

func archiveTells(dir string) papersTold {
	return papersTold{
		func(context.Context) ([]string, error) { return archivedGroups(dir) },
		func(ctx context.Context, group string) ([]paperRow, error) {
			if names, err := archivedGroups(dir); err != nil || !slices.Contains(names, group) {
				return nil, errors.Join(err, misuse("unknown-group", group, ""))
			}
			return archivedPapers(ctx, dir, group)
		},
	}
}

func (a *app) groupNames(ctx context.Context) (names []string, err error) {
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, err
	}
	all, err := a.groups(ctx, d)
	for _, g := range all.Groups {
		names = append(names, g.Group)
	}
	return names, err
}

// verifyGroup holds the lock: nobody is between the bytes and the event.
func (a *app) verifyGroup(ctx context.Context, s *shelf, group string, of papersTold, v *verifiedDocuments) error {
	rows, err := of.rows(ctx, group)
	if err != nil {
		return err
	}
	if len(rows) == 0 && s.absent(group) {
		return nil
	}
	release, err := s.hold(ctx)
	if err != nil {
		return err
	}
	defer release() //nolint:errcheck // it is given back by the end of the process as well
	if rows, err = of.rows(ctx, group); err != nil {
		return err
	}
	swept, err := s.sweep(group)
	if err != nil {
		return err
	}
	if swept {
		v.find(s, group, shelfPart, paperLeft)
	}
	told := map[domain.Hash]bool{}
	for i := range rows {
		h, err := domain.ParseHash(rows[i].SHA256)
		if err != nil {
			return err
		}
		told[h] = true
		if err := v.look(s, group, &rows[i], h, a.today()); err != nil {
			return err
		}
	}
	documents, others, err := s.names(group)
	for _, h := range documents {
		if !told[h] {
			v.find(s, group, h.String(), paperUnnamed)
		}
	}
	for _, name := range others {
		v.find(s, group, name, paperForeign)
	}
	return err
}

// look hashes the bytes of one document, or finishes its erasure.
func (v *verifiedDocuments) look(s *shelf, group string, r *paperRow, h domain.Hash, today domain.Day) error {
	switch r.state(s.size(group, h), today) {
	case paperErased:
		v.Erased++
		return nil
	case paperUnerased:
		v.Erased++
		v.find(s, group, r.SHA256, paperTakenAway)
		return s.remove(group, h)
	}
	err := s.check(group, h)
	switch {
	case err == nil:
		v.Whole++
		v.Bytes += r.Size
	case faultOf(err).Name == "document-missing":
		v.find(s, group, r.SHA256, paperMissing)
	case faultOf(err).Name == "document-altered":
		v.find(s, group, r.SHA256, paperAltered)
	default:
		return err
	}
	return nil
}

func (v *verifiedDocuments) find(s *shelf, group, name, status string) {
	v.Findings = append(v.Findings, verifiedDocument{Group: group, Name: name, Path: s.path(group, name), Status: status})
}

// exit is damage where a document is missing or altered; a finding where something lies there that no event tells of.
func (v *verifiedDocuments) exit() error {
	status := exitDone
	for _, f := range v.Findings {
		switch f.Status {
		case paperMissing, paperAltered:
			status = exitDamage
		case paperUnnamed, paperForeign:
			status = max(status, exitFindings)
		}
	}
	if status == exitDone {
		return nil
	}
	return &exitError{status}
}

func (a *app) sayVerified(v *verifiedDocuments) error {
	if a.asJSON {
		return a.json(v)
	}
	for _, f := range v.Findings {
		a.printf("%s  %s  %s\n", f.Group, filepath.ToSlash(f.Path), a.paperState(f.Status))
		if remedy := a.paperRemedy(f.Status); remedy != "" {
			a.printf("    %s\n", strings.TrimSpace(remedy))
		}
	}
	a.printf(a.tr("%d pièce(s) entière(s), %s relus ; %d effacée(s).\n", "%d document(s) whole, %s read; %d erased.\n"), v.Whole, a.octets(uint64(v.Bytes)), v.Erased)
	return nil
}

func (a *app) paperRemedy(status string) string {
	switch status {
	case paperMissing, paperAltered:
		return a.tr("La verser de nouveau (« document add »), depuis l'original ou une sauvegarde.", "Add it again (`document add`), from the original or a backup.")
	case paperUnnamed:
		return a.tr("Un versement interrompu : recommencer « document add », ou supprimer le fichier.", "An adding that was cut off: do `document add` again, or delete the file.")
	case paperForeign:
		return a.tr("Supprimer le fichier, ou le ranger ailleurs.", "Delete the file, or keep it elsewhere.")
	}
	return ""
}
