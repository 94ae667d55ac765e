package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"registre/cmd/registre/sheet"
)

// An imprint is what a published file says of where it comes from: all that is needed to ask for it again, and to tell of which
// register it is. Everything in it but the checkpoint follows from the question and the register's first events, so that the
// same pair gives the same bytes; the checkpoint, which changes with every commit, stands beside a file and never in it.
type imprint struct {
	At         string            `json:"at"`
	Checkpoint string            `json:"checkpoint,omitzero"` // signed, of the house; the newest as the file was written
	Form       string            `json:"form"`                // what it is, and the version of its form: export-weights/1
	Format     string            `json:"format"`
	Group      string            `json:"group"`
	Known      uint64            `json:"known"`
	Lang       string            `json:"lang"`
	Options    map[string]string `json:"options,omitempty"`
	Origin     string            `json:"origin,omitzero"` // the house; "" where none signs
	Root       string            `json:"root"`            // of the tree of the register's events up to known
}

// formChanges are what the versions of a form behind the first have changed, one after the other. Whoever changes what a form gives for the
// same pair says it here; TestForms notices.
var formChanges = map[string][][2]string{
	"minutes": {
		{"l'estampille d'un projet est dans la marge de chaque feuille imprimée", "the stamp of a draft stands in the margin of every sheet that is printed"},
		{"ce qu'une règle demande est dit d'une élection aussi", "what a rule asks for is said of an election too"},
		{"qui, à ce qu'on en sait à présent, n'était ni membre ni instance ce jour-là est nommé tout de même", "who, as is now known, was no member or no body on the day is told by name all the same"},
	},
	"answer": {{"les constats et les chiffres portent les noms des membres et des instances", "findings and figures come with the names of members and bodies"}},
	"replay": {
		{"l'estampille d'un projet est dans la marge de chaque feuille imprimée", "the stamp of a draft stands in the margin of every sheet that is printed"},
		{"membres et instances sont dits par leurs noms", "members and bodies are told by their names"},
		{"les constats d'une sorte partagent un chapitre", "the findings of a kind share a chapter"},
		{"d'une réponse à une forme antérieure d'un constat, c'est dit", "an answer to an earlier form of a finding is said to be one"},
	},
}

func formVersion(form string) int { return 1 + len(formChanges[form]) }

// versioned is a form with its version.
func versioned(form string) string { return form + "/" + strconv.Itoa(formVersion(form)) }

// maxImprint is how many bytes an imprint can have.
const maxImprint = sheet.MaxNote

// besideEnding ends the name of the file that stands beside one that has no room for its imprint.
const besideEnding = ".registre.json"

// text is an imprint as it lies in a file: canonical JSON. It has no checkpoint.
func (i imprint) text() string {
	i.Checkpoint = ""
	return i.canonical()
}

func (i imprint) canonical() string {
	raw, err := jsonv2.Marshal(i, jsonv2.Deterministic(true))
	if err != nil {
		return "" // none of its fields can fail
	}
	v := jsontext.Value(raw)
	_ = v.Canonicalize()
	return string(v)
}

// readImprint reads one. It is strict: what has other fields was written by another version.
func readImprint(text []byte) (i imprint, err error) {
	if len(text) > maxImprint {
		return i, errors.New("too long")
	}
	err = jsonv2.Unmarshal(text, &i, jsonv2.RejectUnknownMembers(true))
	return i, err
}

// A published file is written from what the register answers.
type published struct {
	file    string
	imprint imprint
	rows    int  // of what is exported
	inside  bool // the file has room for its imprint
	write   func(io.Writer) error
	says    func() []byte // what it says, without when and how: the same where nothing that it tells has changed
	seal    bool          // the imprint stands beside it as well, with the signed checkpoint
}

// house completes an imprint with what the house says of itself: its origin, and the newest checkpoint.
func (i *imprint) house(ctx context.Context, d desk) error {
	c, err := answerTo[checkpointAnswer](ctx, d, Question{Kind: "checkpoint"})
	if f := new(Fault); errors.As(err, &f) && f.Exit == exitMisused {
		return nil // nobody signs here
	}
	i.Origin, i.Checkpoint = c.Origin, c.Checkpoint
	return err
}

// rooted completes it with the root of the register's tree.
func (i *imprint) rooted(ctx context.Context, d desk) error {
	x := extract{known: i.Known}
	err := x.rooted(ctx, d, i.Group)
	i.Root = x.root
	return err
}

// putPublished writes a file, and its imprint beside it where it has no room for it, where that is asked for, and where one of an
// earlier file stands there. Neither is written where one of them is there already and is not to be replaced.
func (a *app) putPublished(p *published, force bool) error {
	beside := p.file != "-" && (!p.inside || p.seal || force && isThere(p.file+besideEnding))
	if beside {
		if err := mayWrite(p.file+besideEnding, force); err != nil {
			return err
		}
	}
	if err := a.putFile(p.file, force, p.write); err != nil || !beside {
		return err
	}
	return writeFile(p.file+besideEnding, []byte(p.imprint.canonical()+"\n"), force)
}

// imprintBeside reads the imprint that stands beside a file; ok is false where there is none.
func imprintBeside(file string) (i imprint, ok bool, err error) {
	text, err := readSmall(file+besideEnding, maxImprint)
	if f := new(Fault); errors.As(err, &f) && f.Name == "file-missing" {
		return i, false, nil
	}
	if err != nil {
		return i, false, err
	}
	if i, err = readImprint(bytes.TrimSpace(text)); err != nil {
		return i, false, misuse("imprint-unreadable", file+besideEnding, err.Error())
	}
	return i, true, nil
}

// pairOf resolves both times of a question, once for all that is asked for a file.
func (a *app) pairOf(ctx context.Context, d desk, group string) (toldOf, error) {
	return answerTo[toldOf](ctx, d, a.question("pair", group, nil))
}

func pairAsked(a *asked) (toldOf, error) { return a.toldOf(), nil }

// timeless is an answer without its times and what stands beside it.
func timeless(raw []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	for _, name := range []string{"at", "known", "meta"} {
		delete(fields, name)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return text
}

// isThere reports whether a file is there.
func isThere(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// formOf takes a form from its version; ok is false where no version of this program up to this one has written it so.
func formOf(form string) (name string, version int, ok bool) {
	name, number, _ := strings.Cut(form, "/")
	version, err := strconv.Atoi(number)
	ok = err == nil && version >= 1 && version <= formVersion(name) && strconv.Itoa(version) == number && slices.Contains(forms(), name)
	return name, version, ok
}

// forms are the names of all forms of files.
func forms() []string {
	all := []string{"answer", "minutes", "order", "replay"}
	for _, k := range exportKinds() {
		all = append(all, "export-"+k.name)
	}
	return all
}
