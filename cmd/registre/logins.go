package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

// loginsName is that of the file of linked accounts, before its ending.
const loginsName = "logins"

// A linked account is that with which a principal signs in: what its provider calls it, which no event holds.
type linked struct {
	Issuer    string    `json:"issuer"`
	Subject   string    `json:"subject"`
	Principal string    `json:"principal"`
	Since     time.Time `json:"since"`
}

// logins are the linked accounts of a folder. What the file says counts at once.
type logins struct {
	ownFile[linked]

	mu    sync.Mutex
	of    os.FileInfo // the file that was read
	known map[[2]string]string
}

func loginsIn(dir string) *logins {
	return &logins{ownFile: ownFile[linked]{dir: dir, name: loginsName}}
}

// principal is who signs in with an account; "" for nobody.
func (l *logins) principal(issuer, subject string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	info, err := os.Stat(l.path(".json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.known, l.of = nil, nil
		return "", nil
	case err != nil:
		return "", failure("own-broken", l.path(".json"), err)
	case l.of == nil || !os.SameFile(l.of, info) || !info.ModTime().Equal(l.of.ModTime()) || info.Size() != l.of.Size():
		all, err := l.list()
		if err != nil {
			return "", err
		}
		l.known, l.of = make(map[[2]string]string, len(all)), info
		for _, x := range all {
			l.known[[2]string{x.Issuer, x.Subject}] = x.Principal
		}
	}
	return l.known[[2]string{issuer, subject}], nil
}

// link lets a principal sign in with an account. Each account is one principal's; one can have several.
func (l *logins) link(ctx context.Context, x linked) error {
	return l.change(ctx, func(all []linked) ([]linked, error) {
		i := slices.IndexFunc(all, func(y linked) bool { return y.Issuer == x.Issuer && y.Subject == x.Subject })
		switch {
		case i >= 0 && all[i].Principal != x.Principal:
			return nil, misuse("login-linked", x.Subject, all[i].Principal)
		case i >= 0:
			return all, nil
		}
		return append(all, x), nil
	})
}

// unlink lets go of the accounts that are so; whose session is open by one of them has none any more.
func (l *logins) unlink(ctx context.Context, so func(linked) bool) (gone int, err error) {
	if _, err := os.Stat(l.path(".json")); errors.Is(err, fs.ErrNotExist) {
		return 0, nil // nobody was ever linked
	}
	return gone, l.change(ctx, func(all []linked) ([]linked, error) {
		before := len(all)
		all = slices.DeleteFunc(all, so)
		gone = before - len(all)
		return all, nil
	})
}

func (a *app) loginVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use: "login", Short: "Who signs in by a browser, with which account of an identity provider",
		Long: `An identity provider (OpenID Connect) says who somebody is, by a subject. Linked to a pseudonym, whoever has it acts under that pseudonym;
what he may, the register of the house says (registre right grant). Whoever signs in and is linked to nobody is told what to ask for.
The links stand beside the register, never in it: unlinked, or with the name erased, they are gone, and the session is over.`,
	}
	link := &cobra.Command{
		Use: "link PSEUDONYM ISSUER SUBJECT", Short: "Let a pseudonym sign in with an account", Args: exactly(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.linkLogin(cmd.Context(), args[0], args[1], args[2])
		},
	}
	unlink := &cobra.Command{
		Use: "unlink ISSUER SUBJECT", Short: "Let nobody sign in with an account any more; an open session ends", Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.unlinkLogin(cmd.Context(), args[0], args[1]) },
	}
	list := &cobra.Command{Use: "list", Short: "The accounts that are linked", Args: exactly(0), RunE: func(*cobra.Command, []string) error { return a.listLogins() }}
	cmd.AddCommand(link, unlink, list)
	return cmd
}

// loginsThere are the linked accounts of the folder, which must exist.
func (a *app) loginsThere() (*logins, *people, error) {
	if a.nats != "" && !a.dataNamed {
		return nil, nil, misuse("nats-data", "", "")
	}
	people, err := a.peopleThere()
	return loginsIn(a.data), people, err
}

func (a *app) linkLogin(ctx context.Context, who, issuer, subject string) error {
	l, people, err := a.loginsThere()
	if err == nil && who == "me" {
		who, err = people.me(ctx)
	} else if err == nil {
		err = people.knows(who)
	}
	if err != nil {
		return err
	}
	for _, text := range []string{issuer, subject} {
		if text == "" || len(text) > 1024 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return misuse("login-form", "", text)
		}
	}
	x := linked{Issuer: issuer, Subject: subject, Principal: who, Since: a.now().UTC().Truncate(time.Second)}
	if err := l.link(ctx, x); err != nil {
		return err
	}
	if err := a.acted(ctx, "account linked", "principal", who, "issuer", issuer); err != nil {
		return err
	}
	if a.asJSON {
		return a.json(x)
	}
	a.printf("%s\n", format(a.tr("%[1]s se connecte désormais avec ce compte.", "%[1]s now signs in with this account."), who))
	return nil
}

func (a *app) unlinkLogin(ctx context.Context, issuer, subject string) error {
	l, _, err := a.loginsThere()
	if err != nil {
		return err
	}
	who := ""
	n, err := l.unlink(ctx, func(x linked) bool {
		so := x.Issuer == issuer && x.Subject == subject
		if so {
			who = x.Principal
		}
		return so
	})
	if n > 0 {
		err = errors.Join(err, a.acted(ctx, "account unlinked", "principal", who, "issuer", issuer))
	}
	switch {
	case err != nil:
		return err
	case n == 0:
		return misuse("login-no-such", subject, "")
	case a.asJSON:
		return a.json(map[string]string{"issuer": issuer, "subject": subject})
	}
	a.printf("%s\n", a.tr("Ce compte n'ouvre plus rien.", "This account opens nothing any more."))
	return nil
}

func (a *app) listLogins() error {
	l, _, err := a.loginsThere()
	if err != nil {
		return err
	}
	all, err := l.list()
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.json(map[string][]linked{"logins": append([]linked{}, all...)})
	}
	if len(all) == 0 {
		a.printf("%s\n", a.tr("Aucun compte n'est relié.", "No account is linked."))
		return nil
	}
	t := table{heads: []string{a.tr("pseudonyme", "pseudonym"), a.tr("fournisseur", "issuer"), a.tr("compte", "subject"), a.tr("depuis", "since")}}
	for _, x := range all {
		t.add(x.Principal, x.Issuer, x.Subject, x.Since.Format(time.DateOnly))
	}
	t.print(a.out)
	return nil
}
