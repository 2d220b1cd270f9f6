"""When Argo CD takes an object for healthy, where its own opinion would hold up rendered state."""

from __future__ import annotations

#: Seconds in which the images of a Job are pulled, unless something is wrong. Commander judges by it, too.
PATIENCE = 180

_JOB = """\
local os = require("os")
local status = obj.status or {}
local ours = (obj.metadata.labels or {}).tier == "airflow"
local done = nil
for _, condition in ipairs(status.conditions or {}) do
  local holds = condition.status == "True" or not ours
  if condition.type == "Failed" and holds then
    return {status = "Degraded", message = condition.message or ""}
  elseif condition.type == "Suspended" and condition.status == "True" then
    done = {status = "Suspended", message = ""}
  elseif (condition.type == "Complete" or condition.type == "Suspended") and holds then
    if done == nil or done.status == "Healthy" then
      done = {status = "Healthy", message = condition.message or ""}
    end
  end
end
if done ~= nil then
  return done
end
if ours and (status.active or 0) > 0 and (status.ready or 0) == 0 then
  local since = status.startTime or ""
  if since ~= "" and since < os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - PATIENCE) then
    return {status = "Degraded", message = "MESSAGE"}
  end
end
return {status = "Progressing", message = ""}
"""


def no_pod_runs(patience: int = PATIENCE) -> str:
    """What is said of a Job without a pod that runs."""
    return f"no pod of it runs, more than {patience} seconds after it began; its events say why"


def of_jobs(patience: int = PATIENCE) -> str:
    """Argo CD's opinion of Jobs (``pkg/health/health_job.go`` of its gitops-engine) but for two things. A Job of which
    no pod runs after ``patience`` seconds is Degraded; and a condition holds when its status is ``True``, while Argo CD
    takes a Job that was suspended and is resumed for Healthy.

    A sync waits in its wave for a Job, and takes no newer commit meanwhile. A Job whose image can't be pulled never
    ends, so the commit that mends the image would never be applied. When such a Job is Degraded, the sync fails, and is
    tried again with the newest commit. Jobs of others (without the label of Airflow's objects) are seen as ever.
    ``commander.status.workloads`` says the same of the same Jobs.
    """
    return _JOB.replace("PATIENCE", str(patience)).replace("MESSAGE", no_pod_runs(patience))
