package clients

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	secretKey = "skey_test_5clientsofomise"
	publicKey = "pkey_test_5clientsofomise"
)

// reconcile is the path of the program, built once.
var reconcile string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "reconcile")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	reconcile = filepath.Join(dir, "reconcile.exe") // the name that runs everywhere
	cmd := exec.Command("go", "build", "-o", reconcile, "./cmd/reconcile")
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building reconcile:", err)
		return 1
	}
	return m.Run()
}

// startSandbox runs an empty `reconcile sandbox` until the test is over and gives its URL.
func startSandbox(t *testing.T, flags ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), reconcile, append([]string{"sandbox", "--charges=0", "--customers=0"}, flags...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the sandbox did not start: %v: %s", err, &stderr)
	}
	return strings.TrimSpace(url)
}

// play makes a control call: what shoppers, banks and time do.
func play(t *testing.T, url, path, body string) {
	t.Helper()
	resp, err := http.Post(url+"/_sandbox"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, resp.StatusCode, answer)
	}
}

func setClock(t *testing.T, url string, to time.Time) {
	t.Helper()
	body, err := json.Marshal(map[string]time.Time{"set": to})
	if err != nil {
		t.Fatal(err)
	}
	play(t, url, "/clock", string(body))
}

func bangkok() *time.Location { return time.FixedZone("", 7*60*60) }

// atNoon makes the sandbox's clock stand at today's noon in Bangkok, for what has to happen within
// one business day.
func atNoon() string {
	y, m, d := time.Now().In(bangkok()).Date()
	return "--clock=" + time.Date(y, m, d, 12, 0, 0, 0, bangkok()).Format(time.RFC3339)
}
