package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/ledger"
)

func TestFilesAreListedOldestFirst(t *testing.T) {
	dir := t.TempDir()
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for name, age := range map[string]int{"orders-c.csv": 3, "orders-b.csv": 2, "orders-a.csv": 2, "orders-d.csv": 9, "other.csv": 1, "~$orders-x.csv": 1} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("order_id\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, day, day.AddDate(0, 0, -age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "orders-e.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "orders-f.csv")); err != nil {
		t.Fatal(err)
	}
	files, err := Source{Path: filepath.Join(dir, "*orders-*.csv")}.Files()
	var got []string
	for _, f := range files {
		got = append(got, filepath.Base(f.Path))
	}
	if want := []string{"orders-d.csv", "orders-c.csv", "orders-a.csv", "orders-b.csv"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if files[0].Size != int64(len("order_id\n")) || !files[0].Modified.Equal(day.AddDate(0, 0, -9)) {
		t.Errorf("%+v", files[0])
	}
}

func TestGlobsThatFindNothing(t *testing.T) {
	if files, err := (Source{Path: filepath.Join(t.TempDir(), "*.csv")}).Files(); err != nil || len(files) != 0 {
		t.Errorf("%v, %v; want none and no error", files, err)
	}
	if _, err := (Source{Name: "orders", Path: "[a"}).Files(); err == nil || !strings.Contains(err.Error(), "records orders") {
		t.Errorf("%v", err)
	}
}

func TestWhatAReadingSaysOfItsFile(t *testing.T) {
	const text = "order_id,total\n1,5\n"
	f := file(t, "a.csv", text)
	reading, sink, err := readWith(Source{Currency: "THB"}, f)
	sum := sha256.Sum256([]byte(text))
	if err != nil || reading.SHA256 != hex.EncodeToString(sum[:]) || !reading.ReadAt.Equal(f.Modified) {
		t.Errorf("%+v, %v", reading, err)
	}
	if sink.records[0] != "2: 1 - 500 THB () - -" {
		t.Errorf("%v", sink.records)
	}
}

func TestFilesThatAreGone(t *testing.T) {
	_, _, err := readWith(Source{}, File{Path: filepath.Join(t.TempDir(), "a.csv")})
	if !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "a.csv") != 1 {
		t.Errorf("%v", err)
	}
}

// meddler is a sink that does something at its first row.
type meddler struct {
	gathered
	do func() error
}

func (m *meddler) Record(r ledger.Record, row int) error {
	if len(m.records) == 0 {
		if err := m.do(); err != nil {
			return err
		}
	}
	return m.gathered.Record(r, row)
}

func TestFilesThatChangeWhileTheyAreRead(t *testing.T) {
	rows := strings.Repeat("1,5\n", 50)
	jsonRows := strings.Repeat("{\"order_id\":1}\n", 50)
	for name, text := range map[string]string{"a.csv": "order_id,total\n" + rows, "a.jsonl": jsonRows} {
		for what, change := range map[string]func(f File) error{
			"grows": func(f File) error { return writeAt(f, f.Size, "2,5\n") },
			"grows without a new time": func(f File) error {
				return errors.Join(writeAt(f, f.Size, "2,5\n"), os.Chtimes(f.Path, f.Modified, f.Modified))
			},
			"is written over": func(f File) error {
				return errors.Join(writeAt(f, 0, "x"), os.Chtimes(f.Path, f.Modified, f.Modified.Add(time.Second)))
			},
			"is cut": func(f File) error { return os.Truncate(f.Path, f.Size/2) },
		} {
			f := file(t, name, text)
			sink := &meddler{do: func() error { return change(f) }}
			_, err := Source{Name: "orders", Currency: "THB"}.ReadFile(context.Background(), f, sink)
			if !errors.Is(err, errChanged) {
				t.Errorf("%s %s: %v; want that it changed", name, what, err)
			}
		}
	}
	f := file(t, "a.csv", "order_id\n1\n")
	if err := writeAt(f, f.Size, "2\n"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readWith(Source{}, f); !errors.Is(err, errChanged) {
		t.Errorf("changed before it was read: %v", err)
	}
}

func TestMoreBytesThanTheFileHad(t *testing.T) {
	for size, want := range map[int64]error{2: errChanged, 3: nil, 4: errChanged} {
		h := &hashed{ctx: context.Background(), in: strings.NewReader("abc"), sum: sha256.New()}
		if err := h.finish(size); !errors.Is(err, want) {
			t.Errorf("three bytes of %d: %v, want %v", size, err, want)
		}
	}
}

func writeAt(f File, offset int64, text string) error {
	file, err := os.OpenFile(f.Path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(text), offset)
	return errors.Join(err, file.Close())
}

func TestErrorsOfTheSinkEndTheReading(t *testing.T) {
	full := errors.New("disk full")
	for name, text := range map[string]string{"a.csv": "order_id\n1\n2\n", "a.jsonl": "{\"order_id\":1}\n"} {
		sink := &meddler{do: func() error { return full }}
		_, err := Source{Name: "orders"}.ReadFile(context.Background(), file(t, name, text), sink)
		if !errors.Is(err, full) || len(sink.records) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadingsAreInterrupted(t *testing.T) {
	rows := strings.Repeat("1,5\n", 100_000)
	ctx, cancel := context.WithCancel(context.Background())
	sink := &meddler{do: func() error { cancel(); return nil }}
	_, err := Source{Name: "orders", Currency: "THB"}.ReadFile(ctx, file(t, "a.csv", "order_id,total\n"+rows), sink)
	if !errors.Is(err, context.Canceled) || len(sink.records) > 2*maxAbove {
		t.Errorf("%v after %d records", err, len(sink.records))
	}
}
