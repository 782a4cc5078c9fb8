package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// keepWorkbooks finds the workbooks of the old folder that must not be replaced:
// somebody has them open, or typed into them what nobody has read.
func (f *folder) keepWorkbooks() error {
	f.kept = map[string]bool{}
	if !f.old.exists {
		return nil
	}
	entries, err := os.ReadDir(f.target())
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !isWorkbook(e) {
			continue
		}
		path := filepath.Join(f.target(), e.Name())
		if hasLock(path) || !isSpare(path, f.old.sums[e.Name()], f.taken) {
			f.kept[e.Name()] = true
			delete(f.old.ours, e.Name()) // so that it is carried
		}
	}
	return nil
}

// isSpare says whether nothing is lost with a workbook: it is as it was written,
// or what was typed into it has been taken. One that cannot be read is not.
func isSpare(path, written string, taken map[string]bool) bool {
	sum, _, err := readFile(path)
	return err == nil && (sum == written || taken[sum])
}

// hasLock says whether LibreOffice or Excel has left its lock file beside a
// workbook that it has open.
func hasLock(workbook string) bool {
	dir, name := filepath.Split(workbook)
	for _, lock := range []string{".~lock." + name + "#", "~$" + name} {
		if _, err := os.Lstat(filepath.Join(dir, lock)); err == nil {
			return true
		}
	}
	return false
}

// rescue brings workbooks that were saved while the new folder was built, and
// are not in it, out of the old one before that is removed. It says how many.
func rescue(old, target string, taken map[string]bool) (rescued int, err error) {
	m, _ := readManifest(old)
	entries, err := os.ReadDir(old)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		from := filepath.Join(old, e.Name())
		if !isWorkbook(e) || isSpare(from, m.Files[e.Name()].SHA256, taken) || carried(from, filepath.Join(target, e.Name())) {
			continue
		}
		to, err := freeName(target, e.Name())
		if err == nil {
			err = os.Rename(from, to)
		}
		if err != nil {
			return rescued, err
		}
		rescued++
	}
	return rescued, nil
}

// carried says whether a file has the same bytes at another place.
func carried(from, to string) bool {
	want, _, err := readFile(from)
	if err != nil {
		return false
	}
	got, _, err := readFile(to)
	return err == nil && got == want
}

// freeName is the first of NAME, NAME-2, NAME-3 and so on that nobody has.
func freeName(dir, name string) (string, error) {
	for n := 1; ; n++ {
		path := filepath.Join(dir, numbered(name, n))
		_, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// numbered is the n-th name of a file: a.xlsx, a-2.xlsx, a-3.xlsx.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + strconv.Itoa(n) + ext
}
