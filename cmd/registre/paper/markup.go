package paper

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"registre/cmd/registre/harmless"
)

// WriteMarkdown writes a document as CommonMark, with the tables of GitHub's.
func WriteMarkdown(w io.Writer, d Document) error {
	b := bufio.NewWriter(w)
	m := markdown{b, map[bool]string{true: " : ", false: ": "}[d.Lang == "fr"]}
	if d.Stamp != "" {
		m.put("> **%s**\n\n", marked(d.Stamp))
	}
	m.put("# %s\n\n", marked(d.Title))
	if d.Beneath != "" {
		m.put("%s\n\n", marked(d.Beneath))
	}
	m.facts(d.Facts)
	m.table(&d.Table)
	for _, r := range d.Remarks {
		m.put("%s\n\n", marked(r))
	}
	for i := range d.Parts {
		m.part(&d.Parts[i])
	}
	m.put("---\n\n")
	for line := range strings.Lines(d.Foot) {
		m.put("%s  \n", marked(strings.TrimSpace(line)))
	}
	if d.Imprint != "" {
		m.put("\n%s%s%s\n", remarkBegin, inRemark.Replace(d.Imprint), remarkEnd)
	}
	return b.Flush()
}

// markdown writes with the colon of its language.
type markdown struct {
	*bufio.Writer
	colon string
}

func (m markdown) put(format string, args ...any) { fmt.Fprintf(m, format, args...) }

func (m markdown) part(p *Part) {
	switch {
	case p.Heading != "":
		m.put("%s %s\n\n", strings.Repeat("#", p.Level+1), marked(p.Heading))
	case p.Text != "" && p.Bold:
		m.put("**%s**\n\n", marked(p.Text))
	case p.Text != "":
		m.put("%s\n\n", marked(p.Text))
	case p.List != nil:
		for _, item := range p.List {
			m.put("- %s\n", marked(item))
		}
		m.put("\n")
	case p.Facts != nil:
		m.facts(p.Facts)
	case p.Table != nil:
		m.table(p.Table)
	case p.Sign != nil:
		for _, who := range p.Sign {
			m.put("%s\n\n\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\n\n", marked(who))
		}
	}
}

func (m markdown) facts(facts [][2]string) {
	for _, f := range facts {
		m.put("- **%s**%s%s\n", marked(f[0]), m.colon, marked(f[1]))
	}
	if len(facts) > 0 {
		m.put("\n")
	}
}

func (m markdown) table(t *Table) {
	if len(t.Heads) == 0 {
		return
	}
	m.row(t.Heads)
	for i := range t.Heads {
		m.put("%s", map[bool]string{true: "|---:", false: "|---"}[t.Right[i]])
	}
	m.put("|\n")
	for _, row := range t.Rows {
		m.row(row)
	}
	if t.Sum != nil {
		m.put("|")
		for _, cell := range t.Sum {
			if cell != "" {
				cell = "**" + marked(cell) + "**"
			}
			m.put(" %s |", cell)
		}
		m.put("\n")
	}
	m.put("\n")
}

func (m markdown) row(cells []string) {
	m.put("|")
	for _, cell := range cells {
		m.put(" %s |", marked(cell))
	}
	m.put("\n")
}

// marked is a text that Markdown takes for nothing but text.
func marked(text string) string {
	var b strings.Builder
	text = clean(text)
	for i, r := range text {
		special := strings.ContainsRune("\\`*_[]<>|~", r) || i == 0 && strings.ContainsRune("#+-=", r)
		if special {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '&' {
			b.WriteString("amp;")
		}
	}
	return numbered(b.String())
}

// numbered keeps a text that begins as an item of a numbered list from being one.
func numbered(text string) string {
	rest := strings.TrimLeft(text, "0123456789")
	if len(rest) < len(text) && (strings.HasPrefix(rest+" ", ". ") || strings.HasPrefix(rest+" ", ") ")) {
		return text[:len(text)-len(rest)] + "\\" + rest
	}
	return text
}

// page is the style of a page: it loads nothing from elsewhere.
const page = `body{font:11pt/1.45 system-ui,"Segoe UI",Arial,sans-serif;color:#111;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .3rem}h2{font-size:1.2rem;margin:1.8rem 0 .5rem;border-bottom:1px solid #999}h3{font-size:1.02rem;margin:1.2rem 0 .4rem}
h2,h3,caption,thead,p:has(+table){break-after:avoid}.beneath{font-size:1.05rem;margin:0 0 1rem}.stamp{color:#aa1414;border:1px solid #aa1414;text-align:center;font-weight:700;padding:.2rem .5rem;margin:0 0 1rem}
dl{display:grid;grid-template-columns:12rem 1fr;gap:.15rem .8rem;margin:0 0 1rem}dt{color:#555}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem;font-size:.92rem}th{text-align:left;border-bottom:1px solid #111}td,th{padding:.2rem .5rem;vertical-align:top}
tbody tr:nth-child(even){background:#f4f4f4}tfoot td{font-weight:700;border-top:1px solid #111}tr{break-inside:avoid}.r{text-align:right}.small{font-size:.86rem}
.sign{display:flex;gap:1.5rem;margin:1.5rem 0;break-inside:avoid}.sign div{flex:1}.sign span{display:block;border:1px solid #999;height:5rem;margin-top:.3rem}
footer{color:#555;font-size:.8rem;border-top:1px solid #999;margin-top:2rem;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}.stamp{margin:0 0 .8rem}footer{font-size:7pt}}
@page{size:A4;margin:15mm}@page{@bottom-right{content:counter(page) " / " counter(pages);font-size:8pt}}`

// WriteHTML writes a document as a page that stands by itself.
func WriteHTML(w io.Writer, d Document) error {
	b := bufio.NewWriter(w)
	h := hyper{b, d.Fixed}
	d = d.typeset()
	h.put("<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n%s<style>\n%s\n</style>\n</head>\n<body>\n", safe(d.Lang), safe(d.Title), imprinted(d.Imprint), page+d.stampStyle()+d.fixedStyle())
	if d.Stamp != "" {
		h.put("<p class=\"stamp\" role=\"note\">%s</p>\n", safe(d.Stamp))
	}
	h.put("<main>\n<h1>%s</h1>\n", safe(d.Title))
	if d.Beneath != "" {
		h.put("<p class=\"beneath\">%s</p>\n", safe(d.Beneath))
	}
	h.facts(d.Facts)
	h.table(&d.Table)
	for _, r := range d.Remarks {
		h.put("<p>%s</p>\n", safe(r))
	}
	for i := range d.Parts {
		h.part(&d.Parts[i])
	}
	if d.Later != nil {
		for p := range d.Later {
			h.part(&p)
		}
	}
	h.put("</main>\n<footer>%s</footer>\n</body>\n</html>\n", strings.ReplaceAll(html.EscapeString(harmless.Text(d.Foot)), "\n", "<br>"))
	return b.Flush()
}

// stampStyle lets the stamp stand in the margin of every sheet but the first, which begins with it: there it covers nothing.
func (d Document) stampStyle() string {
	if d.Stamp == "" {
		return ""
	}
	return "\n@page{margin-top:18mm;@top-center{content:" + styled(d.Stamp) + ";color:#aa1414;font-size:8pt}}@page:first{@top-center{content:none}}"
}

// fixedStyle is what the style has more of where tables keep their widths.
func (d Document) fixedStyle() string {
	if !d.Fixed {
		return ""
	}
	return "\ntable{table-layout:fixed}td,th,dd{overflow-wrap:anywhere}td,th{padding:.2rem .35rem}.sign{break-before:avoid}h3+dl{break-after:avoid}" +
		"@media print{body{font-size:9pt}table,.small{font-size:8.2pt}h1{font-size:16pt}h2{font-size:12.5pt;margin:1.1rem 0 .4rem}h3{font-size:10pt}.beneath{font-size:11pt}dl{break-inside:avoid}}"
}

// styled is a text as a string of CSS: whatever is no letter or digit stands as its number.
func styled(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range clean(text) {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\%06x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// hyper writes HTML; with fixed widths of columns, or those that a browser finds.
type hyper struct {
	*bufio.Writer
	fixed bool
}

func (h hyper) put(format string, args ...any) { fmt.Fprintf(h, format, args...) }

// safe is a text that HTML takes for nothing but text.
func safe(text string) string { return html.EscapeString(clean(text)) }

func (h hyper) part(p *Part) {
	switch {
	case p.Heading != "":
		h.put("<h%[1]d>%[2]s</h%[1]d>\n", p.Level+1, safe(p.Heading))
	case p.Text != "" && p.Bold:
		h.put("<p><strong>%s</strong></p>\n", safe(p.Text))
	case p.Text != "" && p.Small:
		h.put("<p class=\"small\">%s</p>\n", safe(p.Text))
	case p.Text != "":
		h.put("<p>%s</p>\n", safe(p.Text))
	case p.List != nil:
		h.put("<ul>\n")
		for _, item := range p.List {
			h.put("<li>%s</li>\n", safe(item))
		}
		h.put("</ul>\n")
	case p.Facts != nil:
		h.facts(p.Facts)
	case p.Table != nil:
		h.table(p.Table)
	case p.Sign != nil:
		h.put("<div class=\"sign\">\n")
		for _, who := range p.Sign {
			h.put("<div>%s<span></span></div>\n", safe(who))
		}
		h.put("</div>\n")
	}
}

func (h hyper) facts(facts [][2]string) {
	if len(facts) == 0 {
		return
	}
	h.put("<dl>\n")
	for _, f := range facts {
		h.put("<dt>%s</dt><dd>%s</dd>\n", safe(f[0]), safe(f[1]))
	}
	h.put("</dl>\n")
}

func (h hyper) table(t *Table) {
	if len(t.Heads) == 0 {
		return
	}
	h.put("<table>\n")
	if h.fixed {
		h.put("<colgroup>")
		for _, width := range t.Widths {
			h.put("<col style=\"width:%.1f%%\">", width/Width*100)
		}
		h.put("</colgroup>\n")
	}
	h.put("<thead>\n")
	h.row(t, t.Heads, "th scope=\"col\"", "th")
	h.put("</thead>\n<tbody>\n")
	for _, row := range t.Rows {
		h.row(t, row, "td", "td")
	}
	h.put("</tbody>\n")
	if t.Sum != nil {
		h.put("<tfoot>\n")
		h.row(t, t.Sum, "td", "td")
		h.put("</tfoot>\n")
	}
	h.put("</table>\n")
}

// safe is a cell: of one line, or of several.
func (t *Table) safe(cell string) string {
	if !t.Lines {
		return safe(cell)
	}
	return strings.ReplaceAll(html.EscapeString(harmless.Text(cell)), "\n", "<br>")
}

func (h hyper) row(t *Table, cells []string, begin, end string) {
	h.put("<tr>")
	for i, cell := range cells {
		class := ""
		if t.Right[i] {
			class = ` class="r"`
		}
		h.put("<%s%s>%s</%s>", begin, class, t.safe(cell), end)
	}
	h.put("</tr>\n")
}
