//go:build !linux

package jetstream

import (
	"errors"
	"math"
)

func syncFS(string) error { return errors.ErrUnsupported }

func beginWriting(string) {}

func flushes(string, string) error { return errors.ErrUnsupported }

// freeSpace is not known here; a full disk shows as unknown outcomes.
func freeSpace(string) (uint64, error) { return math.MaxUint64, nil }
