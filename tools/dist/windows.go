package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// installers makes an installer for each Windows, as installer.nsi says.
func (r *release) installers() error {
	icon, err := r.ico()
	if err != nil {
		return err
	}
	iconFile := filepath.Join(r.temp, "flexybatch.ico")
	if err := os.WriteFile(iconFile, icon, 0o644); err != nil {
		return err
	}
	for _, p := range r.platforms {
		if !strings.HasPrefix(p, "windows/") {
			continue
		}
		installer := r.file(r.called(p, "-installer.exe"))
		if err := r.installer(r.program(p), iconFile, installer); err != nil {
			return err
		}
		if err := r.sign(installer); err != nil {
			return err
		}
	}
	return nil
}

// installer makes one installer.
func (r *release) installer(program, icon, to string) error {
	args := []string{
		"-NOCD", "-V2", "-WX", "-INPUTCHARSET", "UTF8", "-DPROGRAM=" + program, "-DICON=" + icon, "-DOUT=" + to, "-DVERSION=" + r.version.packaged(),
		"-DNUMBER=" + r.version.windows(), "-DSITE=" + r.site, "-DLICENCES=" + r.file("LICENCES"), "-DLICENSE=" + r.source("LICENSE"),
	}
	if r.signer.certificate != "" {
		script := filepath.Join(r.temp, "sign")
		if err := os.WriteFile(script, []byte(r.signer.inPlace()), 0o700); err != nil {
			return err
		}
		args = append(args, "-DSIGN="+script)
	}
	env := []string{fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.date.Unix())}
	return r.run(r.root, env, "makensis", append(args, r.source("tools", "dist", "windows", "installer.nsi"))...)
}

// signer is how what is for Windows is signed; without a certificate it is not.
type signer struct{ certificate, passwordFile, timestamps string }

// args are what osslsigncode is told.
func (s signer) args() []string {
	args := []string{"sign", "-pkcs12", s.certificate, "-h", "sha256", "-n", "flexybatch"}
	if s.passwordFile != "" {
		args = append(args, "-readpass", s.passwordFile)
	}
	if s.timestamps != "" {
		args = append(args, "-ts", s.timestamps)
	}
	return args
}

// inPlace is a program of the shell that signs the file it is given. makensis runs it on
// the program that uninstalls.
func (s signer) inPlace() string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\nset -e\nosslsigncode")
	for _, arg := range s.args() {
		b.WriteString(" '" + strings.ReplaceAll(arg, "'", `'\''`) + "'")
	}
	b.WriteString(` -in "$1" -out "$1.signed" >/dev/null` + "\n" + `mv "$1.signed" "$1"` + "\n")
	return b.String()
}

// sign signs a file, if there is a certificate.
func (r *release) sign(file string) error {
	if r.signer.certificate == "" {
		return nil
	}
	signed := filepath.Join(r.temp, "signed")
	if err := r.run(r.root, nil, "osslsigncode", append(r.signer.args(), "-in", file, "-out", signed)...); err != nil {
		return err
	}
	defer os.Remove(signed)
	return copyFile(signed, file, 0o755)
}
