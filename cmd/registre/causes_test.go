package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/eventstore/jetstream"
)

// TestCausesAreToldInFrench: those that the system and the libraries really give, in the middle of a French sentence; in English
// they stay as they are.
func TestCausesAreToldInFrench(t *testing.T) {
	dir := t.TempDir()
	no, text := filepath.Join(dir, "no"), filepath.Join(dir, "x.xlsx")
	require.NoError(t, os.WriteFile(text, []byte("x"), 0o600))
	french, english := &app{lang: "fr"}, &app{lang: "en"}
	for want, fail := range map[string]func() error{
		"à l'ouverture de " + no + " : aucun fichier ni dossier de ce nom":                func() error { _, err := os.Open(no); return err },
		"à la lecture de " + dir + " : c'est un dossier":                                  func() error { _, err := os.ReadFile(dir); return err },
		"à l'ouverture de " + text + "/x : ce n'est pas un dossier":                       func() error { _, err := os.Open(text + "/x"); return err },
		"à la suppression de " + no + " : aucun fichier ni dossier de ce nom":             func() error { return os.Remove(no) },
		"au renommage de " + no + " en " + text + " : aucun fichier ni dossier de ce nom": func() error { return os.Rename(no, text) },
		"à la création du dossier " + text + " : le fichier existe déjà":                  func() error { return os.Mkdir(text, 0o700) },
		"ce n'est pas un fichier ZIP valable":                                             func() error { _, err := zip.OpenReader(text); return err },
		"en joignant unix no/such : connect : aucun fichier ni dossier de ce nom":         func() error { _, err := net.Dial("unix", "no/such"); return err }, // such names may not be long
		"le JSON s'arrête avant sa fin":                                                   func() error { return json.Unmarshal([]byte("{"), new(any)) },
		"caractère inattendu 'x' au lieu d'une valeur":                                    func() error { return json.Unmarshal([]byte("x"), new(any)) },
		"ligne 1, colonne 2 : guillemet isolé dans une cellule":                           func() error { _, err := csv.NewReader(strings.NewReader(`a"b`)).Read(); return err },
		"il ne reste rien à lire":                                                         func() error { _, err := csv.NewReader(new(bytes.Buffer)).Read(); return err },
	} {
		err := fail()
		require.Error(t, err)
		require.Equal(t, want, french.cause(err.Error()))
		require.Equal(t, err.Error(), english.cause(err.Error()))
		require.Contains(t, french.sentence(misuse("file-unreadable", "f", err.Error())), want)
	}
	nowhere := faultOf(fmt.Errorf("opening the registers: %w", fmt.Errorf("%s: %w", no, jetstream.ErrNoFolder)))
	require.Equal(t, "Il n'y a pas encore de registre ici : "+no, french.told(nowhere).Cause)
	require.Equal(t, "étape : inconnu", french.cause("étape: inconnu"))
	require.Contains(t, french.sentence(misuse("day-unreadable", "timeout", "EOF")), "EOF", "what somebody has typed is no cause")
}
