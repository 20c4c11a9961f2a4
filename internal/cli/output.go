package cli

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// output is how much a command says, and how. What is said goes to stderr, what was
// asked for (the summary) to stdout.
type output struct {
	machine
	json, quiet bool
	progress    string // autoProgress or plainProgress
	log         logFlags
}

// The values of --progress.
const (
	autoProgress  = "auto"
	plainProgress = "plain"
)

// addProgress adds the flag of how progress is shown.
func (o *output) addProgress(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.progress, "progress", autoProgress, "how progress is shown: auto draws it on a terminal that can; plain writes a line now and then, for screen readers and logs")
	complete(cmd, "progress", words(autoProgress, plainProgress))
}

// checkProgress refuses another value.
func (o *output) checkProgress() error {
	if o.progress != autoProgress && o.progress != plainProgress {
		return badFlag("progress", "--progress %q: give auto or plain", o.progress)
	}
	return nil
}

// logFlags say where the log goes.
type logFlags struct{ level, file, format string }

func (o *output) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "the summary as one JSON object on stdout; everything else goes to stderr")
	f.BoolVar(&o.quiet, "quiet", false, "say nothing but errors and what was asked for")
	o.addLog(cmd)
}

// addLog adds the flags of the log.
func (o *output) addLog(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.log.level, "log-level", "", "log this and what is worse, to stderr or --log-file: debug, info, warn or error (default info with --log-file, else nothing)")
	f.StringVar(&o.log.file, "log-file", "", "append the log to this file")
	f.StringVar(&o.log.format, "log-format", "text", "what a line of the log is: text or json")
	complete(cmd, "log-level", words("debug", "info", "warn", "error"))
	complete(cmd, "log-file", files())
	complete(cmd, "log-format", words("text", "json"))
}

// app is the job, which tells its notes here, and knows what files the flags name that
// every command has.
func (o *output) app(a *accountFlags) *app.App {
	job := o.machine.app(a)
	job.Observer = &watcher{output: o}
	if o.log.file != "" {
		job.Files.Written = append(job.Files.Written, o.log.target())
	}
	if a != nil && a.keyFile != "" {
		job.Files.Read = append(job.Files.Read, outfile.Input{Path: a.keyFile, Role: outfile.Secret})
	}
	return job
}

// say tells the user something that was not asked for.
func (o *output) say(format string, args ...any) {
	if !o.quiet {
		o.words.Fprintf(o.stderr, format, args...)
	}
}

// note tells the user a message that was not asked for.
func (o *output) note(m lang.Message) {
	if !o.quiet {
		_, _ = io.WriteString(o.stderr, o.words.Say(m)+"\n") // whoever cannot read it does not hold up the batch
	}
}

// print writes what was asked for. An error says that nobody has got it.
func (o *output) print(v any) error {
	if err := json.NewEncoder(o.stdout).Encode(v); err != nil {
		return nothingf("writing the result: %w", err)
	}
	return nil
}

// quoted is a file as it is typed on a command line.
func quoted(file string) string {
	if strings.ContainsAny(file, " '&()") {
		return `"` + file + `"`
	}
	return file
}
