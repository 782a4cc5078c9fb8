package records

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings of text files, by their names in the config.
const (
	utf8Name     = "utf-8"
	utf16Name    = "utf-16" // never configured, known by its first bytes
	shiftJISName = "shift_jis"
	thaiName     = "windows-874"
)

// textOf decodes a file. A byte order mark says more than the config, because
// nothing else begins like that; it is not part of the text. Bytes that mean
// nothing in the encoding are an error, never a replacement character.
func textOf(file io.Reader, configured string) (text io.Reader, name string, err error) {
	in := bufio.NewReaderSize(file, 64<<10)
	start, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	name = configured
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		name = utf8Name
		_, err = in.Discard(3)
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		name = utf16Name
	case name == "":
		name = utf8Name
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	decoder, err := decoderOf(name)
	if err != nil {
		return nil, "", err
	}
	return &strict{in: transform.NewReader(in, decoder), name: name, line: 1}, name, nil
}

func decoderOf(name string) (transform.Transformer, error) {
	switch name {
	case utf8Name:
		return encoding.UTF8Validator, nil
	case utf16Name:
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder(), nil
	case shiftJISName:
		return japanese.ShiftJIS.NewDecoder(), nil
	case thaiName:
		return charmap.Windows874.NewDecoder(), nil
	}
	return nil, fmt.Errorf("unknown encoding %q; `encoding` is one of %s, %s and %s", name, utf8Name, shiftJISName, thaiName)
}

// strict counts lines and stops where the decoder gave up. The decoders of
// the older encodings do not say so, they write a replacement character, which
// no text in those encodings can hold by itself.
type strict struct {
	in   io.Reader
	name string
	line int
	rest []byte // the end of what was read: a replacement character may have begun there
	err  error
}

const replacement = "\uFFFD"

func (s *strict) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.in.Read(p)
	at := -1
	switch {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		at = n
	case s.name != utf8Name:
		at = s.replaced(p[:n])
	}
	if at >= 0 {
		n = at
	}
	s.line += bytes.Count(p[:n], []byte("\n"))
	if at >= 0 {
		err = s.invalid()
	}
	s.err = err
	return n, err
}

// replaced finds a replacement character, also one that reads share; -1 when
// there is none.
func (s *strict) replaced(p []byte) int {
	before := len(s.rest)
	joined := append(s.rest, p...)
	s.rest = bytes.Clone(joined[max(0, len(joined)-len(replacement)+1):])
	if at := bytes.Index(joined, []byte(replacement)); at >= 0 {
		return max(0, at-before)
	}
	return -1
}

func (s *strict) invalid() error {
	hint := "set `encoding` to shift_jis or windows-874, or save the file as UTF-8"
	if s.name != utf8Name {
		hint = "check `encoding`, or save the file as UTF-8"
	}
	return fmt.Errorf("line %d holds bytes that are no %s text; %s", s.line, s.name, hint)
}
