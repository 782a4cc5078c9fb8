package config

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"reconcile/internal/money"
)

// Records is one source of the merchant's own records: files or a query.
type Records struct {
	Name    string
	Account string

	// Path is a glob as written; RecordsPath says where it is. It is "" for a query.
	Path  string
	Sheet string // of a workbook; "": the first that is not hidden

	// Driver, DSNEnv and Query are set together, without Path.
	Driver string
	DSNEnv string
	Query  string

	// Whole: the newest file lists every record. Else files add and change records.
	Whole bool
	// Since is a business date of the account, "" where the records decide.
	Since string
	// Where holds the patterns of each header; all headers must fit, each with
	// one of its patterns.
	Where      map[string][]string
	AllOmise   bool
	Minor      bool
	Currency   money.Currency // "" where the account's is meant
	Timezone   string
	Zone       *time.Location
	DateFormat string // Go layout; "": ISO 8601 and its relatives
	Buddhist   bool
	Encoding   string
	Grace      time.Duration
	MaxAge     time.Duration
	Optional   bool
	// Columns maps fields to headers; Statuses maps words of the file to ours.
	Columns  map[string]string
	Statuses map[string]string
}

// Effective writes the source as Config.Effective does. Equal sources give
// equal bytes.
func (r Records) Effective() ([]byte, error) { return json.Marshal(write(&r, recordFields())) }

// RecordsPath is the absolute glob of a source's files; a relative one starts
// at the config file's folder, whose own name is no pattern.
func (c *Config) RecordsPath(r Records) string {
	folder := absolute(c.Folder)
	if filepath.Separator != '\\' { // which cannot escape anything on Windows
		folder = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(folder)
	}
	return resolve(folder, r.Path)
}

// DSN reads the DSN of a query from its environment variable. That of SQLite
// is the path of a file, which is made absolute like RecordsPath.
func (c *Config) DSN(r Records, getenv func(string) string) (string, error) {
	dsn := strings.TrimSpace(getenv(r.DSNEnv))
	switch {
	case dsn == "":
		return "", fmt.Errorf("environment variable %s is not set; set it to the DSN of the %s database", r.DSNEnv, r.Driver)
	case r.Driver == "sqlite":
		return resolve(absolute(c.Folder), dsn), nil
	}
	return dsn, nil
}

// absolute leaves the path as it is where the working directory is not known.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// readRecords reads the sources. It comes after the accounts, which they name.
func (c *Config) readRecords(v value) {
	first := map[string]int{}
	for _, item := range v.items() {
		r := Records{Encoding: "utf-8", Grace: day, MaxAge: 36 * time.Hour}
		found := section(item, &r, recordFields())
		if item.empty() || item.node.Kind == yaml.MappingNode {
			r.complete(item, found, c.Accounts)
		}
		if line, twice := first[r.Name]; twice && r.Name != "" {
			found["name"].refuse("%s is already the source of line %d; give each its own name", show(r.Name), line)
		} else if r.Name != "" {
			first[r.Name] = found["name"].node.Line
		}
		c.Records = append(c.Records, r)
	}
}

// complete reports what must be there, and fills in what follows from the account.
func (r *Records) complete(v value, found map[string]value, accounts []Account) {
	if _, ok := found["name"]; !ok {
		v.refuse("has no name; add e.g. name: orders")
	}
	r.checkPlace(v, found)
	at := r.findAccount(v, found, accounts)
	if at < 0 {
		return
	}
	r.Account = accounts[at].Name
	if _, ok := found["timezone"]; !ok {
		r.Timezone, r.Zone = accounts[at].Timezone, accounts[at].Zone
	}
}

// findAccount gives the place of the source's account, or -1. Accounts without
// a name have been refused already, and may be the one that is meant.
func (r *Records) findAccount(v value, found map[string]value, accounts []Account) int {
	var names []string
	for _, a := range accounts {
		names = append(names, a.Name)
	}
	if slices.Contains(names, "") || len(names) == 0 {
		return -1
	}
	named, ok := found["account"]
	switch at := slices.Index(names, r.Account); {
	case !ok && len(names) == 1:
		return 0
	case !ok:
		v.refuse("does not say whose records these are; add account: with one of %s", strings.Join(names, ", "))
	case at < 0 && r.Account != "":
		named.refuse("%s is no account of this config; write one of %s", show(r.Account), strings.Join(names, ", "))
	case at >= 0:
		return at
	}
	return -1
}

// checkPlace wants files or a query, not both and not half of one.
func (r *Records) checkPlace(v value, found map[string]value) {
	_, files := found["path"]
	var missing []string
	for _, key := range []string{"driver", "dsn_env", "query"} {
		inner, there := found[key]
		if !there {
			missing = append(missing, key)
		} else if files {
			inner.refuse("stands beside path; a source is files (path) or a query (driver, dsn_env, query)")
		}
	}
	sheet, hasSheet := found["sheet"]
	switch {
	case files:
	case len(missing) == 3:
		v.refuse("does not say where the records are; add path for files, or driver, dsn_env and query for a database")
	case len(missing) > 0:
		v.refuse("has no %s; a query needs driver, dsn_env and query", strings.Join(missing, " and no "))
	case hasSheet:
		sheet.refuse("is for files; a query has no sheets")
	}
}
