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
	maxHeader     = 16 << 10
	stopsWithin   = 10 * time.Second
	certLooksEach = time.Second
	probeTime     = 5 * time.Second
)

// A pace is how long a server waits for whoever asks.
type pace struct {
	header time.Duration // for the head of a request
	whole  time.Duration // for all of it
	idle   time.Duration // for the next one
}

var servePace = pace{header: 5 * time.Second, whole: 30 * time.Second, idle: 2 * time.Minute}

// serving are the flags of serve.
type servingFlags struct {
	listen, cert, key string
	nats              string
	plain             bool
	config            string
	show, probe       bool
	pace              web.Pace
	noticing
	signingIn
}

func (a *app) serveVerb() *cobra.Command {
	var f servingFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Let programs ask, record and follow over HTTP",
		Long: `Serve the registers of the folder over HTTP, until Ctrl-C: every question of this program, commands, and the registers themselves,
as /openapi.json describes them, and the page /docs shows. Whoever asks shows a token (registre token create); health, readiness
and the document need none.

Other verbs go on working on the same folder beside it. It listens for this machine alone unless --listen says otherwise; from
elsewhere it is reached only over TLS, its own (--tls-cert, --tls-key) or that of a proxy before it (--behind-proxy).

What a flag does not say, the environment may (REGISTRE_LISTEN for --listen), and what that does not say, a file: registre.yaml in
the data folder, or --config FILE, with lines like "listen: 127.0.0.1:8480". --show-config says what comes from where.`,
		Example: "registre serve --data ./registre-data\ncurl -H \"Authorization: Bearer $TOKEN\" 'http://127.0.0.1:8480/v1/groups/ent-grand-est/weights?body=cogouv&at=2022-10-05'",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configure(cmd, cmd, f.config); err != nil {
				return err
			}
			a.dataNamed = cmd.Flags().Changed("data")
			switch {
			case a.lang != "fr" && a.lang != "en":
				return misuse("lang-unknown", "lang", a.lang)
			case f.show:
				return a.showConfig(cmd)
			case f.probe:
				return f.ask(cmd.Context())
			}
			return a.serve(cmd.Context(), &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", serveListen, "the address to listen on")
	flags.StringVar(&f.nats, "nats-listen", "", "the address to listen on for clients of NATS; none where it is left out")
	flags.StringVar(&f.cert, "tls-cert", "", "the file of the certificate, PEM; it is read again when it changes")
	flags.StringVar(&f.key, "tls-key", "", "the file of its key")
	flags.BoolVar(&f.plain, "behind-proxy", false, "listen without TLS on any address: what stands before it speaks TLS")
	f.noticing.flags(flags)
	f.signingIn.flags(flags)
	flags.Float64Var(&f.pace.PerSecond, "rate", 1000, "requests a second that one principal may send, and twice as many at once after a pause; 0 for no bound")
	flags.IntVar(&f.pace.Open, "rate-open", 256, "requests and streams that one principal may have open; 0 for no bound")
	flags.StringVar(&f.config, "config", "", "the file of settings (default: registre.yaml in the data folder, if it is there)")
	flags.BoolVar(&f.probe, "probe", false, "ask the server that runs with these settings whether it is ready, and end: 0 if it is, 1 if not")
	flags.BoolVar(&f.show, "show-config", false, "say what is set, and where, and end")
	return cmd
}

// check refuses to be reached from elsewhere without TLS.
func (f *servingFlags) check() error {
	if (f.cert == "") != (f.key == "") {
		return misuse("flag-missing", "--tls-cert, --tls-key", "")
	}
	if !(f.pace.PerSecond >= 0 && f.pace.PerSecond <= 1e9) || f.pace.Open < 0 { // nor is it no number
		return inFlag("flag-value", "--rate, --rate-open", "")
	}
	if _, err := f.login(""); err != nil {
		return err
	}
	if err := f.mayListen("--listen", f.listen); err != nil || f.nats == "" {
		return err
	}
	return f.mayListen("--nats-listen", f.nats)
}

// mayListen refuses an address that others reach, where nothing speaks TLS.
func (f *servingFlags) mayListen(flag, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return inFlag("flag-value", flag, address)
	}
	ip := net.ParseIP(host)
	if loopback := host == "localhost" || ip != nil && ip.IsLoopback(); !loopback && f.cert == "" && !f.plain {
		return misuse("listen-open", address, "")
	}
	return nil
}

// ask asks a running server whether it is ready, as what watches over a container does. Whose certificate it has does not matter.
func (f *servingFlags) ask(ctx context.Context) error {
	if err := f.check(); err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(f.listen) // check has read it
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := map[bool]string{true: "https", false: "http"}[f.cert != ""]
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/ready", nil)
	if err != nil {
		return inFlag("flag-value", "--listen", f.listen)
	}
	client := http.Client{Timeout: probeTime, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	response, err := client.Do(r)
	if err != nil {
		return failure("not-ready", f.listen, err)
	}
	if _ = response.Body.Close(); response.StatusCode != http.StatusNoContent {
		return failure("not-ready", f.listen, errors.New(response.Status))
	}
	return nil
}

// serve serves until ctx ends. It listens at once, and says that it is opening the registers until they are open.
func (a *app) serve(ctx context.Context, f *servingFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	if err := f.mail.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(a.errs, nil))
	c := &certificate{cert: f.cert, key: f.key, log: log}
	listener, scheme, err := f.open(ctx, c)
	if err != nil {
		return err
	}
	log.Info("opening", "address", listener.Addr().String())
	ctx, give := context.WithCancelCause(ctx)
	defer give(nil)
	front := &web.Front{Problem: newTongues().Problem}
	ended := make(chan error, 1)
	go func() {
		err := serveHTTP(ctx, listener, front, servePace, log)
		give(err)
		ended <- err
	}()
	server, err := a.server(ctx, f, log)
	if err != nil {
		give(err)
		return errors.Join(err, <-ended)
	}
	broker, err := a.openNATS(f, server, c, log)
	if err != nil {
		give(err)
		return errors.Join(err, <-ended)
	}
	front.Open(server)
	a.printf("%s %s://%s\n", a.tr("Sert sur", "Serving on"), scheme, listener.Addr())
	if broker != nil {
		a.printf("%s %s\n", a.tr("Sert sur", "Serving on"), broker.URL())
	}
	if d, ok := server.Door.(*door); ok && d.empty() {
		a.printf("%s\n", a.tr("Personne n'a encore de jeton : « registre token create » en donne un.", "Nobody has a token yet: “registre token create” gives one."))
	}
	<-ctx.Done()
	return errors.Join(closeNATS(broker), <-ended)
}

// open listens, over TLS where there is a certificate.
func (f *servingFlags) open(ctx context.Context, c *certificate) (net.Listener, string, error) {
	if f.cert != "" {
		if _, err := c.get(nil); err != nil {
			return nil, "", failure("certificate", f.cert, err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return nil, "", failure("listen-failed", f.listen, err)
	}
	listener = netutil.LimitListener(listener, maxConnected)
	if f.cert == "" {
		return listener, "http", nil
	}
	return tls.NewListener(listener, c.config("h2", "http/1.1")), "https", nil
}

// openPatiently opens the folder; where its registers are on a server that does not answer, it tries again until that does.
func (a *app) openPatiently(ctx context.Context, log *slog.Logger) (desk, error) {
	folder := takingOver{deskOptions: a.deskOptions(false), told: logWaiting(log)}
	defer folder.done()
	for {
		d, err := folder.open(ctx)
		if err == nil || a.nats == "" || ctx.Err() != nil || faultOf(err).Name != "server-away" {
			return d, err
		}
		folder.done() // until it answers, others do without it
		log.Warn("the server does not answer; it is tried again", "cause", err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// server opens the registers, which are closed with the program, and makes the server for them. What is followed ends with ctx.
func (a *app) server(ctx context.Context, f *servingFlags, log *slog.Logger) (*web.Server, error) {
	a.recording = true
	d, err := a.openPatiently(ctx, log)
	if err != nil {
		return nil, err
	}
	l, ok := d.(*local)
	if !ok {
		return nil, errors.Join(misuse("serve-held", a.data, ""), d.Close())
	}
	a.desk = d
	door, err := a.door()
	if err == nil {
		door.rights = l
		door.signIn, err = f.login(a.data)
	}
	if err != nil {
		return nil, err
	}
	leave, err := a.leaver(l, &f.signingIn)
	if err != nil {
		return nil, err
	}
	if l.folder == nil {
		log.Warn("no notices are brought: that needs a folder (--data)")
	} else if err := a.bringNotices(ctx, l, door, &f.noticing, leave, log); err != nil {
		return nil, err
	}
	if err := l.answerServers(ctx, leave, door.signIn, log); err != nil {
		return nil, err
	}
	if err := sweepTables(a.data); err != nil {
		return nil, err
	}
	desk := newCounter(l)
	desk.all.Log = log
	options := web.Options{
		Desk: desk, Door: door, SignIn: desk.signIn(door), Questions: operations(), Exports: exportOperations(), Imports: importTakes(), Imported: reflect.TypeFor[broughtTable](), Spool: a.data,
		Commands: commandSchemas(), Recorded: reflect.TypeFor[taken](), Meta: reflect.TypeFor[meta](), Version: programVersion(),
		Log: log, Stopping: ctx, Pace: f.pace,
	}
	if leave != nil {
		options.Leaving = leave
	}
	if l.folder != nil {
		options.Standing = l.standingOf
		options.Own = &subscriber{counter: desk, contacts: a.contacts()}
	}
	return web.New(options), nil
}

// serveHTTP serves until ctx ends: then what was asked is answered, and what is followed ends.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler, p pace, log *slog.Logger) error {
	asked, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: p.header, ReadTimeout: p.whole, IdleTimeout: p.idle, MaxHeaderBytes: maxHeader, DisableGeneralOptionsHandler: true,
		BaseContext: func(net.Listener) context.Context { return asked }, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return failure("listen-failed", listener.Addr().String(), err)
	case <-ctx.Done():
	}
	log.Info("stopping")
	last, cancel := context.WithTimeout(asked, stopsWithin)
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
