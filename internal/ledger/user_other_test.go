//go:build unix && !linux

package ledger_test

import (
	"os"
	"testing"
)

func asNobody(t *testing.T, _ string, do func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root passes over every mode")
	}
	do()
}
