package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/report"
	"reconcile/internal/sandbox"
)

// These tests hold the documents to the program: what docs/reference.md lists
// in tables is what the code has, no more and no less.

const repository = "../.."

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// docTable is a markdown table with the heading that it stands under.
type docTable struct {
	heading string
	rows    [][]string // the first one is the header
}

// first is the first cell of each row, without its backticks.
func (d docTable) first() []string {
	var cells []string
	for _, row := range d.rows[1:] {
		cells = append(cells, code(row[0]))
	}
	return cells
}

// code is what the first pair of backticks of a cell holds, or else the cell.
func code(cell string) string {
	if m := regexp.MustCompile("`([^`]*)`").FindStringSubmatch(cell); m != nil {
		return m[1]
	}
	return cell
}

// docTables reads the tables of a document whose first header is as given.
func docTables(text, header string) []docTable {
	var all []docTable
	var heading string
	var open *docTable
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			if open != nil {
				all = append(all, *open)
				open = nil
			}
			if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
				heading = title
			}
			continue
		}
		cells := docCells(line)
		switch {
		case open == nil:
			open = &docTable{heading: heading, rows: [][]string{cells}}
		case strings.Trim(cells[0], "-") != "":
			open.rows = append(open.rows, cells)
		}
	}
	return slices.DeleteFunc(all, func(d docTable) bool { return d.rows[0][0] != header })
}

func docCells(line string) []string {
	const pipe = "\x00"
	line = strings.Trim(strings.ReplaceAll(line, `\|`, pipe), "|")
	var cells []string
	for _, cell := range strings.Split(line, "|") {
		cells = append(cells, strings.TrimSpace(strings.ReplaceAll(cell, pipe, "|")))
	}
	return cells
}

func oneTable(t *testing.T, text, header string) docTable {
	t.Helper()
	found := docTables(text, header)
	if len(found) != 1 {
		t.Fatalf("%d tables with the header %q, want 1", len(found), header)
	}
	return found[0]
}

func sameList(t *testing.T, what string, documented, has []string) {
	t.Helper()
	if diff := cmp.Diff(has, documented); diff != "" {
		t.Errorf("%s: the code has (-), the reference says (+):\n%s", what, diff)
	}
}

func sameSet(t *testing.T, what string, documented, has []string) {
	t.Helper()
	sameList(t, what, slices.Sorted(slices.Values(documented)), slices.Sorted(slices.Values(has)))
}

func TestReferenceHasEveryColumnInOrder(t *testing.T) {
	kinds := map[report.Kind]string{
		report.Text: "text", report.Word: "word", report.Amount: "amount", report.Count: "number",
		report.Time: "time", report.Date: "date", report.YesNo: "yes/no", report.Mixed: "mixed",
	}
	documented := docTables(document(t, "docs/reference.md"), "column")
	var headings, files []string
	for _, d := range documented {
		headings = append(headings, d.heading)
	}
	for _, table := range report.Tables() {
		files = append(files, table.Name+".csv")
	}
	sameList(t, "tables", headings, files)
	if t.Failed() {
		return
	}
	for i, table := range report.Tables() {
		var says, has []string
		for _, row := range documented[i].rows[1:] {
			says = append(says, code(row[0])+" "+row[1])
		}
		for _, column := range table.Columns {
			has = append(has, column.Name+" "+kinds[column.Kind])
		}
		sameList(t, files[i], says, has)
	}
}

// documentedProgram is the command line as a user meets it, without anything
// of the environment.
func documentedProgram() *cobra.Command {
	p := &program{getenv: func(string) string { return "" }, stdout: io.Discard, stderr: io.Discard, now: func() time.Time { return time.Unix(0, 0) }}
	root := p.root()
	root.InitDefaultCompletionCmd("completion")
	return root
}

func isNotYet(c *cobra.Command) bool { return strings.HasSuffix(c.Short, "(not yet)") }

func TestReferenceHasEveryCommand(t *testing.T) {
	text := document(t, "docs/reference.md")
	var documented, has, later, hasLater []string
	for _, m := range regexp.MustCompile(`(?m)^### reconcile (\S+)$`).FindAllStringSubmatch(text, -1) {
		documented = append(documented, m[1])
	}
	later = oneTable(t, text, "not yet").first()
	for _, c := range documentedProgram().Commands() {
		if isNotYet(c) {
			hasLater = append(hasLater, c.Name())
		} else {
			has = append(has, c.Name())
		}
	}
	sameSet(t, "commands", documented, has)
	sameSet(t, "commands that are not there yet", later, hasLater)
}

func TestReferenceHasEveryFlagWithItsDefault(t *testing.T) {
	documented := map[string][]string{}
	for _, d := range docTables(document(t, "docs/reference.md"), "flag") {
		if _, twice := documented[d.heading]; twice {
			t.Errorf("two tables of flags under %q", d.heading)
		}
		for _, row := range d.rows[1:] {
			name := regexp.MustCompile(`--[a-z-]+`).FindString(row[0])
			documented[d.heading] = append(documented[d.heading], name+" "+strings.ReplaceAll(row[1], "–", ""))
		}
	}
	has := map[string][]string{}
	add := func(heading string, flags *pflag.FlagSet) {
		flags.VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" {
				return
			}
			value := ""
			if f.DefValue != "" && f.DefValue != "false" {
				value = "`" + f.DefValue + "`"
			}
			line := "--" + f.Name + " " + value
			if !slices.Contains(has[heading], line) {
				has[heading] = append(has[heading], line)
			}
		})
	}
	root := documentedProgram()
	add("Every command", root.PersistentFlags())
	for _, c := range root.Commands() {
		add("reconcile "+c.Name(), c.LocalNonPersistentFlags())
		for _, below := range c.Commands() {
			add("reconcile "+c.Name(), below.LocalNonPersistentFlags())
		}
	}
	for heading := range maps.Keys(documented) {
		slices.Sort(documented[heading])
	}
	for heading := range maps.Keys(has) {
		slices.Sort(has[heading])
	}
	if diff := cmp.Diff(has, documented); diff != "" {
		t.Errorf("flags: the code has (-), the reference says (+):\n%s", diff)
	}
}

// exitCodeNames reads the constants Exit... of internal/job.
func exitCodeNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "internal/job/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if !strings.HasPrefix(name.Name, "Exit") || i >= len(spec.Values) {
					continue
				}
				if value, ok := spec.Values[i].(*ast.BasicLit); ok && value.Kind == token.INT {
					codes = append(codes, value.Value)
				}
			}
			return true
		})
	}
	return codes
}

func TestDocumentsHaveEveryExitCode(t *testing.T) {
	for _, name := range []string{"docs/reference.md", "README.md"} {
		sameSet(t, name+": exit codes", oneTable(t, document(t, name), "exit code").first(), exitCodeNames(t))
	}
}

const minimalConfig = "ledger: ./reconcile.db\naccounts: [{name: main, secret_key_env: OMISE_SECRET_KEY}]\n"

func effective(t *testing.T, text string) string {
	t.Helper()
	c, err := config.Parse("config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := c.Effective()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestReferenceHasEveryConfigKeyWithItsDefault(t *testing.T) {
	table := oneTable(t, document(t, "docs/reference.md"), "key")
	sameList(t, "config keys", table.first(), config.Keys())
	var values map[string]any
	if err := json.Unmarshal([]byte(effective(t, minimalConfig+"records: [{name: orders, path: ./orders.csv}]\n")), &values); err != nil {
		t.Fatal(err)
	}
	for _, row := range table.rows[1:] {
		if !strings.HasPrefix(row[2], "`") {
			continue
		}
		if want := configDefault(values, code(row[0])); code(row[2]) != want {
			t.Errorf("%s: the reference says its default is %s, it is %s", row[0], row[2], want)
		}
	}
}

// configDefault finds a dotted key in an effective config and writes its value
// as the reference does.
func configDefault(values map[string]any, key string) string {
	var at any = values
	for _, part := range strings.Split(key, ".") {
		part, isList := strings.CutSuffix(part, "[]")
		object, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		if part == "CURRENCY" {
			return fmt.Sprintf("THB: %v, JPY: %v", object["THB"], object["JPY"])
		}
		at = object[part]
		if list, ok := at.([]any); ok && isList {
			at = list[0]
		}
	}
	if list, ok := at.([]any); ok {
		var words []string
		for _, word := range list {
			words = append(words, fmt.Sprint(word))
		}
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(at)
}

func TestConfigExampleHasEveryKeyAndItsDefault(t *testing.T) {
	text := document(t, "config.example.yaml")
	if diff := cmp.Diff(effective(t, minimalConfig), effective(t, text)); diff != "" {
		t.Errorf("config.example.yaml differs from the defaults:\n%s", diff)
	}
	for _, key := range config.Keys() {
		last := key[strings.LastIndex(key, ".")+1:]
		if last != "CURRENCY" && !regexp.MustCompile(`(?m)(^|[ #{,-])`+last+`:`).MatchString(text) {
			t.Errorf("config.example.yaml says nothing of %s", key)
		}
	}
}

func TestReferenceHasEveryManifestField(t *testing.T) {
	var manifest map[string]any
	if err := json.Unmarshal([]byte(document(t, "internal/report/testdata/manifest.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	flatten("", manifest, has)
	sameSet(t, "manifest.json", oneTable(t, document(t, "docs/reference.md"), "manifest field").first(), slices.Collect(maps.Keys(has)))
}

// flatten names the fields of a manifest: a[].b for lists, NAME for a file.
func flatten(path string, value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		if strings.HasSuffix(path, ".sums") {
			break
		}
		for key, inner := range v {
			if path == "files" {
				key = "NAME"
			}
			flatten(strings.TrimPrefix(path+"."+key, "."), inner, into)
		}
		return
	case []any:
		if len(v) > 0 {
			if _, objects := v[0].(map[string]any); objects {
				for _, inner := range v {
					flatten(path+"[]", inner, into)
				}
				return
			}
		}
	}
	into[path] = true
}

func TestReferenceHasEveryFieldOfTheResult(t *testing.T) {
	placeholders := map[string]string{"period": ".ACCOUNT", "fetched": ".OBJECT", "added": ".OBJECT", "changed": ".OBJECT", "breaks": ".KIND.STATE"}
	var has []string
	for field := range fieldsOf(reflect.TypeFor[job.Result]()) {
		name, of := field.name+placeholders[field.name], field.of
		for of.Kind() == reflect.Map {
			of = of.Elem()
		}
		if of.Kind() == reflect.Slice {
			name, of = name+"[]", of.Elem()
		}
		if of.Kind() != reflect.Struct {
			has = append(has, name)
			continue
		}
		for inner := range fieldsOf(of) {
			has = append(has, name+"."+inner.name)
		}
	}
	sameList(t, "run --json", oneTable(t, document(t, "docs/reference.md"), "result field").first(), has)
}

type resultField struct {
	name string
	of   reflect.Type
}

func fieldsOf(of reflect.Type) func(func(resultField) bool) {
	return func(yield func(resultField) bool) {
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if !yield(resultField{name, of.Field(i).Type}) {
				return
			}
		}
	}
}

func TestReferenceHasEveryLedgerTable(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(repository, "internal/ledger/migrations/*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations", err)
	}
	var has []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:(CREATE|DROP) TABLE (\w+)|\{\{object (\w+)\}\})`).FindAllStringSubmatch(string(text), -1) {
			if m[1] == "DROP" {
				has = slices.DeleteFunc(has, func(name string) bool { return name == m[2] })
				continue
			}
			has = append(has, m[2]+m[3])
		}
	}
	sameSet(t, "ledger tables", oneTable(t, document(t, "docs/reference.md"), "ledger table").first(), has)
}

func TestReferenceHasEveryFault(t *testing.T) {
	_, err := sandbox.New(sandbox.Options{Now: func() time.Time { return time.Unix(0, 0) }, Faults: "nonsense"})
	if err == nil {
		t.Fatal("a fault called nonsense is taken")
	}
	_, known, _ := strings.Cut(err.Error(), "known are ")
	sameList(t, "faults", oneTable(t, document(t, "docs/reference.md"), "fault").first(), strings.Split(known, ", "))
}

func TestReadmeHasTheTwoCommandsAndEveryFile(t *testing.T) {
	text := document(t, "README.md")
	for _, command := range []string{"go run ./cmd/reconcile demo", "go test ./..."} {
		if !strings.Contains(text, "\n```sh\n"+command+"\n```\n") {
			t.Errorf("README.md lacks the command %q in a block of its own", command)
		}
	}
	for _, table := range report.Tables() {
		if !strings.Contains(text, "| `"+table.Name+".csv` |") {
			t.Errorf("README.md does not say what %s.csv is for", table.Name)
		}
	}
}

func TestConfigInReadmeIsOne(t *testing.T) {
	m := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(document(t, "README.md"))
	if m == nil {
		t.Fatal("README.md shows no config")
	}
	if _, err := config.Parse("README.md", []byte(m[1])); err != nil {
		t.Error(err)
	}
	if lines := strings.Count(m[1], "\n"); lines != 5 {
		t.Errorf("the config in README.md has %d lines, the text says five", lines)
	}
}

var (
	docLink   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	docAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// anchors are the names that GitHub gives to the headings of a document.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		name := docAnchor.ReplaceAllString(strings.ToLower(m[1]), "")
		found[strings.ReplaceAll(name, " ", "-")] = true
	}
	return found
}

func TestLinksInDocumentsLead(t *testing.T) {
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/reference.md", "docs/design.md"} {
		text := document(t, name)
		for _, m := range docLink.FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.HasPrefix(target, "https://") {
				continue
			}
			path, on := filepath.Join(filepath.Dir(name), target), text
			if target != "" {
				info, err := os.Stat(filepath.Join(repository, path))
				if err != nil {
					t.Errorf("%s links to %s, which is not there", name, m[1])
					continue
				}
				if anchor == "" || info.IsDir() {
					continue
				}
				on = document(t, path)
			}
			if !anchors(on)[anchor] {
				t.Errorf("%s links to %s, and there is no such heading", name, m[1])
			}
		}
	}
}

// What the documents say must hold for whoever cloned the repository, and for
// nothing outside of it.
func TestDocumentsStayInside(t *testing.T) {
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config.example.yaml", "docs/reference.md", "docs/design.md"} {
		text := document(t, name)
		for _, outside := range []string{"../shared", "/work/", "/root/", "/home/"} {
			if strings.Contains(text, outside) {
				t.Errorf("%s speaks of %s", name, outside)
			}
		}
	}
}
