package evidence

import (
	"errors"
	"runtime"
)

// An InOrder does work on every processor, and then, one after the other and in the order in which the work was added, what follows
// from it. It holds no more than a few pieces at a time. The zero InOrder has nothing to do; it is not for several goroutines.
type InOrder struct {
	begun  []chan func() error
	failed error
}

// Add begins a piece of work. What follows from it, or from pieces before, may be done by this or a later call, in the caller's
// goroutine. Its error is that of the first that failed; nothing follows any more then.
func (o *InOrder) Add(work func() (then func() error)) error {
	for len(o.begun) >= 2*runtime.GOMAXPROCS(0) {
		o.next()
	}
	if o.failed != nil {
		return o.failed
	}
	done := make(chan func() error, 1)
	o.begun = append(o.begun, done)
	go func() { done <- work() }()
	return nil
}

// Wait ends when all is done. Its error is as Add's.
func (o *InOrder) Wait() error {
	for len(o.begun) > 0 {
		o.next()
	}
	return o.failed
}

// WaitAfter ends when all is done, also where err went wrong meanwhile. Its error is err, and Wait's where that is another.
func (o *InOrder) WaitAfter(err error) error {
	last := o.Wait()
	if last == nil || errors.Is(err, last) {
		return err
	}
	if err == nil {
		return last
	}
	return errors.Join(err, last)
}

func (o *InOrder) next() {
	then := <-o.begun[0]
	o.begun = o.begun[1:]
	if o.failed == nil {
		o.failed = then()
	}
}
