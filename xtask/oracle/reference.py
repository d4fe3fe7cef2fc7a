"""Asks the reference. `meta FILE` writes what its variables are; `ask` reads batches
of outputs and a situation of many households, and writes each output's values, one fresh simulation
an output."""
import json
import sys
import time

from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_france import FranceTaxBenefitSystem

started = time.monotonic()
system = FranceTaxBenefitSystem()
ready = time.monotonic() - started

if sys.argv[1] == "meta":
    meta = {
        name: {"entity": v.entity.key, "period": str(v.definition_period), "type": v.value_type.__name__}
        for name, v in system.variables.items()
    }
    json.dump(meta, open(sys.argv[2], "w"))
else:
    # Batches come one a line; each output is asked of its own copy of a simulation never calculated.
    for line in sys.stdin:
        asked, situation = json.loads(line)
        ids = {plural: list(situation.get(plural, {})) for plural in ("individus", "familles", "foyers_fiscaux", "menages")}
        fresh = SimulationBuilder().build_from_entities(system, situation)
        for name, period in asked:
            began = time.monotonic()
            simulation = fresh.clone()
            try:
                values = simulation.calculate(name, period)
                values = [float(v) if v.dtype.kind in "fiub" else str(v) for v in values]
                fault = None
            except Exception as error:  # what the reference cannot answer is said, not hidden
                values, fault = [], str(error).splitlines()[0][:300]
            plural = system.variables[name].entity.plural
            print(json.dumps({
                "name": name, "period": period, "ids": ids[plural], "values": values, "fault": fault,
                "ready": ready, "calculated": time.monotonic() - began,
            }), flush=True)
        print(json.dumps({"done": True}), flush=True)
