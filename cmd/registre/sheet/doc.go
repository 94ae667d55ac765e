// Package sheet reads and writes tables as offices exchange them: CSV in the dialects that French offices write, XLSX and
// ODS, and JSON Lines.
//
// # Reading
//
// What a file is, its bytes say and not its name: a PDF that is called .csv is refused as a PDF. A table is read row by row,
// in little memory, and given as text with the place of every cell, so that whatever is wrong with one can be told by
// row and column as its owner sees them.
//
//	numbers    as the file has them, in plain digits with a decimal point where it is XLSX or ODS; in CSV as they stand
//	dates      of XLSX and ODS as 2022-09-01; in CSV as they stand
//	formulas   the value that was last computed; a formula without one is marked, and never read as empty
//	JSON Lines a column for each name that an object has; what an object lacks, and null, are empty cells
//	merged     the value stands in the first cell; the others are marked
//
// A file is bounded in its bytes, also unpacked, in its rows, its columns and the length of its cells. Nothing in it is
// executed, and nothing outside it is fetched.
//
// # Writing
//
// What is written reads again to the same cells. A text that a spreadsheet would take for a formula (=, +, -, @, or one of
// these behind a tab) is neutralised in CSV by an apostrophe before it, as spreadsheets do; Read takes that off again. In XLSX and ODS it
// is a text by its type.
//
// # Errors
//
// An error about the file's content is an *Error with a stable code and the place; others come from the file system.
package sheet
