package fetch

import (
	"crypto/tls"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// trap is a server that nobody may come to.
func trap(t *testing.T) (address *url.URL, visits *atomic.Int32) {
	t.Helper()
	visits = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		t.Errorf("%s %s came with Authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return address, visits
}

// TestRedirectsNeverCarryTheKey tries every kind of redirect to every kind of
// target, from http and from https, with and without an answer that looks right.
func TestRedirectsNeverCarryTheKey(t *testing.T) {
	other, visits := trap(t)
	targets := map[string]string{
		"another host":                "http://" + other.Host + "/account",
		"another name of this host":   "http://localhost:" + other.Port() + "/account",
		"no scheme":                   "//" + other.Host + "/account",
		"a user":                      "http://" + secret + ":@" + other.Host + "/account",
		"the key as a parameter":      "http://" + other.Host + "/account?key=" + secret + "#" + secret,
		"backslashes":                 `http:\\` + other.Host + `\account`,
		"the same host":               "/elsewhere",
		"the same address":            "/account",
		"a path above":                "../../elsewhere",
		"another scheme":              "ftp://" + other.Host + "/account",
		"a file":                      "file:///etc/passwd",
		"nothing":                     "",
		"what is no address":          "http://%zz/" + secret,
		"an address with white space": " http://" + other.Host + "/account",
	}
	for name, target := range targets {
		for _, status := range []int{300, 301, 302, 303, 307, 308} {
			for _, secured := range []bool{false, true} {
				redirectOnce(t, name, target, status, secured)
			}
		}
	}
	if n := visits.Load(); n > 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// redirectOnce asks a server that redirects, and holds that this ends it.
func redirectOnce(t *testing.T, name, target string, status int, secured bool) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 || r.URL.Path != "/account" {
			t.Errorf("%d to %s: %s was asked for after it", status, name, r.URL)
		}
		w.Header()["Location"] = []string{target}
		w.Header().Set("Refresh", "0; url="+target)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(accountJSON))
	}))
	if secured {
		server.StartTLS()
	} else {
		server.Start()
	}
	defer server.Close()
	client, _ := newClient(t, server.URL, func(o *ClientOptions) { o.RetryFor = 1 }) // no patience
	if secured {
		client.http.Transport.(*http.Transport).TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	}
	got, err := ask(client)
	if err == nil || got != "" || asked.Load() != 1 {
		t.Errorf("%d to %s: %q, %v after %d requests", status, name, got, err, asked.Load())
	}
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("%d to %s: the key is in: %v", status, name, err)
	}
}

// TestKeyGoesToNobodyUnknown holds that a server with a certificate of its own
// making, or with none, does not get to see a request.
func TestKeyGoesToNobodyUnknown(t *testing.T) {
	for name, change := range map[string]func(*httptest.Server){
		"unknown certificate": func(*httptest.Server) {},
		"old TLS": func(s *httptest.Server) {
			s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
		},
	} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			t.Errorf("%s: %s came", name, r.URL)
		}))
		change(server)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		client, _ := newClient(t, server.URL, func(o *ClientOptions) { o.RetryFor = 1 })
		if _, err := ask(client); err == nil {
			t.Errorf("%s: no error", name)
		}
		server.Close()
	}
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s came without TLS", r.URL) }))
	defer plain.Close()
	client, _ := newClient(t, strings.Replace(plain.URL, "http:", "https:", 1), func(o *ClientOptions) { o.RetryFor = 1 })
	if _, err := ask(client); err == nil {
		t.Error("no TLS: no error")
	}
}

// sources parses every Go file that becomes part of the program, the sandbox
// left out, and hands it on with its path from the root.
func sources(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if name = filepath.ToSlash(name); d.IsDir() && (name == "internal/sandbox" || name == ".git") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			visit(name, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNetworkIsReachedInOnePlace holds that one file makes the client and its
// one kind of request, and that nothing else in the program could send any: a
// second way out would go around the client's refusals.
func TestNetworkIsReachedInOnePlace(t *testing.T) {
	const place = "internal/fetch/client.go"
	requests := 0
	sources(t, func(path string, file *ast.File) {
		for _, imported := range file.Imports {
			if why := waysOut(path, imported); why != "" {
				t.Errorf("%s: %s", path, why)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sends, why := leaves(n); why != "" && (path != place || !sends) {
				t.Errorf("%s: %s", path, why)
			} else if sends && strings.HasPrefix(why, "NewRequest") {
				requests++
			}
			return true
		})
	})
	if requests != 1 {
		t.Errorf("%s makes requests in %d places, want one", place, requests)
	}
}

// waysOut says why a file may not import a package.
func waysOut(path string, imported *ast.ImportSpec) string {
	name := strings.Trim(imported.Path.Value, `"`)
	inFetch, inCommand := strings.HasPrefix(path, "internal/fetch/"), strings.HasPrefix(path, "cmd/")
	switch {
	case name == "net/http" && imported.Name != nil:
		return "net/http has another name here, under which it is not looked for"
	case name == "net/http" && !inFetch && !inCommand:
		return "it imports net/http"
	case name == "net" && !inCommand && path != "internal/config/fields.go":
		return "it imports net"
	case slices.Contains([]string{"os/exec", "net/rpc", "net/smtp", "net/textproto", "net/http/httputil", "plugin", "unsafe"}, name):
		return "it imports " + name
	}
	return ""
}

// leaves says how a piece of source may send something, and whether that is
// what the client does: one transport, one client, GET.
func leaves(n ast.Node) (client bool, why string) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		of, ok := n.X.(*ast.Ident)
		if !ok || of.Name != "http" && of.Name != "net" {
			return false, ""
		}
		switch name := n.Sel.Name; name {
		case "DefaultTransport", "Client", "Transport":
			return true, "http." + name
		case "DefaultClient", "Get", "Head", "Post", "PostForm", "Dial", "Dialer", "DialTimeout", "DialTCP", "DialUDP", "MethodConnect", "MethodOptions", "MethodTrace":
			return false, of.Name + "." + name
		}
	case *ast.CompositeLit:
		if of, ok := n.Type.(*ast.SelectorExpr); ok && of.Sel.Name == "Request" {
			return false, "a request is made by hand"
		}
	case *ast.CallExpr:
		return asks(n)
	}
	return false, ""
}

// asks looks at calls that make a request: the method is a constant in its place.
func asks(call *ast.CallExpr) (client bool, why string) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !strings.HasPrefix(f.Sel.Name, "NewRequest") {
		return false, ""
	}
	at := map[string]int{"NewRequest": 0, "NewRequestWithContext": 1}
	place, known := at[f.Sel.Name]
	if !known || len(call.Args) <= place {
		return false, f.Sel.Name
	}
	method, ok := call.Args[place].(*ast.SelectorExpr)
	last, isNil := call.Args[len(call.Args)-1].(*ast.Ident)
	return ok && method.Sel.Name == "MethodGet" && isNil && last.Name == "nil", f.Sel.Name + " with another method than GET, with a body, or in another place"
}
