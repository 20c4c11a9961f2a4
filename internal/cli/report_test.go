package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"flexybatch/internal/lang"
	"flexybatch/report"
)

// The help names the columns of the CSV, all of them and in their order, in every
// language: programs are written from it.
func TestReportHelpNamesTheColumns(t *testing.T) {
	for _, language := range lang.Languages {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		list := regexp.MustCompile(`(?s)row, ref,.*?notes`).FindString(words.Sprintf(reportHelp))
		if got := strings.Fields(strings.ReplaceAll(list, ",", " ")); !slices.Equal(got, report.Columns) {
			t.Errorf("%s: the help names %q, and the columns are %q", language, got, report.Columns)
		}
	}
}
