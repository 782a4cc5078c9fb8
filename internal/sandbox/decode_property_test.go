package sandbox

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func readRequest(t *testing.T, raw string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFormAndJSONGiveTheSameTree draws trees of texts and writes them as both.
func TestFormAndJSONGiveTheSameTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawTree(t, 0)
		brackets := rapid.SampledFrom([]string{"[]", "%5B%5D", "%5b%5d"}).Draw(t, "brackets")
		half := len(brackets) / 2
		form := strings.Join(pairs(want, nil, brackets[:half], brackets[half:]), "&")
		for _, body := range []string{want.json(), form} {
			got, err := decode(request(http.MethodPost, "", "", body))
			if err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if got.json() != want.json() {
				t.Fatalf("%s\ngot  %s\nwant %s", body, got.json(), want.json())
			}
		}
	})
}

// drawTree draws an object, whose parts are none of them empty: a form cannot tell of such.
func drawTree(t *rapid.T, depth int) value {
	v := value{kind: kindObject}
	for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zé&=% ]{1,4}`), 1, 4, rapid.ID).Draw(t, "names") {
		v.set(name, drawPart(t, depth+1))
	}
	return v
}

func drawPart(t *rapid.T, depth int) value {
	choice := rapid.IntRange(0, 3).Draw(t, "part")
	switch {
	case choice == 1 && depth < 4:
		return drawTree(t, depth)
	case choice == 2:
		v := value{kind: kindArray}
		for _, text := range rapid.SliceOfN(rapid.String(), 1, 3).Draw(t, "items") {
			v.items = append(v.items, textValue(text))
		}
		return v
	}
	return textValue(rapid.String().Draw(t, "text"))
}

// pairs writes a tree as a form.
func pairs(v value, steps []string, open, shut string) []string {
	switch v.kind {
	case kindObject:
		var all []string
		for _, m := range v.members {
			all = append(all, pairs(m.value, append(steps[:len(steps):len(steps)], m.name), open, shut)...)
		}
		return all
	case kindArray:
		var all []string
		for _, x := range v.items {
			all = append(all, pairs(x, append(steps[:len(steps):len(steps)], ""), open, shut)...)
		}
		return all
	}
	name := url.QueryEscape(steps[0])
	for _, step := range steps[1:] {
		name += open + url.QueryEscape(step) + shut
	}
	return []string{name + "=" + url.QueryEscape(v.text)}
}
