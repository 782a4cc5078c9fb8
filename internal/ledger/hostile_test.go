package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

// injections are texts that SQL, JSON or C take for something else than text.
func injections() []string {
	return []string{
		`"; DROP TABLE charges;--`, `'; DROP TABLE charges;--`, `' OR '1'='1`, `') UNION SELECT * FROM runs --`, `?1`, `$account`, `:id`, `@x`, "`", "[", `\`, `%`, `_`, `*`,
		"nul\x00inside", "\x00", "line\nbreak", "\x1b[31m", `{"a":1}`, `"`, `'`, "\u202e", "＝1", "\xff\xfe", "\ufffe", "ö", strings.Repeat("x", 1<<16),
	}
}

// hostileBatch has one object of each kind, with text in all that holds text.
func hostileBatch(i int, text string) ledger.Batch {
	id := func(kind string) string { return fmt.Sprintf("%s_%d_%s", kind, i, text) }
	return ledger.Batch{
		Charges: []ledger.Charge{charge(id("chrg"), func(c *ledger.Charge) {
			c.Status, c.Description, c.FailureCode, c.AuthorizationType = text, text, text, text
			c.Customer, c.Card, c.CardBrand, c.CardFingerprint, c.Source, c.SourceType = id("cust"), id("card"), text, text, text, text
			c.Transaction, c.Dispute, c.DisputeStatus, c.Schedule, c.Link, c.Metadata, c.Refunds = text, id("dspt"), text, text, text, text, text
		})},
		Refunds:   []ledger.Refund{refund(id("rfnd"), id("chrg"), func(r *ledger.Refund) { r.Status, r.Transaction = text, text })},
		Disputes:  []ledger.Dispute{dispute(id("dspt"), id("chrg"), func(d *ledger.Dispute) { d.Status, d.ReasonCode = text, text })},
		Customers: []ledger.Customer{customer(id("cust"), func(c *ledger.Customer) { c.Email, c.DefaultCard = text, id("card") })},
		Cards: []ledger.Card{card(id("card"), id("cust"), func(k *ledger.Card) {
			k.Name, k.Brand, k.Bank, k.Country, k.LastDigits, k.Fingerprint = text, text, text, text, text, text
		})},
	}
}

// TestHostileTextsAreOnlyText saves objects whose ids and texts are hostile,
// changes them, and reads them back as they were.
func TestHostileTextsAreOnlyText(t *testing.T) {
	l := open(t)
	tables := dump(t, l, "sqlite_schema")
	run := begin(t, l)
	var b ledger.Batch
	for i, text := range injections() {
		one := hostileBatch(i, text)
		b.Charges, b.Refunds, b.Disputes = append(b.Charges, one.Charges...), append(b.Refunds, one.Refunds...), append(b.Disputes, one.Disputes...)
		b.Customers, b.Cards = append(b.Customers, one.Customers...), append(b.Cards, one.Cards...)
	}
	save(t, l, run.ID, b)
	for i := range b.Charges {
		b.Charges[i].Amount++
	}
	later := begin(t, l)
	if changes := save(t, l, later.ID, b); changes[ledger.ChargeObject].Changed != len(b.Charges) || changes[ledger.CardObject].Changed != 0 {
		t.Errorf("of %d charges %+v", len(b.Charges), changes)
	}
	wantTexts(t, l, later.ID)
	if after := dump(t, l, "sqlite_schema"); after != tables {
		t.Error("the tables are not as they were")
	}
	if n := number(t, l, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); n != 0 {
		t.Error("the ledger is damaged")
	}
}

// TestHostileNamesAreOnlyText does the same with what is no object.
func TestHostileNamesAreOnlyText(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	var elements []ledger.Unreadable
	for _, text := range injections()[:12] {
		elements = append(elements, ledger.Unreadable{Account: "main", Object: ledger.ChargeObject, ID: text, Reason: text})
		check(l.SaveAccount(t.Context(), run.ID, ledger.Account{Name: text, OmiseID: text, Country: text}))
		if known := must(l.Account(t.Context(), text)); known == nil || known.OmiseID != text {
			t.Errorf("%q: the account reads back as %+v", text, known)
		}
		check(l.StrikeDue(t.Context(), text, ledger.Due{Object: ledger.ChargeObject, ID: text}))
	}
	check(l.SaveUnreadable(t.Context(), run.ID, elements))
	slices.SortFunc(elements, func(a, b ledger.Unreadable) int { return strings.Compare(a.ID, b.ID) })
	if diff := cmp.Diff(elements, must(l.UnreadableIn(t.Context(), run.ID))); diff != "" {
		t.Error(diff)
	}
}

// wantTexts reads the charges as reports do.
func wantTexts(t *testing.T, l *ledger.Ledger, run int64) {
	t.Helper()
	want := map[string]string{}
	for i, text := range injections() {
		want[hostileBatch(i, text).Charges[0].ID] = text
	}
	for _, c := range all(snapshot(t, l, run, 0).PeriodCharges(t.Context())) {
		if text, ok := want[c.ID]; !ok || c.Description != text || c.Metadata != text || c.Status != text {
			t.Errorf("charge %.40q reads back as %.40q", c.ID, c.Description)
		}
		delete(want, c.ID)
	}
	for id := range want {
		t.Errorf("charge %.40q is not there", id)
	}
}

// TestHostileOrderReferences holds that metadata is JSON to us and no more.
func TestHostileOrderReferences(t *testing.T) {
	o := ledger.OrderRef{Sources: []string{"metadata.order_id"}}
	for metadata, want := range map[string]string{
		`{"order_id":"=1+1"}`:                              "=1+1",
		`{"order_id":"a\u0000b"}`:                          "a\x00b",
		`{"order_id":"\ud800"}`:                            "\ufffd",
		`{"order_id":1e999999999}`:                         "1e999999999",
		`{"order_id":{"$ne":1}}`:                           "",
		`{"order_id":"x"`:                                  "",
		strings.Repeat(`{"order_id":`, 100_000):            "",
		strings.Repeat("[", 1_000_000):                     "",
		`{"order_id":"` + strings.Repeat("y", 9000) + `"}`: strings.Repeat("y", 9000),
	} {
		if shown, _ := o.Of(charge("chrg_1", func(c *ledger.Charge) { c.Metadata = metadata })); shown != want {
			t.Errorf("%.40s is shown as %.40q", metadata, shown)
		}
	}
}

// TestHostileLedgerNames opens ledgers whose names SQLite could take for
// options or for another place.
func TestHostileLedgerNames(t *testing.T) {
	for _, name := range []string{"a?mode=memory&vfs=none", "a%00b#c", "file:x", ":memory:", `a'"b`, "-wal", "%2e%2e%2fup"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		l, err := ledger.Open(t.Context(), path)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		begin(t, l)
		if mode := must(os.Stat(path)).Mode().Perm(); mode != 0o600 {
			t.Errorf("%q has mode %o", name, mode)
		}
		for _, file := range must(os.ReadDir(dir)) {
			if !strings.HasPrefix(file.Name(), name) {
				t.Errorf("%q: %q stands beside it", name, file.Name())
			}
		}
		check(l.Close())
		reader := must(ledger.OpenReader(t.Context(), path))
		if runs := must(reader.Runs(t.Context())); len(runs) != 1 {
			t.Errorf("%q: %d runs", name, len(runs))
		}
		check(reader.Close())
	}
}

// outside makes a file that nothing may touch, and gives what checks it.
func outside(t *testing.T, text string) (path string, untouched func(after string)) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "victim")
	check(os.WriteFile(path, []byte(text), 0o644))
	return path, func(after string) {
		t.Helper()
		info := must(os.Stat(path))
		if got := string(must(os.ReadFile(path))); got != text || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: the file outside holds %d bytes in place of %d, mode %o", after, len(got), len(text), info.Mode().Perm())
		}
	}
}

// TestLinksThatOthersPlanted opens ledgers beside links that lead outside:
// what they lead to stays as it is.
func TestLinksThatOthersPlanted(t *testing.T) {
	for _, suffix := range []string{"", ".lock", ".wait", ".v1", "-wal", "-shm", "-journal"} {
		path := older(t)
		victim, untouched := outside(t, strings.Repeat("somebody else's\n", 4096))
		if suffix == "" {
			check(os.Remove(path))
		}
		check(os.Symlink(victim, path+suffix))
		openAndWrite(t, path)
		untouched("a link at " + filepath.Base(path) + suffix)
	}
	t.Run("tmp", func(t *testing.T) {
		path := older(t)
		victim, untouched := outside(t, "somebody else's\n")
		check(os.Symlink(victim, filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".v1.tmp")))
		openAndWrite(t, path)
		untouched("a link at the copy's temporary name")
	})
}

// openAndWrite upgrades a ledger and writes to it, if it lets itself be opened.
func openAndWrite(t *testing.T, path string) {
	t.Helper()
	lock, err := ledger.AcquireLock(t.Context(), path, 0)
	if err != nil {
		return
	}
	defer lock.Release()
	lock.Wanted()
	l, err := ledger.OpenWith(t.Context(), path, steps(one, two))
	if err != nil {
		return
	}
	defer l.Close()
	_, _ = l.DB().ExecContext(t.Context(), "INSERT INTO runs (id) VALUES (8)")
}

// TestLedgerMayBeALink follows a link to a ledger elsewhere: that is how people
// put it on another disk.
func TestLedgerMayBeALink(t *testing.T) {
	real, link := pathOf(t), pathOf(t)
	check(os.WriteFile(real, empty(), 0o600))
	check(os.Symlink(real, link))
	begin(t, reopen(t, link))
	if info := must(os.Lstat(link)); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if runs := must(must(ledger.OpenReader(t.Context(), real)).Runs(t.Context())); len(runs) != 1 {
		t.Errorf("%d runs in the ledger itself", len(runs))
	}
}
