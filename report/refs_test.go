package report

import "flexybatch/batch"

// refByID returns the ref that a row with this id has in the batch of this name.
func refByID(name, id string) batch.Ref {
	rows := []batch.Row{{Topup: batch.Topup{Phone: "0660000001", Plan: "P", Amount: 1, ID: id}}}
	batch.Assign(name, rows, batch.Catalogue{{Code: "P"}}, batch.Limits{})
	return rows[0].Ref
}
