package eventstore

import (
	"context"
	"errors"
	"fmt"

	"registre/domain"
)

// A request is a command that waits for its answer.
type request struct {
	ctx       context.Context
	command   *domain.Command
	ends      *uint64 // the number with which the register must end; nil for any
	answer    chan answer
	attempts  int
	fresh     bool // to be judged on the register as it stands in the store
	overtaken bool // it was decided, and others were faster
	doubtful  bool // its command may have been written without having been acknowledged
}

type answer struct {
	result Result
	err    error
}

// reply answers. That the last attempt wrote nothing proves nothing of those before it.
func (r *request) reply(result Result, err error) {
	if r.doubtful && errors.Is(err, ErrNotWritten) {
		err = fmt.Errorf("%w: %v", ErrUnknown, err) //nolint:errorlint // it must not match ErrNotWritten
	}
	r.answer <- answer{result, err}
}

// unread says what proves a register's not having been read: where the ledger has stopped, that this attempt wrote nothing.
func (r *request) unread(err error) error {
	switch {
	case !errors.Is(err, ErrBroken):
		return err
	case r.doubtful:
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return fmt.Errorf("%w: %w", ErrNotWritten, err)
}

// takeWaiting takes so many of the requests that wait, and reports whether others are left.
func (l *Ledger) takeWaiting(most int) (waiting []*request, left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) <= most {
		waiting, l.waiting = l.waiting, nil
		return waiting, false
	}
	waiting, l.waiting = l.waiting[:most:most], l.waiting[most:]
	l.beckon()
	return waiting, true
}

// waits reports whether anybody waits.
func (l *Ledger) waits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) > 0
}

// again lets requests wait once more, ahead of those that have come since.
func (l *Ledger) again(requests []*request) {
	if len(requests) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(requests, l.waiting...)
	l.beckon()
}

// beckon says that somebody waits.
func (l *Ledger) beckon() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
