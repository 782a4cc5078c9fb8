package fetch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reconcile/internal/ledger"
)

// What once went wrong. Each comment says how; each test holds that it no
// longer does.

// A 401 whose words repeat the key loses its status when the key is hidden.
func TestOnceRefusalThatEchoesTheKey(t *testing.T) {
	server := serve(t, echo(401, `{"object":"error","code":"authentication_failure","message":"KEY is not valid"}`))
	client, _ := newClient(t, server.URL)
	if _, err := ask(client); !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

// A 429 whose words repeat the key loses its Retry-After when the key is hidden.
func TestOnceRetryAfterOfAnAnswerThatEchoesTheKey(t *testing.T) {
	server, _ := failing(t, 1, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "60")
		echo(429, `{"object":"error","code":"x","message":"KEY"}`)(w, r)
	})
	client, clock := newClient(t, server.URL)
	if _, err := ask(client); err != nil || clock.Waits()[0] != time.Minute {
		t.Errorf("waited %v, %v", clock.Waits(), err)
	}
}

// The Authorization header holds the key in Base64, and echoes of that come through.
func TestOnceKeyInBase64(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
	}{
		{400, `{"object":"error","code":"bad_request","message":"header AUTH"}`},
		{500, `{"object":"error","code":"x","message":"header AUTH"}`},
		{200, `{"object":"error","code":"x","message":"AUTH"}`},
	} {
		wantNoKey(t, c.status, c.body)
	}
}

// An element of a page that repeats the key is named with it, in the ledger
// and in the run's result.
func TestOnceKeyInAnUnreadableElement(t *testing.T) {
	for _, element := range []string{
		`{"object":"charge","id":"KEY","created_at":"2026-11-20T10:00:00Z"}`,
		`{"object":"charge","id":"chrg_1","created_at":"KEY"}`,
		`{"object":"charge","id":"chrg_1","created_at":"2026-11-20T10:00:00Z","currency":"KEY","amount":1}`,
	} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			user, _, _ := r.BasicAuth()
			fmt.Fprint(w, listJSON(r.URL.Query(), 1, strings.ReplaceAll(element, "KEY", user)))
		})
		client, _ := newClient(t, server.URL)
		s := &session{client: client}
		p, err := s.windowPage(context.Background(), ledger.Window{List: ledger.Charges}, 0)
		if err != nil || len(p.unreadable) != 1 {
			t.Fatal(err, p.unreadable)
		}
		if said := fmt.Sprintf("%+v", p.unreadable); strings.Contains(said, secret) {
			t.Error(said)
		}
	}
}

// readAccount asks for ever, without a wait, when the answer to /account is
// wrong in a way that it does not list: here base_url redirects.
func TestOnceAccountIsAskedForEver(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"redirect":         answer(301, "", "Location: https://www.omise.co/"),
		"401 with the key": echo(401, `{"object":"error","code":"authentication_failure","message":"KEY is not valid"}`),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var asked atomic.Int32
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) == 5 {
					cancel() // so that the test ends
				}
				bad(w, r)
			})
			client, _ := newClient(t, server.URL)
			s := &session{client: client, o: Options{Account: "main"}}
			if err := s.readAccount(ctx); errors.Is(err, context.Canceled) {
				t.Errorf("asked %d times and would go on", asked.Load())
			}
		})
	}
}

// A ctx with a deadline that has passed makes readAccount spin as well.
func TestOnceDeadlineOfCtx(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	client, _ := newClient(t, "http://127.0.0.1:1")
	over := make(chan error, 1)
	s := &session{client: client, o: Options{Account: "main"}}
	stop := make(chan struct{})
	client.o.Log = slog.New(slog.DiscardHandler)
	client.o.Now = func() time.Time { // asked once a try; ends the loop when the test is over
		select {
		case <-stop:
			panic(http.ErrAbortHandler)
		default:
			return start
		}
	}
	go func() {
		defer func() { _ = recover() }()
		over <- s.readAccount(ctx)
	}()
	select {
	case err := <-over:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	case <-time.After(200 * time.Millisecond):
		t.Error("still asking after 200 ms")
	}
	close(stop)
}

// A walk of customers that sees rows move twice says the same words twice. It
// keeps moving, which is no wrong answer: it is to be walked again, and split.
func TestOnceMovedTwiceIsNotTheSameWrongAnswer(t *testing.T) {
	k := newWalk(ledger.Window{List: ledger.Customers, Span: ledger.Span{To: 86400}})
	for i := range maxWalks {
		if i > 0 {
			k.restart()
		}
		k.total = 150
		k.pages[0] = page{total: 150, rows: 100, first: "a", last: fmt.Sprint("b", i)}
		k.pages[99] = page{offset: 99, total: 150, rows: 51, first: fmt.Sprint("c", i), last: "d"}
		v, reason := k.judge(150)
		if want := []verdict{again, again, again, again, split}[i]; v != want {
			t.Fatalf("walk %d: %v, want %v: %s", i, v, want, reason)
		}
	}
}

// Pages that a failed resume has looked at stay in the walk's memory although
// the inbox was emptied, so they are not asked for and the walk cannot succeed.
func TestOnceResumeThatFailsLeavesPages(t *testing.T) {
	k := newWalk(ledger.Window{List: ledger.Charges})
	saved := []ledger.Page{savedAt(0, 350), savedAt(99, 350), savedAt(198, 351)}
	if k.resume(saved) {
		t.Fatal("resumed from totals that differ")
	}
	if got := offsets(k, 350); len(got) != 4 {
		t.Errorf("asked for %v, want four pages", got)
	}
}
