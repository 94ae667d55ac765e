package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"registre/eventstore/archive"
	"registre/eventstore/monitor"
)

// What a monitor says, a line each.
const (
	saidTrusted     = "trusted" // a key, since the house says so
	saidGrew        = "grew"
	saidUnchanged   = "unchanged"
	saidUnreachable = "unreachable"
	saidStale       = "stale"
	saidUnwitnessed = "unwitnessed"
	saidAlarm       = "alarm"
)

// monitorLine is one line under --json.
type monitorLine struct {
	At       string       `json:"at"`
	Bytes    int64        `json:"bytes,omitempty"` // fetched
	Evidence string       `json:"evidence,omitempty"`
	Fault    *Fault       `json:"fault,omitempty"`
	Files    int          `json:"files,omitempty"` // fetched
	Finding  *foundThing  `json:"finding,omitempty"`
	From     *uint64      `json:"from,omitempty"`   // size of the log of heads, before
	Groups   []monitorRow `json:"groups,omitempty"` // that have grown
	Key      string       `json:"key,omitempty"`
	Origin   string       `json:"origin"`
	Root     string       `json:"root,omitempty"`
	Since    string       `json:"since,omitempty"` // when something new came last
	Size     *uint64      `json:"size,omitempty"`  // of the log of heads
	What     string       `json:"what"`
}

// monitorRow is a group that has grown.
type monitorRow struct {
	From  uint64 `json:"from"` // number of its last event, before
	Group string `json:"group"`
	To    uint64 `json:"to"`
}

// say says one thing: as it is under --json, otherwise in words.
func (v *monitoring) say(line monitorLine, words string) error {
	line.At, line.Origin = rfc3339(time.Now()), v.m.Key().Name()
	if v.a.asJSON {
		text, err := json.Marshal(line)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(v.a.out, "%s\n", text)
		return err
	}
	_, err := fmt.Fprintf(v.a.out, "%s  %s\n", line.At, words)
	return err
}

func (v *monitoring) sayTrust() {
	key := archive.FormatPublicKey(v.m.Key())
	_ = v.say(monitorLine{What: saidTrusted, Key: key}, fmt.Sprintf(v.a.tr(
		"clé prise de la maison elle-même, sur parole : %s. La comparer à celle qu'elle donne ailleurs ; ce dossier ne croira plus qu'elle.",
		"key taken from the house itself, on trust: %s. Compare it with the one it gives elsewhere; from now on this folder trusts no other."), key))
}

// sayUpdate says what has grown; that nothing has, only the first time, or when the house had not been reached.
func (v *monitoring) sayUpdate(u archive.Update) error {
	news := u.To.Size != u.From.Size
	if !news && v.said && v.missing.IsZero() {
		return nil
	}
	v.said, v.missing = true, time.Time{}
	line := monitorLine{
		Bytes: u.Bytes, Files: u.Files, From: &u.From.Size, Root: u.To.Root.String(), Since: rfc3339(v.m.Since()), Size: &u.To.Size, What: saidUnchanged,
	}
	words := fmt.Sprintf(v.a.tr("rien de nouveau depuis %s ; taille %d, racine %s", "nothing new since %s; size %d, root %s"), line.Since, u.To.Size, u.To.Root)
	if news {
		var grown []string
		for _, g := range u.Grown {
			line.Groups = append(line.Groups, monitorRow{From: g.From, Group: string(g.Group), To: g.To})
			grown = append(grown, fmt.Sprintf("%s #%d–#%d", g.Group, g.From+1, g.To))
		}
		line.What = saidGrew
		words = fmt.Sprintf(v.a.tr("nouveau : %s ; taille %d, racine %s", "new: %s; size %d, root %s"), strings.Join(grown, ", "), u.To.Size, u.To.Root)
	}
	return v.say(line, words)
}

// sayUnreachable says, once, that the house cannot be reached.
func (v *monitoring) sayUnreachable(why error) error {
	if !v.missing.IsZero() {
		return nil
	}
	v.missing = time.Now()
	var f *Fault
	errors.As(why, &f)
	return v.say(monitorLine{What: saidUnreachable, Fault: v.a.told(f)}, v.a.sentence(f))
}

func (v *monitoring) sayStale(f *Fault) error {
	return v.say(monitorLine{What: saidStale, Fault: v.a.told(f)}, v.a.tr("ALARME  ", "ALARM  ")+v.a.sentence(f))
}

// alarm says what was found, once for each, and ends the run unless it is to go on.
func (v *monitoring) alarm(alarm *monitor.Alarm) error {
	if !v.alarmed[alarm.Evidence] {
		v.alarmed[alarm.Evidence] = true
		found := foundOf(alarm.Finding)
		found.Cause = v.a.told(&Fault{Name: "found-" + found.Kind, Detail: found.Cause}).Cause
		place := found.File
		if found.Group != "" {
			place += ", " + found.Group
		}
		if found.Number > 0 {
			place += fmt.Sprintf(" #%d", found.Number)
		}
		words := fmt.Sprintf(v.a.tr(
			"ALARME  %[1]s : %[2]s [%[3]s]. Preuves : %[4]s. Les garder, les montrer à d'autres, interroger la maison ; la copie reste ce qu'elle était.",
			"ALARM  %[1]s: %[2]s [%[3]s]. Evidence: %[4]s. Keep it, show it to others, ask the house; the copy stays as it was.",
		), plain(place), plain(found.Cause), found.Code, alarm.Evidence)
		if alarm.Lost != nil {
			words += " " + v.a.sentence(failure("monitor-lost", alarm.Evidence, alarm.Lost))
		}
		if err := v.say(monitorLine{What: saidAlarm, Finding: &found, Evidence: alarm.Evidence}, words); err != nil {
			return err
		}
	}
	if v.more && !v.once {
		return nil
	}
	return &exitError{exitDamage}
}
