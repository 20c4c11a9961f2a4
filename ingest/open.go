package ingest

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// decrypt opens an encrypted workbook with its password.
func decrypt(content, password string) (plain string, err error) {
	if password == "" {
		return "", &FileError{What: "the workbook is under a password", Do: "put the password into a file and give --password-file FILE", Err: ErrPassword}
	}
	wrong := &FileError{What: "the password does not open the workbook", Do: "check the password file: one line, the password alone", Err: ErrPassword}
	defer shield(&err)
	b, err := excelize.Decrypt([]byte(content), &excelize.Options{Password: password})
	if plain = string(b); err != nil || !strings.HasPrefix(plain, "PK") {
		return "", wrong
	}
	return plain, nil
}

// shield turns a panic over a hostile workbook into an error: a fault of a
// library must not end the process.
func shield(err *error) {
	if p := recover(); p != nil {
		*err = damaged("", "reading the workbook failed (%v)", p)
	}
}
