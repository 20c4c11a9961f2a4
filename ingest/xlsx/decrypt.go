package xlsx

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// Decrypt opens an encrypted workbook with its password.
func Decrypt(content, password string) (plain string, err error) {
	if password == "" {
		// Excel locks workbooks whose structure is protected with a password of its own.
		if plain, err := open(content, velvetSweatshop); err == nil && plain != "" {
			return plain, nil
		}
		return "", &fault.Error{What: batch.Msg("the workbook is under a password"), Do: batch.Msg("put the password into a file and give --password-file FILE"), Err: fault.ErrPassword}
	}
	for _, p := range spellings(password) {
		plain, err := open(content, p)
		if plain != "" || err != nil {
			return plain, err
		}
	}
	return "", &fault.Error{What: batch.Msg("the password does not open the workbook"), Do: batch.Msg("check the password file: one line, the password alone"), Err: fault.ErrPassword}
}

// velvetSweatshop is the password of Excel's own.
const velvetSweatshop = "VelvetSweatshop"

// open opens a workbook with one password; it returns nothing for another one.
func open(content, password string) (plain string, err error) {
	defer shield(&err)
	b, err := excelize.Decrypt([]byte(content), &excelize.Options{Password: password})
	switch {
	case errors.Is(err, excelize.ErrUnsupportedEncryptMechanism), errors.Is(err, excelize.ErrUnknownEncryptMechanism):
		return "", &fault.Error{What: batch.Msg("the workbook is locked in a way that cannot be opened here"), Do: batch.Msg("open it in Excel, take the password off, and save it under a new name"), Err: fault.ErrPassword}
	case err != nil:
		return "", &fault.Error{What: batch.Msg("the workbook is under a password, and is cut short or damaged (%v)", err), Do: batch.Msg("get it again"), Err: fault.ErrDamaged}
	case !strings.HasPrefix(string(b), "PK"): // with another password it is noise
		return "", nil
	}
	return string(b), nil
}

// spellings returns what a password may be that stands in a file: editors put a byte
// order mark in front, or write letters with accents in the system's encoding.
func spellings(password string) []string {
	password = strings.TrimPrefix(password, "\ufeff")
	if utf8.ValidString(password) {
		return []string{password}
	}
	var all []string
	for _, e := range []*charmap.Charmap{charmap.Windows1252, charmap.Windows1256} {
		if s, err := e.NewDecoder().String(password); err == nil {
			all = append(all, s)
		}
	}
	return all
}

// shield turns a panic over a hostile workbook into an error: a fault of a
// library must not end the process.
func shield(err *error) {
	if p := recover(); p != nil {
		*err = damaged("", "reading the workbook failed (%v)", fmt.Sprint(p))
	}
}
