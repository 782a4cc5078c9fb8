package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// Errors that end the fetching of an account.
var (
	// ErrRefused: Omise does not take the key.
	ErrRefused = errors.New("key refused by Omise")
	// ErrUnreachable: several requests in a row used up their time.
	ErrUnreachable = errors.New("cannot reach Omise")
	// ErrTimeUp: the time for the whole fetch (run_for) is over.
	ErrTimeUp = errors.New("the time for fetching (run_for) is over")
)

// ends reports whether err ends the fetching of the account, not only of the
// window or object that it hit.
func ends(err error) bool {
	return errors.Is(err, ErrRefused) || errors.Is(err, ErrUnreachable) || errors.Is(err, ErrTimeUp) || errors.Is(err, errStopped)
}

// errStopped marks the end of the caller's own context: a stop that was asked
// for, not a request that took too long.
var errStopped = errors.New("stopped")

// errGaveUp marks a request that used up its time.
var errGaveUp = errors.New("gave up")

// maxDoubts is how often an answer that is sound JSON but does not fit the
// question is asked for again. A server that always answers so is wrong, not
// unlucky, and no patience helps.
const maxDoubts = 4

// doubt marks an answer that does not fit the question.
type doubt struct{ error }

func (d doubt) Unwrap() error { return d.error }

// breakAfter requests in a row that used up their time mean that Omise is down.
const breakAfter = 3

// breaker counts requests in a row that used up their time.
type breaker struct {
	mu     sync.Mutex
	failed int
}

func (b *breaker) note(exhausted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if exhausted {
		b.failed++
	} else {
		b.failed = 0
	}
}

func (b *breaker) open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failed >= breakAfter
}

// retry runs attempt until it works, is refused for good, or its time is over:
// exponential waits with jitter, and never shorter than Retry-After asks.
func (c *Client) retry(ctx context.Context, path string, attempt func() error) error {
	switch {
	case c.refused.Load():
		return ErrRefused // no further request with a key that Omise does not take
	case c.breaker.open():
		return ErrUnreachable
	}
	patience, final := c.o.RetryFor, false
	if !c.o.StopAt.IsZero() {
		left := c.o.StopAt.Sub(c.o.Now())
		if left <= 0 {
			return ErrTimeUp
		}
		patience, final = min(patience, left), left < patience
	}
	p := newPolicy(patience, c.o.Now)
	p.final = final
	doubts := 0
	operation := func() error {
		err := attempt()
		var d doubt
		if errors.As(err, &d) {
			if doubts++; doubts >= maxDoubts {
				return backoff.Permanent(err)
			}
		}
		p.after = retryAfter(err)
		return err
	}
	notify := func(err error, wait time.Duration) {
		c.o.Log.Debug("asking again", "path", path, "wait", wait.Round(time.Millisecond), "because", err)
	}
	var timer backoff.Timer
	if c.o.Timer != nil {
		timer = c.o.Timer()
	}
	err := backoff.RetryNotifyWithTimer(operation, backoff.WithContext(p, ctx), notify, timer)
	return c.judge(ctx, path, err, p)
}

// judge tells apart what the end of a request means for those after it.
func (c *Client) judge(ctx context.Context, path string, err error, p *policy) error {
	switch {
	case err == nil:
		c.breaker.note(false)
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", errStopped, ctx.Err())
	case refused(err):
		c.refused.Store(true)
		return fmt.Errorf("GET %s: %w: %w", path, ErrRefused, err)
	case p.exhausted && p.final:
		return fmt.Errorf("%w: GET %s: %w", ErrTimeUp, path, err)
	case p.exhausted:
		c.breaker.note(true)
		err = fmt.Errorf("GET %s: %w after %s: %w", path, errGaveUp, p.MaxElapsedTime, err)
		if c.breaker.open() {
			return fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
		return err
	}
	c.breaker.note(false)
	return fmt.Errorf("GET %s: %w", path, err)
}

// policy is backoff's exponential policy with Retry-After on top.
type policy struct {
	*backoff.ExponentialBackOff
	after     time.Duration
	exhausted bool
	final     bool // its patience ends with that of the whole fetch
}

func newPolicy(patience time.Duration, now func() time.Time) *policy {
	p := &policy{ExponentialBackOff: backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(500*time.Millisecond),
		backoff.WithMultiplier(2),
		backoff.WithMaxInterval(30*time.Second),
		backoff.WithMaxElapsedTime(patience),
		backoff.WithClockProvider(clockFunc(now)),
	)}
	return p
}

// NextBackOff is the wait before the next try, or backoff.Stop.
func (p *policy) NextBackOff() time.Duration {
	wait := p.ExponentialBackOff.NextBackOff()
	if wait != backoff.Stop {
		wait = max(wait, p.after)
	}
	if wait == backoff.Stop || p.GetElapsedTime()+wait > p.MaxElapsedTime {
		p.exhausted = true
		return backoff.Stop
	}
	return wait
}

type clockFunc func() time.Time

func (f clockFunc) Now() time.Time { return f() }

// busy is an answer that asks to come back later.
type busy struct {
	*APIError
	after time.Duration
}

func (b busy) Unwrap() error { return b.APIError }

func retryAfter(err error) time.Duration {
	var b busy
	if errors.As(err, &b) {
		return b.after
	}
	return 0
}

// statusError reads an answer that is not 200. Whether to ask again follows
// from the status alone: the body may be anything, HTML included.
func statusError(response *http.Response, body []byte, now time.Time) error {
	e := &APIError{Status: response.StatusCode}
	var said wireHead
	if unmarshal(body, &said) == nil && said.Object == "error" {
		e = said.said(e.Status)
	}
	switch {
	case e.Status == http.StatusTooManyRequests, e.Status == http.StatusRequestTimeout, e.Status >= 500:
		return busy{e, parseRetryAfter(response.Header.Get("Retry-After"), now)}
	case e.Status >= 300 && e.Status < 400:
		return backoff.Permanent(fmt.Errorf("the server redirects (%d) to another address, which is never followed: check base_url", e.Status))
	}
	return backoff.Permanent(e)
}

// parseRetryAfter reads seconds or an HTTP date; 0 when it is neither.
func parseRetryAfter(s string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(s); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
