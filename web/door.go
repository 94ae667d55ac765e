package web

import (
	"context"
	"net/http"
	"strings"
)

// A Door says who sends a request, and who may do what.
type Door interface {
	// Who says who sends a request. Who shows nothing is nobody in particular, and no error; who shows what is not good is an error.
	Who(r *http.Request) (Principal, error)
	// May says why a principal may not do something now; nil where he may.
	May(ctx context.Context, who Principal, right Right) error
	// Rights are all that a principal may now, for whoever is to ask of much at once.
	Rights(ctx context.Context, who Principal) (Rights, error)
}

// Rights are what somebody may, as it stood when they were looked up.
type Rights interface {
	May(Right) bool
	Reach() (groups []string, every bool) // in no other group they give anything
}

// allRights are those of whoever need not show any.
type allRights struct{}

func (allRights) May(Right) bool          { return true }
func (allRights) Reach() ([]string, bool) { return nil, true }

// A Right is what somebody wants to do, through whichever door.
type Right struct {
	What      What
	Operation string // the name of the question, or what else is asked for
	Group     string // "" for the house
	Command   string // of what is recorded: the name of the command; "" before it was read
	Member    string // whose affair the command is; "" where it is not a member's own
	OnBehalf  string // the member for whom it is recorded
	Body      string // of the sitting that the command is about
	Sitting   string
	Principal string // whom a right is granted
}

// What can be done.
type What string

// The rights. Nothing at all is asked of whoever wants to know whether the server is well, or how it is to be asked.
const (
	ToRead   What = "read"   // questions, and the register itself
	ToRecord What = "record" // commands
	ToWatch  What = "watch"  // how the server does
)

// A Principal is who acts, by a pseudonym.
type Principal struct {
	ID     string
	Only   Scope // of what it may, no more than this
	Nobody bool  // he said nothing of who he is
}

// A Scope narrows what a principal may: to one role, where one is named, and to some groups, where there are any.
type Scope struct {
	Role   string
	Groups []string
}

// A visit is one request, through whichever door.
type visit struct {
	who   func() (Principal, error) // who sends it, asked anew each time
	from  string                    // under which it is counted where he says nothing of who he is
	group string
}

type admittedKey struct{}

// admitted is who sent a request, and what the door says of it.
type admitted struct {
	Principal
	may     func(Right) error
	still   func() Rights
	command string // what it turned out to record
}

// said is what the log says of who sent a request, and for what: a pseudonym, never a name.
func (a *admitted) said(group string) (all []any) {
	if a == nil {
		return nil
	}
	for _, of := range [][2]string{{"principal", a.ID}, {"group", group}, {"command", a.command}} {
		if of[1] != "" {
			all = append(all, of[0], of[1])
		}
	}
	return all
}

// PrincipalOf is who sent the request that a context is of; nobody where there is no door.
func PrincipalOf(ctx context.Context) Principal {
	a, _ := ctx.Value(admittedKey{}).(*admitted)
	if a == nil {
		return Principal{}
	}
	return a.Principal
}

// Allowed says why whoever sent a request may not do something; nil where there is no door.
func Allowed(ctx context.Context, right Right) error {
	a, _ := ctx.Value(admittedKey{}).(*admitted)
	if a == nil {
		return nil
	}
	if right.Command != "" {
		a.command = right.Command
	}
	return a.may(right)
}

// stillMay is what whoever sent a request may now; nil where that is no longer what it gives: a right that is lost is lost on open
// streams too.
func stillMay(ctx context.Context) Rights {
	a, _ := ctx.Value(admittedKey{}).(*admitted)
	if a == nil {
		return allRights{}
	}
	return a.still()
}

// Reach is where whoever sent a request may anything now; every group where nobody can say that, so that he is not passed by: what he is
// told of is asked for again.
func Reach(ctx context.Context) (groups []string, every bool) {
	if rights := stillMay(ctx); rights != nil {
		return rights.Reach()
	}
	return nil, true
}

// admit lets a request through the door.
func (s *Server) admit(ctx context.Context, v *visit, right Right) (*admitted, error) {
	who, err := v.who()
	if err != nil {
		return nil, err
	}
	a := &admitted{Principal: who, may: func(right Right) error { return s.Door.May(ctx, who, right) }}
	a.still = func() Rights {
		again, err := v.who()
		if err != nil || again.ID != who.ID {
			return nil
		}
		rights, err := s.Door.Rights(ctx, again)
		if err != nil || !rights.May(right) {
			return nil
		}
		return rights
	}
	return a, s.Door.May(ctx, who, right)
}

// Bearer is the token of a request; "" where there is none. Feed readers can only send it as the password of HTTP Basic; nothing is
// recorded so.
func Bearer(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		return password
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
