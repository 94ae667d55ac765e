package main

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMalformedIsToldInFrench: whatever the domain says of the form of a command has its words in French, and there are no others.
func TestMalformedIsToldInFrench(t *testing.T) {
	found := map[string]bool{"%v": true} // another error's own words
	files, err := filepath.Glob("../../domain/*.go")
	require.NoError(t, err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, text, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "wrong" {
				return true
			}
			if said, ok := call.Args[1].(*ast.BasicLit); ok {
				english, err := strconv.Unquote(said.Value)
				require.NoError(t, err)
				found[english] = true
				require.True(t, english == "%v" || malformedFR[english] != "", "%s: %s", path, english)
			}
			return true
		})
	}
	for english := range malformedFR {
		require.True(t, found[english], "nobody says %q any more", english)
	}
	require.Greater(t, len(found), 50)
	a := &app{lang: "fr"}
	for says, want := range map[string]string{
		`"Vosges Nord" is not an id: 1 to 64 of a-z, 0-9 and -`:         "« Vosges Nord » n'est pas un identifiant : de 1 à 64 caractères parmi a-z, 0-9 et -",
		`"oui" is not one of will-attend, will-be-represented, excused`: "« oui » n'est pas l'un de : will-attend, will-be-represented, excused",
		"3-7 stands there twice":                                        "3-7 y figure deux fois",
		`weight "4,5": malformed: want a number as in 15, 4.5 or 1/3`:   "« 4,5 » : mal formé : on attend un nombre comme 15, 4.5 ou 1/3",
		`weight "4.50": not its one spelling, which is "4.5"`:           "« 4.50 » : cela s'écrit d'une seule façon, « 4.5 »",
		"nobody is its own proxy":                                       "nul ne se représente lui-même",
	} {
		require.Equal(t, want, a.cause(says))
		require.Equal(t, says, (&app{lang: "en"}).cause(says))
	}
}
