package console

import (
	"mime"
	"net/http"

	"flexybatch/internal/app"
)

// workbookType is the media type of a workbook.
const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// attach says that what follows is a file to be kept, under a name.
func attach(w http.ResponseWriter, name, mediaType string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// download writes the report of a batch, from its journal alone.
func (k *Console) download(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	kinds := map[string]struct {
		format, media string
		redact        bool
	}{
		"results.xlsx":  {"xlsx", workbookType, false},
		"redacted.xlsx": {"xlsx", workbookType, true},
		"results.html":  {"html", "text/html; charset=utf-8", false},
		"results.csv":   {"csv", "text/csv; charset=utf-8", false},
		"results.json":  {"json", "application/json", false},
	}
	kind, ok := kinds[r.PathValue("file")]
	if !ok || !b.Begun {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	if p, err := k.people.Who(r); err != nil || !p.SeesPhones() {
		kind.redact = true
	}
	out := &lateWriter{w: w, name: b.Name + "." + r.PathValue("file"), media: kind.media}
	_, err := k.jobOf(r).Report(app.ReportOptions{Place: k.config.Folder.Books(b.Name), Format: kind.format, Redact: kind.redact, To: out})
	if err == nil {
		return
	}
	if out.begun { // nothing can be taken back: the file breaks off
		k.log().Error("a report cannot be written", "error", err)
		panic(http.ErrAbortHandler)
	}
	k.fail(w, r, err)
}

// lateWriter says that a file follows when the first of it is written, so that an
// error before is a page.
type lateWriter struct {
	w           http.ResponseWriter
	name, media string
	begun       bool
}

// Write writes some of the file.
func (l *lateWriter) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		attach(l.w, l.name, l.media)
	}
	return l.w.Write(b)
}
