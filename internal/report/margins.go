package report

import (
	"fmt"
	"strings"
	"time"
)

// reportTitle names the workbook in its properties.
func (w *writing) reportTitle() string {
	return w.speech.say(reportTitle()) + " " + w.book.days()
}

// days is the business days of the book, of all accounts together. Nothing in
// a workbook says its folder's name: a run's reports written again elsewhere
// are the same bytes.
func (b Book) days() string {
	var from, to string
	for _, a := range b.Accounts {
		if from == "" || a.From < from {
			from = a.From
		}
		to = max(to, a.To)
	}
	if from == to {
		return from
	}
	return from + " – " + to
}

// margins say on every printed page what it is and how old its data are.
func (w *writing) margins() margins {
	m := margins{header: "&L&B" + marginText(" "+w.reportTitle())}
	if t := oldest(w.book.Accounts); !t.IsZero() {
		m.header += "&R" + marginText(w.speech.say(dataTitle())+" "+w.speech.instant(t))
	}
	m.footer = "&L" + marginText(fmt.Sprintf("reconcile %s · %s %d · %s", w.book.Version,
		w.speech.say(Titles{"run", "実行番号", "รอบที่"}), w.book.Run, w.speech.say(statusWord(w.book.Complete)))) +
		"&R&P / &N"
	return m
}

// marginText keeps text from being read as a code of headers and footers, and
// both within Excel's 255 characters.
func marginText(s string) string {
	if r := []rune(s); len(r) > 100 {
		s = string(r[:99]) + "…"
	}
	return strings.ReplaceAll(s, "&", "&&")
}

// oldest is the age of the oldest data in the book.
func oldest(accounts []Account) time.Time {
	var t time.Time
	for _, a := range accounts {
		if !a.DataAsOf.IsZero() && (t.IsZero() || a.DataAsOf.Before(t)) {
			t = a.DataAsOf
		}
	}
	return t
}
