package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/records"
)

// bookFacts is what a run knows of one source of records: enough to compare
// with it again later, and what reports say of it.
type bookFacts struct {
	Account string          `json:"account"`
	Source  string          `json:"source"`
	ReadAt  *ledger.Instant `json:"read_at"` // the books' instant of the last good reading; nil: never read
	Read    bool            `json:"read"`    // this run has read it without an error
	Problem string          `json:"problem"` // why not
}

// readBooks reads the sources of an account that are new or have changed. What
// is wrong with one of them does not keep the others, or the night, from going
// on: the run is partial then, and says why.
func (p *pass) readBooks(ctx context.Context, account config.Account) error {
	for _, r := range p.Config.Records {
		if r.Account != account.Name {
			continue
		}
		reader := bookReader{pass: p, config: r}
		book, err := reader.read(ctx)
		if err != nil {
			return err
		}
		p.books = append(p.books, book)
	}
	return nil
}

// sourceError marks what is wrong with a source of records, among errors of
// the ledger.
type sourceError struct{ error }

func (e sourceError) Unwrap() error { return e.error }

// wrong says what is wrong with the source, as the records room does.
func (b bookReader) wrong(format string, args ...any) error {
	return sourceError{fmt.Errorf("records %s: "+format, append([]any{b.config.Name}, args...)...)}
}

// bookReader reads one source of records into the ledger.
type bookReader struct {
	*pass
	config config.Records
	source records.Source
}

// read gives the facts of the source. The error is the ledger's or ctx's own.
func (b bookReader) read(ctx context.Context) (bookFacts, error) {
	book := bookFacts{Account: b.config.Account, Source: b.config.Name}
	last, err := b.lastReading(ctx)
	if err != nil {
		return book, err
	}
	book.ReadAt = last
	readAt, err := b.readNow(ctx)
	if ctx.Err() != nil {
		return book, ctx.Err()
	}
	if source := (sourceError{}); errors.As(err, &source) {
		book.Problem = fmt.Sprintf("account %s: %s", b.config.Account, source)
		err = nil
	} else if err == nil {
		book.Read = true
	}
	if readAt != nil {
		book.ReadAt = readAt
	}
	if start := ledger.InstantOf(b.start); book.ReadAt != nil && *book.ReadAt > start {
		book.ReadAt = &start // a file from a machine whose clock is ahead
	}
	return book, err
}

// lastReading is the books' instant of the newest file that an earlier run has
// read; nil when none has.
func (b bookReader) lastReading(ctx context.Context) (*ledger.Instant, error) {
	files, err := b.ledger.BookFiles(ctx, b.config.Account, b.config.Name)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return &files[len(files)-1].Modified, nil
}

// readNow gives the books' instant where something of the source was read or
// is unchanged.
func (b bookReader) readNow(ctx context.Context) (*ledger.Instant, error) {
	var err error
	if b.source, err = b.recordSource(ctx, b.ledger, b.config); err != nil {
		return nil, sourceError{err}
	}
	if b.config.Query != "" {
		return b.readQuery(ctx)
	}
	return b.readFiles(ctx)
}

func (b bookReader) readQuery(ctx context.Context) (*ledger.Instant, error) {
	err := b.save(ctx, ledger.BookFile{}, func(sink records.Sink) (records.Reading, error) {
		return b.source.ReadQuery(ctx, b.Now(), sink)
	})
	if err != nil {
		return nil, err
	}
	return b.lastReading(ctx)
}

// wantedFiles are the files to read, oldest first: where each holds the whole
// of the books, the newest alone.
func (b bookReader) wantedFiles() ([]records.File, error) {
	files, err := b.source.Files()
	switch {
	case err != nil:
		return nil, sourceError{err}
	case len(files) == 0 && !b.config.Optional:
		return nil, b.wrong("no file matches %s: check the path, or set optional: true if there need not be one", b.config.Path)
	case len(files) > 1 && b.config.Whole:
		return files[len(files)-1:], nil
	}
	return files, nil
}

// readFiles reads every file that is new or has changed, and all later ones
// with it: what an older file says must not stand over what a newer one said.
func (b bookReader) readFiles(ctx context.Context) (*ledger.Instant, error) {
	files, err := b.wantedFiles()
	if err != nil || len(files) == 0 {
		return nil, err
	}
	changed, err := b.firstChanged(ctx, files)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, f := range files[changed:] {
		err := b.readFile(ctx, f)
		if source := (sourceError{}); errors.As(err, &source) {
			problems = append(problems, source.Error())
		} else if err != nil {
			return nil, err
		}
	}
	newest := files[len(files)-1]
	readAt := ledger.InstantOf(newest.Modified)
	if len(problems) > 0 {
		return nil, sourceError{errors.New(strings.Join(problems, "; "))}
	}
	return &readAt, b.checkAge(newest)
}

// firstChanged is the place of the oldest file that this version of the config
// has not read as it is now.
func (b bookReader) firstChanged(ctx context.Context, files []records.File) (int, error) {
	known, err := b.ledger.BookFiles(ctx, b.config.Account, b.config.Name)
	if err != nil {
		return 0, err
	}
	read, last := map[string]ledger.BookFile{}, int64(0)
	for _, k := range known {
		read[k.Path], last = k, max(last, k.Run)
	}
	for i, f := range files {
		k, ok := read[f.Path]
		same := ok && k.Size == f.Size && k.Modified == ledger.InstantOf(f.Modified) && k.Mapping == b.mapping()
		if !same || b.config.Whole && k.Run < last { // a newer list was read, and has been taken away since
			return i, nil
		}
	}
	return len(files), nil
}

func (b bookReader) mapping() string { return mapping(b.config) }

func (b bookReader) checkAge(newest records.File) error {
	if age := b.start.Sub(newest.Modified); !b.config.Optional && age > b.config.MaxAge {
		return b.wrong("the newest file, %s, is %s old, more than max_age %s: see why no newer one has come",
			newest.Path, config.FormatDuration(age.Truncate(time.Minute)), config.FormatDuration(b.config.MaxAge))
	}
	return nil
}

func (b bookReader) readFile(ctx context.Context, f records.File) error {
	file := ledger.BookFile{Path: f.Path, Size: f.Size, Modified: ledger.InstantOf(f.Modified)}
	return b.save(ctx, file, func(sink records.Sink) (records.Reading, error) { return b.source.ReadFile(ctx, f, sink) })
}

// save stores one reading, whole or not at all.
func (b bookReader) save(ctx context.Context, file ledger.BookFile, read func(records.Sink) (records.Reading, error)) error {
	file.Account, file.Source, file.Mapping, file.Run = b.config.Account, b.config.Name, b.mapping(), b.run.ID
	counts, err := b.ledger.SaveBook(ctx, b.run.ID, file.Account, file.Source, b.config.Whole, func(sink ledger.BookSink) (ledger.BookFile, error) {
		reading, err := read(sink)
		if err != nil {
			return file, sourceError{err}
		}
		file = described(file, reading)
		return file, b.believe(reading)
	})
	if source := (sourceError{}); errors.As(err, &source) {
		return source
	}
	if err == nil {
		b.Log.Debug("records read", "account", file.Account, "source", file.Source, "file", file.Path, "records", file.Records, "new", counts.Added, "changed", counts.Changed)
	}
	return err
}

// described adds to a file what came out of reading it.
func described(file ledger.BookFile, r records.Reading) ledger.BookFile {
	file.SHA256, file.Modified = r.SHA256, ledger.InstantOf(r.ReadAt)
	file.Rows, file.Records, file.Unreadable = r.Rows, r.Records, r.Unreadable
	for _, n := range r.Skipped {
		file.Skipped += n
	}
	return file
}

// believe refuses a list of everything that lists nothing: an export that went
// wrong must not make a break of every charge, nor cure any.
func (b bookReader) believe(r records.Reading) error {
	if b.config.Whole && r.Records == 0 {
		return b.wrong("it lists no record at all (%d row(s), %d unreadable), and covers: all says that it lists every one: it is not believed; see why the export is empty", r.Rows, r.Unreadable)
	}
	return nil
}

// askBooks asks Omise for the charges that the books name and no list has
// shown: a bounded number of them each night.
func (p *pass) askBooks(ctx context.Context, client *fetch.Client, account config.Account, result *fetch.Result) error {
	if result.Err != nil || result.Account == nil {
		return nil
	}
	since, err := p.historyFrom(ctx, account)
	if err != nil || since == nil {
		return err
	}
	ids, err := p.ledger.UnknownCharges(ctx, account.Name, *since, fetch.MaxLookups)
	if err != nil || len(ids) == 0 {
		return err
	}
	found, err := fetch.Lookup(ctx, client, p.ledger, fetch.Options{Account: account.Name, Run: p.run.ID, Workers: p.Config.Fetch.Workers, Log: p.Log}, *result.Account, ids)
	result.Changes.Merge(found.Changes)
	result.Problems = append(result.Problems, found.Problems...)
	result.Err = found.Err
	if err != nil {
		return err
	}
	return p.ledger.NoteNotFound(ctx, account.Name, found.Missing, p.run.ID)
}

// historyFrom is the first instant from which the account is compared; nil
// while nothing is proven.
func (p *pass) historyFrom(ctx context.Context, account config.Account) (*ledger.Instant, error) {
	g := gatherer{db: p.ledger, cfg: p.Config, now: p.run.StartedAt, run: p.run.ID}
	a, err := g.account(ctx, &facts{}, account, p.result.Period[account.Name])
	if err != nil || a.HistoryFrom == "" {
		return nil, err
	}
	from := startOf(a.HistoryFrom, account.Zone)
	return &from, nil
}
