"use strict";
(async () => {
  const status = document.getElementById("checked");
  const show = (name) => { status.textContent = status.dataset[name]; status.className = name; };
  if (!globalThis.crypto?.subtle) { show("unable"); return; }
  const bytes = (text) => Uint8Array.from(text.trim().match(/[0-9a-f]{2}/g), (pair) => parseInt(pair, 16));
  const node = async (left, right) => new Uint8Array(
    await crypto.subtle.digest("SHA-256", Uint8Array.of(1, ...left, ...right)));
  let nodes = Array.from(document.querySelectorAll(".leaves code"), (each) => bytes(each.textContent));
  while (nodes.length > 1) {
    const above = [];
    for (let at = 0; at < nodes.length; at += 2) {
      above.push(at + 1 < nodes.length ? await node(nodes[at], nodes[at + 1]) : nodes[at]);
    }
    nodes = above;
  }
  const root = Array.from(nodes[0], (each) => each.toString(16).padStart(2, "0")).join("");
  show(document.getElementById("root").textContent.trim() === `sha256:${root}` ? "equal" : "differs");
})();
