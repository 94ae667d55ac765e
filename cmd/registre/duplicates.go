package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// duplicatesAnswer is the answer to "duplicates", as far as it is printed.
type duplicatesAnswer struct {
	about
	Duplicates []struct{ Line, Later enrolledRow }
}

func (a *app) duplicatesVerb() *cobra.Command {
	var why bool
	cmd := &cobra.Command{
		Use:   "duplicates GROUP",
		Short: "Which pupils are counted twice, and by which order forms",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("duplicates", args[0], asking("why", yes(why))), a.showDuplicates)
		},
	}
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showDuplicates(d duplicatesAnswer) error {
	a.printf("%s, %s\n\n", d.Group, a.when(d.about))
	t := table{
		heads: []string{"UAI", a.tr("cycle", "cycle"), a.tr("compté", "counted"), a.tr("par", "by"), a.tr("membre", "member"), a.tr("en double", "double"), a.tr("par", "by"), a.tr("membre", "member")},
		right: map[int]bool{2: true, 5: true},
	}
	for i := range d.Duplicates {
		line, later := &d.Duplicates[i].Line, &d.Duplicates[i].Later
		t.add(append(append([]string{later.school(), later.Cycle}, a.ordered(later)...), a.ordered(line)...)...)
	}
	if len(d.Duplicates) == 0 {
		a.printf("%s\n", a.tr("Rien n'est compté deux fois ce jour-là.", "Nothing is counted twice on that day."))
	} else {
		t.print(a.out)
	}
	a.close(d.about, "duplicates", d.Group)
	return nil
}

// ordered is a line's headcount, its order form and the member that it counts for.
func (a *app) ordered(l *enrolledRow) []string {
	l.Taken = false // the column says it
	holder := a.holder(&orderRow{Member: l.Member, Formerly: l.Formerly, Undetermined: l.Undetermined})
	return []string{l.headcount(a), fmt.Sprintf("%s %s", l.Order, numbers([]uint64{l.Event})), holder}
}
