package records

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
)

// The formats of files.
const (
	csvFormat   = "csv"
	tsvFormat   = "tsv"
	xlsxFormat  = "xlsx"
	jsonlFormat = "jsonl"
)

// formatOf tells the format by the file's first bytes where they cannot lie,
// else by its extension, else by a guess that a person would make.
func formatOf(file io.ReaderAt, f File) (string, error) {
	start := make([]byte, 512)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	start = start[:n]
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return xlsxFormat, nil
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return "", errors.New("the file is compressed; unpack it first")
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return "", errors.New("the workbook is of the old .xls kind or has a password; save it as .xlsx without one")
	}
	switch strings.ToLower(filepath.Ext(f.Path)) {
	case ".csv":
		return csvFormat, nil
	case ".tsv", ".tab":
		return tsvFormat, nil
	case ".jsonl", ".ndjson":
		return jsonlFormat, nil
	case ".xlsx", ".xlsm":
		return xlsxFormat, nil
	}
	if text := bytes.TrimLeft(start, "\xef\xbb\xbf \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return jsonlFormat, nil
	}
	return csvFormat, nil
}
