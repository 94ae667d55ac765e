// Package posttest is a real mail server for tests, which takes mail, refuses it, hangs or breaks off, as it is told.
package posttest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"registre/eventstore/atmost"
)

// maxMail is how many bytes of a mail are read.
const maxMail = 8 << 20

// A Reply is what the server does with a mail.
type Reply struct {
	To    int  // refuses the address with this code
	Data  int  // refuses the mail with this code
	Hang  bool // takes the mail, and never says so
	Break bool // takes the mail, and breaks off instead of saying so
	Half  bool // breaks off before it has read the mail
}

// A Server takes mail.
type Server struct {
	Host string
	Port int
	// User and Password are those that it insists on; it asks for none where User is "".
	User, Password string

	t      *testing.T
	reply  func(n int, to string) Reply
	server *smtp.Server
	ended  chan struct{}

	mu    sync.Mutex
	asked int
	mails []Mail
}

// A Mail is what came.
type Mail struct {
	To    string
	Raw   []byte
	Taken bool // it was said to be taken
}

// Start starts a server, which ends with the test. It speaks TLS after STARTTLS where there is a certificate, or from the first byte.
func Start(t *testing.T, certificate *tls.Certificate, implicit bool, reply func(n int, to string) Reply) *Server {
	s := &Server{t: t, reply: reply, ended: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.server.Domain, s.server.MaxMessageBytes, s.server.ErrorLog = "localhost", maxMail, quiet{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := listener.Addr().(*net.TCPAddr)
	s.Host, s.Port = at.IP.String(), at.Port
	if certificate != nil {
		config := &tls.Config{Certificates: []tls.Certificate{*certificate}}
		if implicit {
			listener = tls.NewListener(listener, config)
		} else {
			s.server.TLSConfig = config
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.server.Serve(listener) }()
	t.Cleanup(func() {
		close(s.ended)
		_ = s.server.Close()
		<-done
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Mails are those that came, in their order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Asked is how many mails were brought, taken or not.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *Server) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
}

type session struct {
	server *Server
	conn   *smtp.Conn
	to     string
	reply  Reply
	known  bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.User || password != s.server.Password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.server.User != "" && !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	s.server.asked++
	s.reply = s.server.reply(s.server.asked, to)
	s.server.mu.Unlock()
	s.to = to
	if s.reply.To != 0 {
		return refusal(s.reply.To)
	}
	return nil
}

func refusal(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "not so <nobody@secret.example>"}
}

func (s *session) Data(r io.Reader) error {
	if s.reply.Half {
		return errors.Join(s.conn.Conn().Close(), io.ErrUnexpectedEOF)
	}
	raw, err := atmost.Read(r, maxMail)
	if err != nil {
		return err // whoever brought it was killed
	}
	switch m := (Mail{To: s.to, Raw: raw}); {
	case s.reply.Data != 0:
		return refusal(s.reply.Data)
	case s.reply.Hang:
		s.server.keep(m)
		<-s.server.ended
	case s.reply.Break:
		s.server.keep(m)
		return s.conn.Conn().Close()
	default:
		m.Taken = true
		s.server.keep(m)
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// Read is a mail as the parser of the standard library reads it.
type Read struct {
	mail.Header
	Subject    string
	Text, HTML string
}

// Open reads a mail: two parts that say the same, the plain one first.
func Open(t *testing.T, raw []byte) (r Read) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	r.Header = m.Header
	r.Subject, err = (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	media, of, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", media)
	parts := multipart.NewReader(m.Body, of["boundary"])
	r.Text = part(t, parts, "text/plain")
	r.HTML = part(t, parts, "text/html")
	_, err = parts.NextPart()
	require.ErrorIs(t, err, io.EOF)
	return r
}

func part(t *testing.T, parts *multipart.Reader, media string) string {
	t.Helper()
	p, err := parts.NextRawPart()
	require.NoError(t, err)
	found, of, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, media, found)
	require.Equal(t, "utf-8", strings.ToLower(of["charset"]))
	require.Equal(t, "quoted-printable", p.Header.Get("Content-Transfer-Encoding"))
	text, err := atmost.Read(quotedprintable.NewReader(p), maxMail)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
