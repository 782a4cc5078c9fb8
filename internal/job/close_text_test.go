package job

import (
	"testing"
	"time"

	"reconcile/internal/ledger"
)

func TestClosedMonthIsTold(t *testing.T) {
	c := ledger.Closing{Account: "main", Month: "2026-10", Run: 12, ClosedAt: instant(t, "2026-11-02 09:00"), Totals: []ledger.Total{
		{Currency: "JPY", Measure: "captured", Count: 3, Amount: 64460},
		{Currency: "THB", Measure: "captured", Count: 1346, Amount: 147399975},
		{Currency: "THB", Measure: "net_captured", Count: 1346, Amount: -5},
	}}
	m := closedMonth(c, bangkok(t))
	head := "2026-10, account main: closed 2026-11-02T09:00:00+07:00 with the figures of run 12\n" +
		"                            count                      amount\n" +
		"  JPY  captured                 3                      64,460\n" +
		"  THB  captured             1,346                1,473,999.75\n" +
		"  THB  net_captured         1,346                       -0.05\n"
	if got := m.Text(""); got != head {
		t.Errorf("%s, want\n%s", got, head)
	}
	if got, want := m.Text("then"), head+"  nothing has moved since then\n"; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	m.Moved = moved(c.Totals, []ledger.Total{
		{Currency: "JPY", Measure: "captured", Count: 3, Amount: 64460},
		{Currency: "THB", Measure: "captured", Count: 1347, Amount: 147409975},
		{Currency: "THB", Measure: "voided", Count: 1, Amount: 100},
	})
	want := head + "  moved since then:\n" +
		"    captured       count 1,346 -> 1,347, amount 1,473,999.75 THB -> 1,474,099.75 THB\n" +
		"    voided         count 0 -> 1, amount 0.00 THB -> 1.00 THB\n" +
		"    net_captured   count 1,346 -> 0, amount -0.05 THB -> 0.00 THB\n"
	if got := m.Text("then"); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
	empty := closedMonth(ledger.Closing{Account: "main", Month: "2026-10", Run: 1, ClosedAt: instant(t, "2026-11-02 09:00")}, time.UTC)
	if got, want := empty.Text(""), "2026-10, account main: closed 2026-11-02T02:00:00Z with the figures of run 1\n  every figure is 0\n"; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}
