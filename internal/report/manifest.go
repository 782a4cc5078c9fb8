package report

import (
	"bytes"
	"encoding/json"
	"time"

	"reconcile/internal/money"
)

const manifestName = "manifest.json"

// manifest is manifest.json. The order of the fields is the order in the file.
type manifest struct {
	Run      int64                   `json:"run"`
	Version  string                  `json:"version"`
	Status   string                  `json:"status"`
	AsOf     string                  `json:"as_of"`
	Accounts []manifestAccount       `json:"accounts"`
	Files    map[string]manifestFile `json:"files"`
	Proofs   []manifestProof         `json:"proofs"`
	Unproven []manifestUnproven      `json:"unproven"`
	Replaces []string                `json:"replaces"`
}

type manifestAccount struct {
	Name        string  `json:"name"`
	Timezone    string  `json:"timezone"`
	From        string  `json:"from"`
	To          string  `json:"to"`
	FromUTC     string  `json:"from_utc"`
	ToUTC       string  `json:"to_utc"`
	HistoryFrom *string `json:"history_from"`
	DataAsOf    *string `json:"data_as_of"`
}

type manifestFile struct {
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

type manifestProof struct {
	Account  string                   `json:"account"`
	List     string                   `json:"list"`
	From     string                   `json:"from"`
	To       string                   `json:"to"`
	Total    int64                    `json:"total"`
	Rows     int64                    `json:"rows"`
	Sums     map[money.Currency]int64 `json:"sums"`
	ProvenAt string                   `json:"proven_at"`
}

type manifestUnproven struct {
	Account string `json:"account"`
	List    string `json:"list"`
	From    string `json:"from"`
	To      string `json:"to"`
	Reason  string `json:"reason"`
}

func (b Book) status() string {
	if b.Complete {
		return "complete"
	}
	return "partial"
}

// manifestOf describes a book and its files. Times keep the location they come
// in, those whose name says UTC excepted.
func manifestOf(b Book, asOf time.Time, files []File) manifest {
	m := manifest{
		Run: b.Run, Version: b.Version, Status: b.status(), AsOf: asOf.Format(time.RFC3339),
		Accounts: []manifestAccount{}, Files: map[string]manifestFile{},
		Proofs: []manifestProof{}, Unproven: []manifestUnproven{}, Replaces: []string{},
	}
	for _, a := range b.Accounts {
		m.Accounts = append(m.Accounts, a.manifest())
	}
	for _, f := range files {
		m.Files[f.Name] = manifestFile{SHA256: f.SHA256, Rows: f.Rows}
	}
	for _, p := range b.Proofs {
		m.Proofs = append(m.Proofs, p.manifest())
	}
	for _, u := range b.Unproven {
		m.Unproven = append(m.Unproven, manifestUnproven{
			u.Account, u.List, u.From.Format(time.RFC3339), u.To.Format(time.RFC3339), u.Reason,
		})
	}
	m.Replaces = append(m.Replaces, b.Replaces...)
	return m
}

func (a Account) manifest() manifestAccount {
	m := manifestAccount{
		Name: a.Name, Timezone: a.Timezone, From: a.From, To: a.To,
		FromUTC: a.FromUTC.UTC().Format(time.RFC3339), ToUTC: a.ToUTC.UTC().Format(time.RFC3339),
	}
	if a.HistoryFrom != "" {
		m.HistoryFrom = &a.HistoryFrom
	}
	if !a.DataAsOf.IsZero() {
		s := a.DataAsOf.Format(time.RFC3339)
		m.DataAsOf = &s
	}
	return m
}

func (p Proof) manifest() manifestProof {
	sums := p.Sums
	if sums == nil {
		sums = map[money.Currency]int64{}
	}
	return manifestProof{
		Account: p.Account, List: p.List,
		From: p.From.Format(time.RFC3339), To: p.To.Format(time.RFC3339),
		Total: p.Total, Rows: p.Rows, Sums: sums, ProvenAt: p.ProvenAt.Format(time.RFC3339),
	}
}

func (m manifest) bytes() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(m)
	return buf.Bytes(), err
}
