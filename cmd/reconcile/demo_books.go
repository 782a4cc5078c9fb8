package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/sandbox"
)

// order is a row of the demo shop's books, as its own system exports it.
type order struct {
	number, status, date, total, currency, refunded, method, transaction string
}

// planted is a difference that the demo has put in on purpose.
type planted struct {
	kind   ledger.BreakKind
	charge string
	ref    string
}

// merchant is the demo's shop: it keeps one order for each payment, and gets
// some of them wrong.
type merchant struct {
	server *sandbox.Server
	zone   *time.Location
	refs   ledger.OrderRef
	path   string

	wrong  []mistake
	second bool // the second night: some mistakes were corrected, another one was made
}

// export writes the books as they stand at the sandbox's clock and gives the
// differences in them.
func (s *merchant) export() ([]planted, error) {
	orders, plants := s.keep()
	for _, m := range s.wrong {
		orders, plants = m.in(s, orders, plants)
	}
	return plants, s.write(orders)
}

// keep makes the books as they should be: an order for each payment, and of
// those that were paid twice, one.
func (s *merchant) keep() ([]order, []planted) {
	var orders []order
	var plants []planted
	for _, payments := range s.byOrder() {
		best := slices.MinFunc(payments, func(a, b sandbox.ChargeInfo) int { return rank(a) - rank(b) })
		orders = append(orders, s.order(best))
		for _, c := range payments {
			if c.ID != best.ID && s.number(c) != undecided && c.Paid && c.Refunded < c.Captured {
				plants = append(plants, planted{ledger.BreakDuplicateCharge, c.ID, s.number(best)})
			}
		}
	}
	return orders, plants
}

// byOrder is the charges of each order, oldest first.
func (s *merchant) byOrder() [][]sandbox.ChargeInfo {
	var groups [][]sandbox.ChargeInfo
	place := map[string]int{}
	for _, c := range s.server.Charges() {
		number := s.number(c)
		i, ok := place[number]
		if !ok {
			i = len(groups)
			place[number] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// rank puts the payment that an order stands for first.
func rank(c sandbox.ChargeInfo) int {
	switch {
	case c.Paid && c.Refunded < c.Captured:
		return 0
	case c.Paid:
		return 1
	case c.Capturable:
		return 2
	case c.Status == ledger.StatusPending:
		return 3
	}
	return 4
}

// number is the order's number: what the charge was sent with, else the shop's
// own from the charge's id.
func (s *merchant) number(c sandbox.ChargeInfo) string {
	ref, ok := s.refs.Of(ledger.Charge{Description: c.Description, Metadata: string(c.Metadata)})
	if !ok {
		return "S-" + c.ID[len(c.ID)-6:]
	}
	return strings.TrimSpace(ref)
}

func (s *merchant) order(c sandbox.ChargeInfo) order {
	amount := c.Amount
	if c.Paid {
		amount = c.Captured
	}
	o := order{
		number: s.number(c), status: shopStatus(c), date: c.CreatedAt.In(s.zone).Format(time.DateTime),
		total: grouped(amount, c.Currency), currency: strings.ToUpper(c.Currency), method: "omise", transaction: c.ID,
	}
	if c.Refunded > 0 {
		o.refunded = grouped(c.Refunded, c.Currency)
	}
	return o
}

// shopStatus is the word that WooCommerce would show.
func shopStatus(c sandbox.ChargeInfo) string {
	switch {
	case c.Paid && c.Refunded >= c.Captured:
		return "wc-refunded"
	case c.Paid:
		return "wc-completed"
	case c.Capturable:
		return "authorized"
	case c.Status == ledger.StatusPending:
		return "wc-pending"
	case c.Status == ledger.StatusFailed:
		return "wc-failed"
	}
	return "wc-cancelled"
}

func grouped(minor int64, currency string) string {
	return money.Grouped(minor, money.Currency(strings.ToUpper(currency)))
}

// write replaces the export, as a cron job of the shop would, at the
// sandbox's time.
func (s *merchant) write(orders []order) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	_ = w.Write([]string{"order_number", "order_status", "order_date", "order_total", "currency", "refunded_total", "payment_method", "transaction_id"})
	for _, o := range orders {
		_ = w.Write([]string{o.number, o.status, o.date, o.total, o.currency, o.refunded, o.method, o.transaction})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	now := s.server.Clock()
	return os.Chtimes(s.path, now, now)
}

// metadata is what a shop's plugin sends with a charge.
func metadata(order string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"order_id":%q}`, order))
}

// sayFound holds the breaks of a night against what was planted.
func (d *demo) sayFound(result job.Result, plants []planted) error {
	rows, err := readBreaks(filepath.Join(result.Dir, "breaks.csv"))
	if err != nil {
		return err
	}
	found, kinds := 0, map[ledger.BreakKind]bool{}
	for _, p := range plants {
		i := slices.IndexFunc(rows, p.is)
		if i < 0 {
			fmt.Fprintf(d.stdout, "  planted and not found: %s %s %s\n", p.kind, p.charge, p.ref)
			continue
		}
		found, kinds[p.kind] = found+1, true
		rows = slices.Delete(rows, i, i+1)
	}
	fmt.Fprintf(d.stdout, "  of %d planted differences, of %d kinds, %d were found, and %d besides\n", len(plants), len(kinds), found, len(rows))
	for _, row := range rows {
		fmt.Fprintf(d.stdout, "  found and not planted: %s %s %s\n", row["kind"], row["charge_id"], row["record_ref"])
	}
	if found < len(plants) || len(rows) > 0 {
		return fmt.Errorf("demo: what was planted is not what was found")
	}
	return nil
}

// is says whether a row of breaks.csv is the planted one. Either side of the
// difference may be unknown to whoever planted it.
func (p planted) is(row map[string]string) bool {
	return row["kind"] == string(p.kind) && (p.charge == "" || p.charge == row["charge_id"]) && (p.ref == "" || p.ref == row["record_ref"])
}

// readBreaks is the rows of breaks.csv that are new or open, by column.
func readBreaks(path string) ([]map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[strings.TrimPrefix(lines[0][i], "\ufeff")] = strings.TrimPrefix(cell, "'")
		}
		if row["state"] != ledger.BreakCured {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
