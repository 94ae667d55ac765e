package jetstream

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// ErrServer says that the embedded server could not be started.
var ErrServer = errors.New("the embedded server does not start")

const (
	startLimit = 10 * time.Minute // recovering 10 million events without an index takes 20 s
	never      = 10 * 365 * 24 * time.Hour
	maxMemory  = 256 << 20 // of the server's consumers; streams in memory are not used
	maxStore   = 1 << 60   // the store itself watches the disk, see Store.room
	askedOf    = "$JS.API.>"
)

// startServer runs a server on dir/jetstream. With listen "" it opens no port.
func startServer(dir, listen string, way syncWay, logger *slog.Logger) (*server.Server, error) {
	opts, err := serverOptions(dir, listen, way)
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrServer, err)
	}
	if err := StartServer(srv, logger, true); err != nil {
		return nil, err
	}
	// The timer of what is asked of it keeps all of the server, also once that is shut down: for two minutes if nothing is said.
	if err := srv.SystemAccount().SetServiceExportResponseThreshold(askedOf, defaultPatience); err != nil {
		srv.Shutdown()
		return nil, fmt.Errorf("%w: %w", ErrServer, err)
	}
	return srv, nil
}

// StartServer starts a server, and returns when it takes connections, and with streams is ready for those. What it says goes to the logger, and nothing that it says ends this
// process. Where it does not start, it is shut down; the error is ErrServer.
func StartServer(srv *server.Server, logger *slog.Logger, streams bool) error {
	log := &serverLog{to: logger, fatal: make(chan struct{})}
	srv.SetLoggerV2(log, false, false, false)
	go srv.Start()
	if err := awaitReady(srv, log, streams); err != nil {
		srv.Shutdown()
		return fmt.Errorf("%w: %w", ErrServer, err)
	}
	return nil
}

func serverOptions(dir, listen string, way syncWay) (*server.Options, error) {
	opts := &server.Options{
		ServerName:             "registre",
		DontListen:             true,
		NoSigs:                 true,
		NoLog:                  true,
		DisableJetStreamBanner: true,
		JetStream:              true,
		JetStreamMaxMemory:     maxMemory,
		JetStreamMaxStore:      maxStore,
		StoreDir:               dir,
		SyncAlways:             way.always(),
		SyncInterval:           never,
	}
	if listen == "" {
		return opts, nil
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrServer, err)
	}
	opts.DontListen, opts.Host = false, host
	if opts.Port, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("%w: port %q: %w", ErrServer, port, err)
	}
	if opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	return opts, nil
}

// awaitReady waits until the server takes connections, or has said why it will not.
func awaitReady(srv *server.Server, log *serverLog, streams bool) error {
	for deadline := time.Now().Add(startLimit); time.Now().Before(deadline); {
		select {
		case <-log.fatal:
			return log.err()
		default:
		}
		if srv.ReadyForConnections(time.Millisecond) && (srv.JetStreamEnabled() || !streams) {
			return nil
		}
	}
	return fmt.Errorf("not ready after %v", startLimit)
}

// serverLog passes the server's log on. Where the server's own logger would end the process, it only remembers why.
type serverLog struct {
	to    *slog.Logger
	mu    sync.Mutex
	cause error
	fatal chan struct{}
}

func (l *serverLog) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// Fatalf implements server.Logger.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := fmt.Errorf(format, v...)
	l.to.Error("nats: " + err.Error())
	if l.cause == nil {
		l.cause = err
		close(l.fatal)
	}
}

// Errorf implements server.Logger.
func (l *serverLog) Errorf(format string, v ...any) { l.to.Error("nats: " + fmt.Sprintf(format, v...)) }

// Warnf implements server.Logger.
func (l *serverLog) Warnf(format string, v ...any) { l.to.Warn("nats: " + fmt.Sprintf(format, v...)) }

// Noticef implements server.Logger. What the server notices is a detail to us.
func (l *serverLog) Noticef(format string, v ...any) {
	l.to.Debug("nats: " + fmt.Sprintf(format, v...))
}

// Debugf implements server.Logger.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (l *serverLog) Tracef(string, ...any) {}

// URL is where a server that was opened with Listen can be reached; "" for none.
func (s *Store) URL() string {
	if s.embedded == nil || s.embedded.srv == nil {
		return ""
	}
	return s.embedded.srv.ClientURL()
}
