package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/terminal"
)

// confirm asks whether rows may be sent: with real money the answer is their
// number, typed in, else yes. Both questions are told how many rows there are
// and what they cost; forPlay also the type of the key. An error means no.
func (r *runner) confirm(ctx context.Context, rows int, cost batch.Centimes, forReal, forPlay string) error {
	n := count(rows, "row", "rows")
	if r.whose.Type == batch.Production {
		answer := r.prompt().Ask(ctx, terminal.Paint(r.stderr, terminal.Bold, r.words.Sprintf(forReal, n, cost)))
		if answer == strconv.Itoa(rows) {
			return nil
		}
		return fmt.Errorf("the answer %q is not %d", answer, rows)
	}
	if terminal.Yes(r.prompt().Ask(ctx, terminal.Paint(r.stderr, terminal.Bold, r.words.Sprintf(forPlay, n, cost, strings.ToLower(r.whose.Type))))) {
		return nil
	}
	return errors.New("the question was not answered with yes")
}

// mayBegin asks the question at the end of the preflight. Of a canary that was
// sent by an earlier run there is nothing to ask yet: goOn does, when it is
// known what became of it.
func (r *runner) mayBegin(ctx context.Context, a ahead) (err error) {
	switch {
	case a.left.Valid == 0 || r.yes || r.canary > 0 && a.canary.Valid == 0:
		return nil
	case r.canary > 0:
		err = r.confirm(ctx, a.canary.Valid, a.canary.Cost,
			"This key is of type PRODUCTION: real money. To send the canary first, %s for %s DZD, type the number of its rows: ",
			"Send the canary first, %s for %s DZD (%s key)? [y/N] ")
	default:
		err = r.confirm(ctx, a.left.Valid, a.left.Cost,
			"This key is of type PRODUCTION: real money. To send %s for %s DZD, type the number of rows: ",
			"Send %s for %s DZD (%s key)? [y/N] ")
	}
	if err != nil {
		return failf(exitNothing, "nothing was sent: %w", err)
	}
	return nil
}
