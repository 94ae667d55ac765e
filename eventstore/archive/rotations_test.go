package archive

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

const goldenRotation = "testdata/rotation.v1"

// TestGoldenRotation: a rotation that was once written is read for ever, and proves what it did.
func TestGoldenRotation(t *testing.T) {
	text, err := os.ReadFile(goldenRotation)
	require.NoError(t, err)
	r, err := ParseRotation(text)
	require.NoError(t, err)
	require.Equal(t, string(text), string(r.Format()))
	require.NoError(t, r.Check())
	require.EqualValues(t, 1, r.Envelope.Number)
	require.EqualValues(t, 3, r.Last.Size)
	require.Equal(t, ours, r.Last.Origin)
	require.True(t, NewKeychain([]Rotation{r}, r.To).Leads(r.From))
	require.False(t, NewKeychain([]Rotation{r}, r.From).Leads(r.To))
}

// FuzzParseRotation: what is taken for a rotation is written again to the byte, and no other text has the golden one's signature.
func FuzzParseRotation(f *testing.F) {
	golden, err := os.ReadFile(goldenRotation)
	require.NoError(f, err)
	signed, err := ParseRotation(golden)
	require.NoError(f, err)
	f.Add(golden)
	f.Add([]byte(rotationHeader + "\n{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		again, err := ParseRotation(text)
		if err != nil {
			require.ErrorIs(t, err, ErrMalformed)
			return
		}
		require.Equal(t, string(text), string(again.Format()))
		if string(text) != string(golden) && again.From.same(signed.From) {
			require.Error(t, again.Check())
		}
	})
}
