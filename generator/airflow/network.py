"""Who reaches what: ingress with login, and network policies."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.shapes import Selector
from generator.airflow.snippets import INGRESS_ANNOTATIONS, INGRESS_PATHS, TLS_SECRET
from generator.model import FreeMap, Item, Model
from generator.model.names import DnsName, HostName, LabelKey
from generator.model.text import Line, Url, UrlPath


class IngressTls(Item):
    """Encryption of one host."""

    EXAMPLES = ({"enabled": True, "secretName": TLS_SECRET},)

    enabled: bool | None = None
    """Whether the host is reached by https."""
    secretName: DnsName | None = Field(default=None, examples=[TLS_SECRET])
    """A Secret of type tls. Without it: `ingress.tlsSecretName`."""


class IngressHost(Item):
    """A host that an ingress answers to."""

    EXAMPLES = ({"name": "airflow.example.com", "tls": {"enabled": True, "secretName": TLS_SECRET}},)

    name: HostName
    """The host's name."""
    tls: IngressTls | None = None
    """Encryption of this host. Without it: with `ingress.tlsSecretName`, when that is given."""


class IngressRoute(Model):
    """How one web page is reached from outside."""

    EXAMPLES = ({"enabled": True, "hosts": [{"name": "airflow.example.com"}]},)

    enabled: bool = False
    """Whether there is an ingress for it."""
    hosts: list[IngressHost] = Field(default=[], examples=[[{"name": "airflow.example.com"}]])
    """The hosts. Empty: `deployments.` and `ingress.baseDomain`."""
    path: UrlPath | None = None
    """The path. Without it: `/<release>/airflow` (Flower: `/<release>/flower`) under the base domain, `/` on hosts of
    its own."""
    pathType: Literal["Prefix", "Exact", "ImplementationSpecific"] = "Prefix"
    """How the path is compared."""
    ingressClassName: DnsName | None = Field(default=None, examples=["nginx"])
    """The ingress class. Without it: `ingress.ingressClassName`."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[INGRESS_ANNOTATIONS])
    """Annotations, merged over those of `ingress.annotations` and of the login."""
    precedingPaths: list[FreeMap] = Field(default=[], examples=[INGRESS_PATHS])
    """More paths before this one, as in a Kubernetes Ingress."""
    succeedingPaths: list[FreeMap] = Field(default=[], examples=[INGRESS_PATHS])
    """More paths after this one, as in a Kubernetes Ingress."""


class IngressAuth(Model):
    """A login before the page: nginx asks this service about every request."""

    EXAMPLES = ({"enabled": True, "url": "http://stargit-houston.stargit.svc.cluster.local:8871/v1/authorization"},)

    enabled: bool = False
    """Whether nginx asks."""
    url: Url | None = Field(
        default=None, examples=["http://stargit-houston.stargit.svc.cluster.local:8871/v1/authorization"]
    )
    """Where nginx asks; it answers 200 with headers, or 401. Needed when the login is enabled."""
    signinUrl: Url | None = None
    """Where people are sent to log in. Without it: they get the 401."""
    responseHeaders: Line = "authorization, username, email"
    """Headers of the answer that Airflow gets."""
    cacheKey: Line | None = Field(default=None, examples=["$http_cookie"])
    """What an answer is remembered by. Without it: every request is asked about."""
    cacheDuration: Line = "200 15m, 401 403 1m"
    """How long answers are remembered, when there is a `cacheKey`."""


class Ingress(Model):
    """How web pages are reached from outside."""

    EXAMPLES = ({"baseDomain": "platform.example.com", "tlsSecretName": TLS_SECRET, "apiServer": {"enabled": True}},)

    baseDomain: HostName | None = Field(default=None, examples=["platform.example.com"])
    """The platform's domain. With it, pages without `hosts` are at `deployments.<baseDomain>/<release>/...`."""
    ingressClassName: DnsName | None = Field(default=None, examples=["nginx"])
    """The ingress class. Without it: the cluster's default class."""
    tlsSecretName: DnsName | None = Field(default=None, examples=[TLS_SECRET])
    """A Secret of type tls for all hosts. Without it: no https."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[INGRESS_ANNOTATIONS])
    """Annotations of every ingress."""
    auth: IngressAuth = IngressAuth()
    """A login before the pages."""
    web: IngressRoute = IngressRoute()
    """The webserver of Airflow 2."""
    apiServer: IngressRoute = IngressRoute()
    """The API server of Airflow 3."""
    flower: IngressRoute = IngressRoute()
    """Flower."""


class NetworkPolicies(Model):
    """Which connections are allowed: none but those that components need."""

    EXAMPLES = ({"prometheus": {"namespaceLabels": {"kubernetes.io/metadata.name": "monitoring"}}},)

    enabled: bool = True
    """Whether there are network policies: one that denies all incoming connections, and one for each component."""
    denyEgress: bool = False
    """Whether outgoing connections are denied too, but for DNS, the release itself and what rules allow."""
    extraEgress: list[FreeMap] = Field(
        default=[], examples=[[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 5432}]}]]
    )
    """Egress rules of a Kubernetes NetworkPolicy for every component, when outgoing connections are denied."""
    ingressController: Selector = Field(
        default=Selector(namespaceLabels={"kubernetes.io/metadata.name": "ingress-nginx"}),
        examples=[
            {
                "namespaceLabels": {"kubernetes.io/metadata.name": "ingress-nginx"},
                "podLabels": {"app.kubernetes.io/name": "ingress-nginx"},
            }
        ],
    )
    """Pods of the ingress controller; they reach web pages."""
    prometheus: Selector = Field(
        default=Selector(namespaceLabels={"kubernetes.io/metadata.name": "monitoring"}),
        examples=[
            {
                "namespaceLabels": {"kubernetes.io/metadata.name": "monitoring"},
                "podLabels": {"app.kubernetes.io/name": "prometheus"},
            }
        ],
    )
    """Pods of Prometheus; they reach metrics."""
    keda: Selector = Field(
        default=Selector(namespaceLabels={"kubernetes.io/metadata.name": "keda"}),
        examples=[
            {
                "namespaceLabels": {"kubernetes.io/metadata.name": "keda"},
                "podLabels": {"app.kubernetes.io/name": "keda-operator"},
            }
        ],
    )
    """Pods of KEDA; they reach PgBouncer."""
