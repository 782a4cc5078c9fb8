package sandbox

import (
	"slices"
	"sync"
	"sync/atomic"
)

// stateLock counts its writers, so that what is worked out from the state knows when it is out of
// date.
type stateLock struct {
	sync.RWMutex
	writes atomic.Int64
}

func (l *stateLock) Unlock() {
	l.writes.Add(1)
	l.RWMutex.Unlock()
}

// books are the account's transactions as of the last write. They are worked out from the charges,
// refunds, disputes and transfers rather than kept: what staff put right, or a payment taken back,
// is then right here, too.
type books struct {
	mu   sync.Mutex
	at   int64 // stateLock.writes
	rows []transaction
}

// transactions gives every transaction, also those whose time has not come, sorted as lists are. It
// must not be asked for by a writer who has already changed something.
func (s *Server) transactions() []transaction {
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	if writes := s.mu.writes.Load(); s.books.rows == nil || s.books.at != writes {
		s.books.rows, s.books.at = s.st.transactions(), writes
	}
	return s.books.rows
}

func (st *state) transactions() []transaction {
	rows := make([]transaction, 0, len(st.charges.rows)+len(st.refunds.rows)+2*len(st.disputes.rows)+len(st.transfers.rows))
	for _, c := range st.charges.rows {
		rows = c.book(rows)
	}
	rows = st.bookWithoutCharges(rows)
	slices.SortFunc(rows, compareRows[transaction])
	return rows
}

func (st *state) bookWithoutCharges(rows []transaction) []transaction {
	for _, f := range st.refunds.rows {
		rows = append(rows, f.booked())
	}
	for _, d := range st.disputes.rows {
		rows = d.book(rows)
	}
	for _, x := range st.transfers.rows {
		rows = x.book(rows)
	}
	return rows
}

// total is what all transactions up to an instant add up to. It is asked for more often than the
// transactions, so it does without their table.
func (st *state) total(t second) (sum int64) {
	for _, c := range st.charges.rows {
		if c.paidAt.reached(t) {
			sum += c.earned()
		}
	}
	for _, x := range st.bookWithoutCharges(nil) {
		if x.created <= t {
			sum += x.signed()
		}
	}
	return sum
}

// book adds what the merchant is paid: what is left when Omise has taken its fees.
func (c *charge) book(rows []transaction) []transaction {
	if c.paidAt == 0 {
		return rows
	}
	return append(rows, transaction{
		id: c.transaction, created: c.paidAt, amount: c.earned(), currency: c.funding,
		credit: true, key: "charge.captured.net", origin: c.id,
	})
}

func (c *charge) earned() int64 {
	v := view{captured: c.captured}
	c.viewFees(&v)
	return v.net
}

// booked is what a refund costs: all of it, since the fees stay with Omise; but a void undoes the
// charge, fees and all.
func (f *refund) booked() transaction {
	x := transaction{
		id: f.transaction, created: f.created, amount: f.funding, currency: f.charge.funding,
		key: "refund.created.debit", origin: f.id,
	}
	if f.voided {
		x.amount, x.key = f.charge.earned(), "refund.voided.debit"
	}
	return x
}

func (d *dispute) book(rows []transaction) []transaction {
	rows = append(rows, d.started())
	if d.won {
		rows = append(rows, d.regained())
	}
	return rows
}

func (d *dispute) started() transaction {
	return transaction{
		id: d.transaction, created: d.created, amount: d.funding, currency: d.charge.funding,
		key: "dispute.started.debit", origin: d.id,
	}
}

// regained is what a dispute brings back when it is won.
func (d *dispute) regained() transaction {
	return transaction{
		id: d.regainedBy, created: d.closed, amount: d.funding, currency: d.charge.funding,
		credit: true, key: "dispute.won.credit", origin: d.id,
	}
}

// book adds what leaves for the recipient's bank, its fee included.
func (x *transfer) book(rows []transaction) []transaction {
	if x.sent == 0 {
		return rows
	}
	return append(rows, x.booked())
}

func (x *transfer) booked() transaction {
	return transaction{
		id: x.transaction, created: x.sent, amount: x.terms.at(x.sent).amount, currency: x.currency,
		key: "transfer.sent.debit", origin: x.id,
	}
}
