package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
)

// acted notes an act of administration in the folder's journal: what was done, by whom, and about whom; in pseudonyms, never a name. What
// is recorded in a register needs none: it stands there, with its actor.
func (a *app) acted(ctx context.Context, what string, about ...any) error {
	p, err := a.people()
	if err != nil {
		return err
	}
	all, err := p.list()
	if err != nil {
		return err
	}
	who, _ := currentAccount()
	if i := slices.IndexFunc(all, func(q person) bool { return q.Account == who }); i >= 0 {
		about = append([]any{"by", all[i].ID}, about...)
	}
	to := &journal{path: filepath.Join(p.dir, journalFile)}
	slog.New(slog.NewJSONHandler(to, nil)).InfoContext(ctx, what, about...)
	if to.failed != nil {
		return unwritable(to.failed)
	}
	return nil
}
