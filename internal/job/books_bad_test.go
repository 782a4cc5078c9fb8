package job_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
)

// An export that is empty neither makes a break nor cures one, whatever its
// format and whatever it covers.
func TestAnEmptyBookIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, source, says string
		empty              []byte // nil: its header alone
	}{
		{name: "books/orders.csv", source: wholeBook, says: "it lists no record at all (0 row(s), 0 unreadable)"},
		{name: "books/orders.csv", source: wholeBook, empty: []byte{}, says: "the file is empty"},
		{name: "books/orders.xlsx", source: wholeBook, says: "it lists no record at all"},
		{name: "books/orders.xlsx", source: wholeBook, empty: []byte{}, says: "the file is no workbook that can be opened"},
		{name: "books/orders.jsonl", source: wholeBook, empty: []byte{}, says: "it lists no record at all"},
		{name: "books/orders.csv", source: dailyBooks, empty: []byte{}, says: "the file is empty"},
		{name: "books/orders.xlsx", source: dailyBooks, empty: []byte{}, says: "the file is no workbook that can be opened"},
	} {
		t.Run(fmt.Sprintf("%s %.17s", filepath.Base(test.name), test.says), func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, test.source)
			s.sell("A-1", 1200_00)
			stray := s.sell("A-2", 300_00)
			s.write(test.name, paid("A-1", "1250.00"))
			s.breaks(s.night(), "amount_mismatch A-1 new", "missing_in_records "+stray+" new")
			s.tomorrow()
			if s.write(test.name); test.empty != nil {
				s.save(test.name, test.empty)
			}
			s.breaks(s.partial(test.says), "amount_mismatch A-1 open", "missing_in_records "+stray+" open")
			s.tomorrow()
			s.write(test.name, paid("A-1", "1200.00"), paid("A-2", "300.00"))
			s.breaks(s.night(), "amount_mismatch A-1 cured", "missing_in_records "+stray+" cured")
		})
	}
}

// The first book of all being empty, nothing is known of the orders: none of
// the charges is called missing.
func TestAFirstBookThatIsEmptyMakesNoBreaks(t *testing.T) {
	t.Parallel()
	for _, source := range []string{wholeBook, dailyBooks} {
		s := newBookshop(t, source)
		s.sell("A-1", 1200_00)
		s.save("books/orders.csv", nil)
		s.breaks(s.partial("the file is empty"))
	}
}

// A day without orders is no mistake where files only add to the books.
func TestADayWithoutOrders(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"books/orders-%d.csv", "books/orders-%d.xlsx", "books/orders-%d.jsonl"} {
		s := newBookshop(t, dailyBooks)
		s.sell("A-1", 1200_00)
		s.write(fmt.Sprintf(name, 1), paid("A-1", "1250.00"))
		s.breaks(s.night(), "amount_mismatch A-1 new")
		s.tomorrow()
		s.write(fmt.Sprintf(name, 2))
		s.breaks(s.night(), "amount_mismatch A-1 open")
	}
}

func TestNoBookIsThere(t *testing.T) {
	t.Parallel()
	const says = "account main: records orders: no file matches books/orders*: check the path, or set optional: true if there need not be one"
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	first := s.partial(says)
	s.breaks(first)
	same(t, "all that is wrong", []string{says}, first.Errors)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.remove("books/orders.csv")
	s.tomorrow()
	s.breaks(s.partial(says), "amount_mismatch A-1 open")
}

// An optional book may be missing from the start, and may go.
func TestAnOptionalBookMayBeMissing(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: orders, path: books/orders*, covers: all, optional: true}")
	s.sell("A-1", 1200_00)
	s.breaks(s.night())
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.remove("books/orders.csv")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 open")
}

// A book that is too old is compared all the same: what it says is not wrong,
// only late.
func TestABookThatIsTooOld(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: orders, path: books/orders*, covers: all}")
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 open")
	s.tomorrow()
	late := s.partial("is 2d old, more than max_age 1d12h")
	s.breaks(late, "amount_mismatch A-1 open")
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "amount_mismatch A-1 cured")
}

// What is wrong with the columns of a book is wrong with all of it.
func TestColumnsThatCannotBeUnderstood(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, columns, says string
		entry               row
	}{
		{
			name: "not there", columns: ", columns: {amount: price}", entry: paid("A-1", "1200.00"),
			says: "/books/orders.csv: `columns` names \"price\" for amount, and there is no such column; there are: \"created_at\", \"order_id\", \"status\", \"total\"",
		},
		{
			name: "two for one", entry: paid("A-1", "1200.00").but("Total", "1100.00"),
			says: "the columns \"Total\" and \"total\" could both be amount; say which in `columns: {amount: \"Total\"}`",
		},
		{
			name: "none tells records apart", entry: paid("A-1", "1200.00").without("order_id"),
			says: "no column holds an order reference or a charge id",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, "{name: orders, path: books/orders*, covers: all"+test.columns+"}")
			s.sell("A-1", 1200_00)
			s.write("books/orders.csv", test.entry)
			s.breaks(s.partial(test.says))
		})
	}
}

// A row that cannot be read is a break of its own; the other rows count, and
// the charge behind it is not called missing.
func TestARowThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, says string
		entry      row
	}{
		{name: "three decimals", entry: paid("A-2", "300.125"), says: "its amount may have thousands or three decimals; export amounts with exactly two decimals"},
		{name: "unknown currency", entry: paid("A-2", "300.00").but("currency", "THX"), says: "its currency"},
		{name: "no date", entry: paid("A-2", "300.00").but("created_at", "yesterday"), says: "created at"},
		{name: "id of live mode", entry: paid("A-2", "300.00").but("charge_id", "chrg_5xabcdef"), says: "is an id of live mode"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, wholeBook)
			s.sell("A-1", 1200_00)
			s.sell("A-2", 300_00)
			s.write("books/orders.csv", paid("A-1", "1250.00"), test.entry)
			night := s.night()
			s.breaks(night, "amount_mismatch A-1 new", "unreadable_record orders:3 new")
			row := s.breakOf(night, "orders:3")
			wantIn(t, "explanation", row["explanation"], "Row 3 of orders.csv", test.says)
			s.tomorrow()
			s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"))
			s.breaks(s.night(), "amount_mismatch A-1 open", "unreadable_record orders:3 cured")
		})
	}
}

// Another program goes on writing a book while the one before it is read.
func TestABookThatGrowsWhileItIsRead(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, dailyBooks)
	s.sell("A-1", 1200_00)
	stray := s.sell("A-2", 300_00)
	s.write("books/orders-1.csv", paid("A-1", "1250.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new", "missing_in_records "+stray+" new")
	s.tomorrow()
	s.write("books/orders-1.csv", paid("A-1", "1260.00"))
	s.write("books/orders-2.csv", paid("A-2", "300.00"))
	quiet := s.env.Log
	s.env.Log = slog.New(heard(func(message string) {
		if message == "records read" {
			s.write("books/orders-2.csv", paid("A-2", "300.00"), paid("A-3", "400.00"))
		}
	}))
	s.breaks(s.partial("orders-2.csv: the file changed while it was read"), "amount_mismatch A-1 open", "missing_in_records "+stray+" open")
	s.env.Log = quiet
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 open", "missing_at_omise A-3 new", "missing_in_records "+stray+" cured")
}
