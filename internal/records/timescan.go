package records

import (
	"strings"
	"time"
)

// timeParts is a time as written, before anybody asks whether it exists.
type timeParts struct {
	year, month, day, hour, minute, second int
	zone                                   *time.Location // nil where none is written
}

// inJapanese writes the units of Japanese dates as signs.
var inJapanese = strings.NewReplacer("年", "-", "月", "-", "日", " ", "時", ":", "分", ":", "秒", "")

// scanTime takes apart a time whose year comes first: RFC 3339, the forms of
// databases and shops, and 2026年11月1日.
func scanTime(text string) (timeParts, bool) {
	if strings.Contains(text, "年") {
		text = strings.TrimRight(inJapanese.Replace(text), " :")
	}
	s := &scanner{rest: text, ok: true}
	var p timeParts
	p.year = s.number(4, 4)
	s.sign("-/.")
	p.month = s.number(1, 2)
	s.sign("-/.")
	p.day = s.number(1, 2)
	if s.rest != "" && s.skip("T", "t", " ") {
		s.blanks()
		s.timeOfDay(&p)
		s.blanks()
		p.zone = s.zone()
	}
	return p, s.ok && s.rest == ""
}

// scanner takes a text from the left. After a part that is not there, ok is
// false for good.
type scanner struct {
	rest string
	ok   bool
}

// number takes a number of least to most digits.
func (s *scanner) number(least, most int) int {
	n, i := 0, 0
	for ; i < len(s.rest) && i < most && '0' <= s.rest[i] && s.rest[i] <= '9'; i++ {
		n = n*10 + int(s.rest[i]-'0')
	}
	s.rest = s.rest[i:]
	s.ok = s.ok && i >= least
	return n
}

// sign takes one character of several.
func (s *scanner) sign(of string) {
	if s.rest == "" || !strings.Contains(of, s.rest[:1]) {
		s.ok = false
		return
	}
	s.rest = s.rest[1:]
}

// skip takes one of the texts, if one is there.
func (s *scanner) skip(texts ...string) bool {
	for _, text := range texts {
		if rest, found := strings.CutPrefix(s.rest, text); found {
			s.rest = rest
			return true
		}
	}
	return false
}

func (s *scanner) blanks() { s.rest = strings.TrimLeft(s.rest, " ") }

// timeOfDay takes hours and minutes, and seconds with their fraction if they
// are there. Instants are whole seconds: the fraction is dropped.
func (s *scanner) timeOfDay(p *timeParts) {
	p.hour = s.number(1, 2)
	s.sign(":")
	p.minute = s.number(2, 2)
	if !s.skip(":") {
		return
	}
	p.second = s.number(2, 2)
	if s.skip(".", ",") {
		s.number(1, 9)
	}
}

// zone takes Z, UTC or an offset such as +07:00, +0700 or +07.
func (s *scanner) zone() *time.Location {
	if s.rest == "" {
		return nil
	}
	if s.skip("Z", "z", "UTC", "GMT") {
		return time.UTC
	}
	sign := 1
	if s.skip("-") {
		sign = -1
	} else {
		s.sign("+")
	}
	hours, minutes := s.number(2, 2), 0
	if s.skip(":") || s.rest != "" {
		minutes = s.number(2, 2)
	}
	s.ok = s.ok && hours <= 14 && minutes <= 59
	return time.FixedZone("", sign*(hours*60+minutes)*60)
}
