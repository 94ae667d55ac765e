package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/domain"
)

// tokenAnswer is what "token create" answers: the only time that the token itself is shown.
type tokenAnswer struct {
	tokenRow
	Token string `json:"token,omitempty"`
}

// tokenRow is a token as it is listed.
type tokenRow struct {
	Created   string   `json:"created"`
	Expires   string   `json:"expires"`
	Groups    []string `json:"groups,omitempty"`
	ID        string   `json:"id"`
	Principal string   `json:"principal"`
	Revoked   string   `json:"revoked,omitempty"`
	Role      string   `json:"role,omitempty"`
	Stands    bool     `json:"stands"`
}

func tokenRowOf(t *token, now time.Time) tokenRow {
	row := tokenRow{
		Created: t.Created.Format(time.RFC3339), Expires: t.Expires.Format(time.RFC3339), Groups: t.Groups, ID: t.ID, Principal: t.Principal, Role: t.Role,
		Stands: t.stands(now),
	}
	if !t.Revoked.IsZero() {
		row.Revoked = t.Revoked.Format(time.RFC3339)
	}
	return row
}

func (a *app) tokenVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use: "token", Short: "Who may ask and record over HTTP",
		Long: `A token says for a time that whoever shows it is a principal. What the principal may, the register of the house says (registre right
grant); --role and --group only narrow it. What is recorded with a token is recorded under its holder's pseudonym. It is shown once; the
folder keeps only what recognises it.`,
	}
	list := &cobra.Command{Use: "list", Short: "The tokens, without what opens a door", Args: exactly(0), RunE: func(*cobra.Command, []string) error { return a.listTokens() }}
	revoke := &cobra.Command{
		Use: "revoke ID", Short: "Take a token back, at once", Args: exactly(1), ValidArgsFunction: a.completeToken,
		RunE: func(cmd *cobra.Command, args []string) error { return a.revokeToken(cmd, args[0]) },
	}
	cmd.AddCommand(a.tokenCreateVerb(), list, revoke)
	return cmd
}

func (a *app) tokenCreateVerb() *cobra.Command {
	var role, who string
	var groups []string
	var days int
	cmd := &cobra.Command{
		Use: "create [--for PSEUDONYM] [--role ROLE] [--group GROUP]… [--days 90]", Short: "Make a token, and show it once", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := a.newToken(cmd, role, who, groups, days)
			if err != nil {
				return err
			}
			return a.createToken(cmd, t)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&role, "role", "", "of its holder's rights only those in this role")
	flags.StringArrayVar(&groups, "group", nil, "of its holder's groups only this one (repeatable)")
	flags.StringVar(&who, "for", "", "the pseudonym of whoever gets it (registre people list); yours where it is left out")
	flags.IntVar(&days, "days", 90, "how many days it is good for")
	a.completeRights(cmd)
	return cmd
}

// newToken reads what a token is to be.
func (a *app) newToken(cmd *cobra.Command, role, who string, groups []string, days int) (t token, err error) {
	switch {
	case role != "" && !slices.Contains(domain.PrincipalRoles(), role):
		return t, inFlag("flag-value", "--role", role)
	case days < 1 || days > 3660:
		return t, inFlag("flag-value", "--days", decimal(uint64(max(0, days))))
	}
	t = token{Role: role, Principal: who, Expires: a.now().UTC().Truncate(time.Second).AddDate(0, 0, days)}
	for _, g := range groups {
		if !domain.ValidID(g) {
			return t, misuse("id-form", "", g)
		}
		t.Groups = append(t.Groups, g)
	}
	if slices.Contains(groups, "all") {
		t.Groups = nil
	}
	people, err := a.peopleThere()
	if err != nil {
		return t, err
	}
	if who == "" {
		t.Principal, err = people.me(cmd.Context())
		return t, err
	}
	return t, people.knows(who)
}

func (a *app) createToken(cmd *cobra.Command, t token) error {
	d, err := a.door()
	if err != nil {
		return err
	}
	text, t, err := d.make(cmd.Context(), t)
	if err == nil {
		err = a.acted(cmd.Context(), "token made", "token", t.ID, "principal", t.Principal, "until", t.Expires.Format(time.DateOnly))
	}
	if err != nil {
		return err
	}
	answer := tokenAnswer{tokenRow: tokenRowOf(&t, a.now()), Token: text}
	if a.asJSON {
		return a.json(answer)
	}
	a.printf("%s\n", text)
	fmt.Fprintln(a.errs, format(a.tr("Jeton %[1]s, bon jusqu'au %[2]s. Il ne sera plus montré.", "Token %[1]s, good until %[2]s. It will not be shown again."), t.ID, t.Expires.Format(time.DateOnly)))
	return nil
}

func (a *app) listTokens() error {
	d, err := a.door()
	if err != nil {
		return err
	}
	all, err := d.list()
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, byAge)
	answer := struct {
		Tokens []tokenRow `json:"tokens"`
	}{[]tokenRow{}}
	for i := range all {
		answer.Tokens = append(answer.Tokens, tokenRowOf(&all[i], a.now()))
	}
	if a.asJSON {
		return a.json(answer)
	}
	if len(all) == 0 {
		a.printf("%s\n", a.tr("Il n'y a aucun jeton.", "There is no token."))
		return nil
	}
	t := table{heads: []string{a.tr("jeton", "token"), a.tr("seulement comme", "only as"), a.tr("seulement dans", "only in"), a.tr("pour", "for"), a.tr("jusqu'au", "until"), ""}}
	for _, row := range answer.Tokens {
		groups, state := strings.Join(row.Groups, ", "), ""
		switch {
		case row.Revoked != "":
			state = a.tr("retiré le ", "revoked on ") + row.Revoked[:len(time.DateOnly)]
		case !row.Stands:
			state = a.tr("expiré", "expired")
		}
		t.add(row.ID, a.word(row.Role), groups, row.Principal, row.Expires[:len(time.DateOnly)], state)
	}
	t.print(a.out)
	return nil
}

func (a *app) revokeToken(cmd *cobra.Command, id string) error {
	d, err := a.door()
	if err != nil {
		return err
	}
	t, err := d.revoke(cmd.Context(), id)
	if err == nil {
		err = a.acted(cmd.Context(), "token revoked", "token", t.ID, "principal", t.Principal)
	}
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.json(tokenRowOf(&t, a.now()))
	}
	a.printf("%s\n", format(a.tr("Le jeton %[1]s n'ouvre plus rien.", "The token %[1]s opens nothing any more."), t.ID))
	return nil
}

// completeToken completes tokens that can be taken back.
func (a *app) completeToken(_ *cobra.Command, args []string, begun string) (ids []string, _ cobra.ShellCompDirective) {
	if _, err := os.Stat(filepath.Join(a.data, doorFile)); err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	d, err := a.door()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, _ := d.list()
	for i := range all {
		if all[i].stands(a.now()) {
			ids = append(ids, all[i].ID+"\t"+all[i].Role+" "+all[i].Principal)
		}
	}
	return begunWith(ids, begun), cobra.ShellCompDirectiveNoFileComp
}
