// Runs in every page of the preview: shows its note, reloads it when it has changed, swaps style sheets.
// It stands in no published site. CSS is the text of note.css, put before this file by the server.
(function () {
  "use strict";
  var note = JSON.parse(document.currentScript.dataset.note);
  var version = note.version, styles = note.styles, hidden = "";
  var key = "bimson-preview " + location.pathname;
  var host = document.createElement("bimson-preview");
  var shadow = host.attachShadow({ mode: "open" });

  function element(name, text, kind) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function problem(found) {
    var made = element("article");
    made.append(element("h3", found.label + ": " + found.message));
    made.append(element("code", found.path + ":" + found.line + ":" + found.column));
    if (found.wrong) {
      var line = element("pre", found.before);
      line.append(element("b", found.wrong), found.after);
      made.append(line);
    }
    made.append(element("p", found.hint));
    return made;
  }

  function overlay(note) {
    var made = element("section", "", "overlay");
    made.setAttribute("role", "alert");
    var head = element("header"), hide = element("button", note.hide);
    hide.type = "button";
    hide.onclick = function () { hidden = JSON.stringify(note.overlay); show(note); };
    head.append(element("h2", note.heading), element("p", note.stale), hide);
    made.append(head);
    note.overlay.forEach(function (found) { made.append(problem(found)); });
    return made;
  }

  function show(note) {
    var parts = [element("style", CSS)];
    if (note.banner) parts.push(element("div", note.banner, "banner"));
    if (note.overlay.length && JSON.stringify(note.overlay) !== hidden) {
      parts.push(overlay(note));
    } else if (note.badge || note.overlay.length) {
      var words = [note.heading, note.badge].filter(Boolean).join(" · ");
      var badge = element("a", words, note.warned || note.overlay.length ? "badge warned" : "badge");
      badge.href = note.room;
      parts.push(badge);
    }
    shadow.replaceChildren.apply(shadow, parts);
  }

  // A changed sheet is loaded beside the old one, which goes when the new one is there: no flash.
  function swap(changed) {
    document.querySelectorAll('link[rel~="stylesheet"]').forEach(function (link) {
      var there = new URL(link.href);
      var path = decodeURIComponent(there.pathname);
      if (!changed[path] || changed[path] === styles[path]) return;
      var fresh = link.cloneNode();
      there.search = "?" + changed[path];
      fresh.href = there.href;
      fresh.onload = fresh.onerror = function () { link.remove(); };
      link.after(fresh);
    });
    styles = changed;
  }

  function take(next) {
    if (next.version !== version) {
      sessionStorage.setItem(key, JSON.stringify([scrollX, scrollY]));
      location.reload();
      return;
    }
    swap(next.styles);
    note = next;
    show(next);
  }

  var place = sessionStorage.getItem(key);
  if (place) {
    sessionStorage.removeItem(key);
    scrollTo.apply(window, JSON.parse(place));
    addEventListener("load", function () { scrollTo.apply(window, JSON.parse(place)); });
  }
  // A template that ends early, or is empty for now, has no body yet.
  (document.body || document.documentElement).prepend(host);
  show(note);

  // Browsers keep few connections to one server, so a tab that nobody sees gives its own back.
  var line = null;
  function listen() {
    if (document.hidden && line) { line.close(); line = null; }
    if (document.hidden || line) return;
    line = new EventSource("/_preview/events?page=" + encodeURIComponent(location.pathname));
    line.onmessage = function (event) { take(JSON.parse(event.data)); };
  }
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", function () { if (line) { line.close(); line = null; } });
  addEventListener("pageshow", listen);
  listen();
})();
