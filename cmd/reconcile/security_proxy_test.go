package main

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"reconcile/internal/job"
)

// TestKeyGoesUnencryptedToThisMachineOnly tries addresses that look like this
// machine and are not: each is a config error, and nothing is sent.
func TestKeyGoesUnencryptedToThisMachineOnly(t *testing.T) {
	v := newVault(t)
	for _, url := range []string{
		"http://api.omise.co", "HTTP://api.omise.co", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://localhost@evil.example",
		"http://127.0.0.1:80@evil.example", "http://[::ffff:8.8.8.8]", "http://[::ffff:192.168.0.1]", "http://0.0.0.0", "http://[::]", "http://127.1", "http://2130706433",
		"http://0x7f000001", "http://0177.0.0.1", "http://①②⑦.0.0.1", "http://128.0.0.1", "http://169.254.169.254", "http://evil.example#@127.0.0.1",
		"http://evil.example?@127.0.0.1", `http://127.0.0.1\@evil.example`, "http:127.0.0.1", "http:///127.0.0.1", "//127.0.0.1", "ftp://127.0.0.1", "file:///etc/passwd",
		"https://user@api.omise.co", "https://" + vaultKey + ":@api.omise.co", "https://api.omise.co?key=" + vaultKey,
	} {
		v.configure(url)
		v.must([]int{job.ExitUsage}, "check")
	}
	for _, url := range []string{"http://127.0.0.1:1", "http://127.9.9.9:1", "http://[::1]:1", "http://localhost:1"} {
		v.configure(url)
		v.must([]int{job.ExitFailed}, "check") // taken, and nobody is there
	}
	if n := len(v.spoiler.requests()); n != 0 {
		t.Errorf("%d requests came", n)
	}
	v.said = strings.ReplaceAll(v.said, v.dir, "")
	if err := os.Remove(filepath.Join(v.dir, "config.yaml")); err != nil { // the test's own words
		t.Fatal(err)
	}
	v.guarded()
}

// proxy is an HTTP proxy that notes all that it is told.
type proxy struct {
	address string
	mu      sync.Mutex
	noted   bytes.Buffer
	then    func(client net.Conn) // after its answer to CONNECT
}

func newProxy(t *testing.T, answer string, then func(net.Conn)) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: "http://" + listener.Addr().String(), then: then}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(connection, answer) })
		}
	})
	t.Cleanup(func() { listener.Close(); serving.Wait() })
	return p
}

// serve reads one request's head, answers, and hands over the connection.
func (p *proxy) serve(connection net.Conn, answer string) {
	defer connection.Close()
	client := noting{connection, p}
	var head []byte
	for one := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, one...) {
		if _, err := client.Read(one); err != nil {
			return
		}
	}
	fmt.Fprint(connection, answer)
	if p.then != nil {
		p.then(client)
	}
}

func (p *proxy) heard() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.noted.Bytes())
}

// noting is a connection whose every byte is noted.
type noting struct {
	net.Conn
	proxy *proxy
}

func (n noting) Read(b []byte) (int, error) {
	read, err := n.Conn.Read(b)
	n.proxy.mu.Lock()
	defer n.proxy.mu.Unlock()
	n.proxy.noted.Write(b[:read])
	return read, err
}

// process runs the command as a process with an environment of its own, since
// Go asks for the proxies only once.
func (v *vault) process(env []string, args ...string) (code int, said string) {
	v.t.Helper()
	cmd := exec.CommandContext(v.t.Context(), "reconcile", append(args, "--config", filepath.Join(v.dir, "config.yaml"))...)
	cmd.Env = append([]string{"KEY=" + vaultKey, "NOW=" + scriptStart, "HOME=" + v.dir, "TMPDIR=" + os.Getenv("TMPDIR"), "PATH=" + os.Getenv("PATH")}, env...)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		v.t.Fatal(err)
	}
	v.said += string(text)
	return cmd.ProcessState.ExitCode(), string(text)
}

const connected = "HTTP/1.1 200 OK\r\n\r\n"

// TestProxyNeverSeesTheKey goes through proxies that are set in the
// environment. They are used for https alone, and get to know no more than the
// host: a proxy that is no tunnel to a server with a good certificate gets no
// request to see.
func TestProxyNeverSeesTheKey(t *testing.T) {
	secured := httptest.NewUnstartedServer(nil) // for its certificate
	secured.StartTLS()
	defer secured.Close()
	certificate := secured.TLS.Certificates[0]
	for name, p := range map[string]*proxy{
		"it refuses":            newProxy(t, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", nil),
		"it redirects":          newProxy(t, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", nil),
		"it is no proxy":        newProxy(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", nil),
		"it listens":            newProxy(t, connected, func(c net.Conn) { _, _ = io.Copy(io.Discard, io.LimitReader(c, 100)) }),
		"its own certificate":   newProxy(t, connected, func(c net.Conn) { readSecured(t, c, certificate) }),
		"it ends what it began": newProxy(t, connected, nil),
	} {
		v := newVault(t)
		v.configure("https://api.omise.example")
		code, said := v.process([]string{"HTTPS_PROXY=" + p.address, "HTTP_PROXY=" + p.address}, "check", "-v")
		heard := p.heard()
		if code != job.ExitFailed || !bytes.HasPrefix(heard, []byte("CONNECT api.omise.example:443 HTTP/1.1\r\n")) {
			t.Errorf("%s: exit code %d, the proxy heard %q\n%s", name, code, heard[:min(len(heard), 200)], said)
		}
		v.said += string(heard)
		v.guarded()
	}
}

// readSecured is a proxy that wants to read along.
func readSecured(t *testing.T, c net.Conn, certificate tls.Certificate) {
	along := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	if n, err := along.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes came through TLS with a certificate that nobody vouches for", n)
	}
}

// TestProxyIsATunnel shows that a proxy in the environment is used, and that
// what goes through it is TLS from end to end.
func TestProxyIsATunnel(t *testing.T) {
	v := newVault(t)
	secured := httptest.NewUnstartedServer(v.spoiler)
	secured.Config.ErrorLog = log.New(io.Discard, "", 0)
	secured.StartTLS()
	defer secured.Close()
	p := newProxy(t, connected, func(c net.Conn) {
		server, err := net.Dial("tcp", secured.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer server.Close()
		go func() { _, _ = io.Copy(server, c); server.Close() }()
		_, _ = io.Copy(c, server)
	})
	file := filepath.Join(v.dir, "tmp", "server.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secured.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	v.configure("https://example.com") // for which that certificate is good
	code, said := v.process([]string{"HTTPS_PROXY=" + p.address, "SSL_CERT_FILE=" + file}, "check")
	heard := v.spoiler.requests()
	if code != job.ExitDone || len(heard) != 1 || heard[0].Method != http.MethodGet {
		t.Errorf("exit code %d, %d requests\n%s", code, len(heard), said)
	}
	v.said += string(p.heard())
	v.guarded()
}

// TestProxyIsNotForThisMachine holds that http, which only this machine may be
// asked by, goes around a proxy: it would read the key.
func TestProxyIsNotForThisMachine(t *testing.T) {
	v := newVault(t)
	p := newProxy(t, "HTTP/1.1 200 OK\r\n\r\n", nil)
	code, said := v.process([]string{"HTTP_PROXY=" + p.address, "http_proxy=" + p.address, "ALL_PROXY=" + p.address}, "check")
	if code != job.ExitDone || len(v.spoiler.requests()) != 1 || len(p.heard()) > 0 {
		t.Errorf("exit code %d, %d requests at the sandbox, the proxy heard %q\n%s", code, len(v.spoiler.requests()), p.heard(), said)
	}
}
