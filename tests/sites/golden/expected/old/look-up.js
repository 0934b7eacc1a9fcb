// On the page 404: looks the address up in old/XX.json (pipeline/lookup.py) and leads to its page.
(function () {
  "use strict";
  var root = document.currentScript.getAttribute("data-root") || "";
  function decoded(text) {
    try { return decodeURIComponent(text); } catch (e) { return text; }
  }
  function folded(path, query) {
    var pairs = query ? "?" + decoded(query).split("&").sort().join("&") : "";
    return (decoded(path).replace(/\/+$/, "") + pairs).normalize("NFC").toLowerCase();
  }
  function shard(key) {
    var n = 0x811c9dc5;
    new TextEncoder().encode(key).forEach(function (b) { n = Math.imul(n ^ b, 0x01000193) >>> 0; });
    return ("0" + (n >>> 24).toString(16)).slice(-2);
  }
  function find(keys) {
    if (!keys.length) return;
    fetch(root + "/old/" + shard(keys[0]) + ".json")
      .then(function (r) { return r.ok ? r.json() : {}; }, function () { return {}; })
      .then(function (rows) {
        var to = rows[keys[0]];
        if (typeof to !== "string" || !/^\/(?![\/\\])[^\\\s]*$/.test(to)) return find(keys.slice(1));
        to = new URL(root + to, location.origin);
        if (to.origin === location.origin && to.pathname !== location.pathname) location.replace(to.href);
      });
  }
  var path = location.pathname, query = location.search.slice(1);
  if (path.indexOf(root + "/")) return;
  path = path.slice(root.length);
  find((query ? [folded(path, query)] : []).concat(folded(path, "")));
})();
