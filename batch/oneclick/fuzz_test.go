package oneclick

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/batch"
)

// Whatever a server says: nothing panics, an order counts as accepted only where
// the body says success true and gives a topupId, and as absent only where it
// says NOT_FOUND. The judge is encoding/json itself, which is laxer than we are:
// what we take, it must at least be able to read so.
func FuzzAnswer(f *testing.F) {
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden bodies", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, status := range []int{200, 400, 401, 403, 404, 429, 500, 503} {
			f.Add(status, b)
		}
	}
	f.Add(200, []byte(`{"success":true,"success":false,"data":{"topupId":"a"}}`))
	f.Add(200, []byte(`{"success":true,"data":{"topupId":"a","topupRef":"b"}}{}`))
	f.Add(200, []byte(strings.Repeat("[", 100_000)))
	const ref = batch.Ref("golden-aaaaaaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := &response{status: status, read: http.Header{}, body: body}
		var lax struct {
			Success any
			Data    struct{ TopupID, TopupRef, ID any }
			Error   struct{ Code any }
		}
		_ = json.Unmarshal(body, &lax)

		r, fault := a.parse(call{}, NewKey("0123456789abcdef"))
		if fault == nil {
			receipt, err := r.receipt(ref)
			if err == nil && (status/100 != 2 || lax.Success != true || receipt.TopupID != lax.Data.TopupID || receipt.TopupID == "") {
				t.Fatalf("accepted: %d %s", status, body)
			}
			if err != nil && batch.FaultOf(err).Class != batch.ClassUnknown {
				t.Fatalf("%v: %d %s", err, status, body)
			}
			_, _ = r.remoteOrder()
			_ = catalogue(r.data)
			_, _ = transaction(r.data)
			return
		}
		if fault.Class == batch.ClassNotFound {
			t.Fatalf("a send is not found: %d %s", status, body)
		}
		if certain(fault.Class) && (status/100 != 4 && status != 503 || lax.Success == true) {
			t.Fatalf("%s: %d %s", fault.Class, status, body)
		}
		_, fault = a.parse(call{order: true}, Key{})
		if fault != nil && fault.Class == batch.ClassNotFound && (status != 404 || lax.Success != false || lax.Error.Code != "NOT_FOUND") {
			t.Fatalf("absent: %d %s", status, body)
		}
	})
}

// certain tells the classes that leave no doubt about money.
func certain(c batch.Class) bool { return c != batch.ClassUnknown }
