package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// duplicateColumn is MySQL's error for two columns of one name in a subquery,
// where the query itself may well have them.
const duplicateColumn = 1060

type mysqlDB struct {
	db   *sql.DB
	conn *sql.Conn
}

func openMySQL(ctx context.Context, dsn string) (database, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		// The cause may quote the DSN.
		return nil, fmt.Errorf("%w: write it as USER:PASSWORD@tcp(HOST:3306)/DATABASE", errDSN)
	}
	if err := harden(config); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("%w: write it as USER:PASSWORD@tcp(HOST:3306)/DATABASE", errDSN)
	}
	db := sql.OpenDB(connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, unreachable(err)
	}
	return mysqlDB{db, conn}, nil
}

// harden takes back what a DSN may allow and reading never needs, and fixes
// what decides how values are written.
func harden(config *mysql.Config) error {
	config.MultiStatements, config.AllowAllFiles, config.ParseTime = false, false, false
	config.Logger = &mysql.NopLogger{}
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	return config.Apply(mysql.Charset("utf8mb4", ""))
}

// close ends the transaction with the connection.
func (m mysqlDB) close() {
	_ = m.conn.Close()
	_ = m.db.Close()
}

func (m mysqlDB) query(ctx context.Context, text string) (cursor, error) {
	if _, err := m.conn.ExecContext(ctx, "START TRANSACTION READ ONLY"); err != nil {
		return nil, fmt.Errorf("begin a read-only transaction: %w", err)
	}
	if err := m.check(ctx, text); err != nil {
		return nil, refused(err)
	}
	// Without arguments the values come as text.
	rows, err := m.conn.QueryContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("run the query: %w", err)
	}
	return newSQLRows(rows, mysqlCell)
}

func (m mysqlDB) check(ctx context.Context, text string) error {
	statement, err := m.conn.PrepareContext(ctx, nested(text))
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok && e.Number == duplicateColumn {
		return nil
	}
	if err == nil {
		defer statement.Close()
	}
	return err
}

func mysqlCell(value any, columnType string) cell {
	switch v := value.(type) {
	case nil:
		return cell{}
	case int64, uint64:
		return cell{text: fmt.Sprint(v), kind: number}
	case float32:
		return cell{text: strconv.FormatFloat(float64(v), 'f', -1, 32), kind: double}
	case float64:
		return cell{text: strconv.FormatFloat(v, 'f', -1, 64), kind: double}
	case []byte:
		return mysqlText(string(v), columnType)
	}
	return bytesCell()
}

func mysqlText(text, columnType string) cell {
	switch columnType {
	case "DECIMAL":
		return cell{text: text, kind: number}
	case "TIMESTAMP":
		return cell{text: moment(text, "Z")} // the session is in UTC
	case "DATETIME", "DATE":
		return cell{text: moment(text, "")}
	case "BIT":
		if text == "\x00" || text == "\x01" {
			return cell{text: strconv.FormatBool(text == "\x01"), kind: truth}
		}
		return bytesCell()
	case "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BINARY", "VARBINARY", "GEOMETRY", "VECTOR":
		return bytesCell()
	}
	return textCell(text, plain)
}

// moment leaves out the zero date, which stands for no value.
func moment(text, zone string) string {
	if strings.HasPrefix(text, "0000-00-00") {
		return ""
	}
	return text + zone
}
