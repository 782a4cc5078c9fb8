package records

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonLines reads a JSON object per line. Rows are numbered by their lines.
type jsonLines struct {
	in      *intake
	number  int
	decoder *jsontext.Decoder
	object  flatObject
	known   map[string]*mapping // by the keys of a line
}

// maxKeySets bounds how many sets of keys are remembered.
const maxKeySets = 1000

// readLines hands the lines of a file to the intake.
func readLines(ctx context.Context, in *intake, text io.Reader) error {
	l := &jsonLines{in: in, decoder: jsontext.NewDecoder(bytes.NewReader(nil)), known: map[string]*mapping{}}
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 64<<10), maxRow)
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.number++
		if err := l.line(bytes.TrimSpace(lines.Bytes())); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than 4 MiB; write one object per line", l.number+1)
	}
	return lines.Err()
}

func (l *jsonLines) line(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	first := l.in.out.Rows == 0
	if first && (text[0] == '[' || string(text) == "{") {
		return errors.New("the file is one JSON text; write one object per line, without brackets around them (JSON lines)")
	}
	l.object.clear()
	l.decoder.Reset(bytes.NewReader(text))
	if err := l.object.read(l.decoder); err != nil {
		return l.in.broken(l.number, string(text), "is no JSON object on one line, or was cut off; write the line again")
	}
	return l.take()
}

// take hands the object on. Its keys decide anew what they mean, because the
// next line may have others.
func (l *jsonLines) take() error {
	id := strings.Join(l.object.names, "\x00")
	m := l.known[id]
	if m == nil {
		var err error
		if m, err = l.in.keys(l.object.names); err != nil {
			return fmt.Errorf("line %d: %w", l.number, err)
		}
		if len(l.known) >= maxKeySets {
			clear(l.known)
		}
		l.known[id] = m
	}
	l.in.mapping = m
	return l.in.row(l.number, l.object.cells)
}

// flatObject is an object with the values of objects inside it: the name of
// such a value is its path, with dots.
type flatObject struct {
	names []string
	cells []cell
}

func (o *flatObject) clear() { o.names, o.cells = o.names[:0], o.cells[:0] }

func (o *flatObject) add(name string, c cell) {
	o.names, o.cells = append(o.names, name), append(o.cells, c)
}

var errNoObject = errors.New("no object")

// read takes the one object that the text holds.
func (o *flatObject) read(d *jsontext.Decoder) error {
	if d.PeekKind() != '{' {
		return errNoObject
	}
	if err := o.values(d, ""); err != nil {
		return err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errNoObject
	}
	return nil
}

// values takes an object whose names begin with a prefix.
func (o *flatObject) values(d *jsontext.Decoder, prefix string) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := o.value(d, prefix+name.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (o *flatObject) value(d *jsontext.Decoder, name string) error {
	kind := d.PeekKind()
	if kind == '{' {
		o.add(name, cell{text: "{...}", fault: "is an object; name the value inside it in `columns`, such as " + name + ".value"})
		return o.values(d, name+".")
	}
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	c := cell{}
	switch kind {
	case '[':
		c = cell{text: string(raw), fault: "is a list and no single value; name another key in `columns`"}
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return err
		}
		c.text = string(unquoted)
	case '0':
		c = cell{text: string(raw), kind: number}
	case 't', 'f':
		c = cell{text: string(raw), kind: truth}
	}
	o.add(name, c)
	return nil
}
