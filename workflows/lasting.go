package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/provisioners"
)

// throttleMost is how long after its time a change may be put off because the
// target asks for patience, before somebody is told.
const throttleMost = 15 * time.Minute

// lasting tells a failure that a person must look at from one that may pass. The
// second value is what the job runner should do with the passing one. overdue is
// how long ago the change should have been made.
func lasting(ctx context.Context, j Job, err error, overdue time.Duration) (*provisioners.Permanent, error) {
	if final, ok := errors.AsType[*provisioners.Permanent](err); ok {
		return final, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	if slow, ok := errors.AsType[*provisioners.Throttled](err); ok && overdue < throttleMost {
		return nil, &Later{After: max(slow.After, time.Second), Err: err}
	} else if ok {
		return &provisioners.Permanent{
			Reason: "the target keeps asking us to wait",
			Next:   "Its quota is used up, perhaps by another program. See to that, then press Retry.",
			Err:    err,
		}, nil
	}
	if j.Attempt < MaxAttempts {
		return nil, err
	}
	return &provisioners.Permanent{
		Reason: fmt.Sprintf("the target did not answer properly in %d attempts", j.Attempt),
		Next:   "See whether it is well, then press Retry. The log has what it said.",
		Err:    err,
	}, nil
}
