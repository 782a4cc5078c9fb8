// Command reconcile holds Omise's lists against a ledger and writes the
// reports that finance opens in the morning. It only ever reads at Omise.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // zones also where the machine has none
)

// gcPercent keeps the memory of a night small: a million records against a
// million charges are 230 MB that stay, and rows come and go beside them.
const gcPercent = 50

func main() {
	debug.SetGCPercent(gcPercent)
	// The first signal asks for a clean end after the page in flight; a second
	// one ends the process where it stands.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program, without anything of the process but what is handed
// to it. It returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, _ io.Reader, stdout, stderr io.Writer) int {
	p := &program{getenv: getenv, stdout: stdout, stderr: stderr, now: time.Now}
	return p.run(ctx, args)
}
