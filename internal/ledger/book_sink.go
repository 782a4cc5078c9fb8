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
// the book: the ledger's file does not grow by what is only on its way. Records
// are written by a goroutine of their own, while the next rows are understood.
type bookSink struct {
	ctx                context.Context
	account, source    string
	record, unreadable *sql.Stmt
	batch              []arrival
	batches            chan []arrival
	written            chan error // of the writer, when it has ended
}

// arrival is a record with its row.
type arrival struct {
	Record
	row int
}

// arrivals is how many records are handed to the writer at once.
const arrivals = 512

func (b *book) open() (*bookSink, error) {
	err := b.exec("CREATE TEMP TABLE arrived (row, id, order_ref, charge, amount, currency, status, word, refunded, created_at); " +
		"CREATE TEMP TABLE unreadable_inbox (row INTEGER PRIMARY KEY, ref, hash, field, value, reason)")
	if err != nil {
		return nil, err
	}
	s := &bookSink{ctx: context.WithoutCancel(b.ctx), account: b.account, source: b.source, batches: make(chan []arrival, 2), written: make(chan error, 1)}
	s.record, err = b.tx.PrepareContext(b.ctx, "INSERT INTO arrived VALUES ("+placeholders(10)+")")
	if err != nil {
		return nil, err
	}
	if s.unreadable, err = b.tx.PrepareContext(b.ctx, "INSERT OR REPLACE INTO unreadable_inbox VALUES (?, ?, ?, ?, ?, ?)"); err != nil {
		return nil, err
	}
	go func() { s.written <- s.write() }()
	return s, nil
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

// Record takes a record. An error may be that of an earlier one.
func (s *bookSink) Record(r Record, row int) error {
	if r.Charge == "" && r.OrderRef == "" {
		return fmt.Errorf("row %d: a record needs a charge id or an order reference", row)
	}
	s.batch = append(s.batch, arrival{r, row})
	if len(s.batch) < arrivals {
		return nil
	}
	return s.hand()
}

// hand gives the batch to the writer, or the error that ended it.
func (s *bookSink) hand() error {
	select {
	case s.batches <- s.batch:
		s.batch = make([]arrival, 0, arrivals)
		return nil
	case err := <-s.written:
		s.written <- err
		return err
	}
}

// write writes what arrives, until there is no more or the first error.
func (s *bookSink) write() error {
	for batch := range s.batches {
		for _, r := range batch {
			if _, err := s.record.ExecContext(s.ctx, r.row, RecordID(s.source, r.Charge, r.OrderRef),
				r.OrderRef, r.Charge, r.Amount, string(r.Currency), string(r.Status), r.Word, r.Refunded, r.CreatedAt); err != nil {
				return explain(err)
			}
		}
	}
	return nil
}

func (s *bookSink) Unreadable(u UnreadableRow) error {
	_, err := s.unreadable.ExecContext(s.ctx, u.Row, u.Ref, u.Hash, u.Field, u.Value, u.Reason)
	return explain(err)
}

// close waits until everything is written.
func (s *bookSink) close() error {
	var err error
	if len(s.batch) > 0 {
		err = s.hand()
	}
	close(s.batches)
	if failed := <-s.written; err == nil {
		err = failed
	}
	return errors.Join(err, s.record.Close(), s.unreadable.Close())
}
