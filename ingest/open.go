package ingest

import (
	"bytes"

	"github.com/xuri/excelize/v2"
)

// decrypt opens an encrypted workbook with its password.
func decrypt(content []byte, password string) (plain []byte, err error) {
	if password == "" {
		return nil, &FileError{What: "the workbook is under a password", Do: "put the password into a file and give --password-file FILE", Err: ErrPassword}
	}
	wrong := &FileError{What: "the password does not open the workbook", Do: "check the password file: one line, the password alone", Err: ErrPassword}
	defer shield(&err)
	plain, err = excelize.Decrypt(content, &excelize.Options{Password: password})
	if err != nil || !bytes.HasPrefix(plain, []byte("PK")) {
		return nil, wrong
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
