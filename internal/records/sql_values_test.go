package records

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sqlValue is one value of a database: its type, how SQL writes it, and the cell
// that comes of it.
type sqlValue struct {
	columnType, literal string
	want                cell
}

func valuesOf(driver string) []sqlValue {
	bytes := bytesCell()
	return map[string][]sqlValue{
		"sqlite": {
			{"TEXT", "'000123'", cell{text: "000123"}},
			{"TEXT", "'ใบสั่งซื้อ 注文'", cell{text: "ใบสั่งซื้อ 注文"}},
			{"TEXT", "NULL", cell{}},
			{"TEXT", "CAST(x'ff41' AS TEXT)", bytes},
			{"INTEGER", "9007199254740993", cell{text: "9007199254740993", kind: number}},
			{"NUMERIC", "1234.5", cell{text: "1234.5", kind: double}},
			{"REAL", "0.1 + 0.2", cell{text: "0.30000000000000004", kind: double}},
			{"REAL", "1000000", cell{text: "1000000", kind: double}},
			{"BOOLEAN", "1", cell{text: "true", kind: truth}},
			{"BOOLEAN", "0", cell{text: "false", kind: truth}},
			{"BOOLEAN", "7", cell{text: "7", kind: number}},
			{"DATETIME", "'2026-11-01 10:00:00'", cell{text: "2026-11-01 10:00:00"}},
			{"DATETIME", "'2026-11-01T10:00:00Z'", cell{text: "2026-11-01T10:00:00Z"}},
			{"TIMESTAMP", "'01/11/2569'", cell{text: "01/11/2569"}},
			{"TIMESTAMP", "1793000000", cell{text: "1793000000", kind: number}},
			{"DATE", "'2026-11-01'", cell{text: "2026-11-01"}},
			{"BLOB", "x'00ff'", bytes},
		},
		"postgres": {
			{"text", "'000123'", cell{text: "000123"}},
			{"varchar(40)", "'ใบสั่งซื้อ 注文'", cell{text: "ใบสั่งซื้อ 注文"}},
			{"text", "NULL", cell{}},
			{"bigint", "9007199254740993", cell{text: "9007199254740993", kind: number}},
			{"numeric", "12345678901234567.89", cell{text: "12345678901234567.89", kind: number}},
			{"numeric(12,4)", "1234.5", cell{text: "1234.5000", kind: number}},
			{"numeric", "'NaN'", cell{text: "NaN", kind: number}},
			{"double precision", "0.1::float8 + 0.2::float8", cell{text: "0.30000000000000004", kind: double}},
			{"real", "1234.5", cell{text: "1234.5", kind: double}},
			{"boolean", "true", cell{text: "true", kind: truth}},
			{"boolean", "false", cell{text: "false", kind: truth}},
			{"timestamp", "'2026-11-01 10:00:00.25'", cell{text: "2026-11-01 10:00:00.25"}},
			{"timestamptz", "'2026-11-01 10:00:00+07'", cell{text: "2026-11-01 10:00:00+07:00"}},
			{"date", "'2026-11-01'", cell{text: "2026-11-01"}},
			{"uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", cell{text: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
			{"jsonb", `'{"a": 1}'`, cell{text: `{"a": 1}`}},
			{"bytea", `'\x00ff'`, bytes},
		},
		"mysql": {
			{"VARCHAR(40)", "'000123'", cell{text: "000123"}},
			{"TEXT", "'ใบสั่งซื้อ 注文'", cell{text: "ใบสั่งซื้อ 注文"}},
			{"CHAR(10)", "NULL", cell{}},
			{"BIGINT", "9007199254740993", cell{text: "9007199254740993", kind: number}},
			{"BIGINT UNSIGNED", "18446744073709551615", cell{text: "18446744073709551615", kind: number}},
			{"DECIMAL(20,2)", "123456789012345678.90", cell{text: "123456789012345678.90", kind: number}},
			{"DOUBLE", "1e0 / 3", cell{text: "0.3333333333333333", kind: double}},
			{"FLOAT", "1234.5", cell{text: "1234.5", kind: double}},
			{"DATETIME", "'2026-11-01 10:00:00'", cell{text: "2026-11-01 10:00:00"}},
			{"DATETIME(3)", "'2026-11-01 10:00:00.25'", cell{text: "2026-11-01 10:00:00.250"}},
			{"TIMESTAMP NULL", "'2026-11-01 10:00:00'", cell{text: "2026-11-01 03:00:00Z"}},
			{"DATE", "'2026-11-01'", cell{text: "2026-11-01"}},
			{"DATE", "'0000-00-00'", cell{}},
			{"BIT(1)", "b'1'", cell{text: "true", kind: truth}},
			{"BIT(1)", "b'0'", cell{text: "false", kind: truth}},
			{"BIT(9)", "b'100000000'", bytes},
			{"ENUM('paid', 'failed')", "'paid'", cell{text: "paid"}},
			{"VARBINARY(9)", "'abc'", bytes},
			{"BLOB", "x'00ff'", bytes},
		},
	}[driver]
}

// Every value arrives as the database has it: no amount through a float64, no
// time with a zone that it never had.
func TestValuesOfDatabases(t *testing.T) {
	eachShop(t, func(t *testing.T, s shop) {
		var columns, literals []string
		var want []cell
		for i, v := range valuesOf(s.driver) {
			columns = append(columns, fmt.Sprintf("c%d %s", i, v.columnType))
			literals, want = append(literals, v.literal), append(want, v.want)
		}
		if s.driver == "mysql" {
			s.exec(t, "SET sql_mode = ''", "SET time_zone = '+07:00'")
		}
		s.exec(t, "CREATE TABLE v ("+strings.Join(columns, ", ")+")", "INSERT INTO v VALUES ("+strings.Join(literals, ", ")+")")
		_, rows, err := s.result(context.Background(), "SELECT * FROM v")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]cell{want}, rows, cmp.AllowUnexported(cell{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
