"""Which pods may have the administrator's Secret: those that are exactly the bootstrap job's.

The program in the image is trusted, and nothing beside it: whatever else could read its variables, run in its place, or
stand in for the server that it sends the password to, is refused by leaving it out of what is allowed.
"""

from __future__ import annotations

from generator.argocd.admission.expressions import BY_A_DEPLOYMENT, Rule, fields, literally, text, texts
from generator.desired import ACCOUNT_SUFFIX, BootstrapJob

#: What makes pods, by API group. Some operators read a workload's variables though no pod of it ever runs (KEDA).
WORKLOADS = {
    "": ("pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "batch": ("cronjobs", "jobs"),
}
#: The job's name, as the chart builds it, and that of its pods: nobody gets into a pod of such a name.
JOB_NAME = "-bootstrap-[0-9a-f]{10}$"
POD_NAME = "-bootstrap-[0-9a-f]{10}-[^-]+$"

#: Pods are changed all the time, by those who count and bind them, and what was there before must be able to end.
CHANGES_PODS = (
    "request.operation != 'UPDATE' || object.?spec != oldObject.?spec"
    " || dyn(object).?template != dyn(oldObject).?template"
)

_POD = (
    "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsPolicy",
    "enableServiceLinks", "hostUsers", "imagePullSecrets", "nodeName", "nodeSelector", "overhead", "preemptionPolicy",
    "priority", "priorityClassName", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates",
    "securityContext", "serviceAccount", "serviceAccountName", "terminationGracePeriodSeconds", "tolerations",
    "topologySpreadConstraints", "volumes",
)  # fmt: skip
_CONTAINER = (
    "env", "image", "imagePullPolicy", "name", "resources", "securityContext", "terminationMessagePath",
    "terminationMessagePolicy", "volumeMounts",
)  # fmt: skip
#: Where the chart mounts the empty folder, and Kubernetes the account's token.
_PLACES = ("/tmp", "/var/run/secrets/kubernetes.io/serviceaccount")  # noqa: S108
_MOUNT = ("mountPath", "name", "readOnly", "recursiveReadOnly")

_SPEC = (
    "object.kind == 'Pod' ? dyn(object).spec"
    " : object.kind == 'PodTemplate' ? dyn(object).template.spec"
    " : object.kind == 'CronJob' ? dyn(object).spec.jobTemplate.spec.template.spec"
    " : dyn(object).spec.?template.?spec.orValue({})"
)
_CONTAINERS = (
    "variables.spec.?containers.orValue([]) + variables.spec.?initContainers.orValue([])"
    " + variables.spec.?ephemeralContainers.orValue([])"
)
_NAME = f"object.kind == 'Pod' ? dyn(object).metadata.name.matches('{POD_NAME}')" + (
    f" : object.kind == 'Job' && dyn(object).metadata.name.matches('{JOB_NAME}')"
)


def variables(job: BootstrapJob) -> dict[str, str]:
    """What the rules are made of, in order."""
    return {"spec": _SPEC, "containers": _CONTAINERS, "named": _named(text(job.secret))}


def _named(secret: str) -> str:
    """Whether a Secret is named: in variables, in volumes of any kind, for pulling images."""
    # Of volumes each kind has its own word; what stands beside the name is one of them.
    volume = (
        f"(source.?secretName.orValue('') == {secret} || source.?secretRef.?name.orValue('') == {secret}"
        f" || source.?nodePublishSecretRef.?name.orValue('') == {secret}"
        f" || source.?sources.orValue([]).exists(s, s.?secret.?name.orValue('') == {secret}))"
    )
    return (
        "variables.containers.exists(c,"
        f" c.?env.orValue([]).exists(e, e.?valueFrom.?secretKeyRef.?name.orValue('') == {secret})"
        f" || c.?envFrom.orValue([]).exists(e, e.?secretRef.?name.orValue('') == {secret}))"
        " || variables.spec.?volumes.orValue([]).exists(v, v.exists(kind, kind != 'name'"
        f" && [v[kind]].exists(source, {volume})))"
        f" || variables.spec.?imagePullSecrets.orValue([]).exists(s, s.?name.orValue('') == {secret})"
    )


def rules(job: BootstrapJob) -> list[Rule]:
    """What holds for a pod, or for what makes pods, that names the Secret."""
    kept = f"only the bootstrap job has the Secret '{job.secret}'"
    environments = "it is for environment.yaml to say, and 'stargit bootstrap' is to be applied again when it changes"
    only = "variables.containers.all(c, {})".format
    found = [
        Rule(_NAME, f"{kept}: a Job '<release>-bootstrap-<hash>' and its pods"),
        Rule(
            "variables.containers.size() == 1 && variables.spec.containers.size() == 1",
            f"{kept}: its pods have one container, and none before or beside it",
        ),
        Rule(only(f"c.image == {text(job.image)}"), f"{kept}: its image is '{job.image}'; {environments}"),
        Rule(
            only(fields("c", _CONTAINER)),
            f"{kept}: its container has no command, arguments, probes, hooks, and no variables from elsewhere",
        ),
        Rule(only(_ends_as_usual()), f"{kept}: its container's last message is where Kubernetes has it by default"),
        Rule(
            fields("variables.spec", _POD)
            + f" && !variables.spec.?imagePullSecrets.orValue([]).exists(s, s.?name.orValue('') == {text(job.secret)})",
            f"{kept}: its pods have no hosts, DNS or processes of others, and nothing else beside usual settings",
        ),
        Rule(
            # A Service of the namespace that is called as the API server's would stand in for it.
            "variables.spec.?enableServiceLinks.orValue(true) == false",
            f"{kept}: its pods have 'enableServiceLinks: false', as this version of Stargit renders it",
        ),
        Rule(
            f"variables.spec.?serviceAccountName.orValue('').endsWith('{ACCOUNT_SUFFIX}')",
            f"{kept}: it runs as a service account '<...>{ACCOUNT_SUFFIX}'",
        ),
        Rule(_volumes(), f"{kept}: its volumes are empty, or the token of its service account"),
        Rule(
            only(f"c.?volumeMounts.orValue([]).all(m, {_mount()})"),
            f"{kept}: its volumes are mounted at /tmp, or where Kubernetes has the token",
        ),
        Rule(
            only(f"c.?env.orValue([]).all(e, {_variable(job)})"),
            f"{kept}: its variables are those of docs/bootstrap-contract.md, with keys '{job.key}'"
            + (f" and '{job.authority}'" if job.authority else " and none for a certificate")
            + f" of the Secret; {environments}",
        ),
        Rule(
            only(f"c.?env.orValue([]).all(e, e.name != 'BOOTSTRAP_PLAN' || [{_plan()}].all(p, p))"),
            f"{kept}: its plan is for its own namespace, and has no copies, no '\\\\' and no '$('",
        ),
        Rule(
            only(f"c.?env.orValue([]).all(e, !e.?value.orValue('').matches({_refers(job.secret)}))"),
            f"{kept}: its plan does not refer to the Secret",
        ),
    ]
    as_bootstrap = (
        f"!(object.kind == 'Pod' && {BY_A_DEPLOYMENT}"
        f" && variables.spec.?serviceAccountName.orValue('').endsWith('{ACCOUNT_SUFFIX}'))"
    )
    return [
        *(Rule(f"!variables.named || ({each.expression})", each.message) for each in found),
        Rule(as_bootstrap, "only the bootstrap job runs as its service account"),
    ]


def _ends_as_usual() -> str:
    return (
        "c.?terminationMessagePath.orValue('/dev/termination-log') == '/dev/termination-log'"
        " && c.?terminationMessagePolicy.orValue('File') == 'File'"
    )


def _volumes() -> str:
    account = (
        "v.?projected.?sources.orValue([]).all(s, s.all(kind, kind == 'serviceAccountToken'"
        # Whoever made the pod wrote its labels and annotations.
        " || kind == 'downwardAPI' && s.downwardAPI.?items.orValue([]).all(i, i.path == 'namespace'"
        " && i.?fieldRef.?fieldPath.orValue('') == 'metadata.namespace')"
        " || kind == 'configMap' && s.configMap.?name.orValue('') in ['kube-root-ca.crt', 'openshift-service-ca.crt']))"
    )
    return f"variables.spec.?volumes.orValue([]).all(v, {fields('v', ('name', 'emptyDir', 'projected'))} && {account})"


def _mount() -> str:
    return f"m.mountPath in {texts(_PLACES)} && {fields('m', _MOUNT)}"


def _variable(job: BootstrapJob) -> str:
    """A variable ``e``: only these, each in the way in which the chart gives it."""
    secret = text(job.secret)
    ways = {
        "BOOTSTRAP_PLAN": "has(e.value) && !has(e.valueFrom)",
        "BOOTSTRAP_JOB_NAME": "!has(e.value) && has(e.valueFrom.fieldRef)",
        "BOOTSTRAP_JOB_UID": "!has(e.value) && has(e.valueFrom.fieldRef)",
        "BOOTSTRAP_SERVER_URL": _key(secret, job.key),
    }
    if job.authority is not None:
        ways["BOOTSTRAP_SERVER_CA"] = _key(secret, job.authority)
    return " || ".join(f"e.name == {text(name)} && {way}" for name, way in ways.items())


def _key(secret: str, key: str) -> str:
    where = "e.?valueFrom.?secretKeyRef"
    return f"{where}.?name.orValue('') == {secret} && {where}.?key.orValue('') == {text(key)}"


def _plan() -> str:
    """The plan's text: JSON with keys in order, as the chart writes it, of which a part is looked at without reading
    all of it. Who makes a pod by hand need not keep the order, so copies are looked for everywhere. Kubernetes would
    fill in ``$(VARIABLE)``, which the administrator's URL is; and JSON may write any letter as a backslash and a
    number."""
    begins = text('^[{]("database":[{][^{}]*[}],)?"namespace":"')
    ends = text('","release":"[^"]*",')
    copies = text(r'"copies"\s*:')
    return (
        f"e.?value.orValue('').matches({begins} + request.namespace + {ends})"
        f" && !e.?value.orValue('').matches({copies})"
        f" && !e.?value.orValue('').contains({text(chr(92))}) && !e.?value.orValue('').contains('$(')"
    )


def _refers(secret: str) -> str:
    return text(rf"[$][{{]{literally(secret)}/")
