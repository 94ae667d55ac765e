package witness

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore/archive"
)

func TestRequestForm(t *testing.T) {
	key, h := logKey(t), numbered(9, 9, "")
	for _, r := range []Request{submit(t, key, h, 0, 5), submit(t, key, h, 5, 9), submit(t, key, h, 9, 9)} {
		again, err := ParseRequest(r.Format())
		require.NoError(t, err)
		require.Equal(t, r, again)
	}
	body := string(submit(t, key, h, 5, 9).Format())
	hash := strings.Split(body, "\n")[1] + "\n"
	for name, bad := range map[string]string{
		"nothing":        "",
		"another word":   strings.Replace(body, "old", "new", 1),
		"a zero before":  strings.Replace(body, "old 5", "old 05", 1),
		"a sign":         strings.Replace(body, "old 5", "old +5", 1),
		"no size":        strings.Replace(body, "old 5", "old ", 1),
		"too large":      strings.Replace(body, "old 5", "old 18446744073709551616", 1),
		"no empty line":  strings.Replace(body, "\n\n", "\n", 1),
		"a short hash":   strings.Replace(body, hash, hash[4:], 1),
		"its other bits": strings.Replace(body, hash, hash[:42]+"F=\n", 1),
		"too many":       strings.Replace(body, hash, strings.Repeat(hash, MaxProof+1), 1),
		"too long":       body + strings.Repeat("x", MaxRequest),
	} {
		_, err := ParseRequest([]byte(bad))
		require.ErrorIs(t, err, archive.ErrMalformed, name)
	}
	few, err := ParseRequest([]byte(body))
	require.NoError(t, err)
	most, err := ParseRequest([]byte(strings.Replace(body, hash, strings.Repeat(hash, MaxProof-len(few.Proof)+1), 1)))
	require.NoError(t, err)
	require.Len(t, most.Proof, MaxProof)
}

func FuzzParseRequest(f *testing.F) {
	key, h := logKey(f), numbered(9, 9, "")
	f.Add(submit(f, key, h, 0, 5).Format())
	f.Add(submit(f, key, h, 3, 9).Format())
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseRequest(body)
		if err != nil {
			require.ErrorIs(t, err, archive.ErrMalformed)
			return
		}
		require.Equal(t, string(body), string(r.Format()))
	})
}

func FuzzParseLogs(f *testing.F) {
	f.Add([]byte("# none\n\n" + archive.FormatPublicKey(logKey(f).PublicKey) + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseLogs(text)
		if err != nil {
			require.ErrorIs(t, err, archive.ErrMalformed)
			return
		}
		for name, keys := range all {
			require.NotNil(t, all.verifiers(name))
			for _, k := range keys {
				require.Contains(t, string(text), archive.FormatPublicKey(k))
			}
		}
	})
}
