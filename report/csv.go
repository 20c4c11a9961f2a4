package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gocarina/gocsv"

	"flexybatch/batch"
)

// Columns are the columns of the CSV report, and the fields of a row in JSON, in
// this order. The columns of the input follow, each with "in:" before its name.
// They are stable: new ones are added behind them.
var Columns = []string{
	"row", "ref", "phone", "plan", "amount", "cost", "id", "state", "topup_id", "charged", "refunded",
	"code", "message", "offers", "attempts", "sent", "settled", "notes",
}

// csvRow is a row of the CSV report under Columns.
type csvRow struct {
	Row      string `csv:"row"`
	Ref      string `csv:"ref"`
	Phone    string `csv:"phone"`
	Plan     string `csv:"plan"`
	Amount   string `csv:"amount"`
	Cost     string `csv:"cost"`
	ID       string `csv:"id"`
	State    string `csv:"state"`
	TopupID  string `csv:"topup_id"`
	Charged  string `csv:"charged"`
	Refunded string `csv:"refunded"`
	Code     string `csv:"code"`
	Message  string `csv:"message"`
	Offers   string `csv:"offers"`
	Attempts string `csv:"attempts"`
	Sent     string `csv:"sent"`
	Settled  string `csv:"settled"`
	Notes    string `csv:"notes"`
}

// csvRowOf makes the row of the CSV report from what is known of a row.
func csvRowOf(v voice, s *batch.RowStatus) csvRow {
	r := csvRow{
		Row: strconv.Itoa(s.Number), Ref: string(s.Ref), Phone: string(s.Topup.Phone), Plan: s.Topup.Plan, Cost: s.Cost.String(), ID: s.Topup.ID,
		State: s.State.String(), TopupID: s.TopupID, Charged: s.Charged.String(), Refunded: s.Refunded.String(),
		Code: code(s), Message: v.explanation(s), Attempts: strconv.Itoa(s.Attempts), Sent: stamp(s.Sent()), Settled: stamp(s.Settled()), Notes: v.notes(s),
	}
	if s.Topup.Amount > 0 {
		r.Amount = strconv.FormatInt(int64(s.Topup.Amount), 10)
	}
	if s.Evidence != nil {
		r.Offers = offers(s.Evidence.Offers)
	}
	return r
}

// withCommas writes the amounts of money with a decimal comma.
func (r *csvRow) withCommas() {
	for _, amount := range []*string{&r.Cost, &r.Charged, &r.Refunded} {
		*amount = strings.Replace(*amount, ".", ",", 1)
	}
}

// stamp writes a time for machines: UTC, RFC 3339; empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// csvChunk is how many rows are handed to gocsv at once: of a million rows, few
// are held.
const csvChunk = 512

// CSV writes every row under Columns: comma-separated UTF-8 with a byte order
// mark, without which Excel takes it for another encoding. A value that a
// spreadsheet would run as a formula gets an apostrophe in front (money rule
// 13; OWASP, "CSV Injection").
func CSV(w io.Writer, from Books) error { return Delimited(w, from, ',') }

// Delimited writes the same with another delimiter. Where that is a semicolon, amounts
// have a decimal comma: so the Excel of a country that writes 12,50 wants both.
func Delimited(w io.Writer, from Books, delimiter rune) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	header, v := from.Batch().Header, voice{data: true, paidAgain: paidAgain(from)}
	titles := make([]string, len(header))
	for i, h := range header {
		titles[i] = "in:" + h
	}
	c := &carrier{Writer: csv.NewWriter(w), carried: [][]string{titles}}
	c.Comma = delimiter
	err := gocsv.MarshalCSV([]csvRow{}, c)
	rows := make([]csvRow, 0, csvChunk)
	write := func() {
		err = gocsv.MarshalCSVWithoutHeaders(rows, c)
		rows = rows[:0]
	}
	from.Each(func(s *batch.RowStatus) bool {
		if err != nil {
			return false
		}
		row := csvRowOf(v, s)
		if delimiter == ';' {
			row.withCommas()
		}
		rows = append(rows, row)
		cells := make([]string, len(header))
		for i := range cells {
			cells[i] = s.Cells.At(i)
		}
		c.carried = append(c.carried, cells)
		if len(rows) == csvChunk {
			write()
		}
		return err == nil
	})
	if err == nil {
		write()
	}
	return err
}

// carrier is the writer that gocsv writes to. The columns of the input differ from
// file to file, so no struct has them: carrier puts their cells behind those that
// gocsv writes. It defuses all of them.
type carrier struct {
	*csv.Writer
	carried [][]string // the input's cells of the rows that gocsv writes next, in their order
	line    []string
}

// Write writes the cells that gocsv made of a row, and those that are carried.
func (c *carrier) Write(cells []string) error {
	c.line = append(append(c.line[:0], cells...), c.carried[0]...)
	c.carried = c.carried[1:]
	for i, cell := range c.line {
		c.line[i] = defused(cell)
	}
	return c.Writer.Write(c.line)
}

// defused keeps a spreadsheet from running a text. An apostrophe is defused too,
// so that whoever takes the first one away where it stands before one of these
// has the text as it was.
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}
