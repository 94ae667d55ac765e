// Package sqlite writes SQLite database files, and does nothing else: it has no engine. It follows "Database File Format",
// https://www.sqlite.org/fileformat2.html, as every SQLite since 3.0 reads it.
//
// For every file f that Close has returned nil for:
//
//   - each table of f holds the rows that were given to it, in their order, under the row ids 1, 2, 3 …;
//   - f has no free page, no journal and no index: SQLite's "PRAGMA integrity_check" answers ok;
//   - the same calls give the same bytes.
//
// Rows go out as they come: whatever the number of rows, a table holds one page of each level of its tree, which has at most
// nine. Tables can be filled side by side. What was not closed is no database.
//
// A name of a table or a column is quoted, and a text is a value: neither is ever read as SQL. A view is SQL, and its author's.
package sqlite
