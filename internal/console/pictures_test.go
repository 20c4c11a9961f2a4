package console_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"flexybatch/batch/oneclick/simulator"
)

// TestPicturesInBrowser draws the main pages, in each language, for the documents: see
// make pictures.
func TestPicturesInBrowser(t *testing.T) {
	folder := os.Getenv("CONSOLE_PICTURES")
	if folder == "" {
		t.Skip("CONSOLE_PICTURES names no folder")
	}
	must(t, os.MkdirAll(folder, 0o755))
	for _, language := range []string{"en", "fr", "ar"} {
		p := newRemote(t, simulator.Production)
		p.hold.Store(7)
		d := p.desk(t, withKey)
		d.letIn()
		b := newTab(t, d.base)
		b.adopt(d)
		b.size(900, 640)
		b.open("/")
		b.speak(language)
		draw := func(name string) {
			t.Helper()
			ctx, stop := b.limited()
			defer stop()
			shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			must(t, err)
			must(t, os.WriteFile(filepath.Join(folder, name+"."+language+".png"), small(t, shot), 0o644))
		}
		draw("home")
		d.send("/files", "payroll.csv", []byte(picturePayroll), http.StatusOK, "money", "real")
		b.open("/batches/payroll")
		b.steps()
		draw("check")
		b.fill(`input[name^="new-4-"]`, "0771234567")
		b.press(`form[action$="/mend"] button`)
		b.press(`a.main[href$="/answers"]`)
		draw("answers")
		b.fill("#rows", "12")
		b.press("button.pay")
		<-p.at
		b.until(`[...document.querySelectorAll("[data-live] .state-fulfilled .number")].some((n) => Number(n.innerText) > 3)`)
		draw("live")
		close(p.free)
		b.until(`!document.querySelector("[data-live]") && !!document.querySelector('a[href$="/rows"]')`)
		draw("done")
	}
}

// picturePayroll is the payroll of the pictures, with one phone that lacks digits.
const picturePayroll = `Matricule;Nom;Téléphone;Offre;Montant
E001;Amel Benali;0661234501;PREPAID_MOBILIS;1000
E002;Karim Haddad;0771234502;PREPAID_DJEZZY;500
E003;Nadia Khelifi;07712345;PREPAID_DJEZZY;500
E004;Yacine Brahimi;0551234504;PREPAID_OOREDOO;1000
E005;Samira Ait;0661234505;PREPAID_MOBILIS;800
E006;Omar Ziani;0661234506;PREPAID_MOBILIS;800
E007;Lina Mansouri;0771234507;PREPAID_DJEZZY;500
E008;Rachid Bouzid;0551234508;PREPAID_OOREDOO;1000
E009;Meriem Saadi;0661234509;PREPAID_MOBILIS;800
E010;Sofiane Amrani;0771234510;PREPAID_DJEZZY;500
E011;Farida Cherif;0551234511;PREPAID_OOREDOO;1000
E012;Walid Rahmani;0661234512;PREPAID_MOBILIS;800
`

// small is a picture with sixteen shades of each colour, which is a third of the bytes.
func small(t *testing.T, shot []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(shot))
	must(t, err)
	var colours color.Palette
	at := map[color.RGBA]uint8{}
	picture := image.NewPaletted(full.Bounds(), nil)
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			r, g, b, _ := full.At(x, y).RGBA()
			c := color.RGBA{R: uint8(r>>12) * 17, G: uint8(g>>12) * 17, B: uint8(b>>12) * 17, A: 255}
			i, known := at[c]
			if !known && len(colours) < 256 {
				i, at[c] = uint8(len(colours)), uint8(len(colours))
				colours = append(colours, c)
			} else if !known {
				i = uint8(colours.Index(c))
			}
			picture.SetColorIndex(x, y, i)
		}
	}
	picture.Palette = colours
	var b bytes.Buffer
	must(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture))
	return b.Bytes()
}
