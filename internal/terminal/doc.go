// Package terminal speaks with the person at a terminal: questions and their
// answers, colours, and the lines that show what a batch under way does.
//
// It promises that a question ends when its context does, that what is typed as a
// secret is never shown and the terminal echoes again afterwards, and that each
// drawing is one write, of lines that fit the screen. Where there is no terminal, or
// one that understands nothing but lines, it draws nothing and says the same in
// lines of text. A terminal that is stuck holds up nobody but its reader.
//
// It does not promise that a read ends with its question: a read from a terminal
// cannot be broken off, so one that nobody answered waits until the process ends.
package terminal
