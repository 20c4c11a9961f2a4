// Package cli is the command line. Each command has a file that opens with its
// help; its flags and the rules for its arguments stand beside it. A command
// gathers what a person asked for, calls the job, and prints what came of it. It
// decides nothing about money.
package cli
