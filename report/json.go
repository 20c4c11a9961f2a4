package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"flexybatch/batch"
)

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

func rowOf(v voice, s *batch.RowStatus, header []string) Row {
	r := Row{
		Row: s.Number, Ref: s.Ref, Phone: s.Topup.Phone, Plan: s.Topup.Plan, Amount: s.Topup.Amount, Cost: s.Cost, ID: s.Topup.ID,
		State: s.State.String(), TopupID: s.TopupID, Charged: s.Charged, Refunded: s.Refunded, Code: code(s), Message: v.explanation(s),
		Offers: []batch.Offer{}, Attempts: s.Attempts, Sent: stamp(s.Sent()), Settled: stamp(s.Settled()), Notes: v.notes(s),
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
	header, v := from.Batch().Header, voice{data: true, paidAgain: paidAgain(from)}
	from.Each(func(s *batch.RowStatus) bool {
		err = f(rowOf(v, s, header))
		return err == nil
	})
	return err
}

// JSON writes {"summary":…,"rows":[…],"overrides":[…]}, a row a line. overrides are
// the warnings that people overrode, with who, when and why.
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
	overridden, err := json.Marshal(overrides(from))
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\n],\"overrides\":%s}\n", overridden)
	return b.Flush()
}
