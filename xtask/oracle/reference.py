"""Asks the reference. `meta FILE` writes what its variables are; `ask` reads batches
of outputs and a situation of many households, and writes each output's values, each asked of a
simulation that has calculated nothing yet."""
import json
import sys
import time

from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_france import FranceTaxBenefitSystem

started = time.monotonic()
system = FranceTaxBenefitSystem()
ready = time.monotonic() - started


def stated(simulation):
    """The values a simulation holds, by entity and variable."""
    return {
        (key, name): dict(holder._memory_storage._arrays)
        for key, population in simulation.populations.items()
        for name, holder in population._holders.items()
    }


def as_stated(simulation, inputs):
    """Takes away all that was calculated: what is left in a simulation changes its later answers. Its
    own clone() does not serve: groups of the copy keep the members of the original."""
    for key, population in simulation.populations.items():
        for name, holder in list(population._holders.items()):
            if (key, name) in inputs:
                holder._memory_storage._arrays = dict(inputs[key, name])
            else:
                del population._holders[name]
    simulation.invalidated_caches = set()
    simulation.trace = False


if sys.argv[1] == "meta":
    meta = {
        name: {"entity": v.entity.key, "period": str(v.definition_period), "type": v.value_type.__name__}
        for name, v in system.variables.items()
    }
    json.dump(meta, open(sys.argv[2], "w"))
else:
    # Batches come one a line.
    for line in sys.stdin:
        asked, situation = json.loads(line)
        ids = {plural: list(situation.get(plural, {})) for plural in ("individus", "familles", "foyers_fiscaux", "menages")}
        simulation = SimulationBuilder().build_from_entities(system, situation)
        inputs = stated(simulation)
        for name, period in asked:
            began = time.monotonic()
            as_stated(simulation, inputs)
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
