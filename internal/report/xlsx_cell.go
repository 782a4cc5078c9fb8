package report

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"reconcile/internal/money"
)

// maxCellText is Excel's limit for the text of a cell, in UTF-16 units.
const maxCellText = 32767

// value is a cell as the workbook holds it: the text of a number, or text.
type value struct {
	number string
	text   string
}

func (s speech) value(c Cell) value {
	if !c.set {
		return value{}
	}
	switch c.kind {
	case Amount:
		return value{number: money.Format(c.n, c.cur)}
	case Count:
		return value{number: strconv.FormatInt(c.n, 10)}
	case Time, Date:
		if n := serial(c.at); n != "" {
			return value{number: n}
		}
		return value{text: c.String()}
	case Word, YesNo:
		return value{text: s.word(c.text)}
	default:
		return value{text: c.text}
	}
}

// serial is the day number that spreadsheets count dates in, of the wall clock
// that t shows. Days before March 1900 and after 9999 have none.
func serial(t time.Time) string {
	y, m, d := t.Date()
	wall := time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	seconds := wall.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	if days := seconds / 86400; days < 61 || y > 9999 {
		return ""
	}
	return strconv.FormatFloat(float64(seconds)/86400, 'f', -1, 64)
}

// appendXML writes text for a sheet part. What XML or the format cannot hold
// is written in the format's own escape, _xHHHH_, so that it reads back as it
// was; cut says the text was longer than a cell may be.
func appendXML(b []byte, s string) (_ []byte, cut bool) {
	units := 0
	for i, r := range s {
		units++
		if r > 0xFFFF {
			units++
		}
		if units > maxCellText {
			return b, true
		}
		b = appendRune(b, s, i, r)
	}
	return b, false
}

func appendRune(b []byte, s string, i int, r rune) []byte {
	switch {
	case r == '&':
		return append(b, "&amp;"...)
	case r == '<':
		return append(b, "&lt;"...)
	case r == '>':
		return append(b, "&gt;"...)
	case r == '"':
		return append(b, "&quot;"...)
	case r == '_' && looksEscaped(s[i:]):
		return append(b, "_x005F_"...)
	case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
		return fmt.Appendf(b, "_x%04X_", r)
	default:
		return utf8.AppendRune(b, r)
	}
}

// looksEscaped says whether text would itself be read as an escape.
func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}
