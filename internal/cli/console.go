package cli

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
	"flexybatch/samples"
)

const consoleHelp = `The job as pages in the browser, for people who use no terminal: drop a file, mend
it, see what it comes to, start it, watch it, download the results. It serves this
machine only, and nobody who was not shown its address.

  flexybatch console                               opens the browser
  flexybatch console payroll.xlsx                  with the file checked
  flexybatch console --no-browser                  prints the address, and opens nothing
  flexybatch console --simulate                    every batch is simulated

Batches lie in one folder (--state). It ends with Ctrl-C, or from the page: what is
under way is finished first, and nothing new is begun.`

// consoleOptions is what console was asked for.
type consoleOptions struct {
	machine
	account       accountFlags
	send          sendFlags
	required      int
	approvers     string
	state, listen string
	noBrowser     bool
}

func newConsole(w machine) *cobra.Command {
	o := &consoleOptions{machine: w}
	cmd := mayTakeFile(&cobra.Command{
		Use: "console [FILE]", Short: "The same job as pages in the browser, on this machine only", Long: consoleHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runConsole(cmd, o, args) },
	}, inputFiles()...)
	o.account.add(cmd)
	o.send.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.state, "state", "", "folder of the batches (default the folder flexybatch in your documents)")
	f.StringVar(&o.listen, "listen", "localhost:0", "loopback address to listen on; port 0 takes a free one")
	f.BoolVar(&o.noBrowser, "no-browser", false, "open no browser: print the address, and no more")
	f.Var(settings.NewWhole(&o.required, 0), "require-approvals", "send only what so many different people have approved")
	f.StringVar(&o.approvers, "approvers", "", "file of the people whose approval counts: a line of flexybatch keygen for each")
	complete(cmd, "state", folders)
	complete(cmd, "approvers", files())
	return cmd
}

// runConsole serves until it is told to end.
func runConsole(cmd *cobra.Command, o *consoleOptions, args []string) error {
	if !o.account.simulate { // two programs would share one account's budget
		if err := (&placeFlags{}).filesOnly(o.machine, lang.Msg("flexybatch serve has pages for them")); err != nil {
			return err
		}
	}
	c, err := o.config(cmd)
	if err != nil {
		return err
	}
	k, err := console.New(c)
	if err != nil {
		return app.Failed(app.Internal, err)
	}
	page := "/"
	if len(args) > 0 {
		if page, err = k.Take(args[0]); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nothingf("listening: %w", err)
	}
	address := k.Address(l, page)
	if _, err := fmt.Fprintln(o.stdout, address); err != nil {
		return nothingf("%w", err)
	}
	o.words.Fprintf(o.stderr, "The console is open in this address, for this machine alone. Ctrl-C ends it.\n")
	if !o.noBrowser && hasDisplay(o.goos, o.getenv) {
		go o.openBrowser(cmd.Context(), address) // which may take its time: the pages are served meanwhile
	}
	abort, drain, stop := o.signals(cmd.Context())
	defer stop()
	if err := k.Serve(abort, drain, l); err != nil {
		return nothingf("serving: %w", err)
	}
	return nil
}

// config is what the flags say.
func (o *consoleOptions) config(cmd *cobra.Command) (c console.Config, err error) {
	if a, err := netip.ParseAddrPort(strings.Replace(o.listen, "localhost:", "127.0.0.1:", 1)); err != nil || !a.Addr().IsLoopback() {
		return c, badFlag("listen", "--listen %q: give an address of this machine, such as 127.0.0.1:8080", o.listen)
	}
	state := o.state
	if state == "" {
		if state, err = documentsFolder(); err != nil {
			return c, nothingf("finding your documents: %w; give --state FOLDER", err)
		}
	}
	pace, err := o.send.pace(cmd)
	if err != nil {
		return c, err
	}
	if o.account.simulate { // whose provider is fast
		pace = app.Pace{}
	}
	job := o.app(&o.account)
	job.Log = slog.New(slog.NewTextHandler(o.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return console.Config{
		Folder: app.Folder{Path: state}, Job: *job, Account: o.account.account(), Pace: pace, Language: o.words.Language(),
		Vault: o.vault, Needs: app.Approvals{Required: o.required, Approvers: o.approvers}, Sample: samples.Payroll,
	}, nil
}

// documentsFolder is the folder flexybatch in the user's documents, or beside them
// where there are none.
func documentsFolder() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	documents := filepath.Join(home, "Documents")
	if info, err := os.Stat(documents); err == nil && info.IsDir() {
		return filepath.Join(documents, "flexybatch"), nil
	}
	return filepath.Join(home, "flexybatch"), nil
}
