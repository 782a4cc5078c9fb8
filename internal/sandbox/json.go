package sandbox

import (
	"strconv"
	"unicode/utf8"
)

// jsonBuf writes JSON with keys in the order of the calls, which is how the recordings have them
// and what makes equal state give equal bytes.
type jsonBuf struct{ b []byte }

func (j *jsonBuf) open(c byte)  { j.comma(); j.b = append(j.b, c) }
func (j *jsonBuf) close(c byte) { j.b = append(j.b, c) }

func (j *jsonBuf) comma() {
	if n := len(j.b); n > 0 {
		switch j.b[n-1] {
		case '{', '[', ':', ',':
		default:
			j.b = append(j.b, ',')
		}
	}
}

func (j *jsonBuf) key(k string) {
	j.comma()
	j.b = append(j.b, '"')
	j.b = append(j.b, k...)
	j.b = append(j.b, '"', ':')
}

func (j *jsonBuf) str(k, v string) { j.key(k); j.text(v) }

// opt writes null for an empty string.
func (j *jsonBuf) opt(k, v string) {
	if v == "" {
		j.null(k)
		return
	}
	j.str(k, v)
}

func (j *jsonBuf) int(k string, v int64)  { j.key(k); j.b = strconv.AppendInt(j.b, v, 10) }
func (j *jsonBuf) bool(k string, v bool)  { j.key(k); j.b = strconv.AppendBool(j.b, v) }
func (j *jsonBuf) raw(k string, v string) { j.key(k); j.b = append(j.b, v...) }

func (j *jsonBuf) null(keys ...string) {
	for _, k := range keys {
		j.raw(k, "null")
	}
}

// when writes an instant, null for none.
func (j *jsonBuf) when(k string, v second) {
	if v == 0 {
		j.null(k)
		return
	}
	j.time(k, v, "2006-01-02T15:04:05Z")
}

func (j *jsonBuf) time(k string, v second, layout string) {
	j.key(k)
	j.b = append(j.b, '"')
	j.b = v.time().AppendFormat(j.b, layout)
	j.b = append(j.b, '"')
}

func (j *jsonBuf) text(v string) {
	const hex = "0123456789abcdef"
	j.b = append(j.b, '"')
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '"' || c == '\\':
			j.b = append(j.b, '\\', c)
		case c < ' ':
			j.b = append(j.b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			j.b = append(j.b, c)
		default:
			r, n := utf8.DecodeRuneInString(v[i:])
			j.b = utf8.AppendRune(j.b, r)
			i += n - 1
		}
	}
	j.b = append(j.b, '"')
}
