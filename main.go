// Flexybatch tops up every phone of a spreadsheet through the OneClickDz API
// (Algeria: Mobilis, Djezzy, Ooredoo, Pixx), once and only once, and hands back a
// workbook that finance can reconcile.
//
// Data runs one way: a file is read by package ingest, its rows are valid by the
// rules of package batch, which also gives each its reference and sends it; every
// step is written to an append-only journal (package journal), from which resuming
// and the reports (package report) follow. What can be done with a batch stands in
// internal/app; the command line that calls it, in internal/cli.
package main

import (
	"context"
	"os"

	"flexybatch/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background()))
}
