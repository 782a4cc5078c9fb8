package clients

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

func TestNodeClient(t *testing.T) {
	t.Logf("%s", runNode(t, "operations.js", startSandbox(t)))
}

// runNode gives what a script in the folder node prints.
func runNode(t *testing.T, script string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat("node/node_modules/omise"); err != nil {
		t.Skip("Omise's Node client is not installed: run npm ci in clients/node")
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{script}, args...)...)
	cmd.Dir = "node"
	cmd.Env = append(os.Environ(), "http_proxy=") // which the client would take for everything
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return out
}

func expiryArgs(expires time.Time) []string {
	return []string{strconv.Itoa(int(expires.Month())), strconv.Itoa(expires.Year())}
}
