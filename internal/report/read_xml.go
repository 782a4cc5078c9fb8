package report

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxToken bounds what one tag or one piece of text may take: a cell holds
// 32,767 characters at most.
const maxToken = 1 << 20

var errXML = errors.New("its XML cannot be read")

type tokenKind int

const (
	tokenStart tokenKind = iota
	tokenEnd
	tokenText
)

// token is valid until the next one is asked for.
type token struct {
	kind  tokenKind
	name  []byte // without its prefix
	attrs []byte // as they stand in the tag
	text  []byte // with entities resolved
}

// xmlScanner reads the XML of a workbook part. encoding/xml would spend most
// of the time that it takes to compare two workbooks: a sheet of 200,000 rows
// has thirty million tokens.
type xmlScanner struct {
	r      *bufio.Reader
	buf    []byte
	inTag  bool   // the reader stands behind a '<'
	closed []byte // an empty element was read: its end comes next
}

func newXMLScanner(r io.Reader) *xmlScanner {
	return &xmlScanner{r: bufio.NewReaderSize(r, 64<<10)}
}

// next gives the next token; io.EOF after the last one.
func (s *xmlScanner) next() (token, error) {
	if s.closed != nil {
		name := s.closed
		s.closed = nil
		return token{kind: tokenEnd, name: name}, nil
	}
	for {
		t, ok, err := s.step()
		if err != nil || ok {
			return t, err
		}
	}
}

// step reads one piece; ok is false for what means nothing to us.
func (s *xmlScanner) step() (t token, ok bool, err error) {
	if !s.inTag {
		text, err := s.until('<')
		if err != nil {
			return token{}, false, err
		}
		s.inTag = true
		return token{kind: tokenText, text: unescapeXML(text)}, len(text) > 0, nil
	}
	s.inTag = false
	head, err := s.r.Peek(1)
	if err != nil {
		return token{}, false, errXML
	}
	if head[0] == '!' {
		return s.special()
	}
	tag, err := s.tag()
	if err != nil {
		return token{}, false, err
	}
	return s.element(tag)
}

// until reads up to a byte, which is consumed and left out.
func (s *xmlScanner) until(end byte) ([]byte, error) {
	piece, err := s.r.ReadSlice(end)
	if err == nil {
		return piece[:len(piece)-1], nil
	}
	s.buf = s.buf[:0]
	for errors.Is(err, bufio.ErrBufferFull) && len(s.buf) < maxToken {
		s.buf = append(s.buf, piece...)
		piece, err = s.r.ReadSlice(end)
	}
	s.buf = append(s.buf, piece...)
	switch {
	case err == nil:
		return s.buf[:len(s.buf)-1], nil
	case errors.Is(err, io.EOF) && end == '<' && len(bytes.TrimSpace(s.buf)) == 0:
		return nil, io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull):
		return nil, errXML
	default:
		return nil, err
	}
}

// tag reads a tag. A '>' inside of quotes does not end it.
func (s *xmlScanner) tag() ([]byte, error) {
	tag, err := s.until('>')
	quote := quoteAfter(0, tag)
	if err != nil || quote == 0 {
		return tag, err
	}
	whole := bytes.Clone(tag)
	for quote != 0 && len(whole) < maxToken {
		if tag, err = s.until('>'); err != nil {
			return nil, err
		}
		whole = append(append(whole, '>'), tag...)
		quote = quoteAfter(quote, tag)
	}
	if quote != 0 {
		return nil, errXML
	}
	return whole, nil
}

// quoteAfter is the quote that is open after some more bytes; 0 for none.
func quoteAfter(quote byte, tag []byte) byte {
	for _, b := range tag {
		switch {
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		}
	}
	return quote
}

func (s *xmlScanner) element(tag []byte) (token, bool, error) {
	switch {
	case len(tag) == 0:
		return token{}, false, errXML
	case tag[0] == '?':
		return token{}, false, nil
	case tag[0] == '/':
		return token{kind: tokenEnd, name: localName(bytes.TrimSpace(tag[1:]))}, true, nil
	}
	empty := tag[len(tag)-1] == '/'
	if empty {
		tag = tag[:len(tag)-1]
	}
	name, attrs := tag, []byte(nil)
	if i := spaceAt(tag); i >= 0 {
		name, attrs = tag[:i], tag[i:]
	}
	t := token{kind: tokenStart, name: localName(name), attrs: attrs}
	if empty {
		s.closed = t.name
	}
	return t, true, nil
}

// special reads comments and CDATA. A document type is refused: workbooks have
// none, and entities of its own could grow without end.
func (s *xmlScanner) special() (token, bool, error) {
	head, err := s.r.Peek(3)
	if err != nil {
		return token{}, false, errXML
	}
	if string(head) == "!--" {
		_, err := s.through("-->")
		return token{}, false, err
	}
	if head, err = s.r.Peek(len("![CDATA[")); err != nil || string(head) != "![CDATA[" {
		return token{}, false, errXML
	}
	text, err := s.through("]]>")
	if err != nil {
		return token{}, false, err
	}
	text = text[len("![CDATA["):]
	return token{kind: tokenText, text: text}, len(text) > 0, nil
}

func (s *xmlScanner) through(end string) ([]byte, error) {
	var whole []byte
	for len(whole) < maxToken {
		piece, err := s.until('>')
		if err != nil {
			return nil, err
		}
		whole = append(append(whole, piece...), '>')
		if bytes.HasSuffix(whole, []byte(end)) {
			return whole[:len(whole)-len(end)], nil
		}
	}
	return nil, errXML
}

func localName(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// attr finds an attribute of the tag, by its name without a prefix.
func (t token) attr(name string) ([]byte, bool) {
	rest := t.attrs
	for {
		rest = skipSpace(rest)
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil, false
		}
		key := localName(bytes.TrimSpace(rest[:eq]))
		rest = skipSpace(rest[eq+1:])
		if len(rest) == 0 {
			return nil, false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil, false
		}
		if string(key) == name {
			return unescapeXML(rest[1 : end+1]), true
		}
		rest = rest[end+2:]
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func spaceAt(s []byte) int { return slices.IndexFunc(s, isSpace) }

func skipSpace(s []byte) []byte {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	return s
}

func unescapeXML(s []byte) []byte {
	if bytes.IndexByte(s, '&') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return append(out, s...)
		}
		out = append(out, s[:i]...)
		s = s[i:]
		end := bytes.IndexByte(s, ';')
		if end < 0 {
			return append(out, s...)
		}
		if r, ok := entity(string(s[1:end])); ok {
			out = utf8.AppendRune(out, r)
		} else {
			out = append(out, s[:end+1]...)
		}
		s = s[end+1:]
	}
	return out
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	return rune(n), err == nil
}
