package cli

import (
	"context"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
)

// asker puts the job's questions to the person at the terminal.
type asker struct{ machine }

// confirm is who answers the job's questions; nil where nobody sits there.
func (w machine) confirm() app.Confirm {
	if !terminal.Is(w.stdin) {
		return nil
	}
	return asker{w}
}

// Confirm asks, and reads a line.
func (a asker) Confirm(ctx context.Context, q app.Question) (app.Answer, error) {
	text := a.pose(ctx, q, question(q))
	if numberWanted(q) && terminal.Yes(text) {
		text = a.pose(ctx, q, lang.Msg("A yes is not enough here: type the number of rows, or nothing to stop: "))
	}
	return app.Answer{Yes: terminal.Yes(text), Text: text}, nil
}

// pose puts a question in these words.
func (a asker) pose(ctx context.Context, q app.Question, m lang.Message) string {
	words := a.words.Say(m)
	if q.About != app.AboutRequest { // which stands alone at the end of what was shown
		words = terminal.Paint(a.stderr, terminal.Bold, words)
	}
	return a.prompt().Ask(ctx, words)
}

// numberWanted tells a question that is answered with the number of rows.
func numberWanted(q app.Question) bool { return q.WantsNumber() && q.About != app.AboutReason }

// kindOfKey is the type of a key in words.
func kindOfKey(account string) lang.Message {
	switch account {
	case batch.Simulated:
		return lang.Msg("simulated key")
	case batch.Sandbox:
		return lang.Msg("sandbox key")
	}
	return lang.Msg("production key")
}

// question is a question in words.
func question(q app.Question) lang.Message {
	switch q.About {
	case app.AboutPaidElsewhere:
		return lang.Count(q.Rows, "%d row looks paid already under another name. To pay it once more, type the number of such rows: ",
			"%d rows look paid already under another name. To pay them once more, type their number: ")
	case app.AboutReason:
		return lang.Msg("Why are they paid again? It stands in the journal and the report: ")
	}
	rows, key := lang.Count(q.Rows, "%d row", "%d rows"), kindOfKey(q.Account)
	if q.WantsNumber() {
		switch q.About {
		case app.AboutCanary:
			return lang.Msg("This key is of type PRODUCTION: real money. To send the canary first, %s for %s DA, type the number of its rows: ", rows, q.Cost)
		case app.AboutRest:
			return lang.Msg("Real money again. To send the rest, %s for %s DA, type the number of rows: ", rows, q.Cost)
		case app.AboutRequest:
			return lang.Msg("This is real money. To approve it as %s, type the number of rows: ", q.As)
		}
		return lang.Msg("This key is of type PRODUCTION: real money. To send %s for %s DA, type the number of rows: ", rows, q.Cost)
	}
	switch q.About {
	case app.AboutCanary:
		return lang.Msg("Send the canary first, %s for %s DA (%s)? [y/N] ", rows, q.Cost, key)
	case app.AboutRest:
		return lang.Msg("Send the rest, %s for %s DA (%s)? [y/N] ", rows, q.Cost, key)
	case app.AboutRequest:
		return lang.Msg("Approve it as %s? [y/N] ", q.As)
	}
	return lang.Msg("Send %s for %s DA (%s)? [y/N] ", rows, q.Cost, key)
}
