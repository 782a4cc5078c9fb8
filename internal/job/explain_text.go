package job

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// textWidth is how wide explanations are: what a ticket shows without wrapping.
const textWidth = 100

// Text tells the explanations in plain text, to paste into a ticket.
func (e Explained) Text() string {
	var p page
	for i, found := range e.Found {
		if i > 0 {
			p.line(0, 0, strings.Repeat("-", textWidth))
		}
		p.explanation(found)
	}
	return p.String()
}

// page is text under way.
type page struct{ strings.Builder }

func (p *page) explanation(e Explanation) {
	p.line(0, 0, fmt.Sprintf("%s %s, account %s, times in %s", e.Object, printable(e.ID), e.Account, e.Timezone))
	p.line(0, 0, e.State)
	p.blocks("Charge", e.Charges)
	p.list("Other charges of the order", e.OtherCharges, inline)
	p.list("Refunds", e.Refunds, inline)
	p.list("Disputes", e.Disputes, inline)
	p.blocks("Customer", e.Customers)
	p.blocks("Card", e.Cards)
	p.blocks("Record", e.Records)
	p.list("Compared with the books", e.Rules, func(f Facts) string { return told(f.get("charge_id")) + ": " + told(f.get("rule")) })
	p.blocks("Break", e.Breaks)
	p.list("What finance noted", e.Notes, noted)
	p.timeline(e.Timeline)
	p.sentences("What happens next", e.Next)
}

// blocks writes one paragraph per object: its name, then a line per fact that
// is known. Amounts carry their currencies, which need no line of their own.
func (p *page) blocks(title string, all []Facts) {
	const column = 20
	for _, facts := range all {
		p.title(title + " " + told(facts[0].Value))
		for _, f := range facts[1:] {
			if value := told(f.Value); value != "" && !isCurrency(f.Name) {
				p.line(2, column, fmt.Sprintf("%-*s%s", column-2, label(f.Name), value))
			}
		}
	}
}

func (p *page) list(title string, all []Facts, tell func(Facts) string) {
	if len(all) == 0 {
		return
	}
	p.title(title)
	for _, facts := range all {
		p.line(2, 4, tell(facts))
	}
}

func (p *page) sentences(title string, all []string) {
	if len(all) == 0 {
		return
	}
	p.title(title)
	for _, sentence := range all {
		p.line(2, 4, sentence)
	}
}

func (p *page) timeline(all []Moment) {
	p.title("What each run noticed")
	var run int64
	for _, m := range all {
		if m.Run != run {
			run = m.Run
			p.line(2, 4, fmt.Sprintf("run %d, %s", m.Run, told(m.NoticedAt)))
		}
		p.line(4, 6, fmt.Sprintf("%s %s: %s", m.Object, printable(m.ID), m.told()))
	}
}

func (m Moment) told() string {
	if m.First {
		return printable(words("first seen", m.State))
	}
	var all []string
	for _, c := range m.Changes {
		all = append(all, c.told())
	}
	return strings.Join(all, "; ")
}

func (c Change) told() string {
	if c.Before == nil && c.After == nil {
		return label(c.Field) + " changed"
	}
	return fmt.Sprintf("%s %s -> %s", label(c.Field), orNone(c.Before), orNone(c.After))
}

func orNone(value any) string {
	if text := told(value); text != "" {
		return text
	}
	return "(none)"
}

// inline tells the facts of an object in one line.
func inline(facts Facts) string {
	var all []string
	for _, f := range facts[1:] {
		if value := told(f.Value); value != "" && !isCurrency(f.Name) {
			all = append(all, label(f.Name)+" "+value)
		}
	}
	return told(facts[0].Value) + ": " + strings.Join(all, ", ")
}

func noted(f Facts) string {
	text := fmt.Sprintf("%s: %s %q, saved %s in %s, read by run %s",
		told(f.get("break_id")), told(f.get("field")), told(f.get("value")), told(f.get("saved_at")), told(f.get("workbook")), told(f.get("run")))
	if held, _ := f.get("held").(bool); !held {
		text += "; a later save of the same cell counts instead"
	}
	return text
}

func (f Facts) get(name string) any {
	for _, fact := range f {
		if fact.Name == name {
			return fact.Value
		}
	}
	return nil
}

func label(name string) string { return strings.ReplaceAll(name, "_", " ") }

func isCurrency(name string) bool { return name == "currency" || name == "funding_currency" }

func (p *page) title(text string) {
	p.WriteByte('\n')
	p.line(0, 2, text)
}

// line writes text with a margin, and what does not fit on further lines with
// a margin of their own. Words that are wider than a line stay whole.
func (p *page) line(margin, further int, text string) {
	width := 0
	for i, word := range strings.Split(strings.Repeat(" ", margin)+text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case width+1+n > textWidth && strings.TrimSpace(word) != "":
			p.WriteString("\n" + strings.Repeat(" ", further))
			width = further
		default:
			p.WriteByte(' ')
			width++
		}
		p.WriteString(word)
		width += n
	}
	p.WriteByte('\n')
}
