package main

import (
	"context"
	"fmt"

	"registre/domain"
	"registre/domain/power"
)

// power measures both indices of all members of a body of 200, whose voices are 975 of their common unit, halves: under a
// majority of the voices, and under one of the members as well.
func (b *bench) power(context.Context) error {
	const members, units = 200, 975
	voices := make([]domain.Weight, members)
	held := int64(0)
	for i := range voices {
		n := int64(1)
		switch {
		case i < 30:
			n = int64(i + 1)
		case i%2 == 0:
			n = 5
		}
		held += n
		var err error
		if voices[i], err = domain.NewWeight(n, 2); err != nil {
			return err
		}
	}
	if held != units {
		return fmt.Errorf("%d units, not %d", held, units)
	}
	half, err := domain.NewWeight(units, 4)
	if err != nil {
		return err
	}
	heads, err := domain.NewWeight(members, 2)
	if err != nil {
		return err
	}
	conditions := []power.Condition{{Weights: voices, Quota: half, Strict: true}, power.Heads(members, heads, true)}
	for i, name := range []string{"power of 200 members, 975 common units", "  and a majority of the members"} {
		var failed error
		nanos, _ := timed(10, func(int) {
			g, err := power.New(members, conditions[:i+1]...)
			if err == nil {
				_, err = g.Power()
			}
			if err != nil {
				failed = err
			}
		})
		if failed != nil {
			return failed
		}
		b.add(figure{Name: name, Value: nanos / 1e6, Unit: "ms", Target: 100, AtMost: true})
	}
	return nil
}
