package main

import (
	"fmt"
	"maps"
	"strings"

	"registre/projections"
)

func init() {
	maps.Copy(faults, map[string]saying{
		"renew-far":  {"R0714", "La nouvelle période finirait après l'an 9999 : %[2]s", "The new period would end after the year 9999: %[2]s", "Écrire --from 2022-09-01 --to 2023-09-01.", "Write --from 2022-09-01 --to 2023-09-01."},
		"renew-days": {"R0713", "La nouvelle période doit commencer après l'ancienne : %[2]s", "The new period must begin after the earlier one: %[2]s", "Écrire --from 2022-09-01 --to 2023-09-01.", "Write --from 2022-09-01 --to 2023-09-01."},
	})
}

// sayRenewal is a remark as a sentence.
func (a *app) sayRenewal(m *renewalRemark) string {
	says, ok := renewalSays[m.Kind]
	if !ok {
		return m.Kind
	}
	school := strings.TrimSpace(m.School + " " + m.Cycle)
	return fmt.Sprintf(a.tr(says[0], says[1])+"%[8]s", school, m.Order, m.Other, m.Member, m.Agreement, m.Now, m.Day, "")
}

// renewalSays are the sentences of remarks: %[1]s is the school and cycle, %[2]s the earlier order form, %[3]s another one, %[4]s the
// member, %[5]s the framework agreement, %[6]s what stands in its place, %[7]s a day.
var renewalSays = map[string][2]string{
	projections.SchoolHasMoved:    {"%[1]s (%[2]s) a désormais le code %[6]s : c'est lui qui figure au brouillon.", "%[1]s (%[2]s) now has the code %[6]s, which stands in the draft."},
	projections.SchoolHasMerged:   {"%[1]s (%[2]s) a fusionné et se poursuit en %[6]s : ses élèves y figurent, ajoutés à ceux de %[6]s.", "%[1]s (%[2]s) has merged and goes on as %[6]s: its pupils stand there, with those of %[6]s."},
	projections.SchoolHasClosed:   {"%[1]s (%[2]s) a fermé : omis.", "%[1]s (%[2]s) has closed: left out."},
	projections.SchoolWillClose:   {"%[1]s (%[2]s) ferme le %[7]s, avant la fin de la période : omis ; commander à part jusqu'à ce jour.", "%[1]s (%[2]s) closes on %[7]s, before the period is over: left out; order for it by itself until that day."},
	projections.SchoolHasOpened:   {"%[1]s a ouvert le %[7]s, et personne ne commande pour lui : à ajouter s'il y a lieu.", "%[1]s opened on %[7]s, and nobody orders for it: to be added where it should be."},
	projections.LineIsDouble:      {"%[1]s (%[2]s) était aussi commandé par %[3]s, qui compte : omis dans la suite de %[2]s.", "%[1]s (%[2]s) was also ordered by %[3]s, which counts: left out of what follows %[2]s."},
	projections.LineIsOrdered:     {"Déjà commandé pour la nouvelle période, par %[3]s : %[1]s (%[2]s), omis.", "Ordered for the new period already, by %[3]s: %[1]s (%[2]s), left out."},
	projections.OrderGoesOn:       {"%[2]s court jusqu'au %[7]s exclu : rien à reconduire.", "%[2]s goes on until %[7]s: there is nothing to renew."},
	projections.OrderBeganLate:    {"%[2]s n'avait commencé qu'en cours de période : le brouillon commence de même, le %[7]s ; avancer son début s'il vaut pour toute la période.", "%[2]s had begun within the period only: so does the draft, on %[7]s; set its first day earlier if it is for the whole period."},
	projections.MemberIsSucceeded: {"%[4]s, qui avait commandé %[2]s, a pour successeur %[6]s : c'est lui qui commande.", "%[4]s, which had ordered %[2]s, is succeeded by %[6]s, which orders now."},
	projections.MemberIsSplit:     {"%[4]s, qui avait commandé %[2]s, a plusieurs successeurs : remplir la colonne du membre.", "%[4]s, which had ordered %[2]s, has several successors: fill in the column of the member."},
	projections.MemberHasLeft:     {"%[4]s, qui avait commandé %[2]s, n'est plus membre : omis.", "%[4]s, which had ordered %[2]s, is no longer a member: left out."},
	projections.MemberMayNot:      {"%[4]s ne peut pas commander sous %[5]s (règle %[6]s) : la suite de %[2]s est omise.", "%[4]s may not order under %[5]s (rule %[6]s): what follows %[2]s is left out."},
	projections.AgreementReplaced: {"%[5]s (%[2]s) n'est plus valide le %[7]s : %[6]s le remplace, et les prix unitaires sont à remplir.", "%[5]s (%[2]s) is no longer valid on %[7]s: %[6]s takes its place, and the unit prices are to be filled in."},
	projections.AgreementIsOver:   {"%[5]s (%[2]s) n'est plus valide le %[7]s, et aucun autre ne s'impose : le reconduire, ou changer la colonne de l'accord-cadre ou la période.", "%[5]s (%[2]s) is no longer valid on %[7]s, and no other takes its place by itself: renew it, or change the column of the agreement or the period."},
}
