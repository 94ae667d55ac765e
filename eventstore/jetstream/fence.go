package jetstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/eventstore"
)

// fenceBucket is the key-value bucket of the fences: one entry for each origin, under the SHA-256 of its name, since not every
// name can be a key there.
const fenceBucket = "REGISTRE_ARCHIVE"

// A Fence is an entry of a key-value bucket beside the registers; see archive.Fence for what it promises. Its revisions are
// sequences in the bucket.
type Fence struct {
	kv       natsjs.KeyValue
	key      string
	patience time.Duration
}

// Fence gives the fence of an origin. The bucket is made where it is missing. Its error is a *WeakenedError where entries of the
// bucket can go by themselves, or are kept by fewer servers than the stream.
func (s *Store) Fence(ctx context.Context, origin string) (*Fence, error) {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	kv, err := s.bucket(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening the bucket %s: %w", fenceBucket, err)
	}
	sum := sha256.Sum256([]byte(origin))
	return &Fence{kv: kv, key: hex.EncodeToString(sum[:]), patience: s.patience}, nil
}

func (s *Store) bucket(ctx context.Context) (natsjs.KeyValue, error) {
	kv, err := s.js.KeyValue(ctx, fenceBucket)
	if errors.Is(err, natsjs.ErrBucketNotFound) {
		kv, err = s.js.CreateKeyValue(ctx, natsjs.KeyValueConfig{Bucket: fenceBucket, History: 1, Storage: natsjs.FileStorage, Replicas: s.replicas})
	}
	if err != nil {
		return nil, err
	}
	status, err := kv.Status(ctx)
	if err != nil {
		return nil, err
	}
	return kv, s.checkBucket(status.Config())
}

// checkBucket says what of the bucket's configuration would let an entry go, or be kept by too few.
func (s *Store) checkBucket(have natsjs.KeyValueConfig) error {
	var differences []Difference
	for _, field := range []struct {
		name       string
		want, have any
	}{
		{"bucket.max_age", time.Duration(0), have.TTL},
		{"bucket.num_replicas", s.replicas, have.Replicas},
		{"bucket.storage", natsjs.FileStorage, have.Storage},
	} {
		if !reflect.DeepEqual(field.want, field.have) {
			differences = append(differences, Difference{Field: field.name, Want: text(field.want), Have: text(field.have)})
		}
	}
	if len(differences) > 0 {
		return &WeakenedError{Differences: differences}
	}
	return nil
}

// Standing implements archive.Fence. A replica that lags behind may answer.
func (f *Fence) Standing(ctx context.Context) (signed []byte, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.patience)
	defer cancel()
	entry, err := f.kv.Get(ctx, f.key)
	switch {
	case errors.Is(err, natsjs.ErrKeyNotFound): // never there, or deleted: Create tells these apart
		return nil, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("reading the bucket %s: %w", fenceBucket, err)
	}
	return entry.Value(), entry.Revision(), nil
}

// Move implements archive.Fence.
func (f *Fence) Move(ctx context.Context, signed []byte, revision uint64) (moved uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.patience)
	defer cancel()
	if revision == 0 {
		moved, err = f.kv.Create(ctx, f.key, signed)
	} else {
		moved, err = f.kv.Update(ctx, f.key, signed, revision)
	}
	if err == nil {
		return moved, nil
	}
	proved := eventstore.ErrUnknown
	var refused *natsjs.APIError
	switch {
	case errors.Is(err, natsjs.ErrKeyExists):
		proved = eventstore.ErrOvertaken
	case errors.As(err, &refused):
		return 0, fmt.Errorf("writing to the bucket %s: %w", fenceBucket, refusal(refused))
	}
	return 0, fmt.Errorf("writing to the bucket %s: %w: %w", fenceBucket, proved, err)
}
