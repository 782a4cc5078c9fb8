package sandbox

import (
	"strconv"
	"strings"
)

// readCard reads the fields of a new card, its number as the vault's door left it, and refuses
// with everything that is wrong with it.
func (s *Server) readCard(f *fields, now second) (*card, error) {
	k := &card{created: now, country: strings.ToLower(f.text("country"))}
	p := readPrinted(f, printed{month: none, year: none})
	number, valid := f.imprint("number")
	k.imprint = number
	k.printed = begun(now, p)
	k.address = readCardAddress(f)
	flaws := append(s.checkPrinted(f, p, now),
		flaw{!f.has("number"), "number can't be blank"},
		flaw{f.has("number") && !valid, "number is invalid"},
		flaw{number.brand == "", "brand not supported (unknown)"},
		flaw{!fitsCode(f, number.brand), "security code is invalid"},
		flaw{k.country != "" && !isCountry(k.country), "country is not a two-letter code"},
	)
	if err := f.err(); err != nil {
		return nil, err
	}
	return k, invalidCard(flaws)
}

// readChanges reads what a PATCH may change of a card and leaves the rest as it was.
func (s *Server) readChanges(f *fields, was printed, now second) (printed, error) {
	p := readPrinted(f, was)
	if err := f.err(); err != nil {
		return p, err
	}
	return p, invalidCard(s.checkPrinted(f, p, now))
}

// readPrinted changes what the request names of p.
func readPrinted(f *fields, p printed) printed {
	if f.has("expiration_month") {
		p.month = f.wholeNumber("expiration_month")
	}
	if f.has("expiration_year") {
		p.year = fullYear(f.wholeNumber("expiration_year"))
	}
	f.change("name", &p.name)
	f.change("city", &p.city)
	f.change("postal_code", &p.postal)
	return p
}

// change leaves a text as it is unless the request has another: null and "" are what some SDKs send
// for what their caller left out.
func (f *fields) change(name string, text *string) {
	if f.has(name) {
		*text = f.text(name)
	}
}

func readCardAddress(f *fields) *address {
	a := address{
		street1: f.text("street1"), street2: f.text("street2"), state: f.text("state"),
		phone: f.text("phone_number"), email: f.text("email"),
	}
	if a == (address{}) {
		return nil
	}
	return &a
}

const none = -1

// wholeNumber is none for what is no number: on a card that is a wrong date, not a malformed
// request.
func (f *fields) wholeNumber(name string) int {
	n, err := strconv.Atoi(f.text(name))
	if err != nil {
		return none
	}
	return n
}

// fullYear takes the two digits that are printed on cards.
func fullYear(year int) int {
	if year >= 0 && year < 100 {
		return year + 2000
	}
	return year
}

// flaw is something that may be wrong with a card, in Omise's words.
type flaw struct {
	there  bool
	reason string
}

// checkPrinted puts the flaws in the order in which Omise names them.
func (s *Server) checkPrinted(f *fields, p printed, now second) []flaw {
	month, year := f.has("expiration_month"), f.has("expiration_year")
	monthly := p.month >= 1 && p.month <= 12
	over := monthly && p.year >= 0 && monthOver(p.month, p.year, now, s.country.zone)
	return []flaw{
		{!month && p.month == none, "expiration month can't be blank"},
		{!monthly, "expiration month is not between 1 and 12"},
		{!year && p.year == none, "expiration year can't be blank"},
		{strings.TrimSpace(p.name) == "", "name can't be blank"},
		{p.year < 2000 || p.year > 2099, "expiration year is invalid"},
		{month && !monthly, "expiration date is invalid"},
		{over && (month || year), "expiration date cannot be in the past"},
	}
}

func fitsCode(f *fields, brand string) bool {
	digits := f.integer("security_code")
	// American Express prints four digits, but its test cards take the three that examples send.
	return !f.has("security_code") || digits == 3 || digits == 4 && brand == amex
}

func isCountry(code string) bool {
	return len(code) == 2 && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
}

func invalidCard(flaws []flaw) error {
	var reasons []string
	for _, x := range flaws {
		if x.there {
			reasons = append(reasons, x.reason)
		}
	}
	if reasons == nil {
		return nil
	}
	return refused("invalid_card", "%s", enumerate(reasons))
}

// enumerate writes a list the way Omise does: a; a and b; a, b, and c.
func enumerate(words []string) string {
	last := len(words) - 1
	switch last {
	case 0:
		return words[0]
	case 1:
		return words[0] + " and " + words[1]
	}
	return strings.Join(words[:last], ", ") + ", and " + words[last]
}
