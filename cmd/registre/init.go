package main

import "github.com/spf13/cobra"

// begunDone is what the beginning of a register answers to programs.
type begunDone struct {
	Begun bool   `json:"begun"` // now, not before
	Data  string `json:"data"`
}

func (a *app) initVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Begin a register with nothing in it, where there is none yet",
		Long: `Begin a register with nothing in it in the data folder, and make its key, so that rights can be granted and "registre serve" can be
started before the first group is founded. Where there is a register already, it is left as it is.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.nats != "" && !a.dataNamed {
				return misuse("nats-data", "", "")
			}
			d, err := a.open(cmd.Context(), false)
			begun := err != nil && faultOf(err).Name == "no-folder"
			if begun {
				d, err = a.open(cmd.Context(), true)
			}
			if err == nil {
				err = d.Close()
			}
			if a.desk = nil; err != nil {
				return err
			}
			if a.asJSON {
				return a.json(begunDone{begun, a.data})
			}
			if begun {
				a.printf(a.tr("Un registre vide est dans %s.\n", "An empty register is in %s.\n"), a.data)
				return nil
			}
			a.printf(a.tr("Il y a déjà un registre dans %s.\n", "There is a register in %s already.\n"), a.data)
			return nil
		},
	}
}
