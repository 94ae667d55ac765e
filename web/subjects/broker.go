package subjects

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"registre/eventstore/jetstream"
	"registre/web"
)

// A Door knows tokens.
type Door interface {
	// Shown says which token a text is, and until when; an error where it is none that stands.
	Shown(text string) (id string, until time.Time, err error)
	// Holder says who holds a token, by its id, as long as it stands.
	Holder(id string) (web.Principal, error)
}

// Options say what is offered, and to whom.
type Options struct {
	Listen  string
	TLS     *tls.Config // nil for none
	Door    Door
	Serves  *web.Server // answers
	Version string
	Log     *slog.Logger
	Notices *Notices // nil where none are published
	Each    int      // connections that one token may have; 0 for 32
}

// The limits of the server.
const (
	// MaxPayload is how long a message can be, and with it an answer.
	MaxPayload     = 8 << 20
	maxConnected   = 1024
	maxSubscribed  = 256 // by one connection
	eachConnected  = 32
	maxUnsent      = 32 << 20 // to one connection, which is closed when more waits
	authentication = 2        // seconds
	sweptEach      = time.Second
	maxMemory      = 64 << 20       // of the consumers of notices that are not durable
	maxStore       = 2 * maxNotices // with all that is kept beside the notices
)

// A Broker is the server that clients connect to, with the service on it.
type Broker struct {
	Options
	srv     *server.Server
	service *server.Account
	secret  string // lets this process into the account of the service
	conn    *nats.Conn
	desk    *desk
	notices *publisher // nil where none are published
	stop    context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	accounts  map[string]*server.Account // by the ids of tokens
	connected map[uint64]string          // the tokens of connections
	led       map[string]map[string]bool // the subjects of consumers that accounts lead to, by token
}

// Open listens for clients. Its errors are jetstream.ErrServer, or that nobody can listen there.
func Open(o Options) (*Broker, error) {
	if o.Each == 0 {
		o.Each = eachConnected
	}
	b := &Broker{Options: o, secret: rand.Text(), accounts: map[string]*server.Account{}, connected: map[uint64]string{}, led: map[string]map[string]bool{}}
	opts, err := b.options()
	if err != nil {
		return nil, err
	}
	if b.srv, err = server.NewServer(opts); err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	b.service, _ = b.srv.LookupOrRegisterAccount(serviceName)
	if err := b.exports(); err != nil {
		return nil, err
	}
	if err := jetstream.StartServer(b.srv, o.Log, o.Notices != nil); err != nil {
		return nil, err
	}
	if err := b.begin(); err != nil {
		return nil, errors.Join(err, b.Close(context.Background()))
	}
	return b, nil
}

func (b *Broker) options() (*server.Options, error) {
	host, port, err := net.SplitHostPort(b.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	opts := &server.Options{
		ServerName: serviceName, Host: host, NoSigs: true, NoLog: true, CustomClientAuthentication: b,
		MaxConn: maxConnected, MaxSubs: maxSubscribed, MaxPayload: MaxPayload, MaxPending: maxUnsent, AuthTimeout: authentication,
	}
	if opts.Port, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("%w: port %q: %w", jetstream.ErrServer, port, err)
	}
	if opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	if b.Notices != nil {
		opts.JetStream, opts.DisableJetStreamBanner, opts.StoreDir, opts.SyncAlways = true, true, b.Notices.Dir, true
		opts.JetStreamMaxMemory, opts.JetStreamMaxStore = maxMemory, maxStore
	}
	if b.TLS != nil {
		opts.TLS, opts.TLSConfig, opts.TLSTimeout = true, b.TLS, authentication
	}
	return opts, nil
}

// begin connects the service, and begins to look after connections.
func (b *Broker) begin() (err error) {
	b.conn, err = nats.Connect("", nats.InProcessServer(b.srv), nats.UserInfo(serviceName, b.secret), nats.NoReconnect(), nats.Name(serviceName),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.Log.Warn("nats: " + err.Error()) }))
	if err != nil {
		return fmt.Errorf("%w: %w", jetstream.ErrServer, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	if b.Notices != nil {
		if b.notices, err = openPublisher(ctx, b); err != nil {
			return err
		}
	}
	if b.desk, err = openDesk(b); err != nil {
		return err
	}
	b.running.Go(func() { b.sweep(ctx) })
	if b.notices != nil {
		b.running.Go(func() { b.notices.run(ctx) })
	}
	return b.conn.Flush()
}

// URL is where clients connect to.
func (b *Broker) URL() string { return b.srv.ClientURL() }

// Close answers what was asked, until ctx ends, and closes all connections.
func (b *Broker) Close(ctx context.Context) error {
	var err error
	if b.stop != nil {
		b.stop()
		b.running.Wait()
	}
	if b.desk != nil {
		err = b.desk.close(ctx)
	}
	if b.conn != nil {
		b.conn.Close()
	}
	b.srv.Shutdown()
	b.srv.WaitForShutdown()
	return err
}

// sweep closes, each second, the connections whose token stands no more.
func (b *Broker) sweep(ctx context.Context) {
	tick := time.NewTicker(sweptEach)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for connection, token := range b.connections() {
			if b.srv.GetClient(connection) == nil {
				b.gone(connection)
			} else if _, err := b.Door.Holder(token); err != nil {
				b.Log.Info("a connection is closed, since its token stands no more", "token", token)
				_ = b.srv.DisconnectClientByID(connection) // it has gone meanwhile, where that fails
				b.gone(connection)
			}
		}
	}
}

func (b *Broker) connections() map[uint64]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make(map[uint64]string, len(b.connected))
	for connection, token := range b.connected {
		all[connection] = token
	}
	return all
}

func (b *Broker) gone(connection uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.connected, connection)
}
