package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func update() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden files")
	flag.Parse()
	os.Exit(m.Run())
}

// Only CSV here: the workbook's hash would tie the goldens to excelize.
func TestGolden(t *testing.T) {
	o := sampleOptions(sampleDir(t))
	o.Formats = []string{FormatCSV}
	r := mustWrite(t, o, sampleBook())
	for _, f := range r.Files {
		got, err := os.ReadFile(filepath.Join(r.Dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", f.Name)
		if update() {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-golden +written):\n%s", f.Name, diff)
		}
	}
}
