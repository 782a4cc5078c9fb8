package records

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// maxStrings bounds the memory for the texts that cells share, in bytes.
const maxStrings = 256 << 20

// zeros is a number format that fills whole numbers with zeros: the ids of a
// column that someone formatted as 000000000 are meant with them.
var zeros = regexp.MustCompile(`^0{2,30}$`)

// readStyles learns how many digits the styles of numbers have at least.
func (w *workbook) readStyles() error {
	part, ok := w.kinds["styles"]
	if !ok {
		return nil
	}
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.unmarshal(part, &styles); err != nil {
		return err
	}
	digits := map[int]int{}
	for _, format := range styles.Formats {
		if zeros.MatchString(format.Code) {
			digits[format.ID] = len(format.Code)
		}
	}
	for _, style := range styles.Cells {
		w.padding = append(w.padding, digits[style.Format])
	}
	return nil
}

// readStrings reads the texts that cells share.
func (w *workbook) readStrings(ctx context.Context) error {
	part, ok := w.kinds["sharedStrings"]
	if !ok {
		return nil
	}
	x, err := w.tokens(part)
	if err != nil {
		return err
	}
	defer x.close()
	left := maxStrings
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := x.start("si")
		if errors.Is(err, io.EOF) {
			return nil
		}
		text := ""
		if err == nil {
			text, err = x.text("si")
		}
		if err != nil {
			return brokenPart(part, err)
		}
		const each = 16 // bytes of an empty string
		if left -= len(text) + each; left < 0 {
			return tooLarge("more than 256 MiB of texts")
		}
		w.strings = append(w.strings, text)
	}
}

// tokens reads a part of any size token by token, none of which may be larger
// than a row of text.
type tokens struct {
	*xml.Decoder
	in   io.ReadCloser
	left int
}

func (w *workbook) tokens(part string) (*tokens, error) {
	in, err := w.open(part, maxUnpacked)
	if err != nil {
		return nil, err
	}
	x := &tokens{in: in}
	x.Decoder = xml.NewDecoder(x)
	return x, nil
}

func (x *tokens) close() { _ = x.in.Close() }

func (x *tokens) Read(p []byte) (int, error) {
	n, err := x.in.Read(p)
	if x.left -= n; x.left < 0 {
		return 0, tooLarge("a text of more than 4 MiB")
	}
	return n, err
}

func (x *tokens) next() (xml.Token, error) {
	x.left = maxRow
	return x.RawToken()
}

// start finds the next element of a name, in any namespace.
func (x *tokens) start(name string) (xml.StartElement, error) {
	for {
		token, err := x.next()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			return start, nil
		}
	}
}

// text joins the texts inside an element that has just begun, without the
// readings that Japanese Excel keeps beside them.
func (x *tokens) text(element string) (string, error) {
	var all strings.Builder
	inText, reading := false, false
	for {
		token, err := x.next()
		if err != nil {
			return "", unfinished(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			inText = t.Name.Local == "t"
			reading = reading || t.Name.Local == "rPh"
		case xml.CharData:
			if inText && !reading {
				all.Write(t)
			}
		case xml.EndElement:
			inText = false
			switch t.Name.Local {
			case element:
				return unescaped(all.String()), nil
			case "rPh":
				reading = false
			}
		}
	}
}

// unfinished: the end of a part inside an element is an error.
func unfinished(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped writes out the characters that XML cannot hold and Excel writes
// as _x000D_.
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escaped.ReplaceAllStringFunc(text, func(code string) string {
		r, err := strconv.ParseUint(code[2:6], 16, 32)
		if err != nil {
			return code
		}
		return string(rune(r))
	})
}
