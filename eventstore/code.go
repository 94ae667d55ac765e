package eventstore

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"registre/domain"
)

//go:embed *[^t].go *[^t]est.go
var source embed.FS

// Code is a hash of all that makes a book of a register: the text of this package and of domain, the modules that they may
// use, and the version of Go. What was made by other code is not used. It depends on nothing but what the program was built
// from, so that a program built from files that nobody has committed is told apart as well.
var Code = sync.OnceValue(func() [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", runtime.Version())
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			for ; m != nil; m = m.Replace {
				fmt.Fprintf(h, "%s %s %s\n", m.Path, m.Version, m.Sum)
			}
		}
	}
	for _, files := range []embed.FS{domain.Source, source} {
		entries, _ := files.ReadDir(".") // in the order of their names; it never fails
		for _, e := range entries {
			text, _ := files.ReadFile(e.Name())
			fmt.Fprintf(h, "%s %d\n%s", e.Name(), len(text), text)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
})
