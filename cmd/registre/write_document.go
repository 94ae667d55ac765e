package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// documentVerb brings what is said of documents, and their bytes.
func (a *app) documentVerb() *cobra.Command {
	return under("document", "Add a document, date, erase, verify it, or get it back",
		a.addDocumentVerb(), a.keepDocumentVerb(), a.eraseDocumentVerb(), a.getDocumentVerb(), a.verifyDocumentsVerb())
}

func (a *app) addDocumentVerb() *cobra.Command {
	act := &domain.DocumentAdded{}
	var kind, reference, mediaType, from string
	var put measured
	cmd, b := a.brings("add GROUP FILE --kind KIND [--reference TEXT]", "A document is added: its bytes are kept, and their hash stands in the register", 2,
		func(b *bringing, args []string) (_ domain.Act, err error) {
			if put, err = b.placed(args[0], args[1]); err != nil {
				return nil, err
			}
			act.Kind, act.Reference, act.MediaType, act.SHA256, act.Size = nfc(kind), nfc(reference), mediaType, put.hash, put.size
			if mediaType == "" {
				act.MediaType = put.mediaType
			}
			return act, nil
		})
	b.lockingShelf(cmd, func(args []string) error {
		if err := given("--kind", kind); err != nil {
			return err
		}
		if from != "" {
			day, err := readDate("--from", from)
			act.From = day.First
			return err
		}
		return nil
	}, func(ctx context.Context, args []string, err error) error { return b.putBack(ctx, args[0], &put, err) })
	cmd.Long = `A copy of FILE is put into the data folder, and its hash, size and kind into the register. Of the kinds award, execution and deliberation it is
known how long they are kept; any other word is a kind as well. A file that was lost or altered in the folder is put back by adding it again.`
	flags := cmd.Flags()
	flags.StringVar(&kind, "kind", "", "award, execution, deliberation, or another word")
	flags.StringVar(&reference, "reference", "", "what the document is called")
	flags.StringVar(&mediaType, "media-type", "", "as application/pdf (default: told from the file's beginning)")
	typedVar(flags, &from, "from", "the day from which it is kept: that of the notification of the contract (award), or of the last payment (execution)", typedDate)
	cmd.ValidArgsFunction = completeThenFile(a)
	a.completeFlag(cmd, "kind", func(*cobra.Command, string, ...string) []string {
		return []string{domain.AwardPaper, domain.ExecutionPaper, domain.DeliberationPaper}
	})
	return cmd
}

// completeThenFile completes the group; a file is the shell's.
func completeThenFile(a *app) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		return a.completeGroup(cmd, args, begun)
	}
}

// lockingShelf makes a verb hold the shelf's lock from before its act is made until after what followed was done.
func (b *bringing) lockingShelf(cmd *cobra.Command, before func(args []string) error, after func(ctx context.Context, args []string, err error) error) {
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := before(args); err != nil {
			return err
		}
		if b.dryRun {
			return run(cmd, args)
		}
		s, err := b.a.shelf()
		if err != nil {
			return err
		}
		if _, err := b.a.paperRows(cmd.Context(), args[0]); err != nil {
			return err // no such group, or no such folder: nothing is made there
		}
		release, err := s.hold(cmd.Context())
		if err != nil {
			return err
		}
		return errors.Join(after(context.WithoutCancel(cmd.Context()), args, run(cmd, args)), release())
	}
}

// placed puts a file on the shelf; for a dry run it is measured alone.
func (b *bringing) placed(group, file string) (measured, error) {
	if b.dryRun {
		return measureFile(file)
	}
	s, err := b.a.shelf()
	if err != nil {
		return measured{}, err
	}
	return s.put(group, file)
}

// putBack looks at what became of the command whose bytes were put on the shelf: where it was refused they go again, unless the
// register tells of them. Where that is not known they stay; `document verify` names them.
func (b *bringing) putBack(ctx context.Context, group string, put *measured, err error) error {
	if err == nil || !put.placed || !slices.Contains([]int{exitRefused, exitMisused}, faultOf(err).Exit) {
		return err
	}
	s, lost := b.a.shelf()
	rows, unknown := b.a.paperRows(ctx, group)
	if lost != nil || unknown != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r paperRow) bool { return r.SHA256 == put.hash.String() })
	switch {
	case i < 0 || rows[i].gone(b.a.today()):
		return errors.Join(err, s.remove(group, put.hash))
	case faultOf(err).Name == domain.NothingChanges.Name:
		if b.a.asJSON {
			return b.a.json(map[string]string{"put_back": put.hash.String()})
		}
		b.a.printf(b.a.tr("La pièce %s est remise à sa place.\n", "Document %s is put back in its place.\n"), put.hash)
		return nil
	}
	return err
}

// today is the day in Paris.
func (a *app) today() domain.Day { return domain.InstantOf(a.now()).Day() }

// gone reports whether a document is erased by a day.
func (r *paperRow) gone(on domain.Day) bool { return r.Erased != nil && r.Erased.From <= on }

// paperRows are all documents that were ever told of in a group, as is known now, whatever the day.
func (a *app) paperRows(ctx context.Context, group string) ([]paperRow, error) {
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, err
	}
	return papersAt(ctx, d, group)
}

func papersAt(ctx context.Context, d desk, group string) ([]paperRow, error) {
	answer, err := answerTo[struct{ Documents []paperRow }](ctx, d, Question{Kind: "shelf", Group: group, At: domain.LastDay.String()})
	return answer.Documents, err
}

// paperNamed is the document that a hash, or the beginning of one, means.
func (a *app) paperNamed(ctx context.Context, group, name string) (r paperRow, h domain.Hash, err error) {
	if !beginsHash(name) {
		return r, h, inFlag("hash-form", "SHA256", name)
	}
	rows, err := a.paperRows(ctx, group)
	if err != nil {
		return r, h, err
	}
	rows = slices.DeleteFunc(rows, func(r paperRow) bool { return !strings.HasPrefix(r.SHA256, name) })
	switch len(rows) {
	case 0:
		return r, h, misuse("document-unknown", group, name)
	case 1:
		h, err = domain.ParseHash(rows[0].SHA256)
		return rows[0], h, err
	}
	return r, h, misuse("document-unclear", group, name)
}

// papersThere are the documents that can be named.
func (a *app) papersThere(cmd *cobra.Command, group string, _ ...string) (all []string) {
	d, _ := quickly[documentsAnswer](a, cmd, "shelf", group, nil)
	for _, r := range d.Documents {
		all = append(all, r.SHA256+"\t"+plain(strings.TrimSpace(r.Kind+" "+r.Reference)))
	}
	return all
}

func (a *app) keepDocumentVerb() *cobra.Command {
	var from string
	cmd, _ := a.brings("keep GROUP SHA256 --from DAY", "The day from which a document is kept: of the notification (award), or of the last payment (execution)", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			if err := given("--from", from); err != nil {
				return nil, err
			}
			day, err := readDate("--from", from)
			if err != nil {
				return nil, err
			}
			_, h, err := a.paperNamed(b.ctx, args[0], args[1])
			return &domain.DocumentKept{From: day.First, SHA256: h}, err
		})
	typedVar(cmd.Flags(), &from, "from", "the day", typedDate)
	cmd.ValidArgsFunction = a.completes(a.papersThere)
	return cmd
}

// finishErasure takes the bytes of a document away that was erased already, where that was cut off: the refusal stays.
func (b *bringing) finishErasure(ctx context.Context, group string, h domain.Hash, err error) error {
	s, lost := b.a.shelf()
	if lost != nil || faultOf(err).Name != domain.WasErased.Name {
		return nil
	}
	rows, lost := b.a.paperRows(ctx, group)
	i := slices.IndexFunc(rows, func(r paperRow) bool { return r.SHA256 == h.String() })
	if lost != nil || i < 0 || !rows[i].gone(b.a.today()) {
		return lost
	}
	return s.remove(group, h)
}

func (a *app) eraseDocumentVerb() *cobra.Command {
	var reason, order string
	var erased domain.Hash
	cmd, b := a.brings("erase GROUP SHA256 --reason TEXT [--order TEXT]", "The bytes of a document are erased: its hash, and the reason, stay in the register", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			day, err := b.day()
			if err != nil {
				return nil, err
			}
			if day.First > a.today() {
				return nil, inFlag("document-later", "--effective", day.First.String())
			}
			_, erased, err = a.paperNamed(b.ctx, args[0], args[1])
			return &domain.DocumentErased{Order: nfc(order), Reason: nfc(reason), SHA256: erased}, err
		})
	b.lockingShelf(cmd, func([]string) error { return given("--reason", reason) }, func(ctx context.Context, args []string, err error) error {
		if err != nil {
			return errors.Join(err, b.finishErasure(ctx, args[0], erased, err))
		}
		s, err := a.shelf()
		if err != nil {
			return err
		}
		return s.remove(args[0], erased)
	})
	cmd.Long = `The erasure is recorded first, then the bytes go; ` + "`document verify`" + ` finishes one that was cut off. A document that is still to be kept is
erased by a named --order only. Copies of the folder are not reached.`
	cmd.Flags().StringVar(&reason, "reason", "", "why it is erased")
	cmd.Flags().StringVar(&order, "order", "", "the order by which it is erased though it is still to be kept")
	cmd.ValidArgsFunction = a.completes(a.papersThere)
	return cmd
}
