// Package settings finds the values of flags that stand elsewhere than on the command
// line: in the environment, and in the user's one file of settings (TOML).
//
// It promises that a variable is nearer than the file; that a value is taken whole
// from the nearest place and never put together of several; that every name and
// every value is checked, also those that a nearer one overrules; and that whatever
// is wrong names the variable, or the file and the line. The file is heeded only if
// its owner alone may write it, since it says where money and key go. Whole numbers
// are decimal wherever they stand.
//
// It knows which flags are settings, and neither how flags are read nor what they
// mean: their values are handed in. A flag that is no setting is a decision for one
// run, and an error elsewhere than on the command line.
package settings
