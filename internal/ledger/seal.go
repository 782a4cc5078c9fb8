package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// driverName is SQLite with the function seal.
const driverName = "sqlite3_ledger"

var sealingDriver = &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
	return conn.RegisterFunc("seal", seal, true)
}}

func init() { sql.Register(driverName, sealingDriver) }

// seal is a row's checksum: the first eight bytes of the SHA-256 of its columns
// as SQLite's json_array writes them. It guards against accidents and stray
// SQL, not against somebody who computes it anew.
func seal(row string) int64 {
	sum := sha256.Sum256([]byte(row))
	return int64(binary.BigEndian.Uint64(sum[:])) //nolint:gosec // the bits are what counts
}

// sealed is the seal of a row as SQL: of everything but the seal itself, and
// of a version also without "until", which is not known when it is sealed.
func (t table[T]) sealed(prefix, since string) string {
	return fmt.Sprintf("seal(json_array(%saccount, %sid, %s, %s))", prefix, prefix, t.list(prefix), since)
}

// sealedWindow is the seal of a settled window as SQL.
const sealedWindow = "seal(json_array(account, list, from_at, to_at, run, state, reason, total, rows, sums, proven_at, walked_at))"

// sealedRun is the seal of a run that has ended as SQL.
const sealedRun = "seal(json_array(" + runColumns + "))"

// sealAll seals every row of Omise's objects anew, after a migration has changed
// their columns. Records and breaks are not there yet when the first ones do.
func sealAll(ctx context.Context, tx *sql.Tx) error {
	for _, reseal := range []string{
		chargeTable.reseal(), refundTable.reseal(), disputeTable.reseal(), customerTable.reseal(), cardTable.reseal(),
		"UPDATE windows SET seal = " + sealedWindow + " WHERE state <> 'planned'",
		"UPDATE runs SET seal = " + sealedRun + " WHERE ended_at IS NOT NULL",
	} {
		if _, err := tx.ExecContext(ctx, reseal); err != nil {
			return err
		}
	}
	return nil
}

func (t table[T]) reseal() string {
	return fmt.Sprintf("UPDATE %[1]s SET seal = %[2]s; UPDATE %[1]s_versions SET seal = %[2]s", t.name, t.sealed("", "since"))
}

// countWritten adds to what a run has written of an object, so that a row that
// is lost later is missed.
func countWritten(ctx context.Context, tx *sql.Tx, run int64, object string, rows int) error {
	if rows == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO written (run, object, rows) VALUES (?, ?, ?)
		ON CONFLICT (run, object) DO UPDATE SET rows = rows + excluded.rows`, run, object, rows)
	return err
}
