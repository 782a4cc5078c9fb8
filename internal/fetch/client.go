// Package fetch reads one Omise account: it pages through the lists with a
// proof for every window, and reads single objects that may have changed. It
// can send nothing but GET.
package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"
	"golang.org/x/time/rate"

	"reconcile/internal/ledger"
)

// APIVersion is the version of Omise's API that every request asks for, so
// that a setting in the dashboard cannot change what the answers mean.
const APIVersion = "2019-05-29"

// maxAnswer bounds what is read of one answer. A page of 100 customers with 20
// cards each is under 3 MB.
const maxAnswer = 32 << 20

// rateMargin keeps timers that fire late from pushing two requests into a
// second that has room for one.
const rateMargin = 0.95

// Key is a secret key. Only Reveal gives it away.
type Key interface{ Reveal() string }

// ClientOptions says how to reach one Omise account.
type ClientOptions struct {
	BaseURL           string // https://api.omise.co, without a slash at the end
	Key               Key
	UserAgent         string
	RequestsPerSecond float64       // never more in any second
	Timeout           time.Duration // of one request
	RetryFor          time.Duration // one request and its retries
	StopAt            time.Time     // when fetching ends; zero: never
	Now               func() time.Time
	Timer             func() backoff.Timer // for waits between retries; nil: the real one
	Log               *slog.Logger
}

// Client sends GET requests to Omise, within a rate and with retries.
type Client struct {
	o        ClientOptions
	http     *http.Client
	limiter  *rate.Limiter
	secrets  [][]byte          // the key, as it is and as the Authorization header has it
	hide     *strings.Replacer // takes them out of a text
	requests atomic.Int64
	skew     atomic.Int64 // nanoseconds that our clock is ahead of Omise's
	breaker  breaker
	refused  atomic.Bool // Omise does not take the key
}

// NewClient makes a client. It sends nothing yet.
func NewClient(o ClientOptions) *Client {
	key := o.Key.Reveal()
	// The Base64 of the Authorization header without its end, because padding
	// is written in several ways or left out.
	coded := base64.StdEncoding.EncodeToString([]byte(key[:len(key)/3*3]))
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.MaxIdleConnsPerHost = 10
	return &Client{
		o: o,
		http: &http.Client{
			Transport: transport,
			// Any redirect is refused: Omise documents none, and the key
			// must never follow one to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limiter: rate.NewLimiter(rate.Limit(o.RequestsPerSecond*rateMargin), 1),
		secrets: [][]byte{[]byte(key), []byte(coded)},
		hide:    strings.NewReplacer(key, "skey_***", coded, "***"),
	}
}

// Requests is the number of requests sent so far, retries included.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// APIError is Omise's own answer that a request was wrong.
type APIError struct {
	Status  int
	Code    string
	Message string
}

// maxMessage is how much of Omise's words an error repeats.
const maxMessage = 200

// said makes an error of what an answer says.
func (h wireHead) said(status int) *APIError {
	return &APIError{Status: status, Code: cut(h.Code), Message: cutAt(h.Message, maxMessage)}
}

// Error says the status and Omise's words.
func (e *APIError) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("Omise answered %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("Omise answered %d %s: %s", e.Status, e.Code, e.Message)
}

// refused reports whether Omise refused the key itself.
func refused(err error) bool {
	var e *APIError
	return errors.As(err, &e) && e.Status == http.StatusUnauthorized
}

// missing reports whether Omise has no such object.
func missing(err error) bool {
	var e *APIError
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// get asks for path and hands the answer's JSON to read. An answer that read
// cannot take is asked for again, as is whatever the network or a server spoils.
func (c *Client) get(ctx context.Context, path string, query url.Values, read func(body []byte) error) error {
	target := c.o.BaseURL + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	return c.retry(ctx, path, func() error { return c.attempt(ctx, target, read) })
}

// attempt sends one request. It outlives a cancelled ctx, so that a stop ends
// after the page in flight and not in the middle of it.
func (c *Client) attempt(ctx context.Context, target string, read func([]byte) error) error {
	if err := c.limiter.Wait(ctx); err != nil {
		return backoff.Permanent(err)
	}
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.o.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(timed, http.MethodGet, target, nil)
	if err != nil {
		return backoff.Permanent(err)
	}
	request.SetBasicAuth(c.o.Key.Reveal(), "")
	request.Header.Set("Omise-Version", APIVersion)
	request.Header.Set("User-Agent", c.o.UserAgent)
	request.Header.Set("Accept", "application/json")
	c.requests.Add(1)
	response, err := c.http.Do(request)
	if err != nil {
		return c.hideKey(err)
	}
	defer response.Body.Close()
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		c.skew.Store(int64(c.o.Now().Sub(date)))
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	body = c.clean(body)
	if response.StatusCode != http.StatusOK {
		return c.hideKey(statusError(response, body, c.o.Now()))
	}
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if len(body) > maxAnswer {
		return backoff.Permanent(fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20))
	}
	return c.hideKey(read(body))
}

// clean takes the key out of an answer before anything is read of it: a text
// that is cut later may end inside the key, and what can be read goes into the
// ledger and the reports.
func (c *Client) clean(body []byte) []byte {
	for _, secret := range c.secrets {
		if bytes.Contains(body, secret) {
			return []byte(c.hide.Replace(string(body)))
		}
	}
	return body
}

// hideKey makes sure that no error says the key, whatever a server or a proxy
// wrote back, as it is or as the Authorization header has it.
func (c *Client) hideKey(err error) error {
	if err == nil || c.hide.Replace(err.Error()) == err.Error() {
		return err
	}
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		return backoff.Permanent(hidden{permanent.Err, c.hide.Replace(permanent.Err.Error())})
	}
	return hidden{err, c.hide.Replace(err.Error())}
}

// hidden is an error that keeps its kind and says something else.
type hidden struct {
	error
	text string
}

func (h hidden) Error() string { return h.text }
func (h hidden) Unwrap() error { return h.error }

// decode reads the JSON of a 200. What is not JSON, or an error object that a
// real Omise sends with another status, is no answer and is asked for again.
func decode(body []byte, into any, head *wireHead) error {
	if err := unmarshal(body, into); err != nil {
		if json.Valid(body) {
			return doubt{fmt.Errorf("the answer is not what was asked for: %w", err)}
		}
		return fmt.Errorf("the answer is not the JSON that Omise sends: %w", err)
	}
	if head.Object == "error" {
		return head.said(http.StatusOK)
	}
	return nil
}

// Account asks /account, the cheapest way to see that a key works. skew is how
// far this machine's clock is ahead of Omise's, by the answer's Date.
func (c *Client) Account(ctx context.Context, name string, keyIsTest bool) (account ledger.Account, skew time.Duration, err error) {
	err = c.get(ctx, "/account", nil, func(body []byte) error {
		var w wireAccount
		if err := decode(body, &w, &w.wireHead); err != nil {
			return err
		}
		if account, err = (translator{account: name}).accountObject(w, keyIsTest); err != nil {
			return doubt{err}
		}
		return nil
	})
	return account, time.Duration(c.skew.Load()), err
}
