package samples_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/ingest"
	"flexybatch/samples"
)

var update = flag.Bool("update", false, "write payroll.xlsx anew from payroll.csv")

// The workbook is the same payroll as the CSV file, every cell a text.
func TestWorkbookInStep(t *testing.T) {
	r := csv.NewReader(bytes.NewReader(samples.Payroll))
	r.Comma = ';'
	want, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		writeWorkbook(t, want)
		return
	}
	f, err := excelize.OpenReader(bytes.NewReader(samples.PayrollXLSX))
	if err != nil {
		t.Fatalf("%v; run go generate ./samples", err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	got, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		for len(want[i]) > 0 && want[i][len(want[i])-1] == "" { // excelize leaves blank ends out
			want[i] = want[i][:len(want[i])-1]
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("payroll.xlsx is out of step with payroll.csv: run go generate ./samples\n%s", d)
	}
}

func writeWorkbook(t *testing.T, rows [][]string) {
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // "@": what is typed there stays text
	if err != nil {
		t.Fatal(err)
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	try := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	try(w.SetColWidth(1, 5, 18))
	for i, row := range rows {
		style := text
		if i == 0 {
			style = bold
		}
		cells := make([]any, len(row))
		for c, s := range row {
			cells[c] = excelize.Cell{StyleID: style, Value: s}
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		try(err)
		try(w.SetRow(at, cells))
	}
	try(w.Flush())
	try(f.SetSheetName("Sheet1", "Paie"))
	var b bytes.Buffer
	try(f.Write(&b))
	try(os.WriteFile("payroll.xlsx", b.Bytes(), 0o644))
}

// catalogue is the simulator's own, asked for as the client does.
func catalogue(t *testing.T) batch.Catalogue {
	s, err := simulator.New(simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	request := httptest.NewRequest(http.MethodGet, "/v3/mobile/plans", nil)
	request.Header.Set("X-Access-Token", simulator.DefaultKey)
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, request)
	type plan struct {
		Code, Name, Operator string
		Cost                 batch.Price
		IsEnabled            bool
		Amount               batch.Dinars
		Min                  batch.Dinars `json:"min_amount"`
		Max                  batch.Dinars `json:"max_amount"`
	}
	var body struct {
		Data struct{ DynamicPlans, FixedPlans []plan }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	var c batch.Catalogue
	for i, p := range slices.Concat(body.Data.DynamicPlans, body.Data.FixedPlans) {
		c = append(c, batch.Plan{Code: p.Code, Name: p.Name, Operator: p.Operator, Cost: p.Cost, Enabled: p.IsEnabled,
			Fixed: i >= len(body.Data.DynamicPlans), Amount: p.Amount, Min: p.Min, Max: p.Max})
	}
	if len(c) == 0 {
		t.Fatalf("no plans in %s", answer.Body)
	}
	return c
}

func read(t *testing.T, name string) *ingest.Input {
	in, err := ingest.Read(context.Background(), name, ingest.Options{}, ingest.Rules{Catalogue: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// Every row of the payroll is valid and asks for the same in both files.
func TestPayroll(t *testing.T) {
	plans := catalogue(t)
	var refs [2][]batch.Ref
	for i, name := range []string{"payroll.csv", "payroll.xlsx"} {
		in := read(t, name)
		batch.Assign("samples", in.Rows, plans, batch.Limits{})
		for _, r := range in.Rows {
			if !r.Valid() {
				t.Errorf("%s, row %d: %v", name, r.Number, r.Problems())
			}
			if p := string(r.Topup.Phone); p >= "0600000001" && p <= "0600000003" {
				t.Errorf("%s, row %d: %s is special in the sandbox", name, r.Number, p)
			}
			refs[i] = append(refs[i], r.Ref)
		}
	}
	if len(refs[0]) != 20 || !slices.Equal(refs[0], refs[1]) {
		t.Errorf("the two payrolls differ: %d and %d rows", len(refs[0]), len(refs[1]))
	}
}

// Every row of invalid.csv breaks the rule that its second column names.
func TestInvalid(t *testing.T) {
	in := read(t, "invalid.csv")
	batch.Assign("samples", in.Rows, catalogue(t), batch.Limits{MaxAmount: 8000})
	broken := map[batch.Code]bool{}
	for _, r := range in.Rows {
		want, _, _ := strings.Cut(r.Cells.At(1), ":")
		var got []string
		for _, p := range r.Problems() {
			broken[p.Code] = true
			got = append(got, string(p.Code))
		}
		switch {
		case want == "several at once":
			want = "phone.format plan.unknown amount.format"
		case strings.Contains(want, "amount.cap"):
			want = "amount.cap"
		case strings.HasPrefix(want, "valid"):
			want = ""
		}
		if d := cmp.Diff(strings.Fields(want), got); d != "" && want+strings.Join(got, "") != "" {
			t.Errorf("row %d: %s", r.Number, d)
		}
	}
	for _, code := range []batch.Code{
		batch.PhoneMissing, batch.PhoneFormat, batch.PlanMissing, batch.PlanUnknown, batch.PlanDisabled, batch.PlanOperator, batch.PlanUnsupported,
		batch.AmountMissing, batch.AmountFormat, batch.AmountRange, batch.AmountFixed, batch.AmountCap, batch.DuplicateRow, batch.DuplicateID,
		batch.CellError, batch.RowWidth,
	} {
		if !broken[code] {
			t.Errorf("no row breaks %s", code)
		}
	}
}
