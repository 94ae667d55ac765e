package domain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The rules of the house, for the whole module.

const maxFunctionLines = 70

// rooms says what each folder may import of this module, besides itself and what is below it. The longest name that fits counts.
var rooms = map[string][]string{
	"domain":                 {},
	"domain/domaintest":      {"domain"},
	"domain/power":           {"domain"},
	"eventstore":             {"domain"},
	"eventstore/archive":     {"domain", "eventstore", "eventstore/atmost"},
	"eventstore/atmost":      {},
	"eventstore/jetstream":   {"domain", "eventstore", "eventstore/atmost", "eventstore/storetest"},
	"eventstore/monitor":     {"domain", "eventstore", "eventstore/archive", "eventstore/atmost"},
	"eventstore/snapshots":   {"domain", "eventstore", "eventstore/archive", "eventstore/atmost"},
	"eventstore/storetest":   {"domain", "eventstore"},
	"eventstore/witness":     {"domain", "eventstore", "eventstore/archive", "eventstore/atmost"},
	"projections":            {"domain", "domain/power", "eventstore", "projections/canonical"},
	"projections/canonical":  {},
	"replay":                 {"domain", "eventstore", "eventstore/archive", "projections"},
	"replay/analyst":         {"domain", "eventstore", "replay/analyst/sqlite"},
	"replay/analyst/sqlite":  {},
	"replay/evidence":        {"eventstore", "eventstore/archive"},
	"cmd/registre":           {"domain", "domain/power", "eventstore", "eventstore/archive", "eventstore/atmost", "eventstore/jetstream", "eventstore/monitor", "eventstore/snapshots", "eventstore/witness", "projections", "projections/canonical", "replay", "replay/analyst", "replay/evidence", "notify", "web", "web/login", "web/operation", "web/subjects", "cmd/registre/harmless", "cmd/registre/sheet", "cmd/registre/orderfile", "cmd/registre/paper", "cmd/registre/typed"},
	"cmd/registre/harmless":  {},
	"cmd/registre/orderfile": {"domain", "cmd/registre/sheet", "cmd/registre/typed"},
	"cmd/registre/paper":     {"cmd/registre/harmless"},
	"cmd/registre/sheet":     {"cmd/registre/harmless"},
	"cmd/registre/typed":     {},
	"notify":                 {"domain", "eventstore", "projections", "replay"},
	"notify/posttest":        {"eventstore/atmost"},
	"web":                    {"domain", "eventstore", "projections", "projections/canonical", "replay", "web/login", "web/operation"},
	"web/login":              {},
	"web/operation":          {},
	"web/subjects":           {"domain", "eventstore", "eventstore/jetstream", "notify", "projections", "web", "web/operation"},
}

var unfinished = regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}, "|") + `)\b`)

type source struct {
	path, folder string
	text         string
	fset         *token.FileSet
	file         *ast.File
}

// sources are the module's Go files that are no tests.
func sources(t *testing.T) (all []source) {
	root := ".."
	_, err := os.Stat(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s := source{text: string(text), fset: token.NewFileSet()}
		s.path, _ = filepath.Rel(root, path)
		s.folder = filepath.ToSlash(filepath.Dir(s.path))
		s.file, err = parser.ParseFile(s.fset, s.path, text, parser.ParseComments)
		all = append(all, s)
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(all), 20, "the walk must find the module")
	return all
}

func TestHouseFunctionsAreShort(t *testing.T) {
	seen := 0
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			seen++
			lines := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			assert.LessOrEqual(t, lines, maxFunctionLines, "%s: %s", s.path, f.Name.Name)
		}
	}
	require.Greater(t, seen, 200)
}

func TestHouseImportDirections(t *testing.T) {
	seen := 0
	for _, s := range sources(t) {
		room, allowed := roomOf(s.folder)
		if !assert.NotEmpty(t, room, "%s is in no room", s.path) {
			continue
		}
		for _, i := range s.file.Imports {
			path, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "registre/")
			if strings.Contains(path, "nats") {
				assert.Contains(t, []string{"eventstore/jetstream", "web/subjects", "cmd/registre"}, room, "%s knows NATS", s.path)
			}
			if ours {
				seen++
				assert.Contains(t, append(allowed, room, s.folder), path, "%s may not import it", s.path)
			}
		}
	}
	require.Positive(t, seen)
}

// What is read whole is read up to a limit: by eventstore/atmost, or as the body of a request.
func TestHouseNothingIsReadWithoutALimit(t *testing.T) {
	seen := 0
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := called(call); {
			case name == "atmost.File", name == "atmost.Read", name == "atmost.Into":
				seen++
			case name == "io.ReadAll" && s.folder == "eventstore/atmost":
			case name == "io.ReadAll":
				from, _ := call.Args[0].(*ast.CallExpr)
				assert.Equal(t, "http.MaxBytesReader", called(from), "%s: %s", s.path, s.fset.Position(call.Pos()))
			default:
				assert.NotContains(t, []string{"os.ReadFile", "fs.ReadFile", "ioutil.ReadAll", "ioutil.ReadFile"}, name, "%s", s.fset.Position(call.Pos()))
			}
			return true
		})
	}
	require.Greater(t, seen, 20)
}

// called is what a call calls, where it is a function of a package; "" otherwise.
func called(call *ast.CallExpr) string {
	if call == nil {
		return ""
	}
	if f, ok := call.Fun.(*ast.SelectorExpr); ok {
		if room, ok := f.X.(*ast.Ident); ok {
			return room.Name + "." + f.Sel.Name
		}
	}
	return ""
}

func roomOf(folder string) (room string, allowed []string) {
	for name, may := range rooms {
		if (folder == name || strings.HasPrefix(folder, name+"/")) && len(name) > len(room) {
			room, allowed = name, may
		}
	}
	return room, append([]string(nil), allowed...)
}

func TestHouseNothingIsLeftForLater(t *testing.T) {
	for _, s := range sources(t) {
		assert.Empty(t, unfinished.FindAllString(s.text, -1), s.path)
	}
}

// The domain is pure: the standard library without the outside world, and uuid.
func TestHouseDomainIsPure(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".", "./power").Output()
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"registre/domain", "registre/domain/power", "github.com/google/uuid"}, strings.Fields(string(out)))
	for _, s := range sources(t) {
		if s.folder != "domain" && s.folder != "domain/power" {
			continue
		}
		for _, i := range s.file.Imports {
			assert.NotRegexp(t, `^"(os|net|log|io/fs|math/rand|context)(/|"$)`, i.Path.Value, s.path)
		}
		assert.NotContains(t, s.text, "time.Now", s.path)
	}
}
