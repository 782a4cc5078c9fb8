package records

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// How long a database may take to let us in, and for the whole of a query.
const (
	connectTime = 30 * time.Second
	queryTime   = 15 * time.Minute
)

// A database is one connection that can only read.
type database interface {
	// query runs one query, which gives rows; it refuses anything else.
	query(ctx context.Context, text string) (cursor, error)
	close()
}

// A cursor walks the rows of a result.
type cursor interface {
	names() []string
	next() ([]cell, error) // io.EOF after the last row; the slice is used again
	close()
}

// ReadQuery reads the records of the source's database into the sink. Nothing
// can be written meanwhile: the connection or the transaction is read-only,
// and nothing but one query that gives rows is taken. Rows are numbered from 1.
// After an error, which names the source and the driver, nothing that the sink
// took counts; it never holds the DSN or its password. now is the start of the
// query.
func (s Source) ReadQuery(ctx context.Context, now time.Time, sink Sink) (Reading, error) {
	reading, err := s.readQuery(ctx, now, sink)
	if err != nil {
		return Reading{}, fmt.Errorf("records %s: query %s: %w", s.Name, s.Driver, err)
	}
	return reading, nil
}

func (s Source) readQuery(ctx context.Context, now time.Time, sink Sink) (Reading, error) {
	in, err := newIntake(s, sink, Reading{Format: "query", ReadAt: now})
	if err != nil {
		return Reading{}, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, queryTime, errSlow)
	defer cancel()
	db, err := s.connect(limited)
	if err != nil {
		return Reading{}, reason(limited, err)
	}
	defer db.close()
	rows, err := db.query(limited, strings.TrimRight(s.Query, "; \t\r\n"))
	if err != nil {
		return Reading{}, reason(limited, err)
	}
	defer rows.close()
	if err := in.header(rows.names()); err != nil {
		return Reading{}, err
	}
	return drain(limited, in, rows)
}

// drain hands all rows to the intake.
func drain(ctx context.Context, in *intake, rows cursor) (Reading, error) {
	for number := 1; ; number++ {
		cells, err := rows.next()
		switch {
		case errors.Is(err, io.EOF):
			return in.done()
		case err != nil:
			return Reading{}, reason(ctx, err)
		}
		if err := in.row(number, cells); err != nil {
			return Reading{}, err
		}
	}
}

// Running out of time, and being interrupted, hide behind whatever error the
// driver makes of it.
var (
	errSlow        = fmt.Errorf("not done within %s: ask for fewer rows, or see what holds the database up", queryTime)
	errUnreachable = fmt.Errorf("no answer within %s: see whether the database is up and can be reached from this machine", connectTime)
)

func reason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (s Source) connect(ctx context.Context) (database, error) {
	open, known := map[string]func(context.Context, string) (database, error){
		"sqlite": openSQLite, "postgres": openPostgres, "mysql": openMySQL,
	}[s.Driver]
	if !known {
		return nil, fmt.Errorf("driver %q is not known: use sqlite, postgres or mysql", s.Driver)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, connectTime, errUnreachable)
	defer cancel()
	db, err := open(ctx, s.DSN)
	if err != nil {
		return nil, reason(ctx, err)
	}
	return db, nil
}

var errDSN = errors.New("the DSN is not understood")

// unreachable is why there is no connection, on one line: a driver may tell of
// several attempts.
func unreachable(err error) error {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return fmt.Errorf("cannot connect: %s; check host, port, user and password of the DSN", strings.Join(slices.Compact(lines), " "))
}

// nested is the query where a table stands: there no database takes a second
// statement, nor anything that writes.
func nested(query string) string { return "SELECT 1 FROM (\n" + query + "\n) AS q" }

func refused(err error) error {
	return fmt.Errorf("the query is refused: %w; it must be one SELECT that could stand in brackets", err)
}

// textCell is a text of a database, which may hold bytes of any encoding.
func textCell(text string, k kind) cell {
	if !utf8.ValidString(text) {
		return bytesCell()
	}
	return cell{text: text, kind: k}
}

func bytesCell() cell {
	return cell{text: "(bytes)", fault: "holds bytes and no text; convert it in the query"}
}
