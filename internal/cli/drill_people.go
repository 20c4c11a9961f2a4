package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/lang"
)

// drillPeople is what people have done to the files of a drill.
type drillPeople struct {
	acts    int
	version int  // of drillVersions, that the file is now
	amended bool // the file was corrected after something was sent
	orders  int  // that the provider had when the batch last came to its end
	resent  string
}

// drillVersion is a version of the file: the same people, written otherwise.
type drillVersion struct {
	id     string // the format of the ids that are respelt
	sorted bool   // from the last row to the first
}

// drillRespelt tells the rows whose ids people respell, one in twenty.
func drillRespelt(i int) bool { return i%20 == 7 }

// drillVersions are what people make of the file; the first is as it was.
var drillVersions = []drillVersion{{"E%06d", false}, {"e%06d", false}, {"E%06d", true}, {" E%06d ", false}, {"E %06d", true}}

// save writes a version of the file.
func (d *drill) save(v drillVersion) error {
	rows := make([]string, d.rows)
	for i := range rows {
		id := "E%06d"
		if drillRespelt(i) {
			id = v.id
		}
		rows[i] = fmt.Sprintf(id+",%s,PREPAID_MOBILIS,%d\n", i, drillPhone(i), 100+i%400)
	}
	if v.sorted {
		slices.Reverse(rows)
	}
	text := "id,phone,plan,amount\n" + strings.Join(rows, "") + "E-invalid,not a phone,PREPAID_MOBILIS,100\n"
	return os.WriteFile(d.file, []byte(text), 0o600)
}

// correct makes the file another version, once something was sent: before, there is
// nothing to amend.
func (d *drill) correct(n int) error {
	if len(d.sim.Orders()) == 0 {
		return nil
	}
	d.people.version, d.people.amended = n%len(drillVersions), true
	d.people.acts++
	return d.save(drillVersions[d.people.version])
}

// more tells whether a corrected batch that has come to its end is to be run again:
// what stood against a row in one run may be proven unpaid by its end.
func (p *drillPeople) more(orders int) bool {
	more := p.amended && orders != p.orders
	p.orders = orders
	return more
}

// pay is the command line that pays a file.
func (d *drill) pay(file string, amend bool) []string {
	args := []string{"run", "--yes", "--quiet", "--base-url", d.url, "--rate", "0", "--poll-interval", "20ms", "--wait", "30s",
		"--resend-after", "300ms", "--phone-gap", "0s", "--timeout", "3s", "--concurrency", "4", file}
	if amend {
		args = append(args, "--amend")
	}
	return args
}

// tidyUp does what people do when a batch is done: they copy the file, resend what
// came back, run that twice, and copy it too.
func (d *drill) tidyUp(ctx context.Context) error {
	if err := d.copied(ctx, d.file, ".csv"); err != nil {
		return err
	}
	code, out, err := d.do(ctx, "resend", "--quiet", d.file)
	if err != nil || code != exitDone {
		return errors.Join(err, unexpected(code, out))
	}
	resent := filepath.Join(d.dir, "drill-r1.xlsx")
	if _, err := os.Stat(resent); err != nil {
		return nil //nolint:nilerr // nothing came back
	}
	d.people.resent = resent
	for range 2 {
		d.people.acts++
		if err := d.untilDone(ctx, resent); err != nil {
			return err
		}
	}
	return d.copied(ctx, resent, ".xlsx")
}

// copied pays a copy of a file, which pays nobody.
func (d *drill) copied(ctx context.Context, file, format string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	copied := strings.TrimSuffix(file, format) + "-copy" + format
	if err := os.WriteFile(copied, b, 0o600); err != nil {
		return err
	}
	d.people.acts++
	code, out, err := d.do(ctx, d.pay(copied, false)...)
	if err != nil || code != exitNothing {
		return errors.Join(err, unexpected(code, out))
	}
	return nil
}

// untilDone pays a file until nothing is left to do.
func (d *drill) untilDone(ctx context.Context, file string) error {
	for range 20 {
		code, out, err := d.do(ctx, d.pay(file, false)...)
		switch {
		case err != nil:
			return err
		case code == exitDone, code == exitProblems:
			return nil
		case code != exitOpen:
			return unexpected(code, out)
		}
	}
	return lang.Errorf("it never came to its end")
}

// do runs the program to its end.
func (d *drill) do(ctx context.Context, args ...string) (code int, out []byte, err error) {
	out, err = d.command(ctx, args...).CombinedOutput()
	if exit, ended := errors.AsType[*exec.ExitError](err); ended && ctx.Err() == nil {
		return exit.ExitCode(), out, nil
	}
	return exitDone, out, err
}

func unexpected(code int, out []byte) error {
	return lang.Errorf("exit code %d: %.500s", code, out)
}

// byFile sorts the provider's orders by the file that they pay.
func (d *drill) byFile(orders []simulator.Order) map[string][]simulator.Order {
	by := map[string][]simulator.Order{d.file: nil}
	if d.people.resent != "" {
		by[d.people.resent] = nil
	}
	for _, o := range orders {
		file := d.file
		if strings.HasPrefix(o.Ref, "drill-r1-") && d.people.resent != "" {
			file = d.people.resent
		}
		by[file] = append(by[file], o)
	}
	return by
}

// paidOnce names the people who were topped up more than once for good, and those
// for whom nothing was ever ordered, unless the row was respelt while nobody knew what
// had become of it: the report then says what stands against it.
func paidOnce(people int, orders []simulator.Order) (list []batch.Message) {
	paid, ordered := map[string]int{}, map[string]bool{}
	for _, o := range orders {
		ordered[o.Phone] = true
		if o.Refunded == 0 {
			paid[o.Phone]++
		}
	}
	for i := range people {
		switch phone := drillPhone(i); {
		case paid[phone] > 1:
			list = append(list, batch.Msg("%s was topped up %d times", phone, paid[phone]))
		case !ordered[phone] && !drillRespelt(i):
			list = append(list, batch.Msg("%s was never topped up", phone))
		}
	}
	return list
}

// drillPhone is the phone of a person.
func drillPhone(i int) string { return fmt.Sprintf("06%08d", 10_000_000+i) }
