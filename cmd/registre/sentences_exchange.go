package main

import "maps"

func init() { maps.Copy(faults, exchangeFaults) }

// exchangeFaults are the sentences for what goes wrong with tables that come and go through doors.
var exchangeFaults = map[string]saying{
	"import-faults": {"R0940", "%[1]s défaut(s) dans la table (lignes écartées : %[2]s) ; rien n'a été enregistré.", "%[1]s fault(s) in the table (rows rejected: %[2]s); nothing was recorded.", "Chacun est dans import.faults ; avec partial=true, ce qui est sain l'est.", "Each stands in import.faults; with partial=true what is sound will be recorded."},
}
