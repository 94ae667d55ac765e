package archive

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/tessera"
	"pgregory.net/rapid"
)

// parties are keys that a policy can name.
type parties struct {
	log       PublicKey
	witnesses []*CosignKey
	vkeys     []string
}

func newParties(t testing.TB, n int) parties {
	p := parties{log: testKey(t).PublicKey}
	for i := range n {
		k := cosignKey(t, fmt.Sprintf("witness.example/w%d", i))
		p.witnesses, p.vkeys = append(p.witnesses, k), append(p.vkeys, FormatCosignPublicKey(k.CosignPublicKey))
	}
	return p
}

// text puts vkeys in for L and for W0, W1 …
func (p parties) text(lines ...string) []byte {
	text := strings.ReplaceAll(strings.Join(lines, "\n")+"\n", " L", " "+FormatPublicKey(p.log))
	for i, v := range p.vkeys {
		text = strings.ReplaceAll(text, fmt.Sprintf(" W%d", i), " "+v)
	}
	return []byte(text)
}

func TestPolicyForm(t *testing.T) {
	p := newParties(t, 3)
	text := p.text("log L https://registre.example/archive", "witness x1 W0", "witness x2 W1 https://witness.example/sub", "witness y W2",
		"group x all x1 x2", "group every 1 x y", "quorum every")
	policy, err := ParsePolicy(text)
	require.NoError(t, err)
	require.Equal(t, "https://witness.example/sub", policy.Witnesses[1].URL)
	require.Equal(t, strings.Replace(string(text), "every 1 x", "every any x", 1), string(policy.Format()))

	loose := strings.ReplaceAll("# who watches\n\n  \t\n"+string(text), "witness ", " \twitness\t ")
	again, err := ParsePolicy([]byte(loose))
	require.NoError(t, err)
	require.Equal(t, policy, again)

	none, err := ParsePolicy([]byte("quorum none\n"))
	require.NoError(t, err)
	require.True(t, none.Satisfied(nil))
	require.True(t, none.TakesLog("anybody"))
	require.False(t, policy.TakesLog("anybody"))
	require.True(t, policy.TakesLog(house))
}

// TestPolicyErrors gives the line that is wrong.
func TestPolicyErrors(t *testing.T) {
	p := newParties(t, 2)
	for _, c := range []struct {
		line  int
		says  string
		lines []string
	}{
		{0, "no quorum", []string{"log L"}},
		{2, "second quorum", []string{"quorum none", "quorum none"}},
		{1, "not defined above", []string{"quorum w", "witness w W0"}},
		{1, "none of log", []string{"LOG L", "quorum none"}},
		{1, "control character", []string{"# a\rb", "quorum none"}},
		{1, "control character", []string{"quorum none\x7f"}},
		{2, "stands twice", []string{"log L", "log L", "quorum none"}},
		{2, "stands twice", []string{"witness a W0", "witness b W0", "quorum none"}},
		{1, "cosignature key", []string{"witness a L", "quorum none"}},
		{1, "of an Ed25519 key", []string{"log W0", "quorum none"}},
		{2, "is taken", []string{"witness a W0", "witness a W1", "quorum none"}},
		{1, "is taken", []string{"witness none W0", "quorum none"}},
		{2, "is taken", []string{"witness a W0", "group a any a", "quorum a"}},
		{2, "not defined above", []string{"witness a W0", "group g any g", "quorum g"}},
		{2, "member twice", []string{"witness a W0", "group g any a a", "quorum g"}},
		{3, "member twice", []string{"witness a W0", "group g any a", "group h any a", "quorum g"}},
		{2, "1 to 1", []string{"witness a W0", "group g 2 a", "quorum g"}},
		{2, "1 to 1", []string{"witness a W0", "group g 0 a", "quorum g"}},
		{2, "1 to 1", []string{"witness a W0", "group g +1 a", "quorum g"}},
		{2, "want group", []string{"witness a W0", "group g any", "quorum g"}},
		{1, "no http", []string{"witness a W0 ftp://x", "quorum none"}},
		{1, "no http", []string{"witness a W0 https://x?y=z", "quorum none"}},
		{1, "want witness", []string{"witness a", "quorum none"}},
		{1, "want quorum", []string{"quorum"}},
	} {
		_, err := ParsePolicy(p.text(c.lines...))
		var at *PolicyError
		require.True(t, errors.As(err, &at), "%q: %v", c.lines, err)
		require.ErrorIs(t, err, ErrMalformed)
		require.Equal(t, c.line, at.Line, "%q: %v", c.lines, err)
		require.Contains(t, at.Cause, c.says, "%q", c.lines)
	}
	_, err := ParsePolicy([]byte("quorum none"))
	require.ErrorContains(t, err, "line 1: the line does not end")
	_, err = ParsePolicy([]byte(strings.Repeat("#\n", MaxPolicy)))
	require.ErrorIs(t, err, ErrMalformed)
	_, err = ParsePolicy([]byte(strings.Repeat("witness a b\n", 2)))
	require.ErrorContains(t, err, "line 1")
}

// TestPolicySatisfied compares every subset of four witnesses, for many policies, with what tessera makes of them.
func TestPolicySatisfied(t *testing.T) {
	p := newParties(t, 4)
	bare := sign(t, testKey(t), checkpointOf(house, grown(3)))
	subsets := make([][]byte, 1<<4)
	for set := range subsets {
		subsets[set] = bare
		for i, w := range p.witnesses {
			if set>>i&1 == 1 {
				subsets[set] = cosign(t, subsets[set], w, time.Now())
			}
		}
	}
	yes, no := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := randomPolicy(t, p)
		policy, err := ParsePolicy(text)
		require.NoError(t, err, string(text))
		theirs, err := tessera.NewWitnessGroupFromPolicy(text)
		require.NoError(t, err, string(text))
		for set, signed := range subsets {
			by, err := policy.Cosignatures(signed)
			require.NoError(t, err)
			require.Equal(t, theirs.Satisfied(signed), policy.Satisfied(by), "%s, with %04b", text, set)
			if policy.Satisfied(by) {
				yes++
			} else {
				no++
			}
		}
	})
	require.Positive(t, yes)
	require.Positive(t, no)
}

// randomPolicy puts four witnesses into one or two groups, and these perhaps into a third one.
func randomPolicy(t *rapid.T, p parties) []byte {
	k := func(n int) string {
		return rapid.SampledFrom([]string{"all", "any", fmt.Sprint(rapid.IntRange(1, n).Draw(t, "k"))}).Draw(t, "rule")
	}
	var lines []string
	for i := range p.vkeys {
		lines = append(lines, fmt.Sprintf("witness w%d W%d https://witness.example/", i, i))
	}
	lines = append(lines, "group a "+k(2)+" w0 w1", "group b "+k(2)+" w2 a", "group c "+k(2)+" w3 b")
	lines = append(lines, "quorum "+rapid.SampledFrom([]string{"a", "b", "c", "w2", "none"}).Draw(t, "quorum"))
	return p.text(lines...)
}

func TestPolicyNeeds(t *testing.T) {
	p := newParties(t, 4)
	policy, err := ParsePolicy(p.text("witness a W0", "witness b W1", "witness c W2", "witness d W3", "group g any a b", "group h all g c", "quorum h"))
	require.NoError(t, err)
	require.True(t, policy.Needs("a"))
	require.True(t, policy.Needs("b"))
	require.True(t, policy.Needs("c"))
	require.False(t, policy.Needs("d"))
	require.Equal(t, "d", policy.NameOf(p.witnesses[3].CosignPublicKey))
	require.Empty(t, policy.NameOf(cosignKey(t, "witness.example/w3").CosignPublicKey))
	policy.Quorum = NoQuorum
	require.False(t, policy.Needs("a"))
}

// TestPolicyTakesTheKeyNotTheName: a witness of the same name with another key counts for nothing.
func TestPolicyTakesTheKeyNotTheName(t *testing.T) {
	p := newParties(t, 1)
	policy, err := ParsePolicy(p.text("witness a W0", "quorum a"))
	require.NoError(t, err)
	bare := sign(t, testKey(t), checkpointOf(house, grown(3)))
	by, err := policy.Cosignatures(cosign(t, bare, cosignKey(t, "witness.example/w0"), time.Now()))
	require.NoError(t, err)
	require.False(t, policy.Satisfied(by))
	stranger := cosignKey(t, "witness.example/w0")
	by, err = Cosignatures(cosign(t, bare, stranger, time.Now()), stranger.CosignPublicKey)
	require.NoError(t, err)
	require.Len(t, by, 1)
	require.False(t, policy.Satisfied(by), "good, and of somebody else")
	by, err = policy.Cosignatures(cosign(t, bare, p.witnesses[0], time.Now()))
	require.NoError(t, err)
	require.True(t, policy.Satisfied(by))
}

func FuzzParsePolicy(f *testing.F) {
	p := newParties(f, 2)
	f.Add(p.text("log L", "witness a W0 https://w.example", "witness b W1", "group g 2 a b", "quorum g"))
	f.Add([]byte("# none\nquorum none\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		policy, err := ParsePolicy(text)
		if err != nil {
			require.ErrorIs(t, err, ErrMalformed)
			return
		}
		again, err := ParsePolicy(policy.Format())
		require.NoError(t, err)
		require.Equal(t, policy, again)
	})
}
