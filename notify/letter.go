package notify

import (
	"bytes"
	_ "embed" // the letter
	"html/template"
	"strings"
	"unicode"
)

// A Letter is what a mail says, in the language of whoever reads it. It says the same as text and as a page, and asks nothing of
// anybody: neither pictures nor styles from elsewhere.
type Letter struct {
	Lang    string // "fr" or "en"
	Subject string
	Title   string // above all of it
	Parts   []LetterPart
	Foot    []string // why it came
	End     string   // the words of the link that ends the subscription
	EndURL  string   // "" where there is none
}

// A LetterPart is what a letter says of one register.
type LetterPart struct {
	Heading string // "" for none
	Entries []LetterEntry
}

// A LetterEntry is one notice in words.
type LetterEntry struct {
	Title, Text string
	Where       string // in which register, and when it was recorded
}

//go:embed letter.html
var letterSource string

var letterPage = template.Must(template.New("letter").Parse(letterSource))

// HTML is the letter as a page.
func (l *Letter) HTML() (string, error) {
	var out bytes.Buffer
	err := letterPage.Execute(&out, l)
	return out.String(), err
}

// Text is the letter as text.
func (l *Letter) Text() string {
	var b strings.Builder
	line := func(s string) { b.WriteString(oneLine(s) + "\n") }
	if l.Title != "" {
		line(l.Title)
		b.WriteString(strings.Repeat("=", len([]rune(oneLine(l.Title)))) + "\n\n")
	}
	for _, p := range l.Parts {
		if p.Heading != "" {
			line(p.Heading)
			b.WriteString(strings.Repeat("-", len([]rune(oneLine(p.Heading)))) + "\n\n")
		}
		for _, e := range p.Entries {
			line(e.Title)
			if e.Text != "" {
				line(e.Text)
			}
			line("[" + e.Where + "]")
			b.WriteByte('\n')
		}
	}
	b.WriteString("-- \n")
	for _, s := range l.Foot {
		line(s)
	}
	if l.EndURL != "" {
		line(l.End)
		line(l.EndURL)
	}
	return b.String()
}

// maxSubject is how many letters a subject has at most.
const maxSubject = 180

// subjectOf is a subject as a header can hold it: one line, not too long, and nothing that a reader would decode.
func subjectOf(s string) string {
	letters := []rune(strings.ReplaceAll(oneLine(s), "=?", "= ?"))
	if len(letters) > maxSubject {
		return string(letters[:maxSubject-1]) + "…"
	}
	return string(letters)
}

// oneLine is a text without what ends a line or is not to be seen.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
