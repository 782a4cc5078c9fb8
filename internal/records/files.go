package records

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files lists what the source's glob matches, oldest first. Folders and the
// lock files of office programs are left out. No match is no error.
func (s Source) Files() ([]File, error) {
	paths, err := filepath.Glob(s.Path)
	if err != nil {
		return nil, fmt.Errorf("records %s: path %q is no pattern that can be used: %w", s.Name, s.Path, err)
	}
	var files []File
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile, or a link to nothing
		}
		if err != nil {
			return nil, fmt.Errorf("records %s: %w", s.Name, err)
		}
		if info.Mode().IsRegular() && !isLock(path) {
			files = append(files, File{Path: path, Size: info.Size(), Modified: info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b File) int {
		return cmp.Or(a.Modified.Compare(b.Modified), cmp.Compare(a.Path, b.Path))
	})
	return files, nil
}

// isLock reports whether Excel or LibreOffice made the file beside a book that
// someone has open.
func isLock(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, "~$") || strings.HasPrefix(name, ".~lock.")
}

// ReadFile reads one file of the source into the sink. After an error, which
// names the source and the file, nothing that the sink took counts. A row that
// cannot be understood is no error.
func (s Source) ReadFile(ctx context.Context, f File, sink Sink) (Reading, error) {
	reading, err := s.readFile(ctx, f, sink)
	if err != nil {
		return Reading{}, fmt.Errorf("records %s: read %s: %w", s.Name, f.Path, plainPath(err))
	}
	return reading, nil
}

// plainPath drops the path that the caller names itself.
func plainPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

func (s Source) readFile(ctx context.Context, f File, sink Sink) (Reading, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return Reading{}, err
	}
	defer func() { _ = file.Close() }()
	if err := unchanged(file, f); err != nil {
		return Reading{}, err
	}
	format, err := formatOf(file, f)
	if err != nil {
		return Reading{}, err
	}
	in, err := newIntake(s, sink, Reading{Format: format, ReadAt: f.Modified})
	if err != nil {
		return Reading{}, err
	}
	in.file = f.Path
	bytes := &hashed{ctx: ctx, in: file, sum: sha256.New()}
	if err := read(ctx, format, in, file, bytes, f.Size); err != nil {
		return Reading{}, cmp.Or(unchanged(file, f), err)
	}
	if err := bytes.finish(f.Size); err != nil {
		return Reading{}, err
	}
	if err := unchanged(file, f); err != nil {
		return Reading{}, err
	}
	in.out.SHA256 = hex.EncodeToString(bytes.sum.Sum(nil))
	return in.done()
}

// read hands the rows of a file to the intake.
func read(ctx context.Context, format string, in *intake, file io.ReaderAt, bytes io.Reader, size int64) error {
	switch {
	case format == xlsxFormat:
		return readWorkbook(ctx, in, file, size)
	case size == 0 && format != jsonlFormat:
		return errEmpty
	}
	text, name, err := textOf(bytes, in.Encoding)
	if err != nil {
		return err
	}
	in.out.Encoding = name
	if format == jsonlFormat {
		return readLines(ctx, in, text)
	}
	return readCSV(ctx, in, text)
}

// errEmpty is a file that some export failed to fill.
var errEmpty = errors.New("the file is empty; an export without rows still has its header, so write the file again")

// errChanged is a file that someone writes while it is read.
var errChanged = errors.New("the file changed while it was read: write it under another name and rename it when it is complete, or run later")

// unchanged reports a file that is no longer as it was found.
func unchanged(file *os.File, f File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != f.Size || !info.ModTime().Equal(f.Modified) {
		return errChanged
	}
	return nil
}

// hashed sums up the bytes of a file as they are read.
type hashed struct {
	ctx  context.Context
	in   io.Reader
	sum  hash.Hash
	size int64
}

func (h *hashed) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := h.in.Read(p)
	h.size += int64(n)
	_, _ = h.sum.Write(p[:n])
	return n, err
}

// finish reads what the format did not need, and compares the sizes: a file
// may have grown between the last byte that was read and now.
func (h *hashed) finish(size int64) error {
	if _, err := io.Copy(io.Discard, h); err != nil {
		return err
	}
	if h.size != size {
		return errChanged
	}
	return nil
}
