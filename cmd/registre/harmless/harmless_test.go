package harmless

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLine(t *testing.T) {
	for _, c := range [][2]string{
		{"Région « Grand Est », 4,5 voix", "Région « Grand Est », 4,5 voix"},
		{"a\u00a0b\u202fc", "a\u00a0b\u202fc"},
		{"a\nb\tc", "a b c"},
		{"\x1b[31mrouge", "\ufffd[31mrouge"},
		{"\x1b]8;;http://x\x07lien\x1b]8;;\x07", "\ufffd]8;;http://x\ufffdlien\ufffd]8;;\ufffd"},
		{"\u009b31m", "\ufffd31m"},
		{"\x9b31m", "\ufffd31m"}, // a byte that is a control of its own on terminals that know no UTF-8
		{"exe.\u202etxt", "exe.\ufffdtxt"},
		{"a\u200bb\u2066c\u2028d\ufeff", "a\ufffdb\ufffdc\ufffdd\ufffd"},
		{"a\U000e0041b", "a\ufffdb"},
		{"fin\r", "fin\ufffd"},
		{"", ""},
	} {
		require.Equal(t, c[1], Line(c[0]))
	}
	require.Equal(t, "a\nb\tc\ufffd", Text("a\nb\tc\x1b"))
}

// Of the characters that Unicode calls controls or formats, none passes but those for which there is a reason.
func TestSpoilsWhatUnicodeCallsControlOrFormat(t *testing.T) {
	stay := "\n\t"
	for r := range rune(unicode.MaxRune) {
		if !unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp) && !(unicode.Is(unicode.Cf, r) && unicode.In(r, unicode.Common, unicode.Inherited)) {
			continue
		}
		switch {
		case strings.ContainsRune(stay, r): // where they do harm, Line takes them
		case r >= 0x600 && r <= 0x605, r == 0x6dd, r == 0x70f, r == 0x890, r == 0x891, r == 0x8e2: // are seen
		case r >= 0x13430 && r <= 0x1345f, r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a: // of hieroglyphs, shorthand and notes of music
		default:
			require.True(t, Spoils(r), "%U", r)
		}
	}
	for _, r := range "azAZ09éœ€’«»\u00a0\u202f—…αЖ漢😀" {
		require.False(t, Spoils(r), "%U", r)
	}
}

// However it is cut, the same comes out; and nothing that spoils.
func TestWriterWhereverItIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		text = append(text, rapid.String().Draw(t, "text")+"\u202e\x1bé"...)
		whole, cut := new(bytes.Buffer), new(bytes.Buffer)
		n, err := (&Writer{To: whole}).Write(text)
		require.NoError(t, err)
		require.Equal(t, len(text), n)
		w := &Writer{To: cut}
		for rest := text; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			_, err := w.Write(rest[:n])
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.Equal(t, whole.String(), cut.String())
		require.True(t, utf8.Valid(whole.Bytes()))
		require.Equal(t, -1, strings.IndexFunc(whole.String(), Spoils))
	})
}

// Escaped, JSON says the same.
func TestWriterKeepsWhatJSONSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		says := rapid.String().Draw(t, "text") + "\u202e\u009b\x7f\U000e0041é😀"
		was, err := json.Marshal(says)
		require.NoError(t, err)
		var out bytes.Buffer
		_, err = (&Writer{To: &out, As: func() Manner { return Escaped }}).Write(was)
		require.NoError(t, err)
		require.Equal(t, -1, strings.IndexFunc(out.String(), Spoils))
		var now string
		require.NoError(t, json.Unmarshal(out.Bytes(), &now))
		require.Equal(t, says, now)
		out.Reset()
		_, err = (&Writer{To: &out, As: func() Manner { return Kept }}).Write(was)
		require.NoError(t, err)
		require.Equal(t, was, out.Bytes())
	})
}
