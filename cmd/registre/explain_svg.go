package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// The tree as a drawing: dark on white, as wide as a page is, without script or foreign font. Letters are as wide as those of the
// fonts that people have, reckoned on the safe side, so that text that wraps stays on the page.
const (
	svgWidth   = 960.0
	svgMargin  = 36.0
	svgIndent  = 26.0
	svgHead    = 15.0 // sizes of letters
	svgNote    = 12.5
	svgLetter  = 0.56 // how wide a letter is, of its size
	svgStrong  = 0.67 // and a bold one: those of DejaVu Sans are the widest that are met
	svgLeading = 1.42
)

// A drawing is an SVG under way.
type drawing struct {
	body strings.Builder
	y    float64
}

// drawExplained draws an answer of a group, by its name.
func (a *app) drawExplained(w io.Writer, group string, e *explainAnswer) error {
	var d drawing
	d.y = svgMargin
	title := group + ", " + a.when(e.about)
	d.text(svgMargin, title, svgNote, "#444", false)
	d.y += 8
	if e.From != nil {
		a.drawVersus(&d, e)
	}
	top := a.step(&e.Tree, nil)
	d.step(&top, svgMargin, true)
	if len(e.Sources) > 0 {
		a.drawSources(&d, e)
	}
	for _, says := range a.illustrative(e.Illustrative) {
		d.text(svgMargin, says, svgNote, "#8a4b00", false)
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]g %[2]g" width="%[1]g" height="%[2]g" role="img" font-family="Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"><title>%[3]s</title>
<rect width="%[1]g" height="%[2]g" fill="#fff"/>
%[4]s</svg>
`, svgWidth, d.y+svgMargin-12, markup(title), d.body.String())
	return err
}

// drawVersus draws both figures, and what lies between.
func (a *app) drawVersus(d *drawing, e *explainAnswer) {
	before, after := a.step(&e.From.Tree, nil), a.step(&e.Tree, nil)
	d.text(svgMargin, a.tr("avant : ", "before: ")+a.when(about{At: e.From.At, Known: e.From.Known})+a.tr(" : ", ": ")+before.says(), svgNote, "#111", true)
	d.text(svgMargin, a.tr("après : ", "after: ")+a.when(about{At: e.At, Known: e.Known})+a.tr(" : ", ": ")+after.says(), svgNote, "#111", true)
	causes := a.causes(e)
	if len(causes) == 0 {
		causes = []string{a.noCause(e)}
	}
	for _, c := range causes {
		d.text(svgMargin+svgIndent, c, svgNote, "#111", false)
	}
	d.y += 10
}

// drawSources lists the events and documents below the tree.
func (a *app) drawSources(d *drawing, e *explainAnswer) {
	d.y += 10
	d.rule(d.y, svgMargin, svgWidth-svgMargin, "#999")
	d.y += 8
	d.text(svgMargin, a.tr("Événements et pièces", "Events and documents"), svgHead, "#111", true)
	for i := range e.Sources {
		s := e.Sources[i]
		s.Documents = slices.Clone(s.Documents)
		for j := range s.Documents {
			of := &s.Documents[j]
			if of.Kind = a.kindOf(of.Kind); strings.HasPrefix(strings.ToLower(of.Reference), of.Kind+" ") {
				of.Kind = "" // the reference says it
			}
		}
		says := fmt.Sprintf(a.tr("#%d  %s, effet %s, enregistré le %s : %s", "#%d  %s, effective %s, recorded on %s: %s"), s.Number, a.word(s.Type), s.Effective, parisDay(s.Recorded), a.documentsOf(&s))
		d.text(svgMargin, says, svgNote, "#222", false)
	}
	d.y += 4
}

// step draws a step, and those below it.
func (d *drawing) step(s *derived, x float64, top bool) {
	size := svgHead
	if top {
		size = svgHead + 3
	}
	d.pair(x, s, size, top || len(s.below) > 0)
	for _, n := range s.notes {
		d.text(x, n, svgNote, "#444", false)
	}
	d.y += 5
	spine := x + 6
	begin, last := d.y-4, d.y
	for i := range s.below {
		last = d.y + svgHead*0.72
		d.rule(last, spine, spine+svgIndent-11, "#888")
		d.step(&s.below[i], x+svgIndent, false)
	}
	if len(s.below) > 0 {
		fmt.Fprintf(&d.body, `<path d="M%g %gV%g" stroke="#888" fill="none"/>`+"\n", spine, begin, last)
	}
}

// pair writes what a step is of, and in the right margin what it comes to; below each other where both have no room in one line.
func (d *drawing) pair(x float64, s *derived, size float64, strong bool) {
	value := 0.0
	if s.value != "" {
		value = wide(s.value, size, true)
	}
	head := wide(s.head, size, strong)
	y := d.y
	fill := "#111"
	if s.quoted {
		fill = "#555"
	}
	if x+head+value+24 > svgWidth-svgMargin {
		d.text(x, s.line(), size, fill, strong)
		return
	}
	d.text(x, s.head, size, fill, strong)
	if s.value == "" {
		return
	}
	at := y + size*1.05
	fmt.Fprintf(&d.body, `<path d="M%.1f %.1fH%.1f" stroke="#bbb" stroke-dasharray="1 4" fill="none"/>`+"\n", x+head+8, at-4, svgWidth-svgMargin-value-8)
	fmt.Fprintf(&d.body, `<text x="%g" y="%.1f" font-size="%g" fill="%s" font-weight="600" text-anchor="end">%s</text>`+"\n", svgWidth-svgMargin, at, size, fill, markup(s.value))
}

// text writes a text, in as many lines as it needs, and goes on below it.
func (d *drawing) text(x float64, s string, size float64, fill string, strong bool) {
	weight := ""
	if strong {
		weight = ` font-weight="600"`
	}
	letters := int((svgWidth - svgMargin - x) / letter(size, strong))
	for line := range strings.SplitSeq(ansi.Wrap(plain(s), max(letters, 16), ""), "\n") {
		fmt.Fprintf(&d.body, `<text x="%g" y="%.1f" font-size="%g" fill="%s"%s>%s</text>`+"\n", x, d.y+size*1.05, size, fill, weight, markup(line))
		d.y += size * svgLeading
	}
}

func (d *drawing) rule(y, from, to float64, stroke string) {
	fmt.Fprintf(&d.body, `<path d="M%g %.1fH%g" stroke="%s" fill="none"/>`+"\n", from, y, to, stroke)
}

// letter is how wide a letter of a size is.
func letter(size float64, strong bool) float64 {
	if strong {
		return size * svgStrong
	}
	return size * svgLetter
}

// wide is how wide a text is at most, in letters of a size.
func wide(s string, size float64, strong bool) float64 {
	return float64(ansi.StringWidth(plain(s))) * letter(size, strong) * 1.05
}

// markup is text as XML has it, without what a page could take for more than text.
func markup(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(plain(s))
}
