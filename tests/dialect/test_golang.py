# ruff: noqa: E501
"""What a Helm user reads: the Go templates of each construct, whole.

The templates stand in ``constructs``; ``test_native`` has what they make.
"""

from __future__ import annotations

import pytest

from tests.dialect.constructs import CONSTRUCTS, Construct
from tests.dialect.small import compiled

GO = {
    "literals": {
        "test.yaml": r"""
---
a: plain
b: 8080
c: "y"
d: true
e:
  - ReadWriteOnce
  - 1
f: {}
g:
  name: http
  "on": []
""",
    },
    "a string": {
        "test.yaml": r"""
---
a: {{ $.Values.title | quote }}
""",
    },
    "an integer": {
        "test.yaml": r"""
---
a: {{ $.Values.count | int64 }}
b: {{ add (int64 $.Values.count) 1 }}
""",
    },
    "a boolean, a number, a scalar, free JSON": {
        "test.yaml": r"""
---
a: {{ $.Values.debug }}
b: {{ $.Values.ratio | toJson }}
c: {{ $.Values.size | toJson }}
{{- if not (kindIs "invalid" $.Values.extra) }}
d: {{ $.Values.extra | toJson }}
{{- end }}
""",
    },
    "null is left out": {
        "test.yaml": r"""
---
{{- if not (kindIs "invalid" $.Values.note) }}
a: {{ $.Values.note | quote }}
{{- end }}
{{- if not (kindIs "invalid" $.Values.limit) }}
b: {{ $.Values.limit | int64 }}
{{- end }}
{{- if not (kindIs "invalid" ($.Values.flower.probe).path) }}
c: {{ ($.Values.flower.probe).path | quote }}
{{- end }}
d: 1
""",
    },
    "x or none": {
        "test.yaml": r"""
---
{{- with $.Values.labels }}
a: {{ . | toJson }}
{{- end }}
{{- with $.Values.limit }}
b: {{ . | int64 }}
{{- end }}
{{- with $.Values.title }}
c: {{ . | quote }}
{{- end }}
""",
    },
    "x or y": {
        "test.yaml": r"""
---
a: {{ or $.Values.note $.Values.title | quote }}
b: {{ or $.Values.limit 5 | int64 }}
""",
    },
    "default": {
        "test.yaml": r"""
---
a: {{ ternary $.Values.title $.Values.note (kindIs "invalid" $.Values.note) | quote }}
b: {{ ternary 5 $.Values.limit (kindIs "invalid" $.Values.limit) | int64 }}
c: {{ ternary (list) $.Values.more (kindIs "invalid" $.Values.more) | toJson }}
""",
    },
    "a choice": {
        "test.yaml": r"""
---
a: {{ ternary "x" $.Values.title $.Values.debug | quote }}
b: {{ ternary 1 2 (not (not $.Values.note)) }}
""",
    },
    "a choice that leaves out": {
        "test.yaml": r"""
---
{{- if $.Values.debug }}
a: {{ $.Values.title | quote }}
{{- end }}
""",
    },
    "a choice that guards": {
        "test.yaml": r"""
---
{{- if $.Values.flower.port }}
a: {{ printf "port-%d" (int64 $.Values.flower.port) | quote }}
{{- else }}
a: none
{{- end }}
b: {{ toJson (list
    "x"
    (index (or (and (not (kindIs "invalid" $.Values.limit)) (list (printf "p%d" (int64 $.Values.limit)))) (list "q")) 0)
  ) | quote }}
""",
    },
    "joining": {
        "test.yaml": r"""
---
a: {{ printf "%s-%d-100%%-%t" $.Release.Name (int64 $.Values.count) $.Values.debug | quote }}
b: {{ printf "%s.1.2.3" $.Release.Namespace | quote }}
""",
    },
    "comparing": {
        "test.yaml": r"""
---
a: {{ eq $.Values.executor "CeleryExecutor" }}
b: {{ and (not (kindIs "invalid" $.Values.limit)) (eq (int64 $.Values.limit) 0) }}
c: {{ or (kindIs "invalid" $.Values.limit) (ne (int64 $.Values.limit) 7) }}
d: {{ lt (int64 $.Values.count) 3 }}
e: {{ eq $.Values.verbose true }}
""",
    },
    "and, or, not": {
        "test.yaml": r"""
---
a: {{ and $.Values.debug (not $.Values.flower.enabled) }}
b: {{ or $.Values.debug $.Values.flower.enabled (gt (len (default (list) $.Values.queues)) 1) }}
""",
    },
    "membership": {
        "test.yaml": r"""
---
a: {{ contains "Celery" $.Values.executor }}
b: {{ has $.Values.title (list "a" $.Values.name) }}
c: {{ hasKey (default (dict) $.Values.annotations) "team" }}
d: {{ not (has "x" $.Values.hosts) }}
""",
    },
    "is none": {
        "test.yaml": r"""
---
a: {{ kindIs "invalid" $.Values.note }}
b: {{ not (kindIs "invalid" $.Values.flower.probe) }}
""",
    },
    "semver": {
        "test.yaml": r"""
---
a: {{ semverCompare ">=3.0.0-0" $.Values.version }}
""",
    },
    "paths": {
        "test.yaml": r"""
---
{{- with ($.Values.flower.probe).seconds }}
a: {{ . | int64 }}
{{- end }}
{{- if not (kindIs "invalid" (index $.Values.labels "team")) }}
b: {{ index $.Values.labels "team" | quote }}
{{- end }}
{{- if not (kindIs "invalid" (index (default (dict) $.Values.annotations) $.Values.name)) }}
c: {{ index (default (dict) $.Values.annotations) $.Values.name | quote }}
{{- end }}
{{- with (first (default (list) $.Values.queues)).port }}
d: {{ . | int64 }}
{{- end }}
""",
    },
    "functions of maps": {
        "test.yaml": r"""
---
a: {{ include "stargit.merge" (list
    $.Values.labels
    $.Values.annotations
    (dict "x" $.Values.title)
  ) | fromJson | toJson }}
b: {{ include "stargit.overlay" (list $.Values.config (dict "core" (dict "a" 1))) | fromJson | toJson }}
c: {{ keys $.Values.labels | sortAlpha | toJson }}
d: {{ len (default (list) $.Values.labels) }}
""",
    },
    "override and total": {
        "test.yaml": r"""
---
{{- if $.Values.queues }}
a:
  {{- range $queue := $.Values.queues }}
  - {{ (include "stargit.override" (dict "base" $.Values.flower "item" $queue "ways" (dict "strategy" "replace")) | fromJson).replicas | int64 }}
  {{- end }}
{{- end }}
b: {{ include "stargit.total" (dict
    "items" $.Values.queues
    "first" "port"
    "firstDefault" 1
    "second" "replicas"
    "secondDefault" 2
  ) | int64 }}
c: {{ include "stargit.total" (dict
    "items" $.Values.queues
    "first" "replicas"
    "firstDefault" 0
    "second" ""
    "secondDefault" 1
  ) | int64 }}
""",
    },
    "functions of strings": {
        "test.yaml": r"""
---
a: {{ b64enc $.Values.title | quote }}
b: {{ sha256sum (toJson $.Values.extra) | quote }}
c: {{ trunc 3 (upper $.Values.code) | quote }}
d: {{ replace " " "%" $.Values.title | quote }}
e: {{ include "stargit.text" $.Values.size | quote }}
f: {{ join "," $.Values.hosts | quote }}
""",
    },
    "lists and maps": {
        "test.yaml": r"""
---
a: {{ list $.Values.title "x" | toJson }}
b: {{ dict "k" (int64 $.Values.count) "l" 2 | toJson }}
""",
    },
    "the catalog": {
        "test.yaml": r"""
---
a: 5555
b: 1000000
c:
  name: flower
  ports:
    - name: http
      port: 5555
    - name: metrics
      port: 9000
d:
  - one
  - two
  - "é😀"
""",
    },
    "a map left out when empty": {
        "test.yaml": r"""
---
{{- if or (not (kindIs "invalid" $.Values.note)) (not (kindIs "invalid" $.Values.limit)) }}
a:
  {{- if not (kindIs "invalid" $.Values.note) }}
  b: {{ $.Values.note | quote }}
  {{- end }}
  {{- if not (kindIs "invalid" $.Values.limit) }}
  c: {{ $.Values.limit | int64 }}
  {{- end }}
{{- end }}
d: 1
""",
    },
    "a map of many that may be null": {
        "test.yaml": r"""
---
{{- with include "small.test.a" $ | trim }}
a:
  {{- . | nindent 2 }}
{{- end }}
f: 1
{{- define "small.test.a" }}
{{- if not (kindIs "invalid" $.Values.note) }}
b: {{ $.Values.note | quote }}
{{- end }}
{{- if not (kindIs "invalid" $.Values.limit) }}
c: {{ $.Values.limit | int64 }}
{{- end }}
{{- if not (kindIs "invalid" $.Values.verbose) }}
d: {{ $.Values.verbose }}
{{- end }}
{{- with ($.Values.redis).port }}
e: {{ . | int64 }}
{{- end }}
{{- end }}

""",
    },
    "a sequence": {
        "test.yaml": r"""
---
a:
  - x
  - {{ $.Values.title | quote }}
  {{- if not (kindIs "invalid" $.Values.note) }}
  - {{ $.Values.note | quote }}
  {{- end }}
  - b: 1
    c: {{ $.Values.count | int64 }}
  -
    - z
  {{- if not (kindIs "invalid" $.Values.note) }}
  -
    {{- if not (kindIs "invalid" $.Values.note) }}
    d: {{ $.Values.note | quote }}
    {{- end }}
  {{- end }}
""",
    },
    "items at the column of their key": {
        "test.yaml": r"""
---
a:
  - x
  {{- if $.Values.debug }}
  - z
  {{- end }}
b: 1
""",
    },
    "if, elif, else": {
        "test.yaml": r"""
---
{{- if $.Values.debug }}
a: 1
{{- else if $.Values.note }}
a: {{ $.Values.note | quote }}
{{- else }}
b: 2
{{- end }}
""",
    },
    "a block with one condition": {
        "test.yaml": r"""
---
{{- if $.Values.debug }}
a:
  b: 1
{{- end }}
c: 2
""",
    },
    "for over a list": {
        "test.yaml": r"""
---
{{- if $.Values.hosts }}
a:
  {{- range $host := $.Values.hosts }}
  - name: {{ $host | quote }}
  {{- end }}
{{- end }}
""",
    },
    "for with a condition": {
        "test.yaml": r"""
---
{{- with include "small.test.a" $ | trim }}
a:
  {{- . | nindent 2 }}
{{- end }}
b: 1
{{- define "small.test.a" }}
{{- range $queue := $.Values.queues }}
{{- if $queue.port }}
- {{ printf "%s%d" $queue.name (int64 $queue.port) | quote }}
{{- end }}
{{- end }}
{{- end }}

""",
    },
    "for over a map": {
        "test.yaml": r"""
---
{{- if $.Values.labels }}
a:
  {{- range $key, $value := $.Values.labels }}
  {{ $key | quote }}: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- if $.Values.config }}
b:
  {{- range $section, $entries := $.Values.config }}
  - {{ $section | quote }}
  {{- range $key, $value := $entries }}
  - {{ printf "%s=%s" $key (include "stargit.text" $value) | quote }}
  {{- end }}
  {{- end }}
{{- end }}
""",
    },
    "for over the catalog": {
        "test.yaml": r"""
---
a:
  - name: http
    port: 5555
  - name: metrics
    port: 9000
large: 1000000
small: 1
""",
    },
    "set": {
        "test.yaml": r"""
{{- $cfg := $.Values.flower }}
---
a: {{ $cfg.name | quote }}
{{- $port := $cfg.port }}
b: static
{{- with $port }}
c: {{ . | int64 }}
{{- end }}
""",
    },
    "require": {
        "test.yaml": r"""
{{- if le (int64 $.Values.count) 0 }}
  {{- fail "count is \"positive\"" }}
{{- end }}
---
a: 1
""",
    },
    "documents": {
        "test.yaml": r"""
{{- /* Two of them. */}}
---
a: 1
{{- if $.Values.debug }}
---
b: 2
{{- end }}
{{- range $host := $.Values.hosts }}
---
c: {{ $host | quote }}
{{- end }}
---
{{- if not (kindIs "invalid" $.Values.note) }}
d: {{ $.Values.note | quote }}
{{- end }}
""",
    },
    "comments": {
        "test.yaml": r"""
---
{{- /* What a is: * / and }} */}}
a: 1
b:
  {{- /* Of c,
         on two lines. */}}
  c: 2
""",
    },
    "a map macro": {
        "test.yaml": r"""
---
a:
  {{- include "small.lib.labels" (dict "root" $ "name" "x" "cfg" $.Values.flower) | trim | nindent 2 }}
b:
  {{- include "small.lib.labels" (dict "root" $ "name" $.Values.title "cfg" $.Values.flower) | trim | nindent 2 }}
  more: 1
c:
  -
    {{- include "small.lib.labels" (dict "root" $ "name" "y" "cfg" $.Values.flower) | trim | nindent 4 }}
d: {{ toJson (include "stargit.merge" (list $.Values.labels (dict)) | fromJson) | quote }}
""",
        "_lib.tpl": r"""
{{- /* Labels. */}}
{{- define "small.lib.labels" }}
{{- $name := .name }}
{{- $cfg := .cfg }}
name: {{ $name | quote }}
{{- with $cfg.port }}
port: {{ . | int64 }}
{{- end }}
release: {{ $.root.Release.Name | quote }}
{{- end }}

""",
    },
    "a macro that may give nothing": {
        "test.yaml": r"""
---
{{- with include "small.lib.hints" (dict "cfg" $.Values.redis) | trim }}
a:
  {{- . | nindent 2 }}
{{- end }}
{{- with include "small.lib.hints" (dict "cfg" $.Values.redis) | trim }}
b:
  {{- . | nindent 2 }}
{{- end }}
c: {{ toJson (include "small.lib.hints" (dict "cfg" $.Values.redis) | fromYaml) | quote }}
d:
  {{- with include "small.lib.hints" (dict "cfg" $.Values.redis) | trim }}
  -
    {{- . | nindent 4 }}
  {{- end }}
  - 1
""",
        "_lib.tpl": r"""
{{- define "small.lib.hints" }}
{{- $cfg := .cfg }}
{{- with ($cfg).port }}
port: {{ . | int64 }}
{{- end }}
{{- if not (kindIs "invalid" ($cfg).account) }}
account: {{ ($cfg).account | quote }}
{{- end }}
{{- end }}

""",
    },
    "a sequence macro": {
        "test.yaml": r"""
---
a:
  - 5555
  - 9000
c:
  {{- include "small.lib.all" $ | nindent 2 }}
d: {{ toJson (include "small.lib.all" $ | fromYamlArray) | quote }}
""",
        "_lib.tpl": r"""
{{- define "small.lib.all" -}}
- 5555
- 9000
- {{ $.Values.count | int64 }}
{{- end }}

""",
    },
    "a macro of documents": {
        "test.yaml": r"""
{{- include "small.lib.account" (dict "name" "a" "make" true) }}
---
b: 1
{{- include "small.lib.account" (dict "name" "c" "make" $.Values.debug) }}
""",
        "_lib.tpl": r"""
{{- define "small.lib.account" }}
{{- $name := .name }}
{{- $make := .make }}
{{- if $make }}
---
kind: ServiceAccount
name: {{ $name | quote }}
{{- end }}
{{- end }}

""",
    },
    "one-line macros": {
        "test.yaml": r"""
---
a: {{ printf "%s-x" $.Release.Name | quote }}
b: {{ printf "%s!" (include "small.lib.account" (dict "root" $ "cfg" $.Values.flower)) | quote }}
{{- with $.Values.flower.port }}
c: {{ . | int64 }}
{{- end }}
""",
        "_lib.tpl": r"""
{{- define "small.lib.account" }}
{{- $cfg := .cfg }}
{{- ternary (printf "%s-%s" $.root.Release.Name $cfg.name) $cfg.account (kindIs "invalid" $cfg.account) }}
{{- end }}

""",
    },
    "one-line macros of much work": {
        "test.yaml": r"""
---
a: {{ add (include "small.lib.size" (dict "root" $ "cfg" $.Values.flower "big" true) | int64) 1 }}
b: {{ eq (include "small.lib.exposed" (dict "cfg" $.Values.flower "debug" $.Values.debug)) "true" }}
c: {{ include "small.lib.command" (dict "root" $ "limit" $.Values.limit "hosts" $.Values.hosts) | quote }}
{{- $both := $.Values.flower }}
{{- if $.Values.queues }}
  {{- $both = include "small.lib.with_item" (dict
      "base" $.Values.flower
      "item" (first (default (list) $.Values.queues))
    ) | fromJson }}
{{- end }}
{{- with $both.port }}
d: {{ . | int64 }}
{{- end }}
""",
        "_lib.tpl": r"""
{{- /* How much: twice for the big. */}}
{{- define "small.lib.size" }}
{{- $cfg := .cfg }}
{{- $big := .big }}
{{- add
    (mul (ternary (mul (int64 $cfg.replicas) 2) (int64 $cfg.replicas) $big) (int64 (default 80 $cfg.port)))
    (int64 $.root.Values.count) }}
{{- end }}

{{- define "small.lib.exposed" }}
{{- $cfg := .cfg }}
{{- $debug := .debug }}
{{- or $debug (and $cfg.enabled (not (kindIs "invalid" $cfg.port)) (gt (int64 $cfg.port) 1024)) }}
{{- end }}

{{- define "small.lib.command" }}
{{- $limit := .limit }}
{{- $hosts := .hosts }}
{{- "run" }}
{{- if not (kindIs "invalid" $limit) }}
  {{- printf " --limit=%d" (int64 $limit) }}
{{- end }}
{{- if $hosts }}
  {{- printf " --host=%s" (join "," $hosts) }}
{{- end }}
{{- " --name=" }}
{{- ternary $.root.Values.name $.root.Release.Name $.root.Values.debug }}
{{- end }}

{{- define "small.lib.with_item" }}
{{- $base := .base }}
{{- $item := .item }}
{{- if $item }}
  {{- include "stargit.override" (dict "base" $base "item" $item "ways" (dict)) }}
{{- else }}
  {{- $base | toJson }}
{{- end }}
{{- end }}

""",
    },
    "defaults of defaults": {
        "test.yaml": r"""
---
a: {{ coalesce $.Values.flower.port ($.Values.redis).port 80 | int64 }}
b: {{ first (without (list $.Values.note $.Values.flower.account "") nil) | quote }}
{{- with default ($.Values.redis).port $.Values.flower.port }}
c: {{ . | int64 }}
{{- end }}
""",
    },
    "a choice with a name": {
        "test.yaml": r"""
{{- $limit := "all" }}
{{- if not (kindIs "invalid" $.Values.limit) }}
  {{- $limit = printf "at most %d" (int64 $.Values.limit) }}
{{- end }}
{{- $many := "" }}
{{- if eq (int64 $.Values.count) 2 }}
  {{- $many = "twice" }}
{{- else if eq (int64 $.Values.count) 3 }}
  {{- $many = "thrice" }}
{{- else }}
  {{- $many = $.Values.title }}
{{- end }}
---
a: {{ $limit | quote }}
b: {{ $many | quote }}
""",
    },
    "conditions and their opposites": {
        "test.yaml": r"""
---
{{- if and $.Values.flower.port (le (int64 $.Values.count) 3) }}
a: 1
{{- end }}
{{- if or (not $.Values.debug) (and (kindIs "invalid" $.Values.limit) (eq $.Values.title "x")) }}
b: 2
{{- end }}
c: 3
""",
    },
    "documents of a one-line macro": {
        "test.yaml": r"""
{{- include "small.lib.account_of" (dict
    "name" "flower"
    "ports" (list (dict "name" "http" "port" 5555) (dict "name" "metrics" "port" 9000))
  ) }}
""",
        "_lib.tpl": r"""
{{- define "small.lib.account_of" }}
{{- $name := .name }}
{{- $ports := .ports }}
---
kind: ServiceAccount
name: {{ $name | quote }}
ports: {{ $ports | toJson }}
{{- end }}

""",
    },
    "ini": {
        "test.yaml": r"""
---
a: {{ include "small.lib.file" $ | quote }}
b: {{ sha256sum (include "small.lib.file" $) | quote }}
""",
        "_lib.tpl": r"""
{{- define "small.lib.file" }}
{{- printf "[%s]\n" (include "stargit.ini_value" $.Values.name) }}
{{- range $key, $value := index $.Values.config "core" }}
{{- if $value }}
{{- /* An option. */}}
{{- printf "option = %s %s\n" (include "stargit.ini_value" $value) (include "stargit.ini_value" $key) }}
{{- end }}
{{- end }}
{{- "\n" }}
{{- include "small.lib.rest" (dict "text" $.Values.title) }}
{{- end }}

{{- define "small.lib.rest" }}
{{- $text := .text }}
{{- printf "rest = %s\n" (include "stargit.ini_value" $text) }}
{{- end }}

""",
    },
    "python, shell, text": {
        "test.yaml": r"""
---
a: {{ include "small.lib.code" (dict "root" $ "n" 3) | quote }}
b: {{ include "small.lib.script" $ | quote }}
c: {{ include "small.lib.plain" $ | quote }}
""",
        "_lib.tpl": r"""
{{- define "small.lib.code" }}
{{- $n := .n }}
{{- printf "X = %s\n" (include "stargit.python_literal" $.root.Values.config) }}
{{- printf "if %s:\n" (include "stargit.python_literal" $.root.Values.debug) }}
{{- printf "    Y = %s  # %s\n"
    (include "stargit.python_literal" $.root.Values.note)
    (include "stargit.python_literal" (int64 $n)) }}
{{- end }}

{{- define "small.lib.script" }}
{{- "set -e\n" }}
{{- printf "exec %s --limit=%s \"$@\"\n"
    (printf "'%s'" (replace "'" "'\\''" $.Values.title))
    (printf "'%s'" (replace "'" "'\\''" (include "stargit.text" (int64 $.Values.count)))) }}
{{- end }}

{{- define "small.lib.plain" }}
{{- printf "n=%s %s static 100%%\n"
    (include "stargit.text" (int64 $.Values.count))
    (include "stargit.text" $.Values.debug) }}
{{- include "small.lib.script" $ }}
{{- end }}

""",
    },
}


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_the_go_of_each_construct(construct: Construct) -> None:
    files = compiled(construct.template, construct.library).go_files
    assert {name: f"\n{file.text}" for name, file in files.items()} == GO[construct.name]


def test_every_construct_is_shown() -> None:
    assert list(GO) == [construct.name for construct in CONSTRUCTS]
