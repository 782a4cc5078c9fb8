package ledger

import (
	"errors"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// TestAdviceIsGivenOnce follows an error through two functions that explain.
func TestAdviceIsGivenOnce(t *testing.T) {
	for _, code := range []sqlite3.ErrNo{sqlite3.ErrFull, sqlite3.ErrCorrupt, sqlite3.ErrReadonly, sqlite3.ErrNotADB} {
		once := explain(sqlite3.Error{Code: code})
		again := explain(fmt.Errorf("open ledger: %w", once))
		if want := "open ledger: " + once.Error(); again.Error() != want {
			t.Errorf("%s, want %s", again, want)
		}
		if code != sqlite3.ErrNotADB && !errors.As(again, new(sqlite3.Error)) {
			t.Errorf("%s: SQLite's own error is lost", again)
		}
	}
	plain := errors.New("no error of SQLite")
	if got := explain(plain).Error(); got != plain.Error() {
		t.Errorf("%s", got)
	}
}
