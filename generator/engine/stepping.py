"""One change of a snapshot: what the edits affect is looked at, rendered where that is needed, and put into place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from generator.argocd import unknown_releases
from generator.desired import Place, check_environment, check_names, check_workspace, place_of
from generator.engine.fleet import Done, Job, Name, run
from generator.engine.foreign import Foreign
from generator.engine.gitops import argocd_digest, deployment_facts, environment_files, workspace_files
from generator.engine.paths import Owner, owner_of
from generator.engine.preparing import Prepared
from generator.engine.records import UnitRecord, Units
from generator.engine.snapshot import Edits, Known, Snapshot, Step
from generator.engine.step_output import StepOutput
from generator.engine.undo import Undo
from generator.errors import Problem, ProblemsError
from generator.worktree import DESIRED, RENDERED


class Stepping:
    """Does one change. What it did before it raised is in ``undo``."""

    def __init__(
        self,
        snapshot: Snapshot,
        lenient: bool,
        known: Known,
        is_generated: Callable[[str], bool],
        prepared: Iterable[Prepared],
    ) -> None:
        self.undo = Undo()
        self._of = snapshot
        self._prepared = {each.done.name: each for each in prepared}
        self._lenient = lenient
        #: By the same code they hold; by another they tell what was rendered.
        self._known = known.units if known.code == snapshot.code else Units()
        self._earlier = known.units
        self._is_generated = is_generated
        self._problems: dict[str, list[Problem]] = {}
        self._output = StepOutput(snapshot.present, self.undo)
        self._rendered: list[Name] = []
        # What has to be looked at.
        self._environments: set[str] = set()
        self._workspaces: set[tuple[str, str]] = set()
        self._deployments: set[Name] = set()
        self._argocd: set[tuple[str, str]] = set()
        self._touched_paths: list[str] = []
        #: Files of environments and workspaces that were wrong before, and may not be any more.
        self._mended: set[str] = set()
        #: Files that were wrong before, and are not what the edits are about: they make nobody's change wrong.
        self._before: set[str] = set()

    def step(
        self, edits: Edits, present: Mapping[str, str | None], waiting: Mapping[str, Problem] | None = None
    ) -> Step:
        """All of it. Raises ``ProblemsError``."""
        for path, name in present.items():
            self._touched(path, name)
        for path, data in sorted(edits.items()):
            self._edit(path, data)
        if waiting is not None and waiting != self._of.waiting:
            self._wait(waiting)
        if self._of.waiting:
            self._leave_alone()
        for environment in self._environments:
            self._workspaces.update(self._of.desired.workspaces(environment))
        for workspace in self._workspaces:
            self._deployments.update(self._of.desired.deployments(*workspace))
        self._look_again()
        self._check_surroundings()
        self._render()
        self._put_argocd()
        self._remove_stale()
        found = self._found()
        if found and not self._lenient:
            raise ProblemsError(found)
        for path, problems in self._problems.items():
            self.undo.set(self._of.wrong, path, tuple(problems))
        written, removed = self._output.written, self._output.removed
        return Step(written, removed, tuple(self._rendered), found, self.undo)

    # --- what has to be looked at --------------------------------------------------------------------------------

    def _touched(self, path: str, name: str | None) -> None:
        """A rendered file that somebody else changed."""
        if name is None:
            self.undo.drop(self._of.present, path)
        else:
            self.undo.set(self._of.present, path, name)
        self._touched_paths.append(path)
        match owner_of(path):
            case Owner("deployment", (environment, workspace, release)):
                self._deployments.add((environment, workspace, release))
            case Owner("argocd", (environment, *workspaces)):
                self._argocd.add((environment, workspaces[0] if workspaces else ""))

    def _edit(self, path: str, data: bytes | None) -> None:
        self.undo.drop(self._of.wrong, path)
        reader = self._of.reader
        match self._of.desired.put(path, data, self.undo):
            case Problem() as problem:
                if data is not None:
                    self._tell([problem])
            case Place("environment", (environment,)):
                self._environments.add(environment)
                reader.forget(environment)
                self.undo.also(lambda: reader.forget(environment))
            case Place("workspace", (environment, workspace)):
                self._workspaces.add((environment, workspace))
                reader.forget(environment, workspace)
                self.undo.also(lambda: reader.forget(environment, workspace))
            case Place("deployment", (environment, workspace, release)):
                self._deployments.add((environment, workspace, release))

    def _wait(self, waiting: Mapping[str, Problem]) -> None:
        """From now on these environments wait; others that did are looked at as a whole."""
        for name in [name for name in self._of.waiting if name not in waiting]:
            self.undo.drop(self._of.waiting, name)
            self._environments.add(name)
            for path in [path for path in self._of.present if path.startswith(f"{RENDERED}/{name}/")]:
                self._touched(path, self._of.present[path])
        for name, problem in waiting.items():
            self.undo.set(self._of.waiting, name, problem)

    def _leave_alone(self) -> None:
        """Nothing of an environment that waits is looked at."""
        waiting = self._of.waiting
        touched = {*self._environments, *(each[0] for each in (*self._workspaces, *self._deployments))}
        if not self._lenient and not touched.isdisjoint(waiting):
            raise ProblemsError([problem for name, problem in waiting.items() if name in touched])
        self._environments.difference_update(waiting)
        self._workspaces = {each for each in self._workspaces if each[0] not in waiting}
        self._deployments = {each for each in self._deployments if each[0] not in waiting}
        self._argocd = {each for each in self._argocd if each[0] not in waiting}
        self._touched_paths = [path for path in self._touched_paths if path.split("/")[1] not in waiting]
        for path in list(self._of.wrong):
            place = place_of(path)
            if isinstance(place, Place) and place.names[0] in waiting:
                self.undo.drop(self._of.wrong, path)

    def _tell(self, problems: Iterable[Problem], owner: str = "") -> None:
        """Problems of the files that they are at, or of an ``owner`` for whom something at another file is wrong."""
        for problem in problems:
            told = self._problems.setdefault(owner or problem.file or "", [])
            if problem not in told:
                told.append(problem)

    def _found(self) -> tuple[Problem, ...]:
        """Everything that is wrong; what is wrong at one file for many is told once."""
        foreign = Foreign()
        own = []
        for owner, problems in self._problems.items():
            for problem in problems if owner not in self._before else ():
                if problem.file == owner:
                    own.append(problem)
                else:
                    foreign.add(owner, problem)
        return ProblemsError([*own, *foreign.problems()]).problems

    # --- environments and workspaces -----------------------------------------------------------------------------

    def _check_surroundings(self) -> None:
        workspaces = self._workspaces | {(first, second) for first, second, _ in self._deployments}
        for name in sorted(self._environments | {environment for environment, _ in workspaces}):
            self._check_environment(name)
        for names in sorted(workspaces):
            self._check_workspace(*names)
        self._tell(self._of.reader.problems)

    def _check_environment(self, name: str) -> None:
        desired, reader = self._of.desired, self._of.reader
        file = f"{DESIRED}/{name}/environment.yaml"
        again = self._tell_anew(file, name)
        if name not in desired.places.environments:
            if any(True for _ in desired.workspaces(name)):
                self._tell([_missing(file, f"an environment '{name}'")])
            else:
                self._output.drop(self._of.argocd, name)
        elif again or name in self._environments:
            environment = reader.environment(name)
            self._tell(check_environment(environment) if environment is not None else ())
            self._argocd.add((name, ""))

    def _check_workspace(self, environment: str, name: str) -> None:
        desired = self._of.desired
        file = f"{DESIRED}/{environment}/workspaces/{name}/workspace.yaml"
        self._tell_anew(file, environment, name)
        if (environment, name) in desired.places.workspaces:
            workspace = self._of.reader.workspace(environment, name)
            self._tell(check_workspace(workspace) if workspace is not None else ())
            self._argocd.add((environment, name))
        elif any(True for _ in desired.deployments(environment, name)):
            self._tell([_missing(file, f"a workspace '{name}'")])
        else:
            self._output.drop(self._of.argocd, f"{environment}/{name}")

    def _tell_anew(self, file: str, environment: str, workspace: str | None = None) -> bool:
        """Forget what is known to be wrong with a file, so that it is told again if it still is: others may have mended
        it, and what is wrong around a deployment keeps it from being rendered. Whether there was anything."""
        if self.undo.drop(self._of.wrong, file) is None:
            return False
        self._mended.add(file)
        reader = self._of.reader
        reader.forget(environment, workspace)
        self.undo.also(lambda: reader.forget(environment, workspace))
        return True

    # --- deployments ---------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        """Who was refused a name that somebody else had may get it when that one changes."""
        of = self._of
        for name in list(self._deployments):
            rivals = of.holders.rivals(name)
            self._deployments.update(each for each in rivals if of.desired.places.deployments.get(each) in of.wrong)

    def _render(self) -> None:
        of = self._of
        there = [name for name in sorted(self._deployments) if name in of.desired.places.deployments]
        for name in sorted(self._deployments.difference(there)):
            of.holders.let_go(name, self.undo)
            self._output.drop(of.deployments, "/".join(name))
        known: dict[str, UnitRecord] = {}
        for name in there:
            if self.undo.drop(of.wrong, of.desired.places.deployments[name]) is not None:
                self._before.add(of.desired.places.deployments[name])
            key = "/".join(name)
            record = of.deployments.get(key) or self._known.deployments.get(key)
            if record is not None:
                known[key] = record
        fresh = [name for name in there if not self._holds(name, known.get("/".join(name)))]
        dones = self._made(fresh, known)
        for done in dones:
            self._tell(done.outcome.problems, of.desired.places.deployments[done.name])
            if done.outcome.namespace:
                of.holders.hold(done.name, done.outcome.namespace, self.undo)
        met = sorted(of.holders.met(there))
        self._tell(check_names([each for name in met if (each := of.reader.deployment(*name)) is not None]))
        for done in dones:
            key, record = "/".join(done.name), done.outcome.record
            if record is not None and of.desired.places.deployments[done.name] not in self._problems:
                self._output.put(of.deployments, key, record, done.outcome.files or {})
                if done.rendered:
                    self._rendered.append(done.name)
            elif key not in of.deployments and key in self._earlier.deployments:
                # What was rendered of it at an earlier time stays.
                self.undo.set(of.deployments, key, self._earlier.deployments[key])

    def _made(self, names: list[Name], known: Mapping[str, UnitRecord]) -> list[Done]:
        """What becomes of deployments: as it was prepared where that is of what is at hand now, else rendered here."""
        of = self._of
        present, inputs = of.present.get, of.desired.inputs
        ready = {
            name: prepared.done
            for name in names
            if (prepared := self._prepared.get(name)) is not None and prepared.fits(of.code, inputs(name), present)
        }
        job = Job(of.reader, of.chart, of.code, Units(known), inputs, deployment_facts, present, None, of.digest)
        made = run(job, [name for name in names if name not in ready], of.processes)
        ready |= {done.name: done for done in made}
        return [ready[name] for name in names]

    def _holds(self, name: Name, record: UnitRecord | None) -> bool:
        """Whether a record is of just these files, and what it tells of is there: then it is taken."""
        if record is None or record.inputs != self._of.desired.inputs(name) or not self._output.is_there(record):
            return False
        self._of.holders.hold(name, record.facts["namespace"], self.undo)
        self.undo.set(self._of.deployments, "/".join(name), record)
        return True

    # --- Argo CD's objects ---------------------------------------------------------------------------------------

    def _put_argocd(self) -> None:
        """Those of environments and workspaces that have their files; what is gone for good was dropped before."""
        places = self._of.desired.places
        for environment, workspace in sorted(self._argocd):
            around = places.environments.get(environment)
            file = places.workspaces.get((environment, workspace))
            if around is not None and file is not None:
                self._put_workspace(environment, workspace, (around, file))
            elif around is not None and not workspace:
                self._put_environment(environment, around)

    def _put_environment(self, name: str, file: str) -> None:
        of = self._of
        effective = argocd_digest(of.code, [of.desired.names[file]])
        environment = of.reader.environment(name)
        if environment is not None and not self._still(name, effective):
            self._output.put(of.argocd, name, *environment_files(environment, effective, of.digest))

    def _put_workspace(self, environment: str, name: str, files: tuple[str, str]) -> None:
        of, key = self._of, f"{environment}/{name}"
        workspace = of.reader.workspace(environment, name)
        if workspace is None:
            return
        members = list(of.desired.deployments(environment, name))
        releases = [release for _, _, release in members]
        if workspace.environment.settings.gitops is not None:
            self._tell_of_argocd(unknown_releases(workspace, releases))
        if any("/".join(each) not in of.deployments and self._was_rendered(each) for each in members):
            return  # nobody knows what its Application needs; it stays until the deployment is mended
        keys = ("/".join(each) for each in members)
        units = {each: unit for each in keys if (unit := of.deployments.get(each)) is not None}
        texts = [of.fact_texts.of(each, unit.facts) for each, unit in units.items()]
        effective = argocd_digest(of.code, [of.desired.names[file] for file in files], texts)
        if self._still(key, effective):
            return
        try:
            facts = [unit.facts for unit in units.values()]
            made = workspace_files(workspace, facts, effective, of.digest, releases)
        except ProblemsError as error:
            self._tell_of_argocd(error.problems)
        else:
            self._output.put(of.argocd, key, *made)

    def _tell_of_argocd(self, problems: Iterable[Problem]) -> None:
        """What was so before the edits, at files that they are not about, makes no change wrong."""
        for problem in problems:
            if problem.file in self._mended:
                self._before.add(problem.file)
            self._tell([problem])

    def _was_rendered(self, name: Name) -> bool:
        environment, workspace, release = name
        return f"{RENDERED}/{environment}/values/{workspace}/{release}.yaml" in self._of.present

    def _still(self, key: str, effective: str) -> bool:
        """Whether a record is of the same objects, and their files are there: then it is taken."""
        record = self._of.argocd.get(key) or self._known.argocd.get(key)
        if record is None or record.effective != effective or not self._output.is_there(record):
            return False
        self.undo.set(self._of.argocd, key, record)
        return True

    # --- files of nobody -----------------------------------------------------------------------------------------

    def _remove_stale(self) -> None:
        """Of the files that somebody else wrote, generated ones that nothing leads to any more."""
        for path in self._touched_paths:
            if path in self._of.present and not self._of.owned(path) and self._is_generated(path):
                self._output.remove(path)


def _missing(file: str, what: str) -> Problem:
    return Problem("is missing, but there are files of " + what, file=file, hint="write the file, or move the others")
