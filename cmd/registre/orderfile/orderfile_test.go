package orderfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/cmd/registre/sheet"
	"registre/cmd/registre/typed"
	"registre/domain"
)

func TestColumnsAreKnownByTheirNames(t *testing.T) {
	for name, want := range map[string]Field{
		"UAI": UAI, "Code UAI": UAI, "N° UAI": UAI, "code RNE de l'établissement": nothing, "RNE": UAI, "Établissement": SchoolName,
		"Nom de l’établissement": SchoolName, "N° de bon de commande": Order, "Numéro du bon de commande": Order, "N°BC": Order, "Nb d'élèves": Count,
		"EFFECTIFS": Count, "Effectif (rentrée 2022)": Count, "Effectif collège": "headcount:college", "Nombre d'élèves lycée": "headcount:lycee",
		"Effectifs LP": "headcount:lycee-professionnel", "Type d'effectif": CountKind, "Date d'effectif": CountDay, "Prix unitaire HT": UnitPrice,
		"P.U. (HT)": nothing, "Date de début": From, "Jusqu'au": Through, "until": Until, "Observations": Remark, "headcount_kind": CountKind, "Total": nothing, "": nothing,
	} {
		assert.Equal(t, want, recognise(name), name)
	}
}

func TestHeadcounts(t *testing.T) {
	for text, want := range map[string]int{
		"412": 412, "0": 0, "1 234": 1234, "1\u202f234": 1234, "1\u00a0234": 1234, "412,0": 412, "412.00": 412, "007": 7,
		"": -1, "s": -1, "S": -1, "<5": -1, "< 5": -1, "n.d.": -1, "ND": -1, "?": -1, "-": -1, "non communiqué": -1,
	} {
		n, known, err := headcount(text)
		require.NoError(t, err, text)
		if want < 0 {
			assert.False(t, known, text)
		} else {
			assert.True(t, known, text)
			assert.Equal(t, uint32(want), n, text)
		}
	}
	for text, hint := range map[string]string{"412,5": "412", "-3": "3", "+3": "3", "412 élèves": "412", "1,234": "", "4294967296": "4294967296", "12.345.678": "12345678", "environ": ""} {
		_, _, err := headcount(text)
		w := new(typed.Wrong)
		require.ErrorAs(t, err, &w, text)
		assert.Equal(t, typed.Wrong{Code: BadHeadcount, Hint: hint}, *w, text)
	}
}

// names are those of the tests: every id is one, and the Moselle has a name.
var names = Names{
	Member: func(text string) (domain.MemberID, string, bool) {
		if text == "Département de la Moselle" {
			return "moselle", "", true
		}
		return domain.MemberID(text), "moselle", text == "moselle"
	},
	Agreement: func(text string) (domain.AgreementID, string, bool) {
		return domain.AgreementID(text), "", domain.ValidID(text)
	},
}

func table(t *testing.T, m Mapping, content string) (*Table, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.csv")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	f, err := sheet.Open(path)
	require.NoError(t, err)
	defer f.Close()
	s, err := f.Sheet("")
	require.NoError(t, err)
	return Read(f, s, m, names, func(int) {})
}

const head = "Bon de commande;Membre;Accord-cadre;Date de commande;Début;Fin;UAI;Établissement;Cycle;Effectif;Nature de l'effectif;Prix unitaire;Observations\n"

func TestTable(t *testing.T) {
	got, err := table(t, Mapping{}, "ENT 2022-2023;;;;;;;;;;;;\n\nÉdité le;02/09/2022;;;;;;;;;;;\n"+head+
		"2022-01;Département de la Moselle;ent-2;15/06/2022;01/09/2022;31/08/2023;0570054T;Collège A;Collège;1 412;prévisionnel;3,25;rien\n"+
		"2022-01;moselle;ent-2;15/06/2022;2022-09-01;31/08/2023;0570054T;Collège A;lycée;s;prévisionnel;;\n"+
		"2022-02;moselle;ent-2;15/06/2022;01/09/2022;31/08/2023;0570055U;Collège B;segpa;0;constat;;\n"+
		";;;;;;Total général;;;1 413;;;\n")
	require.NoError(t, err)
	assert.Empty(t, got.Faults)
	assert.Equal(t, 4, got.HeaderRow)
	assert.Empty(t, got.Ignored)
	assert.Equal(t, 3, got.Rows)
	require.Len(t, got.Forms, 2)
	first := got.Forms[0]
	assert.Equal(t, "2022-01 moselle ent-2 2022-06-15 2022-09-01 2023-09-01",
		fmt.Sprintf("%s %s %s %v %v %v", first.Number, first.Member, first.Agreement, first.Day, first.From, first.Until))
	require.Len(t, first.Lines, 2)
	assert.Equal(t, "0570054T college 1412 forecast 2022-06-15 3.25 EUR", spell(first.Lines[0]))
	assert.Equal(t, "0570054T lycee ? forecast 2022-06-15 ", spell(first.Lines[1]))
	assert.Equal(t, "0570055U segpa 0 official 2022-06-15 ", spell(got.Forms[1].Lines[0]))
	assert.Equal(t, []Total{{Row: 8, Stated: "1 413", Sum: 1412, Unknown: 1, Lines: 3}}, got.Totals)
	assert.False(t, got.Totals[0].Agrees())
	require.Len(t, got.Schools, 2)
	assert.Equal(t, "Collège A", got.Schools[0].Name)
}

func spell(l domain.Line) string {
	return fmt.Sprintf("%v %v %v %v %v", l.LineKey, l.Headcount, l.Kind, l.Day, l.UnitPrice)
}

func TestAColumnForEachCycle(t *testing.T) {
	m, err := ReadMapping(strings.NewReader("# la feuille de la Moselle\nuai = Code de l'étab.\norder := 2022-07\nmember:=moselle\nagreement := ent-2\nday := 15/06/2022\nfrom := 01/09/2022\nuntil := 01/09/2023\nheadcount_kind := forecast\nheadcount:ulis = Dispositif\nremark = Effectif total\n"))
	require.NoError(t, err)
	got, err := table(t, m, "Code de l'étab.;Effectif collège;Effectif lycée;Dispositif;Effectif total\n0570054T;400;;12;412\n0570055U;n.d.;300;;300\n")
	require.NoError(t, err)
	assert.Empty(t, got.Faults)
	require.Len(t, got.Forms, 1)
	var lines []string
	for _, l := range got.Forms[0].Lines {
		lines = append(lines, l.LineKey.String()+" "+l.Headcount.String())
	}
	assert.Equal(t, []string{"0570054T college 400", "0570054T ulis 12", "0570055U college ?", "0570055U lycee 300"}, lines)
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	row := func(cells ...string) string { return strings.Join(cells, ";") + "\n" }
	got, err := table(t, Mapping{}, head+
		row("2022-01", "moselle", "ent-2", "15/06/2022", "01/09/2022", "31/08/2023", "0570054T", "A", "college", "412", "forecast", "3,25", "")+
		row("2022-01", "moselle", "ent-2", "15/06/2022", "01/09/2022", "31/08/2023", "0570054T", "A", "college", "413", "forecast", "3,25", "")+
		row("2022-01", "moselle", "ent-2", "15/06/2022", "01/10/2022", "31/08/2023", "0570055U", "A", "college", "413", "forecast", "3,25", "")+
		row("2022-02", "Meuse", "ENT!", "15/06/22", "rentrée", "", "057005", "A", "", "41,5", "au pif", "3,255", "")+
		row("", "moselle", "ent-2", "15/06/2022", "01/09/2022", "31/08/2023", "0570054T", "A", "college", "1", "forecast", "", ""))
	require.NoError(t, err)
	var all []string
	for _, f := range got.Faults {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d%s %s %s %q %s %d", f.Row, sheet.Letters(f.Column), f.Field, f.Code, f.Value, f.Hint, f.Other)))
	}
	assert.Equal(t, []string{
		`3G uai twice "0570054T"  2`,
		`4E from contradicts "01/10/2022"  2`,
		`5G uai bad-uai "057005"  0`,
		`5K headcount_kind bad-kind "au pif"  0`,
		`5L unit_price bad-amount "3,255"  0`,
		`5B member bad-id "Meuse" moselle 0`,
		`5C agreement bad-id "ENT!"  0`,
		`5D day two-digit-year "15/06/22" 2022-06-15 0`,
		`5E from bad-day "rentrée"  0`,
		`5F through required ""  0`,
		`5I cycle required ""  0`,
		`5J headcount bad-headcount "41,5" 41 0`,
		`6A order required ""  0`,
	}, all)
	assert.Equal(t, map[int]bool{3: true, 4: true, 5: true, 6: true}, got.Rejected)
	require.Len(t, got.Forms, 1)
	assert.Len(t, got.Forms[0].Lines, 1)
}

func TestNoTable(t *testing.T) {
	_, err := table(t, Mapping{}, "a;b\n1;2\n")
	assert.ErrorIs(t, err, ErrNoHeader)
	_, err = table(t, Mapping{}, head)
	assert.ErrorIs(t, err, ErrNoLines)
	_, err = ReadMapping(strings.NewReader("uai = a\n\nnothing = b\n"))
	at := new(MappingError)
	require.True(t, errors.As(err, &at))
	assert.Equal(t, 3, at.Line)
}

// TestIssuedInAMonth: the day of an order form may be known only as a month or a year.
func TestIssuedInAMonth(t *testing.T) {
	for text, want := range map[string]domain.Date{"2022-06": {First: civil(t, "2022-06-01"), Precision: domain.PrecisionMonth}, "2022": {First: civil(t, "2022-01-01"), Precision: domain.PrecisionYear}, "15/06/2022": domain.OnDay(civil(t, "2022-06-15"))} {
		got, err := table(t, Mapping{}, "Bon de commande;Membre;Accord-cadre;Date de commande;Début;Fin;UAI;Cycle;Effectif;Nature\n2022-01;moselle;ent-2;"+text+";01/09/2022;31/08/2023;0570054Z;college;1;forecast\n")
		require.NoError(t, err)
		require.Empty(t, got.Faults, text)
		assert.Equal(t, want, domain.Date{First: got.Forms[0].Day, Precision: got.Forms[0].Precision}, text)
	}
}

func civil(t *testing.T, text string) domain.Day {
	d, err := domain.ParseDay(text)
	require.NoError(t, err)
	return d
}

// TestLinesOfSomeDays: a line that counts on some days of its order form only makes a change of it.
func TestLinesOfSomeDays(t *testing.T) {
	const head = "Bon de commande;Membre;Accord-cadre;Date de commande;Début;Fin;UAI;Cycle;Effectif;Nature;Compte à partir du;Compte jusqu'au;Motif de recouvrement\n"
	row := func(uai, count, from, through, reason string) string {
		return "2022-01;moselle;ent-2;15/06/2022;01/09/2022;31/08/2023;" + uai + ";college;" + count + ";forecast;" + from + ";" + through + ";" + reason + "\n"
	}
	got, err := table(t, Mapping{}, head+
		row("0570054Z", "412", "01/09/2022", "14/10/2022", "un")+
		row("0570054Z", "418", "15/10/2022", "31/08/2023", "deux")+
		row("0570055A", "", "", "31/12/2022", "")+
		row("0570056B", "9", "15/10/2022", "", "trois")+
		row("0570057C", "7", "", "", "un")+
		row("0570058D", "5", "", "30/11/2022", "")+
		row("0570058D", "5", "01/12/2022", "", ""))
	require.NoError(t, err)
	require.Empty(t, got.Faults)
	require.Len(t, got.Forms, 1)
	form := got.Forms[0]
	assert.Equal(t, []int{6, 2, 4, 7, 3, 5, 8}, form.Rows)
	assert.Len(t, form.Lines, 4)
	assert.Equal(t, "un", form.Overlap)
	require.Len(t, form.Changes, 2)
	october, january := form.Changes[0], form.Changes[1]
	assert.Equal(t, "2022-10-15", october.Day.String())
	require.Len(t, october.Replaced, 1)
	assert.Equal(t, "0570054Z college 418", october.Replaced[0].LineKey.String()+" "+october.Replaced[0].Headcount.String())
	require.Len(t, october.Added, 1)
	assert.Equal(t, "0570056B college", october.Added[0].LineKey.String())
	assert.Equal(t, "deux ; trois", october.Overlap)
	assert.Equal(t, "2023-01-01", january.Day.String())
	require.Len(t, january.Removed, 1)
	assert.Equal(t, "0570055A college", january.Removed[0].String())

	got, err = table(t, Mapping{}, head+
		row("0570054Z", "412", "01/09/2022", "15/10/2022", "")+
		row("0570054Z", "418", "15/10/2022", "", "")+
		row("0570055A", "1", "31/08/2022", "", "")+
		row("0570056B", "1", "", "01/09/2023", ""))
	require.NoError(t, err)
	var all []string
	for _, f := range got.Faults {
		all = append(all, fmt.Sprintf("%d%s %s %s %d", f.Row, sheet.Letters(f.Column), f.Field, f.Code, f.Other))
	}
	assert.Equal(t, []string{"3G uai twice 2", "4K counts_from outside 0", "5L counts_through outside 0"}, all)
}
