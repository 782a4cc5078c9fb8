package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

const (
	lineHeight = 13 // points of a line in a cell that has several
	mostLines  = 6  // of a sentence; the rest is read in the cell
)

// typedStyle is for the cells that finance fills in. They are text, so that a
// program keeps what is typed as it was typed.
func typedStyle() *excelize.Style {
	st := cellStyle(formatWrapped, "@", MarkNone)
	st.Font.Color, st.Fill, st.Border = colourTypeOn, fill(colourType), nil
	for _, side := range []string{"left", "right", "top", "bottom"} {
		st.Border = append(st.Border, excelize.Border{Type: side, Color: "B9D3EE", Style: 1})
	}
	return st
}

func typedHeaderStyle() *excelize.Style {
	st := headerStyle("left")
	st.Fill = fill("2F6DB5")
	return st
}

// height is how tall a row is for its longest sentence. Programs work that out
// again when someone types into the row, but not all of them when they open a
// file, and none knows where to stop.
func (s *sheet) height(row []Cell) string {
	lines := 1
	for i, c := range row {
		if col := s.frame.columns[i]; c.set && (col.wrap || col.typed) {
			lines = max(lines, linesOf(c.text, col.Width))
		}
	}
	switch {
	case lines == 1:
		return ""
	case lines > mostLines:
		return fixedHeight(mostLines*lineHeight + 4)
	}
	return fmt.Sprintf(` ht="%d"`, lines*lineHeight+4)
}

// linesOf is how many lines a text takes in a column. Spreadsheets give a column
// seven pixels for each character of its width, some of which stay free at its
// sides and at the end of a line.
func linesOf(text string, width float64) int {
	room, lines := 2*(7*int(width)-14), 0
	for line := range strings.SplitSeq(text, "\n") {
		wide := 0
		for _, r := range line {
			wide += halfPixels(r)
		}
		lines += 1 + wide/room
		if lines > mostLines {
			break
		}
	}
	return lines
}

// halfPixels is about how wide a letter is in the font of the tables.
func halfPixels(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r): // Thai vowels above and below a letter
		return 0
	case r >= 0x2E80: // Japanese
		return 27
	}
	return 11
}

// choices are the lists from which finance picks in cells that hold one of a
// few words, below the titles.
func (s *sheet) choices() string {
	var b strings.Builder
	n := 0
	for i, c := range s.frame.columns {
		if c.words == nil || s.rows < 2 {
			continue
		}
		n++
		var words []string
		for _, w := range c.words {
			words = append(words, s.speech.word(w))
		}
		fmt.Fprintf(&b, `<dataValidation type="list" allowBlank="1" showErrorMessage="1" errorTitle="%s" error="%s" sqref="%s2:%s%d"><formula1>"%s"</formula1></dataValidation>`,
			xmlText(s.speech.say(c.Title)), xmlText(s.speech.say(chooseOne())+" "+strings.Join(words, ", ")),
			s.letters[i], s.letters[i], s.rows, xmlText(strings.Join(words, ",")))
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(`<dataValidations count="%d">%s</dataValidations>`, n, b.String())
}

func chooseOne() Titles {
	return Titles{"Choose one of:", "次から選択してください:", "โปรดเลือก:"}
}

func xmlText(s string) string {
	b, _ := appendXML(nil, s)
	return string(b)
}
