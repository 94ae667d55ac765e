package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/atmost"
	"registre/eventstore/jetstream"
)

// A check is one thing that the doctor looked at.
type check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Damage bool   `json:"damage,omitempty"` // something that was kept is no longer as it was kept
	Found  string `json:"found"`
	Remedy string `json:"remedy,omitempty"`
}

// examination is one run of the doctor. It changes nothing, save what every opening of a folder does.
type examination struct {
	a      *app
	checks []check
	last   domain.Instant // of all registers
}

func (a *app) doctorVerb() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look the data folder over, step by step (exit 5 for damage, 1 for other problems)", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			x := &examination{a: a}
			x.run(cmd.Context())
			return x.verdict()
		},
	}
}

func (x *examination) run(ctx context.Context) {
	if x.a.nats == "" || x.a.dataNamed {
		if !x.folder() {
			return
		}
		x.foreign()
		x.space()
	}
	d, ok := x.open(ctx)
	if ok {
		x.lag(ctx, d)
		x.registers(ctx, d)
		x.clock()
		x.witnesses(ctx, d)
		x.documents(ctx)
		x.servers(ctx, d)
	}
	x.names()
}

// checksFR are the names of the checks in French; in JSON they are the same in every language.
var checksFR = map[string]string{
	"folder": "dossier", "contents": "contenu", "disk": "disque", "opening": "ouverture", "stream": "flux", "registers": "registres",
	"archive": "archive", "clock": "horloge", "names": "noms", "witness": "témoin", "quorum": "quorum", "documents": "pièces", "notices": "avis",
}

// ok and bad say what was found, as it is found.
func (x *examination) ok(name, found string) { x.add(check{Name: name, OK: true, Found: found}) }

func (x *examination) bad(name, found, remedy string) {
	x.add(check{Name: name, Found: found, Remedy: remedy})
}

func (x *examination) fault(name string, err error) {
	told := x.a.told(faultOf(err))
	x.add(check{Name: name, Damage: told.Exit == exitDamage, Found: told.Cause, Remedy: told.Remedy})
}

func (x *examination) add(c check) {
	x.checks = append(x.checks, c)
	if x.a.asJSON {
		return
	}
	mark, name := "ok", c.Name
	if fr := checksFR[name]; x.a.lang == "fr" && fr != "" {
		name = fr
	}
	if !c.OK {
		mark = x.a.tr("PROBLÈME", "PROBLEM")
	}
	x.a.printf("%-9s %-10s %s\n", mark, name, plain(strings.TrimSpace(c.Found+" "+c.Remedy)))
}

func (x *examination) verdict() error {
	if x.a.asJSON {
		if err := x.a.json(map[string]any{"checks": x.checks}); err != nil {
			return err
		}
	}
	status := exitDone
	for _, c := range x.checks {
		switch {
		case c.Damage:
			status = exitDamage
		case !c.OK && status == exitDone:
			status = exitFailed
		}
	}
	if status == exitDone {
		return nil
	}
	return &exitError{status}
}

func (x *examination) path(name string) string { return filepath.Join(x.a.data, name) }

// folder looks at the folder itself and at its format.
func (x *examination) folder() bool {
	tr := x.a.tr
	if _, err := os.Stat(x.a.data); err != nil {
		remedy := tr("« registre init » en crée un.", "`registre init` makes one.")
		if !errors.Is(err, fs.ErrNotExist) {
			remedy = ""
		}
		x.bad("folder", err.Error(), remedy)
		return false
	}
	x.ok("folder", x.a.data)
	format, err := atmost.File(x.path("format"), atmost.Line)
	if err != nil {
		x.bad("format", err.Error(), tr("Ce n'est pas un dossier de registre, ou pas encore : voir plus bas.", "This is no register folder, or not yet: see below."))
		return true
	}
	x.ok("format", strings.TrimSpace(string(format)))
	return true
}

// ours are the names that the folder's own files have; temporary ones end in a tilde.
var ours = []string{
	configFile, "format", "lock", "next", "making", "intent", "confirmed", "jetstream", "beside", keyFile, archive.NextKey(keyFile), "rotations", policyFile, alarmsFile, archiveDir, journalFile, cacheDir, socketName, peopleFile, peopleLock, doorFile, doorLock, contactsName + ".json", contactsName + ".lock", loginsName + ".json", loginsName + ".lock", positionsFile, leavingKeyFile, natsDir, shelfDir, shelfLock, "lost+found",
}

func (x *examination) foreign() {
	tr := x.a.tr
	const name = "contents"
	entries, err := os.ReadDir(x.a.data)
	if err != nil {
		x.bad(name, err.Error(), "")
		return
	}
	var strangers []string
	for _, e := range entries {
		if !slices.Contains(ours, e.Name()) && !strings.HasSuffix(e.Name(), "~") && !strings.HasPrefix(e.Name(), streamDir+".") {
			strangers = append(strangers, e.Name())
		}
	}
	if len(strangers) > 0 {
		x.bad(name, tr("fichiers étrangers : ", "foreign files: ")+strings.Join(strangers, ", "), tr("Les ranger ailleurs.", "Keep them elsewhere."))
		return
	}
	x.ok(name, tr("rien d'étranger", "nothing foreign"))
}

// space looks at the room left on the disk. Below 32 MiB nothing is written; a warning comes before that.
func (x *examination) space() {
	const enough = 256 << 20
	tr := x.a.tr
	const name = "disk"
	free, err := freeSpace(x.a.data)
	if errors.Is(err, errors.ErrUnsupported) {
		return
	}
	found := strconv.FormatUint(free>>20, 10) + tr(" Mio libres", " MiB free")
	switch {
	case err != nil:
		x.bad(name, err.Error(), "")
	case free < enough:
		x.bad(name, found, tr("Libérer de la place : sous 32 Mio rien ne s'enregistre plus.", "Free some space: below 32 MiB nothing is recorded any more."))
	default:
		x.ok(name, found)
	}
}

// open opens the folder, or reaches who holds it. Opening checks the stream and its configuration.
func (x *examination) open(ctx context.Context) (desk, bool) {
	tr := x.a.tr
	const name = "opening"
	d, err := x.a.open(ctx, false)
	holder := ""
	if pid := lockHolder(x.path("lock")); pid > 0 && pid != os.Getpid() {
		holder = tr(" (processus ", " (process ") + strconv.Itoa(pid) + ")"
	}
	if err != nil {
		told := x.a.told(faultOf(err))
		x.add(check{Name: name, Damage: told.Exit == exitDamage, Found: told.Cause + holder, Remedy: told.Remedy})
		return nil, false
	}
	if s, ok := d.(*steady); ok {
		if _, remote := s.current().(*remote); remote {
			x.ok(name, tr("un autre programme tient le dossier et répond", "another program holds the folder and answers")+holder)
			return d, true
		}
	}
	if x.a.nats != "" {
		x.ok(name, jetstream.Shown(x.a.nats))
		return d, true
	}
	x.ok(name, tr("personne d'autre ne tient le dossier", "nobody else holds the folder"))
	x.ok("stream", tr("configuration conforme", "its configuration is as it must be"))
	return d, true
}

// registers reads every event of every register.
func (x *examination) registers(ctx context.Context, d desk) {
	tr := x.a.tr
	const name = "registers"
	all, err := x.a.groups(ctx, d)
	if err != nil {
		x.fault(name, err)
		return
	}
	var total, done uint64
	for _, g := range all.Groups {
		total += g.Head
	}
	bar := newProgress(x.a, int64(total))
	whole := true
	for _, g := range all.Groups {
		read, err := x.register(ctx, d, domain.GroupID(g.Group), func(n uint64) { bar.at(int(done+n), int64(done+n)) })
		done += read
		if err == nil && read < g.Head {
			err = &eventstore.DamageError{Group: domain.GroupID(g.Group), Number: read + 1, Cause: errors.New("it is missing")}
		}
		if err != nil {
			bar.clear()
			x.fault(name, err)
			whole = false
		}
	}
	bar.end()
	if whole {
		x.ok(name, fmt.Sprintf(tr("%d événements de %d groupements, lus en entier", "%d events of %d groups, read whole"), done, len(all.Groups)))
	}
}

// register reads one register: its numbers follow each other, and so do its instants.
func (x *examination) register(ctx context.Context, d desk, group domain.GroupID, tell func(uint64)) (n uint64, err error) {
	last := domain.FirstInstant - 1
	for r, err := range d.Records(ctx, group, 0, false) {
		if err != nil {
			return n, err
		}
		e, err := eventstore.Open(r)
		switch {
		case err != nil:
			return n, err
		case e.Number != n+1:
			return n, &eventstore.DamageError{Group: group, Number: n + 1, Cause: fmt.Errorf("the event that follows is %d", e.Number)}
		case e.Recorded <= last:
			return n, &eventstore.DamageError{Group: group, Number: e.Number, Cause: errors.New("it was recorded before the one before it")}
		}
		n, last = e.Number, e.Recorded
		x.last = max(x.last, last)
		tell(n)
	}
	return n, nil
}

// clock compares the clock with the last instant recorded: events never go back in time, whatever the clock does.
func (x *examination) clock() {
	tr := x.a.tr
	const name = "clock"
	now := domain.InstantOf(x.a.now())
	if now < x.last {
		x.bad(name, fmt.Sprintf(tr("elle dit %v, mais le dernier événement est de %v", "it says %v, but the last event is of %v"), now, x.last),
			tr("La régler : les événements prochains porteraient un instant faux.", "Set it: the next events would bear a wrong instant."))
		return
	}
	x.ok(name, now.String())
}

// names looks at the file of names.
func (x *examination) names() {
	tr := x.a.tr
	const name = "names"
	p, err := x.a.people()
	if err != nil {
		x.fault(name, err)
		return
	}
	all, err := p.list()
	info, statErr := os.Stat(p.path(peopleFile))
	switch {
	case err != nil:
		x.fault(name, err)
	case errors.Is(statErr, fs.ErrNotExist):
		x.ok(name, tr("aucun", "none"))
	case statErr == nil && info.Mode().Perm()&0o077 != 0:
		x.bad(name, fmt.Sprintf(tr("d'autres peuvent lire %s (%v)", "others can read %s (%v)"), p.path(peopleFile), info.Mode().Perm()), "chmod 600")
	default:
		x.ok(name, strconv.Itoa(len(all)))
	}
}

// lag looks at what the archive beside a server lacks of the stream. How the servers sync can only be seen there.
func (x *examination) lag(ctx context.Context, d desk) {
	tr := x.a.tr
	const name = "archive"
	raw, err := d.Ask(ctx, Question{Kind: "lag"})
	var lag lagAnswer
	if err == nil {
		err = json.Unmarshal(raw, &lag)
	}
	if err != nil {
		x.fault(name, err)
		return
	}
	if !lag.Shared {
		return
	}
	x.ok("stream", fmt.Sprintf(tr("%d réplique(s), configuration conforme ; que les serveurs synchronisent toujours (sync_interval: always) ne se voit que chez eux",
		"%d replica(s), its configuration is as it must be; that the servers always sync (sync_interval: always) can only be seen there"), lag.Replicas))
	for _, r := range lag.Refused {
		f := misuse("stream-lacks", fmt.Sprintf("%s #%d", r.Group, r.Number), archive.ErrStreamLacks.Error())
		f.Exit = exitDamage
		x.fault(name, f)
	}
	if len(lag.Refused) == 0 {
		x.ok(name, fmt.Sprintf(tr("%d événement(s) du flux à reprendre", "%d event(s) of the stream to be taken up"), lag.Events))
	}
}
