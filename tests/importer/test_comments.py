"""Comments of people on what was kept stay where they say something."""

from __future__ import annotations

from textwrap import dedent

from generator.yaml import read
from tests.importer.imports import imported

#: What the official chart has by default, and is written down behind all else.
VOLUMES = """\
workers:
  persistence:
    enabled: true
    size: 100Gi
triggerer:
  persistence:
    enabled: true
    size: 100Gi
"""


def values_of(text: str) -> str:
    """What is written below ``values:``."""
    return dedent(imported(dedent(text)).text.split("values:\n", 1)[1])


def test_comments_above_and_behind() -> None:
    assert (
        values_of(
            """\
        # Licensed to nobody, copyright

        # for the team
        executor: LocalExecutor   # one node
        airflowVersion: 2.10.5

        # two of them,
        # says the runbook
        scheduler:  # important
          replicas: 2
          # not so fast
          tolerations:
            # the pool
            - key: pool   # of nodes
              effect: NoSchedule
        airflowPodAnnotations: {a: "b # c"}
        """
        )
        == dedent(
            """\
        # for the team
        executor: LocalExecutor  # one node
        airflowVersion: 2.10.5
        # two of them,
        # says the runbook
        scheduler:  # important
          replicas: 2
          # not so fast
          tolerations:
          # the pool
          - key: pool  # of nodes
            effect: NoSchedule
        airflowPodAnnotations:
          a: "b # c"
        """
        )
        + VOLUMES
    )


def test_comments_go_where_the_value_goes() -> None:
    assert (
        values_of("airflowVersion: 2.10.5\n# old name\npgbouncer:\n  # how clients log in\n  auth_type: md5 # weak\n")
        == "airflowVersion: 2.10.5\n# old name\npgbouncer:\n  # how clients log in\n  authType: md5  # weak\n" + VOLUMES
    )


def test_what_begins_with_a_number_sign_inside_of_text_is_no_comment() -> None:
    text = """\
        airflowVersion: 2.10.5
        airflowLocalSettings: |
          # of Python
          X = 1
          # of Python, too
        executor: LocalExecutor
        env:
          - name: A
            value: "one
              # two"
          - name: B
            value: c
        """
    written = imported(dedent(text)).text
    assert written.count("# of Python, too") == 1
    assert read(written, file="").value["values"]["airflowLocalSettings"] == "# of Python\nX = 1\n# of Python, too\n"
    assert "\n  executor: LocalExecutor\n" in written
    assert written.count("# two") == 1


def test_a_comment_never_changes_what_the_file_says() -> None:
    text = """\
        airflowVersion: 2.10.5  # a
        env:  # b
          - {name: A, value: "x"}  # c
          - name: T  # d
            value: |  # e
              one
              two
        dags: {gitSync: {enabled: false, branch: main}}  # f
        """
    plain = read(dedent("\n".join(line.split("  #")[0] for line in text.splitlines())), file="").value
    assert read(imported(dedent(text)).text, file="").value["values"] == plain | read(VOLUMES, file="").value
