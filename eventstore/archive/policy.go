package archive

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Bounds of a policy. C2SP recommends that at least 32 of each are taken.
const (
	MaxPolicy      = 64 << 10 // bytes
	maxPolicyLines = 64       // logs, witnesses and groups, of each
)

// NoQuorum is the name of the quorum that needs no cosignature.
const NoQuorum = "none"

// A Policy says whose checkpoints are taken, who may witness them, and which of these witnesses are enough: C2SP tlog-policy.
//
//	log VKEY [URL]
//	witness NAME VKEY [URL]
//	group NAME all|any|K NAME…
//	quorum NAME|none
//
// Its names are words of the policy alone; witnesses and groups share them. Lines are taken in any order, save that a name
// stands below where it is defined. Bounds on the age of a cosignature are no part of it.
type Policy struct {
	Logs      []PolicyLog
	Witnesses []PolicyWitness
	Groups    []PolicyGroup
	Quorum    string // the name of a witness or group, or NoQuorum
}

// A PolicyLog is a log whose checkpoints are taken. Its name is its key's.
type PolicyLog struct {
	Key PublicKey
	URL string // "" for none
}

// A PolicyWitness is one that may witness them.
type PolicyWitness struct {
	Name string
	Key  CosignPublicKey
	URL  string // the submission prefix of C2SP tlog-witness; "" for none
}

// A PolicyGroup has witnessed what at least K of its members have.
type PolicyGroup struct {
	Name    string
	K       int      // from 1 to the number of its members
	Members []string // witnesses or groups defined above it
}

// A PolicyError says what is wrong with a policy, and where. It matches ErrMalformed.
type PolicyError struct {
	Line  int // counted from 1; 0 where it is the whole
	Cause string
}

func (e *PolicyError) Error() string {
	if e.Line == 0 {
		return "malformed policy: " + e.Cause
	}
	return fmt.Sprintf("malformed policy: line %d: %s", e.Line, e.Cause)
}

// Is matches ErrMalformed.
func (e *PolicyError) Is(target error) bool { return target == ErrMalformed }

// ParsePolicy reads a policy. Its error is a *PolicyError.
//
//	ParsePolicy(p.Format()) == p
func ParsePolicy(text []byte) (*Policy, error) {
	switch {
	case len(text) > MaxPolicy:
		return nil, &PolicyError{Cause: fmt.Sprintf("%d bytes, and %d are the most", len(text), MaxPolicy)}
	case len(text) > 0 && text[len(text)-1] != '\n':
		return nil, &PolicyError{Line: bytes.Count(text, newline) + 1, Cause: "the line does not end"}
	}
	r := policyReader{p: &Policy{}, defined: map[string]bool{}, taken: map[string]bool{}}
	for line := range bytes.Lines(text) {
		r.line++
		if err := r.read(string(line[:len(line)-1])); err != nil {
			return nil, &PolicyError{Line: r.line, Cause: err.Error()}
		}
	}
	if r.p.Quorum == "" {
		return nil, &PolicyError{Cause: "there is no quorum line"}
	}
	return r.p, nil
}

// A policyReader reads a policy line after line.
type policyReader struct {
	p       *Policy
	line    int
	defined map[string]bool // names of witnesses and groups
	taken   map[string]bool // those of them that are members of a group
}

func (r *policyReader) read(line string) error {
	for i := range len(line) {
		if c := line[i]; c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("the control character %#02x", c)
		}
	}
	words := strings.FieldsFunc(line, func(c rune) bool { return c == ' ' || c == '\t' })
	if len(words) == 0 || words[0][0] == '#' {
		return nil
	}
	switch words[0] {
	case "log":
		return r.log(words[1:])
	case "witness":
		return r.witness(words[1:])
	case "group":
		return r.group(words[1:])
	case "quorum":
		return r.quorum(words[1:])
	}
	return fmt.Errorf("%.80q is none of log, witness, group and quorum", words[0])
}

func (r *policyReader) log(words []string) error {
	if len(words) < 1 || len(words) > 2 || len(r.p.Logs) == maxPolicyLines {
		return fmt.Errorf("want log VKEY [URL], and %d of them are the most", maxPolicyLines)
	}
	key, err := ParsePublicKey(words[0])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(r.p.Logs, func(l PolicyLog) bool { return bytes.Equal(l.Key.public, key.public) }) {
		return fmt.Errorf("the key of %s stands twice", key.Name())
	}
	l := PolicyLog{Key: key}
	l.URL, err = urlIn(words[1:])
	r.p.Logs = append(r.p.Logs, l)
	return err
}

func (r *policyReader) witness(words []string) error {
	if len(words) < 2 || len(words) > 3 || len(r.p.Witnesses) == maxPolicyLines {
		return fmt.Errorf("want witness NAME VKEY [URL], and %d of them are the most", maxPolicyLines)
	}
	if err := r.define(words[0]); err != nil {
		return err
	}
	key, err := ParseCosignPublicKey(words[1])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(r.p.Witnesses, func(w PolicyWitness) bool { return bytes.Equal(w.Key.public, key.public) }) {
		return fmt.Errorf("the key of %s stands twice", key.Name())
	}
	w := PolicyWitness{Name: words[0], Key: key}
	w.URL, err = urlIn(words[2:])
	r.p.Witnesses = append(r.p.Witnesses, w)
	return err
}

// urlIn reads the URL at the end of a line, if there is one.
func urlIn(words []string) (string, error) {
	if len(words) == 0 {
		return "", nil
	}
	u, err := url.Parse(words[0])
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%.200q is no http or https URL", words[0])
	}
	return words[0], nil
}

func (r *policyReader) group(words []string) error {
	if len(words) < 3 || len(r.p.Groups) == maxPolicyLines {
		return fmt.Errorf("want group NAME all|any|K NAME…, and %d of them are the most", maxPolicyLines)
	}
	g := PolicyGroup{Name: words[0], Members: words[2:]}
	switch n := len(g.Members); words[1] {
	case "all":
		g.K = n
	case "any":
		g.K = 1
	default:
		k, err := strconv.Atoi(words[1])
		if err != nil || k < 1 || k > n || strconv.Itoa(k) != words[1] {
			return fmt.Errorf("%.80q is none of all, any, and 1 to %d", words[1], n)
		}
		g.K = k
	}
	for _, name := range g.Members {
		if err := r.take(name); err != nil {
			return err
		}
	}
	r.p.Groups = append(r.p.Groups, g)
	return r.define(g.Name)
}

// take notes that a name is a member of a group.
func (r *policyReader) take(name string) error {
	if !r.defined[name] {
		return fmt.Errorf("%.80q is not defined above", name)
	}
	if r.taken[name] {
		return fmt.Errorf("%.80q is a member twice", name)
	}
	r.taken[name] = true
	return nil
}

// define notes that a name stands for something.
func (r *policyReader) define(name string) error {
	if name == NoQuorum || r.defined[name] {
		return fmt.Errorf("the name %.80q is taken", name)
	}
	r.defined[name] = true
	return nil
}

func (r *policyReader) quorum(words []string) error {
	switch {
	case len(words) != 1:
		return errors.New("want quorum NAME")
	case r.p.Quorum != "":
		return errors.New("a second quorum")
	case words[0] != NoQuorum && !r.defined[words[0]]:
		return fmt.Errorf("%.80q is not defined above", words[0])
	}
	r.p.Quorum = words[0]
	return nil
}

// Format writes the policy: logs, witnesses, groups, and the quorum last.
func (p *Policy) Format() []byte {
	var b bytes.Buffer
	for _, l := range p.Logs {
		line(&b, "log", FormatPublicKey(l.Key), l.URL)
	}
	for _, w := range p.Witnesses {
		line(&b, "witness", w.Name, FormatCosignPublicKey(w.Key), w.URL)
	}
	for _, g := range p.Groups {
		k := strconv.Itoa(g.K)
		switch g.K {
		case len(g.Members):
			k = "all"
		case 1:
			k = "any"
		}
		line(&b, append([]string{"group", g.Name, k}, g.Members...)...)
	}
	line(&b, "quorum", p.Quorum)
	return b.Bytes()
}

func line(b *bytes.Buffer, words ...string) {
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	b.WriteString(strings.Join(words, " ") + "\n")
}

// Satisfied says whether cosignatures of one checkpoint make the quorum.
func (p *Policy) Satisfied(by []Cosignature) bool {
	if p.Quorum == NoQuorum {
		return true
	}
	has := map[string]bool{}
	for _, w := range p.Witnesses {
		has[w.Name] = slices.ContainsFunc(by, func(c Cosignature) bool { return c.Key.name == w.Key.name && c.Key.public.Equal(w.Key.public) })
	}
	for _, g := range p.Groups {
		n := 0
		for _, name := range g.Members {
			if has[name] {
				n++
			}
		}
		has[g.Name] = n >= g.K
	}
	return has[p.Quorum]
}

// Needs says whether a witness of that name can count for the quorum.
func (p *Policy) Needs(name string) bool {
	needed := map[string]bool{p.Quorum: true}
	for _, g := range slices.Backward(p.Groups) {
		for _, member := range g.Members {
			needed[member] = needed[member] || needed[g.Name]
		}
	}
	return needed[name]
}

// NameOf is what the policy calls a witness; "" where it does not know it.
func (p *Policy) NameOf(k CosignPublicKey) string {
	for _, w := range p.Witnesses {
		if w.Key.name == k.name && w.Key.public.Equal(k.public) {
			return w.Name
		}
	}
	return ""
}

// Cosignatures gives the valid cosignatures of the policy's witnesses under a signed checkpoint; see [Cosignatures].
func (p *Policy) Cosignatures(signed []byte) ([]Cosignature, error) {
	keys := make([]CosignPublicKey, len(p.Witnesses))
	for i, w := range p.Witnesses {
		keys[i] = w.Key
	}
	return Cosignatures(signed, keys...)
}

// TakesLog says whether the policy takes checkpoints of the log origin: it names a key of it, or no log at all.
func (p *Policy) TakesLog(origin string) bool {
	return len(p.Logs) == 0 || slices.ContainsFunc(p.Logs, func(l PolicyLog) bool { return l.Key.name == origin })
}

// Ring knows the keys of the policy's logs, each under the name of its log and of the logs below it.
func (p *Policy) Ring() note.Verifiers {
	var all rings
	for _, l := range p.Logs {
		all = append(all, l.Key.Ring())
	}
	return all
}

// rings know the keys that any of them knows.
type rings []note.Verifiers

// Verifier implements note.Verifiers.
func (r rings) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, ring := range r {
		if v, err := ring.Verifier(name, hash); err == nil {
			return v, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// Has says whether a witness is called so in the policy.
func (p *Policy) Has(name string) bool {
	return slices.ContainsFunc(p.Witnesses, func(w PolicyWitness) bool { return w.Name == name })
}
