package ledger

import (
	"context"
	"fmt"
)

// Note is one thing that finance typed into a workbook.
type Note struct {
	ID          int64
	Account     string
	Break       string
	Run         int64 // that read it
	Field       string
	Value       string
	RecordValue string // of the break, as the workbook showed it
	OmiseValue  string
	Workbook    string // SHA-256 of its bytes as they were written; "": not known
	Path        string
	SavedAt     Instant
	Held        bool // it took effect; false: a later save of the same cell was there already
}

// The fields of a break that finance fills.
const (
	NoteOwner      = "owner"
	NoteResolution = "resolution"
	NoteText       = "note"
)

const noteColumns = "id, account, break, run, field, value, record_value, omise_value, workbook, path, saved_at, held"

// sealedNote is the seal of a note as SQL.
const sealedNote = "seal(json_array(" + noteColumns + "))"

func (n *Note) fields() []any {
	return []any{&n.ID, &n.Account, &n.Break, &n.Run, &n.Field, &n.Value, &n.RecordValue, &n.OmiseValue, &n.Workbook, &n.Path, &n.SavedAt, &n.Held}
}

// NoteWorkbook keeps which notes a workbook was written with, so that its cells
// can be told from what somebody types into them.
func (l *Ledger) NoteWorkbook(ctx context.Context, run int64, path, sha256 string, notes int64) error {
	_, err := l.db.ExecContext(ctx, "INSERT OR REPLACE INTO workbooks (sha256, path, run, notes) VALUES (?, ?, ?, ?)", sha256, path, run, notes)
	if err != nil {
		return fmt.Errorf("note the workbook %s: %w", path, explain(err))
	}
	return nil
}

// NotesSoFar is the id of the newest note; 0 when there is none.
func (l *Ledger) NotesSoFar(ctx context.Context) (int64, error) {
	var id int64
	err := l.db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM notes").Scan(&id)
	return id, explain(err)
}

// NoteHistory lists what was ever typed about a break, in the order in which it
// was read.
func (l *Ledger) NoteHistory(ctx context.Context, account, brk string) ([]Note, error) {
	return collect(ctx, l.db, (*Note).fields, "SELECT "+noteColumns+" FROM notes WHERE account = ? AND break = ? ORDER BY id", account, brk)
}
