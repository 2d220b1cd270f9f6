"""What the CLI's decoder takes for each field that a document selects (contract 1.1, "Strict decode").

The shape of a document follows from its text and from ``skeleton.graphql``: text, but for booleans, integers and the
two times of a deployment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TypeAlias

from graphql import (
    FieldNode,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    get_nullable_type,
    parse,
)

from tests.houston.contract.wire import Document

SKELETON = Path(__file__).with_name("skeleton.graphql")


class Leaf(Enum):
    """Kinds of values without parts; each may be null."""

    TEXT = "text"
    FLAG = "flag"
    WHOLE = "whole"
    TIME = "time"
    UNREAD = "unread"


@dataclass(frozen=True)
class Listing:
    """A list; null is an empty one."""

    of: Shape

    def __str__(self) -> str:
        return f"[{_written(self.of)}]"


@dataclass(frozen=True)
class Object:
    """An object with its known fields by their names in the answer; null is one without any."""

    fields: tuple[tuple[str, Shape], ...]

    def field(self, name: str) -> tuple[str, Shape] | None:
        """The field that the decoder takes for a name: the one of exactly that name, or without regard to case."""
        known = {field: (field, shape) for field, shape in self.fields}
        folded = {field.casefold(): found for field, found in known.items()}
        return known.get(name) or folded.get(name.casefold())

    def __str__(self) -> str:
        return "{" + ", ".join(f"{name}: {_written(shape)}" for name, shape in self.fields) + "}"


Shape: TypeAlias = Leaf | Listing | Object

#: ``featureFlags`` is asked for without a selection; these are the keys that the CLI reads (1.4).
FEATURE_FLAGS = Object(
    tuple(
        (name, Leaf.FLAG)
        for name in (
            *("nfsMountDagDeployment", "hardDeleteDeployment", "manualNamespaceNames", "triggererEnabled"),
            *("gitSyncDagDeployment", "namespaceFreeFormEntry", "byoUpdateRegistryEnabled", "astroRuntimeEnabled"),
            "dagOnlyDeployment",
        )
    )
)

_LEAVES = {"Boolean": Leaf.FLAG, "Int": Leaf.WHOLE}
_SPECIAL: dict[tuple[str, str], Shape] = {
    ("AppConfig", "featureFlags"): FEATURE_FLAGS,
    ("Deployment", "createdAt"): Leaf.TIME,
    ("Deployment", "updatedAt"): Leaf.TIME,
}


@cache
def skeleton() -> GraphQLSchema:
    """The least schema that all documents are valid against."""
    return build_schema(SKELETON.read_text(encoding="utf-8"))


@cache
def shape_of(document: Document) -> Object:
    """What ``data`` is in an answer to a document."""
    operation = parse(document.text).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    root = skeleton().get_root_type(operation.operation)
    assert root is not None
    return _selected(root, operation.selection_set)


def _selected(parent: GraphQLObjectType, selection: SelectionSetNode) -> Object:
    fields = [node for node in selection.selections if isinstance(node, FieldNode)]
    return Object(tuple((node.alias.value if node.alias else node.name.value, _of(parent, node)) for node in fields))


def _of(parent: GraphQLObjectType, node: FieldNode) -> Shape:
    name = node.name.value
    if name == "__typename":
        return Leaf.UNREAD
    return _SPECIAL.get((parent.name, name)) or _typed(parent.fields[name].type, node)


def _typed(kind: GraphQLOutputType, node: FieldNode) -> Shape:
    match get_nullable_type(kind):
        case GraphQLList(of_type=inner):
            return Listing(_typed(inner, node))
        case GraphQLObjectType() as parent:
            assert node.selection_set is not None
            return _selected(parent, node.selection_set)
        case leaf:
            return _LEAVES.get(get_named_type(leaf).name, Leaf.TEXT)


def _written(shape: Shape) -> str:
    return shape.value if isinstance(shape, Leaf) else str(shape)
