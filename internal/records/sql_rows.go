package records

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
)

var errNoColumns = errors.New("the query gives no columns: it must be one SELECT")

// sqlRows walks a result of database/sql. How a driver's value reads is the
// driver's own matter.
type sqlRows struct {
	rows   *sql.Rows
	header []string
	types  []string
	cell   func(value any, columnType string) cell
	still  func() error // asked after the last row; may be nil
	values []any
	cells  []cell
}

func newSQLRows(rows *sql.Rows, read func(value any, columnType string) cell) (*sqlRows, error) {
	r := &sqlRows{rows: rows, cell: read}
	columns, err := rows.ColumnTypes()
	if err == nil && len(columns) == 0 {
		err = errNoColumns
	}
	if err != nil {
		r.close()
		return nil, err
	}
	for _, c := range columns {
		r.header, r.types = append(r.header, c.Name()), append(r.types, c.DatabaseTypeName())
		r.values = append(r.values, new(any))
	}
	r.cells = make([]cell, len(columns))
	return r, nil
}

func (r *sqlRows) names() []string { return r.header }

func (r *sqlRows) next() ([]cell, error) {
	if !r.rows.Next() {
		return nil, r.end()
	}
	if err := r.rows.Scan(r.values...); err != nil {
		return nil, fmt.Errorf("read a row: %w", err)
	}
	for i, value := range r.values {
		r.cells[i] = r.cell(*value.(*any), r.types[i])
	}
	return r.cells, nil
}

// end is why there are no more rows.
func (r *sqlRows) end() error {
	if err := r.rows.Err(); err != nil {
		return fmt.Errorf("read the rows: %w", err)
	}
	if r.still != nil {
		if err := r.still(); err != nil {
			return err
		}
	}
	return io.EOF
}

func (r *sqlRows) close() { _ = r.rows.Close() }
