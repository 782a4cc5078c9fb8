package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"reconcile/internal/sandbox"
)

func (p *program) sandboxCommand() *cobra.Command {
	var addr, clock string
	var remote bool
	o := sandbox.Options{Now: p.now}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "A local Omise API to try things against",
		Long: "sandbox serves a local Omise API with seeded data, or recorded answers with --fixtures.\n" +
			"Its URL is the first line of stdout, for api.omise.co and vault.omise.co alike. Any key\n" +
			"of the form skey_test_... or pkey_test_... is taken.\n" +
			"POST /_sandbox/clock, /_sandbox/charges/ID/pay and others play what happens.\n\n" +
			"Exit codes: 0 stopped, 1 failed, 2 usage error.",
		Example: "  reconcile sandbox --charges 2000 --customers 300\n" +
			"  reconcile sandbox --charges 0 --customers 0 --data shop.sandbox\n" +
			"  reconcile sandbox --clock 2026-11-30T00:00:00Z --country JP\n" +
			"  reconcile sandbox --faults 429=5%:1,cut=5%",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Log = p.log
			if err := p.sandboxOptions(cmd.Flags(), &o, clock); err != nil {
				return err
			}
			if err := localAddress(addr); err != nil && !remote {
				return err
			}
			return p.serveSandbox(cmd.Context(), addr, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&addr, "addr", "127.0.0.1:0", "loopback `ADDRESS` to listen on; port 0 chooses a free one")
	flags.BoolVar(&remote, "allow-remote", false, "let --addr be reached from other machines: whoever reaches it can read and write everything")
	flags.Int64Var(&o.Seed, "seed", 1, "seed of the data and the faults")
	flags.IntVar(&o.Charges, "charges", 500, "how many charges to seed")
	flags.IntVar(&o.Customers, "customers", 100, "how many customers to seed")
	flags.StringVar(&o.Country, "country", "TH", "of the account: TH, JP, SG or MY")
	flags.BoolVar(&o.Livemode, "livemode", false, "a live account: ids and keys without the word test")
	flags.DurationVar(&o.Lifetime, "authorization-lifetime", 0, "how long an authorisation can be captured; 0: 720h for JP, 168h elsewhere")
	flags.StringVar(&clock, "clock", "", "`TIME` at which the sandbox's clock stands until it is moved; left out: it runs like the machine's")
	flags.StringVar(&o.Data, "data", "", "`FILE` that keeps what was written between starts")
	flags.StringVar(&o.Fixtures, "fixtures", "", "serve recorded answers from this `DIR` instead of seeded data")
	flags.StringVar(&o.Faults, "faults", "", "misbehave: `SPEC` such as 429=5%:1,500=5%,cut=5% or all=5%")
	return cmd
}

// sandboxOptions reads the clock, and takes from the data file what the command line leaves open.
func (p *program) sandboxOptions(flags *pflag.FlagSet, o *sandbox.Options, clock string) error {
	if clock != "" {
		at, err := time.Parse(time.RFC3339, clock)
		if err != nil {
			return usageError{fmt.Errorf("--clock %q is not a time such as 2026-11-30T00:00:00Z", clock)}
		}
		o.Clock = at
	}
	if o.Data == "" {
		return nil
	}
	kept, ok, err := sandbox.Kept(o.Data)
	if err != nil || !ok {
		return err
	}
	for name, take := range map[string]func(){
		"seed":                   func() { o.Seed = kept.Seed },
		"charges":                func() { o.Charges = kept.Charges },
		"customers":              func() { o.Customers = kept.Customers },
		"country":                func() { o.Country = kept.Country },
		"livemode":               func() { o.Livemode = kept.Livemode },
		"authorization-lifetime": func() { o.Lifetime = kept.Lifetime },
		"clock":                  func() { o.Clock = kept.Clock },
	} {
		if !flags.Changed(name) {
			take()
		}
	}
	o.Days = kept.Days
	return nil
}

// localAddress refuses an address that other machines reach: a sandbox takes any key.
func localAddress(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usageError{fmt.Errorf("--addr %q is not an address such as 127.0.0.1:8080", addr)}
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return usageError{fmt.Errorf("--addr %s could be reached from other machines, and a sandbox takes any key; use 127.0.0.1, or say --allow-remote", addr)}
}

func (p *program) serveSandbox(ctx context.Context, addr string, o sandbox.Options) (err error) {
	server, err := sandbox.New(o)
	if errors.As(err, new(*sandbox.DataError)) {
		return err
	}
	if err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("sandbox cannot listen on %s: %w; choose another --addr", addr, err)
	}
	fmt.Fprintf(p.stdout, "http://%s\n", listener.Addr())
	p.log.Info("sandbox", "seed", o.Seed, "charges", o.Charges, "customers", o.Customers, "faults", o.Faults)
	return serveHTTP(ctx, listener, server)
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
