package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Stamp is what a report says of its own origin: enough to write it again
// from the ledger.
type Stamp struct {
	Run      int64
	Version  string
	AsOf     time.Time
	Notes    int64                // the newest note that it shows; 0 when a manifest says it
	Days     map[string][2]string // by account: first and last business date
	Language string               // of the workbook; empty when a manifest says it
	Calendar string               // the same
	CSV      bool                 // CSV files stand beside the workbook
}

// ErrNotOurs says that a workbook was not written by reconcile, or that the
// sheet which would say so is gone.
var ErrNotOurs = errors.New("it has no sheet by which reconcile would know its own workbook")

// ReadStamp reads the Audit sheet of a workbook.
func ReadStamp(workbook string) (Stamp, error) {
	w, err := openWorkbookFile(workbook)
	if err != nil {
		return Stamp{}, err
	}
	defer func() { _ = w.Close() }()
	for _, language := range []string{"en", "ja", "th"} {
		sp, err := newSpeech(language, "")
		if err != nil {
			return Stamp{}, err
		}
		part, ok := w.sheet((&xlsxFile{speech: sp}).auditName())
		if !ok {
			continue
		}
		rows, err := w.load(part)
		if err != nil {
			return Stamp{}, fmt.Errorf("read workbook %s: %w", workbook, err)
		}
		if s, ok := stampOf(rows, sp); ok {
			return s, nil
		}
	}
	return Stamp{}, fmt.Errorf("%s: %w", workbook, ErrNotOurs)
}

// stampOf reads the head of the Audit sheet: the rows above "As of" are run
// and version, the accounts stand below their titles.
func stampOf(rows []gridRow, sp speech) (Stamp, bool) {
	s := Stamp{Language: sp.lang, Calendar: "gregorian", Days: map[string][2]string{}}
	text := func(row, col int) string {
		if row < 0 || row >= len(rows) {
			return ""
		}
		return string(rows[row].cell(col).text)
	}
	known := false
	for i := range rows {
		switch {
		case text(i, 0) == sp.say(asOfTitle()) && !known:
			var err error
			if s.Run, err = strconv.ParseInt(text(i-2, 1), 10, 64); err != nil {
				return Stamp{}, false
			}
			s.Version = text(i-1, 1)
			s.AsOf, s.Calendar, known = parseInstant(text(i, 1))
		case text(i, 0) == sp.say(notesTitle()):
			s.Notes, _ = strconv.ParseInt(text(i, 1), 10, 64)
		case text(i, 0) == sp.say(account().Title) && text(i, 1) == sp.say(zoneTitle()):
			for j := i + 1; text(j, 0) != ""; j++ {
				s.Days[text(j, 0)] = [2]string{isoDay(text(j, 2)), isoDay(text(j, 3))}
			}
		case strings.HasSuffix(text(i, 0), ".csv"):
			s.CSV = true
		}
	}
	return s, known && len(s.Days) > 0
}

// parseInstant reads what speech.instant wrote.
func parseInstant(s string) (at time.Time, calendar string, ok bool) {
	if at, err := time.Parse("2006-01-02 15:04:05 -07:00", s); err == nil {
		return at, "gregorian", true
	}
	// The year is taken back first: the 29th of February has no counterpart
	// 543 years later.
	day, clock, _ := strings.Cut(s, " ")
	parts := strings.Split(day, "/")
	if len(parts) != 3 {
		return time.Time{}, "", false
	}
	year, err := strconv.Atoi(parts[2])
	if err != nil {
		return time.Time{}, "", false
	}
	at, err = time.Parse("2006-1-2 15:04:05 -07:00", fmt.Sprintf("%04d-%s-%s %s", year-543, parts[1], parts[0], clock))
	return at, "buddhist", err == nil
}

func isoDay(number string) string {
	if day := saySerial(number); len(day) == len(time.DateOnly) {
		return day
	}
	return number
}

// StampBeside reads the manifest in a folder, if it names the workbook.
func StampBeside(workbook string) (Stamp, error) {
	dir, name := filepath.Split(workbook)
	m, err := readManifest(dir)
	if err != nil {
		return Stamp{}, err
	}
	if _, ok := m.Files[name]; !ok {
		return Stamp{}, fmt.Errorf("%s does not name %s", filepath.Join(dir, manifestName), name)
	}
	return m.stamp()
}

func readManifest(dir string) (manifest, error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return manifest{}, err
	}
	return parseManifest(raw)
}

func parseManifest(raw []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return manifest{}, fmt.Errorf("%s: %w", manifestName, err)
	}
	return m, nil
}

func (m manifest) stamp() (Stamp, error) {
	s := Stamp{Run: m.Run, Version: m.Version, Days: map[string][2]string{}}
	for name := range m.Files {
		s.CSV = s.CSV || filepath.Ext(name) == ".csv"
	}
	for _, a := range m.Accounts {
		s.Days[a.Name] = [2]string{a.From, a.To}
	}
	var err error
	s.AsOf, err = time.Parse(time.RFC3339, m.AsOf)
	return s, err
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)
