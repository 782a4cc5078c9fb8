package job_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// bookshop is a shop that keeps books, in a folder beside its config.
type bookshop struct{ *shop }

// wholeBook is a source whose newest file lists every order, all of them paid
// through Omise; dailyBooks one whose files add orders and change them.
const (
	wholeBook  = "{name: orders, path: books/orders*, covers: all, all_omise: true, max_age: 10d}"
	dailyBooks = "{name: orders, path: books/orders*, all_omise: true, max_age: 10d}"
)

// newBookshop is one without workbooks, which most tests do not look at.
func newBookshop(t *testing.T, sources ...string) bookshop {
	t.Helper()
	s := newOffice(t, sources...)
	s.env.Config.Reports.Formats = []string{"csv"}
	return s
}

// newOffice is a bookshop whose finance works with the workbooks.
func newOffice(t *testing.T, sources ...string) bookshop {
	t.Helper()
	s := bookshop{newShop(t, sandbox.Options{}, recordsOf(sources...))}
	s.do(os.Mkdir(s.path("books"), 0o700))
	return s
}

func recordsOf(sources ...string) string {
	if len(sources) == 0 {
		return ""
	}
	return "records:\n  - " + strings.Join(sources, "\n  - ") + "\n"
}

func (s bookshop) path(name string) string { return filepath.Join(s.dir, name) }

// sell makes a paid charge of three days ago, which no grace excuses any more.
// The amount is in satang.
func (s bookshop) sell(ref string, amount int64) string {
	s.t.Helper()
	return s.charge(sandbox.ChargeSpec{Amount: amount, Metadata: orderOf(ref), CreatedAt: start.Add(-3 * day)})
}

// sellNow makes a paid charge at the sandbox's clock. The amount is in satang.
func (s bookshop) sellNow(ref string, amount int64) string {
	s.t.Helper()
	return s.charge(sandbox.ChargeSpec{Amount: amount, Metadata: orderOf(ref)})
}

func orderOf(ref string) json.RawMessage { return fmt.Appendf(nil, `{"order_id": %q}`, ref) }

// paid is an order of three days ago as a book has it; the total is in baht.
func paid(ref, total string) row {
	return row{"order_id": ref, "total": total, "status": "paid", "created_at": "2026-11-17T10:00:00+07:00"}
}

// but gives the row with another value in one of its columns.
func (r row) but(column, value string) row {
	r = maps.Clone(r)
	r[column] = value
	return r
}

// without gives the row with a column less.
func (r row) without(column string) row {
	r = maps.Clone(r)
	delete(r, column)
	return r
}

// configure gives the shop other sources; everything else stays.
func (s *bookshop) configure(sources ...string) {
	s.t.Helper()
	before := s.env
	s.env = s.at(before.Config.Accounts[0].BaseURL, recordsOf(sources...))
	s.env.Log, s.env.Timer, s.env.Config.Reports.Formats = before.Log, before.Timer, before.Config.Reports.Formats
}

// days is a run of some business days that must be complete.
func (s bookshop) days(from, to string) job.Result {
	s.t.Helper()
	result := s.run(job.RunOptions{Days: job.Days{From: from, To: to}})
	if result.Status != ledger.Complete {
		s.t.Fatalf("run %d of %s to %s: %s: %v %v", result.Run, from, to, result.Status, result.Unproven, result.Errors)
	}
	return result
}

// tomorrow lets a day pass.
func (s bookshop) tomorrow() { s.server.Advance(day) }

// partial is a plain run that must say that it is partial, and why.
func (s bookshop) partial(why ...string) job.Result {
	s.t.Helper()
	result := s.run(job.RunOptions{})
	if result.Status != ledger.Partial || result.Exit != job.ExitPartial {
		s.t.Errorf("run %d: %s, exit %d: %v; want partial, exit 3", result.Run, result.Status, result.Exit, result.Errors)
	}
	for _, sentence := range why {
		s.says(result, sentence)
	}
	return result
}

// says wants a sentence among the errors of a run.
func (s bookshop) says(r job.Result, sentence string) {
	s.t.Helper()
	if !slices.ContainsFunc(r.Errors, func(e string) bool { return strings.Contains(e, sentence) }) {
		s.t.Errorf("run %d says\n  %s\nwant\n  %s", r.Run, strings.Join(r.Errors, "\n  "), sentence)
	}
}

// breaks wants exactly these rows in breaks.csv, each told as kind, what it is
// of, and state.
func (s bookshop) breaks(r job.Result, want ...string) {
	s.t.Helper()
	got := []string{}
	for _, b := range table(s.t, r.Dir, "breaks.csv") {
		got = append(got, strings.Join([]string{b["kind"], cmp.Or(b["record_ref"], b["charge_id"]), b["state"]}, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	same(s.t, fmt.Sprintf("breaks of run %d", r.Run), append([]string{}, want...), got)
}

// breakOf is the one row of breaks.csv about a record.
func (s bookshop) breakOf(r job.Result, ref string) row {
	s.t.Helper()
	return only(s.t, r.Dir, "breaks.csv", "record_ref", ref)
}

// compared is what charges.csv says of the comparison of a charge. The charge
// must lie in the period of the run.
func (s bookshop) compared(r job.Result, charge string) string {
	s.t.Helper()
	return only(s.t, r.Dir, "charges.csv", "charge_id", charge)["result"]
}

// heard is a log that tells a test of each message.
type heard func(message string)

func (h heard) Enabled(context.Context, slog.Level) bool { return true }
func (h heard) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h heard) WithGroup(string) slog.Handler            { return h }
func (h heard) Handle(_ context.Context, r slog.Record) error {
	h(r.Message)
	return nil
}

// wantIn wants every part somewhere in a text.
func wantIn(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s is %q, want %q in it", what, text, part)
		}
	}
}

// sortedRows sorts rows by their cells.
func sortedRows(rows [][]string) [][]string {
	slices.SortFunc(rows, slices.Compare[[]string])
	return rows
}
