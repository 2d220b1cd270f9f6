"""One small template for each construct of docs/dialect.md.

What Helm's side looks like is in ``test_golang``, what is made of it in ``test_native``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Construct:
    """A template, the library it imports as ``lib``, and what it shows."""

    name: str
    template: str
    library: str = ""


CONSTRUCTS = (
    Construct(
        "literals",
        """\
---
a: plain
b: 8080
c: "y"
d: true
e: [ReadWriteOnce, 1]
f: {}
g: {name: http, "on": []}
""",
    ),
    Construct(
        "a string",
        """\
---
a: {{ values.title }}
""",
    ),
    Construct(
        "an integer",
        """\
---
a: {{ values.count }}
b: {{ values.count + 1 }}
""",
    ),
    Construct(
        "a boolean, a number, a scalar, free JSON",
        """\
---
a: {{ values.debug }}
b: {{ values.ratio }}
c: {{ values.size }}
d: {{ values.extra }}
""",
    ),
    Construct(
        "null is left out",
        """\
---
a: {{ values.note }}
b: {{ values.limit }}
c: {{ values.flower.probe.path }}
d: 1
""",
    ),
    Construct(
        "x or none",
        """\
---
a: {{ values.labels or none }}
b: {{ values.limit or none }}
c: {{ values.title or none }}
""",
    ),
    Construct(
        "x or y",
        """\
---
a: {{ values.note or values.title }}
b: {{ values.limit or 5 }}
""",
    ),
    Construct(
        "default",
        """\
---
a: {{ values.note | default(values.title) }}
b: {{ values.limit | default(5) }}
c: {{ values.more | default([]) }}
""",
    ),
    Construct(
        "a choice",
        """\
---
a: {{ "x" if values.debug else values.title }}
b: {{ 1 if values.note else 2 }}
""",
    ),
    Construct(
        "a choice that leaves out",
        """\
---
a: {{ values.title if values.debug else none }}
""",
    ),
    Construct(
        "a choice that guards",
        """\
---
a: {{ "port-" ~ values.flower.port if values.flower.port is not none else "none" }}
b: {{ ["x", ("p" ~ values.limit if values.limit is not none else "q")] | json }}
""",
    ),
    Construct(
        "joining",
        """\
---
a: {{ release.name ~ "-" ~ values.count ~ "-100%-" ~ values.debug }}
b: {{ release.namespace ~ "." ~ chart.version }}
""",
    ),
    Construct(
        "comparing",
        """\
---
a: {{ values.executor == "CeleryExecutor" }}
b: {{ values.limit == 0 }}
c: {{ values.limit != 7 }}
d: {{ values.count < 3 }}
e: {{ values.verbose == true }}
""",
    ),
    Construct(
        "and, or, not",
        """\
---
a: {{ values.debug and not values.flower.enabled }}
b: {{ values.debug or values.flower.enabled or values.queues | length > 1 }}
""",
    ),
    Construct(
        "membership",
        """\
---
a: {{ "Celery" in values.executor }}
b: {{ values.title in ["a", values.name] }}
c: {{ "team" in values.annotations }}
d: {{ "x" not in values.hosts }}
""",
    ),
    Construct(
        "is none",
        """\
---
a: {{ values.note is none }}
b: {{ values.flower.probe is not none }}
""",
    ),
    Construct(
        "semver",
        """\
---
a: {{ values.version is semver(">=3.0.0-0") }}
""",
    ),
    Construct(
        "paths",
        """\
---
a: {{ values.flower.probe.seconds }}
b: {{ values.labels["team"] }}
c: {{ values.annotations[values.name] }}
d: {{ (values.queues | first).port }}
""",
    ),
    Construct(
        "functions of maps",
        """\
---
a: {{ merge(values.labels, values.annotations, {"x": values.title}) }}
b: {{ overlay(values.config, {"core": {"a": 1}}) }}
c: {{ values.labels | keys }}
d: {{ values.labels | length }}
""",
    ),
    Construct(
        "override and total",
        """\
---
a:
  {% for queue in values.queues %}
  - {{ override(values.flower, queue, "strategy").replicas }}
  {% endfor %}
b: {{ values.queues | total("port", 1, "replicas", 2) }}
c: {{ values.queues | total("replicas", 0) }}
""",
    ),
    Construct(
        "functions of strings",
        """\
---
a: {{ values.title | b64encode }}
b: {{ values.extra | json | sha256 }}
c: {{ values.code | upper | trunc(3) }}
d: {{ values.title | replace(" ", "%") }}
e: {{ values.size | text }}
f: {{ values.hosts | join(",") }}
""",
    ),
    Construct(
        "lists and maps",
        """\
---
a: {{ [values.title, "x"] }}
b: {{ {"k": values.count, "l": 2} }}
""",
    ),
    Construct(
        "the catalog",
        """\
---
a: {{ catalog.flower.ports[0].port }}
b: {{ catalog.sizes["large"] }}
c: {{ catalog.flower }}
d: {{ catalog.words }}
""",
    ),
    Construct(
        "a map left out when empty",
        """\
---
a:
  b: {{ values.note }}
  c: {{ values.limit }}
d: 1
""",
    ),
    Construct(
        "a map of many that may be null",
        """\
---
a:
  b: {{ values.note }}
  c: {{ values.limit }}
  d: {{ values.verbose }}
  e: {{ values.redis.port }}
f: 1
""",
    ),
    Construct(
        "a sequence",
        """\
---
a:
  - x
  - {{ values.title }}
  - {{ values.note }}
  - b: 1
    c: {{ values.count }}
  - - z
  - d: {{ values.note }}
""",
    ),
    Construct(
        "items at the column of their key",
        """\
---
a:
- x
{% if values.debug %}
- z
{% endif %}
b: 1
""",
    ),
    Construct(
        "if, elif, else",
        """\
---
{% if values.debug %}
a: 1
{% elif values.note %}
a: {{ values.note }}
{% else %}
b: 2
{% endif %}
""",
    ),
    Construct(
        "a block with one condition",
        """\
---
a:
  {% if values.debug %}
  b: 1
  {% endif %}
c: 2
""",
    ),
    Construct(
        "for over a list",
        """\
---
a:
  {% for host in values.hosts %}
  - name: {{ host }}
  {% endfor %}
""",
    ),
    Construct(
        "for with a condition",
        """\
---
a:
  {% for queue in values.queues if queue.port is not none %}
  - {{ queue.name ~ queue.port }}
  {% endfor %}
b: 1
""",
    ),
    Construct(
        "for over a map",
        """\
---
a:
  {% for key, value in values.labels | items %}
  {{ key }}: {{ value }}
  {% endfor %}
b:
  {% for section, entries in values.config | items %}
  - {{ section }}
  {% for key, value in entries | items %}
  - {{ key ~ "=" ~ (value | text) }}
  {% endfor %}
  {% endfor %}
""",
    ),
    Construct(
        "for over the catalog",
        """\
---
a:
  {% for port in catalog.flower.ports %}
  - name: {{ port.name }}
    port: {{ port.port }}
  {% endfor %}
{% for key, size in catalog.sizes | items %}
{{ key }}: {{ size }}
{% endfor %}
""",
    ),
    Construct(
        "set",
        """\
{% set cfg = values.flower %}
{% set word = "static" %}
---
a: {{ cfg.name }}
{% set port = cfg.port %}
b: {{ word }}
c: {{ port }}
""",
    ),
    Construct(
        "require",
        """\
{% require values.count > 0, "count is \\"positive\\"" %}
---
a: 1
""",
    ),
    Construct(
        "documents",
        """\
{# Two of them. #}
---
a: 1
{% if values.debug %}
---
b: 2
{% endif %}
{% for host in values.hosts %}
---
c: {{ host }}
{% endfor %}
---
d: {{ values.note }}
""",
    ),
    Construct(
        "comments",
        """\
---
{# What a is: */ and }} #}
a: 1
b:
  {# Of c,
     on two lines. #}
  c: 2
""",
    ),
    Construct(
        "a map macro",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.labels("x", values.flower) }}
b:
  {{ lib.labels(name=values.title, cfg=values.flower) }}
  more: 1
c:
  - {{ lib.labels("y", values.flower) }}
d: {{ merge(values.labels, {}) | json }}
""",
        """\
{# Labels. #}
{% macro labels(name: str, cfg: Component) %}
name: {{ name }}
port: {{ cfg.port }}
release: {{ release.name }}
{% endmacro %}
""",
    ),
    Construct(
        "a macro that may give nothing",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.hints(values.redis) }}
b:
  {{ lib.hints(values.redis) }}
c: {{ lib.hints(values.redis) | json }}
d:
  - {{ lib.hints(values.redis) }}
  - 1
""",
        """\
{% macro hints(cfg: Component?) %}
port: {{ cfg.port }}
account: {{ cfg.account }}
{% endmacro %}
""",
    ),
    Construct(
        "a sequence macro",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.ports(catalog.flower) }}
b: {{ lib.ports(catalog.redis) }}
c:
  {{ lib.all() }}
d: {{ lib.all() | json }}
""",
        """\
{% macro ports(c: static) %}
{% for p in c.ports %}
- {{ p.port }}
{% endfor %}
{% endmacro %}
{% macro all() %}
{{ ports(catalog.flower) }}
{{ ports(catalog.redis) }}
- {{ values.count }}
{% endmacro %}
""",
    ),
    Construct(
        "a macro of documents",
        """\
{% import "lib.yaml.j2" as lib %}
{{ lib.account("a", true) }}
---
b: 1
{{ lib.account("c", values.debug) }}
""",
        """\
{% macro account(name: str, make: bool) %}
{% if make %}
---
kind: ServiceAccount
name: {{ name }}
{% endif %}
{% endmacro %}
""",
    ),
    Construct(
        "one-line macros",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.full("x") }}
b: {{ lib.account(values.flower) ~ "!" }}
c: {{ lib.ports(values.flower) }}
""",
        """\
{% macro full(name: str) %}{{ release.name ~ "-" ~ name }}{% endmacro %}
{% macro account(cfg: Component) %}{{ cfg.account | default(full(cfg.name)) }}{% endmacro %}
{% macro ports(cfg: Component) %}{{ cfg.port }}{% endmacro %}
""",
    ),
    Construct(
        "one-line macros of much work",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.size(values.flower, true) + 1 }}
b: {{ lib.exposed(values.flower, values.debug) }}
c: {{ lib.command(values.limit, values.hosts) }}
{% set both = lib.with_item(values.flower, values.queues | first) if values.queues else values.flower %}
d: {{ both.port }}
""",
        """\
{# How much: twice for the big. #}
{% macro size(cfg: Component, big: bool) %}{{
  (cfg.replicas * 2 if big else cfg.replicas) * (cfg.port | default(80)) + values.count
}}{% endmacro %}
{% macro exposed(cfg: Component, debug: bool) %}{{
  debug or cfg.enabled and cfg.port is not none and cfg.port > 1024
}}{% endmacro %}
{% macro command(limit: int?, hosts: list[str]) %}{{
  "run"
  ~ (" --limit=" ~ limit if limit is not none else "")
  ~ (" --host=" ~ hosts | join(",") if hosts else "")
  ~ " --name=" ~ (values.name if values.debug else release.name)
}}{% endmacro %}
{% macro with_item(base: Component, item: Component?) %}{{
  override(base, item) if item is not none else base
}}{% endmacro %}
""",
    ),
    Construct(
        "defaults of defaults",
        """\
---
a: {{ values.flower.port | default(values.redis.port) | default(80) }}
b: {{ values.note | default(values.flower.account) | default("") }}
c: {{ values.flower.port | default(values.redis.port) }}
""",
    ),
    Construct(
        "a choice with a name",
        """\
{% set limit = "at most " ~ values.limit if values.limit is not none else "all" %}
{% set many = "twice" if values.count == 2 else ("thrice" if values.count == 3 else values.title) %}
---
a: {{ limit }}
b: {{ many }}
""",
    ),
    Construct(
        "conditions and their opposites",
        """\
---
{% if not (values.flower.port is none or values.count > 3) %}
a: 1
{% endif %}
{% if not (values.debug and not (values.limit is none and values.title == "x")) %}
b: 2
{% endif %}
c: 3
""",
    ),
    Construct(
        "documents of a one-line macro",
        """\
{% import "lib.yaml.j2" as lib %}
{{ lib.account(catalog.flower) }}
""",
        """\
{% macro account(c: static) %}{{ account_of(c.name, c.ports) }}{% endmacro %}
{% macro account_of(name: str, ports: list[map[scalar]]) %}
---
kind: ServiceAccount
name: {{ name }}
ports: {{ ports }}
{% endmacro %}
""",
    ),
    Construct(
        "ini",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.file() }}
b: {{ lib.file() | sha256 }}
""",
        """\
{% macro file() as ini %}
[{{ values.name }}]
{% for key, value in values.config["core"] | items if value %}
{# An option. #}
option = {{ value }} {{ key }}
{% endfor %}

{{ rest(values.title) }}
{% endmacro %}
{% macro rest(text: str) as ini %}
rest = {{ text }}
{% endmacro %}
""",
    ),
    Construct(
        "python, shell, text",
        """\
{% import "lib.yaml.j2" as lib %}
---
a: {{ lib.code(3) }}
b: {{ lib.script() }}
c: {{ lib.plain() }}
""",
        """\
{% macro code(n: int) as python %}
  X = {{ values.config }}
  if {{ values.debug }}:
      Y = {{ values.note }}  # {{ n }}
{% endmacro %}
{% macro script() as shell %}
set -e
exec {{ values.title }} --limit={{ values.count }} "$@"
{% endmacro %}
{% macro plain() as text %}
n={{ values.count }} {{ values.debug }} {{ "static" }} 100%
{{ script() }}
{% endmacro %}
""",
    ),
)
