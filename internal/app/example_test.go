package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"flexybatch/internal/app"
)

// A batch is run against the simulated provider, and run again.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "october.csv")
	payroll := "phone,plan,amount\n0660000001,PREPAID_MOBILIS,500\n0770000002,PREPAID_DJEZZY,1000\n"
	if err := os.WriteFile(file, []byte(payroll), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	var job app.App
	for range 2 {
		ctx := context.Background()
		result, err := job.Run(ctx, ctx, app.RunOptions{
			Place:   app.Place{File: file},
			Account: app.Account{Simulate: true},
			Yes:     true,
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(result.Summary.Rows.Fulfilled, "fulfilled, sent now:", result.Summary.SentNow)
	}
	// Output:
	// 2 fulfilled, sent now: 2
	// 2 fulfilled, sent now: 0
}
