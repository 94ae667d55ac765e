package main

import (
	"cmp"
	netmail "net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"registre/domain"
	"registre/eventstore/atmost"
	"registre/notify"
)

// maxPassword bounds the file of a password.
const maxPassword = 4 << 10

// mailing says through which server notices are brought as mail.
type mailing struct {
	host, security, user, password, from string
	port                                 int
	within                               time.Duration
	digestAt                             string
}

func (m *mailing) flags(flags *pflag.FlagSet) {
	flags.StringVar(&m.host, "smtp-host", "", "the server that takes the mail of this one; without it none is sent")
	flags.IntVar(&m.port, "smtp-port", 0, "its port; 0 for 587 with starttls, 465 with implicit, 25 with none")
	flags.StringVar(&m.security, "smtp-tls", notify.StartTLS, "starttls, which is insisted on; implicit, TLS from the first byte; or none")
	flags.StringVar(&m.user, "smtp-user", "", "the name to show it, if it asks for one")
	flags.StringVar(&m.password, "smtp-password-file", "", "the file of the password; it is read again for each mail")
	flags.StringVar(&m.from, "smtp-from", "", `from whom mail comes, as "Registre <registre@example.org>"`)
	flags.StringVar(&m.digestAt, "digest-at", "07:00", "the time of day in Paris at which digests are sent")
	flags.DurationVar(&m.within, "smtp-within", time.Minute, "how long one mail may take")
}

// check refuses what cannot be set so, before anything is opened.
func (m *mailing) check() error {
	_, err := m.relay()
	if err == nil {
		_, err = m.digestTime()
	}
	return err
}

// relay is the server for mail; nil where none is set.
func (m *mailing) relay() (*notify.Relay, error) {
	if m.host == "" {
		return nil, nil
	}
	from, err := netmail.ParseAddress(m.from)
	switch {
	case m.from == "":
		return nil, misuse("flag-missing", "--smtp-from", "")
	case err != nil:
		return nil, inFlag("flag-value", "--smtp-from", m.from)
	case !slices.Contains([]string{notify.StartTLS, notify.ImplicitTLS, notify.NoTLS}, m.security):
		return nil, inFlag("flag-value", "--smtp-tls", m.security)
	case m.port < 0 || m.port > 65535:
		return nil, inFlag("flag-value", "--smtp-port", "")
	case (m.user == "") != (m.password == ""):
		return nil, misuse("flag-missing", "--smtp-user, --smtp-password-file", "")
	case m.user != "" && m.security == notify.NoTLS:
		return nil, misuse("smtp-open", "--smtp-tls", "")
	}
	if from.Address, err = notify.ParseMail(from.Address); err != nil {
		return nil, inFlag("flag-value", "--smtp-from", m.from)
	}
	if m.user != "" {
		if _, err := m.secret(); err != nil {
			return nil, failure("smtp-password", m.password, err)
		}
	}
	return &notify.Relay{
		Host: m.host, Port: m.port, Security: m.security, User: m.user, Password: m.secret, From: from, Within: cmp.Or(m.within, time.Minute),
	}, nil
}

// digestTime is when digests are sent, since midnight.
func (m *mailing) digestTime() (time.Duration, error) {
	hour, err := typedHour("--digest-at", m.digestAt)
	if err != nil {
		return 0, err
	}
	at, err := time.Parse("15:04", hour)
	if err != nil {
		return 0, inFlag("hour-form", "--digest-at", m.digestAt)
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}

// secret reads the password.
func (m *mailing) secret() (string, error) {
	text, err := atmost.File(m.password, maxPassword)
	if err == nil && strings.TrimRight(string(text), "\r\n") == "" {
		err = os.ErrInvalid
	}
	return strings.TrimRight(string(text), "\r\n"), err
}

// mails are the channels that need a server for mail; none where none is set.
func (c *counter) mails(n *noticing, leave *leaver, channels map[string]notify.Channel) error {
	relay, err := n.mail.relay()
	if err != nil || relay == nil {
		return err
	}
	by := notify.NewMail(notify.Mail{Relay: *relay, Origin: c.origin(), Agent: noticeAgent(), Tell: c.letterOf, TellAll: c.digestOf, End: leave.link})
	channels[domain.ByMail], channels[domain.ByDigest] = by, notify.Digest{Mail: by}
	return nil
}

// noticeAgent is how the program names itself to whoever it brings notices to.
func noticeAgent() string { return "registre/" + runningVersion().Version }
