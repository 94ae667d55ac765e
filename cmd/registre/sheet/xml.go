package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A walker goes through the XML of one part, element by element.
type walker struct {
	d    *xml.Decoder
	part string
	from *meter
	err  error
	text strings.Builder
}

// walk opens a part of the file. Close it.
func (f *File) walk(part string) (*walker, func() error, error) {
	r, err := f.open(part, MaxPart)
	if err != nil {
		return nil, nil, err
	}
	from := &meter{Reader: r, most: MaxToken, left: MaxToken}
	d := xml.NewDecoder(from)
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, errors.New("its encoding is " + charset)
	}
	return &walker{d: d, part: part, from: from}, r.Close, nil
}

// next gives the next element that begins or ends; nil at the end of the part, and where something is wrong. RawToken, which does not
// look for the end of each beginning, is twice as fast; a part that is cut off ends in the midst of an element all the same.
func (w *walker) next() xml.Token {
	for w.err == nil {
		w.from.again()
		t, err := w.d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errMeter):
			w.err = &Error{Code: TooLarge, Detail: w.part + " has a text too long"}
			return nil
		case err != nil:
			w.err = &Error{Code: Broken, Detail: w.part + ": " + err.Error()}
			return nil
		}
		switch t := t.(type) {
		case xml.StartElement, xml.EndElement:
			return t
		case xml.CharData:
			w.write(t)
		case xml.Directive: // a document type can define entities that grow without end
			w.err = &Error{Code: Broken, Detail: w.part + ": a document type"}
		}
	}
	return nil
}

// write keeps text, as much of it as a cell can have and a byte more, which tells that it is too much.
func (w *walker) write(text []byte) {
	w.text.Write(text[:min(len(text), max(0, MaxCell+1-w.text.Len()))])
}

// take gives the text since the last take.
func (w *walker) take() string {
	text := w.text.String()
	w.text.Reset()
	return text
}

// attribute finds an attribute by its name, without its prefix; "" where it is not.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// number reads a whole number above 0; otherwise it is other.
func number(text string, other int) int {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return n
	}
	return other
}
