package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// freePort puts the number of a port that is free into a variable: port NAME
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	for range 1000 {
		port := fmt.Sprint(20_000 + ports.Add(1)%12_000)
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			ts.Check(l.Close())
			ts.Setenv(args[0], port)
			return
		}
	}
	ts.Fatalf("no port is free")
}

// ports is the port that was given last, below those that a system gives to whoever asks for any: one of these could be taken before
// the script comes to it.
var ports atomic.Uint32

func init() { ports.Store(rand.Uint32N(12_000)) }

// listens waits until somebody listens on a port: listens PORT
func listens(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(untilGivenUp); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+args[0]); err == nil {
			ts.Check(c.Close())
			return
		}
	}
	ts.Fatalf("nobody listens on %s", args[0])
}

// writePolicy writes a policy: policy FILE RULE LOGKEYFILE|- NAME=FOLDER:PORT… where RULE is none, or that of a group of all of them.
func writePolicy(ts *testscript.TestScript, _ bool, args []string) {
	var text, names strings.Builder
	if args[2] != "-" {
		text.WriteString("log " + ts.ReadFile(args[2]))
	}
	for _, arg := range args[3:] {
		name, rest, _ := strings.Cut(arg, "=")
		folder, port, _ := strings.Cut(rest, ":")
		fmt.Fprintf(&text, "witness %s %s http://127.0.0.1:%s\n", name, strings.TrimSpace(ts.ReadFile(folder+"/key.pub")), port)
		names.WriteString(" " + name)
	}
	if args[1] == "none" {
		text.WriteString("quorum none\n")
	} else {
		text.WriteString("group both " + args[1] + names.String() + "\nquorum both\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o644))
}

// copyDir copies the data folder of a register: copydir FROM TO
func copyDir(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.RemoveAll(ts.MkAbs(args[0]) + "/" + socketName))
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
	ts.Check(os.Chmod(ts.MkAbs(args[1])+"/"+keyFile, 0o600))
}
