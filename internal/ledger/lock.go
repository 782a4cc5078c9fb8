package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked says that another process holds the ledger's lock.
var ErrLocked = errors.New("another run holds the ledger's lock")

// Lock is the right to write to a ledger. The operating system takes it back
// when the process ends, however it ends, so a dead process holds nothing.
type Lock struct {
	path string
	held *flock.Flock
}

const lockPoll = 200 * time.Millisecond

// AcquireLock takes the lock of the ledger at path, waiting up to wait. While
// it waits it also holds PATH.wait, which asks a backfill to pause after the
// windows in its hands. The error wraps ErrLocked when the wait is over.
func AcquireLock(ctx context.Context, path string, wait time.Duration) (*Lock, error) {
	l := &Lock{path: path, held: flock.New(path+".lock", flock.SetPermissions(0o600))}
	if ok, err := l.held.TryLock(); err != nil {
		return nil, fmt.Errorf("lock ledger %s: %w", path, err)
	} else if ok {
		return l, nil
	}
	if wait <= 0 {
		return nil, fmt.Errorf("lock ledger %s: %w", path, ErrLocked)
	}
	queue := flock.New(path+".wait", flock.SetPermissions(0o600))
	defer queue.Close()
	timeout, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	_, err := queue.TryLockContext(timeout, lockPoll)
	if err == nil {
		_, err = l.held.TryLockContext(timeout, lockPoll)
	}
	switch {
	case err == nil:
		return l, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("lock ledger %s: %w after waiting %s", path, ErrLocked, wait)
	}
	return nil, fmt.Errorf("lock ledger %s: %w", path, err)
}

// Wanted reports whether another process waits for the lock.
func (l *Lock) Wanted() bool {
	queue := flock.New(l.path+".wait", flock.SetPermissions(0o600))
	defer queue.Close()
	free, err := queue.TryLock()
	return err == nil && !free
}

// Yield hands the lock to whoever waits for it and comes back with it once
// they are done.
func (l *Lock) Yield(ctx context.Context) error {
	if err := l.held.Unlock(); err != nil {
		return fmt.Errorf("unlock ledger %s: %w", l.path, err)
	}
	for l.Wanted() {
		if err := pause(ctx, lockPoll); err != nil {
			return err
		}
	}
	if _, err := l.held.TryLockContext(ctx, lockPoll); err != nil {
		return fmt.Errorf("lock ledger %s: %w", l.path, err)
	}
	return nil
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.held.Unlock() }

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
