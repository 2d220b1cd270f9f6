# ruff: noqa: E501  (messages stand as they are printed)
"""Files that are no text, no YAML, or YAML that programs read in different ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT_FILE,
    PLAIN,
    WORKSPACE,
    WORKSPACE_FILE,
    deployment,
)
from tests.engine.broken.repositories import Broken, check

D, W, E = DEPLOYMENT_FILE, WORKSPACE_FILE, ENVIRONMENT_FILE
_BOMB = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(9))

_HUNDRED = "".join(
    f"environments/dev/workspaces/etl/deployments/daily.yaml:{n + 4}:{len(f'  x{n}: ') + 1}: values.x{n}: yes is a boolean to some programs and text to others\n"
    '  hint: write "yes" if it is text, or true if not\n'
    for n in range(100)
)

ENCODINGS = {
    "UTF-16 from an editor of Windows": Broken(
        {**PLAIN, D: DEPLOYMENT.encode("utf-16")},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: the file is UTF-16
          allowed: UTF-8
          hint: save the file as UTF-8 without a byte order mark
        """,
    ),
    "UTF-16 without a byte order mark": Broken(
        {**PLAIN, D: DEPLOYMENT.encode("utf-16-le")},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: the file is UTF-16
          allowed: UTF-8
          hint: save the file as UTF-8 without a byte order mark
        """,
    ),
    "UTF-32": Broken(
        {**PLAIN, D: DEPLOYMENT.encode("utf-32")},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: the file is UTF-32
          allowed: UTF-8
          hint: save the file as UTF-8 without a byte order mark
        """,
    ),
    "UTF-8 with a byte order mark": Broken(
        {**PLAIN, W: b"\xef\xbb\xbf" + WORKSPACE.encode()},
        """\
        environments/dev/workspaces/etl/workspace.yaml:1:1: a byte order mark
          hint: save the file as UTF-8 without a byte order mark
        """,
    ),
    "Latin-1": Broken(
        {**PLAIN, W: WORKSPACE.encode() + "label: Bücher\n".encode("latin-1")},
        """\
        environments/dev/workspaces/etl/workspace.yaml:3:9: byte 0xfc is not UTF-8
          allowed: UTF-8
          hint: save the file as UTF-8
        """,
    ),
    "half a character at the end": Broken(
        {**PLAIN, W: WORKSPACE.encode() + b"label: caf\xc3"},
        """\
        environments/dev/workspaces/etl/workspace.yaml:3:11: byte 0xc3 is not UTF-8
          allowed: UTF-8
          hint: save the file as UTF-8
        """,
    ),
    "zero bytes of a file system that crashed": Broken(
        {**PLAIN, D: b"\0" * 4096},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: the file has 4,096 zero bytes, the first one here
          hint: the file is damaged, or no text: write it anew, or take it from git again
        """,
    ),
    "one zero byte": Broken(
        deployment("label: a\0b\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:9: a zero byte
          hint: the file is damaged, or no text: write it anew, or take it from git again
        """,
    ),
    "an escape sequence for the terminal": Broken(
        deployment("label: \x1b[2Jgone\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: the character U+001B (control character)
          hint: remove it, or write it as "\\u001b" in double quotes
        """,
    ),
    "text that runs backwards": Broken(
        deployment("label: \u202eetadilav\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: the character U+202E (right-to-left override)
          hint: remove it, or write it as "\\u202e" in double quotes
        """,
    ),
    "a blank that is none": Broken(
        deployment("values:\n  executor:\u00a0LocalExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:12: values: the character U+00A0 (no-break space) in text without quotes
          hint: write a blank, or, if it is meant, "\\u00a0" in double quotes
        """,
    ),
    "quotation marks of a word processor": Broken(
        deployment("label: “Orders”\nvalues:\n  airflowVersion: “3.1.0”\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:3: values.airflowVersion: "“3.1.0”" is not allowed
          allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`
        """,
    ),
    "line ends of old Macs": Broken(
        {**PLAIN, D: DEPLOYMENT.replace("\n", "\r")},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:27: a carriage return without a line feed
          hint: save the file with the line ends of Unix
        environments/dev/workspaces/etl/deployments/daily.yaml:1:44: a carriage return without a line feed
          hint: save the file with the line ends of Unix
        """,
    ),
    "a picture": Broken(
        {**PLAIN, D: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: the file has 3 zero bytes, the first one here
          hint: the file is damaged, or no text: write it anew, or take it from git again
        """,
    ),
    "a packed file": Broken(
        {**PLAIN, D: b"\x1f\x8b\x08\0\0\0\0\0"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:4: the file has 5 zero bytes, the first one here
          hint: the file is damaged, or no text: write it anew, or take it from git again
        """,
    ),
}

SIZES = {
    "a megabyte too much": Broken(
        deployment("description: |\n" + "  text\n" * 160_000),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml: is larger than 1,048,576 bytes
          hint: is this a file for Stargit at all?
        """,
    ),
    "more keys than anybody wrote": Broken(
        deployment("values:\n  labels:\n" + "".join(f"    l{n}: a\n" for n in range(60_000))),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:50000:13: values.labels.l49995: more than 100,000 keys and values
          hint: split the file
        """,
    ),
    "deep brackets": Broken(
        deployment("values: " + "[" * 10_000 + "\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:72: maps and lists nested more than 64 deep
        """,
    ),
    "deep indentation": Broken(
        deployment("values:\n" + "".join(" " * n + "a:\n" for n in range(2, 80))),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:67:66: maps and lists nested more than 64 deep
        """,
    ),
    "aliases that explode": Broken(
        deployment("values:\n" + _BOMB),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:7:17: values.a3[1]: aliases make 533 keys and values of 16
          allowed: 20 times as many
          hint: write less by alias
        """,
    ),
    "an alias inside of itself": Broken(
        deployment("values: &a\n  config: *a\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:11: values.config: the alias *a inside its own anchor
          hint: write it out
        """,
    ),
    "a key of 10,000 characters": Broken(
        deployment(f"values:\n  {'k' * 10_000}: 1\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: a key of 10,000 characters
          allowed: at most 1,024
        """,
    ),
    "a quoted key of 10,000 characters": Broken(
        deployment(f'values:\n  "{"k" * 500}":\n    "{"k" * 10_000}": 1\n'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: a key of 10,002 characters
          allowed: at most 1,024
        """,
    ),
    "a value of 10,000 characters": Broken(
        deployment(f"values:\n  executor: {'v' * 10_000}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.executor: "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv… is not allowed
          allowed: LocalExecutor, CeleryExecutor, KubernetesExecutor, LocalKubernetesExecutor, CeleryKubernetesExecutor, CeleryExecutor,KubernetesExecutor, KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor, CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor
        """,
    ),
    "a number of 10,000 digits": Broken(
        deployment(f"values:\n  scheduler:\n    replicas: {'9' * 10_000}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:15: values.scheduler.replicas: the number 999999999999999999999999999999999999999999999999999999999... is larger than a number may be (2^53)
          hint: write "999999999999999999999999999999999999999999999999999999999..." if it is text
        """,
    ),
    "1,000 wrong keys": Broken(
        deployment("values:\n" + "".join(f"  x{n}: yes\n" for n in range(1_000))),
        _HUNDRED
        + "environments/dev/workspaces/etl/deployments/daily.yaml:103:9: has 100 problems up to here, and was not read further\n",
    ),
}

SYNTAX = {
    "an empty file": Broken(
        {**PLAIN, D: ""},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: is empty
          allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Deployment'
        """,
    ),
    "blanks alone": Broken(
        {**PLAIN, E: "\n  \n\n"},
        """\
        environments/dev/environment.yaml:1:1: is empty
          allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Environment'
        """,
    ),
    "comments alone": Broken(
        {**PLAIN, W: "# TODO\n"},
        """\
        environments/dev/workspaces/etl/workspace.yaml:1:1: is empty
          allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Workspace'
        """,
    ),
    "two documents": Broken(
        {**PLAIN, D: DEPLOYMENT + "---\n" + DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: a second document
          allowed: one document
          hint: put it into a file of its own
        """,
    ),
    "a document and an empty one": Broken(
        {**PLAIN, D: DEPLOYMENT + "---\n"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: a second document
          allowed: one document
          hint: put it into a file of its own
        """,
    ),
    "a word": Broken(
        {**PLAIN, D: "deployment\n"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: is no map
          allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Deployment'
        """,
    ),
    "a list of files": Broken(
        {**PLAIN, D: "- apiVersion: stargit.dev/v1\n  kind: Deployment\n"},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: is no map
          allowed: a map with 'apiVersion: stargit.dev/v1' and 'kind: Deployment'
        """,
    ),
    "JSON that was cut off": Broken(
        {**PLAIN, D: '{"apiVersion": "stargit.dev/v1", "kind": "Deplo'},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:42: while scanning a quoted scalar: found unexpected end of stream
          hint: close the quotes; a quotation mark in the text is written \\" in double and '' in single quotes
        """,
    ),
    "marks of a merge that met": Broken(
        deployment("<<<<<<< HEAD\nlabel: Mine\n=======\nlabel: Theirs\n>>>>>>> main\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: a mark of a merge conflict
          hint: settle which lines are to stay, and remove the lines of marks
        """,
    ),
    "a tab as indentation": Broken(
        deployment("values:\n\texecutor: LocalExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:1: a tab where a value or a key should be
          hint: indent with spaces
        """,
    ),
    "a tab after blanks": Broken(
        deployment("values:\n  scheduler:\n  \treplicas: 2\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:3: a tab where a value or a key should be
          hint: indent with spaces
        """,
    ),
    "a key that is indented by one too many": Broken(
        deployment("values:\n  executor: LocalExecutor\n   gid: 0\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:7: mapping values are not allowed in this context
          hint: put the text after the key into quotes, or mend the indentation of this line
        """,
    ),
    "a key that is indented by one too few": Broken(
        deployment("values:\n  executor: LocalExecutor\n gid: 0\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:2: while parsing a block mapping that began in line 1: did not find expected key
          hint: mend the indentation of this line; every key of a map stands in the same column
        """,
    ),
    "no blank after the colon": Broken(
        deployment("label:Orders\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: a key without a ':' and a blank behind it
          hint: write 'key: value'; a key stands on one line, and a space follows the colon
        """,
    ),
    "a colon in text": Broken(
        deployment("label: Orders: every night\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:14: mapping values are not allowed in this context
          hint: put the text after the key into quotes, or mend the indentation of this line
        """,
    ),
    "quotes that nobody closed": Broken(
        deployment('label: "Orders\nvalues:\n  executor: LocalExecutor\n'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: while scanning a quoted scalar: found unexpected end of stream
          hint: close the quotes; a quotation mark in the text is written \\" in double and '' in single quotes
        """,
    ),
    "a bracket that nobody closed": Broken(
        deployment("alertEmails: [ops@example.com\nvalues: {}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:7: while parsing a flow sequence that began in line 3: did not find expected ',' or ']'
          hint: close the list with ']' and put ',' between its items
        """,
    ),
    "a path of Windows in double quotes": Broken(
        deployment('description: "C:\\data"\n'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:17: while parsing a quoted scalar: found unknown escape character
          hint: double the backslash, or write the text in single quotes
        """,
    ),
    "a text that begins with %": Broken(
        deployment("label: %orders%\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: '%' cannot begin a value
          hint: put text that begins with '%' into quotes
        """,
    ),
    "a text that begins with @": Broken(
        deployment("label: @orders\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: '@' cannot begin a value
          hint: put text that begins with '@' into quotes
        """,
    ),
    "a text that begins with *": Broken(
        deployment("label: *orders\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: label: no anchor &orders before the alias *orders
          hint: put text that begins with '*' into quotes
        """,
    ),
    "a template as a value": Broken(
        deployment("label: {{ .Values.label }}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:9: label: a map or list as a key
          allowed: text
          hint: templates are not filled in here; text with '{{' or '{%' in it is put into quotes
        """,
    ),
    "a template as a key": Broken(
        deployment("{{ key }}: orders\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: a map or list as a key
          allowed: text
          hint: templates are not filled in here; text with '{{' or '{%' in it is put into quotes
        """,
    ),
    "a template around lines": Broken(
        deployment("{{- if .Values.etl }}\nlabel: Orders\n{{- end }}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: a key without a ':' and a blank behind it
          hint: templates are not filled in here; text with '{{' or '{%' in it is put into quotes
        """,
    ),
    "a template in a setting": Broken(
        deployment(
            'values:\n  executor: "{{ .Values.executor }}"\n  scheduler:\n    replicas: "{{ .Values.replicas }}"\n'
        ),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.executor: "{{ .Values.executor }}" is not allowed
          allowed: LocalExecutor, CeleryExecutor, KubernetesExecutor, LocalKubernetesExecutor, CeleryKubernetesExecutor, CeleryExecutor,KubernetesExecutor, KubernetesExecutor,CeleryExecutor, LocalExecutor,KubernetesExecutor, KubernetesExecutor,LocalExecutor, CeleryExecutor,LocalExecutor, LocalExecutor,CeleryExecutor
        environments/dev/workspaces/etl/deployments/daily.yaml:6:5: values.scheduler.replicas: "{{ .Values.replicas }}" is text
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a variable of a shell in a setting": Broken(
        deployment("values:\n  airflowVersion: ${AIRFLOW_VERSION}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.airflowVersion: "${AIRFLOW_VERSION}" is not allowed
          allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`
        """,
    ),
    "a directive": Broken(
        {**PLAIN, D: "%YAML 1.1\n---\n" + DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: a directive
          hint: remove the lines that begin with '%'
        """,
    ),
    "a tag that makes objects": Broken(
        deployment("label: !!python/object/apply:os.system [id]\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:8: label: the tag '!!python/object/apply:os.system'
          hint: remove it; text that looks like something else is written in quotes
        """,
    ),
    "a merge key": Broken(
        deployment("values:\n  scheduler: &s {replicas: 1}\n  triggerer:\n    <<: *s\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:5: values.triggerer."<<": the merge key <<, which programs read in different ways
          hint: write the keys out; an alias can stand for a whole value
        """,
    ),
    "a list as a key": Broken(
        deployment("? [a, b]\n: c\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:3: a map or list as a key
          allowed: text
        """,
    ),
}

MEANINGS = {
    "a key twice": Broken(
        deployment("values:\n  executor: LocalExecutor\n  gid: 0\n  executor: CeleryExecutor\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:6:3: values.executor: the key 'executor' again; line 4 has it already
          hint: keep one of them
        """,
    ),
    "the head twice": Broken(
        {**PLAIN, D: DEPLOYMENT + DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: apiVersion: the key 'apiVersion' again; line 1 has it already
          hint: keep one of them
        environments/dev/workspaces/etl/deployments/daily.yaml:4:1: kind: the key 'kind' again; line 2 has it already
          hint: keep one of them
        """,
    ),
    "yes, no, on and off": Broken(
        deployment("values:\n  hibernate: no\n  triggerer:\n    enabled: on\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:14: values.hibernate: no is a boolean to some programs and text to others
          hint: write "no" if it is text, or false if not
        environments/dev/workspaces/etl/deployments/daily.yaml:6:14: values.triggerer.enabled: on is a boolean to some programs and text to others
          hint: write "on" if it is text, or true if not
        """,
    ),
    "a country that is a boolean": Broken(
        deployment("values:\n  labels:\n    country: NO\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:14: values.labels.country: NO is a boolean to some programs and text to others
          hint: write "NO" if it is text, or false if not
        """,
    ),
    "a key that is a boolean": Broken(
        deployment("values:\n  labels:\n    on: call\n    y: x\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.labels.on: the key on is a boolean to some programs and text to others
          hint: write "on":
        environments/dev/workspaces/etl/deployments/daily.yaml:6:5: values.labels.y: the key y is a boolean to some programs and text to others
          hint: write "y":
        """,
    ),
    "a key that is a number": Broken(
        deployment("values:\n  labels:\n    2026: budget\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.labels.2026: the key '2026' is a number, and a key is text
          hint: write "2026":
        """,
    ),
    "a date": Broken(
        deployment("values:\n  labels:\n    since: 2026-01-01\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:12: values.labels.since: 2026-01-01 is a date to some programs and text to others
          hint: write "2026-01-01" if it is text
        """,
    ),
    "a time": Broken(
        deployment("values:\n  labels:\n    at: 12:30\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:9: values.labels.at: 12:30 is a number in base 60 to some programs and text to others
          hint: write "12:30" if it is text
        """,
    ),
    "no number": Broken(
        deployment("values:\n  scheduler:\n    replicas: .nan\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:15: values.scheduler.replicas: .nan is no number that JSON and Helm know
          hint: write ".nan" if it is text
        """,
    ),
    "endless": Broken(
        deployment("values:\n  scheduler:\n    replicas: .inf\n  triggerer:\n    replicas: -.Inf\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:15: values.scheduler.replicas: .inf is no number that JSON and Helm know
          hint: write ".inf" if it is text
        environments/dev/workspaces/etl/deployments/daily.yaml:7:15: values.triggerer.replicas: -.Inf is no number that JSON and Helm know
          hint: write "-.Inf" if it is text
        """,
    ),
    "words of other languages for no number": Broken(
        deployment("values:\n  scheduler:\n    replicas: NaN\n  triggerer:\n    replicas: Infinity\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.scheduler.replicas: "NaN" is text
          allowed: a whole number from 0 to 1000
        environments/dev/workspaces/etl/deployments/daily.yaml:7:5: values.triggerer.replicas: "Infinity" is text
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a float too large": Broken(
        deployment("values:\n  scheduler:\n    replicas: 1.0e+999\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:15: values.scheduler.replicas: the number 1.0e+999 is larger than a number may be (1.8e+308)
          hint: write "1.0e+999" if it is text
        """,
    ),
    "numbers with underscores, zeros and exponents": Broken(
        deployment("values:\n  gid: 1_000\n  uid: 0777\n  labels:\n    commit: 1234e56\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:8: values.gid: 1_000 is a number to some programs and text to others
          hint: write "1_000" if it is text, or 1000 if it is a number
        environments/dev/workspaces/etl/deployments/daily.yaml:5:8: values.uid: 0777 is a number to some programs and text to others
          hint: write "0777" if it is text, or 511 if it is octal (a file mode), or 777 if it is a number
        environments/dev/workspaces/etl/deployments/daily.yaml:7:13: values.labels.commit: 1234e56 is a number to some programs and text to others
          hint: write "1234e56" if it is text, or 1.234e+59 if it is a number
        """,
    ),
    "a version that is a number": Broken(
        deployment("values:\n  airflowVersion: 3.1\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.airflowVersion: 3.1 is a number
          allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`
          hint: write the whole version: 3.1.0
        """,
    ),
    "a version of two parts that is another number": Broken(
        deployment("values:\n  airflowVersion: 2.10\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.airflowVersion: 2.10 is a number
          allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`
          hint: write the whole version: 2.10.0
        """,
    ),
    "a version of two parts in quotes": Broken(
        deployment("values:\n  airflowVersion: '3.1'\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.airflowVersion: "3.1" is not allowed
          allowed: A version of three numbers, such as `3.1.0` or, of a pre-release, `3.1.0-rc1`
          hint: write the whole version: 3.1.0
        """,
    ),
    "a version that is another number": Broken(
        deployment("values:\n  defaultAirflowTag: 3.10\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.defaultAirflowTag: 3.10 is a number
          allowed: The tag of a container image: at most 128 letters, digits, `_`, `.` and `-`
          hint: put it in quotes: "3.10"
        """,
    ),
    "a number in quotes": Broken(
        deployment('values:\n  scheduler:\n    replicas: "2"\n'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:5:5: values.scheduler.replicas: "2" is text
          allowed: a whole number from 0 to 1000
        """,
    ),
    "a boolean in quotes": Broken(
        deployment('values:\n  hibernate: "true"\n'),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:4:3: values.hibernate: "true" is text
          allowed: true or false
        """,
    ),
}

TABLE = {**ENCODINGS, **SIZES, **SYNTAX, **MEANINGS}


@pytest.mark.parametrize("name", TABLE)
def test_text(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(TABLE[name], tmp_path, capsys)
