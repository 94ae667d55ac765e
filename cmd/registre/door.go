package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/atmost"
	"registre/web"
	"registre/web/login"
)

// The file of the tokens stands beside the register, readable by its owner alone. It holds no token, only what recognises one.
const (
	doorFile = "doors.json"
	doorTemp = "doors.json~"
	doorLock = "doors.lock"
	maxDoor  = 16 << 20
)

// A token says that whoever shows it is a principal, for a time. What the principal may, the house register says: a role and groups in the
// token only narrow it.
type token struct {
	ID        string    `json:"id"`
	SHA256    string    `json:"sha256"` // of the whole token
	Principal string    `json:"principal"`
	Role      string    `json:"role,omitempty"`
	Groups    []string  `json:"groups,omitempty"`
	Every     bool      `json:"every,omitempty"` // as of a token that names no groups; some were made so
	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires"`
	Revoked   time.Time `json:"revoked,omitzero"`
}

func (t *token) stands(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

// A registry says which rights stand for a principal now.
type registry interface {
	rightsOf(ctx context.Context, who domain.PrincipalID) ([]domain.RightRow, error)
}

// door knows the tokens of a folder, and asks the house register who may. What either says counts at once.
type door struct {
	dir    string
	now    func() time.Time
	rights registry     // nil where nobody asks who may
	signIn *login.Login // who has signed in by a browser; nil where nobody can

	mu     sync.Mutex
	of     time.Time // when the file was written that was read
	size   int64
	byHash map[string]*token
	byID   map[string]*token
}

// door is that of the folder that the global flags name.
func (a *app) door() (*door, error) {
	if a.nats != "" && !a.dataNamed {
		return nil, misuse("nats-data", "", "")
	}
	d := &door{dir: a.data, now: time.Now}
	_, err := d.load()
	return d, err
}

func (d *door) path(name string) string { return filepath.Join(d.dir, name) }

func (d *door) empty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.byHash) == 0
}

// list reads the tokens, in the order in which they were made.
func (d *door) list() ([]token, error) {
	text, err := atmost.File(d.path(doorFile), maxDoor)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, failure("tokens-broken", d.path(doorFile), err)
	}
	var all []token
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, failure("tokens-broken", d.path(doorFile), err)
	}
	return all, nil
}

// load reads the tokens again where the file is another than it was.
func (d *door) load() (map[string]*token, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := os.Stat(d.path(doorFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.byHash, d.byID, d.of, d.size = nil, nil, time.Time{}, 0
		return nil, nil
	case err != nil:
		return nil, failure("tokens-broken", d.path(doorFile), err)
	case info.ModTime().Equal(d.of) && info.Size() == d.size:
		return d.byHash, nil
	}
	all, err := d.list()
	if err != nil {
		return nil, err
	}
	d.byHash, d.byID, d.of, d.size = make(map[string]*token, len(all)), make(map[string]*token, len(all)), info.ModTime(), info.Size()
	for i := range all {
		d.byHash[all[i].SHA256], d.byID[all[i].ID] = &all[i], &all[i]
	}
	return d.byHash, nil
}

// Who implements web.Door.
func (d *door) Who(r *http.Request) (web.Principal, error) {
	text := web.Bearer(r)
	if text == "" {
		return d.bySession(r)
	}
	t, err := d.token(text)
	if err != nil {
		return web.Principal{}, err
	}
	return t.holder(), nil
}

// token is the one that a text is, as long as it stands.
func (d *door) token(text string) (*token, error) {
	tokens, err := d.load()
	if err != nil {
		return nil, err
	}
	sum := hashed(text)
	t := tokens[sum]
	if t == nil || subtle.ConstantTimeCompare([]byte(t.SHA256), []byte(sum)) == 0 || !t.stands(d.now()) {
		return nil, errTokenUnknown
	}
	return t, nil
}

var errTokenUnknown = &web.Fault{Status: http.StatusUnauthorized, Name: "token-unknown"}

func (t *token) holder() web.Principal {
	return web.Principal{ID: t.Principal, Only: web.Scope{Role: t.Role, Groups: t.Groups}}
}

// Shown implements subjects.Door.
func (d *door) Shown(text string) (id string, until time.Time, err error) {
	t, err := d.token(text)
	if err != nil {
		return "", time.Time{}, err
	}
	return t.ID, t.Expires, nil
}

// Holder implements subjects.Door.
func (d *door) Holder(id string) (web.Principal, error) {
	if _, err := d.load(); err != nil {
		return web.Principal{}, err
	}
	d.mu.Lock()
	t := d.byID[id]
	d.mu.Unlock()
	if t == nil || !t.stands(d.now()) {
		return web.Principal{}, errTokenUnknown
	}
	return t.holder(), nil
}

// bySession is who sends a request without a token: whoever has signed in, or nobody in particular.
func (d *door) bySession(r *http.Request) (web.Principal, error) {
	if d.signIn != nil {
		if s, shown, err := d.signIn.Session(r); shown || err != nil {
			return web.Principal{ID: s.Principal}, web.SignInFault(err)
		}
	}
	return web.Principal{ID: string(domain.Anonymous), Nobody: true}, nil
}

// Rights implements web.Door: a principal may what one of his rights gives, or everybody may.
func (d *door) Rights(ctx context.Context, who web.Principal) (web.Rights, error) {
	own, err := d.rights.rightsOf(ctx, domain.PrincipalID(who.ID))
	if err != nil {
		return nil, err
	}
	everybodys, err := d.rights.rightsOf(ctx, domain.Anonymous)
	if err != nil {
		return nil, err
	}
	return &rightsHeld{own, everybodys, who.Only}, nil
}

// rightsHeld are the rights of a principal, and those that everybody has.
type rightsHeld struct {
	own, everybodys []domain.RightRow
	only            web.Scope // of his own
}

// May implements web.Rights.
func (h *rightsHeld) May(right web.Right) bool {
	for i := range h.own {
		if scoped(h.only, &h.own[i], right) && allows(&h.own[i], right) {
			return true
		}
	}
	return slices.ContainsFunc(h.everybodys, func(r domain.RightRow) bool { return allows(&r, right) })
}

// Reach implements web.Rights.
func (h *rightsHeld) Reach() (groups []string, every bool) {
	for _, r := range slices.Concat(h.own, h.everybodys) {
		every = every || r.Every
		for _, g := range r.Groups {
			groups = append(groups, string(g))
		}
	}
	return groups, every
}

// May implements web.Door.
func (d *door) May(ctx context.Context, who web.Principal, right web.Right) error {
	if rights, err := d.Rights(ctx, who); err != nil || rights.May(right) {
		return err
	}
	if who.ID == string(domain.Anonymous) {
		return &web.Fault{Status: http.StatusUnauthorized, Name: "token-missing"}
	}
	return &web.Fault{Status: http.StatusForbidden, Name: "token-denied", Subject: strings.TrimSpace(strings.Join([]string{cmp.Or(right.Command, right.Operation), right.Group}, " "))}
}

// scoped reports whether a right, and what it is to be used for, are within what a token was narrowed to.
func scoped(only web.Scope, r *domain.RightRow, right web.Right) bool {
	return (only.Role == "" || only.Role == r.Role) && (len(only.Groups) == 0 || right.Group == "" || slices.Contains(only.Groups, right.Group))
}

// rightsOf implements registry.
func (l *local) rightsOf(ctx context.Context, who domain.PrincipalID) (rows []domain.RightRow, err error) {
	today := domain.InstantOf(l.now()).Day()
	err = l.ledger.View(ctx, domain.House, func(v *eventstore.View) error {
		rows = v.State.RightsOf(who, domain.Pair{At: today, Known: v.Head})
		return nil
	})
	return rows, err
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// make makes a token, and gives its text, which nothing can show again.
func (d *door) make(ctx context.Context, t token) (text string, made token, err error) {
	var id [4]byte
	var secret [32]byte
	_, _ = rand.Read(id[:]) // it never fails
	_, _ = rand.Read(secret[:])
	t.ID, t.Created = hex.EncodeToString(id[:]), d.now().UTC().Truncate(time.Second)
	text = "registre_" + t.ID + "_" + base64.RawURLEncoding.EncodeToString(secret[:])
	t.SHA256 = hashed(text)
	return text, t, d.change(ctx, func(all []token) ([]token, error) { return append(all, t), nil })
}

// revoke takes a token back.
func (d *door) revoke(ctx context.Context, id string) (revoked token, err error) {
	return revoked, d.change(ctx, func(all []token) ([]token, error) {
		i := slices.IndexFunc(all, func(t token) bool { return t.ID == id })
		if i < 0 {
			return nil, misuse("token-no-such", id, "")
		}
		if all[i].Revoked.IsZero() {
			all[i].Revoked = d.now().UTC().Truncate(time.Second)
		}
		revoked = all[i]
		return all, nil
	})
}

// change lets a function change the list, under the lock, and writes what it gives back: durably, whole or not at all.
func (d *door) change(ctx context.Context, edit func([]token) ([]token, error)) error {
	lock := flock.New(d.path(doorLock), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); !ok {
		if errors.Is(err, fs.ErrNotExist) {
			return misuse("no-folder", "", d.dir)
		}
		return failure("tokens-broken", d.path(doorLock), err)
	}
	defer lock.Close()
	all, err := d.list()
	if err == nil {
		all, err = edit(all)
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return keepFile(d.dir, doorFile, doorTemp, append(text, '\n'))
}

// byAge sorts tokens by when they were made, and then by their names.
func byAge(a, b token) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}
