package ledger

import (
	"fmt"
	"strings"
)

// table says how one kind of object is stored: its table, and its columns with
// the fields they hold. Every statement on objects is made from it.
type table[T any] struct {
	object  Object
	name    string
	columns []string // after account and id
	gone    string   // the one of them that marks what is no longer there; "": rows of the table stay
	// fields points at account, id and then the columns, for reading and
	// writing alike.
	fields func(*T) []any
}

var chargeTable = table[Charge]{
	object: ChargeObject, name: "charges",
	columns: strings.Fields(`created_at status amount currency authorized paid capture capturable reversed voided expired
		authorized_amount captured_amount refunded_amount funding_amount funding_currency fee fee_vat interest interest_vat net
		paid_at authorized_at expires_at expired_at reversed_at authorization_type description metadata customer card
		card_brand card_fingerprint source source_type transaction dispute dispute_status schedule link failure_code
		refundable partially_refundable can_perform_void refunds`),
	fields: func(c *Charge) []any {
		return []any{
			&c.Account, &c.ID, &c.CreatedAt, &c.Status, &c.Amount, &c.Currency, &c.Authorized, &c.Paid, &c.Capture, &c.Capturable, &c.Reversed, &c.Voided, &c.Expired,
			&c.AuthorizedAmount, &c.CapturedAmount, &c.RefundedAmount, &c.FundingAmount, &c.FundingCurrency, &c.Fee, &c.FeeVAT, &c.Interest, &c.InterestVAT, &c.Net,
			&c.PaidAt, &c.AuthorizedAt, &c.ExpiresAt, &c.ExpiredAt, &c.ReversedAt, &c.AuthorizationType, &c.Description, &c.Metadata, &c.Customer, &c.Card,
			&c.CardBrand, &c.CardFingerprint, &c.Source, &c.SourceType, &c.Transaction, &c.Dispute, &c.DisputeStatus, &c.Schedule, &c.Link, &c.FailureCode,
			&c.Refundable, &c.PartiallyRefundable, &c.CanPerformVoid, &c.Refunds,
		}
	},
}

var refundTable = table[Refund]{
	object: RefundObject, name: "refunds",
	columns: strings.Fields(`charge created_at amount currency funding_amount funding_currency status voided transaction`),
	fields: func(r *Refund) []any {
		return []any{&r.Account, &r.ID, &r.Charge, &r.CreatedAt, &r.Amount, &r.Currency, &r.FundingAmount, &r.FundingCurrency, &r.Status, &r.Voided, &r.Transaction}
	},
}

var disputeTable = table[Dispute]{
	object: DisputeObject, name: "disputes",
	columns: strings.Fields(`charge created_at closed_at status reason_code amount currency funding_amount funding_currency`),
	fields: func(d *Dispute) []any {
		return []any{&d.Account, &d.ID, &d.Charge, &d.CreatedAt, &d.ClosedAt, &d.Status, &d.ReasonCode, &d.Amount, &d.Currency, &d.FundingAmount, &d.FundingCurrency}
	},
}

var customerTable = table[Customer]{
	object: CustomerObject, name: "customers", gone: "deleted",
	columns: strings.Fields(`created_at email default_card deleted`),
	fields: func(c *Customer) []any {
		return []any{&c.Account, &c.ID, &c.CreatedAt, &c.Email, &c.DefaultCard, &c.Deleted}
	},
}

var cardTable = table[Card]{
	object: CardObject, name: "cards", gone: "deleted",
	columns: strings.Fields(`customer created_at brand last_digits name bank country expiration_month expiration_year fingerprint deleted`),
	fields: func(c *Card) []any {
		return []any{&c.Account, &c.ID, &c.Customer, &c.CreatedAt, &c.Brand, &c.LastDigits, &c.Name, &c.Bank, &c.Country, &c.ExpirationMonth, &c.ExpirationYear, &c.Fingerprint, &c.Deleted}
	},
}

var recordTable = table[Record]{
	object: RecordObject, name: "records", gone: "gone",
	columns: strings.Fields(`source order_ref charge amount currency status word refunded created_at gone`),
	fields: func(r *Record) []any {
		return []any{&r.Account, &r.ID, &r.Source, &r.OrderRef, &r.Charge, &r.Amount, &r.Currency, &r.Status, &r.Word, &r.Refunded, &r.CreatedAt, &r.Gone}
	},
}

var breakTable = table[Break]{
	object: BreakObject, name: "breaks",
	columns: strings.Fields(`kind source record_ref charge refund field record_value omise_value difference amount currency happened_at explanation opened cured`),
	fields: func(b *Break) []any {
		return []any{
			&b.Account, &b.ID, &b.Kind, &b.Source, &b.RecordRef, &b.Charge, &b.Refund, &b.Field, &b.RecordValue, &b.OmiseValue,
			&b.Difference, &b.Amount, &b.Currency, &b.HappenedAt, &b.Explanation, &b.Opened, &b.Cured,
		}
	},
}

// list gives the table's columns after account and id, each behind prefix.
// They are quoted, "transaction" being a word of SQL's own.
func (t table[T]) list(prefix string) string {
	quoted := make([]string, len(t.columns))
	for i, column := range t.columns {
		quoted[i] = prefix + `"` + column + `"`
	}
	return strings.Join(quoted, ", ")
}

// selection is every field of T, in the order of fields, read through alias.
func (t table[T]) selection(alias string) string {
	return fmt.Sprintf("%s.account, %s.id, %s", alias, alias, t.list(alias+"."))
}

func (t table[T]) differs(a, b string) string {
	return fmt.Sprintf("(%s) IS NOT (%s)", t.list(a+"."), t.list(b+"."))
}

// insertInbox takes the window and then fields. A row that a page repeats
// replaces its earlier reading.
func (t table[T]) insertInbox() string {
	return fmt.Sprintf("INSERT OR REPLACE INTO %s_inbox (window, account, id, %s) VALUES (?, ?, ?, %s)",
		t.name, t.list(""), placeholders(len(t.columns)))
}

// makeInbox is an inbox for the time of one transaction. Its name hides that of
// a lasting one.
func (t table[T]) makeInbox() string {
	return fmt.Sprintf("CREATE TEMP TABLE %s_inbox (window, account, id, %s, PRIMARY KEY (window, id)) WITHOUT ROWID", t.name, t.list(""))
}

// fillChanged fills the inbox with those rows of another table that are to be
// written: worth its while where that is little of much.
func (t table[T]) fillChanged(from string) string {
	return fmt.Sprintf(`INSERT INTO %[1]s_inbox (window, account, id, %[2]s) SELECT 0, i.account, i.id, %[3]s
		FROM %[4]s AS i LEFT JOIN %[1]s AS o ON o.account = i.account AND o.id = i.id WHERE o.id IS NULL OR %[5]s`,
		t.name, t.list(""), t.list("i."), from, t.differs("o", "i"))
}

// keepVersions takes run and window: what is about to change is kept, unless
// this very run wrote it, because a version is what held between two runs.
func (t table[T]) keepVersions() string {
	return fmt.Sprintf(`INSERT INTO %[1]s_versions (account, id, %[2]s, since, until, seal)
		SELECT o.account, o.id, %[3]s, o.since, ?1, o.seal FROM %[1]s_inbox AS i
		CROSS JOIN %[1]s AS o ON o.account = i.account AND o.id = i.id
		WHERE i.window = ?2 AND o.since < ?1 AND %[4]s`,
		t.name, t.list(""), t.list("o."), t.differs("o", "i"))
}

// upsert takes run and window. An unchanged row is not written.
func (t table[T]) upsert() string {
	set := make([]string, len(t.columns))
	for i, column := range t.columns {
		set[i] = fmt.Sprintf(`"%s" = excluded."%s"`, column, column)
	}
	return fmt.Sprintf(`INSERT INTO %[1]s (account, id, %[2]s, since, seal)
		SELECT account, id, %[2]s, ?1, %[5]s FROM %[1]s_inbox WHERE window = ?2 ORDER BY account, id
		ON CONFLICT (account, id) DO UPDATE SET %[3]s, since = ?1, seal = excluded.seal WHERE %[4]s`,
		t.name, t.list(""), strings.Join(set, ", "), t.differs(t.name, "excluded"), t.sealed("", "?1"))
}

// emptyInbox takes the window.
func (t table[T]) emptyInbox() string {
	return fmt.Sprintf("DELETE FROM %s_inbox WHERE window = ?", t.name)
}
