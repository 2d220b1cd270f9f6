"""The Helm chart: all its files as text, and the package as bytes that are the same on every build."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping

from generator.charts.source import ChartSource
from generator.compat.table import runtime_defines
from generator.model import reference_markdown, values_yaml
from generator.yaml import dump

#: Helm and tar want some time of change; this one names no day.
_EPOCH = 315_532_800


def chart_files(chart: ChartSource) -> dict[str, str]:
    """The files of the chart's folder by path, sorted. Raises ProblemsError when a template is wrong."""
    compiled = chart.compiled
    files = {
        "Chart.yaml": dump(_chart_yaml(chart)),
        "values.yaml": values_yaml(chart.values),
        "values.schema.json": json.dumps(chart.schema, indent=2, ensure_ascii=False) + "\n",
        "README.md": _readme(chart),
        ".helmignore": "*.tgz\n.git/\n",
    }
    for name, file in compiled.go_files.items():
        files[f"templates/{name}"] = file.text
    if notes := chart.page("NOTES.txt"):
        files["templates/NOTES.txt"] = notes
    defines = runtime_defines(compiled.used_functions)
    if defines:
        files["templates/_stargit.tpl"] = defines
    return dict(sorted(files.items()))


def source_map(chart: ChartSource) -> dict[str, list[list[int | str] | None]]:
    """For each Go template file the template file and line that each of its lines came from (``null``: from none)."""
    return {
        f"templates/{name}": [None if origin is None else [origin[0], origin[1]] for origin in file.origins]
        for name, file in sorted(chart.compiled.go_files.items())
    }


def package_name(chart: ChartSource) -> str:
    """The package's file name, as Helm wants it."""
    return f"{chart.name}-{chart.metadata.version}.tgz"


def package(chart: ChartSource, files: Mapping[str, str]) -> bytes:
    """The files as a Helm package: sorted, without owners, times or machine in it."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for path, text in sorted(files.items()):
            data = text.encode("utf-8")
            entry = tarfile.TarInfo(f"{chart.name}/{path}")
            entry.size = len(data)
            entry.mode = 0o644
            entry.mtime = _EPOCH
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _chart_yaml(chart: ChartSource) -> dict[str, object]:
    about = chart.metadata
    fields: dict[str, object] = {
        "apiVersion": "v2",
        "name": about.name,
        "version": about.version,
        "appVersion": about.app_version,
        "description": about.description,
        "type": "application",
        "kubeVersion": about.kube_version,
        "home": about.home,
        "keywords": list(about.keywords),
        "annotations": {"stargit.dev/source-digest": chart.digest},
    }
    return {key: value for key, value in fields.items() if value}


_README = """# {name}

{description}

Chart {version}, for Airflow {app_version} by default. Made by Stargit from typed templates: change those, not these
files.

{guide}## Install

With your settings in `my-values.yaml`:

```shell
helm install my-airflow {package} --namespace my-airflow --values my-values.yaml
```

"""


def _readme(chart: ChartSource) -> str:
    about = chart.metadata
    guide = chart.page("INSTALL.md")
    head = _README.format(
        name=about.name,
        description=about.description,
        version=about.version,
        app_version=about.app_version,
        package=package_name(chart),
        guide=f"{guide}\n" if guide else "",
    )
    return head + reference_markdown(chart.values)
