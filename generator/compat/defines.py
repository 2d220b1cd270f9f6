"""Named Go templates for the functions that no single pipeline can compute; used by ``generator.compat.table``.

Each gives text: a string, or JSON that the caller reads with ``fromJson``. None changes its argument;
``mergeOverwrite`` would change maps inside its second argument, and would merge them deep.
"""

from __future__ import annotations

from generator.compat.quantities import MOST, SUFFIXES, UNITS


def _dict(entries: dict[str, float]) -> str:
    """A map of numbers as a Go pipeline; each as a float, in the form that is read back as the same one."""
    return "".join(["dict", *(f'\n  "{key}" {value!r}' for key, value in entries.items()), "\n"])


RUNTIME_DEFINES: dict[str, str] = {
    "stargit.text": """\
{{- /* A string as it is, another scalar as JSON. */ -}}
{{- define "stargit.text" -}}
{{- if kindIs "string" . -}}{{- . -}}{{- else -}}{{- toJson . -}}{{- end -}}
{{- end -}}
""",
    "stargit.merge": """\
{{- /* A list of maps, some of them null, as one map: the last that has a key wins. Not deep. */ -}}
{{- define "stargit.merge" -}}
{{- $result := dict -}}
{{- range $map := . -}}
{{- range $key, $value := $map -}}
{{- $_ := set $result $key $value -}}
{{- end -}}
{{- end -}}
{{- toJson $result -}}
{{- end -}}
""",
    "stargit.overlay": """\
{{- /* A list of maps of sections as one: section by section, the last that has a key wins. */ -}}
{{- define "stargit.overlay" -}}
{{- $result := dict -}}
{{- range $map := . -}}
{{- range $section, $entries := $map -}}
{{- $_ := set $result $section (include "stargit.merge" (list (index $result $section) $entries) | fromJson) -}}
{{- end -}}
{{- end -}}
{{- toJson $result -}}
{{- end -}}
""",
    "stargit.override": """\
{{- /* The map "base" with what "item" gives: maps merged, lists appended, other values replaced, nulls skipped. The
       keys of "ways" go another way: those with a map are overridden in the same way, others are replaced. */ -}}
{{- define "stargit.override" -}}
{{- $result := dict -}}
{{- range $key, $value := .base -}}
{{- $_ := set $result $key $value -}}
{{- end -}}
{{- $ways := .ways -}}
{{- range $key, $value := .item -}}
{{- $old := index $result $key -}}
{{- $way := index $ways $key -}}
{{- if kindIs "invalid" $value -}}
{{- else if kindIs "string" $way -}}
{{- $_ := set $result $key $value -}}
{{- else if and (kindIs "map" $old) (kindIs "map" $value) (kindIs "map" $way) -}}
{{- $both := dict "base" $old "item" $value "ways" $way -}}
{{- $_ := set $result $key (include "stargit.override" $both | fromJson) -}}
{{- else if and (kindIs "map" $old) (kindIs "map" $value) -}}
{{- $_ := set $result $key (include "stargit.merge" (list $old $value) | fromJson) -}}
{{- else if and (kindIs "slice" $old) (kindIs "slice" $value) -}}
{{- $_ := set $result $key (concat $old $value | default list) -}}
{{- else -}}
{{- $_ := set $result $key $value -}}
{{- end -}}
{{- end -}}
{{- toJson $result -}}
{{- end -}}
""",
    "stargit.latest": """\
{{- /* A key and lists: all items in one list; of maps with the same text under the key only the last stays. */ -}}
{{- define "stargit.latest" -}}
{{- $key := first . -}}
{{- $seen := dict -}}
{{- $result := list -}}
{{- range $items := reverse (rest .) -}}
{{- range $item := reverse (default list $items) -}}
{{- $name := index (ternary $item dict (kindIs "map" $item)) $key -}}
{{- if not (kindIs "string" $name) -}}
{{- $result = prepend $result $item -}}
{{- else if not (hasKey $seen $name) -}}
{{- $result = prepend $result $item -}}
{{- $_ := set $seen $name true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $result -}}
{{- end -}}
""",
    "stargit.total": """\
{{- /* The sum over "items" of the field "first" times the field "second", each with a default for null. */ -}}
{{- define "stargit.total" -}}
{{- $sum := 0 -}}
{{- $call := . -}}
{{- range $item := .items -}}
{{- $one := index $item $call.first -}}
{{- if kindIs "invalid" $one -}}{{- $one = $call.firstDefault -}}{{- end -}}
{{- $other := index $item $call.second -}}
{{- if kindIs "invalid" $other -}}{{- $other = $call.secondDefault -}}{{- end -}}
{{- $sum = add $sum (mul (int64 $one) (int64 $other)) -}}
{{- end -}}
{{- printf "%d" $sum -}}
{{- end -}}
""",
    "stargit.sum": """\
{{- /* The sum of a list of integers. */ -}}
{{- define "stargit.sum" -}}
{{- $sum := 0 -}}
{{- range $item := . -}}
{{- $sum = add $sum (int64 $item) -}}
{{- end -}}
{{- printf "%d" $sum -}}
{{- end -}}
""",
    "stargit.in_unit": """\
{{- /* How many of "unit" an amount of Kubernetes is, rounded up; 0 for what is no amount. */ -}}
{{- define "stargit.in_unit" -}}
{{- $number := 0.0 -}}
{{- $suffix := "" -}}
{{- if kindIs "string" .amount -}}
{{- if regexMatch `^[0-9]{1,15}(\\.[0-9]{1,9})?(e[0-9]{1,2})?([numkMGTPE]|[KMGTPE]i)?$` .amount -}}
{{- $suffix = regexFind `[A-Za-z]+$` .amount -}}
{{- $number = trimSuffix $suffix .amount | float64 -}}
{{- end -}}
{{- else if kindIs "float64" .amount -}}
{{- $number = .amount -}}
{{- end -}}
{{- $suffixes := """
    + _dict(SUFFIXES)
    + """-}}
{{- $units := """
    + _dict(UNITS)
    + """-}}
{{- $count := mulf $number (index $suffixes $suffix) (index $units .unit) | ceil -}}
{{- if gt $count """
    + f"{MOST:.1f}"
    + """ -}}{{- $count = """
    + f"{MOST:.1f}"
    + """ -}}{{- end -}}
{{- if lt $count 0.0 -}}{{- $count = 0.0 -}}{{- end -}}
{{- printf "%.0f" $count -}}
{{- end -}}
""",
    "stargit.ini_value": """\
{{- /* A scalar as the value of an INI option; line breaks become continuation lines. */ -}}
{{- define "stargit.ini_value" -}}
{{- $text := include "stargit.text" . -}}
{{- $blank := `[\\t\\x0b\\x0c\\x1c-\\x1f\\x{85}\\p{Z}]` -}}
{{- if regexMatch "[\\\\r\\\\n]" $text -}}
{{- $text = regexReplaceAll (printf `%s*(?:\\r\\n?|\\n)%s*` $blank $blank) $text "\\n" -}}
{{- $text = regexReplaceAll (printf `(?:%s|\\n)+\\z` $blank) $text "" -}}
{{- $text = regexReplaceAll `\\n+([#;])` $text " ${1}" -}}
{{- $text = regexReplaceAll `\\n([^\\n])` $text "\\n    ${1}" -}}
{{- else -}}
{{- $text = regexReplaceAll (printf `%s+\\z` $blank) $text "" -}}
{{- end -}}
{{- $text -}}
{{- end -}}
""",
    "stargit.python_literal": """\
{{- /* JSON data as a Python literal in ASCII. */ -}}
{{- define "stargit.python_literal" -}}
{{- if kindIs "map" . -}}
{{- $parts := list -}}
{{- range $key, $value := . -}}
{{- $parts = append $parts (printf "%+q: %s" $key (include "stargit.python_literal" $value)) -}}
{{- end -}}
{{- printf "{%s}" (join ", " $parts) -}}
{{- else if kindIs "slice" . -}}
{{- $parts := list -}}
{{- range $value := . -}}
{{- $parts = append $parts (include "stargit.python_literal" $value) -}}
{{- end -}}
{{- printf "[%s]" (join ", " $parts) -}}
{{- else if kindIs "string" . -}}
{{- printf "%+q" . -}}
{{- else if kindIs "bool" . -}}
{{- ternary "True" "False" . -}}
{{- else if kindIs "invalid" . -}}
None
{{- else -}}
{{- toJson . -}}
{{- end -}}
{{- end -}}
""",
}

#: Define -> the defines that it includes.
USED_BY_DEFINES: dict[str, tuple[str, ...]] = {
    "stargit.overlay": ("stargit.merge",),
    "stargit.override": ("stargit.merge",),
    "stargit.ini_value": ("stargit.text",),
}
