package records

import (
	"strings"
	"testing"
)

// A file that is still being written ends in the middle of a row; one that
// merely lacks its last line end does not.
func TestALastRowThatIsCutOff(t *testing.T) {
	const header = "order_id,amount,currency,charge_id\n"
	many := strings.Repeat("1,100.00,THB,chrg_test_1a\n", maxAbove)
	for text, unreadable := range map[string]int{
		header + "2,20":                                         1,
		header + many + "2,20":                                  1,
		header + many + "2,20.00,TH":                            1,
		header + many + "2,20.00,THB,chrg_test_2b":              0,
		header + many + "2,20.00,THB,":                          0,
		header + many + "2,20.00\n":                             0,
		header + many + "2,20.00\r\n":                           0,
		header + "2,20.00,THB,\"chrg_test_2b\"":                 0,
		strings.ReplaceAll(header, ",", ";") + "2;20.00;THB":    1,
		strings.ReplaceAll(header, ",", "\t") + "2\t20.00\tTHB": 1,
	} {
		reading, _, err := readText(t, "a.csv", text)
		if err != nil || reading.Unreadable != unreadable {
			t.Errorf("%.80q: %d unreadable, want %d; %v", text[max(0, len(text)-80):], reading.Unreadable, unreadable, err)
		}
	}
}
