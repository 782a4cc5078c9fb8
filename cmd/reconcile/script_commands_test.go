package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	_ "github.com/mattn/go-sqlite3"
	"github.com/rogpeppe/go-internal/testscript"

	"reconcile/internal/sandbox"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"exits":   exits,
		"sandbox": startSandbox,
		"play":    playCall,
		"later":   later,
		"dated":   dated,
		"sjis":    shiftJIS,
		"asked":   asked,
		"noted":   noted,
		"csv":     csvRow,
		"rows":    csvRows,
		"json":    jsonValues,
		"tree":    tree,
		"same":    sameFolder,
		"modes":   modes,
		"sqlite":  sqlite,
		"lock":    lock,
		"unlock":  unlock,
		"secret":  secret,
	}
}

func want(ts *testscript.TestScript, ok bool, usage string) {
	if !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

// exits CODE COMMAND ...: the command ends with exactly this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) > 1, "exits CODE COMMAND ...")
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func now(ts *testscript.TestScript) time.Time {
	at, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	return at
}

// sandbox [flags]: from here on a new sandbox answers at $OMISE_URL. Its clock
// stands at $NOW.
func startSandbox(ts *testscript.TestScript, neg bool, args []string) {
	start := now(ts)
	o := sandbox.Options{Now: func() time.Time { return start }}
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.Int64Var(&o.Seed, "seed", 1, "")
	flags.IntVar(&o.Charges, "charges", 0, "")
	flags.IntVar(&o.Customers, "customers", 0, "")
	flags.IntVar(&o.Days, "days", 60, "")
	flags.StringVar(&o.Key, "key", "", "")
	flags.StringVar(&o.Faults, "faults", "", "")
	flags.BoolVar(&o.Livemode, "live", false, "")
	ts.Check(flags.Parse(args))
	want(ts, !neg && flags.NArg() == 0, "sandbox [flags]")
	server, err := sandbox.New(o)
	ts.Check(err)
	stageOf(ts).set(server)
}

// play METHOD PATH [JSON]: a control call. Its answer is stdout, its id $ID.
func playCall(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && (len(args) == 2 || len(args) == 3), "play METHOD PATH [JSON]")
	body := strings.NewReader(strings.Join(args[2:], ""))
	request, err := http.NewRequest(args[0], ts.Getenv("OMISE_URL")+"/_sandbox"+args[1], body)
	ts.Check(err)
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	if response.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s", response.Status, answer)
	}
	var said struct{ ID string }
	ts.Check(json.Unmarshal(answer, &said))
	ts.Setenv("ID", said.ID)
	fmt.Fprintf(ts.Stdout(), "%s", answer)
}

// noted NAME PATTERN: the first match in stdout is $NAME from here on.
func noted(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 2, "noted NAME PATTERN")
	found := regexp.MustCompile(args[1]).FindString(ts.ReadFile("stdout"))
	want(ts, found != "", "noted NAME PATTERN, which stdout has")
	ts.Setenv(args[0], found)
}

// later DURATION: time passes, here and in the sandbox.
func later(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 1, "later DURATION")
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Setenv("NOW", now(ts).Add(d).Format(time.RFC3339))
	if server := stageOf(ts).server(); server != nil {
		server.Advance(d)
	}
}

// dated FILE ...: each file was last written at $NOW.
func dated(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) > 0, "dated FILE ...")
	for _, file := range args {
		ts.Check(os.Chtimes(ts.MkAbs(file), now(ts), now(ts)))
	}
}

// asked [-more] N [REGEXP]: the sandbox has had N requests whose path and query
// match since the last call; at least N with -more. Without arguments it only
// begins to count anew.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	log := s.server().RequestLog()
	from := s.heard
	s.heard = len(log)
	if len(args) == 0 {
		return
	}
	more := args[0] == "-more"
	if more {
		args = args[1:]
	}
	want(ts, !neg && (len(args) == 1 || len(args) == 2), "asked [-more] N [REGEXP]")
	pattern := regexp.MustCompile(strings.Join(args[1:], ""))
	matching := slices.DeleteFunc(slices.Clone(log[from:]), func(uri string) bool { return !pattern.MatchString(uri) })
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	if len(matching) != n && (!more || len(matching) < n) {
		ts.Fatalf("%d requests match, want %s:\n%s", len(matching), args[0], strings.Join(log[from:], "\n"))
	}
	s.heard = from // several questions about the same stretch
}

func readCSV(ts *testscript.TestScript, file string) []map[string]string {
	text := strings.TrimPrefix(ts.ReadFile(file), "\ufeff")
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	ts.Check(err)
	if len(lines) == 0 {
		ts.Fatalf("%s has no header", file)
	}
	rows := make([]map[string]string, len(lines)-1)
	for i, line := range lines[1:] {
		rows[i] = map[string]string{}
		for j, cell := range line {
			rows[i][lines[0][j]] = cell
		}
	}
	return rows
}

// csv FILE COLUMN=VALUE COLUMN=VALUE ...: exactly one row has the first value,
// and this row has the others.
func csvRow(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) > 1, "csv FILE COLUMN=VALUE COLUMN=VALUE ...")
	key, value, _ := strings.Cut(args[1], "=")
	rows := slices.DeleteFunc(readCSV(ts, args[0]), func(row map[string]string) bool { return row[key] != value })
	if len(rows) != 1 {
		ts.Fatalf("%d rows have %s, want one", len(rows), args[1])
	}
	for _, pair := range args[2:] {
		column, want, _ := strings.Cut(pair, "=")
		got, ok := rows[0][column]
		if !ok || got != want {
			ts.Fatalf("%s is %q, want %q, in\n%v", column, got, want, rows[0])
		}
	}
}

// rows FILE N: the file has N rows below its header.
func csvRows(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 2, "rows FILE N")
	if n := len(readCSV(ts, args[0])); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s has %d rows, want %s", args[0], n, args[1])
	}
}

// json PATH=VALUE ...: the last stdout is one JSON object, and holds these. A
// PATH is keys and indexes with dots; `*` is any value, `len:N` a list of N.
func jsonValues(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) > 0, "json PATH=VALUE ...")
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	decoder.UseNumber()
	var whole map[string]any
	ts.Check(decoder.Decode(&whole))
	if decoder.More() {
		ts.Fatalf("stdout holds more than one JSON object")
	}
	for _, pair := range args {
		path, want, _ := strings.Cut(pair, "=")
		got, err := dig(whole, path)
		ts.Check(err)
		if list, ok := got.([]any); ok && strings.HasPrefix(want, "len:") {
			got, want = len(list), strings.TrimPrefix(want, "len:")
		}
		if text := compact(got); want != "*" && text != want {
			ts.Fatalf("%s is %s, want %s", path, text, want)
		}
	}
}

func dig(value any, path string) (any, error) {
	for key := range strings.SplitSeq(path, ".") {
		switch at := value.(type) {
		case map[string]any:
			inner, ok := at[key]
			if !ok {
				return nil, fmt.Errorf("%s: there is no %s", path, key)
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				return nil, fmt.Errorf("%s: there is no %s in a list of %d", path, key, len(at))
			}
			value = at[i]
		default:
			return nil, fmt.Errorf("%s: %s is in nothing", path, key)
		}
	}
	return value, nil
}

// compact writes a text as it is and everything else as JSON.
func compact(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// tree FOLDER: the files below, one a line, as stdout.
func tree(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 1, "tree FOLDER")
	fmt.Fprint(ts.Stdout()) // nothing counts as output too
	for _, name := range filesIn(ts, args[0]) {
		fmt.Fprintln(ts.Stdout(), name)
	}
}

func filesIn(ts *testscript.TestScript, folder string) []string {
	root := ts.MkAbs(folder)
	var names []string
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, name)
		return err
	}))
	return names
}

// same FOLDER FOLDER: the same files with the same bytes.
func sameFolder(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 2, "same FOLDER FOLDER")
	one, two := filesIn(ts, args[0]), filesIn(ts, args[1])
	if !slices.Equal(one, two) {
		ts.Fatalf("%q and %q", one, two)
	}
	for _, name := range one {
		if ts.ReadFile(filepath.Join(args[0], name)) != ts.ReadFile(filepath.Join(args[1], name)) {
			ts.Fatalf("%s differs", name)
		}
	}
}

// modes MODE FILE ...: each file has this mode.
func modes(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) > 1, "modes MODE FILE ...")
	for _, file := range args[1:] {
		info, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if mode := fmt.Sprintf("%04o", info.Mode().Perm()); mode != args[0] {
			ts.Fatalf("%s has mode %s, want %s", file, mode, args[0])
		}
	}
}

// sqlite FILE SQL: the rows that come, cells with | between them, as stdout. Several
// statements have ; between them.
func sqlite(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 2, "sqlite FILE SQL")
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	fmt.Fprint(ts.Stdout())
	statements := strings.Split(args[1], ";")
	for _, statement := range statements[:len(statements)-1] {
		_, err := db.Exec(statement)
		ts.Check(err)
	}
	rows, err := db.Query(statements[len(statements)-1])
	ts.Check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	ts.Check(err)
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(sql.NullString)
		}
		ts.Check(rows.Scan(cells...))
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = cell.(*sql.NullString).String
		}
		fmt.Fprintln(ts.Stdout(), strings.Join(texts, "|"))
	}
	ts.Check(rows.Err())
}

// lock FILE: as another process would.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 1, "lock FILE")
	held := flock.New(ts.MkAbs(args[0]))
	ok, err := held.TryLock()
	ts.Check(err)
	want(ts, ok, "lock a file that nobody holds")
	stageOf(ts).locks[args[0]] = held.Unlock
	ts.Defer(func() { _ = held.Unlock() })
}

func unlock(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 1 && stageOf(ts).locks[args[0]] != nil, "unlock FILE")
	ts.Check(stageOf(ts).locks[args[0]]())
}

// secret: the key is in no file of the script's folder and in neither output of
// the last command. Headers carry it in base64, so that is looked for too.
func secret(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 0, "secret")
	hidden := [][]byte{[]byte("5xthekeyofthescripts"), []byte("c2tleV90ZXN0XzV4dGhla2V5b2Z0aGVzY3JpcHRz")}
	look := func(name string, text []byte) {
		for _, part := range hidden {
			if bytes.Contains(text, part) {
				ts.Fatalf("%s holds the key", name)
			}
		}
	}
	look("stdout", []byte(ts.ReadFile("stdout")))
	look("stderr", []byte(ts.ReadFile("stderr")))
	for _, name := range filesIn(ts, ".") {
		look(name, []byte(ts.ReadFile(name)))
	}
}
