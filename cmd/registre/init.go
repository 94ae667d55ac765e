package main

import "github.com/spf13/cobra"

// begunDone is what the beginning of a register answers to programs.
type begunDone struct {
	Begun  bool   `json:"begun"` // now, not before
	Data   string `json:"data"`
	Origin string `json:"origin"` // the name that signs it, for ever
}

func (a *app) initVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Begin a register with nothing in it, where there is none yet",
		Long: `Begin a register with nothing in it in the data folder, and make its key, so that rights can be granted and "registre serve" can be
started before the first group is founded. Where there is a register already, it is left as it is. What registre.yaml in the folder says
of all verbs, such as the origin, counts here as it does for "registre serve".`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			serve, _, err := cmd.Root().Find([]string{"serve"})
			if err != nil {
				return err
			}
			if err := a.configure(cmd, serve, ""); err != nil {
				return err
			}
			if a.nats != "" && !a.dataNamed {
				return misuse("nats-data", "", "")
			}
			d, err := a.open(cmd.Context(), false)
			begun := missing(err)
			if begun {
				d, err = a.open(cmd.Context(), true)
			}
			if err == nil {
				err = d.Close()
			}
			if a.desk = nil; err != nil {
				return err
			}
			return a.sayBegun(begun)
		},
	}
}

// sayBegun says whether a register was begun, and the name that signs it.
func (a *app) sayBegun(begun bool) error {
	key, err := a.publicKey("")
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.json(begunDone{Begun: begun, Data: a.data, Origin: key.Name()})
	}
	if begun {
		a.printf(a.tr("Un registre vide est dans %[1]s, signé pour toujours au nom de %[2]s.\n", "An empty register is in %[1]s, signed for ever as %[2]s.\n"), a.data, key.Name())
		return nil
	}
	a.printf(a.tr("Il y a déjà un registre dans %[1]s, signé au nom de %[2]s.\n", "There is a register in %[1]s already, signed as %[2]s.\n"), a.data, key.Name())
	return nil
}
