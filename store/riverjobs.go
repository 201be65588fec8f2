package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"countersign/workflows"
)

// riverQueue keeps jobs in River's tables, for several processes that use one
// PostgreSQL database.
type riverQueue struct {
	store *Store
	db    *postgres
	adds  *river.Client[pgx.Tx] // only inserts
	hands sync.Map              // job id → inHand
}

// inHand is a job that this process works on, with the context it runs in.
type inHand struct {
	ctx context.Context
	job *river.Job[jobArgs]
}

// jobArgs is a job as River stores it.
type jobArgs struct {
	Job    string `json:"job"`
	Record string `json:"record"`
}

// Kind is the only one River knows: which jobs there are is not its concern.
func (jobArgs) Kind() string { return "countersign" }

// River discards a job after its last attempt and says nothing. Attempts are
// counted in package workflows, which makes a failure of the sixteenth; here a
// job only stops counting long before River would discard it.
const (
	maxAttempts  = math.MaxInt16
	stopCounting = 1000
)

// The urgent and the other jobs, as River ranks them: the lowest goes first.
const (
	urgent     = 1
	notUrgent  = 2
	turnPause  = 200 * time.Millisecond // until a job whose turn is taken asks again
	keepDone   = time.Hour              // how long a finished job can be seen in River's table
	rescueTime = 10 * time.Minute       // River's own look for lost jobs, behind ours
)

func newRiverQueue(s *Store, db *postgres) (*riverQueue, error) {
	k := &riverQueue{store: s, db: db}
	var err error
	k.adds, err = river.NewClient(riverpgxv5.New(db.pool), k.config(0, nil))
	return k, err
}

// config is River's configuration for working on n jobs at once, or for none.
func (k *riverQueue) config(n int, workers *river.Workers) *river.Config {
	o := k.store.options
	c := &river.Config{
		Logger: riverLog(o.Log), MaxAttempts: maxAttempts, RetryPolicy: retryPolicy{o},
		JobTimeout: -1, RescueStuckJobsAfter: rescueTime, CompletedJobRetentionPeriod: keepDone,
		// A fetch takes what is due for all free hands, at most once in a cooldown.
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: pollEvery, PollOnly: o.Poll,
	}
	if o.clock {
		c.Test.Time = riverClock{o.Now}
	}
	if n > 0 {
		c.ID = processName(k.db.locks.process)
		c.Workers, c.Queues = workers, map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: n}}
	}
	return c
}

func (k *riverQueue) ring() {} // River listens, and looks every pollEvery besides

func (k *riverQueue) enqueue(t *tx, j workflows.Job) error {
	opts := &river.InsertOpts{Priority: notUrgent} // with a time of its own it would wait for the scheduler of some leader
	if j.Urgent {
		opts.Priority = urgent
	}
	_, err := k.adds.InsertTx(t.q.ctx, t.q.in.(*pgSession).tx, jobArgs{j.Kind, plain(j.Record)}, opts)
	return err
}

// complete completes a job in hand. One that somebody else took over meanwhile is
// left to them: a job may run twice.
func (k *riverQueue) complete(t *tx, j workflows.Job) error {
	h, ok := k.hands.Load(j.ID)
	if !ok {
		return nil
	}
	in := h.(inHand)
	_, err := river.JobCompleteTx[*riverpgxv5.Driver](context.WithoutCancel(in.ctx), t.q.in.(*pgSession).tx, in.job)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil
	}
	return err
}

// work runs jobs until ctx ends.
func (k *riverQueue) work(ctx context.Context, n int, do runJob) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &jobWorker{queue: k, do: do})
	client, err := river.NewClient(riverpgxv5.New(k.db.pool), k.config(n, workers))
	if err != nil {
		return fmt.Errorf("prepare to work: %w", err)
	}
	trouble := episode{log: k.store.options.Log, begin: "jobs cannot be worked on", over: "jobs can be worked on again"}
	for {
		err := client.Start(ctx)
		if ctx.Err() == nil {
			trouble.note(err)
		}
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
	k.revive(ctx)
	<-client.Stopped()
	return nil
}

// jobWorker does River's jobs.
type jobWorker struct {
	river.WorkerDefaults[jobArgs]
	queue *riverQueue
	do    runJob
}

// Work does one job. A panic is a failed attempt like any other.
func (w *jobWorker) Work(ctx context.Context, job *river.Job[jobArgs]) error {
	k, log := w.queue, w.queue.store.options.Log
	j := workflows.Job{ID: job.ID, Kind: job.Args.Job, Record: job.Args.Record, Attempt: job.Attempt, Urgent: job.Priority == urgent}
	end, ok, err := k.db.locks.try(ctx, j.Kind+" "+j.Record)
	if err != nil {
		log.Warn("a job must wait: its turn cannot be asked for", "kind", j.Kind, "record", j.Record, "err", err)
		return river.JobSnooze(time.Second)
	}
	if !ok {
		return river.JobSnooze(turnPause)
	}
	defer end()
	k.hands.Store(j.ID, inHand{ctx, job})
	defer k.hands.Delete(j.ID)
	err = guard(func() error { return w.do(ctx, j) })
	if err == nil {
		err = k.completed(ctx, j)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil { // cut off, which is no failure
		return river.JobSnooze(0)
	}
	if later, ok := errors.AsType[*workflows.Later](err); ok {
		return river.JobSnooze(later.After)
	}
	if !errors.Is(err, errIncomplete) {
		log.Warn("job failed and will be tried again", "kind", j.Kind, "record", j.Record, "attempt", j.Attempt, "err", err)
	}
	if j.Attempt >= stopCounting {
		return river.JobSnooze(spread(k.store.options.Random, workflows.Backoff(j.Attempt)))
	}
	return errJob
}

// errJob is all that River keeps of a failure: a cause may name people.
var errJob = errors.New("failed, as the log says")

var errIncomplete = errors.New("ended without completing")

// completed notices a job that ended well but did not complete itself.
func (k *riverQueue) completed(ctx context.Context, j workflows.Job) error {
	job, err := k.adds.JobGet(ctx, j.ID)
	if errors.Is(err, rivertype.ErrNotFound) || err == nil && job.State != rivertype.JobStateRunning {
		return nil
	}
	if err != nil {
		return fmt.Errorf("see whether it is completed: %w", err)
	}
	k.store.options.Log.Error("job ended without completing", "kind", j.Kind, "record", j.Record)
	return errIncomplete
}

// retryPolicy is ours instead of River's, which waits for days in the end.
type retryPolicy struct{ o Options }

// NextRetry is when a failed job comes again.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return p.o.Now().Add(spread(p.o.Random, workflows.Backoff(job.Attempt)))
}

// riverClock is a clock other than the machine's.
type riverClock struct{ now func() time.Time }

// Now is the time.
func (c riverClock) Now() time.Time { return c.now() }

// NowOrNil is the time, which statements take instead of the database's.
func (c riverClock) NowOrNil() *time.Time {
	now := c.now()
	return &now
}

const processPrefix = "countersign-"

// processName is how River's tables name a process.
func processName(n int32) string { return processPrefix + strconv.FormatInt(int64(n), 10) }
