package main

import (
	"github.com/spf13/cobra"

	"registre/domain"
)

// itemVerb brings what becomes of the items of an agenda.
func (a *app) itemVerb() *cobra.Command {
	var reason, postponed, to string
	withdraw, _ := a.ofSitting("withdraw GROUP SITTING ITEM --reason REASON", "An item is taken off the agenda", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.ItemWithdrawn{Item: domain.ItemID(rest[0]), Reason: nfc(reason), Sitting: id}, given("--reason", reason)
		}, a.itemsThere, nothingThere)
	withdraw.Flags().StringVar(&reason, "reason", "", "why")
	postpone, _ := a.ofSitting("postpone GROUP SITTING ITEM --reason REASON [--to SITTING]", "An item is left for a later sitting", 1,
		func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			act := &domain.ItemPostponed{Item: domain.ItemID(rest[0]), Reason: nfc(postponed), Sitting: id}
			if err := given("--reason", postponed); err != nil || to == "" {
				return act, err
			}
			var err error
			act.To, err = b.sitting(b.named, to)
			return act, err
		}, a.itemsThere, nothingThere)
	postpone.Flags().StringVar(&postponed, "reason", "", "why")
	postpone.Flags().StringVar(&to, "to", "", "the sitting that it is left for, if it is convened")
	a.completeFlag(postpone, "to", a.sittingsThere)
	return under("item", "Bring what becomes of an item: add, amend, withdraw, postpone, divide", a.addItemVerb(), a.amendItemVerb(), withdraw, postpone, a.divideVerb())
}

func (a *app) addItemVerb() *cobra.Command {
	var f agendaFlags
	cmd, _ := a.ofSitting("add GROUP SITTING --item ITEM=TITLE", "An item comes on the agenda", 0,
		func(_ *bringing, id domain.SittingID, _ []string) (domain.Act, error) {
			items, err := f.items("--item")
			if err != nil {
				return nil, err
			}
			if len(items) != 1 {
				return nil, misuse("flag-missing", "--item", "")
			}
			return &domain.ItemAdded{AgendaItem: items[0], Sitting: id}, nil
		})
	f.flags(cmd, "item")
	return cmd
}

func (a *app) divideVerb() *cobra.Command {
	var f agendaFlags
	cmd, _ := a.ofSitting("divide GROUP SITTING ITEM --part ITEM=TITLE --part …", "An item is voted on in parts, each as an item of its own", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			parts, err := f.items("--part")
			return &domain.ItemDivided{Item: domain.ItemID(rest[0]), Parts: parts, Sitting: id}, err
		}, a.itemsThere, nothingThere)
	cmd.Args = exactly(3)
	f.flags(cmd, "part")
	return cmd
}

// amendItemVerb says anew what an item is; what no flag names stays as it was.
func (a *app) amendItemVerb() *cobra.Command {
	var title, kind, changes string
	var options []string
	var doc document
	cmd, _ := a.ofSitting("amend GROUP SITTING ITEM [--title TITLE] [--text FILE] [--changes FILE] [--kind KIND] [--option OPTION=TITLE]…", "An item is put otherwise; what is not named stays", 1,
		func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			act := &domain.ItemAmended{AgendaItem: domain.AgendaItem{Item: domain.ItemID(rest[0]), Title: nfc(title)}, Sitting: id}
			as, err := b.drafted(b.named, draft{make: draftItem, sitting: id, item: act.Item})
			if err != nil {
				return nil, err
			}
			if put, ok := as.(*domain.ItemAmended); ok {
				act.AgendaItem = put.AgendaItem
			}
			return act, amendItem(&act.AgendaItem, title, kind, changes, options, &doc)
		}, a.itemsThere, nothingThere)
	cmd.Args = exactly(3)
	doc.flags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&title, "title", "", "its title")
	flags.StringVar(&kind, "kind", "", "the kind of item, whose rule holds for it")
	flags.StringVar(&changes, "changes", "", "a JSON file with the changes that it makes once it is adopted (docs/catalogue.md)")
	flags.StringArrayVar(&options, "option", nil, "OPTION=TITLE, all of them anew; may be repeated")
	return cmd
}

func amendItem(i *domain.AgendaItem, title, kind, changes string, options []string, doc *document) error {
	if title != "" {
		i.Title = nfc(title)
	}
	if kind != "" {
		i.Kind = domain.ItemKind(kind)
	}
	h, err := doc.hash()
	if err != nil {
		return err
	}
	if !h.IsZero() {
		i.SHA256 = h
	}
	if changes != "" {
		if err := setChanges(i, changes); err != nil {
			return err
		}
	}
	if len(options) > 0 {
		i.Options = nil
	}
	for _, s := range options {
		if err := addOption(i, s); err != nil {
			return err
		}
	}
	return nil
}
