package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"registre/projections"
)

// How the way to a server for mail is kept from others.
const (
	StartTLS    = "starttls" // asked for, and insisted on
	ImplicitTLS = "implicit" // from the first byte
	NoTLS       = "none"
)

// A Relay is the server that takes mail for everybody.
type Relay struct {
	Host     string
	Port     int    // 0 for the one that belongs to Security
	Security string // StartTLS, ImplicitTLS or NoTLS
	User     string // "" where it asks for none
	Password func() (string, error)
	From     *netmail.Address
	Within   time.Duration // for one mail
	Roots    *tls.Config   // nil for the system's
}

// A Mail brings notices as mail.
type Mail struct {
	Relay
	Origin string                                             // of the log
	Agent  string                                             // the program, as it names itself
	Tell   func(c *Contact, all []*projections.Notice) Letter // puts notices into words
	// TellAll puts many into words, that were recorded before an instant: those of each register stand together.
	TellAll func(c *Contact, all []*projections.Notice, due time.Time) Letter
	End     func(c *Contact) string // where a subscription is ended with one click; "" for nowhere
	room    chan struct{}
}

// maxMails is how many mails are under way to the server at once.
const maxMails = 16

// NewMail brings notices as mail through a server.
func NewMail(m Mail) *Mail {
	m.room = make(chan struct{}, maxMails)
	return &m
}

// ParseMail reads the address of somebody's mail: of one person, without his name, in letters that every server takes.
func ParseMail(s string) (string, error) {
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "", fmt.Errorf("%q is no address of mail", s)
	}
	at := strings.LastIndexByte(s, '@')
	host, err := idna.Lookup.ToASCII(s[at+1:])
	if err != nil || !strings.Contains(host, ".") && host != "localhost" {
		return "", fmt.Errorf("%q is no name of a mail server", s[at+1:])
	}
	local := s[:at]
	for _, r := range local {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>@[\]`, r) {
			return "", fmt.Errorf("%q holds what not every mail server takes", local)
		}
	}
	if len(local) > 64 || len(local)+len(host) > 253 {
		return "", errors.New("it is too long")
	}
	return local + "@" + host, nil
}

// Deliver implements Channel.
func (m *Mail) Deliver(ctx context.Context, c *Contact, n *projections.Notice, now time.Time) error {
	letter := m.Tell(c, []*projections.Notice{n})
	return m.post(ctx, c, &letter, envelope{name: dotted(n.ID()), list: string(n.Group), notice: n.ID(), at: now})
}

// dotted is the id of a notice as it can stand in that of a mail.
func dotted(id string) string { return strings.ReplaceAll(id, "/", ".") }

// An envelope is what a mail says of itself, beside what it says.
type envelope struct {
	name   string // of what it brings; the same for the same
	list   string
	notice string // "" where it brings several
	at     time.Time
}

// post writes a letter and brings it to the server.
func (m *Mail) post(ctx context.Context, c *Contact, l *Letter, e envelope) error {
	if c.Mail == "" {
		return errNoContact
	}
	l.EndURL = ""
	if m.End != nil {
		l.EndURL = m.End(c)
	}
	msg, err := m.write(c, l, e)
	if err != nil {
		return &FailedError{Cause: err}
	}
	select {
	case m.room <- struct{}{}:
		defer func() { <-m.room }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return m.send(ctx, msg)
}

// MessageID names a mail for ever: whoever gets it again sees that it is the same.
func (m *Mail) MessageID(c *Contact, name string) string {
	log := sha256.Sum256([]byte(m.Origin))
	return name + "." + string(c.Subscription) + "." + hex.EncodeToString(log[:4]) + "@" + m.domain()
}

func (m *Mail) domain() string { return m.From.Address[strings.LastIndexByte(m.From.Address, '@')+1:] }

// write makes the message. No text of a register stands in a header but the subject's, in one line.
func (m *Mail) write(c *Contact, l *Letter, e envelope) (*mail.Msg, error) {
	l.Subject = subjectOf(l.Subject)
	page, err := l.HTML()
	if err != nil {
		return nil, err
	}
	msg := mail.NewMsg()
	msg.FromMailAddress(m.From)
	if err := msg.To(c.Mail); err != nil {
		return nil, err
	}
	msg.Subject(l.Subject)
	msg.SetDateWithValue(e.at)
	msg.SetMessageIDWithValue(m.MessageID(c, e.name))
	msg.SetUserAgent(m.Agent)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("Content-Language", l.Lang)
	msg.SetGenHeaderPreformatted("List-Id", "<"+e.list+".notices."+m.domain()+">")
	if e.notice != "" {
		msg.SetGenHeader("Registre-Notice", e.notice)
	}
	if l.EndURL != "" {
		msg.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+l.EndURL+">")
		msg.SetListUnsubscribePost()
	}
	msg.SetBodyString(mail.TypeTextPlain, l.Text())
	msg.AddAlternativeString(mail.TypeTextHTML, page)
	return msg, nil
}

// send brings one message to the server, within its time. What the server took is taken, however it then says goodbye.
func (m *Mail) send(ctx context.Context, msg *mail.Msg) error {
	within, done := context.WithTimeout(ctx, m.Within)
	defer done()
	client, err := m.client(within)
	if err != nil {
		return &FailedError{Cause: err}
	}
	err = client.DialAndSendWithContext(within, msg)
	switch {
	case err == nil || msg.IsDelivered():
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case within.Err() != nil:
		return &FailedError{Cause: within.Err()}
	}
	return refused(err)
}

// client is a connection to come, which ends with ctx.
func (m *Mail) client(ctx context.Context) (*mail.Client, error) {
	config := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
	if m.Roots != nil {
		config.RootCAs = m.Roots.RootCAs
	}
	options := []mail.Option{mail.WithTimeout(m.Within), mail.WithTLSConfig(config), mail.WithoutSMTPUTF8(), mail.WithoutNoop()}
	port, policy := 25, mail.NoTLS
	switch m.Security {
	case StartTLS:
		port, policy = 587, mail.TLSMandatory
	case ImplicitTLS:
		port = 465
		options = append(options, mail.WithSSL())
	}
	if m.Port != 0 {
		port = m.Port
	}
	options = append(options, mail.WithPort(port), mail.WithTLSPolicy(policy), mail.WithDialContextFunc(m.dial(ctx, config)))
	if m.User != "" {
		password, err := m.Password()
		if err != nil {
			return nil, err
		}
		options = append(options, mail.WithUsername(m.User), mail.WithPassword(password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(m.Host, options...)
}

// dial calls the server; the connection ends with ctx, whatever is under way.
func (m *Mail) dial(ctx context.Context, config *tls.Config) mail.DialContextFunc {
	return func(at context.Context, network, address string) (conn net.Conn, err error) {
		var dialer net.Dialer
		if m.Security == ImplicitTLS {
			conn, err = (&tls.Dialer{NetDialer: &dialer, Config: config}).DialContext(at, network, address)
		} else {
			conn, err = dialer.DialContext(at, network, address)
		}
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
}

// refused says why a server did not take a mail. What it answers for good to an address or to a mail it will answer again: it is parked
// at once. What it says of us, as to a password, is tried again: that is for the operator to mend.
func refused(err error) error {
	failed := &FailedError{Cause: err}
	var of *mail.SendError
	var said *textproto.Error
	switch {
	case errors.As(err, &of) && of.ErrorCode() != 0:
		failed.Said = strings.TrimSpace("SMTP " + strconv.Itoa(of.ErrorCode()) + " " + of.EnhancedStatusCode())
		ours := of.Reason == mail.ErrSMTPMailFrom || of.Reason == mail.ErrConnCheck
		failed.Gone = of.ErrorCode()/100 == 5 && !ours
	case errors.As(err, &said):
		failed.Said = "SMTP " + strconv.Itoa(said.Code)
	}
	return failed
}
