"""Models to pages for people: values.yaml and the reference."""

from __future__ import annotations

from textwrap import dedent
from typing import Literal

import yaml
from pydantic import Field

from generator.model import FreeMap, Item, Model, defaults, reference_markdown, values_yaml
from generator.model.names import LabelKey
from generator.model.number import Quantity, Replicas
from generator.model.text import Line


class Probe(Model):
    """When a container counts as alive."""

    path: Line = "/"
    """What is asked for."""


class Mirror(Item):
    """A copy somewhere else."""

    host: Line
    """Where it is."""
    note: Line | None = None
    """A note. Without it: none."""


class Component(Model):
    """Settings of every component."""

    replicas: Replicas = 1
    """Number of pods."""
    labels: dict[LabelKey, Line] = Field(default={}, examples=[{"app": "x"}, {"app": "on", "tier": "y"}])
    """Labels of the component's objects and pods, which stand beside those that the chart gives to all of its objects
    itself."""
    probe: Probe = Probe()
    """How it is looked at."""
    priorityClassName: Line | None = None
    """Priority class. Without it: the cluster's default."""


class Web(Component):
    """A web page."""

    mode: Literal["slow", "fast"] = "fast"
    """How it answers."""
    mirrors: list[Mirror] = Field(default=[])
    """Copies."""


class Worker(Component):
    """Does the work."""

    replicas: Replicas = 3
    size: Quantity = "1Gi"
    """Its | size."""
    probe: Probe = Probe(path="/health")


class Cloud(Model):
    """Identity at the cloud."""

    role: Line | None = None
    """The role. Without it: none."""


class Page(Model):
    """All settings of a page."""

    name: Line = "yes"
    """What it is called."""
    web: Web = Web()
    worker: Worker = Worker()
    cloud: Cloud = Cloud()
    extra: list[FreeMap] = Field(default=[{"a": [1, "x"], "b": None}])
    """Anything else."""


def test_values_yaml() -> None:
    assert values_yaml(Page) == dedent(
        """\
        # All settings of a page.

        # What it is called.
        name: "yes"

        # A web page.
        web:
          # How it answers.
          mode: fast
          # Copies.
          mirrors: []
          # Number of pods.
          replicas: 1
          # Labels of the component's objects and pods, which stand beside those that the chart gives to all of its
          # objects itself.
          # Example:
          #   labels:
          #     app: x
          # Example:
          #   labels:
          #     app: "on"
          #     tier: "y"
          labels: {}
          # How it is looked at.
          probe:
            # What is asked for.
            path: /
          # Priority class. Without it: the cluster's default.
          # priorityClassName: null

        # Does the work.
        worker:
          # What has no comment here is explained at `web`.
          # Its | size.
          size: 1Gi
          replicas: 3
          labels: {}
          probe:
            path: /health
          # priorityClassName: null

        # Identity at the cloud.
        cloud: {}
        # With settings, in its place:
        # cloud:
        #   # The role. Without it: none.
        #   role: null

        # Anything else.
        extra:
        - a:
          - 1
          - x
          b: null
        """
    )


def test_values_yaml_is_the_defaults() -> None:
    assert yaml.safe_load(values_yaml(Page)) == defaults(Page)


def test_settings_without_a_default_are_yaml_when_a_person_takes_the_comment_away() -> None:
    text = values_yaml(Page).replace("  # priorityClassName: null", "  priorityClassName: high")
    block = [
        "cloud: {}",
        "# With settings, in its place:",
        "# cloud:",
        "#   # The role. Without it: none.",
        "#   role: null",
    ]
    assert "\n".join(block) in text
    own = "\n".join(line.removeprefix("# ") for line in block[2:]).replace("null", "etl")
    values = yaml.safe_load(text.replace("\n".join(block), own))
    assert values == yaml.safe_load(text) | {"cloud": {"role": "etl"}}
    assert values["web"]["priorityClassName"] == values["worker"]["priorityClassName"] == "high"


def test_reference() -> None:
    assert reference_markdown(Page, title="Values of the page") == dedent(
        """\
        # Values of the page

        All settings of a page.

        ## Settings of the whole

        | setting | type | default | meaning |
        |---|---|---|---|
        | `name` | [Line](#texts-and-numbers) | `"yes"` | What it is called. |
        | `extra` | list of [FreeMap](#texts-and-numbers) | `[{"a": [1, "x"], "b": null}]` | Anything else. |

        ## web

        A web page.

        It has every setting of [Component](#component); where a default differs, the table says so.

        | setting | type | default | meaning |
        |---|---|---|---|
        | `web.mode` | `slow`, `fast` | `"fast"` | How it answers. |
        | `web.mirrors` | list of [Mirror](#mirror) | `[]` | Copies. |

        ## worker

        Does the work.

        It has every setting of [Component](#component); where a default differs, the table says so.

        | setting | type | default | meaning |
        |---|---|---|---|
        | `worker.size` | [Quantity](#texts-and-numbers) | `"1Gi"` | Its \\| size. |
        | `worker.replicas` | [Replicas](#texts-and-numbers) | `3` | Number of pods. |
        | `worker.probe` | [Probe](#probe) | `{"path": "/health"}` | How it is looked at. |

        ## cloud

        Identity at the cloud.

        | setting | type | default | meaning |
        |---|---|---|---|
        | `cloud.role` | [Line](#texts-and-numbers), or nothing |  | The role. Without it: none. |

        ## Shapes

        What has the same form in several places.

        ### Component

        Settings of every component.

        | setting | type | default | meaning |
        |---|---|---|---|
        | `replicas` | [Replicas](#texts-and-numbers) | `1` | Number of pods. |
        | `labels` | map of [LabelKey](#texts-and-numbers) to [Line](#texts-and-numbers) | `{}` | Labels of the component's objects and pods, which stand beside those that the chart gives to all of its objects itself. Example: `{"app": "x"}` |
        | `probe` | [Probe](#probe) |  | How it is looked at. |
        | `priorityClassName` | [Line](#texts-and-numbers), or nothing |  | Priority class. Without it: the cluster's default. |

        ### Mirror

        A copy somewhere else.

        | setting | type | default | meaning |
        |---|---|---|---|
        | `host` | [Line](#texts-and-numbers) | needed | Where it is. |
        | `note` | [Line](#texts-and-numbers), or nothing |  | A note. Without it: none. |

        ### Probe

        When a container counts as alive.

        | setting | type | default | meaning |
        |---|---|---|---|
        | `path` | [Line](#texts-and-numbers) | `"/"` | What is asked for. |

        ## Texts and numbers

        | type | meaning | example |
        |---|---|---|
        | FreeMap | Any map, as Kubernetes defines it. |  |
        | LabelKey | The key of a label or annotation: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; a domain and `/` may stand before it. | `example.com/team` |
        | Line | Text of one line, without control characters. |  |
        | Quantity | An amount as Kubernetes writes it, such as `500m`, `2Gi` or `4`. | `500m`, `2Gi`, `4` |
        | Replicas | A number of pods. | `2` |
        """  # noqa: E501
    )


def test_the_reference_shows_short_examples_of_lists_and_maps_that_are_empty() -> None:
    class Files(Model):
        """Files."""

        short: list[Line] = Field(default=[], examples=[["a|b"], ["c"]])
        """Shown."""
        long: list[Line] = Field(default=[], examples=[["a" * 80]])
        """Too long."""
        filled: list[Line] = Field(default=["a"], examples=[["b"]])
        """Its default tells enough."""
        text: Line = Field(default="", examples=["[a]"])
        """A text."""

    meanings = [line.split(" | ", 3)[-1] for line in reference_markdown(Files).splitlines() if line.startswith("| `")]
    assert meanings == ['Shown. Example: `["a\\|b"]` |', "Too long. |", "Its default tells enough. |", "A text. |"]
