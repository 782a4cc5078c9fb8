package sandbox

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// page is what a shopper sees: one screen without scripts, pictures or anything from elsewhere.
type page struct {
	Title   string
	Amount  string // with its currency, "" for none
	Note    string
	Facts   []fact
	Buttons []button     // the first is what most shoppers press
	Back    template.URL // of the shop, "" for none
}

type fact struct{ Name, Value string }

// button posts to a path.
type button struct{ Action, Label string }

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

func (p page) write(w http.ResponseWriter, status int) {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// guard lets a page do nothing but show itself and post its forms. Shops may frame it, as they do
// with the pages of banks. A stricter Referrer-Policy would take the Origin from its own forms.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// wayBack lets a page lead into a shopper's app too, but not into a script.
func wayBack(uri string) template.URL {
	u, err := url.Parse(uri)
	if err != nil || slices.Contains([]string{"javascript", "data", "vbscript"}, u.Scheme) {
		return ""
	}
	return template.URL(uri)
}

func missing(w http.ResponseWriter, what string) {
	page{Title: "There is no such " + what, Note: "The address is wrong, or the sandbox was reset."}.write(w, http.StatusNotFound)
}

// price prints minor units for people: 123456 THB as THB 1,234.56.
func price(amount int64, currency string) string {
	whole, cents, fraction := strings.Cut(mainUnits(amount, currency), ".")
	n := len(whole)
	var b strings.Builder
	b.WriteString(currency + " ")
	for i, digit := range whole {
		if i > 0 && (n-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction {
		b.WriteString("." + cents)
	}
	return b.String()
}
