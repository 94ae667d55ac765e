package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"registre/eventstore/archive"
)

// Bounds of who is served.
const (
	headerWithin = 10 * time.Second
	answerWithin = 5 * time.Minute
	idleWithin   = 2 * time.Minute
	endWithin    = 5 * time.Second // what is being served is finished, when the program is to end
	longestAsk   = 16 << 10        // bytes of a request's header
)

// publishing is where an archive is served.
type publishing struct {
	Archive string `json:"archive"`
	URL     string `json:"url"`
}

func (a *app) publishVerb() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use: "publish", Short: "Serve the archive to anybody's monitor, as static files, until Ctrl-C",
		Long: `Serve the public files of the archive over HTTP: the public key, checkpoints and tiles, and nothing else. They are only read, and
the folder may be in use meanwhile. Any other server of static files does the same (docs/operations.md). What is served is
public: events are in it, whole. Put a server that speaks TLS in front of it.`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.publish(cmd.Context(), listen) },
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "the address to listen at; port 0 is one that is free")
	return cmd
}

func (a *app) publish(ctx context.Context, listen string) error {
	if a.nats != "" {
		return misuse("archive-unkept", "", "")
	}
	dir := archiveIn(a.data)
	if _, err := os.Stat(filepath.Join(dir, "key.pub")); err != nil {
		return misuse("no-folder", a.data, a.data)
	}
	files, err := archive.Handler(dir)
	if err != nil {
		return failure("file-unreadable", dir, err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return failure("publish-listen", listen, err)
	}
	at := publishing{Archive: dir, URL: "http://" + listener.Addr().String() + "/"}
	if a.asJSON {
		err = a.json(at)
	} else {
		a.printf(a.tr("%[1]s est servi à %[2]s\n", "%[1]s is served at %[2]s\n"), at.Archive, at.URL)
	}
	return errors.Join(err, serveUntil(ctx, listener, files))
}

// archiveIn is the archive in a folder: that of a data folder, or of a monitor's, or the folder itself.
func archiveIn(dir string) string {
	if below := filepath.Join(dir, archiveDir); isFolder(below) {
		return below
	}
	return dir
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// serveUntil serves until ctx is done.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerWithin, ReadTimeout: headerWithin, WriteTimeout: answerWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: longestAsk, ErrorLog: log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	_ = server.Shutdown(closing) // whoever is still being served then is cut off
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
