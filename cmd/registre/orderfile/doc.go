// Package orderfile makes order forms of the tables that members send: finds the row that names the columns, knows these
// by their names, reads every row, and says all that is wrong at once, each with its row, column and value.
//
// It reads and judges nothing else: whether a school, a member or an agreement exists, and whether an order form may be
// issued, the register says.
//
// # What it reads
//
// Columns are known by their names, in French or English, whatever their accents, case and order; a Mapping names those that
// are not, and gives what no column says. Everything above the row with the names is a title. A row that has no school and
// begins with "total" is one; what it states is compared and never used. A headcount may have a column for each cycle
// ("Effectif collège", "Effectif lycée").
//
//	headcounts   412, 1 234, 412,0; unknown where they are empty, suppressed or small: <5, s, n.d., n.c., -
//	days         01/09/2022, 1-9-2022, 2022-09-01, 1er septembre 2022; never 01/09/22 or 09/2022; the order form's own
//	             also 2022-06 and 2022, where no more is known
//	amounts      3,25, 3.25 €, 1 234,50 EUR
//
// An unknown headcount is never 0, and 0 never unknown.
package orderfile
