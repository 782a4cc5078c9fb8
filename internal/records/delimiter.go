package records

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// sniffed is how much of a text file is looked at to find its separator.
const sniffed = 64 << 10

// delimiter finds what separates the cells: the sign with which one of the
// first rows names the most fields. Titles above the header do not count, and
// a comma inside a quoted title is none.
func (in *intake) delimiter(text *bufio.Reader) (rune, error) {
	if in.out.Format == tsvFormat {
		return '\t', nil
	}
	start, err := text.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return 0, err
	}
	best, most := mostFrequent(start), 0
	for _, comma := range []rune{',', ';', '\t'} {
		if n := in.namedWith(start, comma); n > most {
			best, most = comma, n
		}
	}
	return best, nil
}

// namedWith counts the fields that the best of the first rows names.
func (in *intake) namedWith(start []byte, comma rune) int {
	r := newCSV(bytes.NewReader(start), comma)
	most := 0
	for range maxAbove {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		most = max(most, in.named(values))
	}
	return most
}

// mostFrequent is the guess for a file whose columns nobody knows, so that
// the error can name them.
func mostFrequent(start []byte) rune {
	line, _, _ := strings.Cut(string(start), "\n")
	best := ','
	for _, comma := range []rune{';', '\t'} {
		if strings.Count(line, string(comma)) > strings.Count(line, string(best)) {
			best = comma
		}
	}
	return best
}

func delimiterName(comma rune) string {
	if comma == '\t' {
		return "tab"
	}
	return string(comma)
}
