package typed

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDays(t *testing.T) {
	for text, want := range map[string]string{
		"01/09/2022": "2022-09-01", "1/9/2022": "2022-09-01", "2022-09-01": "2022-09-01", "1-9-2022": "2022-09-01", "01.09.2022": "2022-09-01",
		"1er septembre 2022": "2022-09-01", "jeudi 1er septembre 2022": "2022-09-01", "15 août 2022": "2022-08-15", "3 sept. 2022": "2022-09-03", "01/09/2022 00:00": "2022-09-01",
		"29/02/2024": "2024-02-29", "1 9 2022": "2022-09-01", " 01/09/2022 ": "2022-09-01", "3 fév 2022": "2022-02-03",
	} {
		got, err := Day(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]Wrong{
		"01/09/22": {TwoDigitYear, "2022-09-01"}, "29/02/2023": {BadDay, ""}, "09/2022": {BadDay, ""}, "2022": {BadDay, ""}, "44805": {BadDay, "2022-09-01"},
		"13/13/2022": {BadDay, ""}, "1 jui 2022": {BadDay, ""}, "rentrée 2022": {BadDay, ""}, "": {BadDay, ""}, "31/04/2022": {BadDay, ""},
		"1/9/202": {BadDay, ""}, "1/0/2022": {BadDay, ""}, "0/9/2022": {BadDay, ""}, "1 s 2022": {BadDay, ""}, "70001": {BadDay, ""}, "30000": {BadDay, "1982-02-18"}, "29999": {BadDay, ""},
	} {
		_, err := Day(text)
		w := new(Wrong)
		require.ErrorAs(t, err, &w, text)
		assert.Equal(t, want, *w, text)
	}
}

func TestPlain(t *testing.T) {
	for name, want := range map[string]string{
		"N° de bon de commande": "n bon commande", "nº du bon": "n bon", "bon n°12": "bon n 12", "Nº 3": "n 3", "Œuvre, œuvre": "oeuvre oeuvre", "Élèves (au 15/09)": "eleves",
		"(effectif)": "effectif", "  (effectif) prévu": "effectif prevu", "de": "de", "L'effectif d’élèves": "effectif eleves", "": "",
	} {
		assert.Equal(t, want, Plain(name), name)
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]int64{
		"3,25": 325, "3.25": 325, "3": 300, "3,5": 350, "1 234,50 €": 123450, "0,00": 0, "12 EUR": 1200, "2,40 € HT": 240, "3,2500": 325,
		"2,40 € TTC": 240, "3 eur": 300, "3 euro": 300, "3 Euros": 300, "3 Euro": 300, "1'234,50": 123450, "1’234,50": 123450, "1\u202f234\u2009567\u00a0€": 123456700,
	} {
		got, currency, err := Amount(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, "EUR", currency, text)
	}
	got, currency, err := Amount("1 250,50 CHF")
	require.NoError(t, err)
	assert.Equal(t, "125050 CHF", fmt.Sprint(got, " ", currency))
	for _, text := range []string{"", "-3", "3,250", "3,255", "gratuit", "3,25 $", "1.234,50", "3,2,5", "3,a", "3 chf", "CHF", "€€"} {
		_, _, err := Amount(text)
		assert.Error(t, err, text)
	}
	_, _, err = Amount("1.000 €") // a thousand, as is written in Germany and by some in Alsace, or one
	assertWrong(t, Wrong{TwoReadings, "1.00 EUR\t1000.00 EUR"}, err, "1.000 €")
}

func TestMoney(t *testing.T) {
	for text, want := range map[string]string{"3,20 €": "3.20 EUR", "1 250,00 €": "1250.00 EUR", "12 euros": "12.00 EUR", "3.2 EUR": "3.20 EUR", "90,5 CHF": "90.50 CHF", "2,40 € HT": "2.40 EUR"} {
		got, err := Money(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]Wrong{
		"3,20": {BadAmount, ""}, "1.000,5 €": {BadAmount, ""}, "3,255 €": {BadAmount, ""}, "€": {BadAmount, ""}, "-3 €": {BadAmount, ""},
		"1.000 €": {TwoReadings, "1.00 EUR\t1000.00 EUR"}, "1,250 €": {TwoReadings, "1.25 EUR\t1250.00 EUR"},
	} {
		_, err := Money(text)
		assertWrong(t, want, err, text)
	}
}

func assertWrong(t *testing.T, want Wrong, err error, text string) {
	t.Helper()
	w := new(Wrong)
	require.ErrorAs(t, err, &w, text)
	assert.Equal(t, want, *w, text)
}

func TestHours(t *testing.T) {
	for text, want := range map[string]string{
		"14h30": "14:30", "14 h 30": "14:30", "14H30": "14:30", "14\u00a0h\u00a030": "14:30", "14:30": "14:30", "14h": "14:00", "9h": "09:00", "9h05": "09:05", "9:30": "09:30",
		"0h00": "00:00", "23h59": "23:59", " 14h30 ": "14:30",
	} {
		got, err := Hour(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]Wrong{
		"25h00": {BadHour, ""}, "24:00": {BadHour, ""}, "14h60": {BadHour, ""}, "14": {BadHour, ""}, "14.30": {BadHour, ""}, "14:3": {BadHour, ""}, "14:": {BadHour, ""}, "midi": {BadHour, ""},
		"": {BadHour, ""}, "-1h00": {BadHour, ""}, "14h30m": {BadHour, ""}, "014h30": {BadHour, ""}, "14:30:00": {BadHour, ""}, "1٤h30": {BadHour, ""},
		"14h3": {TwoReadings, "14:03\t14:30"}, "14h5": {TwoReadings, "14:05\t14:50"}, "14h6": {BadHour, "14:06"}, "14h7": {BadHour, "14:07"},
	} {
		_, err := Hour(text)
		assertWrong(t, want, err, text)
	}
}

// What the clock of Paris passes over on 2023-03-26, and shows twice on 2023-10-29, is no instant.
func TestInstants(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	for text, want := range map[string]string{
		"01/03/2023 9h30": "2023-03-01T09:30:00+01:00", "1er mars 2023 à 14 h 30": "2023-03-01T14:30:00+01:00", "01/03/2023 at 9h30": "2023-03-01T09:30:00+01:00", "20/07/2023 14:30": "2023-07-20T14:30:00+02:00", "2023-07-20 14h": "2023-07-20T14:00:00+02:00",
		"26/03/2023 1h59": "2023-03-26T01:59:00+01:00", "26/03/2023 3h": "2023-03-26T03:00:00+02:00", "29/10/2023 1h59": "2023-10-29T01:59:00+02:00", "29/10/2023 3h": "2023-10-29T03:00:00+01:00",
	} {
		got, err := Instant(text, paris)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]Wrong{
		"": {BadInstant, ""}, "14h30": {BadInstant, ""}, "01/03/2023": {BadInstant, ""}, "32/01/2026 14h30": {BadInstant, ""}, "01/03/2023 25h00": {BadHour, ""}, "26/03/2023 2h30": {BadInstant, ""},
		"29/10/2023 2h30": {TwoReadings, "2023-10-29T02:30:00+02:00\t2023-10-29T02:30:00+01:00"},
	} {
		_, err := Instant(text, paris)
		assertWrong(t, want, err, text)
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{"4,5": "4.5", "0,125": "0.125", "4.5": "4.5", "15": "15", "1/3": "1/3", "1234,567": "1234.567", "1,1250": "1.1250", "": "", "1.000.5": "1.000.5"} {
		got, err := Number(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for text, want := range map[string]Wrong{
		"4,5,6": {BadNumber, ""}, "1.000,5": {BadNumber, ""}, ",5": {BadNumber, ""}, "4,": {BadNumber, ""}, "-4,5": {BadNumber, ""}, "1/3,5": {BadNumber, ""}, "1,125": {TwoReadings, "1.125\t1125"},
	} {
		_, err := Number(text)
		assertWrong(t, want, err, text)
	}
}

func TestListsComeApart(t *testing.T) {
	for list, want := range map[string][]string{
		"a=4,5,b=2": {"a=4,5", "b=2"}, "a=4.5,b=2": {"a=4.5", "b=2"}, "a=4,5": {"a=4,5"}, "a=4,5,6": {"a=4,5", "6"}, "pour:1,5,contre:0,5": {"pour:1,5", "contre:0,5"}, "a,5": {"a", "5"},
		"a=1/3,5": {"a=1/3", "5"}, "a=,5": {"a=", "5"}, "": {""}, "a=1.000,5": {"a=1.000,5"}, "5,6": {"5", "6"}, "a=4,5,b=2,6,7": {"a=4,5", "b=2,6", "7"},
	} {
		assert.Equal(t, want, Apart(list), list)
	}
}

func TestFigures(t *testing.T) {
	for text, want := range map[string]string{"4,5": "9/2", "4.50": "9/2", "9/2": "9/2", "12 345": "12345/1", "12\u202f345,5": "24691/2"} {
		got, ok := Figure(text)
		require.True(t, ok, text)
		assert.Equal(t, want, got.String(), text)
	}
	for _, text := range []string{"", "4,5,6", "1.000,5", "-4", "1/0", "1e3", "four", "1,2.3", "1234567890123456", "0.1234567890123456", "1/1234567890123456"} {
		_, ok := Figure(text)
		assert.False(t, ok, text)
	}
}
