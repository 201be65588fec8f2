package store

import (
	"context"
	"time"
)

// reviveEvery is how often a process looks for jobs of processes that died, and
// lostAfter how long one must have looked dead: after a restart of the server, or
// a broken connection, the living have this long to take their locks again.
const (
	reviveEvery = 4 * time.Second
	lostAfter   = 8 * time.Second
)

// orphansText finds what runs, as River believes, in a process that is not alive,
// or in this one. A dead process shows at once by the lock that it no longer holds.
const orphansText = `SELECT id, attempted_at FROM river_job
	WHERE state = 'running' AND attempt > 0 AND starts_with(attempted_by[cardinality(attempted_by)], $2)
	AND (attempted_by[cardinality(attempted_by)] = $3 OR NOT EXISTS (SELECT 1 FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND l.classid = $1::bigint::oid AND l.objid::bigint::text = substr(attempted_by[cardinality(attempted_by)], length($2) + 1)))`

// reviveText makes jobs due again. Being cut off counts as no attempt.
const reviveText = `UPDATE river_job j SET state = 'available', attempt = attempt - 1
	FROM unnest($1::bigint[], $2::timestamptz[]) AS lost (id, attempted_at)
	WHERE j.id = lost.id AND j.attempted_at = lost.attempted_at AND j.state = 'running'`

// orphan is one run of a job that nobody seems to have in hand.
type orphan struct {
	job int64
	at  time.Time // when the run began
}

// revive looks for jobs of dead processes until ctx ends.
func (k *riverQueue) revive(ctx context.Context) {
	trouble := episode{log: k.store.options.Log, begin: "jobs of dead processes cannot be looked for", over: "jobs of dead processes can be looked for again"}
	var since map[orphan]time.Time
	for {
		var err error
		since, err = k.look(ctx, since)
		if ctx.Err() != nil {
			return
		}
		trouble.note(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(reviveEvery):
		}
	}
}

// look makes those jobs due again that have been orphans for long enough. It takes
// and returns since when each has been seen as one; after an error nothing is
// known.
func (k *riverQueue) look(ctx context.Context, before map[orphan]time.Time) (map[orphan]time.Time, error) {
	if err := k.db.locks.hold(ctx); err != nil {
		return nil, err
	}
	orphans, err := k.orphans(ctx)
	if err != nil {
		return nil, err
	}
	since := make(map[orphan]time.Time)
	var ids []int64
	var begun []time.Time
	for _, o := range orphans {
		first, seen := before[o]
		if !seen {
			first = time.Now()
		}
		since[o] = first
		if time.Since(first) >= lostAfter {
			ids, begun = append(ids, o.job), append(begun, o.at)
		}
	}
	if len(ids) == 0 {
		return since, nil
	}
	tag, err := k.db.pool.Exec(ctx, reviveText, ids, begun)
	if n := tag.RowsAffected(); n > 0 {
		k.store.options.Log.Warn("jobs that nobody had in hand are taken over", "jobs", n)
	}
	return since, err
}

func (k *riverQueue) orphans(ctx context.Context) (out []orphan, err error) {
	r, err := k.db.pool.Query(ctx, orphansText, int64(lockAlive), processPrefix, processName(k.db.locks.process))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		var o orphan
		if err := r.Scan(&o.job, &o.at); err != nil {
			return nil, err
		}
		o.at = o.at.UTC()                          // so that two readings are equal
		if _, ours := k.hands.Load(o.job); !ours { // ours alone are in hand: of those fetched here, the answer may have been lost
			out = append(out, o)
		}
	}
	return out, r.Err()
}
