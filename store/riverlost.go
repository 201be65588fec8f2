package store

import (
	"context"
	"time"
)

// reviveEvery is how often a process looks for jobs of processes that died.
const reviveEvery = 5 * time.Second

// reviveText makes the jobs due again whose process is not alive. River itself
// takes back what ran for longer than any job may; a dead process shows at once
// by the lock that it no longer holds. Being cut off counts as no attempt.
const reviveText = `UPDATE river_job SET state = 'available', attempt = attempt - 1
	WHERE state = 'running' AND attempt > 0 AND attempted_by[cardinality(attempted_by)] LIKE $2 || '%'
	AND NOT EXISTS (SELECT 1 FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND l.classid = $1::bigint::oid AND l.objid::bigint::text = substr(attempted_by[cardinality(attempted_by)], length($2) + 1))`

// revive looks for jobs of dead processes until ctx ends.
func (k *riverQueue) revive(ctx context.Context) {
	trouble := episode{log: k.store.options.Log, begin: "jobs of dead processes cannot be looked for", over: "jobs of dead processes can be looked for again"}
	for {
		tag, err := k.db.pool.Exec(ctx, reviveText, int64(lockAlive), processPrefix)
		if ctx.Err() != nil {
			return
		}
		trouble.note(err)
		if n := tag.RowsAffected(); n > 0 {
			k.store.options.Log.Warn("jobs of a process that died are taken over", "jobs", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(reviveEvery):
		}
	}
}
