package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"registre/domain"
	"registre/eventstore/atmost"
	"registre/web"
	"registre/web/login"
)

// signingIn are the flags of serve that say who recognises people.
type signingIn struct {
	issuer, client, secretFile, public string
	scopes                             []string
}

func (f *signingIn) flags(flags *pflag.FlagSet) {
	flags.StringVar(&f.public, "public-url", "", "where browsers reach this server: https://registre.example.org")
	flags.StringVar(&f.issuer, "oidc-issuer", "", "the OpenID Connect provider by which people sign in, as it names itself; none where it is left out")
	flags.StringVar(&f.client, "oidc-client", "", "what the provider calls this server")
	flags.StringVar(&f.secretFile, "oidc-secret-file", "", "the file of the secret that this server has with the provider; none for a client without")
	flags.StringArrayVar(&f.scopes, "oidc-scope", nil, "what to ask of the provider beside openid, so that a session shows a name: profile, or given_name and usual_name (repeatable)")
}

// publicURL is where browsers reach this server; nil where that is not said.
func (f *signingIn) publicURL() (*url.URL, error) {
	if f.public == "" {
		return nil, nil
	}
	u, err := url.Parse(f.public)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !login.Loopback(u.Hostname())) {
		return nil, inFlag("flag-value", "--public-url", f.public)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// login is what lets people in; nil where nobody is to be.
func (f *signingIn) login(dir string) (*login.Login, error) {
	public, err := f.publicURL()
	switch {
	case err != nil:
		return nil, err
	case f.issuer == "":
		return nil, nil
	case f.client == "":
		return nil, misuse("flag-missing", "--oidc-client", "")
	case public == nil:
		return nil, misuse("flag-missing", "--public-url", "")
	}
	var secret []byte
	if f.secretFile != "" {
		if secret, err = atmost.File(f.secretFile, atmost.Line); err != nil {
			return nil, fileFault(f.secretFile, err)
		}
	}
	l, err := login.New(login.Options{
		Issuer: f.issuer, Client: f.client, Secret: strings.TrimSpace(string(secret)), Public: public, Scopes: f.scopes, Principal: loginsIn(dir).principal,
	})
	if err != nil {
		return nil, inFlag("flag-value", "--oidc-issuer", f.issuer)
	}
	return l, nil
}

// signIn lets people in by a browser, behind a door; nil for nobody.
func (c *counter) signIn(d *door) *web.SignIn {
	if d.signIn == nil {
		return nil
	}
	return &web.SignIn{Login: d.signIn, Told: c.tellEnded, Rights: func(ctx context.Context, principal, lang string) (all []web.StandingRight, err error) {
		rows, err := d.rights.rightsOf(ctx, domain.PrincipalID(principal))
		a := c.tongues[lang]
		for i := range rows {
			r := &rows[i]
			groups := make([]string, len(r.Groups))
			for i, g := range r.Groups {
				groups[i] = string(g)
			}
			one := web.StandingRight{Role: a.word(r.Role), Where: a.extent(r.Every, groups, string(r.Member), string(r.Body), string(r.Sitting)), From: r.From.String()}
			if r.Until != 0 {
				one.Until = r.Until.String()
			}
			all = append(all, one)
		}
		return all, err
	}}
}

// tellEnded tells the other servers by which token of the provider's sessions have ended: each looks whether it holds.
func (l *local) tellEnded(token string) {
	if l.servers == nil {
		return
	}
	if text, err := json.Marshal(askedOfServers{Ended: token}); err == nil {
		_ = l.servers.Tell(text) // nobody answers; whoever does not hear it has his sessions until they are over by themselves
	}
}
