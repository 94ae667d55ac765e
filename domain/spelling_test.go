package domain

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// spelled is a value with one spelling.
type spelled interface {
	comparable
	String() string
	AppendText([]byte) ([]byte, error)
	MarshalText() ([]byte, error)
}

// requireOneSpelling checks what every parser of this package promises, for whatever text.
func requireOneSpelling[T spelled](t require.TestingT, s string, parse func(string) (T, error)) {
	var zero T
	v, err := parse(s)
	if err != nil {
		var bad *TextError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, zero, v)
		if bad.Instead != "" {
			again, err := parse(bad.Instead)
			require.NoError(t, err, "the spelling that %q is to have", s)
			require.Equal(t, bad.Instead, again.String())
		}
		return
	}
	require.NotEqual(t, zero, v)
	require.Equal(t, s, v.String())
	b, err := v.AppendText([]byte("x"))
	require.NoError(t, err)
	require.Equal(t, "x"+s, string(b))
	b, err = json.Marshal(v)
	require.NoError(t, err)
	var back T
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, v, back)
}

func TestUAI(t *testing.T) {
	for s, department := range map[string]string{
		"0680034T": "68", "0350122T": "35", "0750655E": "75", "0690026D": "69", "6200001A": "2A", "7200001Z": "2B", "9740001A": "974", "0000000A": "00", "9999999Z": "999",
	} {
		requireOneSpelling(t, s, ParseUAI)
		u, err := ParseUAI(s)
		require.NoError(t, err)
		assert.Equal(t, department, u.Department())
	}
	for _, s := range []string{"", "0680034", "0680034t", "680034T", "0680034TT", "06800A4T", "0680034É", "2A00001A", " 680034T", "0680034["} {
		_, err := ParseUAI(s)
		require.ErrorIs(t, err, ErrMalformed, s)
	}
	_, err := UAI(math.MaxUint32).AppendText(nil)
	require.ErrorIs(t, err, ErrTooLarge)
	require.Empty(t, UAI(0).Department())
}

// The letters are those of real schools.
func TestUAICheck(t *testing.T) {
	for _, s := range []string{"0680034T", "0350122T", "0750655E", "0690026D"} {
		letter, right := uaiOf(s).Check()
		assert.True(t, right, s)
		assert.Equal(t, s[7], letter)
	}
	letter, right := uaiOf("0680034A").Check()
	require.False(t, right)
	require.Equal(t, byte('T'), letter)
	_, right = UAI(0).Check()
	require.False(t, right)
}

func TestUAIsAreInTheOrderOfTheirTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.StringMatching(`0[0-9]{6}[A-Z]`)
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		require.Equal(t, a < b, uaiOf(a) < uaiOf(b))
	})
}

func TestSIRET(t *testing.T) {
	for _, s := range []string{
		"73282932000074", "00000000000018",
		"35600000000048", // the seat of La Poste, by Luhn's formula
		"35600000049837", // an establishment of La Poste, by the sum of its digits
	} {
		requireOneSpelling(t, s, ParseSIRET)
	}
	for s, why := range map[string]error{
		"": ErrMalformed, "7328293200007": ErrMalformed, "732829320000744": ErrMalformed, "732 829 320 00074": ErrMalformed, "00000000000000": ErrMalformed,
		"73282932000075": ErrChecksum, "73282932000047": ErrChecksum, // two digits exchanged
		"35600000049838": ErrChecksum,
	} {
		_, err := ParseSIRET(s)
		require.ErrorIs(t, err, why, s)
	}
	require.EqualValues(t, 732829320, SIRET(73282932000074).SIREN())
	_, err := SIRET(73282932000075).AppendText(nil)
	require.ErrorIs(t, err, ErrChecksum)
	_, err = (maxSIRET + 1).AppendText(nil)
	require.ErrorIs(t, err, ErrTooLarge)
}

func money(t require.TestingT, s string) Money {
	m, err := ParseMoney(s)
	require.NoError(t, err)
	return m
}

func TestMoney(t *testing.T) {
	for s, cents := range map[string]int64{"0.00 EUR": 0, "0.05 EUR": 5, "3.20 EUR": 320, "1250.00 CHF": 125000, "92233720368547758.07 EUR": math.MaxInt64} {
		requireOneSpelling(t, s, ParseMoney)
		require.Equal(t, cents, money(t, s).Cents())
		require.Equal(t, s[len(s)-3:], money(t, s).Currency())
	}
	for s, why := range map[string]error{
		"": ErrMalformed, "3.20": ErrMalformed, "3,20 EUR": ErrMalformed, "3.20 eur": ErrMalformed, "3.20  EUR": ErrMalformed, "-3.20 EUR": ErrMalformed, "3.200 EUR": ErrMalformed,
		"EUR 3.20": ErrMalformed, ".20 EUR": ErrMalformed, "3. EUR": ErrMalformed, "+3.20 EUR": ErrMalformed, "1 250.00 EUR": ErrMalformed,
		"3.2 EUR": ErrSpelling, "3 EUR": ErrSpelling, "03.20 EUR": ErrSpelling, "92233720368547758.08 EUR": ErrTooLarge,
	} {
		_, err := ParseMoney(s)
		require.ErrorIs(t, err, why, s)
		requireOneSpelling(t, s, ParseMoney)
	}
	none := Money{}
	require.Empty(t, none.String()+none.Currency())
	require.NotEqual(t, none, money(t, "0.00 EUR"), "no amount is not an amount of 0")
	_, err := NewMoney(-1, "EUR")
	require.ErrorIs(t, err, ErrNegative)
	_, err = NewMoney(1, "euro")
	require.ErrorIs(t, err, ErrCurrency)
}

func TestMoneyAdds(t *testing.T) {
	sum, err := money(t, "3.20 EUR").Add(money(t, "0.85 EUR"))
	require.NoError(t, err)
	require.Equal(t, "4.05 EUR", sum.String())
	for _, pair := range [][2]Money{{sum, {}}, {{}, sum}} {
		same, err := pair[0].Add(pair[1])
		require.NoError(t, err)
		require.Equal(t, sum, same)
	}
	_, err = sum.Add(money(t, "1.00 CHF"))
	require.ErrorIs(t, err, ErrCurrency)
	most := money(t, "92233720368547758.07 EUR")
	_, err = most.Add(money(t, "0.01 EUR"))
	require.ErrorIs(t, err, ErrTooLarge)
	product, err := money(t, "3.20 EUR").Times(412)
	require.NoError(t, err)
	require.Equal(t, "1318.40 EUR", product.String())
	_, err = most.Times(2)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = most.Times(math.MaxInt64)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = most.Times(-1)
	require.ErrorIs(t, err, ErrNegative)
}

func TestCeiling(t *testing.T) {
	for _, s := range []string{"1 pupils", "90000 pupils", "999999999 pupils", "0.00 EUR", "1200000.00 EUR"} {
		requireOneSpelling(t, s, ParseCeiling)
	}
	for _, s := range []string{"", "0 pupils", "090 pupils", "1000000000 pupils", "-1 pupils", " pupils", "90000", "90000 pupil", "9 0 pupils"} {
		_, err := ParseCeiling(s)
		require.ErrorIs(t, err, ErrMalformed, s)
	}
	for _, c := range []Ceiling{{Pupils: -1}, {Pupils: MaxPupils + 1}, {Pupils: 1, Amount: dollars}} {
		_, err := c.AppendText(nil)
		require.ErrorIs(t, err, ErrMalformed)
	}
}

func TestHeadcount(t *testing.T) {
	for s, pupils := range map[string]int{"0": 0, "7": 7, "999999": 999999} {
		h, err := ParseHeadcount(s)
		require.NoError(t, err)
		n, known := h.Pupils()
		require.True(t, known)
		require.Equal(t, pupils, n)
		require.Equal(t, s, h.String())
		same, err := NewHeadcount(pupils)
		require.NoError(t, err)
		require.Equal(t, h, same)
	}
	h, err := ParseHeadcount("?")
	require.NoError(t, err)
	n, known := h.Pupils()
	require.False(t, known, "unknown is never 0")
	require.Zero(t, n)
	require.Equal(t, "?", Headcount(0).String())
	for _, s := range []string{"", "00", "01", "-1", "1000000", "1.0", "??", "<5", " 1"} {
		_, err := ParseHeadcount(s)
		require.ErrorIs(t, err, ErrMalformed, s)
	}
	_, err = NewHeadcount(-1)
	require.ErrorIs(t, err, ErrNegative)
	_, err = NewHeadcount(MaxHeadcount + 1)
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestOrderNumbers(t *testing.T) {
	for _, s := range []string{"1", "2022-0042", "BC/22/17", "a.b_c-D", strings.Repeat("x", MaxIDLength)} {
		assert.True(t, ValidOrderNumber(s), s)
	}
	for _, s := range []string{"", "-1", "1-", "/1", "BC 22", "BC n°1", "é", "a,b", strings.Repeat("x", MaxIDLength+1)} {
		assert.False(t, ValidOrderNumber(s), s)
	}
}

func TestDepartments(t *testing.T) {
	for _, s := range []string{"67", "2A", "2B", "974", "01"} {
		assert.True(t, ValidDepartment(s), s)
	}
	for _, s := range []string{"", "7", "2a", "2C", "0974", "Haut-Rhin"} {
		assert.False(t, ValidDepartment(s), s)
	}
}

func FuzzParseUAI(f *testing.F) {
	fuzzText(f, ParseUAI, "0680034T", "0680034t", "6200001A", "")
}

func FuzzParseSIRET(f *testing.F) {
	fuzzText(f, ParseSIRET, "73282932000074", "35600000049837", "73282932000075")
}

func FuzzParseMoney(f *testing.F) {
	fuzzText(f, ParseMoney, "3.20 EUR", "03.2 EUR", "92233720368547758.08 EUR", "0.00 XXX")
}

func FuzzParseCeiling(f *testing.F) {
	fuzzText(f, ParseCeiling, "90000 pupils", "1.00 EUR", "0 pupils", "1 EUR")
}

func fuzzText[T spelled](f *testing.F, parse func(string) (T, error), seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { requireOneSpelling(t, s, parse) })
}
