package main

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A bar is a row of a chart: as long as its size, beside the number that says it.
type bar struct {
	label, number string
	size          int64
}

// pupilsBar is a bar for a number of pupils; ≥ where something is unknown.
func pupilsBar(label string, c counted) bar { return bar{label, leastPupils(c), c.Distinct} }

// barWidth is how long the longest bar is where the output goes to no terminal.
const barWidth = 40

// eighths are bars of one eighth of a cell to eight.
var eighths = []rune(" ▏▎▍▌▋▊▉█")

// draw prints bars from 0 on, each with its number.
func (a *app) draw(bars []bar) {
	most := int64(0)
	for _, b := range bars {
		most = max(most, b.size)
	}
	a.drawUpTo(bars, most)
}

// drawUpTo is draw where most is as wide as it gets, so that several charts can be compared.
func (a *app) drawUpTo(bars []bar, most int64) {
	labels, numbers := 0, 0
	for _, b := range bars {
		labels, numbers = max(labels, ansi.StringWidth(plain(b.label))), max(numbers, ansi.StringWidth(b.number))
	}
	width := barWidth
	if limit := terminalWidth(a.out); limit > 0 {
		width = max(8, limit-labels-numbers-4)
	}
	for _, b := range bars {
		label, number := plain(b.label), b.number
		line := label + strings.Repeat(" ", labels-ansi.StringWidth(label)) + "  " + strings.Repeat(" ", numbers-ansi.StringWidth(number)) + number
		a.printf("%s\n", strings.TrimRight(line+"  "+length(b.size, most, width), " "))
	}
}

// length is a bar for n where most is as wide as it gets. What is more than 0 is seen.
func length(n, most int64, width int) string {
	if n <= 0 || most <= 0 {
		return ""
	}
	parts := max(1, int(n*int64(8*width)/most))
	s := strings.Repeat(string(eighths[8]), parts/8)
	if rest := parts % 8; rest > 0 {
		s += string(eighths[rest])
	}
	return s
}
