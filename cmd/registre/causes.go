package main

import (
	"regexp"
	"strings"
)

// Causes are what the system, and the libraries, say of what went wrong. They say it in English, in a few words that are always the
// same; here they are in French. One that is not known here stays as it is.
var causesFR = map[string]string{
	"no such file or directory": "aucun fichier ni dossier de ce nom", "file does not exist": "le fichier n'existe pas", "file already exists": "le fichier existe déjà", "file exists": "le fichier existe déjà",
	"permission denied": "accès refusé", "operation not permitted": "opération interdite", "is a directory": "c'est un dossier", "not a directory": "ce n'est pas un dossier",
	"directory not empty": "le dossier n'est pas vide", "file name too long": "nom de fichier trop long", "no space left on device": "il n'y a plus de place sur le disque",
	"disk quota exceeded": "le quota du disque est dépassé", "read-only file system": "le système de fichiers est en lecture seule", "input/output error": "erreur d'entrée-sortie du disque",
	"too many open files": "trop de fichiers ouverts", "device or resource busy": "la ressource est occupée", "invalid argument": "argument invalide", "file too large": "fichier trop grand",
	"invalid cross-device link": "les deux dossiers ne sont pas sur le même disque", "too many levels of symbolic links": "trop de liens symboliques qui se suivent",
	"file already closed": "le fichier est déjà fermé", "broken pipe": "plus personne ne lit", "connection refused": "connexion refusée", "connection reset by peer": "connexion coupée à l'autre bout",
	"i/o timeout": "pas de réponse à temps", "network is unreachable": "réseau injoignable", "no route to host": "machine injoignable", "no such host": "aucune machine de ce nom",
	"address already in use": "adresse déjà prise", "context deadline exceeded": "pas de réponse à temps", "context canceled": "interrompu", "unexpected EOF": "la fin manque", "EOF": "il ne reste rien à lire",
	"use of closed network connection": "la connexion est fermée",

	"not a valid zip file": "ce n'est pas un fichier ZIP valable", "checksum error": "la somme de contrôle ne concorde pas", "unsupported compression algorithm": "compression inconnue",
	"unexpected end of JSON input": "le JSON s'arrête avant sa fin", "invalid header": "l'en-tête est illisible", "wrong number of fields": "nombre de colonnes différent",
	`bare " in non-quoted-field`: "guillemet isolé dans une cellule", `extraneous or missing " in quoted-field`: "guillemet manquant ou de trop",
	"no servers available for connection": "aucun serveur ne répond", "Authorization Violation": "accès refusé par le serveur", "authorization violation": "accès refusé par le serveur",
	"want a number as in 15, 4.5 or 1/3": "on attend un nombre comme 15, 4.5 ou 1/3", "want digits on both sides of the bar, as in 1/3": "on attend des chiffres des deux côtés de la barre, comme 1/3",
	"never negative": "jamais négatif", "division by zero": "division par zéro",
	"too many rows": "trop de lignes", "too many columns": "trop de colonnes", "too many tables": "trop de tableaux", "too many styles": "trop de styles", "too many texts": "trop de textes",
	"too many parts": "trop de parties", "too many merged cells": "trop de cellules fusionnées", "the cell is too long": "la cellule est trop longue", "the line is too long": "la ligne est trop longue",
	"timeout": "pas de réponse à temps", "connection closed": "la connexion est fermée", "no responders available for request": "personne ne répond",

	"malformed": "mal formé", "it is missing": "il manque", "syncing": "à l'écriture sur le disque", "read the key": "à la lecture de la clé", "keep the key": "à l'enregistrement de la clé", "make a key": "à la création d'une clé",
	"publish checkpoints": "à la publication des points de contrôle", "reading all registers": "à la lecture de tous les registres", "the stream cannot be read": "le flux ne se lit pas",
	"opening the registers": "à l'ouverture des registres", "the source cannot be reached": "la source est injoignable", "there is no registre folder": "ce n'est pas un dossier de registre", "the proof does not hold": "la preuve ne tient pas",
}

// causeForms are causes that name something.
var causeForms = []struct {
	of *regexp.Regexp
	fr string
}{
	{regexp.MustCompile(`^(?:open|openat|fopen) (.+)$`), "à l'ouverture de $1"},
	{regexp.MustCompile(`^read (.+)$`), "à la lecture de $1"},
	{regexp.MustCompile(`^(?:write|pwrite) (.+)$`), "à l'écriture de $1"},
	{regexp.MustCompile(`^(?:l?stat|fstatat|fstatfs) (.+)$`), "à la recherche de $1"},
	{regexp.MustCompile(`^(?:mkdir|mkdirat) (.+)$`), "à la création du dossier $1"},
	{regexp.MustCompile(`^(?:rename|link|symlink) (\S+) (\S+)$`), "au renommage de $1 en $2"},
	{regexp.MustCompile(`^(?:remove|unlink|unlinkat|rmdir) (.+)$`), "à la suppression de $1"},
	{regexp.MustCompile(`^(?:sync|fsync) (.+)$`), "à l'écriture sur le disque de $1"},
	{regexp.MustCompile(`^(?:readdirent|fdopendir|getdents) (.+)$`), "à la lecture du dossier $1"},
	{regexp.MustCompile(`^(?:dial|lookup) (.+)$`), "en joignant $1"},
	{regexp.MustCompile(`^(?:listen) (.+)$`), "en ouvrant $1"},
	{regexp.MustCompile(`^reading the end of (.+)$`), "à la lecture de la fin de $1"},
	{regexp.MustCompile(`^opening the registers in (.+)$`), "à l'ouverture des registres dans $1"},
	{regexp.MustCompile(`^opening the registers on (.+)$`), "à l'ouverture des registres sur $1"},
	{regexp.MustCompile(`^reading (.+)$`), "à la lecture de $1"},
	{regexp.MustCompile(`^following (.+)$`), "en suivant $1"},
	{regexp.MustCompile(`^publish a checkpoint of (.+)$`), "à la publication d'un point de contrôle de $1"},
	{regexp.MustCompile(`^line (\d+)$`), "ligne $1"},
	{regexp.MustCompile(`^record on line (\d+)$`), "ligne $1"},
	{regexp.MustCompile(`^parse error on line (\d+), column (\d+)$`), "ligne $1, colonne $2"},
	{regexp.MustCompile(`^record on line (\d+); parse error on line (\d+), column (\d+)$`), "ligne $2, colonne $3"},
	{regexp.MustCompile(`^(\S+) unpacks to (\d+) bytes$`), "$1 se déplie en $2 octets"},
	{regexp.MustCompile(`^(\S+) has a text too long$`), "$1 contient un texte trop long"},
	{regexp.MustCompile(`^(\d+) bytes, and (\d+) are the most$`), "$1 octets, et $2 au plus"},
	{regexp.MustCompile(`^more than (\d+) bytes, which are the most that (?:it|this file) can have$`), "plus de $1 octets, ce qui est le plus qu'il puisse avoir"},
	{regexp.MustCompile(`^weight "(.*)"$`), "« $1 »"},
	{regexp.MustCompile(`^not its one spelling, which is "(.*)"$`), "cela s'écrit d'une seule façon, « $1 »"},
	{regexp.MustCompile(`^illegal base64 data at input byte (\d+)$`), "base64 illisible à l'octet $1"},
	{regexp.MustCompile(`^encoding/hex: invalid byte: (.+)$`), "hexadécimal illisible : $1"},
	{regexp.MustCompile(`^invalid character (.+) looking for beginning of value$`), "caractère inattendu $1 au lieu d'une valeur"},
	{regexp.MustCompile(`^invalid character (.+) (?:after|in) .+$`), "caractère inattendu $1"},
	{regexp.MustCompile(`^invalid character (.+) looking for .+$`), "caractère inattendu $1"},
}

// causeful are the misuses whose detail is a cause.
var causeful = map[string]bool{
	"file-unreadable": true, "imprint-unreadable": true, "checkpoint-unreadable": true, "receipt-unreadable": true, "public-key-unreadable": true, "unreadable": true,
	"no-folder": true, "demo-occupied": true, "monitor-address": true, "stream-lacks": true, "damaged": true, "sheet-broken": true, "sheet-too-large": true, "malformed": true, "weight-form": true, "unreadable-bad-value": true,
}

// tellsCause reports whether the detail of a fault is what the system, or a library, said.
func (f *Fault) tellsCause() bool { return f.Exit == exitFailed || causeful[f.Name] }

// libraries begin what some libraries say; it tells nobody anything.
var libraries = map[string]bool{"zip": true, "nats": true, "flate": true, "gzip": true, "csv": true}

// cause is what went wrong in the user's language, as far as it is known.
func (a *app) cause(says string) string {
	if a.lang != "fr" || says == "" {
		return says
	}
	if said, known := malformedIn(says); known {
		return said
	}
	var parts []string
	for _, part := range strings.Split(says, ": ") {
		if said, known := causeFR(part); known {
			part = said
		} else if libraries[part] {
			continue
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " : ")
}

func causeFR(part string) (string, bool) {
	if says := causesFR[part]; says != "" {
		return says, true
	}
	for _, f := range causeForms {
		if f.of.MatchString(part) {
			return f.of.ReplaceAllString(part, f.fr), true
		}
	}
	return part, false
}
