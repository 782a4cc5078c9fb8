package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/sandbox"
)

func (p *program) sandboxCommand() *cobra.Command {
	var addr string
	o := sandbox.Options{Now: p.now}
	cmd := &cobra.Command{
		Use:     "sandbox",
		Short:   "A local Omise API to try things against",
		Long:    "sandbox serves a local Omise API with seeded data, or recorded answers with --fixtures.\nIts URL is the first line of stdout. Any key of the form skey_test_... is taken.\nPOST /_sandbox/clock, /_sandbox/charges/ID/capture and others play what happens.\n\nExit codes: 0 stopped, 1 failed, 2 usage error.",
		Example: "  reconcile sandbox --charges 2000 --customers 300\n  reconcile sandbox --faults 429=5%:1,cut=5%\n  reconcile sandbox --fixtures testdata/recorded",
		RunE: func(cmd *cobra.Command, _ []string) error {
			server, err := sandbox.New(o)
			if err != nil {
				return usageError{err}
			}
			listener, err := net.Listen("tcp", addr)
			if err != nil {
				return fmt.Errorf("sandbox cannot listen on %s: %w; choose another --addr", addr, err)
			}
			fmt.Fprintf(p.stdout, "http://%s\n", listener.Addr())
			p.log.Info("sandbox", "seed", o.Seed, "charges", o.Charges, "customers", o.Customers, "faults", o.Faults)
			return serveHTTP(cmd.Context(), listener, server)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "loopback `ADDRESS` to listen on; port 0 chooses a free one")
	cmd.Flags().Int64Var(&o.Seed, "seed", 1, "seed of the data and the faults")
	cmd.Flags().IntVar(&o.Charges, "charges", 500, "how many charges to seed")
	cmd.Flags().IntVar(&o.Customers, "customers", 100, "how many customers to seed")
	cmd.Flags().StringVar(&o.Fixtures, "fixtures", "", "serve recorded answers from this `DIR` instead of seeded data")
	cmd.Flags().StringVar(&o.Faults, "faults", "", "misbehave: `SPEC` such as 429=5%:1,500=5%,cut=5% or all=5%")
	return cmd
}

// serveHTTP serves until ctx ends, and lets answers under way finish.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() {
		graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(graceful) != nil {
			server.Close()
		}
	})
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
