package records

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"reconcile/internal/ledger"
)

// gathered is a sink that keeps what it is given in a form to read.
type gathered struct {
	records    []string
	unreadable []string
	rows       []ledger.UnreadableRow
	first      int // number of the first row below the header
}

func (g *gathered) Record(r ledger.Record, row int) error {
	g.records = append(g.records, fmt.Sprintf("%d: %s", row-g.first+1, show(r)))
	return nil
}

func (g *gathered) Unreadable(u ledger.UnreadableRow) error {
	g.unreadable = append(g.unreadable, fmt.Sprintf("%d: %s %q", u.Row-g.first+1, cmp.Or(u.Field, "row"), u.Value))
	g.rows = append(g.rows, u)
	return nil
}

// show writes a record on a line; "-" is what it does not say.
func show(r ledger.Record) string {
	number := func(n *int64) string {
		if n == nil {
			return "-"
		}
		return strconv.FormatInt(*n, 10)
	}
	created := "-"
	if r.CreatedAt != nil {
		created = r.CreatedAt.Time().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s %s %s %s %s %s %s", cmp.Or(r.OrderRef, "-"), cmp.Or(r.Charge, "-"), number(r.Amount),
		cmp.Or(string(r.Currency), "-"), cmp.Or(string(r.Status), "("+r.Word+")"), number(r.Refunded), created)
}

// file writes a file of books and finds it as a source would.
func file(t testing.TB, name, text string) File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return found(t, path)
}

func found(t testing.TB, path string) File {
	t.Helper()
	files, err := Source{Name: "orders", Path: path}.Files()
	if err != nil || len(files) != 1 {
		t.Fatalf("files at %s: %v, %v", path, files, err)
	}
	return files[0]
}

// readText reads a file of books with a source that says only the currency.
func readText(t *testing.T, name, text string) (Reading, *gathered, error) {
	t.Helper()
	return readWith(Source{Currency: "THB"}, file(t, name, text))
}

func readWith(s Source, f File) (Reading, *gathered, error) {
	s.Account, s.Name = "main", "orders"
	sink := &gathered{first: 1}
	reading, err := s.ReadFile(context.Background(), f, sink)
	return reading, sink, err
}
