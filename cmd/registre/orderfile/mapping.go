package orderfile

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"registre/cmd/registre/typed"
)

// A Mapping says what a table's own names do not.
type Mapping struct {
	Columns   map[string]Field // by the name of the column, as Plain gives it; Remark reads it past
	Constants map[Field]string // for every row in which no column says it
}

// MaxMapping is how many bytes a mapping file can have.
const MaxMapping = 1 << 20

// MappingError says which line of a mapping file cannot be read.
type MappingError struct {
	Line int
	Text string
}

func (e *MappingError) Error() string { return fmt.Sprintf("line %d: %q", e.Line, e.Text) }

// ReadMapping reads a mapping file. Each line gives a field its column, or with := what it is in every row; what begins with # is
// a remark.
//
//	uai           = Code RNE
//	headcount:segpa = Effectif SEGPA
//	member       := moselle
//
// Its error is a *MappingError, or what the reader gives; a line is at most [MaxMapping] long, and who gives the reader bounds the rest.
func ReadMapping(r io.Reader) (Mapping, error) {
	m := Mapping{Columns: map[string]Field{}, Constants: map[Field]string{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, MaxMapping)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, found := strings.Cut(line, "=")
		name, constant := strings.CutSuffix(strings.TrimSpace(name), ":")
		field, value := Field(strings.TrimSpace(name)), strings.TrimSpace(value)
		if !found || value == "" || !field.exists() || constant && field.Of() != "" {
			return Mapping{}, &MappingError{n, line}
		}
		if constant {
			m.Constants[field] = value
		} else {
			m.Columns[typed.Plain(value)] = field
		}
	}
	return m, lines.Err()
}

func (f Field) exists() bool { return f.Of() != "" || slices.Contains(Fields, f) }
