"""When Argo CD takes an object for healthy, where its own opinion would hold up rendered state."""

from __future__ import annotations

#: Seconds in which the images of a Job are pulled, unless something is wrong.
_PATIENCE = 180

_JOB = """\
local os = require("os")
local status = obj.status or {}
local done = nil
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Failed" then
    return {status = "Degraded", message = condition.message or ""}
  elseif condition.type == "Suspended" and condition.status == "True" then
    done = {status = "Suspended", message = ""}
  elseif (condition.type == "Complete" or condition.type == "Suspended") and done == nil then
    done = {status = "Healthy", message = condition.message or ""}
  end
end
if done ~= nil then
  return done
end
local labels = obj.metadata.labels or {}
if labels.tier == "airflow" and (status.active or 0) > 0 and (status.ready or 0) == 0 then
  local since = status.startTime or ""
  if since ~= "" and since < os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - PATIENCE) then
    return {status = "Degraded", message = "no pod of it has run for PATIENCE seconds; its events say why"}
  end
end
return {status = "Progressing", message = ""}
"""


def of_jobs(patience: int = _PATIENCE) -> str:
    """Argo CD's opinion of Jobs (``pkg/health/health_job.go`` of its gitops-engine) with one more case: no pod runs
    after ``patience`` seconds.

    A sync waits in its wave for a Job, and takes no newer commit meanwhile. A Job whose image can't be pulled never
    ends, so the commit that mends the image would never be applied. When such a Job is Degraded, the sync fails, and is
    tried again with the newest commit. Jobs of others (without the label of Airflow's objects) are seen as ever.
    """
    return _JOB.replace("PATIENCE", str(patience))
