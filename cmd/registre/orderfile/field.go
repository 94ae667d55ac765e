package orderfile

import (
	"strings"

	"registre/cmd/registre/typed"
)

// A Field is what a column can say.
type Field string

// The fields. The names are those of a mapping file.
const (
	Order      Field = "order"          // the number of the order form
	Member     Field = "member"         // who orders
	Agreement  Field = "agreement"      // the framework agreement
	Day        Field = "day"            // of the order form
	From       Field = "from"           // the first day that it covers
	Until      Field = "until"          // the day on which it no longer counts
	Through    Field = "through"        // the last day that it covers: until, less a day
	UAI        Field = "uai"            // of the school
	SchoolName Field = "school"         // its name
	SchoolKind Field = "school_kind"    //
	Cycle      Field = "cycle"          //
	Count      Field = "headcount"      //
	CountKind  Field = "headcount_kind" // forecast, official or live
	CountDay   Field = "headcount_day"  // to which the headcount belongs
	UnitPrice  Field = "unit_price"     // of one pupil
	Address    Field = "address"        // of the school
	Remark     Field = "remark"         // read past

	OverlapReason Field = "overlap_reason" // why it is ordered although another order form has these pupils
	CeilingReason Field = "ceiling_reason" // why it is ordered although the ceiling is passed
	CountsFrom    Field = "counts_from"    // the first day on which the line counts, where that is not the order form's
	CountsThrough Field = "counts_through" // the last

	countOf       = "headcount:" // with a cycle behind it: a column for each
	nothing Field = ""
)

// Fields lists the fields, in the order in which an export has their columns.
var Fields = []Field{Order, Member, Agreement, Day, From, Until, Through, UAI, SchoolName, SchoolKind, Address, Cycle, Count, CountKind, CountDay, UnitPrice, OverlapReason, CeilingReason, CountsFrom, CountsThrough, Remark}

// Of is the cycle whose headcounts a column has; "" where it is no such column.
func (f Field) Of() string {
	cycle, _ := strings.CutPrefix(string(f), countOf)
	if cycle == string(f) {
		return ""
	}
	return cycle
}

// called is what columns are called, as Plain writes it.
var called = map[Field][]string{
	Order:      {"bon commande", "numero bon commande", "n bon commande", "no bon commande", "bc", "n bc", "numero bc", "numero commande", "n commande", "commande", "order", "order form", "order number", "reference commande"},
	Member:     {"membre", "collectivite", "donneur ordre", "acheteur", "member", "adherent", "departement commanditaire"},
	Agreement:  {"accord cadre", "marche", "n marche", "numero marche", "accord", "contrat", "agreement", "framework agreement"},
	Day:        {"date bon commande", "date commande", "date bc", "date emission", "date", "order date", "emis", "emis le"},
	From:       {"debut", "date debut", "du", "a compter", "a compter du", "date effet", "debut periode", "from", "start"},
	Until:      {"until"},
	Through:    {"fin", "date fin", "au", "jusqu au", "fin periode", "to", "end", "through"},
	UAI:        {"uai", "code uai", "rne", "code rne", "n uai", "numero uai", "code etablissement", "identifiant etablissement", "uai rne", "numero etablissement"},
	SchoolName: {"etablissement", "nom etablissement", "nom", "denomination", "libelle etablissement", "ecole", "school", "school name", "appellation officielle"},
	SchoolKind: {"type etablissement", "type", "nature etablissement", "categorie", "kind", "school kind"},
	Cycle:      {"cycle", "niveau", "niveau enseignement", "degre", "level"},
	Count:      {"effectif", "effectifs", "nombre eleves", "nb eleves", "eleves", "nombre d eleves", "nb d eleves", "effectif total", "effectif eleves", "quantite", "headcount", "pupils", "nombre"},
	CountKind:  {"type effectif", "nature effectif", "nature", "origine effectif", "source effectif", "headcount kind"},
	CountDay:   {"date effectif", "date constat", "constate le", "effectif au", "headcount day", "date effectifs"},
	UnitPrice:  {"prix unitaire", "pu", "pu ht", "prix unitaire ht", "prix", "tarif", "unit price", "prix eleve", "prix par eleve"},
	Address:    {"adresse", "address", "adresse etablissement"},

	OverlapReason: {"motif recouvrement"}, CeilingReason: {"motif depassement"}, CountsFrom: {"compte a partir"}, CountsThrough: {"compte jusqu au"},
	Remark: {"observations", "observation", "remarque", "remarques", "commentaire", "commentaires", "remark", "remarks"},
}

var fieldOf = func() map[string]Field {
	all := map[string]Field{}
	for f, some := range called {
		all[typed.Plain(string(f))] = f
		for _, name := range some {
			all[name] = f
		}
	}
	return all
}()

// cycles are the words by which cycles are called, and their ids.
var cycles = map[string]string{
	"college": "college", "colleges": "college", "collegien": "college", "collegiens": "college", "clg": "college",
	"lycee": "lycee", "lycees": "lycee", "lyceen": "lycee", "lyceens": "lycee", "lyc": "lycee", "lgt": "lycee",
	"lycee professionnel": "lycee-professionnel", "lp": "lycee-professionnel", "professionnel": "lycee-professionnel",
	"ecole": "ecole", "ecoles": "ecole", "primaire": "ecole", "premier degre": "ecole", "1er degre": "ecole", "elementaire": "elementaire", "maternelle": "maternelle",
	"superieur": "superieur", "post bac": "superieur", "postbac": "superieur", "bts": "superieur", "cpge": "superieur", "segpa": "segpa", "ulis": "ulis",
}

// recognise says what a column says, by its name. A name of a headcount with that of a cycle is the headcounts of that cycle.
func recognise(name string) Field {
	word := typed.Plain(name)
	if f, ok := fieldOf[word]; ok {
		return f
	}
	for _, begins := range []string{"effectifs", "effectif", "nombre eleves", "nb eleves", "eleves", "nombre", "nb"} {
		if rest, ok := strings.CutPrefix(word, begins+" "); ok {
			if cycle, ok := cycles[rest]; ok {
				return Field(countOf + cycle)
			}
		}
	}
	return nothing
}
