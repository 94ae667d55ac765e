package paper

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/ledongthuc/pdf"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() Document {
	d := Document{
		Lang: "fr", Title: "Bon de commande 2022-57", Beneath: "Groupement de commandes ENT Grand Est", Stamp: "Illustratif : tout est inventé",
		Facts: [][2]string{{"Membre", "Département de la Moselle"}, {"Période", "du 1er septembre 2022 au 31 août 2023"}},
		Table: Table{
			Heads: []string{"UAI", "Établissement", "Cycle", "Effectif"}, Widths: []float64{30, 90, 30, 30}, Right: map[int]bool{3: true},
			Sum: []string{"", "Total", "", "au moins 99"},
		},
		Remarks: []string{"Enregistré sous le n° 12 du registre."}, Foot: "registre.example/demo · ent-grand-est #12", Of: time.Date(2022, 6, 15, 10, 0, 0, 0, time.UTC),
	}
	for i := range 120 {
		d.Table.Rows = append(d.Table.Rows, []string{fmt.Sprintf("%07dA", i), "Collège L’Œuvre — Łódź, au nom bien trop long pour tenir dans sa seule colonne, numéro deux", "college", fmt.Sprint(i)})
	}
	return d
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	var once, twice bytes.Buffer
	require.NoError(t, Write(&once, sample()))
	require.NoError(t, Write(&twice, sample()))
	assert.Equal(t, once.Bytes(), twice.Bytes())
	other := sample()
	other.Table.Rows[3][3] = "x"
	var differs bytes.Buffer
	require.NoError(t, Write(&differs, other))
	assert.NotEqual(t, once.Bytes(), differs.Bytes())
}

// TestOthersReadIt has somebody else's program read the text again.
func TestOthersReadIt(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, sample()))
	r, err := pdf.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	assert.Equal(t, 3, r.NumPage())
	plain, err := r.GetPlainText()
	require.NoError(t, err)
	text, err := io.ReadAll(plain)
	require.NoError(t, err)
	for _, want := range []string{"Bon de commande 2022-57", "Département de la Moselle", "Période", "0000119A", "au moins 99", "Illustratif", "ent-grand-est #12"} {
		assert.Contains(t, string(text), want)
	}
	assert.NotContains(t, string(text), "seule colonne", "what is too wide for its cell is cut")
}

// TestTheStampStandsInTheMarginOfEverySheet but the first, which begins with it: nothing of the page is fixed over its text.
func TestTheStampStandsInTheMarginOfEverySheet(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		var stamped, plain bytes.Buffer
		require.NoError(t, WriteHTML(&stamped, Document{Title: "T", Stamp: `PROJET – "x"; }`, Fixed: fixed}))
		require.NoError(t, WriteHTML(&plain, Document{Title: "T", Fixed: fixed}))
		require.Contains(t, stamped.String(), `@top-center{content:"PROJET\000020\002013\000020\000022x\000022\00003b\000020\00007d"`)
		require.Contains(t, stamped.String(), `<p class="stamp" role="note">PROJET`)
		require.NotContains(t, stamped.String(), "position:fixed")
		require.NotContains(t, plain.String(), "@top-center")
	}
}
