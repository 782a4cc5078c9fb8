package records

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

func sortedJoin(texts []string) string {
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

func TestValuesThatSayThatThereIsNone(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id,transaction_id,total,currency,status,refunded,created_at\n"+
		"1,NULL,null,\\N,n/a,-,—\n"+
		"NULL,,5,,,,\n"+
		"TRUE,chrg_1,5,,,False,0000-00-00\n"+
		"none,chrg_2,NaN,,,yes,\n"+
		"-,,,,,,\n"+
		" , ,,,,,\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2: 1 - - - () - -", "4: - chrg_1 500 THB () - -", "5: - chrg_2 - - () - -"}, sink.records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`3: row ""`, `6: row ""`}, sink.unreadable); diff != "" {
		t.Errorf("unreadable (-want +got):\n%s", diff)
	}
}

func TestIdsOfTheOtherMode(t *testing.T) {
	live, test := true, false
	for _, tc := range []struct {
		live *bool
		id   string
		says string
	}{
		{&live, "chrg_5abc", ""},
		{&test, "trxn_test_5abc", ""},
		{nil, "chrg_5abc", ""},
		{nil, "chrg_test_5abc", ""},
		{&live, "chrg_test_5abc", "test mode"},
		{&test, "trxn_5abc", "live mode"},
		{nil, "chrg_", "is not an id"},
		{nil, "chrg_test_", "is not an id"},
		{nil, "CHRG_5ABC", "is not an id"},
		{nil, "chrg_5abc chrg_5def", "is not an id"},
		{nil, "chrg_5ab-c", "is not an id"},
	} {
		_, sink, err := readWith(Source{Live: tc.live}, file(t, "a.csv", "charge_id\n"+tc.id+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if read := len(sink.records) == 1; read != (tc.says == "") {
			t.Errorf("%s: %v, %v", tc.id, sink.records, sink.unreadable)
		}
		if tc.says != "" && !strings.Contains(sink.rows[0].Reason, tc.says) {
			t.Errorf("%s: %s; want %q", tc.id, sink.rows[0].Reason, tc.says)
		}
	}
}

func TestOrderReferencesThatASpreadsheetShortened(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id\n1.23457E+11\n1E5\n2.5\n")
	if err != nil || len(sink.records) != 2 || len(sink.rows) != 1 || !strings.Contains(sink.rows[0].Reason, "as text") {
		t.Errorf("%v, %v, %v", sink.records, sink.rows, err)
	}
}

func TestOrderReferencesAreComposed(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id\ncafe\u0301\n")
	if want := []string{"2: caf\u00e9 - - - () - -"}; err != nil || !slices.Equal(sink.records, want) {
		t.Errorf("%q, %v; want %q", sink.records, err, want)
	}
}

func TestStatusWords(t *testing.T) {
	in, err := newIntake(Source{Statuses: map[string]ledger.RecordStatus{"Shipped out": "paid", "new": "failed", "wc-x": "refunded"}}, nil, Reading{})
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]ledger.RecordStatus{
		"Paid": "paid", " SUCCEEDED ": "paid", "wc-processing": "paid", "WC-Completed": "paid", "settled": "paid",
		"authorised": "authorized", "held": "authorized", "unpaid": "pending",
		"on-hold": "on-hold", "On Hold": "on-hold", "on_hold": "on-hold", "wc-on-hold": "on-hold",
		"declined": "failed", "expired": "cancelled", "voided": "cancelled", "reversed": "cancelled",
		"partial-refund": "partially_refunded", "Partially Refunded": "partially_refunded",
		"shipped_out": "paid", "new": "failed", "x": "refunded", "lost": "",
	} {
		if got := in.words[statusKey(word)]; got != want {
			t.Errorf("%q means %q, want %q", word, got, want)
		}
	}
}

func TestUnreadableRowsAreKnownAgain(t *testing.T) {
	read := func(text string) string {
		_, sink, err := readText(t, "a.csv", text)
		if err != nil || len(sink.rows) != 1 {
			t.Fatal(sink.rows, err)
		}
		return sink.rows[0].Hash
	}
	first := read("order_id,total,memo\n1,x,\n")
	if again := read("order_id,total,memo\n2,5,\n1,x\n"); again != first {
		t.Errorf("the same row further down has another hash")
	}
	if other := read("order_id,total,memo\n1,x,y\n"); other == first {
		t.Errorf("another row has the same hash")
	}
}

func TestValuesAreCut(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id,total,status\n1,"+strings.Repeat("ก", 300)+",x\n2,,"+strings.Repeat("ข", 300)+"\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := sink.rows[0].Value; got != strings.Repeat("ก", 200) {
		t.Errorf("value of %d characters", len([]rune(got)))
	}
	if want := "3: 2 - - - (" + strings.Repeat("ข", 100) + ") - -"; sink.records[0] != want {
		t.Errorf("record %s, want %s", sink.records[0], want)
	}
}

func TestOnlyTheFirstReasonsAreShown(t *testing.T) {
	reading, sink, err := readText(t, "a.csv", "order_id,total\n"+strings.Repeat("1,x\n", 50))
	if err != nil || len(reading.Reasons) != 20 || len(sink.rows) != 50 || reading.Unreadable != 50 {
		t.Errorf("%d reasons of %d rows, %v", len(reading.Reasons), len(sink.rows), err)
	}
}

func TestAmountsWithoutACurrency(t *testing.T) {
	_, sink, err := readWith(Source{}, file(t, "a.csv", "order_id,total\n1,5\n2,\n"))
	if err != nil || len(sink.records) != 1 || !strings.Contains(sink.rows[0].Reason, "set `currency`") {
		t.Errorf("%v, %v, %v", sink.records, sink.rows, err)
	}
}

func TestBuddhistYearsNeedFourDigits(t *testing.T) {
	_, _, err := readWith(Source{Buddhist: true, DateFormat: "02/01/06"}, file(t, "a.csv", "order_id\n"))
	if err == nil || !strings.Contains(err.Error(), "four digits") {
		t.Errorf("%v", err)
	}
}
