package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"registre/cmd/registre/harmless"
)

// table is rows of cells under a heading, laid out so that it fits the terminal: the widest column is cut when it must.
type table struct {
	heads []string
	right map[int]bool // columns set to the right: numbers
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table at most as wide as the terminal, or whole where it does not go to one.
func (t *table) print(w io.Writer) {
	widths := t.widths()
	if limit := terminalWidth(w); limit > 0 {
		narrow(widths, limit)
	}
	t.line(w, t.heads, widths)
	rule := make([]string, len(widths))
	for i, n := range widths {
		rule[i] = strings.Repeat("─", n)
	}
	t.line(w, rule, widths)
	for _, row := range t.rows {
		t.line(w, row, widths)
	}
}

func (t *table) widths() []int {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(plain(cell)))
		}
	}
	return widths
}

// narrow takes from the widest column until all fit.
func narrow(widths []int, limit int) {
	for {
		total, widest := 2*(len(widths)-1), 0
		for i, n := range widths {
			total += n
			if n > widths[widest] {
				widest = i
			}
		}
		if total <= limit || widths[widest] <= 8 {
			return
		}
		widths[widest] -= min(total-limit, widths[widest]-8)
	}
}

func (t *table) line(w io.Writer, cells []string, widths []int) {
	var b strings.Builder
	for i, cell := range cells {
		cell = ansi.Truncate(plain(cell), widths[i], "…")
		pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
		if t.right[i] {
			cell = pad + cell
		} else {
			cell += pad
		}
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(cell)
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

// plain makes text from a register harmless within a line.
func plain(s string) string { return harmless.Line(s) }

// terminalWidth is the number of columns where w is a terminal, 0 elsewhere.
func terminalWidth(w io.Writer) int {
	f, ok := harmless.Under(w).(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return width
}
