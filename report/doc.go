// Package report writes what people read of a batch: the results workbook, the
// check workbook, CSV, JSON and the summary, the workbook of a reconciliation
// and the one of the rows that are provably unpaid (ResendWorkbook). Every report of a
// batch is a pure fold over the ledger, so it can be made again from the journal
// alone, at any time.
//
// Money in a report: requested is the face value of the valid rows, cost what
// the catalogue says they cost, charged all that the provider deducted, whether
// it gave it back or not, refunded what it gave back. So the balance before,
// less charged, plus refunded, is the balance after.
package report
