package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"go.uber.org/goleak"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
)

func bangkok(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Bangkok")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// server is a program that serves a schedule with nights of the test's own.
type server struct {
	*program
	env    job.Env
	cancel context.CancelFunc
	ended  chan error
	logged *heard
}

// startServing serves night. A ledger with a complete run at last has no
// missed night; a zero last has one.
func startServing(t *testing.T, schedule string, last time.Time, night func(context.Context) error) *server {
	t.Helper()
	noLeaks := goleak.IgnoreCurrent()
	zone := bangkok(t)
	s := &server{program: &program{now: time.Now, stdout: io.Discard, stderr: io.Discard}, ended: make(chan error, 1), logged: &heard{}}
	s.log = slog.New(slog.NewTextHandler(s.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.env = job.Env{Config: &config.Config{
		Ledger:   filepath.Join(t.TempDir(), "reconcile.db"),
		Schedule: config.Schedule{Cron: schedule, Timezone: zone.String(), Zone: zone},
	}}
	if !last.IsZero() {
		writeRun(t, s.env.Config.LedgerPath(), last)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.cancel = cancel
	go func() { s.ended <- s.serve(ctx, s.env, night) }()
	t.Cleanup(func() {
		cancel()
		goleak.VerifyNone(t, noLeaks)
	})
	return s
}

// stop cancels, as SIGTERM does, and waits for the end.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.cancel()
	if err := <-s.ended; err != nil {
		t.Fatal(err)
	}
}

func writeRun(t *testing.T, path string, at time.Time) {
	t.Helper()
	db, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run, err := db.BeginRun(t.Context(), ledger.Run{Kind: ledger.KindRun, Plain: true, StartedAt: ledger.InstantOf(at)})
	if err != nil {
		t.Fatal(err)
	}
	ended, exit := ledger.InstantOf(at), 0
	run.EndedAt, run.Exit, run.Status = &ended, &exit, ledger.Complete
	if err := db.EndRun(t.Context(), run, nil); err != nil {
		t.Fatal(err)
	}
}

// heard is a log that tests wait for words in.
type heard struct {
	mu      sync.Mutex
	text    strings.Builder
	waiting map[string]chan struct{}
}

func (h *heard) Write(line []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text.Write(line)
	for words, seen := range h.waiting {
		if strings.Contains(h.text.String(), words) {
			close(seen)
			delete(h.waiting, words)
		}
	}
	return len(line), nil
}

// String is all that was heard so far.
func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

func (h *heard) has(words string) bool {
	return strings.Contains(h.String(), words)
}

func (h *heard) wait(t *testing.T, words string) {
	t.Helper()
	h.mu.Lock()
	seen := make(chan struct{})
	if strings.Contains(h.text.String(), words) {
		close(seen)
	} else {
		if h.waiting == nil {
			h.waiting = map[string]chan struct{}{}
		}
		h.waiting[words] = seen
	}
	h.mu.Unlock()
	receive(t, seen, words)
}

// receive waits as long as no machine is slow.
func receive[T any](t *testing.T, from <-chan T, what string) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(20 * time.Second):
		t.Fatalf("waited in vain for: %s", what)
	}
	return got
}

// Once a second is the shortest that cron knows. It stands for nights.
const nightly = "@every 1s"

func TestServeGoesOnAfterPanicAndError(t *testing.T) {
	nights := make(chan int, 10)
	var n atomic.Int32
	s := startServing(t, nightly, time.Time{}, func(context.Context) error {
		night := int(n.Add(1))
		nights <- night
		switch night {
		case 1, 2:
			panic("the night fell over")
		case 3:
			return errors.New("the night went wrong")
		}
		return nil
	})
	for want := 1; want <= 4; want++ {
		if got := receive(t, nights, "the next night"); got != want {
			t.Fatalf("night %d, want %d", got, want)
		}
	}
	s.stop(t)
	s.logged.wait(t, "the night fell over")
	s.logged.wait(t, `msg="night failed" because="the night went wrong"`)
	if s.code != job.ExitDone {
		t.Errorf("exit code %d after a stop between nights", s.code)
	}
}

func TestServeNeverRunsTwoNightsAtOnce(t *testing.T) {
	begun, release := make(chan struct{}, 10), make(chan struct{})
	var together atomic.Int32
	s := startServing(t, nightly, time.Time{}, func(context.Context) error {
		if together.Add(1) > 1 {
			t.Error("two nights at once")
		}
		defer together.Add(-1)
		begun <- struct{}{}
		<-release
		return nil
	})
	receive(t, begun, "the first night")
	s.logged.wait(t, "cron: skip")
	close(release)
	receive(t, begun, "the night after the skipped one")
	s.stop(t)
}

// daily comes due half a day from now, so that it cannot fire during a test.
func daily(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("0 %d * * *", time.Now().In(bangkok(t)).Add(12*time.Hour).Hour())
}

func TestServeCatchesUpAMissedNight(t *testing.T) {
	zone := bangkok(t)
	now := time.Now().In(zone)
	longAgo := now.AddDate(0, 0, -3)
	ran := make(chan struct{}, 1)
	night := func(context.Context) error { ran <- struct{}{}; return nil }

	for name, last := range map[string]time.Time{"no ledger": {}, "an old run": longAgo} {
		t.Run(name, func(t *testing.T) {
			s := startServing(t, daily(t), last, night)
			receive(t, ran, "the missed night")
			s.logged.wait(t, "a night was missed: catching up")
			s.stop(t)
		})
	}
	t.Run("nothing missed", func(t *testing.T) {
		s := startServing(t, daily(t), now, night)
		s.logged.wait(t, "msg=serving")
		s.stop(t)
		if len(ran) > 0 || s.logged.has("catching up") {
			t.Error("a night was caught up that had not been missed")
		}
	})
}

func TestServeStopsDuringANight(t *testing.T) {
	begun := make(chan struct{})
	s := startServing(t, daily(t), time.Time{}, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	receive(t, begun, "the night")
	s.stop(t)
	if s.code != job.ExitInterrupted {
		t.Errorf("exit code %d, want %d", s.code, job.ExitInterrupted)
	}
}

func TestLastDue(t *testing.T) {
	zone := bangkok(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(zone *time.Location, s string) time.Time {
		t.Helper()
		when, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for name, c := range map[string]struct {
		cron, now, want string
		zone            *time.Location
	}{
		"minutes ago":              {"0 3 * * *", "2026-11-21 03:05", "2026-11-21 03:00", zone},
		"this very minute":         {"0 3 * * *", "2026-11-21 03:00", "2026-11-21 03:00", zone},
		"yesterday":                {"0 3 * * *", "2026-11-21 02:59", "2026-11-20 03:00", zone},
		"the last of several":      {"0 3,15 * * *", "2026-11-21 16:30", "2026-11-21 15:00", zone},
		"a week ago":               {"0 3 * * 0", "2026-11-21 12:00", "2026-11-15 03:00", zone},
		"a month ago":              {"0 3 1 * *", "2026-11-30 12:00", "2026-11-01 03:00", zone},
		"a year ago":               {"0 3 1 1 *", "2026-11-30 12:00", "2026-01-01 03:00", zone},
		"never in a year":          {"0 3 29 2 *", "2026-11-30 12:00", "", zone},
		"the hour that fell out":   {"30 2 * * *", "2026-03-29 12:00", "2026-03-28 02:30", berlin},
		"the hour that came twice": {"0 3 * * *", "2026-10-25 12:00", "2026-10-25 03:00", berlin},
	} {
		t.Run(name, func(t *testing.T) {
			schedule, err := cron.ParseStandard(c.cron)
			if err != nil {
				t.Fatal(err)
			}
			got := lastDue(schedule, at(c.zone, c.now))
			if c.want == "" {
				if !got.IsZero() {
					t.Errorf("%s, want none", got)
				}
				return
			}
			if !got.Equal(at(c.zone, c.want)) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
