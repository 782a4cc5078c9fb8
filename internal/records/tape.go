package records

import (
	"errors"
	"io"
)

// maxRow bounds one row of a text file, in bytes: a quote that nobody closes
// would take in the rest of the file.
const maxRow = 4 << 20

var errLongRow = errors.New("a row is longer than 4 MiB; look there for a quote that is not closed")

// tape remembers the bytes of the row that is being read, which csv.Reader
// does not show of a row that it refuses.
type tape struct {
	in   io.Reader
	buf  []byte // the bytes from offset at on
	at   int64
	row  int64 // offset where the row begins
	over bool
}

func (t *tape) Read(p []byte) (int, error) {
	if t.at+int64(len(t.buf))-t.row > maxRow {
		return 0, errLongRow
	}
	n, err := t.in.Read(p)
	t.buf = append(t.buf, p[:n]...)
	t.over = t.over || err != nil
	return n, err
}

// begin starts a row at an offset. What lies before it is dropped, not for
// every row but when it is worth the copying.
func (t *tape) begin(offset int64) {
	t.row = offset
	if old := offset - t.at; old > 64<<10 {
		t.buf = append(t.buf[:0], t.buf[old:]...)
		t.at = offset
	}
}

// since gives the bytes from the row's beginning up to an offset.
func (t *tape) since(end int64) string { return string(t.buf[t.row-t.at : end-t.at]) }

// ended reports whether the last byte of the input was read.
func (t *tape) ended() bool { return t.over }
