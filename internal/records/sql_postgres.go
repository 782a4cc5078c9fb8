package records

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// postgresDB speaks the protocol itself, because it gives every value as the
// text that the server writes: no amount passes through a float64, and a time
// without a zone is told from one that has it.
type postgresDB struct{ conn *pgconn.PgConn }

func openPostgres(ctx context.Context, dsn string) (database, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		// The cause may quote the DSN.
		return nil, fmt.Errorf("%w: write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with %%40 for @ and %%2F for / in the password", errDSN)
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, unreachable(err)
	}
	// Set for this transaction alone, so that a pool before the server does not
	// keep it.
	_, err = conn.Exec(ctx, `BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
		SET LOCAL client_encoding = 'UTF8'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1`).ReadAll()
	if err != nil {
		closePostgres(conn)
		return nil, fmt.Errorf("begin a read-only transaction: %w", err)
	}
	return postgresDB{conn}, nil
}

func (p postgresDB) close() { closePostgres(p.conn) }

// closePostgres says goodbye, for a moment at most; that ends the transaction.
func closePostgres(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

func (p postgresDB) query(ctx context.Context, text string) (cursor, error) {
	if _, err := p.conn.Prepare(ctx, "", nested(text), nil); err != nil {
		return nil, refused(err)
	}
	rows := p.conn.ExecParams(ctx, text, nil, nil, nil, nil)
	if rows.FieldDescriptions() == nil {
		_, err := rows.Close()
		return nil, fmt.Errorf("run the query: %w", cmp.Or(err, errNoColumns))
	}
	return &postgresRows{ResultReader: rows, cells: make([]cell, len(rows.FieldDescriptions()))}, nil
}

type postgresRows struct {
	*pgconn.ResultReader
	cells []cell
}

func (r *postgresRows) names() []string {
	var names []string
	for _, f := range r.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names
}

func (r *postgresRows) next() ([]cell, error) {
	if !r.NextRow() {
		if _, err := r.Close(); err != nil {
			return nil, fmt.Errorf("read the rows: %w", err)
		}
		return nil, io.EOF
	}
	for i, value := range r.Values() {
		r.cells[i] = postgresCell(value, r.FieldDescriptions()[i].DataTypeOID)
	}
	return r.cells, nil
}

// close leaves unread rows to the end of the connection.
func (r *postgresRows) close() {}

func postgresCell(value []byte, oid uint32) cell {
	if value == nil {
		return cell{}
	}
	switch oid {
	case pgtype.BoolOID:
		return cell{text: map[bool]string{true: "true", false: "false"}[string(value) == "t"], kind: truth}
	case pgtype.ByteaOID:
		return bytesCell()
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.NumericOID:
		return cell{text: string(value), kind: number}
	case pgtype.Float4OID, pgtype.Float8OID:
		return cell{text: string(value), kind: double}
	case pgtype.TimestamptzOID:
		return cell{text: wholeOffset(string(value))}
	}
	return textCell(string(value), plain)
}

// wholeOffset adds the minutes to an offset of whole hours: +07 is +07:00.
func wholeOffset(text string) string {
	if n := len(text); n > 3 && (text[n-3] == '+' || text[n-3] == '-') {
		return text + ":00"
	}
	return text
}
