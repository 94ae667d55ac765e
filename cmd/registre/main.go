package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	collect()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program: its arguments and streams in, its exit out.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	a := newApp(in, out, errs)
	defer a.letGo()
	return a.run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	a.foresee(args)
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errs)
	err := root.ExecuteContext(ctx)
	if a.desk != nil {
		if closing := a.desk.Close(); err == nil {
			err = closing
		}
	}
	if !contradicts(err) {
		a.sayAlarms() // what was found on the way
	}
	return a.exit(err)
}

// letGo drops what a run has held. Cobra keeps what completes flags, and with it the run, for as long as the process lives.
func (a *app) letGo() {
	a.desk, a.cast = nil, nil
	a.in, a.out, a.errs = nil, io.Discard, io.Discard
}
