package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// scrub is the door of the vault: card numbers and security codes go no further than the decoder.
// Wherever a client put them, facts take their place, so that whatever comes later may keep, log
// or answer what it was given. Since what stands under these names is always replaced, no client
// can pass facts of its own.
func (s *Server) scrub(params *value) {
	for i := range params.members {
		if m := &params.members[i]; slices.Contains(idNames[:], m.name) && likeNumber(m.text) {
			m.value = textValue(hidden)
		}
	}
	s.scrubGroup(params)
}

// scrubGroup looks into groups of any name, as other payment services have the card in one of
// theirs, but not into those whose numbers are the client's own.
func (s *Server) scrubGroup(v *value) {
	v.forgetNames()
	for i := range v.members {
		m := &v.members[i]
		switch name := strings.ToLower(m.name); {
		case name == "number", name == "security_code", strings.HasPrefix(name, "card"):
			s.seal(&m.value, name)
		case name != "metadata" && name != "bank_account":
			s.scrubGroup(&m.value)
		}
	}
	for i := range v.items {
		s.scrubGroup(&v.items[i])
	}
}

// idNames are the parameters that take an id, in whose place a client may put a number by mistake.
var idNames = [...]string{"customer", "default_card", "recipient", "source"}

// longestPhone is how many digits a telephone number has at most (ITU-T E.164).
const longestPhone = 15

func (s *Server) seal(v *value, name string) {
	switch {
	case v.empty():
	case name == "security_code":
		*v = codeFact(v.text)
	case name == "phone_number" && v.text != "" && len(v.text) <= longestPhone:
	case name == "number" || likeNumber(v.text):
		*v = s.opt.numberFacts(cardNumber(v.text))
	default:
		v.forgetNames()
		for i := range v.members {
			s.seal(&v.members[i].value, strings.ToLower(v.members[i].name))
		}
		for i := range v.items {
			s.seal(&v.items[i], "")
		}
	}
}

// likeNumber tells a text that must be a card's number, wherever it stands.
func likeNumber(text string) bool {
	if len(text) < shortestNumber {
		return false
	}
	digits := cardNumber(text)
	return isDigits(digits) && len(digits) >= shortestNumber
}

// forgetNames drops parameters that have a number for a name: a body that is nothing but a number
// reads like one.
func (v *value) forgetNames() {
	v.members = slices.DeleteFunc(v.members, func(m member) bool { return likeNumber(m.name) })
	v.place()
}

// codeFact is how many digits a security code has, 0 if it cannot be one.
func codeFact(text string) value {
	n := len(text)
	if !isDigits(text) || n != 3 && n != 4 {
		n = 0
	}
	return value{kind: kindNumber, text: strconv.Itoa(n)}
}

func (o Options) numberFacts(digits string) value {
	facts := value{kind: kindObject}
	truth := func(name string, is bool) {
		facts.set(name, value{kind: kindBoolean, text: strconv.FormatBool(is)})
	}
	valid := validNumber(digits)
	i := imprint{brand: brandOf(digits)}
	if valid {
		i = o.imprint(digits)
	}
	truth("valid", valid)
	facts.set("brand", textValue(i.brand))
	facts.set("last", textValue(i.last))
	facts.set("fingerprint", textValue(i.fingerprint))
	facts.set("outcome", textValue(i.outcome))
	truth("secure", i.secure)
	truth("unchecked", i.unchecked)
	return facts
}

// imprint reads what numberFacts wrote.
func (f *fields) imprint(name string) (i imprint, valid bool) {
	n := f.group(name)
	return imprint{
		brand: n.text("brand"), last: n.text("last"), fingerprint: n.text("fingerprint"),
		outcome: n.text("outcome"), secure: n.boolean("secure", false), unchecked: n.boolean("unchecked", false),
	}, n.boolean("valid", false)
}
