package job

import (
	"fmt"
	"strconv"
	"strings"

	"reconcile/internal/money"
)

// Text tells the figures of a closed month in plain text, and what has moved
// since the moment that since names; "" leaves that out.
func (m ClosedMonth) Text(since string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, account %s: closed %s with the figures of run %d\n", m.Month, m.Account, told(m.ClosedAt), m.Run)
	if len(m.Figures) == 0 {
		b.WriteString("  every figure is 0\n")
	} else {
		fmt.Fprintf(&b, "  %-5s%-14s%12s%28s\n", "", "", "count", "amount")
	}
	for _, f := range m.Figures {
		fmt.Fprintf(&b, "  %-5s%-14s%12s%28s\n", f.Currency, f.Measure, counted(f.Count), money.Grouped(f.Amount.Minor, f.Currency))
	}
	if since != "" {
		b.WriteString(m.movedText(since))
	}
	return b.String()
}

func (m ClosedMonth) movedText(since string) string {
	if len(m.Moved) == 0 {
		return fmt.Sprintf("  nothing has moved since %s\n", since)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  moved since %s:\n", since)
	for _, x := range m.Moved {
		fmt.Fprintf(&b, "    %-14s count %s -> %s, amount %s -> %s\n", x.Measure, counted(x.CountBefore), counted(x.CountAfter), x.AmountBefore, x.AmountAfter)
	}
	return b.String()
}

func counted(n int64) string { return money.Group(strconv.FormatInt(n, 10)) }
