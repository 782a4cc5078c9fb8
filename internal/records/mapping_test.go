package records

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadersCompareWithoutCaseAndSigns(t *testing.T) {
	for _, header := range []string{"order_id", "Order ID", "ORDER-ID", "orderId", " Order\u00a0Id ", "ｏｒｄｅｒ＿ｉｄ"} {
		reading, sink, err := readText(t, "a.csv", `"`+header+"\"\n000123\n")
		if err != nil || len(sink.records) != 1 || reading.Columns[0].Header != header {
			t.Errorf("header %q: %v, %v, %v", header, reading.Columns, sink.records, err)
		}
	}
}

func TestFirstHeaderOfAFieldCounts(t *testing.T) {
	for header, want := range map[string]string{
		"grand_total,total,order_id":                  "amount total, order_ref order_id",
		"id,order_number,order_id,amount_cents,total": "amount amount_cents, charge_id id, order_ref order_id",
		"name,status,id":                              "charge_id id, order_ref id, status status",
		"name,financial_status,id":                    "charge_id id, order_ref name, status financial_status",
		"x_reference,date,created_at,total_refunded":  "created_at created_at, order_ref x_reference, refunded total_refunded",
		"reference,charge,booking_id":                 "charge_id charge, charge_id reference, order_ref booking_id",
	} {
		reading, _, err := readText(t, "a.csv", header+"\n")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range reading.Columns {
			got = append(got, fmt.Sprintf("%s %s", c.Field, c.Header))
		}
		if sorted := sortedJoin(got); sorted != want {
			t.Errorf("%s is read as %s, want %s", header, sorted, want)
		}
	}
}

func TestUnitsFollowTheHeader(t *testing.T) {
	for _, tc := range []struct {
		header string
		source Source
		want   string
	}{
		{"id,amount,refunded_amount", Source{}, "amount major, refunded major"},
		{"id,amount,refunded_amount", Source{Minor: true}, "amount minor, refunded minor"},
		{"id,amount_minor,refunded_amount", Source{}, "amount minor, refunded minor"},
		{"id,AmountSatang,refunded_amount", Source{}, "amount minor, refunded minor"},
		{"id,price_in_cents,back_satang", Source{Columns: map[Field]string{Amount: "price in cents", Refunded: "back_satang"}}, "amount minor, refunded minor"},
		{"id,total,back_satang", Source{Columns: map[Field]string{Refunded: "back_satang"}}, "amount major, refunded minor"},
		{"id,percents", Source{Columns: map[Field]string{Amount: "percents"}}, "amount major"},
		{"id,refunded", Source{Minor: true}, "refunded minor"},
	} {
		reading, _, err := readWith(tc.source, file(t, "a.csv", tc.header+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range reading.Columns {
			if c.Field == Amount || c.Field == Refunded {
				got = append(got, fmt.Sprintf("%s %.5s", c.Field, c.As))
			}
		}
		if sorted := sortedJoin(got); sorted != tc.want {
			t.Errorf("%s is read as %s, want %s", tc.header, sorted, tc.want)
		}
	}
}

func TestHeadersThatCannotBeUsed(t *testing.T) {
	for _, tc := range []struct {
		header string
		source Source
		says   string // "" when the file can be read
	}{
		{"Order ID,order_id,total", Source{}, `the columns "Order ID" and "order_id" could both be order_ref; say which in ` + "`columns: {order_ref: \"Order ID\"}`"},
		{"Order ID,order_id,total", Source{Columns: map[Field]string{OrderRef: "order_id"}}, ""},
		{"id,id,total", Source{}, `two columns are called "id"`},
		{"id,total,total", Source{}, `two columns are called "total" and both could be amount; rename one`},
		{"order_id,date,date,created_at", Source{}, ""},
		{"order_id,note,note", Source{}, ""},
		{"total,status", Source{}, `no column holds an order reference or a charge id; name one in ` + "`columns: {order_ref: ..., charge_id: ...}`" + `; there are: "total", "status"`},
		{"order_id,total", Source{Columns: map[Field]string{Amount: "price"}}, `names "price" for amount, and there is no such column; there are: "order_id", "total"`},
		{"order_id,total", Source{Where: map[string][]string{"method": {"x"}}}, "`where` names the column \"method\", and there is no such column"},
		{"order_id,Method,method", Source{Where: map[string][]string{"METHOD": {"x"}}}, "several columns are called that"},
	} {
		_, _, err := readWith(tc.source, file(t, "a.csv", tc.header+"\n"))
		if (err == nil) != (tc.says == "") || (err != nil && !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%s: %v; want %q", tc.header, err, tc.says)
		}
	}
}

func TestWhatIsShownOfColumns(t *testing.T) {
	const text = "Order,order_id,total,currency,wc status,date,memo\n" +
		"1,0001,\"1,234.50\",,paid,02/11/2569,\"a\nb\"\n2,0002,x,thb,shipped,02/11/2569,\n3,0003,5,,paid,,\n4,0004,6,,,,\n5,,7,,,,\n"
	reading, _, err := readWith(Source{
		Currency: "JPY", Zone: place("Asia/Bangkok"), DateFormat: "02/01/2006", Buddhist: true,
		Columns: map[Field]string{Status: "wc status"},
	}, file(t, "a.csv", text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Column{
		{OrderRef, "order_id", "text", []string{"0001", "0002", "0003"}},
		{Amount, "total", "major units, currency from the column currency, else JPY", []string{"1,234.50 -> unreadable", "x -> unreadable", "5 -> 5 JPY"}},
		{Currency, "currency", "currency code", []string{"thb -> THB"}},
		{Status, "wc status", "status word", []string{"paid"}},
		{CreatedAt, "date", "time as 02/01/2006, Buddhist years, Asia/Bangkok where it has no zone", nil},
	}
	if diff := cmp.Diff(want, reading.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Order", "memo"}, reading.Unused); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}

func TestWherePatterns(t *testing.T) {
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"omise", "omise", true},
		{"omise", "Omise ", true},
		{"omise", "omise_cards", false},
		{"omise_*", "omise_cards", true},
		{"omise_*", "omise_", true},
		{"*", "", true},
		{"", "", true},
		{"", "x", false},
		{"*a*b", "xaxxb", true},
		{"*a*b", "xbxxa", false},
		{"a*a", "a", false},
		{"*ab*ab*", "ab", false},
		{"[a]?", "[A]?", true},
		{"a/*", "a/b/c", true},
		{"บัตร*", "บัตรเครดิต", true},
	} {
		c := condition{patterns: []string{folded(tc.pattern)}}
		if got := c.holds(tc.text); got != tc.want {
			t.Errorf("pattern %q holds for %q: %v, want %v", tc.pattern, tc.text, got, tc.want)
		}
	}
}

func TestEveryHeaderOfWhereMustHold(t *testing.T) {
	reading, sink, err := readWith(Source{Where: map[string][]string{"method": {"omise", "card*"}, "shop id": {"1"}}},
		file(t, "a.csv", "order_id,method,shop_id\n1,omise,1\n2,cards,1\n3,cash,1\n4,omise,2\n5\n"))
	want := []string{"2: 1 - - - () - -", "3: 2 - - - () - -"}
	if diff := cmp.Diff(want, sink.records); err != nil || diff != "" || reading.Skipped[notInWhere] != 3 {
		t.Errorf("records: %v, %v\n%s", reading.Skipped, err, diff)
	}
}
