package job

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"reconcile/internal/config"
	"reconcile/internal/records"
)

const noBooks = `no records are configured, so nothing is compared; add a source of them to the config:

records:
  - name: orders
    path: ./books/orders-*.csv

Every key is in config.example.yaml.
`

// Text tells how the books were understood, for a person to check.
func (b Books) Text() string {
	if len(b.Sources) == 0 {
		return noBooks
	}
	texts := make([]string, len(b.Sources))
	for i, book := range b.Sources {
		var p page
		p.book(book)
		texts[i] = p.String()
	}
	return strings.Join(texts, "\n")
}

func (p *page) book(b Book) {
	p.line(0, 2, fmt.Sprintf("%s, account %s: %s, %s", b.Source, b.Account, printable(b.Place), b.extent()))
	if b.Mode == "" {
		p.line(0, 2, "Neither ledger nor key says whether the account is live or test: ids of both are taken.")
	}
	for i, f := range b.Files {
		p.WriteByte('\n')
		p.file(f, b)
		if newest := i == len(b.Files)-1; newest || !f.readLike(b.Files[i+1]) {
			p.columns(f)
		} else {
			p.entry("columns", "as in the next file")
		}
		p.troubles(f)
	}
	if len(b.Problems) > 0 {
		p.WriteByte('\n')
	}
	for _, problem := range b.Problems {
		p.line(0, 2, "PROBLEM "+printable(problem))
	}
}

// extent is how many files there are, and what they stand for together.
func (b Book) extent() string {
	switch n := len(b.Files); {
	case n == 1 && b.Files[0].Format == "query":
		return "a query"
	case n == 0 && len(b.Problems) == 0:
		return "no file, which may be (optional: true)"
	case n == 0:
		return "nothing read"
	case b.Covers == "all":
		return "the newest file, which lists every record"
	case n == 1:
		return "1 file"
	default:
		return plural(n, "file") + ", oldest first"
	}
}

// readLike reports whether the columns of two files were understood alike.
func (f BookFile) readLike(other BookFile) bool {
	return slices.Equal(f.Unused, other.Unused) && slices.EqualFunc(f.Columns, other.Columns, func(a, b BookColumn) bool {
		return a.Field == b.Field && a.Header == b.Header && a.As == b.As
	})
}

func (p *page) file(f BookFile, b Book) {
	if f.File != "" {
		p.line(0, 2, printable(f.File))
		p.entry("modified", moment(f.Modified)+", "+age(b.now.Sub(f.Modified)))
		p.entry("format", f.form())
	} else {
		p.entry("asked", moment(f.Modified))
	}
	p.entry("rows", f.counts())
	for _, reason := range slices.Sorted(maps.Keys(f.Skipped)) {
		p.entry("skipped", counted(int64(f.Skipped[reason]))+" "+reason)
	}
	if f.Repeated > 0 {
		p.entry("repeated", counted(int64(f.Repeated))+" with the charge id and order reference of an earlier row, which they replace")
	}
}

func moment(t time.Time) string { return t.Format("2006-01-02 15:04:05 -07:00") }

func age(d time.Duration) string {
	switch d = d.Round(time.Minute); {
	case d < 0:
		return "which is still to come: see whose clock is wrong"
	case d == 0:
		return "just now"
	}
	return config.FormatDuration(d) + " ago"
}

func (f BookFile) form() string {
	parts := []string{f.Format}
	switch f.Delimiter {
	case "":
	case ",", ";":
		parts = append(parts, fmt.Sprintf("columns separated by %q", f.Delimiter))
	default:
		parts = append(parts, "columns separated by "+f.Delimiter)
	}
	if f.Sheet != "" {
		parts = append(parts, "sheet "+printable(f.Sheet))
	}
	if f.Encoding != "" {
		parts = append(parts, f.Encoding)
	}
	return strings.Join(parts, ", ")
}

func (f BookFile) counts() string {
	skipped := 0
	for _, n := range f.Skipped {
		skipped += n
	}
	text := fmt.Sprintf("%s: %s %s", counted(int64(f.Rows)), counted(int64(f.Records)), map[bool]string{true: "record", false: "records"}[f.Records == 1])
	if skipped > 0 {
		text += ", " + counted(int64(skipped)) + " skipped"
	}
	if f.Unreadable > 0 {
		text += ", " + counted(int64(f.Unreadable)) + " unreadable"
	}
	return text
}

func (p *page) columns(f BookFile) {
	for _, field := range records.Fields() {
		if slices.Contains(f.Missing, field) {
			p.entry(string(field), without(field))
		}
		for _, c := range f.Columns {
			if c.Field == field {
				p.column(c)
			}
		}
	}
	if len(f.Unused) > 0 {
		p.entry("no field", printable(strings.Join(f.Unused, ", ")))
	}
}

func (p *page) column(c BookColumn) {
	p.entry(string(c.Field), printable(c.Header)+": "+printable(c.As))
	samples := []string{strings.Join(c.Samples, " | ")}
	if utf8.RuneCountInString(samples[0]) > textWidth-len("e.g. ")-entryMargin {
		samples = c.Samples
	}
	for i, sample := range samples {
		if sample != "" {
			p.entry("", map[bool]string{true: "e.g. ", false: "     "}[i == 0]+printable(sample))
		}
	}
}

// without is what a field without a column means.
func without(field records.Field) string {
	switch field {
	case records.OrderRef:
		return "no column: matched by the charge id alone"
	case records.ChargeID:
		return "no column: matched by the order reference"
	case records.Currency:
		return "no column: the config's currency counts, else the account's"
	}
	return "no column: not compared"
}

// troubles is what someone should look into.
func (p *page) troubles(f BookFile) {
	for _, word := range slices.Sorted(maps.Keys(f.UnknownWords)) {
		p.entry("unknown", fmt.Sprintf("status word %q in %s: say what it means with `statuses`", word, plural(f.UnknownWords[word], "row")))
	}
	for _, u := range f.UnreadableRows {
		p.entry("unreadable", u.told())
	}
	if more := f.Unreadable - len(f.UnreadableRows); more > 0 {
		p.entry("", "and "+counted(int64(more))+" more")
	}
}

func (u BookUnreadable) told() string {
	text := fmt.Sprintf("row %d", u.Row)
	if u.Field != "" {
		text += ", " + u.Field
	}
	if u.Value != "" {
		text += " " + printable(fmt.Sprintf("%q", u.Value))
	}
	return text + ": " + printable(u.Reason)
}

const entryMargin = 14

// entry is a line with a word in front; further lines stand under the text.
func (p *page) entry(word, text string) {
	p.line(2, entryMargin, fmt.Sprintf("%-*s%s", entryMargin-2, word, text))
}
