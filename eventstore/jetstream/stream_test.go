package jetstream

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

func events(group string, after uint64, bodies ...string) eventstore.Append {
	a := eventstore.Append{Group: domain.GroupID(group), After: after}
	for _, body := range bodies {
		a.Bodies = append(a.Bodies, []byte(body))
	}
	return a
}

// TestWeakenedStream weakens a stream with a client of the server's, in every way that it lets through, and opens again.
func TestWeakenedStream(t *testing.T) {
	type change func(c *natsjs.StreamConfig)
	tests := []struct {
		field    string
		weaken   change
		recreate bool // where the server does not let the field be changed
	}{
		{"max_msgs", func(c *natsjs.StreamConfig) { c.MaxMsgs = 10 }, false},
		{"max_age", func(c *natsjs.StreamConfig) { c.MaxAge = time.Hour }, false},
		{"max_bytes", func(c *natsjs.StreamConfig) { c.MaxBytes = 1 << 30 }, false},
		{"max_msgs_per_subject", func(c *natsjs.StreamConfig) { c.MaxMsgsPerSubject = 5 }, false},
		{"max_msg_size", func(c *natsjs.StreamConfig) { c.MaxMsgSize = 100 }, false},
		{"max_consumers", func(c *natsjs.StreamConfig) { c.MaxConsumers = 1 }, true},
		{"retention", func(c *natsjs.StreamConfig) { c.Retention = natsjs.InterestPolicy }, false},
		{"retention", func(c *natsjs.StreamConfig) { c.Retention = natsjs.WorkQueuePolicy }, true},
		{"discard", func(c *natsjs.StreamConfig) { c.Discard = natsjs.DiscardOld }, false},
		{"deny_delete", func(c *natsjs.StreamConfig) { c.DenyDelete = false }, true},
		{"deny_purge", func(c *natsjs.StreamConfig) { c.DenyPurge = false }, true},
		{"allow_rollup_hdrs", func(c *natsjs.StreamConfig) { c.AllowRollup, c.DenyPurge = true, false }, true},
		{"allow_msg_ttl", func(c *natsjs.StreamConfig) { c.AllowMsgTTL = true }, false},
		{"allow_msg_schedules", func(c *natsjs.StreamConfig) {
			c.AllowMsgSchedules, c.AllowRollup, c.DenyPurge, c.Discard = true, true, false, natsjs.DiscardOld
		}, true},
		{"allow_batched", func(c *natsjs.StreamConfig) { c.AllowBatchPublish = true }, false},
		{"allow_atomic", func(c *natsjs.StreamConfig) { c.AllowAtomicPublish = false }, false},
		{"allow_direct", func(c *natsjs.StreamConfig) { c.AllowDirect = false }, false},
		{"persist_mode", func(c *natsjs.StreamConfig) { c.PersistMode, c.AllowAtomicPublish = natsjs.AsyncPersistMode, false }, true},
		{"duplicate_window", func(c *natsjs.StreamConfig) { c.Duplicates = time.Minute }, false},
		{"subjects", func(c *natsjs.StreamConfig) { c.Subjects = append(c.Subjects, "other.>") }, false},
		{"subjects", func(c *natsjs.StreamConfig) { c.Subjects = []string{"registre.0.a"} }, false},
		{"no_ack", func(c *natsjs.StreamConfig) { c.NoAck, c.AllowAtomicPublish = true, false }, true},
		{"compression", func(c *natsjs.StreamConfig) { c.Compression = natsjs.S2Compression }, false},
		{"republish", func(c *natsjs.StreamConfig) { c.RePublish = &natsjs.RePublish{Source: ">", Destination: "copy.>"} }, false},
		{"subject_transform", func(c *natsjs.StreamConfig) {
			c.SubjectTransform = &natsjs.SubjectTransformConfig{Source: "registre.0.a", Destination: "registre.0.b"}
		}, false},
		{"sources", func(c *natsjs.StreamConfig) { c.Sources = []*natsjs.StreamSource{{Name: "OTHER"}} }, false},
		{"mirror", func(c *natsjs.StreamConfig) {
			c.Mirror, c.Subjects, c.AllowAtomicPublish, c.Duplicates = &natsjs.StreamSource{Name: "OTHER"}, nil, false, 0
		}, true},
		{"sealed", func(c *natsjs.StreamConfig) { c.Sealed = true }, false},
		{"first_seq", func(c *natsjs.StreamConfig) { c.FirstSeq = 100 }, true},
		{"consumer_limits", func(c *natsjs.StreamConfig) { c.ConsumerLimits.InactiveThreshold = time.Second }, false},
	}
	for _, test := range tests {
		t.Run(test.field, func(t *testing.T) {
			dir := t.TempDir()
			s := openIn(t, dir, Options{})
			config := wantedStream(1)
			test.weaken(&config)
			other := natsjs.StreamConfig{Name: "OTHER", Subjects: []string{"somewhere.else"}}
			_, err := s.js.CreateStream(t.Context(), other)
			require.NoError(t, err)
			if test.recreate {
				require.NoError(t, s.js.DeleteStream(t.Context(), streamName))
				_, err = s.js.CreateStream(t.Context(), config)
			} else {
				_, err = s.js.UpdateStream(t.Context(), config)
			}
			require.NoError(t, err)
			require.NoError(t, s.Close())

			_, err = Open(context.Background(), dir, Options{})
			var weakened *WeakenedError
			require.ErrorAs(t, err, &weakened)
			var fields []string
			for _, d := range weakened.Differences {
				fields = append(fields, d.Field)
				require.NotEqual(t, d.Want, d.Have)
			}
			require.Contains(t, fields, test.field)
			require.Contains(t, err.Error(), test.field)
		})
	}
}

func TestCheckStream(t *testing.T) {
	config, err := json.Marshal(wantedStream(3))
	require.NoError(t, err)
	require.NoError(t, checkStream(config, 3))

	var weakened *WeakenedError
	require.ErrorAs(t, checkStream(config, 1), &weakened)
	require.Equal(t, []Difference{{Field: "num_replicas", Want: "1", Have: "3"}}, weakened.Differences)

	with := func(field string, value any) json.RawMessage {
		var all map[string]any
		require.NoError(t, json.Unmarshal(config, &all))
		all[field] = value
		text, err := json.Marshal(all)
		require.NoError(t, err)
		return text
	}
	require.ErrorAs(t, checkStream(with("storage", "memory"), 3), &weakened)
	require.Equal(t, []Difference{{Field: "storage", Want: `"file"`, Have: `"memory"`}}, weakened.Differences)
	require.ErrorAs(t, checkStream(with("forget_everything", true), 3), &weakened, "a field that nobody knows yet")
	require.Equal(t, []Difference{{Field: "forget_everything", Have: "true"}}, weakened.Differences)
	require.NoError(t, checkStream(with("forget_everything", false), 3))
	require.NoError(t, checkStream(with("description", "ours"), 3))
	require.NoError(t, checkStream(with("metadata", map[string]any{"_nats.ver": "2.99"}), 3))
	require.ErrorAs(t, checkStream(with("consumer_limits", map[string]any{"max_ack_pending": 1}), 3), &weakened)
	require.ErrorIs(t, checkStream([]byte("{"), 3), eventstore.ErrDamaged)
}

// TestStreamIsGone removes the stream from a folder that is whole: it is not made again, as if nothing had been.
func TestStreamIsGone(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir, Options{})
	write(t, s, "a", 0, "1")
	require.NoError(t, s.js.DeleteStream(t.Context(), streamName))
	require.NoError(t, s.Close())
	_, err := Open(context.Background(), dir, Options{Create: true})
	require.ErrorIs(t, err, eventstore.ErrDamaged)
}

func TestConnectWithoutStream(t *testing.T) {
	host := openIn(t, t.TempDir(), Options{Listen: "127.0.0.1:0"})
	url := host.embedded.srv.ClientURL()
	require.NoError(t, host.js.DeleteStream(t.Context(), streamName))
	_, err := Connect(t.Context(), Remote{URL: url})
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	var s *Store
	require.Eventually(t, func() bool {
		s, err = Connect(t.Context(), Remote{URL: url, Create: true})
		return err == nil
	}, 30*time.Second, 50*time.Millisecond, "the server clears away behind its answer, the folder above the stream's too: %v", err)
	write(t, s, "a", 0, "1")
	require.NoError(t, s.Close())
	_, err = Connect(t.Context(), Remote{URL: "nats://127.0.0.1:1", Patience: time.Second})
	require.Error(t, err)
}

func TestServerDoesNotStart(t *testing.T) {
	host := openIn(t, t.TempDir(), Options{Listen: "127.0.0.1:0"})
	taken := host.embedded.srv.Addr().String()
	_, err := Open(t.Context(), t.TempDir(), Options{Create: true, Listen: taken})
	require.ErrorIs(t, err, ErrServer)
	require.ErrorContains(t, err, "in use")
	_, err = Open(t.Context(), t.TempDir(), Options{Create: true, Listen: "nonsense"})
	require.ErrorIs(t, err, ErrServer)
}
