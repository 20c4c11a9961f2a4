package cli

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// isRefusedTarget tells the refusal of a file that was to be written.
func isRefusedTarget(err error) bool {
	_, ok := errors.AsType[*app.TargetRefused](err)
	return ok
}

// wordedTarget says the refusal of a file, with the flag that named it and what to do.
func wordedTarget(cmd *cobra.Command, r *app.TargetRefused, err error) error {
	flag, m := targetFlag(cmd, r.Target), lang.Msg("%v", err)
	if flag != "" {
		m = lang.Msg("--%s: %v", flag, err)
	}
	if todo := targetAdvice(r); !todo.IsZero() {
		m = lang.Msg("%s\n%s", m, todo)
	}
	return &refusal{m, flag, err}
}

// targetFlag is the flag that named a file; empty where none did.
func targetFlag(cmd *cobra.Command, t outfile.Target) string {
	flag := "out"
	switch t.Kind {
	case outfile.Metrics:
		flag = "metrics-file"
	case outfile.Events:
		flag = "events"
	case outfile.Log:
		flag = "log-file"
	case outfile.Store:
		flag = "store"
	case outfile.ApprovalRequest, outfile.Template: // which no flag names
		return ""
	}
	if f := cmd.Flags().Lookup(flag); f == nil || !f.Changed {
		return ""
	}
	return flag
}

// targetAdvice is what to do about a file that people mend, beside what the refusal
// says; nothing for any other.
func targetAdvice(r *app.TargetRefused) lang.Message {
	switch {
	case r.Reason != outfile.WasChanged:
		return lang.Message{}
	case r.Kind == outfile.Resend:
		return lang.Msg("If its rows were mended to be paid: flexybatch run %s\nTo write the unpaid rows to another file: --out NAME.xlsx", quoted(r.Path))
	case r.Kind == outfile.CheckWorkbook, r.Kind == outfile.CheckCSV:
		return lang.Msg("If its rows were mended to be paid: flexybatch run --batch %s %s\nTo write this check to another file: --out NAME%s", quoted(r.Batch), quoted(r.Path), strings.ToLower(filepath.Ext(r.Path)))
	}
	return lang.Message{}
}

// otherBatchAdvice is what to do about a journal that was copied or renamed.
func otherBatchAdvice(e *app.OtherBatch) lang.Message {
	if e.Argument {
		return lang.Msg("Nothing was sent and nothing was written. If it was renamed, give it its name back: %s\nIf it is a copy, it can be read all the same: flexybatch report --out NAME.xlsx %s",
			quoted(e.Holds+".journal"), quoted(e.Journal))
	}
	return lang.Msg("Nothing was sent and nothing was written. Put the journal of %q back in its place, or, if that batch was never run, move this one away or give it its name back: %s",
		e.Name, quoted(e.Holds+".journal"))
}
