package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
)

// The exits of the program.
const (
	exitDone     = 0
	exitFailed   = 1
	exitMisused  = 2
	exitRefused  = 3
	exitFindings = 4
	exitDamage   = 5
)

// exitError ends the program with a status, everything having been said already.
type exitError struct{ status int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.status) }

// A Fault is what went wrong, as programs read it. Its sentences are made where it is shown.
type Fault struct {
	Exit    int    `json:"exit"`
	Code    string `json:"code"`              // R0123, stable
	Name    string `json:"name"`              // the same, in words
	Subject string `json:"subject,omitempty"` // the member, group, file … concerned
	Detail  string `json:"detail,omitempty"`  // what was found there
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"` // counted from 1
	Field   string `json:"field,omitempty"`
	Day     string `json:"day,omitempty"` // on which a rule was judged
	Cause   string `json:"cause,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

func (f *Fault) Error() string {
	return strings.TrimSpace(f.Code + " " + f.Name + " " + f.Subject + " " + f.Detail)
}

// misuse is a fault of the one who calls: exit 2.
func misuse(name, subject, detail string) *Fault {
	return &Fault{Exit: exitMisused, Code: codeOf(name), Name: name, Subject: subject, Detail: detail}
}

// failure is a fault of the world: exit 1.
func failure(name, subject string, err error) *Fault {
	f := &Fault{Exit: exitFailed, Code: codeOf(name), Name: name, Subject: subject}
	if err != nil {
		f.Detail = err.Error()
	}
	return f
}

// faultOf makes a fault of any error.
func faultOf(err error) *Fault {
	var f *Fault
	var refusal *domain.Refusal
	var malformed *domain.Malformed
	var wire *eventstore.WireError
	var reused *eventstore.ReusedError
	var damage *eventstore.DamageError
	if errors.Is(err, archive.ErrStreamLacks) && errors.As(err, &damage) {
		return &Fault{Exit: exitDamage, Code: codeOf("stream-lacks"), Name: "stream-lacks", Subject: fmt.Sprintf("%s #%d", damage.Group, damage.Number), Detail: damage.Cause.Error()}
	}
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &refusal):
		return &Fault{Exit: exitRefused, Code: refusal.Rule.Code, Name: refusal.Rule.Name, Subject: refusal.Subject, Day: refusal.Day.String()}
	case errors.As(err, &malformed):
		return &Fault{Exit: exitMisused, Code: codeOf("malformed"), Name: "malformed", Field: malformed.Field, Detail: malformed.Problem}
	case errors.Is(err, eventstore.ErrUnknownType) || errors.Is(err, eventstore.ErrUnknownVersion):
		return failure("newer-event", "", err)
	case errors.As(err, &damage):
		return &Fault{Exit: exitDamage, Code: codeOf("damaged"), Name: "damaged", Subject: fmt.Sprintf("%s #%d", damage.Group, damage.Number), Detail: damage.Cause.Error()}
	case errors.As(err, &wire):
		return &Fault{Exit: exitMisused, Code: codeOf("unreadable"), Name: "unreadable", Field: wire.Path, Detail: wire.Error()}
	case errors.As(err, &reused):
		return &Fault{Exit: exitRefused, Code: codeOf("id-reused"), Name: "id-reused", Subject: reused.Command.String(), Detail: fmt.Sprintf("%s #%d", reused.Group, reused.Number)}
	}
	return storeFault(err)
}

// storeFault makes a fault of what a folder or a store says.
func storeFault(err error) *Fault {
	var weakened *jetstream.WeakenedError
	if errors.As(err, &weakened) {
		f := failure("weakened", "", err)
		f.Exit = exitDamage
		return f
	}
	if errors.Is(err, jetstream.ErrNoFolder) {
		_, place, _ := strings.Cut(err.Error(), ": ")
		return misuse("no-folder", "", strings.TrimSuffix(place, ": "+jetstream.ErrNoFolder.Error()))
	}
	for _, known := range []struct {
		is   error
		name string
		exit int
	}{
		{jetstream.ErrHalfMade, "half-made", exitMisused},
		{jetstream.ErrForeign, "foreign-folder", exitMisused},
		{jetstream.ErrNewer, "newer-format", exitFailed},
		{jetstream.ErrLocked, "locked", exitFailed},
		{jetstream.ErrReadOnly, "read-only", exitFailed},
		{archive.ErrNoArchive, "no-archive", exitDamage},
		{archive.ErrOtherKey, "other-key", exitFailed},
		{archive.ErrFenced, "fenced", exitDamage},
		{archive.ErrOlder, "older-archive", exitDamage},
		{jetstream.ErrBeside, "beside", exitMisused},
		{jetstream.ErrNotBeside, "not-beside", exitMisused},
		{archive.ErrKeyExposed, "key-exposed", exitFailed},
		{eventstore.ErrDamaged, "damaged", exitDamage},
		{jetstream.ErrServer, "server", exitFailed},
		{eventstore.ErrUnknown, "unknown-outcome", exitFailed},
		{eventstore.ErrNotWritten, "not-written", exitFailed},
		{domain.ErrOverflow, "overflow", exitFailed},
		{context.Canceled, "interrupted", exitFailed},
	} {
		if errors.Is(err, known.is) {
			f := failure(known.name, "", err)
			f.Exit = known.exit
			return f
		}
	}
	if isAway(err) {
		return failure("server-away", "", err)
	}
	return failure("failed", "", err)
}

// isAway says that a server did not answer in its time, or said that it cannot yet: it is away, or has no leader at the moment.
func isAway(err error) bool {
	for _, away := range []error{
		context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrNoServers, nats.ErrConnectionClosed, nats.ErrConnectionReconnecting, nats.ErrDisconnected,
	} {
		if errors.Is(err, away) {
			return true
		}
	}
	var refused *natsjs.APIError
	return errors.As(err, &refused) && refused.Code == http.StatusServiceUnavailable
}

// isRefused says that nothing was recorded, since a rule forbids it or it makes no sense; of any other error that is not certain.
func isRefused(err error) bool {
	f := faultOf(err)
	return f.Exit == exitRefused || f.Exit == exitMisused
}
