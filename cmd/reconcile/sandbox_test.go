package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sandboxProcess is `reconcile sandbox` as a shell would start it.
type sandboxProcess struct {
	t   *testing.T
	cmd *exec.Cmd
	url string
}

func startSandboxProcess(t *testing.T, args ...string) *sandboxProcess {
	t.Helper()
	p := &sandboxProcess{t: t, cmd: exec.Command("reconcile", append([]string{"sandbox", "--charges", "20", "--customers", "5"}, args...)...)}
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	p.url = strings.TrimSpace(line)
	return p
}

// ask gives an answer without the URL of this process in it.
func (p *sandboxProcess) ask(method, path, body string) string {
	p.t.Helper()
	r, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.SetBasicAuth(scriptKey, "")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %s %s %v", method, path, answer.Status, text, err)
	}
	return strings.ReplaceAll(string(text), p.url, "URL")
}

func (p *sandboxProcess) morning() string {
	return p.ask("POST", "/charges", "amount=50000&currency=thb&source[type]=promptpay") +
		p.ask("POST", "/_sandbox/clock", `{"advance":"2h"}`) +
		p.ask("POST", "/customers", `{"email":"a@example.com"}`)
}

func (p *sandboxProcess) evening() string {
	return p.ask("GET", "/charges?limit=100", "") + p.ask("GET", "/customers", "") + p.ask("GET", "/events", "") + p.ask("GET", "/balance", "") +
		p.ask("POST", "/links", "amount=5000&currency=thb&title=T&description=D")
}

// Two processes with one seed, one clock and one script say the same, although one of them is killed
// in between.
func TestSandboxProcessesSayTheSame(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	a := startSandboxProcess(t, "--clock", "2026-11-21T05:30:00Z")
	b := startSandboxProcess(t, "--clock", "2026-11-21T05:30:00Z", "--data", data)
	if diff := cmp.Diff(a.morning(), b.morning()); diff != "" {
		t.Error(diff)
	}
	if err := b.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = b.cmd.Wait()
	b = startSandboxProcess(t, "--data", data) // the rest is in the file
	if diff := cmp.Diff(a.evening(), b.evening()); diff != "" {
		t.Error(diff)
	}

	other := exec.Command("reconcile", "sandbox", "--data", data)
	text, err := other.CombinedOutput()
	exit := new(exec.ExitError)
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(text), "another sandbox uses it") {
		t.Errorf("a second process on the same file: %v %s", err, text)
	}
	if err := b.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Wait(); err != nil {
		t.Errorf("interrupted: %v", err)
	}
}
