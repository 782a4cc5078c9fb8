// Package config turns the YAML file into checked values and names every
// problem of the file at once.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"reconcile/internal/money"
)

// maxFile bounds what is read as a config; a larger file is some other file.
const maxFile = 1 << 20

// Config is a checked config: every default is filled in and every zone loaded.
type Config struct {
	// Ledger is the SQLite file as written; LedgerPath says where it is.
	Ledger   string
	Accounts []Account
	Fetch    Fetch
	Records  []Records
	Reports  Reports
	Keep     Keep
	Schedule Schedule

	// Folder is where the config file lies; relative paths start there. It
	// belongs to the machine, so Effective leaves it out.
	Folder string
}

// Account is one Omise merchant account, that is one secret key.
type Account struct {
	Name string
	// Exactly one of SecretKeyEnv and SecretKeyFile is set, as written.
	SecretKeyEnv  string
	SecretKeyFile string
	Timezone      string
	Zone          *time.Location
	// BaseURL has no slash at its end.
	BaseURL string
	// CaptureWindow is 0 where the country decides.
	CaptureWindow time.Duration
}

// Fetch says how hard and how long Omise is asked.
type Fetch struct {
	Workers           int
	RequestsPerSecond float64
	Lookback          time.Duration
	Sweep             time.Duration
	Timeout           time.Duration
	RetryFor          time.Duration
	RunFor            time.Duration
}

// Reports says what the reports hold and how they are written.
type Reports struct {
	// Dir is the folder as written; ReportsPath says where it is.
	Dir                string
	Formats            []string
	Timezone           string
	Zone               *time.Location
	Language           string
	Calendar           string
	CSVBOM             bool
	OrderRef           []string
	OrderRefPattern    *regexp.Regexp
	CardExpiryDays     int
	CardExpiredDays    int
	CaptureWarningDays int
	ChargeExpiryHours  int
	Severity           Severity
}

// Severity holds what a break must reach to be high or medium; what reaches
// neither is low.
type Severity struct{ High, Medium Threshold }

// Threshold is reached by money in any of its currencies, or by age.
type Threshold struct {
	// Amounts are in minor units; the file writes major units.
	Amounts map[money.Currency]int64
	Days    int
}

// Keep is how long reports and people's fields are kept; 0 keeps them for ever
// and is all that this version knows.
type Keep struct{ Reports, People time.Duration }

// Schedule is when serve starts a run.
type Schedule struct {
	Cron     string
	Timezone string
	Zone     *time.Location
}

// HasFormat says whether reports are written as "csv" or "xlsx".
func (r Reports) HasFormat(format string) bool { return slices.Contains(r.Formats, format) }

// Load reads and checks a file. The error, if any, is a *Problems.
func Load(path string) (*Config, error) {
	data, err := readLimited(path)
	if err != nil {
		hint := "check the path given with --config or $RECONCILE_CONFIG"
		if errors.Is(err, fs.ErrNotExist) {
			hint = "copy config.example.yaml and edit it, or name another file with --config"
		}
		return nil, &Problems{
			File:  path,
			List:  []Problem{{Text: fmt.Sprintf("cannot be read: %v; %s", plain(err), hint)}},
			cause: err,
		}
	}
	return Parse(path, data)
}

func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errors.New("larger than 1 MiB")
	}
	return data, err
}

// plain drops the operation and the path that the caller names itself.
func plain(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// LedgerPath is where the ledger is: a relative path starts at the config
// file's folder.
func (c *Config) LedgerPath() string { return resolve(c.Folder, c.Ledger) }

// ReportsPath is where report folders are written, see LedgerPath.
func (c *Config) ReportsPath() string { return resolve(c.Folder, c.Reports.Dir) }

// SecretKey reads the key of an account, see Account.SecretKey.
func (c *Config) SecretKey(a Account, getenv func(string) string) (Key, error) {
	return a.SecretKey(getenv, c.Folder)
}

func resolve(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
