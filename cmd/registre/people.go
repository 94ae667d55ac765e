package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"registre/domain"
	"registre/eventstore/atmost"
)

// The files of the store of names. It stands beside the register and never in it: no event holds a name, so that erasing
// one here leaves none. What was erased is gone from the file; that the disk forgets its old blocks is the disk's affair.
const (
	peopleFile = "people.json"
	peopleLock = "people.lock"
	peopleTemp = "people.json~" // one name: what a crash leaves is taken away by the next change
	maxPeople  = 64 << 20
)

// A person is a pseudonym and the name behind it.
type person struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Account string `json:"account,omitempty"` // of the system, whose acts are recorded under this pseudonym
}

// people is the store of names of one folder. Every method that changes it holds its lock from reading to writing.
type people struct {
	dir string
}

// peopleIn is the store that goes with the data: in the folder, or where the register is on a server, the user's own.
func (a *app) people() (*people, error) {
	if a.nats == "" {
		return &people{a.data}, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil, failure("failed", "", err)
	}
	dir = filepath.Join(dir, "registre")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, failure("failed", dir, err)
	}
	return &people{dir}, nil
}

func (p *people) path(name string) string { return filepath.Join(p.dir, name) }

// list gives everybody, in the order of the pseudonyms; nobody where there is no file yet.
func (p *people) list() ([]person, error) {
	text, err := atmost.File(p.path(peopleFile), maxPeople)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, failure("people-broken", p.path(peopleFile), err)
	}
	all, err := readPeople(text)
	if f := (*Fault)(nil); errors.As(err, &f) {
		f.Subject = p.path(peopleFile)
		return nil, f
	}
	if err != nil {
		return nil, failure("people-broken", p.path(peopleFile), fmt.Errorf("%s: %w", p.path(peopleFile), err))
	}
	return all, nil
}

// peopleText is what the file holds. The checksum is of the list alone, in its compact form: a name with one letter changed is a name.
type peopleText struct {
	People []person `json:"people"`
	SHA256 string   `json:"sha256,omitempty"`
}

func sumOfPeople(all []person) (string, error) {
	text, err := json.Marshal(all)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// readPeople reads the list, and holds it to its checksum. A list without one was mended by hand: the next change gives it one.
func readPeople(text []byte) (all []person, err error) {
	var file peopleText
	into := any(&file)
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("[")) {
		into = &file.People // before there was a checksum
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return nil, err
	}
	if dec.InputOffset() != int64(len(text)) {
		return nil, errors.New("something follows the list")
	}
	sum, err := sumOfPeople(file.People)
	if err == nil && file.SHA256 != "" && file.SHA256 != sum {
		f := failure("people-altered", "", nil)
		f.Exit = exitDamage
		return nil, f
	}
	return file.People, err
}

// change lets a function change the list, under the lock, and writes what it gives back.
func (p *people) change(ctx context.Context, edit func([]person) ([]person, error)) error {
	lock := flock.New(p.path(peopleLock), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); !ok {
		if errors.Is(err, context.DeadlineExceeded) {
			return failure("people-locked", p.path(peopleLock), err)
		}
		return unwritable(err)
	}
	defer lock.Close()
	if err := p.sweep(); err != nil {
		return err
	}
	all, err := p.list()
	if err != nil {
		return err
	}
	before := slices.Clone(all)
	all, err = edit(all)
	if err != nil || slices.Equal(before, all) {
		return err
	}
	slices.SortFunc(all, func(x, y person) int { return cmp.Compare(x.ID, y.ID) })
	return p.write(all)
}

// unwritable is the fault of a place that cannot be written to.
func unwritable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return misuse("no-folder", "", err.Error())
	}
	return failure("read-only", "", err)
}

// sweep takes away what a change that was cut off has left: it may hold a name that is nowhere else, or is to be erased.
func (p *people) sweep() error {
	err := os.Remove(p.path(peopleTemp))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unwritable(err)
	}
	return syncFolder(p.dir)
}

// write puts the list in its place, durably, whole or not at all, readable by its owner only.
func (p *people) write(all []person) error {
	sum, err := sumOfPeople(all)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(peopleText{all, sum}, "", "  ")
	if err != nil {
		return err
	}
	return keepFile(p.dir, peopleFile, peopleTemp, append(text, '\n'))
}

// keepFile puts a file in its place, durably, whole or not at all, readable by its owner only. It is written under another name first,
// which is always the same, so that whoever comes after a crash knows what was left.
func keepFile(dir, name, temp string, text []byte) error {
	temp = filepath.Join(dir, temp)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return unwritable(err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err == nil {
		err = os.Rename(temp, filepath.Join(dir, name))
	}
	if err != nil {
		return unwritable(errors.Join(err, os.Remove(temp)))
	}
	return syncFolder(dir)
}

// syncFolder makes durable what names a folder holds.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return unwritable(err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// me is the pseudonym of the current user of the system, who gets one at first use.
func (p *people) me(ctx context.Context) (string, error) {
	account, name := currentAccount()
	all, err := p.list()
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(all, func(q person) bool { return q.Account == account }); i >= 0 {
		return all[i].ID, nil
	}
	var id string
	err = p.change(ctx, func(all []person) ([]person, error) {
		if i := slices.IndexFunc(all, func(q person) bool { return q.Account == account }); i >= 0 {
			id = all[i].ID // somebody was faster
			return all, nil
		}
		id = newPseudonym()
		return append(all, person{ID: id, Name: name, Account: account}), nil
	})
	return id, err
}

// knows refuses a pseudonym that is nobody's.
func (p *people) knows(who string) error {
	all, err := p.list()
	if err == nil && !slices.ContainsFunc(all, func(q person) bool { return q.ID == who }) {
		err = misuse("person-unknown", who, who)
	}
	return err
}

func newPseudonym() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "p-" + hex.EncodeToString(b[:])
}

// currentAccount is the user of the system, and the name to begin with.
func currentAccount() (account, name string) {
	u, err := user.Current()
	if err != nil {
		id := strconv.Itoa(os.Getuid())
		return id, id
	}
	name = norm.NFC.String(strings.TrimSpace(u.Name))
	if name == "" || checkName(name) != nil {
		name = u.Username
	}
	return u.Username + " (" + u.Uid + ")", name
}

func checkName(name string) error {
	switch {
	case strings.TrimSpace(name) == "" || len(name) > domain.MaxName:
		return misuse("name-form", "", strconv.Quote(name))
	case strings.IndexFunc(name, unicode.IsControl) >= 0:
		return misuse("name-form", "", strconv.QuoteToASCII(name))
	}
	return nil
}

// peopleAnswer is what "people list" answers.
type peopleAnswer struct {
	People []person `json:"people"`
}

func (a *app) peopleVerb() *cobra.Command {
	verb := &cobra.Command{Use: "people", Short: "The names behind the pseudonyms, which can be erased"}
	verb.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List pseudonyms and names", Args: exactly(0),
			RunE: func(*cobra.Command, []string) error { return a.listPeople() },
		},
		&cobra.Command{
			Use: "name ID NAME", Short: "Give the name behind a pseudonym", Args: exactly(2),
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.namePerson(cmd.Context(), args[0], norm.NFC.String(args[1]))
			},
		},
		&cobra.Command{
			Use: "erase ID", Short: "Erase a name, and the accounts linked to it: the pseudonym stays in the register, and leads to nobody", Args: exactly(1),
			RunE: func(cmd *cobra.Command, args []string) error { return a.erasePerson(cmd.Context(), args[0]) },
		},
	)
	return verb
}

// peopleThere is the store of names of data that exist: none is made by looking for it.
func (a *app) peopleThere() (*people, error) {
	p, err := a.people()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(p.dir, "format")); a.nats == "" && err != nil {
		return nil, misuse("no-folder", "", a.data)
	}
	return p, nil
}

func (a *app) listPeople() error {
	p, err := a.peopleThere()
	if err != nil {
		return err
	}
	all, err := p.list()
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.json(peopleAnswer{append([]person{}, all...)})
	}
	t := table{heads: []string{a.tr("pseudonyme", "pseudonym"), a.tr("nom", "name"), a.tr("compte", "account")}}
	for _, q := range all {
		t.add(q.ID, q.Name, q.Account)
	}
	t.print(a.out)
	return nil
}

func (a *app) namePerson(ctx context.Context, id, name string) error {
	if !domain.ValidID(id) {
		return misuse("id-form", "", id)
	}
	if err := checkName(name); err != nil {
		return err
	}
	p, err := a.peopleThere()
	if err != nil {
		return err
	}
	return p.change(ctx, func(all []person) ([]person, error) {
		if i := slices.IndexFunc(all, func(q person) bool { return q.ID == id }); i >= 0 {
			all[i].Name = name
			return all, nil
		}
		return append(all, person{ID: id, Name: name}), nil
	})
}

func (a *app) erasePerson(ctx context.Context, id string) error {
	p, err := a.peopleThere()
	if err != nil {
		return err
	}
	// The accounts go first: should the rest fail, it can be done again.
	if a.nats == "" || a.dataNamed {
		if _, err := loginsIn(a.data).unlink(ctx, func(x linked) bool { return x.Principal == id }); err != nil {
			return err
		}
	}
	err = p.change(ctx, func(all []person) ([]person, error) {
		i := slices.IndexFunc(all, func(q person) bool { return q.ID == id })
		if i < 0 {
			return nil, misuse("person-unknown", id, "")
		}
		return slices.Delete(all, i, i+1), nil
	})
	if err != nil {
		return err
	}
	return a.acted(ctx, "name erased", "principal", id)
}

// json answers with a value of our own.
func (a *app) json(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
