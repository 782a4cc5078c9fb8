package report

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reportFolder writes the sample as run n into PARENT/name.
func reportFolder(t *testing.T, parent, name string, run int64) string {
	t.Helper()
	b := sampleBook()
	b.Run = run
	rows := sampleCharges()
	rows[0][1] = tx("chrg_" + name)
	b.Tables[0].Rows = rowsOf(rows)
	o := sampleOptions(filepath.Join(parent, name))
	return mustWrite(t, o, b).Dir
}

// inspected gives what was found in some folders, as lines of text.
func inspected(t *testing.T, dirs ...string) (findings, edited []string) {
	t.Helper()
	var all []Inspected
	for _, dir := range dirs {
		in, err := Inspect(dir)
		try(t, err)
		all = append(all, in)
	}
	TellMixed(all)
	for _, in := range all {
		for _, f := range in.Findings {
			findings = append(findings, filepath.Base(in.Dir)+"/"+f.File+": "+f.What)
		}
		for _, name := range in.Edited {
			edited = append(edited, filepath.Base(in.Dir)+"/"+name)
		}
	}
	return findings, edited
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	try(t, err)
	try(t, os.WriteFile(path, change(content), 0o600))
}

func copyOver(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	try(t, err)
	try(t, os.WriteFile(to, content, 0o600))
}

func replace(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
}

func TestInspectNamesWhatIsWrong(t *testing.T) {
	written := t.TempDir()
	reportFolder(t, written, "2026-11-19", 4)
	reportFolder(t, written, "2026-11-20", 5)
	for name, tc := range map[string]struct {
		damage func(t *testing.T, a, b string)
		want   []string
		edited []string
	}{
		"nothing": {func(*testing.T, string, string) {}, nil, nil},
		"files of the user's": {func(t *testing.T, a, _ string) {
			try(t, os.WriteFile(filepath.Join(a, "notes.txt"), []byte("seen"), 0o600))
			try(t, os.WriteFile(filepath.Join(a, "reconciliation-old.xlsx"), []byte("mine"), 0o600))
		}, nil, nil},
		"a flipped byte": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, "charges.csv"), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
			},
			[]string{"2026-11-19/charges.csv: it is not as it was written: its bytes have another SHA-256 than the manifest says"},
			nil,
		},
		"a row that was cut off": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, "summary.csv"), func(b []byte) []byte {
					return b[:bytes.LastIndex(b[:len(b)-2], []byte("\r\n"))+2]
				})
			},
			[]string{"2026-11-19/summary.csv: it is not as it was written: 24 row(s) in place of 25"},
			nil,
		},
		"a missing file": {
			func(t *testing.T, a, _ string) { try(t, os.Remove(filepath.Join(a, "refunds.csv"))) },
			[]string{"2026-11-19/refunds.csv: it is missing"},
			nil,
		},
		"a table that the manifest does not name": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, manifestName), replace(`"refunds.csv"`, `"other.csv"`))
			},
			[]string{"2026-11-19/other.csv: it is missing", "2026-11-19/refunds.csv: the manifest does not name it"},
			nil,
		},
		"another number of rows": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, manifestName), replace(`"rows": 25`, `"rows": 26`))
			},
			[]string{"2026-11-19/manifest.json: it says 26 row(s) of summary.csv, which holds 25"},
			nil,
		},
		"a manifest that is gone": {
			func(t *testing.T, a, _ string) { try(t, os.Remove(filepath.Join(a, manifestName))) },
			[]string{"2026-11-19/manifest.json: it is missing"},
			nil,
		},
		"a manifest that is cut": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, manifestName), func(b []byte) []byte { return b[:len(b)/2] })
			},
			[]string{"2026-11-19/manifest.json: it cannot be read: manifest.json: unexpected end of JSON input"},
			nil,
		},
		"a manifest that names files elsewhere": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, manifestName), replace(`"refunds.csv"`, `"../../refunds.csv"`))
			},
			[]string{
				`2026-11-19/manifest.json: it names "../../refunds.csv", which is no file of this folder`,
				"2026-11-19/refunds.csv: the manifest does not name it",
			},
			nil,
		},
		"a workbook that was saved again": {
			func(t *testing.T, a, _ string) {
				rewrite(t, filepath.Join(a, "reconciliation-2026-11-19.xlsx"), func(b []byte) []byte { return append(b, 0) })
			},
			nil,
			[]string{"2026-11-19/reconciliation-2026-11-19.xlsx"},
		},
		"a file of another folder": {
			func(t *testing.T, a, b string) {
				copyOver(t, filepath.Join(a, "charges.csv"), filepath.Join(b, "charges.csv"))
			},
			[]string{"2026-11-20/charges.csv: it is that of folder 2026-11-19 (run 4)"},
			nil,
		},
		"two files that changed places": {
			func(t *testing.T, a, b string) {
				kept := filepath.Join(t.TempDir(), "kept")
				copyOver(t, filepath.Join(a, "charges.csv"), kept)
				copyOver(t, filepath.Join(b, "charges.csv"), filepath.Join(a, "charges.csv"))
				copyOver(t, kept, filepath.Join(b, "charges.csv"))
			},
			[]string{
				"2026-11-19/charges.csv: it is that of folder 2026-11-20 (run 5)",
				"2026-11-20/charges.csv: it is that of folder 2026-11-19 (run 4)",
			},
			nil,
		},
		"a workbook of another folder": {
			func(t *testing.T, a, b string) {
				copyOver(t, filepath.Join(a, "reconciliation-2026-11-19.xlsx"), filepath.Join(b, "reconciliation-2026-11-20.xlsx"))
			},
			[]string{"2026-11-20/reconciliation-2026-11-20.xlsx: it is that of folder 2026-11-19 (run 4)"},
			nil,
		},
		"a table in the place of another": {
			func(t *testing.T, a, _ string) {
				copyOver(t, filepath.Join(a, "charges.csv"), filepath.Join(a, "refunds.csv"))
			},
			[]string{"2026-11-19/refunds.csv: it is charges.csv of folder 2026-11-19 (run 4)"},
			nil,
		},
		"a manifest of another folder": {
			func(t *testing.T, a, b string) {
				copyOver(t, filepath.Join(a, manifestName), filepath.Join(b, manifestName))
			},
			[]string{
				"2026-11-20/charges.csv: it is not as it was written: its bytes have another SHA-256 than the manifest says",
				"2026-11-20/reconciliation-2026-11-19.xlsx: it is missing",
				"2026-11-20/manifest.json: it is that of folder 2026-11-19 (run 4)",
			},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			try(t, os.CopyFS(parent, os.DirFS(written)))
			a, b := filepath.Join(parent, "2026-11-19"), filepath.Join(parent, "2026-11-20")
			tc.damage(t, a, b)
			findings, edited := inspected(t, a, b)
			if diff := cmp.Diff(tc.want, findings); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.edited, edited); diff != "" {
				t.Errorf("edited (-want +got):\n%s", diff)
			}
		})
	}
}

// A whole folder that was copied elsewhere is as good as the first one.
func TestCopyOfAFolderIsClean(t *testing.T) {
	parent := t.TempDir()
	a := reportFolder(t, parent, "2026-11-19", 4)
	b := filepath.Join(parent, "for the auditor")
	try(t, os.CopyFS(b, os.DirFS(a)))
	if findings, edited := inspected(t, a, b); len(findings)+len(edited) > 0 {
		t.Errorf("%q %q", findings, edited)
	}
}

func TestRowsAreCountedAsCSVHasThem(t *testing.T) {
	for text, want := range map[string]int64{
		"a,b\r\n":                        0,
		"a,b\r\n1,2\r\n":                 1,
		"a,b\r\n\"1\r\n\",\"x\"\"\"\r\n": 1,
		"":                               0,
	} {
		path := filepath.Join(t.TempDir(), "x.csv")
		try(t, os.WriteFile(path, []byte(text), 0o600))
		if _, rows, err := readFile(path); err != nil || rows != want {
			t.Errorf("%q has %d rows (%v), want %d", text, rows, err, want)
		}
	}
	// A line end between two writes, quotes open over both.
	c := &rowCounter{}
	for _, piece := range strings.SplitAfter("a\n\"b\nc\"\nd\n", "") {
		if _, err := c.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if c.rows != 3 {
		t.Errorf("%d rows in pieces, want 3", c.rows)
	}
}

func TestIsFolder(t *testing.T) {
	parent := t.TempDir()
	a := reportFolder(t, parent, "2026-11-19", 4)
	got := []bool{IsFolder(a), IsFolder(parent), IsFolder(filepath.Join(parent, "none"))}
	if !slices.Equal(got, []bool{true, false, false}) {
		t.Errorf("%v", got)
	}
}
