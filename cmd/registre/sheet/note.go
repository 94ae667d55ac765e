package sheet

import "encoding/xml"

// MaxNote is how many bytes a note can have.
const MaxNote = 64 << 10

// Note is the description among the properties of an XLSX or ODS; "" where there is none. Its error is an *Error.
func (f *File) Note() (string, error) {
	part := map[Format]string{XLSX: "docProps/core.xml", ODS: "meta.xml"}[f.Format]
	if part == "" || f.part(part) == nil {
		return "", nil
	}
	w, done, err := f.walk(part)
	if err != nil {
		return "", err
	}
	defer done()
	for t := w.next(); t != nil; t = w.next() {
		switch e := t.(type) {
		case xml.StartElement:
			w.take()
		case xml.EndElement:
			if e.Name.Local != "description" {
				continue
			}
			note := w.take()
			if len(note) > MaxNote {
				return "", &Error{Code: TooLarge, Detail: part}
			}
			return note, nil
		}
	}
	return "", w.err
}
