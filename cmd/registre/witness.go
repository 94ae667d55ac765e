package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"registre/eventstore/archive"
	"registre/eventstore/witness"
)

// defaultListen is where a witness listens unless it is told otherwise: for this machine alone, as behind a proxy that speaks TLS.
const defaultListen = "127.0.0.1:8470"

// shutdownPatience is how long a witness that is told to stop finishes what it is asked.
const shutdownPatience = 10 * time.Second

func (a *app) witnessVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use: "witness", Short: "Cosign the checkpoints of other people's registers, so that none of them can show two histories",
		Long: `A witness is a small server with a key and a folder of its own. It puts its signature only under a checkpoint that continues all
that it has cosigned before (C2SP tlog-witness). It should be run by somebody else than the registers that it watches.

	registre witness init DIR --name witness.example/w1     its folder and its key
	registre witness trust DIR KEY                          a register that it watches, by its public key (archive/key.pub)
	registre witness serve DIR                              serve, until Ctrl-C
	registre witness status DIR                             what it has cosigned, and what evidence it has`,
	}
	cmd.AddCommand(a.witnessInitVerb(), a.witnessTrustVerb(), a.witnessServeVerb(), a.witnessStatusVerb())
	for _, sub := range cmd.Commands() {
		sub.ValidArgsFunction = folderFirst
	}
	return cmd
}

// folderFirst completes a folder, and then files.
func folderFirst(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return nil, cobra.ShellCompDirectiveDefault
}

func (a *app) witnessInitVerb() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use: "init DIR", Short: "Make the folder of a witness, with a key of its own", Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if name == "" {
				return misuse("flag-missing", "--name", "")
			}
			if !archive.ValidOrigin(name) {
				return misuse("witness-name", name, "")
			}
			key, err := witness.Create(args[0], name)
			if err != nil {
				return witnessFault(args[0], err)
			}
			vkey := archive.FormatCosignPublicKey(key)
			if a.asJSON {
				return a.json(map[string]string{"folder": args[0], "key": vkey, "name": name})
			}
			a.printf(a.tr("Témoin %[1]s, dans %[2]s. Sa clé publique :\n%[3]s\n", "Witness %[1]s, in %[2]s. Its public key:\n%[3]s\n"), name, args[0], vkey)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the name of the witness, for ever: witness.example/w1")
	return cmd
}

func (a *app) witnessTrustVerb() *cobra.Command {
	return &cobra.Command{
		Use: "trust DIR KEY…", Short: "Watch a register, by its public key or the file of it; a running witness takes it up at once",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return misuse("arguments", "", cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := witness.PublicKey(args[0]); err != nil {
				return witnessFault(args[0], err)
			}
			added := []string{}
			for _, given := range args[1:] {
				key, err := a.publicKey(given)
				if err != nil {
					return err
				}
				already, err := witness.AddLog(args[0], key)
				if err != nil {
					return witnessFault(args[0], err)
				}
				if !already {
					added = append(added, key.Name())
				}
			}
			if a.asJSON {
				return a.json(map[string]any{"added": added})
			}
			a.printf(a.tr("%d registre(s) de plus.\n", "%d register(s) more.\n"), len(added))
			return nil
		},
	}
}

func (a *app) witnessServeVerb() *cobra.Command {
	var listen, url string
	cmd := &cobra.Command{
		Use: "serve DIR", Short: "Serve the witness over HTTP, until Ctrl-C or SIGTERM", Args: exactly(1),
		Long: `Serve the witness over HTTP (C2SP tlog-witness), until Ctrl-C or SIGTERM. It prints the line that a house pastes into its policy. It
speaks plain HTTP: before the Internet put a proxy that speaks TLS, and name its address with --url. Cosignatures need no secrecy.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.serveWitness(cmd.Context(), args[0], listen, url)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "the address to listen on; port 0 takes one that is free")
	cmd.Flags().StringVar(&url, "url", "", "the address under which houses reach it, where that is another")
	return cmd
}

func (a *app) serveWitness(ctx context.Context, dir, listen, url string) error {
	logger := slog.New(slog.NewJSONHandler(a.errs, nil))
	w, err := witness.Open(dir, witness.Options{Logger: logger})
	if err != nil {
		return witnessFault(dir, err)
	}
	defer w.Close()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return failure("witness-listen", listen, err)
	}
	if url == "" {
		url = "http://" + l.Addr().String()
	}
	if err := a.sayServing(w, url); err != nil {
		return errors.Join(err, l.Close())
	}
	server := witness.NewServer(w)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return failure("witness-listen", listen, err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.Background(), shutdownPatience)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		_ = server.Close() // who has not finished by now is cut off
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return failure("failed", "", err)
	}
	return nil
}

// sayServing prints what a house needs.
func (a *app) sayServing(w *witness.Witness, url string) error {
	line := "witness " + shortName(w.Key().Name()) + " " + archive.FormatCosignPublicKey(w.Key()) + " " + url
	if a.asJSON {
		return a.json(map[string]string{"policy": line, "url": url})
	}
	_, err := fmt.Fprintf(a.out, a.tr("Le témoin sert. Pour la politique d'une maison :\n\n%s\n\n", "The witness is serving. For the policy of a house:\n\n%s\n\n"), line)
	return err
}

// shortName is the last part of a witness's name: a word for the policy, where it means nothing more.
func shortName(name string) string {
	last := name[strings.LastIndexByte(name, '/')+1:]
	if last == "" || last == archive.NoQuorum || last[0] == '#' {
		return "w"
	}
	return last
}

// witnessStatus is what a witness has cosigned and kept.
type witnessStatus struct {
	Evidence []witness.Evidence `json:"evidence"`
	Key      string             `json:"key"`
	Logs     []witnessedLog     `json:"logs"`
	Name     string             `json:"name"`
}

type witnessedLog struct {
	At     string `json:"at,omitempty"` // of the cosignature
	Keys   int    `json:"keys"`         // that are trusted; 0 where it is not watched any more
	Origin string `json:"origin"`
	Root   string `json:"root,omitempty"`
	Size   uint64 `json:"size"`
}

func (a *app) witnessStatusVerb() *cobra.Command {
	return &cobra.Command{
		Use: "status DIR", Short: "What a witness has cosigned, and what evidence it has (exit 4 where there is some)", Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			status, err := statusOf(args[0])
			if err != nil {
				return witnessFault(args[0], err)
			}
			if a.asJSON {
				err = a.json(status)
			} else {
				a.showWitness(status)
			}
			if err == nil && len(status.Evidence) > 0 {
				err = &exitError{exitFindings}
			}
			return err
		},
	}
}

func statusOf(dir string) (*witnessStatus, error) {
	key, err := witness.PublicKey(dir)
	if err != nil {
		return nil, err
	}
	s := &witnessStatus{Evidence: []witness.Evidence{}, Key: archive.FormatCosignPublicKey(key), Logs: []witnessedLog{}, Name: key.Name()}
	keys, err := witness.ReadLogs(dir)
	if err != nil {
		return nil, err
	}
	states, err := witness.ReadStates(dir)
	if err != nil {
		return nil, err
	}
	evidence, err := witness.ReadEvidence(dir)
	s.Evidence = append(s.Evidence, evidence...)
	at := map[string]int{}
	logOf := func(origin string) *witnessedLog {
		if _, there := at[origin]; !there {
			at[origin], s.Logs = len(s.Logs), append(s.Logs, witnessedLog{Origin: origin})
		}
		return &s.Logs[at[origin]]
	}
	for _, k := range keys {
		logOf(k.Name()).Keys++
	}
	for _, state := range states {
		l := logOf(state.Checkpoint.Origin)
		l.Size, l.Root, l.At = state.Checkpoint.Size, state.Checkpoint.Root.String(), state.Time.Format(time.RFC3339)
	}
	return s, err
}

func (a *app) showWitness(s *witnessStatus) {
	a.printf(a.tr("Témoin %[1]s\nClé publique : %[2]s\n\n", "Witness %[1]s\nPublic key: %[2]s\n\n"), s.Name, s.Key)
	t := table{heads: []string{a.tr("registre", "register"), a.tr("taille", "size"), a.tr("cosigné le", "cosigned at"), a.tr("racine", "root")}}
	for _, l := range s.Logs {
		at, root := l.At, l.Root
		if at == "" {
			at, root = "–", "–"
		}
		t.add(plain(l.Origin), decimal(l.Size), at, root)
	}
	t.print(a.out)
	for _, e := range s.Evidence {
		what := a.tr("deux points de contrôle signés de la même taille, de racines différentes", "two signed checkpoints of one size with different roots")
		if e.Kind == witness.Unproven {
			what = a.tr("un point de contrôle signé qui ne prolonge pas ce qui fut cosigné, ou dont la preuve était altérée",
				"a signed checkpoint that does not continue what was cosigned, or whose proof was garbled")
		}
		a.printf("\n! %s, %s%s%s\n", plain(e.Origin), e.Seen.Format(time.RFC3339), a.tr(" : ", ": "), what)
	}
}

// witnessFault says what is wrong with the folder of a witness.
func witnessFault(dir string, err error) error {
	switch {
	case errors.Is(err, witness.ErrNoFolder):
		return misuse("witness-missing", dir, "")
	case errors.Is(err, witness.ErrLocked):
		return failure("witness-locked", dir, err)
	case errors.Is(err, witness.ErrDamaged):
		f := failure("witness-damaged", dir, err)
		f.Exit = exitDamage
		return f
	case errors.Is(err, archive.ErrKeyExposed):
		return failure("key-exposed", dir, err)
	case errors.Is(err, archive.ErrMalformed):
		return misuse("public-key-unreadable", err.Error(), err.Error())
	case errors.Is(err, fs.ErrExist):
		return misuse("witness-there", dir, "")
	case errors.Is(err, fs.ErrPermission):
		return failure("read-only", dir, err)
	}
	return failure("failed", dir, err)
}
