package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/office"
)

const pauseHelp = `Send nothing more of a batch of an office until it is resumed. Returns when the wish
is stored; its worker sees to it within two seconds, and what is under way is
finished.

  flexybatch pause october`

const resumeHelp = `Let a batch of an office go on that was paused, held after its canary, stopped,
refused or cancelled, and its account with it, if that was stopped.

  flexybatch resume october`

const cancelHelp = `Send nothing more of a batch of an office, for good: its rows stay unsent. What is
under way is finished. flexybatch resume changes that.

  flexybatch cancel october`

// wish is what a person wishes of a batch.
type wish func(d *office.Database, ctx context.Context, account int64, name, by string) error

func newPause(w machine) *cobra.Command {
	return newWish(w, &cobra.Command{Use: "pause NAME", Short: "Send nothing more of a batch of an office, for now", Long: pauseHelp}, (*office.Database).Pause)
}

func newResume(w machine) *cobra.Command {
	return newWish(w, &cobra.Command{Use: "resume NAME", Short: "Let a batch of an office go on", Long: resumeHelp}, (*office.Database).Resume)
}

func newCancel(w machine) *cobra.Command {
	return newWish(w, &cobra.Command{Use: "cancel NAME", Short: "Send nothing more of a batch of an office, for good", Long: cancelHelp}, (*office.Database).Cancel)
}

// newWish is a command that stores a wish.
func newWish(w machine, cmd *cobra.Command, store wish) *cobra.Command {
	var o officeFlags
	cmd = takesFile(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		d, a, err := o.openAccount(cmd.Context(), w)
		if err != nil {
			return err
		}
		defer d.Close()
		return officeError(store(d, cmd.Context(), a.ID, batchNamed(args[0]), person()))
	}
	o.add(cmd)
	return cmd
}

// batchNamed is the name of the batch that an argument means: a name, or a file.
func batchNamed(arg string) string {
	if at, err := (app.Place{File: arg}).Locate(); err == nil && (strings.ContainsAny(arg, `/\`) || filepath.Ext(arg) != "") {
		return at.Name
	}
	return arg
}
