// Package unusual finds amounts that look like a slip: a zero too many or too few,
// or a number that a spreadsheet program or a database cut off. It decides nothing
// and forbids nothing; people look at what it finds before money moves. It has no
// words either: a Finding is a code and values.
//
// Each valid row is compared with two things.
//
// The first is what the same person was paid in earlier batches (History). An
// amount within twice or half of an earlier one is usual for that person, whatever
// others get: a director who was paid ten times as much last month too is not
// found. An amount of five times the highest earlier one or more, or of a fifth of
// the lowest or less, is found.
//
// The second is the other amounts of the file, for people whose own amounts do not
// decide. Rows are compared with those of the same plan if there are enough of
// them, and else with all rows:
//
//   - In a file of a few distinct amounts, such as pay by grade, an amount is found
//     if hardly any row has it and many rows have exactly a tenth of it, or ten
//     times it.
//   - In other files an amount is found if it is far outside the spread of the
//     file, as its quantiles tell, and hardly any row is near it.
//   - A file of few rows has no spread worth the name. An amount is found there if
//     all others are close together, and it is far from them.
//
// # What is not promised
//
// A slip to an amount that is common in the file (500 to 5,000 where many get
// 5,000) cannot be seen without the person's own earlier amounts, nor can one that
// stays within the spread of a file of very different amounts.
//
// Rows of fixed plans are left out: their amount is the plan's price.
package unusual
