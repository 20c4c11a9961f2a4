package office

import "log/slog"

// silent is a log that goes nowhere.
func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
