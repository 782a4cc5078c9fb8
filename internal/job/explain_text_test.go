package job

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

func bangkok(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Bangkok")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// told20 is a teller at ten o'clock in Bangkok on 20 November 2026.
func told20(t *testing.T) teller {
	return teller{
		zone: bangkok(t), now: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC), window: usualWindow,
		orderRef: ledger.OrderRef{Sources: []string{"metadata.order_id", "description"}, Pattern: regexp.MustCompile(`order (\d+)$`)},
	}
}

// instant reads a local time of Bangkok.
func instant(t *testing.T, text string) ledger.Instant {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, bangkok(t))
	if err != nil {
		t.Fatal(err)
	}
	return ledger.InstantOf(at)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "explain", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestExplanations(t *testing.T) {
	for name, d := range map[string]*dossier{"charge": chargeDossier(t), "order": orderDossier(t), "held": heldDossier(t), "card": cardDossier(t), "unknown": unknownDossier(t)} {
		t.Run(name, func(t *testing.T) {
			e := Explained{ID: d.id, Run: 3, Found: []Explanation{told20(t).explanation(d, started(t))}}
			golden(t, name+".txt", e.Text())
			var b bytes.Buffer
			encoder := json.NewEncoder(&b)
			encoder.SetIndent("", "  ")
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(e); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".json", b.String())
		})
	}
}

func TestSeveralAccountsStandApart(t *testing.T) {
	one := told20(t).explanation(unknownDossier(t), started(t))
	both := Explained{Found: []Explanation{one, one}}.Text()
	alone := Explained{Found: []Explanation{one}}.Text()
	if want := alone + strings.Repeat("-", textWidth) + "\n" + alone; both != want {
		t.Errorf("%s, want\n%s", both, want)
	}
}
