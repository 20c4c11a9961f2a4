package report

import "flexybatch/batch"

// Found is what a check tells of a file beside its rows: lines that are no payments,
// and what somebody should look at before anything is sent. Rows are those that the
// user sees.
type Found struct {
	Hidden   int            `json:"hidden"`   // rows that are hidden in the sheet, or struck through
	Struck   int            `json:"struck"`   // those of them that are struck through
	Totals   []FoundTotal   `json:"totals"`   // lines that add up the rows above them
	Headers  []int          `json:"headers"`  // lines that say the header once more
	Remarks  []FoundRemark  `json:"remarks"`  // lines of text below a total
	Repaired FoundRepairs   `json:"repaired"` // phones that are not paid as they are written
	Unused   []UnusedColumn `json:"unused"`   // columns that look like a field's and are none
}

// FoundTotal is a line that holds the sum of rows.
type FoundTotal struct {
	Row    int          `json:"row"`
	Amount batch.Dinars `json:"amount"`
}

// FoundRemark is a line of text.
type FoundRemark struct {
	Row  int    `json:"row"`
	Text string `json:"text"`
}

// FoundRepairs counts the phones that were repaired, with the first few.
type FoundRepairs struct {
	Count    int           `json:"count"`
	Examples []FoundRepair `json:"examples"`
}

// FoundRepair is a phone that was repaired.
type FoundRepair struct {
	Row     int         `json:"row"`
	Written string      `json:"written"`
	Phone   batch.Phone `json:"phone"`
}

// UnusedColumn is a column that nothing was taken from.
type UnusedColumn struct {
	Column   string   `json:"column"`
	Letter   string   `json:"letter"`
	Looks    string   `json:"looks"` // like which field
	Examples []string `json:"examples"`
}

// listed returns the same with empty lists in place of missing ones.
func (f Found) listed() Found {
	f.Totals, f.Headers, f.Remarks, f.Unused = append([]FoundTotal{}, f.Totals...), append([]int{}, f.Headers...), append([]FoundRemark{}, f.Remarks...), append([]UnusedColumn{}, f.Unused...)
	f.Repaired.Examples = append([]FoundRepair{}, f.Repaired.Examples...)
	return f
}
