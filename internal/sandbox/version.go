package sandbox

import "strings"

// version of the API in which an answer is written.
type version uint8

const (
	v2019 version = iota
	v2017         // and 2015-11-17, which differs in nothing that is known
	v2014
)

func versionOf(header string) (version, *Error) {
	switch header {
	case "", "2019-05-29":
		return v2019, nil
	case "2017-11-02", "2015-11-17":
		return v2017, nil
	case "2014-07-27":
		return v2014, nil
	}
	return 0, badRequest("Omise-Version %q is not supported by the sandbox", header)
}

func (v version) old() bool { return v != v2019 }

// created names the creation time: before 2019 timestamps lacked the suffix.
func (v version) created() string {
	if v.old() {
		return "created"
	}
	return "created_at"
}

func (v version) currency(code string) string {
	if v.old() {
		return strings.ToLower(code)
	}
	return code
}

func (v version) listTime() string {
	if v.old() {
		return "2006-01-02T15:04:05+00:00"
	}
	return "2006-01-02T15:04:05Z"
}
