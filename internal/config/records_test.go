package config_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
)

func source(t *testing.T, text string) config.Records {
	t.Helper()
	c := mustParse(t, minimal+"records:\n  - "+text+"\n")
	roundTrip(t, c)
	return c.Records[0]
}

func TestRecordsDefaults(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Bangkok")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Records{
		Name: "orders", Account: "main", Path: "./books/*.csv",
		Timezone: "Asia/Bangkok", Zone: zone, Encoding: "utf-8", Grace: 24 * time.Hour, MaxAge: 36 * time.Hour,
	}
	for name, text := range map[string]string{
		"left out": "{name: orders, path: ./books/*.csv}",
		"written": `{name: orders, account: main, path: ./books/*.csv, covers: changes, where: {}, all_omise: false, amount_unit: major,
      timezone: Asia/Bangkok, date_format: "", buddhist: false, encoding: utf-8, grace: 24h, max_age: 36h, optional: false,
      columns: {}, statuses: }`,
	} {
		if diff := cmp.Diff(want, source(t, text), comparers); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRecordsEverything(t *testing.T) {
	c := mustParse(t, `
records:
  - name: orders
    account: second
    path: ./books/orders-*.xlsx
    sheet: 注文
    covers: all
    since: 2026-01-01
    where: {Payment Method: [omise, "omise_*"], state: done}
    all_omise: true
    amount_unit: minor
    currency: jpy
    timezone: Asia/Tokyo
    date_format: 02/01/2006
    buddhist: true
    encoding: shift_jis
    grace: 0
    max_age: 2d
    optional: true
    columns: {order_ref: 注文番号, created_at: Paid at}
    statuses: {300: paid, "yes": paid, ชำระแล้ว: partially_refunded}
  - name: shop-db
    account: first
    driver: postgres
    dsn_env: SHOP_DSN
    query: |
      SELECT order_id, charge_id
      	FROM orders;
ledger: a.db
accounts: [{name: first, secret_key_env: A, timezone: Asia/Singapore}, {name: second, secret_key_env: B}]
`)
	tokyo, singapore := zoneOf(t, "Asia/Tokyo"), zoneOf(t, "Asia/Singapore")
	want := []config.Records{
		{
			Name: "orders", Account: "second", Path: "./books/orders-*.xlsx", Sheet: "注文", Whole: true, Since: "2026-01-01",
			Where: map[string][]string{"Payment Method": {"omise", "omise_*"}, "state": {"done"}}, AllOmise: true, Minor: true,
			Currency: "JPY", Timezone: "Asia/Tokyo", Zone: tokyo, DateFormat: "02/01/2006", Buddhist: true, Encoding: "shift_jis",
			MaxAge: 48 * time.Hour, Optional: true,
			Columns:  map[string]string{"order_ref": "注文番号", "created_at": "Paid at"},
			Statuses: map[string]string{"300": "paid", "yes": "paid", "ชำระแล้ว": "partially_refunded"},
		},
		{
			Name: "shop-db", Account: "first", Driver: "postgres", DSNEnv: "SHOP_DSN", Query: "SELECT order_id, charge_id\n\tFROM orders;\n",
			Timezone: "Asia/Singapore", Zone: singapore, Encoding: "utf-8", Grace: 24 * time.Hour, MaxAge: 36 * time.Hour,
		},
	}
	if diff := cmp.Diff(want, c.Records, comparers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	roundTrip(t, c)
}

func TestRecordsPath(t *testing.T) {
	c := mustParse(t, minimal+"records: [{name: orders, path: ./books/*.csv}]\n")
	here, err := filepath.Abs("books/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{"/srv": "/srv/books/*.csv", ".": here, "/srv/shop[1]*": `/srv/shop\[1]\*/books/*.csv`} {
		c.Folder = folder
		if got := c.RecordsPath(c.Records[0]); got != want {
			t.Errorf("in %s: %s, want %s", folder, got, want)
		}
	}
	c.Records[0].Path = "/mnt/*.csv"
	if got := c.RecordsPath(c.Records[0]); got != "/mnt/*.csv" {
		t.Errorf("absolute: %s", got)
	}
}

func TestDSN(t *testing.T) {
	c := &config.Config{Folder: "/srv"}
	for _, tt := range []struct{ driver, value, want string }{
		{"sqlite", "shop.db", "/srv/shop.db"},
		{"sqlite", " /var/shop.db\n", "/var/shop.db"},
		{"postgres", "postgres://shop@db/shop", "postgres://shop@db/shop"},
		{"mysql", "", "environment variable SHOP is not set; set it to the DSN of the mysql database"},
	} {
		got, err := c.DSN(config.Records{Driver: tt.driver, DSNEnv: "SHOP"}, func(name string) string {
			return map[string]string{"SHOP": tt.value}[name]
		})
		if err != nil {
			got += err.Error()
		}
		if got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.driver, tt.value, got, tt.want)
		}
	}
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestRecordsEffective(t *testing.T) {
	r := source(t, "{name: db, driver: sqlite, dsn_env: DSN, query: SELECT 1, where: {b: '*', a: [x, y]}, statuses: {z: paid, k: failed}}")
	got, err := r.Effective()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"db","account":"main","driver":"sqlite","dsn_env":"DSN","query":"SELECT 1","covers":"changes",` +
		`"where":{"a":["x","y"],"b":["*"]},"all_omise":false,"amount_unit":"major","timezone":"Asia/Bangkok","buddhist":false,` +
		`"encoding":"utf-8","grace":"1d","max_age":"1d12h","optional":false,"statuses":{"k":"failed","z":"paid"}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRecordsProblems(t *testing.T) {
	const file = "name: orders, path: a.csv"
	const two = "ledger: a.db\naccounts: [{name: a, secret_key_env: A}, {name: b, secret_key_env: B}]\nrecords:\n  - "
	for _, tt := range []struct{ name, text, want string }{
		{"no list", "records: orders.csv", "c.yaml:3: records: must be a list; write [a, b] or one `- entry` per line"},
		{"text", "records: [orders.csv]", "c.yaml:3: records[0]: must be a section of `key: value` lines"},
		{"empty", "records: [{}]", "c.yaml:3: records[0]: has no name; add e.g. name: orders\n" +
			"c.yaml:3: records[0]: does not say where the records are; add path for files, or driver, dsn_env and query for a database"},
		{"bad name", "records: [{name: my orders, path: a.csv}]", `c.yaml:3: records[0].name: "my orders" must begin with a letter or digit and hold only letters, digits, _ . -`},
		{"same name", "records:\n  - {" + file + "}\n  - {" + file + "}", `c.yaml:5: records[1].name: "orders" is already the source of line 4; give each its own name`},
		{"unknown key", "records: [{" + file + ", colour: red}]", "c.yaml:3: records[0].colour: unknown key; known here: name, account, path, sheet, driver, dsn_env, query, covers, since, " +
			"where, all_omise, amount_unit, currency, timezone, date_format, buddhist, encoding, grace, max_age, optional, columns, statuses"},
		{"unknown account", "records: [{" + file + ", account: store}]", `c.yaml:3: records[0].account: "store" is no account of this config; write one of main`},
		{"dsn", "records: [{name: db, driver: mysql, query: SELECT 1, dsn: 'shop:hunter2@/shop'}]", "c.yaml:3: records[0].dsn: does not belong into the config, because it may hold a password; put it into an environment variable and name that with dsn_env\n" +
			"c.yaml:3: records[0]: has no dsn_env; a query needs driver, dsn_env and query"},
		{"dsn for its name", "records: [{name: db, driver: mysql, query: SELECT 1, dsn_env: 'shop:hunter2@/shop'}]", "c.yaml:3: records[0].dsn_env: must be the name of an environment variable that holds the DSN, e.g. SHOP_DSN; the DSN itself does not belong into the config"},
		{"half a query", "records: [{name: db, query: SELECT 1}]", "c.yaml:3: records[0]: has no driver and no dsn_env; a query needs driver, dsn_env and query"},
		{"both", "records: [{" + file + ", query: SELECT 1}]", "c.yaml:3: records[0].query: stands beside path; a source is files (path) or a query (driver, dsn_env, query)"},
		{"sheet of a query", "records: [{name: db, driver: mysql, dsn_env: D, query: SELECT 1, sheet: a}]", "c.yaml:3: records[0].sheet: is for files; a query has no sheets"},
		{"driver", "records: [{name: db, driver: oracle, dsn_env: D, query: SELECT 1}]", `c.yaml:3: records[0].driver: "oracle" is not known; write sqlite or postgres or mysql`},
		{"query", "records: [{name: db, driver: mysql, dsn_env: D, query: ' '}]", "c.yaml:3: records[0].query: is blank; write a query such as SELECT order_id, charge_id, total FROM orders"},
		{"control character", "records: [{name: db, driver: mysql, dsn_env: D, query: \"SELECT\\0 1\"}]", "c.yaml:3: records[0].query: holds a control character; remove it"},
		{"covers", "records: [{" + file + ", covers: whole}]", `c.yaml:3: records[0].covers: "whole" is not known; write changes or all`},
		{"since", "records: [{" + file + ", since: 2026-02-30}]", `c.yaml:3: records[0].since: "2026-02-30" must be a date such as 2026-01-31`},
		{"since a number", "records: [{" + file + ", since: 2026}]", `c.yaml:3: records[0].since: "2026" must be a date such as 2026-01-31`},
		{"where a word", "records: [{" + file + ", where: omise}]", "c.yaml:3: records[0].where: must be a section of `key: value` lines"},
		{"where a number", "records: [{" + file + ", where: {gateway: 3}}]", `c.yaml:3: records[0].where.gateway: "3" must be a text; put it in quotes`},
		{"where nothing", "records: [{" + file + ", where: {gateway: []}}]", "c.yaml:3: records[0].where.gateway: is empty; write at least one entry or remove the line"},
		{"where without header", "records: [{" + file + ", where: {' ': omise}}]", "c.yaml:3: records[0].where: has a key that is not a column's header; write it as it stands in the file"},
		{"amount unit", "records: [{" + file + ", amount_unit: satang}]", `c.yaml:3: records[0].amount_unit: "satang" is not known; write major or minor`},
		{"currency", "records: [{" + file + ", currency: BTC}]", `c.yaml:3: records[0].currency: "BTC" is not a currency that Omise has; write e.g. THB or JPY`},
		{"zone", "records: [{" + file + ", timezone: Local}]", `c.yaml:3: records[0].timezone: "Local" differs from machine to machine; write a name such as Asia/Bangkok`},
		{"date format", "records: [{" + file + ", date_format: dd/mm/yyyy}]", `c.yaml:3: records[0].date_format: "dd/mm/yyyy" does not give year, month and day; write how your file would write 2 January 2006, e.g. 02/01/2006 or 2006-01-02 15:04`},
		{"date format without year", "records: [{" + file + ", date_format: 02/01}]", `c.yaml:3: records[0].date_format: "02/01" does not give year, month and day; write how your file would write 2 January 2006, e.g. 02/01/2006 or 2006-01-02 15:04`},
		{"encoding", "records: [{" + file + ", encoding: sjis}]", `c.yaml:3: records[0].encoding: "sjis" is not known; write utf-8 or shift_jis or windows-874`},
		{"max age", "records: [{" + file + ", max_age: 0}]", "c.yaml:3: records[0].max_age: must be longer than 0"},
		{"columns", "records: [{" + file + ", columns: {order: no}}]", "c.yaml:3: records[0].columns.order: unknown key; known here: order_ref, charge_id, amount, currency, status, refunded, created_at"},
		{"column without header", "records: [{" + file + ", columns: {amount: }}]", "c.yaml:3: records[0].columns.amount: has no value; write a text or remove the line"},
		{"status", "records: [{" + file + ", statuses: {shipped: done}}]", `c.yaml:3: records[0].statuses.shipped: "done" is not known; write paid or authorized or pending or on-hold or failed or cancelled or refunded or partially_refunded`},
		{"status twice", "records:\n  - name: a\n    path: b\n    statuses:\n      Part Paid: paid\n      wc-part_paid: failed", "c.yaml:8: records[0].statuses.wc-part_paid: is the same word as the one on line 7; keep one"},
	} {
		t.Run(tt.name, func(t *testing.T) { refuses(t, minimal+tt.text+"\n", tt.want) })
	}
	refuses(t, two+"{"+file+"}\n", "c.yaml:4: records[0]: does not say whose records these are; add account: with one of a, b")
	refuses(t, "ledger: a.db\nrecords: [{"+file+"}]\naccounts: [{secret_key_env: A}]\n", "c.yaml:3: accounts[0]: has no name; add e.g. name: main")
}

func refuses(t *testing.T, text, want string) {
	t.Helper()
	_, err := config.Parse("c.yaml", []byte(text))
	if err == nil {
		t.Fatalf("no problem; want\n%s", want)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
