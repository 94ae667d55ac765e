package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"registre/eventstore/archive"
)

func (a *app) checkpointVerb() *cobra.Command {
	var witnessed bool
	cmd := &cobra.Command{
		Use: "checkpoint", Short: "The newest signed checkpoint, to be kept elsewhere: whoever has it sees any later change to the past", Args: exactly(0),
		Long: `Print the newest signed checkpoint, with the cosignatures of witnesses as far as it has them; with --witnessed the newest that has
some. With --policy it fails (exit 1) where the quorum is not met. Who has cosigned it, and when, is said on standard error.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			policy, err := policyOf(a.policy, a.data)
			if err != nil {
				return err
			}
			return ask(cmd.Context(), a, Question{Kind: "checkpoint"}, func(answer checkpointAnswer) error {
				return a.showCheckpoint(answer, policy, witnessed)
			})
		},
	}
	cmd.Flags().BoolVar(&witnessed, "witnessed", false, "the newest that witnesses have cosigned, though the register may have grown since")
	return cmd
}

// showCheckpoint prints one, and says beside it who has cosigned it.
func (a *app) showCheckpoint(answer checkpointAnswer, policy *archive.Policy, witnessed bool) error {
	signed := answer.Checkpoint
	if witnessed {
		signed = answer.Witnessed
	}
	if signed == "" {
		return failure("checkpoint-never-witnessed", "", nil)
	}
	if policy == nil {
		a.lines(signed)
		return nil
	}
	told, err := cosignedUnder(policy, []byte(signed))
	if err != nil {
		return err
	}
	if a.policy != "" && !told.Met {
		return failure("checkpoint-unwitnessed", "", fmt.Errorf("%d/%d (%s)", len(told.By), told.Of, told.Quorum))
	}
	a.lines(signed)
	fmt.Fprintln(a.errs, a.tellCosigned(told))
	return nil
}
