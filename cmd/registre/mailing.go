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
	"registre/projections"
)

// maxPassword bounds the file of a password.
const maxPassword = 4 << 10

// mailing says through which server notices are brought as mail.
type mailing struct {
	host, security, user, password, from string
	port                                 int
	within                               time.Duration
}

func (m *mailing) flags(flags *pflag.FlagSet) {
	flags.StringVar(&m.host, "smtp-host", "", "the server that takes the mail of this one; without it none is sent")
	flags.IntVar(&m.port, "smtp-port", 0, "its port; 0 for 587 with starttls, 465 with implicit, 25 with none")
	flags.StringVar(&m.security, "smtp-tls", notify.StartTLS, "starttls, which is insisted on; implicit, TLS from the first byte; or none")
	flags.StringVar(&m.user, "smtp-user", "", "the name to show it, if it asks for one")
	flags.StringVar(&m.password, "smtp-password-file", "", "the file of the password; it is read again for each mail")
	flags.StringVar(&m.from, "smtp-from", "", `from whom mail comes, as "Registre <registre@example.org>"`)
	flags.DurationVar(&m.within, "smtp-within", time.Minute, "how long one mail may take")
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

// secret reads the password.
func (m *mailing) secret() (string, error) {
	text, err := atmost.File(m.password, maxPassword)
	if err == nil && strings.TrimRight(string(text), "\r\n") == "" {
		err = os.ErrInvalid
	}
	return strings.TrimRight(string(text), "\r\n"), err
}

// letterOf puts notices into words, in the language of whoever gets them.
func (c *counter) letterOf(to *notify.Contact, all []*projections.Notice) notify.Letter {
	a := c.tongues[cmp.Or(to.Lang, "fr")]
	l := notify.Letter{Lang: a.lang, Parts: []notify.LetterPart{{}}}
	for _, n := range all {
		title, text := a.tellNotice(n)
		l.Subject = "[" + string(n.Group) + "] " + title
		l.Parts[0].Entries = append(l.Parts[0].Entries, notify.LetterEntry{Title: title, Text: text, Where: a.whereTold(n)})
	}
	l.Foot = a.letterFoot(to)
	return l
}

// whereTold says in which register a notice stands, and when it was recorded.
func (a *app) whereTold(n *projections.Notice) string {
	return a.fill("%s, n° %d, enregistré le %s à %s, heure de Paris", "%s, #%d, recorded on %s at %s, Paris time", n.Group, n.Number, n.Recorded.Day(), n.Recorded.Hour())
}

// letterFoot says why a mail came, and what it counts for.
func (a *app) letterFoot(to *notify.Contact) []string {
	return []string{
		a.fill("Vous recevez ce message parce que vous êtes abonné aux avis de ce registre (abonnement %s).", "You get this message because you subscribe to the notices of this register (subscription %s).", to.Subscription),
		a.tr("Un avis rapporte ce que dit le registre ; c'est le registre qui fait foi.", "A notice tells what the register says; it is the register that counts."),
	}
}

// mails are the channels that need a server for mail; none where none is set.
func (c *counter) mails(n *noticing, channels map[string]notify.Channel) error {
	relay, err := n.mail.relay()
	if err != nil || relay == nil {
		return err
	}
	channels[domain.ByMail] = notify.NewMail(notify.Mail{Relay: *relay, Origin: c.origin(), Agent: noticeAgent(), Tell: c.letterOf})
	return nil
}

// noticeAgent is how the program names itself to whoever it brings notices to.
func noticeAgent() string { return "registre/" + runningVersion().Version }
