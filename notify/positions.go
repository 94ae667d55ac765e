package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"registre/domain"
)

// A LaneID names the way of the notices of one register to one subscription. Within it they keep their order; nothing else does.
type LaneID struct {
	Subscription domain.SubscriptionID
	Group        domain.GroupID
}

// A Lane is how far a subscription has the notices of a register, and what it waits for.
type Lane struct {
	Place    Place     `json:"place"`
	Attempts int       `json:"attempts,omitzero"` // at the next notice, that failed
	Failed   string    `json:"failed,omitempty"`  // why the last one did
	Next     time.Time `json:"next,omitzero"`     // when it is tried again
	Notice   string    `json:"notice,omitempty"`  // that waits
	Parked   time.Time `json:"parked,omitzero"`   // since when nothing is tried any more
	Resumed  uint64    `json:"resumed,omitzero"`  // the last word that it is to be tried again, when it was parked
	Since    time.Time `json:"since,omitzero"`    // the first attempt at the notice failed
	Due      time.Time `json:"due,omitzero"`      // of digests: the newest that was dealt with
}

// Positions keep lanes, over kills and power cuts: what Save has returned is kept.
type Positions interface {
	Lanes(each func(LaneID, Lane)) error
	Save(id LaneID, l Lane) error
	SaveAll(lanes map[LaneID]Lane) error // all of them or none
	Forget(of domain.SubscriptionID) error
	Close() error
}

// Filed are positions in a file.
type Filed struct{ db *bbolt.DB }

var lanesBucket = []byte("lanes")

// OpenPositions opens the file of the positions, and makes it where there is none.
func OpenPositions(path string) (*Filed, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 5 * time.Second})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.MaxBatchDelay = time.Millisecond // it is the sync that takes its time
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucketIfNotExists(lanesBucket); return err })
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Filed{db}, nil
}

func (id LaneID) key() []byte { return []byte(string(id.Subscription) + "/" + string(id.Group)) }

// Lanes implements Positions.
func (f *Filed) Lanes(each func(LaneID, Lane)) error {
	return f.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(lanesBucket).ForEach(func(k, v []byte) error {
			id, err := parseLane(string(k))
			if err != nil {
				return err
			}
			var l Lane
			if err := json.Unmarshal(v, &l); err != nil {
				return fmt.Errorf("lane %s: %w", k, err)
			}
			each(id, l)
			return nil
		})
	})
}

// Save implements Positions. Those who save at once share a sync.
func (f *Filed) Save(id LaneID, l Lane) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return f.db.Batch(func(tx *bbolt.Tx) error { return tx.Bucket(lanesBucket).Put(id.key(), text) })
}

// SaveAll implements Positions.
func (f *Filed) SaveAll(lanes map[LaneID]Lane) error {
	return f.db.Batch(func(tx *bbolt.Tx) error {
		for id, l := range lanes {
			text, err := json.Marshal(l)
			if err == nil {
				err = tx.Bucket(lanesBucket).Put(id.key(), text)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Forget implements Positions.
func (f *Filed) Forget(of domain.SubscriptionID) error {
	return f.db.Update(func(tx *bbolt.Tx) error {
		c := tx.Bucket(lanesBucket).Cursor()
		prefix := []byte(string(of) + "/")
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			if err := c.Delete(); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close implements Positions.
func (f *Filed) Close() error { return f.db.Close() }

func parseLane(s string) (LaneID, error) {
	of, group, ok := strings.Cut(s, "/")
	if !ok {
		return LaneID{}, fmt.Errorf("%q names no lane", s)
	}
	return LaneID{domain.SubscriptionID(of), domain.GroupID(group)}, nil
}
