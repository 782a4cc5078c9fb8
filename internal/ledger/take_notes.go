package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// NoteCells is what a workbook's row of a break says in the cells that finance
// fills.
type NoteCells struct {
	Account, Break          string
	Owner, Resolution, Note string
}

func (c NoteCells) filled() bool {
	return c.Owner != "" || c.Note != "" || cmp.Or(c.Resolution, Undecided) != Undecided
}

// EditedWorkbook is a workbook whose bytes are not those that were written.
type EditedWorkbook struct {
	Path    string
	SHA256  string // of the bytes that were read
	Written string // SHA-256 of the bytes as they were written; "": not known
	Run     int64  // the run that it shows
	SavedAt Instant
	Cells   []NoteCells
}

// TakenNotes is what came of reading workbooks back.
type TakenNotes struct {
	Warnings []string // sentences for people
	Left     []string // SHA256 of the workbooks that hold something which was not taken
}

// TakeNotes reads back what finance typed, the oldest save first. A cell counts
// when it says something else than its workbook was written with, or than it
// said when the same file was read before; an emptied one counts too. Where
// another workbook has set the field meanwhile, the later save wins; the other
// stays in the history, and a warning names both. Reading the same workbooks
// again takes nothing.
func (l *Ledger) TakeNotes(ctx context.Context, run int64, books []EditedWorkbook) (TakenNotes, error) {
	var taken TakenNotes
	books = slices.Clone(books)
	slices.SortStableFunc(books, func(a, b EditedWorkbook) int {
		return cmp.Or(cmp.Compare(a.SavedAt, b.SavedAt), strings.Compare(a.Path, b.Path))
	})
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, book := range books {
			t := noteTaker{ctx: ctx, tx: tx, run: run, book: book}
			if err := t.take(); err != nil {
				return fmt.Errorf("%s: %w", book.Path, err)
			}
			taken.Warnings = append(taken.Warnings, t.warnings...)
			if t.left {
				taken.Left = append(taken.Left, book.SHA256)
			}
		}
		return nil
	})
	if err != nil {
		return TakenNotes{}, fmt.Errorf("take notes: %w", err)
	}
	return taken, nil
}

// noteTaker reads one workbook.
type noteTaker struct {
	ctx      context.Context
	tx       *sql.Tx
	run      int64
	book     EditedWorkbook
	shown    int64 // the newest note that the workbook was written with
	warnings []string
	left     bool // something was not taken
}

func (t *noteTaker) take() error {
	err := t.tx.QueryRowContext(t.ctx, `SELECT coalesce((SELECT notes FROM workbooks WHERE sha256 = ?1), (SELECT max(id) FROM notes WHERE run <= ?2), 0)`,
		t.book.Written, t.book.Run).Scan(&t.shown)
	if err != nil {
		return err
	}
	for _, cells := range t.book.Cells {
		if err := t.takeRow(cells); err != nil {
			return err
		}
	}
	return nil
}

// takeRow takes the cells of one break.
func (t *noteTaker) takeRow(c NoteCells) error {
	row, err := t.written(c)
	if err != nil {
		return err
	}
	if row == nil {
		if c.filled() {
			t.left = true
			t.warn("%s: the ledger knows no break %s of account %s, so what is typed beside it is not taken", t.book.Path, c.Break, c.Account)
		}
		return nil
	}
	for _, cell := range []cell{
		{NoteOwner, row.Owner, c.Owner},
		{NoteResolution, row.Resolution, cmp.Or(c.Resolution, Undecided)},
		{NoteText, row.Note, c.Note},
	} {
		if err := t.takeCell(row.Break, cell); err != nil {
			return err
		}
	}
	return nil
}

// cell is one that finance fills: what it was written with and what it says.
type cell struct{ field, written, typed string }

// written is the row of a break as the workbook was written with it; nil when
// the break is not known. One that the workbook's run did not know yet is taken
// as it is now.
func (t *noteTaker) written(c NoteCells) (*ListedBreak, error) {
	query := fmt.Sprintf(`SELECT b.account, b.id, b.record_value, b.omise_value, %s, %s, %s FROM (
			SELECT account, id, record_value, omise_value, since, since <= ?4 AS known FROM breaks WHERE account = ?2 AND id = ?3
			UNION ALL SELECT account, id, record_value, omise_value, since, since <= ?4 FROM breaks_versions WHERE account = ?2 AND id = ?3
		) AS b ORDER BY known DESC, since DESC LIMIT 1`, noted("owner"), resolution, noted("note"))
	var row ListedBreak
	err := t.tx.QueryRowContext(t.ctx, query, t.shown, c.Account, c.Break, t.book.Run).
		Scan(&row.Account, &row.ID, &row.RecordValue, &row.OmiseValue, &row.Owner, &row.Resolution, &row.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &row, err
}

func (t *noteTaker) takeCell(b Break, c cell) error {
	before, err := t.readBefore(b, c)
	if err != nil || c.typed == before {
		return err
	}
	if c.field == NoteResolution && !slices.Contains([]string{Undecided, Accepted, Fixed}, c.typed) {
		t.left = true
		t.warn("%s: break %s: %s is no resolution and is not taken; write open, accepted or fixed", t.book.Path, b.ID, quoted(c.typed))
		return nil
	}
	note := Note{
		Account: b.Account, Break: b.ID, Run: t.run, Field: c.field, Value: c.typed, RecordValue: b.RecordValue, OmiseValue: b.OmiseValue,
		Workbook: t.book.Written, Path: t.book.Path, SavedAt: t.book.SavedAt, Held: true,
	}
	if err := t.settle(&note); err != nil {
		return err
	}
	return t.save(note)
}

// readBefore is what was last taken of the cell from this file, or from its old
// place, if what was taken there was saved just then; else what it was written
// with.
func (t *noteTaker) readBefore(b Break, c cell) (string, error) {
	var before string
	err := t.tx.QueryRowContext(t.ctx, `SELECT value FROM notes WHERE account = ?1 AND break = ?2 AND field = ?3 AND workbook = ?4
			AND (path = ?5 OR (saved_at = ?6 AND value = ?7)) ORDER BY id DESC LIMIT 1`,
		b.Account, b.ID, c.field, t.book.Written, t.book.Path, t.book.SavedAt, c.typed).Scan(&before)
	if errors.Is(err, sql.ErrNoRows) {
		return c.written, nil
	}
	return before, err
}

// settle decides between a note and what another workbook has set the field to
// since this one was written: the later save holds.
func (t *noteTaker) settle(n *Note) error {
	var other Note
	err := t.tx.QueryRowContext(t.ctx, "SELECT "+noteColumns+` FROM notes WHERE account = ? AND break = ? AND field = ? AND held = 1 ORDER BY id DESC LIMIT 1`,
		n.Account, n.Break, n.Field).Scan(other.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	sameFile := other.Workbook == n.Workbook && other.Path == n.Path
	if err != nil || other.ID <= t.shown || sameFile {
		return err
	}
	n.Held = n.SavedAt >= other.SavedAt
	if n.Value != other.Value {
		t.warnBoth(other, *n)
	}
	return nil
}

func (t *noteTaker) warnBoth(other, n Note) {
	wins := other
	if n.Held {
		wins = n
	}
	t.warn("break %s: its %s was edited in two workbooks: %s in %s (saved %s) and %s in %s (saved %s); %s holds, because it was saved later",
		n.Break, n.Field, quoted(other.Value), other.Path, stamp(other.SavedAt), quoted(n.Value), n.Path, stamp(n.SavedAt), quoted(wins.Value))
}

func (t *noteTaker) save(n Note) error {
	if _, err := t.tx.ExecContext(t.ctx, "INSERT INTO notes ("+noteColumns+") VALUES (NULL, "+placeholders(11)+")", n.fields()[1:]...); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(t.ctx, "UPDATE notes SET seal = "+sealedNote+" WHERE id = last_insert_rowid()")
	return err
}

func (t *noteTaker) warn(format string, args ...any) {
	t.warnings = append(t.warnings, fmt.Sprintf(format, args...))
}

// quoted shows what somebody typed, cut to a length that a line of a log bears.
func quoted(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return fmt.Sprintf("%q", text)
}
