"""How each server's map of old addresses is written: quoting, patterns, answers.

Pure: entries that `pipeline.servers` found fit in, a text out. Every target is a percent-encoded path
and no entry has a control character. Each part opens with the documentation that it rests on;
tests/test_servers.py asks real servers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

GONE = "gone"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one request may look like (decoded path below the prefix; query or ""), and where it leads:
    an encoded path from the root of the host; None: gone."""

    prefix: str
    path: str
    query: str
    to: str | None

    @property
    def written(self) -> str:
        """The address below the site."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def key(self) -> str:
        """The address from the root of the host."""
        return self.prefix + self.written


def _split(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Those with a query, those without."""
    kept = list(entries)
    return [e for e in kept if e.query], [e for e in kept if not e.query]


# --- nginx -------------------------------------------------------------------------------------------
# nginx.org, ngx_http_map_module: "Strings are matched ignoring the case", from a hash; $uri is decoded
# and normalised, $args raw (ngx_http_core_module). So a row is found whatever its case, and holds the
# exact addresses; a third map, one pattern, compares them. Values know variables and have no escape
# for "$": `geo`, whose values are plain, supplies it. A word of a configuration ends at 4,096 bytes.


def nginx_fits(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Those whose row, with that of addresses that differ in case alone, is one word of nginx."""
    lengths: Counter[str] = Counter()
    for entry in entries:
        length = len(_nginx_word(_nginx_row(entry)).encode()) + 4
        if lengths[_nginx_key(entry)] + length < 4_000:
            lengths[_nginx_key(entry)] += length
            yield entry


def nginx(entries: Iterable[Entry]) -> str:
    tables: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for entry in entries:
        table, key = tables[bool(entry.query)], _nginx_key(entry)
        table[key] = " // ".join(filter(None, (table.get(key), _nginx_row(entry))))
    paths, queries = tables
    longest = max((len(key.encode()) for table in tables for key in table), default=0)
    lines = [
        "# Include in http { }; in server { } write:",
        '#     if ($bimson_old = "gone") { return 410; }',
        "#     if ($bimson_old) { return 301 $bimson_old; }",
        f"map_hash_bucket_size {_power(2 * longest + 64, 128)};",
        f"map_hash_max_size {_power(2 * max(len(paths), len(queries)), 2_048)};",
        'geo $bimson_dollar { default "$"; }',
        'map $uri $bimson_path {\n    default "";',
        *(f"    {_quoted(key)} {_nginx_word(row)};" for key, row in sorted(paths.items())),
        "}\nmap $uri$is_args$args $bimson_row {\n    default $bimson_path;",
        *(f"    {_quoted(key)} {_nginx_word(row)};" for key, row in sorted(queries.items())),
        '}\nmap "$bimson_row // $uri$is_args$args" $bimson_old {\n    default "";',
        r'    "~^(?:.* // )?(/.*?) // >(?<bimson_to>\S+) // (?:.* // )?\1(?:\?|$)" $bimson_to;',
        "}\n",
    ]
    return "\n".join(lines)


def _nginx_key(entry: Entry) -> str:
    return re.sub("[A-Z]", lambda found: found[0].lower(), entry.key)


def _nginx_row(entry: Entry) -> str:
    return f"{entry.key} // >{entry.to or GONE}"


def _nginx_word(row: str) -> str:
    return _quoted(row).replace("$", "${bimson_dollar}")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _power(least: int, start: int) -> int:
    return max(start, 1 << max(least - 1, 1).bit_length())


# --- Apache ------------------------------------------------------------------------------------------
# httpd.apache.org, mod_rewrite: in .htaccess a pattern sees the decoded path below the folder,
# QUERY_STRING is raw; NE sends a target as it is written, QSD drops the query, "\%" is no
# back-reference; NS and REDIRECT_STATUS keep /x/index.html, asked for inside, from leading to /x/.


APACHE_HEAD = "# Old addresses, by bimson-site. mod_rewrite, with AllowOverride FileInfo"


def apache(entries: Iterable[Entry]) -> str:
    queries, paths = _split(entries)
    lines = [
        APACHE_HEAD,
        "RewriteEngine On",
        'RewriteCond "%{ENV:REDIRECT_STATUS}" "."',
        'RewriteRule "^" "-" [L]',
    ]
    for entry in (*queries, *paths):
        if entry.query:
            lines.append(f'RewriteCond "%{{QUERY_STRING}}" "^{_pattern(entry.query)}$"')
        pattern = _pattern(entry.path[1:])
        target = "-" if entry.to is None else entry.to.replace("%", "\\%")
        flags = "G,NS" if entry.to is None else "R=301,NE,QSD,L,NS"
        lines.append(f'RewriteRule "^{pattern}$" "{target}" [{flags}]')
    return "\n".join([*lines, ""])


def _pattern(text: str) -> str:
    r"""A regular expression for exactly this text: what may mean anything to it or to a configuration
    is written \xHH, which PCRE and Go's RE2 both read."""
    return re.sub(r"[^\w/~,;=&@:!'-]", _hexadecimal, text)


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}" if found[0].isascii() else found[0]


# --- Caddy -------------------------------------------------------------------------------------------
# caddyserver.com/docs/caddyfile/directives/map: inputs are compared exactly, or "~" RE2; {path} is
# decoded, {query} raw. {$NAME} and {name} are replaced in a Caddyfile: such rows are patterns.


def caddy(entries: Iterable[Entry]) -> str:
    queries, paths = _split(entries)
    lines = [
        "# Import inside the block of the site",
        "map {path} {bimson_path} {",
        *(f"\t{_caddy_key(entry)} {entry.to or GONE}" for entry in paths),
        '\tdefault ""',
        "}",
        "map {path}?{query} {bimson_old} {",
        *(f"\t{_caddy_key(entry)} {entry.to or GONE}" for entry in queries),
        "\tdefault {bimson_path}",
        "}",
        f"@bimson_gone vars {{bimson_old}} {GONE}",
        "error @bimson_gone 410",
        "@bimson_moved vars_regexp {bimson_old} ^/",
        "redir @bimson_moved {bimson_old} 301\n",
    ]
    return "\n".join(lines)


def _caddy_key(entry: Entry) -> str:
    if re.search(r'[{}"`\\]', entry.key):
        return f'"~^{_pattern(entry.key)}$"'
    return f'"{entry.key}"'


# --- IIS ---------------------------------------------------------------------------------------------
# learn.microsoft.com, URL Rewrite Module: a rewrite map answers {Map:key}, "" where it has none, and
# ignores case; {URL} is the decoded path. Not tried on a real IIS.


def iis(entries: Iterable[Entry]) -> str:
    queries, paths = _split(entries)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<configuration><system.webServer><rewrite>"]
    lines.append("<rewriteMaps>")
    for name, some in (("BimsonQuery", queries), ("BimsonPath", paths)):
        lines.append(f'<rewriteMap name="{name}" defaultValue="">')
        lines += [f'<add key="{escape(e.key)}" value="{escape(e.to or GONE)}" />' for e in some]
        lines.append("</rewriteMap>")
    lines.append("</rewriteMaps>\n<rules>")
    asked = (("BimsonQuery", "{URL}?{QUERY_STRING}"), ("BimsonPath", "{URL}"))
    for name, key in asked:
        for what, pattern, action in (
            ("Gone", f"^{GONE}$", 'type="CustomResponse" statusCode="410" statusReason="Gone"'),
            ("Moved", "^/.*", 'type="Redirect" url="{C:0}" appendQueryString="false"'),
        ):
            lines.append(
                f'<rule name="{name}{what}" stopProcessing="true"><match url=".*" /><conditions>'
                f'<add input="{{{name}:{key}}}" pattern="{pattern}" /></conditions>'
                f"<action {action} /></rule>"
            )
    lines.append("</rules>\n</rewrite></system.webServer></configuration>\n")
    return "\n".join(lines)


# --- hosts with a file _redirects -----------------------------------------------------------------------
# docs.netlify.com, redirect options; developers.cloudflare.com/pages/configuration/redirects;
# docs.gitlab.com/user/project/pages/redirects. None documents 410; "*" and ":name" are wildcards.


def redirects(entries: Iterable[Entry]) -> str:
    queries, paths = _split(entries)
    return "".join(f"{_sent(entry)} {entry.to} 301\n" for entry in (*queries, *paths))


def forced(entries: Iterable[Entry]) -> str:
    """Netlify's: with "!" a rule comes before a file at its address, such as the page that leads on."""
    return redirects(entries).replace(" 301\n", " 301!\n")


def _sent(entry: Entry) -> str:
    path = quote(entry.prefix + entry.path, safe="/!$&'()+,;=@~-._|[]^")
    return " ".join([path, *filter(None, entry.query.split("&"))])
