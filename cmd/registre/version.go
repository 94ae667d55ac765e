package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionAnswer says which program this is.
type versionAnswer struct {
	Go       string `json:"go"`
	Modified bool   `json:"modified,omitempty"` // built from sources that nobody committed
	Platform string `json:"platform"`
	Revision string `json:"revision,omitempty"`
	Version  string `json:"version"`
}

func versionOf(info *debug.BuildInfo) versionAnswer {
	v := versionAnswer{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Version: info.Main.Version}
	if v.Version == "" || v.Version == "(devel)" {
		v.Version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// runningVersion is which program runs.
func runningVersion() versionAnswer {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return versionOf(info)
}

func (a *app) versionVerb() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Which program this is", Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			v := runningVersion()
			if a.asJSON {
				return a.json(v)
			}
			a.printf("registre %s %s %s %s\n", v.Version, v.Revision, v.Go, v.Platform)
			return nil
		},
	}
}
