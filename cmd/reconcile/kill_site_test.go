//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reconcile/internal/sandbox"
)

// site is a folder with a config, and the Omise that the config names. Its
// commands are processes of their own.
type site struct {
	t     *testing.T
	dir   string
	omise *sandbox.Server
	bell  *doorbell
}

func newSite(t *testing.T) *site {
	t.Helper()
	return &site{t: t, dir: t.TempDir()}
}

// serve starts Omise at a time of ours. Its answers take a moment.
func (s *site) serve(now string, o sandbox.Options) {
	s.t.Helper()
	start, err := time.Parse(time.RFC3339, now)
	if err != nil {
		s.t.Fatal(err)
	}
	o.Now = func() time.Time { return start }
	o.Faults = "slow=100%:1ms"
	if s.omise, err = sandbox.New(o); err != nil {
		s.t.Fatal(err)
	}
	s.bell = &doorbell{Handler: s.omise}
	s.write("config.yaml", fmt.Sprintf(`ledger: ./reconcile.db
accounts: [{name: shop, secret_key_env: KEY, timezone: Asia/Bangkok, base_url: %q}]
fetch: {workers: 4, requests_per_second: 1000}
`, serveOn(s.t, s.bell)))
}

func (s *site) ledger() string { return filepath.Join(s.dir, "reconcile.db") }

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) read(name string) []byte {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Error(err)
	}
	return text
}

func (s *site) glob(pattern string) []string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// changeEvery changes every nth charge that has been paid or can be, the way
// customers and staff do during a day.
func (s *site) changeEvery(n int) {
	s.t.Helper()
	changed := 0
	for i, charge := range s.omise.Charges() {
		if i%n != 0 {
			continue
		}
		if _, err := s.omise.Refund(charge.ID, 100); err == nil {
			changed++
		} else if s.omise.Capture(charge.ID, 0) == nil {
			changed++
		}
	}
	if changed == 0 {
		s.t.Fatal("nothing changed")
	}
}

// doorbell rings at the nth request from the moment it is set.
type doorbell struct {
	http.Handler
	mu   sync.Mutex
	left int
	rang chan struct{}
}

func (d *doorbell) set(n int) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.rang = n, make(chan struct{})
	if n == 0 {
		close(d.rang)
	}
	return d.rang
}

func (d *doorbell) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	if d.left--; d.left == 0 {
		close(d.rang)
	}
	d.mu.Unlock()
	d.Handler.ServeHTTP(w, r)
}

// moment is when to kill a process: when it has sent so many requests and a
// path of this form is among the report folders, so much later.
type moment struct {
	requests int
	glob     string
	then     time.Duration
}

// process is a command line that runs.
type process struct {
	*exec.Cmd
	site  *site
	rang  <-chan struct{}
	ended chan struct{}
	said  bytes.Buffer
}

// start runs a command line at a time of ours.
func (s *site) start(now string, m moment, args ...string) *process {
	s.t.Helper()
	p := &process{Cmd: exec.CommandContext(s.t.Context(), "reconcile", args...), site: s, rang: s.bell.set(m.requests), ended: make(chan struct{})}
	p.Dir, p.Stdout, p.Stderr = s.dir, &p.said, &p.said
	p.Env = append(os.Environ(), "NOW="+now, "KEY="+scriptKey, "GORACE=atexit_sleep_ms=0")
	if err := p.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = p.Wait()
		close(p.ended)
	}()
	return p
}

// killAt kills the process at m and says whether it still ran then. One that
// ended before must have ended well.
func (p *process) killAt(m moment) bool {
	select {
	case <-p.ended:
	case <-p.rang:
	}
	p.await(m.glob)
	select {
	case <-p.ended:
	case <-time.After(m.then):
	}
	_ = p.Process.Kill()
	<-p.ended
	if code := p.ProcessState.ExitCode(); code > 0 {
		p.site.t.Errorf("%q: exit code %d before it was killed: %s", p.Args, code, p.said.String())
	}
	return p.ProcessState.ExitCode() < 0
}

// await returns when such a path is among the report folders, or when the
// process has ended.
func (p *process) await(glob string) {
	if glob == "" {
		return
	}
	tick := time.NewTicker(100 * time.Microsecond)
	defer tick.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-tick.C:
			if len(p.site.glob("reports/"+glob)) > 0 {
				return
			}
		}
	}
}

// must runs a command line to its end and wants the exit code 0.
func (s *site) must(now string, args ...string) {
	s.t.Helper()
	p := s.start(now, moment{}, args...)
	<-p.ended
	if code := p.ProcessState.ExitCode(); code != 0 {
		s.t.Fatalf("%q: exit code %d: %s", args, code, p.said.String())
	}
}

// verify wants the ledger and its reports to be sound, whatever state a kill
// has left them in.
func (s *site) verify() {
	s.t.Helper()
	if s.count("SELECT count(*) FROM sqlite_schema WHERE name = 'runs'") > 0 { // else killed before there was one
		s.must(morning, "verify")
	}
}

// count answers a query that counts, with 0 where there is no ledger.
func (s *site) count(query string) (n int) {
	s.t.Helper()
	s.onCopy(func(db *sql.DB) {
		if err := db.QueryRowContext(s.t.Context(), query).Scan(&n); err != nil && !strings.Contains(err.Error(), "no such table") {
			s.t.Error(err)
		}
	})
	return n
}

// onCopy looks at a copy of the ledger with all that lies beside it, so that
// the next command finds what the last one left.
func (s *site) onCopy(look func(*sql.DB)) {
	s.t.Helper()
	if _, err := os.Stat(s.ledger()); err != nil {
		return // killed before there was one
	}
	dir, err := os.MkdirTemp(s.t.TempDir(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, file := range s.glob("reconcile.db*") {
		text, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "reconcile.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	look(db)
}

// isWhole wants a report folder to hold exactly what its manifest says.
func (s *site) isWhole(folder string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		s.t.Errorf("a report folder without a manifest: %v", err)
		return
	}
	var manifest struct {
		Files map[string]struct{ SHA256 string }
	}
	if err := json.Unmarshal(text, &manifest); err != nil || len(manifest.Files) == 0 {
		s.t.Errorf("%s: %v", folder, err)
	}
	for name, file := range manifest.Files {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if sum := sha256.Sum256(text); err != nil || hex.EncodeToString(sum[:]) != file.SHA256 {
			s.t.Errorf("%s in %s is not what the manifest says: %v", name, folder, err)
		}
	}
}

// swapState says in a word or two what a kill has left among the reports.
func (s *site) swapState() string {
	var state []string
	for _, sign := range []string{".new-*", ".old-*"} {
		if len(s.glob("reports/"+sign)) > 0 {
			state = append(state, sign)
		}
	}
	if len(state) == 0 {
		return "nothing half done"
	}
	return strings.Join(state, " and ")
}

// tree gives all files and folders.
func (s *site) tree() (paths []string) {
	s.t.Helper()
	err := fs.WalkDir(os.DirFS(s.dir), ".", func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return paths
}

// reports gives the bytes of all report files.
func (s *site) reports() map[string]string {
	s.t.Helper()
	files := map[string]string{}
	root := os.DirFS(filepath.Join(s.dir, "reports"))
	err := fs.WalkDir(root, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return files
}

// tables gives the rows of each table, without the columns that say which run
// wrote them.
func (s *site) tables() map[string]string {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+s.ledger()+"?immutable=1")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows := map[string]string{}
	for _, object := range []string{"charges", "refunds", "disputes", "customers", "cards"} {
		for _, part := range []string{"", "_versions", "_inbox"} {
			rows[object+part] = s.dump(db, object+part, s.columns(db, object+part, "since", "until", "seal"), "1 = 1")
		}
	}
	rows["pages"] = s.dump(db, "pages", "*", "1 = 1")
	rows["due"] = s.dump(db, "due", "account, object, id", "1 = 1")
	rows["seen"] = s.dump(db, "seen", "account, id", "1 = 1")
	rows["marks"] = s.dump(db, "marks", "account, day", "1 = 1")
	rows["windows"] = s.dump(db, "windows", "*", "state <> 'proven'")
	rows["runs"] = s.dump(db, "runs", "*", "status = 'running'")
	return rows
}

// columns are those of a table without some, quoted.
func (s *site) columns(db *sql.DB, table string, without ...string) (columns string) {
	s.t.Helper()
	query := `SELECT group_concat('"' || name || '"') FROM pragma_table_info('` + table + `') WHERE name NOT IN ('` + strings.Join(without, "', '") + `')`
	if err := db.QueryRowContext(s.t.Context(), query).Scan(&columns); err != nil {
		s.t.Fatal(err)
	}
	return columns
}

// dump gives the rows as one JSON array a line, sorted.
func (s *site) dump(db *sql.DB, table, columns, where string) string {
	s.t.Helper()
	if columns == "*" {
		columns = s.columns(db, table, "")
	}
	rows, err := db.QueryContext(s.t.Context(), "SELECT json_array("+columns+") AS line FROM "+table+" WHERE "+where+" ORDER BY line")
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var text strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			s.t.Fatal(err)
		}
		text.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return text.String()
}

// multiply gives the ledger n further histories of the same kind, each seventy
// days before the one after it, with proofs.
func (s *site) multiply(n int) {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+s.ledger()+"?_journal_mode=WAL")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback()
	for _, table := range []string{"charges", "charges_versions", "refunds", "disputes", "windows"} {
		if _, err := tx.ExecContext(s.t.Context(), s.multiplied(db, table, n)); err != nil {
			s.t.Fatalf("%s: %v", table, err)
		}
	}
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
}

// multiplied is the statement that multiplies one table. Ids stay ids, and
// customers and cards stay those of the one history.
func (s *site) multiplied(db *sql.DB, table string, n int) string {
	s.t.Helper()
	query := `SELECT group_concat(CASE
		WHEN name = 'id' AND type = 'INTEGER' THEN 'NULL'
		WHEN name LIKE '%\_at' ESCAPE '\' AND name <> 'proven_at' THEN name || ' - k * (SELECT max(to_at) - min(from_at) - 60 FROM windows WHERE list = ''charges'')'
		WHEN name IN ('id', 'charge', 'transaction', 'refunds', 'dispute') THEN 'replace("' || name || '", ''_test_5'', printf(''_test_%02d'', k))'
		ELSE '"' || name || '"' END) FROM pragma_table_info('` + table + "')"
	var columns string
	if err := db.QueryRowContext(s.t.Context(), query).Scan(&columns); err != nil {
		s.t.Fatal(err)
	}
	where := ""
	if table == "windows" {
		where = " WHERE list <> 'customers'"
	}
	return fmt.Sprintf("WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < %d) INSERT INTO %s SELECT %s FROM %s, n%s", n, table, columns, table, where)
}

func copyFolder(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// unpack writes what a gzip file of the tests holds.
func unpack(t *testing.T, packed, to string) {
	t.Helper()
	file, err := os.Open(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstDifference shows where two texts of many lines part.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d of %d is\n%.300s\nunbroken, of %d:\n%.300s", i+1, len(g), g[i], len(w), w[i])
		}
	}
	return fmt.Sprintf("%d lines, unbroken %d", len(g), len(w))
}
