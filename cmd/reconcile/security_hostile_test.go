package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/job"
)

// hostile is what a customer of the shop may write, or a server that is not
// Omise may answer.
func hostile() []string {
	return []string{
		"../../../../tmp/escaped", "..", ".", "/etc/passwd", `..\..\escaped`, "a/../../b", "%2e%2e%2f",
		`chrg_test_"; DROP TABLE charges;--`, `'; DELETE FROM runs; --`, `chrg_test_1' OR '1'='1`,
		"nul\x00inside", "line\nRUN  KIND  complete", "carriage\rreturn", "\x1b[2J\x1b]0;owned\x07\x1b[31mred", "bell\x07\b\b\b", "\u009b31mC1",
		`=cmd|' /C calc'!A0`, "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "＝1+1", "＋1", "－1", "＠x", "\t=1+1", "\r=1+1", "\n=1+1", "'=1+1", `=HYPERLINK("http://evil","x")`,
		"\u202eright to left", "\u200b=1", "\ufeff=1", "\ufffe\uffff", "_x000D_=1", "]]><c><f>1+1</f></c>", "<script>&\"'</script>",
		`","extra`, `a,b;c` + "\r\n" + `d`, `{"a":"b"}`, "${jndi:ldap://evil}", "%s%n%x", "\xff\xfe not UTF-8", strings.Repeat("long ", 40_000),
	}
}

// pick gives an object one of the hostile texts, always the same one.
func pick(object map[string]any, salt int) string {
	id, _ := object["id"].(string)
	for _, b := range []byte(id) {
		salt = salt*31 + int(b)
	}
	texts := hostile()
	return texts[(salt%len(texts)+len(texts))%len(texts)]
}

// spiteful fills the texts of a kind of object with something hostile.
func spiteful(keys ...string) func(*http.Request, map[string]any) {
	return func(_ *http.Request, object map[string]any) {
		for i, key := range keys {
			object[key] = pick(object, i)
		}
	}
}

// spite is hostile in every text that Omise gives, and some objects are so in
// their ids, times and currencies too.
func spite() kinds {
	now := func(key string, change func(*http.Request, map[string]any)) func(*http.Request, map[string]any) {
		return func(r *http.Request, object map[string]any) {
			if id, _ := object["id"].(string); strings.ContainsAny(id[max(0, len(id)-1):], "abcdef") {
				object[key] = pick(object, 7)
			}
			change(r, object)
		}
	}
	return kinds{
		"account": spiteful("country", "currency", "email", "team"),
		"charge": now("id", func(r *http.Request, c map[string]any) {
			value := pick(c, 1)
			if id, _ := c["id"].(string); strings.ContainsAny(id[max(0, len(id)-1):], "ghij") {
				c["status"] = value
			}
			spiteful("description", "failure_code", "transaction", "schedule", "link", "authorization_type", "ip", "location")(r, c)
			c["metadata"] = map[string]any{"order_id": value, value: value}
		}),
		"source":   spiteful("type"),
		"refund":   now("charge", spiteful("transaction", "location")),
		"dispute":  now("currency", spiteful("reason_code", "reason_message")),
		"customer": spiteful("email", "default_card", "description"),
		"card":     now("created_at", spiteful("name", "bank", "brand", "country", "fingerprint", "last_digits")),
		"list":     spiteful("location"),
	}
}

// TestHostileTexts runs every command over an account whose texts are hostile,
// and looks at all that comes out.
func TestHostileTexts(t *testing.T) {
	v := newVault(t)
	v.spoiler.set(v.rewrites(spite()))
	done := []int{job.ExitDone, job.ExitPartial}
	v.must(done, "check", "-v")
	v.must(done, "backfill", "--from", "2028-10-01", "--to", "2028-11-20", "-v")
	stdout, _ := v.must(done, "run", "-v", "--json", "--from", "2028-10-20", "--to", "2028-11-20", "--log-format", "json")
	if !json.Valid([]byte(stdout)) {
		t.Errorf("run --json: %s", stdout)
	}
	v.must(done, "report", "--month", "2028-10")
	v.must(done, "runs")
	wantPlain(t, "what the commands said", v.said)
	if len(v.said) > 1<<19 {
		t.Errorf("the commands said %d bytes", len(v.said))
	}
	v.wantOnlyItsFiles()
	v.wantSoundRequests()
	v.wantWholeLedger()
	reports := filepath.Join(v.dir, "reports", "2028-10-20_2028-11-20")
	wantSoundTables(t, reports)
	wantSoundWorkbook(t, filepath.Join(reports, "reconciliation-2028-10-20_2028-11-20.xlsx"))
	wantSoundManifest(t, filepath.Join(reports, "manifest.json"))
}

// TestHostileIDsStayInTheirPath has refunds and disputes name charges whose ids
// would lead a request elsewhere.
func TestHostileIDsStayInTheirPath(t *testing.T) {
	for _, id := range []string{"..", ".", "../account?a=b#c", "%2e%2e", "\x00\n"} {
		v := newVault(t)
		name := fill("charge", id)
		v.spoiler.set(v.rewrites(kinds{"refund": name, "dispute": name}))
		v.must([]int{job.ExitDone, job.ExitPartial}, "run", "--from", "2028-10-25", "--to", "2028-11-20")
		v.wantSoundRequests()
	}
}

// wantPlain holds that a text does nothing to a terminal: no control character
// but line ends, and none that turns the direction of writing.
func wantPlain(t *testing.T, where, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Errorf("%s holds %U: …%q…", where, r, text[max(0, i-200):min(len(text), i+40)])
			return
		}
	}
}

// wantOnlyItsFiles holds that nothing stands where only ids and names could
// have put it.
func (v *vault) wantOnlyItsFiles() {
	v.t.Helper()
	ours := regexp.MustCompile(`^(config\.yaml|reconcile\.db(-wal|-shm|\.lock|\.wait)?|reports/[0-9_-]+/([a-z_]+\.csv|manifest\.json|reconciliation-[0-9_-]+\.xlsx))$`)
	eachFile(v.t, v.dir, func(name string, _ []byte) {
		if !ours.MatchString(filepath.ToSlash(name)) {
			v.t.Errorf("the file %q is there", name)
		}
	})
}

// wantSoundRequests holds that no id has changed what a request asks for.
func (v *vault) wantSoundRequests() {
	v.t.Helper()
	sound := regexp.MustCompile(`^/(account|(charges|refunds|disputes|customers)(/[^/?]+(/cards)?)?)(\?[a-z]+=[^&]*(&[a-z]+=[^&]*)*)?$`)
	for _, r := range v.spoiler.requests() {
		path, _, _ := strings.Cut(r.RequestURI, "?")
		parts := strings.Split(path, "/")
		if !sound.MatchString(r.RequestURI) || slices.Contains(parts, "..") || slices.Contains(parts, ".") {
			v.t.Errorf("asked for %q", cut(r.RequestURI))
		}
	}
}

// wantWholeLedger holds that SQLite and all tables are as they were made.
func (v *vault) wantWholeLedger() {
	v.t.Helper()
	s := shop{dir: v.dir}
	if n := s.count(v.t, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); n != 0 {
		v.t.Error("the ledger is damaged")
	}
	if n := s.count(v.t, "SELECT count(*) FROM runs"); n != 2 {
		v.t.Errorf("%d runs, want 2", n)
	}
	if n := s.count(v.t, "SELECT count(*) FROM charges"); n == 0 {
		v.t.Error("there are no charges")
	}
	if n := s.count(v.t, `SELECT count(*) FROM charges WHERE id GLOB '*[^0-9a-zA-Z_]*' OR id NOT GLOB 'chrg_*'`); n != 0 {
		v.t.Errorf("%d charges have hostile ids", n)
	}
}

// wantSoundTables reads every CSV file: whole rows, and no cell that a
// spreadsheet takes for a formula.
func wantSoundTables(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) != 9 {
		t.Fatalf("files %q, %v", files, err)
	}
	guarded := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
		rows, err := r.ReadAll() // refuses rows of another length
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, cell := range slices.Concat(rows...) {
			if strings.HasPrefix(cell, "'") {
				guarded++
			}
			if isFormula(cell) {
				t.Errorf("%s: the cell %q is a formula", filepath.Base(file), cut(cell))
			}
		}
	}
	if guarded < 5 {
		t.Errorf("only %d cells are guarded: the texts did not come through", guarded)
	}
}

var number = regexp.MustCompile(`^-[0-9]+(\.[0-9]+)?$`)

func isFormula(cell string) bool {
	return strings.IndexAny(cell, "=+-@＝＋－＠\t\r\n") == 0 && !number.MatchString(cell)
}

// wantSoundWorkbook holds that every part is XML and no cell a formula.
func wantSoundWorkbook(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	eachPart(t, text, func(name string, part []byte) {
		decoder := xml.NewDecoder(bytes.NewReader(part))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			start, ok := token.(xml.StartElement)
			if ok && strings.HasPrefix(name, "xl/worksheets/sheet") && slices.Contains([]string{"f", "script", "oleObject"}, start.Name.Local) {
				t.Errorf("%s: it has an element <%s>", name, start.Name.Local)
			}
			if ok && slices.ContainsFunc(start.Attr, func(a xml.Attr) bool { return a.Name.Local == "TargetMode" && a.Value == "External" }) {
				t.Errorf("%s: it leads out of the workbook", name)
			}
		}
	})
	f, err := excelize.OpenReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := f.GetRows("Charges"); err != nil || len(rows) < 2 {
		t.Errorf("%d rows on the sheet Charges, %v", len(rows), err)
	}
}

func wantSoundManifest(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || !json.Valid(text) {
		t.Errorf("%v, %s", err, cut(string(text)))
	}
	if len(text) > 1<<20 {
		t.Errorf("the manifest has %d bytes", len(text))
	}
	wantPlain(t, "the manifest", string(text))
}

func cut(s string) string { return s[:min(len(s), 120)] }

// loud are the hostile texts that do something to a terminal, or flood it.
func loud() []string {
	return slices.DeleteFunc(hostile(), func(s string) bool {
		return len(s) < 1000 && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) })
	})
}

// checkedPlain runs check and holds that each finding is one plain, short line.
func (v *vault) checkedPlain(text string) {
	v.t.Helper()
	_, stdout, stderr := v.run("check", "-v")
	for line := range strings.Lines(stdout) {
		if !strings.HasPrefix(line, "ok  ") && !strings.HasPrefix(line, "PROBLEM  ") || len(line) > 1000 {
			v.t.Errorf("%q: check says %q", cut(text), cut(line))
		}
	}
	wantPlain(v.t, "check", stdout+stderr)
}

// TestHostileErrors has Omise say something hostile in the place of an answer.
func TestHostileErrors(t *testing.T) {
	v := newVault(t)
	for _, text := range loud() {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		v.spoiler.set(says(403, fmt.Sprintf(`{"object":"error","code":%s,"message":%[1]s,"location":%[1]s}`, quoted)))
		v.checkedPlain(text)
	}
	v.must([]int{job.ExitRefused}, "run", "-v") // with the last, which is very long
	if len(v.said) > 50_000 {
		t.Errorf("the commands said %d bytes", len(v.said))
	}
}

// TestHostileAccount has /account answer something hostile in the place of the
// account that the ledger knows.
func TestHostileAccount(t *testing.T) {
	v := newVault(t)
	v.must([]int{job.ExitDone}, "run")
	for _, text := range loud() {
		v.spoiler.set(v.rewrites(kinds{"account": fill("id", text, "country", text, "currency", text)}))
		v.checkedPlain(text)
	}
	_, stdout, stderr := v.run("run", "--out", filepath.Join(v.dir, "out"))
	wantPlain(t, "run", stdout+stderr)
}
