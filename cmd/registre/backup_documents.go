package main

import (
	"context"
	"path/filepath"

	"registre/domain"
)

// copiedPapers is what became of the documents in a backup or a restoration.
type copiedPapers struct {
	Bytes   int64              `json:"bytes"`  // copied now
	Copied  int                `json:"copied"` // now
	Erased  int                `json:"erased"` // here now, since they were erased where they come from
	Lacking []verifiedDocument `json:"lacking"`
	Whole   int                `json:"whole"` // that are here now, each read back
}

// exit is a finding where a document is lacking.
func (c *copiedPapers) exit() error {
	if len(c.Lacking) == 0 {
		return nil
	}
	return &exitError{exitFindings}
}

func (a *app) sayCopied(c *copiedPapers) {
	for _, l := range c.Lacking {
		a.printf("%s  %s  %s\n", l.Group, filepath.ToSlash(l.Path), a.paperState(l.Status))
	}
	if c.Whole+c.Erased+len(c.Lacking) == 0 {
		return
	}
	a.printf(a.tr("Pièces : %d copiée(s), %s ; %d entière(s), relues ; %d effacée(s) ici ; %d manquante(s).\n",
		"Documents: %d copied, %s; %d whole, read back; %d erased here; %d lacking.\n"), c.Copied, a.octets(uint64(c.Bytes)), c.Whole, c.Erased, len(c.Lacking))
}

// backupPapers brings the documents of a backup to what the register tells of now. Nobody adds or erases one meanwhile, and nobody else
// makes the same backup.
func (a *app) backupPapers(ctx context.Context, dir string) (c copiedPapers, err error) {
	c.Lacking = []verifiedDocument{}
	from, err := a.shelf()
	if err != nil {
		return c, err
	}
	groups, err := a.groupsWithPapers(ctx)
	if err != nil || len(groups) == 0 {
		return c, err
	}
	release, err := from.hold(ctx)
	if err != nil {
		return c, err
	}
	defer release() //nolint:errcheck // it is given back by the end of the process as well
	to := &shelf{filepath.Join(dir, shelfDir)}
	releaseTo, err := to.hold(ctx)
	if err != nil {
		return c, err
	}
	defer releaseTo() //nolint:errcheck // as well
	for _, group := range groups {
		rows, err := a.paperRows(ctx, group)
		if err != nil {
			return c, err
		}
		if err := c.take(to, from, group, rows, a.today()); err != nil {
			return c, err
		}
	}
	return c, nil
}

// groupsWithPapers are the groups that tell of a document.
func (a *app) groupsWithPapers(ctx context.Context) (some []string, err error) {
	groups, err := a.groupNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		rows, err := a.paperRows(ctx, group)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			some = append(some, group)
		}
	}
	return some, nil
}

// restorePapers puts the documents of a backup into a folder that is being built: those of which the archive tells that was restored
// there. The backup's own may have more of a group than its newest checkpoint covers, where it was made anew and cut short.
func (a *app) restorePapers(ctx context.Context, dir, part string) (c copiedPapers, err error) {
	c.Lacking = []verifiedDocument{}
	of := archiveTells(filepath.Join(part, archiveDir))
	groups, err := of.groups(ctx)
	if err != nil {
		return c, err
	}
	from, to := &shelf{filepath.Join(dir, shelfDir)}, &shelf{filepath.Join(part, shelfDir)}
	for _, group := range groups {
		rows, err := of.rows(ctx, group)
		if err != nil {
			return c, err
		}
		if err := c.take(to, from, group, rows, a.today()); err != nil {
			return c, err
		}
	}
	return c, nil
}

// take makes a shelf have, of the documents of a group, what another has and the register tells of: what is whole already stays, what
// was erased goes. Where neither has a whole one, that is said.
func (c *copiedPapers) take(to, from *shelf, group string, rows []paperRow, today domain.Day) error {
	if _, err := to.sweep(group); err != nil {
		return err
	}
	for i := range rows {
		h, err := domain.ParseHash(rows[i].SHA256)
		if err != nil {
			return err
		}
		if rows[i].gone(today) {
			err = c.erase(to, group, h)
		} else {
			err = c.copy(to, from, group, h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *copiedPapers) erase(to *shelf, group string, h domain.Hash) error {
	if to.size(group, h) < 0 {
		return nil
	}
	c.Erased++
	return to.remove(group, h)
}

// copy copies a document, and reads it back. One that is whole is only read.
func (c *copiedPapers) copy(to, from *shelf, group string, h domain.Hash) error {
	err := to.check(group, h)
	if lacks(err) {
		var m measured
		m, err = from.copyTo(to, group, h)
		if err == nil {
			c.Copied++
			c.Bytes += m.size
			err = to.check(group, h)
		}
	}
	if lacks(err) {
		status := paperMissing
		if faultOf(err).Name == "document-altered" {
			status = paperAltered
		}
		c.Lacking = append(c.Lacking, verifiedDocument{Group: group, Name: h.String(), Path: from.path(group, h.String()), Status: status})
		return nil
	}
	if err == nil {
		c.Whole++
	}
	return err
}

// lacks says that a document is missing or altered.
func lacks(err error) bool {
	if err == nil {
		return false
	}
	name := faultOf(err).Name
	return name == "document-missing" || name == "document-altered"
}
