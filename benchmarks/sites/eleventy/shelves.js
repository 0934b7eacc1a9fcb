// The archive's lists, found once in a build: days, months, years, terms, terms by year and by month.
const BY_YEAR = 50, BY_MONTH = 200;
const ZONE = 7 * 3600 * 1000;

export function dateOf(item) {
  return item.when ??= new Date(item.date.getTime() + ZONE).toISOString();
}

export function address(kind, name) {
  const plain = name.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
  return `/${kind}/${plain.replaceAll(" ", "-")}/`;
}

function grouped(items, key) {
  const found = new Map();
  for (const item of items) {
    const name = key(item);
    const group = found.get(name);
    if (group) group.push(item);
    else found.set(name, [item]);
  }
  return found;
}

function terms(kind, items, names) {
  const found = new Map();
  for (const item of items) {
    for (const name of names(item.data)) {
      const group = found.get(name);
      if (group) group.push(item);
      else found.set(name, [item]);
    }
  }
  return [...found].sort((a, b) => a[0].localeCompare(b[0], "vi"))
    .map(([name, pages]) => ({ kind, name, url: address(kind, name), pages, years: [], months: [] }));
}

// Every list page: what it is called, where it stands, the links to narrower lists, and its articles.
export function shelve(items) {
  const lists = [];
  const list = (url, title, links, pages) => lists.push({ url, title, links, pages });
  const link = (url, words, n) => ({ url, words, n });
  const days = grouped(items, (i) => dateOf(i).slice(0, 10));
  const months = grouped(items, (i) => dateOf(i).slice(0, 7));
  const years = grouped(items, (i) => dateOf(i).slice(0, 4));
  const at = (key) => `/${key.replaceAll("-", "/")}/`;
  for (const [day, pages] of days) list(at(day), day, [], pages);
  for (const [month, pages] of months) {
    const inside = grouped(pages, (i) => dateOf(i).slice(0, 10));
    lists.push({ url: at(month), title: month, links: [], pages: [],
      days: [...inside].map(([day, found]) => ({ link: link(at(day), day, found.length), pages: found.slice(0, 3) })) });
  }
  for (const [year, pages] of years) {
    const inside = grouped(pages, (i) => dateOf(i).slice(0, 7));
    list(at(year), year, [...inside].map(([m, found]) => link(at(m), m, found.length)), []);
  }
  const kinds = {
    tags: (d) => d.topics, authors: (d) => d.authors, sections: (d) => [d.section], sources: (d) => [d.source],
  };
  for (const [kind, names] of Object.entries(kinds)) {
    const found = terms(kind, items, names);
    list(`/${kind}/`, kind, found.map((t) => link(t.url, t.name, t.pages.length)), []);
    for (const term of found) {
      const newest = term.pages.slice(-50).reverse();
      if (term.pages.length <= BY_YEAR) {
        list(term.url, term.name, [], newest);
        continue;
      }
      const byYear = grouped(term.pages, (i) => dateOf(i).slice(0, 4));
      list(term.url, term.name, [...byYear].map(([y, p]) => link(`${term.url}${y}/`, y, p.length)), newest);
      for (const [year, pages] of byYear) {
        const title = `${term.name}, ${year}`;
        if (pages.length <= BY_MONTH) {
          list(`${term.url}${year}/`, title, [], pages);
          continue;
        }
        const byMonth = grouped(pages, (i) => dateOf(i).slice(5, 7));
        list(`${term.url}${year}/`, title,
          [...byMonth].map(([m, p]) => link(`${term.url}${year}/${m}/`, m, p.length)), []);
        for (const [month, found] of byMonth) list(`${term.url}${year}/${month}/`, `${title}/${month}`, [], found);
      }
    }
  }
  const everyMonth = [...months].map(([m, p]) => link(at(m), m, p.length));
  list("/coverage/", "Trong kho có gì", everyMonth, []);
  const everyYear = [...years].map(([y, p]) => link(at(y), y, p.length));
  list("/", `${items.length} bài`, everyYear, items.slice(-12).reverse());
  return lists;
}
