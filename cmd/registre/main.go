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
	root := a.root()
	a.foresee(args)
	root.SetArgs(args)
	root.SetIn(in)
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
