package cli

import "github.com/spf13/cobra"

const unattendedHelp = `What run and settle tell other programs, from cron and for monitoring.

  flexybatch run --yes --json payroll.xlsx
  flexybatch run --yes --events payroll.events payroll.xlsx
  flexybatch settle --wait 0 --metrics-file /var/lib/node_exporter payroll.xlsx
  flexybatch run --yes --notify-url https://example.org/payroll payroll.xlsx
  flexybatch run --yes --log-file payroll.log --log-format json payroll.xlsx

None of it can hold up or fail a batch that has begun. What cannot be told is
noted once on stderr, and the exit code stays.

Exit codes: 0 every row fulfilled; 1 nothing could be done; 3 done, but rows were
invalid, rejected or refunded; 4 not done: run the same command again; 64 wrong
command line; 70 a fault of the program (the journal is whole).

Without a terminal, progress is a line each ten seconds on stderr, and with
--progress plain or TERM=dumb on a terminal too; --quiet leaves it out. Colours are
for terminals, and NO_COLOR turns them off.

EVENTS
--events FILE adds one JSON object a line for each change of a row's state, when
it is on disk: seq, time, batch, row, ref, id, phone, plan, amount, from, to, by
(intent, answer or look), attempt, code, message, topup_id, charged, refunded.
Fields may be added, and none goes. A row that is being sent is "unknown" until
its answer is there. FILE holds the events of one batch, each once, those of a
row in their order; seq counts them from 1. What a run that was killed did not
write, the next one does. Phones are in it, so only its owner can read it. Where
FILE is a folder, it is NAME.events in it.
--events - tells on stdout what this run does; the summary then goes to stderr.
When nobody reads any more, the stream ends and the batch goes on.

METRICS
--metrics-file FILE is Prometheus's text format, for the textfile collector of
node_exporter (its name must end in .prom; where FILE is a folder, it is NAME.prom
in it), written whole at the beginning, each 15 seconds and at the end. All are
gauges with the label batch:
  flexybatch_rows{state}, flexybatch_dinars{kind}, flexybatch_balance_dinars,
  flexybatch_in_flight, flexybatch_budget_calls_per_minute, flexybatch_run_sends,
  flexybatch_run_api_calls, flexybatch_run_start_time_seconds,
  flexybatch_run_end_time_seconds, flexybatch_run_seen_time_seconds,
  flexybatch_run_exit_code (-1 while it works)

NOTIFICATION
--notify-url URL posts the summary (what --json prints) when the run has ended and
the report is written. URL is https, or http to this machine. The request is
signed with the secret in FLEXYBATCH_NOTIFY_SECRET:
  X-Flexybatch-Timestamp: 1764370000      seconds since 1970
  X-Flexybatch-Signature: v1=HEX          HMAC-SHA256 over TIMESTAMP.BODY
A receiver computes HMAC-SHA256 with the secret over the time stamp, a dot and the
body's bytes as they came, compares it with HEX in constant time, and refuses what
differs or is more than five minutes old. It answers with any 2xx. No answer, a
5xx and a 429 are tried again, three times in all, so a summary may come twice.

LOG
--log-file FILE takes everything from --log-level on (info, unless given); without
it, --log-level writes the log to stderr. Without either there is none: what people
must know is said in sentences. Each line has the batch and, where it is about a
row, its ref.`

// newUnattended is a page of help and no command.
func newUnattended() *cobra.Command {
	return &cobra.Command{Use: "unattended", Short: "Exit codes, events, metrics, notifications and logs, for cron and monitoring", Long: unattendedHelp}
}
