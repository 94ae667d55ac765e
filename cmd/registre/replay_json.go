package main

import (
	"bufio"
	"cmp"
	"io"
	"iter"

	"registre/replay"
)

// writeJSON writes an answer as encode does, but holds one finding of it at a time.
func (answer *replayAnswer) writeJSON(w io.Writer) error {
	j := &answerWriter{w: bufio.NewWriterSize(w, 64<<10)}
	j.put(`{"at":`)
	j.value(answer.At)
	j.put(`,"groups":[`)
	for i := range answer.Groups {
		if i > 0 {
			j.put(",")
		}
		j.group(&answer.Groups[i])
	}
	j.put(`],"meta":`)
	j.value(answer.Meta)
	j.put("}")
	return cmp.Or(j.err, j.w.Flush())
}

// An answerWriter writes until something fails.
type answerWriter struct {
	w   *bufio.Writer
	err error
}

func (j *answerWriter) put(text string) { _, _ = j.w.WriteString(text) } // a bufio.Writer fails in Flush too

func (j *answerWriter) value(v any) {
	text, err := encode(v)
	if j.err = cmp.Or(j.err, err); err == nil {
		_, _ = j.w.Write(text)
	}
}

// members writes the members of an object, without its braces.
func (j *answerWriter) members(of any) {
	text, err := encode(of)
	if j.err = cmp.Or(j.err, err); err == nil {
		_, _ = j.w.Write(text[1 : len(text)-1])
	}
}

// group writes one with its members in the order of their names.
func (j *answerWriter) group(g *replayedGroup) {
	j.put("{")
	j.members(struct {
		Checked replay.Checked `json:"checked"`
		Count   severities     `json:"count"`
		Damage  *foundThing    `json:"damage,omitempty"`
	}{g.Checked, g.Count, g.Damage})
	j.put(`,"findings":`)
	j.findings(g.findings(""))
	j.put(",")
	j.members(struct {
		Group string   `json:"group"`
		Known uint64   `json:"known"`
		Name  string   `json:"name"`
		Named calledBy `json:"named"`
		Root  string   `json:"root,omitempty"`
	}{g.Group, g.Known, g.Name, g.Named, g.Root})
	if g.Since != nil {
		j.put(`,"since":{"events":`)
		j.value(g.Since.Events)
		j.put(`,"gone":`)
		j.findings(g.gone())
		j.put(`,"known":`)
		j.value(g.Since.Known)
		j.put("}")
	}
	j.put("}")
}

func (j *answerWriter) findings(all iter.Seq2[*replayedFinding, error]) {
	j.put("[")
	first := true
	for f, err := range all {
		if j.err = cmp.Or(j.err, err); j.err != nil {
			return
		}
		if !first {
			j.put(",")
		}
		first = false
		j.value(f)
	}
	j.put("]")
}
