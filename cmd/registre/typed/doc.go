// Package typed reads what people in French offices type: days, times of day, numbers, amounts and names.
//
// There is one reader of each form, for tables that members send as for the command line. What it gives is the one spelling of
// the domain; what machines send, in JSON, over HTTP or NATS, has that spelling and is not read here.
//
//	Day      20/11/2026, 1-9-2026, 20.11.2026, 20 novembre 2026, 2026-11-20: the day stands first, never the month
//	Hour     14h30, 14 h 30, 9h, 14:30
//	Instant  20/11/2026 14h30: by the clock in Paris
//	Number   4,5; a comma, or a point, is that of the decimals, and none parts thousands
//	Amount   3,25, 3.25 €, 1 234,50 EUR
//
// What can be read in two ways is refused, and the two are named: 20/11/26, 14h5, 1,125, the hour that comes twice.
package typed
