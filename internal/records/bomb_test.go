package records

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"testing"
)

// bombSize is what a bomb unpacks to, in bytes.
const bombSize = 128 << 20

// bomb is a workbook one part of which is one huge text between two others.
func bomb(t testing.TB, part, before, after string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts(nil) {
		if name == part {
			continue
		}
		p, err := w.Create(name)
		must(t, err)
		_, err = io.WriteString(p, text)
		must(t, err)
	}
	megabyte := bytes.Repeat([]byte("0"), 1<<20)
	packed, sum := deflated(t, []byte(before)), crc32.ChecksumIEEE([]byte(before))
	for range bombSize >> 20 {
		sum = crc32.Update(sum, crc32.IEEETable, megabyte)
	}
	packed = append(packed, bytes.Repeat(deflated(t, megabyte), bombSize>>20)...)
	packed = append(append(packed, deflated(t, []byte(after))...), 1, 0, 0, 0xff, 0xff) // an empty block ends it
	p, err := w.CreateRaw(&zip.FileHeader{
		Name: part, Method: zip.Deflate, CRC32: crc32.Update(sum, crc32.IEEETable, []byte(after)),
		CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(before) + bombSize + len(after)),
	})
	must(t, err)
	_, err = p.Write(packed)
	must(t, err, w.Close())
	return out.Bytes()
}

// deflated is a text packed so that others may follow it.
func deflated(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	must(t, err)
	_, err = w.Write(text)
	must(t, err, w.Flush())
	return out.Bytes()
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

// allocated is how much memory a function asked for, in bytes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestZipBombsAreRefused(t *testing.T) {
	cell := bomb(t, "xl/worksheets/sheet1.xml", `<worksheet><row><c t="str"><v>`, `</v></c></row></worksheet>`)
	for name, tc := range map[string]struct {
		book []byte
		want error // nil: any
	}{
		"one huge cell":        {cell, tooLarge("a text of more than 4 MiB")},
		"one huge text":        {bomb(t, "xl/sharedStrings.xml", `<sst><si><t>`, `</t></si></sst>`), tooLarge("a text of more than 4 MiB")},
		"a huge list of links": {bomb(t, "_rels/.rels", `<Relationships>`, `</Relationships>`), tooLarge("a part that is larger than it may be")},
		"a size beyond belief": {declare(cell, 1<<30), errTooLargeBook},
		"a size that lies":     {declare(cell, 1000), nil},
	} {
		f := file(t, "books.xlsx", string(tc.book))
		var err error
		used := allocated(func() { _, _, err = readWith(Source{}, f) })
		if err == nil || (tc.want != nil && !errors.Is(err, tc.want)) || used > bombSize*3/4 {
			t.Errorf("%s: %d MiB asked for, %v", name, used>>20, err)
		}
	}
}

// TestBombsUnpack holds the bombs to be what they say, so that it is their
// size for which they are refused.
func TestBombsUnpack(t *testing.T) {
	book := bomb(t, "xl/workbook.xml", "<a>", "</a>")
	archive, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(t, err)
	part, err := archive.Open("xl/workbook.xml")
	must(t, err)
	n, err := io.Copy(io.Discard, part)
	if want := int64(bombSize + len("<a></a>")); err != nil || n != want || len(book) > bombSize/100 {
		t.Errorf("%d bytes unpack to %d, %v; want %d", len(book), n, err, want)
	}
}
