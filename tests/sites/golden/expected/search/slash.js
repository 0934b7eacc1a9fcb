// On every page: "/" goes to the field of search, here or on its page.
(function () {
  "use strict";
  var to = document.currentScript.getAttribute("data-to");
  document.addEventListener("keydown", function (e) {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.target.isContentEditable) return;
    e.preventDefault();
    var field = document.querySelector("input[type=search]");
    if (field) { field.focus(); field.select(); } else location.href = to;
  });
})();
