package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"registre/eventstore/archive"
	"registre/eventstore/monitor"
)

// How often is looked again, and after what pause, before it is believed that witnesses are missing: a house publishes every two
// seconds, and has its checkpoints cosigned behind that.
const (
	againUnwitnessed = 4
	pauseUnwitnessed = time.Second
)

// takePolicy reads the policy that was named; without one no witnesses are asked for.
func (v *monitoring) takePolicy() (err error) {
	if v.a.policy == "" {
		return nil
	}
	if v.policy, err = readWitnessPolicy(v.a.policy); err != nil || v.policy.Quorum != archive.NoQuorum {
		return err
	}
	v.policy = nil // it asks for nobody
	return nil
}

// checkWitnessed requires that enough witnesses have cosigned the history that the copy has: all that it had at the look before, or,
// where there is but one look, all of it. A house that shows its witnesses another history than this monitor is so found out.
func (v *monitoring) checkWitnessed(ctx context.Context, size uint64) error {
	if v.policy == nil {
		return nil
	}
	due := v.due
	if v.due = size; v.once {
		due = size
	}
	var missing string
	for try := range againUnwitnessed {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pauseUnwitnessed):
			}
			if _, err := v.m.Round(ctx, archive.News); err != nil {
				_, err := v.judge(ctx, archive.Update{}, err)
				return err
			}
		}
		var err error
		if missing, err = v.unwitnessed(ctx, due); err != nil || missing == "" {
			v.bare = v.bare && err != nil
			return err
		}
	}
	return v.sayUnwitnessed(missing)
}

// unwitnessed says what is missing; "" for nothing.
func (v *monitoring) unwitnessed(ctx context.Context, due uint64) (missing string, err error) {
	signed, at, ahead, err := v.m.Witnessed(ctx)
	alarm := new(monitor.Alarm)
	switch {
	case errors.As(err, &alarm):
		return "", v.alarm(alarm)
	case errors.Is(err, archive.ErrUnreachable):
		return "", nil // the next look says so
	case err != nil:
		return "", err
	case signed == nil:
		return fmt.Sprintf("0/%d (%s)", len(v.policy.Witnesses), v.policy.Quorum), nil
	}
	told, err := cosignedUnder(v.policy, signed)
	switch {
	case err != nil:
		return err.Error(), nil
	case !told.Met:
		return fmt.Sprintf("%d/%d (%s)", len(told.By), told.Of, told.Quorum), nil
	case at.Size < due:
		return fmt.Sprintf("%d < %d", at.Size, due), nil
	case ahead:
		return fmt.Sprintf("%d > %d", at.Size, v.due), nil
	}
	return "", nil
}

// sayUnwitnessed gives the alarm, once, that witnesses are missing.
func (v *monitoring) sayUnwitnessed(missing string) error {
	f := &Fault{Exit: exitDamage, Code: codeOf("monitor-unwitnessed"), Name: "monitor-unwitnessed", Subject: v.source.String(), Detail: missing}
	if !v.more || v.once {
		return f
	}
	if v.bare {
		return nil
	}
	v.bare, v.alarmed["unwitnessed"] = true, true
	return v.say(monitorLine{What: saidUnwitnessed, Fault: v.a.told(f)}, v.a.tr("ALARME  ", "ALARM  ")+v.a.sentence(f))
}
