package paper

import (
	"slices"
	"strings"
)

// inFrench puts unbreakable spaces where French has spaces that no line ends at: before a colon and its like, within quotation
// marks, behind the sign of a number, around an arrow.
var inFrench = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", "« ", "«\u00a0", " »", "\u00a0»", "n° ", "n°\u00a0", "n°s ", "n°s\u00a0", " h ", "\u00a0h\u00a0", " %", "\u00a0%", " → ", "\u00a0→\u00a0")

// typeset is a document whose parts have the spaces of its language.
func (d Document) typeset() Document {
	if d.Lang != "fr" || d.Parts == nil {
		return d
	}
	all := func(texts []string) []string {
		texts = slices.Clone(texts)
		for i := range texts {
			texts[i] = inFrench.Replace(texts[i])
		}
		return texts
	}
	facts := func(facts [][2]string) [][2]string {
		facts = slices.Clone(facts)
		for i := range facts {
			facts[i] = [2]string(all(facts[i][:]))
		}
		return facts
	}
	d.Title, d.Beneath, d.Stamp, d.Facts, d.Parts = inFrench.Replace(d.Title), inFrench.Replace(d.Beneath), inFrench.Replace(d.Stamp), facts(d.Facts), slices.Clone(d.Parts)
	for i := range d.Parts {
		p := &d.Parts[i]
		p.Heading, p.Text, p.List, p.Facts, p.Sign = inFrench.Replace(p.Heading), inFrench.Replace(p.Text), all(p.List), facts(p.Facts), all(p.Sign)
		if p.Table != nil {
			t := *p.Table
			t.Heads, t.Rows, t.Sum = all(t.Heads), slices.Clone(t.Rows), all(t.Sum)
			for j := range t.Rows {
				t.Rows[j] = all(t.Rows[j])
			}
			p.Table = &t
		}
	}
	return d
}
