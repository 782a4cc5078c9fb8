package ledger

import (
	"os"
	"strings"
	"testing"
)

// A ledger that is read as it lies there must not have moved meanwhile.
func TestBackupSeesWhoWroteMeanwhile(t *testing.T) {
	for name, write := range map[string]func(path string) error{
		"nobody":         func(string) error { return nil },
		"into the file":  func(path string) error { return os.Truncate(path, 10*pageSize) },
		"beside it":      func(path string) error { return os.WriteFile(path+"-wal", nil, 0o600) },
		"taking it away": os.Remove,
	} {
		l := openTest(t)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		before, err := os.Stat(l.path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := trySource(t.Context(), l.path, "mode=ro&immutable=1", before)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := write(l.path); err != nil {
			t.Fatal(err)
		}
		if err := s.unchanged(); (err == nil) != (name == "nobody") {
			t.Errorf("%s: %v", name, err)
		} else if err != nil && !strings.Contains(err.Error(), "meanwhile") && name != "taking it away" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
