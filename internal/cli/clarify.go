package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
)

// clarifier asks the person at the terminal what a file leaves open.
type clarifier struct{ *output }

// clarify is who answers questions about a file; nil where nobody sits there.
func (o *output) clarify() app.Clarify {
	if !terminal.Is(o.stdin) {
		return nil
	}
	return clarifier{o}
}

// Column lists the columns, and reads the number of one.
func (c clarifier) Column(ctx context.Context, q app.ColumnQuestion) (int, bool) {
	fmt.Fprintln(c.stderr, c.words.Error(q.Err))
	for i, choice := range q.Choices {
		fmt.Fprintf(c.stderr, "  %d  %s  %s  %s\n", i+1, choice.Letter, choice.Header, strings.Join(choice.Examples, ", "))
	}
	text := c.prompt().Ask(ctx, c.words.Sprintf("Which of them is the field %s? Type its number, or nothing to stop: ", q.Field))
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return n - 1, err == nil && n >= 1 && n <= len(q.Choices)
}

// Accept asks for a yes, with an example.
func (c clarifier) Accept(ctx context.Context, o app.Offer) bool {
	question := lang.Count(o.Rows, "%d row names no plan. Take the prepaid plan of its phone's operator? [y/N] ",
		"%d rows name no plan. Take the prepaid plan of each phone's operator? [y/N] ")
	if o.Kind == app.OfferRepair {
		e := o.Examples[0]
		question = lang.Count(o.Rows, "%d phone is not written as it must be, and can be repaired without doubt: row %d has %q, which would be paid as %s. Repair it? [y/N] ",
			"%d phones are not written as they must be, and can be repaired without doubt: row %d has %q, which would be paid as %s. Repair them? [y/N] ", e.Number, e.Written, string(e.Phone))
	}
	return terminal.Yes(c.prompt().Ask(ctx, c.words.Say(question)))
}

// Spread asks for a yes.
func (c clarifier) Spread(ctx context.Context, q app.MergedQuestion) bool {
	fmt.Fprintln(c.stderr, c.words.Error(q.Err))
	return terminal.Yes(c.prompt().Ask(ctx, c.words.Sprintf("Take the value for each of these rows? [y/N] ")))
}
