package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// BookSink takes the rows of a book as they are read. An error ends the reading.
type BookSink interface {
	Record(r Record, row int) error
	Unreadable(u UnreadableRow) error
}

// bookSink puts the rows into temporary tables, where they wait for the end of
// the book: the ledger's file does not grow by what is only on its way.
type bookSink struct {
	ctx                context.Context //nolint:containedctx // it lives as long as SaveBook
	account, source    string
	record, unreadable *sql.Stmt
}

func (b *book) open() (*bookSink, error) {
	err := b.exec("CREATE TEMP TABLE book_rows (row, id, order_ref, charge, amount, currency, status, word, refunded, created_at); " +
		"CREATE TEMP TABLE unreadable_inbox (row INTEGER PRIMARY KEY, ref, hash, field, value, reason)")
	if err != nil {
		return nil, err
	}
	s := &bookSink{ctx: context.WithoutCancel(b.ctx), account: b.account, source: b.source}
	s.record, err = b.tx.PrepareContext(b.ctx, "INSERT INTO book_rows VALUES ("+placeholders(10)+")")
	if err != nil {
		return nil, err
	}
	s.unreadable, err = b.tx.PrepareContext(b.ctx, "INSERT OR REPLACE INTO unreadable_inbox VALUES (?, ?, ?, ?, ?, ?)")
	return s, err
}

// sort moves the rows into an inbox by their ids, of two with one id the later.
// Whatever follows then reads inbox and ledger side by side, which is several
// times as fast as looking up rows in the order of the book.
func (b *book) sort() error {
	if err := b.exec(recordTable.makeInbox("row")); err != nil {
		return err
	}
	const columns = "id, row, order_ref, charge, amount, currency, status, word, refunded, created_at"
	if err := b.exec("INSERT OR REPLACE INTO records_inbox (window, account, source, gone, "+columns+") SELECT 0, ?, ?, 0, "+columns+" FROM book_rows ORDER BY id, row",
		b.account, b.source); err != nil {
		return err
	}
	return b.exec("DROP TABLE book_rows")
}

// makeInbox is an inbox for the time of one transaction. Its name hides that of
// a lasting one.
func (t table[T]) makeInbox(more ...string) string {
	columns := append([]string{"window", "account", "id"}, more...)
	return fmt.Sprintf("CREATE TEMP TABLE %s_inbox (%s, %s, PRIMARY KEY (window, id)) WITHOUT ROWID", t.name, strings.Join(columns, ", "), t.list(""))
}

func (s *bookSink) Record(r Record, row int) error {
	if r.Charge == "" && r.OrderRef == "" {
		return fmt.Errorf("row %d: a record needs a charge id or an order reference", row)
	}
	_, err := s.record.ExecContext(s.ctx, row, RecordID(s.source, r.Charge, r.OrderRef),
		r.OrderRef, r.Charge, r.Amount, string(r.Currency), string(r.Status), r.Word, r.Refunded, r.CreatedAt)
	return explain(err)
}

func (s *bookSink) Unreadable(u UnreadableRow) error {
	_, err := s.unreadable.ExecContext(s.ctx, u.Row, u.Ref, u.Hash, u.Field, u.Value, u.Reason)
	return explain(err)
}

func (s *bookSink) close() error { return errors.Join(s.record.Close(), s.unreadable.Close()) }
