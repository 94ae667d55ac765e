package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"registre/eventstore/atmost"
	"registre/eventstore/jetstream"
)

// A flag can be set on the line, in the environment, or in a file; the first of these that says something counts. Every flag has
// one name in all three: --tls-cert, REGISTRE_TLS_CERT, tls-cert. The environment counts for the global flags of every verb, the
// file for those of serve, and of init, which begins what is served.
const (
	envPrefix  = "REGISTRE_"
	configEnv  = "REGISTRE_CONFIG"
	configFile = jetstream.SettingsFile // in the data folder, where none is named
	maxConfig  = 1 << 20
)

// spoken are the flags that belong to one line, and to nothing that lasts.
var spoken = []string{"at", "known", "json", "help", "config", "show-config", "probe"}

func envOf(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configurable are the flags that can be set elsewhere than on the line.
func configurable(flags *pflag.FlagSet) (all []*pflag.Flag) {
	flags.VisitAll(func(f *pflag.Flag) {
		if lasts(f) {
			all = append(all, f)
		}
	})
	return all
}

func lasts(f *pflag.Flag) bool { return !f.Hidden && !slices.Contains(spoken, f.Name) }

// heed gives flags what the environment says, where the line says nothing.
func (a *app) heed(flags *pflag.FlagSet, of []*pflag.Flag) error {
	for _, f := range of {
		value := os.Getenv(envOf(f.Name))
		if value == "" || f.Changed || f.Name == "lang" { // which it has from there already
			continue
		}
		values := []string{value}
		if _, several := f.Value.(pflag.SliceValue); several {
			values = strings.Split(value, ",")
		}
		if err := put(flags, f, values); err != nil {
			return misuse("config-value", envOf(f.Name), value)
		}
		a.places[f.Name] = envOf(f.Name)
	}
	return nil
}

// heedGlobal is heed for the flags that every verb has.
func (a *app) heedGlobal(cmd *cobra.Command) error {
	var global []*pflag.Flag
	for _, f := range configurable(cmd.Flags()) {
		if cmd.Root().PersistentFlags().Lookup(f.Name) == f {
			global = append(global, f)
		}
	}
	return a.heed(cmd.Flags(), global)
}

func put(flags *pflag.FlagSet, f *pflag.Flag, values []string) error {
	if many, ok := f.Value.(pflag.SliceValue); ok {
		f.Changed = true
		return many.Replace(values)
	}
	if len(values) != 1 {
		return errors.New("one value")
	}
	return flags.Set(f.Name, values[0])
}

// configure gives the flags of a verb what the environment and a file for serve say, where the line says nothing.
func (a *app) configure(cmd, serve *cobra.Command, file string) error {
	if err := a.heed(cmd.Flags(), configurable(cmd.Flags())); err != nil {
		return err
	}
	if file == "" {
		file = os.Getenv(configEnv)
	}
	named := file != ""
	if !named {
		file = filepath.Join(a.data, configFile)
	}
	text, err := atmost.File(file, maxConfig)
	switch {
	case !named && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return configFault(file, 0, err.Error())
	}
	return a.heedFile(cmd, serve, file, text, named)
}

func configFault(file string, line int, what string) *Fault {
	f := misuse("config-file", file, what)
	f.File, f.Line = file, line
	return f
}

// heedFile reads a file of settings for serve: a mapping of its flags to what they are to be, of which a verb heeds those that it has.
// The file in the data folder cannot name the folder.
func (a *app) heedFile(cmd, serve *cobra.Command, file string, text []byte, named bool) error {
	keys, values, err := settingsOf(text)
	if err != nil {
		return configFault(file, 0, err.Error())
	}
	seen := map[string]bool{}
	for i, key := range keys {
		f := serve.Flag(key.Value)
		place := fmt.Sprintf("%s:%d", file, key.Line)
		switch {
		case f == nil || !lasts(f) || !named && key.Value == "data":
			return atLine(misuse("config-key", key.Value, ""), file, key.Line)
		case seen[key.Value]:
			return atLine(misuse("config-twice", key.Value, ""), file, key.Line)
		}
		seen[key.Value] = true
		said, ok := saidBy(values[i])
		if !ok {
			return atLine(misuse("config-value", key.Value, values[i].Value), file, values[i].Line)
		}
		if f = cmd.Flag(key.Value); f == nil || f.Changed {
			continue // it is not of this verb, or what comes before says otherwise
		}
		if err := put(cmd.Flags(), f, said); err != nil {
			return atLine(misuse("config-value", key.Value, strings.Join(said, ", ")), file, values[i].Line)
		}
		a.places[key.Value] = place
	}
	return nil
}

func atLine(f *Fault, file string, line int) *Fault {
	f.File, f.Line = file, line
	return f
}

// settingsOf are the keys of a file of settings, and what stands behind each.
func settingsOf(text []byte) (keys, values []*yaml.Node, err error) {
	var whole, more yaml.Node
	read := yaml.NewDecoder(bytes.NewReader(text))
	switch err := read.Decode(&whole); {
	case errors.Is(err, io.EOF):
		return nil, nil, nil // it says nothing
	case err != nil:
		return nil, nil, err
	}
	if err := read.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("one document")
	}
	of := whole.Content[0]
	if of.Kind == yaml.ScalarNode && of.Tag == "!!null" {
		return nil, nil, nil
	}
	if of.Kind != yaml.MappingNode {
		return nil, nil, fmt.Errorf("line %d: key: value", of.Line)
	}
	for i := 0; i+1 < len(of.Content); i += 2 {
		keys, values = append(keys, of.Content[i]), append(values, of.Content[i+1])
	}
	return keys, values, nil
}

// saidBy is what stands in a node: a value, or a list of values, as they are written.
func saidBy(n *yaml.Node) (values []string, ok bool) {
	plain := func(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag != "!!null" && n.Anchor == "" }
	switch {
	case plain(n):
		return []string{n.Value}, true
	case n.Kind != yaml.SequenceNode || n.Anchor != "":
		return nil, false
	}
	for _, one := range n.Content {
		if !plain(one) {
			return nil, false
		}
		values = append(values, one.Value)
	}
	return values, true
}

// A settingRow is a flag, what it is, and who says so.
type settingRow struct {
	From  string `json:"from"` // a flag, a variable of the environment, FILE:LINE, or default
	Key   string `json:"key"`
	Value string `json:"value"`
}

// showConfig prints what is set, and where.
func (a *app) showConfig(cmd *cobra.Command) error {
	var rows []settingRow
	for _, f := range configurable(cmd.Flags()) {
		row := settingRow{Key: f.Name, Value: f.Value.String(), From: "default"}
		switch {
		case a.places[f.Name] != "":
			row.From = a.places[f.Name]
		case f.Changed:
			row.From = "--" + f.Name
		case f.Name == "lang" && os.Getenv(envOf("lang")) != "":
			row.From = envOf("lang")
		}
		rows = append(rows, row)
	}
	if a.asJSON {
		return a.json(map[string][]settingRow{"settings": rows})
	}
	t := table{heads: []string{a.tr("réglage", "setting"), a.tr("valeur", "value"), a.tr("d'où", "from")}}
	for _, row := range rows {
		if row.From == "default" {
			row.From = a.tr("par défaut", "default")
		}
		t.add(row.Key, row.Value, row.From)
	}
	t.print(a.out)
	return nil
}
