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
	if d.Lang != "fr" || d.Parts == nil && d.Later == nil {
		return d
	}
	d.Title, d.Beneath, d.Stamp, d.Facts, d.Parts = inFrench.Replace(d.Title), inFrench.Replace(d.Beneath), inFrench.Replace(d.Stamp), factsInFrench(d.Facts), slices.Clone(d.Parts)
	for i := range d.Parts {
		d.Parts[i] = d.Parts[i].inFrench()
	}
	if later := d.Later; later != nil {
		d.Later = func(yield func(Part) bool) {
			for p := range later {
				if !yield(p.inFrench()) {
					return
				}
			}
		}
	}
	return d
}

// inFrench is a part with the spaces of French.
func (p Part) inFrench() Part {
	p.Heading, p.Text, p.List, p.Facts, p.Sign = inFrench.Replace(p.Heading), inFrench.Replace(p.Text), allInFrench(p.List), factsInFrench(p.Facts), allInFrench(p.Sign)
	if p.Table != nil {
		t := *p.Table
		t.Heads, t.Rows, t.Sum = allInFrench(t.Heads), slices.Clone(t.Rows), allInFrench(t.Sum)
		for j := range t.Rows {
			t.Rows[j] = allInFrench(t.Rows[j])
		}
		p.Table = &t
	}
	return p
}

func allInFrench(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = inFrench.Replace(texts[i])
	}
	return texts
}

func factsInFrench(facts [][2]string) [][2]string {
	facts = slices.Clone(facts)
	for i := range facts {
		facts[i] = [2]string(allInFrench(facts[i][:]))
	}
	return facts
}
