package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/replay"
)

// TestDrawingStaysOnThePage: whatever members are called, nothing that is drawn leaves the page, and no value stands on what it is of. The
// letters are as wide as those of DejaVu Sans, the widest of those that people have: on average 0.56 of their size, bold ones 0.67.
func TestDrawingStaysOnThePage(t *testing.T) {
	long := func(n int) string { return strings.Repeat("Communauté de communes ", n/23+1)[:n] }
	e := explainAnswer{Figure: replay.FigureTotal, Tree: replay.Node{What: replay.WhatTotal, Body: "b", Value: "295/6"}}
	names := &cast{bodies: asking("b", long(70)), members: map[string]string{}}
	for n := range 90 {
		id := domain.MemberID("m" + strconv.Itoa(n))
		names.members[string(id)] = long(n + 1)
		e.Tree.Children = append(e.Tree.Children, replay.Node{What: replay.WhatWeight, As: replay.Term, Member: id, Value: "1234/567", Children: []replay.Node{
			{What: replay.WhatWeight, Member: id, Value: "1"},
		}})
	}
	for _, lang := range []string{"fr", "en"} {
		var page strings.Builder
		require.NoError(t, (&app{lang: lang, cast: names}).drawExplained(&page, "Groupement", &e))
		requireOnPage(t, page.String())
	}
}

// A drawnText is a text of a drawing.
type drawnText struct {
	X        float64 `xml:"x,attr"`
	Y        string  `xml:"y,attr"`
	Size     float64 `xml:"font-size,attr"`
	Strength string  `xml:"font-weight,attr"`
	Anchor   string  `xml:"text-anchor,attr"`
	Text     string  `xml:",chardata"`
}

// span is from where to where a text reaches.
func (d *drawnText) span() (from, to float64) {
	letter := 0.56
	if d.Strength != "" {
		letter = 0.67
	}
	width := float64(len([]rune(d.Text))) * d.Size * letter
	if d.Anchor == "end" {
		return d.X - width, d.X
	}
	return d.X, d.X + width
}

func requireOnPage(t *testing.T, page string) {
	t.Helper()
	lines := map[string][]drawnText{}
	all := xml.NewDecoder(strings.NewReader(page))
	for {
		token, err := all.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		var d drawnText
		require.NoError(t, all.DecodeElement(&d, &start))
		_, to := d.span()
		require.LessOrEqual(t, to, svgWidth, d.Text)
		lines[d.Y] = append(lines[d.Y], d)
	}
	beside := 0
	for _, line := range lines {
		for i := 1; i < len(line); i++ {
			_, to := line[i-1].span()
			from, _ := line[i].span()
			require.Less(t, to, from, fmt.Sprint(line))
			beside++
		}
	}
	require.Greater(t, beside, 20)
}
