package report

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// Limits of a sheet: Excel's number of rows, header included, and a size that
// keeps a part below 4 GB, where a zip needs 64-bit fields that Excel dislikes.
const (
	maxSheetRows  = 1_048_576
	maxSheetBytes = 3 << 30
)

// xlsxFile is a workbook in the making. Sheets of rows go into the zip one
// after another as they stream by; excelize adds every other part at the end.
type xlsxFile struct {
	f       *excelize.File
	parts   *parts
	speech  speech
	styles  styles
	looks   map[look]int
	limits  limits
	margins margins
	count   int // sheets so far
	table   Table
	part    int // sheets of the table so far
	sheet   *sheet
}

type limits struct {
	rows  int
	bytes int64
}

// margins are the texts at the head and the foot of every printed page.
type margins struct{ header, footer string }

func newXLSX(w io.Writer, sp speech, m margins, l limits) (*xlsxFile, error) {
	x := &xlsxFile{f: excelize.NewFile(), parts: newParts(w), speech: sp, looks: map[look]int{}, limits: l, margins: m, count: 1}
	x.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return x.parts })
	if err := x.f.SetSheetName("Sheet1", x.summaryName()); err != nil {
		return nil, err
	}
	var err error
	x.styles, err = newStyles(x.f, sp)
	return x, err
}

func (x *xlsxFile) summaryName() string {
	return x.speech.say(Titles{"Summary", "概要", "สรุป"})
}

func (x *xlsxFile) auditName() string {
	return x.speech.say(Titles{"Audit", "監査情報", "ข้อมูลตรวจสอบ"})
}

// begin opens the first sheet of a table.
func (x *xlsxFile) begin(t Table) error {
	x.table, x.part = t, 0
	return x.nextSheet()
}

func (x *xlsxFile) nextSheet() error {
	x.part++
	var err error
	x.sheet, err = x.open(x.speech.sheetName(x.table, x.part), sheetFrame{
		columns: x.table.Columns, tabColour: colourBrand, table: true, strong: x.table.Column(x.table.word),
	})
	if err != nil {
		return err
	}
	return x.sheet.titles()
}

// open adds a sheet to the workbook and its part to the zip.
func (x *xlsxFile) open(name string, fr sheetFrame) (*sheet, error) {
	if _, err := x.f.NewSheet(name); err != nil {
		return nil, err
	}
	x.count++
	w, err := x.parts.stream(fmt.Sprintf("xl/worksheets/sheet%d.xml", x.count))
	if err != nil {
		return nil, err
	}
	fr.header, fr.footer = x.margins.header, x.margins.footer
	return newSheet(w, x.speech, x.styles, fr)
}

func (x *xlsxFile) write(row []Cell) error {
	if x.sheet.rows >= x.limits.rows || x.sheet.bytes >= x.limits.bytes {
		if err := x.end(); err != nil {
			return err
		}
		if err := x.nextSheet(); err != nil {
			return err
		}
	}
	mark := MarkNone
	if x.table.Mark != nil {
		mark = x.table.Mark(row)
	}
	return x.sheet.table(row, mark)
}

// end closes the sheet that is open.
func (x *xlsxFile) end() error {
	name, filter := x.speech.sheetName(x.table, x.part), x.sheet.filter()
	// On excelize's own copy of the sheet, which is not written, for the hidden
	// name that Excel wants beside a filter.
	if err := x.f.AutoFilter(name, filter, nil); err != nil {
		return err
	}
	if err := x.repeatTitles(name); err != nil {
		return err
	}
	return x.sheet.close(filter)
}

// repeatTitles prints the header row on every page, and account and id on the
// pages of a table that is more than one page wide.
func (x *xlsxFile) repeatTitles(name string) error {
	return x.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: name, RefersTo: quoteSheet(name) + "!$A:$B," + quoteSheet(name) + "!$1:$1",
	})
}

func quoteSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// finish writes everything that is not a streamed sheet.
func (x *xlsxFile) finish(title string, asOf time.Time) error {
	stamp := asOf.UTC().Format(time.RFC3339)
	err := x.f.SetDocProps(&excelize.DocProperties{
		Title: title, Creator: "reconcile", LastModifiedBy: "reconcile",
		Created: stamp, Modified: stamp, Language: x.speech.lang,
	})
	if err != nil {
		return err
	}
	x.f.SetActiveSheet(0)
	// excelize adds the content types of pictures, for a chart, in map order.
	types := x.f.ContentTypes.Defaults
	sort.Slice(types, func(i, j int) bool { return types[i].Extension < types[j].Extension })
	if err := x.f.Write(io.Discard); err != nil {
		return err
	}
	return errors.Join(x.parts.missed(), x.f.Close())
}

// parts is the zip under the workbook. It drops what excelize would write for
// a sheet that has been streamed already.
type parts struct {
	zip      *zip.Writer
	streamed map[string]bool // true once excelize came by with its copy
}

func newParts(w io.Writer) *parts {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, 3)
	})
	return &parts{zip: z, streamed: map[string]bool{}}
}

func (p *parts) stream(name string) (io.Writer, error) {
	p.streamed[name] = false
	return p.zip.Create(name)
}

// Create implements excelize.ZipWriter.
func (p *parts) Create(name string) (io.Writer, error) {
	if _, ok := p.streamed[name]; ok {
		p.streamed[name] = true
		return io.Discard, nil
	}
	return p.zip.Create(name)
}

// AddFS implements excelize.ZipWriter; nothing calls it.
func (p *parts) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close implements excelize.ZipWriter.
func (p *parts) Close() error { return p.zip.Close() }

// missed says whether a streamed sheet is one that excelize does not know: its
// numbering of parts would have changed.
func (p *parts) missed() error {
	for name, seen := range p.streamed {
		if !seen {
			return fmt.Errorf("workbook part %s is not in the workbook", name)
		}
	}
	return nil
}
