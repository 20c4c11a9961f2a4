// What a page does beyond its forms: the error summary takes the focus, a file can be
// dropped and shows how much of it is sent, and the live view shows itself anew. All
// but the last works without this script.
"use strict";

document.documentElement.classList.add("scripted");

const stop = (e) => e.preventDefault();

function begin() {
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  document.querySelectorAll(".drop").forEach(dropped);
}

// dropped makes a field for a file take one that is dropped on it, and refuse one that
// is too large before it is sent.
function dropped(drop) {
  const field = drop.querySelector("input[type=file]");
  const chosen = drop.querySelector("output"), none = chosen && chosen.textContent;
  const show = () => { if (chosen) chosen.textContent = field.files.length ? field.files[0].name : none; };
  show(); // a browser that goes back may have kept the file
  field.addEventListener("change", () => {
    show();
    const large = field.files.length && field.files[0].size > Number(field.dataset.most);
    field.setCustomValidity(large ? field.dataset.large : "");
    if (large) field.reportValidity();
  });
  drop.addEventListener("dragover", (e) => { stop(e); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (e) => {
    stop(e);
    drop.classList.remove("over");
    if (!e.dataTransfer.files.length) return;
    field.files = e.dataTransfer.files;
    field.dispatchEvent(new Event("change"));
  });
}
begin();
window.addEventListener("dragover", stop); // a file dropped beside is not opened in place of the page
window.addEventListener("drop", stop);
document.addEventListener("htmx:afterSettle", begin);
document.addEventListener("htmx:afterRequest", (e) => delete e.target.dataset.sent);

document.addEventListener("htmx:xhr:progress", (e) => {
  const bar = e.target.querySelector && e.target.querySelector("progress.sending");
  if (bar && e.detail.lengthComputable) {
    bar.hidden = false;
    bar.value = (100 * e.detail.loaded) / e.detail.total;
  }
});

// What is missing is said in the language of the page, not of the browser.
document.addEventListener("invalid", (e) => {
  const words = document.body.dataset;
  if (e.target.validity.valueMissing) e.target.setCustomValidity(e.target.type === "file" ? words.unchosen : words.needed);
}, true);
for (const event of ["input", "change"]) document.addEventListener(event, (e) => e.target.setCustomValidity && e.target.setCustomValidity(""), true);

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (e) => {
  if (e.target.dataset.sent) e.preventDefault();
  e.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The live view: one stream for the page that is looked at; a hidden one has none, since
// browsers keep few connections to one host.
const live = document.querySelector("[data-live]");
if (live) {
  let stream, said = 0;
  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(live.dataset.live);
    stream.addEventListener("snapshot", (e) => {
      live.innerHTML = e.data;
      const status = document.getElementById("live-said"), now = live.querySelector("[data-said]");
      if (status && now && Date.now() - said > 10000) {
        said = Date.now();
        status.textContent = now.dataset.said;
      }
    });
    stream.addEventListener("ended", () => { close(); location.reload(); });
  };
  const close = () => { if (stream) stream.close(); stream = undefined; };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
