package paper

import (
	"strings"
	"unicode/utf8"
)

// The heights of what parts are made of, in millimetres.
const (
	textHeight  = 5.0
	signHeight  = 38.0
	headingRoom = 4.0 // above a heading
)

// parts writes the parts of a document, each where there is room to begin it.
func (p *press) parts() {
	for i := range p.Parts {
		part := &p.Parts[i]
		if p.GetY() > margin+10 {
			p.room(p.start(i))
		}
		switch {
		case part.Heading != "":
			p.heading(part)
		case part.Text != "":
			p.paragraph(part, part.Text, 0)
		case part.List != nil:
			p.list(part.List)
		case part.Facts != nil:
			for _, f := range part.Facts {
				p.fact(f)
			}
			p.Ln(2)
		case part.Table != nil:
			p.table(part.Table)
		case part.Sign != nil:
			p.sign(part.Sign)
		}
	}
}

// start is the height without which part i is not begun: what stays together with what follows counts that.
func (p *press) start(i int) float64 {
	if i >= len(p.Parts) {
		return 0
	}
	part := &p.Parts[i]
	switch {
	case part.Heading != "":
		return headingRoom + 7 + p.start(i+1)
	case part.Text != "":
		height := p.style(part)
		lines := len(p.split(printed(part.Text), Width-2))
		if part.Lead {
			return height*float64(lines) + 1 + p.start(i+1)
		}
		return height * float64(min(lines, 3))
	case part.Table != nil:
		return p.tableStart(part.Table)
	case part.Sign != nil:
		return signHeight
	}
	return 2 * textHeight
}

// style sets the letters of a paragraph, and gives the height of its lines.
func (p *press) style(part *Part) float64 {
	switch {
	case part.Small:
		p.SetFont("go", "", small)
		return textHeight - 0.7
	case part.Bold:
		p.SetFont("go", "B", normal)
	default:
		p.SetFont("go", "", normal)
	}
	return textHeight
}

func (p *press) heading(part *Part) {
	if p.GetY() > margin+10 {
		p.Ln(headingRoom)
	}
	size := 12.5
	if part.Level > 1 {
		size = 10.5
	}
	p.SetFont("go", "B", size)
	p.MultiCell(Width, 6, printed(part.Heading), "", "L", false)
	if part.Level <= 1 {
		p.SetDrawColor(150, 150, 150)
		p.Line(margin, p.GetY()+0.3, margin+Width, p.GetY()+0.3)
		p.SetDrawColor(0, 0, 0)
		p.Ln(0.8)
	}
	p.Ln(1)
}

// paragraph writes running text, line by line. Of one that goes on over the page, two lines at least stand on each.
func (p *press) paragraph(part *Part, text string, in float64) {
	height := p.style(part)
	lines := p.split(printed(text), Width-in-2)
	for i, line := range lines {
		need := height
		if left := len(lines) - i; left == 2 && len(lines) > 3 {
			need = 2 * height
		}
		if p.room(need) {
			p.style(part)
		}
		p.SetX(margin + in)
		p.CellFormat(Width-in, height, line, "", 1, "L", false, 0, "")
	}
	p.Ln(1.2)
}

func (p *press) list(items []string) {
	for _, item := range items {
		p.style(&Part{})
		p.room(textHeight * float64(min(len(p.split(printed(item), Width-7)), 3)))
		y := p.GetY()
		p.CellFormat(5, textHeight, "–", "", 0, "L", false, 0, "")
		p.SetY(y)
		p.paragraph(&Part{}, item, 5)
	}
}

// sign leaves room for signatures.
func (p *press) sign(who []string) {
	p.Ln(3)
	width, top := Width/float64(len(who)), p.GetY()
	for i, name := range who {
		p.SetFont("go", "", small)
		p.SetXY(margin+float64(i)*width, top)
		p.MultiCell(width-6, 4.6, printed(name), "", "L", false)
		p.SetDrawColor(150, 150, 150)
		p.Rect(margin+float64(i)*width, top+10, width-6, 22, "D")
		p.SetDrawColor(0, 0, 0)
	}
	p.SetXY(margin, top+signHeight-3)
}

// split breaks a text into lines that fit a width, in the letters that are set: between words, and inside one only where it is
// wider than a line. What an unbreakable space joins stays together.
func (p *press) split(text string, width float64) (lines []string) {
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		longer := line + " " + word
		if line == "" {
			longer = word
		}
		if p.GetStringWidth(longer) <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for word != "" && p.GetStringWidth(word) > width {
			head := p.begin(word, width)
			lines, word = append(lines, head), word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// begin is as much of a word as fits a width: one letter at least.
func (p *press) begin(word string, width float64) string {
	_, least := utf8.DecodeRuneInString(word)
	for least < len(word) {
		_, more := utf8.DecodeRuneInString(word[least:])
		if p.GetStringWidth(word[:least+more]) > width {
			break
		}
		least += more
	}
	return word[:least]
}
