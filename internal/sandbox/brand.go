package sandbox

const (
	visa       = "Visa"
	masterCard = "MasterCard"
	jcb        = "JCB"
	amex       = "American Express"
	diners     = "Diners Club"
	discover   = "Discover"
	unionPay   = "UnionPay"
)

// brandTable has the leading digits that each brand issues, both ends included, and the lengths of
// its numbers. The first match counts.
var brandTable = []struct {
	brand    string
	from, to string
	lengths  []int
}{
	{visa, "4", "4", []int{13, 16, 19}},
	{masterCard, "51", "55", []int{16}},
	{masterCard, "2221", "2720", []int{16}},
	{amex, "34", "34", []int{15}},
	{amex, "37", "37", []int{15}},
	{jcb, "3528", "3589", []int{16, 17, 18, 19}},
	{diners, "300", "305", []int{14, 16}},
	{diners, "3095", "3095", []int{14, 16}},
	{diners, "36", "36", []int{14, 16, 19}},
	{diners, "38", "39", []int{14, 16, 19}},
	{discover, "6011", "6011", []int{16, 17, 18, 19}},
	{discover, "644", "649", []int{16, 17, 18, 19}},
	{discover, "65", "65", []int{16, 17, 18, 19}},
	{unionPay, "62", "62", []int{16, 17, 18, 19}},
	{unionPay, "81", "81", []int{16, 17, 18, 19}},
}

// brandOf is "" for a number that no brand issues.
func brandOf(digits string) string {
	if i := brandIndex(digits); i >= 0 {
		return brandTable[i].brand
	}
	return ""
}

func brandIndex(digits string) int {
	for i, b := range brandTable {
		if n := len(b.from); len(digits) >= n && b.from <= digits[:n] && digits[:n] <= b.to {
			return i
		}
	}
	return -1
}
