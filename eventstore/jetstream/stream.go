package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/domain"
	"registre/eventstore"
)

// Partition 0 is the only one so far.
const (
	streamName    = "REGISTRE_0"
	subjectPrefix = "registre.0."
	allSubjects   = subjectPrefix + ">"
)

func subjectOf(group domain.GroupID) string { return subjectPrefix + string(group) }

func groupOf(subject string) domain.GroupID {
	return domain.GroupID(strings.TrimPrefix(subject, subjectPrefix))
}

// duplicateWindow is the smallest that the server takes. We send no Nats-Msg-Id (a command's repetition is known by its
// id, for ever, and not for a window), and at each start the server reads again what lies within the window.
const duplicateWindow = 100 * time.Millisecond

// wantedStream is how the stream must be configured: nothing ever leaves it.
func wantedStream(replicas int) natsjs.StreamConfig {
	return natsjs.StreamConfig{
		Name:               streamName,
		Subjects:           []string{allSubjects},
		Retention:          natsjs.LimitsPolicy,
		Discard:            natsjs.DiscardNew,
		Storage:            natsjs.FileStorage,
		Replicas:           replicas,
		MaxConsumers:       -1,
		MaxMsgs:            -1,
		MaxBytes:           -1,
		MaxMsgsPerSubject:  -1,
		MaxMsgSize:         -1,
		Duplicates:         duplicateWindow,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowDirect:        true,
		AllowAtomicPublish: true,
	}
}

// A Difference is one field of the stream's configuration that is not as it must be.
type Difference struct {
	Field string // as the server calls it
	Want  string // JSON; "" for a field that should not be there
	Have  string // JSON; "" for a field that is missing
}

// A WeakenedError says that the stream's configuration was changed so that events can be lost, altered or refused, or
// may have been already. Nothing was changed back: what happened meanwhile has to be looked at first.
type WeakenedError struct {
	Differences []Difference // at least one, in the order of the fields
}

// Error implements error.
func (e *WeakenedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the stream %s was weakened:", streamName)
	for i, d := range e.Differences {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %s is %s, not %s", d.Field, orNone(d.Have), orNone(d.Want))
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "absent"
	}
	return s
}

// harmless are fields that may differ: they say where copies lie and who made the stream.
var harmless = []string{"description", "metadata", "placement"}

// checkStream compares the configuration field by field with what it must be. It compares what the server has sent, not
// what this program's version of the client makes of it, so that a field it has never heard of counts as a difference.
func checkStream(have json.RawMessage, replicas int) error {
	want, err := json.Marshal(wantedStream(replicas))
	if err != nil {
		return err
	}
	wanted, err := fields(want)
	if err != nil {
		return err
	}
	had, err := fields(have)
	if err != nil {
		return fmt.Errorf("%w: the stream's configuration: %w", eventstore.ErrDamaged, err)
	}
	if differences := compare(wanted, had); len(differences) > 0 {
		return &WeakenedError{Differences: differences}
	}
	return nil
}

// fields gives a configuration's fields that say something, those of objects under "outer.inner".
func fields(config []byte) (map[string]any, error) {
	var all map[string]any
	if err := json.Unmarshal(config, &all); err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(name string, value any) bool {
		return slices.Contains(harmless, name) || says(value) == nil
	})
	return all, nil
}

// says gives nil for a value that says nothing: none, false, 0, "", or a collection of such.
func says(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			if says(inner) != nil {
				return v
			}
		}
		return nil
	case []any:
		if len(v) == 0 {
			return nil
		}
	case nil, bool, float64, string:
		if v == nil || reflect.ValueOf(v).IsZero() {
			return nil
		}
	}
	return value
}

func compare(want, have map[string]any) []Difference {
	names := maps.Clone(want)
	maps.Copy(names, have)
	var differences []Difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !reflect.DeepEqual(want[name], have[name]) {
			differences = append(differences, Difference{Field: name, Want: text(want[name]), Have: text(have[name])})
		}
	}
	return differences
}

func text(value any) string {
	if value == nil {
		return ""
	}
	b, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// streamInfo is what we ask the server about the stream.
type streamInfo struct {
	Config json.RawMessage `json:"config"`
	State  struct {
		Messages uint64            `json:"messages"`
		LastSeq  uint64            `json:"last_seq"`
		Subjects map[string]uint64 `json:"subjects"`
	} `json:"state"`
	Total  int              `json:"total"` // of subjects
	Offset int              `json:"offset"`
	Limit  int              `json:"limit"`
	Error  *natsjs.APIError `json:"error"`
}

// The server's codes that this package acts on.
const (
	codeStreamNotFound  = natsjs.JSErrCodeStreamNotFound
	codeMessageNotFound = natsjs.JSErrCodeMessageNotFound
)

// info asks the stream's leader; filter names the subjects to count, "" none.
func (s *Store) info(ctx context.Context, filter string, offset int) (*streamInfo, error) {
	request := map[string]any{}
	if filter != "" {
		request["subjects_filter"] = filter
		request["offset"] = offset
	}
	var info streamInfo
	if err := s.ask(ctx, "STREAM.INFO."+streamName, request, &info); err != nil {
		return nil, err
	}
	if info.Error != nil {
		return nil, info.Error
	}
	return &info, nil
}

// askAgain is how long a question waits before it is asked again: while a cluster has no leader, nobody answers it, not even later.
const askAgain = 2 * time.Second

// ask sends a request that changes nothing to the API of the server, and reads its answer.
func (s *Store) ask(ctx context.Context, subject string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for {
		try, end := context.WithTimeout(ctx, askAgain)
		msg, err := s.reads.RequestWithContext(try, "$JS.API."+subject, body)
		again := try.Err() != nil && ctx.Err() == nil
		end()
		switch {
		case err == nil:
			return json.Unmarshal(msg.Data, answer)
		case !again:
			return fmt.Errorf("asking the server (%s): %w", subject, err)
		}
	}
}

// openStream makes the stream where it is to be made, and says whether it is as it must be.
func (s *Store) openStream(ctx context.Context, create bool) error {
	info, err := s.info(ctx, "", 0)
	var refusal *natsjs.APIError
	switch {
	case errors.As(err, &refusal) && refusal.ErrorCode == codeStreamNotFound && create:
		return s.createStream(ctx)
	case errors.As(err, &refusal) && refusal.ErrorCode == codeStreamNotFound:
		return ErrNoStream
	case err != nil:
		return fmt.Errorf("opening the stream: %w", err)
	}
	s.pub.reached(info.State.LastSeq)
	return checkStream(info.Config, s.replicas)
}

func (s *Store) createStream(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if _, err := s.js.CreateStream(ctx, wantedStream(s.replicas)); err != nil {
		return fmt.Errorf("creating the stream: %w", err)
	}
	info, err := s.info(ctx, "", 0)
	if err != nil {
		return fmt.Errorf("reading the new stream back: %w", err)
	}
	return checkStream(info.Config, s.replicas)
}
