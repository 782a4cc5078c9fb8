package records

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimes(t *testing.T) {
	bangkok := calendar{zone: place("Asia/Bangkok")}
	thai := calendar{zone: bangkok.zone, buddhist: true}
	thaiForm := calendar{zone: bangkok.zone, buddhist: true, layout: "2/1/2006 15:04"}
	compact := calendar{zone: bangkok.zone, buddhist: true, layout: "20060102"}
	dayFirst := calendar{zone: bangkok.zone, layout: "02/01/2006"}
	excel := calendar{zone: bangkok.zone, dayZero: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	old := calendar{zone: bangkok.zone, dayZero: time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, tc := range []struct {
		c    calendar
		text string
		kind kind
		want string
	}{
		{bangkok, "2026-11-01", plain, "2026-10-31T17:00:00Z"},
		{bangkok, "2026-11-01 10:00", plain, "2026-11-01T03:00:00Z"},
		{bangkok, "2026-11-01T10:00:05", plain, "2026-11-01T03:00:05Z"},
		{bangkok, "2026-11-01 10:00:05.999999", plain, "2026-11-01T03:00:05Z"},
		{bangkok, "2026-11-01T10:00:05Z", plain, "2026-11-01T10:00:05Z"},
		{bangkok, "2026-11-01T10:00:05.5+09:00", plain, "2026-11-01T01:00:05Z"},
		{bangkok, "2026-11-01 10:00:05 +0700", plain, "2026-11-01T03:00:05Z"},
		{bangkok, "2026-11-01 10:00:05-03:30", plain, "2026-11-01T13:30:05Z"},
		{bangkok, "2026-11-01 10:00:05+07", plain, "2026-11-01T03:00:05Z"},
		{bangkok, "2026-11-01 10:00:05 UTC", plain, "2026-11-01T10:00:05Z"},
		{bangkok, "2026/11/1 9:05", plain, "2026-11-01T02:05:00Z"},
		{bangkok, "2026.11.01", plain, "2026-10-31T17:00:00Z"},
		{bangkok, "2026年11月1日", plain, "2026-10-31T17:00:00Z"},
		{bangkok, "２０２６年１１月１日 ９時０５分", plain, "2026-11-01T02:05:00Z"},
		{bangkok, "2026年11月1日 9:05:07", plain, "2026-11-01T02:05:07Z"},
		{bangkok, "๒๐๒๖-๑๑-๐๑", plain, "2026-10-31T17:00:00Z"},
		{bangkok, "1793527200", plain, "2026-11-01T10:00:00Z"},
		{bangkok, "1793527200123", number, "2026-11-01T10:00:00Z"},
		{bangkok, "1793527200", double, "2026-11-01T10:00:00Z"},
		{thai, "2569-11-01", plain, "2026-10-31T17:00:00Z"},
		{thai, "2567-02-29 10:00", plain, "2024-02-29T03:00:00Z"},
		{thaiForm, "29/2/2567 10:00", plain, "2024-02-29T03:00:00Z"},
		{thaiForm, "๑/๑๑/๒๕๖๙ ๑๐:๐๐", plain, "2026-11-01T03:00:00Z"},
		{compact, "25670229", plain, "2024-02-28T17:00:00Z"},
		{dayFirst, "02/11/2026", plain, "2026-11-01T17:00:00Z"},
		{calendar{zone: bangkok.zone, layout: "02/01/06"}, "02/11/26", plain, "2026-11-01T17:00:00Z"},
		{calendar{zone: place("Asia/Tokyo"), layout: "02/01/2006 15:04 MST"}, "01/11/2026 10:00 JST", plain, "2026-11-01T01:00:00Z"},
		{dayFirst, "1793527200", number, "2026-11-01T10:00:00Z"},
		{excel, "46327", double, "2026-10-31T17:00:00Z"},
		{excel, "46327.416666666664", double, "2026-11-01T03:00:00Z"},
		{excel, "46327.999999999", double, "2026-11-01T17:00:00Z"},
		{excel, "1793527200", double, "2026-11-01T10:00:00Z"},
		{excel, "4.6327E4", double, "2026-10-31T17:00:00Z"},
		{old, "44865", double, "2026-10-31T17:00:00Z"},
		{excel, "2026-11-01T10:00:00", number, "2026-11-01T03:00:00Z"},
	} {
		at, ok, err := tc.c.parse(tc.text, tc.kind)
		if got := at.UTC().Format(time.RFC3339); err != nil || !ok || got != tc.want {
			t.Errorf("%q = %s, %v, %v; want %s", tc.text, got, ok, err, tc.want)
		}
	}
	if _, ok, err := bangkok.parse("0000-00-00 00:00:00", plain); ok || err != nil {
		t.Errorf("MySQL's date of zeros: %v, %v; want no value", ok, err)
	}
}

func TestTimesThatAreRefused(t *testing.T) {
	bangkok := calendar{zone: place("Asia/Bangkok")}
	thai := calendar{zone: bangkok.zone, buddhist: true}
	thaiForm := calendar{zone: bangkok.zone, buddhist: true, layout: "02/01/2006"}
	dayFirst := calendar{zone: bangkok.zone, layout: "02/01/2006"}
	excel := calendar{zone: bangkok.zone, dayZero: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	for _, tc := range []struct {
		c    calendar
		text string
		kind kind
		says string
	}{
		{bangkok, "01/11/2026", plain, "set `date_format`"},
		{bangkok, "1.11.26", plain, "set `date_format`"},
		{bangkok, "1 Nov 2026", plain, "set `date_format`"},
		{bangkok, "yesterday", plain, "set `date_format`"},
		{bangkok, "20261101", plain, "set `date_format`"},
		{bangkok, "2569-11-01", plain, "buddhist: true"},
		{dayFirst, "01/11/2569", plain, "buddhist: true"},
		{dayFirst, "29/02/2567", plain, "buddhist: true"},
		{dayFirst, "2026-11-01", plain, "`date_format`"},
		{dayFirst, "31/11/2026", plain, "`date_format`"},
		{thai, "2026-11-01", plain, "remove `buddhist: true`"},
		{thaiForm, "01/11/2026", plain, "remove `buddhist: true`"},
		{calendar{zone: bangkok.zone, buddhist: true, layout: "2006-01-02 1504"}, "2026-11-01 2455", plain, "`date_format`"},
		{thaiForm, "29/02/2569", plain, "`date_format`"},
		{calendar{zone: bangkok.zone, layout: "02/01/06"}, "01/11/69", plain, "four digits"},
		{calendar{zone: bangkok.zone, layout: "02/01/06"}, "01/11/68", plain, "four digits"},
		{calendar{zone: bangkok.zone, layout: "02/01/2006 15:04 MST"}, "01/11/2026 10:00 ICT", plain, "offset is not known"},
		{bangkok, "2026-02-29", plain, "no day or time that exists"},
		{bangkok, "2026-13-01", plain, "no day or time that exists"},
		{bangkok, "2026-11-01 24:00", plain, "no day or time that exists"},
		{bangkok, "2026-11-01 10:60", plain, "no day or time that exists"},
		{bangkok, "2026-11-01 10:00 +25:00", plain, "set `date_format`"},
		{bangkok, "2026-11-01 10:00 and more", plain, "set `date_format`"},
		{bangkok, "true", truth, "true or false"},
		{excel, "-1", double, "no day or time that exists"},
		{excel, "12345678", double, "set `date_format`"},
		{excel, "1e999999999", double, "no day or time that exists"},
	} {
		at, _, err := tc.c.parse(tc.text, tc.kind)
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%q = %v, %v; want an error that says %q", tc.text, at, err, tc.says)
		}
	}
}

func TestTimesComeBackFromEveryForm(t *testing.T) {
	zone := place("Asia/Tokyo")
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-2e9, 1e10-1).Draw(t, "unix"), 0).In(zone)
		buddhist := at.AddDate(0, 0, 0).Format("-01-02 15:04:05")
		for text, c := range map[string]calendar{
			at.Format(time.RFC3339):                {zone: time.UTC},
			at.Format("2006-01-02 15:04:05"):       {zone: zone},
			at.Format("2006/1/2 15:04:05 -0700"):   {zone: time.UTC},
			at.Format("02.01.2006 15:04:05"):       {zone: zone, layout: "02.01.2006 15:04:05"},
			yearOf(at.Year()+eraOffset) + buddhist: {zone: zone, buddhist: true},
			at.Format("02/01/") + yearOf(at.Year()+eraOffset) + at.Format(" 15:04:05"): {
				zone: zone, buddhist: true, layout: "02/01/2006 15:04:05",
			},
		} {
			got, ok, err := c.parse(text, plain)
			if err != nil || !ok || !got.Equal(at) {
				t.Fatalf("%q = %v, %v, %v; want %v", text, got, ok, err, at)
			}
		}
	})
}

func yearOf(n int) string { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") }
