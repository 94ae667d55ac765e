package sheet

import "fmt"

// The codes of what can be wrong with a file. They are stable.
const (
	Empty       = "empty"       // no byte, or no cell
	NotASheet   = "not-a-sheet" // something else by its bytes; Detail says what
	OldExcel    = "old-excel"   // .xls of before 2007
	Locked      = "locked"      // encrypted with a password
	NotText     = "not-text"    // bytes that no known encoding of text has
	BadQuotes   = "bad-quotes"  // CSV: a quoted cell that does not end, or goes on after its end
	BadJSON     = "bad-json"    // JSON Lines: a line that is no object of single values
	Broken      = "broken"      // XLSX or ODS that is cut off, or not XML where it should be
	NoSuchSheet = "no-such-sheet"
	TooLarge    = "too-large" // beyond a limit; Detail says which
)

// An Error says what is wrong with a file, and where.
type Error struct {
	Code   string
	Row    int    // counted from 1, as a spreadsheet or an editor numbers it; 0 for the file
	Column int    // counted from 1; 0 for the row
	Detail string // more of it, as found; may be ""
}

func (e *Error) Error() string {
	s := e.Code
	if e.Row > 0 {
		s += fmt.Sprintf(" in row %d", e.Row)
	}
	if e.Column > 0 {
		s += ", column " + Letters(e.Column)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Letters names a column as spreadsheets do: 1 is A, 27 is AA.
func Letters(column int) string {
	var letters []byte
	for ; column > 0; column = (column - 1) / 26 {
		letters = append([]byte{byte('A' + (column-1)%26)}, letters...)
	}
	return string(letters)
}
