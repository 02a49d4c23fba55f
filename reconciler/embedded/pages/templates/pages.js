// Enhancements only: every form and page works without this file.
"use strict";
const summary = document.getElementById("error-summary");
if (summary) summary.focus();

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const status = document.getElementById(button.dataset.status);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = button.dataset.done;
    } catch {
      field.focus();
      field.select();
      status.textContent = button.dataset.selected;
    }
  });
}

for (const button of document.querySelectorAll("[data-reveals]")) {
  const part = document.getElementById(button.dataset.reveals);
  part.hidden = true;
  button.hidden = false;
  button.addEventListener("click", () => {
    part.hidden = false;
    button.hidden = true;
    part.querySelector("input").focus();
  });
}

for (const form of document.querySelectorAll("[data-once]")) {
  const buttons = form.querySelectorAll("button");
  // After the browser has taken the form: a disabled button is not sent, and a page that comes back can be used again.
  form.addEventListener("submit", () => setTimeout(() => buttons.forEach((each) => { each.disabled = true; })));
  addEventListener("pageshow", () => buttons.forEach((each) => { each.disabled = false; }));
}
