package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Finding is something that is wrong with a file of a report folder.
type Finding struct{ File, What string }

// Inspected is a report folder held against its manifest.
type Inspected struct {
	Dir      string
	Stamp    Stamp // of the manifest; zero when that cannot be read
	Findings []Finding
	// Edited are the workbooks whose bytes are not those that were written.
	// People type into workbooks and save them: that alone is no damage.
	Edited []string

	manifest manifest
	identity string            // hash of the manifest
	hashes   map[string]string // of the files that differ
}

// IsFolder says whether dir is a report folder: it holds a manifest.
func IsFolder(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, manifestName))
	return err == nil && info.Mode().IsRegular()
}

// Inspect holds a report folder against its manifest. The error is for a
// folder that cannot be read; what is wrong in it are findings. A run may swap
// the folder meanwhile, so what is wrong must be wrong twice with one manifest.
func Inspect(dir string) (Inspected, error) {
	in, err := inspectOnce(dir)
	for range 3 {
		if err == nil && len(in.Findings) == 0 && len(in.Edited) == 0 {
			break
		}
		before := in.identity
		if in, err = inspectOnce(dir); err == nil && in.identity == before {
			break
		}
	}
	return in, err
}

func inspectOnce(dir string) (Inspected, error) {
	in := Inspected{Dir: dir, hashes: map[string]string{}}
	if err := in.readManifest(); err != nil {
		return in, err
	}
	for _, name := range slices.Sorted(maps.Keys(in.manifest.Files)) {
		if err := in.file(name, in.manifest.Files[name]); err != nil {
			return in, fmt.Errorf("inspect report folder %s: %w", dir, err)
		}
	}
	for _, t := range Tables() {
		name := t.Name + ".csv"
		_, named := in.manifest.Files[name]
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil && !named && len(in.manifest.Files) > 0 {
			in.find(name, "the manifest does not name it")
		}
	}
	return in, nil
}

func (in *Inspected) find(file, format string, args ...any) {
	in.Findings = append(in.Findings, Finding{file, fmt.Sprintf(format, args...)})
}

func (in *Inspected) readManifest() error {
	path := filepath.Join(in.Dir, manifestName)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		in.find(manifestName, "it is missing")
		return nil
	}
	if err != nil {
		return fmt.Errorf("inspect report folder %s: %w", in.Dir, err)
	}
	sum := sha256.Sum256(raw)
	in.identity = hex.EncodeToString(sum[:])
	m, err := parseManifest(raw)
	if err != nil {
		in.find(manifestName, "it cannot be read: %v", err)
		return nil
	}
	in.manifest = m
	if in.Stamp, err = m.stamp(); err != nil {
		in.find(manifestName, "it cannot be read: %v", err)
	}
	if len(m.Files) == 0 {
		in.find(manifestName, "it names no files")
	}
	return nil
}

// file checks one file that the manifest names.
func (in *Inspected) file(name string, want manifestFile) error {
	if name != filepath.Base(name) || name == "." || name == ".." {
		in.find(manifestName, "it names %q, which is no file of this folder", name)
		return nil
	}
	if !sha256Hex.MatchString(want.SHA256) {
		in.find(manifestName, "the checksum of %s is none", name)
		return nil
	}
	sum, rows, err := readFile(filepath.Join(in.Dir, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		in.find(name, "it is missing")
		return nil
	case err != nil:
		return err
	case sum != want.SHA256:
		in.hashes[name] = sum
		in.differs(name, rows, want.Rows)
	case isCSV(name) && rows != want.Rows:
		in.find(manifestName, "it says %d row(s) of %s, which holds %d", want.Rows, name, rows)
	}
	return nil
}

func isCSV(name string) bool { return filepath.Ext(name) == ".csv" }

func (in *Inspected) differs(name string, rows, want int64) {
	switch {
	case filepath.Ext(name) == ".xlsx":
		in.Edited = append(in.Edited, name)
	case isCSV(name) && rows != want:
		in.find(name, "it is not as it was written: %d row(s) in place of %d", rows, want)
	default:
		in.find(name, "it is not as it was written: its bytes have another SHA-256 than the manifest says")
	}
}

// readFile gives the hash of a file, and its rows below the header when it is
// a CSV file.
func readFile(path string) (sum string, rows int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	counter := &rowCounter{rows: -1}
	if _, err := io.Copy(io.MultiWriter(h, counter), bufio.NewReaderSize(f, 256<<10)); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), max(counter.rows, 0), nil
}

// rowCounter counts line ends outside of quotes.
type rowCounter struct {
	rows   int64
	quoted bool
}

func (c *rowCounter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		i := bytes.IndexAny(rest, "\"\n")
		if i < 0 {
			break
		}
		switch {
		case rest[i] == '"':
			c.quoted = !c.quoted
		case !c.quoted:
			c.rows++
		}
		rest = rest[i+1:]
	}
	return len(p), nil
}

// TellMixed says of files that are not as they were written when they are
// those of another folder.
func TellMixed(folders []Inspected) {
	type owner struct {
		folder *Inspected
		name   string
	}
	written := map[string]owner{}
	for i := range folders {
		for name, f := range folders[i].manifest.Files {
			if old, ok := written[f.SHA256]; !ok || folders[i].Dir < old.folder.Dir {
				written[f.SHA256] = owner{&folders[i], name}
			}
		}
	}
	for i := range folders {
		in := &folders[i]
		for _, name := range slices.Sorted(maps.Keys(in.hashes)) {
			from, ok := written[in.hashes[name]]
			if !ok || from.folder.Dir == in.Dir && from.name == name {
				continue
			}
			in.isOf(name, from.folder, from.name)
		}
		in.tellManifest(folders)
	}
}

// isOf replaces what was found on a file.
func (in *Inspected) isOf(name string, from *Inspected, as string) {
	other := func(f Finding) bool { return f.File == name }
	in.Findings = slices.DeleteFunc(in.Findings, other)
	in.Edited = slices.DeleteFunc(in.Edited, func(edited string) bool { return edited == name })
	what := fmt.Sprintf("it is that of folder %s (run %d)", filepath.Base(from.Dir), from.Stamp.Run)
	if as != name && strings.HasSuffix(as, ".csv") {
		what = fmt.Sprintf("it is %s of folder %s (run %d)", as, filepath.Base(from.Dir), from.Stamp.Run)
	}
	in.find(name, "%s", what)
}

// tellManifest finds a manifest that was copied here without its files.
func (in *Inspected) tellManifest(folders []Inspected) {
	if in.whole() || in.identity == "" {
		return
	}
	for _, other := range folders {
		if other.identity == in.identity && other.Dir != in.Dir && other.whole() {
			in.find(manifestName, "it is that of folder %s (run %d)", filepath.Base(other.Dir), other.Stamp.Run)
			return
		}
	}
}

// whole says whether every file is as the manifest says.
func (in Inspected) whole() bool {
	return len(in.Findings) == 0 && len(in.Edited) == 0
}
