package ledger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"reconcile/internal/ledger"
)

func TestLockIsHeldByOne(t *testing.T) {
	path := pathOf(t)
	lock := must(ledger.AcquireLock(t.Context(), path, 0))
	if lock.Wanted() {
		t.Error("wanted by nobody")
	}
	if _, err := ledger.AcquireLock(t.Context(), path, 0); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("taken twice: %v", err)
	}
	if _, err := ledger.AcquireLock(t.Context(), path, time.Millisecond); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("taken twice after a wait: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ledger.AcquireLock(cancelled, path, time.Hour); !errors.Is(err, context.Canceled) || errors.Is(err, ledger.ErrLocked) {
		t.Errorf("an interrupted wait ended with %v", err)
	}
	check(lock.Release())
	check(must(ledger.AcquireLock(t.Context(), path, 0)).Release())
	other := must(ledger.AcquireLock(t.Context(), pathOf(t), 0))
	check(other.Release())
}

func TestYield(t *testing.T) {
	path := pathOf(t)
	backfill := must(ledger.AcquireLock(t.Context(), path, 0))
	got := make(chan *ledger.Lock, 1)
	go func() {
		lock, err := ledger.AcquireLock(t.Context(), path, time.Minute)
		if err != nil {
			t.Error(err)
		}
		got <- lock
	}()
	for !backfill.Wanted() {
		runtime.Gosched()
	}
	back := make(chan error, 1)
	go func() { back <- backfill.Yield(t.Context()) }()
	run := <-got
	select {
	case err := <-back:
		t.Fatalf("the backfill came back while the run held the lock: %v", err)
	default:
	}
	check(run.Release())
	check(<-back)
	if backfill.Wanted() {
		t.Error("still wanted")
	}
	if _, err := ledger.AcquireLock(t.Context(), path, 0); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("the backfill does not hold the lock again: %v", err)
	}
	check(backfill.Release())
}

func TestYieldIsInterrupted(t *testing.T) {
	path := pathOf(t)
	lock := must(ledger.AcquireLock(t.Context(), path, 0))
	waiting, cancelWaiting := context.WithCancel(t.Context())
	done := make(chan *ledger.Lock, 1)
	go func() {
		l, _ := ledger.AcquireLock(waiting, path, time.Minute)
		done <- l
	}()
	for !lock.Wanted() {
		runtime.Gosched()
	}
	yielding, cancel := context.WithCancel(t.Context())
	cancel()
	if err := lock.Yield(yielding); !errors.Is(err, context.Canceled) {
		t.Errorf("yield ended with %v", err)
	}
	cancelWaiting()
	if l := <-done; l != nil {
		check(l.Release())
	}
}

// A process that dies, however it dies, holds nothing.
func TestLockOfADeadProcess(t *testing.T) {
	const variable = "RECONCILE_TEST_LOCK"
	if path := os.Getenv(variable); path != "" {
		must(ledger.AcquireLock(t.Context(), path, 0))
		fmt.Println("held")
		<-time.After(time.Minute) // killed long before
		return
	}
	path := pathOf(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLockOfADeadProcess$")
	child.Env = append(os.Environ(), variable+"="+path)
	out := must(child.StdoutPipe())
	check(child.Start())
	if lines := bufio.NewScanner(out); !lines.Scan() || lines.Text() != "held" {
		t.Fatalf("the other process says %q", lines.Text())
	}
	if _, err := ledger.AcquireLock(t.Context(), path, 0); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("taken from another process: %v", err)
	}
	check(child.Process.Kill())
	_ = child.Wait()
	check(must(ledger.AcquireLock(t.Context(), path, 0)).Release())
}
