package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pieces is what an XML text holds, in a form that two readers can be held to.
func pieces(t *testing.T, text string) (ours, theirs []string) {
	t.Helper()
	add := func(to []string, piece string) []string {
		if n := len(to) - 1; n >= 0 && strings.HasPrefix(to[n], "text ") && strings.HasPrefix(piece, "text ") {
			to[n] += strings.TrimPrefix(piece, "text ")
			return to
		}
		return append(to, piece)
	}
	s := newXMLScanner(strings.NewReader(text))
	for {
		tok, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok.kind {
		case tokenText:
			ours = add(ours, "text "+string(tok.text))
		case tokenEnd:
			ours = append(ours, "end "+string(tok.name))
		case tokenStart:
			value, _ := tok.attr("r")
			ours = append(ours, "start "+string(tok.name)+" r="+string(value))
		}
	}
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return ours, theirs
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			theirs = add(theirs, "text "+string(tok))
		case xml.EndElement:
			theirs = append(theirs, "end "+tok.Name.Local)
		case xml.StartElement:
			value := ""
			for _, a := range tok.Attr {
				if a.Name.Local == "r" {
					value = a.Value
				}
			}
			theirs = append(theirs, "start "+tok.Name.Local+" r="+value)
		}
	}
}

// The scanner reads what encoding/xml reads.
func TestScannerReadsXMLAsTheStandardLibraryDoes(t *testing.T) {
	for _, text := range []string{
		`<?xml version="1.0"?><a r="1"><b/> x &amp; y &#x41;&#66; <!-- no > yes --><c r='2' s = "3"></c></a>`,
		`<x:a xmlns:x="u" x:r="1 > 0"><x:t>one</x:t><![CDATA[<two> & ]] three]]>four</x:a>`,
		"<a\n\tr=\"&quot;&lt;&apos;\"\n/>",
		"<a r=\"'\" s='\"'>" + strings.Repeat("long ", 40_000) + "</a>",
		"<a><b r=\"" + strings.Repeat("v>", 40_000) + "\"/></a>",
	} {
		ours, theirs := pieces(t, text)
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("%.80s (-encoding/xml +ours):\n%.2000s", text, diff)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, s := range []string{`<a r="1">x</a>`, `<!DOCTYPE a>`, `<![CDATA[x]]>`, `<a`, `&#xFFFFFFFFFF;<b/>`, `<a b='>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newXMLScanner(strings.NewReader(text))
		for n := 0; ; n++ {
			tok, err := s.next()
			if err != nil {
				return
			}
			tok.attr("r")
			if n > 2*len(text)+2 {
				t.Fatalf("%d pieces out of %d bytes", n, len(text))
			}
		}
	})
}

func TestNumbersHaveOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"1234.50": "1234.5", "1234.5": "1234.5", "1.2345E3": "1234.5", "12345e-1": "1234.5", "+1234.5": "1234.5",
		"0": "0", "0.00": "0", "-0": "0", ".5": "0.5", "-.05": "-0.05", "1E-3": "0.001", "1200": "1200", "12E2": "1200", "0012": "12",
		// the digits that a double and a spreadsheet's file do not share
		"46346.385416666664": "46346.3854166667", "46346.3854166667": "46346.3854166667",
		"45.060000000000002": "45.06", "1186.2900000000000001": "1186.29",
		"90071992547409.91": "90071992547409.9", "999999999999999.9": "1000000000000000",
		// the smallest step of money stays a step
		"1234567890123.45": "1234567890123.45", "1234567890123.46": "1234567890123.46",
		"": "", "abc": "abc", "1.2.3": "1.2.3", "1e999999": "1e999999", "-": "-", ".": ".",
	} {
		if got := string(appendDecimal(nil, []byte(in))); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestDaysAreSaidAsDates(t *testing.T) {
	for in, want := range map[string]string{
		"46346": "2026-11-20", "46346.3854166667": "2026-11-20 09:15:00", "46346.9999884259": "2026-11-20 23:59:59",
		"2958465.5": "9999-12-31 12:00:00", "61": "1900-03-01", "12": "12", "1e30": "1e30", "x": "x",
	} {
		if got := saySerial(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestWhatIsNoWorkbookIsRefused(t *testing.T) {
	_, good := twoBooks(t, "en", "gregorian")
	whole := sampleWorkbook(t, "en", "gregorian")
	for name, content := range map[string]string{
		"text.xlsx":  "this is not a workbook",
		"empty.xlsx": "",
		"half.xlsx":  string(whole[:len(whole)/2]),
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Compare(path, good); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ReadStamp(path); err == nil || errors.Is(err, ErrNotOurs) {
			t.Errorf("the stamp of %s: %v", name, err)
		}
	}
	if _, err := Compare(filepath.Join(t.TempDir(), "none.xlsx"), good); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// A flipped byte breaks a checksum of the zip, or one of its headers. A few
// bytes of those are said twice in the file, so that nothing is lost.
func TestFlippedBytesOfAWorkbookAreNoticed(t *testing.T) {
	path, good := twoBooks(t, "en", "gregorian")
	whole := sampleWorkbook(t, "en", "gregorian")
	noticed := 0
	const tries = 20
	for i := range tries {
		flipped := bytes.Clone(whole)
		flipped[i*len(whole)/tries+17] ^= 0x10
		try(t, os.WriteFile(path, flipped, 0o600))
		if c, err := Compare(path, good); err != nil || c.Count() > 0 || len(c.Notes) > 0 {
			noticed++
		}
	}
	if noticed < tries*3/4 {
		t.Errorf("%d of %d flipped bytes were noticed", noticed, tries)
	}
}
