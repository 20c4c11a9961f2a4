package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/png" // the icon's format
	"os"

	"github.com/tc-hib/winres"
)

// The one picture from which all icons are made is icon.png, of 512 × 512 points: the
// console's icon.svg, drawn by rsvg-convert.

// ico is the icon as Windows wants it, in all its sizes.
func (r *release) ico() ([]byte, error) {
	f, err := os.Open(r.source("tools", "dist", "icon.png"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	picture, _, err := image.Decode(f)
	if err != nil {
		return nil, err
	}
	icon, err := winres.NewIconFromResizedImage(picture, nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = icon.SaveICO(&b)
	return b.Bytes(), err
}

// icns is the icon as macOS wants it: a file of one picture of 512 × 512 points.
func (r *release) icns() ([]byte, error) {
	picture, err := os.ReadFile(r.source("tools", "dist", "icon.png"))
	if err != nil {
		return nil, err
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	if config.Width != 512 || config.Height != 512 {
		return nil, fmt.Errorf("icon.png is %d × %d points, and must be 512 × 512", config.Width, config.Height)
	}
	const head = 8 // bytes before each part, and before the whole
	b := append([]byte("icns"), make([]byte, 4)...)
	binary.BigEndian.PutUint32(b[4:], uint32(head+head+len(picture)))
	b = append(b, "ic09\x00\x00\x00\x00"...)
	binary.BigEndian.PutUint32(b[head+4:], uint32(head+len(picture)))
	return append(b, picture...), nil
}
