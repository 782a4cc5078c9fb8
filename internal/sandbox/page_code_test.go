package sandbox

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
)

func TestTheCodeLeadsToThePage(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("truemoney_qr", "")
	document := imageOf(t, c)
	check(t, document, map[string]any{"object": "document", "filename": "qrcode.png", "kind": "qr", "created_at": c["created_at"]})
	if got := b.call(http.MethodGet, place(document), ""); jsonOf(t, got) != jsonOf(t, document) {
		t.Errorf("retrieved as %v, shown as %v", got, document)
	}
	status, text := b.open(document["download_uri"].(string))
	got, err := png.Decode(strings.NewReader(text))
	if status != http.StatusOK || err != nil {
		t.Fatalf("%d %v", status, err)
	}
	want, err := qr.Encode(page+"/authorize", qr.M, qr.Auto)
	must(t, err)
	if !samePicture(got, want) {
		t.Error("the code leads elsewhere")
	}
	fresh := idOf(b.call(http.MethodPost, "/sources", "amount=100000&currency=thb&type=promptpay"))
	for _, file := range []string{fresh + ".png", "src_test_nothing.png", c["source"].(map[string]any)["id"].(string)} {
		if status, _ := b.open(b.web.URL + "/pay/qr/" + file); status != http.StatusNotFound {
			t.Errorf("%s: %d", file, status)
		}
	}
}

func imageOf(t *testing.T, charge map[string]any) map[string]any {
	t.Helper()
	code, ok := charge["source"].(map[string]any)["scannable_code"].(map[string]any)
	if !ok {
		t.Fatalf("no code in %v", charge["source"])
	}
	return code["image"].(map[string]any)
}

// TestTheDrawnCode draws the image of PromptPay again, pixel by pixel: shops put it into their pages.
func TestTheDrawnCode(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("promptpay", "")
	document := imageOf(t, c)
	check(t, document, map[string]any{"filename": "qrcode_test.svg", "kind": "qr"})
	status, text := b.open(document["download_uri"].(string))
	var svg struct {
		Path []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(text), &svg); err != nil || status != http.StatusOK || len(svg.Path) != 2 {
		t.Fatalf("%d %v %.200s", status, err, text)
	}
	want, err := qr.Encode(page+"/authorize", qr.M, qr.Auto)
	must(t, err)
	got := image.NewGray(image.Rect(0, 0, want.Bounds().Dx()+8, want.Bounds().Dy()+8))
	draw.Draw(got, got.Bounds(), image.White, image.Point{}, draw.Src)
	for _, step := range strings.Split(svg.Path[1].D, "M")[1:] {
		var x, y, length, back int
		if _, err := fmt.Sscanf(step, "%d %dh%dv1h-%dz", &x, &y, &length, &back); err != nil || back != length {
			t.Fatalf("%q: %v", step, err)
		}
		draw.Draw(got, image.Rect(x, y, x+length, y+1), image.Black, image.Point{}, draw.Src)
	}
	if !samePicture(got, want) {
		t.Errorf("the drawing shows something else: %s", text)
	}
}

// samePicture tells whether a picture is a code with a white rim of four modules.
func samePicture(got, code image.Image) bool {
	side := code.Bounds().Dx() + 8
	scale := got.Bounds().Dx() / side
	if scale*side != got.Bounds().Dx() {
		return false
	}
	for y := range side * scale {
		for x := range side * scale {
			at := image.Pt(x/scale-4, y/scale-4)
			dark := at.In(code.Bounds()) && code.At(at.X, at.Y) == color.Black
			if r, _, _, _ := got.At(x, y).RGBA(); dark != (r == 0) {
				return false
			}
		}
	}
	return true
}

// TestTheBarCode reads the bars as shops do that draw them anew.
func TestTheBarCode(t *testing.T) {
	b := newShopper(t, options())
	c, _ := b.buy("bill_payment_tesco_lotus", "")
	x := c["source"].(map[string]any)
	refs := x["references"].(map[string]any)
	status, text := b.open(refs["barcode"].(string))
	var svg struct {
		Bars []struct {
			X     int    `xml:"x,attr"`
			Width string `xml:"width,attr"`
		} `xml:"g>g>rect"`
	}
	if err := xml.Unmarshal([]byte(text), &svg); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v %.200s", status, err, text)
	}
	want, err := code128.Encode(fmt.Sprintf("|%s00\r%s\r%s\r%.0f", refs["omise_tax_id"], refs["reference_number_1"], refs["reference_number_2"], c["amount"]))
	must(t, err)
	dark := make([]bool, want.Bounds().Dx())
	for _, bar := range svg.Bars {
		width, err := strconv.Atoi(strings.TrimSuffix(bar.Width, "px"))
		must(t, err)
		for i := range width / 2 {
			dark[(bar.X-20)/2+i] = true
		}
	}
	for i := range dark {
		if dark[i] != (want.At(i, 0) == color.Black) {
			t.Fatalf("module %d of %s", i, text)
		}
	}
	for _, file := range []string{idOf(x), "src_test_none.svg", idOf(x) + ".png"} {
		if status, _ := b.open(b.web.URL + "/pay/barcode/" + file); status != http.StatusNotFound {
			t.Errorf("%s: %d", file, status)
		}
	}
}
