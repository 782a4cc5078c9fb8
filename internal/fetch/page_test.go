package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

var pageQuestion = question{
	path: "/charges", offset: 100, limit: 100,
	span: &ledger.Span{From: ledger.InstantOf(start) - 86400, To: ledger.InstantOf(start)},
}

// good is an answer to pageQuestion; the cases below change one thing in it.
const good = `{"object":"list","data":[],"limit":100,"offset":100,"total":250,"location":"/charges","order":"chronological","from":"2026-11-20T03:00:00Z","to":"2026-11-21T03:00:00Z"}`

func TestEchoThatFits(t *testing.T) {
	for name, change := range map[string][]string{
		"as asked":         {},
		"no order":         {`"order":"chronological",`, ``},
		"order null":       {`"order":"chronological"`, `"order":null`},
		"+00:00":           {`03:00:00Z`, `03:00:00+00:00`},
		"another offset":   {`2026-11-20T03:00:00Z`, `2026-11-20T10:00:00+07:00`},
		"fractions":        {`03:00:00Z`, `03:00:00.000Z`},
		"unknown keys":     {`"location"`, `"has_more":true,"location"`},
		"order after data": {`"data":[],`, ``, `"to":`, `"data":[],"to":`},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, answer(200, strings.NewReplacer(change...).Replace(good)))
			client, _ := newClient(t, server.URL)
			list, err := client.list(context.Background(), pageQuestion)
			if err != nil || *list.Total != 250 || client.Requests() != 1 {
				t.Errorf("%v after %d requests", err, client.Requests())
			}
		})
	}
}

func TestEchoThatDoesNotFit(t *testing.T) {
	rows := strings.TrimSuffix(strings.Repeat("{},", 101), ",")
	for name, c := range map[string]struct{ old, new, says string }{
		"offset ignored":   {`"offset":100`, `"offset":0`, "asked for offset 100, the answer says 0"},
		"offset missing":   {`"offset":100,`, ``, "asked for offset 100, the answer says nothing"},
		"limit ignored":    {`"limit":100`, `"limit":20`, "asked for limit 100, the answer says 20"},
		"limit missing":    {`"limit":100,`, ``, "the answer says nothing"},
		"order ignored":    {`"order":"chronological"`, `"order":"reverse_chronological"`, "asked for order chronological, the answer says reverse_chronological"},
		"from ignored":     {`2026-11-20T03:00:00Z`, `1970-01-01T00:00:00Z`, "asked for from 2026-11-20T03:00:00Z, the answer says 1970-01-01T00:00:00Z"},
		"from missing":     {`"from":"2026-11-20T03:00:00Z",`, ``, "asked for from"},
		"from null":        {`"2026-11-20T03:00:00Z"`, `null`, "the answer says nothing"},
		"from unreadable":  {`2026-11-20T03:00:00Z`, `yesterday`, "the answer says yesterday"},
		"from a day":       {`2026-11-20T03:00:00Z`, `2026-11-20`, "the answer says 2026-11-20"},
		"to ignored":       {`2026-11-21T03:00:00Z`, `2026-11-21T03:00:01Z`, "asked for to 2026-11-21T03:00:00Z"},
		"to as local time": {`2026-11-21T03:00:00Z`, `2026-11-21T03:00:00+07:00`, "asked for to"},
		"no total":         {`"total":250,`, ``, "no list with a total"},
		"total null":       {`"total":250`, `"total":null`, "no list with a total"},
		"total below zero": {`"total":250`, `"total":-1`, "no list with a total"},
		"total a word":     {`"total":250`, `"total":"many"`, "not what was asked for"},
		"another object":   {`"list"`, `"search"`, `object "search"`},
		"data no list":     {`"data":[]`, `"data":{}`, "not what was asked for"},
		"an array":         {good, `[1]`, "not what was asked for"},
		"null":             {good, `null`, "no list with a total"},
		"too many rows":    {`"data":[]`, `"data":[` + rows + `]`, "101 rows, 100 were asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, answer(200, strings.Replace(good, c.old, c.new, 1)))
			client, _ := newClient(t, server.URL)
			_, err := client.list(context.Background(), pageQuestion)
			if !errors.As(err, new(doubt)) || !strings.Contains(err.Error(), c.says) || ends(err) {
				t.Errorf("%v\nwant %s", err, c.says)
			}
			if client.Requests() != maxDoubts {
				t.Errorf("asked %d times, want %d", client.Requests(), maxDoubts)
			}
		})
	}
}

// A single answer that does not fit is bad luck, a proxy's stale copy.
func TestOneDoubtIsForgotten(t *testing.T) {
	asked := 0
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < maxDoubts {
			fmt.Fprint(w, strings.Replace(good, `"offset":100`, `"offset":0`, 1))
			return
		}
		fmt.Fprint(w, good)
	})
	client, _ := newClient(t, server.URL)
	if _, err := client.list(context.Background(), pageQuestion); err != nil || asked != maxDoubts {
		t.Errorf("%v after %d requests", err, asked)
	}
}

// Without a span nothing is asked of from and to, whatever the answer says.
func TestEchoWithoutSpan(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Has("from") || q.Has("to") {
			t.Errorf("asked for %s", r.URL)
		}
		fmt.Fprint(w, strings.Replace(good, "2026", "2001", 2))
	})
	client, _ := newClient(t, server.URL)
	if _, err := client.list(context.Background(), question{path: "/customers/cust_1/cards", offset: 100, limit: 100}); err != nil {
		t.Error(err)
	}
}
