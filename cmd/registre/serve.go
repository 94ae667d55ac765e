package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/netutil"

	"registre/eventstore"
	"registre/web"
)

// The limits of a server, beside those that package web has for each request.
const (
	serveListen   = "127.0.0.1:8480"
	maxConnected  = 8192
	headerTime    = 5 * time.Second
	bodyTime      = 30 * time.Second
	idleTime      = 2 * time.Minute
	maxHeader     = 16 << 10
	stopsWithin   = 10 * time.Second
	streamsEndAt  = time.Second // of stopping: what is followed is cut off, what is asked is answered
	certLooksEach = time.Second
)

// serving are the flags of serve.
type servingFlags struct {
	listen, cert, key string
	plain             bool
}

func (a *app) serveVerb() *cobra.Command {
	var f servingFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Let programs ask, record and follow over HTTP",
		Long: `Serve the registers of the folder over HTTP, until Ctrl-C: every question of this program, commands, and the registers themselves,
as /openapi.json describes them. Whoever asks shows a token (registre token create); health, readiness and /openapi.json need none.

Other verbs go on working on the same folder beside it. It listens for this machine alone unless --listen says otherwise; from
elsewhere it is reached only over TLS, its own (--tls-cert, --tls-key) or that of a proxy before it (--behind-proxy).`,
		Example: "registre serve --data ./registre-data\ncurl -H \"Authorization: Bearer $TOKEN\" 'http://127.0.0.1:8480/v1/groups/ent-grand-est/weights?body=cogouv&at=2022-10-05'",
		Args:    exactly(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", serveListen, "the address to listen on")
	flags.StringVar(&f.cert, "tls-cert", "", "the file of the certificate, PEM; it is read again when it changes")
	flags.StringVar(&f.key, "tls-key", "", "the file of its key")
	flags.BoolVar(&f.plain, "behind-proxy", false, "listen without TLS on any address: what stands before it speaks TLS")
	return cmd
}

// check refuses to be reached from elsewhere without TLS.
func (f *servingFlags) check() error {
	if (f.cert == "") != (f.key == "") {
		return misuse("flag-missing", "--tls-cert, --tls-key", "")
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return inFlag("flag-value", "--listen", f.listen)
	}
	ip := net.ParseIP(host)
	if loopback := host == "localhost" || ip != nil && ip.IsLoopback(); !loopback && f.cert == "" && !f.plain {
		return misuse("listen-open", f.listen, "")
	}
	return nil
}

// serve serves until ctx ends.
func (a *app) serve(ctx context.Context, f *servingFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	a.recording = true
	d, err := openDesk(ctx, a.deskOptions(false))
	if err != nil {
		return err
	}
	l, ok := d.(*local)
	if !ok {
		return errors.Join(misuse("serve-held", a.data, ""), d.Close())
	}
	a.desk = d // it is closed with the program
	door, err := a.door()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return failure("listen-failed", f.listen, err)
	}
	listener = netutil.LimitListener(listener, maxConnected)
	scheme := "http"
	if f.cert != "" {
		c := &certificate{cert: f.cert, key: f.key}
		if _, err := c.get(nil); err != nil {
			return errors.Join(failure("certificate", f.cert, err), listener.Close())
		}
		listener, scheme = tls.NewListener(listener, &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), "https"
	}
	handler := web.New(web.Options{
		Desk: newCounter(l), Door: door, Questions: operations(), Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: programVersion(),
		Log: slog.New(slog.NewJSONHandler(a.errs, nil)),
	})
	a.printf("%s %s://%s\n", a.tr("Sert sur", "Serving on"), scheme, listener.Addr())
	if door.empty() {
		a.printf("%s\n", a.tr("Personne n'a encore de jeton : « registre token create » en donne un.", "Nobody has a token yet: “registre token create” gives one."))
	}
	return serveHTTP(ctx, listener, handler)
}

// serveHTTP serves until ctx ends: then what is asked is answered, and what is followed is cut off.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	streams, cut := context.WithCancel(context.Background())
	defer cut()
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return streams }, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return failure("listen-failed", listener.Addr().String(), err)
	case <-ctx.Done():
	}
	time.AfterFunc(streamsEndAt, cut)
	last, cancel := context.WithTimeout(context.Background(), stopsWithin)
	defer cancel()
	err := server.Shutdown(last)
	<-ended
	if err != nil {
		return errors.Join(failure("interrupted", "", err), server.Close())
	}
	return nil
}

// programVersion is which program this is, in one word.
func programVersion() string {
	v := runningVersion()
	if v.Revision != "" {
		return fmt.Sprintf("%s+%.12s", v.Version, v.Revision)
	}
	return v.Version
}

// commandSchemas are the schemas of the commands, as the catalogue has them.
func commandSchemas() map[string]map[string]any {
	all := map[string]map[string]any{}
	for name, text := range eventstore.Events.Schemas() {
		var schema map[string]any
		if err := json.Unmarshal(text, &schema); err != nil {
			panic(err) // it was written from one
		}
		all[name] = schema
	}
	return all
}
