package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const webhookTimeout = 10 * time.Second

// errElsewhere is final: asking again would not bring the endpoint home.
var errElsewhere = errors.New("the sandbox posts to loopback addresses only")

// postLocally sends to this machine alone: a sandbox that could be made to post anywhere would be
// a way around the firewall. Names are not looked up; those of this machine are known, and others
// are not asked for. No proxy and no redirect leads elsewhere.
func postLocally() func(ctx context.Context, uri string, body []byte) (int, error) {
	client := &http.Client{
		Transport:     &http.Transport{DialContext: dialLocally, MaxIdleConnsPerHost: 1, IdleConnTimeout: webhookTimeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       webhookTimeout,
	}
	return func(ctx context.Context, uri string, body []byte) (int, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, uri, bytes.NewReader(body))
		if err != nil {
			return 0, bare(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("User-Agent", "reconcile-sandbox")
		answer, err := client.Do(r)
		if err != nil {
			return 0, bare(err)
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxBody))
		return answer.StatusCode, nil
	}
}

// dialLocally takes a name of this machine for both of its addresses.
func dialLocally(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	hosts := []string{host}
	if ownName(host) {
		hosts = []string{"::1", "127.0.0.1"}
	}
	dialer := &net.Dialer{}
	var conn net.Conn
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return nil, errElsewhere
		}
		if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(host, port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// bare leaves out method and URI, which the delivery says anyway.
func bare(err error) error {
	if u := new(url.Error); errors.As(err, &u) {
		return u.Err
	}
	return err
}
