package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"reconcile/internal/fetch"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
)

// progress gives a bar on a terminal, and a plain log line now and then
// elsewhere.
func (p *program) progress() fetch.Progress {
	if file, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return newBar(file)
	}
	return &lines{log: p.log, now: p.now, next: p.now().Add(logEvery)}
}

// finishProgress ends the bar's line, so that what follows starts on its own.
func (p *program) finishProgress(env job.Env) {
	if b, ok := env.Progress.(*bar); ok {
		b.finish()
	}
}

// bar shows rows read of rows expected, with the time left.
type bar struct {
	w        io.Writer
	mu       sync.Mutex
	bar      *progressbar.ProgressBar
	expected int
	read     int
}

func newBar(w io.Writer) *bar {
	return &bar{w: w, bar: progressbar.NewOptions(1,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("reading Omise"), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth(), progressbar.OptionUseANSICodes(true),
	)}
}

// Expect raises the total.
func (b *bar) Expect(_ ledger.List, rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected += rows
	b.show()
}

// Read moves the bar.
func (b *bar) Read(_ ledger.List, rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read += rows
	b.show()
}

// show draws the bar. Windows overlap by a second and may be read again, so
// more rows than expected may come: the total then follows.
func (b *bar) show() {
	b.bar.ChangeMax(max(b.expected, b.read, 1))
	_ = b.bar.Set(b.read) // a terminal that went away is no reason to stop
}

func (b *bar) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Exit()
	fmt.Fprintln(b.w)
}

const logEvery = 10 * time.Second

// lines logs how far the reading is, every few seconds.
type lines struct {
	log *slog.Logger
	now func() time.Time

	mu             sync.Mutex
	next           time.Time
	expected, read int
}

// Expect raises the total.
func (l *lines) Expect(_ ledger.List, rows int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected += rows
}

// Read counts rows.
func (l *lines) Read(_ ledger.List, rows int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read += rows
	if now := l.now(); !now.Before(l.next) {
		l.next = now.Add(logEvery)
		l.log.Info("reading Omise", "rows", l.read, "of", max(l.expected, l.read))
	}
}
