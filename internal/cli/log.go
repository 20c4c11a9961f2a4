package cli

import (
	"io"
	"log/slog"
)

// logger writes what the engine does, for those who want it: everything from
// --log-level on, to --log-file or else to stderr, as lines of text or of JSON. Nobody
// who wants neither sees a line: what a person must know is said in sentences. What is
// about a row has its ref.
func (o *output) logger() (*slog.Logger, func() error, error) {
	level, file, format := o.log.level, o.log.file, o.log.format
	to := o.stderr
	finish := func() error { return nil }
	least := slog.LevelWarn
	if file != "" {
		least = slog.LevelInfo
	}
	if level != "" {
		if err := least.UnmarshalText([]byte(level)); err != nil {
			return nil, nil, badFlag("log-level", "--log-level %q: give debug, info, warn or error", level)
		}
	}
	if format != "text" && format != "json" {
		return nil, nil, badFlag("log-format", "--log-format %q: give text or json", format)
	}
	if file == "" && level == "" {
		to = io.Discard
	}
	if file != "" {
		f := &logFile{path: file}
		to, finish = f, f.Close
	}
	options := &slog.HandlerOptions{Level: least}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(to, options)), finish, nil
	}
	return slog.New(slog.NewTextHandler(to, options)), finish, nil
}
