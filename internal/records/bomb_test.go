package records

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"
)

// bomb is a workbook one part of which unpacks to so many megabytes.
func bomb(t testing.TB, part, before string, megabytes int, after string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	all := parts(nil)
	delete(all, part)
	for name, text := range all {
		p, err := w.Create(name)
		must(t, err)
		_, err = io.WriteString(p, text)
		must(t, err)
	}
	p, err := w.Create(part)
	must(t, err)
	_, err = io.WriteString(p, before)
	must(t, err)
	megabyte := bytes.Repeat([]byte("0"), 1<<20)
	for range megabytes {
		_, err = p.Write(megabyte)
		must(t, err)
	}
	_, err = io.WriteString(p, after)
	must(t, err, w.Close())
	return out.Bytes()
}

// allocated is how much memory a function asked for, in bytes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// declare makes an archive say of each of its parts that it has so many bytes.
func declare(archive []byte, size uint32) []byte {
	archive = bytes.Clone(archive)
	for at := 0; ; {
		next := bytes.Index(archive[at:], []byte("PK\x01\x02"))
		if next < 0 {
			return archive
		}
		at += next + 4
		binary.LittleEndian.PutUint32(archive[at+20:], size)
	}
}

func TestZipBombsAreRefused(t *testing.T) {
	const sheet, texts = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	const most = 48 << 20
	for name, book := range map[string][]byte{
		"one huge cell":        bomb(t, sheet, sheetXML(`<row><c t="str"><v>`), 64, `</v></c></row>`),
		"one huge text":        bomb(t, texts, `<sst><si><t>`, 64, `</t></si></sst>`),
		"a huge list of links": bomb(t, "_rels/.rels", `<Relationships>`, 64, `</Relationships>`),
		"a size that lies":     declare(bomb(t, sheet, sheetXML(`<row><c t="str"><v>`), 64, ""), 1000),
		"a size beyond belief": declare(bomb(t, sheet, sheetXML(""), 1, ""), 1<<30),
	} {
		f := file(t, "books.xlsx", string(book))
		var err error
		used := allocated(func() { _, _, err = readWith(Source{}, f) })
		if err == nil || used > most {
			t.Errorf("%s: %d MiB asked for, %v", name, used>>20, err)
		}
	}
}

func TestWorkbookThatSaysItIsTooLarge(t *testing.T) {
	book := declare(bomb(t, "xl/sharedStrings.xml", "", 0, ""), 1<<30)
	if _, _, err := readWith(Source{}, file(t, "books.xlsx", string(book))); !errors.Is(err, errTooLargeBook) {
		t.Errorf("%v", err)
	}
}
