package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The faults. The first group is what `all` stands for; the second are answers that lie.
var (
	outages   = []string{"429", "500", "502", "503", "slow", "cut", "reset", "html", "insert", "delete"}
	untruths  = []string{"ignore_params", "wrong_total", "repeat_page", "error200", "torn", "bad_element", "refuse"}
	companion = []string{"slow", "insert", "delete"} // these go along with any other fault
)

// fault strikes a share of the requests.
type fault struct {
	name  string
	parts int           // of a million
	delay time.Duration // slow
	after int           // seconds in Retry-After
}

type faultPlan []fault

// luck is what befalls one request.
type luck struct {
	lies
	terminal  string // one of the faults that replace the answer
	after     int
	delay     time.Duration
	cut, torn bool
	insert    bool
	delete    bool
	coin      int
}

// lies make a list untrue while it still looks well.
type lies struct {
	ignoreParams, wrongTotal, repeatPage, badElement bool
}

// SetFaults replaces the faults by a spec: comma separated name[=percent%][:arg], percent 100 when
// absent, e.g. "429=5%:1,slow=5%:200ms,cut=2.5%". "all=5%" is 429, 500, 502, 503, slow, cut, reset,
// html, insert and delete at 5% each. The argument of 429 is Retry-After in seconds (default 1),
// of slow a duration (default 200ms). "" ends all faults; an unknown name is an error. Each call
// starts the sequence of the seed's dice anew. The answers that lie have to be named: ignore_params
// (the first 20 rows since 1970), wrong_total, repeat_page (the first page at any offset), error200,
// torn (JSON cut off, Content-Length right), bad_element (one row is unreadable), refuse (401).
// cut and reset need a real connection: a httptest.ResponseRecorder sees http.ErrAbortHandler.
func (s *Server) SetFaults(spec string) error {
	plan, err := s.planFaults(spec)
	if err == nil {
		s.useFaults(plan, spec)
	}
	return err
}

func (s *Server) useFaults(plan faultPlan, spec string) {
	s.faults.use(plan, spec, newRand(s.opt.Seed, streamFaults))
}

func (s *Server) planFaults(spec string) (faultPlan, error) {
	plan, err := parseFaults(spec)
	if err == nil && s.opt.Data != "" && plan.disturbs() {
		err = errors.New("faults insert and delete, which all=... includes, change what a data file keeps: name the others, or do without the data file")
	}
	return plan, err
}

// faultBox is the plan in force, with the dice that it is played with.
type faultBox struct {
	mu   sync.Mutex
	plan faultPlan
	spec string
	dice *rand.Rand
}

func (b *faultBox) use(plan faultPlan, spec string, dice *rand.Rand) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plan, b.spec, b.dice = plan, spec, dice
}

func (b *faultBox) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spec
}

func (p faultPlan) disturbs() bool {
	return slices.ContainsFunc(p, func(f fault) bool { return f.name == "insert" || f.name == "delete" })
}

func parseFaults(spec string) (faultPlan, error) {
	var plan faultPlan
	for _, item := range strings.Split(spec, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		f, err := parseFault(item)
		if err != nil {
			return nil, err
		}
		if f.name != "all" {
			plan = append(plan, f)
			continue
		}
		for _, name := range outages {
			f.name = name
			plan = append(plan, f)
		}
	}
	return plan, nil
}

func parseFault(item string) (fault, error) {
	head, arg, hasArg := strings.Cut(item, ":")
	name, share, hasShare := strings.Cut(head, "=")
	f := fault{name: name, parts: 1_000_000, delay: 200 * time.Millisecond, after: 1}
	if known := slices.Concat(outages, untruths, []string{"all"}); !slices.Contains(known, name) {
		return f, fmt.Errorf("fault %q is unknown; known are %s", name, strings.Join(known, ", "))
	}
	if hasShare {
		p, err := strconv.ParseFloat(strings.TrimSuffix(share, "%"), 64)
		if err != nil || !(p >= 0 && p <= 100) {
			return f, fmt.Errorf("fault %s: %q is not a percentage from 0 to 100", name, share)
		}
		f.parts = int(p * 10_000)
	}
	if hasArg {
		return f, f.setArg(arg)
	}
	return f, nil
}

func (f *fault) setArg(arg string) (err error) {
	switch f.name {
	case "429":
		if f.after, err = strconv.Atoi(arg); err != nil || f.after < 0 {
			return fmt.Errorf("fault 429: %q is not a number of seconds", arg)
		}
	case "slow":
		if f.delay, err = time.ParseDuration(arg); err != nil || f.delay < 0 {
			return fmt.Errorf("fault slow: %q is not a duration such as 200ms", arg)
		}
	default:
		return fmt.Errorf("fault %s takes no argument", f.name)
	}
	return nil
}

// roll throws the dice for every fault of the plan, in its order, so that the sequence does
// not depend on what struck before. Of the faults that exclude each other the first wins.
func (b *faultBox) roll() luck {
	b.mu.Lock()
	defer b.mu.Unlock()
	var l luck
	struck := false
	for _, f := range b.plan {
		hit := b.dice.IntN(1_000_000) < f.parts
		along := slices.Contains(companion, f.name)
		if !hit || struck && !along {
			continue
		}
		struck = struck || !along
		l.take(f)
	}
	if len(b.plan) > 0 {
		l.coin = b.dice.IntN(2)
	}
	return l
}

func (l *luck) take(f fault) {
	switch f.name {
	case "slow":
		l.delay = f.delay
	case "insert":
		l.insert = true
	case "delete":
		l.delete = true
	case "cut":
		l.cut = true
	case "torn":
		l.torn = true
	case "ignore_params":
		l.ignoreParams = true
	case "wrong_total":
		l.wrongTotal = true
	case "repeat_page":
		l.repeatPage = true
	case "bad_element":
		l.badElement = true
	default:
		l.terminal, l.after = f.name, f.after
	}
}
