// Search: index/reader.py in JavaScript, then the page. Nothing is loaded before somebody asks.
(() => {
  "use strict";
  var FORMAT = 2, WORDS = 12, WAYS = 4, PAGE = 10, FEW = 4, MOST_READ = 64;

  // --- words --------------------
  var UNSEEN = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
  var ALONE = "(?=[\\p{L}\\p{N}])[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]";
  var RUN = new RegExp(ALONE + "\\p{M}*|(?:(?!" + ALONE + ")[\\p{L}\\p{N}\\p{M}])+", "gu");
  var LETTERS = { đ: "d", ð: "d", ø: "o", ł: "l", ı: "i", æ: "ae", œ: "oe", þ: "th" };
  var FOLDS = { ß: "ss", ς: "σ", ſ: "s" };
  var TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

  function words(text) {
    var apart = text.replace(UNSEEN, "").normalize("NFD").toLowerCase().normalize("NFD")
      .replace(/[ßςſ]/g, c => FOLDS[c]);
    return (apart.match(RUN) || []).map(run => {
      var folded = run.replace(/([\0-\u024f])[\u0300-\u036f]+/g, "$1")
        .replace(/[đðøłıæœþ]/g, c => LETTERS[c]).normalize("NFC");
      if (/^[\u0300-\u036f]*$/.test(folded)) return null;
      run = run.replace(/ð/g, "đ");
      return { folded, exact: run.replace(TONES, "") + (run.match(TONES) || []).join("") };
    }).filter(Boolean);
  }

  function hashed(form) {
    var n = 0x811c9dc5;
    new TextEncoder().encode(form).forEach(b => { n = Math.imul(n ^ b, 0x01000193); });
    return n >>> 0;
  }

  function pair(one, two) {
    var n = Math.imul(hashed(one), 0x9e3779b1) + (two === undefined ? 0 : hashed(two)) | 0;
    n = Math.imul(n ^ n >>> 16, 0x85ebca6b);
    n = Math.imul(n ^ n >>> 13, 0xc2b2ae35);
    return (n ^ n >>> 16) >>> 0;
  }

  // --- a query --------------------
  function query(found, phrases = []) {
    return { words: found.slice(0, WORDS), phrases, cut: found.length > WORDS };
  }

  function marked(all) { return all.some(w => w.folded !== w.exact); }

  function parsed(text) {
    var found = [], phrases = [];
    text.split(/["“”„«»]/).forEach((part, index) => {
      var start = found.length;
      found = found.concat(words(part));
      var end = Math.min(found.length, WORDS);
      if (index % 2 && end - start > 1) phrases.push([start, end]);
    });
    return query(found, phrases);
  }

  // A query, and what else is meant by it where it names a place that has other names.
  function ways(asked, synonyms) {
    var found = [asked], all = asked.words;
    if (!asked.phrases.length) Object.keys(synonyms).sort().forEach(name => {
      var spelt = name.split(" ");
      for (var at = 0; at + spelt.length <= all.length; at++) {
        if (!spelt.every((s, i) => all[at + i].folded === s)) continue;
        synonyms[name].forEach(other => {
          found.push(query(all.slice(0, at).concat(words(other), all.slice(at + spelt.length))));
        });
      }
    });
    return found.slice(0, WAYS);
  }

  // What is looked up for each way, as far as there is room.
  function plans(asked, common, room) {
    var found = [], pairs = new Set();
    asked.forEach(one => {
      var wanted = units(one, common, room, asked.length > 1), all = new Set(pairs);
      wanted.forEach(u => { if (u.pair) all.add(one.words[u.at].folded + " " + one.words[u.at + 1].folded); });
      if (found.length && all.size > room) return;
      found.push([one, wanted]);
      pairs = all;
    });
    return found;
  }

  // Its pairs and, where there is room, its words alone.
  function units(asked, common, room, fewest) {
    var all = asked.words, bound = bindings(asked);
    if (all.length === 1) return [{ at: 0, pair: 0, mask: 1 }];
    var rank = all.map(w => common.has(w.folded) ? common.get(w.folded) : common.size);
    function tied(at) { return bound >> at & 1; }
    var pairs = all.slice(1).map((w, at) => at).sort((a, b) => {
      return tied(b) - tied(a) || rank[b] + rank[b + 1] - rank[a] - rank[a + 1] || a - b;
    });
    for (;;) {
      var spare = pairs.filter(at => {
        return !tied(at) && pairs.indexOf(at - 1) >= 0 && pairs.indexOf(at + 1) >= 0;
      });
      if (pairs.length <= room && !(fewest && spare.length)) break;
      pairs.splice(spare.length ? pairs.indexOf(spare.pop()) : -1, 1);
    }
    var alone = fewest ? [] : all.map((w, at) => at)
      .filter(at => !((bound | bound << 1) >> at & 1))
      .sort((a, b) => rank[b] - rank[a] || a - b).slice(0, 2 * (room - pairs.length));
    return pairs.map(at => ({ at: at, pair: 1, mask: 3 << at }))
      .concat(alone.map(at => ({ at: at, pair: 0, mask: 1 << at })));
  }

  // The places of the pairs of phrases, as bits.
  function bindings(asked) {
    return asked.phrases.reduce((all, span) => all | (1 << span[1] - 1) - (1 << span[0]), 0);
  }

  // --- the index --------------------
  // `get` gives the promise of a file: bytes for .bin, else what its JSON says.
  var ALL = 4294967296;
  function open(get) {
    return get("index.json").then(entry => {
      if (entry.format !== FORMAT) throw new Error("format " + entry.format);
      var common = new Map(entry.common.split(" ").filter(Boolean).map((w, at) => [w, at]));

      function lookUp(asked, unit, hits) {
        var one = asked.words[unit.at], two = unit.pair ? asked.words[unit.at + 1] : {};
        var key = pair(one.folded, two.folded), exact = pair(one.exact, two.exact) >>> 22;
        return Promise.all(entry.segments.map((told, segment) => {
          var count = unit.pair ? told.shards : told.words, slot = Math.floor(key * count / ALL);
          var low = Math.ceil(slot * ALL / count), high = Math.ceil((slot + 1) * ALL / count);
          return get(told.folder + "/" + (unit.pair ? slot : told.shards + slot) + ".bin").then(data => {
            posting(data, key - low, high - low, exact, told.articles).forEach((how, number) => {
              var place = segment * ALL + number, hit = hits.get(place);
              if (!hit) hits.set(place, hit = { words: 0, same: 0, pairs: 0, exact: 0, titled: 0 });
              hit.words |= unit.mask;
              hit.titled += how >> 1;
              if (unit.pair) hit.pairs |= 1 << unit.at;
              if (how & 1) { hit.exact += unit.pair; hit.same |= unit.mask; }
            });
          });
        }));
      }

      function scores(plan) {
        var asked = plan[0], hits = new Map(), words = 0, pairs = 0, bound = bindings(asked), every = (1 << asked.words.length) - 1;
        if (!every) return [];
        plan[1].forEach(unit => { words |= unit.mask; if (unit.pair) pairs |= 1 << unit.at; });
        return Promise.all(plan[1].map(unit => lookUp(asked, unit, hits))).then(() => {
          function having(fits) {
            return [...hits].filter(row => !(bound & pairs & ~row[1].pairs) && fits(row[1].words, row[1].pairs));
          }
          // First those in which each word stands beside another one, else those with all words.
          var whole = having((theirs, pairs) => (pairs | pairs << 1) === words);
          if (!whole.length) whole = having(theirs => theirs === words);
          var part = !whole.length || asked.cut || (words | bound | bound << 1) !== every;
          if (!whole.length) whole = having(theirs => bound || 2 * bits(theirs) >= asked.words.length);
          var found = whole.map(row => {
            var hit = row[1], exact = marked(asked.words) ? hit.exact + bits(hit.same) : 0;
            return [bits(hit.words), bits(hit.pairs), exact, hit.titled, row[0]];
          });
          found.part = part;
          return found;
        });
      }

      function card(place) {
        var told = entry.segments[place[0]];
        return get(told.folder + "/" + Math.floor(place[1] / told.block) + ".json").then(block => block[place[1] % told.block]);
      }

      return {
        common,
        // The articles that were found, best first: [segment, number]; `part`: whether they may lack words.
        find: text => {
          return Promise.all(plans(ways(parsed(text), entry.synonyms), common, entry.pairs).map(scores)).then(all => {
            var best = new Map();
            [].concat(...all).forEach(score => {
              var known = best.get(score[4]);
              if (!known || before(score, known) < 0) best.set(score[4], score);
            });
            return {
              places: [...best.values()].sort(before).map(s => [Math.floor(s[4] / ALL), s[4] % ALL]),
              part: all.some(some => some.length && some.part)
            };
          });
        },
        // Tells `each` of the results of a page, in order, each as soon as it is there, with the count of all and whether it is
        // sure; of none at the end. The first is fetched before the others; phrases are looked for in the texts, of a few
        // articles, then of as many again as were looked at.
        show: (asked, places, start, textOf, each) => {
          var strict = asked.phrases.length > entry.pairs || asked.phrases.some(s => s[1] - s[0] > 2 || marked(asked.words.slice(s[0], s[1])));
          var end = start + PAGE, at = strict ? 0 : start, kept = at;
          function row(place) {
            return card(place).then(told => strict ? textOf(told[0]).then(text => holds(asked, told[1], text) && told) : told);
          }
          return (function more() {
            var next = strict ? Math.min(2 * at || FEW, start + MOST_READ) : at > start ? end : at + 1;
            var some = kept < end ? places.slice(at, next) : [];
            if (!some.length) return each(null, strict ? kept + places.length - at : places.length, !strict || at >= places.length);
            at += some.length;
            return some.map(row).reduce((before, row) => before.then(() => row).then(told => {
              if (told && kept++ >= start && kept <= end) each(told, places.length, !strict);
            }), Promise.resolve()).then(more);
          })();
        },
        facets: () => {
          return Promise.all(entry.segments.map(told => get(told.folder + "/facets.json")));
        },
        year: place => {
          return entry.segments[place[0]].years.reduce((year, row) => row[1] <= place[1] ? row[0] : year, 0);
        }
      };
    });
  }

  function bits(n) { var count = 0; for (; n; n &= n - 1) count++; return count; }

  function before(a, b) {
    for (var at = 0; at < 5; at++) if (a[at] !== b[at]) return b[at] - a[at];
    return 0;
  }

  // What a shard says of a key: its articles, 1 with this exact form, 2 in the title.
  function posting(data, key, reach, exact, articles) {
    var at = 0, found = new Map(), here = -1;
    function low(size) {
      for (var n = 0; size--; at++) n = n * 2 + (data[at >> 3] >> 7 - (at & 7) & 1);
      return n;
    }
    function zeros() {
      for (var n = 0; !low(1); n++) if (at > data.length * 8) throw new Error("cut short");
      return n;
    }
    function count() { var size = zeros(); return 2 ** size + low(size); }
    function step(count, below) {
      var size = Math.max(0, 31 - Math.clz32((below - 1) / count));
      return zeros() * 2 ** size + low(size);
    }
    function list(count, below) {
      for (var all = [], last = -1, n = count; n--;) all.push(last += 1 + step(count, below));
      return all;
    }
    for (var keys = count() - 1, left = keys; left-- && here < key;) {
      here += 1 + step(keys, reach);
      var forms = count(), size = forms === 1 ? 7 : 10;
      list(forms, 1 << size).forEach(form => {
        var held = count(), titled = count() - 1, all = list(held, articles), top = list(titled, held);
        if (here !== key) return;
        all.forEach(n => { found.set(n, found.get(n) | form === exact >> 10 - size); });
        top.forEach(n => { found.set(all[n], found.get(all[n]) | 2); });
      });
    }
    return found;
  }

  // Whether a title and a text have the phrases of a query: with their marks, where it has any.
  function holds(asked, title, text) {
    var told = words(title).concat({ folded: "", exact: "" }, words(text));
    return asked.phrases.every(span => {
      var phrase = asked.words.slice(span[0], span[1]);
      var form = marked(phrase) ? "exact" : "folded";
      return told.some((w, at) => {
        return phrase.every((p, i) => told[at + i] && told[at + i][form] === p[form]);
      });
    });
  }

  // Some words of a text around those of a query: pieces, [words, whether they are marked].
  function excerpt(asked, common, text) {
    var pieces = text.split(/\s+/).filter(Boolean), LONG = 34, best = 0, most = -1;
    var wanted = asked.words.map(w => w.folded), single = new Set(wanted);
    var pairs = new Set(wanted.slice(1).map((w, at) => wanted[at] + " " + w));
    var folded = pieces.map(piece => words(piece).map(w => w.folded));
    var hit = folded.map(own => own.some(w => single.has(w)));
    function beside(one, two) {
      return hit[one] && hit[two] && pairs.has(folded[one][folded[one].length - 1] + " " + folded[two][0]);
    }
    var counts = hit.map((is, at) => {
      if (!is) return 0;
      if (beside(at - 1, at) || beside(at, at + 1)) return 3;
      return wanted.length === 1 || folded[at].some(w => single.has(w) && !common.has(w)) ? 2 : 0;
    });
    for (var at = 0; at < pieces.length; at++) {
      if (!counts[at]) continue;
      var seen = new Set(), sum = 0;
      for (var i = at; i < Math.min(at + LONG - 6, pieces.length); i++) if (counts[i]) {
        folded[i].forEach(w => { if (single.has(w)) seen.add(w); });
        sum += counts[i];
      }
      if (seen.size * 1000 + sum > most) { most = seen.size * 1000 + sum; best = at; }
    }
    if (most < 0) counts = [];
    var start = best < 12 ? 0 : best - 6, end = Math.min(start + LONG, pieces.length), out = [];
    if (start) out.push(["… ", false]);
    for (var n = start; n < end; n++) {
      out.push([pieces[n], counts[n] > 0]);
      out.push([" ", counts[n] > 0 && n + 1 < end && counts[n + 1] > 0]);
    }
    if (end < pieces.length) out.push(["…", false]);
    return out;
  }

  if (typeof module !== "undefined") {
    module.exports = { open, words, pair, parsed, holds, excerpt };
    return;
  }

  // --- the page --------------------
  var say = JSON.parse(document.getElementById("search-words").textContent);
  var form = document.getElementById("search"), field = form.elements.q, said = document.getElementById("said");
  var results = document.getElementById("results"), pages = document.getElementById("pages"), narrow = document.getElementById("narrow");
  var FILTERS = ["year", "section", "author"], NAMES = ["q"].concat(FILTERS);
  // What came stays; what a question waits for is its own, for it ends with it.
  var came = new Map(), waiting, controller, opening, timer = 0, turn = 0;

  function load(path, read) {
    if (came.has(path)) return Promise.resolve(came.get(path));
    if (!waiting.has(path)) waiting.set(path, fetch(path, { signal: controller.signal }).then(read).then(told => {
      came.set(path, told);
      return told;
    }));
    return waiting.get(path);
  }

  function told(r) {
    if (!r.ok) throw new Error(r.status);
    return /\.bin$/.test(r.url) ? r.arrayBuffer().then(b => new Uint8Array(b)) : r.json();
  }

  function get(path) {
    return path === "index.json" ? fetch(path, { cache: "no-cache" }).then(told) : load(path, told);
  }

  // The entry, which all questions share.
  function opened() {
    return opening = opening || open(get).catch(err => { opening = null; throw err; });
  }

  // The text of an article, from its page: what its template marks as the body, else all.
  function textOf(link) {
    return load(link, r => r.ok ? r.text().then(bodyOf) : "");
  }

  function bodyOf(html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll("p,li,h1,h2,h3,h4,h5,h6,td,th,dd,dt,figcaption,pre,div,br").forEach(e => { e.append("\n"); e.prepend("\n"); });
    var told = [".body", ".standfirst"].map(name => [...page.querySelectorAll(name)].map(e => e.textContent).join("\n"));
    return told[0] || told[1];
  }

  function count(n) { return say[n === 1 ? "one" : "many"].replace("%(n)s", n.toLocaleString(say.language)); }

  function state() {
    var asked = new URLSearchParams(location.search), now = { page: Math.max(1, parseInt(asked.get("page"), 10) || 1) };
    NAMES.forEach(name => { now[name] = asked.get(name) || ""; });
    return now;
  }

  function address(now) {
    var told = new URLSearchParams();
    NAMES.forEach(name => { if (now[name]) told.set(name, now[name]); });
    if (now.page > 1) told.set("page", now.page);
    var text = told.toString();
    return text ? "?" + text : location.pathname;
  }

  function go(now, push) {
    history[push ? "pushState" : "replaceState"](null, "", address(now));
    run();
  }

  function empty(element) { element.textContent = ""; }

  function made(kind, text, name) {
    var element = document.createElement(kind);
    if (name) element.className = name;
    element.textContent = text || "";
    return element;
  }

  function tell(text, again) {
    if (said.textContent !== text) said.textContent = text;  // else it would be read out again
    if (!again) return;
    var button = made("button", say.again);
    button.type = "button";
    button.onclick = () => run();
    said.append(" ", button);
  }

  function run(retried) {
    var now = state(), mine = ++turn;
    if (controller) controller.abort();
    controller = new AbortController();
    waiting = new Map();
    clearTimeout(timer);
    if (field.value.trim() !== now.q.trim()) field.value = now.q;
    document.title = (now.q ? now.q + " – " : "") + say.title;
    if (!now.q.trim()) {
      empty(results); empty(pages); narrow.hidden = true;
      return tell("");
    }
    timer = setTimeout(() => tell(say.slow), 700);
    opened().then(index => {
      var facets = narrow.open || now.section || now.author ? index.facets() : null;
      return Promise.all([index.find(now.q), facets]).then(told => {
        if (mine === turn) return show(index, now, filtered(index, now, told[0].places, told[1]), told[0].part, mine);
      });
    }).catch(() => {
      if (mine !== turn) return;
      clearTimeout(timer);
      opening = null;
      // A shard that is gone: the site was published anew a moment ago. Begin again, once.
      if (!retried) return run(true);
      empty(results); empty(pages);
      tell(say.failed, true);
    });
  }

  // --- filters --------------------
  function filtered(index, now, all, facets) {
    function has(name, place) {
      if (name === "year") return [String(index.year(place) || "")];
      var told = facets && facets[place[0]];
      if (!told) return [];
      if (name === "author") return told.author[place[1]].map(at => told.authors[at]);
      return told.section[place[1]] < 0 ? [] : [told.sections[told.section[place[1]]]];
    }
    function fits(place, but) {
      return FILTERS.every(name => name === but || !now[name] || has(name, place).indexOf(now[name]) >= 0);
    }
    FILTERS.forEach(name => {
      var counts = new Map(), select = narrow.querySelector("[name=" + name + "]");
      all.forEach(place => {
        if (fits(place, name)) has(name, place).forEach(value => { if (value) counts.set(value, (counts.get(value) || 0) + 1); });
      });
      if (now[name] && !counts.has(now[name])) counts.set(now[name], 0);
      var values = [...counts.keys()].sort((a, b) => {
        return name === "year" ? b - a : counts.get(b) - counts.get(a) || a.localeCompare(b, say.language);
      });
      while (select.options.length > 1) select.remove(1);
      values.slice(0, 200).forEach(value => {
        select.add(new Option(value + " (" + counts.get(value).toLocaleString(say.language) + ")", value, false, value === now[name]));
      });
    });
    narrow.hidden = all.length < 2;
    return all.filter(place => fits(place));
  }

  // --- results --------------------
  function show(index, now, found, part, mine) {
    var asked = parsed(now.q), start = (now.page - 1) * PAGE, begun;
    return index.show(asked, found, start, textOf, (row, total, sure) => {
      if (mine !== turn) return;
      clearTimeout(timer);
      if (!begun) {
        begun = true;
        empty(results);
        results.start = start + 1;
      }
      tell(total ? (sure ? say.found : say.about).replace("%(count)s", count(total)) + (part ? " " + say.part : "") : say.none);
      if (row) results.append(item(index, asked, row)); else pager(now, total);
    });
  }

  function item(index, asked, row) {
    var li = made("li"), a = made("a", row[1], "headline"), gist = made("p", "", "gist");
    a.href = row[0];
    li.append(a);
    var line = [row[2], row[3], row[4].slice(0, 3).join(", ")].filter(Boolean).join(" · ");
    if (line) li.append(made("p", line, "meta"));
    textOf(row[0]).then(text => {
      if (!text.trim()) return;
      excerpt(asked, index.common, text).forEach(piece => {
        if (!piece[1]) return gist.append(piece[0]);
        var last = gist.lastChild;
        if (!last || last.tagName !== "MARK") gist.append(last = made("mark"));
        last.append(piece[0]);
      });
      li.append(gist);
    }).catch(() => { /* a result without an excerpt is still one */ });
    return li;
  }

  function pager(now, total) {
    empty(pages);
    var last = Math.ceil(total / PAGE);
    pages.hidden = last < 2;
    function lead(step, text) {
      var a = made("a", text), to = { ...now, page: now.page + step };
      a.href = address(to);
      a.onclick = e => { e.preventDefault(); go(to, true); said.scrollIntoView(); field.focus({ preventScroll: true }); };
      pages.append(a);
    }
    if (now.page > 1) lead(-1, say.before);
    pages.append(made("span", say.page.replace("%(page)s", now.page).replace("%(pages)s", last)));
    if (now.page < last) lead(1, say.after);
  }

  // --- keys and forms --------------------
  var typing = 0;
  function asked(push) {
    var now = { q: field.value, page: 1 };
    FILTERS.forEach(name => { now[name] = narrow.querySelector("[name=" + name + "]").value; });
    go(now, push);
  }
  field.addEventListener("input", () => {
    opened().catch(() => { /* told when it is asked */ });
    clearTimeout(typing);
    typing = setTimeout(() => { asked(false); }, 250);
  });
  form.addEventListener("submit", e => { e.preventDefault(); clearTimeout(typing); asked(true); });
  narrow.addEventListener("change", () => { asked(true); });
  narrow.addEventListener("toggle", () => { if (narrow.open) run(); });
  window.addEventListener("popstate", () => { run(); });
  document.addEventListener("keydown", e => {
    var links = [...results.querySelectorAll("a")], at = links.indexOf(document.activeElement);
    var inField = document.activeElement === field;
    if (e.key === "Escape" && at >= 0) { field.focus(); field.select(); }
    else if (e.key === "Escape" && inField && field.value) { field.value = ""; asked(false); }
    else if (e.key === "ArrowDown" && (inField || at >= 0) && links[at + 1]) links[at + 1].focus();
    else if (e.key === "ArrowUp" && at >= 0) (links[at - 1] || field).focus();
    else return;
    e.preventDefault();
  });
  document.getElementById("without").hidden = true;
  document.getElementById("asking").hidden = false;
  run();
  if (!state().q) field.focus();
})();
