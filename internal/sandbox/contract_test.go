//go:build contract

package sandbox

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// The contract test asks Omise's test API and the sandbox the same, and tells where they differ:
//
//	OMISE_TEST_SECRET_KEY=skey_test_... OMISE_TEST_PUBLIC_KEY=pkey_test_... \
//		go test -tags contract -run Contract ./internal/sandbox
//
// With -args -api URL -vault URL it asks another server, such as a sandbox.
var (
	apiURL   = flag.String("api", "https://api.omise.co", "`URL` of the API")
	vaultURL = flag.String("vault", "https://vault.omise.co", "`URL` of the vault, for tokens")
)

func TestContract(t *testing.T) {
	real := newRealAPI(t)
	o := options()
	o.Now = time.Now
	own, theirIDs, ourIDs := newServerWithMoney(t, o), map[string]string{}, map[string]string{}
	for _, step := range journey() {
		if path := fillIn(step.path, theirIDs); strings.Contains(path, "{") {
			t.Errorf("%s %s: not asked, an earlier answer did not give the id", step.method, path)
			continue
		}
		theirs := real.send(t, step.wireRequest, theirIDs)
		ours := own.sendRaw(t, step.wireRequest, ourIDs)
		for _, d := range contractBreaches(theirs, ours) {
			t.Errorf("%s %s %s: %s", step.method, step.path, step.body, d)
		}
		keepAnswer(theirIDs, step.keep, theirs)
		keepAnswer(ourIDs, step.keep, ours)
	}
}

// contractBreaches compares status, words and shape.
func contractBreaches(theirs, ours answer) []string {
	var all []string
	if theirs.status != ours.status {
		all = append(all, fmt.Sprintf("status is %d, theirs is %d: %.200s", ours.status, theirs.status, theirs.body))
	}
	a, fault := decodeJSON([]byte(theirs.body))
	b, _ := decodeJSON([]byte(ours.body))
	if fault != nil {
		return append(all, fmt.Sprintf("theirs is not JSON: %.200s", theirs.body))
	}
	for _, key := range []string{"object", "status", "code", "flow", "failure_code"} {
		if x, y := a.get(key), b.get(key); x.json() != y.json() {
			all = append(all, fmt.Sprintf("%s is %s, theirs is %s", key, y.json(), x.json()))
		}
	}
	return append(all, differences(a.get("object").text, a, b)...)
}

func keepAnswer(ids map[string]string, name string, a answer) {
	if object, err := decodeJSON([]byte(a.body)); err == nil && a.status == http.StatusOK {
		keepID(ids, name, object)
	}
}

// realAPI sends requests of the journey elsewhere, one at a time.
type realAPI struct {
	http           *http.Client
	secret, public string
}

func newRealAPI(t *testing.T) *realAPI {
	t.Helper()
	r := &realAPI{
		http:   &http.Client{Timeout: time.Minute},
		secret: os.Getenv("OMISE_TEST_SECRET_KEY"), public: os.Getenv("OMISE_TEST_PUBLIC_KEY"),
	}
	if r.secret == "" || r.public == "" {
		t.Skip("needs OMISE_TEST_SECRET_KEY and OMISE_TEST_PUBLIC_KEY")
	}
	if keyKindOf(r.secret, false) != secretKey || keyKindOf(r.public, false) != publicKey {
		t.Fatal("the keys have to be skey_test_... and pkey_test_...; this test charges cards")
	}
	return r
}

func (r *realAPI) send(t *testing.T, q wireRequest, ids map[string]string) answer {
	t.Helper()
	base, key := *apiURL, r.secret
	if strings.HasPrefix(q.path, "/tokens") {
		base = *vaultURL
	}
	if q.public {
		key = r.public
	}
	target := base + fillIn(q.path, ids)
	if q.query != "" {
		target += "?" + fillIn(q.query, ids)
	}
	req, err := http.NewRequestWithContext(t.Context(), q.method, target, strings.NewReader(fillIn(q.body, ids)))
	must(t, err)
	req.SetBasicAuth(key, "")
	req.Header.Set("Content-Type", q.contentType)
	req.Header.Set("Omise-Version", "2019-05-29")
	resp, err := r.http.Do(req)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return answer{resp.StatusCode, resp.Header, string(body)}
}
