package records

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// calendar is how the times of a source are written.
type calendar struct {
	zone     *time.Location // of times that name none
	layout   string         // of time.Parse; "": ISO 8601 and its relatives
	buddhist bool
	dayZero  time.Time // of a workbook, whose dates are numbers of days; zero: numbers are Unix times
}

// eraOffset is how far Buddhist years are ahead, and firstBuddhist the first
// year that is taken for one.
const (
	eraOffset     = 543
	firstBuddhist = 2400
)

var (
	errBuddhist    = errors.New("has a year of the Buddhist era; set `buddhist: true`, or correct the row")
	errNotBuddhist = errors.New("has a year that is not of the Buddhist era; remove `buddhist: true`, or correct the row")
	errDayOrMonth  = errors.New("may begin with the day or the month; set `date_format`, such as 02/01/2006 for day/month/year")
	errTwoDigits   = errors.New("has a year of two digits that may be of another century or era; export years with four digits and set `date_format`")
	errZoneName    = errors.New("names a time zone whose offset is not known; export times with an offset, such as +07:00")
	errNoSuchTime  = errors.New("is no day or time that exists; correct the row")
)

// parse reads a time. MySQL's date of zeros is none: ok is false then.
func (c calendar) parse(text string, kind kind) (at time.Time, ok bool, err error) {
	text = latinDigits(norm.NFKC.String(text))
	switch {
	case kind == truth:
		return time.Time{}, false, errors.New("is true or false and not a time; name another column in `columns`")
	case strings.HasPrefix(text, "0000-00-00"):
		return time.Time{}, false, nil
	case kind == double:
		at, err = c.number(text)
	case kind == plain && c.layout != "":
		at, err = c.byLayout(text)
	default:
		at, err = c.byShape(text)
	}
	return at, err == nil, err
}

// number reads a cell of a workbook: days since its day zero, whose fraction
// is the time of day, or a Unix time.
func (c calendar) number(text string) (time.Time, error) {
	days, ok := rational(text)
	if !ok {
		return time.Time{}, errNoSuchTime
	}
	const perDay, lastDay = 24 * 60 * 60, 2958465 // 9999-12-31
	seconds := days.Mul(days, big.NewRat(perDay, 1))
	whole, err := strconv.ParseInt(seconds.FloatString(0), 10, 64)
	if c.dayZero.IsZero() || err != nil || whole > lastDay*perDay {
		exact, _ := roundDouble(text)
		unix, _, _ := strings.Cut(exact, ".")
		return c.byShape(unix)
	}
	if whole < 0 {
		return time.Time{}, errNoSuchTime
	}
	year, month, day := c.dayZero.Date()
	return time.Date(year, month, day+int(whole/perDay), 0, 0, int(whole%perDay), 0, c.zone), nil
}

// byShape reads what can be told without a layout.
func (c calendar) byShape(text string) (time.Time, error) {
	if at, ok := unixTime(text); ok {
		return at, nil
	}
	p, ok := scanTime(text)
	if ok {
		return p.in(c)
	}
	if c.layout != "" {
		return c.byLayout(text)
	}
	if dayOrMonthFirst.MatchString(text) {
		return time.Time{}, errDayOrMonth
	}
	return time.Time{}, errors.New("is not a time that can be read without help; set `date_format`, such as 02/01/2006 15:04, or correct the row")
}

var dayOrMonthFirst = regexp.MustCompile(`^[0-9]{1,2}[-/. ]([0-9]{1,2}|[A-Za-z]+)[-/. ][0-9]{2,4}`)

// unixTime reads seconds of 10 or milliseconds of 13 digits.
func unixTime(text string) (time.Time, bool) {
	if len(text) != 10 && len(text) != 13 {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, false
	}
	if len(text) == 13 {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}

// in gives the instant that the parts name.
func (p timeParts) in(c calendar) (time.Time, error) {
	switch {
	case c.buddhist && p.year < firstBuddhist:
		return time.Time{}, errNotBuddhist
	case c.buddhist:
		p.year -= eraOffset
	case p.year >= firstBuddhist:
		return time.Time{}, errBuddhist
	}
	zone := c.zone
	if p.zone != nil {
		zone = p.zone
	}
	day := time.Date(p.year, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC)
	if day.Day() != p.day || int(day.Month()) != p.month || p.hour > 23 || p.minute > 59 || p.second > 60 {
		return time.Time{}, errNoSuchTime
	}
	return time.Date(p.year, time.Month(p.month), p.day, p.hour, p.minute, p.second, 0, zone), nil
}

// byLayout reads a time in the layout of the config, and in no other.
func (c calendar) byLayout(text string) (time.Time, error) {
	if c.buddhist {
		return c.buddhistByLayout(text)
	}
	at, err := time.ParseInLocation(c.layout, text, c.zone)
	switch {
	case err == nil:
		return at, c.doubts(at)
	case gregorianTwin(c, text):
		return time.Time{}, errBuddhist
	}
	return time.Time{}, fmt.Errorf("does not have the form %q of `date_format`, or is no day that exists; correct one or the other", c.layout)
}

// doubts is the error of a time that a layout fits, and that means something
// else: a year of another era, or a zone's name that Go takes for UTC.
func (c calendar) doubts(at time.Time) error {
	zone, offset := at.Zone()
	fourDigits := strings.Contains(c.layout, "2006")
	switch {
	case at.Year() >= firstBuddhist:
		return errBuddhist
	case !fourDigits && (at.Year() < 2000 || at.Year() > 2050):
		return errTwoDigits
	case strings.Contains(c.layout, "MST") && offset == 0 && zone != "UTC" && zone != "GMT":
		return errZoneName
	}
	return nil
}

// gregorianTwin: 29 February of a Buddhist leap year does not parse as it is.
func gregorianTwin(c calendar, text string) bool {
	_, err := c.buddhistByLayout(text)
	return err == nil
}

// buddhistByLayout writes the year as a Gregorian one before the layout is
// tried, because the two eras do not share their leap years.
func (c calendar) buddhistByLayout(text string) (time.Time, error) {
	for i := 0; i+4 <= len(text); i++ {
		year, err := strconv.Atoi(text[i : i+4])
		if err != nil || year < firstBuddhist {
			continue
		}
		year -= eraOffset
		at, err := time.ParseInLocation(c.layout, text[:i]+strconv.Itoa(year)+text[i+4:], c.zone)
		if err == nil && at.Year() == year {
			return at, nil
		}
	}
	if _, err := time.ParseInLocation(c.layout, text, c.zone); err == nil {
		return time.Time{}, errNotBuddhist
	}
	return time.Time{}, fmt.Errorf("does not have the form %q of `date_format`, or is no day that exists; correct one or the other", c.layout)
}
