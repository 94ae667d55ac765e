package subjects

import (
	"cmp"
	"crypto/subtle"
	"maps"
	"slices"

	"github.com/nats-io/nats-server/v2/server"
)

// Subjects. What stands before a client's operation, and what that becomes on its way in.
const (
	serviceName = "registre"
	prefix      = "registre.v1."
	asked       = "registre.asked."      // and then the token and the operation
	discovered  = "registre.discovered." // and then the token and what is asked of services
)

// permissions are those of every client.
func (b *Broker) permissions() *server.Permissions {
	may := []string{prefix + "*", "$SRV.PING", "$SRV.PING.>", "$SRV.INFO", "$SRV.INFO.>", "$SRV.STATS", "$SRV.STATS.>"}
	if b.Notices != nil {
		may = append(append(may, apiNext+"*", apiAck+">"), slices.Collect(maps.Keys(asks))...)
	}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: may},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX.>"}},
	}
}

// Check implements server.Authentication: whoever connects shows a token, as the token of NATS or as a password. Where he says a user as
// well, it must be its holder.
func (b *Broker) Check(c server.ClientAuthentication) bool {
	says := c.GetOpts()
	if c.Kind() != server.CLIENT {
		return false
	}
	if subtle.ConstantTimeCompare([]byte(says.Password), []byte(b.secret)) == 1 {
		c.RegisterUser(&server.User{Username: serviceName, Account: b.service})
		return true
	}
	id, until, err := b.Door.Shown(cmp.Or(says.Token, says.Password))
	if err != nil {
		return false
	}
	who, err := b.Door.Holder(id)
	if err != nil || says.Username != "" && says.Username != who.ID {
		return false
	}
	account, err := b.connect(c.GetID(), id)
	if err != nil {
		b.Log.Warn("a connection is refused", "principal", who.ID, "error", err)
		return false
	}
	c.RegisterUser(&server.User{Username: who.ID, Account: account, Permissions: b.permissions(), ConnectionDeadline: until})
	return true
}

// connect notes a connection with a token, and gives the token's account.
func (b *Broker) connect(connection uint64, token string) (*server.Account, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := 0
	for other, of := range b.connected {
		if of == token && b.srv.GetClient(other) != nil {
			open++
		}
	}
	if open >= b.Each {
		return nil, server.ErrTooManyAccountConnections
	}
	account := b.accounts[token]
	if account == nil {
		account, _ = b.srv.LookupOrRegisterAccount("token-" + token)
		imports := map[string]string{prefix + "*": asked + token + ".*", "$SRV.>": discovered + token + ".>"}
		if b.Notices != nil {
			for from, to := range asks {
				imports[from] = api + token + "." + to
			}
		}
		for from, to := range imports {
			if err := account.AddServiceImport(b.service, from, to); err != nil {
				return nil, err
			}
		}
		b.accounts[token] = account
	}
	b.connected[connection] = token
	return account, nil
}

// exports are what the accounts of tokens may reach of the service's.
func (b *Broker) exports() error {
	for _, subject := range []string{asked + "*.*", discovered + "*.>", api + "*.>", apiAck + ">"} {
		if err := b.service.AddServiceExport(subject, nil); err != nil {
			return err
		}
	}
	return b.service.AddServiceExportWithResponse(apiNext+"*", server.Streamed, nil)
}
