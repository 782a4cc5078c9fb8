package records

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// maxUnpacked bounds what a workbook may hold when it is unpacked, and maxPart
// each of its parts that are held in memory, in bytes.
const (
	maxUnpacked = 1 << 30
	maxPart     = 8 << 20
)

// workbook is an XLSX file: a zip archive of XML parts. Its rows are read as
// they stand in the archive, because what a cell is (text, number, truth,
// error, formula without a value) decides what it may mean.
type workbook struct {
	parts   map[string]*zip.File
	root    string            // the part that lists the sheets
	links   map[string]string // the sheets with cells: id -> part
	kinds   map[string]string // the other parts: what it is -> part
	sheets  []sheetEntry
	day0    time.Time // of its dates
	padding []int     // of its styles: to how many digits whole numbers are filled with zeros
	strings []string  // the texts that its cells share
}

type sheetEntry struct {
	Name  string `xml:"name,attr"`
	State string `xml:"state,attr"`
	ID    string `xml:"id,attr"`
}

// readWorkbook hands the rows of one sheet to the intake.
func readWorkbook(ctx context.Context, in *intake, file io.ReaderAt, size int64) error {
	w, err := openWorkbook(file, size)
	if err != nil {
		return err
	}
	entry, err := w.choose(in.Sheet)
	if err != nil {
		return err
	}
	in.out.Sheet = entry.Name
	in.times.dayZero = w.day0
	if err := w.readStyles(); err != nil {
		return err
	}
	if err := w.readStrings(ctx); err != nil {
		return err
	}
	return w.readRows(ctx, w.links[entry.ID], &sheet{in: in})
}

func openWorkbook(file io.ReaderAt, size int64) (*workbook, error) {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return nil, fmt.Errorf("the file is no workbook that can be opened (%w); save it again as .xlsx", err)
	}
	w := &workbook{parts: map[string]*zip.File{}, links: map[string]string{}, kinds: map[string]string{}}
	var unpacked uint64
	for _, part := range archive.File {
		if unpacked += part.UncompressedSize64; part.UncompressedSize64 > maxUnpacked || unpacked > maxUnpacked {
			return nil, errTooLargeBook
		}
		w.parts[partName(part.Name)] = part
	}
	return w, w.readRoot()
}

// tooLarge is a limit that a workbook goes beyond.
type tooLarge string

func (t tooLarge) Error() string {
	return "the workbook holds " + string(t) + " when it is unpacked; export the sheet as CSV"
}

const errTooLargeBook = tooLarge("more than 1 GiB")

// partName is what parts are compared by: programs differ in case and slashes.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

// readRoot finds the part that lists the sheets, and what belongs to it.
func (w *workbook) readRoot() error {
	links, err := w.relationships("_rels/.rels", "")
	if err != nil {
		return err
	}
	for _, link := range links {
		if path.Base(link.Type) == "officeDocument" {
			w.root = link.Target
		}
	}
	folder, name := path.Split(w.root)
	links, err = w.relationships(folder+"_rels/"+name+".rels", folder)
	if err != nil {
		return err
	}
	for _, link := range links {
		if kind := path.Base(link.Type); kind == "worksheet" {
			w.links[link.ID] = link.Target
		} else {
			w.kinds[kind] = link.Target
		}
	}
	return w.readSheets()
}

type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// relationships reads a list of links whose targets start in a folder.
func (w *workbook) relationships(part, folder string) ([]relationship, error) {
	var list struct {
		Links []relationship `xml:"Relationship"`
	}
	if err := w.unmarshal(part, &list); err != nil {
		return nil, err
	}
	for i, link := range list.Links {
		if !strings.HasPrefix(link.Target, "/") {
			link.Target = folder + link.Target
		}
		list.Links[i].Target = partName(link.Target)
	}
	return list.Links, nil
}

func (w *workbook) readSheets() error {
	var root struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []sheetEntry `xml:"sheets>sheet"`
	}
	if err := w.unmarshal(w.root, &root); err != nil {
		return err
	}
	w.sheets = root.Sheets
	// Excel counts a 29 February 1900 that never was; from March 1900 on, its
	// days are right when they are counted from here.
	w.day0 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if yes := root.Properties.Date1904; yes == "1" || yes == "true" {
		w.day0 = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return nil
}

// choose finds a sheet by its name, or the first one that is not hidden.
func (w *workbook) choose(name string) (sheetEntry, error) {
	var names []string
	for _, s := range w.sheets {
		if w.links[s.ID] == "" {
			continue // a sheet that is only a chart
		}
		if s.Name == name || (name == "" && s.State != "hidden" && s.State != "veryHidden") {
			return s, nil
		}
		names = append(names, s.Name)
	}
	if name == "" {
		return sheetEntry{}, fmt.Errorf("the workbook shows no sheet; name a hidden one in `sheet`: %s", list(names))
	}
	return sheetEntry{}, fmt.Errorf("the workbook has no sheet %q; there are: %s", name, list(names))
}

// open gives the bytes of a part, at most so many.
func (w *workbook) open(part string, most int64) (io.ReadCloser, error) {
	f := w.parts[part]
	if f == nil {
		return nil, fmt.Errorf("the workbook lacks its part %q; save it again as .xlsx", part)
	}
	in, err := f.Open()
	if err != nil {
		return nil, brokenPart(part, err)
	}
	return &limited{ReadCloser: in, left: most}, nil
}

// unmarshal reads a small part as a whole.
func (w *workbook) unmarshal(part string, into any) error {
	in, err := w.open(part, maxPart)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := xml.NewDecoder(in).Decode(into); err != nil {
		return brokenPart(part, err)
	}
	return nil
}

func brokenPart(part string, err error) error {
	if limit, ok := errors.AsType[tooLarge](err); ok {
		return limit
	}
	return fmt.Errorf("the workbook's part %q cannot be read (%w); save it again as .xlsx", part, err)
}

// limited ends with an error when a part is larger than it should be; the
// archive's own word for its size may be wrong.
type limited struct {
	io.ReadCloser
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, tooLarge("a part that is larger than it may be")
	}
	return n, err
}
