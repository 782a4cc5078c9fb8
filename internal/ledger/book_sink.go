package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// BookSink takes the rows of a book as they are read. An error ends the reading.
type BookSink interface {
	Record(r Record, row int) error
	Unreadable(u UnreadableRow) error
}

// bookSink puts the rows into temporary tables, where they wait for the end of
// the book: the ledger's file does not grow by what is only on its way.
type bookSink struct {
	ctx                context.Context
	account, source    string
	record, unreadable *sql.Stmt
}

func (b *book) open() (*bookSink, error) {
	err := b.exec("CREATE TEMP TABLE arrived (row, id, order_ref, charge, amount, currency, status, word, refunded, created_at); " +
		"CREATE TEMP TABLE unreadable_inbox (row INTEGER PRIMARY KEY, ref, hash, field, value, reason)")
	if err != nil {
		return nil, err
	}
	s := &bookSink{ctx: context.WithoutCancel(b.ctx), account: b.account, source: b.source}
	s.record, err = b.tx.PrepareContext(b.ctx, "INSERT INTO arrived VALUES ("+placeholders(10)+")")
	if err != nil {
		return nil, err
	}
	s.unreadable, err = b.tx.PrepareContext(b.ctx, "INSERT OR REPLACE INTO unreadable_inbox VALUES (?, ?, ?, ?, ?, ?)")
	return s, err
}

// sort orders the rows by their ids; of two with one id the later counts.
// Whatever follows then reads book and ledger side by side, which is several
// times as fast as looking records up in the order of the book.
func (b *book) sort() error {
	if err := b.exec(fmt.Sprintf("CREATE TEMP TABLE book (id PRIMARY KEY, row, account, %s) WITHOUT ROWID", recordTable.list(""))); err != nil {
		return err
	}
	const columns = "id, row, order_ref, charge, amount, currency, status, word, refunded, created_at"
	return b.exec("INSERT OR REPLACE INTO book (account, source, gone, "+columns+") SELECT ?, ?, 0, "+columns+" FROM arrived ORDER BY id, row", b.account, b.source)
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
