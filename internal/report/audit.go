package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"reconcile/internal/money"
)

// audit writes the last sheet: where the figures come from and what shows that
// they are whole.
func (x *xlsxFile) audit(b Book, files []File) error {
	var columns []Column
	for _, w := range []float64{24, 18, 21, 21, 21, 21, 26, 21} {
		columns = append(columns, Column{Width: w})
	}
	s, err := x.open(x.auditName(), sheetFrame{columns: columns, tabColour: colourQuiet, strong: -1})
	if err != nil {
		return err
	}
	a := &auditPage{x: x, s: s}
	a.report(b)
	a.accounts(b)
	a.files(files)
	a.proofs(b)
	a.unproven(b)
	a.notices(b)
	if a.err != nil {
		return a.err
	}
	return s.close("")
}

// auditPage streams its rows like a table: there may be many proofs.
type auditPage struct {
	x   *xlsxFile
	s   *sheet
	err error
}

type auditCell struct {
	look  look
	value value
}

func (a *auditPage) row(height int, cells ...auditCell) {
	if a.err != nil {
		return
	}
	ids := make([]int, len(cells))
	for i, c := range cells {
		if ids[i], a.err = a.x.style(c.look); a.err != nil {
			return
		}
	}
	tall := ""
	if height > 0 {
		tall = fixedHeight(height)
	}
	a.err = a.s.line(tall, func() {
		for i, c := range cells {
			a.s.cell(i, ids[i], c.value)
		}
	})
}

func (a *auditPage) section(t Titles) {
	a.row(0)
	cells := make([]auditCell, len(a.s.frame.columns))
	for i := range cells {
		cells[i].look = lookSection()
	}
	cells[0].value.text = a.x.speech.say(t)
	a.row(20, cells...)
}

func (a *auditPage) head(titles ...Titles) {
	cells := make([]auditCell, len(titles))
	for i, t := range titles {
		cells[i] = auditCell{lookHead(t == rowsTitle() || t == totalTitle() || t == storedTitle()), value{text: a.x.speech.say(t)}}
	}
	a.row(20, cells...)
}

func auditText(s string) auditCell { return auditCell{lookText(), value{text: s}} }

func auditCount(n int64) auditCell {
	return auditCell{lookNumber("#,##0"), value{number: strconv.FormatInt(n, 10)}}
}

func (a *auditPage) time(t time.Time) auditCell {
	l := lookText()
	l.format = a.x.speech.timeFormat()
	return auditCell{l, a.x.speech.value(TimeCell(t))}
}

func (a *auditPage) date(iso string) auditCell {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return auditText(iso)
	}
	l := lookText()
	l.format = a.x.speech.dateFormat()
	return auditCell{l, a.x.speech.value(TimeCell(t))}
}

func (a *auditPage) report(b Book) {
	s := a.x.speech
	a.row(30, auditCell{lookTitle(), value{text: a.x.auditName()}})
	line := func(t Titles, l look, text string) {
		a.row(0, auditCell{lookLabel(), value{text: s.say(t)}}, auditCell{l, value{text: text}})
	}
	line(Titles{"Status", "状態", "สถานะ"}, lookStatus(b.Complete), s.say(statusWord(b.Complete)))
	line(Titles{"Run", "実行番号", "รอบที่"}, look{}, strconv.FormatInt(b.Run, 10))
	line(Titles{"Version", "バージョン", "เวอร์ชัน"}, look{}, b.Version)
	line(asOfTitle(), look{}, s.instant(b.AsOf))
	if b.Notes > 0 {
		line(notesTitle(), look{}, strconv.FormatInt(b.Notes, 10))
	}
	if len(b.Replaces) > 0 {
		line(Titles{"Replaces", "置き換え対象", "แทนที่รายงาน"}, look{}, strings.Join(b.Replaces, ", "))
	}
}

func notesTitle() Titles {
	return Titles{"Notes read up to no.", "読み取り済みメモ番号", "อ่านหมายเหตุถึงลำดับที่"}
}

func (a *auditPage) accounts(b Book) {
	a.section(Titles{"Accounts", "アカウント", "บัญชี"})
	a.head(account().Title, zoneTitle(), fromTitle(), toTitle(),
		Titles{"From (UTC)", "開始 (UTC)", "ตั้งแต่ (UTC)"}, Titles{"To (UTC)", "終了 (UTC)", "ถึง (UTC)"},
		historyTitle(), dataTitle())
	for _, c := range b.Accounts {
		a.row(0, auditText(c.Name), auditText(c.Timezone), a.date(c.From), a.date(c.To),
			a.time(c.FromUTC.UTC()), a.time(c.ToUTC.UTC()), a.date(c.HistoryFrom), a.time(c.DataAsOf))
	}
}

func rowsTitle() Titles { return Titles{"Rows", "行数", "จำนวนแถว"} }

func (a *auditPage) files(files []File) {
	if len(files) == 0 {
		return
	}
	a.section(Titles{"Files", "ファイル", "ไฟล์"})
	a.head(Titles{"File", "ファイル", "ไฟล์"}, rowsTitle(), Titles{"SHA-256", "SHA-256", "SHA-256"})
	for _, f := range files {
		a.row(0, auditText(f.Name), auditCount(f.Rows), auditCell{look{}, value{text: f.SHA256}})
	}
}

func totalTitle() Titles {
	return Titles{"Total at Omise", "Omiseの件数", "จำนวนที่ Omise"}
}

func storedTitle() Titles {
	return Titles{"Rows stored", "保存件数", "จำนวนที่บันทึก"}
}
func listTitle() Titles { return Titles{"List", "リスト", "รายการ"} }

func (a *auditPage) proofs(b Book) {
	a.section(Titles{
		"Proofs: windows that were fetched completely", "完全に取得されたことの証明（期間ごと）", "หลักฐานว่าข้อมูลแต่ละช่วงครบถ้วน",
	})
	a.head(account().Title, listTitle(), fromTitle(), toTitle(),
		totalTitle(), storedTitle(), Titles{"Sums", "合計", "ยอดรวม"}, Titles{"Proven at", "確認日時", "ยืนยันเมื่อ"})
	for _, p := range b.Proofs {
		a.row(0, auditText(p.Account), auditText(p.List), a.time(p.From), a.time(p.To),
			auditCount(p.Total), auditCount(p.Rows), auditText(sums(p.Sums)), a.time(p.ProvenAt))
	}
}

// sums writes amounts by currency; a text, because one cell holds several.
func sums(m map[money.Currency]int64) string {
	var parts []string
	for _, c := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %s", c, money.Format(m[c], c)))
	}
	return strings.Join(parts, "; ")
}

func (a *auditPage) unproven(b Book) {
	a.section(Titles{"Not proven", "未確認の期間", "ช่วงที่ยังไม่ได้ยืนยัน"})
	if len(b.Unproven) == 0 {
		a.row(0, auditCell{lookQuiet(), value{text: a.x.speech.say(Titles{"None.", "なし", "ไม่มี"})}})
		return
	}
	a.head(account().Title, listTitle(), fromTitle(), toTitle(), Titles{"Reason", "理由", "เหตุผล"})
	for _, u := range b.Unproven {
		a.row(0, auditText(u.Account), auditText(u.List), a.time(u.From), a.time(u.To),
			auditCell{look{colour: colourWarnOn}, value{text: u.Reason}})
	}
}

func (a *auditPage) notices(b Book) {
	a.section(Titles{"Notices", "注意事項", "ข้อสังเกต"})
	if len(b.Notices) == 0 {
		a.row(0, auditCell{lookQuiet(), value{text: a.x.speech.say(Titles{"None.", "なし", "ไม่มี"})}})
		return
	}
	for _, n := range b.Notices {
		a.row(0, auditCell{look{}, value{text: strings.ToValidUTF8(n, "\uFFFD")}})
	}
}
