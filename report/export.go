package report

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"flexybatch/batch"
)

// Columns are the columns of the CSV report, and the fields of a row in JSON, in
// this order. The columns of the input follow, each with "in:" before its name.
// They are stable: new ones are added behind them.
var Columns = []string{
	"row", "ref", "phone", "plan", "amount", "cost", "id", "state", "topup_id", "charged", "refunded",
	"code", "message", "offers", "attempts", "sent", "settled", "notes",
}

// values are a row's cells under Columns.
func values(s *batch.RowStatus) []string {
	amount := ""
	if s.Topup.Amount > 0 {
		amount = strconv.FormatInt(int64(s.Topup.Amount), 10)
	}
	var o string
	if s.Evidence != nil {
		o = offers(s.Evidence.Offers)
	}
	return []string{
		strconv.Itoa(s.Number), string(s.Ref), string(s.Topup.Phone), s.Topup.Plan, amount, s.Cost.String(), s.Topup.ID, s.State.String(),
		s.TopupID, s.Charged.String(), s.Refunded.String(), code(s), voice{}.message(s), o, strconv.Itoa(s.Attempts), stamp(s.Sent()), stamp(s.Settled()), voice{}.notes(s),
	}
}

// stamp writes a time for machines: UTC, RFC 3339; empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// CSV writes every row under Columns: comma-separated UTF-8 with a byte order
// mark, without which Excel takes it for another encoding. A value that a
// spreadsheet would run as a formula gets an apostrophe in front (money rule
// 13; OWASP, "CSV Injection").
func CSV(w io.Writer, from Books) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	head := append([]string(nil), Columns...)
	header := from.Batch().Header
	for _, h := range header {
		head = append(head, "in:"+h)
	}
	err := c.Write(head)
	from.Each(func(s *batch.RowStatus) bool {
		if err != nil {
			return false
		}
		cells := values(s)
		for i := range header {
			cells = append(cells, s.Cells.At(i))
		}
		for i := range cells {
			cells[i] = defused(cells[i])
		}
		err = c.Write(cells)
		return err == nil
	})
	if err != nil {
		return err
	}
	c.Flush()
	return c.Error()
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

// Row is a row in JSON. Money is in dinars with two decimals, times are UTC.
type Row struct {
	Row      int               `json:"row"`
	Ref      batch.Ref         `json:"ref"`
	Phone    batch.Phone       `json:"phone"`
	Plan     string            `json:"plan"`
	Amount   batch.Dinars      `json:"amount"`
	Cost     batch.Centimes    `json:"cost"`
	ID       string            `json:"id"`
	State    string            `json:"state"`
	TopupID  string            `json:"topup_id"`
	Charged  batch.Centimes    `json:"charged"`
	Refunded batch.Centimes    `json:"refunded"`
	Code     string            `json:"code"`
	Message  string            `json:"message"`
	Offers   []batch.Offer     `json:"offers"`
	Attempts int               `json:"attempts"`
	Sent     string            `json:"sent"`
	Settled  string            `json:"settled"`
	Notes    string            `json:"notes"`
	Problems []batch.Problem   `json:"problems"`
	In       map[string]string `json:"in"` // the input's cells by column
}

func rowOf(s *batch.RowStatus, header []string) Row {
	r := Row{
		Row: s.Number, Ref: s.Ref, Phone: s.Topup.Phone, Plan: s.Topup.Plan, Amount: s.Topup.Amount, Cost: s.Cost, ID: s.Topup.ID,
		State: s.State.String(), TopupID: s.TopupID, Charged: s.Charged, Refunded: s.Refunded, Code: code(s), Message: voice{}.message(s),
		Offers: []batch.Offer{}, Attempts: s.Attempts, Sent: stamp(s.Sent()), Settled: stamp(s.Settled()), Notes: voice{}.notes(s),
		Problems: []batch.Problem{}, In: map[string]string{},
	}
	if s.Evidence != nil && s.Evidence.Offers != nil {
		r.Offers = s.Evidence.Offers
	}
	if p := s.Problems(); p != nil {
		r.Problems = p
	}
	for i, h := range header {
		r.In[h] = s.Cells.At(i)
	}
	return r
}

// NDJSON writes every row as a JSON object on a line.
func NDJSON(w io.Writer, from Books) error {
	return eachRow(from, json.NewEncoder(w).Encode)
}

func eachRow(from Books, f func(any) error) error {
	var err error
	header := from.Batch().Header
	from.Each(func(s *batch.RowStatus) bool {
		err = f(rowOf(s, header))
		return err == nil
	})
	return err
}

// JSON writes {"summary":…,"rows":[…]}, a row a line.
func JSON(w io.Writer, from Books) error {
	b := bufio.NewWriter(w)
	summary, err := json.Marshal(Summarize(from))
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "{\"summary\":%s,\"rows\":[", summary)
	separator := "\n"
	err = eachRow(from, func(v any) error {
		row, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(b, "%s%s", separator, row)
		separator = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	if _, err := b.WriteString("\n]}\n"); err != nil {
		return err
	}
	return b.Flush()
}
