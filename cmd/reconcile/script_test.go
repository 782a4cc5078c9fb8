package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"reconcile/internal/sandbox"
)

// scriptStart is when every script begins: three o'clock in Bangkok.
const scriptStart = "2028-11-21T03:00:00+07:00"

// scriptKey is the key of every script. It must never be seen again.
const scriptKey = "skey_test_5xthekeyofthescripts"

// TestScripts runs testdata/script. Beside testscript's own commands they have
// those of scriptCommands; in a shell, a sandbox started with `reconcile
// sandbox` and curl on its control calls do the same.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		Setup:              setUpScript,
		Cmds:               scriptCommands(),
		RequireUniqueNames: true,
		Condition: func(name string) (bool, error) {
			switch name {
			case "ordinary":
				return ordinaryUser, nil
			case "mount":
				return exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", os.TempDir()).Run() == nil, nil
			}
			return false, errors.New("unknown condition")
		},
	})
}

// stage is the Omise of one script: an address from the start, and the sandbox
// that answers there once the script has one.
type stage struct {
	mu      sync.Mutex
	sandbox *sandbox.Server
	heard   int // requests before this one are not counted by asked
	locks   map[string]func() error
}

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func (s *stage) server() *sandbox.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sandbox
}

func (s *stage) set(server *sandbox.Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sandbox, s.heard = server, 0
}

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if server := s.server(); server != nil {
		server.ServeHTTP(w, r)
		return
	}
	http.Error(w, "the script has no sandbox", http.StatusTeapot)
}

func setUpScript(env *testscript.Env) error {
	s := &stage{locks: map[string]func() error{}}
	server := httptest.NewServer(s)
	env.Defer(server.Close)
	env.Values[stageKey{}] = s
	env.Setenv("OMISE_URL", server.URL)
	env.Setenv("OMISE_SECRET_KEY", scriptKey)
	env.Setenv("NOW", scriptStart)
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's processes would each end a second later
	return expandConfigs(env.WorkDir, server.URL)
}

// expandConfigs writes the sandbox's address into the script's configs.
func expandConfigs(dir, url string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "$OMISE_URL", url)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// serveOn serves handler until the test is over and gives its address.
func serveOn(t *testing.T, handler http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Shutdown(context.Background()) })
	return "http://" + listener.Addr().String()
}
