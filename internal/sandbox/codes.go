package sandbox

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
)

const (
	quietZone = 4 // modules around a QR code that stay white (ISO/IEC 18004)
	scale     = 8 // pixels of one of its modules

	barWidth  = 2 // of a bar code's module, in pixels
	barHeight = 50
	barMargin = 20
)

// run is a row of dark modules.
type run struct{ x, y, length int }

func runs(code barcode.Barcode) []run {
	var all []run
	size := code.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			if code.At(x, y) != color.Black {
				continue
			}
			if n := len(all) - 1; n >= 0 && all[n].y == y && all[n].x+all[n].length == x {
				all[n].length++
				continue
			}
			all = append(all, run{x, y, 1})
		}
	}
	return all
}

func qrCode(text string) (code barcode.Barcode, side int, err error) {
	code, err = qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, 0, err
	}
	return code, code.Bounds().Dx() + 2*quietZone, nil
}

// qrDrawing is a QR code as SVG. Shops put it into their own pages, so it has no XML declaration.
func qrDrawing(text string) ([]byte, error) {
	code, side, err := qrCode(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, scale*side, scale*side, side, side)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side)
	for _, r := range runs(code) {
		fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", r.x+quietZone, r.y+quietZone, r.length, r.length)
	}
	b.WriteString(`"/></svg>` + "\n")
	return b.Bytes(), nil
}

// qrPicture is a QR code as PNG.
func qrPicture(text string) ([]byte, error) {
	code, side, err := qrCode(text)
	if err != nil {
		return nil, err
	}
	picture := image.NewPaletted(image.Rect(0, 0, scale*side, scale*side), color.Palette{color.White, color.Black})
	for _, r := range runs(code) {
		left, top := scale*(r.x+quietZone), scale*(r.y+quietZone)
		draw.Draw(picture, image.Rect(left, top, left+scale*r.length, top+scale), image.Black, image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	err = png.Encode(&b, picture)
	return b.Bytes(), err
}

// barDrawing is a bar code as SVG in the structure that shops rely on: those that draw it anew for
// e-mails read the bars from the inner group.
func barDrawing(text string) ([]byte, error) {
	code, err := code128.Encode(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	width, height := barWidth*code.Bounds().Dx()+2*barMargin, barHeight+2*barMargin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%dpx" height="%dpx" viewBox="0 0 %d %d"><title>Bar code</title>`, width, height, width, height)
	fmt.Fprintf(&b, `<g id="canvas"><rect x="0" y="0" width="%dpx" height="%dpx" fill="#fff"/><g id="barcode" fill="#000">`, width, height)
	for _, r := range runs(code) {
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%dpx" height="%dpx"/>`, barMargin+barWidth*r.x, barMargin, barWidth*r.length, barHeight)
	}
	b.WriteString("</g></g></svg>\n")
	return b.Bytes(), nil
}
