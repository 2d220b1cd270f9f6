"""Wrong templates, and the whole message that their author reads."""

from __future__ import annotations

import pytest

from generator.dialect import Compiler
from generator.errors import ProblemsError
from tests.dialect.small import SCHEMA

_LIBRARY = """\
{% macro labels(name: str) %}
name: {{ name }}
{% endmacro %}
{% macro items(objects: list[free]) %}
{% for object in objects %}
- {{ object }}
{% endfor %}
{% endmacro %}
{% macro settings() as ini %}
[core]
parallelism = {{ values.flower.replicas }}
{% endmacro %}
"""
#: Uses all macros of the library, so that none of them is told to be unused.
_GOOD = """\
{% import "lib.yaml.j2" as lib %}
---
metadata: {{ lib.labels("a") }}
tolerations: {{ lib.items(values.flower.tolerations) }}
text: {{ lib.settings() }}
"""

#: What is wrong, the template, the message.
CASES = [
    (
        "text beside an expression",
        """\
---
name: {{ release.name }}-web
""",
        """\
bad.yaml.j2:2:7: text beside an expression
  hint: write one expression: {{ a ~ "-" ~ b }}""",
    ),
    (
        "an expression in quotes",
        """\
---
name: "{{ release.name }}"
""",
        """\
bad.yaml.j2:2:7: quotes around {{ }}
  hint: leave the quotes out: the compiler quotes""",
    ),
    (
        "a condition inside a line",
        """\
---
name: {% if true %}a{% endif %}
""",
        """\
bad.yaml.j2:2:7: a statement inside a line
  hint: a statement stands alone on its line""",
    ),
    (
        "a name set twice",
        """\
{% set a = values.executor %}
{% set a = release.name %}
---
name: {{ a }}
""",
        """\
bad.yaml.j2:2:1: the name 'a' is taken
  hint: a name is set once and may not shadow another: choose a new one""",
    ),
    (
        "a loop that shadows a name",
        """\
{% set x = values.executor %}
---
names:
  {% for x in values.hosts %}
  - {{ x }}
  {% endfor %}
""",
        """\
bad.yaml.j2:4:3: the name 'x' is taken
  hint: a name is set once and may not shadow another: choose a new one""",
    ),
    (
        "a name of the dialect set anew",
        """\
{% set values = 1 %}
""",
        """\
bad.yaml.j2:1:1: 'values' is a name of the dialect
  hint: choose another name""",
    ),
    (
        "the number of a loop",
        """\
---
names:
  {% for x in values.hosts %}
  - {{ loop.index }}
  {% endfor %}
""",
        """\
bad.yaml.j2:4:8: the name 'loop' is not known here
  allowed: catalog, release, values, x
  hint: a loop has no number: put what you need into the list""",
    ),
    (
        "an else of a loop",
        """\
---
names:
  {% for x in values.hosts %}
  - {{ x }}
  {% else %}
  - none
  {% endfor %}
""",
        """\
bad.yaml.j2:5:3: a loop has no {% else %}
  hint: ask before the loop: {% if list %}""",
    ),
    (
        "an include",
        """\
{% include "other.yaml" %}
""",
        """\
bad.yaml.j2:1:1: {% include %} is not in the dialect
  hint: import a macro and call it""",
    ),
    (
        "a Python method",
        """\
---
name: {{ release.name.upper() }}
""",
        """\
bad.yaml.j2:2:28: a call of something that is no macro
  hint: there are no methods; docs/dialect.md lists the functions and filters""",
    ),
    (
        "a division",
        """\
---
replicas: {{ values.flower.replicas / 2 }}
""",
        """\
bad.yaml.j2:2:14: '/' is not in the dialect
  hint: docs/dialect.md lists the expressions""",
    ),
    (
        "a ternary without else",
        """\
---
name: {{ "a" if values.flower.enabled }}
""",
        """\
bad.yaml.j2:2:10: 'if' without 'else' in an expression
  hint: write 'else none' to leave the entry out""",
    ),
    (
        "two types compared",
        """\
---
name: {{ "a" if values.executor == 1 else "b" }}
""",
        """\
bad.yaml.j2:2:38: '==' between str and int
  hint: compare two strings, two integers or two booleans; for null write 'is none'""",
    ),
    (
        "a word that the schema does not allow",
        """\
---
name: {{ "a" if values.executor == "CeleryExecuter" else "b" }}
""",
        """\
bad.yaml.j2:2:36: the value is never 'CeleryExecuter'
  allowed: LocalExecutor, CeleryExecutor
  hint: did you mean 'CeleryExecutor'?""",
    ),
    (
        "a default of what is never null",
        """\
---
name: {{ values.executor | default("a") }}
""",
        """\
bad.yaml.j2:2:28: 'default' of a value that is never null (str)
  hint: its schema gives it a default: leave it out""",
    ),
    (
        "an unknown setting",
        """\
---
replicas: {{ values.flower.replica }}
""",
        """\
bad.yaml.j2:2:27: Flower has no 'replica'
  allowed: account, enabled, labels, name, port, probe, replicas, strategy, tolerations, users
  hint: did you mean 'replicas'?""",
    ),
    (
        "an unknown name",
        """\
---
replicas: {{ valuse.flower.replicas }}
""",
        """\
bad.yaml.j2:2:14: the name 'valuse' is not known here
  allowed: catalog, release, values
  hint: did you mean 'values'?""",
    ),
    (
        "a filter of Helm",
        """\
---
labels: {{ values.labels | toYaml }}
""",
        """\
bad.yaml.j2:2:28: the filter 'toYaml' is not in the dialect
  allowed: b64encode, default, first, in_unit, items, join, json, keys, length, lower, pretty_json, replace, sha256, \
sum, text, total, trunc, upper
  hint: write the value itself: 'key: {{ value }}'; the compiler writes it out""",
    ),
    (
        "indentation by hand",
        """\
---
labels: {{ values.labels | nindent(4) }}
""",
        """\
bad.yaml.j2:2:28: the filter 'nindent' is not in the dialect
  allowed: b64encode, default, first, in_unit, items, join, json, keys, length, lower, pretty_json, replace, sha256, \
sum, text, total, trunc, upper
  hint: indentation follows from the line's place: leave it out""",
    ),
    (
        "quotes by hand",
        """\
---
name: {{ values.executor | quote }}
""",
        """\
bad.yaml.j2:2:28: the filter 'quote' is not in the dialect
  allowed: b64encode, default, first, in_unit, items, join, json, keys, length, lower, pretty_json, replace, sha256, \
sum, text, total, trunc, upper
  hint: the compiler quotes every string: leave it out""",
    ),
    (
        "overriding what is no field",
        """\
---
{% for queue in values.queues %}
a: {{ override(values.flower, queue, "strategi").name }}
b: {{ override(values.flower, queue, values.title).name }}
{% endfor %}
""",
        """\
bad.yaml.j2:3:38: this names no field of both shapes
  hint: write it as a literal string
bad.yaml.j2:4:44: this names no field of both shapes
  hint: write it as a literal string""",
    ),
    (
        "values evaluated as templates",
        """\
---
name: {{ tpl(values.executor) }}
""",
        """\
bad.yaml.j2:2:10: no function or macro 'tpl'
  allowed: latest, merge, overlay, override
  hint: values are never evaluated as templates: give the setting a type and write the text here""",
    ),
    (
        "a question to the cluster",
        """\
---
name: {{ lookup("v1", "Secret") }}
""",
        """\
bad.yaml.j2:2:10: no function or macro 'lookup'
  allowed: latest, merge, overlay, override
  hint: a render does not ask the cluster: refer to the object by name""",
    ),
    (
        "something random",
        """\
---
name: {{ "" | randAlphaNum }}
""",
        """\
bad.yaml.j2:2:15: the filter 'randAlphaNum' is not in the dialect
  allowed: b64encode, default, first, in_unit, items, join, json, keys, length, lower, pretty_json, replace, sha256, \
sum, text, total, trunc, upper
  hint: a render is never random: the bootstrap job makes what must be random""",
    ),
    (
        "small letters of any text",
        """\
---
name: {{ values.title | lower }}
""",
        """\
bad.yaml.j2:2:25: 'lower' takes a string whose schema allows ASCII only
  hint: give its type a pattern of ASCII characters, or use another function""",
    ),
    (
        "items outside a loop",
        """\
---
labels: {{ values.labels | items }}
""",
        """\
bad.yaml.j2:2:28: 'items' outside of the head of a loop
  hint: {% for k, v in map | items %}""",
    ),
    (
        "the same key twice",
        """\
---
kind: A
name: b
kind: C
""",
        """\
bad.yaml.j2:4:1: the key 'kind' stands twice: here and in line 2
  hint: a key stands once in a map""",
    ),
    (
        "the same key in a condition",
        """\
---
kind: A
{% if values.flower.enabled %}
kind: B
{% endif %}
""",
        """\
bad.yaml.j2:4:1: the key 'kind' stands twice: here and in line 2
  hint: a key stands once in a map""",
    ),
    (
        "the same key from a macro",
        """\
{% import "lib.yaml.j2" as lib %}
---
name: a
{{ lib.labels("b") }}
""",
        """\
bad.yaml.j2:4:1: the key 'name' stands twice: here and in line 3
  hint: a key stands once in a map""",
    ),
    (
        "the same key twice in a literal",
        """\
---
port: {name: a, name: b}
""",
        """\
bad.yaml.j2:2:17: a YAML literal that cannot be read: the key 'name' stands twice""",
    ),
    (
        "a map spliced as an expression",
        """\
---
labels:
  {{ values.labels }}
""",
        """\
bad.yaml.j2:3:3: an expression alone on its line that is no call of a macro of lines
  hint: write 'key: {{ ... }}' or '- {{ ... }}'; only such macros are spliced""",
    ),
    (
        "computed keys beside others",
        """\
---
labels:
  {% for k, v in values.labels | items %}
  {{ k }}: {{ v }}
  {% endfor %}
  app: web
""",
        """\
bad.yaml.j2:6:3: the key 'app' beside computed keys
  hint: join maps with merge(...): there a key stands once""",
    ),
    (
        "a computed key outside a loop",
        """\
---
labels:
  {{ values.executor }}: a
""",
        """\
bad.yaml.j2:3:3: a computed key that could stand twice
  hint: the key of the loop around it is one ({% for k, v in map | items %}), alone or joined with text""",
    ),
    (
        "a static key in a loop",
        """\
---
labels:
  {% for x in values.hosts %}
  name: {{ x }}
  {% endfor %}
""",
        """\
bad.yaml.j2:3:3: the key 'name' in a loop stands once for each round
  hint: use a sequence, or a computed key""",
    ),
    (
        "null joined to text",
        """\
---
name: {{ "a-" ~ values.note }}
""",
        """\
bad.yaml.j2:2:23: '~' joins strings, integers and booleans, and this may be null
  hint: give it a value: | default(...), or ask '{% if x is not none %}' before""",
    ),
    (
        "null compared by size",
        """\
---
name: {{ "a" if values.limit > 3 else "b" }}
""",
        """\
bad.yaml.j2:2:23: '>' compares integers, and this may be null
  hint: give it a value: | default(...), or ask '{% if x is not none %}' before""",
    ),
    (
        "a YAML comment",
        """\
---
# a comment
kind: A
""",
        """\
bad.yaml.j2:2:1: a YAML comment
  hint: write {# ... #}: it is carried into the chart""",
    ),
    (
        "a YAML comment behind a value",
        """\
---
kind: A # a comment
""",
        """\
bad.yaml.j2:2:9: a YAML comment behind a value
  hint: write {# ... #} on a line of its own""",
    ),
    (
        "a word that YAML 1.1 takes for true",
        """\
---
enabled: yes
""",
        """\
bad.yaml.j2:2:10: the plain text 'yes'
  hint: put it in double quotes: YAML readers may take it for something else""",
    ),
    (
        "a date",
        """\
---
day: 2001-01-01
""",
        """\
bad.yaml.j2:2:6: the plain text '2001-01-01'
  hint: put it in double quotes: YAML readers may take it for something else""",
    ),
    (
        "a null literal",
        """\
---
name: null
""",
        """\
bad.yaml.j2:2:7: a literal null
  hint: leave the line out: absent and null are the same""",
    ),
    (
        "a block scalar",
        """\
---
text: |
  a
""",
        """\
bad.yaml.j2:2:7: a block scalar
  hint: write a text macro: {% macro name() as text %}""",
    ),
    (
        "an anchor",
        """\
---
name: &a b
""",
        """\
bad.yaml.j2:2:7: an anchor, alias or tag
  hint: use {% set %} or a macro""",
    ),
    (
        "a tab",
        """\
---
spec:
	replicas: 1
""",
        """\
bad.yaml.j2:3:1: a tab in a template
  hint: indent with spaces""",
    ),
    (
        "lines indented unevenly",
        """\
---
spec:
  a: 1
   b: 2
""",
        """\
bad.yaml.j2:4:4: indented by 3, but the block of 'spec' by 2
  hint: indent the lines of a block alike""",
    ),
    (
        "a condition that is not closed",
        """\
---
{% if values.flower.enabled %}
kind: A
""",
        """\
bad.yaml.j2:2:1: {% if %} is not closed
  hint: end it with {% endif %}""",
    ),
    (
        "an end without a beginning",
        """\
---
kind: A
{% endif %}
""",
        """\
bad.yaml.j2:3:1: {% endif %} closes nothing
  hint: there is none open here""",
    ),
    (
        "a condition that ends outside its block",
        """\
---
spec:
  {% if values.flower.enabled %}
  a: 1
other: 2
{% endif %}
""",
        """\
bad.yaml.j2:5:1: this line is outside the block in which the {% if %} of line 3 stands
  hint: close it before with {% endif %}, or indent the line""",
    ),
    (
        "a key among items",
        """\
---
names:
  - a
  b: 1
""",
        """\
bad.yaml.j2:4:3: a key among the items of a sequence
  hint: begin it with '- ', or indent it""",
    ),
    (
        "an item among keys",
        """\
---
spec:
  a: 1
  - b
""",
        """\
bad.yaml.j2:4:3: a '- ' item among the keys of a map
  hint: indent the items below their key""",
    ),
    (
        "a key without a value",
        """\
---
spec:
kind: A
""",
        """\
bad.yaml.j2:2:1: 'spec' has no value
  hint: write a value, {} or [], or leave the line out""",
    ),
    (
        "a line outside a document",
        """\
kind: A
""",
        """\
bad.yaml.j2:1:1: a line outside a document
  hint: begin a document with ---""",
    ),
    (
        "an unknown library",
        """\
{% import "libs.yaml.j2" as other %}
---
kind: A
""",
        """\
bad.yaml.j2:1:1: no library 'libs.yaml.j2'
  allowed: lib.yaml.j2
  hint: did you mean 'lib.yaml.j2'?""",
    ),
    (
        "an unknown macro",
        """\
{% import "lib.yaml.j2" as lib %}
---
metadata: {{ lib.label("a") }}
""",
        """\
bad.yaml.j2:3:14: no macro 'label' in 'lib.yaml.j2'
  allowed: items, labels, settings
  hint: did you mean 'labels'?""",
    ),
    (
        "a missing argument",
        """\
{% import "lib.yaml.j2" as lib %}
---
metadata: {{ lib.labels() }}
""",
        """\
bad.yaml.j2:3:14: labels(name: str) is called without 'name'
  hint: give all arguments""",
    ),
    (
        "an argument of another type",
        """\
{% import "lib.yaml.j2" as lib %}
---
metadata: {{ lib.labels(values.flower.replicas) }}
""",
        """\
bad.yaml.j2:3:38: 'name' of labels(name: str) takes str, and this is int""",
    ),
    (
        "an argument that may be null",
        """\
{% import "lib.yaml.j2" as lib %}
---
metadata: {{ lib.labels(values.note) }}
""",
        """\
bad.yaml.j2:3:31: 'name' of labels(name: str) takes str, and this is str?
  hint: it may be null: | default(...)""",
    ),
    (
        "a sequence spliced into a map",
        """\
{% import "lib.yaml.j2" as lib %}
---
spec:
  a: 1
  {{ lib.items(values.flower.tolerations) }}
""",
        """\
bad.yaml.j2:5:3: the macro gives a sequence, and here stands a map
  hint: splice what fits, or write 'key: {{ ... }}'""",
    ),
    (
        "white space control",
        """\
{%- if true %}
---
kind: A
{% endif %}
""",
        """\
bad.yaml.j2:1:3: '-' at the edge of a tag
  hint: white space is the compiler's work: leave it out""",
    ),
    (
        "a path into free JSON",
        """\
---
keys:
  {% for x in values.flower.tolerations %}
  - {{ x.key }}
  {% endfor %}
""",
        """\
bad.yaml.j2:4:9: '.key' of free JSON
  hint: free JSON has no paths: give it a type in the values model""",
    ),
    (
        "a name of a map with free keys",
        """\
---
name: {{ values.labels.team }}
""",
        """\
bad.yaml.j2:2:23: '.team' of a map with free keys
  hint: write ["team"]: it is null when the map has no such key""",
    ),
    (
        "a loop over a map without items",
        """\
---
names:
  {% for x in values.labels %}
  - {{ x }}
  {% endfor %}
""",
        """\
bad.yaml.j2:3:21: a loop over a value of type map[str]
  hint: lists are walked by {% for x in list %}, maps with free keys by {% for k, v in map | items %}""",
    ),
    (
        "all values at once",
        """\
---
data: {{ values }}
""",
        """\
bad.yaml.j2:2:10: all values as one value
  hint: write the settings that are meant""",
    ),
    (
        "a requirement inside a document",
        """\
---
spec:
  {% require values.flower.enabled, "enable it" %}
  a: 1
""",
        """\
bad.yaml.j2:3:3: {% require %} inside a document
  hint: it stands at the top level of a file""",
    ),
    (
        "a macro in a template",
        """\
{% macro a() %}
kind: A
{% endmacro %}
""",
        """\
bad.yaml.j2:1:1: a macro in a template file
  hint: macros live in library files under _lib/""",
    ),
    (
        "an import below other lines",
        """\
---
kind: A
{% import "lib.yaml.j2" as late %}
""",
        """\
bad.yaml.j2:3:1: an import below other lines
  hint: imports are the first lines of a file""",
    ),
    (
        "a tag that is not closed",
        """\
---
name: {{ release.name
""",
        """\
bad.yaml.j2:2:7: a tag is not closed
  hint: end it with }}""",
    ),
    (
        "a string that is not closed",
        """\
---
name: {{ "a }}
""",
        """\
bad.yaml.j2:2:10: a string is not closed
  hint: end it with \"""",
    ),
    (
        "two expressions in one tag",
        """\
---
name: {{ release.name values.executor }}
""",
        """\
bad.yaml.j2:2:23: 'values' is not expected here
  hint: each tag holds one expression""",
    ),
    (
        "a version constraint that is none",
        """\
---
name: {{ "a" if values.version is semver("three") else "b" }}
""",
        """\
bad.yaml.j2:2:42: the version constraint 'three': 'three' is no version constraint such as '>=3.0.0-0, <3.2'""",
    ),
    (
        "a statement that does not exist",
        """\
{% while true %}
""",
        """\
bad.yaml.j2:1:1: {% while %} is not in the dialect
  allowed: import, set, if, elif, else, endif, for, endfor, require, macro, endmacro""",
    ),
]


def test_there_are_many() -> None:
    assert len({name for name, _, _ in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize(("template", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_whole_message(template: str, message: str) -> None:
    compiler = Compiler("demo", SCHEMA, {"catalog": {"name": "flower"}})
    with pytest.raises(ProblemsError) as caught:
        compiler.compile({"bad.yaml.j2": template, "good.yaml.j2": _GOOD}, {"lib.yaml.j2": _LIBRARY})
    assert str(caught.value) == message


def test_static_values_that_would_give_two_defines_one_name_are_refused() -> None:
    library = "{% macro port(p: static) %}\nport: {{ p.port }}\nflag: {{ values.debug }}\n{% endmacro %}\n"
    template = (
        '{% import "lib.yaml.j2" as lib %}\n---\na: {{ lib.port({"port": 1}) }}\nb: {{ lib.port({"port": 2}) }}\n'
    )
    compiler = Compiler("demo", SCHEMA, {})
    with pytest.raises(ProblemsError) as caught:
        compiler.compile({"bad.yaml.j2": template}, {"lib.yaml.j2": library})
    assert (
        str(caught.value)
        == """\
_lib/lib.yaml.j2:1:1: two sets of static arguments for which the define would be called 'demo.lib.port'
  hint: give a map a 'name', or make the parameter one that is not static"""
    )


def test_all_problems_of_all_files_come_at_once() -> None:
    compiler = Compiler("demo", SCHEMA, {"catalog": {"name": "flower"}})
    templates = {
        "a.yaml.j2": "---\nx: {{ values.nope }}\ny: {{ values.flower.nope }}\n",
        "b.yaml.j2": "---\nz: {{ nope }}\n",
    }
    with pytest.raises(ProblemsError) as caught:
        compiler.compile(templates, {})
    places = [problem.place() for problem in caught.value.problems]
    assert places == ["a.yaml.j2:2:13", "a.yaml.j2:3:20", "b.yaml.j2:2:7"]
