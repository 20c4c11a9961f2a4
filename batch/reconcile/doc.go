// Package reconcile holds three books of one batch against each other and lists
// every difference between them:
//
//   - the journal, as a batch.Ledger: what the file asked for, what was sent and
//     what the provider answered;
//   - the provider's list of top-ups: its orders with their states;
//   - the transactions of the account: what was taken, what came back, and the
//     balance before and after each.
//
// Compare is the whole of it. It is pure: it reads no file, asks nobody, does
// not look at the clock, and returns the same result for the same books. It
// chooses no words either. A Difference is a Kind, the row, and a Detail that
// holds the values; package report puts it in words.
//
// # What it promises
//
//   - An order or a transaction belongs to a row only if it names the row by the
//     provider's id of the order or by the reference. Phone, amount and time
//     prove nothing, so nothing is matched by them.
//   - Every transaction of the batch's span belongs to exactly one row, or is
//     listed among the others with what is known of it.
//   - All transactions count for the balance, whoever they are for, so that a
//     transaction that is missing from the statement shows as a gap.
//   - Money is in centimes. The provider counts in ten-thousandths of a dinar;
//     each figure of a statement is rounded on its own, and so one centime
//     between an amount and its balances is no difference.
//
// # What it does not promise
//
// A statement of which nobody knows when it was taken may lack what happened
// after it; then the rows of that time differ. Transactions older than the batch
// that belong to none of its rows count for nothing.
package reconcile
