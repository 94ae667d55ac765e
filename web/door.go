package web

import (
	"context"
	"net/http"
	"strings"
)

// A Door says who may do what.
type Door interface {
	// Admit gives the principal that a token stands for, if it may; token is "" where none was sent.
	Admit(token string, right Right) (Principal, error)
}

// A Right is what a request wants to do.
type Right struct {
	What  What
	Group string // "" for the house
}

// What can be done.
type What string

// The rights. Nothing at all is asked of whoever wants to know whether the server is well, or how it is to be asked.
const (
	ToRead   What = "read"   // questions, and the register itself
	ToRecord What = "record" // commands
)

// A Principal is who acts, by a pseudonym.
type Principal struct {
	ID string
}

type admittedKey struct{}

// admitted is who sent a request, and whether the right that let it in still stands.
type admitted struct {
	Principal
	still func() bool
}

// PrincipalOf is who sent the request that a context is of; nobody where there is no door.
func PrincipalOf(ctx context.Context) Principal {
	a, _ := ctx.Value(admittedKey{}).(admitted)
	return a.Principal
}

// mayStill reports whether whoever sent a request may still have what it gives: a right that is lost is lost on open streams too.
func mayStill(ctx context.Context) bool {
	a, ok := ctx.Value(admittedKey{}).(admitted)
	return !ok || a.still()
}

// bearer is the token of a request.
func bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
