package job

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/records"
)

// Books is how the merchant's own records were understood, in the words of
// `records --json`.
type Books struct {
	Sources []Book `json:"sources"`
}

// Book is one source of records.
type Book struct {
	Source   string     `json:"source"`
	Account  string     `json:"account"`
	Place    string     `json:"place"` // the glob as the config writes it, or the driver with the name of the DSN's variable
	Covers   string     `json:"covers"`
	Mode     string     `json:"mode"` // of the account: live, test, or "" when neither ledger nor key says it
	Files    []BookFile `json:"files"`
	Problems []string   `json:"problems"` // what a run would refuse; not of single rows

	zone *time.Location
	now  time.Time
}

// BookFile is one file, or the result of a query, as it was understood.
type BookFile struct {
	File           string           `json:"file"` // below the config's folder where it lies there; "" for a query
	Modified       time.Time        `json:"modified"`
	Format         string           `json:"format"`
	Delimiter      string           `json:"delimiter"`
	Sheet          string           `json:"sheet"`
	Encoding       string           `json:"encoding"`
	SHA256         string           `json:"sha256"`
	Rows           int              `json:"rows"`
	Records        int              `json:"records"`
	Repeated       int              `json:"repeated"`
	Unreadable     int              `json:"unreadable"`
	Skipped        map[string]int   `json:"skipped"`
	Columns        []BookColumn     `json:"columns"`
	Missing        []records.Field  `json:"missing"`
	Unused         []string         `json:"unused"`
	UnknownWords   map[string]int   `json:"unknown_words"`
	UnreadableRows []BookUnreadable `json:"unreadable_rows"`
}

// BookColumn is how one column was understood.
type BookColumn struct {
	Field   records.Field `json:"field"`
	Header  string        `json:"header"`
	As      string        `json:"as"`
	Samples []string      `json:"samples"`
}

// BookUnreadable is a row that could not be read.
type BookUnreadable struct {
	Row    int    `json:"row"`
	Field  string `json:"field"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// LookAtBooks reads the configured sources of records, or the one that is
// named, as a run would that knows nothing of them yet. It writes nothing. A
// source that cannot be read has it among its problems; the error is an
// unknown name, or being interrupted.
func LookAtBooks(ctx context.Context, env Env, source string) (Books, error) {
	books := Books{Sources: []Book{}}
	known := env.readableLedger(ctx)
	if known != nil {
		defer known.Close()
	}
	var names []string
	for _, r := range env.Config.Records {
		names = append(names, r.Name)
		if source == "" || source == r.Name {
			books.Sources = append(books.Sources, env.lookAt(ctx, known, r))
		}
	}
	if source != "" && !slices.Contains(names, source) {
		return books, usage("--source %s: there is no such source; the config has %s", source, cmp.Or(strings.Join(names, ", "), "none"))
	}
	return books, ctx.Err()
}

// Exit is the exit code: failed when a source cannot be read as it should.
func (b Books) Exit() int {
	for _, book := range b.Sources {
		if len(book.Problems) > 0 {
			return ExitFailed
		}
	}
	return ExitDone
}

// readableLedger is nil where there is none yet, or none that can be read:
// looking at the books does not need it.
func (e Env) readableLedger(ctx context.Context) *ledger.Ledger {
	db, err := ledger.OpenReader(ctx, e.Config.LedgerPath())
	if err != nil && !errors.Is(err, ledger.ErrMissing) {
		e.Log.Warn("the ledger is left aside, the mode comes from the key", "error", err)
	}
	return db
}

func (e Env) lookAt(ctx context.Context, known *ledger.Ledger, r config.Records) Book {
	book := Book{
		Source: r.Name, Account: r.Account, Place: cmp.Or(r.Path, r.Driver+" ($"+r.DSNEnv+")"), Covers: "changes",
		Files: []BookFile{}, Problems: []string{}, zone: r.Zone, now: e.Now(),
	}
	if r.Whole {
		book.Covers = "all"
	}
	source, err := e.recordSource(ctx, known, r)
	if source.Live != nil {
		book.Mode = map[bool]string{true: "live", false: "test"}[*source.Live]
	}
	reader := bookReader{pass: &pass{Env: e, start: book.now}, config: r, source: source}
	if err == nil && r.Query != "" {
		err = reader.lookAtQuery(ctx, &book)
	} else if err == nil {
		err = reader.lookAtFiles(ctx, &book)
	}
	book.problem(err)
	for i, problem := range book.Problems {
		book.Problems[i] = e.short(problem)
	}
	return book
}

func (b *Book) problem(err error) {
	if err != nil {
		b.Problems = append(b.Problems, strings.TrimPrefix(err.Error(), "records "+b.Source+": "))
	}
}

func (b bookReader) lookAtQuery(ctx context.Context, book *Book) error {
	reading, err := b.source.ReadQuery(ctx, book.now, unsaved{})
	if err != nil {
		return err
	}
	book.Files = append(book.Files, understood("", reading, book.zone))
	return b.believe(reading)
}

// lookAtFiles reads the files that a first run would read.
func (b bookReader) lookAtFiles(ctx context.Context, book *Book) error {
	files, err := b.wantedFiles()
	if err != nil || len(files) == 0 {
		return err
	}
	for _, f := range files {
		reading, err := b.source.ReadFile(ctx, f, unsaved{})
		if err == nil {
			book.Files = append(book.Files, understood(b.short(f.Path), reading, book.zone))
			err = b.believe(reading)
		}
		book.problem(err)
	}
	return b.checkAge(files[len(files)-1])
}

// short leaves the config's folder out of paths, where they begin in the config.
func (e Env) short(text string) string {
	folder, err := filepath.Abs(e.Config.Folder)
	if err != nil {
		return text
	}
	return strings.ReplaceAll(text, folder+string(filepath.Separator), "")
}

func understood(file string, r records.Reading, zone *time.Location) BookFile {
	f := BookFile{
		File: file, Modified: r.ReadAt.In(zone), Format: r.Format, Delimiter: r.Delimiter, Sheet: r.Sheet, Encoding: r.Encoding, SHA256: r.SHA256,
		Rows: r.Rows, Records: r.Records, Repeated: r.Repeated, Unreadable: r.Unreadable, Skipped: r.Skipped, UnknownWords: r.Words,
		Columns: []BookColumn{}, Missing: []records.Field{}, Unused: append([]string{}, r.Unused...), UnreadableRows: []BookUnreadable{},
	}
	f.Missing = append(f.Missing, records.Fields()...)
	for _, c := range r.Columns {
		f.Columns = append(f.Columns, BookColumn{c.Field, c.Header, c.As, append([]string{}, c.Samples...)})
		f.Missing = slices.DeleteFunc(f.Missing, func(field records.Field) bool { return field == c.Field })
	}
	for _, u := range r.Reasons {
		f.UnreadableRows = append(f.UnreadableRows, BookUnreadable{u.Row, u.Field, u.Value, u.Reason})
	}
	return f
}

// unsaved takes rows that are only looked at.
type unsaved struct{}

func (unsaved) Record(ledger.Record, int) error       { return nil }
func (unsaved) Unreadable(ledger.UnreadableRow) error { return nil }
